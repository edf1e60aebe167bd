/* The ISA-L back end: two to five times as fast as zlib on whole data, but no judge of damaged data. It takes
 * code tables that are not complete, looks several symbols ahead, and says neither where it stopped nor hands
 * out the last symbols of a cut stream. So whenever something is wrong, or the input ends early, the last part
 * of the stream is decoded once more by zlib, whose verdict, bytes and place count ("replay"). For that the
 * compressed bytes since an anchor are kept in a log. An anchor is a place zlib can start from: the head of a
 * block, the 32 KiB before it and the odd bits. The first is the start of the stream; a new one is looked for
 * whenever the log has grown by SEEK_AFTER, by handing ISA-L so few bytes at once that it runs dry inside of a
 * block header, which its public state shows.
 *
 * Equal to zlib, then, are all whole streams that a compressor writes, and all cut ones. Of damaged ones, those
 * in which ISA-L stumbles in the same call, or (seen by gaps in its table, even when it reads on happily) in
 * the block that is open when the call returns. Not guaranteed, by nature of the library:
 *   - a table with gaps in the middle of one call, in a stream that never meets a gap: ISA-L decodes it, zlib
 *     refuses it. No compressor writes one. A flipped bit can, which the CRC of gzip then shows or not;
 *   - what was handed out by an earlier call cannot be taken back;
 *   - behind LOG_MAX compressed bytes without a block header that was found, ISA-L's own word has to do: a cut
 *     stream may then lack its last three symbols, and damage is placed at the end of the call's input. */
#ifndef INFLATE_ZLIB
#include "base/buf.h"
#include "base/err.h"
#include "parsers/inflate.h"

#include <assert.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

/* Seeking runs at a fraction of the speed, over one block (10-60 KiB as zlib writes them). */
#define SEEK_AFTER ((size_t)1 << 20)
#define SEEK_SPAN  ((size_t)256 << 10)
#define LOG_MAX    ((size_t)64 << 20)
enum { SEEK_STEP = 16, CALL_MAX = 1 << 30, HISTORY = 32 * 1024 };

struct isal_inflate {
    struct inflate base;
    struct inflate_state state;
    uint64_t used, produced;

    struct buf log; /* stream bytes from anchor_used on */
    bool log_lost;  /* it grew too long: no replay before the next anchor */
    size_t seek_at; /* length of the log at which to look for an anchor */
    size_t unseen;  /* bytes since the anchor that are not in the log, when lost */
    uint64_t anchor_used, anchor_produced;
    unsigned bits, value; /* before the log's first byte */
    size_t history_n;
    char history[HISTORY];

    struct inflate *judge; /* zlib, made when first needed */
    bool replaying;
    size_t replayed; /* of the log */
    uint64_t skip;   /* bytes the judge still has to repeat in vain */
};
