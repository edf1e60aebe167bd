/* Functions that the report names as well: a claim like any other, so that it goes no further than their own logs. */
#include "forensics/attempt.h"
#include "reports/report.h"

enum { NAMED_MAX = 4 };

/* A finding of several functions names them by its invocations. */
static bool names(const struct finding *f, uint32_t function)
{
    if (f->function)
        return f->function == function;
    for (size_t i = 0; i < f->attempts.n; i++)
        if (f->attempts.v[i]->function == function)
            return true;
    return false;
}

static bool has_finding(const struct report *r, uint32_t function, enum severity least)
{
    for (size_t i = 0; i < r->findings->list.n; i++)
        if (r->findings->list.v[i]->severity >= least && names(r->findings->list.v[i], function))
            return true;
    return false;
}

static void add_well(struct report *r, const struct function *f)
{
    struct report_well w = {dossier_name(r->dossier, f->name), INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < f->streams.n; i++) {
        const struct stream *s = &r->ev->index.streams.v[f->streams.v[i]];
        w.from = s->first < w.from ? s->first : w.from;
        w.to = s->last > w.to ? s->last : w.to;
    }
    if (w.from <= w.to)
        *vec_push(&r->well) = w;
}

void report_find_healthy(struct report *r)
{
    const char *list = "";
    size_t n = 0;
    for (size_t i = 0; i < r->dossier->functions.n; i++) {
        const struct function *f = &r->dossier->functions.v[i];
        if (f->attempts.n == 0 || has_finding(r, f->name, SEVERITY_MEDIUM))
            continue;
        if (n++ < NAMED_MAX)
            list = arena_printf(&r->arena, "%s%s%.*s", list, n > 1 ? ", " : "",
                                SLICE_ARG(dossier_name(r->dossier, f->name)));
        if (f->failed.n == 0 && f->reported > 0 && !has_finding(r, f->name, SEVERITY_INFO))
            add_well(r, f);
    }
    if (n)
        r->healthy = n > NAMED_MAX ? arena_printf(&r->arena, "%s and %zu more", list, n - NAMED_MAX) : list;
}
