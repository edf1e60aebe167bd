/* gunzip on cut files and on files with flipped bits: expected is what zlib says when asked directly. Where
 * ISA-L may differ by nature (damaged data, see parsers/inflate_isal.c) the test says how far. */
#include "tests/unit/gunzip_files.h"

/* ---- cut files ---- */

struct part {
    size_t begin, data, trailer, end;
};

enum { PREFIX_MAX = 9 << 20 };

/* What zlib makes of the first bytes of a stream. */
static void zlib_prefix(struct slice data, struct buf *out)
{
    z_stream z = {0};
    assert_int_equal(inflateInit2(&z, -15), Z_OK);
    assert_true(buf_reserve(out, PREFIX_MAX));
    z.next_in = (const Bytef *)data.p;
    z.avail_in = (uInt)data.n;
    z.next_out = (Bytef *)out->p + out->n;
    z.avail_out = PREFIX_MAX;
    int rc = inflate(&z, Z_SYNC_FLUSH);
    assert_true(rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR);
    out->n += PREFIX_MAX - z.avail_out;
    inflateEnd(&z);
}

static void put_part(struct buf *file, struct part *part, unsigned flags, struct slice text, int level)
{
    part->begin = file->n;
    put_header(file, flags);
    part->data = file->n;
    put_data(file, text, level, Z_DEFAULT_STRATEGY, 0);
    part->trailer = file->n;
    put_trailer(file, text);
    part->end = file->n;
}

static struct expected expected_of_cut(struct slice file, const struct part *parts, size_t n, size_t cut,
                                       struct buf *text)
{
    struct expected e = {.damages = 1, .kind = GUNZIP_DAMAGE_TRUNCATED, .offset = cut};
    buf_clear(text);
    for (size_t i = 0; i < n && cut >= parts[i].data; i++) {
        size_t to = cut < parts[i].trailer ? cut : parts[i].trailer;
        zlib_prefix(slice_of(file.p + parts[i].data, to - parts[i].data), text);
        e.members++;
        if (cut == parts[i].end)
            e = (struct expected){.members = e.members};
    }
    e.text = buf_slice(text);
    return e;
}

static void test_cut_everywhere(void **state)
{
    (void)state;
    struct part parts[4];
    struct buf file, text = make_text(400), expected;
    buf_init(&file, 0);
    buf_init(&expected, 0);
    put_part(&file, &parts[0], EXTRA | NAME | COMMENT | HEADER_CRC, buf_slice(&text), 9);
    put_part(&file, &parts[1], 0, slice_head(buf_slice(&text), 50), 0);
    put_part(&file, &parts[2], NAME, SLICE(""), 6);
    put_part(&file, &parts[3], 0, slice_skip(buf_slice(&text), 250), 6);
    for (size_t cut = 0; cut <= file.n; cut++) {
        struct expected e = expected_of_cut(buf_slice(&file), parts, 4, cut, &expected);
        assert_file(slice_head(buf_slice(&file), cut), e);
    }
    buf_done(&file);
    buf_done(&text);
    buf_done(&expected);
}

/* In a stream of megabytes, where ISA-L's back end has to find a place for zlib to start at. */
static void test_cut_long(void **state)
{
    (void)state;
    struct part part;
    struct buf file, text = make_text(8 * 1000 * 1000), expected;
    buf_init(&file, 0);
    buf_init(&expected, 0);
    put_part(&file, &part, 0, buf_slice(&text), 6);
    assert_true(file.n > 3 * 512 * 1024); /* three of its marks */
    for (size_t i = 0; i < 10 * BACKENDS; i++) {
        size_t cut = part.data + random_below((uint32_t)(part.trailer - part.data));
        buf_clear(&expected);
        zlib_prefix(slice_of(file.p + part.data, cut - part.data), &expected);
        struct result r = gunzip_all(backends[i % BACKENDS], slice_head(buf_slice(&file), cut),
                                     i % 3 ? 200 * 1000 : ALL, i % 5 ? ALL : 30000);
        assert_bytes(buf_slice(&r.out), buf_slice(&expected));
        assert_int_equal(r.facts.damage.kind, GUNZIP_DAMAGE_TRUNCATED);
        assert_int_equal(r.facts.damage.offset, cut);
        buf_done(&r.out);
    }
    buf_done(&file);
    buf_done(&text);
    buf_done(&expected);
}

/* ---- flipped bits ---- */

/* Whether ISA-L's reading differs from `whole`, zlib's of all at once. That only counts as allowed when it
 * has more bytes than zlib and some damage to show. */
static bool flip_differs(struct slice file, const struct result *whole, size_t piece)
{
    struct result r = gunzip_all(backends[BACKENDS - 1], file, piece, ALL);
    bool differs = r.out.n != whole->out.n || !facts_same(&r.facts, &whole->facts);
    assert_true(slice_starts(buf_slice(&r.out), buf_slice(&whole->out)));
    if (differs)
        assert_true(whole->facts.damage.kind == GUNZIP_DAMAGE_BAD_DATA && r.facts.damages > 0);
    buf_done(&r.out);
    return differs;
}

/* With one bit changed: zlib's facts must not depend on the pieces; returns in how many of `pieces` ISA-L
 * differs. */
static size_t flip_run(struct buf *file, size_t bit, const size_t pieces[], size_t n)
{
    size_t differ = 0;
    file->p[bit / 8] = (char)(file->p[bit / 8] ^ (1 << bit % 8));
    struct result whole = gunzip_all(&inflate_zlib, buf_slice(file), ALL, ALL);
    struct result cut = gunzip_all(&inflate_zlib, buf_slice(file), pieces[n - 1], ALL);
    assert_bytes(buf_slice(&cut.out), buf_slice(&whole.out));
    assert_facts(&cut.facts, &whole.facts);
    for (size_t i = 0; i < n; i++)
        differ += flip_differs(buf_slice(file), &whole, pieces[i]);
    buf_done(&whole.out);
    buf_done(&cut.out);
    file->p[bit / 8] = (char)(file->p[bit / 8] ^ (1 << bit % 8));
    return differ;
}

static void test_flips(void **state)
{
    (void)state;
    struct buf file, text = make_text(500);
    size_t differ = 0, flips = 0;
    buf_init(&file, 0);
    put_member(&file, NAME | HEADER_CRC, buf_slice(&text), 9, Z_DEFAULT_STRATEGY);
    put_member(&file, 0, slice_head(buf_slice(&text), 99), 6, Z_FIXED);
    buf_append(&file, SLICE(STORED));
    for (size_t bit = 0; bit < file.n * 8; bit++, flips += 3)
        differ += flip_run(&file, bit, (const size_t[]){ALL, 64, 1}, 3);
    print_message("%zu of %zu damaged readings differ from zlib's, all with damage shown\n", differ, flips);
    assert_true(differ * 20 < flips);
    buf_done(&file);
    buf_done(&text);
}

/* In a long stream the judge starts in the middle, and the place that it finds must be the same. */
static void test_flips_long(void **state)
{
    (void)state;
    struct buf file, text = make_text(6 * 1000 * 1000);
    size_t differ = 0, flips = 20;
    buf_init(&file, 0);
    put_member(&file, 0, buf_slice(&text), 6, Z_DEFAULT_STRATEGY);
    for (size_t i = 0; i < flips; i++) {
        size_t bit = 8 * HEADER + random_below((uint32_t)(8 * (file.n - HEADER - TRAILER)));
        differ += flip_run(&file, bit, (const size_t[]){i % 2 ? 100 * 1000 : ALL}, 1);
    }
    print_message("%zu of %zu damaged long streams differ from zlib's\n", differ, flips);
    assert_true(differ * 20 < flips);
    buf_done(&file);
    buf_done(&text);
}

/* ---- long streams ---- */

/* More compressed bytes in one member than the ISA-L back end logs (64 MiB): a stored stream of `blocks`
 * blocks, cut in the middle of the last one if `cut`. */
static void assert_long(const struct inflate_backend *backend, size_t blocks, bool cut)
{
    enum { BLOCK = 65535 };
    struct gunzip g;
    struct buf file, noise = make_noise(BLOCK);
    uLong crc = 0;
    buf_init(&file, 0);
    put_header(&file, 0);
    for (size_t i = 0; i < blocks; i++) {
        put_le(&file, i + 1 == blocks, 1);
        put_le(&file, 0x0000ffff, 4);
        buf_append(&file, buf_slice(&noise));
        crc = crc32(crc, (const Bytef *)noise.p, BLOCK);
    }
    put_le(&file, (uint32_t)crc, 4);
    put_le(&file, (uint32_t)(blocks * BLOCK), 4);
    if (cut)
        file.n -= TRAILER + BLOCK / 2;
    gunzip_init(&g, backend);
    struct result r = read_on(&g, buf_slice(&file), 256 * 1024, ALL);
    assert_int_equal(r.out.n, blocks * BLOCK - (cut ? BLOCK / 2 : 0));
    assert_int_equal(r.facts.damage.kind, cut ? GUNZIP_DAMAGE_TRUNCATED : GUNZIP_DAMAGE_NONE);
    assert_int_equal(r.facts.damage.offset, cut ? file.n : 0);
    assert_memory_equal(r.out.p + r.out.n - 1000, noise.p + (cut ? BLOCK - BLOCK / 2 : BLOCK) - 1000, 1000);
    gunzip_done(&g);
    buf_done(&r.out);
    buf_done(&file);
    buf_done(&noise);
}

static void test_long(void **state)
{
    (void)state;
    for (size_t i = 0; i < BACKENDS; i++) {
        assert_long(backends[i], 300, false); /* 20 MB */
        assert_long(backends[i], 300, true);
        assert_long(backends[i], 40, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_everywhere), cmocka_unit_test(test_cut_long), cmocka_unit_test(test_flips),
        cmocka_unit_test(test_flips_long),     cmocka_unit_test(test_long),
    };
    say_compared();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
