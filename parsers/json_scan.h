/* What the reader and the shapes of JSON share: blanks, digits, the search of strings 16 bytes at a time, with the byte-wise
 * loop beside it for the tail and for machines without SSE2, and compares. Internal to parsers/json*.c. */
#ifndef PARSERS_JSON_SCAN_H
#define PARSERS_JSON_SCAN_H

#include "base/slice.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline bool json_scan_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline bool json_scan_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Behind the digits at p. */
static inline const char *json_scan_digits(const char *p, const char *end)
{
    while (p < end && json_scan_digit(*p))
        p++;
    return p;
}

/* The first quote, backslash or control byte at or behind p. */
static inline const char *json_scan_special(const char *p, const char *end)
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

/* memcmp(a, b, n) == 0 without a call, which takes longer than most compares: words, of which the last may lie over the
 * one before. */
static inline bool json_scan_same(const char *a, const char *b, size_t n)
{
    enum { HALF = 4, WORD = 8 };
    if (n < HALF)
        return n == 0 || (a[0] == b[0] && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1]);
    if (n < WORD)
        return halves_same(a, b) && halves_same(a + n - HALF, b + n - HALF);
    for (size_t i = 0; i + WORD < n; i += WORD)
        if (!words_same(a + i, b + i))
            return false;
    return words_same(a + n - WORD, b + n - WORD);
}

#endif
