/* Queues and topics: what is sent to them and whom it invokes. A function shows what it got by printing its
 * event. Format: field guide, api-gateway-and-queues 6.4, traces 5.1. */
#ifndef SAMPLES_QUEUES_H
#define SAMPLES_QUEUES_H

#include "samples/world.h"

struct message_send {
    int64_t time;
    const char *place; /* name of the queue or topic */
    bool topic;
    const struct turn *by; /* the call that sends; NULL: from outside */
    bool loop;             /* the root of the loop */
};

/* Pushes the calls of the functions that objects_trigger has set up for the place. */
void queues_send(struct world *w, const struct message_send *m);
/* The queue gives the turn's message out again after its visibility timeout. */
void queues_again(struct world *w, const struct turn *t, int64_t after_ms);
/* The function prints its event. */
void queues_print(struct world *w, struct turn *t);

#endif
