/* Lines of S3 server access logs. */
#ifndef PARSERS_RECORD_ACCESS_H
#define PARSERS_RECORD_ACCESS_H

#include "base/buf.h"
#include "parsers/event.h"

/* Whether a line has the shape: owner, bucket, [time]. */
bool record_access_line(struct slice line);
/* Reads a line; one that made or removed an object becomes an S3 record. `scratch` holds the decoded key.
 * False when it has not the shape (nothing was delivered). */
bool record_access(struct slice line, struct loc loc, struct buf *scratch, const struct sink *sink);
/* dd/Mon/yyyy:HH:MM:SS +0000, the time of web servers' logs. */
bool record_clf_time(struct slice *s, int64_t *ret);

#endif
