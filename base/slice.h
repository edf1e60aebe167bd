/* Borrowed bytes. A slice is never freed, need not end in NUL, and may hold any byte. Whoever returns or
 * stores one says who lends the bytes and until when. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
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

static inline bool slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
    return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

static inline bool slice_ends(struct slice s, struct slice suffix)
{
    return s.n >= suffix.n && memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0;
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
/* A well-mixed 64-bit hash; the same bytes give the same value on every machine. */
unsigned long long slice_hash(struct slice s, unsigned long long seed);

#endif
