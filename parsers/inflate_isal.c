/* The ISA-L back end: several times as fast as zlib on whole data, but no judge of damaged data. ISA-L takes
 * code tables that are not complete, tells no exact place of a fault, and decodes up to three symbols with
 * one look, so that a cut stream ends without its last ones. So whenever it reports a fault, or the input
 * ends early, the last part of the stream is decoded once more by zlib ("replay"): what was handed out
 * already is skipped, and from there on zlib's bytes, verdict and place count.
 *
 * For that the compressed bytes since a mark are kept in a log. The first mark is the start of the stream,
 * where zlib can start too. When MARK_EVERY more bytes are in the log, ISA-L's state is copied as a further
 * mark; the last two are kept, and the log from the older one on. zlib cannot start at such a mark: only at
 * the head of a block, with the 32 KiB before it and the odd bits. This anchor is looked for when there is
 * trouble and not before: ISA-L runs once more from the mark, given so few bytes at once that it runs dry
 * inside of a block header, which its public state shows. (A log of the whole stream was simpler, and took a
 * fifth of the speed.)
 *
 * Equal to zlib, then, are all whole streams that a compressor writes, and all cut ones. Of damaged ones
 * those in which ISA-L stumbles in the same step (of up to STEP_MAX bytes, or what the caller gives or has
 * room for) that reads the damage. Not guaranteed:
 *   - ISA-L decodes on where zlib refuses: a block with a table that has gaps or too many symbols, as long as
 * no gap is met. No compressor writes one; a flipped bit can, which the CRC of gzip then shows;
 *   - so a fault may be noticed steps later. The place is right then (or, behind MARK_EVERY bytes, late), but
 *     what was handed out cannot be taken back: these bytes are more than zlib's;
 *   - when no head of a block is in the log ISA-L's own word has to do: a cut stream may lack its last three
 *     symbols, damage is placed some bytes late, and how late depends on the cutting. This takes a block of
 * more than MARK_EVERY compressed bytes, 32 KiB of text as well (zlib's blocks are 10-60 KiB, libdeflate's up
 * to 200). */
#ifndef INFLATE_ZLIB
#include "base/buf.h"
#include "base/err.h"
#include "parsers/inflate.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

/* A mark is a copy of 55 KB; with the log it takes 1-2 % of the time. ISA-L's counts are 32 bits wide. */
enum { MARK_EVERY = 512 * 1024, STEP_MAX = 256 * 1024, ROOM_MAX = 1 << 30 };
/* A log that is larger than the first gets the room of the longest at once: two marks, and a step. */
enum { LOG_SMALL = 64 * 1024, LOG_ROOM = 2 * MARK_EVERY + STEP_MAX };
enum { SKIP_AT_ONCE = 16 * 1024 };
/* A header of a block with its own tables takes 60 to 100 bytes. One of 16 bytes input is 17 KB text at most.
 */
enum { SEEK_STEP = 16, HISTORY = 32 * 1024, SEEK_ROOM = 128 * 1024 };

struct isal_mark {
    uint64_t used, produced;     /* 0: the start of the stream, which needs no state */
    struct inflate_state *state; /* allocated when first needed */
};

struct isal_inflate {
    struct inflate base;
    uint64_t used, produced;

    struct buf log;              /* of the stream, from old.used to used */
    struct isal_mark old, young; /* the same `used` in both: there is no young one */

    struct inflate *judge; /* zlib, made when first needed */
    bool judging;          /* until reset */
    size_t replayed;       /* of the log */
    uint64_t skip;         /* bytes the judge still has to repeat in vain */
    uint64_t judge_from;   /* bytes of the stream before the judge's first one */
    bool shelved;          /* in an arena: nothing is to be freed */

    struct inflate_state state; /* last, see isal_create */
};

static struct isal_inflate *isal_of(struct inflate *z)
{
    return (struct isal_inflate *)z;
}

static struct inflate *isal_create(void)
{
    struct isal_inflate *z = malloc(sizeof *z);
    if (!z)
        err_oom();
    /* Not the 87 KB of state: ISA-L sets of it what must be. */
    memset(z, 0, offsetof(struct isal_inflate, state));
    isal_inflate_init(&z->state);
    z->state.crc_flag = ISAL_DEFLATE;
    z->base.backend = &inflate_isal;
    buf_init(&z->log, 0);
    return &z->base;
}

static void isal_free(struct inflate *base)
{
    struct isal_inflate *z = isal_of(base);
    if (z->shelved)
        return;
    inflate_free(z->judge);
    free(z->old.state);
    free(z->young.state);
    buf_done(&z->log);
    free(z);
}

static void isal_reset(struct inflate *base)
{
    struct isal_inflate *z = isal_of(base);
    isal_inflate_reset(&z->state);
    z->used = z->produced = 0;
    buf_clear(&z->log);
    z->old.used = z->old.produced = z->young.used = z->young.produced = 0;
    z->judging = false;
}

/* What of a state means anything: it ends with text, as far as that goes (32 KB in most cases, and room for 32 more). */
static size_t state_size(const struct inflate_state *state)
{
    return offsetof(struct inflate_state, tmp_out_buffer) + (size_t)state->tmp_out_valid;
}

static void state_copy(struct inflate_state *to, const struct inflate_state *from)
{
    memcpy(to, from, state_size(from));
}

/* Its state has no more room than it needs. */
static struct isal_inflate *isal_shelve(const struct isal_inflate *from, struct arena *arena)
{
    struct isal_inflate *z =
        arena_take(arena, offsetof(struct isal_inflate, state) + state_size(&from->state));
    memset(z, 0, offsetof(struct isal_inflate, state));
    z->base.backend = &inflate_isal;
    z->shelved = true;
    return z;
}

/* Without a log: behind its place there is no mark to begin at. */
static struct inflate *isal_copy(struct inflate *base, struct arena *arena)
{
    const struct isal_inflate *from = isal_of(base);
    if (from->judging)
        return NULL;
    struct isal_inflate *z = arena ? isal_shelve(from, arena) : isal_of(isal_create());
    state_copy(&z->state, &from->state);
    z->used = z->old.used = z->young.used = from->used;
    z->produced = z->old.produced = z->young.produced = from->produced;
    return &z->base;
}

/* ---- calling ISA-L ---- */

/* One call, which moves *in and *out. */
static int isal_call(struct inflate_state *state, struct slice *in, char **out, size_t room)
{
    uint32_t given = (uint32_t)in->n;
    /* ISA-L reads through a pointer to bytes that may be written. */
    union {
        const char *from;
        uint8_t *to;
    } input = {.from = in->p};
    state->next_in = input.to;
    state->avail_in = given;
    state->next_out = (uint8_t *)*out;
    state->avail_out = room < ROOM_MAX ? (uint32_t)room : ROOM_MAX;
    int rc = isal_inflate(state);
    *in = slice_skip(*in, given - state->avail_in);
    *out = (char *)state->next_out;
    return rc;
}

/* Whole bytes that ISA-L has read ahead into its bit buffer go back to the caller's input, as far as they are
 * of this step (`taken` bytes). What is older was left there for want of input, and so the stream cannot end
 * before it. The same holds in the middle of a block header, which besides is kept in a second buffer, behind
 * the bits. False when it ends there all the same. */
static bool hand_back(struct inflate_state *state, struct slice *in, size_t taken)
{
    if (state->block_state == ISAL_BLOCK_HDR)
        return true;
    size_t ahead = state->read_in_length > 0 ? (size_t)state->read_in_length / 8 : 0;
    size_t back = ahead < taken ? ahead : taken;
    state->read_in_length -= (int32_t)(8 * back);
    if (back > 0)
        state->read_in &= (UINT64_C(1) << state->read_in_length) - 1;
    *in = slice_of(in->p - back, in->n + back);
    return back == ahead || state->block_state != ISAL_BLOCK_FINISH;
}

/* A part of the input that is short enough for one call, and the verdict. False: a fault. */
static bool isal_step(struct inflate_state *state, struct slice *in, char *out, size_t room,
                      size_t *ret_written, enum inflate_status *ret_status)
{
    struct slice part = slice_head(*in, STEP_MAX);
    size_t given = part.n;
    char *at = out;
    bool good = isal_call(state, &part, &at, room) >= ISAL_DECOMP_OK;
    bool end = state->block_state == ISAL_BLOCK_FINISH;
    *ret_written = (size_t)(at - out);
    *ret_status = end ? INFLATE_END : *ret_written == room ? INFLATE_MORE_ROOM : INFLATE_MORE_INPUT;
    /* With input and room left, to do nothing would be a fault of its own. */
    if (*ret_status == INFLATE_MORE_INPUT && part.n > 0)
        good = good && (part.n < given || at > out);
    else if (*ret_status != INFLATE_MORE_INPUT)
        good = hand_back(state, &part, given - part.n) && good;
    *in = slice_skip(*in, given - part.n);
    return good;
}

/* ---- the log ---- */

static void mark_make(struct isal_mark *mark, const struct isal_inflate *z)
{
    if (!mark->state)
        mark->state = malloc(sizeof *mark->state);
    if (!mark->state)
        err_oom();
    state_copy(mark->state, &z->state);
    mark->used = z->used;
    mark->produced = z->produced;
}

static void log_add(struct isal_inflate *z, struct slice used)
{
    size_t want = z->log.n + used.n;
    want = want > LOG_SMALL && want < LOG_ROOM ? LOG_ROOM : want;
    (void)buf_reserve(&z->log, want - z->log.n);
    (void)buf_append(&z->log, used);
    if (z->used - z->young.used < MARK_EVERY)
        return;
    size_t drop = (size_t)(z->young.used - z->old.used);
    if (drop > 0) {
        struct isal_mark spare = z->old;
        z->old = z->young;
        z->young = spare;
        z->log.n -= drop;
        memmove(z->log.p, z->log.p + drop, z->log.n);
    }
    mark_make(&z->young, z);
}

/* ---- the anchor ---- */

struct isal_seek {
    struct inflate_state state;
    char text[SEEK_ROOM]; /* ends at `at` */
    char *at;
    uint64_t produced; /* since the mark */
};

/* Gives ISA-L a few bytes more and takes all text they make. False: a fault, or the end. */
static bool seek_step(struct isal_seek *seek, struct slice few)
{
    bool full;
    do {
        if (seek->at > seek->text + SEEK_ROOM / 2) {
            memmove(seek->text, seek->at - HISTORY, HISTORY);
            seek->at = seek->text + HISTORY;
        }
        char *before = seek->at;
        size_t room = (size_t)(seek->text + SEEK_ROOM - seek->at);
        if (isal_call(&seek->state, &few, &seek->at, room) < ISAL_DECOMP_OK)
            return false;
        full = (size_t)(seek->at - before) == room;
        seek->produced += (uint64_t)(seek->at - before);
    } while (full);
    return few.n == 0 && seek->state.block_state != ISAL_BLOCK_FINISH;
}

/* Looks in the log for a head of a block that zlib can start at, and starts it there. */
static bool judge_anchor(struct isal_inflate *z, struct isal_seek *seek)
{
    struct slice log = buf_slice(&z->log);
    state_copy(&seek->state, z->old.state);
    seek->at = seek->text;
    seek->produced = 0;
    for (size_t fed = 0; fed < log.n; fed += SEEK_STEP) {
        struct slice few = slice_head(slice_skip(log, fed), SEEK_STEP);
        if (!seek_step(seek, few) || seek->produced > z->produced - z->old.produced)
            return false;
        /* The header begins with the bits that were left, and goes on in the bytes that are kept of it. */
        int64_t bit =
            8 * (int64_t)(fed + few.n - (size_t)seek->state.tmp_in_size) - seek->state.read_in_length;
        if (seek->state.block_state != ISAL_BLOCK_HDR || seek->produced < HISTORY || bit < 0)
            continue;
        unsigned odd = (unsigned)bit % 8;
        unsigned value = odd ? (unsigned)(unsigned char)log.p[bit / 8] >> odd : 0;
        inflate_zlib_start(z->judge, slice_of(seek->at - HISTORY, HISTORY), odd ? 8 - odd : 0, value);
        z->replayed = (size_t)(bit + 7) / 8;
        z->skip = z->produced - z->old.produced - seek->produced;
        z->judge_from = z->old.used + z->replayed;
        return true;
    }
    return false;
}

/* False when there is no place to start at. */
static bool judge_start(struct isal_inflate *z)
{
    if (!z->judge)
        z->judge = inflate_new(&inflate_zlib);
    inflate_reset(z->judge);
    z->replayed = 0;
    z->skip = z->produced;
    z->judge_from = 0;
    z->judging = z->old.used == 0;
    if (z->judging || z->log.n == 0 || !z->old.state)
        return z->judging;
    struct isal_seek *seek = malloc(sizeof *seek);
    if (!seek)
        err_oom();
    z->judging = judge_anchor(z, seek);
    free(seek);
    return z->judging;
}

/* ---- replay ---- */

/* Decodes what is left of the log, then *in. */
static enum inflate_status judge_read(struct isal_inflate *z, struct slice *in, char *out, size_t room,
                                      size_t *ret_written)
{
    size_t from_log = 0, from_in = 0;
    struct slice log = slice_skip(buf_slice(&z->log), z->replayed);
    enum inflate_status status = inflate_run(z->judge, &log, out, room, &from_log);
    z->replayed = z->log.n - log.n;
    /* ISA-L cannot have read past the end that zlib sees: the bytes behind it could not be handed back. */
    if (status == INFLATE_END && log.n > 0)
        status = INFLATE_DAMAGED;
    if (status == INFLATE_MORE_INPUT)
        status = inflate_run(z->judge, in, out + from_log, room - from_log, &from_in);
    *ret_written = from_log + from_in;
    return status;
}

static enum inflate_status judge_run(struct isal_inflate *z, struct slice *in, char *out, size_t room,
                                     size_t *ret_written)
{
    char scratch[SKIP_AT_ONCE];
    *ret_written = 0;
    while (z->skip > 0) {
        size_t n = 0;
        enum inflate_status status =
            judge_read(z, in, scratch, z->skip < sizeof scratch ? (size_t)z->skip : sizeof scratch, &n);
        z->skip -= n;
        if (status != INFLATE_MORE_ROOM)
            return status;
    }
    return judge_read(z, in, out, room, ret_written);
}

/* ---- the back end ---- */

static enum inflate_status isal_run(struct inflate *base, struct slice *in, char *out, size_t room,
                                    size_t *ret_written)
{
    struct isal_inflate *z = isal_of(base);
    size_t total = 0, n = 0;
    enum inflate_status status;
    do {
        struct slice before = *in;
        bool good = !z->judging && isal_step(&z->state, in, out + total, room - total, &n, &status);
        if (!good && (z->judging || judge_start(z))) {
            *in = before;
            status = judge_run(z, in, out + total, room - total, &n);
            *ret_written = total + n;
            return status;
        }
        struct slice used = slice_head(before, before.n - in->n);
        z->used += used.n;
        z->produced += n;
        *ret_written = total += n;
        if (!good)
            return INFLATE_DAMAGED;
        if (status != INFLATE_END)
            log_add(z, used);
    } while (status == INFLATE_MORE_INPUT && in->n > 0);
    return status;
}

static enum inflate_status isal_finish(struct inflate *base, char *out, size_t room, size_t *ret_written)
{
    struct isal_inflate *z = isal_of(base);
    struct slice none = SLICE("");
    *ret_written = 0;
    if (!z->judging && !judge_start(z))
        return INFLATE_MORE_INPUT;
    return judge_run(z, &none, out, room, ret_written);
}

static uint64_t isal_used(const struct inflate *base)
{
    const struct isal_inflate *z = (const struct isal_inflate *)base;
    return z->judging ? z->judge_from + inflate_used(z->judge) : z->used;
}

static uint32_t isal_crc32(uint32_t crc, const char *p, size_t n)
{
    return crc32_gzip_refl(crc, (const unsigned char *)p, n);
}

const struct inflate_backend inflate_isal = {
    .name = "isa-l",
    .create = isal_create,
    .free = isal_free,
    .reset = isal_reset,
    .copy = isal_copy,
    .run = isal_run,
    .finish = isal_finish,
    .used = isal_used,
    .crc32 = isal_crc32,
};

const struct inflate_backend *const inflate_default = &inflate_isal;
#endif
