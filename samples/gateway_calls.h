/* The execution log of the API Gateway in front of a function. Format: field guide,
 * api-gateway-and-queues 6.1. */
#ifndef SAMPLES_GATEWAY_CALLS_H
#define SAMPLES_GATEWAY_CALLS_H

#include "samples/world.h"

enum { GATEWAY_LIMIT_MS = 29000 }; /* the default maximum of a REST integration */

/* The call behind which this turn ran, from its request line to the answer or to the gateway's time-out. */
void gateway_calls_write(struct world *w, const struct turn *t, int64_t end);

#endif
