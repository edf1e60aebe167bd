/* The frozen index seen by function. */
#include "forensics/dossier.h"

#include "base/huge.h"
#include "base/order.h"
#include "base/parallel.h"
#include "forensics/concurrency.h"
#include "forensics/cost.h"
#include "forensics/durations.h"

static int by_name(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

struct order {
    struct slice name;
    uint32_t id;
};

static int by_text(const void *a, const void *b)
{
    return slice_cmp(((const struct order *)a)->name, ((const struct order *)b)->name);
}

/* Names of all functions that ran, in the order of their text. */
static void list_functions(struct dossier *d)
{
    const struct index *x = d->index;
    VEC(uint32_t) ids = {0};
    VEC(struct order) order = {0};
    for (size_t i = 0; i < x->streams.n; i++)
        if (x->streams.v[i].environment || x->streams.v[i].attempts)
            *vec_push(&ids) = x->streams.v[i].function;
    vec_sort(&ids, by_name);
    for (size_t i = 0; i < ids.n; i++)
        if (i == 0 || ids.v[i] != ids.v[i - 1])
            *vec_push(&order) = (struct order){intern_name(&x->names, ids.v[i]), ids.v[i]};
    vec_sort(&order, by_text);
    for (size_t i = 0; i < order.n; i++)
        *vec_push(&d->functions) = (struct function){.name = order.v[i].id, .least_used_mb = UINT32_MAX};
    vec_done(&ids);
    vec_done(&order);
}

/* `values` are used up. */
static void measure(struct durations *values, struct quantiles *ret)
{
    ret->known = durations_count(values) > 0;
    if (ret->known) {
        durations_sort(values);
        ret->p50 = durations_quantile(values, 0.50);
        ret->p90 = durations_quantile(values, 0.90);
        ret->p99 = durations_quantile(values, 0.99);
        ret->max = durations_at(values, durations_count(values) - 1);
    }
    durations_done(values);
}

/* Sweep over begins and ends, both in order; an end and a begin at one time do not overlap. */
static size_t peak_overlap(const int64_t *begins, const int64_t *ends, size_t n)
{
    size_t open = 0, peak = 0, e = 0;
    for (size_t i = 0; i < n; i++) {
        while (e < n && ends[e] <= begins[i] && open > 0) {
            open--;
            e++;
        }
        open++;
        peak = open > peak ? open : peak;
    }
    return peak;
}

/* What is gathered of a function while its attempts are walked, in two parts of which a thread each may write one: they
 * share no line of the cache. */
struct gathering {
    struct function *f;
    struct durations durations, inits;
    double gb_seconds;
    _Alignas(64) struct concurrency running;
};

static void measure_function(void *ctx, unsigned thread, size_t number)
{
    struct gathering *g = ctx;
    g += number;
    (void)thread;
    measure(&g->durations, &g->f->duration);
    measure(&g->inits, &g->f->init);
    g->f->gb_seconds = g->gb_seconds;
    g->f->cost_usd = cost_usd(g->f->gb_seconds, (double)g->f->attempts.n);
    g->f->peak_concurrency = g->running.peak ? g->running.peak : g->f->attempts.n > 0;
    concurrency_done(&g->running);
}

static void count_end(struct function *f, const struct attempt *a, enum attempt_status status)
{
    bool started = attempt_start(a) != TIME_NONE, good = status == ATTEMPT_OK;
    f->errors += status == ATTEMPT_FAILED || status == ATTEMPT_INIT_FAILURE;
    f->timeouts += status == ATTEMPT_TIMED_OUT;
    f->incomplete += status == ATTEMPT_INCOMPLETE;
    f->started += started;
    f->ended += attempt_end(a) != TIME_NONE;
    f->reported += good || attempt_report(a) != TIME_NONE;
    f->logged += started && good;
    if (!good && status != ATTEMPT_INCOMPLETE)
        *vec_push(&f->failed) = a;
}

static void count_memory(struct function *f, const struct attempt *a)
{
    if (a->memory_mb > f->memory_mb)
        f->memory_mb = a->memory_mb;
    if (a->max_memory_mb > f->max_memory_mb)
        f->max_memory_mb = a->max_memory_mb;
    if (a->max_memory_mb > 0 && a->max_memory_mb < f->least_used_mb)
        f->least_used_mb = a->max_memory_mb;
}

static void gather_attempt(struct gathering *g, const struct attempt *a)
{
    struct function *f = g->f;
    *vec_push(&f->attempts) = a;
    count_end(f, a, attempt_status(a));
    count_memory(f, a);
    f->used += a->max_memory_mb > 0;
    f->cold += attempt_cold(a);
    f->billed |= cost_known(a);
    if (decimal_known(a->duration))
        durations_add(&g->durations, a->duration);
    if (decimal_known(a->init))
        *vec_push(&f->inits) = a;
    if (decimal_known(a->init) && !(a->flags & ATTEMPT_RESTORED))
        durations_add(&g->inits, a->init);
}

/* What was met of all, and when. */
struct met {
    int64_t start, end;
    uint64_t begun, timed;
};

static void seen(struct met *m, int64_t time)
{
    if (time == TIME_NONE || time == INT64_MAX)
        return;
    if (m->start == TIME_NONE || time < m->start)
        m->start = time;
    if (m->end == TIME_NONE || time > m->end)
        m->end = time;
}

struct walk {
    struct dossier *d;
    struct gathering **of_name;
    struct met met;
};
enum { WALK_TIMES, WALK_LISTS, WALKS };

static void time_attempt(struct met *m, struct gathering *g, const struct attempt *a)
{
    int64_t begin = attempt_begin(a);
    seen(m, begin);
    seen(m, attempt_report(a));
    m->begun += begin != TIME_NONE;
    m->timed += decimal_known(a->duration);
    if (g && begin != TIME_NONE)
        concurrency_add(&g->running, begin, attempt_over(a));
}

static void charge_attempt(struct dossier *d, struct gathering *g, const struct attempt *a)
{
    int64_t begin = attempt_begin(a);
    double gb_seconds = cost_gb_seconds(a);
    d->charged += gb_seconds > 0;
    minutes_add(&d->gb_seconds, begin, gb_seconds);
    minutes_add(&d->requests, begin, 1);
    if (g)
        g->gb_seconds += gb_seconds;
}

/* All that is counted of attempts is counted here: each row is a miss of the cache. */
static void walk_attempts(struct walk *w, bool times, bool lists)
{
    const struct index *x = w->d->index;
    struct met met = {TIME_NONE, TIME_NONE, 0, 0}; /* the other thread's, where `times` is not set */
    if (times)
        met = w->met;
    for (size_t i = 0; i < x->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&x->attempts, i);
        struct gathering *g = w->of_name[a->function];
        if (times)
            time_attempt(&met, g, a);
        if (lists)
            charge_attempt(w->d, g, a);
        if (lists && g)
            gather_attempt(g, a);
    }
    if (times)
        w->met = met;
}

static void walk_part(void *ctx, unsigned thread, size_t part)
{
    (void)thread;
    walk_attempts(ctx, part == WALK_TIMES, part == WALK_LISTS);
}

static void walk_streams(struct dossier *d, struct gathering **of_name, struct met *met)
{
    const struct index *x = d->index;
    for (size_t i = 0; i < x->streams.n; i++) {
        const struct stream *s = &x->streams.v[i];
        if (of_name[s->function] && (s->environment || s->attempts)) {
            *vec_push(&of_name[s->function]->f->streams) = (uint32_t)i;
            d->environments++;
        }
        seen(met, s->first);
        seen(met, s->last);
    }
    for (size_t i = 0; i < x->objects.n; i++)
        seen(met, x->objects.v[i].time);
}

/* Room for what will come: a list that grows is copied, into memory that was never touched before. */
static void reserve(const struct dossier *d, struct gathering *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->f->streams.n; i++)
        n += d->index->streams.v[g->f->streams.v[i]].attempts;
    vec_reserve(&g->f->attempts, n);
    durations_reserve(&g->durations, n);
}

static void fill(struct dossier *d, struct gathering *all)
{
    struct gathering **of_name = calloc(d->index->names.names.n + 1, sizeof *of_name);
    if (!of_name)
        err_oom();
    for (size_t i = 0; i < d->functions.n; i++) {
        all[i].f = &d->functions.v[i];
        of_name[all[i].f->name] = &all[i];
    }
    struct walk w = {d, of_name, {TIME_NONE, TIME_NONE, 0, 0}};
    walk_streams(d, of_name, &w.met);
    for (size_t i = 0; i < d->functions.n; i++)
        reserve(d, &all[i]);
    unsigned threads = parallel_worth(d->ev->threads, d->index->attempts.n);
    if (threads == 1)
        walk_attempts(&w, true, true);
    else
        parallel_run(threads, WALKS, walk_part, &w);
    d->start = w.met.start;
    d->end = w.met.end;
    d->begun = w.met.begun;
    d->timed = w.met.timed;
    free(of_name);
}

void dossier_init(struct dossier *d, const struct evidence *ev)
{
    *d = (struct dossier){.ev = ev, .index = &ev->index};
    arena_init(&d->arena);
    list_functions(d);
    struct gathering *all = aligned_alloc(_Alignof(struct gathering), (d->functions.n + 1) * sizeof *all);
    if (!all)
        err_oom();
    memset(all, 0, (d->functions.n + 1) * sizeof *all);
    fill(d, all);
    parallel_run(ev->threads, d->functions.n, measure_function, all);
    free(all);
    for (size_t i = 0; i < d->functions.n; i++) {
        const struct function *f = &d->functions.v[i];
        d->cold += f->cold;
        d->timeouts += f->timeouts;
        d->errors += f->errors;
        d->incomplete += f->incomplete;
    }
}

uint64_t dossier_ended(const struct dossier *d)
{
    return d->index->attempts.n - d->incomplete;
}

void dossier_done(struct dossier *d)
{
    for (size_t i = 0; i < d->functions.n; i++) {
        vec_done(&d->functions.v[i].attempts);
        vec_done(&d->functions.v[i].failed);
        vec_done(&d->functions.v[i].inits);
        vec_done(&d->functions.v[i].streams);
    }
    vec_done(&d->functions);
    minutes_done(&d->gb_seconds);
    minutes_done(&d->requests);
    arena_done(&d->arena);
}

const struct function *dossier_function(const struct dossier *d, uint32_t name)
{
    for (size_t i = 0; i < d->functions.n; i++)
        if (d->functions.v[i].name == name)
            return &d->functions.v[i];
    return NULL;
}

struct slice dossier_name(const struct dossier *d, uint32_t name)
{
    return intern_name(&d->index->names, name);
}

size_t dossier_alive(const struct dossier *d, const struct function *f, int64_t time)
{
    size_t n = 0;
    for (size_t i = 0; i < f->streams.n; i++) {
        const struct stream *s = &d->index->streams.v[f->streams.v[i]];
        n += s->first <= time && time <= s->last;
    }
    return n;
}

size_t dossier_alive_peak(const struct dossier *d, const struct function *f, int64_t from, int64_t to)
{
    int64_t *begins = huge_array(f->streams.n * 2, sizeof *begins), *ends = begins + f->streams.n;
    size_t n = 0;
    for (size_t i = 0; i < f->streams.n; i++) {
        const struct stream *s = &d->index->streams.v[f->streams.v[i]];
        if (s->first == INT64_MAX || s->first > to || s->last < from)
            continue;
        begins[n] = s->first;
        ends[n] = s->last + 1;
        n++;
    }
    order_numbers(begins, n);
    order_numbers(ends, n);
    size_t peak = peak_overlap(begins, ends, n);
    huge_free(begins);
    return peak;
}

size_t dossier_lower(const struct function *f, int64_t time)
{
    return order_lower(0, f->attempts.n, k, attempt_began_before(f->attempts.v[k], time));
}

size_t dossier_lower_behind(const struct function *f, size_t i, int64_t time)
{
    size_t low = i + 1, high = low;
    for (size_t step = 1; high < f->attempts.n && attempt_began_before(f->attempts.v[high], time);
         step *= 2) {
        low = high + 1;
        high = low + step < f->attempts.n ? low + step : f->attempts.n;
    }
    return order_lower(low, high, k, attempt_began_before(f->attempts.v[k], time));
}

/* Phases are sorted by stream. */
uint32_t dossier_runtime(const struct dossier *d, uint32_t stream)
{
    const struct index *x = d->index;
    size_t low = order_lower(0, x->phases.n, i, x->phases.v[i].stream < stream);
    for (; low < x->phases.n && x->phases.v[low].stream == stream; low++)
        if (x->phases.v[low].runtime)
            return x->phases.v[low].runtime;
    return 0;
}

size_t dossier_begun(const struct function *f, int64_t from, int64_t to)
{
    return to > from ? dossier_lower(f, to) - dossier_lower(f, from) : 0;
}

/* Plain names stand as they are, some others in single quotes. What no name of AWS has, and what a shell could take for
 * something to do, is not repeated; a dash in front would be an option. */
const char *dossier_shell_name(struct arena *arena, struct slice name)
{
    bool all_plain = true;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_' || c == '.';
        if (!plain && (c == 0 || !strchr("$:+=@,~#%!*()[]{}", c)))
            return "NAME";
        all_plain &= plain;
    }
    if (name.n == 0 || *name.p == '-')
        return "NAME";
    return all_plain ? arena_copy(arena, name).p : arena_printf(arena, "'%.*s'", SLICE_ARG(name));
}
