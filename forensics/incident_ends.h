/* The ends of an incident's invocations. Used by incident.c. */
#ifndef FORENSICS_INCIDENT_ENDS_H
#define FORENSICS_INCIDENT_ENDS_H

#include "forensics/incident.h"

bool incident_failed(const struct attempt *a);
/* Fills what the incident says of failures and of its peak. `marked`: by row, 1 for those that it is about. */
void incident_ends(struct incident *in, const struct index *x, const uint8_t *marked);

#endif
