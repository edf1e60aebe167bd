/* base/intern.h: strings as numbers, and the numbers of one table as those of another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/intern.h"

static void same_bytes_same_number(void **state)
{
    struct intern t;
    (void)state;
    intern_init(&t);
    char word[] = "orders";
    uint32_t orders = intern_id(&t, slice_str(word));
    word[0] = 'O'; /* the table keeps its own copy */
    uint32_t other = intern_id(&t, slice_str(word));
    assert_int_not_equal(orders, 0);
    assert_int_not_equal(orders, other);
    assert_int_equal(intern_id(&t, SLICE("orders")), orders);
    assert_int_equal(intern_find(&t, SLICE("orders")), orders);
    assert_int_equal(intern_find(&t, SLICE("order")), 0);
    assert_true(slice_eq(intern_name(&t, orders), SLICE("orders")));
    uint32_t nul = intern_id(&t, SLICE("a\0b"));
    assert_int_not_equal(nul, intern_id(&t, SLICE("a\0c")));
    assert_int_equal(intern_name(&t, nul).n, 3);
    intern_done(&t);
}

static void zero_is_none(void **state)
{
    struct intern t;
    (void)state;
    intern_init(&t);
    assert_int_equal(intern_id(&t, SLICE("")), 0);
    assert_int_equal(intern_find(&t, SLICE("")), 0);
    assert_int_equal(intern_name(&t, 0).n, 0);
    assert_int_equal(intern_name(&t, 12345).n, 0);
    assert_int_equal(intern_find(&t, SLICE("x")), 0);
    intern_done(&t);
}

/* Names stay where they are while the table grows, and keep their numbers, whichever was asked for last. */
static void many(void **state)
{
    struct intern t;
    char text[16];
    (void)state;
    intern_init(&t);
    struct slice first = intern_name(&t, intern_id(&t, SLICE("0")));
    for (int i = 0; i < 40000; i++) {
        int n = snprintf(text, sizeof text, "%d", i % 20000);
        assert_int_equal(intern_id(&t, slice_of(text, (size_t)n)), i % 20000 + 1);
    }
    assert_ptr_equal(intern_name(&t, 1).p, first.p);
    assert_true(slice_eq(intern_name(&t, 12346), SLICE("12345")));
    intern_done(&t);
}

static void remap(void **state)
{
    struct intern a, b;
    (void)state;
    intern_init(&a);
    intern_init(&b);
    uint32_t x = intern_id(&a, SLICE("x"));
    (void)intern_id(&b, SLICE("y"));
    uint32_t b_x = intern_id(&b, SLICE("x"));
    uint32_t b_z = intern_id(&b, SLICE("z"));
    uint32_t *map = intern_remap(&a, &b);
    assert_int_equal(map[0], 0);
    assert_int_equal(map[b_x], x);
    assert_true(slice_eq(intern_name(&a, map[b_z]), SLICE("z")));
    intern_done(&b);
    assert_true(slice_eq(intern_name(&a, map[b_z]), SLICE("z"))); /* it does not lean on b */
    free(map);
    intern_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes_same_number),
        cmocka_unit_test(zero_is_none),
        cmocka_unit_test(many),
        cmocka_unit_test(remap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
