/* Finding the ends of lines and words many bytes at a time. One memchr a line takes as long as reading what the line says: it is a call, and
 * where it ends is a branch that no processor foresees. A block of 4 KB also lies in the first cache when its lines are
 * read. */
#include "base/text.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

enum { MASK_BYTES = 64 };

/* A bit for each of 64 bytes: it is LF. */
typedef uint64_t mask_maker(const char *p);

static inline __attribute__((always_inline)) size_t ends_by(mask_maker *mask_at, struct slice s,
                                                            uint16_t *ret)
{
    size_t i = 0, n = 0;
    for (; i + MASK_BYTES <= s.n; i += MASK_BYTES)
        for (uint64_t mask = mask_at(s.p + i); mask; mask &= mask - 1)
            ret[n++] = (uint16_t)(i + (unsigned)__builtin_ctzll(mask));
    for (; i < s.n; i++)
        if (s.p[i] == '\n')
            ret[n++] = (uint16_t)i;
    return n;
}

static uint64_t mask_plain(const char *p)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < MASK_BYTES; i++)
        mask |= (uint64_t)(p[i] == '\n') << i;
    return mask;
}

size_t text_line_ends_plain(struct slice s, uint16_t *ret)
{
    return ends_by(mask_plain, s, ret);
}

#ifdef __SSE2__
static uint64_t sixteen(const char *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
}

static uint64_t mask_by_16(const char *p)
{
    return sixteen(p) | sixteen(p + 16) << 16 | sixteen(p + 32) << 32 | sixteen(p + 48) << 48;
}

size_t text_line_ends_by_16(struct slice s, uint16_t *ret)
{
    return ends_by(mask_by_16, s, ret);
}

__attribute__((target("avx2"))) static uint64_t thirty_two(const char *p)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
    return (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n')));
}

__attribute__((target("avx2"))) static uint64_t mask_by_32(const char *p)
{
    return thirty_two(p) | thirty_two(p + 32) << 32;
}

__attribute__((target("avx2"))) static size_t ends_by_32(struct slice s, uint16_t *ret)
{
    return ends_by(mask_by_32, s, ret);
}

size_t text_line_ends(struct slice s, uint16_t *ret)
{
    return __builtin_cpu_supports("avx2") ? ends_by_32(s, ret) : text_line_ends_by_16(s, ret);
}
#else
size_t text_line_ends(struct slice s, uint16_t *ret)
{
    return text_line_ends_plain(s, ret);
}
#endif

size_t text_line_count(struct slice s)
{
    const char *p = s.p, *end = s.p + s.n;
    size_t n = 0;
#ifdef __SSE2__
    enum { LANES = 16, ROUNDS = 255 }; /* a lane counts no further */
    const __m128i none = _mm_setzero_si128(), lf = _mm_set1_epi8('\n');
    while (end - p >= LANES) {
        __m128i found = none;
        for (int i = 0; i < ROUNDS && end - p >= LANES; i++, p += LANES)
            found =
                _mm_sub_epi8(found, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), lf));
        found = _mm_sad_epu8(found, none);
        n += (unsigned)_mm_extract_epi16(found, 0) + (unsigned)_mm_extract_epi16(found, LANES / 4);
    }
#endif
    for (; p < end; p++)
        n += *p == '\n';
    return n;
}

static unsigned signs_plain(struct slice s)
{
    unsigned signs = 0;
    for (size_t i = 0; i < s.n; i++)
        signs |=
            (s.p[i] == '\n' || s.p[i] == '\r' ? TEXT_LINE_END : 0u) | (s.p[i] == ';' ? TEXT_SEMICOLON : 0u);
    return signs;
}

#ifdef __SSE2__
static __m128i each(char c)
{
    return _mm_set1_epi8(c);
}

/* A bit for each of 16 bytes: it is a space. */
static unsigned spaces_at(const char *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(v, each(' ')), _mm_cmpeq_epi8(v, each('\t')));
    __m128i end = _mm_or_si128(_mm_cmpeq_epi8(v, each('\r')), _mm_cmpeq_epi8(v, each('\n')));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(blank, end));
}

/* The last sixteen may lie over those before. */
unsigned text_signs(struct slice s)
{
    if (s.n < 16)
        return signs_plain(s);
    __m128i ends = _mm_setzero_si128(), semicolons = ends;
    for (size_t i = 0; i < s.n; i += 16) {
        const char *p = s.p + (i + 16 < s.n ? i : s.n - 16);
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        ends = _mm_or_si128(ends, _mm_or_si128(_mm_cmpeq_epi8(v, each('\n')), _mm_cmpeq_epi8(v, each('\r'))));
        semicolons = _mm_or_si128(semicolons, _mm_cmpeq_epi8(v, each(';')));
    }
    return (_mm_movemask_epi8(ends) ? TEXT_LINE_END : 0u) |
           (_mm_movemask_epi8(semicolons) ? TEXT_SEMICOLON : 0u);
}

size_t text_word_end(struct slice s)
{
    size_t n = 0;
    for (unsigned spaces; n + 16 <= s.n; n += 16)
        if ((spaces = spaces_at(s.p + n)) != 0)
            return n + (unsigned)__builtin_ctz(spaces);
    while (n < s.n && !slice_is_space(s.p[n]))
        n++;
    return n;
}
#else
unsigned text_signs(struct slice s)
{
    return signs_plain(s);
}

size_t text_word_end(struct slice s)
{
    size_t n = 0;
    while (n < s.n && !slice_is_space(s.p[n]))
        n++;
    return n;
}
#endif
