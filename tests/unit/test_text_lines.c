/* base/text_lines.c: what is looked for sixteen bytes and more at once, against looking byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

static void same_ends(struct slice text, const uint16_t *ends, size_t n)
{
    static uint16_t others[TEXT_BLOCK];
    assert_int_equal(text_line_ends_plain(text, others), n);
    assert_memory_equal(others, ends, n * sizeof *ends);
#ifdef __SSE2__
    assert_int_equal(text_line_ends_by_16(text, others), n);
    assert_memory_equal(others, ends, n * sizeof *ends);
#endif
}

/* Against a search byte by byte: ends at each place of a block, none, all, and what is no whole number of words. */
static void line_ends(void **state)
{
    static char text[TEXT_BLOCK];
    static uint16_t ends[TEXT_BLOCK];
    (void)state;
    for (unsigned every = 1; every < 200; every += every < 70 ? 1 : 13)
        for (size_t n = TEXT_BLOCK - 130; n <= TEXT_BLOCK; n += 13) {
            size_t found = 0;
            for (size_t i = 0; i < n; i++)
                text[i] = i * i % every == 0 ? '\n' : i % 2 ? (char)('\n' | 0x80) : '\v';
            size_t count = text_line_ends(slice_of(text, n), ends);
            assert_int_equal(text_line_count(slice_of(text, n)), count);
            same_ends(slice_of(text, n), ends, count);
            for (size_t i = 0; i < n; i++)
                if (text[i] == '\n') {
                    assert_true(found < count);
                    assert_int_equal(ends[found++], i);
                }
            assert_int_equal(found, count);
        }
    assert_int_equal(text_line_ends(slice_of(text, 0), ends), 0);
}

/* Spaces at each place of words of each length, beside bytes that differ from them by a bit. */
static void word_ends(void **state)
{
    static const char spaces[] = " \t\r\n";
    char text[70];
    (void)state;
    for (size_t n = 0; n <= sizeof text; n++)
        for (size_t end = 0; end <= n; end++)
            for (size_t k = 0; k < sizeof spaces - 1; k++) {
                for (size_t i = 0; i < n; i++)
                    text[i] = (char)(spaces[(i + k) % 4] ^ (i % 2 ? 0x80 : 0x02));
                if (end < n)
                    text[end] = spaces[k];
                assert_int_equal(text_word_end(slice_of(text, n)), end);
            }
}

/* A sign at each place of texts of each length, beside other bytes. */
static void signs(void **state)
{
    static const char marks[] = {'\n', '\r', ';', ':', 'x'};
    static const unsigned due[] = {TEXT_LINE_END, TEXT_LINE_END, TEXT_SEMICOLON, 0, 0};
    char text[70];
    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t n = 0; n <= sizeof text; n++) {
        for (size_t at = 0; at < sizeof text; at++) {
            text[at] = marks[at % 5];
            assert_int_equal(text_signs(slice_of(text, n)), at < n ? due[at % 5] : 0);
            text[at] = at % 3 ? 'x' : '\t';
        }
    }
    text[0] = ';';
    text[40] = '\n';
    assert_int_equal(text_signs(slice_of(text, sizeof text)), TEXT_LINE_END | TEXT_SEMICOLON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(line_ends), cmocka_unit_test(word_ends),
                                       cmocka_unit_test(signs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
