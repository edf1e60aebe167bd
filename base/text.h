/* Text cursors: each reads one thing from the front of *s and moves it on, or returns false and leaves both
 * *s and the result untouched. No locale, no TZ, no libc number parsing: outside bytes come through here.
 * The small ones are inline: a cursor that is handed over by its address is written to memory and read back. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/slice.h"

#include <stdint.h>

/* Times are int64_t milliseconds since 1970-01-01T00:00:00Z. */
#define TIME_NONE INT64_MIN
/* The years that are taken for a time at all: 2000 to 2099. Outside of them a number is some other number. */
#define TIME_MIN INT64_C(946684800000)
#define TIME_MAX INT64_C(4102444799999)
static inline bool time_known(int64_t time)
{
    return time >= TIME_MIN && time <= TIME_MAX;
}

/* A decimal number as the evidence writes it: 12.34 and 12.340 are kept apart, so that they come out as they
 * went in. Scaled by 10^6 (a millisecond value is held in nanoseconds), with the count of its decimals. */
struct decimal {
    int64_t scaled : 60;
    unsigned digits : 4; /* decimals written, 0..6; DECIMAL_NONE: there is no value */
};
enum { DECIMAL_NONE = 15, DECIMAL_DIGITS_MAX = 6, DECIMAL_SCALE = 1000000 };
#define DECIMAL_UNKNOWN ((struct decimal){0, DECIMAL_NONE})

static inline bool decimal_known(struct decimal d)
{
    return d.digits != DECIMAL_NONE;
}
static inline double decimal_value(struct decimal d)
{
    return (double)d.scaled / DECIMAL_SCALE;
}

/* Of ASCII, whatever the locale. */
static inline bool text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static inline bool text_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool text_is_alnum(char c)
{
    return text_is_letter(c) || text_is_digit(c);
}

/* Eight bytes of a text as a number whose lowest byte is the first of them. */
static inline uint64_t text_word_at(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

/* How many digits stand at `p`, where eight bytes can be read, and what they say; eight may be the front of more. What is
 * left of a digit by an exclusive or with '0' is its value, and of any other byte more than 9, to which 0x76 adds up to
 * the highest bit. The digits are shifted behind zeros, and joined to twos, fours and eight. */
static inline size_t text_eight(const char *p, uint64_t *ret)
{
    uint64_t v = text_word_at(p) ^ UINT64_C(0x3030303030303030);
    uint64_t others = ((v + UINT64_C(0x7676767676767676)) | v) & UINT64_C(0x8080808080808080);
    size_t n = others ? (size_t)__builtin_ctzll(others) / 8 : 8;
    v = n ? v << (64 - 8 * n) : 0;
    v = v * (10 << 8 | 1) >> 8 & UINT64_C(0x00ff00ff00ff00ff);
    v = v * (100 << 16 | 1) >> 16 & UINT64_C(0x0000ffff0000ffff);
    *ret = v * (UINT64_C(10000) << 32 | 1) >> 32;
    return n;
}

/* At least one digit; false also for what 64 bits do not hold. TEXT_U64_SAFE digits never overflow: what has as many is
 * left to text_u64_long. */
enum { TEXT_U64_SAFE = 19 };
bool text_u64_long(struct slice *s, uint64_t *ret);
static inline bool text_u64(struct slice *s, uint64_t *ret)
{
    uint64_t v = 0;
    size_t n = s->n < 8 ? 8 : text_eight(s->p, &v);
    if (n == 8) {
        size_t most = s->n < TEXT_U64_SAFE ? s->n : TEXT_U64_SAFE;
        v = n = 0;
        for (unsigned digit; n < most && (digit = (unsigned)(unsigned char)s->p[n] - '0') <= 9; n++)
            v = v * 10 + digit;
        if (n == TEXT_U64_SAFE)
            return text_u64_long(s, ret);
    }
    if (n == 0)
        return false;
    *ret = v;
    *s = slice_of(s->p + n, s->n - n);
    return true;
}
/* Digits, then at most one point and digits; further decimals than six are rounded. Up to 10^11. */
bool text_decimal(struct slice *s, struct decimal *ret);
/* `n` digits exactly. */
bool text_digits(struct slice *s, size_t n, unsigned *ret);
static inline bool text_char(struct slice *s, char c)
{
    if (s->n == 0 || *s->p != c)
        return false;
    *s = slice_of(s->p + 1, s->n - 1);
    return true;
}
static inline bool text_literal(struct slice *s, struct slice literal)
{
    if (!slice_starts(*s, literal))
        return false;
    *s = slice_of(s->p + literal.n, s->n - literal.n);
    return true;
}
/* Bytes before a blank, tab, CR or LF. */
size_t text_word_end(struct slice s);
/* Those bytes; at least one. */
bool text_word(struct slice *s, struct slice *ret);
/* Blanks and tabs. */
static inline void text_skip_blanks(struct slice *s)
{
    while (s->n && (*s->p == ' ' || *s->p == '\t'))
        *s = slice_of(s->p + 1, s->n - 1);
}
/* Where the LFs of s stand, which has TEXT_BLOCK bytes at most: *ret has room for as many. Returns how many. */
enum { TEXT_BLOCK = 4096 };
size_t text_line_ends(struct slice s, uint16_t *ret);
/* The same byte by byte, for other processors and to test the fast ones against; and for x86-64 without AVX2. */
size_t text_line_ends_plain(struct slice s, uint16_t *ret);
#ifdef __SSE2__
size_t text_line_ends_by_16(struct slice s, uint16_t *ret);
#endif
/* How many LF there are. */
size_t text_line_count(struct slice s);
/* Which of these s has: LF or CR, a semicolon. */
enum text_sign { TEXT_LINE_END = 1, TEXT_SEMICOLON = 2 };
unsigned text_signs(struct slice s);
/* Every line end is LF; *ret is without it and without a CR before it. False at the end of s. */
bool text_line(struct slice *s, struct slice *ret);

/* 8-4-4-4-12 hexadecimal, any case and version. */
bool text_uuid(struct slice *s, uint8_t ret[16]);
/* The same at a place where 36 bytes are known to be there; nothing moves. */
bool text_uuid_at(const char *p, uint8_t ret[16]);
/* The same, digit by digit: for processors without SSE2, and to test the fast one against. */
bool text_uuid_plain(const char *p, uint8_t ret[16]);
void text_uuid_print(const uint8_t id[16], char ret[37]);
/* The 35 bytes of an X-Ray trace id, 1-8-24 hexadecimal, at a place where they are known to be; and digit by digit. */
enum { TEXT_TRACE_SIZE = 35 };
bool text_trace_at(const char *p, uint8_t ret[16]);
bool text_trace_plain(const char *p, uint8_t ret[16]);
bool text_hex(struct slice *s, size_t digits, uint8_t *ret_bytes); /* digits is even */

/* YYYY-MM-DD, then T or blank, hh:mm:ss, optional fraction after . or , (rounded down to ms), optional zone
 * (Z, +hh:mm, +hhmm; none means UTC). */
bool text_time(struct slice *s, int64_t *ret);
/* Milliseconds since 1970 in digits. */
bool text_epoch(struct slice *s, int64_t *ret);
/* Exactly the 24 bytes YYYY-MM-DDThh:mm:ss.mmmZ at p; the fast path of export files. */
bool text_time_at(const char *p, int64_t *ret);
/* 2026-11-20T06:14:58.117Z into ret (25 bytes with the NUL). */
enum { TEXT_TIME_SIZE = 25 };
void text_time_print(int64_t time, char ret[TEXT_TIME_SIZE]);
/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
int64_t text_days(int64_t year, unsigned month, unsigned day);

/* %XX and, when `plus` is set, + as a blank. Writes at most s.n bytes to ret, returns how many. */
size_t text_url_decode(struct slice s, bool plus, char *ret);
/* Base64, standard or URL-safe, with or without padding, line ends allowed. False when a byte is none of it.
 * What is cut in the middle gives the bytes that are whole. At most 3/4 of s.n (rounded up) bytes are written
 * to ret. */
bool text_base64(struct slice s, char *ret, size_t *ret_n);
/* The character as UTF-8, 1 to 4 bytes; returns how many. */
size_t text_utf8_put(char *ret, uint32_t c);

#endif
