/* Signs that a call came back. */
#include "forensics/call.h"

#include "base/text.h"

enum {
    SIGN_REST =
        24, /* bytes behind a sign at most: " OK (200)", " [req 17]"; more is another thing that the line says */
    STATUS_FIRST = 200,
    STATUS_LAST = 599,
};

static bool is_word(char c)
{
    return text_is_alnum(c) || c == '_';
}

/* The call goes on, comes again, or did not go well: then what it waited for may be the host. */
static bool is_doubtful(struct slice line)
{
    static const char *const words[] = {
        "retr",    "again",   "timeout",    "time-out", "time out",   "timed out", "not ",   "n't",
        "never",   "wait",    "before",     "until",    "will ",      "fail",      "error",  "refused",
        "reset",   "abort",   "hang",       "next",     "then ",      "now ",      "start",  "begin",
        "sleep",   "delay",   "poll",       "deadline", "giving",     "expire",    "remain", "left",
        "attempt", "calling", "requesting", "sending",  "connecting", NULL};
    const char *const *w = words;
    while (*w && slice_find_nocase(line, slice_str(*w)) < 0)
        w++;
    return *w != NULL;
}

/* Behind the last URL, or the whole line. */
static struct slice behind_urls(struct slice line)
{
    for (ptrdiff_t at; (at = slice_find(line, SLICE("://"))) >= 0;) {
        line = slice_skip(line, (size_t)at + 3);
        while (line.n && !slice_is_space(*line.p) && *line.p != '"' && *line.p != '\'')
            line = slice_skip(line, 1);
    }
    return line;
}

/* A number that stands alone: not in a word, an id, an address, a version. */
static bool take_number(struct slice line, size_t at, struct slice *ret_rest, uint64_t *ret)
{
    if (at > 0 && (is_word(line.p[at - 1]) || (line.p[at - 1] != '\0' && strchr(".:-/", line.p[at - 1]))))
        return false;
    *ret_rest = slice_skip(line, at);
    return text_u64(ret_rest, ret);
}

/* 12 ms | 12.5ms | 3 seconds; *ret_rest: behind it. */
static bool take_duration(struct slice line, size_t at, struct slice *ret_rest)
{
    static const char *const units[] = {"milliseconds", "millis", "msec", "ms", "seconds",   "second",
                                        "secs",         "sec",    "s",    "us", "\xc2\xb5s", NULL};
    uint64_t n;
    if (!take_number(line, at, ret_rest, &n))
        return false;
    if (text_char(ret_rest, '.') && !text_u64(ret_rest, &n))
        return false;
    (void)text_char(ret_rest, ' ');
    for (const char *const *u = units; *u; u++) {
        struct slice behind = *ret_rest;
        if (!text_literal(&behind, slice_str(*u)) || (behind.n && is_word(*behind.p)))
            continue;
        *ret_rest = behind;
        return true;
    }
    return false;
}

static bool take_status(struct slice line, size_t at, struct slice *ret_rest)
{
    uint64_t n;
    return take_number(line, at, ret_rest, &n) && n >= STATUS_FIRST && n <= STATUS_LAST &&
           !(ret_rest->n && (is_word(*ret_rest->p) || *ret_rest->p == '.' || *ret_rest->p == ':'));
}

static bool ends_in(struct slice before, const char *const *words)
{
    before = slice_rtrim(before);
    for (; *words; words++) {
        struct slice word = slice_str(*words);
        if (before.n < word.n || !slice_eq_nocase(slice_skip(before, before.n - word.n), word))
            continue;
        size_t start = before.n - word.n;
        if (start == 0 || !is_word(before.p[start - 1]) || !is_word(*word.p))
            return true;
    }
    return false;
}

static bool has_status(struct slice line)
{
    struct slice rest;
    for (size_t i = 0; i < line.n; i++)
        if (text_is_digit(line.p[i]) && take_status(line, i, &rest))
            return true;
    return false;
}

/* A number at `at` that says how long it took or what came back. */
static bool number_tells(struct slice line, struct slice part, size_t at, struct slice *ret_rest)
{
    static const char *const took[] = {"in", "took", "duration", "duration:", "duration=", NULL};
    static const char *const came[] = {"returned",   "<-",         "->",          "=>",
                                       "status",     "status:",    "status=",     "HTTP/1.1\"",
                                       "HTTP/1.0\"", "HTTP/2.0\"", "status code", NULL};
    struct slice before = slice_head(part, at);
    if (take_duration(part, at, ret_rest))
        return ends_in(before, took) || has_status(slice_head(line, (size_t)(part.p + at - line.p)));
    return take_status(part, at, ret_rest) && ends_in(before, came);
}

static bool word_tells(struct slice part, size_t at, struct slice *ret_rest)
{
    static const char *const words[] = {"completed", "finished", "responded", NULL};
    if (at > 0 && is_word(part.p[at - 1]))
        return false;
    for (const char *const *w = words; *w; w++) {
        size_t n = strlen(*w);
        *ret_rest = slice_skip(part, at + n);
        if (slice_eq_nocase(slice_head(slice_skip(part, at), n), slice_str(*w)) &&
            !(ret_rest->n && is_word(*ret_rest->p)))
            return true;
    }
    return false;
}

bool call_over(struct slice text)
{
    struct slice line = {"", 0}, rest;
    text = slice_trim(text);
    (void)text_line(&text, &line);
    line = slice_trim(line);
    if (is_doubtful(line))
        return false;
    struct slice part = behind_urls(line);
    for (size_t i = 0; i < part.n; i++) {
        bool tells =
            text_is_digit(part.p[i]) ? number_tells(line, part, i, &rest) : word_tells(part, i, &rest);
        if (tells && rest.n <= SIGN_REST)
            return true;
    }
    return false;
}
