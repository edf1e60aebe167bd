/* Bump allocation in blocks. */
#include "base/arena.h"

#include "base/err.h"
#include "base/huge.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Blocks grow, so that the arena of a small file is small. */
enum {
    ARENA_FIRST = 4 * 1024,
    ARENA_BLOCK = 128 * 1024,
    ARENA_PIECE = 64 * 1024, /* what is larger has a block of its own */
    ARENA_ALIGN = 16,
    /* One that is larger goes on in blocks of a huge page, and then of two: less is left over at their ends. */
    ARENA_LARGE = HUGE_FROM,
    ARENA_HUGE = 8 * HUGE_PAGE,
};

struct arena_block {
    struct arena_block *next;
    size_t size;
    _Alignas(ARENA_ALIGN) char data[];
};

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_done(struct arena *a)
{
    if (!a)
        return;
    for (struct arena_block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        huge_free(b);
    }
    *a = (struct arena){0};
}

void arena_expect(struct arena *a)
{
    a->large = true;
}

static char *block_new(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        err_oom();
    size_t bytes = sizeof(struct arena_block) + size;
    struct arena_block *b = bytes >= HUGE_FROM ? huge_alloc(bytes) : malloc(bytes);
    if (!b)
        err_oom();
    b->size = size;
    b->next = a->blocks;
    a->blocks = b;
    a->bytes += size;
    return b->data;
}

static size_t block_size(const struct arena *a)
{
    size_t size = a->bytes < ARENA_FIRST ? ARENA_FIRST : a->bytes;
    if (a->large || size >= ARENA_LARGE)
        return (size_t)HUGE_PAGE * (size < ARENA_HUGE ? 1 : 2) - sizeof(struct arena_block);
    return size < ARENA_BLOCK ? size : ARENA_BLOCK;
}

void *arena_take(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        err_oom();
    size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    size += size == 0 ? ARENA_ALIGN : 0;
    size_t block = block_size(a);
    if (size > ARENA_PIECE && size > block / 4)
        return block_new(a, size);
    if ((size_t)(a->end - a->next) < size) {
        block = block < size ? size : block;
        a->next = block_new(a, block);
        a->end = a->next + block;
    }
    char *p = a->next;
    a->next += size;
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    char *p = arena_take(a, size);
    memset(p, 0, size);
    return p;
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    char *p = arena_take(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return slice_of(p, s.n);
}

const char *arena_pack(struct arena *a, struct slice s)
{
    if (s.n == 0)
        return "";
    if (s.n > ARENA_PIECE)
        return arena_copy(a, s).p;
    if ((size_t)(a->packed_end - a->packed) < s.n) {
        size_t block = block_size(a);
        block = block < s.n ? s.n : block;
        a->packed = block_new(a, block);
        a->packed_end = a->packed + block;
    }
    char *p = a->packed;
    memcpy(p, s.p, s.n);
    a->packed += s.n;
    return p;
}

const char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
    if (n > 0)
        vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p;
}

void arena_join(struct arena *a, struct arena *from)
{
    struct arena_block **last = &from->blocks;
    while (*last)
        last = &(*last)->next;
    *last = a->blocks;
    a->blocks = from->blocks;
    a->bytes += from->bytes;
    *from = (struct arena){0};
}
