/* Text under construction. */
#include "samples/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 4096, NUMBER_MAX = 32, TIME_SIZE = 24, DAY_MS = 86400000 };

void compose_done(struct compose *c)
{
    free(c->p);
    *c = (struct compose){0};
}

static char *reserve(struct compose *c, size_t more)
{
    if (c->size - c->n < more) {
        size_t size = c->size ? c->size : FIRST_SIZE;
        while (size - c->n < more)
            size *= 2;
        c->p = realloc(c->p, size);
        c->size = size;
        if (!c->p) {
            fputs("generate: out of memory\n", stderr);
            exit(3);
        }
    }
    return c->p + c->n;
}

void compose_bytes(struct compose *c, const char *p, size_t n)
{
    if (n == 0)
        return;
    memcpy(reserve(c, n), p, n);
    c->n += n;
}

static void put_u64(struct compose *c, uint64_t value, unsigned digits)
{
    char text[NUMBER_MAX];
    unsigned at = NUMBER_MAX;
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value || NUMBER_MAX - at < digits);
    compose_bytes(c, text + at, NUMBER_MAX - at);
}

static void put_hex(struct compose *c, uint64_t value, unsigned digits, const char *alphabet)
{
    char *p = reserve(c, digits);
    c->n += digits;
    while (digits-- > 0) {
        p[digits] = alphabet[value & 15];
        value >>= 4;
    }
}

static void write_two(char *p, unsigned value)
{
    p[0] = (char)('0' + value / 10);
    p[1] = (char)('0' + value % 10);
}

/* Civil date of a day count, by the 400-year eras of the proleptic Gregorian calendar. */
static void write_date(char *p, int64_t days)
{
    int64_t z = days + 719468, era = z / 146097;
    unsigned doe = (unsigned)(z - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), month = (5 * doy + 2) / 153;
    unsigned year = yoe + (unsigned)era * 400 + (month >= 10);
    write_two(p, year / 100);
    write_two(p + 2, year % 100);
    p[4] = p[7] = '-';
    write_two(p + 5, month < 10 ? month + 3 : month - 9);
    write_two(p + 8, doy - (153 * month + 2) / 5 + 1);
}

/* Nearly all times of a run share their day and most their second: both are kept. */
static void put_time(struct compose *c, int64_t ms, int with_ms)
{
    static int64_t kept_second = -1, kept_day = -1;
    static char kept[TIME_SIZE] = "0000-00-00T00:00:00.000Z";
    int64_t second = ms / 1000;
    if (second != kept_second) {
        unsigned of_day = (unsigned)(second % (DAY_MS / 1000));
        if (second / (DAY_MS / 1000) != kept_day)
            write_date(kept, kept_day = second / (DAY_MS / 1000));
        write_two(kept + 11, of_day / 3600);
        write_two(kept + 14, of_day / 60 % 60);
        write_two(kept + 17, of_day % 60);
        kept_second = second;
    }
    char *p = reserve(c, TIME_SIZE);
    memcpy(p, kept, TIME_SIZE);
    if (with_ms) {
        p[20] = (char)('0' + ms % 1000 / 100);
        write_two(p + 21, (unsigned)(ms % 100));
        c->n += TIME_SIZE;
    } else {
        p[19] = 'Z';
        c->n += 20;
    }
}

static void put_uuid(struct compose *c, const uint8_t *id)
{
    char *p = reserve(c, 36);
    for (unsigned i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = "0123456789abcdef"[id[i] >> 4];
        *p++ = "0123456789abcdef"[id[i] & 15];
    }
    c->n += 36;
}

static void put_escaped(struct compose *c, char byte)
{
    switch (byte) {
    case '\n': compose_bytes(c, "\\n", 2); return;
    case '\t': compose_bytes(c, "\\t", 2); return;
    case '\r': compose_bytes(c, "\\r", 2); return;
    case '"': compose_bytes(c, "\\\"", 2); return;
    case '\\': compose_bytes(c, "\\\\", 2); return;
    default: compose_bytes(c, "\\u00", 4); put_hex(c, (uint8_t)byte, 2, "0123456789abcdef");
    }
}

static void put_json(struct compose *c, const char *p, size_t n)
{
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        if ((uint8_t)p[i] >= 0x20 && p[i] != '"' && p[i] != '\\')
            continue;
        compose_bytes(c, p + from, i - from);
        put_escaped(c, p[i]);
        from = i + 1;
    }
    compose_bytes(c, p + from, n - from);
}

static void put_hundredths(struct compose *c, uint64_t value)
{
    put_u64(c, value / 100, 1);
    compose_bytes(c, ".", 1);
    put_u64(c, value % 100, 2);
}

/* va_list travels by pointer: a callee may not share it by value. */
struct arguments {
    va_list list;
};

static void put_number(struct compose *c, char directive, struct arguments *a)
{
    uint64_t value = va_arg(a->list, uint64_t);
    if (directive == 'u') {
        put_u64(c, value, 1);
        return;
    }
    if (directive == 'h') {
        put_hundredths(c, value);
        return;
    }
    unsigned digits = (unsigned)va_arg(a->list, int);
    if (directive == '0')
        put_u64(c, value, digits);
    else
        put_hex(c, value, digits, directive == 'x' ? "0123456789abcdef" : "0123456789ABCDEF");
}

static void put_text(struct compose *c, char directive, struct arguments *a)
{
    const char *p = va_arg(a->list, const char *);
    size_t n = directive == 's' ? strlen(p) : va_arg(a->list, size_t);
    if (directive == 'j')
        put_json(c, p, n);
    else
        compose_bytes(c, p, n);
}

static void put_directive(struct compose *c, char directive, struct arguments *a)
{
    if (strchr("sbj", directive))
        put_text(c, directive, a);
    else if (directive == 't' || directive == 'T')
        put_time(c, va_arg(a->list, int64_t), directive == 't');
    else if (directive == 'i')
        put_uuid(c, va_arg(a->list, const uint8_t *));
    else if (directive == '%')
        compose_bytes(c, "%", 1);
    else
        put_number(c, directive, a);
}

void compose_vput(struct compose *c, const char *format, va_list list)
{
    struct arguments a;
    va_copy(a.list, list);
    for (;;) {
        const char *percent = strchr(format, '%');
        if (!percent)
            break;
        compose_bytes(c, format, (size_t)(percent - format));
        put_directive(c, percent[1], &a);
        format = percent + 2;
    }
    compose_bytes(c, format, strlen(format));
    va_end(a.list);
}

void compose_put(struct compose *c, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    compose_vput(c, format, list);
    va_end(list);
}

char *compose_string(const char *format, ...)
{
    struct compose c = {0};
    va_list list;
    va_start(list, format);
    compose_vput(&c, format, list);
    va_end(list);
    compose_bytes(&c, "", 1);
    return c.p;
}
