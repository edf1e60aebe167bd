/* parsers/input.c: what comes out of each wrapping, its figures, its digest, and what is said of damage. The
 * wrapped bytes are made here by zlib and by hand, or by libarchive for what is read with it; digests are those
 * of sha256sum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/input.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <zlib.h>

#define HELLO "hello\nworld\n" /* 12 bytes, 2 lines */

/* ---- making ---- */

static struct slice gzipped(struct arena *m, struct slice s)
{
    z_stream z = {0};
    size_t room = s.n + s.n / 1000 + 64;
    char *out = arena_alloc(m, room);
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    char *in = arena_alloc(m, s.n + 1);
    memcpy(in, s.p, s.n);
    z.next_in = (unsigned char *)in;
    z.avail_in = (unsigned)s.n;
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = room - z.avail_out;
    deflateEnd(&z);
    return slice_of(out, n);
}

static struct slice filtered(struct arena *m, int code, struct slice s)
{
    struct archive *a = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    size_t room = s.n + s.n / 8 + 65536, n = 0;
    char *out = arena_alloc(m, room);
    assert_int_equal(archive_write_add_filter(a, code), ARCHIVE_OK);
    assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
    assert_int_equal(archive_write_set_bytes_in_last_block(a, 1), ARCHIVE_OK);
    assert_int_equal(archive_write_open_memory(a, out, room, &n), ARCHIVE_OK);
    archive_entry_set_filetype(e, AE_IFREG);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, s.p, s.n), (la_ssize_t)s.n);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_entry_free(e);
    archive_write_free(a);
    return slice_of(out, n);
}

/* Pseudo-random text, so that nothing shrinks to one block. */
static struct slice noise(struct arena *m, size_t n)
{
    char *p = arena_alloc(m, n);
    uint32_t state = 1;
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525 + 1013904223;
        p[i] = (char)('a' + (state >> 24) % 26);
    }
    return slice_of(p, n);
}

/* ---- reading ---- */

struct reading {
    struct source source;
    struct arena shelf;
    struct buf text;
};

static void read_text(struct reading *r, struct slice stored, struct input *in)
{
    source_init(&r->source, "test", NULL);
    r->source.memory = stored;
    buf_init(&r->text, 0);
    arena_init(&r->shelf);
    in->shelf = &r->shelf;
    if (input_reopen(in, &r->source, true)) {
        do {
            (void)buf_append(&r->text, input_window(in));
            input_advance(in, input_window(in).n);
        } while (input_more(in));
    }
    input_close(in);
}

static void reading_done(struct reading *r)
{
    buf_done(&r->text);
    source_done(&r->source);
    arena_done(&r->shelf);
}

static struct input last; /* of all readings, one after the other */

/* With buffers of its own, and with those that the reading before left behind: nothing may differ. */
static void read_whole(struct reading *r, struct slice stored)
{
    struct input first = {.fd = -1};
    struct reading again;
    read_text(r, stored, &first);
    input_done(&first);
    read_text(&again, stored, &last);
    assert_int_equal(again.text.n, r->text.n);
    assert_memory_equal(buf_slice(&again.text).p, buf_slice(&r->text).p, r->text.n);
    assert_memory_equal(again.source.sha256, r->source.sha256, 32);
    assert_int_equal(again.source.bytes_read, r->source.bytes_read);
    assert_int_equal(again.source.anomalies.n, r->source.anomalies.n);
    reading_done(&again);
}

/* Anomalies but those of the text itself, which test_text_check.c has. */
static size_t anomalies(const struct source *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->anomalies.n; i++)
        n += s->anomalies.v[i].kind != ANOMALY_NUL_BYTES && s->anomalies.v[i].kind != ANOMALY_BAD_UTF8;
    return n;
}

static void expect(struct slice stored, struct slice text, const char *compression)
{
    struct reading r;
    read_whole(&r, stored);
    assert_int_equal(r.text.n, text.n);
    assert_memory_equal(r.text.p ? r.text.p : "", text.p, text.n);
    assert_string_equal(r.source.compression, compression);
    assert_int_equal(anomalies(&r.source), 0);
    assert_int_equal(r.source.bytes_read, stored.n);
    assert_in_range(r.source.bytes_decompressed, text.n, text.n + 3); /* a byte order mark is counted */
    reading_done(&r);
}

static void expect_anomaly(struct slice stored, struct slice text, enum anomaly_kind kind, uint64_t offset)
{
    struct reading r;
    read_whole(&r, stored);
    assert_int_equal(r.text.n, text.n);
    assert_memory_equal(r.text.p ? r.text.p : "", text.p, text.n);
    assert_int_equal(anomalies(&r.source), 1);
    assert_int_equal(r.source.anomalies.v[0].kind, kind);
    assert_int_equal(r.source.anomalies.v[0].offset, offset);
    reading_done(&r);
}

/* ---- tests ---- */

static void test_plain(void **state)
{
    (void)state;
    expect(SLICE(HELLO), SLICE(HELLO), "none");
    expect(SLICE("a"), SLICE("a"), "none");
    expect(SLICE("\0a\0\0b\n\0"), SLICE("\0a\0\0b\n\0"), "none");
    expect(SLICE("BZh is no bzip2\n"), SLICE("BZh is no bzip2\n"), "none");
    expect(SLICE("BZh9 is none either\n"), SLICE("BZh9 is none either\n"), "none");
    expect_anomaly(SLICE(""), SLICE(""), ANOMALY_EMPTY, 0);
}

static void test_gzip(void **state)
{
    struct arena m;
    (void)state;
    arena_init(&m);
    struct slice one = gzipped(&m, SLICE(HELLO)), two = gzipped(&m, one);
    expect(one, SLICE(HELLO), "gzip");
    expect(two, SLICE(HELLO), "gzip, gzip");
    struct slice large = noise(&m, 3000000);
    expect(gzipped(&m, gzipped(&m, large)), large, "gzip, gzip");
    expect_anomaly(slice_head(one, one.n - 3), SLICE(HELLO), ANOMALY_GZIP_TRUNCATED, one.n - 3);
    struct slice four = gzipped(&m, gzipped(&m, two)), five = gzipped(&m, four);
    expect(four, SLICE(HELLO), "gzip, gzip, gzip, gzip");
    expect_anomaly(five, one, ANOMALY_NESTED_TOO_DEEP, 0); /* the fifth layer is given as it is */
    arena_done(&m);
}

static void test_filters(void **state)
{
    const struct {
        int code;
        const char *name;
        struct slice nothing; /* printf '' | zstd …: libarchive writes none */
    } kinds[] = {
        {ARCHIVE_FILTER_ZSTD, "zstd", SLICE("\x28\xb5\x2f\xfd\x24\0\x01\0\0\x99\xe9\xd8\x51")},
        {ARCHIVE_FILTER_BZIP2, "bzip2", SLICE("BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0")},
        {ARCHIVE_FILTER_XZ, "xz",
         SLICE("\xfd\x37\x7a\x58\x5a\0\0\x04\xe6\xd6\xb4\x46\0\0\0\0\x1c\xdf\x44\x21\x1f\xb6\xf3\x7d\x01\0"
               "\0\0\0\x04\x59\x5a")},
        {ARCHIVE_FILTER_LZ4, "lz4", SLICE("\x04\x22\x4d\x18\x64\x40\xa7\0\0\0\0\x05\x5d\xcc\x02")},
    };
    struct arena m;
    (void)state;
    arena_init(&m);
    struct slice large = noise(&m, 3000000);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct slice small = filtered(&m, kinds[i].code, SLICE(HELLO));
        expect(small, SLICE(HELLO), kinds[i].name);
        expect(kinds[i].nothing, SLICE(""), kinds[i].name);
        expect(filtered(&m, kinds[i].code, large), large, kinds[i].name);
        expect(gzipped(&m, small), SLICE(HELLO), arena_printf(&m, "gzip, %s", kinds[i].name));
        expect(filtered(&m, kinds[i].code, gzipped(&m, SLICE(HELLO))), SLICE(HELLO),
               arena_printf(&m, "%s, gzip", kinds[i].name));
        /* Two bytes into the frame's only block: no text, and no silence. */
        expect_anomaly(slice_head(small, 12), SLICE(""), ANOMALY_COMPRESSED_TRUNCATED, 0);
    }
    arena_done(&m);
}

/* What was whole before the damage is a beginning of the text, most of it, and the anomaly says how much. */
static void test_filter_damage(void **state)
{
    struct arena m;
    struct reading r;
    (void)state;
    arena_init(&m);
    struct slice text = noise(&m, 3000000), whole = filtered(&m, ARCHIVE_FILTER_ZSTD, text);
    read_whole(&r, slice_head(whole, whole.n / 2));
    assert_in_range(r.text.n, text.n / 2 - 300000, text.n / 2);
    assert_memory_equal(r.text.p, text.p, r.text.n);
    assert_int_equal(anomalies(&r.source), 1);
    assert_int_equal(r.source.anomalies.v[0].kind, ANOMALY_COMPRESSED_TRUNCATED);
    assert_int_equal(r.source.anomalies.v[0].offset, r.text.n);
    reading_done(&r);
    whole = filtered(&m, ARCHIVE_FILTER_BZIP2, text); /* whose blocks have checksums */
    char *bytes = arena_alloc(&m, whole.n);
    memcpy(bytes, whole.p, whole.n);
    memset(bytes + whole.n / 2, 'X', 64);
    read_whole(&r, slice_of(bytes, whole.n));
    assert_in_range(r.text.n, text.n / 4, text.n * 3 / 4);
    assert_memory_equal(r.text.p, text.p,
                        800000); /* of the block of the damage all up to its checksum is read */
    assert_int_equal(anomalies(&r.source), 1);
    assert_int_equal(r.source.anomalies.v[0].kind, ANOMALY_COMPRESSED_DAMAGED);
    assert_int_equal(r.source.anomalies.v[0].offset, r.text.n);
    reading_done(&r);
    arena_done(&m);
}

static void test_utf16(void **state)
{
    struct arena m;
    (void)state;
    arena_init(&m);
    expect(SLICE("\xef\xbb\xbf" HELLO), SLICE(HELLO), "none");
    expect(SLICE("\xff\xfeh\0i\0\n\0"), SLICE("hi\n"), "utf-16");
    expect(SLICE("\xfe\xff\0h\0i\0\n"), SLICE("hi\n"), "utf-16");
    expect(SLICE("\xff\xfe\xe9\0\xac\x20"), SLICE("\xc3\xa9\xe2\x82\xac"), "utf-16");
    expect(SLICE("\xff\xfe\x3d\xd8\x00\xde"), SLICE("\xf0\x9f\x98\x80"), "utf-16"); /* U+1F600 */
    expect(SLICE("\xff\xfe\x3d\xd8x\0"), SLICE("\xef\xbf\xbdx"), "utf-16");         /* half a pair */
    expect(SLICE("\xff\xfe\x00\xdex\0"), SLICE("\xef\xbf\xbdx"), "utf-16");
    expect(gzipped(&m, SLICE("\xff\xfeh\0i\0")), SLICE("hi"), "gzip, utf-16");
    expect(gzipped(&m, SLICE("\xef\xbb\xbf" HELLO)), SLICE("" HELLO), "gzip");
    arena_done(&m);
}

static void expect_digest(struct slice stored, const char *due)
{
    char hex[65];
    struct source source;
    struct input in;
    source_init(&source, "test", NULL);
    source.memory = stored;
    assert_true(input_open(&in, &source, true));
    input_done(&in); /* reads what nobody asked for */
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", source.sha256[i]);
    assert_string_equal(hex, due);
    source_done(&source);
}

static void test_digest(void **state)
{
    (void)state;
    expect_digest(SLICE("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_digest(SLICE(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    /* printf '\037\213garbage' | sha256sum: of the stored bytes, whatever they inflate to */
    expect_digest(SLICE("\x1f\x8bgarbage"),
                  "460d8a1cfbca573ea478fd4cae7539d40d75c73f4b8b3715122eaf90f729f952");
}

static void test_pieces(void **state)
{
    struct source s[3];
    struct input in;
    struct buf text;
    struct arena m;
    (void)state;
    arena_init(&m);
    struct slice stored[] = {SLICE("{\"a\":\n1"), gzipped(&m, SLICE("2,\n\n")), SLICE("\"b\":3}\n")};
    for (uint32_t i = 0; i < 3; i++) {
        source_init(&s[i], "piece", NULL);
        s[i].memory = stored[i];
        s[i].index = i;
        s[i].next = i < 2 ? &s[i + 1] : NULL;
    }
    buf_init(&text, 0);
    assert_true(input_open(&in, &s[0], true));
    while (input_more(&in))
        ;
    (void)buf_append(&text, input_window(&in));
    assert_int_equal(text.n, 18);
    assert_memory_equal(text.p, "{\"a\":\n12,\n\n\"b\":3}\n", 18);
    struct loc one = input_loc(&in, 1, 0), two = input_loc(&in, 2, 8), three = input_loc(&in, 4, 11);
    assert_true(one.source == 0 && one.line == 1 && one.offset == 0);
    assert_true(two.source == 1 && two.line == 1 && two.offset == 1);
    assert_true(three.source == 2 && three.line == 1 && three.offset == 0);
    input_anomaly(&in, ANOMALY_JSON_DAMAGED, 4, 13, "x");
    assert_int_equal(s[2].anomalies.v[0].offset, 2);
    input_done(&in);
    assert_int_equal(s[0].bytes_decompressed, 7);
    assert_int_equal(s[1].bytes_decompressed, 4);
    assert_int_equal(s[1].bytes_read, stored[1].n);
    assert_int_equal(s[2].bytes_decompressed, 7);
    for (size_t i = 0; i < 3; i++)
        source_done(&s[i]);
    buf_done(&text);
    arena_done(&m);
}

/* 80 MiB of zeros under gzip twice: stops between the free 64 MiB and the end, with one anomaly. */
static void test_bomb(void **state)
{
    enum { ZEROS = 80 << 20 };
    struct arena m;
    struct reading r;
    (void)state;
    arena_init(&m);
    struct slice zeros = slice_of(arena_alloc(&m, ZEROS), ZEROS);
    read_whole(&r, gzipped(&m, zeros));
    assert_int_equal(r.text.n, ZEROS); /* deflate itself bounds one layer */
    assert_int_equal(anomalies(&r.source), 0);
    reading_done(&r);
    read_whole(&r, gzipped(&m, gzipped(&m, zeros)));
    assert_in_range(r.text.n, 64 << 20, ZEROS - 1);
    assert_int_equal(anomalies(&r.source), 1);
    assert_int_equal(r.source.anomalies.v[0].kind, ANOMALY_ARCHIVE);
    reading_done(&r);
    arena_done(&m);
}

enum { STAMP_EVERY = 4096 };

/* Dull text in which a place tells its own offset. */
static struct slice stamped(struct arena *m, size_t n)
{
    char *p = arena_alloc(m, n), stamp[24];
    memset(p, '.', n);
    for (size_t at = 0; at + STAMP_EVERY <= n; at += STAMP_EVERY)
        memcpy(p + at, stamp, (size_t)snprintf(stamp, sizeof stamp, "\n%zu ", at));
    return slice_of(p, n);
}

static void expect_at(struct source *known, struct slice text, uint64_t offset, uint64_t least)
{
    struct source again;
    struct input in;
    source_init(&again, "test", NULL);
    again.memory = known->memory;
    assert_true(input_open_at(&in, &again, known, offset));
    assert_in_range(in.offset, least, offset);
    while (in.offset + input_window(&in).n < offset + 64 && input_more(&in))
        input_advance(&in, input_window(&in).n > 64 && in.offset + input_window(&in).n < offset
                               ? input_window(&in).n - 64
                               : 0);
    struct slice there = slice_skip(input_window(&in), (size_t)(offset - in.offset));
    assert_memory_equal(there.p, text.p + offset, there.n < 64 ? there.n : 64);
    while (input_more(&in))
        input_advance(&in, input_window(&in).n);
    assert_int_equal(in.offset + input_window(&in).n, text.n);
    assert_int_equal(again.anomalies.n, 0);
    input_done(&in);
    source_done(&again);
}

static void test_keep_every(void **state)
{
    (void)state;
    assert_int_equal(source_keep_every(0), RESTART_LEAST);
    assert_int_equal(source_keep_every(50 << 20), RESTART_LEAST);
    assert_int_equal(source_keep_every(100 << 20), 1600 << 10);
    assert_int_equal(source_keep_every(UINT64_C(1) << 30), 16 << 20); /* 512 places in 8 GB of text */
}

/* Two members, the second one longer than the distance of two places. */
static void test_restart(void **state)
{
    enum { FIRST = 1 << 20, SECOND = 34 << 20 };
    struct arena m = {0};
    struct reading r;
    struct slice text = stamped(&m, FIRST + SECOND);
    struct slice a = gzipped(&m, slice_head(text, FIRST)), b = gzipped(&m, slice_skip(text, FIRST));
    char *both = arena_alloc(&m, a.n + b.n);
    (void)state;
    memcpy(both, a.p, a.n);
    memcpy(both + a.n, b.p, b.n);
    read_whole(&r, slice_of(both, a.n + b.n));
    assert_int_equal(r.text.n, text.n);
    assert_int_equal(r.source.restarts.n, 2);
    expect_at(&r.source, text, 0, 0);
    expect_at(&r.source, text, RESTART_EVERY - STAMP_EVERY, 0);
    expect_at(&r.source, text, RESTART_EVERY * 2, RESTART_EVERY - 1);
    expect_at(&r.source, text, FIRST + SECOND - STAMP_EVERY, 2 * RESTART_EVERY);
    reading_done(&r);
    read_whole(&r, slice_of(both, a.n + b.n - 1)); /* the end of what was cut is read from the begin */
    assert_true(source_lost(&r.source));
    assert_null(source_restart(&r.source, FIRST + SECOND));
    reading_done(&r);
    both[a.n - 8] ^= 1; /* behind damage no place is kept, and nothing is taken for one */
    read_whole(&r, slice_of(both, a.n + b.n));
    assert_int_equal(r.source.restarts.n, 0);
    assert_int_equal(r.shelf.bytes, 0);
    reading_done(&r);
    arena_done(&m);
}

static void test_unreadable(void **state)
{
    struct source s;
    struct input in;
    (void)state;
    source_init(&s, "nowhere", "/nonexistent/file");
    assert_false(input_open(&in, &s, true));
    input_done(&in);
    assert_int_equal(s.anomalies.n, 1);
    assert_int_equal(s.anomalies.v[0].kind, ANOMALY_UNREADABLE);
    source_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),      cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_filters),    cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_bomb),       cmocka_unit_test(test_filter_damage),
        cmocka_unit_test(test_digest),     cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_unreadable), cmocka_unit_test(test_restart),
        cmocka_unit_test(test_keep_every),

    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    input_done(&last);
    return failed;
}
