/* Many durations in little memory. In order, a deviation's median is a search, not a second sort: the distances from the
 * middle rise on both sides of it. */
#include "forensics/durations.h"

#include "base/order.h"

#include <math.h>

enum { NS_PER_US = 1000, US_PER_MS = 1000 };

void durations_reserve(struct durations *d, size_t n)
{
    vec_reserve(&d->us, n);
}

/* The same doubles as of the decimals: both are the nearest to the true quotient. */
static void widen(struct durations *d)
{
    vec_reserve(&d->ms, d->us.cap);
    for (size_t i = 0; i < d->us.n; i++)
        d->ms.v[i] = (double)d->us.v[i] / US_PER_MS;
    d->ms.n = d->us.n;
    vec_done(&d->us);
}

void durations_add(struct durations *d, struct decimal ms)
{
    int64_t us = ms.scaled / NS_PER_US;
    bool fits = us >= 0 && us <= UINT32_MAX && us * NS_PER_US == ms.scaled;
    if (fits && d->ms.n == 0) {
        *vec_push(&d->us) = (uint32_t)us;
        return;
    }
    if (d->ms.n == 0)
        widen(d);
    *vec_push(&d->ms) = decimal_value(ms);
}

void durations_done(struct durations *d)
{
    vec_done(&d->us);
    vec_done(&d->ms);
}

size_t durations_count(const struct durations *d)
{
    return d->us.n + d->ms.n;
}

void durations_sort(struct durations *d)
{
    order_small(d->us.v, d->us.n);
    stats_sort(d->ms.v, d->ms.n);
}

double durations_at(const struct durations *d, size_t i)
{
    return d->ms.n ? d->ms.v[i] : (double)d->us.v[i] / US_PER_MS;
}

static double log_at(const struct durations *d, size_t i)
{
    return stats_log(durations_at(d, i));
}

double durations_quantile(const struct durations *d, double p)
{
    struct stats_rank r = stats_rank(durations_count(d), p);
    return stats_between(durations_at(d, r.low), durations_at(d, r.next), r.share);
}

static double log_median(const struct durations *d)
{
    struct stats_rank r = stats_rank(durations_count(d), 0.5);
    return stats_between(log_at(d, r.low), log_at(d, r.next), r.share);
}

/* How far each is from the middle, as it is or by its logarithm. */
struct distances {
    const struct durations *of;
    double (*at)(const struct durations *d, size_t i);
    double middle;
    size_t left; /* how many are below the middle */
};

static size_t count_below(const struct distances *x)
{
    return order_lower(0, durations_count(x->of), i, x->at(x->of, i) < x->middle);
}

/* The i-th on its side, from the middle outwards; infinite behind the last. */
static double left_at(const struct distances *x, size_t i)
{
    return i < x->left ? x->middle - x->at(x->of, x->left - 1 - i) : INFINITY;
}

static double right_at(const struct distances *x, size_t i)
{
    return i < durations_count(x->of) - x->left ? x->at(x->of, x->left + i) - x->middle : INFINITY;
}

/* The k-th smallest distance: that many nearer ones, `low` of them on the left. */
static double distance_of_rank(const struct distances *x, size_t k)
{
    size_t right = durations_count(x->of) - x->left;
    size_t least = k > right ? k - right : 0, most = k < x->left ? k : x->left;
    size_t low = order_lower(least, most, i, left_at(x, i) < right_at(x, k - i - 1));
    return fmin(left_at(x, low), right_at(x, k - low));
}

static double deviation(struct distances x)
{
    struct stats_rank r = stats_rank(durations_count(x.of), 0.5);
    x.left = count_below(&x);
    return stats_between(distance_of_rank(&x, r.low), distance_of_rank(&x, r.next), r.share);
}

bool durations_measure(const struct durations *d, struct stats_spread *ret)
{
    if (durations_count(d) < STATS_SAMPLE_MIN)
        return false;
    struct stats_spread s = {.n = durations_count(d)};
    s.median = durations_quantile(d, 0.5);
    s.log_median = log_median(d);
    s.mad = deviation((struct distances){.of = d, .at = durations_at, .middle = s.median});
    s.log_mad = deviation((struct distances){.of = d, .at = log_at, .middle = s.log_median});
    stats_finish(&s);
    *ret = s;
    return true;
}
