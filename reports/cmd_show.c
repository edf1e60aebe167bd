/* coldcase show ID PATH...: everything known of the invocations that an id leads to: their attempts with their
 * numbers, lines, trace, signatures, and the S3 objects before and after. */
#include "reports/command.h"

#include "base/jsonw.h"
#include "forensics/attempt.h"
#include "parsers/limits.h"
#include "reports/escape.h"
#include "reports/show.h"

enum { ATTEMPTS_SHOWN = 50 };

struct shown {
    const struct evidence *ev;
    struct dossier d;
    struct chains chains;
    ties found;
    struct shown_lines lines;
    struct buf out;
};

static struct slice name(const struct shown *s, uint32_t id)
{
    return intern_name(&s->ev->index.names, id);
}

/* ---- pieces ---- */

static void put_field(struct shown *s, const char *label, struct slice value)
{
    if (value.n == 0)
        return;
    buf_printf(&s->out, "  %-14s ", label);
    escape_terminal(&s->out, value);
    buf_byte(&s->out, '\n');
}

static void put_time(struct shown *s, const char *label, int64_t time)
{
    char text[TEXT_TIME_SIZE];
    if (time == TIME_NONE)
        return;
    text_time_print(time, text);
    put_field(s, label, slice_str(text));
}

static void put_ms(struct shown *s, const char *label, struct decimal d)
{
    char text[DECIMAL_TEXT_MAX];
    if (decimal_known(d))
        buf_printf(&s->out, "  %-14s %.*s ms\n", label, (int)decimal_print(d, text), text);
}

static void put_mb(struct shown *s, const char *label, uint32_t mb)
{
    if (mb)
        buf_printf(&s->out, "  %-14s %u MB\n", label, mb);
}

/* ---- lines ---- */

/* A line of the attempt's own file goes by its number alone. */
static void put_place(struct shown *s, const struct attempt *a, struct loc loc)
{
    buf_append(&s->out, SLICE("  "));
    if (loc.source != a->loc.source) {
        escape_terminal(&s->out, slice_str(s->ev->sources.v[loc.source].path));
        buf_printf(&s->out, ":%u ", loc.line);
    } else {
        buf_printf(&s->out, "line %-7u ", loc.line);
    }
}

static void write_lines(struct shown *s, size_t tie)
{
    const struct attempt *a = s->found.v[tie].attempt;
    size_t n = s->lines.each[tie].n;
    bool more = n > SHOWN_LINES_MAX;
    buf_append(&s->out, SLICE("\n  lines"));
    if (more)
        buf_printf(&s->out, " (the first %d)", SHOWN_LINES_MAX);
    buf_byte(&s->out, '\n');
    for (size_t i = 0; i < n - more; i++) {
        const struct shown_line *k = &s->lines.each[tie].v[i];
        char time[TEXT_TIME_SIZE] = "-                       ";
        if (k->time != TIME_NONE)
            text_time_print(k->time, time);
        buf_printf(&s->out, "  %s", time);
        put_place(s, a, k->loc);
        escape_terminal(&s->out, slice_head(k->text, LIMIT_QUOTE));
        buf_byte(&s->out, '\n');
    }
}

/* ---- objects ---- */

static void put_object(struct shown *s, const char *label, size_t i)
{
    const struct object_event *o = chain_object(&s->chains, i);
    uint32_t principal = object_facts(&s->ev->index, o)->principal;
    char time[TEXT_TIME_SIZE] = "-";
    if (o->time != TIME_NONE)
        text_time_print(o->time, time);
    buf_printf(&s->out, "  %-14s %s ", label, time);
    escape_terminal(&s->out, name(s, o->bucket));
    buf_byte(&s->out, '/');
    escape_terminal(&s->out, object_key(o));
    buf_append(&s->out, SLICE("  by "));
    escape_terminal(&s->out, principal ? name(s, principal) : SLICE("unknown"));
    buf_append(&s->out, SLICE("  "));
    escape_terminal(&s->out, slice_str(s->ev->sources.v[o->loc.source].path));
    buf_printf(&s->out, ":%u\n", o->loc.line);
}

static void write_objects(struct shown *s, const struct attempt *a)
{
    int32_t cause = s->chains.cause[a->row];
    if (cause >= 0)
        put_object(s, "invoked by", (size_t)cause);
    for (size_t i = 0; i < s->chains.n; i++)
        if (s->chains.links[i].writer == (int32_t)a->row && !s->chains.links[i].again)
            put_object(s, chain_message(&s->chains, i) ? "sent" : "wrote", i);
}

static void write_signatures(struct shown *s, const struct attempt *a)
{
    const struct index *x = &s->ev->index;
    for (size_t i = 0; i < x->marks.n; i++) {
        const struct mark *m = &x->marks.v[i];
        if (m->kind != MARK_SIGNATURE || m->attempt != a)
            continue;
        buf_printf(&s->out, "  %-14s %s, line %u\n", "error",
                   signatures_get(s->ev->signatures, m->value)->name, m->loc.line);
    }
}

/* ---- an attempt ---- */

static void write_attempt(struct shown *s, size_t tie)
{
    const struct attempt *a = s->found.v[tie].attempt;
    const struct stream *stream = &s->ev->index.streams.v[a->stream];
    bool restored = a->flags & ATTEMPT_RESTORED;
    char id[37], trace[TRACE_TEXT_SIZE];
    escape_terminal(&s->out, attempt_id(&s->ev->index, a, id));
    buf_printf(&s->out, "  attempt %zu: %s%s\n", attempt_number(&s->ev->index, a),
               attempt_status_name(attempt_status(a)), attempt_cold(a) ? ", cold" : "");
    put_field(s, "function", name(s, a->function));
    put_field(s, "version", name(s, a->version));
    put_field(s, "log group", name(s, stream->group));
    put_field(s, "log stream", name(s, stream->name));
    put_time(s, "start", attempt_start(a));
    put_time(s, "end", attempt_end(a) != TIME_NONE ? attempt_end(a) : attempt_report(a));
    put_ms(s, "duration", a->duration);
    put_ms(s, "billed", attempt_billed(a));
    put_ms(s, restored ? "restore" : "init", a->init);
    put_mb(s, "memory", a->memory_mb);
    put_mb(s, "most used", a->max_memory_mb);
    put_field(s, "error type", name(s, a->error_type));
    put_field(s, "trace", attempt_trace(&s->ev->index, a, trace));
    buf_printf(&s->out, "  %-14s ", "source");
    escape_terminal(&s->out, slice_str(s->ev->sources.v[a->loc.source].path));
    buf_printf(&s->out, ":%u\n", a->loc.line);
    write_signatures(s, a);
    write_objects(s, a);
    write_lines(s, tie);
}

static void write_all(struct shown *s, struct slice word)
{
    size_t shown = s->found.n < ATTEMPTS_SHOWN ? s->found.n : ATTEMPTS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        if (s->found.v[i].kind != TIE_REQUEST) {
            buf_append(&s->out, SLICE("("));
            escape_terminal(&s->out, word);
            buf_printf(&s->out, ": this invocation %s)\n", tie_name(s->found.v[i].kind));
        }
        write_attempt(s, i);
    }
    if (shown < s->found.n)
        buf_printf(&s->out, "\nand %zu more invocations; their ids are in `coldcase timeline`\n",
                   s->found.n - shown);
}

static bool find(struct shown *s, const struct settings *settings, struct err *e)
{
    const char *word = settings->operands.v[0];
    ties_find(&s->chains, slice_str(word), &s->found);
    if (s->found.n == 0)
        shown_lines_find(&s->chains, slice_str(word), &s->found);
    return s->found.n > 0 ||
           err_set(e, ERR_IO, "no invocation has to do with %.80s; `coldcase timeline PATH` lists all", word);
}

static bool show(const struct settings *settings, const struct evidence *ev, struct err *e)
{
    struct shown s = {.ev = ev};
    dossier_init(&s.d, ev);
    chains_init(&s.chains, &s.d);
    buf_init(&s.out, 0);
    bool good = find(&s, settings, e);
    if (good) {
        shown_lines_read(&s.lines, ev, &s.found);
        write_all(&s, slice_str(settings->operands.v[0]));
        shown_lines_done(&s.lines);
        good = command_write(settings, buf_slice(&s.out), e);
    }
    buf_done(&s.out);
    vec_done(&s.found);
    chains_done(&s.chains);
    dossier_done(&s.d);
    return good;
}

static int show_run(const struct settings *s, struct err *e)
{
    struct evidence ev;
    int status = EXIT_NOT_DONE;
    if (s->operands.n < 2 || !*s->operands.v[0]) {
        err_set(e, ERR_USAGE, "name an id and then a file or a folder to read");
        return status;
    }
    evidence_init(&ev);
    if (command_read(s, 1, &ev, e) && show(s, &ev, e))
        status = command_status(&ev);
    evidence_done(&ev);
    return status;
}

const struct command command_show = {
    .name = "show",
    .operands = "ID PATH...",
    .doc = "Everything known of one invocation: its lines, attempts, trace, the S3 objects before and after "
           "it; the "
           "ID may also be that of a trace, a gateway's call, an S3 object or a queued message",
    .help = "  coldcase show 8f6c2b1e-0d5c-4c1e-9a53-5e5f0f1c41d0 evidence/\n"
            "  coldcase show 1-655c4c1e-9a535e5f0f1c41d08f6c2b1e evidence/\n"
            "  coldcase show images-bucket/cat.jpg evidence/\n",
    .takes = TAKES_EVIDENCE | TAKES_OUTPUT,
    .run = show_run,
};
