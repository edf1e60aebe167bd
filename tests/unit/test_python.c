/* parsers/python.h: what Python prints of an event, as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/json.h"
#include "parsers/python.h"

static void expect(struct slice python, const char *json, bool whole)
{
    struct buf out;
    buf_init(&out, 4096);
    if (python_json(python, &out) != whole || !slice_eq(buf_slice(&out), slice_str(json)))
        fail_msg("%.*s became %.*s, not %s", SLICE_ARG(python), SLICE_ARG(buf_slice(&out)), json);
    if (whole) {
        struct json j;
        json_init(&j, buf_slice(&out));
        assert_true(json_skip(&j) && json_at_end(&j) && !j.odd);
    }
    buf_done(&out);
}

static void literals(void **state)
{
    static const struct {
        const char *python, *json;
    } rows[] = {
        {"{'Records': [{'a': 'aws:s3', 'x': None, 'y': True, 'z': False}]}",
         "{\"Records\":[{\"a\":\"aws:s3\",\"x\":null,\"y\":true,\"z\":false}]}"},
        {"{}", "{}"},
        {"[ ]", "[]"},
        {"()", "[]"},
        {"(1,)", "[1]"},
        {"('a', 'b')", "[\"a\",\"b\"]"},
        {"[[], {}, [{}]]", "[[],{},[{}]]"},
        {"[-1, 0.5, 1e-05, 12L]", "[-1,0.5,1e-05,12]"},
        {"{u'k': u'v', 'b': b'raw'}", "{\"k\":\"v\",\"b\":\"raw\"}"},
        {"[\"it's\", 'it\\'s', 'a \"b\" c', \"\\\"\"]", "[\"it's\",\"it's\",\"a \\\"b\\\" c\",\"\\\"\"]"},
        {"'\\n\\t\\r\\\\ \\x1b \\xe9 \\u20ac \\U0001f600'",
         "\"\\n\\t\\r\\\\ \\u001b \\u00e9 \\u20ac \\ud83d\\ude00\""},
        {"'{\"Records\": [{\"k\": \"a\\\\nb\"}]}'", "\"{\\\"Records\\\": [{\\\"k\\\": \\\"a\\\\nb\\\"}]}\""},
        {"[1] and more", "[1]"},
        {"{'a': 1}}", "{\"a\":1}"},
        {"[\n 'a',\n 'b'\n]", "[\"a\",\"b\"]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(slice_str(rows[i].python), rows[i].json, true);
}

/* What stands before is kept: the records before the cut are whole. */
static void others(void **state)
{
    static const struct {
        const char *python, *json;
    } rows[] = {
        {"", ""},
        {"word", ""},
        {"-", ""},
        {"]", ""},
        {"[1", "[1"},
        {"[1, ", "[1,"},
        {"[1 2]", "[1"},
        {"[,]", "["},
        {"[1}", "[1"},
        {"{'a'}", "{\"a\""},
        {"{'a': }", "{\"a\":"},
        {"{1: 2}", "{"},
        {"{'a': 1, }, ", "{\"a\":1}"},
        {"['a', 'b", "[\"a\",\"b"},
        {"['a\\", "[\"a"},
        {"['\\q']", "[\""},
        {"['\\x1']", "[\""},
        {"['\\u20']", "[\""},
        {"['\\U00110000']", "[\""},
        {"['a\nb']", "[\"a"},
        {"[datetime.datetime(2021, 1, 1)]", "["},
        {"[<object at 0x7f>]", "["},
        {"u", ""},
        {"nan", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(slice_str(rows[i].python), rows[i].json, slice_ends(slice_str(rows[i].json), SLICE("1}")));
}

static void limits(void **state)
{
    char deep[2 * PYTHON_DEPTH_MAX + 2];
    struct buf out;
    (void)state;
    memset(deep, '[', sizeof deep / 2);
    memset(deep + sizeof deep / 2, ']', sizeof deep / 2);
    buf_init(&out, 0);
    assert_true(python_json(slice_of(deep + 1, sizeof deep - 2), &out));
    assert_int_equal(out.n, sizeof deep - 2);
    buf_clear(&out);
    assert_false(python_json(slice_of(deep, sizeof deep), &out));
    buf_done(&out);
    buf_init(&out, 8);
    assert_false(python_json(SLICE("['a string that finds no room']"), &out));
    assert_false(python_json(SLICE("['\\x00\\x00\\x00']"), &out));
    assert_true(out.n <= 8);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals),
        cmocka_unit_test(others),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
