/* Blocks of huge pages, where the system has any to give. */
#include "base/huge.h"

#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *huge_try(size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *p = aligned_alloc(HUGE_PAGE, size);
    if (p)
        (void)madvise(p, size, MADV_HUGEPAGE);
    return p;
}

void huge_forget(void *p, size_t from, size_t end, size_t size)
{
    from = from / HUGE_PAGE * HUGE_PAGE;
    end = end / HUGE_PAGE * HUGE_PAGE;
    if (size >= HUGE_FROM && end > from)
        (void)madvise((char *)p + from, end - from, MADV_DONTNEED);
}

void *huge_alloc(size_t size)
{
    void *p = huge_try(size);
    if (!p)
        err_oom();
    return p;
}

void *huge_array(size_t n, size_t size)
{
    if (n >= SIZE_MAX / 2 / size)
        err_oom();
    size_t bytes = (n + 1) * size;
    if (bytes >= HUGE_FROM)
        return huge_alloc(bytes);
    void *p = malloc(bytes);
    if (!p)
        err_oom();
    return p;
}

void *huge_zeros(size_t n, size_t size)
{
    void *p = huge_array(n, size);
    memset(p, 0, (n + 1) * size);
    return p;
}
