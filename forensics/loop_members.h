/* Which attempts and hand-overs belong to loops, and how deep their chains are. Last step of loops_find. */
#ifndef FORENSICS_LOOP_MEMBERS_H
#define FORENSICS_LOOP_MEMBERS_H

#include "forensics/loop.h"

/* Fills all of each loop but functions, buckets and edges, which it needs. `loop_of`: by name the place of the
 * function's loop in `all` plus one, 0 for none. */
void loop_members_take(const struct chains *c, const uint16_t *loop_of, loops *all);

#endif
