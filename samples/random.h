/* Random numbers for the generator: integers only, so that a seed means the same bytes on every machine. */
#ifndef SAMPLES_RANDOM_H
#define SAMPLES_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* xoshiro256** (Blackman and Vigna, public domain), seeded by splitmix64. */
struct random {
    uint64_t s[4];
};

void random_init(struct random *r, uint64_t seed);
uint64_t random_next(struct random *r);
/* 0 … bound-1; `bound` is at least 1. The bias of the multiplication is below 2^-32 for what is asked here.
 */
uint64_t random_below(struct random *r, uint64_t bound);
uint64_t random_between(struct random *r, uint64_t low, uint64_t high); /* both included */
bool random_percent(struct random *r, unsigned percent);
/* A log-normal value around `median`; `spread` is the standard deviation of log2 in 1/1000. */
uint64_t random_spread(struct random *r, uint64_t median, unsigned spread);
void random_uuid(struct random *r, uint8_t ret[16]); /* version 4 */
/* One value mixed into another (splitmix64's finalizer): ids that must not use up the incident's numbers. */
uint64_t random_mix(uint64_t a, uint64_t b);
uint64_t random_hash(const char *text);

#endif
