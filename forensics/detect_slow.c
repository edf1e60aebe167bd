/* slow: durations far off the rest of the same function, version and memory size, by the statistics of
 * cold-start (stats.h). Warm invocations are held against warm ones and cold against cold; only those that
 * ended well count. Left out: an invocation behind a failed one in its environment, which may hold a repeated
 * init (field guide, lambda-text-logs 1.5), and near misses of a known limit (near-timeout). Severity: medium
 * for an episode, that is a stretch of the function's invocations, none EPISODE_GAP_MS behind the one before,
 * in which outliers outnumber the others by EPISODE_MIN, when its median is a second above the usual one (the
 * delay at which people lose their thread: Nielsen, Usability Engineering, 1993), else low. Without an episode
 * single outliers over 3.5 are low from SINGLES_LOW on, else info. Outliers that are over OUTLIER_SHARE_MAX of
 * those judged outside of the episode are none: so the function is. An episode that API Gateway's time-outs
 * tell already is info. */
#include "forensics/detector.h"

#include "forensics/durations.h"
#include "forensics/limits_known.h"
#include "forensics/marked.h"
#include "forensics/remedy.h"

#define EPISODE_EXCESS_MS 1000.0
/* What so large a share of the judged ones does, outside of an episode, is one of the function's ways (chosen). */
#define OUTLIER_SHARE_MAX 0.25
enum { EPISODE_MIN = 8, EPISODE_GAP_MS = 30 * 60 * 1000, SINGLES_LOW = 3, ROWS_SHOWN = 10 };
/* Memory that is promised but not touched is none: so many groups, warm and cold, may take all invocations. */
enum { ROOMY_GROUPS = 4 };

struct group {
    struct durations durations; /* until it is judged */
    struct stats_spread spread; /* of n 0 when it is too small */
};

struct outlier {
    const struct attempt *attempt;
    double ms, score;
    size_t at; /* among those that count, by time */
};

static uint64_t slow_examine(const struct dossier *d)
{
    return d->timed;
}

struct slow {
    const struct dossier *d;
    const struct function *f;
    struct limits_known limits;
    uint8_t *failed_before; /* one a stream: what it ran last failed */
    VEC(struct group) groups;
    struct intern keys; /* group i has key id i + 1 */
    uint64_t last_key;  /* see key_of */
    uint32_t last_group;
    VEC(struct outlier) outliers; /* by time: all over STATS_SUSPECT, then those that the finding is about */
    size_t measured;              /* invocations that count */
    size_t judged;                /* of a group that is large enough */
    size_t above;                 /* of these, all that score over STATS_SUSPECT */
    struct stats_spread usual;    /* of the largest group, the earliest of equals */
    bool some_above, episode;
};

/* An init repeated inside the duration is neither warm nor measured as cold. */
static bool counts(const struct attempt *a, const struct limits_known *limits)
{
    return attempt_status(a) == ATTEMPT_OK && decimal_known(a->duration) && attempt_begin(a) != TIME_NONE &&
           decimal_known(a->init) == attempt_cold(a) && !limits_known_near(limits, a);
}

/* Room for all that may come, as long as one group may take them. */
static void add_group(struct slow *s, bool cold)
{
    struct group *g = vec_push(&s->groups);
    *g = (struct group){.spread = {.n = 0}};
    if (s->groups.n <= ROOMY_GROUPS)
        durations_reserve(&g->durations, cold ? s->f->cold : s->f->attempts.n - s->f->cold);
}

/* Like with like: its version, memory size, and whether it was cold. */
static uint64_t key_of(const struct attempt *a)
{
    return a->version | (uint64_t)a->memory_mb << 32 | (uint64_t)attempt_cold(a) << 48;
}

/* Most invocations are of the group of the one before. */
static uint32_t group_of(struct slow *s, const struct attempt *a)
{
    uint64_t key = key_of(a);
    if (s->groups.n && key == s->last_key)
        return s->last_group;
    uint32_t id = intern_id(&s->keys, slice_of((const char *)&key, sizeof key));
    if (id > s->groups.n)
        add_group(s, attempt_cold(a));
    s->last_key = key;
    s->last_group = id - 1;
    return s->last_group;
}

/* Those that count, in order of time. They are walked twice rather than kept: five million took 40 MB. */
struct walk {
    struct slow *s;
    size_t next;
    const struct attempt *attempt; /* the one that was met last */
    struct group *group;           /* its own; valid until the next one is met */
};

static struct walk walk_from_start(struct slow *s)
{
    for (size_t i = 0; i < s->f->streams.n; i++)
        s->failed_before[s->f->streams.v[i]] = false;
    return (struct walk){.s = s};
}

static bool walk_on(struct walk *w)
{
    struct slow *s = w->s;
    while (w->next < s->f->attempts.n) {
        const struct attempt *a = attempt_walk(&s->f->attempts, w->next);
        bool after_failure = s->failed_before[a->stream];
        s->failed_before[a->stream] = attempt_failed(a);
        w->next++;
        if (after_failure || !counts(a, &s->limits))
            continue;
        uint32_t group = group_of(s, a); /* may move the groups */
        w->attempt = a;
        w->group = &s->groups.v[group];
        return true;
    }
    return false;
}

static void collect(struct slow *s)
{
    for (struct walk w = walk_from_start(s); walk_on(&w); s->measured++)
        durations_add(&w.group->durations, w.attempt->duration);
}

static void judge(struct slow *s)
{
    for (size_t i = 0; i < s->groups.n; i++) {
        struct group *g = &s->groups.v[i];
        durations_sort(&g->durations);
        if (durations_measure(&g->durations, &g->spread)) {
            double most = durations_at(&g->durations, g->spread.n - 1);
            s->judged += g->spread.n;
            s->some_above |= stats_score(&g->spread, most) > STATS_SUSPECT;
            if (g->spread.n > s->usual.n)
                s->usual = g->spread;
        }
        durations_done(&g->durations);
    }
}

/* The stretch in which outliers outnumber the others most: the first of such, as long as it can be. */
struct stretch {
    size_t from, to;
    int64_t best;
    size_t begun; /* the one that is being tried */
    int64_t sum, last_begin;
};

/* `weight` is 1 for an outlier, -1 for one of the others, 0 for what is not to be judged. */
static void add_to_stretch(struct stretch *t, size_t at, int64_t begin, int weight)
{
    if (t->sum < 0 || at == 0 || begin - t->last_begin > EPISODE_GAP_MS) {
        t->sum = 0;
        t->begun = at;
    }
    t->sum += weight;
    t->last_begin = begin;
    if (t->sum > t->best || (t->sum == t->best && t->sum > 0 && t->begun == t->from)) {
        t->best = t->sum;
        t->from = t->begun;
        t->to = at;
    }
}

/* All of them, and the stretch in which they crowd. */
static struct stretch find_above(struct slow *s)
{
    struct stretch t = {0};
    struct walk w = walk_from_start(s);
    for (size_t at = 0; walk_on(&w); at++) {
        const struct stats_spread *spread = &w.group->spread;
        double ms = decimal_value(w.attempt->duration), score = spread->n ? stats_score(spread, ms) : 0;
        bool above = score > STATS_SUSPECT;
        if (above)
            *vec_push(&s->outliers) = (struct outlier){w.attempt, ms, score, at};
        add_to_stretch(&t, at, attempt_begin(w.attempt), above ? 1 : spread->n ? -1 : 0);
    }
    return t;
}

/* A function that always has a slow way beside a fast one has no outliers, and a run of slow calls in it is chance.
 * `inside`: those of all outliers that stand in the stretch; the stretch's sum tells the others in it. */
static bool are_rare(const struct slow *s, const struct stretch *t, size_t inside)
{
    size_t others = s->episode ? inside - (size_t)t->best : 0;
    size_t left = s->judged - (s->episode ? inside + others : 0);
    size_t above = s->above - (s->episode ? inside : 0);
    return (double)above <= OUTLIER_SHARE_MAX * (double)left;
}

/* With an episode it is about that alone, else about what is extreme. */
static void find_outliers(struct slow *s)
{
    struct stretch t = find_above(s);
    size_t kept = 0, inside = 0;
    s->above = s->outliers.n;
    s->episode = t.best >= EPISODE_MIN;
    for (size_t i = 0; i < s->outliers.n; i++)
        inside += s->outliers.v[i].at >= t.from && s->outliers.v[i].at <= t.to;
    bool rare = are_rare(s, &t, inside);
    for (size_t i = 0; rare && i < s->outliers.n; i++) {
        const struct outlier *o = &s->outliers.v[i];
        if (s->episode ? o->at >= t.from && o->at <= t.to : o->score > STATS_EXTREME)
            s->outliers.v[kept++] = *o;
    }
    s->outliers.n = kept;
}

/* The gateway gave up on calls of this function: gateway-timeout tells of them. */
static bool gateway_tells(const struct dossier *d, uint32_t function)
{
    bool gave_up = false, called = false;
    for (size_t i = 0; i < d->index->gateway.n && !(gave_up && called); i++) {
        const struct gateway_line *g = &d->index->gateway.v[i];
        gave_up |= g->kind == GATEWAY_TIMEOUT;
        called |=
            g->kind == GATEWAY_FUNCTION && slice_eq(dossier_name(d, g->text), dossier_name(d, function));
    }
    return gave_up && called;
}

static int by_ms(const void *a, const void *b)
{
    const struct outlier *x = a, *y = b;
    if (x->ms != y->ms)
        return x->ms > y->ms ? -1 : 1;
    return x->attempt->row < y->attempt->row ? -1 : x->attempt->row > y->attempt->row;
}

/* Outliers are sorted, the slowest first. */
static enum severity severity_of(const struct slow *s)
{
    double median = s->outliers.v[s->outliers.n / 2].ms;
    if (!s->episode)
        return s->outliers.n >= SINGLES_LOW ? SEVERITY_LOW : SEVERITY_INFO;
    if (gateway_tells(s->d, s->f->name))
        return SEVERITY_INFO;
    return median - s->usual.median >= EPISODE_EXCESS_MS ? SEVERITY_MEDIUM : SEVERITY_LOW;
}

static void write_table(const struct slow *s, struct findings *fs, struct finding *f)
{
    static const char *const columns[] = {"start (UTC)", "request", "#duration ms",
                                          "#score",      "version", "cold"};
    struct finding_table *t = finding_table(f, "The slowest of them", columns, 6);
    for (size_t i = 0; i < s->outliers.n && i < ROWS_SHOWN; i++) {
        const struct outlier *o = &s->outliers.v[i];
        *vec_push(&t->cells) = detector_time(&fs->arena, attempt_begin(o->attempt));
        *vec_push(&t->cells) = detector_request_id(&fs->arena, s->d, o->attempt);
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%.2f", o->ms);
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%.1f", o->score);
        *vec_push(&t->cells) = arena_copy(&fs->arena, dossier_name(s->d, o->attempt->version)).p;
        *vec_push(&t->cells) = attempt_cold(o->attempt) ? "yes" : "no";
    }
}

/* What the finding counts, of all that are over the threshold. */
static const char *which(const struct slow *s, const struct finding *f, struct arena *m)
{
    const char *count = detector_count(m, s->outliers.n);
    char from[TEXT_TIME_SIZE], to[TEXT_TIME_SIZE];
    if (!s->episode)
        return arena_printf(m, "%s of them %s over 3.5, spread over the usual ones", count,
                            detector_plural(s->outliers.n, "scores", "score"));
    text_time_print(f->first_seen, from);
    text_time_print(f->last_seen, to);
    return arena_printf(m, "%s of them began between %.8s and %.8s, where they outnumber the usual ones",
                        count, from + 11, to + 11);
}

static void write_prose(const struct slow *s, struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = dossier_name(s->d, s->f->name);
    f->moment = "slow invocation";
    f->title =
        arena_printf(m, "%s %s of %.*s took far longer than the rest%s", detector_count(m, s->outliers.n),
                     detector_plural(s->outliers.n, "invocation", "invocations"), SLICE_ARG(name),
                     s->episode ? ", in one stretch" : "");
    f->what =
        arena_printf(m,
                     "The median duration of %.*s is %.0f ms (MAD %.0f ms, %s measured). %s of the %s judged "
                     "are over the threshold of their kind, %.0f ms for most. %s; the slowest took %.0f ms.",
                     SLICE_ARG(name), s->usual.median, s->usual.mad, detector_count(m, s->usual.n),
                     detector_count(m, s->above), detector_count(m, s->judged), s->usual.threshold,
                     which(s, f, m), s->outliers.v[0].ms);
    f->how =
        "Median and MAD of ln(duration) over the same function, version and memory size, warm against warm "
        "and cold against cold; an outlier scores over 2.5 within an episode, else over 3.5, is at least "
        "twice the median and 200 ms above it. Larger inputs at those times would disprove that the "
        "service was slow.";
    finding_command(fs, f, "# records where the time goes, by subsegment, from now on");
    remedy_configure(s->d, s->f, "--tracing-config Mode=Active", fs, f);
    f->fix = "Trace one of these requests, look at what the function calls and at the size of its input, and "
             "give each outgoing call a time-out and a metric of its own.";
    finding_step(fs, f, "threshold = max(2 x %.0f, %.0f + 200, exp(ln %.0f + 2.5 x %.3f / 0.6745)) = %.0f ms",
                 s->usual.median, s->usual.median, s->usual.median, s->usual.log_mad, s->usual.threshold);
    finding_fact(fs, f, "median / MAD / threshold", "%.0f / %.0f / %.0f ms", s->usual.median, s->usual.mad,
                 s->usual.threshold);
}

static void write_detail(const struct slow *s, struct findings *fs, struct finding *f)
{
    struct detail detail;
    size_t cold = 0;
    for (size_t i = 0; i < s->outliers.n; i++)
        cold += attempt_cold(s->outliers.v[i].attempt);
    detail_init(&detail);
    jsonw_put_double(&detail.w, "median_ms", s->usual.median, 2);
    jsonw_put_double(&detail.w, "mad_ms", s->usual.mad, 2);
    jsonw_put_double(&detail.w, "threshold_ms", s->usual.threshold, 2);
    jsonw_put_count(&detail.w, "measured", s->measured);
    jsonw_put_count(&detail.w, "above_threshold", s->above);
    jsonw_put_bool(&detail.w, "episode", s->episode);
    jsonw_put_double(&detail.w, "slowest_ms", s->outliers.v[0].ms, 2);
    jsonw_put_count(&detail.w, "cold", cold);
    detail_done(&detail, fs, f);
}

static void report(const struct detector *self, struct slow *s, struct findings *fs)
{
    struct finding *f = finding_new(fs, self, SEVERITY_LOW, s->f->name);
    for (size_t i = 0; i < s->outliers.n; i++) {
        const struct attempt *a = s->outliers.v[i].attempt;
        finding_attempt(f, a);
        finding_seen(f, attempt_begin(a));
        finding_cite(f, attempt_report_loc(a), attempt_report(a), a);
    }
    vec_sort(&s->outliers, by_ms);
    f->severity = severity_of(s);
    write_prose(s, fs, f);
    write_table(s, fs, f);
    write_detail(s, fs, f);
    if (s->episode)
        finding_span(f, "invocations are slow", f->first_seen, f->last_seen);
}

static void examine_function(const struct detector *self, struct slow *s, struct findings *fs)
{
    intern_init(&s->keys);
    limits_known_init(&s->limits, s->f);
    collect(s);
    judge(s);
    if (s->some_above)
        find_outliers(s);
    if (s->outliers.n)
        report(self, s, fs);
    limits_known_done(&s->limits);
    intern_done(&s->keys);
    vec_done(&s->groups);
    vec_done(&s->outliers);
}

static const char *slow_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    uint8_t *failed_before = calloc(d->index->streams.n + 1, 1);
    if (!failed_before)
        err_oom();
    for (size_t i = 0; i < d->functions.n; i++)
        examine_function(self,
                         &(struct slow){.d = d, .f = &d->functions.v[i], .failed_before = failed_before}, fs);
    free(failed_before);
    return "no duration far off the rest";
}

const struct detector detector_slow = {
    .name = "slow",
    .doc = "durations far off the rest of their function",
    .missing = "no invocation with a duration in the evidence",
    .rule = "Score over 2.5, 2 x median and 200 ms above it, within function, version and memory size, warm "
            "apart from cold. Medium when such outliers outnumber the others by 8 in one stretch without a "
            "pause of "
            "30 minutes, and their median is 1000 ms above the usual one; single ones over 3.5 are low from "
            "3 on. Nothing is found when over 25 % of those outside of the stretch score over 2.5.",
    .fact = "Duration leaves out the init but holds a repeated one, so attempts behind a failure are not "
            "measured (field guide 1.5).",
    .disproof = "Larger inputs at those times.",
    .by_function = true,
    .examine = slow_examine,
    .run = slow_run,
};
