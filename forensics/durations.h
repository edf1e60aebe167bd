/* Many durations, sorted, and what is said of them: quantiles, medians, deviations. Five million of one function take 20
 * MB: a REPORT's 12.34 ms and JSON's 12.345 ms are whole microseconds in 32 bits, up to 71 minutes. One that is not
 * (more decimals, or longer) makes doubles of all. Results are those that doubles would give, to the last bit. */
#ifndef FORENSICS_DURATIONS_H
#define FORENSICS_DURATIONS_H

#include "base/text.h"
#include "base/vec.h"
#include "forensics/stats.h"

/* All zero when it is empty. */
struct durations {
    VEC(uint32_t) us;
    VEC(double) ms; /* instead of `us`, as soon as one does not fit */
};

/* Room for `n` in all, where it is known how many may come. */
void durations_reserve(struct durations *d, size_t n);
/* `ms` is known. */
void durations_add(struct durations *d, struct decimal ms);
void durations_done(struct durations *d);
size_t durations_count(const struct durations *d);

/* Has to be called before what follows, and again when some were added. */
void durations_sort(struct durations *d);
/* The i-th smallest, ms. */
double durations_at(const struct durations *d, size_t i);
/* Of at least one. */
double durations_quantile(const struct durations *d, double p);
/* False when there are fewer than STATS_SAMPLE_MIN. */
bool durations_measure(const struct durations *d, struct stats_spread *ret);

#endif
