/* The table of detectors, their run, and the order and ids of what they find. */
#include "base/parallel.h"
#include "forensics/causes.h"
#include "forensics/detector.h"
#include "forensics/remedy.h"

#include <stdio.h>

#define DETECTOR(name) extern const struct detector detector_##name;
#include "forensics/detectors.h"
#undef DETECTOR

const struct detector *const detectors[] = {
#define DETECTOR(name) &detector_##name,
#include "forensics/detectors.h"
#undef DETECTOR
    NULL,
};

const struct detector *detector_by_name(struct slice name)
{
    for (size_t i = 0; detectors[i]; i++)
        if (slice_eq(name, slice_str(detectors[i]->name)))
            return detectors[i];
    return NULL;
}

static bool wanted(const struct detector *d, const struct slice *only, size_t only_n)
{
    for (size_t i = 0; i < only_n; i++)
        if (slice_eq(only[i], slice_str(d->name)))
            return true;
    return only_n == 0;
}

/* A detector on all functions, or on some. Detectors only read the dossier: each task has findings of its own. */
struct task {
    const struct detector *detector;
    struct dossier d;
    uint64_t examined;
    const char *why; /* it found none */
    struct findings found;
};

struct tasks {
    const struct dossier *d;
    VEC(struct task) list; /* in the order of the table, those of one detector together */
};

static void add_task(struct tasks *t, const struct detector *detector, size_t from, size_t to)
{
    struct task *task = vec_push(&t->list);
    *task = (struct task){.detector = detector, .d = *t->d};
    if (from > 0)
        task->d.functions.v += from;
    task->d.functions.n = to - from;
    findings_init(&task->found);
}

/* As many tasks as threads, at most, of about as many attempts each. */
static void add_tasks(struct tasks *t, const struct detector *detector)
{
    const struct dossier *d = t->d;
    size_t shares = detector->by_function ? d->ev->threads : 1, share = d->index->attempts.n / shares + 1;
    size_t from = 0, attempts = 0;
    for (size_t i = 0; shares > 1 && i + 1 < d->functions.n; i++) {
        attempts += d->functions.v[i].attempts.n;
        if (attempts + d->functions.v[i + 1].attempts.n / 2 < share)
            continue;
        add_task(t, detector, from, i + 1);
        from = i + 1;
        attempts = 0;
    }
    add_task(t, detector, from, d->functions.n);
}

static void run_one(struct task *task, const struct dossier *all)
{
    task->examined = task->detector->examine(all);
    if (task->examined > 0)
        task->why = task->detector->run(task->detector, &task->d, &task->found);
}

static void run_narrow(void *ctx, unsigned thread, size_t i)
{
    struct tasks *t = ctx;
    (void)thread;
    if (!t->list.v[i].detector->wide)
        run_one(&t->list.v[i], t->d);
}

/* What the tasks [from, to) of one detector found, and what to say of it. */
static void join_tasks(struct tasks *t, size_t from, size_t to, struct findings *fs)
{
    const struct task *first = &t->list.v[from];
    struct check c = {.detector = first->detector, .examined = first->examined, .verdict = VERDICT_NOT_RUN};
    const char *undecided = NULL;
    size_t before = fs->list.n;
    for (size_t i = from; i < to; i++) {
        struct findings *found = &t->list.v[i].found;
        undecided = undecided ? undecided : found->undecided;
        findings_join(fs, found);
    }
    bool found = fs->list.n > before;
    c.why = first->detector->missing;
    if (c.examined > 0) {
        c.undecided = undecided != NULL;
        c.verdict = found ? VERDICT_FOUND : c.undecided ? VERDICT_NOT_RUN : VERDICT_CLEAN;
        c.why = c.undecided ? undecided : found ? "" : first->why ? first->why : "nothing found";
    }
    *vec_push(&fs->checks) = c;
}

/* Findings and checks come in the order of the table, whichever task was done first. */
static void run_all(struct tasks *t, struct findings *fs)
{
    for (size_t i = 0; i < t->list.n; i++)
        if (t->list.v[i].detector->wide)
            run_one(&t->list.v[i], t->d);
    parallel_run(t->d->ev->threads, t->list.n, run_narrow, t);
    for (size_t i = 0, end; i < t->list.n; i = end) {
        for (end = i + 1; end < t->list.n && t->list.v[end].detector == t->list.v[i].detector;)
            end++;
        join_tasks(t, i, end, fs);
    }
    vec_done(&t->list);
}

/* Severity, then first_seen, then detector, then function: the contract's order. */
static const struct dossier *sorting; /* qsort has no context; set only while sorting, by one thread */

static int by_report_order(const void *a, const void *b)
{
    const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;
    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (x->first_seen != y->first_seen)
        return x->first_seen < y->first_seen ? -1 : 1;
    int c = strcmp(x->detector->name, y->detector->name);
    if (c == 0)
        c = slice_cmp(dossier_name(sorting, x->function), dossier_name(sorting, y->function));
    return c ? c : strcmp(x->key, y->key);
}

void detectors_run(const struct dossier *d, const struct slice *only, size_t only_n, struct findings *fs)
{
    struct tasks tasks = {.d = d};
    for (size_t i = 0; detectors[i]; i++)
        if (wanted(detectors[i], only, only_n))
            add_tasks(&tasks, detectors[i]);
    run_all(&tasks, fs);
    sorting = d;
    vec_sort(&fs->list, by_report_order);
    sorting = NULL;
    for (size_t i = 0; i < fs->list.n; i++)
        snprintf(fs->list.v[i]->id, sizeof fs->list.v[i]->id, "F%zu", i + 1);
    causes_link(d, fs);
    remedy_settle(fs);
}

/* ---- shared ---- */

void detail_init(struct detail *detail)
{
    buf_init(&detail->text, 0);
    detail->w = (struct jsonw){&detail->text, false};
    jsonw_open(&detail->w, '{');
}

void detail_done(struct detail *detail, struct findings *fs, struct finding *f)
{
    jsonw_close(&detail->w, '}');
    f->detail = arena_copy(&fs->arena, buf_slice(&detail->text)).p;
    buf_done(&detail->text);
}

void detail_id(struct detail *detail, const struct dossier *d, const struct attempt *a)
{
    char buffer[37];
    jsonw_string(&detail->w, attempt_id(d->index, a, buffer));
}

uint64_t detector_lines(const struct dossier *d)
{
    return d->index->events[EVENT_APP] - d->index->lines_hidden;
}

void detector_level(struct findings *fs, struct finding *f, const char *what, uint64_t n, uint64_t high)
{
    finding_step(fs, f, "%s: %s %s %s, so %s", what, detector_count(&fs->arena, n), n >= high ? ">=" : "<",
                 detector_count(&fs->arena, high), severity_name(f->severity));
}

const char *detector_span(struct arena *arena, int64_t ms)
{
    if (ms < 1000)
        return arena_printf(arena, "%lld ms", (long long)ms);
    if (ms < 59950) {
        long long tenths = (ms + 50) / 100;
        return tenths % 10 ? arena_printf(arena, "%lld.%lld s", tenths / 10, tenths % 10)
                           : arena_printf(arena, "%lld s", tenths / 10);
    }
    long long s = (ms + 500) / 1000;
    if (s < 3600)
        return s % 60 ? arena_printf(arena, "%lld min %lld s", s / 60, s % 60)
                      : arena_printf(arena, "%lld min", s / 60);
    s = (s + 30) / 60 * 60;
    if (s < 86400)
        return arena_printf(arena, "%lld h %lld min", s / 3600, s / 60 % 60);
    s = (s + 1800) / 3600 * 3600;
    return arena_printf(arena, "%lld d %lld h", s / 86400, s / 3600 % 24);
}

const char *detector_count(struct arena *arena, uint64_t n)
{
    if (n < 1000)
        return arena_printf(arena, "%llu", (unsigned long long)n);
    return arena_printf(arena, "%s,%03llu", detector_count(arena, n / 1000), (unsigned long long)(n % 1000));
}

const char *detector_counted(struct arena *arena, const struct finding *f)
{
    uint64_t inside = f->attempts.n, outside = f->count - inside;
    const char *lines = arena_printf(arena, "%s log %s", detector_count(arena, outside),
                                     detector_plural(outside, "line", "lines"));
    const char *calls = arena_printf(arena, "%s %s", detector_count(arena, inside),
                                     detector_plural(inside, "invocation", "invocations"));
    if (inside == 0)
        return lines;
    return outside == 0 ? calls : arena_printf(arena, "%s and %s", calls, lines);
}

const char *detector_time(struct arena *arena, int64_t time)
{
    char text[TEXT_TIME_SIZE] = "";
    if (time != TIME_NONE)
        text_time_print(time, text);
    return arena_copy(arena, slice_str(text)).p;
}

const char *detector_request_id(struct arena *arena, const struct dossier *d, const struct attempt *a)
{
    char buffer[37];
    return arena_copy(arena, attempt_id(d->index, a, buffer)).p;
}

const char *detector_plural(uint64_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}
