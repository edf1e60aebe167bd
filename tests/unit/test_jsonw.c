/* base/jsonw.h: what it writes is JSON whatever it is given, and numbers keep the evidence's decimals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "base/jsonw.h"

/* What `call`, which writes to `w`, has written. */
#define WRITES(call, expected)                                                                               \
    do {                                                                                                     \
        struct buf out;                                                                                      \
        buf_init(&out, 0);                                                                                   \
        struct jsonw w = {.out = &out};                                                                      \
        call;                                                                                                \
        if (!slice_eq(buf_slice(&out), slice_str(expected)))                                                 \
            fail_msg("%s writes %.*s, not %s", #call, SLICE_ARG(buf_slice(&out)), expected);                 \
        buf_done(&out);                                                                                      \
    } while (0)

static void commas(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, 0);
    struct jsonw w = {.out = &out};
    jsonw_open(&w, '{');
    jsonw_key(&w, "a");
    jsonw_open(&w, '[');
    jsonw_i64(&w, 1);
    jsonw_i64(&w, -2);
    jsonw_open(&w, '[');
    jsonw_close(&w, ']');
    jsonw_open(&w, '{');
    jsonw_close(&w, '}');
    jsonw_close(&w, ']');
    jsonw_key(&w, "b");
    jsonw_bool(&w, true);
    jsonw_key(&w, "c");
    jsonw_null(&w);
    jsonw_key(&w, "d");
    jsonw_raw(&w, SLICE("{\"e\":0}"));
    jsonw_key(&w, "f");
    jsonw_string(&w, SLICE("g"));
    jsonw_close(&w, '}');
    assert_true(slice_eq(buf_slice(&out),
                         SLICE("{\"a\":[1,-2,[],{}],\"b\":true,\"c\":null,\"d\":{\"e\":0},\"f\":\"g\"}")));
    buf_done(&out);
}

static void strings(void **state)
{
    (void)state;
    WRITES(jsonw_string(&w, SLICE("")), "\"\"");
    WRITES(jsonw_string(&w, SLICE("a\"b\\c/")), "\"a\\\"b\\\\c/\"");
    WRITES(jsonw_string(&w, SLICE("\n\r\t\b\f\0\x1b\x7f")),
           "\"\\n\\r\\t\\u0008\\u000c\\u0000\\u001b\\u007f\"");
    WRITES(jsonw_string(&w, SLICE("\xc3\xa9 \xe2\x82\xac \xf0\x9d\x84\x9e")),
           "\"\xc3\xa9 \xe2\x82\xac \xf0\x9d\x84\x9e\"");
    WRITES(jsonw_key(&w, "a\"b"), "\"a\\\"b\":");
}

static void members(void **state)
{
    (void)state;
    WRITES(jsonw_put_string_or_null(&w, "a", SLICE("b")), "\"a\":\"b\"");
    WRITES(jsonw_put_string_or_null(&w, "a", slice_str(NULL)), "\"a\":null");
    WRITES(jsonw_put_count_or_null(&w, "a", true, 0), "\"a\":0");
    WRITES(jsonw_put_count_or_null(&w, "a", false, 7), "\"a\":null");
}

static void bad_utf8(void **state)
{
#define R "\xef\xbf\xbd"
    (void)state;
    WRITES(jsonw_string(&w, SLICE("\xff")), "\"" R "\"");
    WRITES(jsonw_string(&w, SLICE("a\xc3")), "\"a" R "\"");
    WRITES(jsonw_string(&w, SLICE("\xc3(")), "\"" R "(\"");
    WRITES(jsonw_string(&w, SLICE("\x80")), "\"" R "\"");
    WRITES(jsonw_string(&w, SLICE("\xc0\xaf")), "\"" R R "\"");             /* overlong */
    WRITES(jsonw_string(&w, SLICE("\xe0\x9f\xbf")), "\"" R R R "\"");       /* overlong */
    WRITES(jsonw_string(&w, SLICE("\xed\xa0\x80")), "\"" R R R "\"");       /* a surrogate */
    WRITES(jsonw_string(&w, SLICE("\xf4\x90\x80\x80")), "\"" R R R R "\""); /* past U+10FFFF */
    WRITES(jsonw_string(&w, SLICE("\xf0\x8f\xbf\xbf")), "\"" R R R R "\""); /* overlong */
    WRITES(jsonw_string(&w, SLICE("\xe2\x82\"")), "\"" R R "\\\"\"");
#undef R
}

static void utf8_lengths(void **state)
{
    (void)state;
    assert_int_equal(utf8_length("a", 1), 1);
    assert_int_equal(utf8_length("\xc2\x80", 2), 2);
    assert_int_equal(utf8_length("\xe0\xa0\x80", 3), 3);
    assert_int_equal(utf8_length("\xed\x9f\xbf", 3), 3);
    assert_int_equal(utf8_length("\xee\x80\x80", 3), 3);
    assert_int_equal(utf8_length("\xf0\x90\x80\x80", 4), 4);
    assert_int_equal(utf8_length("\xf4\x8f\xbf\xbf", 4), 4);
    assert_int_equal(utf8_length("\xf5\x80\x80\x80", 4), 0);
    assert_int_equal(utf8_length("\xf0\x90\x80", 3), 0);
    assert_int_equal(utf8_length("\xe2\x82", 2), 0);
}

/* jansson, which is strict about UTF-8, takes every pair of bytes that we write. */
static void all_pairs_are_json(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, 0);
    for (unsigned pair = 0; pair < 65536; pair++) {
        struct jsonw w = {.out = &out};
        char bytes[2] = {(char)(pair >> 8), (char)(pair & 255)};
        buf_clear(&out);
        jsonw_string(&w, slice_of(bytes, 2));
        json_t *parsed = json_loadb(out.p, out.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        if (!parsed)
            fail_msg("%02x %02x comes out as %.*s", pair >> 8, pair & 255, SLICE_ARG(buf_slice(&out)));
        json_decref(parsed);
    }
    buf_done(&out);
}

static void decimals(void **state)
{
    (void)state;
    WRITES(jsonw_decimal(&w, ((struct decimal){12340000, 2})), "12.34");
    WRITES(jsonw_decimal(&w, ((struct decimal){12340000, 3})), "12.340");
    WRITES(jsonw_decimal(&w, ((struct decimal){12000000, 0})), "12");
    WRITES(jsonw_decimal(&w, ((struct decimal){12000000, 2})), "12.00");
    WRITES(jsonw_decimal(&w, ((struct decimal){50000, 2})), "0.05");
    WRITES(jsonw_decimal(&w, ((struct decimal){1, 6})), "0.000001");
    WRITES(jsonw_decimal(&w, ((struct decimal){100000000000000000, 1})), "100000000000.0");
    WRITES(jsonw_decimal(&w, DECIMAL_UNKNOWN), "null");
}

/* What text_decimal takes comes out byte by byte the same. */
static void decimals_round_trip(void **state)
{
    static const char *const rows[] = {
        "0", "0.0", "12.34", "12.340", "300000.00", "463.512", "1.000001", "0.100000", "99999999999.999999"};
    char text[DECIMAL_TEXT_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice s = slice_str(rows[i]);
        struct decimal d;
        assert_true(text_decimal(&s, &d));
        assert_true(slice_eq(slice_of(text, decimal_print(d, text)), slice_str(rows[i])));
    }
}

static void doubles(void **state)
{
    (void)state;
    WRITES(jsonw_double(&w, 1.5, 3), "1.5");
    WRITES(jsonw_double(&w, 1.0, 3), "1");
    WRITES(jsonw_double(&w, 100, 0), "100");
    WRITES(jsonw_double(&w, 1200, 2), "1200");
    WRITES(jsonw_double(&w, 0.125, 2), "0.12"); /* half to even, as IEEE says */
    WRITES(jsonw_double(&w, -0.5, 1), "-0.5");
    WRITES(jsonw_double(&w, -0.001, 2), "0");
    WRITES(jsonw_double(&w, NAN, 2), "null");
    WRITES(jsonw_double(&w, INFINITY, 2), "null");
    WRITES(jsonw_double(&w, -INFINITY, 2), "null");
    struct buf out;
    buf_init(&out, 0);
    struct jsonw w = {.out = &out};
    jsonw_double(&w, -DBL_MAX, 40);
    assert_int_equal(out.n, 310); /* 1.79…e308 has 309 digits, and a sign */
    assert_true(slice_starts(buf_slice(&out), SLICE("-17976931348623157")));
    buf_done(&out);
}

static void integers_and_times(void **state)
{
    (void)state;
    WRITES(jsonw_i64(&w, INT64_MIN), "-9223372036854775808");
    WRITES(jsonw_i64(&w, INT64_MAX), "9223372036854775807");
    WRITES(jsonw_time(&w, 1706375564122), "\"2024-01-27T17:12:44.122Z\"");
    WRITES(jsonw_time(&w, TIME_NONE), "null");
    WRITES(jsonw_bool(&w, false), "false");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas),       cmocka_unit_test(strings),
        cmocka_unit_test(members),      cmocka_unit_test(bad_utf8),
        cmocka_unit_test(utf8_lengths), cmocka_unit_test(all_pairs_are_json),
        cmocka_unit_test(decimals),     cmocka_unit_test(decimals_round_trip),
        cmocka_unit_test(doubles),      cmocka_unit_test(integers_and_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
