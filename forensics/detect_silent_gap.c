/* silent-gap: a stretch in which a function was not invoked at all although it is invoked all the time and
 * the rest of the evidence went on: a trigger that was switched off, a queue that stood still, logs that were
 * lost. Only between two invocations, never at an edge of the evidence. A gap counts when it lasts GAP_MIN_MS,
 * GAP_FACTOR mean gaps and RHYTHM_FACTOR times the function's second longest gap, and OTHERS_MIN invocations
 * of other functions or S3 records fall into it, never SILENCE_SHARE of it apart: else the evidence has the gap.
 * A function whose invocations mostly leave no START or REPORT (JSON logs at level WARN) is not judged. Severity:
 * low. */
#include "base/order.h"
#include "forensics/detector.h"

enum { GAP_MIN_MS = 600000, GAP_FACTOR = 20, RHYTHM_FACTOR = 3, OTHERS_MIN = 10, ATTEMPTS_MIN = 30 };
#define SILENCE_SHARE 0.5

static uint64_t gap_examine(const struct dossier *d)
{
    uint64_t n = 0;
    for (size_t i = 0; i < d->functions.n; i++)
        n += d->functions.v[i].attempts.n >= ATTEMPTS_MIN;
    return n;
}

struct gap {
    const struct dossier *d;
    const struct function *f;
    const struct attempt *before, *after;
    int64_t from, to;
    int64_t second;   /* the function's next longest gap */
    double mean;      /* of the other gaps */
    uint64_t others;  /* invocations of other functions in it */
    uint64_t records; /* S3 records in it */
};

/* Successes leave lines. */
static bool is_logged(const struct function *f)
{
    return f->logged * 2 >= f->attempts.n;
}

/* Whether two neighbours are as far apart as a gap is. Those between two that are nearer need no look, so that of a busy
 * function's millions only thousands are looked at. */
static bool has_pause(const struct function *f)
{
    for (size_t i = 0, step = 1; i + 1 < f->attempts.n;) {
        size_t to = i + step < f->attempts.n ? i + step : f->attempts.n - 1;
        int64_t from = attempt_begin(f->attempts.v[i]), time = attempt_begin(f->attempts.v[to]);
        if (time != TIME_NONE && time - from < GAP_MIN_MS) {
            i = to;
            step *= 2;
        } else if (to == i + 1) {
            return time != TIME_NONE;
        } else {
            step = (to - i) / 2;
        }
    }
    return false;
}

static bool find_longest(struct gap *g)
{
    int64_t longest = 0, first = attempt_begin(g->f->attempts.v[0]), last = first;
    size_t n = 0;
    for (size_t i = 1; i < g->f->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&g->f->attempts, i), *before = g->f->attempts.v[i - 1];
        if (attempt_begin(a) == TIME_NONE || attempt_begin(before) == TIME_NONE)
            break;
        int64_t gap = attempt_begin(a) - attempt_begin(before);
        n++;
        last = attempt_begin(a);
        if (gap > longest) {
            g->second = longest;
            longest = gap;
            g->before = before;
            g->after = a;
        } else if (gap > g->second) {
            g->second = gap;
        }
    }
    if (n < ATTEMPTS_MIN - 1 || first == TIME_NONE || longest == 0)
        return false;
    g->mean = (double)(last - first - longest) / (double)(n - 1);
    g->from = attempt_over(g->before) > attempt_begin(g->before) ? attempt_over(g->before)
                                                                 : attempt_begin(g->before);
    g->to = attempt_begin(g->after);
    return g->to - g->from >= GAP_MIN_MS && (double)longest >= GAP_FACTOR * g->mean &&
           longest >= RHYTHM_FACTOR * g->second;
}

/* Times of the index's attempts and objects, which stand in their order, those without one last. */
static int64_t begun_at(const struct index *x, size_t i)
{
    return i < x->attempts.n ? attempt_begin(x->attempts.v[i]) : TIME_NONE;
}

static int64_t written_at(const struct index *x, size_t i)
{
    return i < x->objects.n ? x->objects.v[i].time : TIME_NONE;
}

/* How many records were written before that time. */
static size_t records_before(const struct index *x, int64_t time)
{
    return order_lower(0, x->objects.n, i, written_at(x, i) != TIME_NONE && written_at(x, i) < time);
}

/* The longest time in the gap without a sign of anything. */
static int64_t silence_in(const struct gap *g)
{
    const struct index *x = g->d->index;
    size_t a = attempt_lower(x, g->from);
    size_t o = records_before(x, g->from);
    int64_t longest = 0, before = g->from;
    while (before < g->to) {
        int64_t begin = begun_at(x, a), written = written_at(x, o), next = g->to;
        next = begin != TIME_NONE && begin < next ? begin : next;
        next = written != TIME_NONE && written < next ? written : next;
        a += begin == next;
        o += written == next;
        longest = next - before > longest ? next - before : longest;
        before = next;
    }
    return longest;
}

static bool goes_on(struct gap *g)
{
    const struct index *x = g->d->index;
    for (size_t i = 0; i < g->d->functions.n; i++)
        if (&g->d->functions.v[i] != g->f)
            g->others += dossier_begun(&g->d->functions.v[i], g->from, g->to);
    g->records = records_before(x, g->to) - records_before(x, g->from);
    return g->others + g->records >= OTHERS_MIN &&
           (double)silence_in(g) < SILENCE_SHARE * (double)(g->to - g->from);
}

static void write_detail(const struct gap *g, struct findings *fs, struct finding *f)
{
    struct detail detail;
    detail_init(&detail);
    jsonw_put_time(&detail.w, "from", g->from);
    jsonw_put_time(&detail.w, "to", g->to);
    jsonw_put_i64(&detail.w, "gap_ms", g->to - g->from);
    jsonw_put_double(&detail.w, "mean_gap_ms", g->mean, 0);
    jsonw_put_i64(&detail.w, "second_longest_ms", g->second);
    jsonw_put_count(&detail.w, "other_invocations", g->others);
    jsonw_put_count(&detail.w, "s3_records", g->records);
    detail_done(&detail, fs, f);
}

/* No invocation is concerned: what is missing has no request id. */
static void report(const struct detector *self, const struct gap *g, struct findings *fs)
{
    struct arena *m = &fs->arena;
    struct finding *f = finding_new(fs, self, SEVERITY_LOW, g->f->name);
    struct slice name = dossier_name(g->d, g->f->name);
    finding_seen(f, g->from);
    finding_seen(f, g->to);
    finding_cite(f, attempt_report_loc(g->before), g->from, g->before);
    finding_cite(f, g->after->loc, g->to, g->after);
    f->moment = "edge of the gap";
    f->title = arena_printf(m, "%.*s was not invoked for %s while others were", SLICE_ARG(name),
                            detector_span(m, g->to - g->from));
    f->what = arena_printf(
        m,
        "From one invocation of %.*s to the next passed %s; the mean gap is %s, the second longest %s. "
        "Meanwhile %s invocations of other functions began and %s S3 records were written.",
        SLICE_ARG(name), detector_span(m, g->to - g->from), detector_span(m, (int64_t)g->mean),
        detector_span(m, g->second), detector_count(m, g->others), detector_count(m, g->records));
    f->how =
        "Starts of one function against those of the others in the same evidence. The function's "
        "Invocations metric tells the two cases apart: calls there mean that logs are missing, none that "
        "nothing called.";
    finding_command(fs, f, "# what invokes the function, and whether it is enabled");
    finding_command(fs, f, "aws lambda list-event-source-mappings --function-name %s",
                    dossier_shell_name(m, name));
    f->fix =
        "Alarm on missing invocations (Invocations below 1 over the usual gap), and look at who switched "
        "the trigger at both edges.";
    finding_step(fs, f, "%lld ms >= 20 x %.0f ms and >= 3 x %lld ms; %llu + %llu >= 10 others",
                 (long long)(g->to - g->from), g->mean, (long long)g->second, (unsigned long long)g->others,
                 (unsigned long long)g->records);
    finding_fact(fs, f, "gap / mean gap", "%s / %s", detector_span(m, g->to - g->from),
                 detector_span(m, (int64_t)g->mean));
    write_detail(g, fs, f);
    finding_span(f, "not invoked", g->from, g->to);
}

static const char *gap_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    for (size_t i = 0; i < d->functions.n; i++) {
        struct gap g = {.d = d, .f = &d->functions.v[i]};
        if (g.f->attempts.n >= ATTEMPTS_MIN && is_logged(g.f) && has_pause(g.f) && find_longest(&g) &&
            goes_on(&g))
            report(self, &g, fs);
    }
    return "no function fell silent while others went on";
}

const struct detector detector_silent_gap = {
    .name = "silent-gap",
    .doc = "a function that is not invoked while the others are",
    .missing = "no function with 30 invocations in the evidence",
    .rule = "Between two invocations 10 minutes or more, 20 times the mean of the other gaps, 3 times the "
            "second longest, with 10 or more invocations of others or S3 records in it, none half of it "
            "apart. Low.",
    .fact = "Each invocation has a START line of its own unless JSON logs are filtered at WARN (field guide "
            "2.1).",
    .disproof = "The function's Invocations metric, which tells missing logs from missing calls.",
    .examine = gap_examine,
    .run = gap_run,
};
