/* JSON log lines: the platform's events and application lines. Source: field guide, lambda-json-logs 2.2-2.5.
 *     {"time":"…Z","type":"platform.report","record":{"requestId":"…","metrics":{"durationMs":1233.96,…}}}
 *     {"timestamp":"…Z","level":"ERROR","requestId":"…","message":"…"}
 * Key order is not stable and unknown keys are ignored. Escapes matter in no value that is read here but the
 * application's message, which is handed on as raw text: the signatures know escaped quotes. */
#include "parsers/message.h"

#include "parsers/json.h"

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

static struct decimal number(struct json *j)
{
    struct decimal d = DECIMAL_UNKNOWN;
    struct slice raw = scalar(j);
    (void)text_decimal(&raw, &d);
    return d;
}

static uint64_t whole(struct json *j)
{
    uint64_t v = 0;
    struct slice raw = scalar(j);
    (void)text_u64(&raw, &v);
    return v;
}

static void read_metrics(struct json *j, struct event *e)
{
    struct slice key;
    if (!json_enter_object(j))
        return;
    while (json_next_key(j, &key)) {
        if (slice_eq(key, SLICE("durationMs")))
            e->duration = number(j);
        else if (slice_eq(key, SLICE("billedDurationMs")))
            e->billed = number(j);
        else if (slice_eq(key, SLICE("memorySizeMB")))
            e->memory_mb = whole(j);
        else if (slice_eq(key, SLICE("maxMemoryUsedMB")))
            e->max_memory_mb = whole(j);
        else if (slice_eq(key, SLICE("initDurationMs")))
            e->init = number(j);
        else if (slice_eq(key, SLICE("restoreDurationMs"))) {
            e->init = number(j);
            e->restored = true;
        } else {
            (void)json_skip(j);
        }
    }
}

static void read_tracing(struct json *j, struct event *e)
{
    struct slice key;
    if (json_peek(j) != JSON_OBJECT) {
        (void)json_skip(j);
        return;
    }
    (void)json_enter_object(j);
    while (json_next_key(j, &key)) {
        if (slice_eq(key, SLICE("value")))
            message_trace_header(scalar(j), e);
        else
            (void)json_skip(j);
    }
}

static void take_id(struct slice word, struct event *e)
{
    e->has_id = message_id(&word, e) && word.n == 0;
}

static void record_field(struct json *j, struct slice key, struct event *e)
{
    if (slice_eq(key, SLICE("requestId")))
        take_id(scalar(j), e);
    else if (slice_eq(key, SLICE("status")))
        e->status = message_status(scalar(j));
    else if (slice_eq(key, SLICE("errorType")))
        e->error_type = scalar(j);
    else if (slice_eq(key, SLICE("phase")))
        e->phase = message_phase(scalar(j));
    else if (slice_eq(key, SLICE("metrics")) && json_peek(j) == JSON_OBJECT)
        read_metrics(j, e);
    else if (slice_eq(key, SLICE("tracing")))
        read_tracing(j, e);
    else if (slice_eq(key, SLICE("version")) || slice_eq(key, SLICE("functionVersion")))
        e->version = scalar(j);
    else if (slice_eq(key, SLICE("functionName")))
        e->function = scalar(j);
    else if (slice_eq(key, SLICE("functionArn")))
        e->function = message_function_of_arn(scalar(j));
    else if (slice_eq(key, SLICE("runtimeVersion")))
        e->runtime = scalar(j);
    else
        (void)json_skip(j);
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
    {"platform.initReport", EVENT_INIT_REPORT},
    {"platform.restoreStart", EVENT_RESTORE_START},
    {"platform.restoreReport", EVENT_RESTORE_REPORT},
    {"platform.end", EVENT_END},
    {"platform.fault", EVENT_CRASH},
    {"platform.logsDropped", EVENT_LOGS_DROPPED},
    {"platform.initRuntimeDone", EVENT_EXTENSION},
    {"platform.restoreRuntimeDone", EVENT_EXTENSION},
    {"platform.extension", EVENT_EXTENSION},
    {"platform.telemetrySubscription", EVENT_EXTENSION},
    {"platform.logSubscription", EVENT_EXTENSION},
};

/* The durations of the two reports of an init stand in metrics.durationMs. */
static void settle_init(struct event *e)
{
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

static bool read_platform(struct json *j, struct slice type, struct event *e)
{
    struct slice key, raw;
    bool escaped;
    e->kind = EVENT_EXTENSION;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (slice_eq(type, slice_str(types[i].name)))
            e->kind = types[i].kind;
    if (json_peek(j) == JSON_STRING && json_string(j, &raw, &escaped)) {
        read_string_record(raw, e);
        return true;
    }
    if (json_peek(j) != JSON_OBJECT || !json_enter_object(j))
        return false;
    while (json_next_key(j, &key))
        record_field(j, key, e);
    settle_init(e);
    return !j->error;
}

enum app_key {
    KEY_TIME,
    KEY_LEVEL,
    KEY_PYTHON_LEVEL,
    KEY_ID,
    KEY_TYPE,
    KEY_ERROR_MESSAGE,
    KEY_FUNCTION,
    KEY_MESSAGE,
    KEY_TRACE,
    KEY_ERROR,
    KEY_OTHER
};

struct app_name {
    struct slice name;
    enum app_key key;
};

#define NAME(text)                                                                                           \
    {                                                                                                        \
        text, sizeof(text) - 1                                                                               \
    }

static const struct app_name app_names[] = {
    {NAME("timestamp"), KEY_TIME},
    {NAME("time"), KEY_TIME},
    {NAME("@timestamp"), KEY_TIME},
    {NAME("ts"), KEY_TIME},
    {NAME("level"), KEY_LEVEL},
    {NAME("severity"), KEY_LEVEL},
    {NAME("log_level"), KEY_PYTHON_LEVEL},
    {NAME("requestId"), KEY_ID},
    {NAME("AWSRequestId"), KEY_ID},
    {NAME("function_request_id"), KEY_ID},
    {NAME("lambda_request_id"), KEY_ID},
    {NAME("request_id"), KEY_ID},
    {NAME("errorType"), KEY_TYPE},
    {NAME("exception_name"), KEY_TYPE},
    {NAME("errorMessage"), KEY_ERROR_MESSAGE},
    {NAME("function_name"), KEY_FUNCTION},
    {NAME("function_arn"), KEY_FUNCTION},
    {NAME("functionArn"), KEY_FUNCTION},
    {NAME("message"), KEY_MESSAGE},
    {NAME("msg"), KEY_MESSAGE},
    {NAME("xray_trace_id"), KEY_TRACE}, /* Powertools */
    {NAME("error"), KEY_ERROR},
    {NAME("err"), KEY_ERROR},
};

static enum app_key app_key_of(struct slice key)
{
    for (size_t i = 0; i < sizeof app_names / sizeof *app_names; i++)
        if (key.n == app_names[i].name.n && slice_eq_nocase(key, app_names[i].name))
            return app_names[i].key;
    return KEY_OTHER;
}

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

static void app_function(struct slice value, struct event *e)
{
    if (slice_starts(value, SLICE("arn:")))
        value = message_function_of_arn(value);
    if (value.n)
        e->function = value;
}

enum { XRAY_ID_N = 35 }; /* 1-8hex-24hex */

/* Reads one field of an application line; `seen` collects which keys were there. */
static void app_field(struct json *j, enum app_key key, struct event *e, unsigned *seen)
{
    struct slice value;
    *seen |= 1u << key;
    bool number = key == KEY_LEVEL && json_peek(j) == JSON_NUMBER; /* pino's */
    if (key == KEY_OTHER ||
        (key != KEY_MESSAGE && key != KEY_ERROR && !number && json_peek(j) != JSON_STRING)) {
        (void)json_skip(j);
        return;
    }
    if ((key == KEY_MESSAGE || key == KEY_ERROR) && json_peek(j) == JSON_OBJECT) {
        app_error_object(j, key == KEY_MESSAGE, e);
        return;
    }
    value = scalar(j);
    switch (key) {
    case KEY_TIME: (void)text_time(&value, &e->time); return;
    case KEY_LEVEL:
    case KEY_PYTHON_LEVEL: e->level = level_parse(value); return;
    case KEY_ID: take_id(value, e); return;
    case KEY_TYPE: e->error_type = value; return;
    case KEY_ERROR_MESSAGE: e->error_message = value; return;
    case KEY_FUNCTION: app_function(value, e); return;
    case KEY_MESSAGE: e->said = value; return;
    case KEY_TRACE:
        e->trace = value.n == XRAY_ID_N && slice_starts(value, SLICE("1-")) ? value : e->trace;
        return;
    case KEY_ERROR:
    case KEY_OTHER: return;
    }
}

/* An error object without level is what a runtime prints for an error nobody caught; Python's has its own
 * spelling of the level and no message. */
static void app_unhandled(struct event *e, unsigned seen)
{
    bool python = (seen & 1u << KEY_PYTHON_LEVEL) && e->level >= LEVEL_ERROR && !(seen & 1u << KEY_MESSAGE);
    bool bare = !(seen & (1u << KEY_LEVEL | 1u << KEY_PYTHON_LEVEL));
    e->unhandled = e->error_type.n && (seen & 1u << KEY_TYPE) && (python || bare);
}

static bool read_app(struct slice text, struct event *e)
{
    struct json j;
    struct slice key;
    unsigned seen = 0;
    json_init(&j, text);
    if (!json_enter_object(&j))
        return false;
    while (json_next_key(&j, &key))
        app_field(&j, app_key_of(key), e, &seen);
    e->kind = EVENT_APP;
    e->text = text;
    if (j.error)
        return false;
    app_unhandled(e, seen);
    return true;
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

bool message_json(struct slice text, struct event *e)
{
    struct json j;
    struct slice key, type = {"", 0}, time = {"", 0}, record = {"", 0};
    json_init(&j, text);
    if (!json_enter_object(&j))
        return false;
    while (json_next_key(&j, &key)) {
        if (slice_eq(key, SLICE("time"))) {
            time = scalar(&j);
        } else if (slice_eq(key, SLICE("type"))) {
            type = scalar(&j);
        } else if (!slice_eq(key, SLICE("record"))) {
            break;
        } else if (time.n && slice_starts(type, SLICE("platform."))) {
            (void)text_time(&time, &e->time);
            return read_platform(&j, type, e);
        } else {
            (void)json_raw(&j, &record); /* tools that sort the keys */
        }
    }
    if (record.n == 0 || j.error || !slice_starts(type, SLICE("platform.")))
        return read_app(text, e);
    (void)text_time(&time, &e->time);
    json_init(&j, record);
    return read_platform(&j, type, e);
}
