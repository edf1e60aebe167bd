/* The incident report in Markdown, as GitHub renders it: read first by the engineer at 3 a.m., then by a
 * manager, then by the author of the postmortem. Everything from evidence passes escape.h. */
#include "reports/markdown.h"

#include "base/version.h"
#include "forensics/attempt.h"
#include "forensics/cost.h"
#include "reports/escape.h"

enum {
    EVIDENCE_SHOWN = 6,
    QUOTE_SHOWN = 240, /* bytes of a line */
};

/* ---- head ---- */

/* Commands of a finding that do something, comments aside. */
static const char *first_command(const struct finding *f)
{
    for (size_t i = 0; i < f->commands.n; i++)
        if (*f->commands.v[i] != '#')
            return f->commands.v[i];
    return NULL;
}

static void write_alert(struct report *r, struct buf *out)
{
    const struct finding *f = r->top;
    if (!f || !f->live || !first_command(f))
        return;
    markdown_put(out, "> [!CAUTION]\n> It was still going on at the last record (");
    markdown_clock(out, f->last_seen, true);
    markdown_put(out, " UTC). To stop it now:\n> ");
    markdown_code(out, first_command(f));
    markdown_put(out, "\n\n");
}

static void write_figures(const struct report *r, struct buf *out)
{
    if (r->figures.n == 0)
        return;
    markdown_put(out, "\n");
    markdown_put(out, "|  | incident |");
    if (r->before)
        buf_printf(out, " %s |", r->before);
    markdown_put(out, r->before ? "\n| --- | ---: | ---: |\n" : "\n| --- | ---: |\n");
    for (size_t i = 0; i < r->figures.n; i++) {
        markdown_put(out, "| ");
        markdown_text(out, r->figures.v[i].label);
        markdown_put(out, " | ");
        markdown_text(out, r->figures.v[i].incident);
        if (r->before) {
            markdown_put(out, " | ");
            markdown_text(out, r->figures.v[i].before);
        }
        markdown_put(out, " |\n");
    }
}

/* Lines of the model's text become paragraphs of one line each. */
static void put_lines(struct buf *out, const char *text)
{
    struct slice rest = slice_str(text), line;
    while (text_line(&rest, &line)) {
        escape_markdown(out, line);
        markdown_put(out, rest.n ? "\\\n" : "\n");
    }
}

static void write_head(struct report *r, struct buf *out)
{
    markdown_put(out, "# Incident report: ");
    markdown_text(out, r->headline);
    markdown_put(out, "\n\n");
    write_alert(r, out);
    markdown_put(out, "**");
    markdown_text(out, r->verdict);
    markdown_put(out, "**\n\n");
    if (r->sources_lost) {
        buf_printf(out, "> [!WARNING]\n> %llu of %zu files could not be read whole: see ",
                   (unsigned long long)r->sources_lost, r->ev->sources.n);
        markdown_put(out, "[Evidence and its gaps](#evidence-and-its-gaps).\n\n");
    }
    markdown_put(out, "## Summary\n\n");
    put_lines(out, r->summary);
    if (r->healthy && r->top && !r->incident.found) { /* else the incident's table says it, with counts */
        markdown_put(out, "\nNothing at medium or above was found in ");
        markdown_text(out, r->healthy);
        markdown_put(out, ".\n");
    }
    write_figures(r, out);
}

/* ---- findings ---- */

static void write_table(const struct finding_table *t, struct buf *out)
{
    if (t->cells.n == 0)
        return;
    markdown_put(out, "**");
    markdown_text(out, t->title);
    markdown_put(out, "**\n\n");
    markdown_header(out, t->columns, t->columns_n);
    for (size_t i = 0; i < t->cells.n; i++) {
        markdown_put(out, i % t->columns_n == 0 ? "| " : " | ");
        if (*t->columns[i % t->columns_n] == '#')
            markdown_text(out, t->cells.v[i]);
        else
            markdown_code(out, t->cells.v[i]);
        if (i % t->columns_n + 1 == t->columns_n)
            markdown_put(out, " |\n");
    }
    markdown_put(out, "\n");
}

/* Names in a command are checked by dossier_shell_name; here no line may end the fence. */
static void write_commands(const struct finding *f, struct buf *out)
{
    if (f->commands.n == 0)
        return;
    markdown_put(out, "**What to do now.**\n\n```sh\n");
    for (size_t i = 0; i < f->commands.n; i++) {
        escape_terminal(out, slice_str(f->commands.v[i]));
        buf_byte(out, '\n');
    }
    markdown_put(out, "```\n\n");
}

/* Enough to recognise the line; JSON has more of it. */
static void put_quote(struct buf *out, struct slice text)
{
    size_t n = text.n < QUOTE_SHOWN ? text.n : QUOTE_SHOWN;
    while (n > 0 && n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    escape_code(out, slice_head(text, n));
    if (n < text.n)
        markdown_put(out, " …");
}

static void write_evidence(struct report *r, const struct finding *f, struct buf *out)
{
    static const char *const columns[] = {"file and line", "text"};
    size_t n = f->citations.n < EVIDENCE_SHOWN ? f->citations.n : EVIDENCE_SHOWN;
    if (n == 0)
        return;
    buf_printf(out, "**Evidence** (%zu of %llu %s)\n\n", n, (unsigned long long)f->evidence_total,
               f->evidence_total == 1 ? "line" : "lines");
    markdown_header(out, columns, 2);
    for (size_t i = 0; i < n; i++) {
        markdown_put(out, "| ");
        markdown_code(out, report_place(r, f->citations.v[i].loc));
        markdown_put(out, " | ");
        put_quote(out, f->citations.v[i].text);
        markdown_put(out, " |\n");
    }
    markdown_put(out, "\n");
}

static void write_facts(const struct finding *f, struct buf *out)
{
    for (size_t i = 0; i < f->facts.n; i++) {
        markdown_put(out, "- ");
        markdown_text(out, f->facts.v[i].label);
        markdown_put(out, ": ");
        markdown_text(out, f->facts.v[i].value);
        buf_byte(out, '\n');
    }
    if (f->facts.n)
        buf_byte(out, '\n');
}

static void write_seen(const struct finding *f, struct buf *out)
{
    if (f->first_seen == TIME_NONE)
        return;
    markdown_put(out, "From ");
    markdown_clock(out, f->first_seen, true);
    markdown_put(out, " to ");
    markdown_clock(out, f->last_seen, true);
    markdown_put(out, " UTC. ");
}

static void write_finding(struct report *r, const struct finding *f, struct buf *out)
{
    buf_printf(out, "### %s · %s · ", f->id, severity_name(f->severity));
    markdown_text(out, f->title);
    buf_printf(out, " (%s)", f->detector->name);
    if (f->caused_by)
        buf_printf(out, " · follows from %s", f->caused_by);
    markdown_put(out, "\n\n");
    write_seen(f, out);
    markdown_text(out, f->what);
    markdown_put(out, "\n\n");
    if (f->caused_by) {
        buf_printf(out, "Follows from %s: ", f->caused_by);
        markdown_text(out, f->cause_note);
        markdown_put(out, ".\n\n");
    }
    markdown_flowchart(f, out);
    write_facts(f, out);
    for (size_t i = 0; i < f->tables.n; i++)
        write_table(&f->tables.v[i], out);
    markdown_put(out, "**How it is known.** ");
    markdown_text(out, f->how);
    markdown_put(out, "\n\n");
    write_commands(f, out);
    markdown_put(out, "**The durable fix.** ");
    markdown_text(out, f->fix);
    markdown_put(out, "\n\n");
    write_evidence(r, f, out);
}

static void write_findings(struct report *r, struct buf *out)
{
    uint64_t hidden = 0;
    markdown_put(out, "\n## Findings\n\n");
    for (size_t i = 0; i < r->findings->list.n; i++) {
        if (report_shows(r, r->findings->list.v[i]))
            write_finding(r, r->findings->list.v[i], out);
        else
            hidden++;
    }
    if (r->findings->list.n == 0)
        markdown_put(out, "None.\n");
    if (hidden)
        buf_printf(out, "%llu %s below the severity asked for with `--min-severity`.\n",
                   (unsigned long long)hidden, hidden == 1 ? "finding is" : "findings are");
}

/* When could somebody have known, and how long before it hurt? */
static void write_alarm(struct report *r, struct buf *out)
{
    const struct incident *in = &r->incident;
    int64_t first = in->found ? in->sign->first_seen : r->top->first_seen;
    markdown_put(out, "- [ ] Which alarm should have fired? The first sign in the evidence was ");
    if (first == TIME_NONE) {
        markdown_put(out, "without a time.\n");
        return;
    }
    markdown_put(out, "at ");
    markdown_clock(out, first, true);
    markdown_put(out, " UTC");
    if (in->first_error && attempt_over(in->first_error) > first) {
        markdown_put(out, ", ");
        markdown_put(out, detector_span(&r->arena, attempt_over(in->first_error) - first));
        markdown_put(out, " before the first failed invocation ended");
    }
    markdown_put(out, ".\n");
}

static void write_postmortem(struct report *r, struct buf *out)
{
    if (!r->top)
        return;
    markdown_put(out, "\n## For the postmortem\n\n- [ ] Impact on customers: \\_\\_\\_\\_\n"
                      "- [ ] Why was this possible: \\_\\_\\_\\_\n");
    write_alarm(r, out);
    markdown_put(out, "- [ ] Owner and date of the durable fix of ");
    markdown_put(out, r->top->id);
    markdown_put(out, ": \\_\\_\\_\\_\n");
}

static void markdown_render(struct report *r, struct buf *out)
{
    write_head(r, out);
    markdown_incident(r, out);
    markdown_timeline(r, out);
    write_findings(r, out);
    markdown_checks(r, out);
    markdown_evidence(r, out);
    write_postmortem(r, out);
    markdown_put(out, "\n<sub>coldcase " PROGRAM_VERSION " · ");
    markdown_code(out, r->command);
    markdown_put(out, " · prices of " COST_DATE
                      " · the same evidence gives the same report, byte for byte</sub>\n");
}

const struct renderer renderer_markdown = {.name = "markdown", .render = markdown_render};
