/* Self-made chains that a clock or other callers explain better than the bucket does. Last step of
 * chains_init. */
#ifndef FORENSICS_CHAIN_CLOCK_H
#define FORENSICS_CHAIN_CLOCK_H

#include "forensics/chain.h"

/* From one call to the next that its write is said to invoke, ms: its start to the write, the write to the start. */
struct chain_step {
    double work, delay;
};

/* Does the gap between the starts grow with the work? By a line of least squares through all steps, whose slope has
 * to be 0.5 or more, with a t value of `t_min`. */
bool chain_clock_follows(const struct chain_step *v, size_t n, double t_min);
/* Undoes triggers between calls of one function whose times speak against them. */
void chain_clock_drop(struct chains *c);

#endif
