/* Which attempt each line, error and failed init belongs to: a step of the freeze. */
#ifndef FORENSICS_CHARGE_H
#define FORENSICS_CHARGE_H

#include "forensics/index.h"

/* Lines without a request id go to the attempt that was open in their stream at their time; errors nobody
 * caught make theirs fail; a failed init is paid by the attempt that repeats it; a row whose id was but the
 * application's word is dropped. Sorts marks and phases and drops what came twice. `streams` holds that of each attempt,
 * and is changed with them. */
void charge_attempts(struct index *x, uint32_t *streams, unsigned threads);

#endif
