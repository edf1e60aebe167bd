/* How clocks of several sources stand to each other. Measured and told, never applied. */
#ifndef FORENSICS_SKEW_H
#define FORENSICS_SKEW_H

#include "forensics/index.h"

/* Over `n` distances in ms, which are sorted for it. */
struct clock_skew skew_of(int64_t *gaps, size_t n);
/* Fills x->skew of gateways and of S3 from the frozen rows; spans_join has filled that of traces. */
void skew_measure(struct index *x);
const char *skew_name(enum skew_clock clock);

#endif
