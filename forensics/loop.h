/* Loops among chains: functions that trigger themselves through buckets. Used by detect_recursive_trigger.c.
 */
#ifndef FORENSICS_LOOP_H
#define FORENSICS_LOOP_H

#include "forensics/chain.h"

/* Objects written and attempts triggered along one step of the graph function -> bucket -> function. */
struct loop_edge {
    uint32_t writer, bucket, reader; /* name ids; writer 0: written from outside */
    uint64_t count;                  /* objects that made the step */
};

/* Functions that reach each other, with every chain that ran through them. Rows and objects in order of time.
 */
struct loop {
    VEC(uint32_t) functions; /* name ids, by name */
    VEC(uint32_t) buckets;
    VEC(struct loop_edge) edges; /* between functions of the loop, most first */
    VEC(int32_t) attempts;       /* rows of index.attempts */
    VEC(int32_t) objects;        /* that stand in a chain, the roots included */
    int32_t root; /* the first object that no function of the loop wrote, CHAIN_NO_ROW when none is known */
    int32_t deepest;        /* attempt at the end of the longest chain */
    size_t generations;     /* attempts in the longest chain */
    uint64_t written;       /* objects that functions of the loop wrote to its buckets */
    enum chain_proof proof; /* of most of its writes */
};

typedef VEC(struct loop) loops;

/* Finds them, largest first; frees them. */
void loops_find(const struct chains *c, loops *ret);
void loops_done(loops *all);

#endif
