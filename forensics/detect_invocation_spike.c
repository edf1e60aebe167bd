/* invocation-spike: minutes with many times the function's usual number of invocations. Context for other
 * findings: traffic alone hurts nobody. A run of minutes counts when each has SPIKE_FACTOR times the number of
 * a quiet one, SPIKE_SIGMA standard deviations (of a Poisson number) above it and SPIKE_MINUTE_MIN at least;
 * the run must hold SPIKE_MIN invocations, less than half of the function's time, and SPIKE_FACTOR times as
 * many a minute as the usual ones, which are all outside of it. More than RUNS_MAX such runs are the function's
 * rhythm. Severity: low when at least FAILED_SHARE of the run's invocations failed, else info. */
#include "forensics/detector.h"
#include "forensics/minutes.h"

#include <math.h>

enum { SPIKE_FACTOR = 5, SPIKE_SIGMA = 6, SPIKE_MINUTE_MIN = 5, SPIKE_MIN = 30, RUNS_MAX = 3, SPAN_MIN = 30 };
#define FAILED_SHARE 0.05

static uint64_t spike_examine(const struct dossier *d)
{
    return d->begun;
}

struct spike {
    const struct dossier *d;
    const struct function *f;
    struct minutes_run run;
    double usual; /* invocations a minute */
    uint64_t failed;
};

static void write_prose(const struct spike *s, struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = dossier_name(s->d, s->f->name);
    int64_t minutes = s->run.to - s->run.from + 1;
    double rate = (double)f->count / (double)minutes;
    f->moment = "invocation of the spike";
    f->title = arena_printf(m, "%.*s was invoked %.0f times a minute for %s; %.1f a minute are usual",
                            SLICE_ARG(name), rate, detector_span(m, minutes * MINUTE_MS), s->usual);
    f->what = arena_printf(
        m, "%s invocations began within %s, %.1f a minute; %.1f a minute are usual. %s of them failed.",
        detector_count(m, f->count), detector_span(m, minutes * MINUTE_MS), rate, s->usual,
        s->failed ? detector_count(m, s->failed) : "None");
    f->how = "Starts are counted by minute; the usual number is the mean of the minutes outside of the "
             "stretch. Logs that are missing for the quiet minutes would disprove it.";
    finding_command(fs, f, "# caps the function; callers beyond that are refused");
    finding_command(fs, f,
                    "aws lambda put-function-concurrency --function-name %s --reserved-concurrent-executions "
                    "%zu",
                    dossier_shell_name(m, name), s->f->peak_concurrency);
    f->fix = "Know who calls: a campaign, a retrying client or a loop. Bound what comes in (throttles at the "
             "gateway, maximum concurrency at the queue) by what stands behind the function.";
    finding_step(fs, f, "%s / %lld minutes = %.1f a minute >= 5 x %.2f", detector_count(m, f->count),
                 (long long)minutes, rate, s->usual);
    finding_fact(fs, f, "a minute / usual", "%.1f / %.1f", rate, s->usual);
}

static void report(const struct detector *self, struct spike *s, struct findings *fs)
{
    int64_t from = s->run.from * MINUTE_MS, to = (s->run.to + 1) * MINUTE_MS;
    size_t first = dossier_lower(s->f, from), end = dossier_lower(s->f, to);
    struct detail detail;
    for (size_t i = 0; i < s->f->failed.n; i++) {
        int64_t begin = attempt_begin(s->f->failed.v[i]);
        s->failed += begin >= from && begin < to;
    }
    bool hurt = (double)s->failed >= FAILED_SHARE * (double)(end - first);
    struct finding *f = finding_new(fs, self, hurt ? SEVERITY_LOW : SEVERITY_INFO, s->f->name);
    finding_attempts(f, s->f->attempts.v + first, end - first, CITED_BEGIN);
    write_prose(s, fs, f);
    detail_init(&detail);
    jsonw_put_time(&detail.w, "from", from);
    jsonw_put_i64(&detail.w, "minutes", s->run.to - s->run.from + 1);
    jsonw_put_double(&detail.w, "a_minute", (double)f->count / (double)(s->run.to - s->run.from + 1), 2);
    jsonw_put_double(&detail.w, "usual_a_minute", s->usual, 2);
    jsonw_put_count(&detail.w, "failed", s->failed);
    detail_done(&detail, fs, f);
    finding_span(f, "far more invocations than usual", from, to);
}

/* By time: from minute to minute, not from one to the next. */
static void count_starts(const struct function *fn, struct minutes *ret)
{
    for (size_t i = 0, end; i < fn->attempts.n; i = end) {
        int64_t begin = attempt_begin(fn->attempts.v[i]);
        if (begin == TIME_NONE)
            break;
        end = dossier_lower_behind(fn, i, (begin / MINUTE_MS + 1) * MINUTE_MS);
        minutes_add(ret, begin, (double)(end - i));
    }
}

static void examine_function(const struct detector *self, const struct dossier *d, const struct function *fn,
                             struct findings *fs)
{
    struct minutes m = {0};
    minutes_runs runs = {0};
    count_starts(fn, &m);
    struct spike s = {
        .d = d,
        .f = fn,
    };
    double quiet = minutes_quiet(&m), level = fmax(SPIKE_FACTOR * quiet, quiet + SPIKE_SIGMA * sqrt(quiet));
    minutes_above(&m, fmax(level, SPIKE_MINUTE_MIN), &runs);
    const struct minutes_run *largest = minutes_largest(&runs);
    int64_t span = minutes_span(&m);
    if (largest && runs.n <= RUNS_MAX && span >= SPAN_MIN && largest->amount >= SPIKE_MIN &&
        (largest->to - largest->from + 1) * 2 < span && quiet > 0) {
        s.run = *largest;
        s.usual = minutes_outside(&m, largest);
        if (largest->amount >= SPIKE_FACTOR * s.usual * (double)(largest->to - largest->from + 1))
            report(self, &s, fs);
    }
    vec_done(&runs);
    minutes_done(&m);
}

static const char *spike_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    for (size_t i = 0; i < d->functions.n; i++)
        examine_function(self, d, &d->functions.v[i], fs);
    return "no minutes with far more invocations than usual";
}

const struct detector detector_invocation_spike = {
    .name = "invocation-spike",
    .doc = "minutes with many times the usual number of invocations",
    .missing = "no invocation with a time in the evidence",
    .rule = "Minutes with 5 times the starts of a quiet one (the mean of the quieter two thirds), 6 standard "
            "deviations "
            "above it and 5 at least; 30 starts in all, less than half of the time, and 5 times as many a "
            "minute as "
            "outside of them. Low when 5 % of them failed, else info.",
    .fact = "Each invocation has a START line of its own (field guide 1.2).",
    .disproof = "Logs that are missing for the quiet minutes.",
    .examine = spike_examine,
    .run = spike_run,
};
