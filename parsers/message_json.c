/* JSON log lines: the platform's events and application lines. Source: field guide, lambda-json-logs 2.2-2.5.
 *     {"time":"…Z","type":"platform.report","record":{"requestId":"…","metrics":{"durationMs":1233.96,…}}}
 *     {"timestamp":"…Z","level":"ERROR","requestId":"…","message":"…"}
 * Key order is not stable and unknown keys are ignored. Escapes matter in no value that is read here but the
 * application's message, which is handed on as raw text: the signatures know escaped quotes. */
#include "parsers/message.h"

/* What is read of a line: a key or two for each. */
enum field {
    FIELD_NONE,
    /* of both kinds of lines */
    FIELD_TIME,
    FIELD_ID,
    FIELD_ERROR_TYPE,
    /* of the platform's */
    FIELD_STATUS,
    FIELD_PHASE,
    FIELD_VERSION,
    FIELD_FUNCTION,
    FIELD_ARN,
    FIELD_RUNTIME,
    FIELD_METRICS,
    FIELD_DURATION,
    FIELD_BILLED,
    FIELD_MEMORY,
    FIELD_MAX_MEMORY,
    FIELD_INIT,
    FIELD_RESTORE,
    FIELD_TRACING,
    FIELD_TRACE_HEADER,
    /* of the application's */
    FIELD_LEVEL,
    FIELD_PYTHON_LEVEL,
    FIELD_ERROR_MESSAGE,
    FIELD_MESSAGE,
    FIELD_TRACE,
    FIELD_ERROR,
    FIELDS
};
_Static_assert(FIELDS <= 32, "a bit for each, see read_app");

struct named {
    struct slice name;
    enum field field;
};

#define NAME(text)                                                                                           \
    {                                                                                                        \
        text, sizeof(text) - 1                                                                               \
    }
#define NAMES_END                                                                                            \
    {                                                                                                        \
        {NULL, 0}, FIELD_NONE                                                                                \
    }

static const struct named record_names[] = {
    {NAME("requestId"), FIELD_ID},           {NAME("status"), FIELD_STATUS},
    {NAME("errorType"), FIELD_ERROR_TYPE},   {NAME("phase"), FIELD_PHASE},
    {NAME("metrics"), FIELD_METRICS},        {NAME("tracing"), FIELD_TRACING},
    {NAME("version"), FIELD_VERSION},        {NAME("functionVersion"), FIELD_VERSION},
    {NAME("functionName"), FIELD_FUNCTION},  {NAME("functionArn"), FIELD_ARN},
    {NAME("runtimeVersion"), FIELD_RUNTIME}, NAMES_END,
};

static const struct named metrics_names[] = {
    {NAME("durationMs"), FIELD_DURATION},
    {NAME("billedDurationMs"), FIELD_BILLED},
    {NAME("memorySizeMB"), FIELD_MEMORY},
    {NAME("maxMemoryUsedMB"), FIELD_MAX_MEMORY},
    {NAME("initDurationMs"), FIELD_INIT},
    {NAME("restoreDurationMs"), FIELD_RESTORE},
    NAMES_END,
};

static const struct named tracing_names[] = {{NAME("value"), FIELD_TRACE_HEADER}, NAMES_END};

/* A program's logger chooses its keys, in any case of letters. */
static const struct named app_names[] = {
    {NAME("timestamp"), FIELD_TIME},
    {NAME("time"), FIELD_TIME},
    {NAME("@timestamp"), FIELD_TIME},
    {NAME("ts"), FIELD_TIME},
    {NAME("level"), FIELD_LEVEL},
    {NAME("severity"), FIELD_LEVEL},
    {NAME("log_level"), FIELD_PYTHON_LEVEL},
    {NAME("requestId"), FIELD_ID},
    {NAME("AWSRequestId"), FIELD_ID},
    {NAME("function_request_id"), FIELD_ID},
    {NAME("lambda_request_id"), FIELD_ID},
    {NAME("request_id"), FIELD_ID},
    {NAME("errorType"), FIELD_ERROR_TYPE},
    {NAME("exception_name"), FIELD_ERROR_TYPE},
    {NAME("errorMessage"), FIELD_ERROR_MESSAGE},
    {NAME("message"), FIELD_MESSAGE},
    {NAME("msg"), FIELD_MESSAGE},
    {NAME("xray_trace_id"), FIELD_TRACE}, /* Powertools */
    {NAME("error"), FIELD_ERROR},
    {NAME("err"), FIELD_ERROR},
    NAMES_END,
};

static enum field field_named(const struct named *names, struct slice key)
{
    while (names->name.n && !slice_eq(key, names->name))
        names++;
    return names->field;
}

static enum field app_field_named(struct slice key)
{
    const struct named *names = app_names;
    while (names->name.n && !(key.n == names->name.n && slice_eq_nocase(key, names->name)))
        names++;
    return names->field;
}

/* ---- what values say ---- */

static struct decimal number(struct slice raw)
{
    struct decimal d = DECIMAL_UNKNOWN;
    (void)text_decimal(&raw, &d);
    return d;
}

static uint64_t whole(struct slice raw)
{
    uint64_t v = 0;
    (void)text_u64(&raw, &v);
    return v;
}

static void take_id(struct slice word, struct event *e)
{
    e->has_id = message_id(&word, e) && word.n == 0;
}

static void put(enum field field, struct slice raw, struct event *e)
{
    enum { XRAY_ID_N = 35 }; /* 1-8hex-24hex */
    switch (field) {
    case FIELD_TIME: (void)text_time(&raw, &e->time); return;
    case FIELD_ID: take_id(raw, e); return;
    case FIELD_ERROR_TYPE: e->error_type = raw; return;
    case FIELD_STATUS: e->status = message_status(raw); return;
    case FIELD_PHASE: e->phase = message_phase(raw); return;
    case FIELD_VERSION: e->version = raw; return;
    case FIELD_FUNCTION: e->function = raw; return;
    case FIELD_ARN: e->function = message_function_of_arn(raw); return;
    case FIELD_RUNTIME: e->runtime = raw; return;
    case FIELD_DURATION: e->duration = number(raw); return;
    case FIELD_BILLED: e->billed = number(raw); return;
    case FIELD_MEMORY: e->memory_mb = whole(raw); return;
    case FIELD_MAX_MEMORY: e->max_memory_mb = whole(raw); return;
    case FIELD_INIT: e->init = number(raw); return;
    case FIELD_RESTORE:
        e->init = number(raw);
        e->restored = true;
        return;
    case FIELD_TRACE_HEADER: message_trace_header(raw, &e->trace, &e->lineage); return;
    case FIELD_LEVEL:
    case FIELD_PYTHON_LEVEL: e->level = level_parse(raw); return;
    case FIELD_ERROR_MESSAGE: e->error_message = raw; return;
    case FIELD_MESSAGE: e->said = raw; return;
    case FIELD_TRACE:
        e->trace = raw.n == XRAY_ID_N && slice_starts(raw, SLICE("1-")) ? raw : e->trace;
        return;
    case FIELD_METRICS:
    case FIELD_TRACING:
    case FIELD_ERROR:
    case FIELDS:
    case FIELD_NONE: return;
    }
}

/* ---- reading ---- */

struct reading {
    struct json j;
    struct event *e;
    struct json_found found; /* the fields that were put, for lines that look alike */
    const char *type;        /* the value of "type", which decides what the line is; NULL when it has none */
    bool alike;              /* what was made of the line depends on these, and on its keys, alone */
};

/* A string, number or word as it stands; nothing is decoded. */
static struct slice scalar(struct json *j)
{
    struct slice raw = {"", 0};
    bool escaped;
    if (json_peek(j) == JSON_STRING)
        (void)json_string(j, &raw, &escaped);
    else
        (void)json_raw(j, &raw);
    return raw;
}

static void note(struct reading *r, enum field field, struct slice raw)
{
    r->alike &= r->found.n < JSON_SHAPES_VALUES;
    if (r->alike)
        r->found.fields[r->found.n++] = (struct json_field){raw, (uint8_t)field};
}

static void take(struct reading *r, enum field field)
{
    struct slice raw = scalar(&r->j);
    put(field, raw, r->e);
    note(r, field, raw);
}

/* ---- the platform's lines ---- */

static void read_object(struct reading *r, const struct named *names)
{
    struct slice key;
    if (!json_enter_object(&r->j))
        return;
    while (json_next_key(&r->j, &key)) {
        enum field field = field_named(names, key);
        bool object = field == FIELD_METRICS || field == FIELD_TRACING;
        if (field == FIELD_NONE || (object && json_peek(&r->j) != JSON_OBJECT))
            (void)json_skip(&r->j);
        else if (object)
            read_object(r, field == FIELD_METRICS ? metrics_names : tracing_names);
        else
            take(r, field);
    }
}

struct platform_type {
    const char *name;
    enum event_kind kind;
};

static const struct platform_type types[] = {
    {"platform.start", EVENT_START},
    {"platform.report", EVENT_REPORT},
    {"platform.runtimeDone", EVENT_RUNTIME_DONE},
    {"platform.initStart", EVENT_INIT_START},
    {"platform.initRuntimeDone", EVENT_INIT_DONE},
    {"platform.initReport", EVENT_INIT_REPORT},
    {"platform.restoreStart", EVENT_RESTORE_START},
    {"platform.restoreReport", EVENT_RESTORE_REPORT},
    {"platform.end", EVENT_END},
    {"platform.fault", EVENT_CRASH},
    {"platform.logsDropped", EVENT_LOGS_DROPPED},
    {"platform.restoreRuntimeDone", EVENT_EXTENSION},
    {"platform.extension", EVENT_EXTENSION},
    {"platform.telemetrySubscription", EVENT_EXTENSION},
    {"platform.logSubscription", EVENT_EXTENSION},
};

/* The durations of the two reports of an init stand in metrics.durationMs; an error may be told by its type alone. */
static void settle_init(struct event *e)
{
    if (e->kind == EVENT_INIT_DONE && e->status == STATUS_NONE && e->error_type.n)
        e->status = STATUS_ERROR;
    if (e->kind != EVENT_INIT_REPORT && e->kind != EVENT_RESTORE_REPORT)
        return;
    e->init = e->duration;
    e->duration = DECIMAL_UNKNOWN;
    e->restored = e->kind == EVENT_RESTORE_REPORT;
}

/* platform.fault and the function's text under the Telemetry API carry a string. */
static void read_string_record(struct slice raw, struct event *e)
{
    struct event inner = *e;
    if (e->kind != EVENT_CRASH)
        return;
    /* The line end in it is still escaped: what stands before is enough. */
    ptrdiff_t at = slice_find(raw, SLICE("\\n"));
    struct slice head = at >= 0 ? slice_head(raw, (size_t)at) : raw;
    if (!message_platform(head, &inner))
        return;
    struct slice type = at >= 0 ? slice_skip(raw, (size_t)at + 2) : slice_of("", 0);
    at = slice_find(type, SLICE("\\n"));
    inner.error_type = at >= 0 ? slice_head(type, (size_t)at) : type;
    inner.time = e->time;
    *e = inner;
}

static bool read_platform(struct reading *r, struct slice type)
{
    struct slice raw;
    bool escaped;
    r->e->kind = EVENT_EXTENSION;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (slice_eq(type, slice_str(types[i].name)))
            r->e->kind = types[i].kind;
    r->found.outcome = r->e->kind;
    if (json_peek(&r->j) == JSON_STRING && json_string(&r->j, &raw, &escaped)) {
        read_string_record(raw, r->e);
        r->alike = false;
        return true;
    }
    if (json_peek(&r->j) != JSON_OBJECT)
        return false;
    read_object(r, record_names);
    settle_init(r->e);
    return !r->j.error;
}

/* ---- the application's lines ---- */

/* The object of an error, as a message or beside it: {"errorType","errorMessage","stackTrace"} of the runtimes,
 * {"name","message","stack"} of Powertools and {"type","message","stack"} of pino, whose stack has several lines. */
static void app_error_object(struct json *j, bool is_message, struct event *e)
{
    struct slice key, runtime = {"", 0}, name = {"", 0}, said = {"", 0};
    bool stack = false;
    (void)json_enter_object(j);
    while (json_next_key(j, &key)) {
        if (json_peek(j) != JSON_STRING)
            (void)json_skip(j);
        else if (slice_eq(key, SLICE("errorType")))
            runtime = scalar(j);
        else if (slice_eq(key, SLICE("name")) || slice_eq(key, SLICE("type")))
            name = scalar(j);
        else if (slice_eq(key, SLICE("errorMessage")) || slice_eq(key, SLICE("message")))
            said = scalar(j);
        else {
            struct slice text = scalar(j);
            stack |= slice_eq(key, SLICE("stack")) && slice_find(text, SLICE("\\n")) >= 0;
        }
    }
    if (runtime.n == 0 && !stack)
        return;
    e->error_type = runtime.n ? runtime : name.n ? name : e->error_type;
    e->error_message = said.n ? said : e->error_message;
    e->said = is_message ? said : e->said;
}

/* Reads one field of an application line. */
static void app_field(struct reading *r, enum field field)
{
    enum json_type type = json_peek(&r->j);
    bool any = field == FIELD_MESSAGE || field == FIELD_ERROR;
    bool number = field == FIELD_LEVEL && type == JSON_NUMBER; /* pino's */
    if (any && type == JSON_OBJECT) {
        app_error_object(&r->j, field == FIELD_MESSAGE, r->e);
        r->alike = false;
    } else if (field == FIELD_NONE || field == FIELD_ERROR || (!any && !number && type != JSON_STRING)) {
        (void)json_skip(&r->j);
    } else {
        take(r, field);
    }
}

/* When an error's type in a line tells of one that nobody caught. An error object without level is what a runtime prints
 * for it; Python's has its own spelling of the level and no message. */
enum unhandled { UNHANDLED_NEVER, UNHANDLED_BY_LEVEL, UNHANDLED_ALWAYS };

/* `seen`: which fields the line has, a bit each. */
static enum unhandled unhandled_when(unsigned seen)
{
    if (!(seen & 1u << FIELD_ERROR_TYPE))
        return UNHANDLED_NEVER;
    if (!(seen & (1u << FIELD_LEVEL | 1u << FIELD_PYTHON_LEVEL)))
        return UNHANDLED_ALWAYS;
    return seen & 1u << FIELD_PYTHON_LEVEL && !(seen & 1u << FIELD_MESSAGE) ? UNHANDLED_BY_LEVEL
                                                                            : UNHANDLED_NEVER;
}

static void settle_app(struct slice text, enum unhandled when, struct event *e)
{
    e->kind = EVENT_APP;
    e->text = text;
    e->unhandled = e->error_type.n &&
                   (when == UNHANDLED_ALWAYS || (when == UNHANDLED_BY_LEVEL && e->level >= LEVEL_ERROR));
}

enum { OUTCOME_APP = EVENT_KINDS }; /* and an `enum unhandled` */

static bool read_app(struct reading *r, struct slice text)
{
    struct slice key;
    unsigned seen = 0;
    json_init(&r->j, text);
    r->found.n = 0;
    if (!json_enter_object(&r->j))
        return false;
    while (json_next_key(&r->j, &key)) {
        enum field field = app_field_named(key);
        seen |= 1u << field;
        app_field(r, field);
    }
    enum unhandled when = unhandled_when(seen);
    r->found.outcome = OUTCOME_APP + when;
    settle_app(text, r->j.error ? UNHANDLED_NEVER : when, r->e);
    return !r->j.error;
}

bool message_answer(struct event *e)
{
    struct event own;
    if (e->kind != EVENT_APP || e->error_message.n == 0 || e->has_id || e->level != LEVEL_NONE)
        return false;
    message_parse(e->error_message, &own);
    if ((own.kind != EVENT_TIMEOUT && own.kind != EVENT_CRASH) || !own.has_id)
        return false;
    own.error_type = own.error_type.n ? own.error_type : e->error_type;
    *e = own;
    return true;
}

/* ---- lines ---- */

/* A record that stands before its type, from tools that sort the keys, is read when all are known. */
static bool read_line(struct reading *r, struct slice text)
{
    struct slice key, type = {"", 0}, time = {"", 0}, record = {"", 0};
    json_init(&r->j, text);
    if (!json_enter_object(&r->j))
        return false;
    while (json_next_key(&r->j, &key)) {
        if (slice_eq(key, SLICE("time"))) {
            time = scalar(&r->j);
        } else if (slice_eq(key, SLICE("type"))) {
            r->alike &= !r->type;
            type = scalar(&r->j);
            r->type = type.p;
        } else if (!slice_eq(key, SLICE("record"))) {
            break;
        } else if (time.n && slice_starts(type, SLICE("platform."))) {
            put(FIELD_TIME, time, r->e);
            note(r, FIELD_TIME, time);
            bool ok = read_platform(r, type);
            r->alike &= !json_next_key(&r->j, &key); /* without a time it would be looked at */
            return ok;
        } else {
            (void)json_raw(&r->j, &record);
        }
    }
    if (record.n == 0 || r->j.error || !slice_starts(type, SLICE("platform.")))
        return read_app(r, text);
    put(FIELD_TIME, time, r->e);
    r->alike = false;
    json_init(&r->j, record);
    return read_platform(r, type);
}

/* Reads a line of a shape that was met before. */
static bool read_alike(struct slice text, struct json_shapes *known, struct event *e)
{
    struct json_found found;
    if (json_shapes_read(known, text, &found) != text.n)
        return false;
    known->used++;
    for (size_t i = 0; i < found.n; i++)
        put((enum field)found.fields[i].field, found.fields[i].text, e);
    if (found.outcome >= OUTCOME_APP) {
        settle_app(text, (enum unhandled)(found.outcome - OUTCOME_APP), e);
        return true;
    }
    e->kind = (enum event_kind)found.outcome;
    settle_init(e);
    return true;
}

/* Only of a line that is JSON from its begin to its end. */
static void learn(const struct reading *r, struct slice text, struct json_shapes *known)
{
    struct json j;
    json_init(&j, text);
    if (r->alike && json_shapes_may_learn(known, text) && json_skip(&j) && json_at_end(&j) && !j.odd)
        json_shapes_learn(known, text, &r->found, r->type);
}

bool message_json(struct slice text, struct json_shapes *known, struct event *e)
{
    struct reading r;
    if (known && read_alike(text, known, e))
        return true;
    r.e = e;
    r.type = NULL;
    r.alike = true;
    r.found.n = 0;
    bool ok = read_line(&r, text);
    if (ok && known)
        learn(&r, text, known);
    return ok;
}
