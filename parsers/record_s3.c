/* S3 event notifications. Source: field guide, s3-event-records 4.1, 4.2.
 *     {"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2021-02-18T19:23:27.498Z","eventName":
 *      "ObjectCreated:Put","userIdentity":{"principalId":"AWS:AROA…:NAME"},"s3":{"bucket":{"name":…},
 *      "object":{"key":"a+b%3Dc","sequencer":"00602EBEAF9C397C40"}}}
 * The key is URL-encoded with + for a blank; EventBridge's is not. */
#include "parsers/record_s3.h"

/* The decoded string (or the raw scalar), kept in `scratch`; a slice into it would move, so offsets are held
 * until all is read. */
struct text_at {
    size_t at, n;
};

struct fields {
    struct json *j;
    struct buf *scratch;
    struct text_at event_name, bucket, key, principal, sequencer, request_id, version_id, time, source;
    int64_t size;
};

static struct text_at keep(struct fields *f)
{
    struct text_at ret = {f->scratch->n, 0};
    struct slice raw = {"", 0};
    bool escaped;
    if (json_peek(f->j) != JSON_STRING || !json_string(f->j, &raw, &escaped)) {
        (void)json_skip(f->j);
        return ret;
    }
    (void)json_decode(raw, f->scratch);
    ret.n = f->scratch->n - ret.at;
    return ret;
}

static struct slice kept(const struct fields *f, struct text_at t)
{
    return slice_of(f->scratch->p + t.at, t.n);
}

typedef void read_field(struct fields *f, struct slice key);

static void read_object(struct fields *f, read_field *field)
{
    struct slice key;
    if (json_peek(f->j) != JSON_OBJECT) {
        (void)json_skip(f->j);
        return;
    }
    (void)json_enter_object(f->j);
    while (json_next_key(f->j, &key))
        field(f, key);
}

static void identity_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("principalId")))
        f->principal = keep(f);
    else
        (void)json_skip(f->j);
}

static void response_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("x-amz-request-id")))
        f->request_id = keep(f);
    else
        (void)json_skip(f->j);
}

static void bucket_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("name")))
        f->bucket = keep(f);
    else
        (void)json_skip(f->j);
}

static void object_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("key")))
        f->key = keep(f);
    else if (slice_eq(key, SLICE("sequencer")))
        f->sequencer = keep(f);
    else if (slice_eq(key, SLICE("versionId")) || slice_eq(key, SLICE("version-id")))
        f->version_id = keep(f);
    else if (slice_eq(key, SLICE("size")))
        (void)json_i64(f->j, &f->size);
    else
        (void)json_skip(f->j);
}

static void s3_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("bucket")))
        read_object(f, bucket_field);
    else if (slice_eq(key, SLICE("object")))
        read_object(f, object_field);
    else
        (void)json_skip(f->j);
}

static void record_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("eventName")))
        f->event_name = keep(f);
    else if (slice_eq(key, SLICE("eventTime")))
        f->time = keep(f);
    else if (slice_eq(key, SLICE("eventSource")))
        f->source = keep(f);
    else if (slice_eq(key, SLICE("userIdentity")))
        read_object(f, identity_field);
    else if (slice_eq(key, SLICE("responseElements")))
        read_object(f, response_field);
    else if (slice_eq(key, SLICE("s3")))
        read_object(f, s3_field);
    else
        (void)json_skip(f->j);
}

struct slice record_session(struct slice principal)
{
    struct slice rest = principal, none = {"", 0};
    struct slice head = slice_cut(&rest, ':');
    if (slice_eq(head, SLICE("AWS")))
        head = slice_cut(&rest, ':');
    return slice_starts(head, SLICE("AROA")) ? rest : none;
}

static void deliver(struct fields *f, struct slice via, struct loc loc, bool encoded, const struct sink *sink)
{
    struct s3_record r = {.time = TIME_NONE, .via = via, .loc = loc};
    /* The decoded key goes behind the rest; it is never longer than the encoded one. */
    if (encoded && buf_reserve(f->scratch, f->key.n)) {
        size_t n = text_url_decode(kept(f, f->key), true, f->scratch->p + f->scratch->n);
        f->key = (struct text_at){f->scratch->n, n};
        f->scratch->n += n;
    }
    struct slice time = kept(f, f->time);
    (void)text_time(&time, &r.time);
    r.event_name = kept(f, f->event_name);
    (void)text_literal(&r.event_name, SLICE("s3:"));
    r.bucket = kept(f, f->bucket);
    r.key = kept(f, f->key);
    r.principal = kept(f, f->principal);
    r.session = record_session(r.principal);
    r.sequencer = kept(f, f->sequencer);
    r.request_id = kept(f, f->request_id);
    r.version_id = kept(f, f->version_id);
    r.size = (uint64_t)(f->size > 0 ? f->size : 0);
    sink->s3(sink->ctx, &r);
}

bool record_s3(struct slice value, struct slice via, struct loc loc, struct buf *scratch,
               const struct sink *sink)
{
    struct json j;
    json_init(&j, value);
    buf_clear(scratch);
    (void)buf_reserve(scratch, 1);
    struct fields f = {.j = &j, .scratch = scratch};
    read_object(&f, record_field);
    if (j.error || !slice_eq(kept(&f, f.source), SLICE("aws:s3")) || f.bucket.n == 0)
        return false;
    deliver(&f, via, loc, true, sink);
    return true;
}

/* ---- EventBridge ---- */

static void detail_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("bucket")))
        read_object(f, bucket_field);
    else if (slice_eq(key, SLICE("object")))
        read_object(f, object_field);
    else if (slice_eq(key, SLICE("requester")))
        f->principal = keep(f);
    else if (slice_eq(key, SLICE("request-id")))
        f->request_id = keep(f);
    else
        (void)json_skip(f->j);
}

static void envelope_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("detail-type")))
        f->event_name = keep(f);
    else if (slice_eq(key, SLICE("source")))
        f->source = keep(f);
    else if (slice_eq(key, SLICE("time")))
        f->time = keep(f);
    else if (slice_eq(key, SLICE("detail")))
        read_object(f, detail_field);
    else
        (void)json_skip(f->j);
}

/* EventBridge's names for what notifications call ObjectCreated:* and so on. */
static struct slice notification_name(struct slice detail_type)
{
    if (slice_eq(detail_type, SLICE("Object Created")))
        return SLICE("ObjectCreated");
    if (slice_eq(detail_type, SLICE("Object Deleted")))
        return SLICE("ObjectRemoved");
    return detail_type;
}

bool record_s3_eventbridge(struct slice value, struct slice via, struct loc loc, struct buf *scratch,
                           const struct sink *sink)
{
    struct json j;
    json_init(&j, value);
    buf_clear(scratch);
    (void)buf_reserve(scratch, 1);
    struct fields f = {.j = &j, .scratch = scratch};
    read_object(&f, envelope_field);
    if (j.error || !slice_eq(kept(&f, f.source), SLICE("aws.s3")) || f.bucket.n == 0)
        return false;
    struct slice name = notification_name(kept(&f, f.event_name));
    struct text_at at = {scratch->n, name.n};
    char copy[64];
    memcpy(copy, name.p, name.n < sizeof copy ? name.n : sizeof copy);
    (void)buf_append(scratch, slice_of(copy, name.n < sizeof copy ? name.n : sizeof copy));
    f.event_name = at;
    deliver(&f, via, loc, false, sink);
    return true;
}
