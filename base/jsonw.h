/* Writes JSON into a buffer: commas, escapes and numbers in one place. Bytes that are no valid UTF-8 come out
 * as U+FFFD, control bytes as \u00XX, so that the result is valid whatever the log held. */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include "base/buf.h"
#include "base/text.h"

struct jsonw {
    struct buf *out;
    bool comma; /* a value stands before the next one */
};

void jsonw_open(struct jsonw *w, char bracket); /* '{' or '[' */
void jsonw_close(struct jsonw *w, char bracket);
void jsonw_key(struct jsonw *w, const char *key);
void jsonw_string(struct jsonw *w, struct slice s);
void jsonw_i64(struct jsonw *w, int64_t v);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_null(struct jsonw *w);
/* With the evidence's own decimals; null when there is none. */
void jsonw_decimal(struct jsonw *w, struct decimal d);
/* `digits` decimals, trailing zeros dropped; null when it is no finite number. */
void jsonw_double(struct jsonw *w, double v, int digits);
/* RFC 3339 with milliseconds, or null for TIME_NONE. */
void jsonw_time(struct jsonw *w, int64_t time);
/* Text that is JSON already. */
void jsonw_raw(struct jsonw *w, struct slice json);

/* ---- a key and its value ---- */

void jsonw_put_open(struct jsonw *w, const char *key, char bracket);
void jsonw_put_string(struct jsonw *w, const char *key, struct slice s);
void jsonw_put_i64(struct jsonw *w, const char *key, int64_t v);
void jsonw_put_count(struct jsonw *w, const char *key, uint64_t n);
void jsonw_put_double(struct jsonw *w, const char *key, double v, int digits);
void jsonw_put_bool(struct jsonw *w, const char *key, bool v);
void jsonw_put_time(struct jsonw *w, const char *key, int64_t time);
/* null when it is empty; when it is not known. */
void jsonw_put_string_or_null(struct jsonw *w, const char *key, struct slice s);
void jsonw_put_count_or_null(struct jsonw *w, const char *key, bool known, uint64_t n);

/* The decimals as written: 12.34. Returns the length. */
enum { DECIMAL_TEXT_MAX = 32 };
size_t decimal_print(struct decimal d, char ret[DECIMAL_TEXT_MAX]);
/* Length of the valid UTF-8 character at p (1 to 4), or 0 when the bytes are none. */
size_t utf8_length(const char *p, size_t n);

#endif
