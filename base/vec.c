/* Growth of a vec: half as much again, so that 5 M rows waste little. */
#include "base/vec.h"

#include "base/err.h"
#include "base/huge.h"

#include <stdint.h>
#include <string.h>

/* From so many bytes on realloc moves pages and copies nothing: glibc's DEFAULT_MMAP_THRESHOLD_MAX. */
enum { VEC_REMAPPED = 32 << 20 };

static void *grow(void *v, size_t used, size_t want)
{
    if (want < HUGE_FROM || used >= VEC_REMAPPED)
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
    size_t want = *cap ? *cap + *cap / 2 + 1 : 8;
    if (want > SIZE_MAX / size)
        err_oom();
    void *p = grow(v, n * size, want * size);
    if (!p)
        err_oom();
    *cap = want;
    return p;
}
