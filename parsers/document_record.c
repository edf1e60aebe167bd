/* Documents that carry records: S3 events bare, inside SQS, SNS, SNS in SQS, Kinesis and EventBridge, CloudTrail
 * events, and Lambda's destination records. Source: field guide, s3-event-records 4.2, 4.3,
 * api-gateway-and-queues 6.4, 6.5. */
#include "parsers/document.h"

#include "parsers/fields.h"
#include "parsers/record_cloudtrail.h"
#include "parsers/record_queue.h"
#include "parsers/record_s3.h"

static bool is_object_or_array(struct slice raw)
{
    raw = slice_trim(raw);
    return raw.n && (*raw.p == '{' || *raw.p == '[');
}

/* The string field of a queue or topic record that holds the wrapped event: body, Message, data. */
struct wrapper {
    const char *outer; /* object in which the field stands; NULL for the record itself */
    const char *field;
    enum wrapping how;
    const char *via;
};

static const struct wrapper wrappers[] = {
    {NULL, "body", WRAPPED_JSON, "sqs"},        {NULL, "Body", WRAPPED_JSON, "sqs"},
    {"Sns", "Message", WRAPPED_JSON, "sns"},    {"kinesis", "data", WRAPPED_BASE64, "kinesis"},
    {NULL, "Data", WRAPPED_BASE64, "kinesis"}, /* `aws kinesis get-records` */
    {NULL, "data", WRAPPED_BASE64, "firehose"},
};

static bool unwrap_field(struct documents *d, struct json *j, const struct wrapper *w)
{
    struct slice raw;
    bool escaped;
    if (!json_text(j, &raw, &escaped) || (w->how == WRAPPED_JSON && !is_object_or_array(raw)))
        return false;
    return document_unwrap(d, raw, escaped, w->how, slice_str(w->via));
}

static bool unwrap_inside(struct documents *d, struct json *j, const struct wrapper *w)
{
    struct slice key;
    bool found = false;
    if (json_peek(j) != JSON_OBJECT) {
        (void)json_skip(j);
        return false;
    }
    (void)json_enter_object(j);
    while (json_next_key(j, &key)) {
        if (slice_eq(key, slice_str(w->field)))
            found |= unwrap_field(d, j, w);
        else
            (void)json_skip(j);
    }
    return found;
}

static const struct wrapper *wrapper_of(struct slice key)
{
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
        const struct wrapper *w = &wrappers[i];
        if (slice_eq(key, slice_str(w->outer ? w->outer : w->field)))
            return w;
    }
    return NULL;
}

/* The envelope first, then what it wraps. */
static void read_envelope(struct documents *d, struct slice value)
{
    struct loc loc = document_loc(d, value.p);
    if (d->sink->queue)
        (void)record_queue(value, loc, &d->record, d->sink);
    if (d->sink->destination)
        (void)record_dead_letter(value, loc, &d->record, d->sink);
}

/* A record of a queue, topic or stream: reads what it wraps. True for any record of such a source. */
static bool read_wrapped(struct documents *d, struct slice value)
{
    struct json j;
    struct slice key;
    bool found = false;
    read_envelope(d, value);
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        const struct wrapper *hit = wrapper_of(key);
        if (!hit)
            (void)json_skip(&j);
        else if (hit->outer)
            found |= unwrap_inside(d, &j, hit);
        else
            found |= unwrap_field(d, &j, hit);
    }
    d->source->records++;
    return found || !j.error;
}

/* A document of records is named by the first of them. */
static void name_format(struct documents *d, const char *from, const char *to)
{
    if (d->depth == 0 && d->format && strcmp(d->format, from) == 0)
        d->format = to;
}

static void read_record(struct documents *d, struct json *j)
{
    const char *begin = j->p;
    struct loc loc = document_loc(d, begin);
    if (record_s3(j, d->shapes, d->via, loc, &d->record, d->sink)) {
        d->source->records++;
        return;
    }
    struct slice item = slice_of(begin, (size_t)(j->p - begin));
    if (j->error)
        return;
    if (record_cloudtrail(item, loc, &d->record, d->sink)) {
        name_format(d, "records", "cloudtrail");
        d->source->records++;
    } else {
        (void)read_wrapped(d, item);
    }
}

static bool read_list(struct documents *d, struct slice value, struct slice name)
{
    struct json j;
    struct slice key;
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (!slice_eq(key, name) || json_peek(&j) != JSON_ARRAY) {
            (void)json_skip(&j);
            continue;
        }
        (void)json_enter_array(&j);
        while (document_next(d, &j, '{'))
            read_record(d, &j);
    }
    document_check(d, &j);
    return true;
}

bool document_records(struct documents *d, struct slice value)
{
    return read_list(d, value, SLICE("Records"));
}

/* {"records":[{"recordId","data"}]}: what Firehose hands a function to transform. */
bool document_firehose(struct documents *d, struct slice value)
{
    return read_list(d, value, SLICE("records"));
}

size_t document_records_alike(struct documents *d, struct slice text)
{
    const struct slice behind = SLICE("]}");
    struct slice rest = text;
    struct json j;
    (void)text_char(&rest, '\n');
    if (!text_literal(&rest, SLICE("{\"Records\":[")))
        return 0;
    json_init(&j, rest);
    if (!record_s3_alike(&j, d->shapes, behind, d->via, document_loc(d, rest.p), &d->record, d->sink))
        return 0;
    d->source->records++;
    return (size_t)(j.p - text.p) + behind.n;
}

/* {"Messages":[{"MessageId","ReceiptHandle","Body","Attributes"}]}: `aws sqs receive-message`. */
bool document_messages(struct documents *d, struct slice value)
{
    return read_list(d, value, SLICE("Messages"));
}

/* One CloudTrail event, as CloudWatch and EventBridge carry them. */
bool document_cloudtrail(struct documents *d, struct slice value)
{
    bool found = record_cloudtrail(value, document_loc(d, value.p), &d->record, d->sink);
    d->source->records += found;
    return found;
}

/* The `detail` of events that wrap another service's record. */
static void read_detail(struct documents *d, struct slice value)
{
    static const struct field fields[] = {{"detail", 0}};
    struct value v = {.type = JSON_END};
    struct buf scratch;
    buf_init(&scratch, 1);
    (void)fields_read(value, fields, 1, &scratch, &v);
    buf_done(&scratch);
    if (v.type != JSON_OBJECT)
        return;
    struct loc loc = document_loc(d, v.raw.p);
    if (!record_cloudtrail(v.raw, loc, &d->record, d->sink) &&
        slice_find(v.raw, SLICE("requestPayload")) >= 0)
        (void)document_destination(d, v.raw);
}

bool document_eventbridge(struct documents *d, struct slice value)
{
    struct loc loc = document_loc(d, value.p);
    struct slice via = d->via.n ? d->via : SLICE("eventbridge");
    struct json j;
    if (!record_s3_eventbridge(value, via, loc, &d->record, d->sink))
        read_detail(d, value);
    d->source->records++;
    json_init(&j, value);
    if (!json_skip(&j))
        document_check(d, &j);
    return true;
}

/* The envelope SNS puts round a message for SQS and HTTP. */
bool document_notification(struct documents *d, struct slice value)
{
    static const struct wrapper message = {NULL, "Message", WRAPPED_JSON, "sns"};
    struct json j;
    struct slice key;
    bool found = false;
    read_envelope(d, value);
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (slice_eq(key, SLICE("Message")))
            found |= unwrap_field(d, &j, &message);
        else
            (void)json_skip(&j);
    }
    d->source->records += d->depth == 0;
    document_check(d, &j);
    return found || !j.error;
}

/* {"Service":"Amazon S3","Event":"s3:TestEvent",…}: recognised, counts for nothing. */
bool document_test_event(struct documents *d, struct slice value)
{
    bool is_test = slice_find(value, SLICE("s3:TestEvent")) >= 0;
    d->source->records += is_test;
    return is_test;
}

/* {"requestContext":{…},"requestPayload":{…}}: the payload is the event that was given up. Records of streams
 * have none. */
bool document_destination(struct documents *d, struct slice value)
{
    struct json j;
    struct slice key, payload;
    (void)record_destination(value, document_loc(d, value.p), &d->record, d->sink);
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (slice_eq(key, SLICE("requestPayload")) && json_raw(&j, &payload))
            (void)document_read(d, payload);
        else
            (void)json_skip(&j);
    }
    d->source->records++;
    document_check(d, &j);
    return true;
}
