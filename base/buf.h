/* A growable run of bytes that it owns, with a maximum: what comes from outside never decides alone how much
 * memory is taken. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/slice.h"

struct buf {
    char *p;
    size_t n, cap;
    size_t max; /* 0: no maximum but memory itself */
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);
static inline void buf_clear(struct buf *b)
{
    b->n = 0;
}
/* Room for `more` bytes behind the content. False (and nothing changed) when that passes the maximum. */
bool buf_reserve(struct buf *b, size_t more);
bool buf_append(struct buf *b, struct slice s);
static inline bool buf_byte(struct buf *b, char c)
{
    if (b->n == b->cap && !buf_reserve(b, 1))
        return false;
    b->p[b->n++] = c;
    return true;
}
/* Needs room for one byte more than it adds. */
bool buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Lent until the next change of the buffer. */
static inline struct slice buf_slice(const struct buf *b)
{
    return slice_of(b->p ? b->p : "", b->n);
}

#endif
