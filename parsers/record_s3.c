/* S3 event notifications. Source: field guide, s3-event-records 4.1, 4.2.
 *     {"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2021-02-18T19:23:27.498Z","eventName":
 *      "ObjectCreated:Put","userIdentity":{"principalId":"AWS:AROA…:NAME"},"s3":{"bucket":{"name":…},
 *      "object":{"key":"a+b%3Dc","sequencer":"00602EBEAF9C397C40"}}}
 * The key is URL-encoded with + for a blank; EventBridge's is not. */
#include "parsers/record_s3.h"

/* What is read of a record, in whatever form it came. */
enum text { EVENT_NAME, BUCKET, KEY, PRINCIPAL, SEQUENCER, REQUEST_ID, VERSION_ID, TIME, SOURCE, TEXTS };

struct fields {
    struct json *j;
    struct slice texts[TEXTS]; /* as they stand; decoded at the end, when it is known how long they are */
    uint32_t escaped;          /* which of them have escapes, a bit each */
};

static void fields_init(struct fields *f, struct json *j)
{
    *f = (struct fields){.j = j};
    for (size_t i = 0; i < TEXTS; i++)
        f->texts[i] = slice_of("", 0);
}

static void keep(struct fields *f, enum text text)
{
    bool escaped = false;
    f->texts[text] = slice_of("", 0);
    (void)json_text(f->j, &f->texts[text], &escaped);
    f->escaped = (f->escaped & ~(1u << text)) | (uint32_t)escaped << text;
}

/* Undoes escapes; the bytes stay in `scratch`. */
static void decode(struct fields *f, struct buf *scratch)
{
    size_t n = 0;
    buf_clear(scratch);
    for (size_t i = 0; i < TEXTS; i++)
        n += f->texts[i].n;
    if (!buf_reserve(scratch, n + f->texts[KEY].n)) /* the key once more, see decode_key */
        f->escaped = 0;
    for (size_t i = 0; i < TEXTS; i++) {
        if (!(f->escaped >> i & 1))
            continue;
        size_t at = scratch->n;
        (void)json_decode(f->texts[i], scratch);
        f->texts[i] = slice_of(scratch->p + at, scratch->n - at);
    }
}

/* Undoes the URL encoding; most keys have none. */
static struct slice decode_key(struct slice key, struct buf *scratch)
{
    if (!memchr(key.p, '%', key.n) && !memchr(key.p, '+', key.n))
        return key;
    if (!buf_reserve(scratch, key.n))
        return key;
    char *decoded = scratch->p + scratch->n;
    size_t n = text_url_decode(key, true, decoded);
    scratch->n += n;
    return slice_of(decoded, n);
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
        keep(f, PRINCIPAL);
    else
        (void)json_skip(f->j);
}

static void response_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("x-amz-request-id")))
        keep(f, REQUEST_ID);
    else
        (void)json_skip(f->j);
}

static void bucket_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("name")))
        keep(f, BUCKET);
    else
        (void)json_skip(f->j);
}

static void object_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("key")))
        keep(f, KEY);
    else if (slice_eq(key, SLICE("sequencer")))
        keep(f, SEQUENCER);
    else if (slice_eq(key, SLICE("versionId")) || slice_eq(key, SLICE("version-id")))
        keep(f, VERSION_ID);
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
        keep(f, EVENT_NAME);
    else if (slice_eq(key, SLICE("eventTime")))
        keep(f, TIME);
    else if (slice_eq(key, SLICE("eventSource")))
        keep(f, SOURCE);
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

/* Most times have milliseconds and are written to the letter as S3 does. */
static int64_t time_of(struct slice text)
{
    int64_t time = TIME_NONE;
    if (text.n != TEXT_TIME_SIZE - 1 || !text_time_at(text.p, &time))
        (void)text_time(&text, &time);
    return time;
}

/* Hands the record to the sink, if it is one of `source`. */
static bool deliver(struct fields *f, struct slice source, struct slice via, struct loc loc,
                    const struct sink *sink)
{
    if (f->j->error || !slice_eq(f->texts[SOURCE], source) || f->texts[BUCKET].n == 0)
        return false;
    struct s3_record r = {.time = time_of(f->texts[TIME]), .via = via, .loc = loc};
    r.event_name = f->texts[EVENT_NAME];
    (void)text_literal(&r.event_name, SLICE("s3:"));
    r.bucket = f->texts[BUCKET];
    r.key = f->texts[KEY];
    r.principal = f->texts[PRINCIPAL];
    r.session = record_session(r.principal);
    r.sequencer = f->texts[SEQUENCER];
    r.request_id = f->texts[REQUEST_ID];
    r.version_id = f->texts[VERSION_ID];
    sink->s3(sink->ctx, &r);
    return true;
}

static bool deliver_notification(struct fields *f, struct slice via, struct loc loc, struct buf *scratch,
                                 const struct sink *sink)
{
    decode(f, scratch);
    f->texts[KEY] = decode_key(f->texts[KEY], scratch);
    return deliver(f, SLICE("aws:s3"), via, loc, sink);
}

/* Reads a record of a shape that was met before, if `behind` follows it. */
static bool read_alike(struct fields *f, struct json_shapes *known, struct slice behind)
{
    struct slice rest = slice_of(f->j->p, (size_t)(f->j->end - f->j->p));
    struct json_found found;
    size_t n = json_shapes_read(known, rest, &found);
    if (n == 0 || !slice_starts(slice_skip(rest, n), behind))
        return false;
    known->used++;
    for (size_t i = 0; i < found.n; i++)
        f->texts[found.fields[i].field - 1] = found.fields[i].text;
    f->j->p += n;
    return true;
}

/* Learns the shape of the record just read. */
static void learn(struct json_shapes *known, const struct fields *f, struct slice record)
{
    struct json_found found = {.n = 0};
    for (size_t i = 0; i < TEXTS; i++)
        found.fields[found.n++] = (struct json_field){f->texts[i], (uint8_t)(i + 1)};
    if (!f->escaped)
        json_shapes_learn(known, record, &found, NULL);
}

bool record_s3(struct json *j, struct json_shapes *known, struct slice via, struct loc loc,
               struct buf *scratch, const struct sink *sink)
{
    const char *begin = j->p;
    struct fields f;
    fields_init(&f, j);
    if (!known || !read_alike(&f, known, SLICE(""))) {
        read_object(&f, record_field);
        if (known && !j->error && !j->odd && slice_eq(f.texts[SOURCE], SLICE("aws:s3")))
            learn(known, &f, slice_of(begin, (size_t)(j->p - begin)));
    }
    return deliver_notification(&f, via, loc, scratch, sink);
}

bool record_s3_alike(struct json *j, struct json_shapes *known, struct slice behind, struct slice via,
                     struct loc loc, struct buf *scratch, const struct sink *sink)
{
    struct fields f;
    fields_init(&f, j);
    return read_alike(&f, known, behind) && deliver_notification(&f, via, loc, scratch, sink);
}

/* ---- EventBridge ---- */

static void detail_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("bucket")))
        read_object(f, bucket_field);
    else if (slice_eq(key, SLICE("object")))
        read_object(f, object_field);
    else if (slice_eq(key, SLICE("requester")))
        keep(f, PRINCIPAL);
    else if (slice_eq(key, SLICE("request-id")))
        keep(f, REQUEST_ID);
    else
        (void)json_skip(f->j);
}

static void envelope_field(struct fields *f, struct slice key)
{
    if (slice_eq(key, SLICE("detail-type")))
        keep(f, EVENT_NAME);
    else if (slice_eq(key, SLICE("source")))
        keep(f, SOURCE);
    else if (slice_eq(key, SLICE("time")))
        keep(f, TIME);
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
    struct fields f;
    fields_init(&f, &j);
    read_object(&f, envelope_field);
    decode(&f, scratch);
    f.texts[EVENT_NAME] = notification_name(f.texts[EVENT_NAME]);
    return deliver(&f, SLICE("aws.s3"), via, loc, sink);
}
