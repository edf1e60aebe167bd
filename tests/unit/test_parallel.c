/* Blocks of work: every thing once, in the block that its number tells, on any number of threads. */
#include "base/parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct seen {
    size_t n;
    uint32_t *block; /* of each thing, plus one */
};

static void see(void *ctx, size_t block, size_t from, size_t to)
{
    struct seen *s = ctx;
    assert_true(from < to && to <= s->n);
    for (size_t i = from; i < to; i++) {
        assert_int_equal(s->block[i], 0);
        s->block[i] = (uint32_t)block + 1;
    }
}

static void check(unsigned threads, size_t n)
{
    struct seen s = {n, calloc(n + 1, sizeof *s.block)};
    assert_non_null(s.block);
    parallel_blocks(threads, n, see, &s);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(s.block[i], i / PARALLEL_BLOCK + 1);
    assert_int_equal(s.block[n], 0);
    free(s.block);
}

static void test_blocks(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,
                                   1,
                                   PARALLEL_BLOCK - 1,
                                   PARALLEL_BLOCK,
                                   PARALLEL_BLOCK + 1,
                                   PARALLEL_BLOCK * 5,
                                   PARALLEL_BLOCK * 7 + 3};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned threads = 1; threads <= 4; threads++)
            check(threads, sizes[i]);
}

static void test_counts(void **state)
{
    (void)state;
    assert_int_equal(parallel_count(0), 0);
    assert_int_equal(parallel_count(PARALLEL_BLOCK), 1);
    assert_int_equal(parallel_count(PARALLEL_BLOCK + 1), 2);
    assert_int_equal(parallel_worth(8, PARALLEL_BLOCK - 1), 1);
    assert_int_equal(parallel_worth(8, PARALLEL_BLOCK), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_blocks), cmocka_unit_test(test_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
