/* What became of asynchronous invocations, by Lambda's own word: records of destinations and dead letters. They
 * prove how often an event was tried and that it was given up, also where the logs hold fewer attempts. */
#ifndef FORENSICS_OUTCOMES_H
#define FORENSICS_OUTCOMES_H

#include "forensics/index.h"

void index_destination(struct index *x, const struct destination_record *d);
/* `names` maps the name ids of `from` to those of x. */
void outcomes_merge(struct index *x, const struct index *from, const uint32_t *names);
/* At the freeze: one row a request, by id. */
void outcomes_settle(struct index *x);
/* NULL when no record tells of the request. */
const struct outcome *outcome_find(const struct index *x, const struct request_id *id);

#endif
