/* What --from, --to and --function leave of a frozen index. */
#include "forensics/filters.h"

#include "base/parallel.h"
#include "base/text.h"
#include "forensics/attempt.h"
#include "forensics/calls.h"

#include <stdatomic.h>

static bool in_window(const struct evidence_options *o, int64_t time)
{
    if (time == TIME_NONE)
        return o->from == TIME_NONE && o->to == TIME_NONE;
    return (o->from == TIME_NONE || time >= o->from) && (o->to == TIME_NONE || time <= o->to);
}

static bool wanted_function(const struct index *x, const struct evidence_options *o, uint32_t function)
{
    struct slice name = intern_name(&x->names, function);
    for (size_t i = 0; i < o->functions_n; i++)
        if (slice_eq(name, o->functions[i]))
            return true;
    return o->functions_n == 0;
}

static struct attempt *visible(struct attempt *a)
{
    return a && !(a->flags & ATTEMPT_HIDDEN) ? a : NULL;
}

static void filter_messages(struct index *x, const struct evidence_options *o)
{
    size_t n = 0;
    for (size_t i = 0; i < x->messages.n; i++) {
        struct message *m = &x->messages.v[i];
        m->event.attempt = visible(m->event.attempt);
        m->sender = visible(m->sender);
        if (in_window(o, m->event.time))
            x->messages.v[n++] = *m;
    }
    x->messages.n = n;
    for (size_t i = 0; i < x->links.n; i++)
        x->links.v[i].attempt = visible(x->links.v[i].attempt);
}

/* An environment lived in the window, or it is not shown. */
static void filter_streams(struct index *x, const struct evidence_options *o)
{
    for (size_t i = 0; i < x->streams.n; i++) {
        struct stream *s = &x->streams.v[i];
        bool open = o->from == TIME_NONE && o->to == TIME_NONE;
        bool out = s->first == INT64_MAX ? !open
                                         : !((o->from == TIME_NONE || s->last >= o->from) &&
                                             (o->to == TIME_NONE || s->first <= o->to));
        if (out || !wanted_function(x, o, s->function)) {
            s->environment = false;
            s->attempts = 0;
            s->first = INT64_MAX;
            s->last = INT64_MIN;
        } else if (s->first != INT64_MAX) {
            s->first = o->from != TIME_NONE && s->first < o->from ? o->from : s->first;
            s->last = o->to != TIME_NONE && s->last > o->to ? o->to : s->last;
        }
    }
}

struct filtering {
    struct index *x;
    const struct evidence_options *o;
    atomic_bool hides;
    atomic_uint_least64_t lines; /* of the application, in attempts that stay */
};

static void hide_rows(void *ctx, size_t block, size_t from, size_t to)
{
    struct filtering *f = ctx;
    bool hides = false;
    uint64_t lines = 0;
    (void)block;
    for (size_t i = from; i < to; i++) {
        struct attempt *a = attempt_walk(&f->x->attempts, i);
        if (in_window(f->o, attempt_begin(a)) && wanted_function(f->x, f->o, a->function)) {
            lines += a->lines;
            continue;
        }
        a->flags |= ATTEMPT_HIDDEN;
        hides = true;
    }
    if (hides)
        atomic_store(&f->hides, true);
    atomic_fetch_add(&f->lines, lines);
}

/* Lines of no attempt that surely lie in the window. Of a run only the ends have a time: where one lies outside it is
 * not known how many are inside. */
static uint64_t lines_alone(const struct index *x, const struct evidence_options *o)
{
    uint64_t n = 0;
    for (size_t i = 0; i < x->runs.n; i++) {
        const struct run *r = &x->runs.v[i];
        bool begins = in_window(o, r->first), ends = in_window(o, r->last);
        if (wanted_function(x, o, x->streams.v[r->stream].function))
            n += begins && ends ? r->count : begins || ends;
    }
    return n;
}

/* Lines of the application that have a mark which stays; those of one line stand behind each other. */
static uint64_t lines_marked(const struct index *x)
{
    uint64_t n = 0;
    const struct mark *before = NULL;
    for (size_t i = 0; i < x->marks.n; i++) {
        const struct mark *m = &x->marks.v[i];
        if (m->kind != MARK_SIGNATURE && m->kind != MARK_LOGGED)
            continue;
        n += !before || before->loc.source != m->loc.source || before->loc.offset != m->loc.offset;
        before = m;
    }
    return n;
}

/* What no filter hides was all looked at. Else a line counts only where it is known to stay: that nothing was found in
 * lines that no one asked for is no answer. */
static void count_hidden(struct index *x, const struct filtering *f)
{
    uint64_t all = x->events[EVENT_APP], kept = f->lines + lines_alone(x, f->o), marked = lines_marked(x);
    kept = kept > marked ? kept : marked;
    x->lines_hidden = kept < all ? all - kept : 0;
}

static void drop_hidden(struct index *x)
{
    size_t n = 0;
    for (size_t i = 0; i < x->attempts.n; i++) {
        struct attempt *a = attempt_walk(&x->attempts, i);
        if (a->flags & ATTEMPT_HIDDEN)
            continue;
        a->row = (uint32_t)n;
        x->attempts.v[n++] = a;
    }
    x->attempts.n = n;
}

/* Records and gateway lines stay whatever --function says: they are what connects functions. A gateway's call stays
 * whole when it began in the window. */
void filters_apply(struct index *x, const struct evidence_options *o, unsigned threads)
{
    size_t n = 0;
    struct filtering f = {.x = x, .o = o};
    bool any = o->from != TIME_NONE || o->to != TIME_NONE || o->functions_n;
    if (any)
        parallel_blocks(threads, x->attempts.n, hide_rows, &f);
    if (f.hides)
        drop_hidden(x);
    for (size_t i = 0; i < x->marks.n; i++) {
        const struct mark *m = &x->marks.v[i];
        bool alone = in_window(o, m->time) && wanted_function(x, o, x->streams.v[m->stream].function);
        if (m->attempt ? !(m->attempt->flags & ATTEMPT_HIDDEN) : alone)
            x->marks.v[n++] = *m;
    }
    x->marks.n = n;
    if (any)
        count_hidden(x, &f);
    n = 0;
    for (size_t i = 0; i < x->phases.n; i++) {
        const struct phase *p = &x->phases.v[i];
        if (in_window(o, p->time) && wanted_function(x, o, x->streams.v[p->stream].function))
            x->phases.v[n++] = *p;
    }
    x->phases.n = n;
    n = 0;
    for (size_t i = 0; i < x->objects.n; i++) {
        struct object_event *r = &x->objects.v[i];
        r->attempt = visible(r->attempt);
        if (in_window(o, r->time))
            x->objects.v[n++] = *r;
    }
    x->objects.n = n;
    for (size_t i = 0; i < x->outcomes.n; i++) {
        struct outcome *k = &x->outcomes.v[i];
        k->hidden = !in_window(o, k->time) || !wanted_function(x, o, k->function);
    }
    if (x->gateway.n && (o->from != TIME_NONE || o->to != TIME_NONE))
        calls_narrow(x, o->from, o->to);
    filter_streams(x, o);
    filter_messages(x, o);
}
