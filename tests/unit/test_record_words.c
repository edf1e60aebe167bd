/* The small readers that records share: numbers that doubles would spoil, times, trace ids, session names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/message.h"
#include "parsers/record_access.h"
#include "parsers/record_cloudtrail.h"
#include "parsers/record_span.h"

static void numbers(void **state)
{
    static const struct {
        const char *text;
        int shift;
        bool ok;
        int64_t due;
    } table[] = {
        {"1.681339658206941E9", 9, true, 1681339658206941000},
        {"1733931461640310404", 0, true, 1733931461640310404},
        {"9223372036854775807", 0, true, INT64_MAX},
        {"9223372036854775808", 0, false, 0},
        {"-5", 3, true, -5000},
        {"1.9999", 3, true, 1999},
        {"0.0000000000000000000000001", 9, true, 0},
        {"123456789012345678901234567890", 0, false, 0},
        {"123456789012345678901234567890e-20", 0, true, 1234567890},
        {"1e999", 0, false, 0},
        {"1e-999", 0, true, 0},
        {"0e999999999999999999999", 0, true, 0},
        {"1e99999999999999999999999", 9, false, 0},
        {"", 0, false, 0},
        {"-", 0, false, 0},
        {"e5", 0, false, 0},
        {"1e", 0, false, 0},
        {"1x", 0, false, 0},
        {"true", 0, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t v = 77;
        bool ok = json_scaled(slice_str(table[i].text), table[i].shift, &v);
        if (ok != table[i].ok || v != (ok ? table[i].due : 77))
            fail_msg("%s: %d, %lld", table[i].text, ok, (long long)v);
    }
    assert_int_equal(json_time(SLICE("1706375564122")), 1706375564122);
    assert_int_equal(json_time(SLICE("1706375564.122")), 1706375564122);
    assert_int_equal(json_time(SLICE("1706375564122999")), 1706375564122);
    assert_int_equal(json_time(SLICE("1706375564122999999")), 1706375564122);
    assert_int_equal(json_time(SLICE("2024-01-27T17:12:44.122Z")), 1706375564122);
    assert_true(json_time(SLICE("12")) == TIME_NONE);
    assert_true(json_time(SLICE("")) == TIME_NONE);
    assert_true(json_time(SLICE("1e999")) == TIME_NONE);
}

static void trace_ids(void **state)
{
    uint8_t a[16], b[16];
    (void)state;
    assert_true(record_trace_id(SLICE("1-4efaaf4d-1e8720b39541901950019ee5"), a));
    assert_true(record_trace_id(SLICE("4EFAAF4D1e8720b39541901950019ee5"), b));
    assert_memory_equal(a, b, 16);
    assert_true(record_trace_id(SLICE("1-4d-1e8720b39541901950019ee5"), a));
    assert_memory_equal(a, "\0\0\0\x4d", 4);
    assert_false(record_trace_id(SLICE("1--1e8720b39541901950019ee5"), a));
    assert_false(record_trace_id(SLICE("1-4efaaf4d-1e8720b39541901950019ee"), a));
    assert_false(record_trace_id(SLICE("1-4efaaf4dx-1e8720b39541901950019ee5"), a));
    assert_false(record_trace_id(SLICE("2-4efaaf4d-1e8720b39541901950019ee5"), a));
    assert_false(record_trace_id(SLICE("1-4efaaf4g-1e8720b39541901950019ee5"), a));
    assert_false(record_trace_id(SLICE(""), a));
    struct slice root = {"", 0}, lineage = {"", 0};
    message_trace_header(SLICE("root=1-a ; Sampled=?;Lineage=1:fe460cdd:0|2;k"), &root, &lineage);
    assert_true(slice_eq(root, SLICE("1-a")));
    assert_true(slice_eq(lineage, SLICE("1:fe460cdd:0|2")));
}

static void span_ids(void **state)
{
    static const char *const bad[] = {"", "0000000000000000", "18476b3c270cc8d", "18476b3c270cc8d2a",
                                      "18476b3c270cc8dg"};
    uint8_t id[8];
    (void)state;
    assert_true(record_span_id(SLICE("18476B3c270cc8d2"), id));
    assert_memory_equal(id, "\x18\x47\x6b\x3c\x27\x0c\xc8\xd2", 8);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (record_span_id(slice_str(bad[i]), id) || id[0] != 0x18)
            fail_msg("\"%s\" is taken for the id of a span", bad[i]);
}

static void clf_times(void **state)
{
    static const char *const bad[] = {
        "",
        "1/Apr/2021:21:58:32 +0000",
        "01/apr/2021:21:58:32 +0000",
        "01/prM/2021:21:58:32 +0000",
        "32/Apr/2021:21:58:32 +0000",
        "01/Apr/2021:24:58:32 +0000",
        "01/Apr/1899:21:58:32 +0000",
        "01/Apr/2021:21:58:32",
        "01/Apr/2021:21:58:32 0000",
    };
    struct slice s = SLICE("01/Apr/2021:21:58:32 -0130]");
    int64_t time = 7;
    (void)state;
    assert_true(record_clf_time(&s, &time));
    assert_int_equal(time, 1617314312000 + 90 * 60000);
    assert_int_equal(s.n, 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        time = 7;
        s = slice_str(bad[i]);
        if (record_clf_time(&s, &time) || time != 7)
            fail_msg("\"%s\" is taken for a time", bad[i]);
    }
}

static void sessions(void **state)
{
    (void)state;
    assert_true(slice_eq(record_arn_session(SLICE("arn:aws:sts::1:assumed-role/role/fn")), SLICE("fn")));
    assert_int_equal(record_arn_session(SLICE("arn:aws:sts::1:assumed-role/role")).n, 0);
    assert_int_equal(record_arn_session(SLICE("arn:aws:iam::1:user/u")).n, 0);
    assert_int_equal(record_arn_session(SLICE("")).n, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),   cmocka_unit_test(trace_ids), cmocka_unit_test(span_ids),
        cmocka_unit_test(clf_times), cmocka_unit_test(sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
