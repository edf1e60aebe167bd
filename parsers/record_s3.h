/* S3 event notifications (2.0-2.5), whichever wrapper they came in, and the EventBridge form. */
#ifndef PARSERS_RECORD_S3_H
#define PARSERS_RECORD_S3_H

#include "base/buf.h"
#include "parsers/event.h"
#include "parsers/json.h"
#include "parsers/json_shapes.h"

/* Reads one element of "Records", at the reader, whose eventSource is aws:s3. `scratch` holds decoded strings
 * for the time of the call to sink->s3. `known`, what the records of the source looked like so far, may be NULL. False
 * when it is no S3 record (it is read all the same, and nothing was delivered). */
bool record_s3(struct json *j, struct json_shapes *known, struct slice via, struct loc loc,
               struct buf *scratch, const struct sink *sink);
/* The same for a record of a known shape that `behind` follows. False, and nothing delivered, for all else; the
 * reader is then where it may be. */
bool record_s3_alike(struct json *j, struct json_shapes *known, struct slice behind, struct slice via,
                     struct loc loc, struct buf *scratch, const struct sink *sink);
/* Reads an EventBridge envelope of source aws.s3. */
bool record_s3_eventbridge(struct slice value, struct slice via, struct loc loc, struct buf *scratch,
                           const struct sink *sink);
/* The role session name of AWS:AROA…:NAME, empty for other principals. */
struct slice record_session(struct slice principal);

#endif
