/* The event that a function printed in a line of its log. */
#ifndef PARSERS_RECORD_PRINTED_H
#define PARSERS_RECORD_PRINTED_H

#include "base/buf.h"
#include "parsers/event.h"

/* Hands the records of S3, SQS and SNS of the event, if one stands anywhere in the text, to sink->s3 and sink->queue.
 * `scratch` holds decoded strings for the time of each call. Lines without such records cost one search at most. */
void record_printed(struct slice text, struct loc loc, struct buf *scratch, const struct sink *sink);

#endif
