/* The framer: where does a value of a stream end? Every byte of every document passes here before the reader
 * sees it, so 64 of them are looked at as bits of a word: which are quotes, and from these which stand inside
 * of strings; of the rest only the brackets count. Blocks that hold what is no JSON, and what is left over at
 * the end, are gone through byte by byte, which gives the same: test_json_framer.c compares the two. */
#include "parsers/json.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

void json_framer_init(struct json_framer *f)
{
    *f = (struct json_framer){.depth = 0};
}

/* A bracket that closes, its offset in what is fed; true when it is the value's last. */
static inline bool close_at(struct json_framer *f, size_t at)
{
    f->depth--;
    if (f->depth == f->items_depth)
        f->item = at + 1;
    return f->depth == 0;
}

/* One byte further; true when it is the value's last. */
static bool frame_byte(struct json_framer *f, char c, size_t at)
{
    if (!f->in_string) {
        f->in_string = c == '"';
        f->depth += c == '{' || c == '[';
        return (c == '}' || c == ']') && close_at(f, at);
    }
    if (f->escape) {
        f->escape = false;
        return false;
    }
    f->escape = c == '\\';
    f->in_string = c != '"';
    return c == '\n';
}

/* Behind the value's last byte; NULL when the value goes on behind `end`. */
static const char *frame_bytes(struct json_framer *f, const char *fed, const char *p, const char *end)
{
    for (; p < end; p++)
        if (frame_byte(f, *p, (size_t)(p - fed)))
            return p + 1;
    return NULL;
}

#if defined(__SSE2__)

enum { BLOCK = 64 };

/* A bit for each byte of a block, the first one lowest. */
struct block {
    uint64_t quotes, brackets, slashes, lines;
};

/* Its bytes. Written out lane by lane, since compilers leave loops over them as loops: 4.2 instructions a byte. */
struct lanes {
    __m128i a, b, c, d;
};

static inline struct lanes load(const char *p)
{
    const __m128i *v = (const __m128i *)(const void *)p;
    return (struct lanes){_mm_loadu_si128(v), _mm_loadu_si128(v + 1), _mm_loadu_si128(v + 2),
                          _mm_loadu_si128(v + 3)};
}

static inline struct lanes equal(struct lanes v, char c)
{
    __m128i x = _mm_set1_epi8(c);
    return (struct lanes){_mm_cmpeq_epi8(v.a, x), _mm_cmpeq_epi8(v.b, x), _mm_cmpeq_epi8(v.c, x),
                          _mm_cmpeq_epi8(v.d, x)};
}

static inline struct lanes either(struct lanes v, struct lanes w)
{
    return (struct lanes){_mm_or_si128(v.a, w.a), _mm_or_si128(v.b, w.b), _mm_or_si128(v.c, w.c),
                          _mm_or_si128(v.d, w.d)};
}

static inline uint64_t bits(struct lanes equal)
{
    uint64_t a = (uint64_t)_mm_movemask_epi8(equal.a), b = (uint64_t)_mm_movemask_epi8(equal.b);
    uint64_t c = (uint64_t)_mm_movemask_epi8(equal.c), d = (uint64_t)_mm_movemask_epi8(equal.d);
    return a | b << 16 | c << 32 | d << 48;
}

static inline bool any(struct lanes equal)
{
    __m128i all = _mm_or_si128(_mm_or_si128(equal.a, equal.b), _mm_or_si128(equal.c, equal.d));
    return _mm_movemask_epi8(all) != 0;
}

static inline struct lanes fill(char c)
{
    __m128i x = _mm_set1_epi8(c);
    return (struct lanes){x, x, x, x};
}

/* With the bits set in which the four brackets differ they are equal; Y, y, _ and DEL come along. */
static inline struct block look_at(const char *p)
{
    struct lanes v = load(p), slashes = equal(v, '\\'), lines = equal(v, '\n');
    struct block b = {.quotes = bits(equal(v, '"'))};
    b.brackets = bits(equal(either(v, fill(('{' ^ '}') | ('{' ^ '['))), '{' | '}'));
    if (any(either(slashes, lines))) { /* few blocks have either */
        b.slashes = bits(slashes);
        b.lines = bits(lines);
    }
    return b;
}

/* The bytes behind backslashes that are not themselves behind one. *escape: the first byte is; the byte behind the
 * block is. */
static uint64_t find_escaped(uint64_t slashes, bool *escape)
{
    uint64_t escaped = *escape;
    *escape = false;
    for (uint64_t left = slashes & ~escaped; left;) {
        uint64_t slash = left & -left;
        *escape = slash >> (BLOCK - 1);
        escaped |= slash << 1;
        left &= ~(slash | slash << 1);
    }
    return escaped;
}

/* From each first quote up to the one that closes it: every bit is that of the bit before, turned by a quote. */
static uint64_t find_strings(uint64_t quotes)
{
    quotes ^= quotes << 1;
    quotes ^= quotes << 2;
    quotes ^= quotes << 4;
    quotes ^= quotes << 8;
    quotes ^= quotes << 16;
    return quotes ^ quotes << 32;
}

/* As frame_bytes, for a whole block. */
static const char *frame_block(struct json_framer *f, const char *fed, const char *p)
{
    struct block b = look_at(p);
    bool escape = f->escape;
    uint64_t escaped = find_escaped(b.slashes, &escape);
    uint64_t strings = find_strings(b.quotes & ~escaped) ^ (f->in_string ? UINT64_MAX : 0);
    if ((b.slashes & ~strings) | (b.lines & strings & ~escaped))
        return frame_bytes(f, fed, p, p + BLOCK); /* escapes outside of strings, or a line that was cut */
    for (uint64_t left = b.brackets & ~strings; left; left &= left - 1) {
        const char *at = p + __builtin_ctzll(left);
        f->depth += *at == '{' || *at == '[';
        if ((*at == '}' || *at == ']') && close_at(f, (size_t)(at - fed))) {
            f->in_string = false;
            return at + 1;
        }
    }
    f->in_string = strings >> (BLOCK - 1);
    f->escape = escape;
    return NULL;
}

#endif

/* The first byte that is no blank decides what kind of value it is. */
static const char *frame_start(struct json_framer *f, const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    if (p < end) {
        f->started = true;
        f->bare = *p != '{' && *p != '[';
        f->items_depth = *p == '{' ? 2 : 1;
    }
    return p;
}

size_t json_framer_feed(struct json_framer *f, struct slice more)
{
    const char *p = more.p, *end = more.p + more.n, *behind = NULL;
    f->item = 0;
    if (!f->started)
        p = frame_start(f, p, end);
    if (f->bare) {
        const char *line = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
        return line ? (size_t)(line - more.p) + 1 : 0;
    }
#if defined(__SSE2__)
    for (; !behind && end - p >= BLOCK; p += BLOCK)
        behind = frame_block(f, more.p, p);
#endif
    if (!behind)
        behind = frame_bytes(f, more.p, p, end);
    return behind ? (size_t)(behind - more.p) : 0;
}
