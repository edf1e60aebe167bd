/* CloudTrail events: those of S3's objects become S3 records, all others are recognised. */
#ifndef PARSERS_RECORD_CLOUDTRAIL_H
#define PARSERS_RECORD_CLOUDTRAIL_H

#include "base/buf.h"
#include "parsers/event.h"

/* False when the object is no CloudTrail event (nothing was delivered). */
bool record_cloudtrail(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink);
/* NAME of arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME, empty for other ARNs. */
struct slice record_arn_session(struct slice arn);

#endif
