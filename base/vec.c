/* Growth of a vec: half as much again, so that 5 M rows waste little. */
#include "base/vec.h"

#include "base/err.h"

#include <stdint.h>

void *vec_grow(void *v, size_t *cap, size_t n, size_t size)
{
    if (n < *cap)
        return v;
    size_t want = *cap ? *cap + *cap / 2 + 1 : 8;
    if (want > SIZE_MAX / size)
        err_oom();
    void *p = realloc(v, want * size);
    if (!p)
        err_oom();
    *cap = want;
    return p;
}
