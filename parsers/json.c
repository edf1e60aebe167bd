/* The pull reader and the framer. Strings are most of what logs hold: they are searched 16 bytes at a time,
 * with the byte-wise loop beside it for the tail and for machines without SSE2. */
#include "parsers/json.h"

#include "base/text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

void json_init(struct json *j, struct slice text)
{
    *j = (struct json){.p = text.p, .end = text.p + text.n};
}

static inline const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

enum json_type json_peek(struct json *j)
{
    if (j->error)
        return JSON_END;
    j->p = skip_blanks(j->p, j->end);
    if (j->p == j->end)
        return JSON_END;
    switch (*j->p) {
    case '{': return JSON_OBJECT;
    case '[': return JSON_ARRAY;
    case '"': return JSON_STRING;
    case 't': return JSON_TRUE;
    case 'f': return JSON_FALSE;
    case 'n': return JSON_NULL;
    case '-': return JSON_NUMBER;
    default: return *j->p >= '0' && *j->p <= '9' ? JSON_NUMBER : JSON_END;
    }
}

/* ---- strings ---- */

/* The first quote, backslash or control byte at or behind p. */
static inline const char *find_special(const char *p, const char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x1f);
    while (end - p >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(v, space), v));
        int mask = _mm_movemask_epi8(hit);
        if (mask)
            return p + __builtin_ctz((unsigned)mask);
        p += 16;
    }
#endif
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p > 0x1f)
        p++;
    return p;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Behind the backslash at p; NULL and an error when it is no escape. */
static const char *take_escape(struct json *j, const char *p)
{
    if (p + 1 >= j->end)
        return fail(j, j->end, "the text ends inside a string"), NULL;
    if (p[1] != 'u')
        return memchr("\"\\/bfnrt", p[1], 8) ? p + 2 : (fail(j, p + 1, "no such escape"), NULL);
    for (int i = 2; i < 6; i++) {
        if (p + i >= j->end)
            return fail(j, j->end, "the text ends inside a string"), NULL;
        if (!is_hex(p[i]))
            return fail(j, p + i, "no hexadecimal digit"), NULL;
    }
    return p + 6;
}

bool json_string(struct json *j, struct slice *ret, bool *ret_escaped)
{
    if (json_peek(j) != JSON_STRING)
        return fail(j, j->p, "a string is due here");
    const char *begin = j->p + 1, *p = begin;
    bool escaped = false;
    for (;;) {
        p = find_special(p, j->end);
        if (p == j->end)
            return fail(j, p, "the text ends inside a string");
        if (*p == '"')
            break;
        if (*p != '\\')
            return fail(j, p, "a control byte inside a string");
        escaped = true;
        if (!(p = take_escape(j, p)))
            return false;
    }
    *ret = slice_of(begin, (size_t)(p - begin));
    *ret_escaped = escaped;
    j->p = p + 1;
    return true;
}

/* ---- numbers and words ---- */

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

static bool digits_due(struct json *j, const char **p)
{
    const char *from = *p;
    *p = skip_digits(from, j->end);
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

bool json_i64(struct json *j, int64_t *ret)
{
    struct slice raw, digits;
    uint64_t v;
    if (!json_raw(j, &raw))
        return false;
    bool minus = *raw.p == '-';
    digits = slice_skip(raw, minus);
    if (!text_u64(&digits, &v) || digits.n || v > INT64_MAX)
        return false;
    *ret = minus ? -(int64_t)v : (int64_t)v;
    return true;
}

/* ---- objects and arrays ---- */

static bool enter(struct json *j, enum json_type type, const char *sentence)
{
    if (json_peek(j) != type)
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
static bool next(struct json *j, char close)
{
    if (j->error)
        return false;
    bool first = j->fresh;
    j->fresh = false;
    j->p = skip_blanks(j->p, j->end);
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

bool json_next_key(struct json *j, struct slice *ret_key)
{
    bool escaped;
    if (!next(j, '}') || !json_string(j, ret_key, &escaped))
        return false;
    j->p = skip_blanks(j->p, j->end);
    if (j->p == j->end || *j->p != ':')
        return fail(j, j->p, "a colon is due here");
    j->p++;
    return true;
}

bool json_next_item(struct json *j)
{
    return next(j, ']') && (json_peek(j) != JSON_END || fail(j, j->p, "a value is due here"));
}

/* A value that holds no other. */
static bool skip_scalar(struct json *j, enum json_type type)
{
    struct slice ignored;
    bool escaped;
    switch (type) {
    case JSON_STRING: return json_string(j, &ignored, &escaped);
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
    enum json_type type = json_peek(j);
    struct nesting n;
    if (type != JSON_OBJECT && type != JSON_ARRAY)
        return skip_scalar(j, type);
    n.depth = 0;
    do {
        type = json_peek(j);
        bool ok = type == JSON_OBJECT || type == JSON_ARRAY ? nest(j, &n, type) : skip_scalar(j, type);
        if (!ok || !advance(j, &n))
            return false;
    } while (n.depth > 0);
    return true;
}

bool json_raw(struct json *j, struct slice *ret)
{
    (void)json_peek(j);
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

static char plain_escape(char c)
{
    switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    default: return c;
    }
}

bool json_decode(struct slice raw, struct buf *out)
{
    if (!buf_reserve(out, raw.n)) /* no escape is shorter than what it stands for */
        return false;
    while (raw.n) {
        const char *slash = memchr(raw.p, '\\', raw.n);
        size_t plain = slash ? (size_t)(slash - raw.p) : raw.n;
        memcpy(out->p + out->n, raw.p, plain);
        out->n += plain;
        raw = slice_skip(raw, plain);
        if (is_unicode_escape(raw)) {
            out->n += text_utf8_put(out->p + out->n, take_unicode(&raw));
        } else if (raw.n > 1) {
            out->p[out->n++] = plain_escape(raw.p[1]);
            raw = slice_skip(raw, 2);
        } else {
            raw = slice_skip(raw, raw.n);
        }
    }
    return true;
}

/* ---- framing ---- */

void json_framer_init(struct json_framer *f)
{
    *f = (struct json_framer){.depth = 0};
}

/* Inside a string: goes behind its closing quote. A line end there closes everything. */
static const char *frame_string(struct json_framer *f, const char *p, const char *end)
{
    while (p < end) {
        if (f->escape) {
            f->escape = false;
            p++;
            continue;
        }
        p = find_special(p, end);
        if (p == end)
            break;
        char c = *p++;
        f->escape = c == '\\';
        if (c == '"' || c == '\n') {
            f->in_string = false;
            f->depth = c == '\n' ? 0 : f->depth;
            return p;
        }
    }
    return p;
}

/* The first byte that is no blank decides what kind of value it is. */
static const char *frame_start(struct json_framer *f, const char *p, const char *end)
{
    p = skip_blanks(p, end);
    if (p < end) {
        f->started = true;
        f->bare = *p != '{' && *p != '[';
    }
    return p;
}

/* Brackets and quotes of the structure up to the value's end or a string's begin. */
static const char *frame_structure(struct json_framer *f, const char *p, const char *end)
{
    while (p < end) {
        switch (*p++) {
        case '{':
        case '[': f->depth++; break;
        case '}':
        case ']':
            if (--f->depth == 0)
                return p;
            break;
        case '"': f->in_string = true; return p;
        default: break;
        }
    }
    return p;
}

size_t json_framer_feed(struct json_framer *f, struct slice more)
{
    const char *p = more.p, *end = more.p + more.n;
    if (!f->started)
        p = frame_start(f, p, end);
    if (f->bare) {
        const char *line = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
        return line ? (size_t)(line - more.p) + 1 : 0;
    }
    while (p < end) {
        p = f->in_string ? frame_string(f, p, end) : frame_structure(f, p, end);
        if (f->depth == 0 && !f->in_string)
            return (size_t)(p - more.p);
    }
    return 0;
}
