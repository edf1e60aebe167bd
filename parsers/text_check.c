/* Checks text on its way through the window. Nearly all of it is ASCII without a NUL: it is passed 64
 * bytes at a time, and only blocks that hold something else are looked at byte by byte. */
#include "parsers/text_check.h"

#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

enum { BLOCK = TEXT_CHECK_BLOCK, ASCII_MAX = 0x7f };

/* Among the BLOCK bytes at p none is zero and none has the high bit. */
typedef bool plain_test(const char *p);

static inline __attribute__((always_inline)) size_t front_by(plain_test *plain_at, struct slice s)
{
    size_t i = 0;
    while (s.n - i >= BLOCK && plain_at(s.p + i))
        i += BLOCK;
    return i;
}

/* A byte that is zero, or above one, borrows from the high bit. */
static bool plain_words(const char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    uint64_t words[BLOCK / 8], bits = 0;
    memcpy(words, p, sizeof words);
    for (size_t i = 0; i < BLOCK / 8; i++)
        bits |= words[i] | (words[i] - ones);
    return (bits & highs) == 0;
}

size_t text_check_front_plain(struct slice s)
{
    return front_by(plain_words, s);
}

#ifdef __SSE2__
static __m128i sixteen(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Twice as fast as the words. */
static bool plain_by_16(const char *p)
{
    __m128i a = sixteen(p), b = sixteen(p + 16), c = sixteen(p + 32), d = sixteen(p + 48);
    __m128i all = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
    __m128i least = _mm_min_epu8(_mm_min_epu8(a, b), _mm_min_epu8(c, d));
    return _mm_movemask_epi8(_mm_or_si128(all, _mm_cmpeq_epi8(least, _mm_setzero_si128()))) == 0;
}

size_t text_check_front_by_16(struct slice s)
{
    return front_by(plain_by_16, s);
}

__attribute__((target("avx2"))) static bool plain_by_32(const char *p)
{
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    __m256i zero = _mm256_cmpeq_epi8(_mm256_min_epu8(a, b), _mm256_setzero_si256());
    return _mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(a, b), zero)) == 0;
}

__attribute__((target("avx2"))) static size_t front_by_32(struct slice s)
{
    return front_by(plain_by_32, s);
}

size_t text_check_front(struct slice s)
{
    return __builtin_cpu_supports("avx2") ? front_by_32(s) : text_check_front_by_16(s);
}
#else
size_t text_check_front(struct slice s)
{
    return text_check_front_plain(s);
}
#endif

static void found_bad(struct text_check *c, uint64_t at)
{
    if (c->bad++ == 0)
        c->bad_at = at;
    c->due = 0;
}

static void begin(struct text_check *c, uint8_t b, uint64_t at)
{
    c->begun = at;
    c->low = 0x80;
    c->high = 0xbf;
    if (b >= 0xc2 && b <= 0xdf) {
        c->due = 1;
    } else if ((b & 0xf0) == 0xe0) {
        c->due = 2;
        c->low = b == 0xe0 ? 0xa0 : 0x80;
        c->high = b == 0xed ? 0x9f : 0xbf;
    } else if (b >= 0xf0 && b <= 0xf4) {
        c->due = 3;
        c->low = b == 0xf0 ? 0x90 : 0x80;
        c->high = b == 0xf4 ? 0x8f : 0xbf;
    } else {
        found_bad(c, at);
    }
}

static void take(struct text_check *c, uint8_t b, uint64_t at)
{
    if (b == 0 && c->nul++ == 0)
        c->nul_at = at;
    if (c->due && b >= c->low && b <= c->high) {
        c->due--;
        c->low = 0x80;
        c->high = 0xbf;
        return;
    }
    if (c->due)
        found_bad(c, c->begun);
    if (b > ASCII_MAX)
        begin(c, b, at);
}

void text_check_add(struct text_check *c, struct slice bytes)
{
    size_t i = 0;
    while (i < bytes.n) {
        if (c->due == 0)
            i += text_check_front(slice_skip(bytes, i));
        size_t end = bytes.n - i < BLOCK ? bytes.n : i + BLOCK;
        for (; i < end; i++)
            take(c, (uint8_t)bytes.p[i], c->offset + i);
    }
    c->offset += bytes.n;
}

static void tell(struct source *s, enum anomaly_kind kind, uint64_t at, uint64_t count, const char *what)
{
    if (count == 0)
        return;
    source_anomaly(s, kind, 0, at, what);
    s->anomalies.v[s->anomalies.n - 1].count = count;
}

void text_check_end(struct text_check *c, struct source *source)
{
    if (c->due)
        found_bad(c, c->begun);
    tell(source, ANOMALY_NUL_BYTES, c->nul_at, c->nul, "bytes of zero in the text");
    tell(source, ANOMALY_BAD_UTF8, c->bad_at, c->bad, "bytes that are no UTF-8");
    *c = (struct text_check){.offset = 0};
}
