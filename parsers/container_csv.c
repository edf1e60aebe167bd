/* CSV downloads of the console: log events (`timestamp,message`, the message keeps its line end inside the
 * quotes) and Logs Insights results (`@timestamp,@message,@logStream…`), and dumps of scripts with further
 * columns. Source: field guide, cloudwatch-exports 3.8. RFC 4180 quoting; CRLF and BOM are taken.
 *     timestamp,message
 *     1689878257729,"RESTORE_START Runtime Version: java:17.v9<TAB>…<LF>
 *     " */
#include "parsers/container.h"

enum column { COLUMN_NONE, COLUMN_TIME, COLUMN_MESSAGE, COLUMN_STREAM, COLUMN_GROUP };
enum { COLUMNS_MAX = 64 };

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
        h->columns[h->n++] = c;
    }
}

/* One field at s; its quotes doubled inside are undone in `out` when there are any. *ret_ended is false when
 * the text ends inside the quotes. Leaves s behind the field, at a comma, a line end or the end. */
static struct slice take_field(struct slice *s, struct buf *out, bool *ret_ended)
{
    *ret_ended = true;
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
    uint64_t ms;
    int64_t time;
    if (text_u64(&rest, &ms) && rest.n == 0 && (int64_t)ms >= TIME_MIN && (int64_t)ms <= TIME_MAX)
        return (int64_t)ms;
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

/* One row at the front of the text. Returns its length, 0 when the text ends before the row does. */
static size_t take_row(struct slice text, const struct header *h, struct buf *scratch, struct entry *e)
{
    struct slice rest = text;
    buf_clear(scratch);
    (void)buf_reserve(scratch, text.n < LIMIT_ENTRY ? text.n : LIMIT_ENTRY);
    for (size_t i = 0;; i++) {
        bool ended;
        struct slice field = take_field(&rest, scratch, &ended);
        if (!ended)
            return 0;
        if (i < h->n)
            set_column(h->columns[i], field, e);
        if (rest.n == 0)
            return 0;
        if (text_char(&rest, '\n'))
            return text.n - rest.n;
        if (!text_char(&rest, ','))
            (void)slice_cut(&rest, ',');
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

static void emit(struct input *in, const struct sink *sink, struct entry *e, uint64_t line)
{
    e->loc = input_loc(in, line, in->offset);
    if (e->time == TIME_NONE) {
        source_unrecognised(in->source, e->loc, e->text);
        return;
    }
    in->source->entries++;
    sink->entry(sink->ctx, e);
}

/* A quote that never closes swallows all that follows: the row is dropped and reading goes on with the next
 * line. */
static size_t broken_row(struct input *in, uint64_t line)
{
    struct slice window = input_window(in), first;
    input_anomaly(in, ANOMALY_CSV_DAMAGED, line, in->offset, "a quoted field never ends");
    struct slice rest = window;
    (void)text_line(&rest, &first);
    return window.n - rest.n;
}

static void csv_parse(struct input *in, const struct sink *sink)
{
    struct header h = {.n = 0};
    struct buf scratch;
    uint64_t line = 1;
    bool more = true;
    buf_init(&scratch, LIMIT_ENTRY);
    while (more || input_window(in).n > 0) {
        struct slice window = input_window(in);
        struct entry e = {.time = TIME_NONE, .text = {"", 0}};
        const char *first_end = window.n ? memchr(window.p, '\n', window.n) : NULL;
        size_t n = h.n == 0 && first_end ? (size_t)(first_end - window.p) + 1 : 0;
        if (n)
            read_header(slice_of(window.p, n - 1), &h);
        else if (first_end && (n = take_row(window, &h, &scratch, &e)) != 0 && n > 1)
            emit(in, sink, &e, line);
        if (n == 0 && more && window.n < LIMIT_ENTRY) {
            more = input_more(in);
            if (!more && input_window(in).n && input_window(in).p[input_window(in).n - 1] != '\n') {
                (void)buf_reserve(&in->window, 1);
                in->window.p[in->window.n++] = '\n';
            }
            continue;
        }
        if (n == 0)
            n = broken_row(in, line);
        line += count_lines(slice_head(input_window(in), n));
        input_advance(in, n);
    }
    input_lines(in, line - 1);
    buf_done(&scratch);
}

static int csv_score(struct slice head)
{
    struct header h;
    struct slice line;
    if (!text_line(&head, &line))
        return 0;
    read_header(line, &h);
    return h.has_time && h.has_message ? 96 : 0;
}

const struct container container_csv = {
    .name = "csv",
    .doc = "CSV of the console: log events (timestamp,message) and Logs Insights results",
    .score = csv_score,
    .parse = csv_parse,
};
