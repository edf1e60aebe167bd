/* Growth of a vec: half as much again while it is small. A large one is never moved by realloc: a mapping of huge pages
 * that lands off their alignment falls apart into small ones, after which 5 M records take 12 s to be put in order, not
 * 1.5 s. Its pages change hands. */
#include "base/vec.h"

#include "base/err.h"
#include "base/huge.h"

#include <stdint.h>
#include <string.h>

static void *room(size_t n, size_t size)
{
    void *p = NULL;
    if (n <= SIZE_MAX / 2 / size)
        p = n * size < HUGE_FROM ? malloc(n * size) : huge_room(n * size);
    if (!p)
        err_oom();
    return p;
}

static void *move(void *v, size_t n, size_t want, size_t size, bool fill)
{
    void *to = room(want, size);
    huge_move(to, v, n * size);
    if (fill)
        huge_fill(to, n * size, want * size);
    free(v);
    return to;
}

void *vec_move(void *v, size_t *cap, size_t n, size_t want, size_t size, bool fill)
{
    if (want <= *cap)
        return v;
    *cap = want;
    return move(v, n, want, size, fill);
}

void *vec_grow(void *v, size_t *cap, size_t n, size_t size)
{
    *cap = *cap ? *cap + *cap / 2 + 1 : 8;
    if (*cap * size >= HUGE_FROM) {
        *cap = *cap * size < HUGE_PAGE ? HUGE_PAGE / size : *cap;
        return move(v, n, *cap, size, true);
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
