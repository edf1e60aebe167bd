/* Traces: X-Ray segment documents and OpenTelemetry spans, as struct span. */
#ifndef PARSERS_RECORD_SPAN_H
#define PARSERS_RECORD_SPAN_H

#include "parsers/event.h"
#include "parsers/fields.h"

/* Subsegments deeper than this are left out, and the span above them says so: real ones have three or four
 * levels, and each level is read again for each level above it. */
enum { SPAN_DEPTH_MAX = 32 };

/* Reads an X-Ray segment or lone subsegment with all its subsegments. `scratch` holds decoded strings for the
 * time of the calls; what it held before is left alone. False when it is no segment (nothing was delivered). */
bool record_segment(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink);
/* Reads one span of a `resourceSpans` document; `resource` is what otel_resource found. */
struct otel_resource {
    struct slice function, function_arn, log_group, log_stream, version;
    bool lambda; /* the resource is a Lambda function */
};
void record_otel_resource(struct slice attributes, struct buf *scratch, struct otel_resource *ret);
bool record_otel_span(struct slice value, const struct otel_resource *resource, struct loc loc,
                      struct buf *scratch, const struct sink *sink);
/* Reads one event of the log group aws/spans: a flat object. */
bool record_flat_span(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink);
/* Reads one record of a `resourceLogs` document as an entry; false when no attribute names a function. */
bool record_otel_log(struct slice value, const struct otel_resource *resource, struct loc loc,
                     struct buf *scratch, struct entry *ret);

/* 1-8hex-24hex (a shorter time part is padded) or 32 hex. */
bool record_trace_id(struct slice text, uint8_t ret[16]);
/* 16 hex. All of them 0 means none, as OpenTelemetry says of its ids; X-Ray's are made of the same 64 bits. */
bool record_span_id(struct slice text, uint8_t ret[8]);
/* `Lineage=` as a number, LINEAGE_NONE when it cannot be read: 24 bits of the hash that was met most often and,
 * in the lowest byte, how often all of its hashes were met, the request at hand included, LINEAGE_HOPS_MAX at
 * most. What it counts is Lambda's own business: that it grows along a chain is all that is used. */
enum { LINEAGE_NONE = 0, LINEAGE_HOPS_MAX = 255 };
uint32_t record_lineage(struct slice text);
/* The traces that a span's `links` name, in either spelling; X-Ray writes SPAN_LINKS_MAX at most (field guide
 * 5.4). */
struct span_link {
    uint8_t trace[16];
};
enum { SPAN_LINKS_MAX = 20 };
size_t record_span_links(struct slice list, struct span_link *ret, size_t max);

#endif
