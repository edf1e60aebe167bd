/* Documents that carry traces: answers of `aws xray batch-get-traces` and `get-trace-summaries`, single traces and
 * segments, what the X-Ray daemon is sent, OTLP files and the spans of aws/spans. Source: field guide, traces
 * 5.2-5.6.
 *     {"Traces":[{"Id":"1-…","Duration":2.5,"LimitExceeded":false,"Segments":[{"Id","Document":"{\"id\":…}"}]}]}
 *     {"resourceSpans":[{"resource":{"attributes":[…]},"scopeSpans":[{"spans":[…]}]}]}
 * All is read as it comes, so that of a document that ends early the spans before the end count. */
#include "parsers/document.h"

#include "parsers/record_span.h"

typedef void read_item(struct documents *d, struct slice item, void *ctx);

/* Calls `read` for each element of the array at the reader; skips what is no array. */
static void each_item(struct documents *d, struct json *j, read_item *read, void *ctx)
{
    struct slice item;
    if (json_peek(j) != JSON_ARRAY) {
        (void)json_skip(j);
        return;
    }
    (void)json_enter_array(j);
    while (document_next(d, j, '{'))
        if (json_raw(j, &item))
            read(d, item, ctx);
}

/* Calls `read` for each element of the array `key` of an object. */
static void each_of(struct documents *d, struct slice value, struct slice name, read_item *read, void *ctx)
{
    struct json j;
    struct slice key;
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (slice_eq(key, name))
            each_item(d, &j, read, ctx);
        else
            (void)json_skip(&j);
    }
    document_check(d, &j);
}

/* Reads, as far as each goes, the elements of the arrays whose key begins so. */
static bool read_each(struct documents *d, struct slice value, struct slice prefix,
                      void (*read)(struct documents *d, struct json *j))
{
    struct json j;
    struct slice key;
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (!slice_starts(key, prefix) || json_peek(&j) != JSON_ARRAY) {
            (void)json_skip(&j);
            continue;
        }
        (void)json_enter_array(&j);
        while (document_next(d, &j, '{'))
            read(d, &j);
    }
    document_check(d, &j);
    return true;
}

/* ---- X-Ray ---- */

static void read_segment(struct documents *d, struct slice text, struct loc loc)
{
    buf_clear(&d->record);
    if (record_segment(text, loc, &d->record, d->sink))
        d->source->records++;
    else
        document_anomaly(d, ANOMALY_JSON_DAMAGED, loc, "a trace's segment document is no segment");
}

/* The document is a JSON string in what the service answers, and an object in what consoles and scripts save. */
static void segment_document(struct documents *d, struct json *j)
{
    struct slice raw;
    bool escaped;
    enum json_type type = json_peek(j);
    if (type == JSON_STRING && json_string(j, &raw, &escaped)) {
        buf_clear(&d->message);
        struct loc loc = document_loc(d, raw.p);
        bool whole = !escaped || json_decode(raw, &d->message);
        read_segment(d, whole && escaped ? buf_slice(&d->message) : raw, loc);
    } else if (type == JSON_OBJECT && json_raw(j, &raw)) {
        read_segment(d, raw, document_loc(d, raw.p));
    } else {
        (void)json_skip(j);
    }
}

static void trace_segment(struct documents *d, struct slice item, void *ctx)
{
    struct json j;
    struct slice key;
    (void)ctx;
    json_init(&j, item);
    if (!json_enter_object(&j))
        return;
    while (json_next_key(&j, &key)) {
        if (slice_eq(key, SLICE("Document")))
            segment_document(d, &j);
        else
            (void)json_skip(&j);
    }
}

/* One element of a trace's `Segments`, which people cut out. */
bool document_trace_segment(struct documents *d, struct slice value)
{
    struct json j;
    trace_segment(d, value, NULL);
    json_init(&j, value);
    if (!json_skip(&j))
        document_check(d, &j);
    return true;
}

/* One trace at the reader, read as far as it goes. */
static void read_trace(struct documents *d, struct json *j)
{
    struct slice key;
    if (json_peek(j) != JSON_OBJECT) {
        (void)json_skip(j);
        return;
    }
    (void)json_enter_object(j);
    while (json_next_key(j, &key)) {
        if (slice_eq(key, SLICE("LimitExceeded")) && json_peek(j) == JSON_TRUE)
            document_anomaly(d, ANOMALY_TRACE_LIMITED, document_loc(d, key.p),
                             "LimitExceeded: the trace is over X-Ray's limit and lacks some of its segments");
        if (slice_eq(key, SLICE("Segments")))
            each_item(d, j, trace_segment, NULL);
        else
            (void)json_skip(j);
    }
}

bool document_trace(struct documents *d, struct slice value)
{
    struct json j;
    json_init(&j, value);
    read_trace(d, &j);
    document_check(d, &j);
    return true;
}

bool document_traces(struct documents *d, struct slice value)
{
    return read_each(d, value, SLICE("Traces"), read_trace);
}

/* {"1-602d2f0b-…":{"Id":…,"Segments":[…]}}: traces by their id, as scripts keep them. */
bool document_trace_map(struct documents *d, struct slice value)
{
    struct json j;
    struct slice key;
    uint8_t id[16];
    bool found = false;
    json_init(&j, value);
    (void)json_enter_object(&j);
    while (json_next_key(&j, &key)) {
        if (record_trace_id(key, id)) {
            found = true;
            read_trace(d, &j);
        } else {
            (void)json_skip(&j);
        }
    }
    document_check(d, &j);
    return found;
}

bool document_segment(struct documents *d, struct slice value)
{
    struct loc loc = document_loc(d, value.p);
    struct json j;
    buf_clear(&d->record);
    bool found = record_segment(value, loc, &d->record, d->sink);
    d->source->records += found;
    json_init(&j, value);
    if (!json_skip(&j))
        document_check(d, &j);
    return found || j.error;
}

/* {"format":"json","version":1}: what stands before each segment that is sent to the daemon. */
bool document_daemon(struct documents *d, struct slice value)
{
    static const struct field fields[] = {{"format", 0}, {"version", 1}};
    struct value v[2] = {{.type = JSON_END}};
    buf_clear(&d->record);
    return fields_read(value, fields, 2, &d->record, v) && v[1].type == JSON_NUMBER &&
           slice_eq(value_string(&v[0]), SLICE("json"));
}

/* ---- OTLP ---- */

struct scope {
    struct otel_resource resource;
};

static void read_span(struct documents *d, struct slice item, void *ctx)
{
    const struct scope *scope = ctx;
    buf_clear(&d->message);
    if (record_otel_span(item, &scope->resource, document_loc(d, item.p), &d->message, d->sink))
        d->source->records++;
}

static void read_log(struct documents *d, struct slice item, void *ctx)
{
    const struct scope *scope = ctx;
    struct entry e;
    buf_clear(&d->message);
    if (record_otel_log(item, &scope->resource, document_loc(d, item.p), &d->message, &e))
        document_entry(d, &e);
    else
        d->source->records++;
}

static void read_scope(struct documents *d, struct slice item, void *ctx)
{
    struct scope *scope = ctx;
    struct json j;
    struct slice key;
    json_init(&j, item);
    if (!json_enter_object(&j))
        return;
    while (json_next_key(&j, &key)) {
        if (slice_eq(key, SLICE("spans")))
            each_item(d, &j, read_span, scope);
        else if (slice_eq(key, SLICE("logRecords")))
            each_item(d, &j, read_log, scope);
        else
            (void)json_skip(&j);
    }
}

static bool is_scopes(struct slice key)
{
    return slice_eq(key, SLICE("scopeSpans")) || slice_eq(key, SLICE("instrumentationLibrarySpans")) ||
           slice_eq(key, SLICE("scopeLogs")) || slice_eq(key, SLICE("instrumentationLibraryLogs"));
}

/* The resource may stand before its spans or behind them. */
static void find_resource(struct documents *d, struct json ahead, struct scope *scope)
{
    static const struct field fields[] = {{"resource/attributes", 0}};
    struct value v = {.type = JSON_END};
    struct slice item = slice_of(ahead.p, (size_t)(ahead.end - ahead.p));
    buf_clear(&d->record);
    (void)json_raw(&ahead, &item);
    (void)fields_read(item, fields, 1, &d->record, &v);
    record_otel_resource(v.raw, &d->record, &scope->resource);
}

static void read_resource(struct documents *d, struct json *j)
{
    struct slice key;
    struct scope scope;
    if (json_peek(j) != JSON_OBJECT) {
        (void)json_skip(j);
        return;
    }
    find_resource(d, *j, &scope);
    (void)json_enter_object(j);
    while (json_next_key(j, &key)) {
        if (is_scopes(key))
            each_item(d, j, read_scope, &scope);
        else
            (void)json_skip(j);
    }
}

bool document_otlp(struct documents *d, struct slice value)
{
    return read_each(d, value, SLICE("resource"), read_resource);
}

bool document_flat_span(struct documents *d, struct slice value)
{
    buf_clear(&d->record);
    bool found = record_flat_span(value, document_loc(d, value.p), &d->record, d->sink);
    d->source->records += found;
    return found;
}

/* ---- recognised, and that is all ---- */

static void count_item(struct documents *d, struct slice item, void *ctx)
{
    (void)item;
    (void)ctx;
    d->source->records++;
}

bool document_summaries(struct documents *d, struct slice value)
{
    each_of(d, value, SLICE("TraceSummaries"), count_item, NULL);
    return true;
}

/* Documents that hold no line and no record of ours: service graphs, metrics, lists of log groups … */
bool document_other(struct documents *d, struct slice value)
{
    struct json j;
    json_init(&j, value);
    if (!json_skip(&j))
        document_check(d, &j);
    d->source->records++;
    return true;
}
