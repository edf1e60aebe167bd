/* Blocks of huge pages, where the system has any to give. */
#include "base/huge.h"

#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { SMALL_PAGE = 4096, HUGE_PAGE = 2 << 20 };

/* From HUGE_MAPPED on (glibc's DEFAULT_MMAP_THRESHOLD_MAX) malloc makes a mapping for the block alone. All of it is
 * advised, the page with malloc's header too: the kernel moves no mapping whose pages are not all alike. */
static void *alloc_mapped(size_t size)
{
    char *p = malloc(size);
    if (!p)
        err_oom();
    size_t header = (uintptr_t)p % SMALL_PAGE;
    (void)madvise(p - header, header + size, MADV_HUGEPAGE);
    return p;
}

void *huge_alloc(size_t size)
{
    if (size > SIZE_MAX / 2)
        err_oom();
    if (size >= HUGE_MAPPED)
        return alloc_mapped(size);
    size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *p = aligned_alloc(HUGE_PAGE, size);
    if (!p)
        err_oom();
    (void)madvise(p, size, MADV_HUGEPAGE);
    return p;
}
