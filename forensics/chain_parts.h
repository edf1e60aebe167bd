/* What the steps of chains_init share. */
#ifndef FORENSICS_CHAIN_PARTS_H
#define FORENSICS_CHAIN_PARTS_H

#include "forensics/chain.h"

/* NULL for CHAIN_NO_ROW. */
static inline const struct attempt *chain_attempt(const struct chains *c, int32_t row)
{
    return row >= 0 ? c->d->index->attempts.v[row] : NULL;
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
/* The latest that the hand-over's time can mean: coarse ones are rounded down. */
int64_t chain_latest(const struct chains *c, size_t i);
/* May the attempt have written the hand-over, for all that is known of its writer and of when the attempt began? */
bool chain_may_write(const struct chains *c, const struct attempt *a, size_t i);
/* Did the attempt run at the time of the hand-over? What has no end is taken to have gone on. */
bool chain_ran_at(const struct chains *c, const struct attempt *a, size_t i);

/* ---- steps ---- */

/* The highest number of a key or message id. */
uint32_t chain_most_number(const struct chains *c);
/* Median distance of the values from their median; leaves the distances in their place. */
double chain_deviation(double *values, size_t n, double *ret_median);
/* n + 1 times CHAIN_NO_ROW. */
int32_t *chain_rows_new(size_t n);
/* Notes what triggered the attempt, unless either end has a tie as strong. */
void chain_trigger(struct chains *c, size_t i, const struct attempt *a, enum chain_trigger how);
/* What the links of spans tell of triggers. */
void chain_traces_find(struct chains *c);
/* What ids alone tell, when clocks differ; needs the writers' names. */
void chain_keys_find(struct chains *c);
/* What number and time tell of triggers; needs what is told otherwise, and the writers' names. */
void chain_count_find(struct chains *c);
/* Names the function whose role session each record has; needs nothing else. */
void chain_writers_name(struct chains *c);
/* Finds each object's writer; needs the triggers. */
void chain_writers_find(struct chains *c);

#endif
