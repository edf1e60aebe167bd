/* Reading the attempts of a frozen index. */
#ifndef FORENSICS_ATTEMPT_H
#define FORENSICS_ATTEMPT_H

#include "forensics/index.h"

/* The i-th of a list that is walked from its begin. By time it jumps from file to file, and each row is a miss of the
 * cache: those to come are fetched. */
enum { ATTEMPTS_AHEAD = 24 };
#define attempt_walk(list, i)                                                                                \
    (__builtin_prefetch((list)->v[(i) + ATTEMPTS_AHEAD < (list)->n ? (i) + ATTEMPTS_AHEAD : (i)]),           \
     (list)->v[i])

/* The row that took this one in, if one did; NULL for NULL and for what was dropped. */
static inline struct attempt *attempt_survivor(struct attempt *a)
{
    while (a && (a->flags & ATTEMPT_MERGED))
        a = a->into;
    return a;
}

/* START, END and application lines come from different writers: inversions of a few ms are normal (field guide 1.7), a
 * whole second is not. */
enum { INVERSION_MS = 1000 };

/* All of a row that will be looked at soon. */
static inline void attempt_fetch(const struct attempt *a)
{
    __builtin_prefetch(&a->first);
    __builtin_prefetch(&a->keys);
}

/* The same, for those who look at places, versions or ids. */
#define attempt_walk_whole(list, i)                                                                          \
    (attempt_fetch((list)->v[(i) + ATTEMPTS_AHEAD < (list)->n ? (i) + ATTEMPTS_AHEAD : (i)]), (list)->v[i])

/* ---- times: ms UTC, TIME_NONE when the evidence lacks the line ---- */

static inline int64_t attempt_time(const struct attempt *a, int32_t after)
{
    return after == AFTER_NONE || a->first == TIME_NONE ? TIME_NONE : a->first + after;
}

static inline int64_t attempt_start(const struct attempt *a)
{
    return attempt_time(a, a->start_after);
}

static inline int64_t attempt_end(const struct attempt *a)
{
    return attempt_time(a, a->end_after);
}

static inline int64_t attempt_report(const struct attempt *a)
{
    return attempt_time(a, a->report_after);
}

/* START, else the earliest line. */
static inline int64_t attempt_begin(const struct attempt *a)
{
    return a->start_after != AFTER_NONE ? attempt_start(a) : a->first;
}

/* Of what has no time this is not known. */
static inline bool attempt_began_before(const struct attempt *a, int64_t time)
{
    int64_t begin = attempt_begin(a);
    return begin != TIME_NONE && begin < time;
}

/* When it was over: END or REPORT, else the last that is known of it. */
static inline int64_t attempt_over(const struct attempt *a)
{
    if (a->end_after != AFTER_NONE)
        return attempt_end(a);
    return a->report_after != AFTER_NONE ? attempt_report(a) : attempt_begin(a);
}

/* This attempt paid an init or restore, also one repeated inside its duration. */
static inline bool attempt_cold(const struct attempt *a)
{
    return decimal_known(a->init) || (a->flags & (ATTEMPT_REINIT | ATTEMPT_COLD));
}

/* ---- what came of it ---- */

enum attempt_status {
    ATTEMPT_OK,
    ATTEMPT_TIMED_OUT,
    ATTEMPT_FAILED,
    ATTEMPT_INCOMPLETE,
    ATTEMPT_INIT_FAILURE
};

static inline enum attempt_status attempt_status(const struct attempt *a)
{
    if (a->flags & ATTEMPT_TIMEOUT)
        return ATTEMPT_TIMED_OUT;
    if (a->flags & ATTEMPT_INIT_FAILED)
        return ATTEMPT_INIT_FAILURE;
    if (a->flags & ATTEMPT_ERROR)
        return ATTEMPT_FAILED;
    return a->flags & (ATTEMPT_REPORT | ATTEMPT_DONE) ? ATTEMPT_OK : ATTEMPT_INCOMPLETE;
}

/* It went wrong: an error, a time-out or a failed init. */
static inline bool attempt_failed(const struct attempt *a)
{
    return a->flags & (ATTEMPT_TIMEOUT | ATTEMPT_INIT_FAILED | ATTEMPT_ERROR);
}

const char *attempt_status_name(enum attempt_status status); /* the contract's words */
/* Where its REPORT stands; its first line when that is unknown. */
struct loc attempt_report_loc(const struct attempt *a);
/* ms */
static inline struct decimal attempt_billed(const struct attempt *a)
{
    if (a->billed_ms == BILLED_NONE)
        return DECIMAL_UNKNOWN;
    return (struct decimal){(int64_t)a->billed_ms * DECIMAL_SCALE, 0};
}

/* Where the first that begins at `time` or later stands in x->attempts; those without a time stand last. */
size_t attempt_lower(const struct index *x, int64_t time);
/* ---- attempts of one id ---- */

/* A row counts up to here: all behind it have the same ordinal, and are told apart by where they stand. */
enum { ORDINAL_MAX = UINT16_MAX };

/* The first attempt of the id, or NULL; attempt_next leads through the others and back to it. Hidden ones are
 * among them. */
const struct attempt *attempt_find(const struct index *x, const struct request_id *id);
const struct attempt *attempt_next(const struct index *x, const struct attempt *a);
/* All of an id that has several, in their order, hidden ones among them; none for an id that has but one. They lie in
 * x->families. */
struct family {
    struct attempt *const *v;
    size_t n;
};
struct family attempt_family(const struct index *x, const struct request_id *id);
/* Which of its id it is: 1, 2 … without an end. */
size_t attempt_number(const struct index *x, const struct attempt *a);
/* The order of families: by begin, then by place; what has no time stands last. */
int attempt_order(const struct attempt *a, const struct attempt *b);
/* Both have a trace, and it is the same. */
bool attempt_same_trace(const struct index *x, const struct attempt *a, const struct attempt *b);
/* 1-8hex-24hex, also where the log writes 32 digits; empty when unknown. Points to `buffer` or into x. */
enum { TRACE_TEXT_SIZE = 35 };
struct slice attempt_trace(const struct index *x, const struct attempt *a, char buffer[TRACE_TEXT_SIZE]);
/* The request id as the log writes it. `buffer` holds a UUID's 36 bytes; the result points to it or into x.
 */
struct slice attempt_id(const struct index *x, const struct attempt *a, char buffer[37]);

#endif
