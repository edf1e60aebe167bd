/* OpenTelemetry in JSON: spans and log records of OTLP documents, and the flat spans of the log group
 * aws/spans. Source: field guide, traces 5.5, 5.6.
 *     {"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","name":"…","kind":2,
 *      "startTimeUnixNano":"1544712660000000000","attributes":[{"key":"faas.invocation_id","value":
 *      {"stringValue":"…"}}],"status":{"code":2}}
 * aws/spans has the same keys with attributes as an object and times as numbers. Nanoseconds are read as
 * whole numbers: a double is 256 ns wide there. */
#include "parsers/record_span.h"

#include "parsers/message.h"

enum slot {
    TRACE,
    ID,
    PARENT,
    NAME,
    START,
    END,
    CODE,
    LINKS,
    ATTRIBUTES,
    RESOURCE_ATTRIBUTES,
    BODY,
    TIME,
    OBSERVED,
    SLOTS
};

static const struct field span_fields[] = {
    {"traceId", TRACE},           {"spanId", ID},
    {"parentSpanId", PARENT},     {"name", NAME},
    {"startTimeUnixNano", START}, {"endTimeUnixNano", END},
    {"status/code", CODE},        {"links", LINKS},
    {"attributes", ATTRIBUTES},   {"resource/attributes", RESOURCE_ATTRIBUTES},
};

static const struct field log_fields[] = {
    {"body/stringValue", BODY},
    {"timeUnixNano", TIME},
    {"observedTimeUnixNano", OBSERVED},
    {"attributes", ATTRIBUTES},
};

enum attribute {
    INVOCATION,
    COLD,
    FUNCTION,
    ARN,
    TRIGGER,
    INSTANCE,
    VERSION,
    GROUP,
    STREAM,
    PLATFORM,
    ORIGIN,
    SYSTEM,
    OPERATION,
    BUCKET,
    KEY,
    RESOURCE,
    MESSAGE,
    REQUEST,
    HTTP_STATUS,
    LINEAGE,
    ATTRIBUTE_COUNT
};

/* Semantic conventions, old names and those of X-Ray's converter. */
static const struct field attributes[] = {
    {"faas.invocation_id", INVOCATION},
    {"faas.execution", INVOCATION},
    {"faas.coldstart", COLD},
    {"faas.name", FUNCTION},
    {"faas.id", ARN},
    {"cloud.resource_id", ARN},
    {"aws.lambda.invoked_arn", ARN},
    {"faas.trigger", TRIGGER},
    {"faas.instance", INSTANCE},
    {"faas.version", VERSION},
    {"aws.log.group.names", GROUP},
    {"aws.log.stream.names", STREAM},
    {"PlatformType", PLATFORM},
    {"cloud.platform", PLATFORM},
    {"aws.xray.origin", ORIGIN},
    {"rpc.system", SYSTEM},
    {"rpc.method", OPERATION},
    {"aws.operation", OPERATION},
    {"aws.remote.operation", OPERATION},
    {"aws.bucket_name", BUCKET},
    {"aws.s3.bucket", BUCKET},
    {"aws.s3.key", KEY},
    {"aws.queue_url", RESOURCE},
    {"aws.queue.url", RESOURCE},
    {"aws.sqs.queue.url", RESOURCE},
    {"messaging.url", RESOURCE},
    {"aws.sns.topic.arn", RESOURCE},
    {"aws.table_name", RESOURCE},
    {"aws.function_name", RESOURCE},
    {"messaging.message.id", MESSAGE},
    {"messaging.message_id", MESSAGE},
    {"aws.request_id", REQUEST},
    {"aws.requestId", REQUEST},
    {"http.status_code", HTTP_STATUS},
    {"http.response.status_code", HTTP_STATUS},
    {"aws.lambda.lineage", LINEAGE},
};
enum { ATTRIBUTE_ROWS = sizeof attributes / sizeof *attributes };

static const struct field *attribute_of(struct slice name)
{
    for (size_t i = 0; i < ATTRIBUTE_ROWS; i++)
        if (slice_eq(name, slice_str(attributes[i].path)))
            return &attributes[i];
    return NULL;
}

/* The first string of ["…"] or {"values":[{"stringValue":"…"}]}, which is how lists of log groups come. */
static void first_of(struct value *v)
{
    const char *quote;
    if (v->type != JSON_ARRAY)
        return;
    struct slice rest = v->raw;
    ptrdiff_t key = slice_find(rest, SLICE("\"stringValue\""));
    rest = key < 0 ? rest : slice_skip(rest, (size_t)key + sizeof "\"stringValue\"" - 1);
    quote = rest.n ? memchr(rest.p, '"', rest.n) : NULL;
    if (!quote)
        return;
    struct json j;
    bool escaped;
    json_init(&j, slice_skip(rest, (size_t)(quote - rest.p)));
    if (json_string(&j, &v->text, &escaped))
        v->type = JSON_STRING;
}

/* [{"key":"faas.name","value":{"stringValue":"f"}}…] */
static void read_list(struct slice list, struct buf *scratch, struct value *ret)
{
    static const struct field table[] = {
        {"key", 0},
        {"value/stringValue", 1},
        {"value/intValue", 1},
        {"value/boolValue", 1},
        {"value/doubleValue", 1},
        {"value/arrayValue/values", 1},
    };
    struct json j;
    struct slice item;
    json_init(&j, list);
    (void)json_enter_array(&j);
    while (json_next_item(&j) && json_raw(&j, &item)) {
        struct value v[2] = {{.type = JSON_END}};
        (void)fields_read(item, table, sizeof table / sizeof *table, scratch, v);
        const struct field *row = attribute_of(value_string(&v[0]));
        if (row && v[1].type != JSON_END)
            ret[row->slot] = v[1];
    }
}

static void read_attributes(const struct value *from, struct buf *scratch, struct value *ret)
{
    if (from->type == JSON_ARRAY && buf_reserve(scratch, from->raw.n))
        read_list(from->raw, scratch, ret);
    else if (from->type == JSON_OBJECT)
        (void)fields_read(from->raw, attributes, ATTRIBUTE_ROWS, scratch, ret);
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++)
        first_of(&ret[i]);
}

static void set(struct slice *to, const struct value *v)
{
    if (v->type == JSON_STRING)
        *to = v->text;
}

static void fill_resource(const struct value a[ATTRIBUTE_COUNT], struct otel_resource *r)
{
    struct slice arn = value_string(&a[ARN]), name = message_function_of_arn(arn);
    struct slice platform = value_string(&a[PLATFORM]);
    r->lambda |=
        slice_eq(platform, SLICE("aws_lambda")) || slice_eq(platform, SLICE("AWS::Lambda")) || name.n > 0;
    if (name.n) {
        r->function = name;
        r->function_arn = arn;
    }
    set(&r->function, &a[FUNCTION]);
    set(&r->log_group, &a[GROUP]);
    set(&r->log_stream, &a[INSTANCE]);
    set(&r->log_stream, &a[STREAM]);
    set(&r->version, &a[VERSION]);
}

void record_otel_resource(struct slice list, struct buf *scratch, struct otel_resource *ret)
{
    const struct value from = {.type = list.n && *list.p == '[' ? JSON_ARRAY : JSON_OBJECT, .raw = list};
    struct value a[ATTRIBUTE_COUNT] = {{.type = JSON_END}};
    *ret = (struct otel_resource){.lambda = false};
    read_attributes(&from, scratch, a);
    fill_resource(a, ret);
}

/* An invocation tells itself by its id, its cold start or what triggered it; other spans of a function are its
 * children. */
static enum span_kind kind_of(const struct value a[ATTRIBUTE_COUNT])
{
    struct slice origin = value_string(&a[ORIGIN]);
    if (slice_eq(origin, SLICE("AWS::Lambda")))
        return SPAN_SERVICE;
    if (slice_eq(origin, SLICE("AWS::Lambda::Function")) || a[INVOCATION].type != JSON_END ||
        a[COLD].type != JSON_END || a[TRIGGER].type != JSON_END)
        return SPAN_FUNCTION;
    bool call = slice_eq(value_string(&a[SYSTEM]), SLICE("aws-api")) || a[BUCKET].type != JSON_END;
    return call ? SPAN_AWS : SPAN_OTHER;
}

static void fill_status(const struct value *code, const struct value *http, struct span *s)
{
    enum { OTEL_ERROR = 2, TOO_MANY_REQUESTS = 429, SERVER_ERRORS = 500 };
    uint64_t status = value_u64(http, 0);
    s->error = value_u64(code, 0) == OTEL_ERROR || slice_eq(value_string(code), SLICE("ERROR")) ||
               slice_eq(value_string(code), SLICE("STATUS_CODE_ERROR"));
    s->throttle = status == TOO_MANY_REQUESTS;
    s->fault = status >= SERVER_ERRORS;
}

static bool is_true(const struct value *v)
{
    return v->type == JSON_TRUE || slice_eq(value_string(v), SLICE("true"));
}

static void fill_call(const struct value a[ATTRIBUTE_COUNT], struct span *s)
{
    s->cold = is_true(&a[COLD]);
    s->kind = kind_of(a);
    set(&s->request_id, &a[s->kind == SPAN_AWS ? REQUEST : INVOCATION]);
    set(&s->operation, &a[OPERATION]);
    set(&s->bucket, &a[BUCKET]);
    set(&s->key, &a[KEY]);
    set(&s->resource, &a[RESOURCE]);
    set(&s->message_id, &a[MESSAGE]);
    set(&s->lineage, &a[LINEAGE]);
}

static int64_t nanoseconds(const struct value *v)
{
    int64_t ns;
    bool fits = v->type == JSON_STRING || v->type == JSON_NUMBER;
    return fits && json_scaled(v->text, 0, &ns) && ns > 0 ? ns : TIME_NONE;
}

static bool deliver(const struct value v[SLOTS], const struct value a[ATTRIBUTE_COUNT],
                    const struct otel_resource *r, struct slice via, struct loc loc, const struct sink *sink)
{
    struct span s = {.via = via, .loc = loc, .name = value_string(&v[NAME])};
    if (!record_trace_id(value_string(&v[TRACE]), s.trace) || !record_span_id(value_string(&v[ID]), s.id))
        return false;
    s.has_parent = record_span_id(value_string(&v[PARENT]), s.parent);
    s.start = nanoseconds(&v[START]);
    s.end = nanoseconds(&v[END]);
    s.links = v[LINKS].type == JSON_ARRAY ? v[LINKS].raw : s.links;
    s.function = r->function;
    s.function_arn = r->function_arn;
    s.log_group = r->log_group;
    s.log_stream = r->log_stream;
    fill_call(a, &s);
    fill_status(&v[CODE], &a[HTTP_STATUS], &s);
    if (s.start == TIME_NONE)
        return false;
    if (sink->span)
        sink->span(sink->ctx, &s);
    return true;
}

bool record_otel_span(struct slice value, const struct otel_resource *resource, struct loc loc,
                      struct buf *scratch, const struct sink *sink)
{
    struct value v[SLOTS] = {{.type = JSON_END}}, a[ATTRIBUTE_COUNT] = {{.type = JSON_END}};
    struct otel_resource own = *resource;
    if (!buf_reserve(scratch, value.n) ||
        !fields_read(value, span_fields, sizeof span_fields / sizeof *span_fields, scratch, v))
        return false;
    read_attributes(&v[ATTRIBUTES], scratch, a);
    fill_resource(a, &own);
    return deliver(v, a, &own, SLICE("otlp"), loc, sink);
}

bool record_flat_span(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink)
{
    struct value v[SLOTS] = {{.type = JSON_END}}, a[ATTRIBUTE_COUNT] = {{.type = JSON_END}};
    struct otel_resource own = {.lambda = false};
    if (!buf_reserve(scratch, value.n) ||
        !fields_read(value, span_fields, sizeof span_fields / sizeof *span_fields, scratch, v))
        return false;
    record_otel_resource(v[RESOURCE_ATTRIBUTES].raw, scratch, &own);
    read_attributes(&v[ATTRIBUTES], scratch, a);
    fill_resource(a, &own);
    return deliver(v, a, &own, SLICE("aws-spans"), loc, sink);
}

bool record_otel_log(struct slice value, const struct otel_resource *resource, struct loc loc,
                     struct buf *scratch, struct entry *ret)
{
    struct value v[SLOTS] = {{.type = JSON_END}}, a[ATTRIBUTE_COUNT] = {{.type = JSON_END}};
    struct otel_resource own = *resource;
    if (!buf_reserve(scratch, value.n) ||
        !fields_read(value, log_fields, sizeof log_fields / sizeof *log_fields, scratch, v))
        return false;
    read_attributes(&v[ATTRIBUTES], scratch, a);
    fill_resource(a, &own);
    if (v[BODY].type != JSON_STRING || (!own.lambda && own.function.n == 0))
        return false;
    *ret = (struct entry){.time = json_time(v[TIME].type == JSON_END ? v[OBSERVED].text : v[TIME].text)};
    ret->text = v[BODY].text;
    ret->group = own.log_group;
    ret->stream = own.log_stream;
    ret->function = own.function;
    ret->loc = loc;
    return true;
}
