/* From findings to an incident. It grows from the most severe finding: what is linked to it by cause, and what else
 * at medium or above begins close to it. A finding that began long before and goes on all the time does not join:
 * it would stretch the incident over the whole evidence. */
#include "forensics/incident.h"

#include "base/err.h"
#include "forensics/attempt.h"
#include "forensics/minutes.h"

bool incident_counts(const struct finding *f)
{
    return f->severity >= SEVERITY_MEDIUM && f->first_seen != TIME_NONE;
}

static bool is_failed(const struct attempt *a)
{
    enum attempt_status s = attempt_status(a);
    return s == ATTEMPT_FAILED || s == ATTEMPT_TIMED_OUT || s == ATTEMPT_INIT_FAILURE;
}

/* ---- which findings belong to it ---- */

/* By place in the list of findings. */
struct group {
    const struct findings *fs;
    bool *in;
    int64_t from, to; /* first_seen and last_seen of those that count */
};

static bool is_linked(const struct group *g, const struct finding *f)
{
    for (size_t i = 0; i < g->fs->list.n; i++)
        if (g->in[i] && (g->fs->list.v[i]->cause == f || f->cause == g->fs->list.v[i]))
            return true;
    return false;
}

static bool begins_within(const struct group *g, const struct finding *f)
{
    return incident_counts(f) && f->first_seen >= g->from - INCIDENT_GAP_MS &&
           f->first_seen <= g->to + INCIDENT_GAP_MS;
}

static void group_add(struct group *g, size_t i)
{
    const struct finding *f = g->fs->list.v[i];
    g->in[i] = true;
    if (!incident_counts(f))
        return;
    g->from = f->first_seen < g->from ? f->first_seen : g->from;
    g->to = f->last_seen > g->to ? f->last_seen : g->to;
}

/* Grows until nothing joins any more, so that the order of joining does not matter. */
static void group_grow(struct group *g, size_t top)
{
    bool grown = true;
    group_add(g, top);
    while (grown) {
        grown = false;
        for (size_t i = 0; i < g->fs->list.n; i++) {
            const struct finding *f = g->fs->list.v[i];
            if (g->in[i] || !(is_linked(g, f) || begins_within(g, f)))
                continue;
            group_add(g, i);
            grown = true;
        }
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

static bool is_ready(const struct incident *in, size_t done, const struct finding *f)
{
    for (size_t i = done; i < in->chain.n; i++)
        if (in->chain.v[i] == f->cause)
            return false;
    return true;
}

/* By time, but none before its cause: what shows late has begun before (see causes.c). Causes hold no circle. */
static void sort_chain(struct incident *in)
{
    vec_sort(&in->chain, by_time);
    for (size_t done = 0; done < in->chain.n; done++) {
        size_t next = done;
        while (!is_ready(in, done, in->chain.v[next]))
            next++;
        const struct finding *f = in->chain.v[next];
        memmove(&in->chain.v[done + 1], &in->chain.v[done], (next - done) * sizeof *in->chain.v);
        in->chain.v[done] = f;
    }
}

static void take_findings(struct incident *in, const struct group *g)
{
    for (size_t i = 0; i < g->fs->list.n; i++) {
        const struct finding *f = g->fs->list.v[i];
        if (g->in[i])
            *vec_push(&in->chain) = f;
        else if (f->severity >= SEVERITY_MEDIUM)
            *vec_push(&in->apart) = f;
    }
    sort_chain(in);
}

/* ---- the invocations that its findings name ---- */

typedef VEC(const struct attempt *) attempts;

static int by_row(const void *a, const void *b)
{
    uint32_t x = (*(const struct attempt *const *)a)->row, y = (*(const struct attempt *const *)b)->row;
    return x < y ? -1 : x > y;
}

static void keep_distinct(attempts *all)
{
    size_t n = 0;
    vec_sort(all, by_row);
    for (size_t i = 0; i < all->n; i++)
        if (n == 0 || all->v[n - 1]->row != all->v[i]->row)
            all->v[n++] = all->v[i];
    all->n = n;
}

/* Also notes the times that the findings give. */
static void take_named(struct incident *in, attempts *named)
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
        for (size_t k = 0; k < f->attempts.n; k++)
            *vec_push(named) = f->attempts.v[k];
    }
    keep_distinct(named);
    in->from = in->onset;
    for (size_t i = 0; i < named->n; i++) {
        int64_t begin = attempt_begin(named->v[i]);
        in->from = begin != TIME_NONE && begin < in->from ? begin : in->from;
    }
}

/* ---- functions ---- */

static void measure(const struct incident *in, const struct function *f, const attempts *named,
                    struct incident_function *ret)
{
    size_t first = dossier_lower(f, in->from), last = dossier_lower(f, in->end + 1);
    *ret = (struct incident_function){.function = f, .invocations = last - first, .before = first};
    for (size_t i = 0; i < first; i++)
        ret->before_failed += is_failed(f->attempts.v[i]);
    for (size_t i = first; i < last; i++) {
        enum attempt_status s = attempt_status(f->attempts.v[i]);
        ret->errors += s == ATTEMPT_FAILED || s == ATTEMPT_INIT_FAILURE;
        ret->timeouts += s == ATTEMPT_TIMED_OUT;
    }
    for (size_t i = 0; i < named->n; i++)
        ret->concerned += named->v[i]->function == f->name;
}

static bool is_named(const struct incident *in, const struct incident_function *m)
{
    for (size_t i = 0; i < in->chain.n; i++)
        if (incident_counts(in->chain.v[i]) && in->chain.v[i]->function == m->function->name)
            return true;
    return m->concerned > 0;
}

/* failed / invocations > before_failed / before, without dividing. Nothing before: any failure is more. */
static bool fails_more(const struct incident_function *m)
{
    uint64_t failed = m->errors + m->timeouts;
    return m->before ? failed * m->before > m->before_failed * m->invocations : failed > 0;
}

/* A finding of another time, or of no time, that still touches this one. */
static bool is_touched(const struct incident *in, uint32_t function)
{
    for (size_t i = 0; i < in->apart.n; i++) {
        const struct finding *f = in->apart.v[i];
        if (f->function == function &&
            (f->first_seen == TIME_NONE || (f->first_seen <= in->end && f->last_seen >= in->from)))
            return true;
    }
    return false;
}

static void sort_functions(struct incident *in, const struct dossier *d, const attempts *named)
{
    for (size_t i = 0; i < d->functions.n; i++) {
        struct incident_function m;
        measure(in, &d->functions.v[i], named, &m);
        if (is_named(in, &m) || (m.invocations && fails_more(&m)))
            *vec_push(&in->hurt) = m;
        else if (is_touched(in, m.function->name))
            continue;
        else if (m.invocations)
            *vec_push(&in->healthy) = m;
        else if (m.function->attempts.n)
            *vec_push(&in->idle) = m.function;
    }
}

/* ---- first sign, first error, peak ---- */

static bool is_hurt(const struct incident *in, uint32_t function)
{
    for (size_t i = 0; i < in->hurt.n; i++)
        if (in->hurt.v[i].function->name == function)
            return true;
    return false;
}

static void find_sign(struct incident *in, const struct findings *fs)
{
    in->sign = in->first;
    for (size_t i = 0; i < in->chain.n; i++)
        if (in->chain.v[i]->severity >= SEVERITY_LOW && in->chain.v[i]->first_seen != TIME_NONE &&
            in->chain.v[i]->first_seen < in->sign->first_seen)
            in->sign = in->chain.v[i];
    for (size_t i = 0; i < fs->list.n; i++) {
        const struct finding *f = fs->list.v[i];
        if (f->severity >= SEVERITY_LOW && f->first_seen != TIME_NONE && is_hurt(in, f->function) &&
            f->first_seen >= in->onset - INCIDENT_SIGN_MS && f->first_seen < in->sign->first_seen)
            in->sign = f;
    }
}

/* Failed invocations of hurt functions within it, and those that findings name. */
static void take_concerned(const struct incident *in, const attempts *named, attempts *ret)
{
    for (size_t i = 0; i < named->n; i++)
        *vec_push(ret) = named->v[i];
    for (size_t i = 0; i < in->hurt.n; i++) {
        const struct function *f = in->hurt.v[i].function;
        for (size_t k = dossier_lower(f, in->from), last = dossier_lower(f, in->end + 1); k < last; k++)
            if (is_failed(f->attempts.v[k]))
                *vec_push(ret) = f->attempts.v[k];
    }
    keep_distinct(ret);
}

static void find_first_error(struct incident *in, const attempts *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct attempt *a = all->v[i];
        if (is_failed(a) && attempt_over(a) != TIME_NONE &&
            (!in->first_error || attempt_over(a) < attempt_over(in->first_error)))
            in->first_error = a;
    }
}

static int by_end(const void *a, const void *b)
{
    int64_t x = attempt_over(*(const struct attempt *const *)a),
            y = attempt_over(*(const struct attempt *const *)b);
    return x < y ? -1 : x > y ? 1 : by_row(a, b);
}

/* Most failures first, then most named, then the earliest. */
static void find_peak(struct incident *in, attempts *all)
{
    in->peak = TIME_NONE;
    vec_sort(all, by_end);
    for (size_t i = 0; i < all->n;) {
        const struct attempt *first = all->v[i];
        int64_t over = attempt_over(first), minute = over / MINUTE_MS;
        uint64_t failed = 0, concerned = 0;
        for (; i < all->n && attempt_over(all->v[i]) / MINUTE_MS == minute; i++, concerned++)
            failed += is_failed(all->v[i]);
        if (over == TIME_NONE || failed < in->peak_failed ||
            (failed == in->peak_failed && concerned <= in->peak_concerned))
            continue;
        in->peak = minute * MINUTE_MS;
        in->peak_first = first;
        in->peak_failed = failed;
        in->peak_concerned = concerned;
    }
}

/* ---- all of it ---- */

static void incident_fill(struct incident *in, const struct dossier *d, const struct findings *fs, size_t top)
{
    struct group g = {fs, calloc(fs->list.n, sizeof(bool)), INT64_MAX, INT64_MIN};
    attempts named = {0}, concerned = {0};
    if (!g.in)
        err_oom();
    group_grow(&g, top);
    take_findings(in, &g);
    take_named(in, &named);
    sort_functions(in, d, &named);
    find_sign(in, fs);
    take_concerned(in, &named, &concerned);
    find_first_error(in, &concerned);
    find_peak(in, &concerned);
    in->found = true;
    vec_done(&concerned);
    vec_done(&named);
    free(g.in);
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
