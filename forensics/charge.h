/* Which attempt each line, error and failed init belongs to: a step of the freeze. */
#ifndef FORENSICS_CHARGE_H
#define FORENSICS_CHARGE_H

#include "forensics/index.h"

/* What is said of a row, in 32 bits: its stream, and what the walk that put the rows in order has seen of it. */
#define ROW_STREAM UINT32_C(0x3fffffff)
#define ROW_ODD    UINT32_C(0x40000000) /* charge_is_odd */
#define ROW_TIED   UINT32_C(0x80000000) /* it begins in the same millisecond as the one before */

/* It lacks START, or took longer than it was there: its lines may be another's. */
bool charge_is_odd(const struct attempt *a);
/* Lines without a request id go to the attempt that was open in their stream at their time; errors nobody
 * caught make theirs fail; a failed init is paid by the attempt that repeats it; a row whose id was but the
 * application's word is dropped. Sorts marks and phases and drops what came twice. `rows` are those of the
 * attempts, and are changed with them. */
void charge_attempts(struct index *x, uint32_t *rows, unsigned threads);

#endif
