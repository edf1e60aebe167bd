/* A growable array of one type that it owns:
 *     VEC(struct hit) hits = {0};
 *     *vec_push(&hits) = (struct hit){...};
 *     for (size_t i = 0; i < hits.n; i++) use(&hits.v[i]);
 *     vec_done(&hits);
 * Pointers to elements are valid until the next push. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/huge.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define VEC(type)                                                                                            \
    struct {                                                                                                 \
        type *v;                                                                                             \
        size_t n, cap;                                                                                       \
    }

/* Grows the array behind *v, which is full; used by vec_push. */
void *vec_grow(void *v, size_t *cap, size_t n, size_t size);
/* Moves the array to one of `want` elements when cap is less, which may get kept memory at once; used by the two below. */
void *vec_move(void *v, size_t *cap, size_t n, size_t want, size_t size, bool fill);

#define vec_push(vec)                                                                                        \
    ((void)((vec)->n < (vec)->cap ||                                                                         \
            ((vec)->v = vec_grow((vec)->v, &(vec)->cap, (vec)->n, sizeof *(vec)->v), true)),                 \
     &(vec)->v[(vec)->n++])

/* Room for `want` elements in all, and no more: where it is known how many will come. */
#define vec_reserve(vec, want)                                                                               \
    ((vec)->v = vec_move((vec)->v, &(vec)->cap, (vec)->n, (want), sizeof *(vec)->v, true))
/* The same without memory, for vec_fill. */
#define vec_room(vec, want)                                                                                  \
    ((vec)->v = vec_move((vec)->v, &(vec)->cap, (vec)->n, (want), sizeof *(vec)->v, false))

/* What elements [from, end) hold is lost, and a large array's memory behind them is for others: for one that is emptied
 * from its begin into another. */
#define vec_forget(vec, from, end) huge_forget((vec)->v, (from) * sizeof *(vec)->v, (end) * sizeof *(vec)->v)
/* For that other: `more` elements will come; kept memory is put there, as far as there is room. */
#define vec_fill(vec, more)                                                                                  \
    huge_fill((vec)->v, (vec)->n * sizeof *(vec)->v,                                                         \
              ((more) < (vec)->cap - (vec)->n ? (vec)->n + (more) : (vec)->cap) * sizeof *(vec)->v)

#define vec_done(vec)                                                                                        \
    (huge_drop((vec)->v, (vec)->n * sizeof *(vec)->v), (vec)->v = NULL, (vec)->n = (vec)->cap = 0)
#define vec_clear(vec) ((vec)->n = 0)

/* Sorts with a comparison of pointers to two elements; what is in order already costs one walk. */
#define vec_sort(vec, compare) vec_order((vec)->v, (vec)->n, sizeof *(vec)->v, (compare))
void vec_order(void *v, size_t n, size_t size, int (*compare)(const void *, const void *));

#endif
