/* JSON (RFC 8259) without a tree: a pull reader over bytes in memory, which checks what it skips, and a
 * framer that finds where one value of a stream ends. Nothing is copied or allocated; strings come back as
 * they stand, their escapes undone only on demand.
 *
 *     json_init(&j, value);
 *     if (json_enter_object(&j))
 *         while (json_next_key(&j, &key))
 *             slice_eq(key, SLICE("id")) ? json_string(&j, &id, &escaped) : json_skip(&j);
 *     ... j.error tells whether all of it was JSON ...
 *
 * Each value must be read or skipped exactly once. After an error every call returns false (JSON_END) and
 * changes nothing. Bytes of a string that are no UTF-8 pass: evidence is shown, not judged, by its encoding.
 * A string's raw control bytes and backslashes that begin no escape stand for themselves: it is no JSON then,
 * which `odd` tells, but it is read.
 */
#ifndef PARSERS_JSON_H
#define PARSERS_JSON_H

#include "base/buf.h"

#include <stdint.h>

enum json_type {
    JSON_END, /* no value here: the end of the text or an error */
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL
};

/* Deeper values are an error. Lambda's own limit for events is far below. */
enum { JSON_DEPTH_MAX = 2048 };

struct json {
    const char *p, *end;
    bool fresh;           /* behind an opening bracket: no comma is due */
    bool truncated;       /* the error is that the text ends */
    const char *error;    /* constant sentence without a full stop, NULL when all is well */
    const char *error_at; /* the byte that cannot be */
    const char *odd; /* as `error`: the first thing in a string that is no JSON and was read all the same */
    const char *odd_at;
};

void json_init(struct json *j, struct slice text);
/* The type of the value to come, by its first byte. */
enum json_type json_peek(struct json *j);
bool json_enter_object(struct json *j);
/* The next key (as it stands, without quotes), or false behind the object's end. */
bool json_next_key(struct json *j, struct slice *ret_key);
bool json_enter_array(struct json *j);
/* True before each item, false behind the array's end. */
bool json_next_item(struct json *j);
/* The bytes between the quotes; *ret_escaped when there are backslashes among them. */
bool json_string(struct json *j, struct slice *ret, bool *ret_escaped);
/* The same; false without an error when the value is no string (it is skipped). */
bool json_text(struct json *j, struct slice *ret, bool *ret_escaped);
/* The bytes of a whole value of any type. */
bool json_raw(struct json *j, struct slice *ret);
bool json_skip(struct json *j);
/* Only blanks are left. */
bool json_at_end(struct json *j);

/* Undoes the escapes of a string's bytes, appended to `out`. A lone surrogate becomes U+FFFD. False when
 * `out` has reached its maximum. */
bool json_decode(struct slice raw, struct buf *out);

/* The number `raw` times 10^shift, its fraction dropped: exact where a double is not (1733931461640310404,
 * 1.681339658206941E9). False when it is no number or does not fit. */
bool json_scaled(struct slice raw, int shift, int64_t *ret);
/* A time as any tool writes it, in ms: a number of seconds, ms, µs or ns (told apart by size), or a written
 * time. TIME_NONE when it is none. */
int64_t json_time(struct slice raw);

/* Goes on behind an error, with an item of the array that the reader was in. */
void json_resume(struct json *j, const char *item);

/* Where does the value end whose first bytes are at hand? For streams of values with nothing, blanks or lines
 * between them. A value that is no object or array ends with its line. A line end inside a string (no JSON,
 * but what a cut line looks like) ends the value too: `in_string` then tells it, and where the string turns out
 * to go on so may the framer, behind its closing quote with json_framer_close. */
struct json_framer {
    uint32_t depth;
    uint32_t
        items_depth; /* what an item of an array closes to: 1 where the value is the array, 2 for its members */
    size_t item; /* bytes of what was fed last up to and with the last bracket that closed to it; 0: none */
    bool started, bare, in_string, escape;
};
void json_framer_init(struct json_framer *f);
/* Bytes of `more` up to and with the value's last one; 0 when it goes on behind them. */
size_t json_framer_feed(struct json_framer *f, struct slice more);
static inline void json_framer_close(struct json_framer *f)
{
    f->in_string = f->escape = false;
}

#endif
