/* What a function's lines tell of the chain that its invocation stands in: the S3 records and messages of the
 * event that it printed, the object keys and message ids that it names, the hops of its trace header. */
#include "forensics/messages.h"
#include "forensics/scan.h"
#include "parsers/record_printed.h"
#include "parsers/record_span.h"

/* ---- the event ---- */

struct printed {
    struct worker *worker;
    struct attempt *attempt;
};

static void printed_object(void *ctx, const struct s3_record *r)
{
    struct printed *p = ctx;
    struct index *x = &p->worker->index;
    index_object(x, r, p->worker->stream);
    x->objects.v[x->objects.n - 1].attempt = p->attempt;
}

static void printed_message(void *ctx, const struct queue_record *q)
{
    struct printed *p = ctx;
    struct index *x = &p->worker->index;
    index_message(x, q, p->worker->stream);
    x->messages.v[x->messages.n - 1].event.attempt = p->attempt;
}

/* A function that prints its event shows what invoked it. */
static void find_event(struct worker *w, const struct event *e, struct attempt *a, struct loc loc)
{
    struct printed printed = {w, a};
    const struct sink sink = {.ctx = &printed, .s3 = printed_object, .queue = printed_message};
    record_printed(e->text, loc, &w->record, &sink);
}

/* ---- names ---- */

static void find_keys(struct worker *w, const struct event *e, struct attempt *a, int64_t time,
                      struct loc loc)
{
    if (!w->keys)
        return;
    struct look look = {.line = e->text,
                        .attempt = a,
                        .time = time,
                        .loc = loc,
                        .stream = w->stream,
                        .backward = w->turn->backward};
    key_looks_add(&w->looks, w->keys, &w->index, &look);
}

/* ---- hops ---- */

void scan_lineage(struct worker *w, struct slice lineage, struct slice root, struct attempt *a, int64_t time,
                  struct loc loc)
{
    uint32_t hops = record_lineage(lineage);
    if (hops == LINEAGE_NONE)
        return;
    struct mark m = {
        .kind = MARK_LINEAGE, .time = time, .attempt = a, .loc = loc, .stream = w->stream, .value = hops};
    m.text = intern_id(&w->index.names, root);
    *vec_push(&w->index.marks) = m;
}

/* The trace that the header names whose text ends there; empty when none is near. */
static struct slice root_before(struct slice text)
{
    enum { HEADER_MAX = 160 };
    struct slice near = text.n > HEADER_MAX ? slice_skip(text, text.n - HEADER_MAX) : text, root = {"", 0};
    for (ptrdiff_t at; (at = slice_find(near, SLICE("Root="))) >= 0;)
        root = near = slice_skip(near, (size_t)at + sizeof "Root=" - 1);
    return slice_cut(&root, ';');
}

/* A trace header that the function printed, alone or in its event. */
static void find_lineage(struct worker *w, const struct event *e, struct attempt *a, int64_t time,
                         struct loc loc)
{
    ptrdiff_t at = slice_find(e->text, SLICE(";Lineage="));
    size_t n = 0;
    if (at < 0)
        return;
    struct slice rest = slice_skip(e->text, (size_t)at + sizeof ";Lineage=" - 1);
    while (n < rest.n && strchr("0123456789abcdefABCDEF:|", rest.p[n]) && rest.p[n])
        n++;
    scan_lineage(w, slice_head(rest, n), root_before(slice_head(e->text, (size_t)at)), a, time, loc);
}

void scan_line(struct worker *w, const struct event *e, unsigned signs, struct attempt *a, int64_t time,
               struct loc loc)
{
    find_event(w, e, a, loc);
    find_keys(w, e, a, time, loc);
    if (signs & TEXT_SEMICOLON) /* few lines have one */
        find_lineage(w, e, a, time, loc);
}
