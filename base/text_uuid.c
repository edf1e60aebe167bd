/* Request ids and trace ids: 32 digits to 16 bytes, and back. Every invocation names its own four times and more. */
#include "base/text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { UUID_BYTES = 36, QUARTET = 4, QUARTETS = 8 };

/* Where the 32 digits stand, four by four. */
static const uint8_t uuid_quartets[QUARTETS] = {0, 4, 9, 14, 19, 24, 28, 32};
static const uint8_t trace_quartets[QUARTETS] = {2, 6, 11, 15, 19, 23, 27, 31};

static bool uuid_marks(const char *p)
{
    return p[8] == '-' && p[13] == '-' && p[18] == '-' && p[23] == '-';
}

static bool trace_marks(const char *p)
{
    return p[0] == '1' && p[1] == '-' && p[10] == '-';
}

static bool plain_at(const char *p, const uint8_t quartets[QUARTETS], uint8_t ret[16])
{
    uint8_t id[16];
    for (size_t i = 0; i < QUARTETS; i++) {
        struct slice digits = slice_of(p + quartets[i], QUARTET);
        if (!text_hex(&digits, QUARTET, id + 2 * i))
            return false;
    }
    memcpy(ret, id, sizeof id);
    return true;
}

bool text_uuid_plain(const char *p, uint8_t ret[16])
{
    return uuid_marks(p) && plain_at(p, uuid_quartets, ret);
}

bool text_trace_plain(const char *p, uint8_t ret[16])
{
    return trace_marks(p) && plain_at(p, trace_quartets, ret);
}

#ifdef __SSE2__
static __m128i two(const char *p, size_t a, size_t b)
{
    int32_t v[2];
    memcpy(&v[0], p + a, QUARTET);
    memcpy(&v[1], p + b, QUARTET);
    return _mm_unpacklo_epi32(_mm_cvtsi32_si128(v[0]), _mm_cvtsi32_si128(v[1]));
}

static __m128i four(const char *p, const uint8_t places[4])
{
    return _mm_unpacklo_epi64(two(p, places[0], places[1]), two(p, places[2], places[3]));
}

/* The values of 16 digits; *bad is not zero when a byte is none. */
static __m128i digits_values(__m128i c, int *bad)
{
    __m128i digit = _mm_sub_epi8(c, _mm_set1_epi8('0'));
    __m128i letter = _mm_sub_epi8(_mm_or_si128(c, _mm_set1_epi8('a' - 'A')), _mm_set1_epi8('a'));
    __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
    __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);
    *bad |= _mm_movemask_epi8(_mm_or_si128(is_digit, is_letter)) ^ 0xffff;
    letter = _mm_add_epi8(letter, _mm_set1_epi8(10));
    return _mm_or_si128(_mm_and_si128(is_digit, digit), _mm_and_si128(is_letter, letter));
}

/* In each 16 bits the first value, which is the upper half of the byte, and the second: one byte, in 16 bits. */
static __m128i digits_pair(__m128i values)
{
    __m128i both = _mm_or_si128(_mm_slli_epi16(values, 4), _mm_srli_epi16(values, 8));
    return _mm_and_si128(both, _mm_set1_epi16(0xff));
}

static inline bool fast_at(const char *p, const uint8_t quartets[QUARTETS], uint8_t ret[16])
{
    int bad = 0;
    __m128i front = digits_values(four(p, quartets), &bad);
    __m128i back = digits_values(four(p, quartets + 4), &bad);
    if (bad)
        return false;
    _mm_storeu_si128((__m128i *)(void *)ret, _mm_packus_epi16(digits_pair(front), digits_pair(back)));
    return true;
}
#else
#define fast_at plain_at
#endif

/* 2 ns; text_uuid_plain takes 20. */
static bool uuid_at(const char *p, uint8_t ret[16])
{
    return uuid_marks(p) && fast_at(p, uuid_quartets, ret);
}

bool text_trace_at(const char *p, uint8_t ret[16])
{
    return trace_marks(p) && fast_at(p, trace_quartets, ret);
}

/* The id met last: most lines name that of the line before. Each thread has its own. */
static _Thread_local struct {
    char text[UUID_BYTES];
    bool known;
    uint8_t id[16];
} last_uuid;

bool text_uuid_at(const char *p, uint8_t ret[16])
{
    if (bytes_same(p, last_uuid.text, UUID_BYTES) && last_uuid.known) {
        memcpy(ret, last_uuid.id, sizeof last_uuid.id);
        return true;
    }
    if (!uuid_at(p, ret))
        return false;
    memcpy(last_uuid.text, p, UUID_BYTES);
    memcpy(last_uuid.id, ret, sizeof last_uuid.id);
    last_uuid.known = true;
    return true;
}

bool text_uuid(struct slice *s, uint8_t ret[16])
{
    if (s->n < UUID_BYTES || !text_uuid_at(s->p, ret))
        return false;
    *s = slice_skip(*s, UUID_BYTES);
    return true;
}

void text_uuid_print(const uint8_t id[16], char ret[37])
{
    static const char hex[] = "0123456789abcdef";
    char *o = ret;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *o++ = '-';
        *o++ = hex[id[i] >> 4];
        *o++ = hex[id[i] & 15];
    }
    *o = '\0';
}
