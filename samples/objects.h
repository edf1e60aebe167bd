/* Buckets: what is written to them, the event record of it, and whom it triggers. Format: field guide,
 * s3-event-records 4.1, 4.2. */
#ifndef SAMPLES_OBJECTS_H
#define SAMPLES_OBJECTS_H

#include "samples/world.h"

struct object_write {
    int64_t time;
    const char *bucket, *key;   /* decoded */
    const char *principal;      /* "AWS:AIDA…" or "AWS:AROA…:session" */
    const struct call *because; /* the call that writes; NULL: from outside */
    bool loop;                  /* the root of the loop */
};

/* Records the write and pushes the calls that its bucket triggers. */
void objects_put(struct world *w, const struct object_write *o);
/* As above, written by the function of the turn, so long START. */
void objects_write(struct world *w, const struct turn *t, uint64_t after_ms, const char *bucket,
                   const char *key);
void objects_trigger(struct world *w, const char *bucket, const char *prefix, struct function *f);

#endif
