/* Spans become invocations. X-Ray has two segments for each (field guide 5.2): the service's knows the request id,
 * the function's below it the time that the environment was busy, and below that one stands the init. OpenTelemetry
 * has one span with all of it. */
#include "forensics/spans.h"

#include "forensics/messages.h"

#include "base/order.h"
#include "base/vec.h"
#include "forensics/skew.h"
#include "parsers/record_span.h"

enum { NS_PER_MS = 1000000, NS_PER_US = 1000 };

static uint32_t name_of(struct index *x, struct slice s)
{
    return s.n ? intern_id(&x->names, s) : 0;
}

void index_span(struct index *x, const struct span *s)
{
    if (s->kind == SPAN_OVERHEAD || s->kind == SPAN_REMOTE)
        return;
    index_sent(x, s);
    index_links(x, s);
    struct trace_span t = {.start = s->start, .end = s->end, .loc = s->loc, .kind = (uint8_t)s->kind};
    memcpy(t.trace.bytes, s->trace, sizeof t.trace.bytes);
    memcpy(t.id, s->id, sizeof t.id);
    memcpy(t.parent, s->parent, sizeof t.parent);
    t.in_progress = s->in_progress;
    t.failed = s->error || s->fault;
    t.throttled = s->throttle;
    t.cold = s->cold;
    t.has_request =
        (s->kind == SPAN_SERVICE || s->kind == SPAN_FUNCTION) && request_id_parse(s->request_id, &t.request);
    t.request_text = t.has_request ? name_of(x, s->request_id) : 0;
    t.function = name_of(x, s->function);
    t.stream = name_of(x, s->log_stream);
    t.group = name_of(x, s->log_group);
    *vec_push(&x->spans) = t;
}

/* ---- order ---- */

static int by_span_id(const void *a, const void *b)
{
    const struct trace_span *x = a, *y = b;
    int c = memcmp(&x->trace, &y->trace, sizeof x->trace);
    c = c ? c : memcmp(x->id, y->id, sizeof x->id);
    c = c ? c : x->in_progress - y->in_progress; /* the later, whole one replaces it */
    return c ? c : loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
}

static bool same_span(const struct trace_span *a, const struct trace_span *b)
{
    return memcmp(&a->trace, &b->trace, sizeof a->trace) == 0 && memcmp(a->id, b->id, sizeof a->id) == 0;
}

static void drop_repeated(struct index *x)
{
    size_t kept = 0;
    vec_sort(&x->spans, by_span_id);
    for (size_t i = 0; i < x->spans.n; i++) {
        if (kept && same_span(&x->spans.v[kept - 1], &x->spans.v[i]))
            x->duplicates += !x->spans.v[i].in_progress;
        else
            x->spans.v[kept++] = x->spans.v[i];
    }
    x->spans.n = kept;
}

static int by_parent(const void *a, const void *b)
{
    const struct trace_span *x = *(struct trace_span *const *)a, *y = *(struct trace_span *const *)b;
    int c = memcmp(&x->trace, &y->trace, sizeof x->trace);
    c = c ? c : memcmp(x->parent, y->parent, sizeof x->parent);
    return c ? c : x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : memcmp(x->id, y->id, sizeof x->id);
}

/* ---- invocations ---- */

/* One invocation as a trace tells it. */
struct traced {
    const struct trace_span *known_by; /* the span with the request id */
    const struct trace_span *run;      /* the function's own, else the same */
    const struct trace_span *init;     /* or restore; NULL: none */
    struct attempt *part;              /* one of its parts, NULL until there is one */
    int64_t log_start;                 /* START in the log, TIME_NONE */
    bool logged;
};

struct joining {
    struct index *x;
    VEC(const struct trace_span *) children; /* by trace, parent, kind */
    VEC(struct traced) all;                  /* by request id */
};

static const struct trace_span *child_of(const struct joining *j, const struct trace_span *s,
                                         enum span_kind kind)
{
    struct trace_span probe = {.trace = s->trace, .kind = (uint8_t)kind};
    const struct trace_span *at = &probe;
    memcpy(probe.parent, s->id, sizeof probe.parent);
    size_t low = order_lower(0, j->children.n, i, by_parent(&j->children.v[i], &at) < 0);
    if (low == j->children.n)
        return NULL;
    const struct trace_span *c = j->children.v[low];
    bool found = c->kind == kind && memcmp(&c->trace, &s->trace, sizeof c->trace) == 0 &&
                 memcmp(c->parent, s->id, sizeof s->id) == 0;
    return found ? c : NULL;
}

static int by_request(const void *a, const void *b)
{
    const struct traced *x = a, *y = b;
    int c = memcmp(&x->known_by->request, &y->known_by->request, sizeof x->known_by->request);
    return c ? c : by_span_id(x->known_by, y->known_by);
}

static void find_traced(struct joining *j)
{
    struct index *x = j->x;
    for (size_t i = 0; i < x->spans.n; i++)
        *vec_push(&j->children) = &x->spans.v[i];
    vec_sort(&j->children, by_parent);
    for (size_t i = 0; i < x->spans.n; i++) {
        const struct trace_span *s = &x->spans.v[i];
        struct traced t = {.known_by = s, .run = s, .log_start = TIME_NONE};
        if (!s->has_request)
            continue;
        if (s->kind == SPAN_SERVICE)
            t.run = child_of(j, s, SPAN_FUNCTION);
        t.run = t.run ? t.run : s; /* the trace lacks the function's own segment */
        t.init = child_of(j, t.run, SPAN_INIT);
        t.init = t.init ? t.init : child_of(j, t.run, SPAN_RESTORE);
        *vec_push(&j->all) = t;
    }
    vec_sort(&j->all, by_request);
}

static struct traced *find_request(const struct joining *j, const struct request_id *id)
{
    size_t low = order_lower(0, j->all.n, i, memcmp(&j->all.v[i].known_by->request, id, sizeof *id) < 0);
    bool found = low < j->all.n && memcmp(&j->all.v[low].known_by->request, id, sizeof *id) == 0;
    return found ? &j->all.v[low] : NULL;
}

static void give_trace(struct index *x, struct attempt *a, const struct trace_id *trace)
{
    if (a->trace)
        return;
    *vec_push(&x->traces) = *trace;
    a->trace = (uint32_t)x->traces.n;
}

/* The first attempt of a request that was tried several times. */
static int by_place(const struct attempt *a, const struct attempt *b)
{
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return loc_before(a->loc, b->loc) ? -1 : 1;
}

/* What log and trace both tell is one invocation. */
static void meet_logs(struct joining *j)
{
    struct index *x = j->x;
    for (size_t i = 0; i < x->attempts.n; i++) {
        struct attempt *a = x->attempts.v[i];
        struct traced *t = find_request(j, &a->id), *end = j->all.v + j->all.n;
        if (!t)
            continue;
        give_trace(x, a, &t->known_by->trace);
        int64_t start = a->start_after == AFTER_NONE ? TIME_NONE : a->first + a->start_after;
        bool earlier = start != TIME_NONE && (t->log_start == TIME_NONE || start < t->log_start);
        t->log_start = earlier ? start : t->log_start;
        for (; t < end && memcmp(&t->known_by->request, &a->id, sizeof a->id) == 0; t++) {
            t->logged = true;
            t->part = t->part && by_place(t->part, a) < 0 ? t->part : a;
        }
    }
}

static struct decimal ms_between(int64_t from, int64_t to)
{
    enum { DECIMALS = 2 }; /* as REPORT has */
    int64_t step = DECIMAL_SCALE / 100;
    if (from == TIME_NONE || to == TIME_NONE || to < from || to - from > INT64_C(1) << 58)
        return DECIMAL_UNKNOWN;
    return (struct decimal){(to - from + step / 2) / step * step, DECIMALS};
}

static uint32_t stream_of(struct index *x, const struct trace_span *known_by, const struct trace_span *run)
{
    uint32_t stream = run->stream ? run->stream : known_by->stream;
    uint32_t group = run->group ? run->group : known_by->group;
    struct slice function = intern_name(&x->names, run->function ? run->function : known_by->function);
    struct stream_facts facts = {.name = intern_name(&x->names, stream),
                                 .group = intern_name(&x->names, group),
                                 .function_platform = function};
    facts.key =
        slice_str(arena_printf(&x->arena, "trace %.*s %.*s", SLICE_ARG(function), SLICE_ARG(facts.name)));
    return index_stream(x, &facts);
}

/* An init that runs before the function's segment begins is not in its time; one inside of it is. */
static int64_t busy_from(const struct traced *t)
{
    const struct trace_span *init = t->init;
    bool inside = init && init->start >= t->run->start && init->end != TIME_NONE && init->end > t->run->start;
    return inside ? init->end : t->run->start;
}

static void add_part(struct joining *j, struct traced *t)
{
    struct index *x = j->x;
    const struct trace_span *run = t->run, *s = t->known_by;
    if (run->start == TIME_NONE)
        return;
    int64_t start = run->start / NS_PER_MS, end = run->end == TIME_NONE ? TIME_NONE : run->end / NS_PER_MS;
    struct event e = {.kind = EVENT_START, .has_id = true, .id = s->request};
    struct slice rest = e.id_text = intern_name(&x->names, s->request_text);
    e.is_uuid = text_uuid(&rest, e.id.bytes) && rest.n == 0;
    struct attempt *a = index_attempt(x, &e, stream_of(x, s, run), start, run->loc, NULL);
    t->part = a;
    if (a->flags & ATTEMPT_START)
        return;
    a->start_after = (int32_t)(start - a->first);
    a->flags |= ATTEMPT_START | ATTEMPT_TRACED;
    give_trace(x, a, &s->trace);
    if (t->init) {
        a->init = ms_between(t->init->start, t->init->end);
        a->flags |= t->init->kind == SPAN_RESTORE ? ATTEMPT_RESTORED : 0;
    } else if (run->cold || s->cold) {
        a->flags |= ATTEMPT_COLD;
    }
    if (run->in_progress || end == TIME_NONE || end < start || end - start > INT32_MAX)
        return;
    a->end_after = a->report_after = (int32_t)(end - a->first);
    a->flags |= ATTEMPT_END | ATTEMPT_REPORT | (run->failed || s->failed ? ATTEMPT_ERROR : 0);
    if (run->kind == SPAN_FUNCTION)
        a->duration = ms_between(busy_from(t), run->end);
}

/* Only ids that came once: a retry's START and the first attempt's segment are no pair. */
static void measure_skew(struct joining *j)
{
    VEC(int64_t) gaps = {0};
    for (size_t i = 0; i < j->all.n; i++) {
        const struct traced *t = &j->all.v[i];
        bool twice = i + 1 < j->all.n &&
                     memcmp(&t->known_by->request, &t[1].known_by->request, sizeof t->known_by->request) == 0;
        twice |= i > 0 &&
                 memcmp(&t->known_by->request, &t[-1].known_by->request, sizeof t->known_by->request) == 0;
        if (!twice && t->run->kind == SPAN_FUNCTION && t->run->start != TIME_NONE &&
            t->log_start != TIME_NONE)
            *vec_push(&gaps) = t->run->start / NS_PER_MS - t->log_start;
    }
    j->x->skew[SKEW_TRACE] = skew_of(gaps.v, gaps.n);
    vec_done(&gaps);
}

/* ---- what sent and received messages ---- */

static const struct trace_span *span_of(const struct index *x, const struct trace_id *trace,
                                        const uint8_t id[8])
{
    struct trace_span probe = {.trace = *trace};
    memcpy(probe.id, id, sizeof probe.id);
    size_t low = order_lower(0, x->spans.n, i, by_span_id(&x->spans.v[i], &probe) < 0);
    return low < x->spans.n && same_span(&x->spans.v[low], &probe) ? &x->spans.v[low] : NULL;
}

/* The first span from there on upwards that knows a request, else the last that is known; NULL when none is. */
static const struct trace_span *top_of(const struct joining *j, const struct trace_id *trace,
                                       const uint8_t id[8])
{
    const struct trace_span *s = span_of(j->x, trace, id), *above = s;
    for (size_t up = 0; above && !above->has_request && up < SPAN_DEPTH_MAX; up++) {
        s = above;
        above = span_of(j->x, trace, s->parent);
    }
    return above ? above : s;
}

/* The invocation in which the span stands, if one is above it. */
static struct attempt *part_of(const struct joining *j, const struct trace_id *trace, const uint8_t id[8])
{
    const struct trace_span *s = top_of(j, trace, id);
    const struct traced *t = s && s->has_request ? find_request(j, &s->request) : NULL;
    return t ? t->part : NULL;
}

/* A container or a state machine with whose span the trace begins: what it calls shares its trace and no more. */
static bool is_foreign(const struct joining *j, const struct trace_id *trace, const uint8_t id[8])
{
    static const uint8_t none[8] = {0};
    const struct trace_span *s = top_of(j, trace, id);
    return s && s->kind == SPAN_OTHER && s->function == 0 && memcmp(s->parent, none, sizeof none) == 0;
}

static int by_sent(const void *a, const void *b)
{
    const struct message *x = *(struct message *const *)a, *y = *(struct message *const *)b;
    int c = memcmp(&x->trace, &y->trace, sizeof x->trace);
    return c ? c : memcmp(x->span, y->span, sizeof x->span);
}

typedef VEC(struct message *) calls;

/* The message whose call stands above the invocation: a topic's subscriber has it in its own trace. */
static struct message *message_above(const struct joining *j, const calls *sent, const struct trace_span *s)
{
    for (size_t up = 0; s && up < SPAN_DEPTH_MAX; up++) {
        struct message probe = {.trace = s->trace}, *at = &probe;
        memcpy(probe.span, s->parent, sizeof probe.span);
        struct message **hit = bsearch(&at, sent->v, sent->n, sizeof *sent->v, by_sent);
        s = span_of(j->x, &s->trace, s->parent);
        if (hit || (s && s->has_request)) /* above it another invocation stands */
            return hit ? *hit : NULL;
    }
    return NULL;
}

static void tie_messages(struct joining *j)
{
    struct index *x = j->x;
    calls sent = {0};
    for (size_t i = 0; i < x->messages.n; i++) {
        struct message *m = &x->messages.v[i];
        m->sender = m->has_trace ? part_of(j, &m->trace, m->span) : NULL;
        m->foreign = m->has_trace && is_foreign(j, &m->trace, m->span);
        if (m->sender)
            *vec_push(&sent) = m;
    }
    vec_sort(&sent, by_sent);
    for (size_t i = 0; sent.n && i < j->all.n; i++) {
        struct message *m = message_above(j, &sent, j->all.v[i].known_by);
        struct attempt *a = j->all.v[i].part;
        if (m && a && (!m->event.attempt || by_place(a, m->event.attempt) < 0))
            m->event.attempt = a;
    }
    vec_done(&sent);
}

static void tie_links(struct joining *j)
{
    for (size_t i = 0; i < j->x->links.n; i++) {
        struct trace_link *l = &j->x->links.v[i];
        l->attempt = part_of(j, &l->trace, l->id);
    }
}

void spans_join(struct index *x)
{
    struct joining j = {.x = x};
    if (x->spans.n == 0)
        return;
    drop_repeated(x);
    find_traced(&j);
    meet_logs(&j);
    measure_skew(&j);
    for (size_t i = 0; i < j.all.n; i++) {
        struct traced *t = &j.all.v[i];
        if (t->logged)
            x->duplicates++;
        else if (!t->known_by->throttled)
            add_part(&j, t);
    }
    tie_messages(&j);
    tie_links(&j);
    vec_done(&j.children);
    vec_done(&j.all);
}
