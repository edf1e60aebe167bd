/* Counting the steps function -> bucket, queue or topic -> function that hand-overs make. */
#ifndef FORENSICS_LOOP_STEPS_H
#define FORENSICS_LOOP_STEPS_H

#include "base/intern.h"
#include "forensics/loop.h"

struct loop_steps {
    VEC(struct loop_edge) list; /* in the order of their first hand-over */
    struct intern keys;         /* step i has key id i + 1 */
    size_t last;                /* counted last: most hand-overs make the step of the one before */
};

void loop_steps_init(struct loop_steps *s);
void loop_steps_done(struct loop_steps *s);
/* One more of that step; names as in struct loop_edge, 0 for a writer who is not known. */
void loop_steps_add(struct loop_steps *s, uint32_t writer, uint32_t bucket, uint32_t reader);

#endif
