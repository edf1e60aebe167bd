/* Recognition of one message: platform text, then platform or application JSON, then application text. The
 * first byte decides which of them can match at all. */
#include "parsers/message.h"

void message_parse_known(struct slice text, struct json_shapes *known, struct event *ret)
{
    *ret = event_none;
    text = slice_rtrim(text);
    switch (text.n ? *text.p : '\0') {
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
        if (message_json(text, known, ret))
            return;
        break;
    case '(':
        if (message_gateway(text, ret))
            return;
        break;
    default: message_app(text, ret); return;
    }
    *ret = event_none; /* of what was read before it turned out to be something else */
    message_app(text, ret);
}

void message_parse(struct slice text, struct event *ret)
{
    message_parse_known(text, NULL, ret);
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

bool message_id(struct slice *s, struct event *e)
{
    struct slice word;
    if (message_uuid(s, e))
        return true;
    struct slice rest = *s;
    if (!text_word(&rest, &word) || !request_id_parse(word, &e->id))
        return false;
    e->has_id = true;
    e->is_uuid = false;
    e->id_text = word;
    *s = rest;
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

void message_trace_header(struct slice header, struct slice *ret_root, struct slice *ret_lineage)
{
    while (header.n) {
        struct slice part = slice_trim(slice_cut(&header, ';'));
        char first = part.n ? (char)(*part.p | 32) : '\0';
        if (first != 'r' && first != 'l')
            continue;
        struct slice name = slice_cut(&part, '=');
        if (ret_root && slice_eq_nocase(name, SLICE("Root")))
            *ret_root = part;
        else if (ret_lineage && slice_eq_nocase(name, SLICE("Lineage")))
            *ret_lineage = part;
    }
}
