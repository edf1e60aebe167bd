/* Memory that is freed all at once. Nothing from an arena is freed by itself, and every pointer stays valid
 * until arena_done. An arena has one owner; it holds no lock. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena_block;

struct arena {
    struct arena_block *blocks;
    char *next, *end;
    char *packed, *packed_end; /* where arena_pack goes on */
    size_t bytes;              /* taken from the system so far */
    bool large;                /* much is expected */
};

void arena_init(struct arena *a);
void arena_done(struct arena *a);
/* Much will be taken: it begins with a huge page, which is one page fault where small blocks are hundreds. */
void arena_expect(struct arena *a);
/* Memory aligned for any type, never NULL: with whatever is in it; zeroed. */
void *arena_take(struct arena *a, size_t size);
void *arena_alloc(struct arena *a, size_t size);
/* A copy of the bytes, with a NUL behind them that the slice does not count. */
struct slice arena_copy(struct arena *a, struct slice s);
/* The bytes alone, without alignment or an end: for many small pieces. Empty ones take nothing. */
const char *arena_pack(struct arena *a, struct slice s);
/* A formatted string. */
const char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Takes over all blocks of `from`, which becomes empty. */
void arena_join(struct arena *a, struct arena *from);

#endif
