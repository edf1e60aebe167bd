/* What the steps of chains_init share. */
#ifndef FORENSICS_CHAIN_PARTS_H
#define FORENSICS_CHAIN_PARTS_H

#include "forensics/chain.h"

/* NULL for CHAIN_NO_ROW. */
static inline const struct attempt *chain_attempt(const struct chains *c, int32_t row)
{
    return row >= 0 ? c->d->index->attempts.v[row] : NULL;
}

/* The highest number of a key or message id. */
uint32_t chain_most_number(const struct chains *c);
/* n + 1 times CHAIN_NO_ROW. */
int32_t *chain_rows_new(size_t n);
/* Notes what triggered the attempt, unless either end has a tie as strong. */
void chain_trigger(struct chains *c, size_t i, const struct attempt *a, enum chain_trigger how);
/* What the links of spans tell of triggers. */
void chain_traces_find(struct chains *c);
/* Names the function whose role session each record has; needs nothing else. */
void chain_writers_name(struct chains *c);
/* Finds each object's writer; needs the triggers. */
void chain_writers_find(struct chains *c);

#endif
