/* Opens one source and gives its text as a sliding window of decompressed bytes, whatever it is wrapped in:
 * gzip (all members, gzip inside gzip) and UTF-16. What is wrong with the wrapping goes to the source as an
 * anomaly; the text before the damage is delivered. */
#ifndef PARSERS_INPUT_H
#define PARSERS_INPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "parsers/gunzip.h"
#include "parsers/limits.h"
#include "parsers/source.h"

struct input_layer;

struct input {
    struct source *source;
    int fd;
    size_t memory_at; /* read position when the source is held in memory */
    bool fd_end, failed;
    void *digest; /* SHA-256 of the stored bytes, while they are read */
    struct input_layer *layers[LIMIT_NESTING + 1];
    unsigned depth;
    struct buf window;
    size_t start;    /* of the window in its buffer */
    uint64_t offset; /* of the window in the text */
    bool end;        /* no byte follows the window */
};

/* False when it cannot be opened or read; the source then holds the anomaly. The source must outlive the
 * input. `with_digest` is false for a second reading. */
bool input_open(struct input *in, struct source *source, bool with_digest);
/* The bytes at hand, lent until the next call of input_more or input_done. */
struct slice input_window(const struct input *in);
/* Adds bytes behind the window; false at the end of the text. */
bool input_more(struct input *in);
/* Drops bytes from the front of the window. */
void input_advance(struct input *in, size_t n);
/* Reads what is left of the stored bytes (for the digest), notes the figures in the source and closes. */
void input_done(struct input *in);

/* Inflates a whole wrapped value (base64-decoded data of a record) of any depth into `out`, whose maximum
 * bounds it. False when it is damaged; what came before the damage is in `out`. */
bool input_inflate(struct slice data, struct buf *out);

#endif
