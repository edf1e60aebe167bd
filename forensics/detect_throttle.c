/* throttle: a service that the function calls refused for rate or capacity (signatures of class THR). What
 * also reports a refused connection is left to connection-limit. Severity: 3 or more failed invocations are
 * high, 1 or 2 medium; without a failure HANDLED_LOW throttled attempts are low, fewer are info: SDKs try
 * again by themselves. */
#include "forensics/detector.h"
#include "forensics/marked.h"

enum { FAILED_HIGH = 3, HANDLED_LOW = 20 };

static uint64_t throttle_examine(const struct dossier *d)
{
    return detector_lines(d);
}

struct throttled {
    const struct dossier *d;
    const struct function *f;
    marked_marks marks;
    uint64_t failed;
    const struct signature *most; /* the signature met most */
};

static void find_most(struct throttled *t)
{
    size_t best = 0;
    for (size_t i = 0; i < t->marks.n; i++) {
        size_t n = 0;
        for (size_t k = 0; k < t->marks.n && i < 64; k++)
            n += t->marks.v[k]->value == t->marks.v[i]->value;
        if (n > best) {
            best = n;
            t->most = marked_signature(t->d, t->marks.v[i]);
        }
    }
}

static void leave_connections(struct throttled *t, const struct marked *connections)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->marks.n; i++) {
        const struct mark *m = t->marks.v[i];
        if (m->attempt && marked_has(connections, m->attempt))
            continue;
        t->failed += m->attempt && attempt_failed(m->attempt);
        t->marks.v[kept++] = m;
    }
    t->marks.n = kept;
}

/* Redis refuses writes when it holds all that maxmemory lets it: no rate, and no fewer callers mend it. */
static bool is_memory(const struct throttled *t)
{
    return strcmp(t->most->name, "redis-memory-full") == 0;
}

static void write_cap(const struct throttled *t, struct findings *fs, struct finding *f)
{
    if (t->f->peak_concurrency <= 1)
        return;
    finding_command(
        fs, f,
        "# halves how many environments call the service at once (%zu did at the peak); more callers are "
        "then refused by Lambda instead",
        t->f->peak_concurrency);
    finding_command(
        fs, f, "aws lambda put-function-concurrency --function-name %s --reserved-concurrent-executions %zu",
        dossier_shell_name(&fs->arena, dossier_name(t->d, t->f->name)), t->f->peak_concurrency / 2);
}

static void write_prose(const struct throttled *t, struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = dossier_name(t->d, t->f->name);
    uint64_t handled = t->marks.n - t->failed;
    bool memory = is_memory(t);
    f->moment = memory ? "write that Redis refused" : "throttled call";
    f->title = memory ? arena_printf(m, "%s of %.*s found Redis with its memory full", detector_counted(m, f),
                                     SLICE_ARG(name))
                      : arena_printf(m, "%s of %.*s met a throttle (%s)", detector_counted(m, f),
                                     SLICE_ARG(name), t->most->engine);
    const char *fate = f->attempts.n == 0
                           ? "The lines belong to no invocation in the evidence."
                           : arena_printf(m, "%s of %s invocations failed with it, %s went on after it.",
                                          detector_count(m, t->failed), detector_count(m, t->f->attempts.n),
                                          detector_count(m, handled));
    f->what =
        memory
            ? arena_printf(m,
                           "Redis refused writes of %.*s: it uses all the memory that maxmemory allows. %s",
                           SLICE_ARG(name), fate)
            : arena_printf(m, "A service refused calls of %.*s for rate or capacity, most often as %s. %s",
                           SLICE_ARG(name), t->most->name, fate);
    f->how = memory ? "The server's own error says so. Its used memory at the same minutes would confirm it; "
                      "far below maxmemory it would disprove it."
                    : "The SDK's own error names the throttle. The service's ThrottledRequests metric at the "
                      "same minutes would confirm it; none there would disprove it.";
    if (!memory)
        write_cap(t, fs, f);
    f->fix = t->most->fix && *t->most->fix
                 ? t->most->fix
                 : "Retry with exponential back-off and jitter, batch the calls, and raise the quota or the "
                   "provisioned capacity to what the peak needs.";
    finding_step(fs, f, "%s throttled = %s failed + %s that went on", detector_count(m, t->marks.n),
                 detector_count(m, t->failed), detector_count(m, handled));
    finding_fact(fs, f, "failed / went on", "%s / %s", detector_count(m, t->failed),
                 detector_count(m, handled));
}

static void write_detail(const struct throttled *t, struct findings *fs, struct finding *f)
{
    struct detail detail;
    detail_init(&detail);
    jsonw_put_string(&detail.w, "engine", slice_str(t->most->engine));
    jsonw_put_string(&detail.w, "signature", slice_str(t->most->name));
    jsonw_put_count(&detail.w, "failed", t->failed);
    jsonw_put_count(&detail.w, "handled", t->marks.n - t->failed);
    detail_done(&detail, fs, f);
}

static void report(const struct detector *self, struct throttled *t, struct findings *fs)
{
    enum severity severity = t->failed >= FAILED_HIGH    ? SEVERITY_HIGH
                             : t->failed > 0             ? SEVERITY_MEDIUM
                             : t->marks.n >= HANDLED_LOW ? SEVERITY_LOW
                                                         : SEVERITY_INFO;
    struct finding *f = finding_new(fs, self, severity, t->f->name);
    find_most(t);
    for (size_t i = 0; i < t->marks.n; i++) {
        const struct mark *m = t->marks.v[i];
        if (m->attempt)
            finding_attempt(f, m->attempt);
        else
            f->count++;
        finding_seen(f, m->time);
        finding_cite(f, m->loc, m->time, m->attempt);
    }
    write_prose(t, fs, f);
    write_detail(t, fs, f);
    finding_span(f, is_memory(t) ? "Redis is full" : "a service throttles", f->first_seen, f->last_seen);
}

static const char *throttle_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    struct marked connections;
    uint8_t *concerned = marked_functions(d, marked_throttled);
    marked_init(&connections, d, marked_connection);
    for (size_t i = 0; i < d->functions.n; i++) {
        if (!concerned[d->functions.v[i].name])
            continue;
        struct throttled t = {.d = d, .f = &d->functions.v[i]};
        marked_first(d, t.f->name, marked_throttled, &t.marks);
        leave_connections(&t, &connections);
        if (t.marks.n)
            report(self, &t, fs);
        vec_done(&t.marks);
    }
    marked_done(&connections);
    free(concerned);
    return "no throttle is reported";
}

const struct detector detector_throttle = {
    .name = "throttle",
    .doc = "services that refused calls for rate or capacity",
    .missing = "no application line in the evidence",
    .rule = "Attempts with a signature of class THR that report no refused connection. 3 or more that failed "
            "are high, 1 or 2 medium; without a failure 20 or more are low, fewer info.",
    .fact = "A service answers calls beyond its rate or capacity with an error of its own; SDKs try again "
            "with back-off before they raise it (field guide 7.3).",
    .disproof = "The service's metric of throttled requests showing none at those minutes.",
    .examine = throttle_examine,
    .run = throttle_run,
};
