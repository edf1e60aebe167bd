/* The tree of shapes: learned byte by byte, since that is rare, and read with a comparison and a search a value. */
#include "parsers/json_shapes.h"

#include "parsers/json_scan.h"

enum kind { PART_STRING, PART_NUMBER, PART_END };
enum {
    DIGITS_MAX = 18,   /* before the point: more may not fit a number */
    USES_MIN = 8,      /* learning takes as long as reading that many */
    TRIES_FREE = 256,  /* are learned whether they prove to be of use or not */
    SIBLINGS_MAX = 32, /* behind one part: each may have to be looked at */
    ROOT = 0
};

/* Behind a number without sign and exponent: 0, 7, 1200, 12.50; NULL when none stands at p. */
static const char *skip_plain(const char *p, const char *end)
{
    const char *behind = json_scan_digits(p, end);
    size_t n = (size_t)(behind - p);
    if (n == 0 || n > DIGITS_MAX || (n > 1 && *p == '0'))
        return NULL;
    if (behind == end || *behind != '.')
        return behind;
    const char *point = behind;
    behind = json_scan_digits(point + 1, end);
    return behind > point + 1 ? behind : NULL;
}

void json_shapes_done(struct json_shapes *s)
{
    vec_done(&s->parts);
    buf_done(&s->bytes);
}

/* ---- learning ---- */

/* A value's parts. */
struct pieces {
    struct piece {
        struct slice before; /* what stands before the value */
        const char *value;
        uint8_t kind, field;
    } v[JSON_SHAPES_VALUES + 1];
    size_t n;
};

/* The string or number at p, for a string without its quotes. *behind: where to go on. False for a key, and for a number
 * that is not plain. */
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
    const char *last = p, *plain = skip_plain(p, end);
    while (last < end && (json_scan_digit(*last) || memchr("+-.eE", *last, 5)))
        last++;
    *ret = slice_of(p, (size_t)(last - p));
    *behind = last;
    return plain == last;
}

/* False when there are too many. */
static bool cut(struct slice value, const char *fixed, struct pieces *ret)
{
    const char *p = value.p, *from = p, *end = value.p + value.n, *behind;
    ret->n = 0;
    while (p < end) {
        struct slice v;
        bool string = *p == '"';
        if (!string && !json_scan_digit(*p) && *p != '-') {
            p++;
            continue;
        }
        if (take_value(p, end, &v, &behind) && v.p != fixed) {
            if (ret->n == JSON_SHAPES_VALUES)
                return false;
            ret->v[ret->n++] = (struct piece){.before = slice_of(from, (size_t)(v.p - from)),
                                              .value = v.p,
                                              .kind = string ? PART_STRING : PART_NUMBER};
            from = v.p + v.n;
        }
        p = behind;
    }
    ret->v[ret->n] = (struct piece){.before = slice_of(from, (size_t)(end - from)), .kind = PART_END};
    return ret->n++ > 0;
}

/* Says which pieces are wanted. False when a field lies in the value and is none of them. */
static bool name_fields(struct slice value, const struct json_found *found, struct pieces *p)
{
    for (size_t i = 0; i < found->n; i++) {
        const char *at = found->fields[i].text.p;
        size_t k = 0;
        if (at < value.p || at >= value.p + value.n)
            continue;
        while (p->v[k].kind != PART_END && p->v[k].value != at)
            k++;
        if (p->v[k].kind == PART_END)
            return false;
        p->v[k].field = found->fields[i].field;
    }
    return true;
}

static bool is_part(const struct json_shapes *s, uint32_t part, const struct piece *piece)
{
    const struct json_part *at = &s->parts.v[part];
    return at->kind == piece->kind && at->field == piece->field &&
           slice_eq(slice_of(s->bytes.p + at->text, at->n), piece->before);
}

/* Gives up the last of the parts behind `part`, which was met longest ago, and all behind it. */
static void forget_last(struct json_shapes *s, uint32_t part)
{
    struct json_part *v = s->parts.v;
    uint32_t *last = &v[part].child;
    while (v[*last].sibling)
        last = &v[*last].sibling;
    *last = 0;
}

/* The part of that piece behind `part`, added when it is new. */
static uint32_t grow(struct json_shapes *s, uint32_t part, const struct piece *piece, uint32_t outcome)
{
    unsigned siblings = 0;
    for (uint32_t i = s->parts.v[part].child; i; i = s->parts.v[i].sibling, siblings++)
        if (is_part(s, i, piece))
            return i;
    if (siblings == SIBLINGS_MAX)
        forget_last(s, part);
    uint32_t new = (uint32_t)s->parts.n;
    struct json_part *at = vec_push(&s->parts);
    *at = (struct json_part){.text = (uint32_t)s->bytes.n,
                             .n = (uint32_t)piece->before.n,
                             .sibling = s->parts.v[part].child,
                             .kind = piece->kind,
                             .field = piece->field};
    if (piece->kind == PART_END)
        at->outcome = outcome;
    (void)buf_append(&s->bytes, piece->before);
    s->parts.v[part].child = new;
    return new;
}

static void add_pieces(struct json_shapes *s, const struct pieces *p, size_t bytes, uint32_t outcome)
{
    if (s->parts.n + p->n > JSON_SHAPES_PARTS || s->bytes.n + bytes > JSON_SHAPES_BYTES) {
        vec_clear(&s->parts);
        buf_clear(&s->bytes);
    }
    if (s->parts.n == 0)
        *vec_push(&s->parts) = (struct json_part){.kind = PART_STRING};
    for (uint32_t i = 0, part = ROOT; i < p->n; i++)
        part = grow(s, part, &p->v[i], outcome);
}

void json_shapes_begin(struct json_shapes *s)
{
    s->tried = s->used = 0;
}

bool json_shapes_may_learn(const struct json_shapes *s, struct slice value)
{
    bool of_use = s->tried < TRIES_FREE || s->tried * USES_MIN <= s->used;
    return of_use && value.n && value.n <= JSON_SHAPES_BYTES && (*value.p == '{' || *value.p == '[') &&
           !memchr(value.p, '\\', value.n);
}

void json_shapes_learn(struct json_shapes *s, struct slice value, const struct json_found *found,
                       const char *fixed)
{
    struct pieces p;
    if (!json_shapes_may_learn(s, value))
        return;
    s->tried++;
    if (cut(value, fixed, &p) && name_fields(value, found, &p))
        add_pieces(s, &p, value.n, found->outcome);
}

/* ---- reading ---- */

/* Whether the part stands at p, and where its value ends. */
static inline bool stands_at(const struct json_shapes *s, const struct json_part *part, const char *p,
                             const char *end, const char **ret_behind)
{
    if ((size_t)(end - p) < part->n || !json_scan_same(p, s->bytes.p + part->text, part->n))
        return false;
    p += part->n;
    /* Of a string the quote is the first byte of what is compared next. */
    *ret_behind = part->kind == PART_STRING   ? json_scan_special(p, end)
                  : part->kind == PART_NUMBER ? skip_plain(p, end)
                                              : p;
    return *ret_behind != NULL;
}

/* The one of the parts behind `part` that stands at p, which will be looked at first from now on; 0: none does. */
static inline uint32_t follow(struct json_shapes *s, uint32_t part, const char *p, const char *end,
                              const char **ret_behind)
{
    struct json_part *v = s->parts.v;
    uint32_t *first = &v[part].child, before = 0;
    for (uint32_t i = *first; i; before = i, i = v[i].sibling) {
        if (!stands_at(s, &v[i], p, end, ret_behind))
            continue;
        if (before) {
            v[before].sibling = v[i].sibling;
            v[i].sibling = *first;
            *first = i;
        }
        return i;
    }
    return 0;
}

size_t json_shapes_read(struct json_shapes *s, struct slice text, struct json_found *ret)
{
    const char *p = text.p, *end = text.p + text.n, *behind;
    uint32_t part = ROOT;
    ret->n = 0;
    while (s->parts.n && (part = follow(s, part, p, end, &behind)) != 0) {
        const struct json_part *at = &s->parts.v[part];
        p += at->n;
        if (at->kind == PART_END) {
            ret->outcome = at->outcome;
            return (size_t)(p - text.p);
        }
        if (at->field)
            ret->fields[ret->n++] = (struct json_field){slice_of(p, (size_t)(behind - p)), at->field};
        p = behind;
    }
    return 0;
}
