/* coldcase timeline: one record for each attempt of each invocation, in order of time. Keys and order are the
 * contract's; csv has the same columns with the source as three. */
#include "reports/command.h"

#include "base/jsonw.h"
#include "base/order.h"
#include "forensics/freeze.h"
#include "parsers/json.h"
#include "reports/escape.h"

#include <stdio.h>
#include <unistd.h>

/* ---- what a record holds beside the row ---- */

struct record {
    const struct evidence *ev;
    const struct attempt *a;
    const struct stream *s;
    struct slice id;
    char id_text[37];
    struct seen *signatures; /* by name */
    size_t signatures_n;
};

static struct slice name(const struct record *r, uint32_t id)
{
    return intern_name(&r->ev->index.names, id);
}

struct seen {
    const struct attempt *a;
    uint32_t signature;
};

static int by_attempt(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->signature < b->signature ? -1 : a->signature > b->signature;
}

typedef VEC(struct seen) seens;

/* By attempt, each signature of it once. */
static void collect_signatures(const struct index *x, seens *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < x->marks.n; i++)
        if (x->marks.v[i].kind == MARK_SIGNATURE && x->marks.v[i].attempt)
            *vec_push(ret) = (struct seen){x->marks.v[i].attempt, x->marks.v[i].value};
    vec_sort(ret, by_attempt);
    for (size_t i = 0; i < ret->n; i++)
        if (i == 0 || by_attempt(&ret->v[i], &ret->v[n - 1]) != 0)
            ret->v[n++] = ret->v[i];
    ret->n = n;
}

static const struct signatures *sorting; /* qsort has no context */

static int by_signature_name(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    return strcmp(signatures_get(sorting, a->signature)->name, signatures_get(sorting, b->signature)->name);
}

static void take_signatures(struct record *r, const seens *all)
{
    size_t low = order_lower(0, all->n, i, all->v[i].a < r->a);
    r->signatures = all->v ? all->v + low : NULL;
    r->signatures_n = 0;
    while (low + r->signatures_n < all->n && all->v[low + r->signatures_n].a == r->a)
        r->signatures_n++;
    sorting = r->ev->signatures;
    if (r->signatures_n > 1)
        qsort(r->signatures, r->signatures_n, sizeof *r->signatures, by_signature_name);
}

/* ---- columns, one table for all formats ---- */

static void name_or_null(struct jsonw *w, const struct record *r, uint32_t id)
{
    if (id)
        jsonw_string(w, name(r, id));
    else
        jsonw_null(w);
}

static void number_or_null(struct jsonw *w, uint64_t n)
{
    if (n)
        jsonw_i64(w, (int64_t)n);
    else
        jsonw_null(w);
}

static void put_id(struct jsonw *w, const struct record *r)
{
    jsonw_string(w, r->id);
}
static void put_attempt(struct jsonw *w, const struct record *r)
{
    jsonw_i64(w, (int64_t)attempt_number(&r->ev->index, r->a));
}
static void put_function(struct jsonw *w, const struct record *r)
{
    name_or_null(w, r, r->a->function);
}
static void put_version(struct jsonw *w, const struct record *r)
{
    name_or_null(w, r, r->a->version);
}
static void put_group(struct jsonw *w, const struct record *r)
{
    name_or_null(w, r, r->s->group);
}
static void put_stream(struct jsonw *w, const struct record *r)
{
    name_or_null(w, r, r->s->name);
}
static void put_start(struct jsonw *w, const struct record *r)
{
    jsonw_time(w, attempt_start(r->a));
}
static void put_end(struct jsonw *w, const struct record *r)
{
    jsonw_time(w, attempt_end(r->a) != TIME_NONE ? attempt_end(r->a) : attempt_report(r->a));
}
static void put_duration(struct jsonw *w, const struct record *r)
{
    jsonw_decimal(w, r->a->duration);
}
static void put_billed(struct jsonw *w, const struct record *r)
{
    jsonw_decimal(w, attempt_billed(r->a));
}
static void put_memory(struct jsonw *w, const struct record *r)
{
    number_or_null(w, r->a->memory_mb);
}
static void put_max_memory(struct jsonw *w, const struct record *r)
{
    number_or_null(w, r->a->max_memory_mb);
}
static void put_init(struct jsonw *w, const struct record *r)
{
    jsonw_decimal(w, r->a->flags & ATTEMPT_RESTORED ? DECIMAL_UNKNOWN : r->a->init);
}
static void put_restore(struct jsonw *w, const struct record *r)
{
    jsonw_decimal(w, r->a->flags & ATTEMPT_RESTORED ? r->a->init : DECIMAL_UNKNOWN);
}
static void put_cold(struct jsonw *w, const struct record *r)
{
    jsonw_bool(w, attempt_cold(r->a));
}
static void put_status(struct jsonw *w, const struct record *r)
{
    jsonw_string(w, slice_str(attempt_status_name(attempt_status(r->a))));
}
static void put_error(struct jsonw *w, const struct record *r)
{
    name_or_null(w, r, r->a->error_type);
}
static void put_trace(struct jsonw *w, const struct record *r)
{
    char text[TRACE_TEXT_SIZE];
    struct slice trace = attempt_trace(&r->ev->index, r->a, text);
    if (trace.n)
        jsonw_string(w, trace);
    else
        jsonw_null(w);
}
static void put_lines(struct jsonw *w, const struct record *r)
{
    jsonw_i64(w, r->a->lines);
}
static void put_signatures(struct jsonw *w, const struct record *r)
{
    jsonw_open(w, '[');
    for (size_t i = 0; i < r->signatures_n; i++)
        jsonw_string(w, slice_str(signatures_get(r->ev->signatures, r->signatures[i].signature)->name));
    jsonw_close(w, ']');
}
static void put_source(struct jsonw *w, const struct record *r)
{
    jsonw_open(w, '{');
    jsonw_put_string(w, "file", slice_str(r->ev->sources.v[r->a->loc.source].path));
    jsonw_put_i64(w, "line", r->a->loc.line);
    jsonw_put_count(w, "offset", r->a->loc.offset);
    jsonw_close(w, '}');
}

struct column {
    const char *name;
    void (*put)(struct jsonw *w, const struct record *r);
};

static const struct column columns[] = {
    {"request_id", put_id},
    {"attempt", put_attempt},
    {"function", put_function},
    {"version", put_version},
    {"log_group", put_group},
    {"log_stream", put_stream},
    {"start", put_start},
    {"end", put_end},
    {"duration_ms", put_duration},
    {"billed_ms", put_billed},
    {"memory_mb", put_memory},
    {"max_memory_mb", put_max_memory},
    {"init_ms", put_init},
    {"restore_ms", put_restore},
    {"cold", put_cold},
    {"status", put_status},
    {"error_type", put_error},
    {"trace_id", put_trace},
    {"lines", put_lines},
    {"signatures", put_signatures},
    {"source", put_source},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void write_ndjson(struct buf *out, const struct record *r)
{
    struct jsonw w = {out, false};
    jsonw_open(&w, '{');
    for (size_t i = 0; i < COLUMNS; i++) {
        jsonw_key(&w, columns[i].name);
        columns[i].put(&w, r);
    }
    jsonw_close(&w, '}');
    buf_byte(out, '\n');
}

/* ---- csv ---- */

static void csv_header(struct buf *out)
{
    for (size_t i = 0; i + 1 < COLUMNS; i++)
        buf_printf(out, "%s,", columns[i].name);
    buf_append(out, SLICE("source_file,source_line,source_offset\r\n"));
}

/* Numbers and words as in JSON, strings as they are; null is an empty field. */
static void csv_field(struct buf *out, struct slice json)
{
    if (json.n < 2 || *json.p != '"') {
        buf_append(out, slice_eq(json, SLICE("null")) ? SLICE("") : json);
        return;
    }
    struct slice raw = slice_of(json.p + 1, json.n - 2);
    struct buf text;
    buf_init(&text, 0);
    bool escaped = memchr(raw.p, '\\', raw.n) && json_decode(raw, &text);
    escape_csv(out, escaped ? buf_slice(&text) : raw);
    buf_done(&text);
}

static void write_csv(struct buf *out, const struct record *r)
{
    struct buf field;
    buf_init(&field, 0);
    for (size_t i = 0; i + 2 < COLUMNS; i++) {
        struct jsonw w = {&field, false};
        buf_clear(&field);
        columns[i].put(&w, r);
        csv_field(out, buf_slice(&field));
        buf_byte(out, ',');
    }
    buf_done(&field);
    for (size_t i = 0; i < r->signatures_n; i++)
        buf_printf(out, "%s%s", i ? " " : "",
                   signatures_get(r->ev->signatures, r->signatures[i].signature)->name);
    buf_byte(out, ',');
    escape_csv(out, slice_str(r->ev->sources.v[r->a->loc.source].path));
    buf_printf(out, ",%u,%llu\r\n", r->a->loc.line, (unsigned long long)r->a->loc.offset);
}

/* ---- text ---- */

static const char *status_color(enum attempt_status status)
{
    if (status == ATTEMPT_OK)
        return "";
    return status == ATTEMPT_INCOMPLETE ? "\033[33m" : "\033[31m";
}

static void put_ms(struct buf *out, struct decimal d)
{
    char text[DECIMAL_TEXT_MAX] = "-";
    size_t n = decimal_known(d) ? decimal_print(d, text) : 1;
    buf_printf(out, "%10.*s ", (int)n, text);
}

static void write_text(struct buf *out, const struct record *r, bool color)
{
    char time[TEXT_TIME_SIZE] = "-";
    enum attempt_status status = attempt_status(r->a);
    const char *on = color ? status_color(status) : "";
    if (attempt_begin(r->a) != TIME_NONE)
        text_time_print(attempt_begin(r->a), time);
    buf_printf(out, "%-24s ", time);
    escape_terminal(out, r->id);
    buf_printf(out, " %2zu %s%-11s%s ", attempt_number(&r->ev->index, r->a), on, attempt_status_name(status),
               *on ? "\033[0m" : "");
    put_ms(out, r->a->duration);
    buf_append(out, SLICE("ms "));
    if (attempt_cold(r->a)) {
        buf_append(out, r->a->flags & ATTEMPT_RESTORED ? SLICE("restore") : SLICE("init   "));
        put_ms(out, r->a->init);
        buf_append(out, SLICE("ms "));
    } else {
        buf_append(out, SLICE("                     "));
    }
    escape_terminal(out, name(r, r->a->function));
    if (r->a->error_type) {
        buf_byte(out, ' ');
        escape_terminal(out, name(r, r->a->error_type));
    }
    buf_byte(out, '\n');
}

enum format { FORMAT_TEXT, FORMAT_NDJSON, FORMAT_CSV };

static bool choose_format(const struct settings *s, enum format *ret, struct err *e)
{
    const char *f = s->format;
    *ret = isatty(STDOUT_FILENO) && !s->output ? FORMAT_TEXT : FORMAT_NDJSON;
    if (!f)
        return true;
    *ret = strcmp(f, "text") == 0 ? FORMAT_TEXT : strcmp(f, "csv") == 0 ? FORMAT_CSV : FORMAT_NDJSON;
    return *ret != FORMAT_NDJSON || strcmp(f, "ndjson") == 0 ||
           err_set(e, ERR_USAGE, "timeline has no format %.64s; use text, ndjson or csv", f);
}

static bool use_color(const struct settings *s)
{
    const char *no = getenv("NO_COLOR");
    if (s->color != COLOR_AUTO)
        return s->color == COLOR_ALWAYS;
    return !(no && *no) && !s->output && isatty(STDOUT_FILENO);
}

static void write_record(const struct record *r, enum format format, bool color, struct buf *out)
{
    if (format == FORMAT_TEXT)
        write_text(out, r, color);
    else if (format == FORMAT_CSV)
        write_csv(out, r);
    else
        write_ndjson(out, r);
}

/* In pieces: a record takes some 600 bytes, and there may be millions. */
static bool write_all_records(const struct evidence *ev, enum format format, bool color, struct output *o,
                              struct err *e)
{
    enum { PIECE = 1 << 20 };
    seens all = {0};
    struct buf out;
    bool ok = true;
    buf_init(&out, 0);
    collect_signatures(&ev->index, &all);
    if (format == FORMAT_CSV)
        csv_header(&out);
    for (size_t i = 0; i < ev->index.attempts.n && ok; i++) {
        struct record r = {.ev = ev, .a = ev->index.attempts.v[i]};
        r.s = &ev->index.streams.v[r.a->stream];
        r.id = attempt_id(&ev->index, r.a, r.id_text);
        take_signatures(&r, &all);
        write_record(&r, format, color, &out);
        if (out.n < PIECE)
            continue;
        ok = output_write(o, buf_slice(&out), e);
        buf_clear(&out);
    }
    ok = ok && output_write(o, buf_slice(&out), e);
    vec_done(&all);
    buf_done(&out);
    return ok;
}

static int timeline_run(const struct settings *s, struct err *e)
{
    struct evidence ev;
    enum format format;
    if (!choose_format(s, &format, e))
        return EXIT_NOT_DONE;
    evidence_init(&ev);
    int status = EXIT_NOT_DONE;
    if (command_read(s, 0, &ev, e)) {
        struct output o;
        bool ok = output_open(&o, s, e) && write_all_records(&ev, format, use_color(s), &o, e);
        if (output_close(&o, ok, e))
            status = command_status(&ev);
    }
    evidence_done(&ev);
    return status;
}

const struct command command_timeline = {
    .name = "timeline",
    .operands = "PATH...",
    .doc = "The invocations themselves, one record for each attempt, in order of time",
    .help =
        "Formats: text (default on a terminal), ndjson (default in a pipe), csv. What the evidence does not\n"
        "hold is null, never 0.\n\n"
        "  coldcase timeline evidence/ | jq -c 'select(.cold) | [.start,.init_ms]'\n"
        "  coldcase timeline --format csv -o invocations.csv evidence/\n",
    .takes = TAKES_EVIDENCE | TAKES_FORMAT | TAKES_OUTPUT,
    .run = timeline_run,
};
