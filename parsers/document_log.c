/* Documents that carry log events: subscription and Firehose payloads, answers of filter-log-events and
 * get-log-events, Logs Insights results, and lone messages. Source: field guide, cloudwatch-exports 3.2-3.8.
 *     {"messageType":"DATA_MESSAGE","logGroup":"/aws/lambda/f","logStream":"…","logEvents":[{"id","timestamp",
 *      "message"}…]}
 *     {"events":[{"logStreamName","timestamp","message","eventId"}…],"searchedLogStreams":[]} */
#include "parsers/document.h"

#include "parsers/container.h"
#include "parsers/fields.h"
#include "parsers/message.h"

static struct slice string_or_scalar(struct json *j, bool *ret_escaped)
{
    struct slice raw = {"", 0};
    *ret_escaped = false;
    if (json_peek(j) == JSON_STRING)
        (void)json_string(j, &raw, ret_escaped);
    else
        (void)json_raw(j, &raw);
    return raw;
}

enum name { NAME_MESSAGE, NAME_TIME, NAME_STREAM, NAME_GROUP, NAME_ID, NAME_OTHER };

/* One table for every tool's spelling. */
static enum name name_of(struct slice key)
{
    static const struct {
        struct slice key;
        enum name name;
    } table[] = {
        {SLICE("message"), NAME_MESSAGE},
        {SLICE("timestamp"), NAME_TIME},
        {SLICE("id"), NAME_ID},
        {SLICE("eventId"), NAME_ID},
        {SLICE("logStreamName"), NAME_STREAM},
        {SLICE("ingestionTime"), NAME_OTHER},
        {SLICE("@message"), NAME_MESSAGE},
        {SLICE("@timestamp"), NAME_TIME},
        {SLICE("@logStream"), NAME_STREAM},
        {SLICE("@log"), NAME_GROUP},
        {SLICE("logStream"), NAME_STREAM},
        {SLICE("logGroup"), NAME_GROUP},
        {SLICE("log_stream"), NAME_STREAM},
        {SLICE("log_group"), NAME_GROUP},
        {SLICE("@log_group"), NAME_GROUP},
        {SLICE("@log_stream"), NAME_STREAM},
        {SLICE("@id"), NAME_ID},
        {SLICE("logGroupName"), NAME_GROUP},
        {SLICE("logGroupIdentifier"), NAME_GROUP},
        {SLICE("eventTime"), NAME_TIME},
        {SLICE("time"), NAME_TIME},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (slice_eq(key, table[i].key))
            return table[i].name;
    return NAME_OTHER;
}

/* Tools that encode JSON twice leave `\n` in letters at the end of each message: undone once more. */
static struct slice decode_message(struct documents *d, struct slice raw)
{
    buf_clear(&d->message);
    (void)json_decode(raw, &d->message);
    struct slice text = buf_slice(&d->message);
    if (!slice_ends(text, SLICE("\\n")))
        return text;
    size_t once = d->message.n;
    if (!buf_reserve(&d->message, once))
        return text;
    (void)json_decode(slice_of(d->message.p, once), &d->message);
    return slice_skip(buf_slice(&d->message), once);
}

/* PHP writes \/ for every slash. */
static struct slice decode_name(struct documents *d, struct slice raw, bool escaped, enum decoded which)
{
    struct buf *b = &d->decoded[which];
    buf_clear(b);
    return escaped && json_decode(raw, b) ? buf_slice(b) : raw;
}

/* One field of an event. The message's decoded bytes stay in d->message until the next one. */
static void event_field(struct documents *d, struct json *j, struct slice key, struct entry *e,
                        bool *has_text)
{
    bool escaped;
    enum name name = name_of(key);
    if (name == NAME_OTHER) {
        (void)json_skip(j);
        return;
    }
    bool is_string = json_peek(j) == JSON_STRING;
    struct slice raw = string_or_scalar(j, &escaped);
    switch (name) {
    case NAME_MESSAGE:
        e->loc = document_loc(d, raw.p);
        e->text = raw;
        *has_text = true;
        if (is_string && escaped)
            e->text = decode_message(d, raw);
        return;
    case NAME_TIME: e->time = json_time(raw); return;
    case NAME_STREAM: e->stream = decode_name(d, raw, escaped, DECODED_STREAM); return;
    case NAME_GROUP: e->group = decode_name(d, raw, escaped, DECODED_GROUP); return;
    case NAME_ID: e->id = raw; return;
    case NAME_OTHER: return;
    }
}

/* One {"timestamp","message",…} at the reader; `base` lends group and stream that stand outside. */
static bool read_event(struct documents *d, struct json *j, const struct entry *base)
{
    struct entry e = *base;
    struct slice key;
    bool has_text = false;
    if (json_peek(j) != JSON_OBJECT) {
        (void)json_skip(j);
        return false;
    }
    (void)json_enter_object(j);
    while (json_next_key(j, &key))
        event_field(d, j, key, &e, &has_text);
    if (!has_text || j->error)
        return false;
    document_entry(d, &e);
    return true;
}

static void read_events(struct documents *d, struct json *j, const struct entry *base)
{
    if (json_peek(j) != JSON_ARRAY) {
        (void)json_skip(j);
        return;
    }
    (void)json_enter_array(j);
    while (document_next(d, j, '{'))
        (void)read_event(d, j, base);
}

struct subscription {
    struct entry base;
    struct slice late; /* logEvents that came before group or stream */
    bool control;
};

static struct slice outer_name(struct documents *d, struct json *j, enum decoded which)
{
    bool escaped;
    struct slice raw = string_or_scalar(j, &escaped);
    return decode_name(d, raw, escaped, which);
}

static void subscription_field(struct documents *d, struct json *j, struct slice key, struct subscription *s)
{
    bool escaped;
    if (slice_eq(key, SLICE("logGroup")))
        s->base.group = outer_name(d, j, DECODED_OUTER_GROUP);
    else if (slice_eq(key, SLICE("logStream")))
        s->base.stream = outer_name(d, j, DECODED_OUTER_STREAM);
    else if (slice_eq(key, SLICE("messageType")))
        s->control |= slice_eq(string_or_scalar(j, &escaped), SLICE("CONTROL_MESSAGE"));
    else if (slice_eq(key, SLICE("owner")))
        s->control |= slice_eq(string_or_scalar(j, &escaped), SLICE("CloudwatchLogs"));
    else if (!slice_eq(key, SLICE("logEvents")))
        (void)json_skip(j);
    else if (s->base.group.n == 0 || s->base.stream.n == 0)
        (void)json_raw(j, &s->late);
    else if (s->control)
        (void)json_skip(j);
    else
        read_events(d, j, &s->base);
}

bool document_subscription(struct documents *d, struct slice value)
{
    struct json j;
    struct slice key;
    struct subscription s = {.base = {.time = TIME_NONE}, .late = {"", 0}};
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key))
        subscription_field(d, &j, key, &s);
    if (s.late.n && !s.control) {
        struct json late;
        json_init(&late, s.late);
        read_events(d, &late, &s.base);
    }
    document_check(d, &j);
    return true;
}

bool document_events(struct documents *d, struct slice value)
{
    const struct entry base = {.time = TIME_NONE};
    struct json j;
    struct slice key;
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (slice_eq(key, SLICE("events")))
            read_events(d, &j, &base);
        else
            (void)json_skip(&j);
    }
    document_check(d, &j);
    return true;
}

/* ---- Logs Insights ---- */

static void insights_cell(struct documents *d, struct json *j, struct entry *e, bool *has_text)
{
    struct slice key, name = {"", 0};
    bool escaped;
    if (json_peek(j) != JSON_OBJECT) {
        (void)json_skip(j);
        return;
    }
    (void)json_enter_object(j);
    while (json_next_key(j, &key)) {
        if (slice_eq(key, SLICE("field")))
            name = string_or_scalar(j, &escaped);
        else if (slice_eq(key, SLICE("value")))
            event_field(d, j, name, e, has_text);
        else
            (void)json_skip(j);
    }
}

static bool read_row(struct documents *d, struct json *j)
{
    struct entry e = {.time = TIME_NONE};
    const char *begin = j->p;
    bool has_text = false;
    if (json_peek(j) != JSON_ARRAY) {
        (void)json_skip(j);
        return false;
    }
    (void)json_enter_array(j);
    while (json_next_item(j))
        insights_cell(d, j, &e, &has_text);
    if (has_text) {
        document_entry(d, &e);
        return true;
    }
    document_anomaly(d, ANOMALY_NO_MESSAGE, document_loc(d, begin), NO_MESSAGE);
    d->source->records++;
    return true;
}

/* {"recordsMatched":12345.0,…}: so many lines the query would give. */
static uint64_t read_matched(struct json *j)
{
    struct slice key, raw;
    uint64_t matched = 0;
    if (json_peek(j) != JSON_OBJECT) {
        (void)json_skip(j);
        return 0;
    }
    (void)json_enter_object(j);
    while (json_next_key(j, &key))
        if (json_raw(j, &raw) && slice_eq(key, SLICE("recordsMatched")))
            (void)text_u64(&raw, &matched);
    return matched;
}

bool document_insights(struct documents *d, struct slice value)
{
    struct json j;
    struct slice key;
    uint64_t before = d->source->entries, matched = 0;
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (slice_eq(key, SLICE("statistics"))) {
            matched = read_matched(&j);
        } else if (!slice_eq(key, SLICE("results")) || json_peek(&j) != JSON_ARRAY) {
            (void)json_skip(&j);
        } else {
            (void)json_enter_array(&j);
            while (document_next(d, &j, '['))
                (void)read_row(d, &j);
        }
    }
    document_check(d, &j);
    if (d->source->entries > before && matched > d->source->entries - before)
        document_anomaly(
            d, ANOMALY_ROWS_LIMITED, document_loc(d, value.p),
            "the query matched more lines than it gives: raise its limit, or ask for less time at once");
    return true;
}

bool document_insights_row(struct documents *d, struct slice value)
{
    struct json j;
    json_init(&j, value);
    return read_row(d, &j);
}

/* ---- the rest ---- */

/* {"awslogs":{"data":"base64 of gzip"}}: the event of a Lambda function that takes a subscription. */
bool document_awslogs(struct documents *d, struct slice value)
{
    struct json j;
    struct slice key, raw;
    bool escaped, found = false;
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (!slice_eq(key, SLICE("awslogs")) || json_peek(&j) != JSON_OBJECT) {
            (void)json_skip(&j);
            continue;
        }
        (void)json_enter_object(&j);
        while (json_next_key(&j, &key)) {
            if (slice_eq(key, SLICE("data")) && json_string(&j, &raw, &escaped))
                found |= document_unwrap(d, raw, escaped, WRAPPED_BASE64, d->via);
            else
                (void)json_skip(&j);
        }
    }
    document_check(d, &j);
    return found;
}

bool document_message(struct documents *d, struct slice value)
{
    const struct entry base = {.time = TIME_NONE};
    struct json j;
    json_init(&j, value);
    bool found = read_event(d, &j, &base) || (!j.error && document_shipped(d, value));
    document_check(d, &j);
    return found;
}

bool document_is_lambda(struct slice text)
{
    struct event e;
    message_parse(text, &e);
    return e.kind != EVENT_GATEWAY && (e.kind != EVENT_APP || e.has_id || e.in_init || e.unhandled);
}

enum line_slot { LINE_MESSAGE, LINE_TIME, LINE_ID, LINE_TYPE, LINE_RECORD, LINE_SLOTS };

static const struct field line_fields[] = {
    {"message", LINE_MESSAGE}, {"msg", LINE_MESSAGE}, {"timestamp", LINE_TIME}, {"time", LINE_TIME},
    {"requestId", LINE_ID},    {"type", LINE_TYPE},   {"record", LINE_RECORD},
};

/* What the program wrote, as the Telemetry API hands it on: {"time","type":"function","record"}, which is the line, as a
 * string or an object. */
static bool is_function_record(const struct value v[LINE_SLOTS])
{
    enum json_type type = v[LINE_RECORD].type;
    return slice_eq(value_string(&v[LINE_TYPE]), SLICE("function")) && v[LINE_TIME].type == JSON_STRING &&
           (type == JSON_STRING || type == JSON_OBJECT);
}

/* The object is the line, unless its message is one of the platform's text that a tool has put into it: a line that
 * the runtime writes in JSON names its request outside of the message. */
static void line_entry(struct documents *d, struct slice value, const struct value v[LINE_SLOTS])
{
    struct entry e = {.time = TIME_NONE, .text = slice_trim(value)};
    struct slice message = value_string(&v[LINE_MESSAGE]);
    e.loc = document_loc(d, e.text.p);
    if (is_function_record(v)) {
        e.loc = document_loc(d, v[LINE_RECORD].raw.p);
        e.time = json_time(v[LINE_TIME].text);
        e.text = slice_rtrim(v[LINE_RECORD].text);
    } else if (v[LINE_ID].type == JSON_END && document_is_lambda(message)) {
        e.loc = document_loc(d, v[LINE_MESSAGE].raw.p);
        e.time = json_time(v[LINE_TIME].text);
        e.text = message;
    }
    document_entry(d, &e);
}

static bool line_read(struct documents *d, struct slice value, struct value v[LINE_SLOTS])
{
    buf_clear(&d->record);
    return fields_read(value, line_fields, sizeof line_fields / sizeof *line_fields, &d->record, v);
}

/* A JSON log line of the platform or the program, without a container round it. */
bool document_log_line(struct documents *d, struct slice value)
{
    struct value v[LINE_SLOTS] = {{.type = JSON_END}};
    struct json j;
    json_init(&j, value);
    if (!line_read(d, value, v) && !json_skip(&j))
        document_check(d, &j);
    line_entry(d, value, v);
    return true;
}

/* The same for an object that by its keys is no more than something with a time: it must have a message. */
bool document_timed_line(struct documents *d, struct slice value)
{
    struct value v[LINE_SLOTS] = {{.type = JSON_END}};
    if (!line_read(d, value, v) || v[LINE_MESSAGE].type != JSON_STRING)
        return false;
    line_entry(d, value, v);
    return true;
}

/* A line of a document's file that is a JSON string: `aws logs tail --format none`. */
bool document_string(struct documents *d, struct slice value)
{
    struct entry e = {.time = TIME_NONE};
    struct json j;
    bool escaped;
    json_init(&j, value);
    if (!json_string(&j, &e.text, &escaped) || !json_at_end(&j))
        return false;
    e.loc = document_loc(d, e.text.p);
    if (escaped)
        e.text = decode_message(d, e.text);
    document_entry(d, &e);
    return true;
}

/* ---- the answer of an invocation ---- */

/* Text of lines without times, each an entry with those that continue it. Their order is told by their places:
 * where in the base64 each begins, four characters for three bytes. */
static void read_lines(struct documents *d, struct slice text, struct loc loc)
{
    struct slice line, next;
    const char *begin = text.p;
    while (text.n) {
        struct entry e = {.time = TIME_NONE, .text = text, .loc = loc};
        e.loc.offset += (uint64_t)(text.p - begin) / 3 * 4;
        do {
            (void)text_line(&text, &line);
            next = text;
        } while (text_line(&next, &line) && container_line_continues(line));
        e.text = slice_rtrim(slice_head(e.text, e.text.n - text.n));
        if (e.text.n)
            document_entry(d, &e);
    }
}

static void read_log_result(struct documents *d, struct slice base64)
{
    struct loc loc = document_loc(d, base64.p);
    size_t n;
    buf_clear(&d->message);
    if (!buf_reserve(&d->message, base64.n + 1) || !text_base64(base64, d->message.p, &n)) {
        document_anomaly(d, ANOMALY_BAD_BASE64, loc, "the log of an invocation's answer is damaged");
        return;
    }
    d->source->wrapped = true;
    read_lines(d, slice_of(d->message.p, n), loc);
}

/* {"StatusCode":200,"FunctionError":"Unhandled","LogResult":"base64 of the log's last 4 KB"}; some tools hold
 * the log as a list of its lines. */
bool document_invoke(struct documents *d, struct slice value)
{
    struct json j;
    struct slice key, raw;
    bool escaped;
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        bool log = slice_eq(key, SLICE("LogResult"));
        if (log && json_peek(&j) == JSON_STRING && json_string(&j, &raw, &escaped))
            read_log_result(d, raw);
        else if (log && json_peek(&j) == JSON_ARRAY && json_enter_array(&j))
            while (json_next_item(&j) && json_raw(&j, &raw))
                (void)(slice_eq(raw, SLICE("\"\"")) || document_string(d, raw));
        else
            (void)json_skip(&j);
    }
    document_check(d, &j);
    return true;
}
