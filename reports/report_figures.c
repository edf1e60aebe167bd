/* The report's table: what the top finding's function did in the incident, against the time before. */
#include "forensics/cost.h"
#include "forensics/durations.h"
#include "reports/report.h"

enum { HOUR_MS = 3600000 };

/* What a function did in [from, to). */
struct spell {
    uint64_t invocations, errors, timeouts, cold;
    size_t alive;
    double p50, p99, init_p50, gb_seconds, cost;
    bool timed, cold_timed, billed;
};

static void measure(const struct report *r, const struct function *f, int64_t from, int64_t to,
                    struct spell *s)
{
    struct durations durations = {0}, inits = {0};
    size_t first = dossier_lower(f, from), last = dossier_lower(f, to);
    durations_reserve(&durations, last - first);
    *s = (struct spell){.invocations = last - first};
    for (size_t i = first; i < last; i++) {
        const struct attempt *a = attempt_walk(&f->attempts, i);
        enum attempt_status status = attempt_status(a);
        s->errors += status == ATTEMPT_FAILED || status == ATTEMPT_INIT_FAILURE;
        s->timeouts += status == ATTEMPT_TIMED_OUT;
        s->cold += attempt_cold(a);
        s->gb_seconds += cost_gb_seconds(a);
        s->billed |= cost_known(a);
        if (decimal_known(a->duration))
            durations_add(&durations, a->duration);
        if (decimal_known(a->init))
            durations_add(&inits, a->init);
    }
    durations_sort(&durations);
    durations_sort(&inits);
    s->timed = durations_count(&durations) > 0;
    s->p50 = s->timed ? durations_quantile(&durations, 0.5) : 0;
    s->p99 = s->timed ? durations_quantile(&durations, 0.99) : 0;
    s->cold_timed = durations_count(&inits) > 0;
    s->init_p50 = s->cold_timed ? durations_quantile(&inits, 0.5) : 0;
    s->alive = dossier_alive_peak(r->dossier, f, from, to - 1);
    s->cost = cost_usd(s->gb_seconds, (double)s->invocations);
    durations_done(&durations);
    durations_done(&inits);
}

static const char *share(struct report *r, uint64_t n, uint64_t all)
{
    if (n == 0 || all == 0)
        return report_count(r, n);
    return arena_printf(&r->arena, "%s (%.1f %%)", report_count(r, n), 100.0 * (double)n / (double)all);
}

static const char *money(struct report *r, const struct spell *s)
{
    double usd = s->cost;
    if (!s->billed)
        return "none";
    return usd < 0.001 ? "< $0.001" : arena_printf(&r->arena, usd < 1 ? "$%.3f" : "$%.2f", usd);
}

static const char *times(struct report *r, const struct spell *s)
{
    return s->timed ? arena_printf(&r->arena, "%.0f / %.0f ms", s->p50, s->p99) : "none";
}

static const char *init(struct report *r, const struct spell *s)
{
    return s->cold_timed ? arena_printf(&r->arena, "%.0f ms", s->init_p50) : "none";
}

static void add_figure(struct report *r, const char *label, const char *incident, const char *before)
{
    *vec_push(&r->figures) = (struct report_figure){label, incident, before};
}

/* They stand at the end. */
static size_t count_untimed(const struct function *f)
{
    size_t timed = f->attempts.n;
    while (timed > 0 && attempt_begin(f->attempts.v[timed - 1]) == TIME_NONE)
        timed--;
    return f->attempts.n - timed;
}

/* An invocation that failed at its end began before. */
static int64_t incident_begin(const struct finding *f, bool *ret_untimed)
{
    int64_t first = f->first_seen;
    for (size_t i = 0; i < f->attempts.n; i++) {
        int64_t begin = attempt_begin(attempt_walk(&f->attempts, i));
        *ret_untimed |= begin == TIME_NONE;
        first = begin != TIME_NONE && begin < first ? begin : first;
    }
    return first;
}

/* The first sign of the top finding's incident: of what is tied to it by cause, the earliest time that it or one of its
 * invocations has. */
static int64_t incident_sign(const struct report *r, int64_t from)
{
    const struct finding *root = r->top;
    while (root->cause)
        root = root->cause;
    for (size_t i = 0; i < r->findings->list.n; i++) {
        const struct finding *f = r->findings->list.v[i], *g = f;
        bool ignored = false;
        while (g->cause)
            g = g->cause;
        int64_t begin = g == root && f->first_seen != TIME_NONE ? incident_begin(f, &ignored) : from;
        from = begin < from ? begin : from;
    }
    return from;
}

/* When the environments were born that the incident called for: their first line stands before their first START, by as
 * long as an init may take. */
static int64_t incident_birth(const struct report *r, const struct function *fn, int64_t from)
{
    enum { BORN_BEFORE_MS = 10000 };
    uint8_t *older = calloc(r->ev->index.streams.n + 1, 1);
    int64_t birth = from;
    if (!older)
        err_oom();
    for (size_t i = 0, end = dossier_lower(fn, from); i < end; i++)
        older[attempt_walk(&fn->attempts, i)->stream] = 1;
    for (size_t i = 0; i < fn->streams.n; i++) {
        int64_t first = r->ev->index.streams.v[fn->streams.v[i]].first;
        if (!older[fn->streams.v[i]] && first >= from - BORN_BEFORE_MS && first < birth)
            birth = first;
    }
    free(older);
    return birth;
}

/* What ran at a time is unknown when invocations without one are among those that the finding names, or are at
 * least each UNTIMED_SHARE-th of the function's: then no number of that time would be true, and the table says
 * so. */
static bool add_untimed(struct report *r, const struct function *fn, const char *name, bool untimed)
{
    enum { UNTIMED_SHARE = 10 };
    const struct finding *f = r->top;
    size_t all = count_untimed(fn);
    if (!untimed && (!all || all * UNTIMED_SHARE < fn->attempts.n))
        return false;
    add_figure(r, arena_printf(&r->arena, "invocations of %s named by %s", name, f->id),
               report_count(r, f->attempts.n), "unknown");
    add_figure(r, "without a time, in the whole evidence", report_count(r, all), "");
    return true;
}

/* As far as the evidence goes back: the row is empty where it does not. */
static const char *before_label(struct report *r, int64_t from, int64_t *ret_length)
{
    int64_t length = from - r->dossier->start;
    if (length < MINUTE_MS)
        return NULL;
    *ret_length = length < HOUR_MS ? length : HOUR_MS;
    return length < HOUR_MS ? arena_printf(&r->arena, "the %s before", detector_span(&r->arena, length))
                            : "the hour before";
}

static const char *gb_seconds(struct report *r, const struct spell *s)
{
    return s->billed ? arena_printf(&r->arena, "%.1f", s->gb_seconds) : "none";
}

void report_add_figures(struct report *r)
{
    const struct finding *f = r->top;
    const struct function *fn = f ? dossier_function(r->dossier, f->function) : NULL;
    struct spell now, then;
    if (!fn || f->first_seen == TIME_NONE)
        return;
    const char *name = arena_copy(&r->arena, dossier_name(r->dossier, fn->name)).p;
    bool untimed = false;
    int64_t from = incident_begin(f, &untimed);
    if (add_untimed(r, fn, name, untimed))
        return;
    measure(r, fn, from, f->last_seen + 1, &now);
    int64_t length = 0, sign = incident_birth(r, fn, incident_sign(r, from));
    r->before = before_label(r, sign, &length);
    measure(r, fn, sign - length, sign, &then);
    add_figure(r, arena_printf(&r->arena, "invocations of %s", name), report_count(r, now.invocations),
               report_count(r, then.invocations));
    add_figure(r, "environments alive at the peak", report_count(r, now.alive), report_count(r, then.alive));
    add_figure(r, "errors", share(r, now.errors, now.invocations), share(r, then.errors, then.invocations));
    add_figure(r, "time-outs", share(r, now.timeouts, now.invocations),
               share(r, then.timeouts, then.invocations));
    add_figure(r, "cold starts", share(r, now.cold, now.invocations), share(r, then.cold, then.invocations));
    if (strcmp(f->detector->name, "cold-start") == 0)
        add_figure(r, "init p50", init(r, &now), init(r, &then));
    add_figure(r, "duration p50 / p99", times(r, &now), times(r, &then));
    add_figure(r, "GB-seconds", gb_seconds(r, &now), gb_seconds(r, &then));
    add_figure(r, "cost of invocations (x86, us-east-1 prices of " COST_DATE ")", money(r, &now),
               money(r, &then));
}
