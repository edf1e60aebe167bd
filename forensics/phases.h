/* The lines of an environment's life, put in order: a step of the freeze. */
#ifndef FORENSICS_PHASES_H
#define FORENSICS_PHASES_H

#include "forensics/index.h"

/* Sorts the phases by stream and time, drops what came twice and makes one row of a failed init that two lines tell. */
void phases_settle(struct index *x);

#endif
