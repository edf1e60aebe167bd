/* The frozen index seen by function. */
#include "forensics/dossier.h"

#include "base/huge.h"
#include "base/order.h"
#include "base/parallel.h"
#include "forensics/cost.h"
#include "forensics/stats.h"

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
        *vec_push(&d->functions) = (struct function){.name = order.v[i].id};
    vec_done(&ids);
    vec_done(&order);
}

static void measure(double *values, size_t n, struct quantiles *ret)
{
    static const double p[] = {0.50, 0.90, 0.99, 1.0};
    double q[4];
    ret->known = n > 0;
    if (n == 0)
        return;
    stats_quantiles(values, n, p, 4, q);
    ret->p50 = q[0];
    ret->p90 = q[1];
    ret->p99 = q[2];
    ret->max = q[3];
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

static size_t peak_of(const struct function *f)
{
    size_t n = 0;
    int64_t *begins = huge_array(f->attempts.n * 2, sizeof *begins), *ends = begins + f->attempts.n;
    for (size_t i = 0; i < f->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&f->attempts, i);
        if (attempt_begin(a) == TIME_NONE)
            continue;
        begins[n] = attempt_begin(a);
        ends[n] = attempt_over(a) > begins[n] ? attempt_over(a) : begins[n] + 1;
        n++;
    }
    order_numbers(ends, n); /* begins are in order: attempts are */
    size_t peak = peak_overlap(begins, ends, n);
    free(begins);
    return peak ? peak : f->attempts.n > 0;
}

static void count_attempt(struct function *f, const struct attempt *a)
{
    enum attempt_status status = attempt_status(a);
    f->errors += status == ATTEMPT_FAILED || status == ATTEMPT_INIT_FAILURE;
    f->init_failed += status == ATTEMPT_INIT_FAILURE;
    f->timeouts += status == ATTEMPT_TIMED_OUT;
    f->incomplete += status == ATTEMPT_INCOMPLETE;
    f->cold += attempt_cold(a);
    f->gb_seconds += cost_gb_seconds(a);
    f->billed |= cost_known(a);
    if (a->memory_mb > f->memory_mb)
        f->memory_mb = a->memory_mb;
    if (a->max_memory_mb > f->max_memory_mb)
        f->max_memory_mb = a->max_memory_mb;
}

static void measure_function(void *ctx, unsigned thread, size_t number)
{
    struct function *f = ctx;
    f += number;
    (void)thread;
    size_t durations = 0, inits = 0;
    double *values = huge_array(f->attempts.n * 2, sizeof *values), *init = values + f->attempts.n;
    for (size_t i = 0; i < f->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&f->attempts, i);
        count_attempt(f, a);
        if (decimal_known(a->duration))
            values[durations++] = decimal_value(a->duration);
        if (decimal_known(a->init) && !(a->flags & ATTEMPT_RESTORED))
            init[inits++] = decimal_value(a->init);
    }
    measure(values, durations, &f->duration);
    measure(init, inits, &f->init);
    f->cost_usd = cost_usd(f->gb_seconds, (double)f->attempts.n);
    f->peak_concurrency = peak_of(f);
    free(values);
}

static void seen(struct dossier *d, int64_t time)
{
    if (time == TIME_NONE || time == INT64_MAX)
        return;
    if (d->start == TIME_NONE || time < d->start)
        d->start = time;
    if (d->end == TIME_NONE || time > d->end)
        d->end = time;
}

static void fill(struct dossier *d, struct function **of_name)
{
    const struct index *x = d->index;
    for (size_t i = 0; i < x->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&x->attempts, i);
        if (of_name[a->function])
            *vec_push(&of_name[a->function]->attempts) = a;
        seen(d, attempt_begin(a));
        seen(d, attempt_report(a));
    }
    for (size_t i = 0; i < x->streams.n; i++) {
        const struct stream *s = &x->streams.v[i];
        if (of_name[s->function] && (s->environment || s->attempts)) {
            *vec_push(&of_name[s->function]->streams) = (uint32_t)i;
            d->environments++;
        }
        seen(d, s->first);
        seen(d, s->last);
    }
    for (size_t i = 0; i < x->objects.n; i++)
        seen(d, x->objects.v[i].time);
}

void dossier_init(struct dossier *d, const struct evidence *ev)
{
    *d = (struct dossier){.ev = ev, .index = &ev->index, .start = TIME_NONE, .end = TIME_NONE};
    arena_init(&d->arena);
    list_functions(d);
    struct function **of_name = calloc(ev->index.names.names.n + 1, sizeof *of_name);
    if (!of_name)
        err_oom();
    for (size_t i = 0; i < d->functions.n; i++)
        of_name[d->functions.v[i].name] = &d->functions.v[i];
    fill(d, of_name);
    free(of_name);
    parallel_run(ev->threads, d->functions.n, measure_function, d->functions.v);
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
        vec_done(&d->functions.v[i].streams);
    }
    vec_done(&d->functions);
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
    free(begins);
    return peak;
}

size_t dossier_lower(const struct function *f, int64_t time)
{
    size_t low = 0, high = f->attempts.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int64_t begin = attempt_begin(f->attempts.v[mid]);
        if (begin != TIME_NONE && begin < time)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Phases are sorted by stream. */
uint32_t dossier_runtime(const struct dossier *d, uint32_t stream)
{
    const struct index *x = d->index;
    size_t low = 0, high = x->phases.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (x->phases.v[mid].stream < stream)
            low = mid + 1;
        else
            high = mid;
    }
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
