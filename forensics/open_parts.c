/* A table of a fixed size: chains of slots, which are numbers of two bytes, so that all of what a search reads fits
 * the first cache. uthash, whose handles take 56 bytes a slot, took two to three times as long. */
#include "forensics/open_parts.h"

#include "base/err.h"

#include <stdlib.h>

enum { BUCKETS = 2 * OPEN_MAX };

struct open_slot {
    struct request_id id;
    struct attempt *part;
    uint16_t next; /* of the same hash, plus one */
};

/* Ids are random but for masked and hostile ones: two multiplies mix both halves. No chain is longer than OPEN_MAX. */
static size_t bucket_of(const struct request_id *id)
{
    uint64_t halves[2];
    memcpy(halves, id->bytes, sizeof halves);
    uint64_t h = halves[0] * UINT64_C(0x9e3779b97f4a7c15) + halves[1];
    h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return h >> 32 & (BUCKETS - 1);
}

struct attempt **open_find(const struct open_parts *t, const struct request_id *id)
{
    if (t->n == 0)
        return NULL;
    for (size_t i = t->first[bucket_of(id)]; i > 0; i = t->slots[i - 1].next)
        if (memcmp(&t->slots[i - 1].id, id, sizeof *id) == 0)
            return &t->slots[i - 1].part;
    return NULL;
}

static void make_room(struct open_parts *t)
{
    t->slots = calloc(OPEN_MAX, sizeof *t->slots);
    t->first = calloc(BUCKETS, sizeof *t->first);
    if (!t->slots || !t->first)
        err_oom();
}

/* Takes slot `i` out of its chain. */
static void unlink_slot(struct open_parts *t, size_t i)
{
    uint16_t *at = &t->first[bucket_of(&t->slots[i].id)];
    while (*at != i + 1)
        at = &t->slots[*at - 1].next;
    *at = t->slots[i].next;
}

void open_add(struct open_parts *t, const struct request_id *id, struct attempt *part)
{
    if (!t->slots)
        make_room(t);
    size_t i = t->next;
    if (t->n == OPEN_MAX)
        unlink_slot(t, i);
    else
        t->n++;
    t->next = (i + 1) % OPEN_MAX;
    uint16_t *first = &t->first[bucket_of(id)];
    t->slots[i] = (struct open_slot){*id, part, *first};
    *first = (uint16_t)(i + 1);
}

void open_clear(struct open_parts *t)
{
    if (t->n)
        memset(t->first, 0, BUCKETS * sizeof *t->first);
    t->n = t->next = 0;
}

void open_done(struct open_parts *t)
{
    free(t->slots);
    free(t->first);
    *t = (struct open_parts){.n = 0};
}
