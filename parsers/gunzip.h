/* Streaming gzip (RFC 1952): all members of a file, however many, with their checks. The caller brings the
 * bytes and the room; this keeps the facts. Bad gzip is evidence and not an error: what could be inflated is
 * delivered, and the damage is recorded.
 *
 *     gunzip_init(&g, inflate_default);
 *     for (;;) {
 *         status = gunzip_run(&g, &in, out, room, &n);     ... use n bytes ...
 *         if (status == GUNZIP_MORE_INPUT && !(... refill in ...))
 *             status = gunzip_finish(&g);
 *         if (status == GUNZIP_STOPPED)
 *             break;
 *     }
 *     ... g.damage, g.members ...
 *     gunzip_done(&g);
 *
 * Guaranteed, whatever the back end, the cutting of the input and the room: the same bytes and the same facts
 * for every whole file, for every file cut off anywhere, and for damaged ones, with the limits told in
 * inflate_isal.c. */
#ifndef PARSERS_GUNZIP_H
#define PARSERS_GUNZIP_H

#include "parsers/inflate.h"

#include <stdbool.h>

/* A member of an empty stream takes 20 bytes: this many already make a file of 320 MB with nothing in it. */
enum { GUNZIP_MEMBERS_MAX = 16 * 1024 * 1024 };

enum gunzip_status {
    GUNZIP_MORE_INPUT, /* *in is used up: bring more, or call gunzip_finish */
    GUNZIP_MORE_ROOM,  /* the room is full */
    GUNZIP_MEMBER_END, /* a member ended; call again for what follows it */
    GUNZIP_STOPPED,    /* nothing more will come; *in holds what is not wanted, and nothing after BAD_DATA */
};

enum gunzip_damage_kind {
    GUNZIP_DAMAGE_NONE,
    GUNZIP_DAMAGE_TRUNCATED,        /* offset: the number of bytes there are */
    GUNZIP_DAMAGE_BAD_HEADER,       /* the byte that cannot be; for a wrong header checksum, its first byte */
    GUNZIP_DAMAGE_BAD_DATA,         /* the last byte read of the deflate data */
    GUNZIP_DAMAGE_BAD_CRC,          /* the checksum */
    GUNZIP_DAMAGE_BAD_LENGTH,       /* the length behind the checksum */
    GUNZIP_DAMAGE_TRAILING_BYTES,   /* the first byte that is neither padding nor of a member */
    GUNZIP_DAMAGE_TOO_MANY_MEMBERS, /* the first member that was not read */
};

/* The first damage that was met. BAD_CRC, BAD_LENGTH and a wrong header checksum do not end the reading: the
 * bytes are delivered all the same and the next member follows. All other kinds do. */
struct gunzip_damage {
    enum gunzip_damage_kind kind;
    uint64_t offset;      /* in compressed bytes */
    const char *sentence; /* constant, without a full stop; NULL for NONE */
};

struct gunzip {
    /* Facts, to be read by the caller at any time. */
    uint64_t members;  /* whose header was read whole */
    uint64_t consumed; /* compressed bytes, but for what *in holds after STOPPED */
    uint64_t produced; /* inflated bytes handed out */
    uint64_t padding;  /* zero bytes between and behind members, which is not damage */
    uint64_t damages;  /* how many; `damage` is the first */
    struct gunzip_damage damage;

    /* Its own. */
    struct inflate *inflate;
    int state;
    unsigned flags; /* header parts still to come */
    unsigned have;  /* bytes of the present part in `part` */
    unsigned extra; /* bytes of the extra field still to skip */
    unsigned char part[10];
    uint64_t member_at, data_at; /* where the member and its deflate data begin */
    uint32_t header_crc, crc, length;
    bool ended; /* no input follows */
};

void gunzip_init(struct gunzip *g, const struct inflate_backend *backend);
/* To the start of another file, without allocating. */
void gunzip_reset(struct gunzip *g);
/* Makes `to` stand where `from` does; false when that has met damage. See inflate_copy. */
bool gunzip_copy(struct gunzip *to, const struct gunzip *from, struct arena *arena);
void gunzip_done(struct gunzip *g);

/* Reads from *in, which is advanced, and writes up to `room` (> 0) bytes to `out`; *ret_written is always
 * set. */
enum gunzip_status gunzip_run(struct gunzip *g, struct slice *in, char *out, size_t room,
                              size_t *ret_written);

/* Says that no input follows, after GUNZIP_MORE_INPUT. STOPPED: that was all, and the facts are final.
 * MORE_ROOM: bytes may be owed; call gunzip_run with an empty slice until it returns STOPPED. */
enum gunzip_status gunzip_finish(struct gunzip *g);

#endif
