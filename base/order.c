/* Order by a radix sort, least digit first, eleven bits at a time: 5 M times of one night take four passes. Key and
 * number go in one word, the number in its low bits: half the memory and half the traffic of a pair. */
#include "base/order.h"

#include "base/huge.h"

#include <stdlib.h>
#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, RADIX_BITS_MAX = 44, ROW_MAX = 512 };
/* Of the sort in place: its counts fit the first cache, and a few are sorted sooner by insertion. */
enum { SMALL_BITS = 8, SMALL_DIGITS = 1 << SMALL_BITS, SMALL_FEW = 32 };

static unsigned bits_of(uint64_t n)
{
    return n ? 64 - (unsigned)__builtin_clzll(n) : 0;
}

static uint64_t spread_of(const int64_t *keys, size_t n, int64_t *ret_least)
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
static void pass(const uint64_t *from, uint64_t *to, size_t n, unsigned shift)
{
    size_t at[DIGITS] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++)
        at[from[i] >> shift & (DIGITS - 1)]++;
    for (size_t d = 0; d < DIGITS; d++) {
        size_t count = at[d];
        at[d] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

struct ranking {
    const int64_t *keys;
    int (*tie)(const void *ctx, uint32_t a, uint32_t b);
    const void *ctx;
};

static int by_key(const void *a, const void *b, void *arg)
{
    const struct ranking *r = arg;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    if (r->keys[i] != r->keys[k])
        return r->keys[i] < r->keys[k] ? -1 : 1;
    return r->tie ? r->tie(r->ctx, i, k) : i < k ? -1 : i > k;
}

/* `v` is sorted, a key above `low` bits of its number each. */
static void settle_ties(const uint64_t *v, size_t n, unsigned low, struct ranking r, uint32_t *order)
{
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && v[end] >> low == v[i] >> low;)
            end++;
        if (end - i > 1)
            qsort_r(order + i, end - i, sizeof *order, by_key, &r);
    }
}

static void radix_sort(struct ranking r, size_t n, int64_t least, unsigned bits, unsigned low,
                       uint32_t *order)
{
    uint64_t *v = huge_array(n * 2, sizeof *v), *w = v + n, *all = v;
    for (size_t i = 0; i < n; i++)
        v[i] = ((uint64_t)r.keys[i] - (uint64_t)least) << low | i;
    for (unsigned shift = low; shift < low + bits; shift += DIGIT_BITS) {
        pass(v, w, n, shift);
        uint64_t *swap = v;
        v = w;
        w = swap;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)(v[i] & ((UINT64_C(1) << low) - 1));
    if (r.tie)
        settle_ties(v, n, low, r, order);
    free(all);
}

uint32_t *order_by(const int64_t *keys, size_t n, int (*tie)(const void *ctx, uint32_t a, uint32_t b),
                   const void *ctx)
{
    struct ranking r = {keys, tie, ctx};
    uint32_t *order = huge_array(n, sizeof *order);
    int64_t least = 0;
    unsigned bits = bits_of(n ? spread_of(keys, n, &least) : 0), low = bits_of(n);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    if (n > 1 && bits + low <= 64)
        radix_sort(r, n, least, bits, low, order);
    else if (n > 1) /* one time far from all others, as hostile evidence has */
        qsort_r(order, n, sizeof *order, by_key, &r);
    return order;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* As distances from the least. */
void order_numbers(int64_t *v, size_t n)
{
    int64_t least = 0;
    unsigned bits = bits_of(n ? spread_of(v, n, &least) : 0);
    if (n < DIGITS || bits > RADIX_BITS_MAX) {
        if (n > 1)
            qsort(v, n, sizeof *v, by_number);
        return;
    }
    uint64_t *from = huge_array(n * 2, sizeof *from), *to = from + n, *all = from;
    for (size_t i = 0; i < n; i++)
        from[i] = (uint64_t)v[i] - (uint64_t)least;
    for (unsigned shift = 0; shift < bits; shift += DIGIT_BITS) {
        pass(from, to, n, shift);
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < n; i++)
        v[i] = (int64_t)(from[i] + (uint64_t)least);
    free(all);
}

static void insert_small(uint32_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t held = v[i];
        size_t k = i;
        for (; k > 0 && v[k - 1] > held; k--)
            v[k] = v[k - 1];
        v[k] = held;
    }
}

/* Puts each number where those of its digit stand, one cycle after the other; `ends` are then the ends. */
static void deal_small(uint32_t *v, size_t n, unsigned shift, uint32_t mask, size_t *ends)
{
    size_t due[SMALL_DIGITS] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++)
        due[v[i] >> shift & mask]++;
    for (uint32_t d = 0; d <= mask; d++) {
        ends[d] = sum;
        sum += due[d];
        due[d] = sum;
    }
    for (uint32_t d = 0; d <= mask; d++) {
        while (ends[d] < due[d]) {
            uint32_t held = v[ends[d]], digit;
            while ((digit = held >> shift & mask) != d) {
                uint32_t *to = &v[ends[digit]++], next = *to;
                *to = held;
                held = next;
            }
            v[ends[d]++] = held;
        }
    }
}

/* By the `bits` low ones, in which alone they differ; the highest digit first. */
static void sort_small(uint32_t *v, size_t n, unsigned bits)
{
    if (n <= SMALL_FEW || bits == 0) {
        insert_small(v, n);
        return;
    }
    size_t ends[SMALL_DIGITS], first = 0;
    unsigned digit = bits < SMALL_BITS ? bits : SMALL_BITS, left = bits - digit;
    uint32_t mask = (1u << digit) - 1;
    deal_small(v, n, left, mask, ends);
    for (uint32_t d = 0; left && d <= mask; first = ends[d++])
        sort_small(v + first, ends[d] - first, left);
}

void order_small(uint32_t *v, size_t n)
{
    uint32_t differ = 0;
    for (size_t i = 1; i < n; i++)
        differ |= v[i] ^ v[0];
    if (differ)
        sort_small(v, n, bits_of(differ));
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
