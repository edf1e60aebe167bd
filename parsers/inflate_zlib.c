/* The zlib back end: the portable one, and the judge of damage for both. zlib reads no whole byte before it
 * needs a bit of it, refuses code tables that are not complete, and hands out every symbol before a fault;
 * its total_in at a fault therefore does not depend on how the input was cut. */
#include "base/err.h"
#include "parsers/inflate.h"

#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

enum { RAW_DEFLATE = -15, CALL_MAX = 1 << 30 };

struct zlib_inflate {
    struct inflate base;
    z_stream stream;
    uint64_t used; /* stream.total_in is 32 bits wide on some systems */
};

static struct zlib_inflate *zlib_of(struct inflate *z)
{
    return (struct zlib_inflate *)z;
}

static struct inflate *zlib_create(void)
{
    struct zlib_inflate *z = calloc(1, sizeof *z);
    if (!z || inflateInit2(&z->stream, RAW_DEFLATE) != Z_OK)
        err_oom();
    z->base.backend = &inflate_zlib;
    return &z->base;
}

static void zlib_free(struct inflate *base)
{
    inflateEnd(&zlib_of(base)->stream);
    free(base);
}

static void zlib_reset(struct inflate *base)
{
    inflateReset(&zlib_of(base)->stream);
    zlib_of(base)->used = 0;
}

static struct inflate *zlib_copy(struct inflate *base, struct arena *arena)
{
    (void)arena; /* zlib's own memory is in pieces */
    struct zlib_inflate *from = zlib_of(base), *z = calloc(1, sizeof *z);
    if (!z || inflateCopy(&z->stream, &from->stream) != Z_OK)
        err_oom();
    z->base.backend = &inflate_zlib;
    z->used = from->used;
    return &z->base;
}

static enum inflate_status zlib_run(struct inflate *base, struct slice *in, char *out, size_t room,
                                    size_t *ret_written)
{
    struct zlib_inflate *z = zlib_of(base);
    size_t total = 0;
    for (;;) {
        uInt given = in->n < CALL_MAX ? (uInt)in->n : CALL_MAX;
        uInt place = room - total < CALL_MAX ? (uInt)(room - total) : CALL_MAX;
        z->stream.next_in = (const Bytef *)in->p;
        z->stream.avail_in = given;
        z->stream.next_out = (Bytef *)out + total;
        z->stream.avail_out = place;
        int rc = inflate(&z->stream, Z_NO_FLUSH);
        *in = slice_skip(*in, given - z->stream.avail_in);
        z->used += given - z->stream.avail_in;
        total += place - z->stream.avail_out;
        *ret_written = total;
        if (rc == Z_MEM_ERROR)
            err_oom();
        if (rc == Z_STREAM_END)
            return INFLATE_END;
        if (rc != Z_OK && rc != Z_BUF_ERROR)
            return INFLATE_DAMAGED;
        if (total == room)
            return INFLATE_MORE_ROOM;
        if (in->n == 0)
            return INFLATE_MORE_INPUT;
    }
}

/* zlib owes nothing at the end of the input. */
static enum inflate_status zlib_finish(struct inflate *base, char *out, size_t room, size_t *ret_written)
{
    struct slice none = SLICE("");
    return zlib_run(base, &none, out, room, ret_written);
}

static uint64_t zlib_used(const struct inflate *base)
{
    return ((const struct zlib_inflate *)base)->used;
}

static uint32_t zlib_crc32(uint32_t crc, const char *p, size_t n)
{
    return (uint32_t)crc32_z(crc, (const Bytef *)p, n);
}

void inflate_zlib_start(struct inflate *base, struct slice history, unsigned bits, unsigned value)
{
    z_stream *stream = &zlib_of(base)->stream;
    zlib_reset(base);
    if (history.n > 0)
        inflateSetDictionary(stream, (const Bytef *)history.p, (uInt)history.n);
    inflatePrime(stream, (int)bits, (int)value);
}

const struct inflate_backend inflate_zlib = {
    .name = "zlib",
    .create = zlib_create,
    .free = zlib_free,
    .reset = zlib_reset,
    .copy = zlib_copy,
    .run = zlib_run,
    .finish = zlib_finish,
    .used = zlib_used,
    .crc32 = zlib_crc32,
};

#ifdef INFLATE_ZLIB
const struct inflate_backend *const inflate_default = &inflate_zlib;
#endif
