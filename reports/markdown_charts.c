/* The timeline as a chart and as a table, and the graph of what invoked what. Mermaid reads labels as syntax:
 * what comes from evidence passes escape_mermaid. */
#include "reports/markdown.h"

#include "reports/escape.h"

enum { LABEL_MAX = 60, WELL_SHOWN = 6 };

static void put_label(struct buf *out, const char *text)
{
    escape_mermaid(out, slice_head(slice_str(text), LABEL_MAX));
}

static bool has_span(const struct report *r)
{
    for (size_t i = 0; i < r->findings->list.n; i++)
        if (report_shows(r, r->findings->list.v[i]) && r->findings->list.v[i]->spans.n)
            return true;
    return false;
}

static const char *span_style(enum severity s)
{
    return s >= SEVERITY_HIGH ? "crit" : s == SEVERITY_MEDIUM ? "active" : "done";
}

/* Mermaid draws nothing for a span without length: a second is the least. */
static void put_times(int64_t from, int64_t to, struct buf *out)
{
    markdown_clock(out, from, true);
    markdown_put(out, ", ");
    markdown_clock(out, to - from < 1000 ? from + 1000 : to, true);
    buf_byte(out, '\n');
}

static void write_span(const struct finding *f, const struct finding_span *s, struct buf *out)
{
    markdown_put(out, "    ");
    put_label(out, s->label);
    buf_printf(out, " (%s) :%s, ", f->id, span_style(f->severity));
    put_times(s->from, s->to, out);
}

static void write_section(const struct report *r, uint32_t function, struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < r->findings->list.n; i++) {
        const struct finding *f = r->findings->list.v[i];
        for (size_t k = 0; report_shows(r, f) && f->function == function && k < f->spans.n; k++) {
            if (f->spans.v[k].from == TIME_NONE)
                continue;
            if (!any) {
                markdown_put(out, "    section ");
                struct slice name =
                    function ? dossier_name(r->dossier, function) : SLICE("several functions");
                escape_mermaid(out, slice_head(name, LABEL_MAX));
                buf_byte(out, '\n');
            }
            any = true;
            write_span(f, &f->spans.v[k], out);
        }
    }
}

/* Each as far as its own log goes: behind that nothing is known of it. */
static void write_well(const struct report *r, struct buf *out)
{
    for (size_t i = 0; i < r->well.n && i < WELL_SHOWN; i++) {
        const struct report_well *w = &r->well.v[i];
        markdown_put(out, i ? "    " : "    section healthy\n    ");
        escape_mermaid(out, slice_head(w->name, LABEL_MAX));
        markdown_put(out, " :done, ");
        put_times(w->from, w->to, out);
    }
}

static void write_gantt(const struct report *r, struct buf *out)
{
    int64_t length = r->dossier->end - r->dossier->start;
    enum { DAY_MS = 86400000 };
    markdown_put(out, "```mermaid\ngantt\n    dateFormat YYYY-MM-DD HH:mm:ss\n    axisFormat ");
    markdown_put(out, length > 2 * (int64_t)DAY_MS ? "%m-%d\n" : length > 300000 ? "%H:%M\n" : "%H:%M:%S\n");
    write_section(r, 0, out);
    for (size_t i = 0; i < r->dossier->functions.n; i++)
        write_section(r, r->dossier->functions.v[i].name, out);
    write_well(r, out);
    markdown_put(out, "```\n");
    markdown_note(out, r->well.n > WELL_SHOWN ? r->well.n - WELL_SHOWN : 0,
                  "functions without failure and finding are not drawn");
    buf_byte(out, '\n');
}

void markdown_timeline(struct report *r, struct buf *out)
{
    static const char *const columns[] = {"UTC", "what", "finding", "evidence"};
    if (r->moments.n == 0)
        return;
    markdown_put(out, "\n## Timeline\n\n");
    if (has_span(r))
        write_gantt(r, out);
    markdown_header(out, columns, 4);
    for (size_t i = 0; i < r->moments.n; i++) {
        const struct report_moment *m = &r->moments.v[i];
        markdown_put(out, "| ");
        markdown_moment(out, r, m->time);
        markdown_put(out, " | ");
        markdown_text(out, m->text);
        buf_printf(out, " | %s | ", m->finding->id);
        markdown_code(out, report_place(r, m->loc));
        markdown_put(out, " |\n");
    }
}

/* ---- what invoked what ---- */

static void put_node(struct buf *out, enum finding_node kind, const char *name, size_t number)
{
    static const char *const open[] = {
        [NODE_FUNCTION] = "[\"", [NODE_BUCKET] = "[(\"", [NODE_ACTOR] = "([\""};
    static const char *const close[] = {
        [NODE_FUNCTION] = "\"]", [NODE_BUCKET] = "\")]", [NODE_ACTOR] = "\"])"};
    buf_printf(out, "n%zu%s", number, open[kind]);
    put_label(out, name);
    markdown_put(out, close[kind]);
}

/* The same name and kind are the same node. */
static size_t node_number(const struct finding *f, enum finding_node kind, const char *name)
{
    for (size_t i = 0; i < f->edges.n; i++) {
        const struct finding_edge *e = &f->edges.v[i];
        if (e->from_kind == kind && strcmp(e->from, name) == 0)
            return 2 * i;
        if (e->to_kind == kind && strcmp(e->to, name) == 0)
            return 2 * i + 1;
    }
    return 0;
}

void markdown_flowchart(const struct finding *f, struct buf *out)
{
    if (f->edges.n == 0)
        return;
    markdown_put(out, "```mermaid\nflowchart LR\n");
    for (size_t i = 0; i < f->edges.n; i++) {
        const struct finding_edge *e = &f->edges.v[i];
        markdown_put(out, "    ");
        put_node(out, e->from_kind, e->from, node_number(f, e->from_kind, e->from));
        markdown_put(out, " -->|");
        put_label(out, e->label);
        markdown_put(out, "| ");
        put_node(out, e->to_kind, e->to, node_number(f, e->to_kind, e->to));
        buf_byte(out, '\n');
    }
    markdown_put(out, "```\n\n");
}
