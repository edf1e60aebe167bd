/* Text cursors: numbers, ids, times and encodings of AWS's logs without libc's locale-bound parsers. */
#include "base/text.h"

#include <stdio.h>

bool text_u64_long(struct slice *s, uint64_t *ret)
{
    const char *p = s->p, *end = s->p + s->n;
    uint64_t v = 0;
    for (; p < end && text_is_digit(*p); p++) {
        unsigned digit = (unsigned)(*p - '0');
        if (v > (UINT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *ret = v;
    *s = slice_of(p, (size_t)(end - p));
    return true;
}

/* The decimals at `p`, at least one, added to *scaled; behind them. */
static const char *read_decimals(const char *p, const char *end, int64_t *scaled, unsigned *digits)
{
    static const int32_t units[DECIMAL_DIGITS_MAX + 1] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    uint64_t eight;
    size_t short_n = end - p < 8 ? 8 : text_eight(p, &eight);
    if (short_n <= DECIMAL_DIGITS_MAX) {
        *scaled += (int64_t)eight * units[short_n];
        *digits = (unsigned)short_n;
        return p + short_n;
    }
    unsigned n = 0;
    int32_t v = 0;
    for (; p < end && text_is_digit(*p) && n < DECIMAL_DIGITS_MAX; p++, n++)
        v = v * 10 + (*p - '0');
    *scaled += (int64_t)v * units[n];
    *digits = n;
    if (p < end && text_is_digit(*p))
        *scaled += *p >= '5';
    while (p < end && text_is_digit(*p))
        p++;
    return p;
}

/* The slice is read in halves: as a whole it would wait for the caller's two stores to it. */
bool text_decimal(struct slice *s, struct decimal *ret)
{
    const char *p = s->p, *end = p + s->n;
    uint64_t whole = 0;
    unsigned digits = 0;
    size_t n = end - p < 8 ? 8 : text_eight(p, &whole);
    if (n == 8) { /* or more, or near the end of the text */
        struct slice rest = slice_of(p, (size_t)(end - p));
        n = text_u64(&rest, &whole) ? (size_t)(rest.p - p) : 0;
    }
    if (n == 0 || whole > UINT64_C(100000000000)) /* what 60 bits hold, scaled */
        return false;
    p += n;
    int64_t scaled = (int64_t)whole * DECIMAL_SCALE;
    if (end - p > 1 && *p == '.' && text_is_digit(p[1]))
        p = read_decimals(p + 1, end, &scaled, &digits);
    ret->scaled = scaled;
    ret->digits = digits & 15u;
    *s = slice_of(p, (size_t)(end - p));
    return true;
}

bool text_digits(struct slice *s, size_t n, unsigned *ret)
{
    unsigned v = 0;
    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!text_is_digit(s->p[i]))
            return false;
        v = v * 10 + (unsigned)(s->p[i] - '0');
    }
    *ret = v;
    *s = slice_skip(*s, n);
    return true;
}

bool text_word(struct slice *s, struct slice *ret)
{
    size_t n = text_word_end(*s);
    if (n == 0)
        return false;
    *ret = slice_head(*s, n);
    *s = slice_skip(*s, n);
    return true;
}

bool text_line(struct slice *s, struct slice *ret)
{
    if (s->n == 0)
        return false;
    *ret = slice_cut(s, '\n');
    if (ret->n && ret->p[ret->n - 1] == '\r')
        ret->n--;
    return true;
}

/* Value of a hexadecimal digit, 255 for any other byte. */
static const uint8_t hex_value[256] = {
#define X 255
    X, X,  X,  X,  X,  X,  X,  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X,  X,  X,  X,  X,  X,  X, X, X, X, X, X, X, X, X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, X, X, X, X, X, X,
    X, 10, 11, 12, 13, 14, 15, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, 10, 11, 12, 13, 14, 15, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X,  X,  X,  X,  X,  X,  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X,  X,  X,  X,  X,  X,  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X,  X,  X,  X,  X,  X,  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X,  X,  X,  X,  X,  X,  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
#undef X
};

static unsigned hex_at(const char *p)
{
    return hex_value[(uint8_t)p[0]] << 4 | hex_value[(uint8_t)p[1]];
}

bool text_hex(struct slice *s, size_t digits, uint8_t *ret_bytes)
{
    unsigned bad = 0;
    if (s->n < digits)
        return false;
    for (size_t i = 0; i < digits; i++)
        bad |= hex_value[(uint8_t)s->p[i]];
    if (bad > 15)
        return false;
    for (size_t i = 0; i + 1 < digits; i += 2)
        ret_bytes[i / 2] = (uint8_t)hex_at(s->p + i);
    *s = slice_skip(*s, digits);
    return true;
}

/* Howard Hinnant's days_from_civil, in our words: count from 1 March, in eras of 400 years. */
int64_t text_days(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct clock {
    unsigned year, month, day, hour, minute, second, ms;
};

static unsigned month_days(unsigned year, unsigned month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* A leap second (:60) is the first of the next minute. */
static bool clock_time(const struct clock *c, int64_t zone_minutes, int64_t *ret)
{
    if (c->month < 1 || c->month > 12 || c->day < 1 || c->day > month_days(c->year, c->month) ||
        c->hour > 23 || c->minute > 59 || c->second > 60)
        return false;
    int64_t days = text_days(c->year, c->month, c->day);
    int64_t seconds = days * 86400 + c->hour * 3600 + c->minute * 60 + c->second - zone_minutes * 60;
    int64_t time = seconds * 1000 + c->ms;
    if (!time_known(time))
        return false;
    *ret = time;
    return true;
}

static void text_fraction(struct slice *s, unsigned *ret_ms)
{
    struct slice t = *s;
    if (!text_char(&t, '.') && !text_char(&t, ','))
        return;
    unsigned ms = 0, unit = 100;
    size_t n = 0;
    for (; t.n && text_is_digit(*t.p); t = slice_skip(t, 1), n++, unit /= 10)
        ms += (unsigned)(*t.p - '0') * unit;
    if (n == 0)
        return;
    *ret_ms = ms;
    *s = t;
}

static void text_zone(struct slice *s, int64_t *ret_minutes)
{
    struct slice t = *s;
    unsigned hours, minutes;
    if (text_char(s, 'Z'))
        return;
    int sign = t.n && *t.p == '-' ? -1 : 1;
    if (!text_char(&t, '+') && !text_char(&t, '-'))
        return;
    if (!text_digits(&t, 2, &hours))
        return;
    (void)text_char(&t, ':');
    if (!text_digits(&t, 2, &minutes) || hours > 23 || minutes > 59)
        return;
    *ret_minutes = sign * (int64_t)(hours * 60 + minutes);
    *s = t;
}

/* YYYY-MM-DDThh:mm:ssZ: as with its milliseconds, to which it is completed. */
static bool whole_seconds(struct slice *s, int64_t *ret)
{
    enum { SECONDS = 19 };
    char whole[TEXT_TIME_SIZE] = "YYYY-MM-DDThh:mm:ss.000Z";
    if (s->n <= SECONDS || s->p[SECONDS] != 'Z')
        return false;
    memcpy(whole, s->p, SECONDS);
    if (!text_time_at(whole, ret))
        return false;
    *s = slice_skip(*s, SECONDS + 1);
    return true;
}

bool text_time(struct slice *s, int64_t *ret)
{
    if (s->n >= TEXT_TIME_SIZE - 1 && text_time_at(s->p, ret)) { /* most are written so */
        *s = slice_skip(*s, TEXT_TIME_SIZE - 1);
        return true;
    }
    if (whole_seconds(s, ret))
        return true;
    struct slice t = *s;
    struct clock c = {0};
    int64_t zone = 0;
    if (!text_digits(&t, 4, &c.year) || !text_char(&t, '-') || !text_digits(&t, 2, &c.month) ||
        !text_char(&t, '-') || !text_digits(&t, 2, &c.day))
        return false;
    if (!text_char(&t, 'T') && !text_char(&t, ' '))
        return false;
    if (!text_digits(&t, 2, &c.hour) || !text_char(&t, ':') || !text_digits(&t, 2, &c.minute) ||
        !text_char(&t, ':') || !text_digits(&t, 2, &c.second))
        return false;
    text_fraction(&t, &c.ms);
    text_zone(&t, &zone);
    if (!clock_time(&c, zone, ret))
        return false;
    *s = t;
    return true;
}

/* The 24 bytes digit by digit: the readable version, beside which text_time_at is tested. */
static bool time_at_digits(const char *p, int64_t *ret)
{
    static const uint8_t digit_places[17] = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 22};
    unsigned v[17], bad = 0;
    for (size_t i = 0; i < 17; i++) {
        v[i] = (unsigned)(uint8_t)p[digit_places[i]] - '0';
        bad |= v[i] > 9;
    }
    if (bad)
        return false;
    struct clock c = {v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3],
                      v[4] * 10 + v[5],
                      v[6] * 10 + v[7],
                      v[8] * 10 + v[9],
                      v[10] * 10 + v[11],
                      v[12] * 10 + v[13],
                      v[14] * 100 + v[15] * 10 + v[16]};
    return clock_time(&c, 0, ret);
}

/* Lines of a log follow each other within a minute: its time is worked out once. Each thread has its own. */
enum { MINUTE_BYTES = 16, LEAST_BYTES = 8 }; /* YYYY-MM-DDThh:mm and :ss.mmmZ */
static _Thread_local struct {
    char text[MINUTE_BYTES];
    int64_t time;
} last_minute;

/* The front of a time is that of the minute met last: two compares of eight bytes, since memcmp is a call. */
static bool same_minute(const char *p)
{
    uint64_t a[2], b[2];
    memcpy(a, p, sizeof a);
    memcpy(b, last_minute.text, sizeof b);
    return a[0] == b[0] && a[1] == b[1] && last_minute.time != 0;
}

/* ms of `:ss.mmmZ`, all eight bytes at once: what is left of each by an exclusive or with `:00.000Z` is the digit's
 * value, or 0 for a sign; a digit that is too large sets a bit of the upper half when 6 is added (10 to the tens of
 * seconds). False for what is no such, and for a leap second. */
static bool least_at(const char *p, int64_t *ret)
{
    uint64_t v = text_word_at(p) ^ UINT64_C(0x5a3030302e30303a), twos = v * 10 + (v >> 8);
    if ((v | (v + UINT64_C(0x0006060600060a00))) & UINT64_C(0xfff0f0f0fff0f0ff))
        return false;
    *ret = (int64_t)((twos >> 8 & 255) * 1000 + (twos >> 32 & 255) * 10 + (v >> 48));
    return true;
}

/* Not inline: what it needs of the stack would be made room for at each call of text_time_at. */
__attribute__((noinline)) static bool whole_time_at(const char *p, int64_t *ret)
{
    if (p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' || p[16] != ':' || p[19] != '.' ||
        p[23] != 'Z' || !time_at_digits(p, ret))
        return false;
    if (p[17] < '6') { /* a leap second is counted to the next minute */
        memcpy(last_minute.text, p, MINUTE_BYTES);
        last_minute.time = *ret - *ret % 60000;
    }
    return true;
}

bool text_time_at(const char *p, int64_t *ret)
{
    int64_t least;
    if (!same_minute(p) || !least_at(p + MINUTE_BYTES, &least))
        return whole_time_at(p, ret);
    *ret = last_minute.time + least;
    return true;
}

/* Inverse of text_days for the years that text_time takes. */
static void civil(int64_t days, unsigned *year, unsigned *month, unsigned *day)
{
    int64_t z = days + 719468;
    int64_t era = z / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
    *month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
    *year = (unsigned)(yoe + era * 400 + (*month <= 2));
}

bool text_epoch(struct slice *s, int64_t *ret)
{
    struct slice rest = *s;
    uint64_t ms;
    if (!text_u64(&rest, &ms) || ms > INT64_MAX || !time_known((int64_t)ms))
        return false;
    *ret = (int64_t)ms;
    *s = rest;
    return true;
}

static void put_digits(char *p, unsigned v, size_t n)
{
    while (n-- > 0) {
        p[n] = (char)('0' + v % 10);
        v /= 10;
    }
}

void text_time_print(int64_t time, char ret[TEXT_TIME_SIZE])
{
    unsigned year, month, day;
    memcpy(ret, "0000-00-00T00:00:00.000Z", TEXT_TIME_SIZE);
    if (!time_known(time))
        return;
    civil(time / 86400000, &year, &month, &day);
    unsigned ms = (unsigned)(time % 86400000);
    put_digits(ret, year, 4);
    put_digits(ret + 5, month, 2);
    put_digits(ret + 8, day, 2);
    put_digits(ret + 11, ms / 3600000, 2);
    put_digits(ret + 14, ms / 60000 % 60, 2);
    put_digits(ret + 17, ms / 1000 % 60, 2);
    put_digits(ret + 20, ms % 1000, 3);
}

size_t text_url_decode(struct slice s, bool plus, char *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%' && i + 2 < s.n && hex_value[(uint8_t)s.p[i + 1]] < 16 &&
            hex_value[(uint8_t)s.p[i + 2]] < 16) {
            c = (char)hex_at(s.p + i + 1);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        ret[n++] = c;
    }
    return n;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (text_is_digit(c))
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool text_base64(struct slice s, char *ret, size_t *ret_n)
{
    uint32_t bits = 0;
    size_t n = 0, count = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\r' || c == '\n')
            continue;
        if (c == '=') {
            count = 0; /* another padded run may follow */
            continue;
        }
        int v = base64_value(c);
        if (v < 0)
            return false;
        bits = bits << 6 | (uint32_t)v;
        if (++count % 4 != 1)
            ret[n++] = (char)(bits >> (count % 4 == 2 ? 4 : count % 4 == 3 ? 2 : 0) & 255);
    }
    *ret_n = n;
    return true;
}

size_t text_utf8_put(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}
