/* What invoked what through buckets, queues and topics: which attempt an S3 record or a message triggered, and
 * which attempt wrote or sent it. Both are hand-overs, counted from 0: the index's objects, then its messages.
 * Built from the frozen index for the detector of loops and for `coldcase show`.
 *
 * A hand-over TRIGGERED an attempt when, strongest first:
 * - LOGGED: the attempt printed the event that holds it, or its trace stands below the call that sent it;
 * - TRACED: the attempt's trace names that of the message as what it received (a span's link);
 * - NAMED: the attempt's lines name the object's key or the message's id, and it began behind its time;
 * - COUNTED: the function's attempts match the records of one bucket one to one, in number and time
 *   (chain_count.c says how strictly).
 * Time alone is no evidence, and that two attempts share a trace is none either: a workflow calls a function again
 * and again in one trace.
 *
 * It was WRITTEN by a function when, strongest first:
 * - PRINCIPAL: the writer's role session is the function's name (an execution role's session is named so);
 * - LINEAGE: TRACE holds, and the hops that Lambda counts in the trace header grow from the attempt that wrote it
 *   to what it triggered;
 * - TRACE: the attempt that ran when it was written and the one it triggered, or the message, share the trace root;
 * - KEY: its key is derived from the key that triggered an attempt running at that time.
 * Sources: field guide, s3-event-records 4.5-4.7, traces 5.1, 5.4, api-gateway-and-queues 6.4. */
#ifndef FORENSICS_CHAIN_H
#define FORENSICS_CHAIN_H

#include "forensics/dossier.h"

enum chain_trigger { TRIGGER_NONE, TRIGGER_COUNTED, TRIGGER_NAMED, TRIGGER_TRACED, TRIGGER_LOGGED };
enum chain_proof { PROOF_NONE, PROOF_KEY, PROOF_TRACE, PROOF_LINEAGE, PROOF_PRINCIPAL, CHAIN_PROOFS };
const char *chain_proof_name(enum chain_proof proof); /* the contract's words */

enum { CHAIN_NO_ROW = -1 };

/* One hand-over. Rows are those of index.attempts, CHAIN_NO_ROW when unknown. */
struct chain_link {
    int32_t triggered, writer;
    uint32_t
        function; /* name of the function that wrote it, 0 when none of the evidence did; that of `writer` */
    uint8_t trigger, proof;
    bool creation : 1, coarse : 1; /* of a new object or a message; its time is in whole seconds */
    bool clockless : 1;            /* told by names alone, for its clock is not that of the logs */
    bool again : 1; /* a message that the same function got before: tried again, no step of its own */
    bool own : 1;   /* two calls of one function: the one that wrote it and the one that it triggered */
};

struct chains {
    const struct dossier *d;
    size_t n;
    struct chain_link *links; /* n of them */
    uint32_t *order;          /* all hand-overs by time; NULL when they stand so */
    int32_t *cause; /* one an attempt: the hand-over that triggered it, CHAIN_NO_ROW when none is known */
    /* How far S3's clock is ahead of the logs', ms, when ids tell that they differ: the median of so many writes; 0 of
     * them: nothing speaks for it. */
    int64_t ahead;
    size_t ahead_of;
};

static inline const struct message *chain_message(const struct chains *c, size_t i)
{
    const struct index *x = c->d->index;
    return i < x->objects.n ? NULL : &x->messages.v[i - x->objects.n];
}

static inline const struct object_event *chain_object(const struct chains *c, size_t i)
{
    const struct message *m = chain_message(c, i);
    return m ? &m->event : &c->d->index->objects.v[i];
}

/* The one that is k-th by time. */
static inline size_t chain_at(const struct chains *c, size_t k)
{
    return c->order ? c->order[k] : k;
}

void chains_init(struct chains *c, const struct dossier *d);
void chains_done(struct chains *c);
/* How long it took from the write to the start of the attempt it triggered, ms; TIME_NONE when unknown, also where
 * the clocks are known to differ. */
int64_t chains_delay(const struct chains *c, size_t i);
/* What speaks for clocks that differ, or for logs that are missing: records whose principal names a function of the
 * evidence, and those of them at whose time no call of it ran; the first function, by name, whose records match its
 * calls one to one but lie off by `off` ms, 0 when none does; and the first that wrote as many records as it had
 * calls, in whole seconds in which several calls begin, 0 when none did. */
struct chain_astray {
    uint64_t written, astray;
    uint32_t function, rounded;
    int64_t off;
};
struct chain_astray chain_astray_of(const struct chains *c);
/* True when the key is the other one with something put before, behind or between its name and its ending. */
bool chain_derived(struct slice key, struct slice from);

#endif
