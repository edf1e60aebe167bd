/* near-timeout: invocations that ended well with 90 % or more of their function's limit used up. A limit is
 * known only from a time-out of the function (limits_known.h). Severity: low, for users got their answer. */
#include "forensics/detector.h"
#include "forensics/limits_known.h"

static bool has_limit(const struct attempt *a)
{
    return attempt_status(a) == ATTEMPT_TIMED_OUT && a->limit_s;
}

static uint64_t near_examine(const struct dossier *d)
{
    uint64_t n = 0;
    for (size_t i = 0; i < d->functions.n; i++) {
        const struct function *f = &d->functions.v[i];
        bool known = false;
        for (size_t k = 0; k < f->failed.n && !known; k++)
            known = has_limit(f->failed.v[k]);
        n += known ? f->attempts.n : 0;
    }
    return n;
}

struct near {
    const struct dossier *d;
    const struct function *f;
    detector_picks picks;
    uint32_t limit_ms;
    double longest;
};

static void write_prose(const struct near *n, struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = dossier_name(n->d, n->f->name);
    f->moment = "near miss of the limit";
    f->title =
        arena_printf(m, "%s %s of %.*s ended well at the edge of the limit", detector_count(m, f->count),
                     detector_plural(f->count, "invocation", "invocations"), SLICE_ARG(name));
    f->what = arena_printf(
        m,
        "%s of %s invocations ended well after 90 %% or more of the limit of %s; the "
        "longest took %.2f ms%s. %s %s timed out.",
        detector_count(m, f->count), detector_count(m, n->f->attempts.n), detector_span(m, n->limit_ms),
        n->longest, n->longest > n->limit_ms ? ", beyond the limit itself" : "",
        detector_count(m, n->f->timeouts), detector_plural(n->f->timeouts, "other", "others"));
    f->how = "Duration is the platform's own measure, and the limit is that of the function's time-outs. "
             "Another limit at the time of these invocations would disprove it.";
    finding_command(fs, f, "# shows the limit that is set now");
    finding_command(fs, f, "aws lambda get-function-configuration --function-name %s --query Timeout",
                    dossier_shell_name(m, name));
    f->fix =
        "Read them together with the time-outs: give outgoing calls time-outs of their own, and stop work "
        "by the context's remaining time.";
    finding_step(fs, f, "0.9 x %lu ms = %.0f ms <= %.2f ms, the longest", (unsigned long)n->limit_ms,
                 LIMITS_NEAR_SHARE * n->limit_ms, n->longest);
    finding_fact(fs, f, "limit / longest", "%lu / %.2f ms", (unsigned long)n->limit_ms, n->longest);
}

static void report(const struct detector *self, struct near *n, struct findings *fs)
{
    struct finding *f = finding_new(fs, self, SEVERITY_LOW, n->f->name);
    struct detail detail;
    for (size_t i = 0; i < n->picks.n; i++) {
        const struct attempt *a = n->picks.v[i];
        double ms = decimal_value(a->duration);
        n->longest = ms > n->longest ? ms : n->longest;
        finding_attempt(f, a);
        finding_seen(f, attempt_begin(a));
        finding_cite(f, attempt_report_loc(a), attempt_report(a), a);
    }
    write_prose(n, fs, f);
    detail_init(&detail);
    jsonw_put_i64(&detail.w, "limit_ms", n->limit_ms);
    jsonw_put_double(&detail.w, "threshold_ms", LIMITS_NEAR_SHARE * n->limit_ms, 0);
    jsonw_put_double(&detail.w, "longest_ms", n->longest, 2);
    detail_done(&detail, fs, f);
}

static const char *near_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    for (size_t i = 0; i < d->functions.n; i++) {
        struct near n = {.d = d, .f = &d->functions.v[i]};
        struct limits_known limits;
        limits_known_init(&limits, n.f);
        for (size_t k = 0; limits.rows.n && k < n.f->attempts.n; k++)
            if (limits_known_near(&limits, attempt_walk(&n.f->attempts, k)))
                *vec_push(&n.picks) = n.f->attempts.v[k];
        if (n.picks.n) {
            n.limit_ms = limits_known_of(&limits, n.picks.v[0]->version);
            report(self, &n, fs);
        }
        vec_done(&n.picks);
        limits_known_done(&limits);
    }
    return "none that ended well took more than nine tenths of a known limit";
}

const struct detector detector_near_timeout = {
    .name = "near-timeout",
    .doc = "invocations that ended well at the edge of a known limit",
    .missing = "no time-out in the evidence, so no function's limit is known",
    .rule = "Attempts that ended well with 90 % or more of the limit used up; the limit is that of a "
            "time-out of the same version, or the one that all time-outs of the function agree on. Low.",
    .fact = "A time-out tells the configured limit: \"Task timed out after\", or the whole seconds of a "
            "duration with Status: timeout (field guide 1.2).",
    .disproof = "Another limit at that time.",
    .examine = near_examine,
    .run = near_run,
};
