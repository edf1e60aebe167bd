/* Recognition of one message: platform text, then platform or application JSON, then application text. The
 * first byte decides which of them can match at all. */
#include "parsers/message.h"

static void event_clear(struct event *e)
{
    *e = (struct event){.time = TIME_NONE};
    e->duration = e->init = e->billed = DECIMAL_UNKNOWN;
}

void message_parse(struct slice text, struct event *ret)
{
    event_clear(ret);
    text = slice_rtrim(text);
    if (text.n == 0) {
        ret->text = text;
        return;
    }
    switch (*text.p) {
    case 'S':
    case 'E':
    case 'R':
    case 'I':
    case 'T':
    case 'L':
    case 'X':
        if (message_platform(text, ret))
            return;
        break;
    case '{':
        if (message_json(text, ret))
            return;
        break;
    case '(':
        if (message_gateway(text, ret))
            return;
        break;
    default: break;
    }
    event_clear(ret);
    message_app(text, ret);
}

static bool id_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == ':' || c == '<' || c == '>' || c == '*';
}

/* The front of a UUID: what a line that was torn inside of it has left. */
static bool uuid_torn(struct slice word)
{
    enum { LEAST = 10, WHOLE = 36 };
    if (word.n < LEAST || word.n >= WHOLE)
        return false;
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i], lower = (char)(c | 32);
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f')))
            return false;
    }
    return true;
}

bool request_id_parse(struct slice word, struct request_id *ret)
{
    struct slice rest = word;
    if (word.n == 36 && text_uuid(&rest, ret->bytes))
        return true;
    if (word.n == 0 || word.n > REQUEST_ID_WORD_MAX || uuid_torn(word))
        return false;
    for (size_t i = 0; i < word.n; i++)
        if (!id_byte(word.p[i]))
            return false;
    unsigned long long a = slice_hash(word, 1), b = slice_hash(word, 2);
    memcpy(ret->bytes, &a, 8);
    memcpy(ret->bytes + 8, &b, 8);
    return true;
}

const char *event_name(enum event_kind kind)
{
    static const char *const names[EVENT_KINDS] = {
        [EVENT_APP] = "application",
        [EVENT_START] = "start",
        [EVENT_END] = "end",
        [EVENT_REPORT] = "report",
        [EVENT_INIT_START] = "init-start",
        [EVENT_INIT_REPORT] = "init-report",
        [EVENT_RESTORE_START] = "restore-start",
        [EVENT_RESTORE_REPORT] = "restore-report",
        [EVENT_RUNTIME_DONE] = "runtime-done",
        [EVENT_TIMEOUT] = "timed-out",
        [EVENT_CRASH] = "crash",
        [EVENT_TRACE] = "trace",
        [EVENT_EXTENSION] = "extension",
        [EVENT_NAMELESS] = "nameless-report",
        [EVENT_LOGS_DROPPED] = "logs-dropped",
        [EVENT_GATEWAY] = "gateway",
    };
    return names[kind];
}

struct slice message_function_of_arn(struct slice arn)
{
    ptrdiff_t at = slice_find(arn, SLICE(":function:"));
    if (at < 0 || !slice_starts(arn, SLICE("arn:")))
        return slice_of("", 0);
    struct slice rest = slice_skip(arn, (size_t)at + sizeof ":function:" - 1);
    return slice_cut(&rest, ':');
}

enum event_status message_status(struct slice word)
{
    if (slice_eq(word, SLICE("success")))
        return STATUS_OK;
    if (slice_eq(word, SLICE("timeout")))
        return STATUS_TIMEOUT;
    if (slice_eq(word, SLICE("error")) || slice_eq(word, SLICE("failure")))
        return STATUS_ERROR;
    return STATUS_NONE;
}

enum event_phase message_phase(struct slice word)
{
    if (slice_eq(word, SLICE("init")))
        return PHASE_INIT;
    return slice_eq(word, SLICE("invoke")) ? PHASE_INVOKE : PHASE_NONE;
}

void message_trace_header(struct slice value, struct event *e)
{
    while (value.n) {
        struct slice part = slice_trim(slice_cut(&value, ';'));
        struct slice name = slice_cut(&part, '=');
        if (slice_eq_nocase(name, SLICE("Root")))
            e->trace = part;
    }
}
