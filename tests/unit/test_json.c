/* parsers/json.h: the pull reader and the framer. Acceptance by nst's JSONTestSuite, next to jansson's
 * verdicts, is in test_json_suite.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "parsers/json.h"

/* A document with one of everything. */
static const char sample[] =
    "{\"a\":[1,-2.5e+3,true,false,null,{}],\"b\":{\"c\":\"x\\u00e9\\n\\\"y\"},\"d\":[],"
    "\"e\":\"longer than sixteen bytes, \\\\ and more\",\"f\":0}";

static bool accepts(struct slice text)
{
    struct json j;
    json_init(&j, text);
    return json_skip(&j) && json_at_end(&j);
}

static void accepted(void **state)
{
    static const char *const rows[] = {
        "0",
        "-0",
        "10.01",
        "1e5",
        "1E-5",
        "-1.5e+10",
        "\"\"",
        "\"\\/\\b\\f\"",
        "true",
        " false\r\n",
        "\tnull ",
        "[]",
        "{}",
        "[ ]",
        "{ }",
        "[[],[[]]]",
        "{\"\":{\"\":[]}}",
        "{\"a\":1,\"a\":2}",
        "\"\x7f\"",
        "\"\xff\"",
        "[1 , 2]",
        "{ \"a\" : 1 , \"b\" : 2 }",
        "\"\\ud834\\udd1e\"",
        "\"\\ud834\"",
        sample,
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!accepts(slice_str(rows[i])))
            fail_msg("refused: %s", rows[i]);
}

/* The caret stands under error_at; behind the end for a text that ends too early. */
static void errors(void **state)
{
    static const struct {
        const char *text, *caret, *sentence;
    } rows[] = {
        {"", "^", "a value is due here"},
        {"  ", "  ^", "a value is due here"},
        {"[1,]", "   ^", "a value is due here"},
        {"[,1]", " ^", "a value is due here"},
        {"[1 2]", "   ^", "a comma or a closing bracket is due here"},
        {"[1}", "  ^", "a comma or a closing bracket is due here"},
        {"[1", "  ^", "the text ends inside an array"},
        {"[1,", "   ^", "a value is due here"},
        {"{", " ^", "the text ends inside an object"},
        {"{\"a\":1,}", "       ^", "a string is due here"},
        {"{a:1}", " ^", "a string is due here"},
        {"{\"a\" 1}", "     ^", "a colon is due here"},
        {"{\"a\"", "    ^", "a colon is due here"},
        {"{\"a\":}", "     ^", "a value is due here"},
        {"{\"a\":1;", "      ^", "a comma or a closing bracket is due here"},
        {"\"ab", "   ^", "the text ends inside a string"},
        {"\"\\u12", "     ^", "the text ends inside a string"},
        {"\"\\", "  ^", "the text ends inside a string"},
        {"01", " ^", "a number begins with 0"},
        {"-", " ^", "a digit is due here"},
        {"-x", " ^", "a digit is due here"},
        {"1.", "  ^", "a digit is due here"},
        {"1.e5", "  ^", "a digit is due here"},
        {"1e", "  ^", "a digit is due here"},
        {"1e+", "   ^", "a digit is due here"},
        {".5", "^", "a value is due here"},
        {"+1", "^", "a value is due here"},
        {"nul", "   ^", "neither true nor false nor null"},
        {"trie", "  ^", "neither true nor false nor null"},
        {"[fals]", "     ^", "neither true nor false nor null"},
        {"]", "^", "a value is due here"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json j;
        size_t at = strlen(rows[i].caret) - 1;
        json_init(&j, slice_str(rows[i].text));
        assert_false(json_skip(&j));
        assert_false(json_at_end(&j));
        if (!j.error || strcmp(j.error, rows[i].sentence) != 0 || j.error_at != rows[i].text + at)
            fail_msg("\n%s\n%*s^ %s, not\n%s %s", rows[i].text, (int)(j.error_at - rows[i].text), "",
                     j.error ? j.error : "no error", rows[i].caret, rows[i].sentence);
        assert_int_equal(j.truncated, at == strlen(rows[i].text));
    }
}

/* No JSON, and read: the caret stands under odd_at, `text` is what the string says. */
static void odd_strings(void **state)
{
    static const struct {
        const char *raw, *caret, *sentence, *text;
    } rows[] = {
        {"\"a\nb\"", "  ^", "a control byte inside a string", "a\nb"},
        {"\"0123456789abcdef\x01\"", "                 ^", "a control byte inside a string",
         "0123456789abcdef\x01"},
        {"\"\\x\"", "  ^", "no such escape", "\\x"},
        {"\"C:\\Program\\new\"", "    ^", "no such escape", "C:\\Program\new"},
        {"\"\\\n\\\"\"", "  ^", "no such escape", "\\\n\""},
        {"\"\\u12g4\"", "     ^", "no hexadecimal digit", "\\u12g4"},
        {"\"\\u\"", "   ^", "no hexadecimal digit", "\\u"},
        {"\"a\tb\\qc\"", "  ^", "a control byte inside a string", "a\tb\\qc"}, /* the first one is told */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json j;
        struct slice raw;
        struct buf text;
        bool escaped = false;
        buf_init(&text, 0);
        json_init(&j, slice_str(rows[i].raw));
        assert_true(json_string(&j, &raw, &escaped) && escaped && json_at_end(&j));
        assert_string_equal(j.odd, rows[i].sentence);
        assert_ptr_equal(j.odd_at, rows[i].raw + strlen(rows[i].caret) - 1);
        assert_true(json_decode(raw, &text));
        if (!slice_eq(buf_slice(&text), slice_str(rows[i].text)))
            fail_msg("%s gives %.*s", rows[i].raw, SLICE_ARG(buf_slice(&text)));
        buf_done(&text);
    }
}

static bool whole(struct json *j, int64_t *ret)
{
    struct slice raw;
    return json_raw(j, &raw) && json_scaled(raw, 0, ret);
}

/* Behind an error the reader goes on with an item of the array in which it was. */
static void resumed(void **state)
{
    struct json j;
    int64_t number = 0;
    const char *text = "[1,x,{\"a\":1},2]";
    (void)state;
    json_init(&j, slice_str(text));
    assert_true(json_enter_array(&j) && json_next_item(&j) && whole(&j, &number));
    assert_false(json_next_item(&j));
    assert_ptr_equal(j.error_at, text + 3);
    json_resume(&j, text + 5);
    assert_true(json_next_item(&j) && json_skip(&j) && json_next_item(&j) && whole(&j, &number));
    assert_int_equal(number, 2);
    assert_false(json_next_item(&j));
    assert_true(json_at_end(&j));
}

/* After an error nothing moves and nothing is set. */
static void after_an_error(void **state)
{
    struct json j;
    struct slice text = {"t", 1};
    bool escaped;
    (void)state;
    json_init(&j, SLICE("[x] [1] \"s\""));
    assert_false(json_skip(&j));
    const char *sentence = j.error, *at = j.error_at;
    assert_int_equal(json_peek(&j), JSON_END);
    assert_false(json_enter_object(&j) || json_enter_array(&j) || json_next_item(&j) ||
                 json_next_key(&j, &text));
    assert_false(json_string(&j, &text, &escaped) || json_raw(&j, &text) || json_skip(&j));
    assert_false(json_at_end(&j));
    assert_true(slice_eq(text, SLICE("t")));
    assert_ptr_equal(j.error, sentence);
    assert_ptr_equal(j.error_at, at);
}

static void types(void **state)
{
    static const struct {
        const char *text;
        enum json_type type;
    } rows[] = {
        {"{}", JSON_OBJECT}, {" [", JSON_ARRAY},  {"\n\"", JSON_STRING}, {"-1", JSON_NUMBER},
        {"7", JSON_NUMBER},  {"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL},
        {"", JSON_END},      {"x", JSON_END},     {"}", JSON_END},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json j;
        json_init(&j, slice_str(rows[i].text));
        assert_int_equal(json_peek(&j), rows[i].type);
        assert_null(j.error);
    }
}

/* Pulls the sample's values out one by one. */
static void pulled(void **state)
{
    struct json j;
    struct slice key = {"", 0}, value = {"", 0};
    bool escaped;
    int64_t number = 0;
    (void)state;
    json_init(&j, slice_str(sample));
    assert_true(json_enter_object(&j) && json_next_key(&j, &key));
    assert_true(slice_eq(key, SLICE("a")));
    assert_true(json_enter_array(&j) && json_next_item(&j) && whole(&j, &number));
    assert_int_equal(number, 1);
    assert_true(json_next_item(&j) && json_raw(&j, &value));
    assert_true(slice_eq(value, SLICE("-2.5e+3")));
    for (int i = 0; i < 3; i++)
        assert_true(json_next_item(&j) && json_skip(&j));
    assert_true(json_next_item(&j) && json_raw(&j, &value));
    assert_true(slice_eq(value, SLICE("{}")));
    assert_false(json_next_item(&j));
    assert_true(json_next_key(&j, &key) && json_enter_object(&j) && json_next_key(&j, &key));
    assert_true(json_string(&j, &value, &escaped) && escaped);
    assert_true(slice_eq(value, SLICE("x\\u00e9\\n\\\"y")));
    assert_false(json_next_key(&j, &key));
    assert_true(json_next_key(&j, &key) && slice_eq(key, SLICE("d")) && json_skip(&j));
    assert_true(json_next_key(&j, &key) && json_string(&j, &value, &escaped) && escaped);
    assert_true(json_next_key(&j, &key) && json_skip(&j));
    assert_false(json_next_key(&j, &key));
    assert_true(json_at_end(&j));
}

/* The same key twice: both come, in order. */
static void duplicate_keys(void **state)
{
    struct json j;
    struct slice key;
    int64_t sum = 0, v;
    (void)state;
    json_init(&j, SLICE("{\"k\":1,\"k\":20}"));
    assert_true(json_enter_object(&j));
    while (json_next_key(&j, &key)) {
        assert_true(slice_eq(key, SLICE("k")) && whole(&j, &v));
        sum = sum * 100 + v;
    }
    assert_int_equal(sum, 120);
}

/* Cut at every byte: an error at the cut, marked as truncated, and never a read behind it. */
static void truncated(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof sample - 1; n++) {
        char *copy = malloc(n + 1); /* so that a sanitizer sees a read too far */
        assert_non_null(copy);
        char *exact = n ? realloc(copy, n) : copy;
        memcpy(exact, sample, n);
        struct json j;
        json_init(&j, slice_of(exact, n));
        assert_false(json_skip(&j));
        assert_true(j.truncated);
        assert_ptr_equal(j.error_at, exact + n);
        free(exact);
    }
}

/* Blanks of any number before a value, a comma and a bracket, with a line end or a tab at any place among them:
 * they are passed 16 at a time. The text fills its memory, so that a sanitizer sees a read too far. */
static void blanks(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 40; n++)
        for (size_t at = 0; at < n; at++) {
            struct buf b;
            buf_init(&b, 0);
            for (const char *p = "[1,2]x"; *p; p++) {
                (void)buf_byte(&b, *p);
                for (size_t i = 0; *p != 'x' && i < n; i++)
                    (void)buf_byte(&b, i != at ? ' ' : at % 2 ? '\n' : '\t');
            }
            b.n--;
            char *exact = malloc(b.n);
            assert_non_null(exact);
            memcpy(exact, b.p, b.n);
            assert_true(accepts(slice_of(exact, b.n)));
            exact[b.n - 1] = '\f'; /* no blank of JSON */
            assert_false(accepts(slice_of(exact, b.n)));
            free(exact);
            buf_done(&b);
        }
}

static void depth(void **state)
{
    static char text[2 * (JSON_DEPTH_MAX + 1)];
    (void)state;
    for (size_t n = 1; n <= JSON_DEPTH_MAX + 1; n += n < 8 ? 1 : JSON_DEPTH_MAX / 8) {
        memset(text, '[', n);
        memset(text + n, ']', n);
        assert_true(accepts(slice_of(text, 2 * n)) || n > JSON_DEPTH_MAX);
    }
    size_t n = JSON_DEPTH_MAX;
    memset(text, '[', n);
    memset(text + n, ']', n);
    assert_true(accepts(slice_of(text, 2 * n)));
    n++;
    memset(text, '[', n);
    memset(text + n, ']', n);
    struct json j;
    json_init(&j, slice_of(text, 2 * n));
    assert_false(json_skip(&j));
    assert_string_equal(j.error, "nested deeper than the limit");
    assert_ptr_equal(j.error_at, text + JSON_DEPTH_MAX);
}

static void decoded(void **state)
{
    static const struct {
        const char *raw, *text;
    } rows[] = {
        {"plain", "plain"},
        {"", ""},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
        {"\\u0041\\u00e9\\u20AC", "A\xc3\xa9\xe2\x82\xac"},
        {"\\ud834\\udd1e", "\xf0\x9d\x84\x9e"},
        {"\\uD834\\uDD1E!", "\xf0\x9d\x84\x9e!"},
        {"\\ud834", "\xef\xbf\xbd"},
        {"\\udd1e", "\xef\xbf\xbd"},
        {"\\ud834x", "\xef\xbf\xbdx"},
        {"\\ud834\\n", "\xef\xbf\xbd\n"},
        {"\\udd1e\\ud834", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\\ud834\\u0041", "\xef\xbf\xbd"
                           "A"},
        {"\\ud834\\ud834\\udd1e", "\xef\xbf\xbd\xf0\x9d\x84\x9e"},
        {"\xff\\n\xff", "\xff\n\xff"},
        {"end\\", "end"}, /* json_string lets no such thing through */
        {"\\u12", "\\u12"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        buf_init(&out, 0);
        assert_true(json_decode(slice_str(rows[i].raw), &out));
        if (!slice_eq(buf_slice(&out), slice_str(rows[i].text)))
            fail_msg("%s gives %.*s", rows[i].raw, SLICE_ARG(buf_slice(&out)));
        buf_done(&out);
    }
    struct buf small;
    buf_init(&small, 4);
    assert_true(json_decode(SLICE("\\n\\t"), &small));
    assert_false(json_decode(SLICE("abc"), &small));
    assert_int_equal(small.n, 2);
    buf_done(&small);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted), cmocka_unit_test(errors),         cmocka_unit_test(odd_strings),
        cmocka_unit_test(resumed),  cmocka_unit_test(after_an_error), cmocka_unit_test(types),
        cmocka_unit_test(pulled),   cmocka_unit_test(duplicate_keys), cmocka_unit_test(truncated),
        cmocka_unit_test(depth),    cmocka_unit_test(blanks),         cmocka_unit_test(decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
