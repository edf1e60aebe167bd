/* Numbers of JSON that doubles would spoil: nanoseconds above 2^53, seconds with seven decimals. */
#include "parsers/json.h"

#include "base/text.h"

/* Exponents beyond this give 0 or overflow whatever the digits are. */
enum { EXPONENT_MAX = 9999 };

/* Appends a digit while it fits; what does not fit raises the exponent instead. True when it was kept. */
static bool add_digit(uint64_t *m, char c)
{
    if (*m > (UINT64_MAX - 9) / 10)
        return false;
    *m = *m * 10 + (uint64_t)(c - '0');
    return true;
}

static bool at_digit(struct slice s)
{
    return s.n && *s.p >= '0' && *s.p <= '9';
}

static bool take_exponent(struct slice *s, int *exponent)
{
    if (s->n == 0 || (*s->p != 'e' && *s->p != 'E'))
        return true;
    struct slice rest = slice_skip(*s, 1);
    bool minus = text_char(&rest, '-');
    if (!minus)
        (void)text_char(&rest, '+');
    if (!at_digit(rest))
        return false;
    int v = 0;
    for (; at_digit(rest); rest = slice_skip(rest, 1))
        v = v >= EXPONENT_MAX ? EXPONENT_MAX : v * 10 + (*rest.p - '0');
    *exponent += minus ? -v : v;
    *s = rest;
    return true;
}

static bool apply(uint64_t m, int exponent, bool minus, int64_t *ret)
{
    for (; exponent < 0 && m; exponent++)
        m /= 10;
    for (; exponent > 0 && m; exponent--) {
        if (m > INT64_MAX / 10)
            return false;
        m *= 10;
    }
    if (m > INT64_MAX)
        return false;
    *ret = minus ? -(int64_t)m : (int64_t)m;
    return true;
}

bool json_scaled(struct slice raw, int shift, int64_t *ret)
{
    uint64_t m = 0;
    int exponent = shift;
    bool minus = text_char(&raw, '-');
    if (!at_digit(raw))
        return false;
    for (; at_digit(raw); raw = slice_skip(raw, 1))
        exponent += !add_digit(&m, *raw.p);
    if (text_char(&raw, '.'))
        for (; at_digit(raw); raw = slice_skip(raw, 1))
            exponent -= add_digit(&m, *raw.p);
    return take_exponent(&raw, &exponent) && raw.n == 0 && apply(m, exponent, minus, ret);
}

int64_t json_time(struct slice raw)
{
    static const int8_t shifts[] = {0, 3, -3, -6}; /* ms, s, µs, ns: for 2000 to 2099 only one of them fits */
    int64_t time;
    for (size_t i = 0; i < sizeof shifts; i++)
        if (json_scaled(raw, shifts[i], &time) && time_known(time))
            return time;
    return text_time(&raw, &time) ? time : TIME_NONE;
}
