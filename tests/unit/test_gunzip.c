/* gunzip on whole files and on damage at known places: bytes, facts and offsets by hand, else the text that
 * went in. */
#include "tests/unit/gunzip_files.h"

static void test_by_hand(void **state)
{
    (void)state;
    assert_file(SLICE(EMPTY), (struct expected){.text = SLICE(""), .members = 1});
    assert_file(SLICE(STORED), (struct expected){.text = SLICE("abc"), .members = 1});
    assert_file(SLICE(FIXED), (struct expected){.text = SLICE("a"), .members = 1});
    assert_file(SLICE(FIXED EMPTY EMPTY STORED EMPTY FIXED),
                (struct expected){.text = SLICE("aabca"), .members = 6});
    /* Two blocks, the first stored and not the last, the second empty with the fixed code. */
    assert_file(SLICE(PLAIN "\x00\x03\x00\xfc\xff"
                            "abc"
                            "\x03\x00"
                            "\xc2\x41\x24\x35"
                            "\x03\0\0\0"),
                (struct expected){.text = SLICE("abc"), .members = 1});
}

static void test_padding(void **state)
{
    (void)state;
    assert_file(SLICE(FIXED "\0"), (struct expected){.text = SLICE("a"), .members = 1, .padding = 1});
    assert_file(SLICE(FIXED "\0\0\0" STORED "\0\0"),
                (struct expected){.text = SLICE("aabc"), .members = 2, .padding = 5});
}

static void test_compressors(void **state)
{
    (void)state;
    static const struct {
        int level, strategy;
        size_t flush_every;
    } ways[] = {{0, Z_DEFAULT_STRATEGY, 0},
                {1, Z_DEFAULT_STRATEGY, 0},
                {6, Z_DEFAULT_STRATEGY, 0},
                {9, Z_DEFAULT_STRATEGY, 999},
                {6, Z_FIXED, 0},
                {6, Z_HUFFMAN_ONLY, 0},
                {6, Z_RLE, 5000}};
    struct buf text = make_text(100 * 1000), file;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        buf_init(&file, 0);
        put_header(&file, 0);
        put_data(&file, buf_slice(&text), ways[i].level, ways[i].strategy, ways[i].flush_every);
        put_trailer(&file, buf_slice(&text));
        assert_file(buf_slice(&file), (struct expected){.text = buf_slice(&text), .members = 1});
        buf_done(&file);
    }
    buf_done(&text);
}

static void test_headers(void **state)
{
    (void)state;
    struct buf file, text;
    buf_init(&file, 0);
    buf_init(&text, 0);
    for (unsigned parts = 0; parts < 16; parts++) {
        put_member(&file, parts << 1 | (parts & 1), SLICE("one line of evidence\n"), 6, Z_DEFAULT_STRATEGY);
        buf_append(&text, SLICE("one line of evidence\n"));
        assert_file(buf_slice(&file), (struct expected){.text = buf_slice(&text), .members = parts + 1});
    }
    buf_done(&file);
    buf_done(&text);
}

static void test_many_members(void **state)
{
    (void)state;
    struct buf file, text = make_text(20000);
    buf_init(&file, 0);
    for (size_t at = 0; at < text.n; at += 40) {
        buf_append(&file, SLICE(EMPTY));
        put_member(&file, 0, slice_of(text.p + at, 40), 6, Z_DEFAULT_STRATEGY);
    }
    assert_file(buf_slice(&file), (struct expected){.text = buf_slice(&text), .members = 1000});
    buf_done(&file);
    buf_done(&text);
}

static void test_member_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < BACKENDS; i++) {
        struct gunzip g;
        gunzip_init(&g, backends[i]);
        g.members = GUNZIP_MEMBERS_MAX - 1; /* as if they had been read */
        struct result r = read_on(&g, SLICE(FIXED "\0" FIXED), ALL, ALL);
        assert_bytes(buf_slice(&r.out), SLICE("a"));
        assert_int_equal(r.facts.members, GUNZIP_MEMBERS_MAX);
        assert_int_equal(r.facts.damage.kind, GUNZIP_DAMAGE_TOO_MANY_MEMBERS);
        assert_int_equal(r.facts.damage.offset, 22);
        buf_done(&r.out);
        gunzip_done(&g);
    }
}

/* ---- damage by hand ---- */

static void test_damage(void **state)
{
    (void)state;
    static const struct {
        struct slice file;
        struct expected e;
    } cases[] = {
        {{"", 0}, {{"", 0}, 0, 0, 1, GUNZIP_DAMAGE_TRUNCATED, 0}},
        {{"abc", 3}, {{"", 0}, 0, 0, 1, GUNZIP_DAMAGE_BAD_HEADER, 0}},
        {{"\0" FIXED, 22}, {{"", 0}, 0, 0, 1, GUNZIP_DAMAGE_BAD_HEADER, 0}},
        {{"\x1f\x8c\x08", 3}, {{"", 0}, 0, 0, 1, GUNZIP_DAMAGE_BAD_HEADER, 1}},
        {{"\x1f\x8b\x07\0\0\0", 6}, {{"", 0}, 0, 0, 1, GUNZIP_DAMAGE_BAD_HEADER, 2}},
        {{"\x1f\x8b\x08\x20\0\0", 6}, {{"", 0}, 0, 0, 1, GUNZIP_DAMAGE_BAD_HEADER, 3}},
        {{FIXED "\x1f\x8b\x08\x80\0\0", 27}, {{"a", 1}, 1, 0, 1, GUNZIP_DAMAGE_BAD_HEADER, 24}},
        {{FIXED "more", 25}, {{"a", 1}, 1, 0, 1, GUNZIP_DAMAGE_TRAILING_BYTES, 21}},
        {{FIXED "\0\0more", 27}, {{"a", 1}, 1, 2, 1, GUNZIP_DAMAGE_TRAILING_BYTES, 23}},
        {{FIXED "\x1f\x8a", 23}, {{"a", 1}, 1, 0, 1, GUNZIP_DAMAGE_TRAILING_BYTES, 21}},
        {{FIXED "\x1f", 22}, {{"a", 1}, 1, 0, 1, GUNZIP_DAMAGE_TRUNCATED, 22}},
        /* A header checksum that is wrong; the one of these ten bytes is not 0. */
        {{"\x1f\x8b\x08\x02\0\0\0\0\0\x03\0\0\x4b\x04\0\x43\xbe\xb7\xe8\x01\0\0\0" STORED, 49},
         {{"aabc", 4}, 2, 0, 1, GUNZIP_DAMAGE_BAD_HEADER, 10}},
        /* The reading goes on behind a wrong checksum and a wrong length. */
        {{PLAIN "\x4b\x04\0\x44\xbe\xb7\xe8\x01\0\0\0" STORED, 47},
         {{"aabc", 4}, 2, 0, 1, GUNZIP_DAMAGE_BAD_CRC, 13}},
        {{PLAIN "\x4b\x04\0\x43\xbe\xb7\xe8\x02\0\0\0" STORED, 47},
         {{"aabc", 4}, 2, 0, 1, GUNZIP_DAMAGE_BAD_LENGTH, 17}},
        {{STORED PLAIN "\x4b\x04\0\x44\xbe\xb7\xe8\x02\0\0\0", 47},
         {{"abca", 4}, 2, 0, 2, GUNZIP_DAMAGE_BAD_CRC, 39}},
        /* A block of type 3: its first byte shows it. */
        {{FIXED PLAIN "\x07\0\0\0\0\0\0\0\0", 40}, {{"a", 1}, 2, 0, 1, GUNZIP_DAMAGE_BAD_DATA, 31}},
        /* A stored block whose length does not match its complement, seen at the fourth byte of the two. */
        {{PLAIN "\x01\x03\0\xfd\xff"
                "abc\0\0\0\0",
          22},
         {{"", 0}, 1, 0, 1, GUNZIP_DAMAGE_BAD_DATA, 14}},
        /* The fixed code of "a", then of length 3, then of distance 2, which is one too far: 91, 257 and 1 as
         * 8, 7 and 5 bits, behind 3 bits of block header: 23 bits. */
        {{PLAIN "\x4b\x04\x42\0\0\0\0\0\0", 19}, {{"a", 1}, 1, 0, 1, GUNZIP_DAMAGE_BAD_DATA, 12}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_file(cases[i].file, cases[i].e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),      cmocka_unit_test(test_padding),
        cmocka_unit_test(test_compressors),  cmocka_unit_test(test_headers),
        cmocka_unit_test(test_many_members), cmocka_unit_test(test_member_limit),
        cmocka_unit_test(test_damage),
    };
    say_compared();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
