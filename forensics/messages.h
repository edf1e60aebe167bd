/* Messages of queues and topics in the index: rows from their envelopes (as a record, or as a function printed
 * it) and from the calls of a trace that sent them; made one for each delivery at the freeze. */
#ifndef FORENSICS_MESSAGES_H
#define FORENSICS_MESSAGES_H

#include "forensics/index.h"
#include "forensics/keys.h"

/* `stream` is that of the log line which carried it, UINT32_MAX when it came as a record. */
void index_message(struct index *x, const struct queue_record *q, uint32_t stream);
/* The call of a trace that sent a message, and what a span says of the traces of what it received. */
void index_sent(struct index *x, const struct span *s);
void index_links(struct index *x, const struct span *s);
/* At the freeze, when the attempts that sent and received are known: a message met in several places is one row
 * for each invocation that received it; rows come in order of time. */
void messages_settle(struct index *x, unsigned threads);

/* "jobs" of "queue jobs"; a bucket's name as it is. */
struct slice message_resource(struct slice name);
/* Is it the name of a queue, one that keeps order, a topic, or a function that another called? */
bool message_queue(struct slice name);
bool message_fifo(struct slice name);
bool message_topic(struct slice name);
bool message_invoke(struct slice name);
/* What a function was invoked through when only the hops that its trace header counts tell of it; its name id. */
bool message_unknown(struct slice name);
/* One of both: there is nothing between the functions. */
static inline bool message_direct(struct slice name)
{
    return message_invoke(name) || message_unknown(name);
}
uint32_t message_unknown_id(struct index *x, uint32_t function);
/* True when its time is rounded down to a second: CloudTrail's of a call. */
bool message_coarse(const struct index *x, const struct message *m);

#endif
