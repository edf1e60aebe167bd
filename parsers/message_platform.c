/* Platform lines in text form. Grammar and samples: field guide, lambda-text-logs 1.2.
 *     START RequestId: 5009fcc8-… Version: $LATEST
 *     REPORT RequestId: 5009fcc8-…<TAB>Duration: 2.37 ms<TAB>Billed Duration: 427 ms<TAB>…
 * Tabs may have become blanks, fields may come in any order and may be missing. The Lambda layer of OpenTelemetry words
 * the events of the Telemetry API so:
 *     END RequestId: 5009fcc8-… Version: $LATEST
 *     INIT_REPORT Initialization Type: on-demand Phase: init Status: error Duration: 250.75 ms
 *     RESTORE_REPORT Status: success Duration: 120.50 ms
 *     LOGS_DROPPED DroppedRecords: 40 DroppedBytes: 12000 Reason: Consumer seems to have fallen behind */
#include "parsers/message.h"

/* ---- fields ---- */

enum field {
    FIELD_DURATION,
    FIELD_BILLED,
    FIELD_INIT,
    FIELD_RESTORE,
    FIELD_MEMORY,
    FIELD_MAX_MEMORY,
    FIELD_STATUS,
    FIELD_ERROR_TYPE,
    FIELD_PHASE,
    FIELD_TRACE,
    FIELD_IGNORED
};

struct field_name {
    struct slice name;
    enum field field;
};

#define FIELD(text, field)                                                                                   \
    {                                                                                                        \
        {text, sizeof(text) - 1}, field                                                                      \
    }

/* Each is looked for at the start of a word only, so that "Duration: " never matches inside another key. The
 * Runtime durations are Datadog's look-alike lines. */
static const struct field_name fields[] = {
    FIELD("Duration: ", FIELD_DURATION),
    FIELD("Billed Duration: ", FIELD_BILLED),
    FIELD("Memory Size: ", FIELD_MEMORY),
    FIELD("Max Memory Used: ", FIELD_MAX_MEMORY),
    FIELD("Init Duration: ", FIELD_INIT),
    FIELD("Status: ", FIELD_STATUS),
    FIELD("Error Type: ", FIELD_ERROR_TYPE),
    FIELD("XRAY TraceId: ", FIELD_TRACE),
    FIELD("SegmentId: ", FIELD_IGNORED),
    FIELD("Sampled: ", FIELD_IGNORED),
    FIELD("Restore Duration: ", FIELD_RESTORE),
    FIELD("Billed Restore Duration: ", FIELD_IGNORED),
    FIELD("Phase: ", FIELD_PHASE),
    FIELD("Runtime Duration: ", FIELD_IGNORED),
    FIELD("Post Runtime Duration: ", FIELD_IGNORED),
    FIELD("Initialization Type: ", FIELD_IGNORED),
};

static void field_set(enum field field, struct slice *rest, struct event *e)
{
    struct slice word = {"", 0};
    switch (field) {
    case FIELD_DURATION: (void)text_decimal(rest, &e->duration); return;
    case FIELD_BILLED: (void)text_decimal(rest, &e->billed); return;
    case FIELD_RESTORE: e->restored = text_decimal(rest, &e->init); return;
    case FIELD_INIT: (void)text_decimal(rest, &e->init); return;
    case FIELD_MEMORY: (void)text_u64(rest, &e->memory_mb); return;
    case FIELD_MAX_MEMORY: (void)text_u64(rest, &e->max_memory_mb); return;
    case FIELD_IGNORED: (void)text_word(rest, &word); return;
    case FIELD_STATUS:
        if (text_word(rest, &word))
            e->status = message_status(word);
        return;
    case FIELD_PHASE:
        if (text_word(rest, &word))
            e->phase = message_phase(word);
        return;
    case FIELD_ERROR_TYPE: (void)text_word(rest, &e->error_type); return;
    case FIELD_TRACE: (void)text_word(rest, &e->trace); return;
    }
}

/* What stands behind most numbers, in one step: a blank, `ms` or `MB`, and the tab before the next key. */
static void skip_unit(struct slice *rest)
{
    if (slice_starts(*rest, SLICE(" ms\t")) || slice_starts(*rest, SLICE(" MB\t")))
        *rest = slice_skip(*rest, 4);
}

/* Looks at the row `*next` first: the table has the order of the lines. */
static bool field_at(struct slice *rest, size_t *next, struct event *e)
{
    enum { ROWS = sizeof fields / sizeof *fields };
    for (size_t n = 0; n < ROWS; n++) {
        size_t i = *next + n < ROWS ? *next + n : *next + n - ROWS;
        if (*fields[i].name.p == *rest->p && text_literal(rest, fields[i].name)) {
            field_set(fields[i].field, rest, e);
            skip_unit(rest);
            *next = i + 1 < ROWS ? i + 1 : 0;
            return true;
        }
    }
    return false;
}

/* A copy may lose the tab behind a unit: `124.29 msBilled Duration: 390 ms`. */
static bool unit_at(struct slice text)
{
    return (slice_starts(text, SLICE("ms")) || slice_starts(text, SLICE("MB"))) && text.n > 2 &&
           text.p[2] >= 'A' && text.p[2] <= 'Z';
}

void message_fields(struct slice text, struct event *e)
{
    struct slice word;
    size_t next = 0;
    while (text.n) {
        char c = *text.p;
        if (slice_is_space(c))
            text = slice_skip(text, 1);
        else if (unit_at(text))
            text = slice_skip(text, 2);
        else if (c < 'A' || c > 'Z' || !field_at(&text, &next, e)) /* every key begins so */
            (void)text_word(&text, &word);
    }
}

/* The traces of a report, behind its fields: the id, and words that say nothing more. */
static bool trace_exact(struct slice text, struct slice *ret)
{
    uint8_t id[16];
    struct slice segment, sampled;
    if (text.n < TEXT_TRACE_SIZE || !text_trace_at(text.p, id))
        return false;
    *ret = slice_head(text, TEXT_TRACE_SIZE);
    text = slice_skip(text, TEXT_TRACE_SIZE);
    return text_literal(&text, SLICE("\tSegmentId: ")) && text_word(&text, &segment) &&
           text_literal(&text, SLICE("\tSampled: ")) && text_word(&text, &sampled) && text.n == 0;
}

/* The exact form of the report of an invocation that ended well, which is most of them: says what message_fields says
 * of it, without looking for where fields begin. Any other line leaves *e as it was. */
bool message_fields_exact(struct slice text, struct event *e)
{
    struct decimal duration, billed, init = DECIMAL_UNKNOWN;
    uint64_t memory, most;
    struct slice trace = e->trace;
    if (!text_literal(&text, SLICE("\tDuration: ")) || !text_decimal(&text, &duration) ||
        !text_literal(&text, SLICE(" ms\tBilled Duration: ")) || !text_decimal(&text, &billed) ||
        !text_literal(&text, SLICE(" ms\tMemory Size: ")) || !text_u64(&text, &memory) ||
        !text_literal(&text, SLICE(" MB\tMax Memory Used: ")) || !text_u64(&text, &most) ||
        !text_literal(&text, SLICE(" MB")))
        return false;
    if (text_literal(&text, SLICE("\tInit Duration: ")) &&
        (!text_decimal(&text, &init) || !text_literal(&text, SLICE(" ms"))))
        return false;
    if (text.n && (!text_literal(&text, SLICE("\t\nXRAY TraceId: ")) || !trace_exact(text, &trace)))
        return false;
    e->duration = duration;
    e->billed = billed;
    e->memory_mb = memory;
    e->max_memory_mb = most;
    e->init = init;
    e->trace = trace;
    return true;
}

/* ---- lines ---- */

static bool take_id(struct slice *rest, struct event *e)
{
    text_skip_blanks(rest);
    return message_uuid(rest, e) || message_id(rest, e);
}

static bool line_is_empty(struct slice rest)
{
    return rest.n == 0 || slice_trim(slice_cut(&rest, '\n')).n == 0;
}

static bool line_start(struct slice rest, struct event *e)
{
    if (!take_id(&rest, e))
        return false;
    text_skip_blanks(&rest);
    if (!text_literal(&rest, SLICE("Version: ")) || !text_word(&rest, &e->version))
        return false;
    return line_is_empty(rest); /* what stands below it came from something else */
}

/* Datadog writes the time-out on the END line, OpenTelemetry the version. */
static bool line_end(struct slice rest, struct event *e)
{
    if (!take_id(&rest, e))
        return false;
    if (text_literal(&rest, SLICE(" Version: ")) && !text_word(&rest, &e->version))
        return false;
    return line_is_empty(rest) || slice_starts(rest, SLICE(" Task timed out after "));
}

static bool line_report(struct slice rest, struct event *e)
{
    if (!take_id(&rest, e))
        return false;
    if (!message_fields_exact(rest, e))
        message_fields(rest, e);
    return decimal_known(e->duration) || decimal_known(e->billed) || e->memory_mb != 0;
}

static bool line_init_start(struct slice rest, struct event *e)
{
    (void)text_word(&rest, &e->runtime);
    return e->runtime.n > 0;
}

static bool line_init_done(struct slice rest, struct event *e)
{
    struct slice word;
    if (!text_word(&rest, &word))
        return false;
    e->status = message_status(word);
    return true;
}

/* OpenTelemetry calls the duration of both by its plain name. */
static bool line_init_report(struct slice rest, struct event *e)
{
    message_fields(rest, e);
    e->init = decimal_known(e->init) ? e->init : e->duration;
    e->duration = DECIMAL_UNKNOWN;
    return decimal_known(e->init);
}

static bool line_restore_report(struct slice rest, struct event *e)
{
    e->restored = true;
    return line_init_report(rest, e);
}

static bool line_logs_dropped(struct slice rest, struct event *e)
{
    uint64_t records;
    (void)e;
    return text_u64(&rest, &records);
}

static bool line_subscription(struct slice rest, struct event *e)
{
    struct slice name;
    (void)e;
    return text_word(&rest, &name) && slice_starts(rest, SLICE(" Subscribed Types: "));
}

/* RequestId: <id> Error: <text>LF<ErrorType>, and the form of before 2018. The answer to a caller may have a time-out
 * for its text. */
static bool line_crash(struct slice rest, struct event *e)
{
    if (!take_id(&rest, e))
        return false;
    text_skip_blanks(&rest);
    e->status = STATUS_ERROR;
    if (slice_starts(rest, SLICE("Process exited before completing request"))) {
        e->text = rest;
        return true;
    }
    if (!text_literal(&rest, SLICE("Error: ")))
        return false;
    if (message_timeout(rest, e))
        return true;
    struct slice first = slice_trim(slice_cut(&rest, '\n')), second = slice_trim(rest);
    e->text = first;
    if (second.n && !memchr(second.p, ' ', second.n) && memchr(second.p, '.', second.n))
        e->error_type = second;
    return true;
}

static bool line_trace(struct slice rest, struct event *e)
{
    return text_word(&rest, &e->trace) && e->trace.n >= 32;
}

/* The Serverless framework's own words for REPORT: `END Duration: 3.69 ms (init: 171.20 ms) Memory Used: 57 MB`. */
static bool line_nameless(struct slice rest, struct event *e)
{
    struct slice word;
    (void)e;
    return text_word(&rest, &word) && slice_starts(rest, SLICE(" ms")) &&
           slice_find(rest, SLICE(" Memory Used: ")) >= 0;
}

static bool line_any(struct slice rest, struct event *e)
{
    (void)rest;
    (void)e;
    return true;
}

struct platform_line {
    struct slice prefix;
    enum event_kind kind;
    bool (*read)(struct slice rest, struct event *e);
};

#define LINE(text, kind, read)                                                                               \
    {                                                                                                        \
        {text, sizeof(text) - 1}, kind, read                                                                 \
    }

/* The three of every invocation stand first. */
static const struct platform_line lines[] = {
    LINE("START RequestId:", EVENT_START, line_start),
    LINE("END RequestId:", EVENT_END, line_end),
    LINE("REPORT RequestId:", EVENT_REPORT, line_report),
    LINE("INIT_START Runtime Version: ", EVENT_INIT_START, line_init_start),
    LINE("INIT_REPORT Init Duration: ", EVENT_INIT_REPORT, line_init_report),
    LINE("INIT_REPORT Initialization Type: ", EVENT_INIT_REPORT, line_init_report),
    LINE("INIT_RUNTIME_DONE Status: ", EVENT_INIT_DONE, line_init_done),
    LINE("RESTORE_START Runtime Version: ", EVENT_RESTORE_START, line_init_start),
    LINE("RESTORE_REPORT Restore Duration: ", EVENT_RESTORE_REPORT, line_restore_report),
    LINE("RESTORE_REPORT Status: ", EVENT_RESTORE_REPORT, line_restore_report),
    LINE("RESTORE_RUNTIME_DONE Status: ", EVENT_EXTENSION, line_any),
    LINE("RequestId: ", EVENT_CRASH, line_crash),
    LINE("XRAY TraceId: ", EVENT_TRACE, line_trace),
    LINE("END Duration: ", EVENT_NAMELESS, line_nameless),
    LINE("EXTENSION\tName: ", EVENT_EXTENSION, line_any),
    LINE("EXTENSION Name: ", EVENT_EXTENSION, line_any),
    LINE("TELEMETRY\tName: ", EVENT_EXTENSION, line_any),
    LINE("TELEMETRY Name: ", EVENT_EXTENSION, line_any),
    LINE("TELEMETRY: ", EVENT_EXTENSION, line_subscription),
    LINE("LOGS_DROPPED DroppedRecords: ", EVENT_LOGS_DROPPED, line_logs_dropped),
    LINE("LOGS\tName: ", EVENT_EXTENSION, line_any),
    LINE("LOGS Name: ", EVENT_EXTENSION, line_any),
};

/* The keyword of a report line is also its first field's key. */
static struct slice after_prefix(struct slice text, const struct platform_line *line)
{
    if (line->kind == EVENT_INIT_REPORT)
        return slice_skip(text, sizeof "INIT_REPORT " - 1);
    if (line->kind == EVENT_RESTORE_REPORT)
        return slice_skip(text, sizeof "RESTORE_REPORT " - 1);
    return slice_skip(text, line->prefix.n);
}

/* Every prefix is longer than a word. */
static bool begins(struct slice text, const struct platform_line *line)
{
    enum { WORD = 8 };
    size_t n = line->prefix.n;
    if (text.n < n || !words_same(text.p, line->prefix.p))
        return false;
    size_t i = WORD;
    while (i + WORD < n && words_same(text.p + i, line->prefix.p + i))
        i += WORD;
    return i + WORD >= n && words_same(text.p + n - WORD, line->prefix.p + n - WORD);
}

bool message_platform(struct slice text, struct event *e)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (!begins(text, &lines[i]))
            continue;
        e->kind = lines[i].kind;
        return lines[i].read(after_prefix(text, &lines[i]), e);
    }
    return false;
}

/* API Gateway execution log: `(<request id>) text`, one request id for all lines of a call. Source: field
 * guide, api-gateway-and-queues 6.1. */
bool message_gateway(struct slice text, struct event *e)
{
    struct slice rest = slice_skip(text, 1), word = slice_cut(&rest, ')');
    if (!message_uuid(&word, e) || word.n > 0 || !text_char(&rest, ' '))
        return false;
    e->kind = EVENT_GATEWAY;
    e->text = rest;
    return true;
}

bool message_gateway_step(struct slice text)
{
    static const struct slice words[] = {
        {"Extended Request Id: ", 21},
        {"Verifying Usage Plan for request: ", 34},
        {"Starting execution for request: ", 32},
        {"HTTP Method: ", 13},
        {"Method request ", 15},
        {"Method response ", 16},
        {"Method completed with status: ", 30},
        {"Endpoint request ", 17},
        {"Endpoint response ", 18},
        {"Sending request to ", 19},
        {"Received response. ", 19},
        {"Execution failed due to ", 24},
        {"Successfully completed execution", 32},
        {"AWS Integration Endpoint RequestId", 34},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_starts(text, words[i]))
            return true;
    return false;
}
