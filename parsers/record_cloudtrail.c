/* CloudTrail events. Source: field guide, s3-event-records 4.3.
 *     {"eventTime":"2026-05-21T23:02:23Z","eventSource":"s3.amazonaws.com","eventName":"PutObject",
 *      "userIdentity":{"principalId":"AROA…:NAME","arn":"arn:aws:sts::…:assumed-role/ROLE/NAME","inScopeOf":
 *      {"credentialsIssuedTo":"arn:aws:lambda:…:function:NAME"}},"requestParameters":{"bucketName","key"},
 *      "requestID":"…"}
 * and, for a call of a function by another,
 *     {…,"eventSource":"lambda.amazonaws.com","eventName":"Invoke","requestParameters":{"functionName":"arn:…"},
 *      "requestID":"…"}
 * The key is not URL-encoded, the time has whole seconds, and a call that failed made no object. */
#include "parsers/record_cloudtrail.h"

#include "parsers/fields.h"
#include "parsers/message.h"
#include "parsers/record_s3.h"

enum slot {
    SOURCE,
    NAME,
    TIME,
    REQUEST,
    VERSION,
    PRINCIPAL,
    ARN,
    ISSUED_TO,
    BUCKET,
    KEY,
    OBJECT_VERSION,
    ERROR,
    RESOURCES,
    FUNCTION,
    INVOKED_BY,
    ADDRESS,
    SLOTS
};

static const struct field fields[] = {
    {"eventSource", SOURCE},
    {"eventName", NAME},
    {"eventTime", TIME},
    {"requestID", REQUEST},
    {"eventVersion", VERSION},
    {"userIdentity/principalId", PRINCIPAL},
    {"userIdentity/arn", ARN},
    {"userIdentity/inScopeOf/credentialsIssuedTo", ISSUED_TO},
    {"requestParameters/bucketName", BUCKET},
    {"requestParameters/key", KEY},
    {"responseElements/x-amz-version-id", OBJECT_VERSION},
    {"errorCode", ERROR},
    {"resources", RESOURCES},
    {"requestParameters/functionName", FUNCTION},
    {"userIdentity/invokedBy", INVOKED_BY},
    {"sourceIPAddress", ADDRESS},
};

/* What the notification of the same change is called. */
static struct slice notification_name(struct slice event)
{
    static const struct {
        const char *event, *name;
    } table[] = {
        {"PutObject", "ObjectCreated:Put"},
        {"PostObject", "ObjectCreated:Post"},
        {"CopyObject", "ObjectCreated:Copy"},
        {"CompleteMultipartUpload", "ObjectCreated:CompleteMultipartUpload"},
        {"DeleteObject", "ObjectRemoved:Delete"},
        {"DeleteObjects", "ObjectRemoved:Delete"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (slice_eq(event, slice_str(table[i].event)))
            return slice_str(table[i].name);
    return slice_of("", 0);
}

struct slice record_arn_session(struct slice arn)
{
    ptrdiff_t at = slice_find(arn, SLICE(":assumed-role/"));
    if (at < 0 || !slice_starts(arn, SLICE("arn:")))
        return slice_of("", 0);
    struct slice rest = slice_skip(arn, (size_t)at + sizeof ":assumed-role/" - 1);
    (void)slice_cut(&rest, '/');
    return rest;
}

static struct slice session_of(const struct value v[SLOTS])
{
    struct slice name = message_function_of_arn(value_string(&v[ISSUED_TO]));
    if (name.n == 0)
        name = record_arn_session(value_string(&v[ARN]));
    return name.n ? name : record_session(value_string(&v[PRINCIPAL]));
}

/* The objects of a DeleteObjects stand among its resources only. */
static void deliver_each(const struct value *resources, struct s3_record *r, struct buf *scratch,
                         const struct sink *sink)
{
    static const struct field table[] = {{"type", 0}, {"ARN", 1}};
    struct json j;
    struct slice item;
    json_init(&j, resources->raw);
    if (resources->type != JSON_ARRAY || !json_enter_array(&j))
        return;
    while (json_next_item(&j) && json_raw(&j, &item)) {
        struct value v[2] = {{.type = JSON_END}};
        (void)fields_read(item, table, 2, scratch, v);
        struct slice arn = value_string(&v[1]);
        if (!slice_eq(value_string(&v[0]), SLICE("AWS::S3::Object")) ||
            !text_literal(&arn, SLICE("arn:aws:s3:::")))
            continue;
        r->bucket = slice_cut(&arn, '/');
        r->key = arn;
        if (arn.n)
            sink->s3(sink->ctx, r);
    }
}

static void deliver(const struct value v[SLOTS], struct loc loc, struct buf *scratch, const struct sink *sink)
{
    struct s3_record r = {.time = TIME_NONE, .via = SLICE("cloudtrail"), .loc = loc};
    struct slice time = value_string(&v[TIME]);
    r.event_name = notification_name(value_string(&v[NAME]));
    if (r.event_name.n == 0 || v[ERROR].type != JSON_END || !sink->s3)
        return;
    (void)text_time(&time, &r.time);
    r.principal = value_string(&v[PRINCIPAL]);
    r.session = session_of(v);
    r.request_id = value_string(&v[REQUEST]);
    r.version_id = value_string(&v[OBJECT_VERSION]);
    r.bucket = value_string(&v[BUCKET]);
    r.key = value_string(&v[KEY]);
    if (r.bucket.n && r.key.n)
        sink->s3(sink->ctx, &r);
    else
        deliver_each(&v[RESOURCES], &r, scratch, sink);
}

/* S3, SNS or a poller of a queue called for somebody: their records and messages say for whom. */
static bool by_service(const struct value v[SLOTS])
{
    return v[INVOKED_BY].type != JSON_END || slice_ends(value_string(&v[ADDRESS]), SLICE(".amazonaws.com"));
}

/* A data event of Lambda: its request id is that of the invocation. What failed invoked nothing. */
static void deliver_invoke(const struct value v[SLOTS], struct loc loc, const struct sink *sink)
{
    struct queue_record q = {.kind = QUEUE_INVOKE, .sent = TIME_NONE, .loc = loc};
    struct slice time = value_string(&v[TIME]);
    q.message_id = value_string(&v[REQUEST]);
    q.arn = value_string(&v[FUNCTION]);
    q.sender = value_string(&v[PRINCIPAL]);
    if (!sink->queue || v[ERROR].type != JSON_END || by_service(v) || q.message_id.n == 0 || q.arn.n == 0 ||
        q.sender.n == 0)
        return;
    (void)text_time(&time, &q.sent);
    q.session = session_of(v);
    sink->queue(sink->ctx, &q);
}

bool record_cloudtrail(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink)
{
    struct value v[SLOTS] = {{.type = JSON_END}};
    buf_clear(scratch);
    if (!buf_reserve(scratch, value.n) ||
        !fields_read(value, fields, sizeof fields / sizeof *fields, scratch, v))
        return false;
    struct slice source = value_string(&v[SOURCE]);
    if (!slice_ends(source, SLICE(".amazonaws.com")) || v[NAME].type != JSON_STRING ||
        v[VERSION].type != JSON_STRING)
        return false;
    if (slice_eq(source, SLICE("s3.amazonaws.com")))
        deliver(v, loc, scratch, sink);
    else if (slice_eq(source, SLICE("lambda.amazonaws.com")) &&
             slice_starts(value_string(&v[NAME]), SLICE("Invoke")))
        deliver_invoke(v, loc, sink);
    return true;
}
