/* The shape rule of the error signatures (signatures.h). Asked only at a libhs candidate that the row's
 * pattern has confirmed, so it may cost some microseconds. Steps: level gate, event dump, open quotes, then
 * what stands between the start of the line (or of the quoted value) and the words: the lead. */
#include "parsers/error_shape.h"

#include "parsers/error_quote.h"
#include "parsers/pattern.h"

#include <stdlib.h>

enum {
    SHAPE_WINDOW = 64 << 10,
    SHAPE_LEAD_MAX = 300,       /* of a lead, its end is what counts */
    SHAPE_LIST_BYTES = 4 << 10, /* of a list of errors before the words */
};

#define TIME                                                                                                 \
    "(?:\\d{4}[-/]\\d\\d[-/]\\d\\d[T ])?\\d\\d:\\d\\d:\\d\\d[.,\\d]*(?:Z|[ ]?[+-]\\d\\d:?\\d\\d|[ "          \
    "](?:GMT|UTC))?"
#define UUID  "[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\\b"
#define LEVEL "(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL|SEVERE|NOTICE|LOG)"
/* Loggers: root: | a.b.Logger - | app::db: | HikariPool:123 - | app:handler:12 - | app - ERROR - | 8 --- */
#define LOGGER                                                                                               \
    "[\\w$-]+(?:\\.[\\w$-]+)+[ ]+[-:][ ]|\\w+(?:::\\w+)+:[ ]|[\\w.]+(?::[\\w.<>]+)*:\\d+[ ]+-[ ]|"           \
    "[\\w.]+[ ]-[ ]" LEVEL "[ ]-[ ]|\\d+[ ]+---"
/* What logging puts before a message: blanks, times, ids, [brackets], LEVEL, loggers; and what the runtime or
 * a server puts before the error: Invoke Error, 9501 (HY000): */
#define FRAME                                                                                                \
    "\\s+|[-*>|]+|" TIME "|" UUID "|\\[[^\\]\\n\"']{0,80}\\]|" LEVEL "(?::[\\w.]+:|(?=[\\s|]))|" LOGGER      \
    "|[\\w.-]+[ ]+\\|[ ]|Caused by:|Uncaught|Unhandled Promise Rejection|Unhandled|Invoke Error|"            \
    "\\(node:\\d+\\)|\\S{1,200}:\\d+:in [`'][^'\\n]{1,80}': |(?:\\d{3,5}[ "                                  \
    "]\\(\\w{5}\\)|53300|08000|08004|HY000):[ ]"
/* Names that end in one of these are error classes or severities, in any case: MongoServerError, pq, FATAL.
 */
#define CLASS                                                                                                \
    "[\\w$.:\\\\/-]*(?:error|exception|fault|failure|notestablished|panic|fatal|\\berr|\\bpq|\\boom|"        \
    "(?-i:[a-z](?:Timeout|Bad|Denied)))"
/* What may stand between a class and its message: codes in brackets or bare, a colon, an opening bracket. */
#define CLASS_TAIL                                                                                           \
    "\\)?(?:[ ]*[\\[(#][^\\])\\n\"']{1,60}[\\])]?|[ ]\\d{3,5}(?:[ ]\\(\\w{5}\\))?)*[ ]*:\\s*"                \
    "(?:[0-9A-Z]{5}:\\s+)?(?:\\(|\\[[\\w .\\/-]{1,40}\\]\\s*)*"

enum shape_pattern {
    SHAPE_FRAME,
    SHAPE_LEVEL,
    SHAPE_BEGINS,
    SHAPE_CLASS,
    SHAPE_FAILURE,
    SHAPE_MENTION,
    SHAPE_SUBJECT,
    SHAPE_LIST,
    SHAPE_AFTER,
    SHAPE_EVENT,
    SHAPE_CODE,
    SHAPE_STACK,
    SHAPE_MARK,
    SHAPE_PATTERNS
};

static const struct {
    const char *text;
    bool caseless;
} shape_patterns[SHAPE_PATTERNS] = {
    [SHAPE_FRAME] = {"\\A(?:" FRAME ")*+", false},
    [SHAPE_LEVEL] =
        {"\\A(?:\\s+|[-|][ ]|" TIME "|" UUID "|[\\w.-]+[ ]+\\|[ ]|\\[(?!(?i:" LEVEL
         ")\\])[^\\]\\n\"']{0,80}\\])*+(?|[\\[<(]([A-Za-z]{3,11})[\\])>]|"
         "(?:[\\w.]+[ ]-[ "
         "])?([A-Z]{3,11})(?=[\\s:|])|\\{[^{}\\n]{0,400}?\"(?:level|log_level|severity|lvl|logLevel)\""
         "\\s*:\\s*\"?(\\w+)|(?:\\w+=\\S+[ ])*?level=\"?(\\w+))",
         false},
    /* Rule 1, INFO: the message itself begins with an error. */
    [SHAPE_BEGINS] =
        {"\\A(?:[\\w$.:\\\\]*(?:Error|Exception|Fault|Failure)|error|ERROR|FATAL|PANIC|panic|fatal error)"
         "(?:[ ][\\[(][\\w .:-]+[\\])])?(?:[:(\\n]|\\z)|\\A\\{\\s*\"errorType\"",
         false},
    /* Rule 3b. */
    [SHAPE_CLASS] = {"(?:(?<![\\w$.:\\\\/-])" CLASS CLASS_TAIL "|\\([\\w.:]+(?:error|exception)\\)\\s*)\\z",
                     true},
    [SHAPE_FAILURE] =
        {"\\b(?:fail(?:ed|ure|s|ing)?|errors?|exception|refused|rejected|unable|cannot|can't|can not|"
         "could not|couldn't|aborted|died|crashed|fatal|warning)\\b[^\"\\n]{0,120}(?::|[ ]-[ ])"
         "[ ]*\\(*\\z",
         true},
    /* Rule 4: directly before the words, and before an error class too. */
    [SHAPE_MENTION] =
        {"\\bhow to\\b|\\bfix(?:ing|es)?[ ]|https?://\\S*\\z|"
         "\\b(?:titled?|subject|slug|headline|topic|keywords?|summary|created|indexed|saved|tagged|"
         "named?|called|about|regarding|body|content|comment|note|label|category|tags?|value|field|"
         "said|says|wrote|typed|asked|handles?|simulat\\w+|mock\\w*|expect\\w*|see|docs?|e\\.g\\.|example|"
         "retry(?:ing)? on|retryable\\w*|like|"
         "search(?:ed|ing)?(?: (?:for|term|query|text))?)\\b[\"']?\\s*(?:[:=(]|=>)?\\s*[\\[\"']?\\z",
         true},
    /* Rule 4: where only prose or a key that holds anything vouches for the words. */
    [SHAPE_SUBJECT] =
        {"\\b(?:tickets?|articles?|titles?|titled|subject|topic|slug|headline|search\\w*|how to|faq|"
         "docs?\\b|documentation|runbook|wiki|blog|(?-i:[Pp]osts?)\\b|keywords?|questions?|pages?\\b|"
         "retryable\\w*|"
         "retry ?on|mentions?|issue #?\\d+|comment|summary|insert\\s+into|select\\s.*\\sfrom|where\\s)",
         true},
    /* Rule 4: a list over several lines of errors to retry or to ignore. */
    [SHAPE_LIST] =
        {"\\b(?:retr(?:y|ie|yable)|ignor|known|transient|expect|handled)[\\w ._-]*[\"']?[ ]*[:=][ ]*"
         "(?:\\r?\\n[ ]*[-*][^\\n]*+)*?\\r?\\n[ ]*[-*][ ]*[\"']?\\z",
         true},
    /* Rule 4: a counter (Too many connections: 0), or a story that has ended. */
    [SHAPE_AFTER] =
        {"\\A\\\\{0,15}[\"']?\\s*[:=]\\s*\\d+\\s*(?:[,;|}\\]\\n]|\\z)|"
         "\\A[^\\n]{0,60}?\\b(?:(?:is|was|are|been)[ ](?:now[ ])?(?:fixed|resolved|solved|closed)|"
         "incident|runbook)\\b",
         true},
    [SHAPE_EVENT] =
        {"\\b(?:Records|requestContext|requestPayload|responsePayload|detail-type|awslogs|logEvents|"
         "queryStringParameters|multiValueHeaders|rawQueryString|messageAttributes|eventSource|"
         "deliveryStreamArn|AlarmName|triggerSource)\\\\{0,15}[\"']?\\s*[:=]\\s*[\\[{\"'\\\\]|"
         "\\b(?:[Rr]eceived|[Ii]ncoming|[Gg]ot)[ ](?:\\w+[ ])?(?:event|payload|message|request|body)\\b"
         "[:= ]*[\"']?[\\[{]|\\A\\s*(?:EVENT|[Ee]vent|[Pp]ayload)\\s*[:=]?\\s*[\"']?\\{",
         false},
    [SHAPE_CODE] =
        {"\\b(?:code|errno|sqlState|SQLSTATE|sqlstate|pgcode|number|no)\\W{1,6}(?:ER_\\w|E[A-Z]{4}|"
         "[0-9][0-9A-Z]{4}\\b|HY000|P\\d{4}\\b|-?\\d{2,5}\\b)|\\(\\d{4}, \\\\{0,15}[\"']|SQLSTATE\\[|"
         "\\bORA-\\d{5}|\\[Errno -?\\d+\\]|\\bErrno::E[A-Z]|An error occurred \\(\\w+\\)",
         false},
    [SHAPE_STACK] = {"^\\s*\\\\{0,15}[\"']?\\s*at \\S.*[:(]|\\\\n\\s*at \\S|Traceback \\(most recent|"
                     "File \\\\{0,15}\"[^\"\\n]+\", line \\d|goroutine \\d+ \\[|\\.(?:rb|php|py):\\d+:in ",
                     false},
    /* Weak keys without a level: does anything else in the text say "error"? */
    [SHAPE_MARK] =
        {"errorType|errno|sqlState|\\bcode\\W{1,6}(?:ER_|E[A-Z]{3})|\\\\?\"stack|Traceback|"
         "[\\w.](?:Error|Exception)\\b|\"(?:severity|level)\"\\s*:\\s*\"?(?:error|fatal|critical|50|60)",
         true},
};

struct error_shape {
    struct pattern_matcher matcher;
    pcre2_code *code[SHAPE_PATTERNS]; /* compiled at first use: a clean log pays for none */
};

struct error_shape *error_shape_new(void)
{
    struct error_shape *shape = calloc(1, sizeof *shape);
    if (!shape)
        err_oom();
    pattern_matcher_init(&shape->matcher);
    return shape;
}

void error_shape_free(struct error_shape *shape)
{
    if (!shape)
        return;
    for (size_t i = 0; i < SHAPE_PATTERNS; i++)
        pcre2_code_free(shape->code[i]);
    pattern_matcher_done(&shape->matcher);
    free(shape);
}

static bool shape_find(struct error_shape *shape, enum shape_pattern p, struct slice text, size_t from,
                       struct pattern_match *ret)
{
    if (!shape->code[p]) {
        struct err e = {0};
        unsigned flags = PATTERN_JIT | (shape_patterns[p].caseless ? PATTERN_CASELESS : 0);
        shape->code[p] = pattern_compile(shape_patterns[p].text, flags, &e);
        if (!shape->code[p])
            abort(); /* our own pattern: the unit tests compile each */
    }
    return pattern_find(&shape->matcher, shape->code[p], text, from, ret);
}

static bool shape_has(struct error_shape *shape, enum shape_pattern p, struct slice text)
{
    struct pattern_match m;
    return shape_find(shape, p, text, 0, &m);
}

/* The text without what logging puts before a message. */
static struct slice shape_unframe(struct error_shape *shape, struct slice text)
{
    struct pattern_match m;
    return shape_find(shape, SHAPE_FRAME, text, 0, &m) ? slice_skip(text, m.end) : text;
}

static struct slice text_tail(struct slice s, size_t n)
{
    return slice_skip(s, s.n > n ? s.n - n : 0);
}

static size_t line_start(struct slice text, size_t at)
{
    while (at > 0 && text.p[at - 1] != '\n' && text.p[at - 1] != '\r')
        at--;
    return at;
}

static enum level level_at(struct error_shape *shape, struct slice text)
{
    struct pattern_match m;
    if (!shape_find(shape, SHAPE_LEVEL, text, 0, &m) || !m.group)
        return LEVEL_NONE;
    return level_parse(slice_of(text.p + m.group_start, m.group_end - m.group_start));
}

enum level error_shape_level(struct error_shape *shape, struct slice text, enum level level, size_t at)
{
    if (level != LEVEL_NONE)
        return level;
    size_t start = line_start(text, at);
    enum level own = level_at(shape, slice_head(slice_skip(text, start), SHAPE_WINDOW));
    return own != LEVEL_NONE || start == 0 ? own : level_at(shape, slice_head(text, SHAPE_WINDOW));
}

/* Rule 1 for INFO. */
static bool info_counts(struct error_shape *shape, struct slice text, struct slice near)
{
    if (shape_has(shape, SHAPE_BEGINS, shape_unframe(shape, slice_head(text, SHAPE_WINDOW))))
        return true;
    return shape_has(shape, SHAPE_CODE, near) && shape_has(shape, SHAPE_STACK, near);
}

/* Rule 4: the words stand in an object that also holds a key of an AWS event. `before` ends at the words. The
 * object is left when more brackets close than open; of several keys the outermost one decides. */
static bool in_event(struct error_shape *shape, struct slice before)
{
    struct pattern_match m;
    bool inside = false;
    int depth = 0, event_depth = 0;
    for (size_t i = 0, next; i < before.n; i = next) {
        bool more = shape_find(shape, SHAPE_EVENT, before, i, &m);
        next = more ? m.end : before.n;
        for (size_t at = i; at < next; at++) {
            char c = before.p[at];
            if (more && at == m.start && (!inside || depth < event_depth)) {
                inside = true;
                event_depth = depth;
            }
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
            inside = inside && depth >= event_depth;
        }
    }
    return inside;
}

/* A value may hold several lines with their ends written as \n: what counts is the last of them. */
static struct slice last_escaped_line(struct slice lead)
{
    for (size_t i = lead.n; i >= 2; i--)
        if ((lead.p[i - 1] == 'n' || lead.p[i - 1] == 'r') && lead.p[i - 2] == '\\')
            return slice_skip(lead, i);
    return lead;
}

/* A key that may hold anything vouches only with help. `before` is the line up to the words. */
static bool weak_counts(struct error_shape *shape, struct slice text, struct slice before, enum level level)
{
    if (shape_has(shape, SHAPE_SUBJECT, before))
        return false;
    return level != LEVEL_NONE || shape_has(shape, SHAPE_MARK, text);
}

/* Rules 3a to 3c for a lead that is free of logging's frame. */
static bool lead_counts(struct error_shape *shape, struct slice lead, enum error_key *key)
{
    struct pattern_match m;
    if (lead.n == 0)
        return true;
    if (shape_find(shape, SHAPE_CLASS, lead, 0, &m))
        return !shape_has(shape, SHAPE_MENTION, slice_head(lead, m.start));
    *key = error_quote_key(lead, lead.n);
    if (*key != ERROR_KEY_OTHER)
        return true;
    return shape_has(shape, SHAPE_FAILURE, lead) && !shape_has(shape, SHAPE_SUBJECT, lead);
}

/* The part of the line, or of the quoted value, before the words; its end when it is long. */
static struct slice lead_of(struct error_shape *shape, struct slice before, const struct error_quotes *quotes)
{
    size_t from = quotes->n > 0 ? quotes->v[quotes->n - 1].inside : quotes->line;
    struct slice lead = shape_unframe(shape, last_escaped_line(slice_skip(before, from)));
    return text_tail(lead, SHAPE_LEAD_MAX);
}

bool error_shape_counts(struct error_shape *shape, struct slice text, enum level level,
                        struct error_words words)
{
    size_t cut = words.start > SHAPE_WINDOW ? words.start - SHAPE_WINDOW : 0;
    struct slice near = slice_head(slice_skip(text, cut), words.end - cut + SHAPE_WINDOW);
    struct slice before = slice_of(near.p, words.start - cut);
    if (level == LEVEL_TRACE || level == LEVEL_DEBUG ||
        (level == LEVEL_INFO && !info_counts(shape, text, near)))
        return false;
    if (in_event(shape, before))
        return false;
    struct error_quotes quotes;
    error_quotes_open(before, &quotes);
    enum error_key value = error_quotes_key(before, &quotes);
    if (value == ERROR_KEY_OTHER)
        return false;
    struct slice lead = lead_of(shape, before, &quotes);
    if (shape_has(shape, SHAPE_MENTION, lead) ||
        shape_has(shape, SHAPE_LIST, text_tail(before, SHAPE_LIST_BYTES)) ||
        shape_has(shape, SHAPE_AFTER, slice_skip(near, words.end - cut)))
        return false;
    enum error_key key = ERROR_KEY_STRONG;
    if (!words.coded && !lead_counts(shape, lead, &key))
        return false;
    if (value == ERROR_KEY_STRONG && key == ERROR_KEY_STRONG)
        return true;
    return weak_counts(shape, near, slice_skip(before, quotes.line), level);
}
