/* Reads the evidence a second time and keeps what belongs to a few invocations: log lines by request id or by
 * stream and time, spans and calls and deliveries by request id or trace. */
#include "reports/show.h"

#include "base/huge.h"
#include "base/order.h"
#include "forensics/attempt.h"
#include "forensics/place.h"
#include "parsers/container.h"
#include "parsers/message.h"
#include "parsers/record_span.h"

enum { TRACKED_MAX = 64 /* a file of STARTs alone has as many as it has lines */ };

/* Made for the first line that holds the word. */
struct owners {
    uint32_t *by_id; /* rows by request id, those of one in their order */
    int64_t longest; /* from begin to end, ms */
};

struct pass {
    const struct evidence *ev;
    struct shown_lines *lines;   /* NULL: only looks for `word` */
    const struct chains *chains; /* with `word` */
    struct slice word;
    ties *found;
    struct owners owners;
    const struct source *source;
    struct place place;
    VEC(struct request_id) open; /* what has begun and not ended where the reader is, in `stream` */
    bool crowded;                /* more than TRACKED_MAX: no line is told by where it stands */
    uint64_t stream;             /* its hash */
};

/* ---- whose line is it ---- */

static bool same_stream(const struct pass *p, const struct attempt *a, const struct entry *e)
{
    const struct intern *names = &p->ev->index.names;
    const struct stream *s = &p->ev->index.streams.v[a->stream];
    struct slice stream = e->stream.n ? e->stream : p->place.stream;
    struct slice group = e->group.n ? e->group : p->place.group;
    if (group.n && s->group && !slice_eq(group, intern_name(names, s->group)))
        return false;
    if (stream.n && s->name)
        return slice_eq(stream, intern_name(names, s->name));
    return a->loc.source == p->source->index;
}

static void forget(struct pass *p)
{
    p->open.n = 0;
    p->crowded = false;
}

/* Keeps account of what is open in the file and stream at hand. */
static void follow(struct pass *p, const struct event *event, const struct entry *e)
{
    uint64_t stream = slice_hash(e->stream, 0);
    bool begins = event->kind == EVENT_START, ends = event->kind == EVENT_END || event->kind == EVENT_REPORT;
    if (stream != p->stream)
        forget(p);
    p->stream = stream;
    if (!begins && !ends)
        return;
    for (size_t i = 0; i < p->open.n; i++)
        if (memcmp(&p->open.v[i], &event->id, sizeof event->id) == 0)
            p->open.v[i--] = p->open.v[--p->open.n];
    p->crowded |= begins && p->open.n == TRACKED_MAX;
    if (begins && !p->crowded)
        *vec_push(&p->open) = event->id;
}

/* A line without time and id is that of the only invocation that is open where it stands. */
static bool stands_in(const struct pass *p, const struct attempt *a)
{
    return p->open.n == 1 && !p->crowded && memcmp(&p->open.v[0], &a->id, sizeof a->id) == 0 &&
           attempt_next(&p->ev->index, a) == a && a->loc.source == p->source->index;
}

enum { NEAR_MAX = 4096 /* attempts of one id in other streams that are walked past, either way */ };

/* Of the attempts of one id, the one in which a line of that time stands: the last that had begun, before any had the
 * first; what another stream holds only where none is in the line's. NULL when none has a time. */
static const struct attempt *nearest(const struct pass *p, const struct family *f, int64_t time,
                                     const struct entry *e)
{
    size_t begun = order_lower(0, f->n, i, attempt_began_before(f->v[i], time + 1));
    const struct attempt *any = f->v[begun ? begun - 1 : 0];
    for (size_t i = begun; i-- > 0 && begun - i <= NEAR_MAX;)
        if (same_stream(p, f->v[i], e))
            return f->v[i];
    for (size_t i = begun; i < f->n && i - begun < NEAR_MAX && attempt_begin(f->v[i]) != TIME_NONE; i++)
        if (same_stream(p, f->v[i], e))
            return f->v[i];
    return attempt_begin(any) != TIME_NONE ? any : NULL;
}

/* A line, and what was found out about it once, for all who ask whether it is theirs. */
struct said {
    const struct event *event;
    const struct entry *entry;
    int64_t time;
    bool looked;
    const struct attempt *nearest; /* once looked: of its id, where that has several */
};

static bool is_nearest(const struct pass *p, const struct attempt *a, struct said *l)
{
    struct family f;
    if (!l->looked && (f = attempt_family(&p->ev->index, &a->id)).n)
        l->nearest = nearest(p, &f, l->time, l->entry);
    l->looked = true;
    return !l->nearest || l->nearest == a;
}

/* A line is the attempt's when it names the request id, or when it names no other and stands in its stream between
 * START and REPORT: by time, or by place where it has none. */
static bool belongs(const struct pass *p, const struct attempt *a, struct said *l)
{
    int64_t time = l->time, begin = attempt_begin(a), over = attempt_over(a);
    bool timed = time != TIME_NONE && begin != TIME_NONE;
    if (l->event->has_id)
        return memcmp(&l->event->id, &a->id, sizeof a->id) == 0 && (!timed || is_nearest(p, a, l));
    return timed ? time >= begin && time <= over && same_stream(p, a, l->entry)
                 : time == TIME_NONE && stands_in(p, a);
}

static void keep(struct pass *p, size_t tie, int64_t time, struct loc loc, struct slice text)
{
    struct shown_lines *l = p->lines;
    if (l->each[tie].n <= SHOWN_LINES_MAX)
        *vec_push(&l->each[tie]) = (struct shown_line){time, loc, arena_copy(&l->arena, text)};
}

/* ---- a word in lines ---- */

static int by_id(const void *ctx, uint32_t a, uint32_t b)
{
    const struct index *x = ctx;
    int c = memcmp(&x->attempts.v[a]->id, &x->attempts.v[b]->id, sizeof(struct request_id));
    return c ? c : a < b ? -1 : a > b;
}

/* All lines that hold the word ask for their attempt: by id, or by time. */
static void make_owners(struct owners *o, const struct index *x, unsigned threads)
{
    size_t n = x->attempts.n;
    int64_t *fronts = huge_array(n, sizeof *fronts);
    for (size_t i = 0; i < n; i++) {
        const struct attempt *a = attempt_walk_whole(&x->attempts, i);
        int64_t ran = attempt_begin(a) == TIME_NONE ? 0 : attempt_over(a) - attempt_begin(a);
        o->longest = ran > o->longest ? ran : o->longest;
        fronts[i] = (int64_t)a->id.bytes[0] << 32 | (int64_t)a->id.bytes[1] << 24 | a->id.bytes[2] << 16 |
                    a->id.bytes[3] << 8 | a->id.bytes[4];
    }
    o->by_id = order_by(fronts, n, &(struct order_ties){by_id, NULL, x}, threads);
}

/* The first visible attempt of the id. */
static const struct attempt *owner_named(const struct pass *p, const struct request_id *id)
{
    const struct index *x = &p->ev->index;
    const uint32_t *order = p->owners.by_id;
    size_t low = order_lower(0, x->attempts.n, i, memcmp(&x->attempts.v[order[i]]->id, id, sizeof *id) < 0);
    const struct attempt *a = low < x->attempts.n ? x->attempts.v[order[low]] : NULL;
    return a && memcmp(&a->id, id, sizeof *id) == 0 ? a : NULL;
}

/* No attempt runs longer than the longest: one that has begun before that is over. */
static const struct attempt *owner_by_time(const struct pass *p, struct said *l)
{
    const struct index *x = &p->ev->index;
    size_t from = attempt_lower(x, l->time - p->owners.longest), to = attempt_lower(x, l->time + 1);
    for (size_t i = from; i < to; i++)
        if (belongs(p, x->attempts.v[i], l))
            return x->attempts.v[i];
    return NULL;
}

/* The attempt that a line belongs to, by its id or by its stream and time; for a word that leads to it. */
static const struct attempt *owner(struct pass *p, struct said *l)
{
    if (!p->owners.by_id)
        make_owners(&p->owners, &p->ev->index, p->ev->threads);
    if (!l->event->has_id && l->time != TIME_NONE)
        return owner_by_time(p, l);
    if (!l->event->has_id && p->open.n == 0)
        return NULL;
    const struct attempt *a = owner_named(p, l->event->has_id ? &l->event->id : &p->open.v[0]);
    if (!a || belongs(p, a, l))
        return a;
    return l->nearest && !(l->nearest->flags & ATTEMPT_HIDDEN) ? l->nearest : NULL;
}

/* No more than TIES_MAX attempts are kept: what comes behind them need not be read. */
static bool is_full(const struct pass *p)
{
    return p->word.n && p->found->n == TIES_MAX;
}

static void on_entry(void *ctx, const struct entry *e)
{
    struct pass *p = ctx;
    struct event event;
    if (is_full(p))
        return;
    message_parse(e->text, &event);
    if (event.error_message.n && !e->stream.n && !p->place.stream.n)
        (void)message_answer(&event);
    follow(p, &event, e);
    if (p->word.n && slice_find(e->text, p->word) < 0)
        return;
    struct said said = {.event = &event, .entry = e, .time = e->time != TIME_NONE ? e->time : event.time};
    if (p->word.n) {
        ties_add(p->found, owner(p, &said), TIE_LINE);
        return;
    }
    for (size_t i = 0; i < p->lines->of->n; i++)
        if (belongs(p, p->lines->of->v[i].attempt, &said))
            keep(p, i, said.time, e->loc, slice_rtrim(e->text));
}

static void on_orphan(void *ctx, struct slice text, struct loc loc)
{
    (void)ctx;
    (void)text;
    (void)loc;
}

/* An object's version, and S3's own request id. */
static void on_object(void *ctx, const struct s3_record *r)
{
    struct pass *p = ctx;
    if (p->word.n && (slice_eq(r->version_id, p->word) || slice_eq(r->request_id, p->word)))
        ties_add_record(p->chains, r, p->found);
}

/* ---- what is no line ---- */

static bool same_trace(const struct pass *p, const struct attempt *a, const uint8_t trace[16])
{
    return a->trace && memcmp(p->ev->index.traces.v[a->trace - 1].bytes, trace, 16) == 0;
}

static bool same_request(const struct attempt *a, struct slice text)
{
    struct request_id id;
    return request_id_parse(text, &id) && memcmp(&id, &a->id, sizeof id) == 0;
}

static void on_span(void *ctx, const struct span *s)
{
    enum { NS_PER_MS = 1000000 };
    struct pass *p = ctx;
    if (!p->lines)
        return;
    for (size_t i = 0; i < p->lines->of->n; i++) {
        const struct attempt *a = p->lines->of->v[i].attempt;
        if (p->lines->each[i].n > SHOWN_LINES_MAX ||
            (!same_trace(p, a, s->trace) && !same_request(a, s->request_id)))
            continue;
        bool over = s->start != TIME_NONE && s->end != TIME_NONE;
        struct slice on = s->bucket.n ? s->bucket : s->resource;
        const char *text = arena_printf(
            &p->lines->arena, "span %.*s%s%.*s%s%.*s%s%s", SLICE_ARG(s->name), s->operation.n ? " " : "",
            SLICE_ARG(s->operation), on.n ? " " : "", SLICE_ARG(on),
            over ? arena_printf(&p->lines->arena, ", %.2f ms", (double)(s->end - s->start) / NS_PER_MS) : "",
            s->fault      ? ", fault"
            : s->error    ? ", error"
            : s->throttle ? ", throttled"
                          : "");
        keep(p, i, s->start == TIME_NONE ? TIME_NONE : s->start / NS_PER_MS, s->loc, slice_str(text));
    }
}

static void on_front(void *ctx, const struct front_call *f)
{
    struct pass *p = ctx;
    uint8_t trace[16];
    bool traced = record_trace_id(f->trace, trace);
    for (size_t i = 0; p->lines && i < p->lines->of->n; i++) {
        const struct attempt *a = p->lines->of->v[i].attempt;
        if (!same_request(a, f->lambda_id) && !(traced && same_trace(p, a, trace)))
            continue;
        const char *status = f->status == FRONT_NONE ? "" : arena_printf(&p->lines->arena, " %u", f->status);
        keep(p, i, f->time, f->loc,
             slice_str(arena_printf(&p->lines->arena, "gateway call %.*s %.*s%s", SLICE_ARG(f->id),
                                    SLICE_ARG(f->path), status)));
    }
}

static void on_queue(void *ctx, const struct queue_record *q)
{
    struct pass *p = ctx;
    uint8_t trace[16];
    for (size_t i = 0; p->lines && record_trace_id(q->trace, trace) && i < p->lines->of->n; i++)
        if (same_trace(p, p->lines->of->v[i].attempt, trace))
            keep(p, i, q->sent, q->loc,
                 slice_str(arena_printf(&p->lines->arena, "message %.*s sent by %.*s",
                                        SLICE_ARG(q->message_id),
                                        SLICE_ARG(q->session.n ? q->session : q->sender))));
}

static void on_destination(void *ctx, const struct destination_record *d)
{
    struct pass *p = ctx;
    for (size_t i = 0; p->lines && i < p->lines->of->n; i++)
        if (same_request(p->lines->of->v[i].attempt, d->request_id))
            keep(p, i, d->time, d->loc,
                 slice_str(arena_printf(&p->lines->arena, "destination %.*s after %llu attempts %.*s",
                                        SLICE_ARG(d->condition), (unsigned long long)d->invoke_count,
                                        SLICE_ARG(d->error_message))));
}

/* ---- the pass ---- */

static void read_source(struct pass *p, const struct source *source)
{
    const struct sink sink = {.ctx = p,
                              .entry = on_entry,
                              .tail = on_entry,
                              .orphan = on_orphan,
                              .s3 = on_object,
                              .span = on_span,
                              .front = on_front,
                              .queue = on_queue,
                              .destination = on_destination};
    struct source again;
    struct input in;
    struct arena scratch;
    if (!source->looks_like || source->continues)
        return;
    arena_init(&scratch);
    source_init(&again, source->path, source->open);
    again.memory = source->memory;
    again.next = source->next;
    again.index = source->index;
    p->source = source;
    forget(p);
    place_of(slice_str(source->path), &scratch, &p->place);
    if (input_open(&in, &again, false))
        source->looks_like->parse(&in, &sink);
    input_done(&in);
    again.next = NULL;
    source_done(&again);
    arena_done(&scratch);
}

static int by_time(const void *a, const void *b)
{
    const struct shown_line *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
}

/* A span that two files hold is shown once. */
static void drop_repeated(struct shown_lines *l, size_t tie)
{
    size_t n = 0;
    for (size_t i = 0; i < l->each[tie].n; i++) {
        const struct shown_line *k = &l->each[tie].v[i];
        bool again = false;
        for (size_t b = n; b-- > 0 && l->each[tie].v[b].time == k->time && !again;)
            again = slice_eq(l->each[tie].v[b].text, k->text) && slice_starts(k->text, SLICE("span "));
        if (!again)
            l->each[tie].v[n++] = *k;
    }
    l->each[tie].n = n;
}

void shown_lines_read(struct shown_lines *l, const struct evidence *ev, const ties *of)
{
    struct pass p = {.ev = ev, .lines = l};
    *l = (struct shown_lines){.ev = ev, .of = of, .each = calloc(of->n + 1, sizeof *l->each)};
    if (!l->each)
        err_oom();
    arena_init(&l->arena);
    for (size_t i = 0; i < ev->sources.n; i++)
        read_source(&p, &ev->sources.v[i]);
    vec_done(&p.open);
    for (size_t i = 0; i < of->n; i++) {
        vec_sort(&l->each[i], by_time);
        drop_repeated(l, i);
    }
}

void shown_lines_done(struct shown_lines *l)
{
    for (size_t i = 0; i < l->of->n; i++)
        vec_done(&l->each[i]);
    free(l->each);
    arena_done(&l->arena);
}

void shown_lines_find(const struct chains *c, struct slice word, ties *ret)
{
    const struct evidence *ev = c->d->ev;
    struct pass p = {.ev = ev, .chains = c, .word = word, .found = ret};
    for (size_t i = 0; i < ev->sources.n && !is_full(&p); i++)
        read_source(&p, &ev->sources.v[i]);
    vec_done(&p.open);
    huge_free(p.owners.by_id);
}
