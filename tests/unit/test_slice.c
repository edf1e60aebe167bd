/* base/slice.h: comparing, finding, trimming, cutting, hashing of borrowed bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"

static void equal_and_order(void **state)
{
    static const struct {
        struct slice a, b;
        int order;
    } rows[] = {
        {{"", 0}, {"", 0}, 0},          {{NULL, 0}, {"", 0}, 0},    {{"", 0}, {"a", 1}, -1},
        {{"a", 1}, {"b", 1}, -1},       {{"ab", 2}, {"a", 1}, 1},   {{"abc", 3}, {"abd", 3}, -1},
        {{"a\0b", 3}, {"a\0c", 3}, -1}, {{"\xff", 1}, {"a", 1}, 1}, /* bytes are unsigned */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int forth = slice_cmp(rows[i].a, rows[i].b), back = slice_cmp(rows[i].b, rows[i].a);
        assert_int_equal((forth > 0) - (forth < 0), rows[i].order);
        assert_int_equal((back > 0) - (back < 0), -rows[i].order);
        assert_int_equal(slice_eq(rows[i].a, rows[i].b), rows[i].order == 0);
    }
}

static void starts_and_ends(void **state)
{
    (void)state;
    assert_true(slice_starts(SLICE("REPORT x"), SLICE("REPORT")));
    assert_true(slice_starts(SLICE("REPORT"), SLICE("REPORT")));
    assert_false(slice_starts(SLICE("REPOR"), SLICE("REPORT")));
    assert_true(slice_starts(SLICE("x"), SLICE("")));
    assert_true(slice_ends(SLICE("a.gz"), SLICE(".gz")));
    assert_false(slice_ends(SLICE("gz"), SLICE(".gz")));
    assert_false(slice_ends(SLICE("a.gzz"), SLICE(".gz")));
}

static void skip_and_head(void **state)
{
    (void)state;
    assert_true(slice_eq(slice_skip(SLICE("abc"), 0), SLICE("abc")));
    assert_true(slice_eq(slice_skip(SLICE("abc"), 2), SLICE("c")));
    assert_int_equal(slice_skip(SLICE("abc"), 3).n, 0);
    assert_int_equal(slice_skip(SLICE("abc"), 9).n, 0);
    assert_true(slice_eq(slice_head(SLICE("abc"), 2), SLICE("ab")));
    assert_true(slice_eq(slice_head(SLICE("abc"), 9), SLICE("abc")));
    assert_int_equal(slice_str(NULL).n, 0);
    assert_int_equal(slice_str("abc").n, 3);
}

static void behind(void **state)
{
    (void)state;
    assert_true(slice_eq(slice_behind(SLICE("a/b/cd"), '/'), SLICE("cd")));
    assert_true(slice_eq(slice_behind(SLICE("cd"), '/'), SLICE("cd")));
    assert_int_equal(slice_behind(SLICE("a/b/"), '/').n, 0);
    assert_int_equal(slice_behind(slice_of(NULL, 0), '/').n, 0);
}

static void find(void **state)
{
    (void)state;
    assert_int_equal(slice_find(SLICE("abcabc"), SLICE("c")), 2);
    assert_int_equal(slice_find(SLICE("abcabc"), SLICE("ca")), 2);
    assert_int_equal(slice_find(SLICE("abcabc"), SLICE("cb")), -1);
    assert_int_equal(slice_find(SLICE("ab"), SLICE("abc")), -1);
    assert_int_equal(slice_find(SLICE("ab"), SLICE("")), 0);
    assert_int_equal(slice_find(SLICE("a\0b"), SLICE("\0b")), 1);
    assert_int_equal(slice_find(SLICE("Error"), SLICE("error")), -1);
    assert_int_equal(slice_find_nocase(SLICE("an ERROR here"), SLICE("error")), 3);
    assert_int_equal(slice_find_nocase(SLICE("err"), SLICE("error")), -1);
    assert_true(slice_eq_nocase(SLICE("Warning"), SLICE("wARNING")));
    assert_false(slice_eq_nocase(SLICE("Warning"), SLICE("Warnings")));
    assert_false(slice_eq_nocase(SLICE("@"), SLICE("`"))); /* 32 apart, but no letters */
    assert_false(slice_eq_nocase(SLICE("["), SLICE("{")));
}

static void trim(void **state)
{
    (void)state;
    assert_true(slice_eq(slice_trim(SLICE(" \t\r\na b \r\n")), SLICE("a b")));
    assert_true(slice_eq(slice_rtrim(SLICE(" a \n\n")), SLICE(" a")));
    assert_int_equal(slice_trim(SLICE(" \t ")).n, 0);
    assert_int_equal(slice_trim(SLICE("")).n, 0);
    assert_true(slice_eq(slice_trim(SLICE("\v\xc2\xa0")), SLICE("\v\xc2\xa0"))); /* no blank to us */
}

static void cut(void **state)
{
    struct slice rest = SLICE("a,,b");
    (void)state;
    assert_true(slice_eq(slice_cut(&rest, ','), SLICE("a")));
    assert_true(slice_eq(rest, SLICE(",b")));
    assert_int_equal(slice_cut(&rest, ',').n, 0);
    assert_true(slice_eq(slice_cut(&rest, ','), SLICE("b")));
    assert_int_equal(rest.n, 0);
    assert_int_equal(slice_cut(&rest, ',').n, 0);
    rest = SLICE("a,");
    assert_true(slice_eq(slice_cut(&rest, ','), SLICE("a")));
    assert_int_equal(rest.n, 0);
}

/* Every length around the step of eight bytes, every seed and every changed byte gives another value. */
static void hash(void **state)
{
    char bytes[40] = {0};
    unsigned long long seen[2 * sizeof bytes];
    size_t n = 0;
    (void)state;
    for (size_t length = 0; length < sizeof bytes; length++) {
        seen[n++] = slice_hash(slice_of(bytes, length), 1);
        seen[n++] = slice_hash(slice_of(bytes, length), 2);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            assert_true(seen[i] != seen[k]);
    for (size_t i = 0; i < sizeof bytes; i++) {
        unsigned long long before = slice_hash(slice_of(bytes, sizeof bytes), 1);
        bytes[i] = 1;
        assert_true(slice_hash(slice_of(bytes, sizeof bytes), 1) != before);
        bytes[i] = 0;
    }
    assert_true(slice_hash(SLICE("same"), 7) == slice_hash(slice_str("same"), 7));
}

/* Prefixes of which the compiler knows how long they are: each byte of them counts. */
#define EACH_BYTE(literal)                                                                                   \
    do {                                                                                                     \
        char text[] = literal "!";                                                                           \
        assert_true(slice_starts(slice_of(text, sizeof text - 1), SLICE(literal)));                          \
        assert_true(slice_ends(slice_of(text, sizeof literal - 1), SLICE(literal)));                         \
        assert_false(slice_starts(slice_of(text, sizeof literal - 2), SLICE(literal)));                      \
        for (size_t i = 0; i + 1 < sizeof literal; i++) {                                                    \
            text[i] ^= 1;                                                                                    \
            assert_false(slice_starts(slice_of(text, sizeof text - 1), SLICE(literal)));                     \
            assert_false(slice_eq(slice_of(text, sizeof literal - 1), SLICE(literal)));                      \
            text[i] ^= 1;                                                                                    \
        }                                                                                                    \
    } while (0)

static void each_byte(void **state)
{
    (void)state;
    EACH_BYTE("7654321");
    EACH_BYTE("87654321");
    EACH_BYTE("987654321");
    EACH_BYTE("6543210987654321");
    EACH_BYTE("76543210987654321");
    EACH_BYTE("432109876543210987654321");
    EACH_BYTE("5432109876543210987654321");
    EACH_BYTE("21098765432109876543210987654321");
    EACH_BYTE("321098765432109876543210987654321");
    EACH_BYTE("0987654321098765432109876543210987654321");
    EACH_BYTE("10987654321098765432109876543210987654321");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_and_order),
        cmocka_unit_test(starts_and_ends),
        cmocka_unit_test(skip_and_head),
        cmocka_unit_test(behind),
        cmocka_unit_test(find),
        cmocka_unit_test(trim),
        cmocka_unit_test(cut),
        cmocka_unit_test(hash),
        cmocka_unit_test(each_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
