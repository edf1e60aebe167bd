/* Sorting of millions of rows by time: the order as numbers first, then one pass that moves the rows. Rows of most
 * logs come nearly sorted; a radix sort over the few bytes in which their times differ does not care. And finding a place
 * in what is sorted. */
#ifndef BASE_ORDER_H
#define BASE_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* What tells those of equal keys apart, by their numbers. */
struct order_ties {
    int (*compare)(const void *ctx, uint32_t a, uint32_t b); /* as qsort's */
    void (*fetch)(const void *ctx, uint32_t i); /* what will be compared soon, from memory; or NULL */
    const void *ctx;
};

/* The numbers 0..n-1 in rising order of `keys`, equal keys by `ties`; where they are 0, or `ties` is NULL, they keep their
 * order. Takes the keys, which are heap-allocated as is the result: it may lie in their memory. `threads` compare what is
 * equal. */
uint32_t *order_by(int64_t *keys, size_t n, const struct order_ties *ties, unsigned threads);
/* The same by times, of which TIME_NONE stands behind all others. */
uint32_t *order_times(int64_t *times, size_t n, const struct order_ties *ties, unsigned threads);
/* Sorts numbers. */
void order_numbers(int64_t *v, size_t n);
/* The same for small ones: 600,000 durations take 3 ms. */
void order_small(uint32_t *v, size_t n);
/* Moves the elements: what stood at order[i] stands at i. `order` is used up. */
void order_apply(void *v, size_t n, size_t size, uint32_t *order);

/* The first of the numbers [from, end) for which `before`, an expression in `i`, does not hold, or `end`: it holds for all
 * in front of that one, and for none behind. */
#define order_lower(from, end, i, before)                                                                    \
    ({                                                                                                       \
        size_t low_ = (from), high_ = (end);                                                                 \
        while (low_ < high_) {                                                                               \
            size_t i = low_ + (high_ - low_) / 2;                                                            \
            if (before)                                                                                      \
                low_ = i + 1;                                                                                \
            else                                                                                             \
                high_ = i;                                                                                   \
        }                                                                                                    \
        low_;                                                                                                \
    })

#endif
