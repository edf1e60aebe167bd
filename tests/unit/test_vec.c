/* base/vec.h and base/huge.h: what was pushed stays, however often a large array moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/vec.h"

enum { MANY = 3 * 1000 * 1000 };

typedef VEC(uint64_t) numbers;

static void push_up_to(numbers *v, size_t end)
{
    while (v->n < end) {
        size_t n = v->n;
        *vec_push(v) = n * 7;
    }
}

static void is_whole(const numbers *v, size_t from)
{
    for (size_t i = from; i < v->n; i++)
        if (v->v[i] != i * 7)
            fail_msg("element %zu is %llu", i, (unsigned long long)v->v[i]);
}

static void large_ones_move(void **state)
{
    numbers v = {0};
    (void)state;
    push_up_to(&v, MANY);
    is_whole(&v, 0);
    vec_reserve(&v, v.cap + 1);
    assert_true(v.cap > MANY);
    is_whole(&v, 0);
    push_up_to(&v, MANY + 10);
    is_whole(&v, 0);
    vec_done(&v);
}

static void reserved_first(void **state)
{
    static const size_t sizes[] = {1, 1000, HUGE_FROM / sizeof(uint64_t) - 1, HUGE_FROM / sizeof(uint64_t),
                                   MANY};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        numbers v = {0};
        vec_reserve(&v, sizes[i]);
        push_up_to(&v, 2 * sizes[i]);
        assert_int_equal(v.n, 2 * sizes[i]);
        is_whole(&v, 0);
        vec_done(&v);
    }
}

/* What stands behind what was given back is there still, and a small array loses nothing. */
static void forgotten_from_the_begin(void **state)
{
    numbers v = {0};
    (void)state;
    push_up_to(&v, 1000);
    vec_forget(&v, 0, 999);
    is_whole(&v, 0);
    push_up_to(&v, MANY);
    for (size_t i = 0; i + 1000 < MANY; i += 1000)
        vec_forget(&v, i, i + 1000);
    is_whole(&v, MANY - 1000);
    push_up_to(&v, 2 * MANY);
    is_whole(&v, MANY - 1000);
    vec_done(&v);
}

/* From the begin of one into another, as records are merged: each element comes over, whatever page it stands on. */
static void one_is_emptied_into_another(void **state)
{
    enum { BLOCK = 100000 };
    numbers from = {0}, to = {0};
    (void)state;
    push_up_to(&to, 1000);
    push_up_to(&from, MANY);
    vec_room(&to, 1000 + MANY);
    for (size_t i = 0; i < MANY; i++) {
        *vec_push(&to) = from.v[i];
        if ((i + 1) % BLOCK == 0) {
            vec_forget(&from, i + 1 - BLOCK, i + 1);
            vec_fill(&to, BLOCK);
        }
    }
    for (size_t i = 0; i < MANY; i++)
        if (to.v[1000 + i] != i * 7)
            fail_msg("element %zu is %llu", i, (unsigned long long)to.v[1000 + i]);
    vec_clear(&from);
    vec_done(&from);
    vec_done(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(large_ones_move), cmocka_unit_test(reserved_first),
                                       cmocka_unit_test(forgotten_from_the_begin),
                                       cmocka_unit_test(one_is_emptied_into_another)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
