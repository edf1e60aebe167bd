/* X-Ray segment documents. Source: field guide, traces 5.1, 5.2. Lambda writes two segments an invocation, both
 * named like the function; the first one knows the request id, the second one holds the phases.
 *     {"id":"24ddd1434624a637","name":"f","start_time":1.681339658203E9,"end_time":…,"trace_id":"1-6437350a-…",
 *      "aws":{"request_id":"04b18ae7-…"},"origin":"AWS::Lambda","resource_arn":"arn:aws:lambda:…:function:f"}
 *     {"id":"18476b3c270cc8d2","parent_id":"24ddd1434624a637","origin":"AWS::Lambda::Function",…
 *      "subsegments":[{"id":"635660f683ab2b1d","name":"Overhead",…}]} */
#include "parsers/record_span.h"

#include "parsers/message.h"

enum slot {
    ID,
    PARENT,
    TRACE,
    NAME,
    START,
    END,
    IN_PROGRESS,
    ERROR,
    FAULT,
    THROTTLE,
    ORIGIN,
    NAMESPACE,
    RESOURCE_ARN,
    REQUEST_ID,
    FUNCTION_ARN,
    FUNCTION_NAME,
    OPERATION,
    BUCKET,
    KEY,
    RESOURCE,
    MESSAGE,
    LOGS,
    LINKS,
    SUBSEGMENTS,
    SLOTS
};

static const struct field fields[] = {
    {"id", ID},
    {"parent_id", PARENT},
    {"trace_id", TRACE},
    {"name", NAME},
    {"start_time", START},
    {"end_time", END},
    {"in_progress", IN_PROGRESS},
    {"error", ERROR},
    {"fault", FAULT},
    {"throttle", THROTTLE},
    {"origin", ORIGIN},
    {"namespace", NAMESPACE},
    {"resource_arn", RESOURCE_ARN},
    {"aws/request_id", REQUEST_ID},
    {"aws/function_arn", FUNCTION_ARN},
    {"aws/function_name", FUNCTION_NAME},
    {"aws/operation", OPERATION},
    {"aws/bucket_name", BUCKET},
    {"aws/key", KEY},
    {"aws/queue_url", RESOURCE},
    {"aws/topic_arn", RESOURCE},
    {"aws/table_name", RESOURCE},
    {"aws/message_id", MESSAGE},
    {"aws/cloudwatch_logs", LOGS},
    {"links", LINKS},
    {"subsegments", SUBSEGMENTS},
};

/* What is the same for a segment and all below it. */
struct segment {
    struct loc loc;
    struct buf *scratch;
    const struct sink *sink;
};

bool record_trace_id(struct slice text, uint8_t ret[16])
{
    enum { ID_DIGITS = 32, TIME_DIGITS = 8 };
    char digits[ID_DIGITS];
    struct slice rest = text, time, whole = slice_of(digits, ID_DIGITS);
    if (text.n == ID_DIGITS)
        return text_hex(&rest, ID_DIGITS, ret);
    if (!text_literal(&rest, SLICE("1-")))
        return false;
    time = slice_cut(&rest, '-');
    if (time.n == 0 || time.n > TIME_DIGITS || rest.n != ID_DIGITS - TIME_DIGITS)
        return false;
    memset(digits, '0', TIME_DIGITS);
    memcpy(digits + TIME_DIGITS - time.n, time.p, time.n);
    memcpy(digits + TIME_DIGITS, rest.p, rest.n);
    return text_hex(&whole, ID_DIGITS, ret);
}

bool record_span_id(struct slice text, uint8_t ret[8])
{
    static const uint8_t none[8] = {0};
    enum { SPAN_DIGITS = 2 * sizeof none };
    uint8_t id[sizeof none];
    if (text.n != SPAN_DIGITS || !text_hex(&text, SPAN_DIGITS, id) || memcmp(id, none, sizeof none) == 0)
        return false;
    memcpy(ret, id, sizeof id);
    return true;
}

/* One of the ways in which it is written (field guide 5.1): 037bed70:0, a87bd80c:1|68fd508a:5, 25:a87bd80c:1. */
static bool lineage_piece(struct slice piece, uint32_t *ret_hash, uint64_t *ret_count)
{
    enum { HASH_DIGITS = 8 };
    uint8_t bytes[HASH_DIGITS / 2];
    struct slice hash = slice_cut(&piece, ':'), rest = piece;
    if (hash.n != HASH_DIGITS) /* the count of all requests */
        hash = slice_cut(&rest, ':');
    if (hash.n != HASH_DIGITS || !text_hex(&hash, HASH_DIGITS, bytes) || !text_u64(&rest, ret_count))
        return false;
    *ret_hash = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    return rest.n == 0;
}

uint32_t record_lineage(struct slice text)
{
    uint32_t most_hash = 0, hash;
    uint64_t most = 0, hops = 0, count;
    while (text.n) {
        if (!lineage_piece(slice_cut(&text, '|'), &hash, &count) || count >= LINEAGE_HOPS_MAX)
            return LINEAGE_NONE;
        hops += count + 1;
        most_hash = count + 1 > most ? hash : most_hash;
        most = count + 1 > most ? count + 1 : most;
    }
    return most_hash << 8 | (uint32_t)(hops < LINEAGE_HOPS_MAX ? hops : LINEAGE_HOPS_MAX);
}

size_t record_span_links(struct slice list, struct span_link *ret, size_t max)
{
    static const struct field table[] = {{"trace_id", 0}, {"traceId", 0}};
    struct buf scratch; /* never filled: ids need no decoding */
    struct slice item;
    struct json j;
    size_t n = 0;
    json_init(&j, list);
    buf_init(&scratch, 1);
    (void)json_enter_array(&j);
    while (n < max && json_next_item(&j) && json_raw(&j, &item)) {
        struct value v = {.type = JSON_END};
        (void)fields_read(item, table, sizeof table / sizeof *table, &scratch, &v);
        n += record_trace_id(value_string(&v), ret[n].trace);
    }
    buf_done(&scratch);
    return n;
}

static enum span_kind kind_of_origin(struct slice origin)
{
    if (slice_eq(origin, SLICE("AWS::Lambda")))
        return SPAN_SERVICE;
    return slice_eq(origin, SLICE("AWS::Lambda::Function")) ? SPAN_FUNCTION : SPAN_OTHER;
}

/* The names that Lambda gives its own subsegments; only those right under its segments (or sent alone) are
 * Lambda's and not the program's. */
static enum span_kind kind_of_name(struct slice name, enum span_kind parent)
{
    static const struct {
        const char *name;
        enum span_kind kind, parent;
    } table[] = {
        {"Initialization", SPAN_INIT, SPAN_FUNCTION}, {"Init", SPAN_INIT, SPAN_FUNCTION},
        {"Restore", SPAN_RESTORE, SPAN_FUNCTION},     {"Invocation", SPAN_INVOCATION, SPAN_FUNCTION},
        {"Overhead", SPAN_OVERHEAD, SPAN_FUNCTION},   {"Dwell Time", SPAN_DWELL, SPAN_SERVICE},
        {"QueueTime", SPAN_DWELL, SPAN_SERVICE},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (slice_eq(name, slice_str(table[i].name)) && (parent == table[i].parent || parent == SPAN_OTHER))
            return table[i].kind;
    return parent == SPAN_SERVICE && slice_starts(name, SLICE("Attempt #")) ? SPAN_ATTEMPT : SPAN_OTHER;
}

static enum span_kind kind_of(const struct value v[SLOTS], enum span_kind parent, bool top)
{
    struct slice space = value_string(&v[NAMESPACE]);
    enum span_kind kind = kind_of_origin(value_string(&v[ORIGIN]));
    if (kind != SPAN_OTHER)
        return kind;
    if (slice_eq(space, SLICE("aws")))
        return SPAN_AWS;
    if (slice_eq(space, SLICE("remote")))
        return SPAN_REMOTE;
    return top && !v[PARENT].raw.n ? SPAN_OTHER
                                   : kind_of_name(value_string(&v[NAME]), top ? SPAN_OTHER : parent);
}

/* The first group of [{"log_group":"/aws/lambda/f"}]: the new style of Lambda's function segment. */
static void take_logs(const struct value *logs, struct buf *scratch, struct span *s)
{
    static const struct field table[] = {{"log_group", 0}, {"log_stream", 1}};
    struct value v[2] = {{.type = JSON_END}};
    struct json j;
    struct slice item;
    json_init(&j, logs->raw);
    if (logs->type != JSON_ARRAY || !json_enter_array(&j) || !json_next_item(&j) || !json_raw(&j, &item))
        return;
    (void)fields_read(item, table, 2, scratch, v);
    s->log_group = v[0].type == JSON_STRING ? v[0].text : s->log_group;
    s->log_stream = v[1].type == JSON_STRING ? v[1].text : s->log_stream;
}

/* A function's own names; the function that an AWS call names is what it calls. */
static void take_names(const struct value v[SLOTS], struct span *s)
{
    struct slice arn = value_string(&v[FUNCTION_ARN]), name;
    if (s->kind == SPAN_AWS) {
        s->resource = value_string(&v[v[RESOURCE].type == JSON_STRING ? RESOURCE : FUNCTION_NAME]);
        return;
    }
    if (s->kind != SPAN_SERVICE && s->kind != SPAN_FUNCTION)
        return;
    arn = arn.n ? arn : value_string(&v[RESOURCE_ARN]);
    name = message_function_of_arn(arn);
    s->function_arn = name.n ? arn : slice_of("", 0);
    s->function = name.n ? name : s->name;
}

static int64_t nanoseconds(const struct value *v)
{
    enum { SECONDS_TO_NS = 9 };
    int64_t ns;
    return v->type == JSON_NUMBER && json_scaled(v->text, SECONDS_TO_NS, &ns) && ns > 0 ? ns : TIME_NONE;
}

/* Fills what stands in the object itself. `parent` lends what its children share, NULL at the top. */
static bool fill(const struct segment *g, const struct value v[SLOTS], const struct span *parent,
                 struct span *s)
{
    *s = (struct span){.via = SLICE("xray"), .loc = g->loc};
    if (parent) {
        memcpy(s->trace, parent->trace, sizeof s->trace);
        memcpy(s->parent, parent->id, sizeof s->parent);
        s->function = parent->function;
        s->function_arn = parent->function_arn;
        s->log_group = parent->log_group;
        s->log_stream = parent->log_stream;
        s->has_parent = true;
    }
    if (!record_span_id(value_string(&v[ID]), s->id) || v[NAME].type != JSON_STRING)
        return false;
    if (!record_trace_id(value_string(&v[TRACE]), s->trace) && !parent)
        return false;
    s->has_parent |= record_span_id(value_string(&v[PARENT]), s->parent);
    s->name = v[NAME].text;
    s->within = parent ? parent->kind : SPAN_OTHER;
    s->kind = kind_of(v, s->within, !parent);
    s->start = nanoseconds(&v[START]);
    s->end = nanoseconds(&v[END]);
    s->in_progress = v[IN_PROGRESS].type == JSON_TRUE;
    s->error = v[ERROR].type == JSON_TRUE;
    s->fault = v[FAULT].type == JSON_TRUE;
    s->throttle = v[THROTTLE].type == JSON_TRUE;
    s->request_id = value_string(&v[REQUEST_ID]);
    s->operation = value_string(&v[OPERATION]);
    s->bucket = value_string(&v[BUCKET]);
    s->key = value_string(&v[KEY]);
    s->message_id = value_string(&v[MESSAGE]);
    s->links = v[LINKS].type == JSON_ARRAY ? v[LINKS].raw : s->links;
    take_logs(&v[LOGS], g->scratch, s);
    take_names(v, s);
    return s->start != TIME_NONE;
}

static bool read_span(const struct segment *g, struct slice value, const struct span *parent, unsigned depth)
{
    struct value v[SLOTS] = {{.type = JSON_END}};
    struct span s;
    struct json j;
    struct slice item;
    size_t kept = g->scratch->n;
    if (!fields_read(value, fields, sizeof fields / sizeof *fields, g->scratch, v) || !fill(g, v, parent, &s))
        return false;
    json_init(&j, v[SUBSEGMENTS].type == JSON_ARRAY ? v[SUBSEGMENTS].raw : SLICE("[]"));
    bool more = json_enter_array(&j) && json_next_item(&j);
    s.cut = more && depth == SPAN_DEPTH_MAX;
    if (g->sink->span)
        g->sink->span(g->sink->ctx, &s);
    for (more = more && !s.cut; more && json_raw(&j, &item); more = json_next_item(&j))
        (void)read_span(g, item, &s, depth + 1);
    g->scratch->n = kept;
    return true;
}

bool record_segment(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink)
{
    const struct segment g = {loc, scratch, sink};
    return buf_reserve(scratch, value.n) && read_span(&g, value, NULL, 0);
}
