/* Which S3 object an attempt was about: the one whose record it printed, else the first one whose key its lines
 * name. */
#ifndef FORENSICS_HANDLED_H
#define FORENSICS_HANDLED_H

#include "forensics/index.h"

struct handled {
    const struct index *x;
    uint32_t *by_row,
        *by_number; /* of the attempt, of the key: place in x->objects plus one; NULL without objects */
    uint32_t numbers;
};

void handled_init(struct handled *h, const struct index *x);
void handled_done(struct handled *h);
/* NULL when none is known. */
const struct object_event *handled_object(const struct handled *h, const struct attempt *a);

#endif
