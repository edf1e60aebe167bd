/* base/buf.h, base/arena.h, base/vec.h and base/err.h: who owns what, growth, and the maxima. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

static void buf_grows(void **state)
{
    struct buf b;
    (void)state;
    buf_init(&b, 0);
    assert_int_equal(buf_slice(&b).n, 0);
    assert_non_null(buf_slice(&b).p);
    for (int i = 0; i < 5000; i++)
        assert_true(buf_byte(&b, (char)('a' + i % 26)));
    assert_true(buf_append(&b, SLICE("")));
    assert_true(buf_printf(&b, "%s-%d", "x", 42));
    assert_int_equal(b.n, 5004);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(b.p[i], 'a' + i % 26);
    assert_true(slice_ends(buf_slice(&b), SLICE("x-42")));
    buf_clear(&b);
    assert_int_equal(b.n, 0);
    assert_true(buf_append(&b, SLICE("again")));
    assert_true(slice_eq(buf_slice(&b), SLICE("again")));
    buf_done(&b);
    buf_done(&b);
    buf_done(NULL);
}

/* From malloc to one huge page and then to several. */
static void buf_grows_large(void **state)
{
    enum { PIECE = 1000, PIECES = 5000 };
    struct buf b;
    char piece[PIECE];
    (void)state;
    buf_init(&b, 0);
    for (size_t i = 0; i < PIECES; i++) {
        memset(piece, (int)(i % 251), PIECE);
        assert_true(buf_append(&b, slice_of(piece, PIECE)));
    }
    assert_int_equal(b.n, PIECE * PIECES);
    for (size_t i = 0; i < b.n; i++)
        if (b.p[i] != (char)(i / PIECE % 251))
            fail_msg("byte %zu is %d", i, b.p[i]);
    buf_done(&b);
}

/* At every maximum: what fits is taken, what does not changes nothing. */
static void buf_maximum(void **state)
{
    (void)state;
    for (size_t max = 1; max < 700; max++) {
        struct buf b;
        size_t taken = 0;
        buf_init(&b, max);
        while (buf_byte(&b, 'x'))
            taken++;
        assert_int_equal(taken, max);
        assert_int_equal(b.n, max);
        assert_true(b.cap <= max);
        assert_false(buf_append(&b, SLICE("y")));
        assert_false(buf_printf(&b, "y"));
        assert_int_equal(b.n, max);
        assert_int_equal(b.p[max - 1], 'x');
        assert_true(buf_append(&b, SLICE("")));
        buf_done(&b);
        assert_int_equal(b.max, max);
    }
    struct buf b;
    buf_init(&b, 4);
    assert_false(buf_append(&b, SLICE("12345")));
    assert_int_equal(b.n, 0);
    assert_true(buf_append(&b, SLICE("1234")));
    assert_false(buf_reserve(&b, SIZE_MAX));
    assert_false(buf_reserve(&b, SIZE_MAX - 3));
    buf_done(&b);
    buf_init(&b, 0);
    assert_true(buf_byte(&b, 'x'));
    assert_false(buf_reserve(&b, SIZE_MAX));
    buf_done(&b);
}

static void arena_gives(void **state)
{
    struct arena a;
    char *blocks[300];
    (void)state;
    arena_init(&a);
    assert_non_null(arena_alloc(&a, 0));
    for (size_t i = 0; i < 300; i++) {
        size_t size = i * 37 % 5000 + (i % 50 == 0 ? 300000 : 0);
        blocks[i] = arena_alloc(&a, size);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(blocks[i][k], 0);
        memset(blocks[i], (int)(i % 251 + 1), size);
    }
    for (size_t i = 0; i < 300; i++) { /* none lies over another */
        size_t size = i * 37 % 5000 + (i % 50 == 0 ? 300000 : 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal((unsigned char)blocks[i][k], i % 251 + 1);
    }
    assert_true(a.bytes >= 6 * 300000);
    arena_done(&a);
    arena_done(&a);
    arena_done(NULL);
}

static void arena_strings(void **state)
{
    struct arena a;
    (void)state;
    arena_init(&a);
    struct slice copy = arena_copy(&a, slice_of("a\0bcd", 3));
    assert_int_equal(copy.n, 3);
    assert_memory_equal(copy.p, "a\0b", 4);
    copy = arena_copy(&a, slice_of(NULL, 0));
    assert_int_equal(copy.n, 0);
    assert_int_equal(*copy.p, 0);
    assert_string_equal(arena_printf(&a, "%s/%u", "x", 7u), "x/7");
    assert_string_equal(arena_printf(&a, "%s", ""), "");
    assert_int_equal(strlen(arena_printf(&a, "%0*d", 100000, 1)), 100000);
    arena_done(&a);
}

static void arena_joined(void **state)
{
    struct arena a, b, none;
    (void)state;
    arena_init(&a);
    arena_init(&b);
    arena_init(&none);
    const char *in_a = arena_printf(&a, "a"), *in_b = arena_printf(&b, "b");
    arena_join(&a, &b);
    arena_join(&a, &none);
    assert_null(b.blocks);
    assert_int_equal(b.bytes, 0);
    assert_string_equal(arena_printf(&b, "b again"), "b again"); /* of its own */
    assert_string_equal(arena_printf(&a, "a again"), "a again");
    arena_done(&b);
    assert_string_equal(in_a, "a");
    assert_string_equal(in_b, "b");
    arena_done(&a);
    arena_done(&none);
}

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void vec_grows(void **state)
{
    VEC(int) numbers = {0};
    (void)state;
    vec_sort(&numbers, by_value);
    for (int i = 0; i < 1000; i++)
        *vec_push(&numbers) = i * 7 % 1000;
    assert_int_equal(numbers.n, 1000);
    vec_sort(&numbers, by_value);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers.v[i], i);
    vec_clear(&numbers);
    assert_int_equal(numbers.n, 0);
    vec_done(&numbers);
    assert_null(numbers.v);
    assert_int_equal(numbers.cap, 0);
}

static void err_is_filled(void **state)
{
    struct err e = {0};
    char word[2 * ERR_MESSAGE_MAX];
    (void)state;
    assert_false(err_set(&e, ERR_IO, "cannot open %s", "x"));
    assert_int_equal(e.code, ERR_IO);
    assert_string_equal(e.msg, "cannot open x");
    assert_false(err_set(NULL, ERR_IO, "nobody asks"));
    memset(word, 'w', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_false(err_set(&e, ERR_USAGE, "%s", word));
    assert_int_equal(strlen(e.msg), ERR_MESSAGE_MAX - 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_grows),   cmocka_unit_test(buf_grows_large), cmocka_unit_test(buf_maximum),
        cmocka_unit_test(arena_gives), cmocka_unit_test(arena_strings),   cmocka_unit_test(arena_joined),
        cmocka_unit_test(vec_grows),   cmocka_unit_test(err_is_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
