/* base/text.h: what text cursors take, what they refuse, and that a refusal moves nothing. Times were worked
 * out with date(1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

/* What is left of the text after it was read; "!" in front of a row's text: it must be refused and unmoved.
 */
#define LEFT(cursor, text)                                                                                   \
    do {                                                                                                     \
        if (!slice_eq(cursor, slice_str(text)))                                                              \
            fail_msg("row %zu leaves \"%.*s\", not \"%s\"", i, SLICE_ARG(cursor), text);                     \
    } while (0)

static void u64(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
        const char *left;
    } rows[] = {
        {"0", true, 0, ""},
        {"0012x", true, 12, "x"},
        {"18446744073709551615 ", true, UINT64_MAX, " "},
        {"18446744073709551616", false, 0, "18446744073709551616"},
        {"99999999999999999999", false, 0, "99999999999999999999"},
        {"", false, 0, ""},
        {"-1", false, 0, "-1"},
        {" 1", false, 0, " 1"},
        {"+1", false, 0, "+1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice s = slice_str(rows[i].text);
        uint64_t v = 77;
        assert_int_equal(text_u64(&s, &v), rows[i].ok);
        assert_true(v == (rows[i].ok ? rows[i].value : 77));
        LEFT(s, rows[i].left);
    }
}

/* Numbers of each length, each digit in turn, with any byte behind them, and where a text ends with them. */
static void u64_lengths(void **state)
{
    char text[24];
    (void)state;
    for (size_t n = 1; n <= 19; n++)
        for (int behind = 0; behind < 256; behind++) {
            uint64_t due = 0, v = 0, whole = 0;
            for (size_t i = 0; i < sizeof text; i++)
                text[i] = (char)('0' + (i * 7 + n + (size_t)behind) % 10);
            for (size_t i = 0; i < n; i++)
                due = due * 10 + (uint64_t)(text[i] - '0');
            struct slice end = slice_of(text, n), s = slice_of(text, n + 4);
            assert_true(text_u64(&end, &v) && v == due && end.n == 0);
            text[n] = (char)behind;
            if (behind >= '0' && behind <= '9')
                continue;
            assert_true(text_u64(&s, &whole) && whole == due && s.n == 4);
        }
}

static void decimal(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t scaled;
        unsigned digits;
        const char *left;
    } rows[] = {
        {"12.34 ms", true, 12340000, 2, " ms"},
        {"12.340", true, 12340000, 3, ""},
        {"12", true, 12000000, 0, ""},
        {"0", true, 0, 0, ""},
        {"0.00", true, 0, 2, ""},
        {"463.512", true, 463512000, 3, ""},
        {"1.123456", true, 1123456, 6, ""},
        {"1.1234564", true, 1123456, 6, ""},
        {"1.1234565", true, 1123457, 6, ""},
        {"1.9999999x", true, 2000000, 6, "x"},
        {"1.12345649", true, 1123456, 6, ""}, /* rounded by the seventh decimal */
        {"12.", true, 12000000, 0, "."},
        {"12.x", true, 12000000, 0, ".x"},
        {"1.2.3", true, 1200000, 1, ".3"},
        {"100000000000", true, 100000000000000000, 0, ""},
        {"100000000001", false, 0, 0, "100000000001"},
        {"99999999999999999999999", false, 0, 0, "99999999999999999999999"},
        {".5", false, 0, 0, ".5"},
        {"-1.5", false, 0, 0, "-1.5"},
        {"", false, 0, 0, ""},
        {"1,5", true, 1000000, 0, ",5"},
        {"1e5", true, 1000000, 0, "e5"},
        {"105.23 ms\tBilled", true, 105230000, 2, " ms\tBilled"},
        {"7.123456 ms\tBilled", true, 7123456, 6, " ms\tBilled"},
        {"7.1234565 ms\tBilled", true, 7123457, 6, " ms\tBilled"},
        {"12345678.5 ms\tBilled", true, 12345678500000, 1, " ms\tBilled"},
        {"12.x23456789", true, 12000000, 0, ".x23456789"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice s = slice_str(rows[i].text);
        struct decimal d = DECIMAL_UNKNOWN;
        assert_int_equal(text_decimal(&s, &d), rows[i].ok);
        assert_int_equal(decimal_known(d), rows[i].ok);
        if (rows[i].ok) {
            assert_int_equal(d.scaled, rows[i].scaled);
            assert_int_equal(d.digits, rows[i].digits);
        }
        LEFT(s, rows[i].left);
    }
    struct slice s = SLICE("2.5");
    struct decimal d;
    assert_true(text_decimal(&s, &d));
    assert_true(decimal_value(d) == 2.5);
}

static void small_cursors(void **state)
{
    struct slice s = SLICE("2024-x"), word = {"", 0};
    unsigned n = 7;
    (void)state;
    assert_false(text_digits(&s, 5, &n));
    assert_int_equal(n, 7);
    assert_true(text_digits(&s, 4, &n));
    assert_int_equal(n, 2024);
    assert_false(text_char(&s, 'x'));
    assert_true(text_char(&s, '-'));
    assert_false(text_literal(&s, SLICE("xy")));
    assert_true(text_literal(&s, SLICE("x")));
    assert_false(text_char(&s, 'x'));
    s = SLICE(" \t a\tb");
    assert_false(text_word(&s, &word));
    text_skip_blanks(&s);
    assert_true(text_word(&s, &word));
    assert_true(slice_eq(word, SLICE("a")));
    assert_true(slice_eq(s, SLICE("\tb")));
    s = SLICE("\n x");
    text_skip_blanks(&s);
    assert_int_equal(s.n, 3);
    assert_false(text_digits(&s, 1, &n));
}

static void line(void **state)
{
    static const char *const expected[] = {"a", "", "b", "c\r d", "e"};
    struct slice s = SLICE("a\r\n\nb\nc\r d\r\ne"), got;
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_true(text_line(&s, &got));
        LEFT(got, expected[i]);
    }
    assert_false(text_line(&s, &got));
    s = SLICE("x\n");
    assert_true(text_line(&s, &got));
    assert_false(text_line(&s, &got));
}

static void days(void **state)
{
    static const struct {
        int64_t year;
        unsigned month, day;
        int64_t days;
    } rows[] = {
        {1970, 1, 1, 0},      {1969, 12, 31, -1},    {2000, 2, 29, 11016}, {2000, 3, 1, 11017},
        {2024, 2, 29, 19782}, {2099, 12, 31, 47481}, {1900, 3, 1, -25508}, {1, 1, 1, -719162},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(text_days(rows[i].year, rows[i].month, rows[i].day), rows[i].days);
}

static void time_taken(void **state)
{
    static const struct {
        const char *text;
        int64_t time;
        const char *left;
    } rows[] = {
        {"2024-01-27T17:12:44.122Z x", 1706375564122, " x"},
        {"2024-01-27 17:12:44", 1706375564000, ""},
        {"2024-01-27T17:12:44Z", 1706375564000, ""},
        {"2024-01-27T17:12:44.1Z", 1706375564100, ""},
        {"2024-01-27T17:12:44.12", 1706375564120, ""},
        {"2024-01-27T17:12:44,122", 1706375564122, ""},
        {"2024-01-27T17:12:44.122999999Z", 1706375564122, ""}, /* rounded down */
        {"2024-01-27T17:12:44.000999Z", 1706375564000, ""},
        {"2024-01-27T17:12:44.Z", 1706375564000, ".Z"},
        {"2023-06-02T11:27:22.355000+00:00 x", 1685705242355, " x"},
        {"2022-10-04T12:23:04.626-04:00", 1664900584626, ""},
        {"2021-05-03 11:47:12,494+0000", 1620042432494, ""},
        {"2024-01-27T17:12:44+05:30", 1706355764000, ""},
        {"2024-01-27T17:12:44-0130", 1706380964000, ""},
        {"2024-01-01T00:30:00+01:00", 1704065400000, ""}, /* still 2023 in UTC */
        {"2024-01-27T17:12:44+5", 1706375564000, "+5"},
        {"2024-01-27T17:12:44+24:00", 1706375564000, "+24:00"},
        {"2024-01-27T17:12:44+01:60", 1706375564000, "+01:60"},
        {"2024-01-27T17:12:44-", 1706375564000, "-"},
        {"2024-02-29T00:00:00Z", 1709164800000, ""},
        {"2000-02-29T23:59:59.999Z", 951868799999, ""},
        {"2096-02-29T00:00:00Z", 3981312000000, ""},
        {"2016-12-31T23:59:60Z", 1483228800000, ""}, /* a leap second */
        {"2000-01-01T00:00:00Z", TIME_MIN, ""},
        {"2099-12-31T23:59:59.999Z", TIME_MAX, ""},
        {"2100-01-01T00:30:00+01:00", 4102443000000, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice s = slice_str(rows[i].text);
        int64_t time = 0;
        if (!text_time(&s, &time))
            fail_msg("refused %s", rows[i].text);
        if (time != rows[i].time)
            fail_msg("%s gives %lld, not %lld", rows[i].text, (long long)time, (long long)rows[i].time);
        LEFT(s, rows[i].left);
    }
}

static void time_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "2024-01-27",
        "2024-01-27T",
        "2024-01-27T17:12",
        "2024-01-27T17:12:4",
        "2024-01-27t17:12:44Z",
        "2024/01/27T17:12:44Z",
        "24-01-27T17:12:44Z",
        "2024-1-27T17:12:44Z",
        "2024-13-27T17:12:44Z",
        "2024-00-27T17:12:44Z",
        "2024-01-00T17:12:44Z",
        "2024-01-32T17:12:44Z",
        "2024-04-31T17:12:44Z",
        "2024-02-30T17:12:44Z",
        "2023-02-29T17:12:44Z",
        "2100-02-28T17:12:44Z",
        "2024-01-27T24:00:00Z",
        "2024-01-27T17:60:44Z",
        "2024-01-27T17:12:61Z",
        "1999-12-31T23:59:59.999Z",
        "2100-01-01T00:00:00Z",
        "2000-01-01T00:30:00+01:00", /* 1999 in UTC */
        "2099-12-31T23:30:00-01:00",
        " 2024-01-27T17:12:44Z",
        "2024-01-27T-7:12:44Z",
        "2024-01-27T17:12: 4Z",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice s = slice_str(rows[i]);
        int64_t time = 77;
        if (text_time(&s, &time))
            fail_msg("took %s", rows[i]);
        assert_int_equal(time, 77);
        LEFT(s, rows[i]);
    }
}

/* The fast path takes exactly one spelling, and the same times. */
static void time_at(void **state)
{
    static const char good[] = "2024-02-29T17:12:44.122Z";
    int64_t time = 0, slow = 0;
    struct slice s = slice_str(good);
    (void)state;
    assert_true(text_time_at(good, &time));
    assert_true(text_time(&s, &slow));
    assert_int_equal(time, 1709226764122);
    assert_int_equal(time, slow);
    for (size_t i = 0; i < sizeof good - 1; i++) {
        char bad[sizeof good];
        memcpy(bad, good, sizeof bad);
        bad[i] = 'x';
        time = 77;
        assert_false(text_time_at(bad, &time));
        assert_int_equal(time, 77);
    }
    assert_false(text_time_at("2023-02-29T17:12:44.122Z", &time));
    assert_false(text_time_at("2024-02-29 17:12:44.122Z", &time));
}

/* Times that come again, in turn with others of their minute and of another one. */
static void time_at_again(void **state)
{
    static const int64_t times[] = {1709226764122, 1709226764122, 1709226764123, 1709226824122,
                                    1709226764122, 1709226764122, 1709226824122, 1709226824123,
                                    1709226779999, 1709226780000};
    char text[TEXT_TIME_SIZE];
    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        int64_t time = 0, due = times[i * i % 97 % 10];
        text_time_print(due, text);
        assert_true(text_time_at(text, &time));
        assert_int_equal(time, due);
    }
}

/* What a thread knows of the minute met last, which is none at first, is no more than that minute. */
static void time_at_first(void **state)
{
    static const char *const least[] = {":44.12xZ", ":44x122Z", ";44.122Z", ":64.122Z", ":44.122+"};
    char text[TEXT_TIME_SIZE] = {0};
    int64_t time = 77;
    (void)state;
    memcpy(text + 16, ":44.122Z", 8);
    assert_false(text_time_at(text, &time));
    assert_true(text_time_at("2024-02-29T17:12:44.122Z", &time));
    for (size_t i = 0; i < sizeof least / sizeof *least; i++) {
        memcpy(text, "2024-02-29T17:12", 16);
        memcpy(text + 16, least[i], 8);
        assert_false(text_time_at(text, &time));
        assert_int_equal(time, 1709226764122);
    }
    assert_true(text_time_at("2024-02-29T17:12:60.000Z", &time));
    assert_int_equal(time, 1709226780000);
}

/* Each day from 2000 to 2099, and what lies outside. */
static void time_printed(void **state)
{
    char text[TEXT_TIME_SIZE];
    (void)state;
    text_time_print(1706375564122, text);
    assert_string_equal(text, "2024-01-27T17:12:44.122Z");
    text_time_print(TIME_MIN, text);
    assert_string_equal(text, "2000-01-01T00:00:00.000Z");
    text_time_print(TIME_MAX, text);
    assert_string_equal(text, "2099-12-31T23:59:59.999Z");
    text_time_print(TIME_NONE, text);
    assert_string_equal(text, "0000-00-00T00:00:00.000Z");
    for (int64_t t = TIME_MIN + 12345678; t < TIME_MAX; t += 86400000) {
        int64_t back = 0;
        text_time_print(t, text);
        assert_true(text_time_at(text, &back));
        assert_int_equal(back, t);
    }
}

static void url_decode(void **state)
{
    static const struct {
        const char *text;
        bool plus;
        const char *decoded;
    } rows[] = {
        {"a%20b", false, "a b"}, {"a+b", false, "a+b"},        {"a+b", true, "a b"},
        {"a%2Bb", true, "a+b"},  {"%41%4a%4A", true, "AJJ"},   {"%", true, "%"},
        {"%4", true, "%4"},      {"%4g", true, "%4g"},         {"%g4", true, "%g4"},
        {"%%41", true, "%A"},    {"100%", true, "100%"},       {"", true, ""},
        {"%2541", true, "%41"},  {"%C3%A9", true, "\xc3\xa9"}, {"x%41", true, "xA"},
    };
    char out[32];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = text_url_decode(slice_str(rows[i].text), rows[i].plus, out);
        LEFT(slice_of(out, n), rows[i].decoded);
    }
    assert_int_equal(text_url_decode(SLICE("%00"), true, out), 1);
    assert_int_equal(out[0], 0);
}

static void base64(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        const char *decoded;
    } rows[] = {
        {"", true, ""},
        {"Zg==", true, "f"},
        {"Zm8=", true, "fo"},
        {"Zm9v", true, "foo"},
        {"Zm9vYg==", true, "foob"},
        {"Zm9vYmFy", true, "foobar"},
        {"Zg", true, "f"},
        {"Zg=", true, "f"},
        {"Zm8", true, "fo"},
        {"Zm9v\r\nYmFy\n", true, "foobar"},
        {"Z\nm9v", true, "foo"},
        {"Zm9vY", true, "foo"}, /* cut: the last byte is not whole */
        {"Zg==Zm8=", true, "ffo"},
        {"Pz8/Pj4+", true, "?\?\?>>>"},
        {"Pz8_Pj4-", true, "?\?\?>>>"},
        {"Zm9v YmFy", false, ""},
        {"Zm9v\tYmFy", false, ""},
        {"Zm9*", false, ""},
        {"\xc3\xa9", false, ""},
    };
    char out[32];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = 77;
        assert_int_equal(text_base64(slice_str(rows[i].text), out, &n), rows[i].ok);
        if (rows[i].ok)
            LEFT(slice_of(out, n), rows[i].decoded);
        else
            assert_int_equal(n, 77);
    }
    size_t n;
    assert_true(text_base64(SLICE("AP+A"), out, &n));
    assert_int_equal(n, 3);
    assert_memory_equal(out, "\0\xff\x80", 3);
}

static void utf8_put(void **state)
{
    static const struct {
        uint32_t c;
        const char *bytes;
    } rows[] = {
        {0x24, "$"},
        {0x7f, "\x7f"},
        {0x80, "\xc2\x80"},
        {0x7ff, "\xdf\xbf"},
        {0x800, "\xe0\xa0\x80"},
        {0xfffd, "\xef\xbf\xbd"},
        {0x10000, "\xf0\x90\x80\x80"},
        {0x1d11e, "\xf0\x9d\x84\x9e"},
        {0x10ffff, "\xf4\x8f\xbf\xbf"},
    };
    char out[4];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        LEFT(slice_of(out, text_utf8_put(out, rows[i].c)), rows[i].bytes);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_at_first), /* before any other has read a time */
        cmocka_unit_test(time_at_again), cmocka_unit_test(u64),           cmocka_unit_test(u64_lengths),
        cmocka_unit_test(decimal),       cmocka_unit_test(small_cursors), cmocka_unit_test(line),
        cmocka_unit_test(days),          cmocka_unit_test(time_taken),    cmocka_unit_test(time_refused),
        cmocka_unit_test(time_at),       cmocka_unit_test(time_printed),  cmocka_unit_test(url_decode),
        cmocka_unit_test(base64),        cmocka_unit_test(utf8_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
