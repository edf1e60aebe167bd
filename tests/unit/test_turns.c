/* forensics/turns.h: each stream is found again by both of its names, and none from before the table was emptied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "forensics/turns.h"

struct names {
    char group[40], name[40];
};

/* They differ at the end, at the begin alone, and not at all but for the group's. */
static void names_of(size_t i, struct names *n, struct slice *group, struct slice *name)
{
    n->group[0] = '\0';
    if (i % 3 == 0)
        snprintf(n->name, sizeof n->name, "2024/01/02/[$LATEST]%zx", i);
    else if (i % 3 == 1)
        snprintf(n->name, sizeof n->name, "%zu-the-same-end-of-all", i);
    else
        snprintf(n->name, sizeof n->name, "same");
    if (i % 3 == 2)
        snprintf(n->group, sizeof n->group, "/aws/lambda/f-%zu", i);
    *group = slice_str(n->group);
    *name = slice_str(n->name);
}

static void found_again(void **state)
{
    struct turns t;
    struct names n;
    struct slice group, name;
    (void)state;
    turns_init(&t);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < TURNS_MAX; i++) {
            names_of(round * TURNS_MAX + i, &n, &group, &name);
            assert_null(turns_find(&t, group, name));
            struct turn *turn = turns_add(&t, group, name);
            assert_ptr_equal(turn, &t.list[i]);
            assert_int_equal(turn->words.n, 0);
            turn->stream = (uint32_t)i;
            turn->words.n = 1;
        }
        for (size_t i = 0; i < TURNS_MAX; i++) {
            names_of(round * TURNS_MAX + i, &n, &group, &name);
            struct turn *turn = turns_find(&t, group, name);
            assert_non_null(turn);
            assert_int_equal(turn->stream, i);
        }
        assert_int_equal(t.n, TURNS_MAX);
        turns_clear(&t);
    }
    turns_done(&t);
}

/* Entries without names are of a stream, too: the file's. */
static void without_names(void **state)
{
    struct turns t;
    (void)state;
    turns_init(&t);
    struct turn *nameless = turns_add(&t, SLICE(""), SLICE("")),
                *group = turns_add(&t, SLICE("g"), SLICE(""));
    assert_ptr_equal(turns_find(&t, SLICE(""), SLICE("")), nameless);
    assert_ptr_equal(turns_find(&t, SLICE("g"), SLICE("")), group);
    assert_null(turns_find(&t, SLICE(""), SLICE("g")));
    turns_done(&t);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_again),
        cmocka_unit_test(without_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
