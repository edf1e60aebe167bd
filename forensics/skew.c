/* Clocks against that of the log, whose START both ends of a pair have in common: a gateway's call and the
 * invocation whose request id it names; an S3 event and the invocation that logged its record. Both lie before
 * the START by the way that call and record took: what is dated behind it proves that the clocks differ by so
 * much at least. */
#include "forensics/skew.h"

#include "base/order.h"
#include "forensics/attempt.h"
#include "forensics/calls.h"

typedef VEC(int64_t) gaps;

struct clock_skew skew_of(int64_t *v, size_t n)
{
    if (n == 0)
        return (struct clock_skew){0};
    order_numbers(v, n);
    return (struct clock_skew){n, v[n / 2], v[0], v[n - 1]};
}

/* A request id that came again is no pair: the call may have been the first attempt's or the second's. */
static void add_gap(const struct index *x, const struct attempt *a, int64_t time, gaps *ret)
{
    if (a && time != TIME_NONE && attempt_start(a) != TIME_NONE && !(a->flags & ATTEMPT_TRACED) &&
        attempt_next(x, a) == a)
        *vec_push(ret) = time - attempt_start(a);
}

void skew_measure(struct index *x)
{
    calls all = {0};
    gaps gateway = {0}, s3 = {0};
    calls_make(x, &all);
    for (size_t i = 0; i < all.n; i++)
        add_gap(x, all.v[i].attempt, all.v[i].begin, &gateway);
    for (size_t i = 0; i < x->objects.n; i++)
        add_gap(x, x->objects.v[i].attempt, x->objects.v[i].time, &s3);
    x->skew[SKEW_GATEWAY] = skew_of(gateway.v, gateway.n);
    x->skew[SKEW_S3] = skew_of(s3.v, s3.n);
    vec_done(&all);
    vec_done(&gateway);
    vec_done(&s3);
}

const char *skew_name(enum skew_clock clock)
{
    static const char *const names[SKEW_CLOCKS] = {
        [SKEW_TRACE] = "trace", [SKEW_GATEWAY] = "gateway", [SKEW_S3] = "s3"};
    return names[clock];
}
