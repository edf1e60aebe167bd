/* Hand-overs that trace headers alone tell. Called by messages_settle. */
#ifndef FORENSICS_HOPS_H
#define FORENSICS_HOPS_H

#include "forensics/index.h"

/* Of evidence without records and messages: an attempt whose header counts one hop more than that of another in the
 * same trace was invoked by it, in a way that the evidence does not hold; when several functions could have, by the one
 * that ran then. Adds a message "unknown NAME" without an id for each, in order of time. Needs the attempts' marks. */
void hops_add(struct index *x);

#endif
