/* Traces in the index: rows of spans while reading, and what they say of invocations at the freeze. A trace
 * tells when an invocation ran, what it paid for its init and whether it failed, also where no line of its log
 * is left. */
#ifndef FORENSICS_SPANS_H
#define FORENSICS_SPANS_H

#include "forensics/index.h"

void index_span(struct index *x, const struct span *s);
/* Before the parts become attempts: those that a trace knows get its id; an invocation that only a trace tells
 * becomes a part with ATTEMPT_TRACED; spans met twice and invocations told twice count as duplicates; the distance
 * between both clocks goes to x->skew[SKEW_TRACE]. */
void spans_join(struct index *x);

#endif
