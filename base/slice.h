/* Borrowed bytes. A slice is never freed, need not end in NUL, and may hold any byte. Whoever returns or
 * stores one says who lends the bytes and until when. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *p;
    size_t n;
};

/* A slice of a string literal. */
#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
/* For printf's "%.*s". */
#define SLICE_ARG(s) (int)(s).n, (s).p

static inline struct slice slice_of(const char *p, size_t n)
{
    return (struct slice){p, n};
}

static inline struct slice slice_str(const char *s)
{
    return (struct slice){s, s ? strlen(s) : 0};
}

static inline bool words_same(const char *a, const char *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y;
}

static inline bool halves_same(const char *a, const char *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y;
}

/* memcmp(a, b, n) == 0. Of 5 to 40 bytes, when the compiler knows how many, gcc mostly makes a call; here they are words,
 * of which the last may lie over the one before. */
static inline bool bytes_same(const char *a, const char *b, size_t n)
{
    enum { HALF = 4, WORD = 8, WORDS_MAX = 5 };
    if (!__builtin_constant_p(n) || n <= HALF || n > WORD * WORDS_MAX)
        return memcmp(a, b, n) == 0;
    if (n < WORD)
        return halves_same(a, b) && halves_same(a + n - HALF, b + n - HALF);
    if (n == WORD)
        return words_same(a, b);
    return words_same(a, b) && (n <= 2 * WORD || words_same(a + WORD, b + WORD)) &&
           (n <= 3 * WORD || words_same(a + 2 * WORD, b + 2 * WORD)) &&
           (n <= 4 * WORD || words_same(a + 3 * WORD, b + 3 * WORD)) &&
           words_same(a + n - WORD, b + n - WORD);
}

static inline bool slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || bytes_same(a.p, b.p, a.n));
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
    return s.n >= prefix.n && bytes_same(s.p, prefix.p, prefix.n);
}

static inline bool slice_ends(struct slice s, struct slice suffix)
{
    return s.n >= suffix.n && bytes_same(s.p + s.n - suffix.n, suffix.p, suffix.n);
}

/* The slice without its first `n` bytes (all of them when it is shorter). */
static inline struct slice slice_skip(struct slice s, size_t n)
{
    return n >= s.n ? slice_of(s.p + s.n, 0) : slice_of(s.p + n, s.n - n);
}

static inline struct slice slice_head(struct slice s, size_t n)
{
    return slice_of(s.p, n < s.n ? n : s.n);
}

/* Byte order, shorter first on a tie: a total order for sorting. */
int slice_cmp(struct slice a, struct slice b);
/* Offset of the first `needle`, or -1. */
ptrdiff_t slice_find(struct slice s, struct slice needle);
/* The same, ASCII letters compared without case. */
ptrdiff_t slice_find_nocase(struct slice s, struct slice needle);
bool slice_eq_nocase(struct slice a, struct slice b);
/* What stands behind the last `mark`: all of it when there is none, nothing when it ends with one. */
struct slice slice_behind(struct slice s, char mark);
/* Blank, tab, CR or LF. One compare for any other character of a text. */
static inline bool slice_is_space(char c)
{
    return (unsigned char)c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

/* Without spaces at the end; at both ends. */
static inline struct slice slice_rtrim(struct slice s)
{
    while (s.n > 0 && slice_is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static inline struct slice slice_trim(struct slice s)
{
    s = slice_rtrim(s);
    while (s.n > 0 && slice_is_space(*s.p))
        s = slice_of(s.p + 1, s.n - 1);
    return s;
}

/* Copies the bytes to `to`, which has room for them. A call: a memcpy of which gcc knows the most that it may copy
 * becomes `rep movs`, 20 ns to begin with. */
void slice_put(struct slice s, char *to);
/* Bytes up to the first `c`, which is dropped; *rest becomes what follows. The whole when there is none. */
struct slice slice_cut(struct slice *rest, char c);
/* The 128 bits of the product as 64: both factors' bits are in all of them. */
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 r = (unsigned __int128)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}
/* A well-mixed 64-bit hash; the same bytes give the same value on every machine. */
unsigned long long slice_hash(struct slice s, unsigned long long seed);

#endif
