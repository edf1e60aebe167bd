/* Bump allocation in blocks. */
#include "base/arena.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BLOCK = 256 * 1024, ARENA_ALIGN = 16 };

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
        free(b);
    }
    *a = (struct arena){0};
}

static void *block_new(struct arena *a, size_t size)
{
    struct arena_block *b = calloc(1, sizeof *b + size);
    if (!b)
        err_oom();
    b->size = size;
    b->next = a->blocks;
    a->blocks = b;
    a->bytes += size;
    return b->data;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        err_oom();
    size = size ? (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1) : ARENA_ALIGN;
    if (size > ARENA_BLOCK / 4)
        return block_new(a, size);
    if ((size_t)(a->end - a->next) < size) {
        a->next = block_new(a, ARENA_BLOCK);
        a->end = a->next + ARENA_BLOCK;
    }
    void *p = a->next;
    a->next += size;
    return p;
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return slice_of(p, s.n);
}

const char *arena_pack(struct arena *a, struct slice s)
{
    if (s.n == 0)
        return "";
    if (s.n > ARENA_BLOCK / 4)
        return arena_copy(a, s).p;
    if ((size_t)(a->packed_end - a->packed) < s.n) {
        a->packed = block_new(a, ARENA_BLOCK);
        a->packed_end = a->packed + ARENA_BLOCK;
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
