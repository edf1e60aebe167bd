/* Blocks of huge pages, where the system has any to give. */
#include "base/huge.h"

#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

void *huge_alloc(size_t size)
{
    if (size > SIZE_MAX / 2)
        err_oom();
    size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *p = aligned_alloc(HUGE_PAGE, size);
    if (!p)
        err_oom();
    (void)madvise(p, size, MADV_HUGEPAGE);
    return p;
}
