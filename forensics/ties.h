/* Which invocations an id of any kind leads to: a request id, a trace id in either spelling, a gateway's
 * request id, an S3 object (BUCKET/KEY, KEY, as a URL writes it, or its sequencer) or a queued message. What
 * rows do not keep, an object's version, stands in the records themselves: see ties_add_record. */
#ifndef FORENSICS_TIES_H
#define FORENSICS_TIES_H

#include "forensics/chain.h"

enum tie_kind {
    TIE_REQUEST,
    TIE_TRACE,
    TIE_GATEWAY,
    TIE_TRIGGERED,
    TIE_WROTE,
    TIE_SENT,
    TIE_RECEIVED,
    TIE_QUEUE,
    TIE_LINE,
    TIE_KINDS
};

struct tie {
    const struct attempt *attempt;
    enum tie_kind kind;
};

typedef VEC(struct tie) ties;

/* Each attempt once, with the first kind that leads to it; none hidden, and no more than TIES_MAX. */
enum { TIES_MAX = 100 };
void ties_find(const struct chains *c, struct slice word, ties *ret);
/* Who wrote the object of a record, and whom it invoked. */
void ties_add_record(const struct chains *c, const struct s3_record *r, ties *ret);
void ties_add(ties *ret, const struct attempt *a, enum tie_kind kind);
const char *tie_name(enum tie_kind kind);

#endif
