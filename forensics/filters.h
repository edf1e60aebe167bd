/* The window and the functions that the user asked for: a step of the freeze. */
#ifndef FORENSICS_FILTERS_H
#define FORENSICS_FILTERS_H

#include "forensics/evidence.h"

/* Hides attempts, and drops marks, phases, records, calls, messages and environments, outside of them. */
void filters_apply(struct index *x, const struct evidence_options *o, unsigned threads);

#endif
