/* Streaming gzip (RFC 1952): the frame around deflate. A member is
 *
 *     1f 8b 08 flags mtime(4) xfl os  [extra] [name 0] [comment 0] [crc16]  deflate data  crc32(4) length(4)
 *
 * and every part of it may be cut anywhere, so the reader is a state for each part. inflate.h decodes the
 * data; input.c and quoting readers call this. */
#include "parsers/gunzip.h"

#include "base/err.h"

#include <stdlib.h>

enum gunzip_state {
    AT_MEMBER, /* in the fixed header, or before it */
    AT_EXTRA_LENGTH,
    AT_EXTRA,
    AT_NAME,
    AT_COMMENT,
    AT_HEADER_CRC,
    AT_DATA,
    AT_TRAILER,
    AT_STOP,
};

/* RFC 1952, 2.3.1. FLG.FTEXT (1) says nothing that matters here. */
enum {
    FLAG_HEADER_CRC = 2,
    FLAG_EXTRA = 4,
    FLAG_NAME = 8,
    FLAG_COMMENT = 16,
    FLAGS_PARTS = FLAG_HEADER_CRC | FLAG_EXTRA | FLAG_NAME | FLAG_COMMENT,
    FLAGS_RESERVED = 0xe0,
};
enum { FIXED_SIZE = 10, EXTRA_LENGTH_SIZE = 2, HEADER_CRC_SIZE = 2, TRAILER_SIZE = 8 };
enum { FIXED_ID1, FIXED_ID2, FIXED_METHOD, FIXED_FLAGS };
enum { ID1 = 0x1f, ID2 = 0x8b, METHOD_DEFLATE = 8 };

void gunzip_init(struct gunzip *g, const struct inflate_backend *backend)
{
    *g = (struct gunzip){.inflate = inflate_new(backend), .state = AT_MEMBER};
}

void gunzip_reset(struct gunzip *g)
{
    *g = (struct gunzip){.inflate = g->inflate, .state = AT_MEMBER};
}

bool gunzip_copy(struct gunzip *to, const struct gunzip *from, struct arena *arena)
{
    struct inflate *inflate = from->damages ? NULL : inflate_copy(from->inflate, arena);
    if (!inflate)
        return false;
    *to = *from;
    to->inflate = inflate;
    return true;
}

void gunzip_done(struct gunzip *g)
{
    if (!g)
        return;
    inflate_free(g->inflate);
    *g = (struct gunzip){.state = AT_STOP};
}

static void damage(struct gunzip *g, enum gunzip_damage_kind kind, uint64_t offset, const char *sentence)
{
    if (g->damages++ == 0)
        g->damage = (struct gunzip_damage){kind, offset, sentence};
}

static void stop(struct gunzip *g, enum gunzip_damage_kind kind, uint64_t offset, const char *sentence)
{
    damage(g, kind, offset, sentence);
    g->state = AT_STOP;
}

static uint32_t checksum(const struct gunzip *g, uint32_t crc, const char *p, size_t n)
{
    return g->inflate->backend->crc32(crc, p, n);
}

static uint32_t le16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t le32(const unsigned char *p)
{
    return le16(p) | le16(p + 2) << 16;
}

static void take(struct gunzip *g, struct slice *in, size_t n)
{
    *in = slice_skip(*in, n);
    g->consumed += n;
}

/* Bytes of the header, which its checksum covers. */
static void take_header(struct gunzip *g, struct slice *in, size_t n)
{
    g->header_crc = checksum(g, g->header_crc, in->p, n);
    take(g, in, n);
}

/* Gathers a part of fixed size; true when it is whole. It is then for the caller to set `have` back. */
static bool part_fill(struct gunzip *g, struct slice *in, unsigned size)
{
    unsigned missing = size - g->have;
    unsigned n = in->n < missing ? (unsigned)in->n : missing;
    if (n > 0)
        memcpy(g->part + g->have, in->p, n);
    g->have += n;
    take(g, in, n);
    return g->have == size;
}

/* ---- header ---- */

static void data_begin(struct gunzip *g)
{
    g->members++;
    g->state = AT_DATA;
    g->data_at = g->consumed;
    g->crc = 0;
    g->length = 0;
    inflate_reset(g->inflate);
}

/* To the next part that the flags announce, in the order of the file. */
static void header_next(struct gunzip *g)
{
    static const struct {
        unsigned flag;
        enum gunzip_state state;
    } parts[] = {
        {FLAG_EXTRA, AT_EXTRA_LENGTH},
        {FLAG_NAME, AT_NAME},
        {FLAG_COMMENT, AT_COMMENT},
        {FLAG_HEADER_CRC, AT_HEADER_CRC},
    };
    g->have = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (g->flags & parts[i].flag) {
            g->flags &= ~parts[i].flag;
            g->state = parts[i].state;
            return;
        }
    }
    data_begin(g);
}

/* Whether `byte` can stand there; if not, the reading ends. Before the first member there is no padding, and
 * behind it what does not begin like a member is no bad member, but something else. */
static bool fixed_good(struct gunzip *g, unsigned at, unsigned char byte)
{
    if (at == FIXED_ID1 && byte == ID1)
        g->member_at = g->consumed;
    bool id_good = at == FIXED_ID1 ? byte == ID1 : at != FIXED_ID2 || byte == ID2;
    if (!id_good && g->members > 0)
        stop(g, GUNZIP_DAMAGE_TRAILING_BYTES, at == FIXED_ID1 ? g->consumed : g->member_at,
             "bytes behind the gzip data that are not gzip");
    else if (!id_good)
        stop(g, GUNZIP_DAMAGE_BAD_HEADER, g->consumed, "not the two bytes that begin a gzip file");
    else if (at == FIXED_ID2 && g->members >= GUNZIP_MEMBERS_MAX)
        stop(g, GUNZIP_DAMAGE_TOO_MANY_MEMBERS, g->member_at, "more gzip members than the limit");
    else if (at == FIXED_METHOD && byte != METHOD_DEFLATE)
        stop(g, GUNZIP_DAMAGE_BAD_HEADER, g->consumed, "a compression method other than deflate");
    else if (at == FIXED_FLAGS && (byte & FLAGS_RESERVED))
        stop(g, GUNZIP_DAMAGE_BAD_HEADER, g->consumed, "a reserved flag is set in the gzip header");
    return g->state != AT_STOP;
}

static void skip_padding(struct gunzip *g, struct slice *in)
{
    size_t n = 0;
    while (n < in->n && in->p[n] == 0)
        n++;
    g->padding += n;
    take(g, in, n);
}

static void fixed_run(struct gunzip *g, struct slice *in)
{
    if (g->have == 0 && g->members > 0)
        skip_padding(g, in);
    if (g->have == 0)
        g->header_crc = 0;
    while (in->n > 0 && g->have < FIXED_SIZE) {
        unsigned char byte = (unsigned char)in->p[0];
        if (!fixed_good(g, g->have, byte))
            return;
        g->part[g->have++] = byte;
        take_header(g, in, 1);
    }
    if (g->have < FIXED_SIZE)
        return;
    g->flags = g->part[FIXED_FLAGS] & FLAGS_PARTS;
    header_next(g);
}

static void extra_length_run(struct gunzip *g, struct slice *in)
{
    if (!part_fill(g, in, EXTRA_LENGTH_SIZE))
        return;
    g->header_crc = checksum(g, g->header_crc, (const char *)g->part, EXTRA_LENGTH_SIZE);
    g->extra = le16(g->part);
    g->state = AT_EXTRA;
}

static void extra_run(struct gunzip *g, struct slice *in)
{
    unsigned n = in->n < g->extra ? (unsigned)in->n : g->extra;
    take_header(g, in, n);
    g->extra -= n;
    if (g->extra == 0)
        header_next(g);
}

/* A name or a comment: up to and with a zero byte, of any length. */
static void string_run(struct gunzip *g, struct slice *in)
{
    const char *zero = in->n > 0 ? memchr(in->p, 0, in->n) : NULL;
    take_header(g, in, zero ? (size_t)(zero - in->p) + 1 : in->n);
    if (zero)
        header_next(g);
}

static void header_crc_run(struct gunzip *g, struct slice *in)
{
    if (!part_fill(g, in, HEADER_CRC_SIZE))
        return;
    if (le16(g->part) != (g->header_crc & 0xffff))
        damage(g, GUNZIP_DAMAGE_BAD_HEADER, g->consumed - HEADER_CRC_SIZE,
               "the checksum of the gzip header is wrong");
    header_next(g);
}

/* ---- data and trailer ---- */

static enum gunzip_status data_run(struct gunzip *g, struct slice *in, char *out, size_t room,
                                   size_t *ret_written)
{
    size_t given = in->n;
    enum inflate_status status = g->ended ? inflate_finish(g->inflate, out, room, ret_written)
                                          : inflate_run(g->inflate, in, out, room, ret_written);
    g->crc = checksum(g, g->crc, out, *ret_written);
    g->length += (uint32_t)*ret_written; /* RFC 1952: modulo 2^32 */
    g->produced += *ret_written;
    if (status == INFLATE_DAMAGED) {
        g->consumed = g->data_at + inflate_used(g->inflate);
        *in = slice_skip(*in, in->n);
        stop(g, GUNZIP_DAMAGE_BAD_DATA, g->consumed - 1, "the compressed data is damaged");
        return GUNZIP_STOPPED;
    }
    g->consumed += given - in->n;
    if (status == INFLATE_END) {
        g->state = AT_TRAILER;
        g->have = 0;
    }
    return status == INFLATE_MORE_ROOM ? GUNZIP_MORE_ROOM : GUNZIP_MORE_INPUT;
}

/* True when the member ended. */
static bool trailer_run(struct gunzip *g, struct slice *in)
{
    if (!part_fill(g, in, TRAILER_SIZE))
        return false;
    uint64_t at = g->consumed - TRAILER_SIZE;
    if (le32(g->part) != g->crc)
        damage(g, GUNZIP_DAMAGE_BAD_CRC, at, "the checksum of the data is wrong");
    if (le32(g->part + 4) != g->length)
        damage(g, GUNZIP_DAMAGE_BAD_LENGTH, at + 4, "the length of the data is not the one that was noted");
    g->state = AT_MEMBER;
    g->have = 0;
    return true;
}

/* ---- the whole ---- */

/* The input ended outside of the deflate data, or in it and nothing is owed. */
static void end_reached(struct gunzip *g)
{
    if (g->state == AT_MEMBER && g->have == 0 && g->members > 0)
        g->state = AT_STOP;
    else
        stop(g, GUNZIP_DAMAGE_TRUNCATED, g->consumed, "the file ends in the middle of a gzip member");
}

static void header_run(struct gunzip *g, struct slice *in)
{
    switch (g->state) {
    case AT_MEMBER: fixed_run(g, in); break;
    case AT_EXTRA_LENGTH: extra_length_run(g, in); break;
    case AT_EXTRA: extra_run(g, in); break;
    case AT_HEADER_CRC: header_crc_run(g, in); break;
    default: string_run(g, in); break;
    }
}

enum gunzip_status gunzip_run(struct gunzip *g, struct slice *in, char *out, size_t room, size_t *ret_written)
{
    *ret_written = 0;
    while (g->state != AT_STOP) {
        int before = g->state;
        if (g->state == AT_DATA) {
            enum gunzip_status status = data_run(g, in, out, room, ret_written);
            if (status != GUNZIP_MORE_INPUT)
                return status;
        } else if (g->state == AT_TRAILER) {
            if (trailer_run(g, in))
                return GUNZIP_MEMBER_END;
        } else {
            header_run(g, in);
        }
        /* An empty extra field and an empty stream need no further byte: the next part is tried first. */
        if (in->n > 0 || g->state != before)
            continue;
        if (!g->ended)
            return GUNZIP_MORE_INPUT;
        end_reached(g);
    }
    return GUNZIP_STOPPED;
}

enum gunzip_status gunzip_finish(struct gunzip *g)
{
    g->ended = true;
    if (g->state == AT_DATA)
        return GUNZIP_MORE_ROOM;
    if (g->state != AT_STOP)
        end_reached(g);
    return GUNZIP_STOPPED;
}
