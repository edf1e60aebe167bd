/* Growth of a vec: half as much again while it is small, then twice as much, since memory that was never
 * written to is no memory yet. Large ones are copied, never moved by realloc: a mapping of huge pages that lands off
 * their alignment falls apart into small ones, after which 5 M records take 12 s to be put in order, not 1.5 s. */
#include "base/vec.h"

#include "base/err.h"
#include "base/huge.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static void *grow(void *v, size_t used, size_t want)
{
    if (want < HUGE_FROM)
        return realloc(v, want);
    void *p = huge_alloc(want);
    memcpy(p, v, used);
    free(v);
    return p;
}

void *vec_grow(void *v, size_t *cap, size_t n, size_t size)
{
    if (n < *cap)
        return v;
    bool large = *cap >= HUGE_FROM / size;
    size_t want = *cap ? *cap + (large ? *cap : *cap / 2 + 1) : 8;
    if (want > SIZE_MAX / 2 / size)
        err_oom();
    void *p = grow(v, n * size, want * size);
    if (!p)
        err_oom();
    *cap = want;
    return p;
}
