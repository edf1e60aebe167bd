/* Growth of a vec: half as much again while it is small, then twice as much, since memory that was never
 * written to is no memory yet and copying is what costs: the copy's pages have to be cleared first. */
#include "base/vec.h"

#include "base/err.h"
#include "base/huge.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static void *grow(void *v, size_t used, size_t want)
{
    if (want < HUGE_FROM || used >= HUGE_MAPPED)
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
