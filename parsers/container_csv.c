/* CSV downloads of the console: log events (`timestamp,message`, the message keeps its line end inside the
 * quotes) and Logs Insights results (`@timestamp,@message,@logStream…`), and dumps of scripts with further
 * columns. Source: field guide, cloudwatch-exports 3.8. RFC 4180 quoting; CRLF and BOM are taken.
 *     timestamp,message
 *     1689878257729,"RESTORE_START Runtime Version: java:17.v9<TAB>…<LF>
 *     " */
#include "parsers/container.h"

enum column { COLUMN_NONE, COLUMN_TIME, COLUMN_MESSAGE, COLUMN_STREAM, COLUMN_GROUP };
enum { COLUMNS_MAX = 1024 };

static enum column column_of(struct slice name)
{
    static const struct {
        const char *name;
        enum column column;
    } table[] = {
        {"timestamp", COLUMN_TIME},     {"@timestamp", COLUMN_TIME},  {"eventTime", COLUMN_TIME},
        {"message", COLUMN_MESSAGE},    {"@message", COLUMN_MESSAGE}, {"logStreamName", COLUMN_STREAM},
        {"@logStream", COLUMN_STREAM},  {"logStream", COLUMN_STREAM}, {"log_stream", COLUMN_STREAM},
        {"logGroupName", COLUMN_GROUP}, {"@log", COLUMN_GROUP},       {"logGroup", COLUMN_GROUP},
        {"_time", COLUMN_TIME},         {"_raw", COLUMN_MESSAGE},    /* Splunk */
        {"_messagetime", COLUMN_TIME},                               /* Sumo Logic */
        {"Time", COLUMN_TIME},          {"Line", COLUMN_MESSAGE},    /* Grafana */
        {"Date", COLUMN_TIME},          {"Message", COLUMN_MESSAGE}, /* Datadog */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (slice_eq(name, slice_str(table[i].name)))
            return table[i].column;
    return COLUMN_NONE;
}

struct header {
    enum column columns[COLUMNS_MAX];
    size_t n;
    bool has_time, has_message;
    bool more;     /* columns than COLUMNS_MAX */
    bool insights; /* names of Logs Insights are among them */
};

static void read_header(struct slice line, struct header *h)
{
    *h = (struct header){.n = 0};
    while (line.n && h->n < COLUMNS_MAX) {
        struct slice name = slice_trim(slice_cut(&line, ','));
        if (name.n > 1 && *name.p == '"')
            name = slice_of(name.p + 1, name.n - 2);
        enum column c = column_of(name);
        h->has_time |= c == COLUMN_TIME;
        h->has_message |= c == COLUMN_MESSAGE;
        h->insights |= slice_starts(name, SLICE("@"));
        h->columns[h->n++] = c;
    }
    h->more = line.n > 0;
}

/* The console guards text that a spreadsheet would take for a formula, with a mark before the quotes: '"---". */
static void skip_guard(struct slice *s)
{
    enum { GUARDED = 2 };
    if (s->n > GUARDED && slice_starts(*s, SLICE("'\"")) && memchr("-+=@", s->p[GUARDED], 4))
        *s = slice_skip(*s, 1);
}

/* One field at s; its quotes doubled inside are undone in `out` when there are any. *ret_ended is false when
 * the text ends inside the quotes. Leaves s behind the field, at a comma, a line end or the end. */
static struct slice take_field(struct slice *s, struct buf *out, bool *ret_ended)
{
    *ret_ended = true;
    skip_guard(s);
    if (s->n == 0 || *s->p != '"') {
        size_t n = 0;
        while (n < s->n && s->p[n] != ',' && s->p[n] != '\n')
            n++;
        struct slice field = slice_head(*s, n);
        *s = slice_skip(*s, n);
        return slice_rtrim(field);
    }
    struct slice rest = slice_skip(*s, 1);
    const char *begin = rest.p;
    size_t kept = out->n;
    bool doubled = false;
    for (;;) {
        const char *quote = rest.n ? memchr(rest.p, '"', rest.n) : NULL;
        if (!quote) {
            *ret_ended = false;
            *s = slice_skip(*s, s->n);
            return slice_of(begin, (size_t)(s->p - begin));
        }
        rest = slice_skip(rest, (size_t)(quote - rest.p) + 1);
        if (rest.n == 0 || *rest.p != '"') {
            *s = rest;
            if (!doubled)
                return slice_of(begin, (size_t)(quote - begin));
            (void)buf_append(out, slice_of(begin, (size_t)(quote - begin)));
            return slice_of(out->p + kept, out->n - kept);
        }
        (void)buf_append(out, slice_of(begin, (size_t)(rest.p - begin)));
        rest = slice_skip(rest, 1);
        begin = rest.p;
        doubled = true;
    }
}

static int64_t time_of(struct slice s)
{
    struct slice rest = s;
    int64_t time;
    if (text_epoch(&rest, &time) && rest.n == 0)
        return time;
    rest = s;
    return text_time(&rest, &time) ? time : TIME_NONE;
}

static void set_column(enum column column, struct slice field, struct entry *e)
{
    switch (column) {
    case COLUMN_TIME: e->time = time_of(field); return;
    case COLUMN_MESSAGE: e->text = field; return;
    case COLUMN_STREAM: e->stream = field; return;
    case COLUMN_GROUP: e->group = field; return;
    case COLUMN_NONE: return;
    }
}

/* The time in the first column, where rows begin with one. */
static bool row_start(struct slice line, const struct header *h)
{
    if (h->n == 0 || h->columns[0] != COLUMN_TIME)
        return true;
    struct slice first = slice_cut(&line, ',');
    if (first.n > 1 && *first.p == '"')
        first = slice_of(first.p + 1, first.n - 2);
    return time_of(first) != TIME_NONE;
}

/* A quote that opens a row's message closes the field of a row before it whose own quote is missing: what
 * stands before it on its line is then a row's time. */
static bool swallows_row(struct slice field, const struct header *h)
{
    size_t at = field.n;
    if (field.n == 0 || field.p[field.n - 1] != ',' || h->columns[0] != COLUMN_TIME)
        return false;
    while (at > 0 && field.p[at - 1] != '\n')
        at--;
    return at > 0 && row_start(slice_skip(field, at), h);
}

enum row { ROW_WHOLE, ROW_OPEN, ROW_BROKEN };

/* One row at the front of the text; its length in *ret_n when it is whole. Open: the text ends before the row
 * does. */
static enum row take_row(struct slice text, const struct header *h, struct buf *scratch, struct entry *e,
                         size_t *ret_n)
{
    struct slice rest = text;
    buf_clear(scratch);
    (void)buf_reserve(scratch, text.n < LIMIT_ENTRY ? text.n : LIMIT_ENTRY);
    for (size_t i = 0;; i++) {
        bool ended;
        struct slice field = take_field(&rest, scratch, &ended);
        if (!ended)
            return ROW_OPEN;
        if (i < h->n)
            set_column(h->columns[i], field, e);
        text_skip_blanks(&rest);
        (void)text_char(&rest, '\r');
        if (swallows_row(field, h))
            return ROW_BROKEN;
        if (rest.n == 0)
            return ROW_OPEN;
        if (text_char(&rest, '\n')) {
            *ret_n = text.n - rest.n;
            return ROW_WHOLE;
        }
        if (!text_char(&rest, ','))
            return ROW_BROKEN;
    }
}

static uint64_t count_lines(struct slice s)
{
    uint64_t n = 0;
    const char *hit;
    while (s.n && (hit = memchr(s.p, '\n', s.n))) {
        n++;
        s = slice_skip(s, (size_t)(hit - s.p) + 1);
    }
    return n;
}

struct table {
    struct input *in;
    const struct sink *sink;
    struct header header;
    struct buf scratch;
    uint64_t line;
    bool more;   /* the input may have further bytes */
    bool broken; /* a row was: its lines go, up to where the next row begins */
};

static void emit(const struct table *t, struct entry *e)
{
    struct input *in = t->in;
    e->loc = input_loc(in, t->line, in->offset);
    if (e->time == TIME_NONE && t->header.has_time) {
        source_unrecognised(in->source, e->loc, e->text);
        return;
    }
    in->source->entries++;
    t->sink->entry(t->sink->ctx, e);
}

/* A quote that never closes swallows all that follows: the row is dropped, and reading goes on with the next
 * line that begins as a row does. */
static size_t broken_row(struct table *t, size_t first_line)
{
    if (!t->broken)
        input_anomaly(t->in, ANOMALY_CSV_DAMAGED, t->line, t->in->offset,
                      "a row's quotes do not match: it was left out");
    t->broken = true;
    return first_line;
}

/* Deals with the row at the front of the window; how many bytes are done with, 0 when more are needed. */
static size_t next_row(struct table *t, struct slice window)
{
    const char *end = window.n ? memchr(window.p, '\n', window.n) : NULL;
    struct entry e = {.time = TIME_NONE, .text = {"", 0}};
    size_t line = end ? (size_t)(end - window.p) + 1 : 0, n = 0;
    bool full = !t->more || window.n >= LIMIT_ENTRY;
    if (!end)
        return full ? broken_row(t, window.n) : 0;
    if (t->header.n == 0) {
        read_header(slice_of(window.p, line - 1), &t->header);
        if (t->header.more)
            input_anomaly(t->in, ANOMALY_CSV_DAMAGED, t->line, t->in->offset,
                          "more columns than the limit; those behind it are not read");
        return line;
    }
    if (t->broken && !row_start(slice_head(window, line - 1), &t->header))
        return line;
    switch (take_row(window, &t->header, &t->scratch, &e, &n)) {
    case ROW_WHOLE: break;
    case ROW_OPEN: return full ? broken_row(t, line) : 0;
    case ROW_BROKEN: t->broken = false; return broken_row(t, line);
    }
    t->broken = false;
    bool empty = slice_trim(slice_head(window, n)).n == 0;
    if (!empty && t->header.has_message)
        emit(t, &e);
    if (!empty && !t->header.has_message) {
        input_anomaly(t->in, ANOMALY_NO_MESSAGE, t->line, t->in->offset, NO_MESSAGE);
        t->in->source->records++;
    }
    return n;
}

/* A last row without its line end is given one. */
static void end_last_row(struct input *in)
{
    struct slice window = input_window(in);
    if (window.n == 0 || window.p[window.n - 1] == '\n' || !buf_reserve(&in->window, 1))
        return;
    in->window.p[in->window.n++] = '\n';
}

static void csv_parse(struct input *in, const struct sink *sink)
{
    struct table t = {.in = in, .sink = sink, .line = 1, .more = true};
    buf_init(&t.scratch, LIMIT_ENTRY);
    while (t.more || input_window(in).n > 0) {
        size_t n = next_row(&t, input_window(in));
        if (n == 0) {
            t.more = input_more(in);
            if (!t.more)
                end_last_row(in);
            continue;
        }
        t.line += count_lines(slice_head(input_window(in), n));
        input_advance(in, n);
    }
    input_lines(in, t.line - 1);
    buf_done(&t.scratch);
}

static int csv_score(struct slice head)
{
    struct header h;
    struct slice line;
    if (!text_line(&head, &line))
        return 0;
    read_header(line, &h);
    if (h.n == 1 && h.has_message) /* a query for the message alone */
        return h.insights ? 96 : 60;
    return h.has_time && h.has_message ? 96 : h.insights && h.n > 1 ? 90 : 0;
}

const struct container container_csv = {
    .name = "csv",
    .doc = "CSV of the console: log events (timestamp,message), Logs Insights results",
    .score = csv_score,
    .parse = csv_parse,
};
