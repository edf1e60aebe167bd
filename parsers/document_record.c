/* Documents that carry records: S3 events bare, inside SQS, SNS, SNS in SQS, Kinesis and EventBridge, and
 * Lambda's destination records. Source: field guide, s3-event-records 4.2, api-gateway-and-queues 6.4, 6.5.
 */
#include "parsers/document.h"

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
    {NULL, "body", WRAPPED_JSON, "sqs"},
    {"Sns", "Message", WRAPPED_JSON, "sns"},
    {"kinesis", "data", WRAPPED_BASE64, "kinesis"},
};

static bool unwrap_field(struct documents *d, struct json *j, const struct wrapper *w)
{
    struct slice raw;
    bool escaped;
    if (json_peek(j) != JSON_STRING || !json_string(j, &raw, &escaped)) {
        (void)json_skip(j);
        return false;
    }
    if (w->how == WRAPPED_JSON && !is_object_or_array(raw))
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

/* A record of a queue, topic or stream: reads what it wraps. True for any record of such a source. */
static bool read_wrapped(struct documents *d, struct slice value)
{
    struct json j;
    struct slice key;
    bool found = false;
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        const struct wrapper *hit = NULL;
        for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
            const struct wrapper *w = &wrappers[i];
            if (slice_eq(key, slice_str(w->outer ? w->outer : w->field)))
                hit = w;
        }
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

bool document_records(struct documents *d, struct slice value)
{
    struct json j;
    struct slice key, item;
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (!slice_eq(key, SLICE("Records")) || json_peek(&j) != JSON_ARRAY) {
            (void)json_skip(&j);
            continue;
        }
        (void)json_enter_array(&j);
        while (json_next_item(&j)) {
            if (!json_raw(&j, &item))
                break;
            struct loc loc = document_loc(d, item.p);
            if (record_s3(item, d->via, loc, &d->record, d->sink))
                d->source->records++;
            else
                (void)read_wrapped(d, item);
        }
    }
    document_check(d, &j);
    return true;
}

bool document_eventbridge(struct documents *d, struct slice value)
{
    struct loc loc = document_loc(d, value.p);
    struct slice via = d->via.n ? d->via : SLICE("eventbridge");
    struct json j;
    if (record_s3_eventbridge(value, via, loc, &d->record, d->sink))
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
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (slice_eq(key, SLICE("Message")))
            found |= unwrap_field(d, &j, &message);
        else
            (void)json_skip(&j);
    }
    document_check(d, &j);
    return found;
}

/* {"Service":"Amazon S3","Event":"s3:TestEvent",…}: recognised, counts for nothing. */
bool document_test_event(struct documents *d, struct slice value)
{
    bool is_test = slice_find(value, SLICE("s3:TestEvent")) >= 0;
    d->source->records += is_test;
    return is_test;
}

/* {"requestContext":{…},"requestPayload":{…}}: the payload is the event that was given up. */
bool document_destination(struct documents *d, struct slice value)
{
    struct json j;
    struct slice key, payload;
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
