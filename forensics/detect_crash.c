/* crash: invocations that failed with an error nobody caught, or whose process died, by error type. What
 * another detector explains better (time-outs, failed inits, memory, refused connections, throttles, requests
 * that fail in every attempt) is left to it.
 * Severity: 5 or more of one type in a function and at least 1 % of its invocations are high; else 2 or more
 * are medium; a single one is low. */
#include "forensics/detector.h"
#include "forensics/marked.h"
#include "forensics/remedy.h"
#include "forensics/told.h"

enum { CRASH_HIGH = 5, CRASH_MEDIUM = 2 };
#define CRASH_HIGH_SHARE 0.01

static uint64_t crash_examine(const struct dossier *d)
{
    return dossier_ended(d);
}

/* Of one function. */
struct group {
    const struct function *function;
    uint32_t type;
    detector_picks picks;
};

typedef VEC(struct group) groups;

/* `of_type`: by name id, the number of the function's group from 1 on. */
static void add(groups *all, uint32_t *of_type, const struct function *fn, const struct attempt *a)
{
    uint32_t *number = &of_type[a->error_type];
    if (*number == 0) {
        *vec_push(all) = (struct group){.function = fn, .type = a->error_type};
        *number = (uint32_t)all->n;
    }
    *vec_push(&all->v[*number - 1].picks) = a;
}

/* How many invocations of the function ended in it, those that other findings tell included. */
static size_t of_type(const struct function *fn, uint32_t type)
{
    size_t n = 0;
    for (size_t i = 0; i < fn->failed.n; i++)
        n += fn->failed.v[i]->error_type == type && attempt_status(fn->failed.v[i]) == ATTEMPT_FAILED;
    return n;
}

static void write_prose(const struct dossier *d, const struct function *fn, const struct group *g,
                        struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = dossier_name(d, fn->name),
                 type = g->type ? dossier_name(d, g->type) : SLICE("an error");
    const char *count = detector_count(m, g->picks.n);
    size_t all = of_type(fn, g->type), left = all - g->picks.n;
    f->moment = "failed invocation";
    f->title = arena_printf(m, "%s%s %s of %.*s failed with %.*s", count, left ? " further" : "",
                            detector_plural(g->picks.n, "invocation", "invocations"), SLICE_ARG(name),
                            SLICE_ARG(type));
    f->what = arena_printf(m, "%s of %s %s (%.2f %%) ended in %.*s%s, which the program did not catch.%s",
                           detector_count(m, all), detector_count(m, fn->attempts.n),
                           detector_plural(fn->attempts.n, "invocation", "invocations"),
                           100.0 * (double)all / (double)fn->attempts.n, SLICE_ARG(type),
                           g->type ? "" : " (no type given)",
                           left ? arena_printf(m, " Other detectors tell of %s of them, this one of %s.",
                                               detector_count(m, left), count)
                                : "");
    f->how = "The runtime reports the error itself (Invoke Error, Traceback, a crash line, or Status: error "
             "in the report). "
             "A caller that got a proper answer from one of these requests would disprove it.";
    remedy_roll_back(d, fn, f->first_seen, fs, f);
    f->fix = "Handle the error where it arises, keep a test with the input that caused it, and alarm on the "
             "function's "
             "Errors metric.";
    finding_fact(fs, f, "error type", "%.*s", SLICE_ARG(type));
}

static void report(const struct detector *self, const struct dossier *d, const struct group *g,
                   const struct told_all *told, struct findings *fs)
{
    const struct function *fn = g->function;
    bool high = g->picks.n >= CRASH_HIGH && (double)g->picks.n >= CRASH_HIGH_SHARE * (double)fn->attempts.n;
    enum severity severity = high                         ? SEVERITY_HIGH
                             : g->picks.n >= CRASH_MEDIUM ? SEVERITY_MEDIUM
                                                          : SEVERITY_LOW;
    struct finding *f = finding_new(fs, self, severity, fn->name);
    for (size_t i = 0; i < g->picks.n; i++) {
        finding_attempt(f, g->picks.v[i]);
        finding_seen(f, attempt_over(g->picks.v[i]));
        told_cite(told, d, g->picks.v[i], fs, f);
    }
    f->key = arena_copy(&fs->arena, dossier_name(d, g->type)).p;
    write_prose(d, fn, g, fs, f);
    struct detail detail;
    detail_init(&detail);
    jsonw_put_string_or_null(&detail.w, "error_type", dossier_name(d, g->type));
    jsonw_put_double(&detail.w, "share", (double)g->picks.n / (double)fn->attempts.n, 4);
    detail_done(&detail, fs, f);
    detector_level(fs, f, "attempts that failed with it", g->picks.n, CRASH_HIGH);
    finding_step(fs, f, "share: %zu / %zu invocations = %.2f %%, high from %.0f %% on", g->picks.n,
                 fn->attempts.n, 100.0 * (double)g->picks.n / (double)fn->attempts.n, 100 * CRASH_HIGH_SHARE);
    finding_span(f, "invocations fail", f->first_seen, f->last_seen);
}

/* Adds what no other detector explains, by type. True when some is left to another. */
static bool collect(const struct function *fn, const struct dossier *d, const struct marked *explained,
                    const struct marked *storms, uint32_t *of_type, groups *ret)
{
    bool left = false;
    size_t before = ret->n;
    for (size_t i = 0; i < fn->failed.n; i++) {
        const struct attempt *a = fn->failed.v[i];
        bool memory = slice_eq(dossier_name(d, a->error_type), SLICE("Runtime.OutOfMemory"));
        if (attempt_status(a) != ATTEMPT_FAILED)
            continue;
        if (memory || marked_has(storms, a) || marked_has(explained, a))
            left = true;
        else
            add(ret, of_type, fn, a);
    }
    for (size_t i = before; i < ret->n; i++)
        of_type[ret->v[i].type] = 0;
    return left;
}

static const char *crash_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    struct marked explained, storms;
    uint32_t *of_type = huge_zeros(d->index->names.names.n + 1, sizeof *of_type);
    groups all = {0};
    struct told_all told = {0};
    bool left = false;
    marked_init(&explained, d, marked_named);
    marked_storms(&storms, d);
    for (size_t i = 0; i < d->functions.n; i++)
        left |= collect(&d->functions.v[i], d, &explained, &storms, of_type, &all);
    for (size_t i = 0; i < all.n; i++)
        for (size_t k = 0; k < all.v[i].picks.n && k < TOLD_MAX; k++)
            told_add(&told, all.v[i].picks.v[k]);
    told_settle(&told, d);
    for (size_t i = 0; i < all.n; i++) {
        report(self, d, &all.v[i], &told, fs);
        vec_done(&all.v[i].picks);
    }
    vec_done(&all);
    told_done(&told);
    marked_done(&explained);
    marked_done(&storms);
    huge_free(of_type);
    return left ? "no invocation failed with an error beyond those that other findings tell"
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
