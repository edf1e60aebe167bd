/* What can only be said when all evidence is known: which parts are one attempt, which environment is which
 * function's, whose the lines without a request id are, what was cold, and one total order. */
#ifndef FORENSICS_FREEZE_H
#define FORENSICS_FREEZE_H

#include "forensics/attempt.h"
#include "forensics/evidence.h"

/* S3 records by time, key and place. Log lines name keys in the order in which objects come to be: what is numbered
 * in this order is found near what was found before. */
void freeze_order_objects(struct index *x, unsigned threads);
void freeze_index(struct index *x, const struct evidence_options *options, unsigned threads);

#endif
