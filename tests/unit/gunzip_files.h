/* For test_gunzip.c and test_gunzip_damage.c: making of gzip files, reading of them in pieces, and what is
 * asked of every reading. Everything runs with both back ends. */
#ifndef TESTS_UNIT_GUNZIP_FILES_H
#define TESTS_UNIT_GUNZIP_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "parsers/gunzip.h"

#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

enum { ANY = 0, ALL = 1 << 30 }; /* pieces and rooms: of random size; everything at once */
enum { ROOM_MAX = 96 * 1024 };   /* more than the 64 KiB that ISA-L decodes beside the caller's room */
enum { HEADER_CRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16 };
enum { HEADER = 10, TRAILER = 8 };

static const struct inflate_backend *const backends[] = {
    &inflate_zlib,
#ifndef INFLATE_ZLIB
    &inflate_isal,
#endif
};
enum { BACKENDS = sizeof backends / sizeof backends[0] };

static uint32_t random_state = 1;
static inline uint32_t random_below(uint32_t n)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % n;
}

struct result {
    struct buf out;
    struct gunzip facts; /* its pointers are dead */
    size_t left;         /* input that was not wanted */
};

static inline size_t size_of(size_t wish, size_t most)
{
    size_t n = wish == ANY ? 1 + random_below(3000) : wish;
    return n < most ? n : most;
}

/* Reads on from `at` in `file`; the pieces are copied so that a sanitizer sees a step outside of them. */
static inline struct result read_on(struct gunzip *g, struct slice file, size_t piece, size_t room)
{
    struct result r = {0};
    struct slice in = SLICE("");
    char *lent = NULL;
    enum gunzip_status status;
    buf_init(&r.out, 0);
    do {
        size_t n = 0, want = size_of(room, ROOM_MAX);
        assert_true(buf_reserve(&r.out, want));
        status = gunzip_run(g, &in, r.out.p + r.out.n, want, &n);
        assert_true(n <= want);
        r.out.n += n;
        if (status != GUNZIP_MORE_INPUT)
            continue;
        assert_int_equal(in.n, 0);
        size_t step = size_of(piece, file.n);
        free(lent);
        lent = malloc(step + 1);
        memcpy(lent, file.p, step);
        in = slice_of(lent, step);
        file = slice_skip(file, step);
        if (step == 0)
            status = gunzip_finish(g);
    } while (status != GUNZIP_STOPPED);
    r.left = in.n + file.n;
    free(lent);
    r.facts = *g;
    return r;
}

static inline struct result gunzip_all(const struct inflate_backend *backend, struct slice file, size_t piece,
                                       size_t room)
{
    struct gunzip g;
    gunzip_init(&g, backend);
    struct result r = read_on(&g, file, piece, room);
    gunzip_done(&g);
    return r;
}

static inline void assert_bytes(struct slice got, struct slice expected)
{
    assert_int_equal(got.n, expected.n);
    assert_memory_equal(got.p, expected.p, expected.n);
}

static inline void assert_facts(const struct gunzip *a, const struct gunzip *b)
{
    assert_int_equal(a->members, b->members);
    assert_int_equal(a->consumed, b->consumed);
    assert_int_equal(a->produced, b->produced);
    assert_int_equal(a->padding, b->padding);
    assert_int_equal(a->damages, b->damages);
    assert_int_equal(a->damage.kind, b->damage.kind);
    assert_int_equal(a->damage.offset, b->damage.offset);
}

static inline bool facts_same(const struct gunzip *a, const struct gunzip *b)
{
    return a->members == b->members && a->consumed == b->consumed && a->damages == b->damages &&
           a->damage.kind == b->damage.kind && a->damage.offset == b->damage.offset;
}

/* What is expected of a file: with every back end, in several pieces and rooms. */
struct expected {
    struct slice text;
    uint64_t members, padding, damages;
    enum gunzip_damage_kind kind;
    uint64_t offset;
};

static const struct {
    size_t piece, room;
} cuts[] = {{ALL, ALL}, {1, ALL}, {1, 1}, {ALL, 1}, {7, 7}, {ALL, 7}, {ANY, ANY}, {ANY, ALL}, {5, 100}};
enum { CUTS = sizeof cuts / sizeof cuts[0] };

static inline void assert_file(struct slice file, struct expected e)
{
    for (size_t i = 0; i < BACKENDS * CUTS; i++) {
        struct result r = gunzip_all(backends[i / CUTS], file, cuts[i % CUTS].piece, cuts[i % CUTS].room);
        assert_bytes(buf_slice(&r.out), e.text);
        assert_int_equal(r.facts.produced, e.text.n);
        assert_int_equal(r.facts.members, e.members);
        assert_int_equal(r.facts.padding, e.padding);
        assert_int_equal(r.facts.damages, e.damages);
        assert_int_equal(r.facts.damage.kind, e.kind);
        assert_int_equal(r.facts.damage.offset, e.offset);
        assert_int_equal(r.facts.damage.sentence != NULL, e.damages > 0);
        if (e.kind != GUNZIP_DAMAGE_BAD_DATA)
            assert_int_equal(r.facts.consumed + r.left, file.n);
        if (e.damages == 0)
            assert_int_equal(r.facts.consumed, file.n);
        buf_done(&r.out);
    }
}

/* ---- making of files ---- */

static inline void put_le(struct buf *b, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        assert_true(buf_byte(b, (char)(value >> (8 * i) & 0xff)));
}

static inline void put_header(struct buf *b, unsigned flags)
{
    size_t at = b->n;
    put_le(b, 0x00088b1f | flags << 24, 4);
    put_le(b, 0x5b3c2a19, 4); /* some time */
    put_le(b, 0x0300, 2);     /* no extra flags, Unix */
    if (flags & EXTRA) {
        put_le(b, 5, 2);
        buf_append(b, SLICE("\x1f\x8b\x08\0\0"));
    }
    if (flags & NAME)
        buf_append(b, SLICE("000000.gz\0"));
    if (flags & COMMENT)
        buf_append(b, SLICE("said by hand\0"));
    if (flags & HEADER_CRC)
        put_le(b, (uint32_t)crc32(0, (const Bytef *)b->p + at, (uInt)(b->n - at)) & 0xffff, 2);
}

static inline void put_data(struct buf *b, struct slice text, int level, int strategy, size_t flush_every)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, -15, 9, strategy), Z_OK);
    int rc = Z_OK;
    while (rc != Z_STREAM_END) {
        size_t n = flush_every && flush_every < text.n ? flush_every : text.n;
        z.next_in = (const Bytef *)text.p;
        z.avail_in = (uInt)n;
        text = slice_skip(text, n);
        do {
            assert_true(buf_reserve(b, 4096));
            z.next_out = (Bytef *)b->p + b->n;
            z.avail_out = 4096;
            rc = deflate(&z, text.n > 0 ? Z_SYNC_FLUSH : Z_FINISH);
            b->n += 4096 - z.avail_out;
        } while (z.avail_out == 0);
    }
    deflateEnd(&z);
}

static inline void put_trailer(struct buf *b, struct slice text)
{
    put_le(b, (uint32_t)crc32(0, (const Bytef *)text.p, (uInt)text.n), 4);
    put_le(b, (uint32_t)text.n, 4);
}

static inline void put_member(struct buf *b, unsigned flags, struct slice text, int level, int strategy)
{
    put_header(b, flags);
    put_data(b, text, level, strategy, 0);
    put_trailer(b, text);
}

/* Lines that compress about as logs do. */
static inline struct buf make_text(size_t n)
{
    static const char *const words[] = {"START",    "REPORT",  "Duration:", "INFO",
                                        "retrying", "timeout", "bucket"};
    struct buf b;
    buf_init(&b, 0);
    while (b.n < n) {
        uint32_t r[6];
        for (size_t i = 0; i < 6; i++)
            r[i] = random_below(1u << 24);
        buf_printf(&b, "2026-11-20T06:14:%02u.%03uZ %s %08x %s %u ms\n", r[0] % 60, r[1] % 1000,
                   words[r[2] % 7], r[3], words[r[4] % 7], r[5] % 90000);
    }
    b.n = n;
    return b;
}

static inline struct buf make_noise(size_t n)
{
    struct buf b;
    buf_init(&b, 0);
    assert_true(buf_reserve(&b, n));
    for (; b.n < n; b.n++)
        b.p[b.n] = (char)random_below(256);
    return b;
}

/* The smallest header. */
#define PLAIN "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
/* The smallest member: a last block with the fixed code that holds its end alone. 20 bytes. */
#define EMPTY                                                                                                \
    PLAIN "\x03\x00"                                                                                         \
          "\0\0\0\0"                                                                                         \
          "\0\0\0\0"
/* A stored block; the checksum of "abc" is 352441c2. 10 + 8 + 8 bytes. */
#define STORED                                                                                               \
    PLAIN "\x01\x03\x00\xfc\xff"                                                                             \
          "abc"                                                                                              \
          "\xc2\x41\x24\x35"                                                                                 \
          "\x03\0\0\0"
/* A block with the fixed code; the checksum of "a" is e8b7be43. 10 + 3 + 8 bytes. */
#define FIXED                                                                                                \
    PLAIN "\x4b\x04\x00"                                                                                     \
          "\x43\xbe\xb7\xe8"                                                                                 \
          "\x01\0\0\0"

static inline void say_compared(void)
{
    if (BACKENDS == 1)
        print_message("built without ISA-L: only zlib is tested, nothing is compared\n");
}

#endif
