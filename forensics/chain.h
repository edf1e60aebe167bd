/* What invoked what through S3: which attempt a record triggered, and which attempt wrote it. Built from the
 * frozen index for the detector of loops and for `coldcase show`.
 *
 * A record TRIGGERED an attempt when, strongest first:
 *   LOGGED     the attempt printed the event that holds the record;
 *   NAMED      the attempt's lines name the object's key, and it began behind the record's time;
 *   COUNTED    the function's attempts match the records of one bucket one to one, in number and time (chain.c
 *              says how strictly). Time alone is no evidence.
 * A record was WRITTEN by a function when, strongest first:
 *   PRINCIPAL  the writer's role session is the function's name (an execution role's session is named so);
 *   TRACE      the attempt that ran when it was written and the one it triggered share the trace root;
 *   KEY        its key is derived from the key that triggered an attempt running at that time.
 * Sources: field guide, s3-event-records 4.5-4.7. */
#ifndef FORENSICS_CHAIN_H
#define FORENSICS_CHAIN_H

#include "forensics/dossier.h"

enum chain_trigger { TRIGGER_NONE, TRIGGER_COUNTED, TRIGGER_NAMED, TRIGGER_LOGGED };
enum chain_proof { PROOF_NONE, PROOF_KEY, PROOF_TRACE, PROOF_PRINCIPAL };
const char *chain_proof_name(enum chain_proof proof); /* the contract's words */

enum { CHAIN_NO_ROW = -1 };

/* One S3 record, parallel to index.objects. Rows are those of index.attempts, CHAIN_NO_ROW when unknown. */
struct chain_link {
    int32_t triggered, writer;
    uint32_t function; /* name of the function that wrote it, 0 when none of the evidence did */
    uint8_t trigger, proof;
    bool creation, coarse; /* the record is of a new object; its time is in whole seconds */
};

struct chains {
    const struct dossier *d;
    struct chain_link *links; /* one an object */
    int32_t *cause; /* one an attempt: the object that triggered it, CHAIN_NO_ROW when none is known */
};

void chains_init(struct chains *c, const struct dossier *d);
void chains_done(struct chains *c);
/* How long S3 took from the record to the start of the attempt it triggered, ms; TIME_NONE when unknown. */
int64_t chains_delay(const struct chains *c, size_t object);
/* True when the key is the other one with something put before, behind or between its name and its ending. */
bool chain_derived(struct slice key, struct slice from);

#endif
