/* How many invocations ran at one time, at most. */
#ifndef FORENSICS_CONCURRENCY_H
#define FORENSICS_CONCURRENCY_H

#include "base/vec.h"

#include <stdint.h>

/* All zero at first. */
struct concurrency {
    VEC(int64_t) ends; /* of those that are open, and of some that are over; see concurrency.c */
    size_t peak;
};

/* They come in order of `begin`; one that ends when the next begins is over. A moment counts as a millisecond. */
void concurrency_add(struct concurrency *c, int64_t begin, int64_t end);
void concurrency_done(struct concurrency *c);

#endif
