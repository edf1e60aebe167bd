/* Strings as small numbers. The same bytes give the same number within one table; 0 is "none" and the empty
 * string. Numbers differ between tables: intern_remap turns those of one into those of another. */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdint.h>

struct intern_entry;

enum { INTERN_RECENT = 64 };

struct intern {
    struct intern_entry *table; /* uthash */
    VEC(struct slice) names;    /* names.v[id]; [0] is empty */
    struct arena arena;
    uint32_t recent[INTERN_RECENT]; /* ids asked for last, by length and last byte: logs repeat themselves */
};

void intern_init(struct intern *t);
void intern_done(struct intern *t);
uint32_t intern_id(struct intern *t, struct slice s);
/* 0 when it was never interned. */
uint32_t intern_find(const struct intern *t, struct slice s);
/* Lives as long as the table. */
struct slice intern_name(const struct intern *t, uint32_t id);
/* An array, heap-allocated, that maps each id of `from` to the one in `into`. */
uint32_t *intern_remap(struct intern *into, const struct intern *from);

#endif
