/* Raw deflate (RFC 1951), decoded by one of two back ends: ISA-L, which is fast, or zlib, which is
 * everywhere. -DINFLATE_ZLIB makes zlib the default and leaves ISA-L out; without it both are compiled, since
 * ISA-L's back end hands damaged streams to zlib's (see inflate_isal.c). gunzip.c is the only user. */
#ifndef PARSERS_INFLATE_H
#define PARSERS_INFLATE_H

#include "base/arena.h"
#include <stdint.h>

enum inflate_status {
    INFLATE_MORE_INPUT, /* all input is used, and written but for what inflate_finish may owe */
    INFLATE_MORE_ROOM,  /* the room is full; there may or may not be more to write */
    INFLATE_END,        /* the last block ended; *in begins with the first byte behind the stream */
    INFLATE_DAMAGED,    /* not deflate from here on; *in is meaningless, inflate_used() tells the place */
};

/* One stream being decoded. Each back end puts its own state behind this. */
struct inflate {
    const struct inflate_backend *backend;
};

struct inflate_backend {
    const char *name;
    struct inflate *(*create)(void);
    void (*free)(struct inflate *);
    void (*reset)(struct inflate *);
    struct inflate *(*copy)(struct inflate *, struct arena *);
    enum inflate_status (*run)(struct inflate *, struct slice *in, char *out, size_t room,
                               size_t *ret_written);
    enum inflate_status (*finish)(struct inflate *, char *out, size_t room, size_t *ret_written);
    uint64_t (*used)(const struct inflate *);
    uint32_t (*crc32)(uint32_t crc, const char *p, size_t n);
};

#ifndef INFLATE_ZLIB
extern const struct inflate_backend inflate_isal;
#endif
extern const struct inflate_backend inflate_zlib;
/* The back end of the program. */
extern const struct inflate_backend *const inflate_default;

/* For inflate_isal.c: makes `z`, of the zlib back end, stand at the head of a block in the middle of a
 * stream, behind `history` (at most 32 KiB, copied) and with the first `bits` (0 to 7) of what follows in
 * `value`. */
void inflate_zlib_start(struct inflate *z, struct slice history, unsigned bits, unsigned value);

/* At the start of a stream; to be freed. Never NULL: out of memory ends the program. */
static inline struct inflate *inflate_new(const struct inflate_backend *backend)
{
    return backend->create();
}

/* NULL is allowed. */
static inline void inflate_free(struct inflate *z)
{
    if (z)
        z->backend->free(z);
}

/* To the start of another stream, without allocating. */
static inline void inflate_reset(struct inflate *z)
{
    z->backend->reset(z);
}

/* Another at the same place of the same stream, to be freed; NULL when that is damaged. For data that was read before:
 * what the copy says of damage is of less worth. With an arena (else NULL) it may live there, and only be copied from. */
static inline struct inflate *inflate_copy(struct inflate *z, struct arena *arena)
{
    return z->backend->copy(z, arena);
}

/* Decodes from *in, which is advanced, to `out` of `room` (> 0) bytes. *ret_written is always set, and its
 * bytes are good whatever the status. Not to be called again after END or DAMAGED until reset. */
static inline enum inflate_status inflate_run(struct inflate *z, struct slice *in, char *out, size_t room,
                                              size_t *ret_written)
{
    return z->backend->run(z, in, out, room, ret_written);
}

/* Says that no input follows, after INFLATE_MORE_INPUT. ISA-L may owe a few bytes then. To be called, with
 * room
 * (> 0), until it returns something else than MORE_ROOM; MORE_INPUT says that the stream is cut and
 * everything written. */
static inline enum inflate_status inflate_finish(struct inflate *z, char *out, size_t room,
                                                 size_t *ret_written)
{
    return z->backend->finish(z, out, room, ret_written);
}

/* Bytes of this stream read so far. After END its length; after DAMAGED it counts the byte that was damaged.
 */
static inline uint64_t inflate_used(const struct inflate *z)
{
    return z->backend->used(z);
}

#endif
