/* Access logs of front doors: API Gateway's (JSON and CLF) and load balancers'. */
#ifndef PARSERS_RECORD_FRONT_H
#define PARSERS_RECORD_FRONT_H

#include "parsers/event.h"

/* Reads one access log line, alone in a file or as the message of a log entry; tells by its first bytes and one
 * search that a text is none. The slices of the call are of `text`, escapes left as they stand. `time` is
 * taken where the line has none of its own. False when it is none (nothing was delivered). */
bool record_front(struct slice text, int64_t time, struct loc loc, const struct sink *sink);
/* The same for the two forms that are no JSON. */
bool record_front_line(struct slice line, int64_t time, struct loc loc, const struct sink *sink);

#endif
