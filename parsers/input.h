/* Opens one source and gives its text as a sliding window of decompressed bytes, whatever it is wrapped in:
 * gzip (all members, gzip inside gzip), zstd, bzip2, xz, lz4 and UTF-16. What is wrong with the wrapping or
 * with the bytes of the text goes to the source as an anomaly; the text before the damage is delivered. */
#ifndef PARSERS_INPUT_H
#define PARSERS_INPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "parsers/ahead.h"
#include "parsers/gunzip.h"
#include "parsers/limits.h"
#include "parsers/source.h"
#include "parsers/text_check.h"

#include <nettle/sha2.h>
#include <stdatomic.h>

struct layer;

struct input_piece {
    struct source *source;
    uint64_t offset, line; /* in the text of all; lines count from 1 */
};

struct input {
    struct source *source; /* the first one: entries and records are counted there */
    struct source *at;     /* the one whose bytes are being read */
    int fd;
    size_t memory_at; /* read position when the source is held in memory */
    uint64_t raw;     /* stored bytes of `at` read so far */
    bool failed, with_digest;
    bool raw_end; /* no stored byte is left */
    /* To set by the caller once it is open, or NULL: how many threads are idle. One of them reads ahead of the parser,
     * where the source is large and plain text or gzip, and is given back. What is read, and what is noted, stays the
     * same. */
    atomic_int *idle;
    struct ahead *ahead; /* fills the window from a thread of its own, or NULL */
    bool hold;           /* while it does: anomalies go to `held`, which is that thread's */
    VEC(struct anomaly) held;
    struct text_check check; /* with_digest: of the text of `at` */
    bool is_binary;          /* set by the reader of an archive: its bytes are no text */
    bool digesting;
    struct sha256_ctx digest; /* of the stored bytes, while `digesting` */
    struct layer *layers[LIMIT_NESTING + 1];
    unsigned depth;
    struct layer *spare; /* a layer of gzip from the source before, or NULL */
    struct arena *shelf; /* the caller's: where sources keep places of gzip files; NULL: they keep none */
    struct buf window;
    size_t start;    /* of the window in its buffer */
    uint64_t offset; /* of the window in the text */
    uint64_t lines;  /* line ends read so far; counted only for a text of several sources */
    bool end;        /* no byte follows the window */
    VEC(struct input_piece)
    pieces; /* where each source of a cut document begins in the text; one in most cases */
};

/* False when it cannot be opened or read; the source then holds the anomaly. Also for an archive that has been
 * unpacked: its members are sources of their own. The source must outlive the
 * input. `with_digest` is false for a second reading, which changes nothing in the source. Where source->next
 * is set, its text follows without a seam. */
bool input_open(struct input *in, struct source *source, bool with_digest);
/* The same with the buffers of the source before, which cost as much as a small file: `in` is all zero or
 * closed. */
bool input_reopen(struct input *in, struct source *source, bool with_digest);
/* A second reading, from the last place that `known`, which holds what the first one left, has at or before the
 * offset: in->offset tells which that is. */
bool input_open_at(struct input *in, struct source *source, const struct source *known, uint64_t offset);
/* The bytes at hand, lent until the next call of input_more or input_done. Inline, as is input_advance: both are
 * called for every line. */
static inline struct slice input_window(const struct input *in)
{
    return slice_of(in->window.p + in->start, in->window.n - in->start);
}
/* Adds bytes behind the window; false at the end of the text. */
bool input_more(struct input *in);
/* Drops bytes from the front of the window. */
static inline void input_advance(struct input *in, size_t n)
{
    in->start += n;
    in->offset += n;
}
/* The place of a line and offset of the text: in which source, where there. */
struct loc input_loc(const struct input *in, uint64_t line, uint64_t offset);
/* Notes an anomaly at a place of the text. */
void input_anomaly(struct input *in, enum anomaly_kind kind, uint64_t line, uint64_t offset,
                   const char *detail);
/* Says how many lines the whole text had. */
void input_lines(struct input *in, uint64_t lines);
/* Reads what is left of the stored bytes (for the digest), notes the figures in the source and closes. */
void input_close(struct input *in);
/* Closes, and frees what input_close keeps. */
void input_done(struct input *in);

/* True when stored bytes that begin so are not the text itself. */
bool input_wrapped(struct slice head);

/* Inflates a whole wrapped value (base64-decoded data of a record) of any depth into `out`, whose maximum
 * bounds it. What layers below another come to is taken off *left, and no more is read of them than that. False when it
 * is damaged or too much; what came before is in `out`. */
bool input_inflate(struct slice data, struct buf *out, uint64_t *left);

#endif
