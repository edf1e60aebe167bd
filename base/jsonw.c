/* Writing JSON. */
#include "base/jsonw.h"

#include <math.h>
#include <stdio.h>

static void before_value(struct jsonw *w)
{
    if (w->comma)
        buf_byte(w->out, ',');
    w->comma = true;
}

void jsonw_open(struct jsonw *w, char bracket)
{
    before_value(w);
    buf_byte(w->out, bracket);
    w->comma = false;
}

void jsonw_close(struct jsonw *w, char bracket)
{
    buf_byte(w->out, bracket);
    w->comma = true;
}

size_t utf8_length(const char *p, size_t n)
{
    unsigned char c = (unsigned char)*p;
    if (c < 0x80)
        return 1;
    size_t len = c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
    if (len == 0 || len > n)
        return 0;
    for (size_t i = 1; i < len; i++)
        if (((unsigned char)p[i] & 0xc0) != 0x80)
            return 0;
    unsigned char d = (unsigned char)p[1];
    bool overlong = (c == 0xe0 && d < 0xa0) || (c == 0xf0 && d < 0x90);
    bool outside = (c == 0xed && d >= 0xa0) || (c == 0xf4 && d >= 0x90);
    return overlong || outside ? 0 : len;
}

/* One that does not stand for itself. */
static void escape_byte(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"': buf_append(out, SLICE("\\\"")); return;
    case '\\': buf_append(out, SLICE("\\\\")); return;
    case '\n': buf_append(out, SLICE("\\n")); return;
    case '\r': buf_append(out, SLICE("\\r")); return;
    case '\t': buf_append(out, SLICE("\\t")); return;
    default: buf_printf(out, "\\u%04x", c);
    }
}

/* What stands for itself: ASCII but for the quote, the backslash and control bytes. */
static size_t plain_bytes(struct slice s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= ' ' && s.p[n] < 0x7f && s.p[n] != '"' && s.p[n] != '\\')
        n++;
    return n;
}

static void quoted(struct buf *out, struct slice s)
{
    buf_byte(out, '"');
    for (size_t len; s.n; s = slice_skip(s, len)) {
        if ((len = plain_bytes(s)) > 0) {
            buf_append(out, slice_head(s, len));
        } else if ((len = utf8_length(s.p, s.n)) > 1) {
            buf_append(out, slice_head(s, len));
        } else if (len == 1) {
            escape_byte(out, (unsigned char)*s.p);
        } else {
            buf_append(out, SLICE("\xef\xbf\xbd"));
            len = 1;
        }
    }
    buf_byte(out, '"');
}

void jsonw_key(struct jsonw *w, const char *key)
{
    before_value(w);
    quoted(w->out, slice_str(key));
    buf_byte(w->out, ':');
    w->comma = false;
}

void jsonw_string(struct jsonw *w, struct slice s)
{
    before_value(w);
    quoted(w->out, s);
}

void jsonw_i64(struct jsonw *w, int64_t v)
{
    enum { DIGITS_MAX = 20 }; /* of 2^63, with its sign */
    char text[DIGITS_MAX];
    size_t at = DIGITS_MAX;
    uint64_t left = v < 0 ? -(uint64_t)v : (uint64_t)v;
    do
        text[--at] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (v < 0)
        text[--at] = '-';
    before_value(w);
    buf_append(w->out, slice_of(text + at, DIGITS_MAX - at));
}

void jsonw_bool(struct jsonw *w, bool v)
{
    before_value(w);
    buf_append(w->out, v ? SLICE("true") : SLICE("false"));
}

void jsonw_null(struct jsonw *w)
{
    before_value(w);
    buf_append(w->out, SLICE("null"));
}

size_t decimal_print(struct decimal d, char ret[DECIMAL_TEXT_MAX])
{
    static const int64_t powers[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    int64_t scaled = d.scaled;
    long long whole = scaled / DECIMAL_SCALE, rest = scaled % DECIMAL_SCALE;
    unsigned digits = d.digits > DECIMAL_DIGITS_MAX ? 0 : d.digits;
    int n = digits ? snprintf(ret, DECIMAL_TEXT_MAX, "%lld.%0*lld", whole, (int)digits, rest / powers[digits])
                   : snprintf(ret, DECIMAL_TEXT_MAX, "%lld", whole);
    return n < 0 ? 0 : (size_t)n;
}

void jsonw_decimal(struct jsonw *w, struct decimal d)
{
    char text[DECIMAL_TEXT_MAX];
    if (!decimal_known(d)) {
        jsonw_null(w);
        return;
    }
    before_value(w);
    buf_append(w->out, slice_of(text, decimal_print(d, text)));
}

/* Digits of the largest double, sign, point and decimals. */
enum { DOUBLE_DECIMALS_MAX = 17, DOUBLE_TEXT_MAX = 309 + 3 + DOUBLE_DECIMALS_MAX };

void jsonw_double(struct jsonw *w, double v, int digits)
{
    char text[DOUBLE_TEXT_MAX];
    if (!isfinite(v)) {
        jsonw_null(w);
        return;
    }
    before_value(w);
    int n =
        snprintf(text, sizeof text, "%.*f", digits < DOUBLE_DECIMALS_MAX ? digits : DOUBLE_DECIMALS_MAX, v);
    if (memchr(text, '.', (size_t)n)) {
        while (text[n - 1] == '0')
            n--;
        if (text[n - 1] == '.')
            n--;
    }
    struct slice s = slice_of(text, (size_t)n);
    buf_append(w->out, slice_eq(s, SLICE("-0")) ? SLICE("0") : s);
}

void jsonw_time(struct jsonw *w, int64_t time)
{
    char text[TEXT_TIME_SIZE];
    if (time == TIME_NONE) {
        jsonw_null(w);
        return;
    }
    text_time_print(time, text);
    jsonw_string(w, slice_str(text));
}

void jsonw_raw(struct jsonw *w, struct slice json)
{
    before_value(w);
    buf_append(w->out, json);
}

/* ---- a key and its value ---- */

void jsonw_put_open(struct jsonw *w, const char *key, char bracket)
{
    jsonw_key(w, key);
    jsonw_open(w, bracket);
}

void jsonw_put_string(struct jsonw *w, const char *key, struct slice s)
{
    jsonw_key(w, key);
    jsonw_string(w, s);
}

void jsonw_put_i64(struct jsonw *w, const char *key, int64_t v)
{
    jsonw_key(w, key);
    jsonw_i64(w, v);
}

void jsonw_put_count(struct jsonw *w, const char *key, uint64_t n)
{
    jsonw_put_i64(w, key, (int64_t)n);
}

void jsonw_put_double(struct jsonw *w, const char *key, double v, int digits)
{
    jsonw_key(w, key);
    jsonw_double(w, v, digits);
}

void jsonw_put_bool(struct jsonw *w, const char *key, bool v)
{
    jsonw_key(w, key);
    jsonw_bool(w, v);
}

void jsonw_put_time(struct jsonw *w, const char *key, int64_t time)
{
    jsonw_key(w, key);
    jsonw_time(w, time);
}

void jsonw_put_string_or_null(struct jsonw *w, const char *key, struct slice s)
{
    jsonw_key(w, key);
    if (s.n)
        jsonw_string(w, s);
    else
        jsonw_null(w);
}

void jsonw_put_count_or_null(struct jsonw *w, const char *key, bool known, uint64_t n)
{
    jsonw_key(w, key);
    if (known)
        jsonw_i64(w, (int64_t)n);
    else
        jsonw_null(w);
}
