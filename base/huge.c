/* Blocks of huge pages, where the system has any to give, and the pages that are kept between two users. Pages go from
 * block to block by mremap, one by one: Linux before 6.17 moves no range that was put together from several, and takes the
 * room that it was to go to away before it says so. Where mremap is refused at all (before 5.7, by valgrind, by a sandbox)
 * nothing is kept, and what moves is copied. */
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
#include <sys/resource.h>

/* A stack of pages, in room of its own: `at` is where the first stands. */
static struct {
    pthread_mutex_t lock;
    char *room, *at;
    size_t n;
    bool refused; /* the system moves no pages */
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

enum { KEPT_ROOM = (HUGE_KEPT + 1) * HUGE_PAGE };

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

/* ---- pages that change hands: whole ones ---- */

/* Returns how many bytes: all, or those before a page that the system does not move. Whether it took that page's new place
 * away for which it then had no memory nobody knows. */
static size_t hand_over(char *to, char *from, size_t bytes)
{
    const int flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
    size_t at = 0;
    while (at < bytes && mremap(from + at, HUGE_PAGE, HUGE_PAGE, flags, to + at) == to + at)
        at += HUGE_PAGE;
    return at;
}

/* The same where the new place must stay whole. False when the system moves none. */
static bool hand_all(char *to, char *from, size_t bytes)
{
    size_t moved = hand_over(to, from, bytes);
    if (moved < bytes && (moved > 0 || errno == ENOMEM))
        err_oom();
    return moved == bytes;
}

/* Address space alone, of which a process with a limit has none to spare. */
static void make_room(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY)
        return;
    char *p = mmap(NULL, KEPT_ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return;
    kept.room = p;
    kept.at = p + (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;
}

/* The rest of the room may be somebody else's by now. */
static void stop_keeping(size_t bytes)
{
    (void)munmap(kept.at, bytes);
    kept.refused = true;
    kept.room = NULL;
    kept.n = 0;
}

/* How many of the bytes: none where there is no room left. */
static size_t keep(char *p, size_t bytes)
{
    pthread_mutex_lock(&kept.lock);
    bytes = smaller(bytes, (HUGE_KEPT - kept.n) * HUGE_PAGE);
    if (!kept.room && !kept.refused)
        make_room();
    size_t moved = kept.room ? hand_over(kept.at + kept.n * HUGE_PAGE, p, bytes) : 0;
    if (kept.room && moved < bytes)
        stop_keeping(kept.n * HUGE_PAGE + moved);
    bytes = kept.room ? bytes : 0;
    kept.n += bytes / HUGE_PAGE;
    pthread_mutex_unlock(&kept.lock);
    return bytes;
}

static void give(char *p, size_t bytes)
{
    pthread_mutex_lock(&kept.lock);
    size_t n = smaller(bytes / HUGE_PAGE, kept.n);
    if (n && hand_all(p, kept.at + (kept.n - n) * HUGE_PAGE, n * HUGE_PAGE))
        kept.n -= n;
    pthread_mutex_unlock(&kept.lock);
}

/* For one who would go without memory else. */
static bool give_back_all(void)
{
    pthread_mutex_lock(&kept.lock);
    bool any = kept.room && kept.n;
    if (any) {
        (void)munmap(kept.room, KEPT_ROOM);
        kept.room = NULL;
        kept.n = 0;
    }
    pthread_mutex_unlock(&kept.lock);
    return any;
}

/* ---- blocks ---- */

/* At its end a block may have a page more than was asked for. */
void *huge_room(size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    void *p = aligned_alloc(HUGE_PAGE, page_up(size));
    if (!p && give_back_all())
        p = aligned_alloc(HUGE_PAGE, page_up(size));
    if (p)
        (void)madvise(p, page_down(malloc_usable_size(p)), MADV_HUGEPAGE);
    return p;
}

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
    huge_drop(p, SIZE_MAX / 2);
}

void huge_drop(void *p, size_t used)
{
    if (is_block(p))
        (void)keep(p, smaller(page_up(used), page_down(malloc_usable_size(p))));
    free(p);
}

void huge_move(void *to, void *from, size_t n)
{
    if (n == 0 || (is_block(to) && is_block(from) && hand_all(to, from, page_up(n))))
        return;
    huge_fill(to, 0, n);
    memcpy(to, from, n);
}

void huge_forget(void *p, size_t from, size_t end)
{
    from = page_down(from);
    end = page_down(end);
    if (!is_block(p) || end <= from)
        return;
    from += keep((char *)p + from, end - from);
    (void)madvise((char *)p + from, end - from, MADV_DONTNEED);
}

void huge_fill(void *p, size_t from, size_t end)
{
    from = page_up(from);
    end = page_up(end);
    if (is_block(p) && end > from)
        give((char *)p + from, end - from);
}
