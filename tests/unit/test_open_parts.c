/* The table of open parts: what it finds, what gives way, against a list that is searched from its begin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forensics/index.h"

enum { IDS = 5 * OPEN_MAX };

static struct attempt parts[IDS];

/* Ids that differ in one place: low, high, in both halves, or hardly at all. */
static struct request_id id_of(size_t i)
{
    struct request_id id = {{0}};
    uint16_t n = (uint16_t)i;
    memcpy(id.bytes + i % 4 * 4, &n, sizeof n);
    id.bytes[15] = (uint8_t)(i % 4);
    return id;
}

static void oldest_gives_way(void **state)
{
    struct open_parts t = {.n = 0};
    (void)state;
    for (size_t i = 0; i < IDS; i++) {
        struct request_id id = id_of(i);
        assert_null(open_find(&t, &id));
        open_add(&t, &id, &parts[i]);
        assert_ptr_equal(*open_find(&t, &id), &parts[i]);
        size_t oldest = i < OPEN_MAX ? 0 : i - OPEN_MAX + 1;
        for (size_t k = oldest > 2 ? oldest - 2 : 0; k < oldest + 2 && k <= i; k++) {
            struct request_id other = id_of(k);
            struct attempt **found = open_find(&t, &other);
            assert_ptr_equal(found ? *found : NULL, k < oldest ? NULL : &parts[k]);
        }
    }
    open_done(&t);
}

static void replaced_and_cleared(void **state)
{
    struct open_parts t = {.n = 0};
    struct request_id id = id_of(7);
    (void)state;
    open_clear(&t);
    open_add(&t, &id, &parts[0]);
    *open_find(&t, &id) = &parts[1];
    assert_ptr_equal(*open_find(&t, &id), &parts[1]);
    open_clear(&t);
    assert_null(open_find(&t, &id));
    for (size_t i = 0; i < IDS; i++) {
        id = id_of(i);
        open_add(&t, &id, &parts[i]);
    }
    open_clear(&t);
    for (size_t i = 0; i < IDS; i++) {
        id = id_of(i);
        assert_null(open_find(&t, &id));
    }
    open_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oldest_gives_way),
        cmocka_unit_test(replaced_and_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
