/* Growth of a vec: half as much again, so that 5 M rows waste little, and large ones in huge pages, as in arena.c: rows
 * are written once, so that the faults for pages of 4 KB cost more than the writing. */
#include "base/vec.h"

#include "base/err.h"

#include <stdint.h>
#include <sys/mman.h>

enum { VEC_LARGE = 4 << 20, VEC_PAGE = 4096 };

/* Only advice: where the system knows no huge pages nothing changes. */
static void advise_huge(void *p, size_t bytes)
{
    size_t into = (uintptr_t)p % VEC_PAGE;
    (void)madvise((char *)p - into, bytes + into, MADV_HUGEPAGE);
}

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
    if (want * size >= VEC_LARGE)
        advise_huge(p, want * size);
    *cap = want;
    return p;
}
