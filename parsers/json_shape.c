/* Shapes of JSON values: learned byte by byte, since that is rare, and read with a comparison and a search a
 * value. */
#include "parsers/json_shape.h"

#include "parsers/json_scan.h"

/* More digits may not fit a number. */
enum { DIGITS_MAX = 18 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && is_digit(*p))
        p++;
    return p;
}

/* 0, 7, 1200: from p up to `behind`. */
static bool is_whole(const char *p, const char *behind)
{
    size_t n = (size_t)(behind - p);
    return n > 0 && n <= DIGITS_MAX && (n == 1 || *p != '0');
}

/* A value that ends what stands before it at `from`. */
static bool add_value(struct json_shape *s, size_t *used, const char *from, struct slice value, bool number,
                      struct slice *ret)
{
    size_t before = (size_t)(value.p - from);
    if (s->n == JSON_SHAPE_VALUES || before > JSON_SHAPE_BYTES - *used)
        return false;
    memcpy(s->text + *used, from, before);
    *used += before;
    s->values[s->n].before = (uint16_t)before;
    s->values[s->n].number = number;
    ret[s->n++] = value;
    return true;
}

/* The string or number at p, for a string without its quotes; empty and not a value when it is a key or a
 * number that is not whole. *behind: where to go on. */
static bool take_value(const char *p, const char *end, struct slice *ret, const char **behind)
{
    if (*p == '"') {
        const char *quote = memchr(p + 1, '"', (size_t)(end - p - 1)), *next = quote + 1;
        while (next < end && json_scan_blank(*next))
            next++;
        *ret = slice_of(p + 1, (size_t)(quote - p - 1));
        *behind = quote + 1;
        return next == end || *next != ':';
    }
    const char *last = skip_digits(p, end);
    *ret = slice_of(p, (size_t)(last - p));
    while (last < end && (is_digit(*last) || memchr("+-.eE", *last, 5)))
        last++;
    *behind = last;
    return last == ret->p + ret->n && is_whole(p, last);
}

static bool learn(struct json_shape *s, struct slice value, struct slice *ret)
{
    const char *p = value.p, *from = p, *end = value.p + value.n, *behind;
    size_t used = 0;
    while (p < end) {
        struct slice v;
        bool string = *p == '"';
        if (!string && !is_digit(*p) && *p != '-') {
            p++;
            continue;
        }
        if (take_value(p, end, &v, &behind)) {
            if (!add_value(s, &used, from, v, !string, ret))
                return false;
            from = v.p + v.n;
        }
        p = behind;
    }
    size_t left = (size_t)(end - from);
    if (left > JSON_SHAPE_BYTES - used)
        return false;
    memcpy(s->text + used, from, left);
    s->behind = (uint16_t)left;
    return s->n > 0;
}

bool json_shape_learn(struct json_shape *s, struct slice value, struct slice ret[JSON_SHAPE_VALUES])
{
    bool composed = value.n && (*value.p == '{' || *value.p == '[');
    s->n = 0;
    if (composed && !memchr(value.p, '\\', value.n) && learn(s, value, ret))
        return true;
    s->n = 0;
    return false;
}

size_t json_shape_read(const struct json_shape *s, struct slice text, struct slice ret[JSON_SHAPE_VALUES])
{
    const char *p = text.p, *end = text.p + text.n, *same = s->text;
    for (size_t i = 0; i < s->n; i++) {
        size_t before = s->values[i].before;
        if ((size_t)(end - p) < before || memcmp(p, same, before) != 0)
            return 0;
        p += before;
        same += before;
        const char *behind = s->values[i].number ? skip_digits(p, end) : json_scan_special(p, end);
        if (s->values[i].number && !is_whole(p, behind))
            return 0; /* of a string the quote is the first byte of what is compared next */
        ret[i] = slice_of(p, (size_t)(behind - p));
        p = behind;
    }
    if (s->n == 0 || (size_t)(end - p) < s->behind || memcmp(p, same, s->behind) != 0)
        return 0;
    return (size_t)(p - text.p) + s->behind;
}
