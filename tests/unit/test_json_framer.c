/* parsers/json.h, the framer: where each value of a stream ends, however the stream is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/json.h"

/* A stream and its values, which `|` parts (it stands in no value). */
struct row {
    const char *stream, *values;
};

static const struct row rows[] = {
    {"{}", "{}"},
    {"{}{}", "{}|{}"},
    {"[1][2]", "[1]|[2]"},
    {"{\"a\":1}{\"b\":[{}]}", "{\"a\":1}|{\"b\":[{}]}"},
    {"{}\n{}\n", "{}|\n{}|\n"},
    {"  {} \t\r\n []", "  {}| \t\r\n []"},
    {"{\"a\":\"}\"}{}", "{\"a\":\"}\"}|{}"},
    {"{\"a\":\"\\\"}\"}{}", "{\"a\":\"\\\"}\"}|{}"},
    {"{\"a\":\"\\\\\"}{}", "{\"a\":\"\\\\\"}|{}"},
    {"{\"a\":\"0123456789abcdef0123456789}\"}[]", "{\"a\":\"0123456789abcdef0123456789}\"}|[]"},
    {"{\"a\":\"tab\there\"}{}", "{\"a\":\"tab\there\"}|{}"},
    {"{\n \"pretty\": [\n  1\n ]\n}\n{}", "{\n \"pretty\": [\n  1\n ]\n}|\n{}"},
    {"START x\n{}", "START x\n|{}"},
    {"12\n\"a}\"\n{}", "12\n|\"a}\"\n|{}"},
    {"}\n{}", "}\n|{}"},
    /* A line that was cut inside a string ends there, so that the next one is found. */
    {"{\"message\":\"cut\n{\"b\":2}\n", "{\"message\":\"cut\n|{\"b\":2}|\n"},
    {"{\"a\":{\"b\":\"cut\n[]", "{\"a\":{\"b\":\"cut\n|[]"},
    /* What has no end is left over. */
    {"{\"a\":1", "{\"a\":1"},
    {"{}[1,", "{}|[1,"},
    {"{\"a\":\"x", "{\"a\":\"x"},
    {"bare", "bare"},
    {"", ""},
    {" \n ", " \n "},
};

/* Frames the stream in pieces of at most `step` bytes and compares; the last value is what is left over, or
 * whole. */
static void frame(const struct row *row, size_t step)
{
    struct slice stream = slice_str(row->stream), expected = slice_str(row->values);
    struct json_framer framer;
    size_t from = 0, fed = 0;
    json_framer_init(&framer);
    while (fed < stream.n) {
        struct slice piece = slice_head(slice_skip(stream, fed), step);
        size_t n = json_framer_feed(&framer, piece);
        assert_true(n <= piece.n);
        fed += n ? n : piece.n;
        if (n == 0)
            continue;
        struct slice value = slice_of(stream.p + from, fed - from), due = slice_cut(&expected, '|');
        if (!slice_eq(value, due))
            fail_msg("step %zu: \"%.*s\", not \"%.*s\"", step, SLICE_ARG(value), SLICE_ARG(due));
        from = fed;
        json_framer_init(&framer);
    }
    struct slice left = slice_skip(stream, from);
    if (!slice_eq(left, expected))
        fail_msg("step %zu: \"%.*s\" is left, not \"%.*s\"", step, SLICE_ARG(left), SLICE_ARG(expected));
}

static void in_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t step = 1; step <= strlen(rows[i].stream) + 1; step++)
            frame(&rows[i], step);
}

/* An escaped byte is looked past, a line end too: it may be the last byte at hand. */
static void escape_at_the_cut(void **state)
{
    struct json_framer framer;
    (void)state;
    json_framer_init(&framer);
    assert_int_equal(json_framer_feed(&framer, SLICE("{\"a\\")), 0);
    assert_int_equal(json_framer_feed(&framer, SLICE("\"}")), 0);
    assert_int_equal(json_framer_feed(&framer, SLICE("\"}")), 2);
}

/* A string whose line ended goes on behind its quote, when the caller finds that it does. */
static void goes_on(void **state)
{
    struct json_framer framer;
    (void)state;
    json_framer_init(&framer);
    assert_int_equal(json_framer_feed(&framer, SLICE("{\"a\":\"x\n")), 8);
    assert_true(framer.in_string);
    json_framer_close(&framer);
    assert_int_equal(json_framer_feed(&framer, SLICE(",\"b\":\"}\"}{}")), 9);
    assert_false(framer.in_string);
}

/* Where the last item of an array ends, that is the value or a member of it; text behind the first | is not at hand. */
static void last_item(void **state)
{
    static const char *const texts[] = {
        "{\"events\":[{\"a\":{}},{\"b\":[1,2]}|,{\"c\":[{}],\"much\":\"}]}]"
        "0123456789012345678901234567890123456789\"",
        "{\"results\":[[{\"field\":\"@timestamp\"},{}],[{\"field\":\"]\\\"]\"}]|,[{\"field\":\"@timestamp\"},"
        "{\"a\":0}",
        " [{\"a\":[{},{\"b\":[]}]}|,{\"c\":{}, \"d\":[{\"e\":\"0123456789012345678901234567890123456789\"}]",
        "|{\"events\":[{\"a\":{\"b\":{}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[200];
        const char *mark = strchr(texts[i], '|');
        size_t due = (size_t)(mark - texts[i]), size = strlen(texts[i]) - 1;
        memcpy(text, texts[i], due);
        memcpy(text + due, mark + 1, size - due);
        for (size_t step = 1; step <= size; step++) {
            struct json_framer framer;
            size_t item = 0;
            json_framer_init(&framer);
            for (size_t fed = 0; fed < size; fed += step) {
                assert_int_equal(
                    json_framer_feed(&framer, slice_head(slice_of(text + fed, size - fed), step)), 0);
                item = framer.item ? fed + framer.item : item;
            }
            assert_int_equal(item, due);
        }
    }
}

/* Deeper than any stack: the framer counts, and the reader decides what is too deep. */
static void very_deep(void **state)
{
    static char text[2 * 100000];
    struct json_framer framer;
    (void)state;
    memset(text, '[', sizeof text / 2);
    memset(text + sizeof text / 2, ']', sizeof text / 2);
    json_framer_init(&framer);
    assert_int_equal(json_framer_feed(&framer, slice_of(text, sizeof text - 1)), 0);
    assert_int_equal(json_framer_feed(&framer, SLICE("]")), 1);
}

/* Where the value ends when it is fed `step` bytes at a time; 0 when it does not. */
static size_t end_by_steps(struct slice text, size_t step)
{
    struct json_framer framer;
    json_framer_init(&framer);
    for (size_t fed = 0; fed < text.n; fed += step) {
        size_t n = json_framer_feed(&framer, slice_head(slice_skip(text, fed), step));
        if (n)
            return fed + n;
    }
    return 0;
}

/* Blocks of 64 bytes and single bytes give the same end, for text that is nearly JSON and text that is not:
 * bytes drawn from those that mean something, escapes and quotes more or less often. */
static void blocks_as_bytes(void **state)
{
    static const char *const alphabets[] = {"{[}] y_Y:,a\"", "{[}]\"\\ax ,", "{}[]\"\\\n",
                                            "{\"\\\\\\\"\n}a\x7f"};
    enum { ROUNDS = 20000, LENGTH = 300, PAD = 4 };
    uint32_t seed = 1, ends = 0;
    (void)state;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct slice alphabet = slice_str(alphabets[i % (sizeof alphabets / sizeof *alphabets)]);
        char text[LENGTH];
        memset(text, 'a', sizeof text);
        memset(text, '{', PAD); /* a few brackets deep, so that the end comes late */
        for (size_t k = PAD; k < LENGTH; k++) {
            seed = seed * 1664525u + 1013904223u; /* Numerical Recipes' generator */
            text[k] = alphabet.p[(seed >> 16) % alphabet.n];
        }
        struct slice whole = slice_of(text, LENGTH);
        size_t end = end_by_steps(whole, 1);
        ends += end > 64;
        for (size_t step = 63; step <= LENGTH; step += step < 66 ? 1 : 117)
            if (end_by_steps(whole, step) != end)
                fail_msg("round %zu, steps of %zu: %zu, not %zu: %.*s", i, step, end_by_steps(whole, step),
                         end, LENGTH, text);
    }
    assert_true(ends > ROUNDS / 10); /* there was something to compare */
}

/* The block's last byte opens a string, closes one, is a backslash or the byte behind one. */
static void at_the_seam(void **state)
{
    static const char *const seams[] = {"\"}\"",         "\"\"",    "\"\\\"}\"", "\"\\\\\"",
                                        "\"\\\\\\\"}\"", "\"\\n\"", "\"\n"};
    (void)state;
    for (size_t i = 0; i < sizeof seams / sizeof *seams; i++)
        for (size_t at = 56; at < 72; at++) {
            char text[160];
            memset(text, ' ', sizeof text);
            text[0] = '[';
            memcpy(text + at, seams[i], strlen(seams[i]));
            text[sizeof text - 1] = ']';
            bool cut = strchr(seams[i], '\n') != NULL;
            size_t end = cut ? at + strlen(seams[i]) : sizeof text;
            struct json_framer framer;
            assert_int_equal(end_by_steps(slice_of(text, sizeof text), sizeof text), end);
            assert_int_equal(end_by_steps(slice_of(text, sizeof text), 1), end);
            json_framer_init(&framer);
            assert_int_equal(json_framer_feed(&framer, slice_of(text, sizeof text)), end);
            assert_int_equal(framer.in_string, cut);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_every_cut), cmocka_unit_test(escape_at_the_cut),
        cmocka_unit_test(goes_on),      cmocka_unit_test(last_item),
        cmocka_unit_test(very_deep),    cmocka_unit_test(blocks_as_bytes),
        cmocka_unit_test(at_the_seam),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
