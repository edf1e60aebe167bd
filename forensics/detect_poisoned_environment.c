/* poisoned-environment: failures that stick to one environment while others of the function are healthy: a
 * broken connection that is kept, a full /tmp, a leak of descriptors. Failed inits are left to init-failure.
 * An environment is poisoned when it has FAILED_MIN failures, at least FAILED_SHARE of its invocations from
 * the first to the last failure, and the function's other environments had HEALTHY_MIN invocations in that
 * time of which at most OTHERS_SHARE failed. Severity: medium when it holds all failures of the function,
 * which is the first thing to know of them; else low: the failures themselves are told by others, that they stay in
 * one place is what this adds. */
#include "forensics/detector.h"
#include "forensics/marked.h"
#include "forensics/remedy.h"

enum { FAILED_MIN = 5, HEALTHY_MIN = 10, ROWS_SHOWN = 10 };
#define FAILED_SHARE 0.8
#define OTHERS_SHARE 0.05

static uint64_t poisoned_examine(const struct dossier *d)
{
    uint64_t n = 0;
    for (size_t i = 0; i < d->functions.n; i++)
        n += d->functions.v[i].streams.n > 1 ? d->functions.v[i].streams.n : 0;
    return n;
}

struct place {
    uint32_t stream;
    detector_picks failed;
    int64_t from, to; /* begins of the first and the last failure */
    size_t inside;    /* its invocations in that time */
    size_t others, others_failed;
};
typedef VEC(struct place) places;

/* Of those that failed. */
static bool fails(const struct attempt *a)
{
    return attempt_status(a) != ATTEMPT_INIT_FAILURE && attempt_begin(a) != TIME_NONE;
}

static void collect(const struct function *f, size_t streams, places *ret)
{
    size_t *at = calloc(streams + 1, sizeof *at);
    if (!at)
        err_oom();
    for (size_t i = 0; i < f->failed.n; i++) {
        const struct attempt *a = f->failed.v[i];
        if (!fails(a))
            continue;
        if (at[a->stream] == 0) {
            *vec_push(ret) = (struct place){.stream = a->stream, .from = attempt_begin(a)};
            at[a->stream] = ret->n;
        }
        struct place *p = &ret->v[at[a->stream] - 1];
        *vec_push(&p->failed) = a;
        p->to = attempt_begin(a);
    }
    free(at);
}

static bool is_poisoned(const struct function *f, struct place *p)
{
    if (p->failed.n < FAILED_MIN)
        return false;
    size_t end = dossier_lower(f, p->to + 1);
    for (size_t i = dossier_lower(f, p->from); i < end; i++) {
        const struct attempt *a = attempt_walk(&f->attempts, i);
        bool mine = a->stream == p->stream;
        if (!mine && a->version != p->failed.v[0]->version)
            continue; /* other code */
        p->inside += mine;
        p->others += !mine;
        p->others_failed += !mine && attempt_failed(a);
    }
    return (double)p->failed.n >= FAILED_SHARE * (double)p->inside &&
           p->others - p->others_failed >= HEALTHY_MIN &&
           (double)p->others_failed <= OTHERS_SHARE * (double)p->others;
}

/* Where no line names the stream, the file stands for it. */
static const char *stream_name(const struct dossier *d, const struct place *p, struct arena *m)
{
    struct slice name = dossier_name(d, d->index->streams.v[p->stream].name);
    uint32_t source = p->failed.v[0]->loc.source;
    if (name.n == 0 && source < d->ev->sources.n)
        return arena_printf(m, "of the file %s", d->ev->sources.v[source].path);
    return arena_copy(m, name).p;
}

static void write_detail(const struct dossier *d, const struct place *p, struct findings *fs,
                         struct finding *f)
{
    struct detail detail;
    detail_init(&detail);
    jsonw_put_string_or_null(&detail.w, "environment", dossier_name(d, d->index->streams.v[p->stream].name));
    jsonw_put_count(&detail.w, "failed", p->failed.n);
    jsonw_put_count(&detail.w, "invocations", p->inside);
    jsonw_put_count(&detail.w, "others", p->others);
    jsonw_put_count(&detail.w, "others_failed", p->others_failed);
    detail_done(&detail, fs, f);
}

static void report(const struct detector *self, const struct dossier *d, const struct function *fn,
                   const struct place *p, struct findings *fs)
{
    struct arena *m = &fs->arena;
    bool all = p->failed.n == fn->failed.n;
    struct finding *f = finding_new(fs, self, all ? SEVERITY_MEDIUM : SEVERITY_LOW, fn->name);
    struct slice name = dossier_name(d, fn->name);
    const char *stream = stream_name(d, p, m);
    for (size_t i = 0; i < p->failed.n; i++) {
        const struct attempt *a = p->failed.v[i];
        finding_attempt(f, a);
        finding_seen(f, attempt_begin(a));
        finding_cite(f, attempt_report_loc(a), attempt_report(a), a);
    }
    f->key = stream;
    f->moment = "failure in the poisoned environment";
    f->title = arena_printf(
        m, "%s %s of %.*s came from one of %zu environments, others went well",
        all ? arena_printf(m, "All %s", detector_count(m, p->failed.n)) : detector_count(m, p->failed.n),
        detector_plural(p->failed.n, "failure", "failures"), SLICE_ARG(name), fn->streams.n);
    f->what = arena_printf(m,
                           "%zu of %zu invocations of the environment %s failed in that time; of %zu "
                           "invocations in the function's "
                           "other environments %zu did.",
                           p->failed.n, p->inside, stream, p->others, p->others_failed);
    f->how =
        "The same version at the same time, apart by environment. One input that is always routed to this "
        "environment would disprove it: compare what the failed invocations were asked.";
    finding_command(fs, f, "# replaces all environments of the function");
    remedy_configure(d, fn, "--description recycled", fs, f);
    f->fix = "Check what is kept between invocations (connections, files, caches) before it is used, make it "
             "anew after a failure, and let the process exit when it cannot be mended.";
    finding_step(fs, f, "%zu / %zu = %.0f %% >= 80 %%; others: %zu / %zu = %.0f %% <= 5 %%", p->failed.n,
                 p->inside, 100.0 * (double)p->failed.n / (double)p->inside, p->others_failed, p->others,
                 100.0 * (double)p->others_failed / (double)p->others);
    finding_fact(fs, f, "environment", "%s", stream);
    write_detail(d, p, fs, f);
    finding_span(f, "one environment fails", f->first_seen, f->last_seen);
}

static const char *poisoned_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    for (size_t i = 0; i < d->functions.n; i++) {
        const struct function *fn = &d->functions.v[i];
        places all = {0};
        if (fn->streams.n > 1)
            collect(fn, d->index->streams.n, &all);
        for (size_t k = 0; k < all.n; k++) {
            if (is_poisoned(fn, &all.v[k]))
                report(self, d, fn, &all.v[k], fs);
            vec_done(&all.v[k].failed);
        }
        vec_done(&all);
    }
    return "no failures that stick to one environment";
}

const struct detector detector_poisoned_environment = {
    .name = "poisoned-environment",
    .doc = "failures that stick to one environment of several",
    .missing = "no function with two environments in the evidence",
    .rule = "5 or more failures that are 80 % of an environment's invocations from the first to the last of "
            "them, while 10 or more invocations of the others with the same version ended well and 5 % of "
            "theirs failed at most. Medium when it holds all failures of the function, else low.",
    .fact = "An environment keeps its process, connections and /tmp from one invocation to the next; one log "
            "stream is one environment (field guide 1.1).",
    .disproof = "One kind of request that is always routed to that environment.",
    .examine = poisoned_examine,
    .run = poisoned_run,
};
