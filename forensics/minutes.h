/* How much of something happened in each minute: a sparse series, for evidence may span years. Minutes are
 * counted since 1970, UTC. */
#ifndef FORENSICS_MINUTES_H
#define FORENSICS_MINUTES_H

#include "base/text.h"
#include "base/vec.h"

#include <stdbool.h>

enum { MINUTE_MS = 60 * 1000 };

struct minute {
    int64_t at; /* minutes since 1970 */
    double amount;
};

/* All zero at first. */
struct minutes {
    VEC(struct minute) list; /* by time, only those in which something happened */
    int64_t end;             /* where the last of them ends, ms */
};

/* For minutes_add. */
void minutes_begin(struct minutes *m, int64_t time, double amount);
/* Times come in rising order, or nearly so: those of an earlier minute join the last one. TIME_NONE adds
 * nothing. */
static inline void minutes_add(struct minutes *m, int64_t time, double amount)
{
    if (time == TIME_NONE)
        return;
    if (m->list.n && time < m->end)
        m->list.v[m->list.n - 1].amount += amount;
    else
        minutes_begin(m, time, amount);
}
void minutes_done(struct minutes *m);
/* Minutes from the first to the last, empty ones among them; 0 without any. */
int64_t minutes_span(const struct minutes *m);
/* What a quiet minute has: the mean over the lower two thirds of all minutes of the span, so that what is
 * unusual does not count, and yet sparse traffic is not 0. It finds stretches; it is below what is usual. */
double minutes_quiet(const struct minutes *m);

/* A stretch of minutes. */
struct minutes_run {
    int64_t from, to; /* first and last minute */
    double amount;
};
typedef VEC(struct minutes_run) minutes_runs;
/* What a usual minute has: the mean of all minutes of the span but those of the run, which must leave some. */
double minutes_outside(const struct minutes *m, const struct minutes_run *run);
/* Runs of minutes with at least `level` each; gaps of one minute do not end a run. */
void minutes_above(const struct minutes *m, double level, minutes_runs *ret);
/* The run with the largest amount, the earliest of equals; NULL without any. */
const struct minutes_run *minutes_largest(const minutes_runs *runs);

#endif
