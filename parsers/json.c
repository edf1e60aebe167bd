/* The pull reader. Strings are most of what logs hold: json_scan.h searches them. The framer is in
 * json_framer.c. */
#include "parsers/json.h"

#include "base/text.h"
#include "parsers/json_scan.h"

static bool fail(struct json *j, const char *at, const char *sentence)
{
    if (!j->error) {
        j->error = sentence;
        j->error_at = at;
        j->truncated = at >= j->end;
    }
    j->p = j->end;
    return false;
}

/* Notes what is no JSON and is passed over. */
static void pass(struct json *j, const char *at, const char *sentence)
{
    if (!j->odd) {
        j->odd = sentence;
        j->odd_at = at;
    }
}

void json_init(struct json *j, struct slice text)
{
    *j = (struct json){.p = text.p, .end = text.p + text.n};
}

void json_resume(struct json *j, const char *item)
{
    j->p = item;
    j->fresh = true;
    j->truncated = false;
    j->error = j->error_at = NULL;
}

/* Behind the blanks at p, of which the first is one: an indentation, for the most part. */
static __attribute__((noinline)) const char *skip_indent(const char *p, const char *end)
{
#if defined(__SSE2__)
    const __m128i space = _mm_set1_epi8(' ');
    while (end - p > 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
        unsigned other = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, space)) ^ 0xffffu;
        p += 1 + (other ? __builtin_ctz(other) : 16 - 1);
        if (!json_scan_blank(*p))
            return p;
    }
#endif
    while (p < end && json_scan_blank(*p))
        p++;
    return p;
}

/* Most values and keys have no blank before them, or one. */
static inline const char *skip_blanks(const char *p, const char *end)
{
    if (p == end || (unsigned char)*p > ' ' || !json_scan_blank(*p))
        return p;
    return end - p > 1 && (unsigned char)p[1] > ' ' ? p + 1 : skip_indent(p, end);
}

static const uint8_t types[256] = {
    ['{'] = JSON_OBJECT, ['['] = JSON_ARRAY, ['"'] = JSON_STRING,         ['t'] = JSON_TRUE,
    ['f'] = JSON_FALSE,  ['n'] = JSON_NULL,  ['0' ... '9'] = JSON_NUMBER, ['-'] = JSON_NUMBER,
};

/* After an error the reader stands at its end. */
static inline enum json_type peek(struct json *j)
{
    j->p = skip_blanks(j->p, j->end);
    return j->p < j->end ? types[(uint8_t)*j->p] : JSON_END;
}

enum json_type json_peek(struct json *j)
{
    return peek(j);
}

/* ---- strings ---- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* What a byte behind a backslash stands for; NUL: it is no escape. */
static const char escapes[256] = {
    ['n'] = '\n', ['t'] = '\t', ['r'] = '\r',  ['b'] = '\b',
    ['f'] = '\f', ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',
};

/* Behind the escape at p, or behind its backslash when it is none; NULL and an error where the text ends. */
static const char *take_escape(struct json *j, const char *p)
{
    if (p + 1 >= j->end)
        return fail(j, j->end, "the text ends inside a string"), NULL;
    if (p[1] != 'u')
        return escapes[(uint8_t)p[1]] ? p + 2 : (pass(j, p + 1, "no such escape"), p + 1);
    for (int i = 2; i < 6; i++) {
        if (p + i >= j->end)
            return fail(j, j->end, "the text ends inside a string"), NULL;
        if (!is_hex(p[i]))
            return pass(j, p + i, "no hexadecimal digit"), p + 2;
    }
    return p + 6;
}

/* From the first special byte at p, which is no closing quote, to that quote; NULL and an error when there is
 * none. */
static const char *take_escapes(struct json *j, const char *p)
{
    while (p < j->end && *p != '"') {
        if (*p != '\\')
            pass(j, p++, "a control byte inside a string");
        else if (!(p = take_escape(j, p)))
            return NULL;
        p = json_scan_special(p, j->end);
    }
    return p < j->end ? p : (fail(j, p, "the text ends inside a string"), NULL);
}

/* The string whose quote stands at j->p. */
static inline bool take_string(struct json *j, struct slice *ret, bool *ret_escaped)
{
    const char *begin = j->p + 1, *p = json_scan_special(begin, j->end);
    bool plain = p < j->end && *p == '"';
    if (!plain && !(p = take_escapes(j, p)))
        return false;
    *ret = slice_of(begin, (size_t)(p - begin));
    *ret_escaped = !plain;
    j->p = p + 1;
    return true;
}

bool json_string(struct json *j, struct slice *ret, bool *ret_escaped)
{
    if (peek(j) != JSON_STRING)
        return fail(j, j->p, "a string is due here");
    return take_string(j, ret, ret_escaped);
}

/* ---- numbers and words ---- */

static bool digits_due(struct json *j, const char **p)
{
    const char *from = *p;
    *p = json_scan_digits(from, j->end);
    return *p > from || fail(j, from, "a digit is due here");
}

static bool skip_number(struct json *j)
{
    const char *p = j->p + (*j->p == '-');
    const char *first = p;
    if (!digits_due(j, &p))
        return false;
    if (*first == '0' && p - first > 1)
        return fail(j, first + 1, "a number begins with 0");
    if (p < j->end && *p == '.') {
        p++;
        if (!digits_due(j, &p))
            return false;
    }
    if (p < j->end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < j->end && (*p == '+' || *p == '-');
        if (!digits_due(j, &p))
            return false;
    }
    j->p = p;
    return true;
}

static bool skip_word(struct json *j, struct slice word)
{
    size_t left = (size_t)(j->end - j->p);
    for (size_t i = 0; i < word.n; i++)
        if (i >= left || j->p[i] != word.p[i])
            return fail(j, j->p + i, "neither true nor false nor null");
    j->p += word.n;
    return true;
}

/* ---- objects and arrays ---- */

static bool enter(struct json *j, enum json_type type, const char *sentence)
{
    if (peek(j) != type)
        return fail(j, j->p, sentence);
    j->p++;
    j->fresh = true;
    return true;
}

bool json_enter_object(struct json *j)
{
    return enter(j, JSON_OBJECT, "an object is due here");
}

bool json_enter_array(struct json *j)
{
    return enter(j, JSON_ARRAY, "an array is due here");
}

/* A comma where one is due, or the closing bracket (false without an error). */
static inline bool next(struct json *j, char close)
{
    bool first = j->fresh;
    j->p = skip_blanks(j->p, j->end);
    j->fresh = false;
    if (j->p == j->end)
        return fail(j, j->p,
                    close == '}' ? "the text ends inside an object" : "the text ends inside an array");
    if (*j->p == close) {
        j->p++;
        return false;
    }
    if (first)
        return true;
    if (*j->p != ',')
        return fail(j, j->p, "a comma or a closing bracket is due here");
    j->p++;
    return true;
}

/* With blanks, escapes, or no key at all. Apart from json_next_key so that this one has no frame to set up. */
static __attribute__((noinline)) bool next_any_key(struct json *j, struct slice *ret_key)
{
    bool escaped;
    if (!next(j, '}'))
        return false;
    if (peek(j) != JSON_STRING)
        return fail(j, j->p, "a string is due here");
    if (!take_string(j, ret_key, &escaped))
        return false;
    j->p = skip_blanks(j->p, j->end);
    if (j->p == j->end || *j->p != ':')
        return fail(j, j->p, "a colon is due here");
    j->p++;
    return true;
}

/* Nearly every key as tools write it: `,"key":`. */
bool json_next_key(struct json *j, struct slice *ret_key)
{
    const char *p = j->p, *end = j->end;
    bool comma = !j->fresh;
    if (end - p < 2 || (comma && *p != ',') || p[comma] != '"')
        return next_any_key(j, ret_key);
    const char *begin = p + comma + 1, *quote = json_scan_special(begin, end);
    if (end - quote < 2 || quote[0] != '"' || quote[1] != ':')
        return next_any_key(j, ret_key);
    *ret_key = slice_of(begin, (size_t)(quote - begin));
    j->fresh = false;
    j->p = quote + 2;
    return true;
}

bool json_next_item(struct json *j)
{
    return next(j, ']') && (peek(j) != JSON_END || fail(j, j->p, "a value is due here"));
}

/* A value that holds no other. */
static inline bool skip_scalar(struct json *j, enum json_type type)
{
    struct slice ignored;
    bool escaped;
    switch (type) {
    case JSON_STRING: return take_string(j, &ignored, &escaped);
    case JSON_NUMBER: return skip_number(j);
    case JSON_TRUE: return skip_word(j, SLICE("true"));
    case JSON_FALSE: return skip_word(j, SLICE("false"));
    case JSON_NULL: return skip_word(j, SLICE("null"));
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_END: break;
    }
    return fail(j, j->p, "a value is due here");
}

/* Which brackets are open: a bit each, set for an object. */
struct nesting {
    uint8_t objects[JSON_DEPTH_MAX / 8];
    size_t depth;
};

static bool nest(struct json *j, struct nesting *n, enum json_type type)
{
    uint8_t bit = (uint8_t)(1u << n->depth % 8), *byte = &n->objects[n->depth / 8];
    if (n->depth == JSON_DEPTH_MAX)
        return fail(j, j->p, "nested deeper than the limit");
    *byte = (uint8_t)(type == JSON_OBJECT ? *byte | bit : *byte & ~bit);
    n->depth++;
    j->p++;
    j->fresh = true;
    return true;
}

/* Goes on inside of the innermost bracket, up to the next value; leaves brackets that close. */
static bool advance(struct json *j, struct nesting *n)
{
    struct slice key;
    while (n->depth > 0) {
        size_t top = n->depth - 1;
        bool object = n->objects[top / 8] >> top % 8 & 1;
        if (object ? json_next_key(j, &key) : json_next_item(j))
            return true;
        if (j->error)
            return false;
        n->depth--;
    }
    return true;
}

bool json_skip(struct json *j)
{
    enum json_type type = peek(j);
    struct nesting n;
    if (type != JSON_OBJECT && type != JSON_ARRAY)
        return skip_scalar(j, type);
    n.depth = 0;
    do {
        type = peek(j);
        bool ok = type == JSON_OBJECT || type == JSON_ARRAY ? nest(j, &n, type) : skip_scalar(j, type);
        if (!ok || !advance(j, &n))
            return false;
    } while (n.depth > 0);
    return true;
}

bool json_text(struct json *j, struct slice *ret, bool *ret_escaped)
{
    if (peek(j) == JSON_STRING)
        return take_string(j, ret, ret_escaped);
    (void)json_skip(j);
    return false;
}

bool json_raw(struct json *j, struct slice *ret)
{
    (void)peek(j);
    const char *begin = j->p;
    if (!json_skip(j))
        return false;
    *ret = slice_of(begin, (size_t)(j->p - begin));
    return true;
}

bool json_at_end(struct json *j)
{
    j->p = skip_blanks(j->p, j->end);
    return !j->error && j->p == j->end;
}

/* ---- escapes ---- */

static uint32_t hex4(const char *p)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        v = v << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return v;
}

static bool is_unicode_escape(struct slice s)
{
    return s.n >= 6 && s.p[0] == '\\' && s.p[1] == 'u' && is_hex(s.p[2]) && is_hex(s.p[3]) &&
           is_hex(s.p[4]) && is_hex(s.p[5]);
}

/* \uXXXX, or a pair of them, at the front of *s. */
static uint32_t take_unicode(struct slice *s)
{
    uint32_t c = hex4(s->p + 2);
    *s = slice_skip(*s, 6);
    if (c < 0xd800 || c > 0xdfff)
        return c;
    if (c < 0xdc00 && is_unicode_escape(*s)) {
        uint32_t low = hex4(s->p + 2);
        if (low >= 0xdc00 && low <= 0xdfff) {
            *s = slice_skip(*s, 6);
            return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return 0xfffd;
}

/* Copies what stands before the first backslash; returns how much. A log line of JSON inside of JSON has one every ten
 * bytes, for which memchr and memcpy take longer than for the bytes between. */
static inline size_t copy_plain(struct slice raw, char *to)
{
    size_t at = 0;
#if defined(__SSE2__)
    const __m128i slash = _mm_set1_epi8('\\');
    for (; raw.n - at >= 16; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(raw.p + at));
        int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(v, slash));
        _mm_storeu_si128((__m128i *)(void *)(to + at), v);
        if (mask)
            return at + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    for (; at < raw.n && raw.p[at] != '\\'; at++)
        to[at] = raw.p[at];
    return at;
}

bool json_decode(struct slice raw, struct buf *out)
{
    if (!buf_reserve(out, raw.n)) /* no escape is shorter than what it stands for */
        return false;
    while (raw.n) {
        size_t plain = copy_plain(raw, out->p + out->n);
        out->n += plain;
        raw = slice_skip(raw, plain);
        if (is_unicode_escape(raw)) {
            out->n += text_utf8_put(out->p + out->n, take_unicode(&raw));
        } else if (raw.n > 1) {
            char c = escapes[(uint8_t)raw.p[1]];
            out->p[out->n++] = c ? c : '\\';
            raw = slice_skip(raw, c ? 2 : 1);
        } else {
            raw = slice_skip(raw, raw.n);
        }
    }
    return true;
}
