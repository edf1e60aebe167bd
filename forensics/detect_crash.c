/* crash: invocations that failed with an error nobody caught, or whose process died, by error type. What
 * another detector explains better (time-outs, failed inits, memory, refused connections, throttles, requests
 * that fail in every attempt) is left to it.
 * Severity: 5 or more of one type in a function and at least 1 % of its invocations are high; else 2 or more
 * are medium; a single one is low. */
#include "forensics/detector.h"
#include "forensics/marked.h"
#include "forensics/remedy.h"

enum { CRASH_HIGH = 5, CRASH_MEDIUM = 2 };
#define CRASH_HIGH_SHARE 0.01

static uint64_t crash_examine(const struct dossier *d)
{
    return dossier_ended(d);
}

struct group {
    uint32_t type;
    detector_picks picks;
};

typedef VEC(struct group) groups;

static void add(groups *all, const struct attempt *a)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->v[i].type == a->error_type) {
            *vec_push(&all->v[i].picks) = a;
            return;
        }
    }
    struct group *g = vec_push(all);
    *g = (struct group){.type = a->error_type};
    *vec_push(&g->picks) = a;
}

/* The line in which the error is told: the first mark of the attempt, else its report. */
static void cite(const struct dossier *d, const struct group *g, struct finding *f)
{
    enum { CITED = 10 };
    for (size_t i = 0; i < g->picks.n; i++) {
        const struct attempt *a = g->picks.v[i];
        const struct mark *told = NULL;
        for (size_t k = 0; i < CITED && k < d->index->marks.n && !told; k++)
            if (d->index->marks.v[k].attempt == a && d->index->marks.v[k].kind == MARK_ERROR)
                told = &d->index->marks.v[k];
        finding_cite(f, told ? told->loc : attempt_report_loc(a), told ? told->time : attempt_report(a), a);
    }
}

static void write_prose(const struct dossier *d, const struct function *fn, const struct group *g,
                        struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = dossier_name(d, fn->name),
                 type = g->type ? dossier_name(d, g->type) : SLICE("an error");
    const char *count = detector_count(m, g->picks.n);
    f->moment = "failed invocation";
    f->title = arena_printf(m, "%s %s of %.*s failed with %.*s", count,
                            detector_plural(g->picks.n, "invocation", "invocations"), SLICE_ARG(name),
                            SLICE_ARG(type));
    f->what =
        arena_printf(m, "%s of %s invocations (%.2f %%) ended in %.*s, which the program did not catch.",
                     count, detector_count(m, fn->attempts.n),
                     100.0 * (double)g->picks.n / (double)fn->attempts.n, SLICE_ARG(type));
    f->how = "The runtime reports the error itself (Invoke Error, Traceback, a crash line, or Status: error "
             "in the report). "
             "A caller that got a proper answer from one of these requests would disprove it.";
    remedy_roll_back(d, fn, f->first_seen, fs, f);
    f->fix = "Handle the error where it arises, keep a test with the input that caused it, and alarm on the "
             "function's "
             "Errors metric.";
    finding_fact(fs, f, "error type", "%.*s", SLICE_ARG(type));
}

static void report(const struct detector *self, const struct dossier *d, const struct function *fn,
                   const struct group *g, struct findings *fs)
{
    bool high = g->picks.n >= CRASH_HIGH && (double)g->picks.n >= CRASH_HIGH_SHARE * (double)fn->attempts.n;
    enum severity severity = high                         ? SEVERITY_HIGH
                             : g->picks.n >= CRASH_MEDIUM ? SEVERITY_MEDIUM
                                                          : SEVERITY_LOW;
    struct finding *f = finding_new(fs, self, severity, fn->name);
    for (size_t i = 0; i < g->picks.n; i++) {
        finding_attempt(f, g->picks.v[i]);
        finding_seen(f, attempt_over(g->picks.v[i]));
    }
    cite(d, g, f);
    f->key = arena_copy(&fs->arena, dossier_name(d, g->type)).p;
    write_prose(d, fn, g, fs, f);
    struct detail detail;
    detail_init(&detail);
    jsonw_key(&detail.w, "error_type");
    if (g->type)
        jsonw_string(&detail.w, dossier_name(d, g->type));
    else
        jsonw_null(&detail.w);
    jsonw_key(&detail.w, "share");
    jsonw_double(&detail.w, (double)g->picks.n / (double)fn->attempts.n, 4);
    detail_done(&detail, fs, f);
    detector_level(fs, f, "attempts that failed with it", g->picks.n, CRASH_HIGH);
    finding_step(fs, f, "share: %zu / %zu invocations = %.2f %%, high from %.0f %% on", g->picks.n,
                 fn->attempts.n, 100.0 * (double)g->picks.n / (double)fn->attempts.n, 100 * CRASH_HIGH_SHARE);
    finding_span(f, "invocations fail", f->first_seen, f->last_seen);
}

static const char *crash_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    struct marked explained, storms;
    bool told = false; /* some failed, and another detector says with what */
    marked_init(&explained, d, marked_named);
    marked_storms(&storms, d);
    for (size_t i = 0; i < d->functions.n; i++) {
        const struct function *fn = &d->functions.v[i];
        groups all = {0};
        for (size_t k = 0; k < fn->failed.n; k++) {
            const struct attempt *a = fn->failed.v[k];
            bool memory = slice_eq(dossier_name(d, a->error_type), SLICE("Runtime.OutOfMemory"));
            if (attempt_status(a) != ATTEMPT_FAILED)
                continue;
            if (memory || marked_has(&storms, a) || marked_has(&explained, a))
                told = true;
            else
                add(&all, a);
        }
        for (size_t k = 0; k < all.n; k++) {
            report(self, d, fn, &all.v[k], fs);
            vec_done(&all.v[k].picks);
        }
        vec_done(&all);
    }
    marked_done(&explained);
    marked_done(&storms);
    return told ? "no invocation failed with an error beyond those that other findings tell"
                : "no invocation failed with an error of its own";
}

const struct detector detector_crash = {
    .name = "crash",
    .doc = "invocations that failed with an uncaught error or whose process died, by error type",
    .missing = "no invocation whose end is in the evidence",
    .rule = "Attempts that failed with an error nobody caught or whose process died, by error type, when "
            "no other detector explains them. 5 or more of one type and 1 % of the invocations are high, "
            "2 or more medium, one low.",
    .fact = "The runtime reports what the handler did not catch; the exit status tells how a process died "
            "(field guide 1.4, 7.4).",
    .disproof = "A caller that got a proper answer from one of these requests.",
    .examine = crash_examine,
    .run = crash_run,
};
