/* parsers/fields.h: members by paths, of objects written out here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "parsers/fields.h"

enum { ID, NAME, WHOLE, SLOTS };

static const struct field table[] = {
    {"aws/request_id", ID}, {"aws/request/id", ID}, {"name", NAME}, {"aws", WHOLE}};

static struct buf scratch;

/* What the slots hold; an absent one is "-". */
static void reads(struct slice object, const char *id, const char *name, const char *whole)
{
    const char *due[SLOTS] = {id, name, whole};
    struct value v[SLOTS] = {{.type = JSON_END}};
    buf_clear(&scratch);
    assert_true(fields_read(object, table, sizeof table / sizeof *table, &scratch, v));
    for (unsigned i = 0; i < SLOTS; i++) {
        struct slice text = v[i].type == JSON_END ? SLICE("-") : v[i].text;
        assert_int_equal(text.n, strlen(due[i]));
        assert_memory_equal(text.p, due[i], text.n);
    }
}

static void by_path(void **state)
{
    (void)state;
    reads(SLICE("{\"aws\":{\"request_id\":\"a1\"},\"name\":\"n\"}"), "a1", "n", "-");
    reads(SLICE("{\"aws\":{\"request\":{\"id\":7}}}"), "7", "-", "-");
    reads(SLICE("{\"aws\":\"whole\",\"name\":null}"), "-", "-", "whole");
    reads(SLICE("{\"name\":\"a\\u0041\",\"name\":\"b\\n\"}"), "-", "b\n", "-");
}

/* Beginnings and ends of paths, what is nested otherwise, and a key with the byte that ends a path. */
static void not_nearly(void **state)
{
    (void)state;
    reads(SLICE("{\"aw\":{\"request_id\":1},\"names\":2,\"nam\":3,\"\":4}"), "-", "-", "-");
    reads(SLICE("{\"aws\":{\"request_id2\":1,\"name\":2,\"request\":3},\"request_id\":4}"), "-", "-", "-");
    reads(SLICE("{\"x\":{\"aws\":{\"request_id\":1}}}"), "-", "-", "-");
    reads(SLICE("{\"name\\u0000\":1,\"aws\":[{\"request_id\":1}]}"), "-", "-", "[{\"request_id\":1}]");
}

static void not_an_object(void **state)
{
    struct value v[SLOTS] = {{.type = JSON_END}};
    (void)state;
    assert_false(fields_read(SLICE("[1]"), table, 4, &scratch, v));
    assert_false(fields_read(SLICE("{\"name\":\"n\""), table, 4, &scratch, v));
    assert_false(fields_read(SLICE("{\"name\0\":1,"), table, 4, &scratch, v));
    assert_false(fields_read(SLICE(""), table, 4, &scratch, v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_path),
        cmocka_unit_test(not_nearly),
        cmocka_unit_test(not_an_object),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_done(&scratch);
    return failed;
}
