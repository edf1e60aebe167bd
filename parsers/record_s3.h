/* S3 event notifications (2.0-2.5), whichever wrapper they came in, and the EventBridge form. */
#ifndef PARSERS_RECORD_S3_H
#define PARSERS_RECORD_S3_H

#include "base/buf.h"
#include "parsers/event.h"
#include "parsers/json.h"
#include "parsers/json_shape.h"

/* What the records of a source looked like so far, so that the next ones are read without their keys. All zero
 * to begin with. A bucket has two shapes, of objects created and removed; four buckets a file are rare. */
enum { RECORD_S3_SHAPES = 4, RECORD_S3_TEXTS = 10 };
struct record_s3_shapes {
    struct {
        struct json_shape json;
        uint8_t places[RECORD_S3_TEXTS]; /* which value each text is */
    } v[RECORD_S3_SHAPES];
    size_t last;        /* the one that fitted last */
    size_t tried, used; /* how often one was to be learned, and how often one fitted */
};

/* Reads one element of "Records", at the reader, whose eventSource is aws:s3. `scratch` holds decoded strings
 * for the time of the call to sink->s3. `known` may be NULL. False when it is no S3 record (it is read all the
 * same, and nothing was delivered). */
bool record_s3(struct json *j, struct record_s3_shapes *known, struct slice via, struct loc loc,
               struct buf *scratch, const struct sink *sink);
/* The same for a record of a known shape that `behind` follows. False, and nothing delivered, for all else; the
 * reader is then where it may be. */
bool record_s3_alike(struct json *j, struct record_s3_shapes *known, struct slice behind, struct slice via,
                     struct loc loc, struct buf *scratch, const struct sink *sink);
/* Reads an EventBridge envelope of source aws.s3. */
bool record_s3_eventbridge(struct slice value, struct slice via, struct loc loc, struct buf *scratch,
                           const struct sink *sink);
/* The role session name of AWS:AROA…:NAME, empty for other principals. */
struct slice record_session(struct slice principal);

#endif
