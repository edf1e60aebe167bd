/* Files of JSON documents: one or many, one after the other with nothing, blanks or lines between, pretty or
 * one a line. Each value is framed whole, then its kind is found by its top-level keys. */
#include "parsers/container.h"
#include "parsers/document.h"

const struct document documents[] = {
    {"subscription",
     "CloudWatch subscription or Firehose documents, also one behind the other in gzip members", "logEvents",
     JSON_ARRAY, document_subscription},
    {"subscription", NULL, "messageType", JSON_STRING, document_subscription},
    {"awslogs-event", "the Lambda event of a subscription: {\"awslogs\":{\"data\":base64}}", "awslogs",
     JSON_OBJECT, document_awslogs},
    {"cli-events", "JSON of `aws logs filter-log-events` and `get-log-events`", "events", JSON_ARRAY,
     document_events},
    {"insights-results", "JSON of `aws logs get-query-results`", "results", JSON_ARRAY, document_insights},
    {"records", "event records: S3 notifications, bare or in SQS, SNS, SNS in SQS, Kinesis", "Records",
     JSON_ARRAY, document_records},
    {"eventbridge", "EventBridge events (S3 Object Created)", "detail-type", JSON_STRING,
     document_eventbridge},
    {"sns-notification", "SNS envelopes round an event record", "TopicArn", JSON_STRING,
     document_notification},
    {"s3-test-event", "the test message that S3 sends when notifications are set up", "Event", JSON_STRING,
     document_test_event},
    {"destination", "Lambda destination and failure records", "requestPayload", JSON_END,
     document_destination},
    {"lambda-json", "Lambda's JSON log lines, platform and application, bare", "record", JSON_END,
     document_log_line},
    {"insights-rows", "Logs Insights rows as objects", "@message", JSON_END, document_message},
    {"log-messages", "objects with a message and a time, as log shippers write them", "logStreamName",
     JSON_END, document_message},
    {"log-messages", NULL, "logStream", JSON_END, document_message},
    {"log-messages", NULL, "log_stream", JSON_END, document_message},
    {"log-messages", NULL, "eventTime", JSON_NUMBER, document_message},
    {"log-messages", NULL, "ingestionTime", JSON_NUMBER, document_message},
    {"lambda-json", NULL, "level", JSON_STRING, document_log_line},
    {"lambda-json", NULL, "log_level", JSON_STRING, document_log_line},
    {"lambda-json", NULL, "errorType", JSON_STRING, document_log_line},
    {"log-messages", NULL, "timestamp", JSON_NUMBER, document_message},
    {NULL, NULL, NULL, JSON_END, NULL},
};

struct loc document_loc(struct documents *d, const char *p)
{
    if (d->depth > 0)
        return d->outer;
    while (d->mark < p) {
        const char *hit = memchr(d->mark, '\n', (size_t)(p - d->mark));
        if (!hit)
            break;
        d->line++;
        d->mark = hit + 1;
    }
    return input_loc(d->in, d->line, d->text_offset + (uint64_t)(p - d->text));
}

void document_check(struct documents *d, const struct json *j)
{
    if (!j->error)
        return;
    d->broken = d->depth == 0 ? j->error_at : d->broken;
    struct loc loc = document_loc(d, j->error_at);
    struct source *s = d->source;
    for (size_t i = 0; i < d->in->pieces.n; i++)
        s = d->in->pieces.v[i].source->index == loc.source ? d->in->pieces.v[i].source : s;
    source_anomaly(s, j->truncated ? ANOMALY_JSON_TRUNCATED : ANOMALY_JSON_DAMAGED, loc.line, loc.offset,
                   j->error);
}

void document_entry(struct documents *d, struct entry *e)
{
    d->source->entries++;
    d->sink->entry(d->sink->ctx, e);
}

static const struct document *kind_of_key(struct slice key, enum json_type type)
{
    for (const struct document *k = documents; k->name; k++)
        if (slice_eq(key, slice_str(k->key)) && (k->type == JSON_END || k->type == type))
            return k;
    return NULL;
}

/* The kind that stands first in the table among the keys of the object; a container of many entries ends the
 * search, so that a document of 1 GB is not read twice. */
static const struct document *kind_of(struct slice value)
{
    struct json j;
    struct slice key;
    const struct document *best = NULL;
    json_init(&j, value);
    if (json_peek(&j) != JSON_OBJECT)
        return NULL;
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        const struct document *kind = kind_of_key(key, json_peek(&j));
        if (kind && (!best || kind < best))
            best = kind;
        if (kind && kind->type == JSON_ARRAY)
            break;
        (void)json_skip(&j);
    }
    return best;
}

static bool read_array(struct documents *d, struct slice value)
{
    struct json j;
    struct slice item;
    bool any = false;
    json_init(&j, value);
    (void)json_enter_array(&j);
    while (json_next_item(&j)) {
        if (!json_raw(&j, &item))
            break;
        any |= *item.p == '[' ? document_insights_row(d, item) : document_read(d, item);
    }
    document_check(d, &j);
    return any;
}

bool document_read(struct documents *d, struct slice value)
{
    struct slice head = slice_trim(value);
    if (head.n && *head.p == '[')
        return read_array(d, value);
    const struct document *kind = kind_of(value);
    if (!kind)
        return false;
    if (!d->format)
        d->format = kind->name;
    return kind->read(d, value);
}

/* ---- wrapped documents ---- */

static bool unwrap_bytes(struct slice raw, bool escaped, enum wrapping how, struct buf *plain,
                         struct buf *out)
{
    if (escaped) {
        (void)json_decode(raw, plain);
        raw = buf_slice(plain);
    }
    if (how == WRAPPED_JSON)
        return buf_append(out, raw);
    struct buf bytes;
    bool ok = false;
    size_t n;
    buf_init(&bytes, LIMIT_WRAPPED);
    if (buf_reserve(&bytes, raw.n + 1) && text_base64(raw, bytes.p, &n)) {
        bytes.n = n;
        ok = input_inflate(buf_slice(&bytes), out);
    }
    buf_done(&bytes);
    return ok;
}

bool document_unwrap(struct documents *d, struct slice raw, bool escaped, enum wrapping how, struct slice via)
{
    struct loc loc = document_loc(d, raw.p);
    struct buf plain, text;
    if (d->depth >= LIMIT_NESTING) {
        source_anomaly(d->source, ANOMALY_NESTED_TOO_DEEP, loc.line, loc.offset,
                       "wrapped deeper than the limit");
        return false;
    }
    buf_init(&plain, LIMIT_WRAPPED);
    buf_init(&text, LIMIT_WRAPPED);
    if (!unwrap_bytes(raw, escaped, how, &plain, &text))
        source_anomaly(d->source, ANOMALY_BAD_BASE64, loc.line, loc.offset, "a wrapped value is damaged");
    d->source->wrapped |= how == WRAPPED_BASE64;
    struct documents inner = *d;
    buf_init(&inner.message, LIMIT_WRAPPED);
    buf_init(&inner.record, LIMIT_WRAPPED);
    inner.depth++;
    inner.outer = loc;
    inner.via = via;
    bool found = text.n && document_read(&inner, buf_slice(&text));
    buf_done(&inner.message);
    buf_done(&inner.record);
    buf_done(&plain);
    buf_done(&text);
    return found;
}

/* ---- framing ---- */

static void count_lines(struct documents *d, const char *end)
{
    (void)document_loc(d, end);
    d->mark = end;
}

/* Behind a value that broke off, the next one may begin right there: `…"message":"abc{"messageType":…`, or
 * with a later line. Returns how much of the text to drop. */
static size_t resume_at(struct documents *d, struct slice value)
{
    size_t at = (size_t)(d->broken - value.p);
    if (at < value.n && at > 0 && value.p[at] == '{')
        return at;
    if (at < value.n && at > 2 && value.p[at - 1] == '"' && value.p[at - 2] == '{')
        return at - 2;
    struct slice rest = slice_skip(value, at);
    do
        (void)slice_cut(&rest, '\n');
    while (rest.n && *rest.p != '{' && *rest.p != '[');
    return value.n - rest.n;
}

/* Returns how many bytes are done with. */
static size_t take_value(struct documents *d, struct slice value)
{
    struct slice first = slice_trim(value), line = {"", 0};
    d->broken = NULL;
    if (first.n == 0)
        return value.n;
    if (!document_read(d, value)) {
        struct loc loc = document_loc(d, first.p);
        struct json j;
        json_init(&j, value);
        if (!json_skip(&j))
            document_check(d, &j);
        (void)text_line(&first, &line);
        source_unrecognised(d->source, loc, line);
    }
    return d->broken ? resume_at(d, value) : value.n;
}

static void place(struct documents *d, struct input *in, uint64_t line)
{
    d->text = d->mark = input_window(in).p;
    d->text_offset = in->offset;
    d->line = line;
}

static void json_parse(struct input *in, const struct sink *sink)
{
    struct documents d = {.in = in, .source = in->source, .sink = sink, .line = 1};
    struct json_framer framer;
    size_t fed = 0;
    bool more = true;
    buf_init(&d.message, LIMIT_DOCUMENT);
    buf_init(&d.record, LIMIT_DOCUMENT);
    json_framer_init(&framer);
    while (more || input_window(in).n > 0) {
        struct slice window = input_window(in);
        size_t end = json_framer_feed(&framer, slice_skip(window, fed));
        if (end == 0 && more && window.n < LIMIT_DOCUMENT) {
            fed = window.n;
            more = input_more(in);
            continue;
        }
        size_t length = end ? fed + end : window.n;
        if (end == 0 && more)
            input_anomaly(in, ANOMALY_TOO_LONG, d.line, in->offset, "a document is longer than the limit");
        place(&d, in, d.line);
        length = take_value(&d, slice_head(window, length));
        count_lines(&d, window.p + length);
        input_advance(in, length);
        json_framer_init(&framer);
        fed = 0;
    }
    input_lines(in, d.line - 1);
    in->source->format = d.format ? d.format : in->source->format;
    buf_done(&d.message);
    buf_done(&d.record);
}

const struct document *document_kind(struct slice head)
{
    struct slice text = slice_trim(head);
    if (text.n && *text.p == '[')
        text = slice_trim(slice_skip(text, 1));
    return text.n && *text.p == '{' ? kind_of(text) : NULL;
}

/* A prompt, a comment or half a line may stand before the first document of a pasted file. */
static struct slice skip_preface(struct slice head)
{
    enum { PREFACE_LINES = 8 };
    struct slice rest = head, line;
    for (size_t i = 0; i < PREFACE_LINES && rest.n; i++) {
        struct slice at = slice_trim(rest);
        if (at.n && (*at.p == '{' || *at.p == '['))
            return at;
        (void)text_line(&rest, &line);
    }
    return slice_of("", 0);
}

static int json_score(struct slice head)
{
    struct slice text = slice_trim(head);
    if (text.n < 2)
        return 0;
    if (*text.p != '{' && *text.p != '[')
        return document_kind(skip_preface(text)) ? 70 : 0;
    if (*text.p == '[') {
        struct slice next = slice_trim(slice_skip(text, 1));
        if (next.n == 0 || !memchr("{[\"]", *next.p, 4))
            return 0;
        if (*next.p == '[')
            return 75;
    }
    return document_kind(text) ? 95 : 30;
}

const struct container container_json = {
    .name = "json",
    .doc = "JSON documents: one or many, pretty, one a line, or back to back",
    .score = json_score,
    .parse = json_parse,
};
