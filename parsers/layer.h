/* One wrapping of a source's bytes: gzip, another compression or UTF-16. Internal to input.c. */
#ifndef PARSERS_LAYER_H
#define PARSERS_LAYER_H

#include "parsers/input.h"

enum layer_kind { LAYER_GZIP, LAYER_FILTER, LAYER_UTF16LE, LAYER_UTF16BE };
enum { LAYER_BUFFER = 256 * 1024 };

struct layer {
    enum layer_kind kind;
    const char *name;
    struct input *in;
    unsigned level;
    struct gunzip gunzip;
    struct filter *filter;
    uint64_t produced;
    char *buffer; /* LAYER_BUFFER bytes: those of the layer below that were not used yet */
    struct slice unused;
    bool below_end, stopped;
};

/* Its name, or NULL when the bytes are not wrapped. */
const char *layer_wanted(struct slice head, enum layer_kind *ret);
/* A layer over the present top, to which the bytes already read are handed back. */
void layer_push(struct input *in, enum layer_kind kind, const char *name);
/* Up to `room` bytes of the text of a layer, or, of level 0, the stored ones; 0 at the end. */
size_t layer_read(struct input *in, unsigned level, char *out, size_t room);
/* Gives it up: the first one of gzip becomes the spare one. */
void layer_drop(struct input *in, struct layer *layer);
/* NULL is allowed. */
void layer_free(struct layer *layer);

/* Of input.c: the stored bytes, 0 at the end or on an error, which goes to the source; and what a layer finds
 * wrong. */
size_t input_stored(struct input *in, char *out, size_t room);
void input_note(struct input *in, enum anomaly_kind kind, uint64_t offset, const char *detail);

#endif
