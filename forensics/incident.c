/* From findings to an incident. It grows from the most severe finding: what is linked to it by cause, and what else
 * at medium or above begins close to it. A finding that began long before and goes on all the time does not join:
 * it would stretch the incident over the whole evidence. */
#include "forensics/incident.h"

#include "base/err.h"
#include "base/huge.h"
#include "base/order.h"
#include "forensics/attempt.h"
#include "forensics/incident_ends.h"

bool incident_counts(const struct finding *f)
{
    return f->severity >= SEVERITY_MEDIUM && f->first_seen != TIME_NONE;
}

/* ---- which findings belong to it ---- */

/* A finding and its place in the list; looked up by address. */
struct place {
    const struct finding *f;
    size_t i;
};

struct group {
    const struct findings *fs;
    bool *in;                  /* by place in the list */
    int64_t from, to;          /* first_seen and last_seen of those that count */
    VEC(struct place) places;  /* by address */
    VEC(struct place) effects; /* f: the cause, i: its effect; by the cause's address */
    VEC(size_t) begins;        /* those that count, by first_seen */
    size_t low, high;          /* of `begins`: those from low to before high are in, or to come */
    VEC(size_t) open;          /* to come */
};

static int by_address(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->f != y->f ? (x->f < y->f ? -1 : 1) : x->i < y->i ? -1 : x->i > y->i;
}

static size_t lower_place(const struct place *v, size_t n, const struct finding *f)
{
    return order_lower(0, n, i, v[i].f < f);
}

static int by_begin(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int64_t s = x->f->first_seen, t = y->f->first_seen;
    return s != t ? (s < t ? -1 : 1) : x->i < y->i ? -1 : x->i > y->i;
}

/* The window of beginnings is empty and stands at the top finding's own. */
static void group_init(struct group *g, const struct findings *fs, size_t top)
{
    VEC(struct place) counting = {0};
    *g = (struct group){
        .fs = fs, .in = calloc(fs->list.n + 1, sizeof *g->in), .from = INT64_MAX, .to = INT64_MIN};
    if (!g->in)
        err_oom();
    for (size_t i = 0; i < fs->list.n; i++) {
        const struct finding *f = fs->list.v[i];
        *vec_push(&g->places) = (struct place){f, i};
        if (f->cause)
            *vec_push(&g->effects) = (struct place){f->cause, i};
        if (incident_counts(f))
            *vec_push(&counting) = (struct place){f, i};
    }
    vec_sort(&g->places, by_address);
    vec_sort(&g->effects, by_address);
    vec_sort(&counting, by_begin);
    for (size_t i = 0; i < counting.n; i++) {
        g->low += counting.v[i].f->first_seen < fs->list.v[top]->first_seen;
        *vec_push(&g->begins) = counting.v[i].i;
    }
    g->high = g->low;
    vec_done(&counting);
}

static void group_done(struct group *g)
{
    free(g->in);
    vec_done(&g->places);
    vec_done(&g->effects);
    vec_done(&g->begins);
    vec_done(&g->open);
}

/* Its cause and its effects follow. */
static void group_add(struct group *g, size_t i)
{
    const struct finding *f = g->fs->list.v[i];
    if (g->in[i])
        return;
    g->in[i] = true;
    if (f->cause)
        *vec_push(&g->open) = g->places.v[lower_place(g->places.v, g->places.n, f->cause)].i;
    for (size_t k = lower_place(g->effects.v, g->effects.n, f); k < g->effects.n && g->effects.v[k].f == f;
         k++)
        *vec_push(&g->open) = g->effects.v[k].i;
    if (!incident_counts(f))
        return;
    g->from = f->first_seen < g->from ? f->first_seen : g->from;
    g->to = f->last_seen > g->to ? f->last_seen : g->to;
}

/* What counts and begins close to it. */
static void group_widen(struct group *g)
{
    const struct finding *const *v = (const struct finding *const *)g->fs->list.v;
    while (g->low > 0 && v[g->begins.v[g->low - 1]]->first_seen >= g->from - INCIDENT_GAP_MS)
        *vec_push(&g->open) = g->begins.v[--g->low];
    while (g->high < g->begins.n && v[g->begins.v[g->high]]->first_seen <= g->to + INCIDENT_GAP_MS)
        *vec_push(&g->open) = g->begins.v[g->high++];
}

/* Grows until nothing joins any more, so that the order of joining does not matter. */
static void group_grow(struct group *g, size_t top)
{
    *vec_push(&g->open) = top;
    while (g->open.n) {
        group_add(g, g->open.v[--g->open.n]);
        group_widen(g);
    }
}

/* The number behind the F of an id tells the report order. */
static int by_time(const void *a, const void *b)
{
    const struct finding *x = *(const struct finding *const *)a, *y = *(const struct finding *const *)b;
    if (x->first_seen != y->first_seen)
        return x->first_seen < y->first_seen ? -1 : 1;
    size_t m = strlen(x->id), n = strlen(y->id);
    return m != n ? (m < n ? -1 : 1) : strcmp(x->id, y->id);
}

/* Findings that wait for their cause to be placed: by time, the first on top. */
typedef VEC(const struct finding *) heap;

static void heap_push(heap *h, const struct finding *f)
{
    size_t at = h->n;
    *vec_push(h) = f;
    for (; at > 0 && by_time(&f, &h->v[(at - 1) / 2]) < 0; at = (at - 1) / 2)
        h->v[at] = h->v[(at - 1) / 2];
    h->v[at] = f;
}

static const struct finding *heap_pop(heap *h)
{
    const struct finding *top = h->v[0], *last = h->v[--h->n];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < h->n; at = child) {
        child += child + 1 < h->n && by_time(&h->v[child + 1], &h->v[child]) < 0;
        if (by_time(&last, &h->v[child]) < 0)
            break;
        h->v[at] = h->v[child];
    }
    h->v[at] = last;
    return top;
}

/* By time, but none before its cause: what shows late has begun before (see causes.c). Causes hold no circle, and a
 * group holds the cause of each of its findings. */
static void sort_chain(struct incident *in, const struct group *g)
{
    heap ready = {0};
    for (size_t i = 0; i < g->fs->list.n; i++)
        if (g->in[i] && !g->fs->list.v[i]->cause)
            heap_push(&ready, g->fs->list.v[i]);
    while (ready.n) {
        const struct finding *f = heap_pop(&ready);
        *vec_push(&in->chain) = f;
        for (size_t k = lower_place(g->effects.v, g->effects.n, f);
             k < g->effects.n && g->effects.v[k].f == f; k++)
            heap_push(&ready, g->fs->list.v[g->effects.v[k].i]);
    }
    vec_done(&ready);
}

static void take_findings(struct incident *in, const struct group *g)
{
    for (size_t i = 0; i < g->fs->list.n; i++) {
        const struct finding *f = g->fs->list.v[i];
        if (!g->in[i] && f->severity >= SEVERITY_MEDIUM)
            *vec_push(&in->apart) = f;
    }
    sort_chain(in, g);
}

/* ---- functions ---- */

/* What findings say of each function, by name id. */
struct said {
    uint64_t concerned; /* its invocations that they name */
    uint64_t untimed, errors,
        timeouts; /* those of them without a time: they are of the incident, whenever they began */
    bool named;   /* by one of the incident that counts */
    bool touched; /* by one of another time, or of no time, that still touches this one */
    bool hurt;
};

struct functions {
    struct said *v;
    uint32_t n;
};

static struct said *said_of(const struct functions *f, uint32_t name)
{
    return &f->v[name < f->n ? name : 0]; /* 0 is no function's name */
}

static bool is_error(const struct attempt *a)
{
    return attempt_status(a) == ATTEMPT_FAILED || attempt_status(a) == ATTEMPT_INIT_FAILURE;
}

static void note_named(struct said *said, const struct attempt *a)
{
    said->concerned++;
    if (attempt_begin(a) != TIME_NONE)
        return;
    said->untimed++;
    said->errors += is_error(a);
    said->timeouts += attempt_status(a) == ATTEMPT_TIMED_OUT;
}

static void functions_init(struct functions *ret, const struct dossier *d)
{
    *ret = (struct functions){.n = 1};
    for (size_t i = 0; i < d->functions.n; i++)
        ret->n = d->functions.v[i].name >= ret->n ? d->functions.v[i].name + 1 : ret->n;
    ret->v = calloc(ret->n, sizeof *ret->v);
    if (!ret->v)
        err_oom();
}

/* Its span is known by now. */
static void note_findings(const struct functions *fns, const struct incident *in)
{
    for (size_t i = 0; i < in->chain.n; i++)
        if (incident_counts(in->chain.v[i]))
            said_of(fns, in->chain.v[i]->function)->named = true;
    for (size_t i = 0; i < in->apart.n; i++) {
        const struct finding *f = in->apart.v[i];
        if (f->first_seen == TIME_NONE || (f->first_seen <= in->end && f->last_seen >= in->from))
            said_of(fns, f->function)->touched = true;
    }
}

/* ---- the invocations that its findings name ---- */

/* By row: 1 for those that the incident is about. */
typedef uint8_t *marks;

/* Each counts once, however many findings name it. */
static void name_all(struct incident *in, const struct finding *f, const struct functions *fns, marks marked)
{
    for (size_t k = 0; k < f->attempts.n; k++) {
        const struct attempt *a = attempt_walk(&f->attempts, k);
        int64_t begin = attempt_begin(a);
        if (marked[a->row])
            continue;
        marked[a->row] = 1;
        note_named(said_of(fns, a->function), a);
        in->from = begin != TIME_NONE && begin < in->from ? begin : in->from;
    }
}

/* Also notes the times that the findings give. */
static void take_named(struct incident *in, const struct functions *fns, marks marked)
{
    for (size_t i = 0; i < in->chain.n; i++) {
        const struct finding *f = in->chain.v[i];
        if (!incident_counts(f))
            continue;
        if (!in->first || f->first_seen < in->onset) {
            in->first = f;
            in->onset = f->first_seen;
        }
        in->end = f->last_seen > in->end ? f->last_seen : in->end;
        in->live |= f->live;
    }
    in->from = in->onset;
    for (size_t i = 0; i < in->chain.n; i++)
        if (incident_counts(in->chain.v[i]))
            name_all(in, in->chain.v[i], fns, marked);
}

/* ---- who is hurt ---- */

/* Most functions never failed: nothing has to be looked for. */
static bool may_fail(const struct function *f)
{
    return f->errors + f->timeouts > 0;
}

static void measure(const struct incident *in, const struct function *f, const struct said *said,
                    struct incident_function *ret)
{
    size_t first = dossier_lower(f, in->from), last = dossier_lower(f, in->end + 1);
    *ret = (struct incident_function){.function = f,
                                      .invocations = last - first + said->untimed,
                                      .errors = said->errors,
                                      .timeouts = said->timeouts,
                                      .before = first,
                                      .concerned = said->concerned};
    if (!may_fail(f))
        return;
    for (size_t i = 0; i < first; i++)
        ret->before_failed += incident_failed(attempt_walk(&f->attempts, i));
    for (size_t i = first; i < last; i++) {
        const struct attempt *a = attempt_walk(&f->attempts, i);
        ret->errors += is_error(a);
        ret->timeouts += attempt_status(a) == ATTEMPT_TIMED_OUT;
    }
}

/* failed / invocations > before_failed / before, without dividing. Nothing before: any failure is more. */
static bool fails_more(const struct incident_function *m)
{
    uint64_t failed = m->errors + m->timeouts;
    return m->before ? failed * m->before > m->before_failed * m->invocations : failed > 0;
}

static void sort_functions(struct incident *in, const struct dossier *d, const struct functions *fns)
{
    for (size_t i = 0; i < d->functions.n; i++) {
        struct said *said = said_of(fns, d->functions.v[i].name);
        struct incident_function m;
        measure(in, &d->functions.v[i], said, &m);
        said->hurt = said->named || m.concerned || (m.invocations && fails_more(&m));
        if (said->hurt)
            *vec_push(&in->hurt) = m;
        else if (said->touched)
            continue;
        else if (m.invocations)
            *vec_push(&in->healthy) = m;
        else if (m.function->attempts.n)
            *vec_push(&in->idle) = m.function;
    }
}

/* ---- first sign ---- */

static void find_sign(struct incident *in, const struct findings *fs, const struct functions *fns)
{
    in->sign = in->first;
    for (size_t i = 0; i < in->chain.n; i++)
        if (in->chain.v[i]->severity >= SEVERITY_LOW && in->chain.v[i]->first_seen != TIME_NONE &&
            in->chain.v[i]->first_seen < in->sign->first_seen)
            in->sign = in->chain.v[i];
    for (size_t i = 0; i < fs->list.n; i++) {
        const struct finding *f = fs->list.v[i];
        if (f->severity >= SEVERITY_LOW && f->first_seen != TIME_NONE && said_of(fns, f->function)->hurt &&
            f->first_seen >= in->onset - INCIDENT_SIGN_MS && f->first_seen < in->sign->first_seen)
            in->sign = f;
    }
}

/* Failed invocations of hurt functions within it join those that findings name. */
static void mark_failed(const struct incident *in, marks marked)
{
    for (size_t i = 0; i < in->hurt.n; i++) {
        const struct function *f = in->hurt.v[i].function;
        size_t last = may_fail(f) ? dossier_lower(f, in->end + 1) : 0;
        for (size_t k = dossier_lower(f, in->from); k < last; k++)
            if (incident_failed(attempt_walk(&f->attempts, k)))
                marked[f->attempts.v[k]->row] = 1;
    }
}

/* ---- all of it ---- */

static void incident_fill(struct incident *in, const struct dossier *d, const struct findings *fs, size_t top)
{
    struct group g;
    struct functions fns;
    marks marked = huge_zeros(d->index->attempts.n, 1);
    group_init(&g, fs, top);
    group_grow(&g, top);
    take_findings(in, &g);
    functions_init(&fns, d);
    take_named(in, &fns, marked);
    note_findings(&fns, in);
    sort_functions(in, d, &fns);
    find_sign(in, fs, &fns);
    mark_failed(in, marked);
    incident_ends(in, d->index, marked);
    in->found = true;
    huge_free(marked);
    free(fns.v);
    group_done(&g);
}

void incident_init(struct incident *in, const struct dossier *d, const struct findings *fs)
{
    size_t top = 0;
    *in = (struct incident){.from = TIME_NONE, .onset = TIME_NONE, .end = TIME_NONE, .peak = TIME_NONE};
    while (top < fs->list.n && !incident_counts(fs->list.v[top]))
        top++;
    if (top < fs->list.n)
        incident_fill(in, d, fs, top);
}

void incident_done(struct incident *in)
{
    vec_done(&in->chain);
    vec_done(&in->apart);
    vec_done(&in->hurt);
    vec_done(&in->healthy);
    vec_done(&in->idle);
}
