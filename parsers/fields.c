/* Chosen members of a JSON object by a table of paths. */
#include "parsers/fields.h"

#include <assert.h>

struct reader {
    struct json j;
    const struct field *table;
    struct buf *scratch;
    struct value *values;
    bool room; /* strings can be decoded without moving those that are */
};

/* Rows of the table, a bit each. */
typedef uint64_t rows;
enum { ROWS_MAX = 64 };

/* Does the path go on with this key, which it ends with or which stands before a '/'? */
static bool goes_on(const char *path, struct slice key)
{
    for (size_t i = 0; i < key.n; i++)
        if (path[i] == '\0' || path[i] != key.p[i])
            return false;
    return path[key.n] == '\0' || path[key.n] == '/';
}

/* Of the `open` rows, whose paths lead to the object that begins at their byte `at`: the one that the key completes,
 * NULL when none, and those whose paths go on behind it. */
static const struct field *match(const struct reader *r, rows open, size_t at, struct slice key,
                                 rows *ret_inner)
{
    const struct field *leaf = NULL;
    *ret_inner = 0;
    if (key.n == 0)
        return NULL;
    for (; open; open &= open - 1) {
        const struct field *f = &r->table[__builtin_ctzll(open)];
        if (f->path[at] != *key.p || !goes_on(f->path + at, key))
            continue;
        if (f->path[at + key.n] == '\0')
            leaf = f;
        else
            *ret_inner |= open & -open;
    }
    return leaf;
}

static void take(struct reader *r, struct value *ret)
{
    struct value v = {.type = json_peek(&r->j)};
    bool escaped = false;
    bool ok = v.type == JSON_STRING ? json_string(&r->j, &v.raw, &escaped) : json_raw(&r->j, &v.raw);
    if (!ok || v.type == JSON_NULL)
        return;
    v.text = v.raw;
    if (escaped && r->room) {
        size_t at = r->scratch->n;
        if (json_decode(v.raw, r->scratch))
            v.text = slice_of(r->scratch->p + at, r->scratch->n - at);
    }
    *ret = v;
}

/* Goes down at most as deep as the longest path. */
static void walk(struct reader *r, rows open, size_t at)
{
    struct slice key;
    if (!json_enter_object(&r->j))
        return;
    while (json_next_key(&r->j, &key)) {
        rows inner;
        const struct field *leaf = match(r, open, at, key, &inner);
        if (inner && json_peek(&r->j) == JSON_OBJECT)
            walk(r, inner, at + key.n + 1);
        else if (leaf)
            take(r, &r->values[leaf->slot]);
        else
            (void)json_skip(&r->j);
    }
}

bool fields_read(struct slice object, const struct field *table, size_t n, struct buf *scratch,
                 struct value *ret)
{
    struct reader r = {.table = table, .scratch = scratch, .values = ret};
    json_init(&r.j, object);
    if (json_peek(&r.j) != JSON_OBJECT)
        return false;
    assert(n > 0 && n <= ROWS_MAX);
    /* No decoded string is longer than it stands. */
    r.room = memchr(object.p, '\\', object.n) && buf_reserve(scratch, object.n);
    walk(&r, ~(rows)0 >> (ROWS_MAX - n), 0);
    return !r.j.error;
}

uint64_t value_u64(const struct value *v, uint64_t otherwise)
{
    int64_t n;
    bool fits = (v->type == JSON_STRING || v->type == JSON_NUMBER) && json_scaled(v->text, 0, &n) && n >= 0;
    return fits ? (uint64_t)n : otherwise;
}

struct slice value_string(const struct value *v)
{
    return v->type == JSON_STRING ? v->text : slice_of("", 0);
}
