/* Growth of a vec: half as much again while it is small. A large one takes room for LARGE_FACTOR times as much, since
 * memory that was never written to is no memory yet, and copying is what costs: the copy's pages have to be cleared
 * first. It is never moved by realloc: a mapping of huge pages that lands off their alignment falls apart into small
 * ones, after which 5 M records take 12 s to be put in order, not 1.5 s. */
#include "base/vec.h"

#include "base/err.h"
#include "base/huge.h"

#include <stdint.h>
#include <string.h>

enum { LARGE_FACTOR = 8, MOVED_AT_ONCE = 8 << 20 };

/* What is copied is given back on the way, so that a large array is never there twice. */
static void *move(void *v, size_t used, size_t size, void *to)
{
    for (size_t at = 0, n; at < used; at += n) {
        n = used - at < MOVED_AT_ONCE ? used - at : MOVED_AT_ONCE;
        memcpy((char *)to + at, (char *)v + at, n);
        huge_forget(v, at, at + n, size);
    }
    free(v);
    return to;
}

/* Systems that promise no more than they have may refuse the most. */
static void *grow_large(void *v, size_t used, size_t size, size_t *cap)
{
    size_t held = *cap * size;
    void *p = *cap <= SIZE_MAX / 2 / LARGE_FACTOR / size ? huge_try(held * LARGE_FACTOR) : NULL;
    *cap *= p ? LARGE_FACTOR : 2;
    return move(v, used, held, p ? p : huge_alloc(*cap * size));
}

void *vec_move(void *v, size_t *cap, size_t n, size_t want, size_t size)
{
    if (want <= *cap)
        return v;
    void *p = move(v, n * size, *cap * size, huge_array(want, size));
    *cap = want;
    return p;
}

void *vec_grow(void *v, size_t *cap, size_t n, size_t size)
{
    if (*cap * size >= HUGE_FROM)
        return grow_large(v, n * size, size, cap);
    *cap = *cap ? *cap + *cap / 2 + 1 : 8;
    if (*cap * size >= HUGE_FROM) {
        *cap = *cap * size < HUGE_PAGE ? HUGE_PAGE / size : *cap;
        return move(v, n * size, n * size, huge_alloc(*cap * size));
    }
    void *p = realloc(v, *cap * size);
    if (!p)
        err_oom();
    return p;
}

void vec_order(void *v, size_t n, size_t size, int (*compare)(const void *, const void *))
{
    const char *p = v;
    size_t i = 1;
    while (i < n && compare(p + (i - 1) * size, p + i * size) <= 0)
        i++;
    if (i < n)
        qsort(v, n, size, compare);
}
