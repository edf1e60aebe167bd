/* Bytes that no text has: located and counted, wherever a chunk ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/text_check.h"

static void check(const char *bytes, size_t n, size_t chunk, uint64_t bad, uint64_t bad_at, uint64_t nul)
{
    struct source s;
    struct text_check c = {.offset = 0};
    source_init(&s, "x", NULL);
    for (size_t i = 0; i < n; i += chunk)
        text_check_add(&c, slice_of(bytes + i, n - i < chunk ? n - i : chunk));
    text_check_end(&c, &s);
    uint64_t got_bad = 0, got_at = 0, got_nul = 0;
    for (size_t i = 0; i < s.anomalies.n; i++) {
        const struct anomaly *a = &s.anomalies.v[i];
        got_nul = a->kind == ANOMALY_NUL_BYTES ? a->count : got_nul;
        got_bad = a->kind == ANOMALY_BAD_UTF8 ? a->count : got_bad;
        got_at = a->kind == ANOMALY_BAD_UTF8 ? a->offset : got_at;
    }
    assert_int_equal(got_bad, bad);
    assert_int_equal(got_at, bad_at);
    assert_int_equal(got_nul, nul);
    source_done(&s);
}

struct sequence {
    const char *bytes;
    uint64_t bad, at;
};

/* From the table of RFC 3629 section 4 and its counterexamples. */
static void sequences_are_judged(void **state)
{
    static const struct sequence all[] = {
        {"plain", 0, 0},
        {"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", 0, 0},
        {"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", 0, 0},
        {"ab\xc0\xaf", 2, 2},       /* overlong */
        {"a\xe0\x80\xaf", 3, 1},    /* overlong, and two continuations alone */
        {"\xed\xa0\x80", 3, 0},     /* a surrogate */
        {"\xf4\x90\x80\x80", 4, 0}, /* beyond U+10FFFF */
        {"abc\x80", 1, 3},          /* a continuation alone */
        {"abc\xe2\x82", 1, 3},      /* cut */
        {"\xe2\x82x\xff", 2, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t chunk = 1; chunk <= 4; chunk++)
            check(all[i].bytes, strlen(all[i].bytes), chunk, all[i].bad, all[i].at, 0);
}

/* A sequence over the border of two blocks, and one bad byte far behind. */
static void blocks_are_no_borders(void **state)
{
    char text[300];
    (void)state;
    for (size_t at = 50; at < 80; at++) {
        memset(text, 'a', sizeof text);
        memcpy(text + at, "\xf0\x9f\x98\x80", 4);
        check(text, sizeof text, sizeof text, 0, 0, 0);
        check(text, sizeof text, 7, 0, 0, 0);
        text[200] = '\xff';
        check(text, sizeof text, sizeof text, 1, 200, 0);
        text[130] = text[131] = '\0';
        check(text, sizeof text, 33, 1, 200, 2);
    }
}

static void expect_front(struct slice s, size_t n)
{
    assert_int_equal(text_check_front(s), n);
    assert_int_equal(text_check_front_plain(s), n);
#ifdef __SSE2__
    assert_int_equal(text_check_front_by_16(s), n);
#endif
}

/* All ways of passing blocks say the same of each byte at each place. */
static void blocks_are_passed_alike(void **state)
{
    char blocks[TEXT_CHECK_BLOCK * 2 + 1];
    (void)state;
    for (size_t at = 0; at < sizeof blocks; at++)
        for (int b = 0; b < 256; b++) {
            memset(blocks, b % 2 ? 1 : 'a', sizeof blocks);
            blocks[at] = (char)b;
            bool good = b > 0 && b < 0x80;
            expect_front(slice_of(blocks, sizeof blocks),
                         good ? 2 * TEXT_CHECK_BLOCK : at / TEXT_CHECK_BLOCK * TEXT_CHECK_BLOCK);
            expect_front(slice_of(blocks, TEXT_CHECK_BLOCK - 1), 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequences_are_judged),
        cmocka_unit_test(blocks_are_no_borders),
        cmocka_unit_test(blocks_are_passed_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
