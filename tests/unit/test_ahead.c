/* Reading ahead: the same bytes in the same order, however they are cut, and an end at any time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/ahead.h"

#include <stdlib.h>
#include <string.h>

struct text {
    size_t at, n;
};

static char byte_at(size_t i)
{
    return (char)(i * 2654435761u >> 13);
}

static size_t take(void *ctx, char *out, size_t room)
{
    struct text *t = ctx;
    size_t n = t->n - t->at < room ? t->n - t->at : room;
    for (size_t i = 0; i < n; i++)
        out[i] = byte_at(t->at + i);
    t->at += n;
    return n;
}

static void check(size_t n, size_t room)
{
    struct text t = {0, n};
    struct ahead *a = ahead_new(take, &t);
    char *out = malloc(room);
    size_t got, total = 0;
    assert_non_null(a);
    assert_non_null(out);
    do {
        got = ahead_read(a, out, room);
        for (size_t i = 0; i < got; i++)
            if (out[i] != byte_at(total + i))
                fail_msg("byte %zu of %zu, read by %zu", total + i, n, room);
        total += got;
    } while (got == room);
    assert_int_equal(total, n);
    assert_int_equal(ahead_read(a, out, room), 0);
    ahead_free(a);
    free(out);
}

/* Around the size of a block, of the ring, and of several rings. */
static void test_all_bytes(void **state)
{
    static const size_t sizes[] = {0, 1, 262143, 262144, 262145, 1048576, 1048577, 3000000};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check(sizes[i], 1000);
        check(sizes[i], 262144);
        check(sizes[i], 700001);
    }
}

static void test_early_end(void **state)
{
    char few[10];
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        struct text t = {0, 50000000};
        struct ahead *a = ahead_new(take, &t);
        if (i % 2)
            assert_int_equal(ahead_read(a, few, sizeof few), sizeof few);
        ahead_free(a);
        assert_true(t.at < t.n); /* it did not read on to the end */
    }
    ahead_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_bytes),
        cmocka_unit_test(test_early_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
