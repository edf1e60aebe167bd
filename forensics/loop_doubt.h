/* Loops that the evidence does not tell from calls of somebody who waits for each answer. Used by
 * detect_recursive_trigger.c, which does not claim them. */
#ifndef FORENSICS_LOOP_DOUBT_H
#define FORENSICS_LOOP_DOUBT_H

#include "forensics/loop.h"

bool loop_doubtful(const struct chains *c, const struct loop *l);

#endif
