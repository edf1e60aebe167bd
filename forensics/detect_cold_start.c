/* cold-start: inits far off the rest of the same function, version, memory and runtime. Median and MAD on ln
 * x (stats.h); restores are judged apart from inits. A version with fewer than eight inits, and one whose
 * median is twice that of the rest and 200 ms above it, is held against the inits of the function's versions
 * that began before: that is how a slow deployment shows, and a fast one accuses nothing. Thresholds: an
 * outlier is at least twice the median and 200 ms above it with a score over 2.5; three outliers over 3.5 make
 * a finding medium, fewer make it low. */
#include "forensics/detector.h"
#include "forensics/durations.h"
#include "forensics/handled.h"
#include "forensics/remedy.h"

enum { EXTREME_FOR_MEDIUM = 3, ROWS_SHOWN = 10, STORM_MS = 10000, STORM_BEFORE_MS = 60000, STORM_MIN = 10 };
/* Of a bucket (63 bytes at most) and a folder, as text; what is longer is cut. */
enum { PREFIX_MAX = 256 };

struct sample {
    const struct attempt *attempt;
    uint32_t version, runtime, memory_mb;
    uint32_t file;   /* whose function and stream are unknown: it may be a function of its own; else 0 */
    uint32_t prefix; /* of its S3 object, in cold.prefixes; 0 unknown. Set when some of them are slow */
    bool restored;
    bool first; /* of those that are alike to it */
    double ms, score;
    int64_t begin;
    int64_t group_begin; /* of the first that is alike, TIME_NONE when no time is known */
};

typedef VEC(struct sample) samples;

struct cold {
    const struct dossier *d;
    struct handled handled;
    struct intern prefixes; /* BUCKET/FOLDER/ */
};

static uint64_t cold_examine(const struct dossier *d)
{
    return d->cold;
}

/* The bucket and the first folder of the key: a notification's filter is set by it, and so is the work. */
static uint32_t prefix_of(struct cold *c, const struct attempt *a)
{
    const struct object_event *o = handled_object(&c->handled, a);
    if (!o)
        return 0;
    struct slice rest = object_key(o), folder = slice_cut(&rest, '/');
    folder = rest.n ? slice_head(object_key(o), folder.n + 1) : SLICE("");
    char text[PREFIX_MAX];
    struct slice bucket = slice_head(dossier_name(c->d, o->bucket), PREFIX_MAX / 4);
    folder = slice_head(folder, PREFIX_MAX / 2);
    memcpy(text, bucket.p, bucket.n);
    text[bucket.n] = '/';
    memcpy(text + bucket.n + 1, folder.p, folder.n);
    return intern_id(&c->prefixes, slice_of(text, bucket.n + 1 + folder.n));
}

static void collect(struct cold *c, const struct function *f, samples *ret)
{
    const struct dossier *d = c->d;
    bool unknown = slice_starts(dossier_name(d, f->name), SLICE("unknown ("));
    for (size_t i = 0; i < f->inits.n; i++) {
        const struct attempt *a = f->inits.v[i];
        *vec_push(ret) = (struct sample){
            .attempt = a,
            .version = a->version,
            .runtime = dossier_runtime(d, a->stream),
            .memory_mb = a->memory_mb,
            .file = unknown && d->index->streams.v[a->stream].name == 0 ? a->stream + 1 : 0,
            .restored = a->flags & ATTEMPT_RESTORED,
            .ms = decimal_value(a->init),
            .begin = attempt_begin(a),
        };
    }
}

static bool alike(const struct sample *a, const struct sample *b)
{
    return a->version == b->version && a->runtime == b->runtime && a->memory_mb == b->memory_mb &&
           a->restored == b->restored && a->file == b->file;
}

/* Of another group, that began before: the newer version is held against the older one, never the other way. */
static bool is_earlier(const struct sample *v, const struct sample *s)
{
    return !alike(v, s) && v->group_begin != TIME_NONE && s->group_begin != TIME_NONE &&
           v->group_begin < s->group_begin;
}

/* Measures the samples of `all` that are alike to `s` (or those of earlier groups, of the same kind). */
static bool measure(const samples *all, const struct sample *s, bool others, struct stats_spread *ret)
{
    struct durations values = {0};
    for (size_t i = 0; i < all->n; i++) {
        const struct sample *v = &all->v[i];
        if (v->restored == s->restored && v->file == s->file && (others ? is_earlier(v, s) : alike(v, s)))
            durations_add(&values, v->attempt->init);
    }
    durations_sort(&values);
    bool ok = durations_measure(&values, ret);
    durations_done(&values);
    return ok;
}

struct verdicts {
    struct stats_spread spread; /* of the group with most samples */
    bool judged;
};

/* Scores every sample of the group of s. */
static void judge_group(samples *all, const struct sample *first, struct verdicts *v)
{
    struct stats_spread own, rest;
    struct sample key = *first;
    bool has_own = measure(all, &key, false, &own), has_rest = measure(all, &key, true, &rest);
    bool slower = has_own && has_rest && rest.n >= STATS_SAMPLE_SMALL &&
                  own.median >= STATS_RATIO_MIN * rest.median && own.median - rest.median >= STATS_EXCESS_MIN;
    const struct stats_spread *against = !has_own || slower ? (has_rest ? &rest : NULL) : &own;
    if (!against)
        return;
    for (size_t i = 0; i < all->n; i++)
        if (alike(&all->v[i], &key))
            all->v[i].score = stats_score(against, all->v[i].ms);
    if (!v->judged || against->n > v->spread.n)
        v->spread = *against;
    v->judged = true;
}

/* They are in order of time. */
static void find_groups(samples *all)
{
    VEC(const struct sample *) firsts = {0};
    for (size_t i = 0; i < all->n; i++) {
        struct sample *s = &all->v[i];
        size_t k = 0;
        while (k < firsts.n && !alike(firsts.v[k], s))
            k++;
        s->first = k == firsts.n;
        if (s->first)
            *vec_push(&firsts) = s;
        s->group_begin = firsts.v[k]->begin;
    }
    vec_done(&firsts);
}

static void judge(samples *all, struct verdicts *v)
{
    find_groups(all);
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].first)
            judge_group(all, &all->v[i], v);
}

static int by_score(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;
    if (x->ms != y->ms)
        return x->ms > y->ms ? -1 : 1;
    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static int by_begin(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return memcmp(&x->attempt->id, &y->attempt->id, sizeof x->attempt->id);
}

static void write_detail(const struct dossier *d, const struct function *fn, const struct verdicts *v,
                         const samples *outliers, struct findings *fs, struct finding *f)
{
    struct detail detail;
    detail_init(&detail);
    jsonw_put_count(&detail.w, "cold_starts", fn->cold);
    jsonw_put_double(&detail.w, "median_ms", v->spread.median, 2);
    jsonw_put_double(&detail.w, "mad_ms", v->spread.mad, 2);
    jsonw_put_double(&detail.w, "threshold_ms", v->spread.threshold, 2);
    jsonw_put_open(&detail.w, "outliers", '[');
    for (size_t i = 0; i < outliers->n; i++) {
        jsonw_open(&detail.w, '{');
        jsonw_key(&detail.w, "request_id");
        detail_id(&detail, d, outliers->v[i].attempt);
        jsonw_key(&detail.w, "init_ms");
        jsonw_decimal(&detail.w, outliers->v[i].attempt->init);
        jsonw_put_double(&detail.w, "score", outliers->v[i].score, 2);
        jsonw_close(&detail.w, '}');
    }
    jsonw_close(&detail.w, ']');
    jsonw_put_double(&detail.w, "share", (double)fn->cold / (double)fn->attempts.n, 4);
    detail_done(&detail, fs, f);
}

static void write_table(const struct dossier *d, const samples *outliers, struct findings *fs,
                        struct finding *f)
{
    static const char *const columns[] = {"start (UTC)", "request", "#init ms",
                                          "#score",      "version", "runtime"};
    struct finding_table *t = finding_table(f, "The slowest", columns, 6);
    for (size_t i = 0; i < outliers->n && i < ROWS_SHOWN; i++) {
        const struct sample *s = &outliers->v[i];
        *vec_push(&t->cells) = detector_time(&fs->arena, s->begin);
        *vec_push(&t->cells) = detector_request_id(&fs->arena, d, s->attempt);
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%.2f", s->ms);
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%.1f", s->score);
        *vec_push(&t->cells) = arena_copy(&fs->arena, dossier_name(d, s->version)).p;
        *vec_push(&t->cells) = arena_copy(&fs->arena, dossier_name(d, s->runtime)).p;
    }
}

/* ---- what the slow ones share ---- */

enum trait { TRAIT_VERSION, TRAIT_RUNTIME, TRAIT_MEMORY, TRAIT_PREFIX, TRAIT_MINUTE, TRAITS };

static int64_t trait_of(const struct sample *s, enum trait trait)
{
    const int64_t values[TRAITS] = {[TRAIT_VERSION] = s->version,
                                    [TRAIT_RUNTIME] = s->runtime,
                                    [TRAIT_MEMORY] = s->memory_mb,
                                    [TRAIT_PREFIX] = s->prefix,
                                    [TRAIT_MINUTE] = s->begin == TIME_NONE ? 0 : s->begin / MINUTE_MS};
    return values[trait];
}

static const char *trait_name(const struct cold *c, const struct sample *s, enum trait trait, struct arena *m)
{
    const struct dossier *d = c->d;
    char time[TEXT_TIME_SIZE];
    switch (trait) {
    case TRAIT_VERSION: return arena_printf(m, "are of version %.*s", SLICE_ARG(dossier_name(d, s->version)));
    case TRAIT_RUNTIME: return arena_printf(m, "ran on %.*s", SLICE_ARG(dossier_name(d, s->runtime)));
    case TRAIT_MEMORY: return arena_printf(m, "have %u MB", s->memory_mb);
    case TRAIT_PREFIX:
        return arena_printf(m, "were about objects under %.*s",
                            SLICE_ARG(intern_name(&c->prefixes, s->prefix)));
    case TRAIT_MINUTE: text_time_print(s->begin, time); return arena_printf(m, "began at %.5s", time + 11);
    case TRAITS: break;
    }
    return "";
}

/* What all outliers share and most of the other cold starts lack. */
static const char *shared_traits(const struct cold *c, const samples *all, const samples *outliers,
                                 struct arena *m)
{
    const char *text = "";
    const struct sample *o = &outliers->v[0];
    size_t others = all->n - outliers->n;
    for (enum trait t = 0; t < TRAITS && outliers->n > 1; t++) {
        bool shared = trait_of(o, t) != 0;
        size_t with = 0;
        for (size_t i = 0; i < outliers->n; i++)
            shared &= trait_of(&outliers->v[i], t) == trait_of(o, t);
        for (size_t i = 0; i < all->n; i++)
            with += trait_of(&all->v[i], t) == trait_of(o, t);
        with -= shared ? outliers->n : 0;
        if (shared && with * 2 < others)
            text = arena_printf(m, "%s All of them %s; of the other %zu cold %s %s.", text,
                                trait_name(c, o, t, m), others, detector_plural(others, "start", "starts"),
                                with ? detector_count(m, with) : "none");
    }
    return text;
}

/* ---- many environments born at once ---- */

struct storm {
    size_t births;
    int64_t from;
    size_t alive_before; /* other environments with a line in the minute before */
    size_t gone;         /* of them, those that ran nothing after it */
};

/* The most births within STORM_MS; *ret_first is the earliest one's place in `all`, where those without a time stand
 * last. */
static size_t busiest(const samples *all, size_t *ret_first)
{
    size_t most = 0, first = 0;
    for (size_t i = 0; i < all->n && all->v[i].begin != TIME_NONE; i++) {
        while (all->v[i].begin - all->v[first].begin > STORM_MS)
            first++;
        if (i - first + 1 > most) {
            most = i - first + 1;
            *ret_first = first;
        }
    }
    return most;
}

/* `all` is in order of time. The newborn have lines of their init before they are born: they are no older ones. */
static struct storm find_storm(const struct dossier *d, const struct function *fn, const samples *all)
{
    struct storm s = {.from = TIME_NONE};
    size_t first = 0;
    uint8_t *newborn = calloc(d->index->streams.n + 1, 1);
    if (!newborn)
        err_oom();
    s.births = busiest(all, &first);
    for (size_t i = first; i < first + s.births; i++)
        newborn[all->v[i].attempt->stream] = 1;
    s.from = s.births ? all->v[first].begin : TIME_NONE;
    for (size_t i = 0; s.births >= STORM_MIN && i < fn->streams.n; i++) {
        const struct stream *e = &d->index->streams.v[fn->streams.v[i]];
        bool before = !newborn[fn->streams.v[i]] && e->first < s.from && e->last >= s.from - STORM_BEFORE_MS;
        s.alive_before += before;
        s.gone += before && e->last <= s.from + STORM_MS;
    }
    free(newborn);
    return s;
}

/* Without an older environment in the minute before, nothing tells a burst from a replacement. */
static const char *storm_cause(const struct storm *s, struct arena *m)
{
    if (s->alive_before == 0)
        return "no other ran in the minute before, so calls came after a pause or all environments were "
               "replaced";
    return arena_printf(
        m, "%zu %s ran in the minute before and %zu of them ran nothing afterwards, so it was %s",
        s->alive_before, detector_plural(s->alive_before, "other", "others"), s->gone,
        s->gone * 2 >= s->alive_before ? "a replacement (a deployment, a runtime patch or a recycling)"
                                       : "a burst of calls");
}

static void write_storm(const struct dossier *d, const struct function *fn, const samples *all,
                        struct findings *fs, struct finding *f)
{
    struct storm s = find_storm(d, fn, all);
    char time[TEXT_TIME_SIZE];
    if (s.births < STORM_MIN)
        return;
    text_time_print(s.from, time);
    finding_fact(fs, f, "most environments born within 10 s", "%zu, from %.8s; %s", s.births, time + 11,
                 storm_cause(&s, &fs->arena));
}

/* ---- before and after ---- */

static void write_groups(const struct dossier *d, const samples *all, struct findings *fs, struct finding *f)
{
    static const char *const columns[] = {"version",      "runtime", "#memory MB",
                                          "#cold starts", "#median", "first (UTC)"};
    struct finding_table *t = NULL;
    size_t rows = 0;
    for (size_t i = 0; i < all->n && rows < ROWS_SHOWN; i++) {
        const struct sample *s = &all->v[i];
        struct stats_spread own;
        if (!s->first || !measure(all, s, false, &own))
            continue;
        t = t ? t : finding_table(f, "By version, runtime and memory", columns, 6);
        *vec_push(&t->cells) = arena_copy(&fs->arena, dossier_name(d, s->version)).p;
        *vec_push(&t->cells) = arena_copy(&fs->arena, dossier_name(d, s->runtime)).p;
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%u", s->memory_mb);
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%zu", own.n);
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%.0f ms", own.median);
        *vec_push(&t->cells) = detector_time(&fs->arena, s->begin);
        rows++;
    }
}

static void write_prose(const struct cold *c, const struct function *fn, const struct verdicts *v,
                        const samples *all, const samples *outliers, struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = dossier_name(c->d, fn->name);
    double paid = 0, worst = 0;
    for (size_t i = 0; i < outliers->n; i++) {
        paid += outliers->v[i].ms - v->spread.median;
        worst = outliers->v[i].ms > worst ? outliers->v[i].ms : worst;
    }
    f->moment = "slow cold start";
    f->title = arena_printf(m, "%zu cold %s of %.*s took far longer than the rest", outliers->n,
                            detector_plural(outliers->n, "start", "starts"), SLICE_ARG(name));
    f->what = arena_printf(
        m,
        "The median init of %.*s is %.0f ms (MAD %.0f ms, %zu measured); %zu took %.0f ms or more, the "
        "slowest %.0f ms. Callers waited %.1f s more than with the median.%s",
        SLICE_ARG(name), v->spread.median, v->spread.mad, v->spread.n, outliers->n, v->spread.threshold,
        worst, paid / 1000, shared_traits(c, all, outliers, m));
    f->how = "Median and MAD of ln(init) over the same function, version, memory and runtime; an outlier "
             "scores over 2.5, is "
             "at least twice the median and 200 ms above it. Init Duration is the platform's own measure. A "
             "second "
             "group that explains the slow ones (another package, another region) would disprove it.";
    remedy_roll_back(c->d, fn, f->first_seen, fs, f);
    if (remedy_published(c->d, fn)) {
        finding_command(fs, f,
                        "# keeps environments of an alias warm, as many as ran at once at the peak; each is "
                        "billed while it "
                        "is kept");
        finding_command(fs, f,
                        "aws lambda put-provisioned-concurrency-config --function-name %s --qualifier ALIAS "
                        "--provisioned-concurrent-executions %zu",
                        dossier_shell_name(m, name), fn->peak_concurrency ? fn->peak_concurrency : 1);
    }
    f->fix = "Trim what is imported at start, import lazily, keep network calls out of the init, reuse SDK "
             "clients, use "
             "SnapStart where the runtime has it, and compare the init of each new version before it takes "
             "traffic.";
    finding_fact(fs, f, "cold starts", "%s of %s invocations (%.2f %%)", detector_count(m, fn->cold),
                 detector_count(m, fn->attempts.n), 100.0 * (double)fn->cold / (double)fn->attempts.n);
    for (size_t i = 0; i < outliers->n && i < ROWS_SHOWN; i++)
        finding_step(fs, f, "score of %.2f ms = 0.6745 * (ln %.2f - %.4f) / %.4f = %.2f", outliers->v[i].ms,
                     outliers->v[i].ms, v->spread.log_median, v->spread.log_mad, outliers->v[i].score);
    finding_step(fs, f, "floors: 2 * %.2f = %.2f ms and %.2f + 200 = %.2f ms", v->spread.median,
                 2 * v->spread.median, v->spread.median, v->spread.median + STATS_EXCESS_MIN);
    finding_fact(fs, f, "median / MAD / threshold", "%.0f / %.0f / %.0f ms", v->spread.median, v->spread.mad,
                 v->spread.threshold);
}

static void report(const struct detector *self, const struct cold *c, const struct function *fn,
                   const struct verdicts *v, const samples *all, samples *outliers, struct findings *fs)
{
    const struct dossier *d = c->d;
    size_t extreme = 0;
    for (size_t i = 0; i < outliers->n; i++)
        extreme += outliers->v[i].score > STATS_EXTREME;
    bool medium = extreme >= EXTREME_FOR_MEDIUM;
    struct finding *f = finding_new(fs, self, medium ? SEVERITY_MEDIUM : SEVERITY_LOW, fn->name);
    vec_sort(outliers, by_begin);
    for (size_t i = 0; i < outliers->n; i++) {
        const struct attempt *a = outliers->v[i].attempt;
        finding_attempt(f, a);
        finding_seen(f, attempt_begin(a));
        finding_cite(f, attempt_report_loc(a), attempt_report(a), a);
    }
    write_detail(d, fn, v, outliers, fs, f);
    vec_sort(outliers, by_score);
    write_prose(c, fn, v, all, outliers, fs, f);
    write_storm(d, fn, all, fs, f);
    write_table(d, outliers, fs, f);
    write_groups(d, all, fs, f);
    finding_span(f, "slow cold starts", f->first_seen, f->last_seen);
}

static bool any_slow(const samples *all)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].score > STATS_SUSPECT)
            return true;
    return false;
}

static void examine_function(const struct detector *self, struct cold *c, const struct function *fn,
                             struct findings *fs)
{
    samples all = {0}, outliers = {0};
    struct verdicts v = {.judged = false};
    collect(c, fn, &all);
    judge(&all, &v);
    if (any_slow(&all))
        for (size_t i = 0; i < all.n; i++)
            all.v[i].prefix = prefix_of(c, all.v[i].attempt);
    for (size_t i = 0; i < all.n; i++)
        if (all.v[i].score > STATS_SUSPECT)
            *vec_push(&outliers) = all.v[i];
    if (outliers.n)
        report(self, c, fn, &v, &all, &outliers, fs);
    vec_done(&all);
    vec_done(&outliers);
}

static const char *cold_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    struct cold c = {.d = d, .handled = {.x = d->index}};
    intern_init(&c.prefixes);
    for (size_t i = 0; i < d->functions.n; i++)
        examine_function(self, &c, &d->functions.v[i], fs);
    intern_done(&c.prefixes);
    handled_done(&c.handled);
    return arena_printf(&fs->arena, "no init far off the rest; %s cold %s",
                        detector_count(&fs->arena, d->cold), detector_plural(d->cold, "start", "starts"));
}

const struct detector detector_cold_start = {
    .name = "cold-start",
    .doc = "inits and restores far off the rest of their function",
    .missing = "no invocation with an init or restore time in the evidence",
    .rule = "Median and MAD on ln(init) over the same function, version, memory and runtime; score = "
            "0.6745 * (ln x - ln median) / MAD. A version is held against itself or those that began before. "
            "An outlier scores over 2.5, is at least twice the median "
            "and 200 ms above it; 8 inits are the least. Three outliers over 3.5 are medium, fewer low.",
    .fact = "A new environment pays download, runtime and module code once; init is billed since "
            "2025-08-01 (field guide 1.6, 8.5). On ln x the rate of false alarms does not depend on how "
            "skewed a function is.",
    .disproof = "A second group that explains the slow ones (another package, another region, a larger "
                "memory), or inits of the same version at the same time that are fast.",
    .examine = cold_examine,
    .run = cold_run,
};
