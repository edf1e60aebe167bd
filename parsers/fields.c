/* Chosen members of a JSON object by a table of paths. */
#include "parsers/fields.h"

#include "base/text.h"

struct reader {
    struct json j;
    const struct field *table;
    size_t n;
    struct buf *scratch;
    struct value *values;
    bool room; /* strings can be decoded without moving those that are */
};

/* The row that `key` completes and the row whose path goes on behind it; either may be NULL. */
static void match(const struct reader *r, struct slice prefix, struct slice key, const struct field **leaf,
                  const struct field **inner)
{
    *leaf = *inner = NULL;
    if (key.n == 0)
        return;
    for (size_t i = 0; i < r->n; i++) {
        if (prefix.n == 0 && *r->table[i].path != *key.p)
            continue;
        struct slice path = slice_str(r->table[i].path);
        if (!slice_starts(path, prefix) || !slice_starts(slice_skip(path, prefix.n), key))
            continue;
        size_t end = prefix.n + key.n;
        if (path.n == end)
            *leaf = &r->table[i];
        else if (path.p[end] == '/')
            *inner = &r->table[i];
    }
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
static void walk(struct reader *r, struct slice prefix)
{
    struct slice key;
    const struct field *leaf, *inner;
    if (!json_enter_object(&r->j))
        return;
    while (json_next_key(&r->j, &key)) {
        match(r, prefix, key, &leaf, &inner);
        if (inner && json_peek(&r->j) == JSON_OBJECT)
            walk(r, slice_of(inner->path, prefix.n + key.n + 1));
        else if (leaf)
            take(r, &r->values[leaf->slot]);
        else
            (void)json_skip(&r->j);
    }
}

bool fields_read(struct slice object, const struct field *table, size_t n, struct buf *scratch,
                 struct value *ret)
{
    struct reader r = {.table = table, .n = n, .scratch = scratch, .values = ret};
    json_init(&r.j, object);
    if (json_peek(&r.j) != JSON_OBJECT)
        return false;
    /* No decoded string is longer than it stands. */
    r.room = memchr(object.p, '\\', object.n) && buf_reserve(scratch, object.n);
    walk(&r, slice_of("", 0));
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
