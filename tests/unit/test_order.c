/* base/order.h and base/parallel.h: every order is worked out by hand, every piece of work is done once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "base/parallel.h"
#include "base/text.h"

static int larger_first(const void *ctx, uint32_t a, uint32_t b)
{
    (void)ctx;
    return a > b ? -1 : a < b;
}

static const struct order_ties larger = {larger_first, NULL, NULL};

/* To be given away. */
static int64_t *copy_of(const int64_t *keys, size_t n)
{
    int64_t *copy = malloc((n + 1) * sizeof *copy);
    assert_non_null(copy);
    if (n > 0)
        memcpy(copy, keys, n * sizeof *copy);
    return copy;
}

static void is_order(const int64_t *keys, size_t n, const uint32_t *due)
{
    uint32_t *order = order_by(copy_of(keys, n), n, &larger, 2);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(order[i], due[i]);
    free(order);
}

static void by_key_then_tie(void **state)
{
    static const int64_t keys[] = {5, -3, 5000000, 5, 0, -3};
    static const uint32_t due[] = {5, 1, 4, 3, 0, 2};
    (void)state;
    is_order(keys, 6, due);
    is_order(keys, 1, (const uint32_t[]){0});
    is_order(keys, 0, NULL);
}

/* Keys so far apart that they do not fit a word together with their number. */
static void far_apart(void **state)
{
    static const int64_t keys[] = {INT64_MAX, 7, INT64_MIN, 7, -1};
    static const uint32_t due[] = {2, 4, 3, 1, 0};
    (void)state;
    is_order(keys, 5, due);
}

static int64_t mixed(uint64_t i)
{
    uint64_t z = i * UINT64_C(0x9e3779b97f4a7c15);
    return (int64_t)(z >> 24) - (INT64_C(1) << 39); /* 40 bits, about half of them negative */
}

/* Few, many, and many that are too far apart for digits. */
static void numbers(void **state)
{
    enum { MANY = 5000 };
    static int64_t v[MANY + 1];
    (void)state;
    for (int far = 0; far < 3; far++) {
        size_t n = far ? MANY : 100;
        uint64_t sum = 0, after = 0;
        for (size_t i = 0; i < n; i++)
            v[i] = mixed(i % 4000);
        if (far == 2)
            v[7] = INT64_MIN;
        for (size_t i = 0; i < n; i++)
            sum += (uint64_t)v[i];
        v[n] = 42;
        order_numbers(v, n);
        for (size_t i = 0; i < n; i++) {
            after += (uint64_t)v[i];
            assert_true(i == 0 || v[i - 1] <= v[i]);
        }
        assert_true(sum == after);
        assert_int_equal(v[n], 42);
    }
    order_numbers(NULL, 0);
}

enum { BY_THREADS = 100003 };

static void fetch(const void *ctx, uint32_t i)
{
    _Atomic bool *fetched = (_Atomic bool *)(uintptr_t)ctx;
    assert_true(i < BY_THREADS);
    fetched[i] = true;
}

static int larger_fetched(const void *ctx, uint32_t a, uint32_t b)
{
    const _Atomic bool *fetched = ctx;
    assert_true(fetched[a] && fetched[b]);
    return larger_first(NULL, a, b);
}

/* Many keys, each of which some others have, by any number of threads: equal ones in falling order of their numbers, and
 * fetched before they are compared. */
static void many_by_threads(void **state)
{
    static int64_t keys[BY_THREADS];
    static _Atomic bool fetched[BY_THREADS];
    const struct order_ties ties = {larger_fetched, fetch, fetched};
    (void)state;
    for (size_t i = 0; i < BY_THREADS; i++)
        keys[i] = mixed(i % 77777) >> 12;
    for (unsigned threads = 1; threads < 8; threads++) {
        uint32_t *order = order_by(copy_of(keys, BY_THREADS), BY_THREADS, &ties, threads);
        for (size_t i = 1; i < BY_THREADS; i++) {
            int64_t before = keys[order[i - 1]], key = keys[order[i]];
            assert_true(before < key || (before == key && order[i - 1] > order[i]));
        }
        free(order);
    }
}

/* Of few bits and many, all alike, and alike but for one; what stands behind them stays. */
static void small_numbers(void **state)
{
    enum { MANY = 5000 };
    static uint32_t v[MANY + 1];
    static int64_t due[MANY];
    (void)state;
    for (unsigned bits = 0; bits <= 32; bits++) {
        for (size_t n = 0; n <= MANY; n = n < MANY / 3 ? n * 3 + 1 : n < MANY ? MANY : MANY + 1) {
            for (size_t i = 0; i < n; i++)
                due[i] = v[i] = 77 + (uint32_t)((uint64_t)mixed(i) << 24 >> 32 >> (32 - bits));
            if (n > 40 && bits == 0)
                due[n / 2] = v[n / 2] = UINT32_MAX;
            v[n] = 42;
            order_small(v, n);
            order_numbers(due, n);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(v[i], due[i]);
            assert_int_equal(v[n], 42);
        }
    }
    order_small(NULL, 0);
}

/* Equal keys stay as they stand. */
static void keeps_order(void **state)
{
    static const int64_t keys[] = {3, 1, 3, 1, 2};
    static const uint32_t due[] = {1, 3, 4, 0, 2};
    uint32_t *order = order_by(copy_of(keys, 5), 5, NULL, 1);
    (void)state;
    assert_memory_equal(order, due, sizeof due);
    free(order);
}

/* What has no time stands last; the times may reach far. */
static void times_unknown_last(void **state)
{
    static const int64_t times[] = {TIME_NONE, 1700000000000, TIME_NONE, 1600000000000, 1700000000001};
    static const uint32_t due[] = {3, 1, 4, 0, 2}, turned[] = {3, 1, 4, 2, 0};
    uint32_t *order = order_times(copy_of(times, 5), 5, NULL, 1);
    (void)state;
    assert_memory_equal(order, due, sizeof due);
    free(order);
    order = order_times(copy_of(times, 5), 5, &larger, 2);
    assert_memory_equal(order, turned, sizeof turned);
    free(order);
    order = order_times(copy_of(times, 1), 1, NULL, 1);
    assert_int_equal(order[0], 0);
    free(order);
}

static void moves_rows(void **state)
{
    char rows[][4] = {"one", "two", "six", "ten"};
    uint32_t order[] = {2, 0, 1, 3};
    (void)state;
    order_apply(rows, 4, sizeof *rows, order);
    assert_string_equal(rows[0], "six");
    assert_string_equal(rows[1], "one");
    assert_string_equal(rows[2], "two");
    assert_string_equal(rows[3], "ten");
}

enum { THINGS = 1000 };

static void count(void *ctx, unsigned thread, size_t i)
{
    unsigned char *done = ctx;
    done[i] += thread < 3; /* asserting belongs to the thread of the test */
}

static void each_once(void **state)
{
    unsigned char done[THINGS + 1] = {0};
    (void)state;
    parallel_run(3, THINGS, count, done);
    for (size_t i = 0; i < THINGS; i++)
        assert_int_equal(done[i], 1);
    assert_int_equal(done[THINGS], 0);
    parallel_run(3, 0, count, done);
    parallel_run(1, 1, count, done);
    assert_int_equal(done[0], 2);
    assert_int_equal(parallel_threads(5), 5);
    assert_int_equal(parallel_threads(1000), THREADS_MAX);
    assert_true(parallel_threads(0) >= 1);
}

/* Long cycles, pairs of neighbours, and rows that stay; more and fewer of them than there are walks. */
static uint32_t place_in(size_t n, size_t i, int how)
{
    static const size_t coprime[] = {1, 7919, 104729};
    if (how < 3)
        return (uint32_t)(i * coprime[how] % n);
    return (uint32_t)((i ^ 1) < n ? i ^ 1 : i);
}

static void moves_many(void **state)
{
    enum { MOST = 5000 };
    static const size_t numbers[] = {1, 2, 31, 32, 33, 100, 4096, MOST};
    static struct {
        uint32_t number;
        char more[68];
    } rows[MOST];
    static uint32_t order[MOST];
    (void)state;
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        for (int how = 0; how < 4; how++) {
            size_t n = numbers[k];
            for (size_t i = 0; i < n; i++) {
                rows[i].number = (uint32_t)i;
                memset(rows[i].more, (int)(i % 251), sizeof rows[i].more);
                order[i] = place_in(n, i, how);
            }
            order_apply(rows, n, sizeof *rows, order);
            for (size_t i = 0; i < n; i++) {
                assert_int_equal(rows[i].number, place_in(n, i, how));
                assert_int_equal((unsigned char)rows[i].more[67], rows[i].number % 251);
            }
        }
}

static void lower_bounds(void **state)
{
    static const int v[] = {1, 3, 3, 7};
    (void)state;
    for (int due = 0; due <= 8; due++)
        for (size_t from = 0; from <= 4; from++)
            for (size_t end = from; end <= 4; end++) {
                size_t at = from;
                while (at < end && v[at] < due)
                    at++;
                assert_int_equal(order_lower(from, end, i, v[i] < due), at);
            }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_key_then_tie),
        cmocka_unit_test(far_apart),
        cmocka_unit_test(numbers),
        cmocka_unit_test(keeps_order),
        cmocka_unit_test(times_unknown_last),
        cmocka_unit_test(small_numbers),
        cmocka_unit_test(many_by_threads),
        cmocka_unit_test(moves_rows),
        cmocka_unit_test(moves_many),
        cmocka_unit_test(each_once),
        cmocka_unit_test(lower_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
