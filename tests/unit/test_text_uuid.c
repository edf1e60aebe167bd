/* base/text_uuid.c: ids in hexadecimal, the fast readers beside the plain ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

static void uuid(void **state)
{
    static const uint8_t bytes[16] = {0xab, 0x68, 0x4d, 0xea, 0x74, 0xfb, 0x5a, 0x44,
                                      0x8e, 0xa8, 0x13, 0xc5, 0x4f, 0x3c, 0xab, 0xf4};
    static const char *const bad[] = {
        "ab684dea-74fb-5a44-8ea8-13c54f3cabf",   "ab684dea-74fb-5a44-8ea8-13c54f3cabfg",
        "ab684dea074fb-5a44-8ea8-13c54f3cabf4",  "ab684dea-74fb05a44-8ea8-13c54f3cabf4",
        "ab684dea-74fb-5a4408ea8-13c54f3cabf4",  "ab684dea-74fb-5a44-8ea8013c54f3cabf4",
        "gb684dea-74fb-5a44-8ea8-13c54f3cabf4",  "ab684de\xc3-74fb-5a44-8ea8-13c54f3cabf4",
        " ab684dea-74fb-5a44-8ea8-13c54f3cabf4", "",
    };
    uint8_t id[16] = {0};
    char text[37];
    (void)state;
    struct slice s = SLICE("ab684dea-74fb-5a44-8ea8-13c54f3cabf4 x");
    assert_true(text_uuid(&s, id));
    assert_memory_equal(id, bytes, 16);
    assert_true(slice_eq(s, SLICE(" x")));
    s = SLICE("AB684DEA-74FB-5A44-8EA8-13C54F3CABF4");
    memset(id, 0, sizeof id);
    assert_true(text_uuid(&s, id));
    assert_memory_equal(id, bytes, 16);
    text_uuid_print(id, text);
    assert_string_equal(text, "ab684dea-74fb-5a44-8ea8-13c54f3cabf4");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s = slice_str(bad[i]);
        memset(id, 9, sizeof id);
        if (text_uuid(&s, id))
            fail_msg("took \"%s\"", bad[i]);
        assert_true(slice_eq(s, slice_str(bad[i])));
        assert_int_equal(id[0], 9);
        assert_int_equal(id[15], 9);
    }
}

typedef bool id_at(const char *p, uint8_t ret[16]);

/* Every byte at every place: the fast one says what the plain one says. Returns how many were taken. */
static size_t every_byte(const char *whole, id_at *fast, id_at *plain)
{
    enum { ROOM = 40 };
    size_t taken = 0;
    for (size_t at = 0; at < strlen(whole); at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            char text[ROOM];
            uint8_t id[16] = {9}, expected[16] = {9};
            memcpy(text, whole, strlen(whole) + 1);
            text[at] = (char)byte;
            bool good = plain(text, expected);
            for (size_t again = 0; again < 2; again++) /* the second time it is the one met last */
                if (fast(text, id) != good)
                    fail_msg("byte %u at %zu", byte, at);
            assert_memory_equal(id, expected, 16);
            taken += good;
        }
    }
    return taken;
}

/* Ten digits and twelve letters at each of 32 places, and the marks. */
static void ids_fast(void **state)
{
    static const char none[36] = {0};
    uint8_t id[16];
    (void)state;
    assert_false(text_uuid_at(none, id));
    assert_int_equal(every_byte("ab684dea-74fb-5A44-8ea8-13c54f3cabf4", text_uuid_at, text_uuid_plain),
                     32 * 22 + 4);
    assert_int_equal(every_byte("1-69ba84fe-ccd35e7be4f2767fB136da19", text_trace_at, text_trace_plain),
                     32 * 22 + 3);
    assert_true(text_trace_at("1-69ba84fe-ccd35e7be4f2767fb136da19", id));
    assert_int_equal(id[0], 0x69);
    assert_int_equal(id[3], 0xfe);
    assert_int_equal(id[4], 0xcc);
    assert_int_equal(id[15], 0x19);
}

static void hex(void **state)
{
    uint8_t bytes[3] = {9, 9, 9};
    struct slice s = SLICE("0aFFz");
    (void)state;
    assert_false(text_hex(&s, 6, bytes));
    assert_int_equal(bytes[0], 9);
    assert_true(text_hex(&s, 4, bytes));
    assert_int_equal(bytes[0], 0x0a);
    assert_int_equal(bytes[1], 0xff);
    assert_int_equal(bytes[2], 9);
    assert_true(slice_eq(s, SLICE("z")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(uuid), cmocka_unit_test(ids_fast),
                                       cmocka_unit_test(hex)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
