/* A growable run of bytes. */
#include "base/buf.h"

#include "base/vec.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUF_FIRST = 256 };

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_done(struct buf *b)
{
    if (!b)
        return;
    huge_drop(b->p, b->n);
    *b = (struct buf){.max = b->max};
}

bool buf_reserve(struct buf *b, size_t more)
{
    if (b->cap - b->n >= more)
        return true;
    if (more > SIZE_MAX / 2 - b->n || (b->max && b->n + more > b->max))
        return false;
    size_t cap = b->cap ? b->cap : BUF_FIRST;
    while (cap < b->n + more)
        cap *= 2;
    if (b->max && cap > b->max)
        cap = b->max;
    b->p = vec_move(b->p, &b->cap, b->n, cap, 1, true);
    return true;
}

bool buf_append(struct buf *b, struct slice s)
{
    if (!buf_reserve(b, s.n))
        return false;
    if (s.n)
        memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
    return true;
}

bool buf_printf(struct buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    bool ok = n >= 0 && buf_reserve(b, (size_t)n + 1);
    if (ok) {
        vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
    return ok;
}
