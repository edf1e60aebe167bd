/* Statistics of durations. */
#include "forensics/stats.h"

#include <math.h>
#include <stdlib.h>

/* Makes the MAD of a normal sample equal its standard deviation: 1 / 1.4826. */
#define MAD_SCALE 0.6745

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

void stats_sort(double *values, size_t n)
{
    if (n > 1)
        qsort(values, n, sizeof *values, compare);
}

/* Puts the value of that rank in its place, smaller ones before it (Hoare's selection, median of three). */
static void select_rank(double *v, size_t low, size_t high, size_t rank)
{
    while (high - low > 16) {
        double a = v[low], b = v[low + (high - low) / 2], c = v[high - 1];
        double pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
        size_t i = low, k = high - 1;
        for (;; i++, k--) {
            while (v[i] < pivot)
                i++;
            while (v[k] > pivot)
                k--;
            if (i >= k)
                break;
            double swap = v[i];
            v[i] = v[k];
            v[k] = swap;
        }
        if (rank <= k)
            high = k + 1;
        else
            low = k + 1;
    }
    stats_sort(v + low, high - low);
}

struct stats_rank stats_rank(size_t n, double p)
{
    double h = (double)(n - 1) * p;
    size_t low = (size_t)h < n - 1 ? (size_t)h : n - 1;
    return (struct stats_rank){low, low + 1 < n ? low + 1 : low, h - (double)low};
}

double stats_median(double *values, size_t n)
{
    struct stats_rank r = stats_rank(n, 0.5);
    select_rank(values, 0, n, r.low);
    select_rank(values, r.low, n, r.next);
    return stats_between(values[r.low], values[r.next], r.share);
}

double stats_deviation(double *values, size_t n, double middle)
{
    for (size_t i = 0; i < n; i++)
        values[i] = fabs(values[i] - middle);
    return stats_median(values, n);
}

/* The floors and the score's bound as one number, for people. */
static double threshold_of(const struct stats_spread *s)
{
    double bound = s->log_mad > 0 ? exp(s->log_median + STATS_SUSPECT * s->log_mad / MAD_SCALE) : 0;
    bound = fmax(bound, s->median * STATS_RATIO_MIN);
    return fmax(bound, s->median + STATS_EXCESS_MIN);
}

double stats_log(double ms)
{
    return log(fmax(ms, 0.01));
}

void stats_finish(struct stats_spread *s)
{
    if (s->n < STATS_SAMPLE_SMALL)
        s->log_mad *= (double)s->n / ((double)s->n - 0.8);
    s->threshold = threshold_of(s);
}

double stats_score(const struct stats_spread *s, double x)
{
    if (x < s->median * STATS_RATIO_MIN || x - s->median < STATS_EXCESS_MIN)
        return 0;
    if (s->log_mad <= 0)
        return s->n < STATS_SAMPLE_SMALL ? STATS_SUSPECT + 0.01 : STATS_EXTREME + 1;
    return MAD_SCALE * (log(x) - s->log_median) / s->log_mad;
}
