/* Calls of a gateway or load balancer, put together from the lines that its logs have of each. */
#ifndef FORENSICS_CALLS_H
#define FORENSICS_CALLS_H

#include "forensics/index.h"

/* All that the logs say of one call. Texts are name ids, 0 when unknown; times are ms, TIME_NONE when unknown. */
struct call {
    struct request_id id;
    int64_t begin, gave_up;
    struct loc begin_loc; /* of its earliest line */
    bool timed_out;       /* the gateway gave up; gave_up is unknown where its log has no times */
    struct loc loc;       /* of the line that says so */
    uint32_t id_text;     /* when it is no UUID */
    uint32_t function, request, trace;
    const struct attempt
        *attempt; /* the first one of the request id that the gateway names, NULL when unknown */
};

typedef VEC(struct call) calls;

/* Drops the lines of calls that did not begin from `from` to `to`, both TIME_NONE when open; what has no time is out. */
void calls_narrow(struct index *x, int64_t from, int64_t to);
/* Every call of the frozen index, by begin. The caller frees with vec_done. */
void calls_make(const struct index *x, calls *ret);
/* Gives calls without an attempt the first one of their trace that began from `early` ms before the call until the
 * gateway gave up. */
void calls_follow_traces(const struct index *x, int64_t early, calls *all);

#endif
