/* The timeline as a chart and as a table, and the graph of what invoked what. Mermaid reads labels as syntax:
 * what comes from evidence passes escape_mermaid. */
#include "reports/markdown.h"

#include "reports/escape.h"

enum { LABEL_MAX = 60 };

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
static void write_span(const struct report *r, const struct finding *f, const struct finding_span *s,
                       struct buf *out)
{
    int64_t to = s->to - s->from < 1000 ? s->from + 1000 : s->to;
    (void)r;
    markdown_put(out, "    ");
    put_label(out, s->label);
    buf_printf(out, " (%s) :%s, ", f->id, span_style(f->severity));
    markdown_clock(out, s->from, true);
    markdown_put(out, ", ");
    markdown_clock(out, to, true);
    buf_byte(out, '\n');
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
            write_span(r, f, &f->spans.v[k], out);
        }
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
    if (r->healthy) {
        markdown_put(out, "    section healthy\n    ");
        put_label(out, r->healthy);
        markdown_put(out, " :done, ");
        markdown_clock(out, r->dossier->start, true);
        markdown_put(out, ", ");
        markdown_clock(out, r->dossier->end, true);
        buf_byte(out, '\n');
    }
    markdown_put(out, "```\n\n");
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
