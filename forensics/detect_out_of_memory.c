/* out-of-memory: the platform says Runtime.OutOfMemory or "signal: killed" (nothing else sends SIGKILL inside
 * an environment: field guide, error-signatures 7.4), or the program's last error is one of the memory errors
 * that runtimes print (signatures of class MEM) in an invocation that failed. A full memory alone is no
 * proof: a time-out with a full page cache looks the same (field guide, lambda-text-logs 1.2). Severity: 3 or
 * more are high, 1 or 2 medium. */
#include "forensics/detector.h"
#include "forensics/marked.h"
#include "forensics/remedy.h"

enum { MEMORY_HIGH = 3, TYPES_MAX = 8 };

static uint64_t memory_examine(const struct dossier *d)
{
    return dossier_ended(d);
}

bool detector_says_memory(const struct dossier *d, const struct mark *m)
{
    if (m->kind == MARK_ERROR)
        return slice_eq(dossier_name(d, m->text), SLICE("Runtime.OutOfMemory")) ||
               slice_find(dossier_name(d, m->host), SLICE("signal: killed")) >= 0;
    return m->kind == MARK_SIGNATURE && signatures_get(d->ev->signatures, m->value)->class == SIGNATURE_MEM;
}

static bool is_told(const struct attempt *a, const struct marked *told)
{
    return attempt_status(a) == ATTEMPT_FAILED && marked_has(told, a);
}

/* Errors of the type are of all kinds of attempts, what a line tells counts in those that failed. */
static void collect_killed(const struct dossier *d, const struct function *fn, const struct marked *told,
                           detector_picks *ret)
{
    uint32_t type = intern_find(&d->index->names, SLICE("Runtime.OutOfMemory"));
    for (size_t i = 0; type && i < fn->attempts.n; i++) {
        const struct attempt *a = attempt_walk_whole(&fn->attempts, i);
        if (a->error_type == type || is_told(a, told))
            *vec_push(ret) = a;
    }
    for (size_t i = 0; !type && i < fn->failed.n; i++)
        if (is_told(fn->failed.v[i], told))
            *vec_push(ret) = fn->failed.v[i];
}

static void write_detail(const struct dossier *d, const struct function *fn, const detector_picks *picks,
                         struct findings *fs, struct finding *f)
{
    struct detail detail;
    uint32_t types[TYPES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < picks->n; i++) {
        size_t k = 0;
        while (k < n && types[k] != picks->v[i]->error_type)
            k++;
        if (k == n && n < TYPES_MAX && picks->v[i]->error_type)
            types[n++] = picks->v[i]->error_type;
    }
    detail_init(&detail);
    jsonw_put_count_or_null(&detail.w, "memory_mb", fn->memory_mb > 0, fn->memory_mb);
    jsonw_put_open(&detail.w, "error_types", '[');
    for (size_t i = 0; i < n; i++)
        jsonw_string(&detail.w, dossier_name(d, types[i]));
    jsonw_close(&detail.w, ']');
    detail_done(&detail, fs, f);
}

static void write_prose(const struct dossier *d, const struct function *fn, struct findings *fs,
                        struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = dossier_name(d, fn->name);
    const char *count = detector_count(m, f->count);
    f->moment = "invocation out of memory";
    f->title = arena_printf(m, "%s %s of %.*s ran out of memory", count,
                            detector_plural(f->count, "invocation", "invocations"), SLICE_ARG(name));
    f->what = arena_printf(
        m,
        "%s of %s invocations were ended for want of memory; the function has %u MB, the most used "
        "was %u MB.",
        count, detector_count(m, fn->attempts.n), fn->memory_mb, fn->max_memory_mb);
    f->how = "The report's error type is Runtime.OutOfMemory, or the runtime's own memory error stands in a "
             "failed "
             "invocation. A Max Memory Used well below the size would disprove it.";
    finding_command(fs, f, "# more memory is also more CPU; each second costs in proportion");
    remedy_configure(d, fn, arena_printf(m, "--memory-size %u", fn->memory_mb ? fn->memory_mb * 2 : 2048), fs,
                     f);
    f->fix = "Stream instead of buffering, cap the batch size, set the runtime's heap to about 75 % of the "
             "function's "
             "memory, and look for a leak where the memory climbs through an environment's life.";
    finding_fact(fs, f, "memory size / most used", "%u / %u MB", fn->memory_mb, fn->max_memory_mb);
}

static const char *memory_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    struct marked told;
    marked_init(&told, d, detector_says_memory);
    for (size_t i = 0; i < d->functions.n; i++) {
        const struct function *fn = &d->functions.v[i];
        detector_picks picks = {0};
        collect_killed(d, fn, &told, &picks);
        if (picks.n) {
            struct finding *f =
                finding_new(fs, self, picks.n >= MEMORY_HIGH ? SEVERITY_HIGH : SEVERITY_MEDIUM, fn->name);
            for (size_t k = 0; k < picks.n; k++) {
                const struct attempt *a = picks.v[k];
                finding_attempt(f, a);
                finding_seen(f, attempt_report(a) != TIME_NONE ? attempt_report(a) : attempt_begin(a));
                finding_cite(f, attempt_report_loc(a), attempt_report(a), a);
            }
            write_prose(d, fn, fs, f);
            write_detail(d, fn, &picks, fs, f);
            detector_level(fs, f, "attempts ended for want of memory", picks.n, MEMORY_HIGH);
            finding_span(f, "out of memory", f->first_seen, f->last_seen);
        }
        vec_done(&picks);
    }
    marked_done(&told);
    return "no invocation ran out of memory";
}

const struct detector detector_out_of_memory = {
    .name = "out-of-memory",
    .doc = "invocations that were ended for want of memory",
    .missing = "no invocation whose end is in the evidence",
    .rule = "Error type Runtime.OutOfMemory, \"signal: killed\", or a runtime's own memory error in an "
            "attempt that failed. A full memory alone does not count. 3 or more are high, 1 or 2 medium.",
    .fact = "The kernel ends a process that needs more than the function's memory; nothing else sends "
            "SIGKILL inside an environment (field guide 7.4).",
    .disproof = "Max Memory Used well below the size in the same report.",
    .examine = memory_examine,
    .run = memory_run,
};
