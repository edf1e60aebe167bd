/* init-failure: inits that ended in an error or ran into their limit (INIT_REPORT, platform.initReport,
 * platform.initRuntimeDone). Old logs have no such line: there the runtime's own line of an error that nobody caught tells
 * it, when it says that no request was there.
 * Lambda repeats a failed init inside the next invocation, which pays for it and, when it fails again, fails
 * with it. Severity: 3 or more failed invocations are high, 1 or 2 medium, failed inits alone low. Failures
 * of one function more than EPISODE_GAP_MS apart are told apart. */
#include "forensics/detector.h"
#include "forensics/remedy.h"

enum { FAILED_HIGH = 3, EPISODE_GAP_MS = 30 * 60 * 1000, RUNTIMES_MAX = 8 };

/* By the error alone. */
static bool by_error(const struct phase *p)
{
    return p->kind == EVENT_APP;
}

static uint64_t init_examine(const struct dossier *d)
{
    uint64_t n = d->cold;
    for (size_t i = 0; i < d->index->phases.n; i++)
        n += d->index->phases.v[i].kind == EVENT_INIT_START ||
             d->index->phases.v[i].kind == EVENT_INIT_REPORT || by_error(&d->index->phases.v[i]);
    return n;
}

static bool failed(const struct phase *p)
{
    return p->kind == EVENT_INIT_REPORT && (p->status == STATUS_ERROR || p->status == STATUS_TIMEOUT);
}

static bool init_failed(const struct attempt *a)
{
    return a->flags & ATTEMPT_INIT_FAILED;
}

static int by_time(const void *a, const void *b)
{
    const struct phase *x = *(const struct phase *const *)a, *y = *(const struct phase *const *)b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->loc.source != y->loc.source)
        return x->loc.source < y->loc.source ? -1 : 1;
    return x->loc.offset < y->loc.offset ? -1 : x->loc.offset > y->loc.offset;
}

typedef VEC(const struct phase *) phases;

/* Phases stand by stream. */
static size_t stream_end(const struct index *x, size_t from, bool *ret_reported)
{
    size_t end = from;
    *ret_reported = false;
    for (; end < x->phases.n && x->phases.v[end].stream == x->phases.v[from].stream; end++)
        *ret_reported |= x->phases.v[end].kind == EVENT_INIT_REPORT;
    return end;
}

/* In a stream that reports its inits the error says nothing more. */
static void collect(const struct dossier *d, uint32_t function, phases *ret)
{
    const struct index *x = d->index;
    bool reported;
    for (size_t i = 0, end; i < x->phases.n; i = end) {
        end = stream_end(x, i, &reported);
        if (x->streams.v[x->phases.v[i].stream].function != function)
            continue;
        for (size_t k = i; k < end; k++)
            if (failed(&x->phases.v[k]) || (!reported && by_error(&x->phases.v[k])))
                *vec_push(ret) = &x->phases.v[k];
    }
    vec_sort(ret, by_time);
}

struct failures {
    const struct phase *const *v;
    size_t n;
    uint64_t first_try, repeated, by_error, timeouts, environments;
    uint32_t runtime, error_type;
    bool one_runtime;
};

static void count(const struct dossier *d, struct failures *f)
{
    f->one_runtime = true;
    for (size_t i = 0; i < f->n; i++) {
        const struct phase *p = f->v[i];
        uint32_t runtime = dossier_runtime(d, p->stream);
        bool again = false;
        for (size_t k = 0; k < i && !again; k++)
            again = f->v[k]->stream == p->stream;
        f->environments += !again;
        f->repeated += p->phase == PHASE_INVOKE;
        f->first_try += p->phase != PHASE_INVOKE && !by_error(p);
        f->by_error += by_error(p);
        f->timeouts += p->status == STATUS_TIMEOUT;
        f->error_type = p->error_type ? p->error_type : f->error_type;
        f->one_runtime &= i == 0 || runtime == f->runtime;
        f->runtime = runtime;
    }
}

/* Attempts hurt: those that failed with a repeated init between the first and the last failure. */
static void take_attempts(const struct dossier *d, struct finding *f, const struct function *fn,
                          const struct failures *fail)
{
    enum { AFTER_MS = 60000 };
    int64_t from = fail->v[0]->time, to = fail->v[fail->n - 1]->time;
    bool untimed = from == TIME_NONE;
    (void)d;
    for (size_t i = 0; i < fn->failed.n; i++) {
        const struct attempt *a = fn->failed.v[i];
        int64_t begin = attempt_begin(a);
        bool near = !untimed && begin != TIME_NONE && begin >= from - AFTER_MS && begin <= to + AFTER_MS;
        if (init_failed(a) && (untimed ? begin == TIME_NONE && a->stream == fail->v[0]->stream : near)) {
            finding_attempt(f, a);
            finding_seen(f, attempt_report(a));
        }
    }
}

/* The error that the program itself printed: the mark nearest before the first failed init in its stream. */
static const struct mark *told_error(const struct dossier *d, const struct phase *p)
{
    const struct index *x = d->index;
    const struct mark *best = NULL;
    for (size_t i = 0; i < x->marks.n; i++) {
        const struct mark *m = &x->marks.v[i];
        if (m->kind == MARK_ERROR && m->stream == p->stream && m->time <= p->time &&
            (!best || m->time >= best->time))
            best = m;
    }
    return best;
}

static void write_detail(const struct dossier *d, const struct failures *fail, struct findings *fs,
                         struct finding *f)
{
    struct detail detail;
    detail_init(&detail);
    jsonw_put_count(&detail.w, "failed_inits", fail->n);
    jsonw_put_count(&detail.w, "first_try", fail->first_try);
    jsonw_put_count(&detail.w, "repeated", fail->repeated);
    jsonw_put_count(&detail.w, "timeouts", fail->timeouts);
    jsonw_put_count(&detail.w, "environments", fail->environments);
    jsonw_put_string_or_null(&detail.w, "error_type", dossier_name(d, fail->error_type));
    jsonw_put_string_or_null(&detail.w, "runtime", dossier_name(d, fail->one_runtime ? fail->runtime : 0));
    detail_done(&detail, fs, f);
}

/* "nodejs:20" of "nodejs:20.v13": only versions of one runtime can be chosen from. */
static struct slice runtime_family(struct slice runtime)
{
    ptrdiff_t end = slice_find(runtime, SLICE(".v"));
    return end < 0 ? runtime : slice_of(runtime.p, (size_t)end);
}

/* Another version of the runtime, on which an environment ran well last before the first failure. */
static struct slice healthy_runtime(const struct dossier *d, const struct function *fn,
                                    const struct failures *fail)
{
    struct slice failing = dossier_name(d, fail->runtime);
    size_t n = fail->one_runtime && fail->v[0]->time != TIME_NONE ? dossier_lower(fn, fail->v[0]->time) : 0;
    while (n-- > 0) {
        const struct attempt *a = fn->attempts.v[n];
        struct slice runtime = dossier_name(d, dossier_runtime(d, a->stream));
        if (attempt_status(a) == ATTEMPT_OK && runtime.n && !slice_eq(runtime, failing) &&
            slice_eq(runtime_family(runtime), runtime_family(failing)))
            return runtime;
    }
    return SLICE("");
}

static void write_commands(const struct dossier *d, const struct function *fn, const struct failures *fail,
                           struct findings *fs, struct finding *f)
{
    enum { MEMORY_MAX_MB = 10240 };
    struct slice healthy = healthy_runtime(d, fn, fail);
    remedy_roll_back(d, fn, fail->v[0]->time, fs, f);
    if (fail->timeouts && fn->memory_mb > 0 && fn->memory_mb < MEMORY_MAX_MB) {
        unsigned twice = fn->memory_mb * 2 < MEMORY_MAX_MB ? fn->memory_mb * 2 : MEMORY_MAX_MB;
        finding_command(fs, f, "# gives the init more CPU, which comes with memory and is billed with it");
        remedy_configure(d, fn, arena_printf(&fs->arena, "--memory-size %u", twice), fs, f);
    }
    if (healthy.n == 0)
        return;
    finding_command(fs, f,
                    "# goes back to %.*s, on which it ran well before; its INIT_START lines tell the ARN",
                    SLICE_ARG(healthy));
    finding_command(fs, f,
                    "aws lambda put-runtime-management-config --function-name %s --update-runtime-on Manual "
                    "--runtime-version-arn ARN",
                    dossier_shell_name(&fs->arena, dossier_name(d, fn->name)));
}

static const char *said_by_errors(struct arena *m, const struct failures *fail)
{
    return arena_printf(m, "%s %s ended in an error that nobody caught", detector_count(m, fail->by_error),
                        detector_plural(fail->by_error, "init", "inits"));
}

static const char *said_by_reports(struct arena *m, const struct failures *fail, uint64_t attempts)
{
    const char *limit =
        fail->timeouts ? arena_printf(m, ", %s of them at the time limit", detector_count(m, fail->timeouts))
                       : "";
    const char *more = fail->by_error ? arena_printf(m, "; %s", said_by_errors(m, fail)) : "";
    return arena_printf(m,
                        "%s failed at the first try, %s when the init was repeated inside an invocation%s%s. "
                        "%s %s failed with it",
                        detector_count(m, fail->first_try), detector_count(m, fail->repeated), limit, more,
                        detector_count(m, attempts), detector_plural(attempts, "invocation", "invocations"));
}

static void write_prose(const struct dossier *d, const struct function *fn, const struct failures *fail,
                        const struct mark *told, struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice said = told ? dossier_name(d, told->host) : slice_of("", 0);
    struct slice name = dossier_name(d, fn->name), runtime = dossier_name(d, fail->runtime);
    const char *on = fail->one_runtime && runtime.n ? arena_printf(m, " on %.*s", SLICE_ARG(runtime)) : "";
    f->moment = "failed init";
    f->title = arena_printf(m, "%zu %s of %.*s failed%s", fail->n, detector_plural(fail->n, "init", "inits"),
                            SLICE_ARG(name), on);
    f->what =
        arena_printf(m, "%s %s%s could not initialise: %s.%s%.*s%s", detector_count(m, fail->environments),
                     detector_plural(fail->environments, "environment", "environments"), on,
                     fail->by_error == fail->n ? said_by_errors(m, fail) : said_by_reports(m, fail, f->count),
                     said.n ? " The program's own error: \"" : "", SLICE_ARG(said), said.n ? "\"." : "");
    f->how =
        fail->by_error == fail->n
            ? "The runtime's own line for an error that nobody caught says undefined in the place of the "
              "request id: no request was there yet. An INIT_REPORT line, which old logs do not have, would "
              "confirm it. What the invocations behind it died of is not told by it."
            : "INIT_REPORT is the platform's own line for an init that failed. The application's last "
              "lines before it name the module or call. Environments of the same version that initialise "
              "well at the same time would point to the environment, not to the package.";
    write_commands(d, fn, fail, fs, f);
    f->fix =
        "Ship every module the code imports (the SDK of an older major version is not in newer runtimes), "
        "load the "
        "built package once in a container of the target runtime before it takes traffic, and move slow work "
        "out of the init.";
    if (fail->by_error)
        finding_fact(fs, f, "failed inits", "%zu (%s by their error alone)", fail->n,
                     detector_count(m, fail->by_error));
    else
        finding_fact(fs, f, "failed inits", "%zu (%s at first try, %s repeated)", fail->n,
                     detector_count(m, fail->first_try), detector_count(m, fail->repeated));
    finding_fact(fs, f, "environments", "%s", detector_count(m, fail->environments));
    if (fail->error_type)
        finding_fact(fs, f, "error type", "%.*s", SLICE_ARG(dossier_name(d, fail->error_type)));
}

static void report(const struct detector *self, const struct dossier *d, const struct function *fn,
                   struct failures *fail, struct findings *fs)
{
    struct finding *f = finding_new(fs, self, SEVERITY_LOW, fn->name);
    const struct mark *told = told_error(d, fail->v[0]);
    count(d, fail);
    if (told && !by_error(fail->v[0]))
        finding_cite(f, told->loc, told->time, NULL);
    for (size_t i = 0; i < fail->n; i++) {
        finding_seen(f, fail->v[i]->time);
        finding_cite(f, fail->v[i]->loc, fail->v[i]->time, NULL);
    }
    take_attempts(d, f, fn, fail);
    f->severity = f->count >= FAILED_HIGH ? SEVERITY_HIGH : f->count > 0 ? SEVERITY_MEDIUM : SEVERITY_LOW;
    write_prose(d, fn, fail, told, fs, f);
    write_detail(d, fail, fs, f);
    detector_level(fs, f, "attempts that failed with a repeated init", f->count, FAILED_HIGH);
    finding_span(f, "inits fail", f->first_seen, f->last_seen);
    /* An init that failed outside of any invocation counts as one: the contract's rule for lone error lines.
     */
    if (f->count == 0)
        f->count = fail->n;
}

/* Failed inits without a time are of one episode with those of their stream alone. */
static bool goes_on(const struct phase *a, const struct phase *b)
{
    if (a->time == TIME_NONE || b->time == TIME_NONE)
        return a->time == b->time && a->stream == b->stream;
    return b->time - a->time <= EPISODE_GAP_MS;
}

static void examine_function(const struct detector *self, const struct dossier *d, const struct function *fn,
                             struct findings *fs)
{
    phases all = {0};
    collect(d, fn->name, &all);
    for (size_t i = 0; i < all.n;) {
        size_t n = 1;
        while (i + n < all.n && goes_on(all.v[i + n - 1], all.v[i + n]))
            n++;
        struct failures fail = {.v = all.v + i, .n = n};
        report(self, d, fn, &fail, fs);
        i += n;
    }
    vec_done(&all);
}

static const char *init_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    for (size_t i = 0; i < d->functions.n; i++)
        examine_function(self, d, &d->functions.v[i], fs);
    return "no init failed";
}

const struct detector detector_init_failure = {
    .name = "init-failure",
    .doc = "inits that failed or timed out, and the invocations that failed with them",
    .missing = "no init in the evidence",
    .rule = "INIT_REPORT, platform.initReport or platform.initRuntimeDone with status error or timeout; "
            "where there is none, an error that nobody caught on a line that says undefined for its request "
            "id. 3 or more attempts that failed with a repeated init are high, 1 or 2 medium, failed inits "
            "alone low. Episodes are "
            "parted by 30 minutes.",
    .fact = "A failed init is repeated inside the next invocation under the function's own limit, and is "
            "paid there: its report has no Init Duration (field guide 1.5).",
    .disproof = "Environments of the same version and runtime that initialise well at the same time.",
    .examine = init_examine,
    .run = init_run,
};
