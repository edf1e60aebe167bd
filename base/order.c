/* Order by a radix sort, least digit first, eleven bits at a time: 5 M times of one night take three passes. */
#include "base/order.h"

#include "base/err.h"

#include <stdlib.h>
#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, ROW_MAX = 512 };

struct keyed {
    uint64_t key;
    uint32_t number;
};

static uint64_t spread_of(int64_t *keys, size_t n, int64_t *ret_least)
{
    int64_t least = keys[0], most = keys[0];
    for (size_t i = 1; i < n; i++) {
        least = keys[i] < least ? keys[i] : least;
        most = keys[i] > most ? keys[i] : most;
    }
    *ret_least = least;
    return (uint64_t)most - (uint64_t)least;
}

/* One pass over one digit, from `from` to `to`. */
static void pass(const struct keyed *from, struct keyed *to, size_t n, unsigned shift)
{
    size_t at[DIGITS] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++)
        at[from[i].key >> shift & (DIGITS - 1)]++;
    for (size_t d = 0; d < DIGITS; d++) {
        size_t count = at[d];
        at[d] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
}

struct ties {
    int (*tie)(const void *ctx, uint32_t a, uint32_t b);
    const void *ctx;
};

static int by_tie(const void *a, const void *b, void *arg)
{
    const struct ties *t = arg;
    return t->tie(t->ctx, *(const uint32_t *)a, *(const uint32_t *)b);
}

static void settle_ties(uint32_t *order, const struct keyed *v, size_t n, struct ties ties)
{
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && v[end].key == v[i].key;)
            end++;
        if (end - i > 1)
            qsort_r(order + i, end - i, sizeof *order, by_tie, &ties);
    }
}

uint32_t *order_by(int64_t *keys, size_t n, int (*tie)(const void *ctx, uint32_t a, uint32_t b),
                   const void *ctx)
{
    uint32_t *order = malloc((n + 1) * sizeof *order);
    struct keyed *v = calloc((n + 1) * 2, sizeof *v), *w = v ? v + n + 1 : NULL, *all = v;
    int64_t least = 0;
    if (!order || !v)
        err_oom();
    uint64_t spread = n ? spread_of(keys, n, &least) : 0;
    for (size_t i = 0; i < n; i++)
        v[i] = (struct keyed){(uint64_t)keys[i] - (uint64_t)least, (uint32_t)i};
    for (unsigned shift = 0; shift < 64 && spread >> shift; shift += DIGIT_BITS) {
        pass(v, w, n, shift);
        struct keyed *swap = v;
        v = w;
        w = swap;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = v[i].number;
    settle_ties(order, v, n, (struct ties){tie, ctx});
    free(all);
    return order;
}

void order_apply(void *rows, size_t n, size_t size, uint32_t *order)
{
    char *v = rows, held[ROW_MAX];
    if (size > ROW_MAX)
        abort(); /* our own rows are smaller */
    for (size_t i = 0; i < n; i++) {
        if (order[i] == i)
            continue;
        memcpy(held, v + i * size, size);
        size_t to = i;
        for (size_t from = order[to]; from != i; from = order[to]) {
            memcpy(v + to * size, v + from * size, size);
            order[to] = (uint32_t)to;
            to = from;
        }
        memcpy(v + to * size, held, size);
        order[to] = (uint32_t)to;
    }
}
