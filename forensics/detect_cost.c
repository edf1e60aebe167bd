/* cost: what the busiest stretch of the evidence cost, against as many normal minutes. Gigabyte-seconds are
 * billed time times memory size, as the reports say; prices: cost.h. Logs do not tell the architecture, so both
 * prices are given. A stretch counts when each of its minutes has COST_FACTOR times the gigabyte-seconds of a
 * quiet one, and it costs EXCESS_MIN_USD more than usual, which is the mean of the minutes outside of it.
 * Severity: low when the excess is at least EXCESS_LOW_USD an hour, else info. */
#include "forensics/cost.h"
#include "forensics/detector.h"
#include "forensics/minutes.h"

/* The arm64 price of the same table; cost.h may bring its own. */
enum { COST_FACTOR = 3, SPAN_MIN = 30, HOUR_MINUTES = 60 };
#define EXCESS_MIN_USD 0.01
#define EXCESS_LOW_USD 10.0
/* Since then the init of every function is billed: field guide, lambda-text-logs 1.6. 2025-08-01. */
#define INIT_BILLED_SINCE INT64_C(1754006400000)

static uint64_t cost_examine(const struct dossier *d)
{
    return d->charged;
}

struct bill {
    double gb_seconds, requests;
};

static double usd_x86(const struct bill *b)
{
    return cost_usd(b->gb_seconds, b->requests);
}

static double usd_arm(const struct bill *b)
{
    return b->gb_seconds * COST_PER_GB_SECOND_ARM + b->requests * COST_PER_REQUEST;
}

static struct bill an_hour(const struct bill *b, double minutes)
{
    return (struct bill){b->gb_seconds * HOUR_MINUTES / minutes, b->requests * HOUR_MINUTES / minutes};
}

struct costs {
    const struct dossier *d;
    struct minutes_run run;
    struct bill busy;        /* of the run */
    struct bill normal_hour; /* usual minutes times 60 */
    double init_gb_seconds;  /* of the run: billed init time */
    uint32_t function;       /* that the most of it is of */
    double function_share;
};

/* What of the bill is init: the platform bills it when the billed time is longer than the duration by it. */
static double init_gb_seconds(const struct attempt *a)
{
    if (!decimal_known(a->init) || !decimal_known(a->duration) || !decimal_known(attempt_billed(a)))
        return 0;
    double beyond = decimal_value(attempt_billed(a)) - decimal_value(a->duration);
    return beyond > 1 ? a->memory_mb / 1024.0 * beyond / 1000.0 : 0;
}

static void add_up(struct costs *c)
{
    int64_t from = c->run.from * MINUTE_MS, to = (c->run.to + 1) * MINUTE_MS;
    double most = 0;
    for (size_t i = 0; i < c->d->functions.n; i++) {
        const struct function *fn = &c->d->functions.v[i];
        double own = 0;
        for (size_t k = dossier_lower(fn, from), end = dossier_lower(fn, to); k < end; k++) {
            const struct attempt *a = attempt_walk(&fn->attempts, k);
            own += cost_gb_seconds(a);
            c->init_gb_seconds += init_gb_seconds(a);
            c->busy.requests++;
        }
        c->busy.gb_seconds += own;
        if (own > most) {
            most = own;
            c->function = fn->name;
        }
    }
    c->function_share = c->busy.gb_seconds > 0 ? most / c->busy.gb_seconds : 0;
}

static void cite(const struct costs *c, struct finding *f)
{
    int64_t from = c->run.from * MINUTE_MS, to = (c->run.to + 1) * MINUTE_MS;
    const struct index *x = c->d->index;
    size_t first = attempt_lower(x, from);
    finding_attempts(f, (const struct attempt *const *)x->attempts.v + first, attempt_lower(x, to) - first,
                     CITED_REPORT);
}

static void write_bill(struct detail *detail, const char *key, const struct bill *b)
{
    jsonw_put_open(&detail->w, key, '{');
    jsonw_put_double(&detail->w, "gb_seconds", b->gb_seconds, 3);
    jsonw_put_double(&detail->w, "requests", b->requests, 1);
    jsonw_put_double(&detail->w, "usd_x86", usd_x86(b), 6);
    jsonw_put_double(&detail->w, "usd_arm", usd_arm(b), 6);
    jsonw_close(&detail->w, '}');
}

static void write_detail(const struct costs *c, struct findings *fs, struct finding *f)
{
    struct detail detail;
    double minutes = (double)(c->run.to - c->run.from + 1);
    struct bill hour = an_hour(&c->busy, minutes);
    detail_init(&detail);
    jsonw_put_time(&detail.w, "from", c->run.from * MINUTE_MS);
    jsonw_put_double(&detail.w, "minutes", minutes, 0);
    write_bill(&detail, "busiest", &c->busy);
    write_bill(&detail, "busiest_hour", &hour);
    write_bill(&detail, "normal_hour", &c->normal_hour);
    jsonw_put_double(&detail.w, "billed_init_gb_seconds", c->init_gb_seconds, 3);
    jsonw_put_string(&detail.w, "prices", SLICE(COST_DATE));
    detail_done(&detail, fs, f);
}

static void write_table(const struct costs *c, struct findings *fs, struct finding *f)
{
    static const char *const columns[] = {"", "#GB-seconds", "#requests", "#USD x86", "#USD arm64"};
    static const char *const names[] = {"the stretch", "the stretch, for an hour", "a normal hour"};
    struct bill hour = an_hour(&c->busy, (double)(c->run.to - c->run.from + 1));
    const struct bill *rows[] = {&c->busy, &hour, &c->normal_hour};
    struct finding_table *t = finding_table(f, "The bill", columns, 5);
    for (size_t i = 0; i < 3; i++) {
        *vec_push(&t->cells) = names[i];
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%.1f", rows[i]->gb_seconds);
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%.0f", rows[i]->requests);
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%.4f", usd_x86(rows[i]));
        *vec_push(&t->cells) = arena_printf(&fs->arena, "%.4f", usd_arm(rows[i]));
    }
}

static void write_prose(const struct costs *c, double excess, struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    int64_t minutes = c->run.to - c->run.from + 1, from = c->run.from * MINUTE_MS;
    struct bill hour = an_hour(&c->busy, (double)minutes);
    f->moment = "invocation of the costly stretch";
    f->title = arena_printf(m, "The busiest %s cost %.1f times as much as usual",
                            detector_span(m, minutes * MINUTE_MS), usd_x86(&hour) / usd_x86(&c->normal_hour));
    f->what = arena_printf(
        m,
        "%.0f invocations took %.1f GB-seconds, %.4f USD on x86 and %.4f USD on arm64: %.4f USD more than "
        "usual. %.0f %% of it is of %.*s. %.1f GB-seconds of it are billed inits%s.",
        c->busy.requests, c->busy.gb_seconds, usd_x86(&c->busy), usd_arm(&c->busy), excess,
        100 * c->function_share, SLICE_ARG(dossier_name(c->d, c->function)), c->init_gb_seconds,
        from < INIT_BILLED_SINCE ? " (before 1 August 2025 those of managed runtimes were free)" : "");
    f->how = "Billed duration and memory size of the reports, prices of us-east-1 of " COST_DATE
             " without free tier, logs, S3 or transfer; a usual minute is the mean of those outside of the "
             "stretch. "
             "The bill by hour from Cost Explorer would confirm or disprove it.";
    finding_command(fs, f, "# the bill of that day, by usage type; DAY and NEXT are dates");
    finding_command(
        fs, f,
        "aws ce get-cost-and-usage --time-period Start=DAY,End=NEXT --granularity DAILY --metrics "
        "UnblendedCost --group-by Type=DIMENSION,Key=USAGE_TYPE");
    f->fix = "Bound the concurrency of what can run away, alarm on the bill and on Invocations, and size the "
             "memory by measurement.";
    finding_step(fs, f, "%.3f GB-s x %.10f + %.0f x 0.0000002 - %lld min x %.6f USD = %.4f USD",
                 c->busy.gb_seconds, COST_PER_GB_SECOND, c->busy.requests, (long long)minutes,
                 usd_x86(&c->normal_hour) / HOUR_MINUTES, excess);
    finding_fact(fs, f, "excess", "%.4f USD (x86)", excess);
}

static struct bill normal_of(const struct minutes *gb, const struct minutes *requests,
                             const struct minutes_run *run)
{
    return (struct bill){minutes_outside(gb, run) * HOUR_MINUTES,
                         minutes_outside(requests, run) * HOUR_MINUTES};
}

static void judge(const struct detector *self, struct costs *c, struct findings *fs)
{
    double minutes = (double)(c->run.to - c->run.from + 1);
    add_up(c);
    double excess = usd_x86(&c->busy) - usd_x86(&c->normal_hour) * minutes / HOUR_MINUTES;
    if (excess < EXCESS_MIN_USD)
        return;
    bool dear = excess * HOUR_MINUTES / minutes >= EXCESS_LOW_USD;
    struct finding *f = finding_new(fs, self, dear ? SEVERITY_LOW : SEVERITY_INFO, 0);
    cite(c, f);
    write_prose(c, excess, fs, f);
    write_table(c, fs, f);
    write_detail(c, fs, f);
    finding_span(f, "costs far more than usual", c->run.from * MINUTE_MS, (c->run.to + 1) * MINUTE_MS);
}

static const char *cost_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    const struct minutes *gb = &d->gb_seconds;
    minutes_runs runs = {0};
    double quiet = minutes_quiet(gb);
    minutes_above(gb, COST_FACTOR * quiet, &runs);
    const struct minutes_run *largest = minutes_largest(&runs);
    int64_t span = minutes_span(gb);
    if (quiet > 0 && largest && span >= SPAN_MIN && largest->to - largest->from + 1 < span) {
        struct costs c = {.d = d, .run = *largest, .normal_hour = normal_of(gb, &d->requests, largest)};
        judge(self, &c, fs);
    }
    vec_done(&runs);
    return "no stretch costs far more than usual";
}

const struct detector detector_cost = {
    .name = "cost",
    .doc = "what the busiest stretch cost, against a normal hour",
    .missing = "no report with a billed duration in the evidence",
    .rule = "Minutes with 3 times the GB-seconds of a quiet one (the mean of the quieter two thirds) that "
            "cost 0.01 USD "
            "more than as many of the others. Low "
            "from an excess of 10 USD an hour on, else info.",
    .fact = "Billed duration times memory size, and 0.20 USD a million requests; since August 2025 every "
            "init is billed (field guide 8.3, 1.6).",
    .disproof = "The bill by hour.",
    .examine = cost_examine,
    .run = cost_run,
};
