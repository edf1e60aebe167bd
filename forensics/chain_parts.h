/* What the steps of chains_init share. */
#ifndef FORENSICS_CHAIN_PARTS_H
#define FORENSICS_CHAIN_PARTS_H

#include "forensics/chain.h"

static inline const struct object_event *chain_object(const struct chains *c, size_t i)
{
    return &c->d->index->objects.v[i];
}

/* NULL for CHAIN_NO_ROW. */
static inline const struct attempt *chain_attempt(const struct chains *c, int32_t row)
{
    return row >= 0 ? c->d->index->attempts.v[row] : NULL;
}

/* n + 1 times CHAIN_NO_ROW. */
int32_t *chain_rows_new(size_t n);
/* Names the function whose role session each record has; needs nothing else. */
void chain_writers_name(struct chains *c);
/* Finds each object's writer; needs the triggers. */
void chain_writers_find(struct chains *c);

#endif
