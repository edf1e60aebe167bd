/* Attempts from parts: a step of the freeze. */
#ifndef FORENSICS_PARTS_H
#define FORENSICS_PARTS_H

#include "forensics/index.h"

/* Joins the parts of each request id that are one attempt; x->families has the attempts of ids with several. What the
 * parts hold twice counts once, and what is merged says into which row (ATTEMPT_MERGED). */
void parts_settle(struct index *x, unsigned threads);

#endif
