/* The lines of an environment's life, put in order: a step of the freeze, before a failed init finds its payer. */
#include "forensics/phases.h"

static int by_stream_phase(const void *a, const void *b)
{
    const struct phase *x = a, *y = b;
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->kind != y->kind && x->time != TIME_NONE)
        return (int)x->kind - (int)y->kind;
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
}

static bool same_phase(const struct phase *a, const struct phase *b)
{
    bool elsewhere = a->loc.source != b->loc.source;
    return elsewhere && a->stream == b->stream && a->time == b->time && a->time != TIME_NONE &&
           a->kind == b->kind && a->init.scaled == b->init.scaled;
}

static void drop_equal_phases(struct index *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->phases.n; i++) {
        if (kept > 0 && same_phase(&x->phases.v[kept - 1], &x->phases.v[i]))
            x->duplicates++;
        else
            x->phases.v[kept++] = x->phases.v[i];
    }
    x->phases.n = kept;
}

/* ---- a failed init told twice ---- */

static bool is_failed(const struct phase *p)
{
    return p->status == STATUS_ERROR || p->status == STATUS_TIMEOUT;
}

/* The report of the init whose runtime is done: behind it, in its stream, before another init begins. NULL when the log
 * has none. */
static struct phase *report_of(struct index *x, size_t done)
{
    enum { INIT_MAX_MS = 10000 }; /* field guide 1.5 */
    const struct phase *d = &x->phases.v[done];
    for (size_t i = done + 1; i < x->phases.n; i++) {
        struct phase *p = &x->phases.v[i];
        if (p->stream != d->stream || p->kind == EVENT_INIT_START || p->kind == EVENT_INIT_DONE ||
            (p->time != d->time && (d->time == TIME_NONE || p->time - d->time > INIT_MAX_MS)))
            return NULL;
        if (p->kind == EVENT_INIT_REPORT)
            return p;
    }
    return NULL;
}

/* platform.initRuntimeDone says that the init failed, and so may platform.initReport behind it, which had no status in the
 * Telemetry API of July 2022: the line that says so stays, with what the other one knows. */
static void fold(struct phase *done, struct phase *report)
{
    struct phase *kept = is_failed(report) ? report : done;
    const struct phase *other = kept == report ? done : report;
    kept->kind = EVENT_INIT_REPORT;
    kept->init = report->init;
    kept->phase = kept->phase == PHASE_NONE ? other->phase : kept->phase;
    kept->error_type = kept->error_type ? kept->error_type : other->error_type;
    (kept == report ? done : report)->kind = EVENT_KINDS; /* to be dropped */
}

static void fold_reports(struct index *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->phases.n; i++) {
        struct phase *report = x->phases.v[i].kind == EVENT_INIT_DONE ? report_of(x, i) : NULL;
        if (report)
            fold(&x->phases.v[i], report);
        else if (x->phases.v[i].kind == EVENT_INIT_DONE)
            x->phases.v[i].kind = EVENT_INIT_REPORT;
    }
    for (size_t i = 0; i < x->phases.n; i++)
        if (x->phases.v[i].kind != EVENT_KINDS)
            x->phases.v[kept++] = x->phases.v[i];
    x->phases.n = kept;
}

void phases_settle(struct index *x)
{
    vec_sort(&x->phases, by_stream_phase);
    drop_equal_phases(x);
    fold_reports(x);
}
