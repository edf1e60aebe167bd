/* Which quotes are open before the words of an error, and who opened them. Place in the flow: error_quote.h.
 * A heuristic by need: prose, JSON, Python's and Node's printed objects all quote in their own way, so a
 * quote opens only behind a blank, a bracket or a mark, and what cannot be explained counts as a title. */
#include "parsers/error_quote.h"

#include "base/text.h"

enum {
    KEY_MAX = 40,
    CLASS_MAX = 120, /* bytes looked at for the name of an error class before a bracket */
};

static bool is_name(char c)
{
    return text_is_alnum(c) || (c != '\0' && strchr("_.@$-", c));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_blanks_back(struct slice s, size_t end)
{
    while (end > 0 && is_blank(s.p[end - 1]))
        end--;
    return end;
}

/* ---- which quotes are open ---- */

/* Behind what a quote can open; u'…', b"…", r'…' and f'…' are Python's. */
static bool can_open(struct slice s, size_t at)
{
    if (at == 0 || is_blank(s.p[at - 1]))
        return true;
    char c = s.p[at - 1];
    if (c != '\0' && strchr("([{:,=<>|;+\"'`", c))
        return true;
    return c != '\0' && strchr("ubrf", c) && (at == 1 || !text_is_alnum(s.p[at - 2]));
}

static bool is_apostrophe(struct slice s, const struct error_quote *q)
{
    return q->mark == '\'' && q->at > 0 && text_is_alnum(s.p[q->at - 1]) && q->inside < s.n &&
           text_is_alnum(s.p[q->inside]);
}

static size_t backslashes(struct slice s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && s.p[at + n] == '\\')
        n++;
    return n;
}

/* The ASCII quote at `at`, backslashes first. */
static bool read_quote(struct slice s, size_t at, struct error_quote *ret)
{
    size_t i = at + backslashes(s, at);
    if (i == s.n || (s.p[i] != '"' && s.p[i] != '\'' && s.p[i] != '`'))
        return false;
    *ret = (struct error_quote){at, i + 1, i - at, s.p[i]};
    return true;
}

/* Typographic quotes in UTF-8: U+201C U+201E U+00AB open, U+201D U+00BB close. */
static bool read_typographic(struct slice s, size_t at, struct error_quote *ret, bool *ret_opens)
{
    static const struct {
        const char *bytes;
        bool opens;
    } marks[] = {
        {"\xe2\x80\x9c", true},  {"\xe2\x80\x9e", true}, {"\xc2\xab", true},
        {"\xe2\x80\x9d", false}, {"\xc2\xbb", false},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct slice mark = slice_str(marks[i].bytes);
        if (!slice_starts(slice_skip(s, at), mark))
            continue;
        *ret = (struct error_quote){at, at + mark.n, 0, 'L'};
        *ret_opens = marks[i].opens;
        return true;
    }
    return false;
}

/* Closes the innermost open quote that fits, with all inside of it. Ruby and GNU quote `like this'. */
static bool quotes_close(struct error_quotes *quotes, const struct error_quote *q)
{
    for (size_t i = quotes->n; i-- > 0;) {
        const struct error_quote *open = &quotes->v[i];
        bool gnu = open->mark == '`' && q->mark == '\'';
        if (open->escapes == q->escapes && (open->mark == q->mark || gnu)) {
            quotes->n = i;
            return true;
        }
    }
    return false;
}

static void quotes_push(struct error_quotes *quotes, struct error_quote q)
{
    if (quotes->n == ERROR_QUOTES_MAX)
        quotes->deep = true;
    else
        quotes->v[quotes->n++] = q;
}

/* One ASCII quote: it closes, opens or is an apostrophe. */
static void quotes_take(struct slice before, struct error_quotes *quotes, struct error_quote q)
{
    if (is_apostrophe(before, &q) || quotes_close(quotes, &q))
        return;
    if (can_open(before, q.at))
        quotes_push(quotes, q);
}

void error_quotes_open(struct slice before, struct error_quotes *ret)
{
    *ret = (struct error_quotes){0};
    for (size_t i = 0; i < before.n;) {
        struct error_quote q;
        bool opens;
        unsigned char c = (unsigned char)before.p[i];
        if (c == '\n' || c == '\r') {
            *ret = (struct error_quotes){.line = ++i};
        } else if (read_quote(before, i, &q)) {
            quotes_take(before, ret, q);
            i = q.inside;
        } else if (c >= 0x80 && read_typographic(before, i, &q, &opens)) {
            if (opens)
                quotes_push(ret, q);
            else
                (void)quotes_close(ret, &q);
            i = q.inside;
        } else {
            i += c == '\\' ? backslashes(before, i) : 1;
        }
    }
}

/* ---- who opened them ---- */

/* The key in small letters without _ . - @ $, so that error_message, error.message and errorMessage are one.
 */
static struct slice key_plain(struct slice name, char ret[KEY_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < KEY_MAX; i++)
        if (text_is_alnum(name.p[i]))
            ret[n++] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 32 : name.p[i]);
    return slice_of(ret, n);
}

static bool stands_at(struct slice key, size_t i, const char *word)
{
    for (; *word; word++, i++)
        if (i >= key.n || key.p[i] != *word)
            return false;
    return true;
}

/* Keys are short: a search for each word by memmem took most of the time that an error's line costs. */
static bool key_has(struct slice key, const char *const *words)
{
    for (; *words; words++)
        for (size_t i = 0; i < key.n; i++)
            if (key.p[i] == **words && stands_at(key, i, *words))
                return true;
    return false;
}

static bool key_is(struct slice key, const char *const *words)
{
    while (*words && !slice_eq(key, slice_str(*words)))
        words++;
    return *words != NULL;
}

/* Settings and subjects, which may also have "error" in their names. */
static bool key_never(struct slice key)
{
    static const char *const never[] = {"retry",  "retriable", "ignor",  "title",     "subject", "known",
                                        "expect", "codes",     "types",  "pattern",   "handler", "docs",
                                        "url",    "search",    "match",  "regex",     "equals",  "filter",
                                        "alarm",  "policy",    "metric", "transient", NULL};
    return key_has(key, never);
}

static enum error_key key_kind(struct slice name)
{
    static const char *const parts[] = {"error", "exception", "stack",  "traceback",
                                        "fault", "failure",   "errmsg", NULL};
    static const char *const strong[] = {"err",   "exc",        "excinfo",  "cause",  "causedby", "reason",
                                         "trace", "sqlmessage", "original", "parent", NULL};
    static const char *const weak[] = {"message", "msg", "detail", "details", "description", "text",
                                       "event",   "log", "output", "stderr",  NULL};
    char plain[KEY_MAX];
    struct slice key = key_plain(name, plain);
    if (key_never(key))
        return ERROR_KEY_OTHER;
    if (key_has(key, parts) || key_is(key, strong))
        return ERROR_KEY_STRONG;
    return key_is(key, weak) ? ERROR_KEY_WEAK : ERROR_KEY_OTHER;
}

/* The name that ends at `end`; may be empty. */
static struct slice name_before(struct slice text, size_t end)
{
    size_t i = end;
    while (i > 0 && end - i < CLASS_MAX && is_name(text.p[i - 1]))
        i--;
    return slice_of(text.p + i, end - i);
}

enum error_key error_quote_key(struct slice text, size_t end)
{
    size_t i = skip_blanks_back(text, end);
    if (i > 1 && text.p[i - 1] == '>' && text.p[i - 2] == '=')
        i -= 2;
    else if (i > 0 && (text.p[i - 1] == ':' || text.p[i - 1] == '='))
        i--;
    else
        return ERROR_KEY_OTHER;
    i = skip_blanks_back(text, i);
    while (i > 0 &&
           (text.p[i - 1] == '"' || text.p[i - 1] == '\'' || text.p[i - 1] == '\\' || text.p[i - 1] == ']'))
        i--;
    struct slice name = name_before(text, i);
    char plain[KEY_MAX];
    struct slice word = name_before(text, skip_blanks_back(text, i - name.n));
    if (word.n && key_never(key_plain(word, plain))) /* retryable errors = [ */
        return ERROR_KEY_OTHER;
    return key_kind(name);
}

/* Whether an error class ends at `end`: OperationalError, OperationalError: */
static bool class_before(struct slice text, size_t end)
{
    static const char *const suffixes[] = {"error", "exception", "fault", "failure", NULL};
    size_t i = skip_blanks_back(text, end);
    if (i > 0 && text.p[i - 1] == ':')
        i = skip_blanks_back(text, i - 1);
    size_t start = i;
    while (start > 0 && i - start < CLASS_MAX && is_name(text.p[start - 1]))
        start--;
    struct slice name = slice_of(text.p + start, i - start);
    for (const char *const *s = suffixes; *s; s++) {
        struct slice suffix = slice_str(*s);
        if (name.n >= suffix.n && slice_eq_nocase(slice_skip(name, name.n - suffix.n), suffix))
            return true;
    }
    return false;
}

/* The bracket that holds the byte at `end`; quotes inside are not looked at, frames balance their brackets.
 */
static bool bracket_before(struct slice text, size_t end, size_t *ret)
{
    int depth = 0;
    for (size_t i = end; i-- > 0;) {
        char c = text.p[i];
        if (c == ')' || c == ']' || c == '}')
            depth++;
        else if ((c == '(' || c == '[' || c == '{') && depth-- == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* An element of a list has the list's key; an argument is an error's when an error class is called. */
static enum error_key element_key(struct slice text, size_t end)
{
    size_t bracket;
    if (!bracket_before(text, end, &bracket))
        return ERROR_KEY_OTHER;
    if (text.p[bracket] == '[')
        return error_quote_key(text, bracket);
    return text.p[bracket] == '(' && class_before(text, bracket) ? ERROR_KEY_STRONG : ERROR_KEY_OTHER;
}

static enum error_key quote_key(struct slice before, const struct error_quote *q)
{
    if (q->inside < before.n && before.p[q->inside] == '{')
        return ERROR_KEY_STRONG; /* a document in a string: its own keys decide */
    size_t end = skip_blanks_back(before, q->at);
    if (end > 0 && text_is_alnum(before.p[end - 1]) && strchr("ubrf", before.p[end - 1]) && end == q->at &&
        end > 1 && !text_is_alnum(before.p[end - 2]))
        end = skip_blanks_back(before, end - 1);
    if (end == 0)
        return ERROR_KEY_WEAK; /* the message is one string */
    char c = before.p[end - 1];
    if (c == ':' || c == '=' || c == '>') {
        enum error_key key = error_quote_key(before, end);
        return key == ERROR_KEY_OTHER && c == ':' && class_before(before, end) ? ERROR_KEY_STRONG : key;
    }
    if (c == '(' || c == '[' || c == ',')
        return element_key(before, end);
    return ERROR_KEY_OTHER;
}

enum error_key error_quotes_key(struct slice before, const struct error_quotes *quotes)
{
    enum error_key weakest = quotes->deep ? ERROR_KEY_OTHER : ERROR_KEY_STRONG;
    for (size_t i = 0; i < quotes->n && weakest != ERROR_KEY_OTHER; i++) {
        enum error_key key = quote_key(before, &quotes->v[i]);
        weakest = key < weakest ? key : weakest;
    }
    return weakest;
}
