/* incomplete: invocations of which a START, END or REPORT is missing although the evidence should hold it:
 * lines were dropped on the way, or files are missing. START and REPORT are due where the other one is there,
 * for both are of one log level, unless the function has none of them at all (a filter took them). An END is
 * due when at least END_DUE of the function's invocations have it, and one beside it in its environment: JSON has
 * none, and an environment keeps the format of its log, which the function may change. Edges are no holes: a START
 * is missed only behind an earlier invocation of the same environment, an END or REPORT only before a later
 * one, or EDGE_MS, the longest that an invocation can run, before the end of the evidence. Severity: low. */
#include "forensics/detector.h"

enum { PART_START, PART_END, PART_REPORT, PARTS };
enum { EDGE_MS = 900000, ATTEMPTS_MIN = 10 };
#define END_DUE 0.9

static const char *const part_names[PARTS] = {"START", "END", "REPORT"};

static bool is_judged(const struct function *f)
{
    return f->attempts.n >= ATTEMPTS_MIN;
}

static uint64_t incomplete_examine(const struct dossier *d)
{
    for (size_t i = 0; i < d->functions.n; i++)
        if (is_judged(&d->functions.v[i]))
            return dossier_ended(d);
    return 0;
}

struct torn {
    const struct attempt *attempt;
    bool missing[PARTS];
};

struct holes {
    const struct dossier *d;
    const struct function *f;
    uint64_t have[PARTS];
    size_t missing[PARTS];
    VEC(struct torn) torn;
};

static bool has(const struct attempt *a, unsigned part)
{
    switch (part) {
    case PART_START: return attempt_start(a) != TIME_NONE;
    case PART_END: return attempt_end(a) != TIME_NONE;
    default: return attempt_report(a) != TIME_NONE || attempt_status(a) == ATTEMPT_OK;
    }
}

/* It is due in some and not there in all. */
static bool may_miss(const struct holes *h, unsigned part)
{
    uint64_t have = h->have[part], all = h->f->attempts.n;
    return have < all && (part == PART_END ? (double)have >= END_DUE * (double)all : have > 0);
}

static bool due(const struct holes *h, const struct attempt *a, unsigned part)
{
    return may_miss(h, part) && (part == PART_END || has(a, part == PART_START ? PART_REPORT : PART_START));
}

/* The attempt's neighbours in its environment. */
struct around {
    const struct attempt *before, *after;
};

static bool beside(const struct around *around, unsigned part)
{
    return (around->before && has(around->before, part)) || (around->after && has(around->after, part));
}

static void judge(struct holes *h, const struct attempt *a, const struct around *around)
{
    struct torn t = {.attempt = a};
    bool over = around->after || attempt_begin(a) + EDGE_MS < h->d->end, any = false;
    for (unsigned part = 0; part < PARTS; part++) {
        bool inside = part == PART_START ? around->before != NULL : over;
        inside &= part != PART_END || beside(around, part);
        t.missing[part] = inside && due(h, a, part) && !has(a, part);
        h->missing[part] += t.missing[part];
        any |= t.missing[part];
    }
    if (any)
        *vec_push(&h->torn) = t;
}

/* Attempts come by time; the one met last in each environment is judged when the next one is met. */
static void find_torn(struct holes *h)
{
    struct around *open = calloc(h->d->index->streams.n + 1, sizeof *open);
    if (!open)
        err_oom();
    for (size_t i = 0; i < h->f->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&h->f->attempts, i), *last = open[a->stream].after;
        if (attempt_begin(a) == TIME_NONE)
            break;
        if (last)
            judge(h, last, &(struct around){open[a->stream].before, a});
        open[a->stream] = (struct around){last, a};
    }
    for (size_t i = 0; i < h->f->streams.n; i++) {
        const struct around *o = &open[h->f->streams.v[i]];
        if (o->after)
            judge(h, o->after, &(struct around){o->before, NULL});
    }
    free(open);
}

static int by_begin(const void *a, const void *b)
{
    const struct torn *x = a, *y = b;
    int64_t s = attempt_begin(x->attempt), t = attempt_begin(y->attempt);
    return s != t ? (s < t ? -1 : 1) : memcmp(&x->attempt->id, &y->attempt->id, sizeof x->attempt->id);
}

static void write_detail(const struct holes *h, struct findings *fs, struct finding *f)
{
    static const char *const keys[PARTS] = {"missing_start", "missing_end", "missing_report"};
    struct detail detail;
    detail_init(&detail);
    for (unsigned part = 0; part < PARTS; part++)
        jsonw_put_count(&detail.w, keys[part], h->missing[part]);
    jsonw_put_count(&detail.w, "invocations", h->f->attempts.n);
    detail_done(&detail, fs, f);
}

static void report(const struct detector *self, struct holes *h, struct findings *fs)
{
    struct arena *m = &fs->arena;
    struct finding *f = finding_new(fs, self, SEVERITY_LOW, h->f->name);
    struct slice name = dossier_name(h->d, h->f->name);
    vec_sort(&h->torn, by_begin);
    for (size_t i = 0; i < h->torn.n; i++) {
        const struct attempt *a = h->torn.v[i].attempt;
        finding_attempt(f, a);
        finding_seen(f, attempt_begin(a));
        finding_cite(f, a->loc, attempt_begin(a), a);
    }
    const char *count = detector_count(m, f->count);
    f->moment = "invocation with a part missing";
    f->title = arena_printf(m, "Lines of %s %s of %.*s are missing", count,
                            detector_plural(f->count, "invocation", "invocations"), SLICE_ARG(name));
    f->what =
        arena_printf(m,
                     "Of %s invocations, %zu have no START, %zu no END and %zu no REPORT, although their "
                     "environments' logs go on behind them. Numbers about this function are too low by "
                     "what is missing.",
                     detector_count(m, h->f->attempts.n), h->missing[PART_START], h->missing[PART_END],
                     h->missing[PART_REPORT]);
    f->how = "Each invocation leaves these lines in its environment's log; others of the same environment "
             "before or behind it have them. A second export that holds the lines would disprove it.";
    finding_command(fs, f, "# exports the group once more; fill in bucket and times");
    finding_command(fs, f,
                    "aws logs create-export-task --log-group-name /aws/lambda/%s --from MS --to MS "
                    "--destination BUCKET",
                    dossier_shell_name(m, name));
    f->fix =
        "Export again after 12 hours, for lines may arrive late, and check the subscription's errors and "
        "the log group's level filter.";
    for (unsigned part = 0; part < PARTS; part++)
        if (h->missing[part])
            finding_fact(fs, f, part_names[part], "missing in %s", detector_count(m, h->missing[part]));
    finding_step(fs, f, "END: %llu / %zu invocations = %.1f %%, due in all from 90 %% on",
                 (unsigned long long)h->have[PART_END], h->f->attempts.n,
                 100.0 * (double)h->have[PART_END] / (double)h->f->attempts.n);
    finding_step(fs, f, "of %zu invocations %llu have START, %llu END (due from 90 %% on), %llu REPORT",
                 h->f->attempts.n, (unsigned long long)h->have[PART_START],
                 (unsigned long long)h->have[PART_END], (unsigned long long)h->have[PART_REPORT]);
    write_detail(h, fs, f);
}

static const char *incomplete_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    for (size_t i = 0; i < d->functions.n; i++) {
        const struct function *f = &d->functions.v[i];
        struct holes h = {.d = d, .f = f, .have = {f->started, f->ended, f->reported}};
        bool torn = may_miss(&h, PART_START) || may_miss(&h, PART_END) || may_miss(&h, PART_REPORT);
        if (!is_judged(f) || !torn)
            continue;
        find_torn(&h);
        if (h.torn.n)
            report(self, &h, fs);
        vec_done(&h.torn);
    }
    return "no invocation lacks a line that it should have";
}

const struct detector detector_incomplete = {
    .name = "incomplete",
    .doc = "invocations whose START, END or REPORT is missing",
    .missing = "no function with 10 invocations whose end is in the evidence",
    .rule = "START or REPORT is missing where the other is there, or an END that 90 % of the function's "
            "attempts have and one beside it in its environment, in an attempt with a neighbour in its "
            "environment on that side, or 900 s before the end of the evidence. Low.",
    .fact = "An environment writes START, END and REPORT for each invocation, one after the other; the "
            "longest runs 900 s (field guide 1.2, 8.1).",
    .disproof = "A second export that holds the lines.",
    .examine = incomplete_examine,
    .run = incomplete_run,
};
