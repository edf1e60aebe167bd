/* memory-creep: Max Memory Used that climbs through an environment's life. The platform's figure is the most
 * used since the environment began (field guide, lambda-text-logs 1.2), so it never falls: what tells a leak
 * from a warm-up or one large request is that it goes on rising, in many steps, over the whole life. A fall
 * means that the process was started again; each stretch is judged by itself. Severity: medium when one of
 * those environments ran out of memory, else low. */
#include "forensics/detector.h"

#include "base/huge.h"
#include "forensics/marked.h"
#include "forensics/remedy.h"

enum {
    REPORTS_MIN = 12,   /* in one stretch */
    STEPS_MIN = 6,      /* reports that show more than the one before */
    GROWTH_MIN_MB = 32, /* from the third report on: the first ones fill caches */
    WARM_UP = 2,
    PARTS = 3, /* of the stretch, each of which must rise */
    ROWS_SHOWN = 10,
};
#define GROWTH_MIN_SHARE 0.15 /* of the function's memory */
#define PART_MIN_SHARE   0.15 /* of the growth */

static uint64_t creep_examine(const struct dossier *d)
{
    uint64_t n = 0;
    for (size_t i = 0; i < d->functions.n; i++)
        n += d->functions.v[i].used;
    return n;
}

/* One environment's reports, in order of time. */
struct stretch {
    const struct attempt *const *v;
    size_t n;
};

static uint32_t used(const struct stretch *s, size_t i)
{
    return s->v[i]->max_memory_mb;
}

static bool rises_throughout(const struct stretch *s, uint32_t growth)
{
    size_t part = (s->n - WARM_UP) / PARTS;
    for (size_t i = 0; i < PARTS; i++) {
        size_t from = WARM_UP + i * part, to = i + 1 == PARTS ? s->n - 1 : from + part;
        if (used(s, to) - used(s, from) < PART_MIN_SHARE * growth)
            return false;
    }
    return true;
}

static bool creeps(const struct stretch *s)
{
    size_t steps = 0;
    if (s->n < REPORTS_MIN)
        return false;
    uint32_t growth = used(s, s->n - 1) - used(s, WARM_UP);
    for (size_t i = WARM_UP + 1; i < s->n; i++)
        steps += used(s, i) > used(s, i - 1);
    return growth >= GROWTH_MIN_MB && growth >= GROWTH_MIN_SHARE * s->v[0]->memory_mb && steps >= STEPS_MIN &&
           rises_throughout(s, growth);
}

typedef VEC(struct stretch) stretches;

struct creep {
    const struct dossier *d;
    const struct function *f;
    detector_picks reports; /* by environment, then time */
    stretches found;
    size_t environments; /* that they are of */
    size_t killed;       /* of these stretches, those that ended for want of memory */
    double per_call;     /* median growth, MB */
    uint32_t from, to;   /* MB of the stretch that grew most */
};

/* Dealt out to the function's environments, where they stay by time. `at`: one a stream. */
static void sort_by_stream(const struct function *f, size_t *at, detector_picks *reports)
{
    detector_picks sorted = {0};
    size_t n = 0;
    vec_reserve(&sorted, reports->n);
    for (size_t i = 0; i < f->streams.n; i++)
        at[f->streams.v[i]] = 0;
    for (size_t i = 0; i < reports->n; i++)
        at[reports->v[i]->stream]++;
    for (size_t i = 0; i < f->streams.n; i++) {
        size_t *first = &at[f->streams.v[i]], count = *first;
        *first = n;
        n += count;
    }
    for (size_t i = 0; i < reports->n; i++)
        sorted.v[at[attempt_walk(reports, i)->stream]++] = reports->v[i];
    sorted.n = n;
    vec_done(reports);
    *reports = sorted;
}

/* The stretch of one environment that is being walked, by time. */
struct climb {
    uint32_t n, steps;
    uint16_t memory_mb, base, last; /* MB: of the function, at the third report, at the last one */
    bool far;                       /* one of its stretches meets all but the last condition of creeps() */
};

static void climb_on(struct climb *c, const struct attempt *a)
{
    if (c->n > 0 && (a->max_memory_mb < c->last || a->memory_mb != c->memory_mb))
        *c = (struct climb){.far = c->far};
    if (c->n <= WARM_UP)
        c->base = a->max_memory_mb;
    c->steps += c->n > WARM_UP && a->max_memory_mb > c->last;
    c->memory_mb = a->memory_mb;
    c->last = a->max_memory_mb;
    c->n++;
    c->far |= c->n >= REPORTS_MIN && c->steps >= STEPS_MIN && c->last - c->base >= GROWTH_MIN_MB &&
              c->last - c->base >= GROWTH_MIN_SHARE * c->memory_mb;
}

/* The reports of the environments that may creep: mostly none, so that nothing has to be sorted. `climbs`: one a stream,
 * all zero. */
static void collect(const struct function *f, struct climb *climbs, detector_picks *ret)
{
    bool far = false;
    if (f->used == 0 || f->max_memory_mb - f->least_used_mb < GROWTH_MIN_MB)
        return;
    for (size_t i = 0; i < f->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&f->attempts, i);
        if (a->max_memory_mb > 0)
            climb_on(&climbs[a->stream], a);
        far |= climbs[a->stream].far;
    }
    for (size_t i = 0; far && i < f->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&f->attempts, i);
        if (a->max_memory_mb > 0 && climbs[a->stream].far)
            *vec_push(ret) = a;
    }
}

/* Ended for want of memory: its last report is full, whatever its error is called. */
static bool is_killed(const struct stretch *s, const struct marked *told, const struct dossier *d)
{
    const struct attempt *last = s->v[s->n - 1];
    return attempt_failed(last) &&
           (last->max_memory_mb >= last->memory_mb || marked_has(told, last) ||
            slice_eq(dossier_name(d, last->error_type), SLICE("Runtime.OutOfMemory")));
}

static void find_stretches(struct creep *c, const struct marked *told)
{
    for (size_t i = 0, end; i < c->reports.n; i = end) {
        const struct attempt *const *v = &c->reports.v[i];
        for (end = i + 1; end < c->reports.n && c->reports.v[end]->stream == v[0]->stream &&
                          c->reports.v[end]->max_memory_mb >= c->reports.v[end - 1]->max_memory_mb &&
                          c->reports.v[end]->memory_mb == v[0]->memory_mb;
             end++)
            ;
        struct stretch s = {v, end - i};
        if (!creeps(&s))
            continue;
        c->environments += c->found.n == 0 || c->found.v[c->found.n - 1].v[0]->stream != v[0]->stream;
        *vec_push(&c->found) = s;
        c->killed += is_killed(&s, told, c->d);
    }
}

static int by_growth(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    uint32_t g = used(x, x->n - 1) - used(x, WARM_UP), h = used(y, y->n - 1) - used(y, WARM_UP);
    if (g != h)
        return g > h ? -1 : 1;
    int64_t s = attempt_begin(x->v[0]), t = attempt_begin(y->v[0]);
    return s != t ? (s < t ? -1 : 1) : memcmp(&x->v[0]->id, &y->v[0]->id, sizeof x->v[0]->id);
}

static void write_table(const struct creep *c, struct findings *fs, struct finding *f)
{
    static const char *const columns[] = {"environment", "#reports",   "#first MB",
                                          "#last MB",    "#MB a call", "first report (UTC)"};
    struct finding_table *t = finding_table(f, "Lives that grow", columns, 6);
    for (size_t i = 0; i < c->found.n && i < ROWS_SHOWN; i++) {
        const struct stretch *s = &c->found.v[i];
        const struct stream *stream = &c->d->index->streams.v[s->v[0]->stream];
        *vec_push(&t->cells) = arena_copy(&fs->arena, dossier_name(c->d, stream->name)).p;
        *vec_push(&t->cells) = detector_count(&fs->arena, s->n);
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%u", used(s, 0));
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%u", used(s, s->n - 1));
        *vec_push(&t->cells) =
            arena_printf(&fs->arena, "%.1f",
                         (double)(used(s, s->n - 1) - used(s, WARM_UP)) / (double)(s->n - WARM_UP - 1));
        *vec_push(&t->cells) = detector_time(&fs->arena, attempt_begin(s->v[0]));
    }
}

static void write_detail(const struct creep *c, struct findings *fs, struct finding *f)
{
    const struct stretch *s = &c->found.v[0];
    struct detail detail;
    detail_init(&detail);
    jsonw_put_count(&detail.w, "environments", c->environments);
    jsonw_put_count(&detail.w, "lives", c->found.n);
    jsonw_put_i64(&detail.w, "memory_mb", s->v[0]->memory_mb);
    jsonw_put_i64(&detail.w, "from_mb", used(s, WARM_UP));
    jsonw_put_i64(&detail.w, "to_mb", used(s, s->n - 1));
    jsonw_put_double(&detail.w, "mb_per_call", c->per_call, 2);
    jsonw_put_count(&detail.w, "out_of_memory", c->killed);
    detail_done(&detail, fs, f);
}

static void write_prose(const struct creep *c, struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = dossier_name(c->d, c->f->name);
    const struct stretch *s = &c->found.v[0];
    uint32_t size = s->v[0]->memory_mb, last = used(s, s->n - 1);
    double left = c->per_call > 0 && size > last ? (size - last) / c->per_call : 0;
    f->moment = "report of a growing environment";
    const char *environments = arena_printf(m, "%s %s", detector_count(m, c->environments),
                                            detector_plural(c->environments, "environment", "environments"));
    f->title =
        c->found.n == c->environments
            ? arena_printf(m, "Memory of %.*s climbs through the life of %s", SLICE_ARG(name), environments)
            : arena_printf(m, "Memory of %.*s climbs in %s, %s times, each in a process of its own",
                           SLICE_ARG(name), environments, detector_count(m, c->found.n));
    f->what = arena_printf(
        m,
        "The one that grew most began with %u MB and went from %u at its third report to %u MB of %u MB over "
        "the %zu "
        "invocations behind that, %.1f MB each. %s%s",
        used(s, 0), used(s, WARM_UP), last, size, s->n - WARM_UP - 1, c->per_call,
        c->killed ? arena_printf(m, "%s of them ended out of memory.", detector_count(m, c->killed))
                  : "None of them has run out of memory yet",
        c->killed ? "" : arena_printf(m, "; at that pace it would after about %.0f more invocations.", left));
    f->how =
        "Max Memory Used of the reports, which is the most since the environment began: it may jump once, "
        "but a healthy function does not go on rising in each third of the life. A cache that fills up "
        "to a bound would disprove it.";
    finding_command(fs, f,
                    "# replaces all environments, which gives back the memory until it has climbed again");
    remedy_configure(c->d, c->f, "--description recycled", fs, f);
    f->fix = "Look for what outlives an invocation: module-level lists and caches without a bound, listeners "
             "added on each call, clients and files that are never closed. Compare two heap snapshots of one "
             "environment.";
    finding_step(fs, f, "(%u - %u MB) / %zu invocations = %.2f MB each; 32 MB and %.0f MB are the floors",
                 last, used(s, WARM_UP), s->n - WARM_UP - 1, c->per_call, GROWTH_MIN_SHARE * size);
    finding_fact(fs, f, "environments / processes that grow", "%zu / %zu", c->environments, c->found.n);
    finding_fact(fs, f, "ended out of memory", "%s", detector_count(m, c->killed));
}

static int by_time(const void *a, const void *b)
{
    const struct attempt *x = *(const struct attempt *const *)a, *y = *(const struct attempt *const *)b;
    int64_t s = attempt_begin(x), t = attempt_begin(y);
    return s != t ? (s < t ? -1 : 1) : memcmp(&x->id, &y->id, sizeof x->id);
}

static void report(const struct detector *self, struct creep *c, struct findings *fs)
{
    struct finding *f = finding_new(fs, self, c->killed ? SEVERITY_MEDIUM : SEVERITY_LOW, c->f->name);
    detector_picks all = {0};
    vec_sort(&c->found, by_growth);
    const struct stretch *s = &c->found.v[0];
    c->per_call = (double)(used(s, s->n - 1) - used(s, WARM_UP)) / (double)(s->n - WARM_UP - 1);
    for (size_t i = 0; i < c->found.n; i++)
        for (size_t k = 0; k < c->found.v[i].n; k++)
            *vec_push(&all) = c->found.v[i].v[k];
    vec_sort(&all, by_time);
    for (size_t i = 0; i < all.n; i++) {
        finding_attempt(f, all.v[i]);
        finding_seen(f, attempt_begin(all.v[i]));
    }
    for (size_t k = 0; k < s->n; k++) /* the climb of one environment is the proof */
        finding_cite(f, attempt_report_loc(s->v[k]), attempt_report(s->v[k]), s->v[k]);
    write_prose(c, fs, f);
    write_table(c, fs, f);
    write_detail(c, fs, f);
    finding_span(f, "memory climbs", f->first_seen, f->last_seen);
    vec_done(&all);
}

static const char *creep_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    struct marked told;
    size_t *at = huge_zeros(d->index->streams.n, sizeof *at);
    struct climb *climbs = huge_zeros(d->index->streams.n, sizeof *climbs);
    marked_init(&told, d, detector_says_memory);
    for (size_t i = 0; i < d->functions.n; i++) {
        struct creep c = {.d = d, .f = &d->functions.v[i]};
        collect(c.f, climbs, &c.reports);
        sort_by_stream(c.f, at, &c.reports);
        find_stretches(&c, &told);
        if (c.found.n)
            report(self, &c, fs);
        vec_done(&c.reports);
        vec_done(&c.found);
    }
    marked_done(&told);
    huge_free(climbs);
    huge_free(at);
    return "no environment's memory goes on rising";
}

const struct detector detector_memory_creep = {
    .name = "memory-creep",
    .doc = "memory that climbs through an environment's life",
    .missing = "no report with the memory used in the evidence",
    .rule = "Within one environment 12 or more reports, 6 or more of them higher than the one before; from "
            "the third on a growth of 32 MB and 15 % of the size, 15 % of it in each third. Medium when one "
            "ended out of memory, else low.",
    .fact = "Max Memory Used is the most since the environment began and never falls while the process lives "
            "(field guide 1.2).",
    .disproof = "A cache that fills up to a bound.",
    .examine = creep_examine,
    .run = creep_run,
};
