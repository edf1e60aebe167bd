/* Python's repr() of dicts, lists and what they hold, turned into JSON. Source: the language reference, 2.4.1, and what
 * repr() makes of strings: 'it\'s', "it's", 'tab\t', '\xe9', '\u20ac', '\U0001f600'.
 *     {'Records': [{'eventVersion': '2.1', 'eventSource': 'aws:s3', 'x': None, 'y': True}]}
 * A loop over the tokens with the brackets that are open beside it, so that depth costs no stack. */
#include "parsers/python.h"

#include "base/text.h"

struct reading {
    struct slice rest;
    struct buf *out;
    unsigned depth;
    char closes[PYTHON_DEPTH_MAX]; /* the bracket that ends each open one */
};

static void skip_space(struct reading *r)
{
    size_t n = 0;
    while (n < r->rest.n && slice_is_space(r->rest.p[n]))
        n++;
    r->rest = slice_skip(r->rest, n);
}

/* ---- strings ---- */

/* Four hexadecimal digits behind \u: what JSON has for any byte. */
static bool put_unit(struct buf *out, unsigned c)
{
    static const char digits[] = "0123456789abcdef";
    char escape[6] = {'\\',          'u', digits[c >> 12 & 15], digits[c >> 8 & 15], digits[c >> 4 & 15],
                      digits[c & 15]};
    return buf_append(out, slice_of(escape, sizeof escape));
}

static bool put_code(struct buf *out, uint32_t c)
{
    enum { PLANE = 0x10000, LAST = 0x10ffff };
    if (c < PLANE)
        return put_unit(out, c);
    return c <= LAST && put_unit(out, 0xd800 | (c - PLANE) >> 10) && put_unit(out, 0xdc00 | (c & 0x3ff));
}

/* \xNN, \uNNNN or \UNNNNNNNN, without its first two bytes. */
static bool take_code(struct reading *r, size_t digits)
{
    uint8_t bytes[4];
    uint32_t c = 0;
    if (!text_hex(&r->rest, digits, bytes))
        return false;
    for (size_t i = 0; i < digits / 2; i++)
        c = c << 8 | bytes[i];
    return put_code(r->out, c);
}

static bool take_escape(struct reading *r)
{
    if (r->rest.n < 2)
        return false;
    char c = r->rest.p[1], same[2] = {'\\', c};
    r->rest = slice_skip(r->rest, 2);
    switch (c) {
    case '\'': return buf_byte(r->out, c);
    case '\\':
    case '"':
    case 'n':
    case 'r':
    case 't': return buf_append(r->out, slice_of(same, 2));
    case 'x': return take_code(r, 2);
    case 'u': return take_code(r, 4);
    case 'U': return take_code(r, 8);
    default: return false;
    }
}

/* Bytes that JSON writes as Python does. */
static size_t plain_bytes(struct slice s, char quote)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != quote && s.p[n] != '\\' && s.p[n] != '"' && (unsigned char)s.p[n] >= ' ')
        n++;
    return n;
}

static bool take_string(struct reading *r)
{
    char quote = *r->rest.p;
    r->rest = slice_skip(r->rest, 1);
    if (!buf_byte(r->out, '"'))
        return false;
    while (r->rest.n) {
        size_t n = plain_bytes(r->rest, quote);
        if (!buf_append(r->out, slice_head(r->rest, n)))
            return false;
        r->rest = slice_skip(r->rest, n);
        if (r->rest.n == 0 || (unsigned char)*r->rest.p < ' ')
            return false;
        if (*r->rest.p == '\\') {
            if (!take_escape(r))
                return false;
            continue;
        }
        char c = *r->rest.p;
        r->rest = slice_skip(r->rest, 1);
        if (c == quote)
            return buf_byte(r->out, '"');
        if (!buf_append(r->out, SLICE("\\\""))) /* within single quotes */
            return false;
    }
    return false;
}

static bool at_string(struct reading *r)
{
    if (r->rest.n > 1 && (*r->rest.p == 'u' || *r->rest.p == 'b') &&
        (r->rest.p[1] == '\'' || r->rest.p[1] == '"'))
        r->rest = slice_skip(r->rest, 1);
    return r->rest.n && (*r->rest.p == '\'' || *r->rest.p == '"');
}

/* ---- the rest ---- */

static bool take_word(struct reading *r)
{
    static const struct {
        struct slice python, json;
    } words[] = {{{"None", 4}, {"null", 4}}, {{"True", 4}, {"true", 4}}, {{"False", 5}, {"false", 5}}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_literal(&r->rest, words[i].python))
            return buf_append(r->out, words[i].json);
    return false;
}

/* As it stands; Python 2 has an L behind long ones. */
static bool take_number(struct reading *r)
{
    size_t n = *r->rest.p == '-';
    if (n == r->rest.n || r->rest.p[n] < '0' || r->rest.p[n] > '9')
        return false;
    while (n < r->rest.n && memchr("0123456789+-.eE", r->rest.p[n], 15))
        n++;
    if (!buf_append(r->out, slice_head(r->rest, n)))
        return false;
    r->rest = slice_skip(r->rest, n);
    (void)text_char(&r->rest, 'L');
    return true;
}

static bool take_scalar(struct reading *r)
{
    if (at_string(r))
        return take_string(r);
    if (r->rest.n == 0)
        return false;
    return *r->rest.p == '-' || (*r->rest.p >= '0' && *r->rest.p <= '9') ? take_number(r) : take_word(r);
}

/* ---- brackets ---- */

static bool open_bracket(struct reading *r, char close)
{
    if (r->depth == PYTHON_DEPTH_MAX || !buf_byte(r->out, close == '}' ? '{' : '['))
        return false;
    r->closes[r->depth++] = close;
    r->rest = slice_skip(r->rest, 1);
    return true;
}

/* The end of the innermost bracket, if it stands here. */
static bool at_close(struct reading *r)
{
    skip_space(r);
    return r->depth > 0 && text_char(&r->rest, r->closes[r->depth - 1]);
}

static bool close_bracket(struct reading *r)
{
    return buf_byte(r->out, r->closes[--r->depth] == '}' ? '}' : ']');
}

/* In a dict the key that is due and its colon. */
static bool take_key(struct reading *r)
{
    if (r->depth == 0 || r->closes[r->depth - 1] != '}')
        return true;
    skip_space(r);
    if (!at_string(r) || !take_string(r))
        return false;
    skip_space(r);
    return text_char(&r->rest, ':') && buf_byte(r->out, ':');
}

/* Behind a value: ends what ends here, up to the comma before the next value. False at an error; *ret_end behind the whole
 * literal. */
static bool to_next(struct reading *r, bool *ret_end)
{
    while (r->depth > 0) {
        if (at_close(r)) {
            if (!close_bracket(r))
                return false;
            continue;
        }
        if (!text_char(&r->rest, ','))
            return false;
        if (!at_close(r)) { /* (1,) */
            *ret_end = false;
            return buf_byte(r->out, ',') && take_key(r);
        }
        if (!close_bracket(r))
            return false;
    }
    *ret_end = true;
    return true;
}

static char closing(struct slice rest)
{
    switch (rest.n ? *rest.p : '\0') {
    case '{': return '}';
    case '[': return ']';
    case '(': return ')';
    default: return '\0';
    }
}

bool python_json(struct slice text, struct buf *out)
{
    struct reading r = {.rest = text, .out = out, .depth = 0};
    bool end = false;
    while (!end) {
        skip_space(&r);
        char close = closing(r.rest);
        if (close && !open_bracket(&r, close))
            return false;
        if (close && !at_close(&r)) {
            if (!take_key(&r))
                return false;
            continue;
        }
        if (!(close ? close_bracket(&r) : take_scalar(&r)) || !to_next(&r, &end))
            return false;
    }
    return true;
}
