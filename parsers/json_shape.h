/* Values that look alike. The records of one source differ in their strings and numbers only; what stands
 * between these, a shape, is learned from one value that was read and then compared as bytes: no key is looked
 * at, and yet all of the value is checked. A fast path beside the pull reader: it gives what that gives, or
 * nothing. Internal to parsers/. */
#ifndef PARSERS_JSON_SHAPE_H
#define PARSERS_JSON_SHAPE_H

#include "parsers/json.h"

/* S3 event records have 25 values and 700 bytes, a third of them strings. */
enum { JSON_SHAPE_VALUES = 48, JSON_SHAPE_BYTES = 1024 };

struct json_shape {
    char text[JSON_SHAPE_BYTES]; /* what stands before each value and behind the last one, in a row */
    struct {
        uint16_t before; /* bytes of it */
        bool number;     /* whole and not negative; any other stands in `text` */
    } values[JSON_SHAPE_VALUES];
    size_t n; /* of values; 0: nothing was learned */
    uint16_t behind;
};

/* The shape of `value`, which must be JSON. ret[i] is its i-th string, without quotes, or number. False, and
 * nothing learned, when it is no object or array, has escapes, no values or more than fit. */
bool json_shape_learn(struct json_shape *s, struct slice value, struct slice ret[JSON_SHAPE_VALUES]);
/* Reads a value of the same shape at the front of `text`. Returns its length, 0 when none stands there. */
size_t json_shape_read(const struct json_shape *s, struct slice text, struct slice ret[JSON_SHAPE_VALUES]);

#endif
