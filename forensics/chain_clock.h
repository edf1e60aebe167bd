/* Self-made chains that a clock or other callers explain better than the bucket does. Last step of
 * chains_init. */
#ifndef FORENSICS_CHAIN_CLOCK_H
#define FORENSICS_CHAIN_CLOCK_H

#include "forensics/chain.h"

/* Undoes triggers between calls of one function whose times speak against them. */
void chain_clock_drop(struct chains *c);

#endif
