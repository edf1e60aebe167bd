/* Which S3 object an attempt was about: the one whose record it printed, else the first one whose key its lines
 * name. */
#ifndef FORENSICS_HANDLED_H
#define FORENSICS_HANDLED_H

#include "forensics/index.h"

/* With x alone it is ready: the tables are made by the first question, for most evidence asks none. Of five million
 * attempts and as many records they take 40 MB and a walk over all records. */
struct handled {
    const struct index *x;
    uint32_t *by_row, *by_number; /* of the attempt, of the key: place in x->objects plus one */
    uint32_t numbers;
};

void handled_done(struct handled *h);
/* NULL when none is known. */
const struct object_event *handled_object(struct handled *h, const struct attempt *a);

#endif
