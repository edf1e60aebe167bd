/* Application text of the managed runtimes: who wrote it, at which level, and whether the runtime itself
 * reports an error that nobody caught. Grammar by runtime: field guide, lambda-text-logs 1.4.
 *     2024-01-27T17:12:44.262Z<TAB>ab684dea-…<TAB>INFO<TAB>text                 Node, .NET
 *     [INFO]<TAB>2020-02-14T18:19:39.441Z<TAB>dbb585bb-…<TAB>text               Python logging
 *     [ERROR] KeyError: 'x'<LF>Traceback (most recent call last):               Python, uncaught
 *     2016-04-14T23:52:45.715Z b47cde10-… Task timed out after 120.00 seconds   the platform, old style */
#include "parsers/message.h"

static void skip_gap(struct slice *s)
{
    text_skip_blanks(s);
}

/* A request id, or the word that stands for none. */
static bool take_request(struct slice *s, struct event *e)
{
    struct slice rest = *s, word;
    if (!text_word(&rest, &word))
        return false;
    if (slice_eq(word, SLICE("undefined"))) {
        e->in_init = true;
    } else {
        bool other = s->n > word.n && s->p[word.n] == '\t' && level_parse(word) == LEVEL_NONE;
        struct slice id = word;
        if (!(other ? message_id(&id, e) : message_uuid(&id, e)))
            return false;
    }
    *s = rest;
    return true;
}

static void take_level(struct slice *s, struct event *e)
{
    struct slice rest = *s, word;
    if (!text_word(&rest, &word))
        return;
    while (word.n && (word.p[word.n - 1] == ':' || word.p[word.n - 1] == ']'))
        word.n--;
    if (word.n && *word.p == '[')
        word = slice_skip(word, 1);
    enum level level = level_parse(word);
    if (level == LEVEL_NONE)
        return;
    e->level = level;
    *s = rest;
}

/* The configured limit is the whole part, since the value is measured. */
bool message_timeout(struct slice s, struct event *e)
{
    struct decimal seconds;
    if (!e->has_id || !text_literal(&s, SLICE("Task timed out after ")) || !text_decimal(&s, &seconds) ||
        !text_literal(&s, SLICE(" seconds")) || slice_trim(s).n)
        return false;
    e->kind = EVENT_TIMEOUT;
    e->status = STATUS_TIMEOUT;
    e->limit_ms = (uint64_t)(seconds.scaled / DECIMAL_SCALE) * 1000;
    return true;
}

/* A level and the tab behind it. */
static bool level_exact(struct slice *s, enum level *ret)
{
    if (text_literal(s, SLICE("INFO\t"))) { /* most lines */
        *ret = LEVEL_INFO;
        return true;
    }
    const char *tab = memchr(s->p, '\t', s->n < 12 ? s->n : 12);
    if (!tab || (*ret = level_parse(slice_of(s->p, (size_t)(tab - s->p)))) == LEVEL_NONE)
        return false;
    *s = slice_skip(*s, (size_t)(tab - s->p) + 1);
    return true;
}

/* The exact form of today's Node and .NET runtimes, which is most of what a log holds: 24 bytes of time, TAB, 36 of
 * id, TAB, level, TAB. Says what app_time_first says of it, without looking for where things end. */
static bool app_exact(struct slice text, struct event *e)
{
    enum { ID_AT = 25, LEVEL_AT = 62 };
    if (text.n <= LEVEL_AT || text.p[ID_AT - 1] != '\t' || text.p[LEVEL_AT - 1] != '\t' ||
        !text_time_at(text.p, &e->time) || !text_uuid_at(text.p + ID_AT, e->id.bytes))
        return false;
    struct slice rest = slice_skip(text, LEVEL_AT);
    if (!level_exact(&rest, &e->level))
        return false;
    e->has_id = e->is_uuid = true;
    e->id_text = slice_of(text.p + ID_AT, LEVEL_AT - ID_AT - 1);
    e->text = slice_trim(rest);
    if (e->level >= LEVEL_ERROR)
        message_unhandled_node(e);
    return true;
}

static void unhandled_behind_id(struct event *e)
{
    if (e->level == LEVEL_NONE)
        message_unhandled_node_answer(e);
    else
        message_unhandled_node(e);
}

/* id TAB level TAB text: what is left of Node's line when a tool has taken its time. */
static bool app_id_first(struct slice text, struct event *e)
{
    enum { ID_N = 36 };
    struct slice rest = text;
    if (text.n <= ID_N || text.p[ID_N] != '\t' || !take_request(&rest, e))
        return false;
    skip_gap(&rest);
    take_level(&rest, e);
    e->text = slice_trim(rest);
    unhandled_behind_id(e);
    return true;
}

/* time TAB id TAB [level TAB] text; also with blanks for tabs, as pasted. */
static bool app_time_first(struct slice text, struct event *e)
{
    struct slice rest = text;
    if (!text_time(&rest, &e->time) || rest.n == 0)
        return false;
    /* Python's and Java's own times have no zone and no request id behind them. */
    skip_gap(&rest);
    if (!take_request(&rest, e)) {
        take_level(&rest, e);
        e->text = slice_trim(rest);
        return true;
    }
    skip_gap(&rest);
    if (message_timeout(rest, e))
        return true;
    take_level(&rest, e);
    e->text = slice_trim(rest);
    unhandled_behind_id(e);
    return true;
}

/* [LEVEL] TAB time TAB id TAB text */
static bool app_level_first(struct slice text, struct event *e)
{
    struct slice rest = slice_skip(text, 1), word = slice_cut(&rest, ']');
    if (word.n == 0 || word.n > 12 || (e->level = level_parse(word)) == LEVEL_NONE)
        return false;
    skip_gap(&rest);
    if (text_time(&rest, &e->time)) {
        if (rest.n > 1 && rest.p[0] == '\t' && rest.p[1] == '\t')
            e->in_init = true; /* an empty id: no request yet */
        skip_gap(&rest);
        (void)take_request(&rest, e);
        e->text = slice_trim(rest);
        return true;
    }
    e->text = slice_trim(rest);
    message_unhandled_python(e);
    return true;
}

/* I, [2024-08-18T11:04:11.524 #8]  INFO <id> -- progname: text */
static bool app_ruby(struct slice text, struct event *e)
{
    struct slice rest = text;
    if (text.n < 5 || text.p[1] != ',' || text.p[2] != ' ' || text.p[3] != '[')
        return false;
    rest = slice_skip(rest, 4);
    if (!text_time(&rest, &e->time))
        return false;
    (void)slice_cut(&rest, ']');
    skip_gap(&rest);
    take_level(&rest, e);
    skip_gap(&rest);
    (void)take_request(&rest, e);
    skip_gap(&rest);
    (void)text_literal(&rest, SLICE("-- "));
    e->text = slice_trim(rest);
    return true;
}

void message_app(struct slice text, struct event *e)
{
    e->kind = EVENT_APP;
    e->text = text;
    char first = text.n ? *text.p : '\0';
    if (first >= '0' && first <= '9' && (app_exact(text, e) || app_time_first(text, e)))
        return;
    if (first == '[' && app_level_first(text, e))
        return;
    if (app_ruby(text, e) || app_id_first(text, e))
        return;
    e->time = TIME_NONE;
    struct slice rest = text;
    take_level(&rest, e);
    skip_gap(&rest);
    e->text = rest.n ? rest : text;
    message_unhandled(text, e);
}
