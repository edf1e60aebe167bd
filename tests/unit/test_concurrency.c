/* forensics/concurrency.h: the peak, against counting for each begin what is open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forensics/concurrency.h"

enum { MANY = 700 };

static uint64_t mixed(uint64_t i)
{
    uint64_t z = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return (z ^ z >> 29) * UINT64_C(0xbf58476d1ce4e5b9) >> 40;
}

static size_t counted(const int64_t *begins, const int64_t *ends, size_t n)
{
    size_t peak = 0;
    for (size_t i = 0; i < n; i++) {
        size_t open = 0;
        for (size_t k = 0; k <= i; k++)
            open += ends[k] > begins[i] || begins[k] == begins[i];
        peak = open > peak ? open : peak;
    }
    return peak;
}

static size_t peak_of(const int64_t *begins, const int64_t *ends, size_t n)
{
    struct concurrency c = {0};
    for (size_t i = 0; i < n; i++)
        concurrency_add(&c, begins[i], ends[i]);
    concurrency_done(&c);
    return c.peak;
}

/* The longer they last, the more are open: one to all of them. */
static void as_counted(void **state)
{
    static int64_t begins[MANY], ends[MANY];
    (void)state;
    for (uint64_t length = 1; length < 100000; length *= 3) {
        for (size_t i = 0; i < MANY; i++) {
            begins[i] = (i ? begins[i - 1] : -5000) + (int64_t)(mixed(i) % 30);
            ends[i] = begins[i] + (int64_t)(mixed(i + MANY) % length);
        }
        assert_int_equal(peak_of(begins, ends, MANY), counted(begins, ends, MANY));
    }
}

static void by_hand(void **state)
{
    static const int64_t begins[] = {10, 10, 12, 20, 20}, ends[] = {12, 30, 20, 20, 15};
    (void)state;
    assert_int_equal(peak_of(begins, ends, 0), 0);
    assert_int_equal(peak_of(begins, ends, 1), 1);
    assert_int_equal(peak_of(begins, ends, 3), 2); /* the first is over when the third begins */
    assert_int_equal(peak_of(begins, ends, 5), 3); /* two of no length beside the second */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_counted),
        cmocka_unit_test(by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
