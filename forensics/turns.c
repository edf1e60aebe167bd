/* A small table of streams by their names, which is emptied with each source. */
#include "forensics/turns.h"

#include "base/err.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void turns_init(struct turns *t)
{
    memset(t, 0, sizeof *t);
    arena_init(&t->arena);
    t->list = malloc(TURNS_MAX * sizeof *t->list); /* touched as far as it is used */
    if (!t->list)
        err_oom();
}

void turns_done(struct turns *t)
{
    arena_done(&t->arena);
    free(t->list);
    t->list = NULL;
}

/* Streams of a function differ in their last characters. */
static uint64_t ending(struct slice s)
{
    uint64_t bytes = 0;
    size_t n = s.n < sizeof bytes ? s.n : sizeof bytes;
    if (n > 0)
        memcpy(&bytes, s.p + s.n - n, n);
    return bytes ^ s.n;
}

/* Where it is, or would be. At most a quarter of the slots is taken. */
static uint16_t *slot_of(struct turns *t, struct slice group, struct slice name)
{
    uint64_t hash =
        (ending(name) * 31 + ending(group)) * UINT64_C(0x9e3779b97f4a7c15); /* 2^64 / golden ratio */
    size_t i = (size_t)(hash >> 32) % TURNS_SLOTS;
    for (; t->slots[i]; i = (i + 1) % TURNS_SLOTS) {
        const struct turn *turn = &t->list[t->slots[i] - 1];
        if (slice_eq(name, turn->name) && slice_eq(group, turn->group))
            break;
    }
    return &t->slots[i];
}

struct turn *turns_find(struct turns *t, struct slice group, struct slice name)
{
    uint16_t number = *slot_of(t, group, name);
    return number ? &t->list[number - 1] : NULL;
}

struct turn *turns_add(struct turns *t, struct slice group, struct slice name)
{
    assert(t->n < TURNS_MAX);
    uint16_t *slot = slot_of(t, group, name);
    struct turn *turn = &t->list[t->n++];
    *slot = (uint16_t)t->n;
    *turn = (struct turn){.group = arena_copy(&t->arena, group),
                          .name = arena_copy(&t->arena, name),
                          .slot = (uint16_t)(slot - t->slots),
                          .time = TIME_NONE};
    return turn;
}

void turns_clear(struct turns *t)
{
    for (unsigned i = 0; i < t->n; i++)
        t->slots[t->list[i].slot] = 0;
    t->n = 0;
    arena_done(&t->arena);
    arena_init(&t->arena);
}
