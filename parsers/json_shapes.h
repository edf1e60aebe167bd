/* Values that look alike. The records of one source, and the lines of one program, differ in their strings and numbers
 * only. What stands between these is learned from a value that was read, and then compared as bytes: no key is looked at,
 * and yet all of the value is checked. Shapes that begin alike share their begin, so that none is looked for twice: they
 * are a tree, whose branches are what stands before a value. A fast path beside the pull reader: it gives what that gives,
 * or nothing. Whoever reads sources keeps it for them; learning and reading are internal to parsers/. */
#ifndef PARSERS_JSON_SHAPES_H
#define PARSERS_JSON_SHAPES_H

#include "base/vec.h"
#include "parsers/json.h"

/* S3 event records have 25 values and 700 bytes, a third of them strings. What has more values is not learned; when the
 * tree has grown to its limit all is forgotten. */
enum { JSON_SHAPES_VALUES = 64, JSON_SHAPES_PARTS = 4096, JSON_SHAPES_BYTES = 64 * 1024 };

/* A string, without quotes, or a number that the caller wants, and what it is to the caller: 1 to 255. */
struct json_field {
    struct slice text;
    uint8_t field;
};

struct json_found {
    struct json_field fields[JSON_SHAPES_VALUES]; /* in the order of the text */
    size_t n;
    uint32_t outcome; /* whatever else the caller wants to know of the shape */
};

/* What stands before a value, or behind the last one. */
struct json_part {
    uint32_t text, n; /* in json_shapes.bytes */
    union {
        uint32_t child;   /* the first of those that may come behind the value; 0: none */
        uint32_t outcome; /* of the last one */
    };
    uint32_t sibling; /* the next that may stand here, too */
    uint8_t kind, field;
};

/* All zero when nothing is known. */
struct json_shapes {
    VEC(struct json_part) parts; /* the first is what comes before all: nothing */
    struct buf bytes;
    size_t tried; /* how often one was to be learned */
    size_t used;  /* how often one fitted: counted by the caller */
};

void json_shapes_done(struct json_shapes *s);
/* A new source may be of another kind: what is known stays, and whether shapes are of use is asked anew. */
void json_shapes_begin(struct json_shapes *s);
/* False for what will not be learned: no object or array, one with escapes or too long, or any when shapes have proved to be
 * of no use. Asked before a value is looked at for it. */
bool json_shapes_may_learn(const struct json_shapes *s, struct slice value);
/* Learns the shape of `value`, which must be JSON without anything odd, and that a value like it has found->fields; those of
 * them that do not lie in it are none. A string at `fixed` (NULL: there is none) stands for itself. Nothing is learned of
 * what has no values or too many, or a field that is neither a string nor a plain number. */
void json_shapes_learn(struct json_shapes *s, struct slice value, const struct json_found *found,
                       const char *fixed);
/* Reads a value of a known shape at the front of `text`. Returns its length, 0 when none stands there. */
size_t json_shapes_read(struct json_shapes *s, struct slice text, struct json_found *ret);

#endif
