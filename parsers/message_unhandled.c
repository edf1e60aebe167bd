/* Errors that nobody caught, as the runtimes print them. Only forms that a runtime alone writes count: what a
 * program prints of an error that it caught begins with the error's own name or with the program's words.
 * Source: field guide, lambda-text-logs 1.4 and error-signatures 8.6; the interface clients named there.
 *     ERROR<TAB>Invoke Error <TAB>{"errorType":"TypeError",…}                    Node
 *     {"errorMessage":"…","errorType":"…","stackTrace":[…]} behind a request id  Node before 10
 *     [ERROR] KeyError: 'x'<LF>Traceback (most recent call last):                Python
 *     'x': KeyError<LF>Traceback (most recent call last):                        Python up to 3.6
 *     {"errorMessage":"…","errorType":"…"}                                       Go, custom runtimes
 *     Class not found: a.B: java.lang.ClassNotFoundException                     Java
 *     no more: java.lang.Error<LF>java.lang.Error: no more<LF><TAB>at a.B.c(…)    Java
 *     no more: AggregateException<LF>   at a.B.c()                               .NET Core
 *     Critical exception from handler {<LF>  "errorMessage": …                   Ruby */
#include "parsers/message.h"

#include "parsers/json.h"

/* The string value of a key in an error object that was printed as JSON. */
static struct slice find_value(struct slice text, struct slice key)
{
    ptrdiff_t at = slice_find(text, key);
    struct slice rest = slice_skip(text, at < 0 ? text.n : (size_t)at + key.n);
    text_skip_blanks(&rest);
    if (!text_char(&rest, ':'))
        return slice_of("", 0);
    text_skip_blanks(&rest);
    if (!text_char(&rest, '"'))
        return slice_of("", 0);
    size_t n = 0;
    while (n < rest.n && rest.p[n] != '"')
        n += rest.p[n] == '\\' ? 2 : 1;
    return slice_head(rest, n);
}

static void find_error(struct slice text, struct event *e)
{
    e->error_type = find_value(text, SLICE("\"errorType\""));
    e->error_message = find_value(text, SLICE("\"errorMessage\""));
}

/* ---- Node ---- */

/* What tracing libraries put before every text: [dd.trace_id=… dd.span_id=…]. */
static struct slice skip_trace_ids(struct slice text)
{
    struct slice rest = text;
    if (!text_literal(&rest, SLICE("[dd.trace_id=")) || !memchr(rest.p, ']', rest.n))
        return text;
    (void)slice_cut(&rest, ']');
    text_skip_blanks(&rest);
    return rest;
}

void message_unhandled_node(struct event *e)
{
    if (e->level < LEVEL_ERROR)
        return;
    struct slice text = skip_trace_ids(e->text);
    if (!slice_starts(text, SLICE("Invoke Error")) && !slice_starts(text, SLICE("Uncaught Exception")) &&
        !slice_starts(text, SLICE("Unhandled Promise Rejection")))
        return;
    e->unhandled = true;
    find_error(text, e);
}

/* The next key and its value, if they are this key and a value of this type. */
static bool take_member(struct json *j, struct slice name, enum json_type type, struct slice *ret)
{
    struct slice key, raw;
    bool escaped;
    if (!json_next_key(j, &key) || !slice_eq(key, name) || json_peek(j) != type)
        return false;
    if (type == JSON_STRING ? !json_string(j, &raw, &escaped) : !json_raw(j, &raw))
        return false;
    *ret = raw;
    return true;
}

/* The answer of an invocation that the platform ended, as its caller got it: no runtime lived to write it. */
static bool is_answer(struct slice said)
{
    struct event own;
    message_parse(said, &own);
    return own.kind == EVENT_TIMEOUT || own.kind == EVENT_CRASH;
}

/* callback(err) in Node before 10: the runtime logs its answer, which had these keys in this order, written without a
 * blank, and the first alone when err was a string. A caller that prints the failed answer of another function leaves
 * the same bytes. They are taken for the invocation's own error all the same: each failed one has such a line and none
 * else, callers that print the answer alone are few. Newer runtimes write a level before all that is printed. */
void message_unhandled_node_answer(struct event *e)
{
    struct json j;
    struct slice said, type = {"", 0}, stack, more;
    if (!e->has_id || e->level != LEVEL_NONE || !slice_starts(e->text, SLICE("{\"errorMessage\":\"")))
        return;
    json_init(&j, e->text);
    if (!json_enter_object(&j) || !take_member(&j, SLICE("errorMessage"), JSON_STRING, &said) ||
        is_answer(said))
        return;
    if (take_member(&j, SLICE("errorType"), JSON_STRING, &type) &&
        take_member(&j, SLICE("stackTrace"), JSON_ARRAY, &stack))
        (void)json_next_key(&j, &more);
    if (!json_at_end(&j))
        return;
    e->unhandled = true;
    e->error_type = type;
    e->error_message = said;
}

/* ---- Python ---- */

/* [ERROR] KeyError: 'x' … : the runtime's own line has no time between level and type. */
void message_unhandled_python(struct event *e)
{
    struct slice rest = e->text, word;
    if (e->level < LEVEL_ERROR || !text_word(&rest, &word) || word.n < 2)
        return;
    bool named = word.p[word.n - 1] == ':';
    bool trace = slice_find(rest, SLICE("Traceback (most recent call last):")) >= 0;
    if (!trace && !(named && slice_starts(word, SLICE("Runtime."))))
        return;
    e->unhandled = true;
    e->error_type = named ? slice_head(word, word.n - 1) : word;
    e->error_message = slice_trim(slice_cut(&rest, '\n'));
}

/* ---- message: type, and then the stack ---- */

/* The word behind the last colon of the line, when it may be the name of a class. */
static struct slice class_at_end(struct slice line)
{
    struct slice name = slice_rtrim(line);
    size_t n = 0;
    while (n < name.n && name.p[name.n - 1 - n] != ' ')
        n++;
    bool behind = n + 2 < name.n && name.p[name.n - n - 2] == ':';
    name = slice_skip(name, name.n - n);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (i > 0 && c >= '0' && c <= '9') ||
              c == '_' || c == '$' || (i > 0 && c == '.')))
            return slice_of("", 0);
    }
    return behind ? name : slice_of("", 0);
}

static bool ends_in_error(struct slice name)
{
    static const struct slice ends[] = {{"Exception", 9}, {"Error", 5}, {"Fault", 5}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (slice_ends(name, ends[i]))
            return true;
    return false;
}

bool message_begins_stack(struct slice line, struct slice next)
{
    struct slice name = class_at_end(line);
    if (!ends_in_error(name))
        return false;
    if (memchr(name.p, '.', name.n) && text_literal(&next, name)) /* Java */
        return next.n == 0 || *next.p == ':' || *next.p == '\r' || *next.p == '\n';
    text_skip_blanks(&next);
    return slice_starts(next, SLICE("at ")); /* .NET */
}

static void type_before_stack(struct event *e)
{
    struct slice rest = e->text, line = slice_cut(&rest, '\n'), name = {"", 0};
    if (rest.n == 0 || (name = class_at_end(line)).n == 0)
        return;
    if (!message_begins_stack(line, rest) && !slice_starts(rest, SLICE("Traceback (most recent call last):")))
        return;
    e->unhandled = true;
    e->error_type = name;
    e->error_message = slice_head(line, (size_t)(name.p - line.p) - 2);
}

/* ---- heads that only a runtime writes ---- */

enum type_of { TYPE_NAMED, TYPE_AT_END, TYPE_NEXT_LINE, TYPE_IN_OBJECT };

struct head {
    struct slice text;
    enum type_of from; /* where the error's type stands */
    const char *type;  /* TYPE_NAMED: what today's runtimes call it; NULL: unknown */
};

#define HEAD(text, from, type)                                                                               \
    {                                                                                                        \
        {text, sizeof(text) - 1}, from, type                                                                 \
    }

static const struct head heads[] = {
    HEAD("Unable to import module '", TYPE_NAMED, "Runtime.ImportModuleError"), /* Python, Node before 2019 */
    HEAD("Syntax error in module '", TYPE_NAMED, "Runtime.UserCodeSyntaxError"),
    HEAD("module initialization error", TYPE_NAMED, NULL),
    HEAD("Process exited before completing request", TYPE_NAMED, NULL),
    HEAD("Class not found: ", TYPE_AT_END, NULL), /* Java's interface client, UserFault */
    HEAD("Error loading class ", TYPE_AT_END, NULL),
    HEAD("Error loading method ", TYPE_AT_END, NULL),
    HEAD("Critical exception from handler", TYPE_IN_OBJECT, NULL), /* Ruby's */
    HEAD("Init error when loading handler", TYPE_IN_OBJECT, NULL),
    HEAD("Unknown application error occurred", TYPE_NEXT_LINE, NULL), /* the platform */
};

static void take_head(const struct head *h, struct slice text, struct event *e)
{
    struct slice rest = text, line = slice_cut(&rest, '\n');
    e->unhandled = true;
    switch (h->from) {
    case TYPE_NAMED: e->error_type = h->type ? slice_str(h->type) : e->error_type; return;
    case TYPE_NEXT_LINE: e->error_type = slice_trim(slice_cut(&rest, '\n')); return;
    case TYPE_IN_OBJECT: find_error(text, e); return;
    case TYPE_AT_END:
        e->error_type = class_at_end(line);
        e->unhandled = memchr(e->error_type.p, '.', e->error_type.n) != NULL;
    }
}

static bool runtime_head(struct slice text, struct event *e)
{
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        if (!slice_starts(text, heads[i].text))
            continue;
        take_head(&heads[i], text, e);
        e->text = e->unhandled ? text : e->text;
        return e->unhandled;
    }
    return false;
}

/* Go's runtime and custom runtimes print the error object of a failed invocation, with or without Go's time. */
static void error_object(struct event *e)
{
    struct slice rest = e->text;
    unsigned n;
    if (text_digits(&rest, 4, &n) && text_char(&rest, '/')) {
        (void)slice_cut(&rest, ' ');
        (void)slice_cut(&rest, ' ');
    } else {
        rest = e->text;
    }
    if (!slice_starts(rest, SLICE("{\"errorMessage\":")) && !slice_starts(rest, SLICE("{\"errorType\":")))
        return;
    find_error(rest, e);
    e->unhandled = e->error_type.n > 0;
}

void message_unhandled(struct slice text, struct event *e)
{
    message_unhandled_node(e);
    if (e->unhandled || runtime_head(text, e))
        return;
    error_object(e);
    if (!e->unhandled)
        type_before_stack(e);
}
