/* forensics/stats.h, and durations.h on it: medians, MADs, quantiles and scores, worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "forensics/durations.h"

#define NEAR(a, b)                                                                                           \
    do {                                                                                                     \
        double got = (a), due = (b);                                                                         \
        if (!(fabs(got - due) <= 1e-9 * fmax(1, fabs(due))))                                                 \
            fail_msg("%s is %.12g, not %.12g", #a, got, due);                                                \
    } while (0)

static double quantile(const double *values, size_t n, double p)
{
    struct stats_rank r = stats_rank(n, p);
    return stats_between(values[r.low], values[r.next], r.share);
}

static bool measure(const double *values, size_t n, struct stats_spread *ret)
{
    struct durations d = {0};
    for (size_t i = 0; i < n; i++)
        durations_add(&d, (struct decimal){llround(values[i] * DECIMAL_SCALE), 0});
    durations_sort(&d);
    bool ok = durations_measure(&d, ret);
    durations_done(&d);
    return ok;
}

/* h = (n-1)p: for four values and p = 0.9, h = 2.7, so 3 + 0.7 * (4 - 3). */
static void quantiles(void **state)
{
    static const double four[] = {1, 2, 3, 4}, one[] = {7}, uneven[] = {10, 20, 40, 80, 160};
    (void)state;
    NEAR(quantile(four, 4, 0), 1);
    NEAR(quantile(four, 4, 0.25), 1.75);
    NEAR(quantile(four, 4, 0.5), 2.5);
    NEAR(quantile(four, 4, 0.9), 3.7);
    NEAR(quantile(four, 4, 0.99), 3.97);
    NEAR(quantile(four, 4, 1), 4);
    NEAR(quantile(one, 1, 0.5), 7);
    NEAR(quantile(one, 1, 0.99), 7);
    NEAR(quantile(uneven, 5, 0.5), 40);
    NEAR(quantile(uneven, 5, 0.9), 128); /* h = 3.6: 80 + 0.6 * 80 */
    NEAR(quantile(uneven, 5, 0.1), 14);  /* h = 0.4: 10 + 0.4 * 10 */
}

static void sorted(void **state)
{
    double values[] = {3, -1, 2, 2, 0};
    static const double due[] = {-1, 0, 2, 2, 3};
    (void)state;
    stats_sort(values, 5);
    assert_memory_equal(values, due, sizeof due);
    stats_sort(values, 0);
    stats_sort(NULL, 0);
}

static void too_few(void **state)
{
    double values[] = {1, 2, 3, 4, 5, 6, 7};
    struct stats_spread s = {.n = 77};
    (void)state;
    assert_false(measure(values, 7, &s));
    assert_false(measure(values, 0, &s));
    assert_int_equal(s.n, 77);
}

/* Nine values, the median 400. |x - 400| = 300 200 100 0 0 0 400 1200 6000: its median is 200.
 * ln x is measured with ln 400 in the middle: |ln(x/400)| = ln4 ln2 ln(4/3) 0 0 0 ln2 ln4 ln16, whose median
 * (the fifth: 0 0 0 ln(4/3) ln2 ln2 ln4 ln4 ln16) is ln2; as a small sample times 9/(9-0.8). */
static void small_sample(void **state)
{
    double values[] = {1600, 100, 400, 200, 400, 6400, 300, 800, 400};
    struct stats_spread s;
    double mad = log(2) * 9 / 8.2;
    (void)state;
    assert_true(measure(values, 9, &s));
    assert_int_equal(s.n, 9);
    NEAR(s.median, 400);
    NEAR(s.mad, 200);
    NEAR(s.log_median, log(400));
    NEAR(s.log_mad, mad);
    NEAR(s.threshold, 400 * exp(2.5 * mad / 0.6745));
    NEAR(stats_score(&s, 6400), 0.6745 * log(16) / mad);
    NEAR(stats_score(&s, 800), 0.6745 * log(2) / mad);
    NEAR(stats_score(&s, 799), 0); /* under twice the median */
    NEAR(stats_score(&s, 10), 0);
}

/* 21 values: ten at 1000/e, one at 1000, ten at 1000*e. On ln x the MAD is 1, with no correction any more. */
static void large_sample(void **state)
{
    double values[21];
    struct stats_spread s;
    (void)state;
    for (int i = 0; i < 10; i++) {
        values[i] = 1000 * exp(1);
        values[11 + i] = 1000 / exp(1);
    }
    values[10] = 1000;
    assert_true(measure(values, 21, &s));
    NEAR(s.median, 1000);
    NEAR(s.log_mad, 1);
    NEAR(s.mad, 1000 - 1000 / exp(1)); /* ten at 632.1, ten at 1718.3, one at 0: the eleventh is 632.1 */
    NEAR(s.threshold, 1000 * exp(2.5 / 0.6745));
    NEAR(stats_score(&s, s.threshold), 2.5);
    NEAR(stats_score(&s, 1000 * exp(3.5 / 0.6745)), 3.5);
}

/* A MAD of 0: the floors decide. 2 * median and median + 200, whichever is more. */
static void floors(void **state)
{
    static const struct {
        double all, threshold;
    } rows[] = {{50, 250}, {150, 350}, {200, 400}, {300, 600}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double values[20], again[19]; /* measuring uses them up */
        struct stats_spread s;
        for (int k = 0; k < 20; k++)
            values[k] = again[k % 19] = rows[i].all;
        assert_true(measure(values, 20, &s));
        NEAR(s.mad, 0);
        NEAR(s.threshold, rows[i].threshold);
        NEAR(stats_score(&s, rows[i].threshold), STATS_EXTREME + 1);
        NEAR(stats_score(&s, rows[i].threshold - 0.01), 0);
        assert_true(measure(again, 19, &s));
        double score = stats_score(&s, rows[i].threshold);
        assert_true(score > STATS_SUSPECT && score < STATS_EXTREME); /* "suspect" at most */
    }
}

/* An init of 0 ms must not make a logarithm of nothing. */
static void zeros(void **state)
{
    double values[8] = {0};
    struct stats_spread s;
    (void)state;
    assert_true(measure(values, 8, &s));
    NEAR(s.median, 0);
    assert_true(isfinite(s.log_median) && isfinite(s.threshold));
    NEAR(stats_score(&s, 0), 0);
    NEAR(stats_score(&s, 199), 0);
    assert_true(stats_score(&s, 200) > STATS_SUSPECT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles),    cmocka_unit_test(sorted),       cmocka_unit_test(too_few),
        cmocka_unit_test(small_sample), cmocka_unit_test(large_sample), cmocka_unit_test(floors),
        cmocka_unit_test(zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
