/* What a log message may be besides a line of a function: an access log line, a span, a CloudTrail event. For
 * groups that hold such things, CloudWatch is only one more container. */
#ifndef PARSERS_RECORD_MESSAGE_H
#define PARSERS_RECORD_MESSAGE_H

#include "base/buf.h"
#include "parsers/event.h"

/* Delivers it to the sink; `time` is the entry's. False when it is none, found out by the first bytes and one
 * search each. `scratch` holds decoded strings for the time of the call. */
bool record_message(struct slice text, int64_t time, struct loc loc, struct buf *scratch,
                    const struct sink *sink);

#endif
