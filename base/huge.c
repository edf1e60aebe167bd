/* Blocks of huge pages, where the system has any to give, and the pages that are kept between two users. Pages go from
 * block to block by mremap, which leaves the room that they had to whoever frees it. Where it is refused (Linux before
 * 5.7, valgrind) nothing is kept, and what moves is copied. */
#include "base/huge.h"

#include "base/err.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A stack of pages, in room of its own. */
static struct {
    pthread_mutex_t lock;
    char *room;
    size_t n;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static size_t page_up(size_t size)
{
    return (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

static size_t page_down(size_t size)
{
    return size / HUGE_PAGE * HUGE_PAGE;
}

/* A small one may stand where a page begins, too. */
static bool is_block(void *p)
{
    return p && (uintptr_t)p % HUGE_PAGE == 0 && malloc_usable_size(p) >= HUGE_PAGE;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Blocks are mappings of their own: in malloc's heap the bookkeeping of what is free would touch pages that went to others.
 * Else malloc decides by what it saw freed, and how much it holds back with it. */
static void map_blocks(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, HUGE_PAGE);
    (void)mallopt(M_TRIM_THRESHOLD, 4 * HUGE_PAGE);
}

void *huge_room(size_t size)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (size > SIZE_MAX / 2)
        return NULL;
    (void)pthread_once(&once, map_blocks);
    void *p = aligned_alloc(HUGE_PAGE, page_up(size));
    if (p)
        (void)madvise(p, page_up(size), MADV_HUGEPAGE);
    return p;
}

/* ---- pages that change hands: whole ones ---- */

/* A system that is short of memory may have taken the room away before it refuses. Where it is there still, mmap fails, or
 * goes elsewhere (Linux before 4.17). */
static void have_room(char *to, size_t bytes)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    void *p = mmap(to, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == MAP_FAILED && errno != EEXIST)
        err_oom();
    if (p != MAP_FAILED && p != to)
        (void)munmap(p, bytes);
}

static bool hand_over(char *to, char *from, size_t bytes)
{
    if (mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to) == to)
        return true;
    have_room(to, bytes);
    return false;
}

/* Where there is no room left they stay with the block. */
static void keep(char *p, size_t bytes)
{
    pthread_mutex_lock(&kept.lock);
    bytes = smaller(bytes, (HUGE_KEPT - kept.n) * HUGE_PAGE);
    if (bytes && !kept.room)
        kept.room = huge_room((size_t)HUGE_KEPT * HUGE_PAGE);
    if (bytes && kept.room && hand_over(kept.room + kept.n * HUGE_PAGE, p, bytes))
        kept.n += bytes / HUGE_PAGE;
    pthread_mutex_unlock(&kept.lock);
}

static void give(char *p, size_t bytes)
{
    pthread_mutex_lock(&kept.lock);
    size_t n = smaller(bytes / HUGE_PAGE, kept.n);
    if (n && hand_over(p, kept.room + (kept.n - n) * HUGE_PAGE, n * HUGE_PAGE))
        kept.n -= n;
    pthread_mutex_unlock(&kept.lock);
}

/* ---- blocks ---- */

void *huge_alloc(size_t size)
{
    void *p = huge_room(size);
    if (!p)
        err_oom();
    give(p, page_up(size));
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

void huge_free(void *p)
{
    huge_drop(p, is_block(p) ? malloc_usable_size(p) : 0);
}

void huge_drop(void *p, size_t used)
{
    if (is_block(p))
        keep(p, smaller(page_up(used), page_down(malloc_usable_size(p))));
    free(p);
}

void huge_move(void *to, void *from, size_t n)
{
    if (n == 0 || (is_block(to) && is_block(from) && hand_over(to, from, page_up(n))))
        return;
    huge_fill(to, 0, n);
    memcpy(to, from, n);
}

void huge_forget(void *p, size_t from, size_t end)
{
    from = page_down(from);
    end = page_down(end);
    if (is_block(p) && end > from)
        keep((char *)p + from, end - from);
}

void huge_fill(void *p, size_t from, size_t end)
{
    from = page_up(from);
    end = page_up(end);
    if (is_block(p) && end > from)
        give((char *)p + from, end - from);
}
