/* forensics/wording.h: lines made alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forensics/wording.h"

static void alike(void **state)
{
    static const struct {
        const char *text, *wording;
    } rows[] = {
        {"connecting to db", "connecting to db"},
        {"", ""},
        {"  trimmed  \nsecond line", "trimmed"},
        {"took 123 ms", "took <n> ms"},
        {"took 12.5 ms", "took <n> ms"},
        {"took 250ms", "took <n>"},
        {"order-17 of 20", "order-<n> of <n>"},
        {"host ip-10-0-0-7", "host ip-<n>-<n>-<n>-<n>"},
        {"from 10.0.0.7:5432", "from <ip>:<n>"},
        {"id ab684dea-74fb-5a44-8ea8-13c54f3cabf4 done", "id <id> done"},
        {"trace 0123456789abcdef0123456789abcdef", "trace <id>"},
        {"key AKIA1234567890ABCD", "key <id>"},
        {"at 2024-01-27T17:12:44.122Z: x", "at <time>: x"},
        {"2024-01-27 17:12:44 x", "<time> x"},
        {"GET /orders/42?page=3", "GET /orders/<n>?page=<n>"},
        {"s3 bucket", "s<n> bucket"},
        {"decode feed", "decode feed"}, /* hexadecimal letters alone are words */
        {"caf\xc3\xa9 4", "caf\xc3\xa9 <n>"},
        {"{\"a\": 1}", "{\"a\": <n>}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[WORDING_MAX];
        struct slice got = slice_of(out, wording_of(slice_str(rows[i].text), out));
        if (!slice_eq(got, slice_str(rows[i].wording)))
            fail_msg("%s becomes %.*s, not %s", rows[i].text, SLICE_ARG(got), rows[i].wording);
    }
}

/* What differs from call to call in one way only comes out as one. */
static void same_situation(void **state)
{
    static const char *const pairs[][2] = {
        {"processing order 1 for user 55", "processing order 99 for user 7"},
        {"req ab684dea-74fb-5a44-8ea8-13c54f3cabf4", "req 00000000-74fb-5a44-8ea8-13c54f3cabf4"},
        {"connecting to 10.0.0.1:3306", "connecting to 192.168.77.8:3306"},
        {"2024-01-27T17:12:44Z wait", "2025-11-02T01:02:03Z wait"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char a[WORDING_MAX], b[WORDING_MAX];
        size_t n = wording_of(slice_str(pairs[i][0]), a), m = wording_of(slice_str(pairs[i][1]), b);
        assert_true(slice_eq(slice_of(a, n), slice_of(b, m)));
    }
}

/* Long lines are cut, never in the middle of a character, and nothing is written behind the end. */
static void cut(void **state)
{
    char text[4 * WORDING_MAX], out[WORDING_MAX + 1];
    (void)state;
    for (size_t lead = 0; lead < 4; lead++) {
        memset(text, 'x', sizeof text);
        for (size_t i = lead; i + 3 <= sizeof text; i += 3)
            memcpy(text + i, "\xe2\x82\xac", 3);
        out[WORDING_MAX] = '#';
        size_t n = wording_of(slice_of(text, sizeof text - 4), out);
        assert_int_equal(out[WORDING_MAX], '#');
        assert_true(n <= WORDING_MAX && n > WORDING_MAX - 4);
        assert_int_equal((n - lead) % 3, 0);
    }
    memset(text, '7', sizeof text);
    assert_true(wording_of(slice_of(text, sizeof text), out) <= WORDING_MAX);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike),
        cmocka_unit_test(same_situation),
        cmocka_unit_test(cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
