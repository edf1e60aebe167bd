/* forensics/durations.h: the same results as from doubles, to the last bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "forensics/durations.h"

enum { MANY = 3000 };

static uint32_t mixed(uint32_t i)
{
    uint64_t z = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)((z ^ z >> 29) * UINT64_C(0xbf58476d1ce4e5b9) >> 32);
}

/* Microseconds of several kinds of functions: all alike, many equal, narrow, over all sizes. */
static int64_t made_us(int kind, uint32_t i)
{
    switch (kind) {
    case 0: return 12340;
    case 1: return 10 * (mixed(i) % 5);
    case 2: return 100000 + 10 * (mixed(i) % 3000);
    case 3: return mixed(i) >> mixed(i + MANY) % 32;
    default: return (i % 100 ? 20000 : 3000000) + mixed(i) % 10000;
    }
}

static void same(double a, double b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

/* Without a search: `values` are used up. */
static struct stats_spread measure(double *values, size_t n)
{
    static double logs[MANY];
    struct stats_spread s = {.n = n, .median = stats_median(values, n)};
    for (size_t i = 0; i < n; i++)
        logs[i] = stats_log(values[i]);
    s.log_median = stats_median(logs, n);
    s.log_mad = stats_deviation(logs, n, s.log_median);
    s.mad = stats_deviation(values, n, s.median);
    stats_finish(&s);
    return s;
}

static void compare(struct durations *d, double *values, size_t n)
{
    static const double ranks[] = {0, 0.5, 0.9, 0.99, 1};
    struct stats_spread due, got;
    assert_int_equal(durations_count(d), n);
    stats_sort(values, n);
    durations_sort(d);
    for (size_t i = 0; i < 5; i++) {
        struct stats_rank r = stats_rank(n, ranks[i]);
        same(durations_quantile(d, ranks[i]), stats_between(values[r.low], values[r.next], r.share));
    }
    due = measure(values, n);
    assert_true(durations_measure(d, &got));
    assert_int_equal(got.n, due.n);
    same(got.median, due.median);
    same(got.mad, due.mad);
    same(got.log_median, due.log_median);
    same(got.log_mad, due.log_mad);
    same(got.threshold, due.threshold);
}

/* `odd` of them, from the middle on, have nanoseconds or are longer than 71 minutes. */
static void compare_made(int kind, uint32_t n, uint32_t odd)
{
    static double values[MANY];
    struct durations d = {0};
    for (uint32_t i = 0; i < n; i++) {
        struct decimal ms = {made_us(kind, i) * 1000, 3};
        if (i >= n / 2 && i < n / 2 + odd)
            ms.scaled += i % 2 ? 7 : INT64_C(4294967296) * 1000;
        values[i] = decimal_value(ms);
        durations_add(&d, ms);
    }
    compare(&d, values, n);
    durations_done(&d);
}

static void as_stats(void **state)
{
    static const uint32_t sizes[] = {8, 9, 19, 20, 33, 500, 2999, MANY};
    (void)state;
    for (int kind = 0; kind < 5; kind++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            for (uint32_t odd = 0; odd < 3; odd++)
                compare_made(kind, sizes[i], odd);
}

/* 1 2 2 3 10 by hand: the median 2, the distances 1 0 0 1 8. */
static void by_hand(void **state)
{
    struct durations d = {0};
    struct stats_spread s = {.n = 77};
    static const int64_t ms[] = {10, 2, 1, 3, 2};
    (void)state;
    durations_reserve(&d, 5);
    for (size_t i = 0; i < 5; i++)
        durations_add(&d, (struct decimal){ms[i] * DECIMAL_SCALE, 0});
    durations_sort(&d);
    same(durations_at(&d, 0), 1);
    same(durations_at(&d, 4), 10);
    same(durations_quantile(&d, 0.5), 2);
    same(durations_quantile(&d, 0.875), 6.5); /* h = 3.5, between 3 and 10 */
    assert_false(durations_measure(&d, &s));
    assert_int_equal(s.n, 77);
    for (size_t i = 0; i < 5; i++)
        durations_add(&d, (struct decimal){ms[i] * DECIMAL_SCALE, 0});
    durations_sort(&d);
    assert_true(durations_measure(&d, &s));
    same(s.median, 2);
    same(s.mad, 1);
    durations_done(&d);
    durations_sort(&d);
    assert_int_equal(durations_count(&d), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_stats),
        cmocka_unit_test(by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
