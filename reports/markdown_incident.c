/* The findings as one incident: when, in which order, whom it hurt. What each sentence rests on stands in the same
 * row, or the counts say how to list it. */
#include "reports/markdown.h"

#include "forensics/attempt.h"
#include "reports/escape.h"

enum { CHAIN_SHOWN = 12, FUNCTIONS_SHOWN = 20, NODE_LABEL_MAX = 60 };

/* ---- its moments ---- */

static void put_moment(struct report *r, const char *name, int64_t time, const char *what, struct loc loc,
                       struct buf *out)
{
    buf_printf(out, "| %s | ", name);
    markdown_moment(out, r, time);
    markdown_put(out, " | ");
    markdown_text(out, what);
    markdown_put(out, " | ");
    markdown_code(out, report_place(r, loc));
    markdown_put(out, " |\n");
}

static void put_finding(struct report *r, const char *name, const struct finding *f, struct buf *out)
{
    struct finding_point first = finding_first(f);
    put_moment(r, name, first.time,
               arena_printf(&r->arena, "%s (%s): %s", f->id, f->detector->name, f->title), first.loc, out);
}

/* The line in which it ended; where the evidence has none of a REPORT, the line in which it began. */
static struct finding_point ended_at(const struct attempt *a)
{
    if (attempt_report(a) != TIME_NONE)
        return (struct finding_point){attempt_report(a), attempt_report_loc(a)};
    return (struct finding_point){attempt_begin(a), a->loc};
}

static const char *failed_words(struct report *r, const struct attempt *a)
{
    static const char *const words[] = {
        [ATTEMPT_OK] = "ended well", /* no status but those of failures comes here */
        [ATTEMPT_TIMED_OUT] = "timed out",    [ATTEMPT_FAILED] = "failed",
        [ATTEMPT_INCOMPLETE] = "did not end", [ATTEMPT_INIT_FAILURE] = "failed in its init",
    };
    int64_t after = attempt_over(a) - r->incident.sign->first_seen;
    char id[37];
    return arena_printf(
        &r->arena, "request %.*s of %.*s %s%s%s%s", SLICE_ARG(attempt_id(&r->ev->index, a, id)),
        SLICE_ARG(dossier_name(r->dossier, a->function)), attempt_report(a) == TIME_NONE ? "began and " : "",
        words[attempt_status(a)],
        after > 0 ? arena_printf(&r->arena, ", %s after the first sign", detector_span(&r->arena, after))
                  : "",
        a->ordinal > 1 ? arena_printf(&r->arena, " (attempt %zu)", attempt_number(&r->ev->index, a)) : "");
}

static void write_first_error(struct report *r, struct buf *out)
{
    const struct attempt *a = r->incident.first_error;
    if (!a) {
        put_moment(r, "first error", TIME_NONE,
                   r->incident.failed ? "invocations failed, but the evidence does not tell when"
                                      : "no invocation failed by its own log",
                   LOC_NONE, out);
        return;
    }
    struct finding_point end = ended_at(a);
    put_moment(r, "first error", end.time, failed_words(r, a), end.loc, out);
}

/* A minute is named by its begin, without seconds: it may lie before the onset. */
static void put_minute(struct report *r, int64_t time, struct buf *out)
{
    enum { SECONDS = 7 }; /* :00.000 */
    size_t before = out->n;
    markdown_moment(out, r, time);
    if (out->n > before + SECONDS)
        out->n -= SECONDS;
}

/* What is counted, of how many, and whether the minute stands alone. */
static const char *peak_words(struct report *r)
{
    const struct incident *in = &r->incident;
    bool failed = in->peak_failed > 0;
    uint64_t n = failed ? in->peak_failed : in->peak_concerned,
             all = failed ? in->all_failed : in->all_concerned;
    const char *part = n < all
                           ? arena_printf(&r->arena, "%s of the %s", report_count(r, n), report_count(r, all))
                       : n > 1 ? arena_printf(&r->arena, "all %s", report_count(r, n))
                               : "the one";
    const char *what =
        arena_printf(&r->arena, failed ? "failed %s" : "%s that findings name and that did not fail",
                     detector_plural(all, "invocation", "invocations"));
    const char *others = in->peak_others ? arena_printf(&r->arena, "; %s other %s had as many",
                                                        report_count(r, in->peak_others),
                                                        detector_plural(in->peak_others, "minute", "minutes"))
                         : n < all       ? "; no other had as many"
                                         : "";
    return arena_printf(&r->arena, "%s %s ended in this minute%s", part, what, others);
}

static void write_peak(struct report *r, struct buf *out)
{
    const struct incident *in = &r->incident;
    if (in->peak == TIME_NONE)
        return;
    markdown_put(out, "| peak | ");
    put_minute(r, in->peak, out);
    buf_printf(out, " | %s | ", peak_words(r));
    markdown_code(out, report_place(r, attempt_report_loc(in->peak_first)));
    markdown_put(out, " |\n");
}

static const struct finding *last_finding(const struct incident *in)
{
    for (size_t i = 0; i < in->chain.n; i++)
        if (incident_counts(in->chain.v[i]) && in->chain.v[i]->last_seen == in->end)
            return in->chain.v[i];
    return in->first;
}

static void write_moments(struct report *r, struct buf *out)
{
    static const char *const columns[] = {"", "UTC", "what", "evidence"};
    const struct incident *in = &r->incident;
    const struct finding *f = last_finding(in);
    struct finding_point last = finding_last(f);
    markdown_header(out, columns, 4);
    if (in->sign != in->first)
        put_finding(r, "first sign", in->sign, out);
    put_finding(r, in->sign == in->first ? "onset, the first sign" : "onset", in->first, out);
    write_first_error(r, out);
    write_peak(r, out);
    put_moment(r, in->live ? "no end" : "end", last.time,
               in->live ? "still going on at the last record" : arena_printf(&r->arena, "last of %s", f->id),
               last.loc, out);
}

/* ---- what followed from what ---- */

static bool has_link(const struct incident *in)
{
    for (size_t i = 0; i < in->chain.n; i++)
        if (in->chain.v[i]->caused_by)
            return true;
    return false;
}

static bool is_linked(const struct incident *in, const struct finding *f)
{
    bool linked = f->cause;
    for (size_t i = 0; i < in->chain.n && !linked; i++)
        linked = in->chain.v[i]->cause == f;
    return linked;
}

static void write_sentences(struct report *r, struct buf *out)
{
    const struct incident *in = &r->incident;
    size_t n = in->chain.n < CHAIN_SHOWN ? in->chain.n : CHAIN_SHOWN;
    for (size_t i = 0; i < n; i++) {
        const struct finding *f = in->chain.v[i];
        buf_printf(out, "%zu. ", i + 1);
        if (f->caused_by)
            buf_printf(out, "%s → ", f->caused_by);
        buf_printf(out, "**%s**, %s: ", f->id, severity_name(f->severity));
        markdown_text(out, f->title);
        if (f->caused_by) {
            markdown_put(out, " (");
            markdown_text(out, f->cause_note);
            markdown_put(out, ")");
        }
        markdown_put(out, ".\n");
    }
    markdown_note(out, in->chain.n - n, "findings belong to it");
    markdown_put(out, "\n");
}

static void put_node(struct report *r, const struct finding *f, struct buf *out)
{
    const char *label =
        arena_printf(&r->arena, "%s %s × %llu", f->id, f->detector->name, (unsigned long long)f->count);
    buf_printf(out, "    %s[\"", f->id);
    escape_mermaid(out, slice_head(slice_str(label), NODE_LABEL_MAX));
    markdown_put(out, "\"]\n");
}

static void write_flow(struct report *r, struct buf *out)
{
    const struct incident *in = &r->incident;
    size_t n = in->chain.n < CHAIN_SHOWN ? in->chain.n : CHAIN_SHOWN;
    markdown_put(out, "```mermaid\nflowchart LR\n");
    for (size_t i = 0; i < n; i++)
        if (is_linked(in, in->chain.v[i]))
            put_node(r, in->chain.v[i], out);
    for (size_t i = 0; i < n; i++) {
        const struct finding *f = in->chain.v[i];
        if (f->caused_by)
            buf_printf(out, "    %s -->|%llu of %llu| %s\n", f->caused_by,
                       (unsigned long long)f->cause_support, (unsigned long long)f->cause_of, f->id);
    }
    markdown_put(out, "```\n\n");
}

/* Nothing but their time puts these into the incident. */
static void write_unlinked(const struct incident *in, struct buf *out)
{
    size_t n = 0, told = 0;
    int64_t last_begin = INT64_MIN, first_end = INT64_MAX;
    for (size_t i = 0; i < in->chain.n; i++) {
        const struct finding *f = in->chain.v[i];
        if (is_linked(in, f))
            continue;
        n++;
        last_begin = f->first_seen > last_begin ? f->first_seen : last_begin;
        first_end = f->last_seen < first_end ? f->last_seen : first_end;
    }
    for (size_t i = 0; i < in->chain.n; i++) {
        if (is_linked(in, in->chain.v[i]))
            continue;
        buf_printf(out, "%s%s", told == 0 ? "" : told + 1 == n ? " and " : ", ", in->chain.v[i]->id);
        told++;
    }
    if (n == 1)
        markdown_put(out, " falls into the same time; nothing in the evidence links it to another.\n\n");
    else if (n > 1)
        buf_printf(out, " %s; nothing in the evidence links them.\n\n",
                   last_begin <= first_end ? "overlap in time" : "lie close together in time");
}

static void write_chain(struct report *r, struct buf *out)
{
    if (r->incident.chain.n < 2)
        return;
    markdown_put(out, "\n**What came first, and what followed from it.**\n\n");
    write_sentences(r, out);
    if (has_link(&r->incident))
        write_flow(r, out);
    write_unlinked(&r->incident, out);
}

/* ---- whom it hurt ---- */

static void put_state(struct report *r, const struct incident_function *m, bool healthy, struct buf *out)
{
    const char *between = "**hurt**: ";
    if (healthy) {
        markdown_put(out, "healthy");
        return;
    }
    for (size_t i = 0; i < r->incident.chain.n; i++) {
        const struct finding *f = r->incident.chain.v[i];
        if (!incident_counts(f) || f->function != m->function->name)
            continue;
        buf_printf(out, "%s%s", between, f->id);
        between = ", ";
    }
    if (*between == ',')
        return;
    markdown_put(out,
                 m->concerned ? "**hurt**: part of the above" : "failed more often than before; no finding");
}

static void put_function(struct report *r, const struct incident_function *m, bool healthy, struct buf *out)
{
    markdown_put(out, "| ");
    escape_code(out, dossier_name(r->dossier, m->function->name));
    buf_printf(out, " | %s | %s | %s | %s | ", report_count(r, m->invocations), report_count(r, m->errors),
               report_count(r, m->timeouts), report_count(r, m->concerned));
    if (m->before)
        buf_printf(out, "%s of %s | ", report_count(r, m->before_failed), report_count(r, m->before));
    else
        markdown_put(out, "none ran | ");
    put_state(r, m, healthy, out);
    markdown_put(out, " |\n");
}

static void write_idle(struct report *r, struct buf *out)
{
    const struct incident *in = &r->incident;
    size_t n = in->idle.n < FUNCTIONS_SHOWN ? in->idle.n : FUNCTIONS_SHOWN;
    for (size_t i = 0; i < n; i++) {
        markdown_put(out, i ? ", " : "\nNot run in that time, so that nothing is known of them: ");
        escape_code(out, dossier_name(r->dossier, in->idle.v[i]->name));
    }
    if (n)
        markdown_put(out, ".\n");
    markdown_note(out, in->idle.n - n, "functions did not run");
}

static void write_radius(struct report *r, struct buf *out)
{
    static const char *const columns[] = {"function",           "#invocations",   "#errors", "#time-outs",
                                          "#named by findings", "#failed before", "state"};
    const struct incident *in = &r->incident;
    size_t hurt = in->hurt.n < FUNCTIONS_SHOWN ? in->hurt.n : FUNCTIONS_SHOWN;
    size_t healthy = in->healthy.n < FUNCTIONS_SHOWN ? in->healthy.n : FUNCTIONS_SHOWN;
    if (hurt + healthy == 0)
        return;
    buf_printf(out, "%s**Blast radius**, invocations begun from ", in->chain.n < 2 ? "\n" : "");
    markdown_clock(out, in->from, true);
    markdown_put(out, " to ");
    markdown_clock(out, in->end, true);
    markdown_put(out, " UTC (`coldcase timeline` lists them with their status)\n\n");
    markdown_header(out, columns, 7);
    for (size_t i = 0; i < hurt; i++)
        put_function(r, &in->hurt.v[i], false, out);
    for (size_t i = 0; i < healthy; i++)
        put_function(r, &in->healthy.v[i], true, out);
    markdown_note(out, in->hurt.n - hurt, "functions were hurt");
    markdown_note(out, in->healthy.n - healthy, "functions stayed healthy");
    write_idle(r, out);
}

static void write_apart(const struct incident *in, struct buf *out)
{
    if (in->apart.n == 0)
        return;
    markdown_put(out, "\nNot part of it, since begun at another time: ");
    for (size_t i = 0; i < in->apart.n; i++)
        buf_printf(out, "%s%s", i ? ", " : "", in->apart.v[i]->id);
    markdown_put(out, ".\n");
}

void markdown_incident(struct report *r, struct buf *out)
{
    if (!r->incident.found)
        return;
    markdown_put(out, "\n## Incident\n\n");
    write_moments(r, out);
    write_chain(r, out);
    write_radius(r, out);
    write_apart(&r->incident, out);
}
