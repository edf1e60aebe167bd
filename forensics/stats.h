/* Statistics of durations. Quantiles: exact, type 7 of Hyndman and Fan (linear, h = (n-1)p). Outliers: median
 * and MAD on ln x, so that the false-alarm rate does not depend on how skewed the function is (design.md). */
#ifndef FORENSICS_STATS_H
#define FORENSICS_STATS_H

#include <stdbool.h>
#include <stddef.h>

void stats_sort(double *values, size_t n);

/* Where the quantile p of n sorted values stands, n > 0: between two of them, so far behind the first. */
struct stats_rank {
    size_t low, next;
    double share;
};
struct stats_rank stats_rank(size_t n, double p);
static inline double stats_between(double low, double next, double share)
{
    return low + share * (next - low);
}

/* Of values in any order, n > 0: reorders them, and takes a fraction of the time that sorting would. */
double stats_median(double *values, size_t n);
/* The median of how far they are from `middle`; their distances take the place of the values. */
double stats_deviation(double *values, size_t n, double middle);

enum {
    STATS_SAMPLE_MIN = 8,    /* fewer give no verdict */
    STATS_SAMPLE_SMALL = 20, /* fewer are "suspect" at most */
};
#define STATS_SUSPECT    2.5
#define STATS_EXTREME    3.5
#define STATS_RATIO_MIN  2.0   /* x >= 2 * median */
#define STATS_EXCESS_MIN 200.0 /* x - median >= 200 ms */

/* What durations_measure finds. */
struct stats_spread {
    size_t n;
    double median, mad; /* ms; mad is the median of |x - median|, for people */
    double log_median, log_mad;
    double threshold; /* the least ms that is suspect */
};

/* The logarithm that medians and scores are taken of. */
double stats_log(double ms);
/* What follows from n and the four medians: the small sample's correction and the threshold. */
void stats_finish(struct stats_spread *s);
/* Modified z score of x on ln x; 0 when it is not beyond the floors. With a MAD of 0 the floors alone decide
 * and the score is STATS_EXTREME plus one, or STATS_SUSPECT in a small sample. */
double stats_score(const struct stats_spread *s, double x);

#endif
