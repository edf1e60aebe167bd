/* What the steps of chains_init share. */
#ifndef FORENSICS_CHAIN_PARTS_H
#define FORENSICS_CHAIN_PARTS_H

#include "forensics/attempt.h"
#include "forensics/chain.h"

/* NULL for CHAIN_NO_ROW. */
static inline const struct attempt *chain_attempt(const struct chains *c, int32_t row)
{
    return row >= 0 ? c->d->index->attempts.v[row] : NULL;
}

/* Both calls of a hand-over that will be looked at soon, as far as times and names go. */
static inline void chain_fetch(const struct chains *c, size_t i)
{
    const struct chain_link *l = &c->links[i];
    if (l->writer >= 0)
        __builtin_prefetch(c->d->index->attempts.v[l->writer]);
    if (l->triggered >= 0)
        __builtin_prefetch(c->d->index->attempts.v[l->triggered]);
}

/* The function that the hand-over triggered, which it must have. */
static inline uint32_t chain_reader(const struct chains *c, size_t i)
{
    const struct chain_link *l = &c->links[i];
    return l->own ? l->function : c->d->index->attempts.v[l->triggered]->function;
}

/* As chain_at, in a walk from the begin that asks for each one's chain_reader. */
static inline size_t chain_walk(const struct chains *c, size_t k)
{
    size_t to_come = chain_at(c, k + ATTEMPTS_AHEAD < c->n ? k + ATTEMPTS_AHEAD : k);
    const struct chain_link *l = &c->links[to_come];
    if (l->triggered >= 0 && !l->own)
        __builtin_prefetch(c->d->index->attempts.v[l->triggered]);
    return chain_at(c, k);
}

/* ---- times: ms UTC ---- */

enum {
    SKEW_MS = 100,       /* clocks of S3 and Lambda; a writer's own start is farther before its write */
    END_SLACK_MS = 1000, /* a write may be stamped after the line that ends its attempt */
};

/* Can the hand-over's time be compared with those of calls? */
static inline bool chain_same_clock(const struct chains *c, size_t i)
{
    return !c->ahead_of || chain_message(c, i);
}

/* True when START, or REPORT and its duration, say when the attempt began. */
bool chain_timed(const struct attempt *a);
/* That time; else the earliest line, before which it may have run for long. */
int64_t chain_begin(const struct attempt *a);
/* The last time at which it may have written: what has no end is taken to have gone on. */
static inline int64_t chain_until(const struct attempt *a)
{
    return a->flags & (ATTEMPT_END | ATTEMPT_REPORT) ? attempt_over(a) + END_SLACK_MS : INT64_MAX;
}
/* The latest that the hand-over's time can mean: coarse ones are rounded down. */
int64_t chain_latest(const struct chains *c, size_t i);
/* May the attempt have written the hand-over, for all that is known of its writer and of when the attempt began? */
bool chain_may_write(const struct chains *c, const struct attempt *a, size_t i);
/* Did the attempt run at the time of the hand-over? */
bool chain_ran_at(const struct chains *c, const struct attempt *a, size_t i);

/* ---- steps ---- */

/* By number of a key or message id: its first hand-over and its first call, CHAIN_NO_ROW when none; by each of them the
 * next of that number, in order of time. A call is a place, its row times two plus the slot of attempt.keys; those
 * without a time are left out. */
struct chain_names {
    int32_t *object, *next_object;
    int32_t *call, *next_call;
    uint32_t most;   /* the highest number */
    int64_t longest; /* ms that any attempt ran */
    int64_t late;    /* ms that the first line of any stands behind its begin */
};
/* Needs nothing but the hand-overs' order, and the highest number of their keys. */
void chain_names_init(struct chain_names *n, const struct chains *c, uint32_t most);
void chain_names_done(struct chain_names *n);

/* The first hand-over and the first two calls of a number that will be looked at soon: one writes it, one reads it. */
static inline void chain_names_fetch(const struct chain_names *n, const struct chains *c, size_t number)
{
    int32_t at = n->call[number], i = n->object[number];
    for (size_t k = 0; k < 2 && at >= 0; k++, at = n->next_call[at])
        attempt_fetch(c->d->index->attempts.v[at / 2]);
    if (i >= 0)
        __builtin_prefetch(chain_object(c, (size_t)i));
}
/* Median distance of the values from their median; leaves the distances in their place. */
double chain_deviation(double *values, size_t n, double *ret_median);
/* n + 1 times CHAIN_NO_ROW. */
int32_t *chain_rows_new(size_t n);
/* Notes what triggered the attempt of that row, unless either end has a tie as strong. */
void chain_trigger(struct chains *c, size_t i, int32_t row, enum chain_trigger how);
/* What the links of spans tell of triggers. */
void chain_traces_find(struct chains *c);
/* What ids alone tell, when clocks differ; needs the writers' names. */
void chain_keys_find(struct chains *c, const struct chain_names *n);
/* What number and time tell of triggers; needs what is told otherwise, and the writers' names. */
void chain_count_find(struct chains *c);
/* Finds each object's writer; needs the triggers. */
void chain_writers_find(struct chains *c, const struct chain_names *n);

#endif
