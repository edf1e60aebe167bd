/* coldcase show REQUEST-ID PATH...: everything known of one invocation: its attempts with their numbers, its
 * lines, trace, signatures, and the S3 objects before and after it. */
#include "reports/command.h"

#include "base/jsonw.h"
#include "forensics/attempt.h"
#include "forensics/chain.h"
#include "parsers/container.h"
#include "reports/escape.h"

enum { LINES_SHOWN = 200 };

struct shown {
    const struct evidence *ev;
    struct dossier d;
    struct chains chains;
    struct arena arena;
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

struct kept {
    int64_t time;
    struct loc loc;
    struct slice text;
};

struct collector {
    struct shown *s;
    const struct attempt *a;
    VEC(struct kept) lines;
};

static bool in_stream(const struct collector *c, const struct entry *e)
{
    const struct stream *stream = &c->s->ev->index.streams.v[c->a->stream];
    return e->stream.n == 0 || slice_eq(e->stream, name(c->s, stream->name));
}

/* A line is the attempt's when it names the request id, or when it stands in its stream between START and
 * REPORT and names no other. */
static bool belongs(const struct collector *c, const struct entry *e)
{
    struct event event;
    message_parse(e->text, &event);
    int64_t over = attempt_over(c->a), begin = attempt_begin(c->a);
    bool inside = e->time == TIME_NONE || begin == TIME_NONE || (e->time >= begin && e->time <= over);
    if (event.has_id)
        return memcmp(&event.id, &c->a->id, sizeof event.id) == 0 &&
               (inside || attempt_next(&c->s->ev->index, c->a) == c->a);
    return inside && e->time != TIME_NONE && begin != TIME_NONE && in_stream(c, e);
}

static void on_entry(void *ctx, const struct entry *e)
{
    struct collector *c = ctx;
    if (c->lines.n < LINES_SHOWN && belongs(c, e))
        *vec_push(&c->lines) = (struct kept){e->time, e->loc, arena_copy(&c->s->arena, slice_rtrim(e->text))};
}

static void on_orphan(void *ctx, struct slice text, struct loc loc)
{
    (void)ctx;
    (void)text;
    (void)loc;
}

static void on_record(void *ctx, const struct s3_record *r)
{
    (void)ctx;
    (void)r;
}

static int by_time(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->loc.offset < y->loc.offset ? -1 : x->loc.offset > y->loc.offset;
}

/* The attempt's source is read once more. */
static void collect(struct collector *c)
{
    const struct source *source = &c->s->ev->sources.v[c->a->loc.source];
    const struct sink sink = {
        .ctx = c, .entry = on_entry, .tail = on_entry, .orphan = on_orphan, .s3 = on_record};
    struct source again;
    struct input in;
    if (!source->looks_like)
        return;
    source_init(&again, source->path, source->open);
    again.memory = source->memory;
    again.index = source->index;
    if (input_open(&in, &again, false))
        source->looks_like->parse(&in, &sink);
    input_done(&in);
    source_done(&again);
    vec_sort(&c->lines, by_time);
}

static void write_lines(struct shown *s, const struct attempt *a)
{
    struct collector c = {.s = s, .a = a};
    collect(&c);
    buf_printf(&s->out, "\n  lines%s\n", c.lines.n == LINES_SHOWN ? " (the first 200)" : "");
    for (size_t i = 0; i < c.lines.n; i++) {
        const struct kept *k = &c.lines.v[i];
        char time[TEXT_TIME_SIZE] = "-                       ";
        if (k->time != TIME_NONE)
            text_time_print(k->time, time);
        buf_printf(&s->out, "  %s  line %-7u ", time, k->loc.line);
        escape_terminal(&s->out, slice_head(k->text, LIMIT_QUOTE));
        buf_byte(&s->out, '\n');
    }
    vec_done(&c.lines);
}

/* ---- objects ---- */

static void put_object(struct shown *s, const char *label, size_t i)
{
    const struct object_event *o = &s->ev->index.objects.v[i];
    char time[TEXT_TIME_SIZE] = "-";
    if (o->time != TIME_NONE)
        text_time_print(o->time, time);
    buf_printf(&s->out, "  %-14s %s ", label, time);
    escape_terminal(&s->out, name(s, o->bucket));
    buf_byte(&s->out, '/');
    escape_terminal(&s->out, object_key(o));
    buf_append(&s->out, SLICE("  by "));
    escape_terminal(&s->out, o->principal ? name(s, o->principal) : SLICE("unknown"));
    buf_append(&s->out, SLICE("  "));
    escape_terminal(&s->out, slice_str(s->ev->sources.v[o->loc.source].path));
    buf_printf(&s->out, ":%u\n", o->loc.line);
}

static void write_objects(struct shown *s, const struct attempt *a)
{
    int32_t cause = s->chains.cause[a->row];
    if (cause >= 0)
        put_object(s, "invoked by", (size_t)cause);
    for (size_t i = 0; i < s->ev->index.objects.n; i++)
        if (s->chains.links[i].writer == (int32_t)a->row)
            put_object(s, "wrote", i);
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

static void write_attempt(struct shown *s, const struct attempt *a)
{
    const struct stream *stream = &s->ev->index.streams.v[a->stream];
    bool restored = a->flags & ATTEMPT_RESTORED;
    char id[37], trace[TRACE_TEXT_SIZE];
    escape_terminal(&s->out, attempt_id(&s->ev->index, a, id));
    buf_printf(&s->out, "  attempt %u: %s%s\n", a->ordinal, attempt_status_name(attempt_status(a)),
               attempt_cold(a) ? ", cold" : "");
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
    write_lines(s, a);
}

static bool show(const struct settings *settings, const struct evidence *ev, struct err *e)
{
    struct shown s = {.ev = ev};
    struct request_id id;
    const char *word = settings->operands.v[0];
    const struct attempt *a = request_id_parse(slice_str(word), &id) ? attempt_find(&ev->index, &id) : NULL;
    if (!a)
        return err_set(e, ERR_IO, "no invocation %.80s in the evidence; `coldcase timeline PATH` lists all",
                       word);
    dossier_init(&s.d, ev);
    chains_init(&s.chains, &s.d);
    arena_init(&s.arena);
    buf_init(&s.out, 0);
    const struct attempt *first = a;
    do {
        if (!(a->flags & ATTEMPT_HIDDEN))
            write_attempt(&s, a);
        a = attempt_next(&ev->index, a);
    } while (a != first);
    bool ok = command_write(settings, buf_slice(&s.out), e);
    buf_done(&s.out);
    arena_done(&s.arena);
    chains_done(&s.chains);
    dossier_done(&s.d);
    return ok;
}

static int show_run(const struct settings *s, struct err *e)
{
    struct evidence ev;
    int status = EXIT_NOT_DONE;
    if (s->operands.n < 2) {
        err_set(e, ERR_USAGE, "name a request id and then a file or a folder to read");
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
    .operands = "REQUEST-ID PATH...",
    .doc =
        "Everything known of one invocation: its lines, attempts, trace, the S3 objects before and after it",
    .help = "  coldcase show 8f6c2b1e-0d5c-4c1e-9a53-5e5f0f1c41d0 evidence/\n",
    .takes = TAKES_EVIDENCE | TAKES_OUTPUT,
    .run = show_run,
};
