/* Envelopes of SQS and SNS, and what Lambda writes of invocations that it gave up or finished. */
#ifndef PARSERS_RECORD_QUEUE_H
#define PARSERS_RECORD_QUEUE_H

#include "base/buf.h"
#include "parsers/event.h"

/* Reads one element of "Records" (Lambda's form) or of "Messages" (`aws sqs receive-message`), or an SNS
 * envelope. False when it is none of them (nothing was delivered). */
bool record_queue(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink);
/* Reads a destination record, or the failure record of a stream's event source mapping. */
bool record_destination(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink);
/* Reads a message of a Lambda function's dead-letter queue: RequestID, ErrorCode, ErrorMessage are attributes. */
bool record_dead_letter(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink);

#endif
