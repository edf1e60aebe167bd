/* Loops among chains: functions that trigger themselves through buckets, queues and topics. Used by
 * detect_recursive_trigger.c. */
#ifndef FORENSICS_LOOP_H
#define FORENSICS_LOOP_H

#include "forensics/chain.h"

/* Hand-overs along one step of the graph function -> bucket, queue or topic -> function. */
struct loop_edge {
    uint32_t writer, bucket, reader; /* name ids (of queues and topics: see struct message) */
    uint64_t count;                  /* hand-overs that made the step */
};

/* Functions that reach each other, with every chain that ran through them. Rows and hand-overs in order of time.
 */
struct loop {
    VEC(uint32_t) functions;     /* name ids, by name */
    VEC(uint32_t) buckets;       /* and queues and topics */
    VEC(struct loop_edge) edges; /* between functions of the loop, most first */
    VEC(int32_t) attempts;       /* rows of index.attempts */
    VEC(int32_t) objects;        /* hand-overs that stand in a chain, the roots included */
    int32_t
        root; /* the first hand-over that no function of the loop wrote, CHAIN_NO_ROW when none is known */
    int32_t deepest;    /* attempt at the end of the longest chain */
    size_t generations; /* attempts in the longest chain */
    size_t returns;     /* attempts of one function in a chain, at most */
    uint64_t to_buckets, to_queues, to_fifos,
        to_topics;          /* of those below, by kind; fifos: queues that keep order */
    uint64_t written;       /* hand-overs that functions of the loop wrote to its buckets */
    enum chain_proof proof; /* of most of its writes */
};

typedef VEC(struct loop) loops;

/* Is the function one of the loop's; does the loop go through the bucket, queue or topic? Both are name ids. */
bool loop_holds(const struct loop *l, uint32_t function);
bool loop_through(const struct loop *l, uint32_t bucket);
/* Finds them, largest first; frees them. */
void loops_find(const struct chains *c, loops *ret);
void loops_done(loops *all);

#endif
