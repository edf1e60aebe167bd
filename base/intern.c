/* Strings as small numbers, over uthash with our hash (the keys come from outside). */
#define HASH_FUNCTION(key, length, hash)                                                                     \
    ((hash) = (unsigned)slice_hash(slice_of((const char *)(key), (length)), INTERN_SEED))

#include "base/intern.h"

#include "base/err.h"

#define uthash_fatal(msg) err_oom()
#include <uthash.h>

enum { INTERN_SEED = 0x5eed };

struct intern_entry {
    struct slice name;
    uint32_t id;
    UT_hash_handle hh;
};

void intern_init(struct intern *t)
{
    *t = (struct intern){.table = NULL};
    arena_init(&t->arena);
    *vec_push(&t->names) = slice_of("", 0);
}

void intern_done(struct intern *t)
{
    HASH_CLEAR(hh, t->table);
    vec_done(&t->names);
    arena_done(&t->arena);
}

uint32_t intern_find(const struct intern *t, struct slice s)
{
    struct intern_entry *e = NULL;
    if (s.n == 0)
        return 0;
    HASH_FIND(hh, t->table, s.p, s.n, e);
    return e ? e->id : 0;
}

static uint32_t add(struct intern *t, struct slice s)
{
    struct intern_entry *e = arena_alloc(&t->arena, sizeof *e);
    e->name = arena_copy(&t->arena, s);
    e->id = (uint32_t)t->names.n;
    HASH_ADD_KEYPTR(hh, t->table, e->name.p, e->name.n, e);
    *vec_push(&t->names) = e->name;
    return e->id;
}

uint32_t intern_id(struct intern *t, struct slice s)
{
    if (s.n == 0)
        return 0;
    uint32_t *recent = &t->recent[(s.n * 8 + (uint8_t)s.p[s.n - 1]) % INTERN_RECENT];
    if (slice_eq(t->names.v[*recent], s))
        return *recent;
    uint32_t found = intern_find(t, s);
    *recent = found ? found : add(t, s);
    return *recent;
}

struct slice intern_name(const struct intern *t, uint32_t id)
{
    return id < t->names.n ? t->names.v[id] : slice_of("", 0);
}

uint32_t *intern_remap(struct intern *into, const struct intern *from)
{
    uint32_t *map = malloc(from->names.n * sizeof *map);
    if (!map)
        err_oom();
    for (size_t i = 0; i < from->names.n; i++)
        map[i] = intern_id(into, from->names.v[i]);
    return map;
}
