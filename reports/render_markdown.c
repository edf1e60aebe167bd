/* The incident report in Markdown, as GitHub renders it: read first by the engineer at 3 a.m., then by a manager,
 * then by the author of the postmortem. Everything from evidence passes escape.h. */
#include "reports/report.h"

#include "base/version.h"
#include "forensics/cost.h"
#include "reports/escape.h"

enum {
    EVIDENCE_SHOWN = 6,
    QUOTE_SHOWN = 240, /* bytes of a line */
    FILES_SHOWN = 200,
    ANOMALIES_SHOWN = 30,
    LABEL_MAX = 60,
    DIGEST_SHOWN = 16, /* hexadecimal digits; JSON has all */
};

/* ---- pieces ---- */

static void put(struct buf *out, const char *text)
{
    (void)buf_append(out, slice_str(text));
}

static void put_text(struct buf *out, const char *text)
{
    escape_markdown(out, slice_str(text));
}

static void put_code(struct buf *out, const char *text)
{
    escape_code(out, slice_str(text));
}

static void put_clock(struct buf *out, int64_t time, bool with_date)
{
    char text[TEXT_TIME_SIZE];
    if (time == TIME_NONE)
        return;
    text_time_print(time, text);
    text[10] = ' ';
    (void)buf_append(out, with_date ? slice_of(text, 19) : slice_of(text + 11, 12));
}

/* Does the whole evidence lie on one UTC day? Then times need no date. */
static bool one_day(const struct report *r)
{
    enum { DAY_MS = 86400000 };
    return r->dossier->start != TIME_NONE && r->dossier->start / DAY_MS == r->dossier->end / DAY_MS;
}

static void put_moment(struct buf *out, const struct report *r, int64_t time)
{
    char text[TEXT_TIME_SIZE];
    if (one_day(r)) {
        put_clock(out, time, false);
        return;
    }
    if (time == TIME_NONE)
        return;
    text_time_print(time, text);
    text[10] = ' ';
    (void)buf_append(out, slice_of(text, 23));
}

/* A table's columns: a '#' in front of a name sets it to the right. */
static void put_header(struct buf *out, const char *const *columns, size_t n)
{
    put(out, "|");
    for (size_t i = 0; i < n; i++) {
        buf_byte(out, ' ');
        put_text(out, columns[i] + (*columns[i] == '#'));
        put(out, " |");
    }
    put(out, "\n|");
    for (size_t i = 0; i < n; i++)
        put(out, *columns[i] == '#' ? " ---: |" : " --- |");
    buf_byte(out, '\n');
}

static void put_note(struct buf *out, uint64_t left_out, const char *what)
{
    if (left_out)
        buf_printf(out, "\n%llu more %s.\n", (unsigned long long)left_out, what);
}

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
    put(out, "> [!CAUTION]\n> It was still going on at the last record (");
    put_clock(out, f->last_seen, true);
    put(out, " UTC). To stop it now:\n> ");
    put_code(out, first_command(f));
    put(out, "\n\n");
}

static void write_figures(const struct report *r, struct buf *out)
{
    static const char *const columns[] = {"", "#incident", "#the hour before"};
    if (r->figures.n == 0)
        return;
    put(out, "\n");
    put_header(out, columns, 3);
    for (size_t i = 0; i < r->figures.n; i++) {
        put(out, "| ");
        put_text(out, r->figures.v[i].label);
        put(out, " | ");
        put_text(out, r->figures.v[i].incident);
        put(out, " | ");
        put_text(out, r->figures.v[i].before);
        put(out, " |\n");
    }
}

/* Lines of the model's text become paragraphs of one line each. */
static void put_lines(struct buf *out, const char *text)
{
    struct slice rest = slice_str(text), line;
    while (text_line(&rest, &line)) {
        escape_markdown(out, line);
        put(out, rest.n ? "\\\n" : "\n");
    }
}

static void write_head(struct report *r, struct buf *out)
{
    put(out, "# Incident report: ");
    put_text(out, r->headline);
    put(out, "\n\n");
    write_alert(r, out);
    put(out, "**");
    put_text(out, r->verdict);
    put(out, "**\n\n");
    if (r->sources_lost) {
        buf_printf(out, "> [!WARNING]\n> %llu of %zu files could not be read whole: see ", (unsigned long long)r->sources_lost,
                   r->ev->sources.n);
        put(out, "[Evidence and its gaps](#evidence-and-its-gaps).\n\n");
    }
    put(out, "## Summary\n\n");
    put_lines(out, r->summary);
    if (r->healthy && r->top) {
        put(out, "\nNothing at medium or above was found in ");
        put_text(out, r->healthy);
        put(out, ".\n");
    }
    write_figures(r, out);
}

/* ---- timeline ---- */

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
static void write_span(const struct report *r, const struct finding *f, const struct finding_span *s, struct buf *out)
{
    int64_t to = s->to - s->from < 1000 ? s->from + 1000 : s->to;
    (void)r;
    put(out, "    ");
    put_label(out, s->label);
    buf_printf(out, " (%s) :%s, ", f->id, span_style(f->severity));
    put_clock(out, s->from, true);
    put(out, ", ");
    put_clock(out, to, true);
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
                put(out, "    section ");
                struct slice name = function ? dossier_name(r->dossier, function) : SLICE("several functions");
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
    put(out, "```mermaid\ngantt\n    dateFormat YYYY-MM-DD HH:mm:ss\n    axisFormat ");
    put(out, length > 2 * (int64_t)DAY_MS ? "%m-%d\n" : length > 300000 ? "%H:%M\n" : "%H:%M:%S\n");
    write_section(r, 0, out);
    for (size_t i = 0; i < r->dossier->functions.n; i++)
        write_section(r, r->dossier->functions.v[i].name, out);
    if (r->healthy) {
        put(out, "    section healthy\n    ");
        put_label(out, r->healthy);
        put(out, " :done, ");
        put_clock(out, r->dossier->start, true);
        put(out, ", ");
        put_clock(out, r->dossier->end, true);
        buf_byte(out, '\n');
    }
    put(out, "```\n\n");
}

static void write_timeline(struct report *r, struct buf *out)
{
    static const char *const columns[] = {"UTC", "what", "finding", "evidence"};
    if (r->moments.n == 0)
        return;
    put(out, "\n## Timeline\n\n");
    if (has_span(r))
        write_gantt(r, out);
    put_header(out, columns, 4);
    for (size_t i = 0; i < r->moments.n; i++) {
        const struct report_moment *m = &r->moments.v[i];
        put(out, "| ");
        put_moment(out, r, m->time);
        put(out, " | ");
        put_text(out, m->text);
        buf_printf(out, " | %s | ", m->finding->id);
        put_code(out, report_place(r, m->loc));
        put(out, " |\n");
    }
}

/* ---- findings ---- */

static void put_node(struct buf *out, enum finding_node kind, const char *name, size_t number)
{
    static const char *const open[] = {[NODE_FUNCTION] = "[\"", [NODE_BUCKET] = "[(\"", [NODE_ACTOR] = "([\""};
    static const char *const close[] = {[NODE_FUNCTION] = "\"]", [NODE_BUCKET] = "\")]", [NODE_ACTOR] = "\"])"};
    buf_printf(out, "n%zu%s", number, open[kind]);
    put_label(out, name);
    put(out, close[kind]);
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

static void write_flowchart(const struct finding *f, struct buf *out)
{
    if (f->edges.n == 0)
        return;
    put(out, "```mermaid\nflowchart LR\n");
    for (size_t i = 0; i < f->edges.n; i++) {
        const struct finding_edge *e = &f->edges.v[i];
        put(out, "    ");
        put_node(out, e->from_kind, e->from, node_number(f, e->from_kind, e->from));
        put(out, " -->|");
        put_label(out, e->label);
        put(out, "| ");
        put_node(out, e->to_kind, e->to, node_number(f, e->to_kind, e->to));
        buf_byte(out, '\n');
    }
    put(out, "```\n\n");
}

static void write_table(const struct finding_table *t, struct buf *out)
{
    if (t->cells.n == 0)
        return;
    put(out, "**");
    put_text(out, t->title);
    put(out, "**\n\n");
    put_header(out, t->columns, t->columns_n);
    for (size_t i = 0; i < t->cells.n; i++) {
        put(out, i % t->columns_n == 0 ? "| " : " | ");
        if (*t->columns[i % t->columns_n] == '#')
            put_text(out, t->cells.v[i]);
        else
            put_code(out, t->cells.v[i]);
        if (i % t->columns_n + 1 == t->columns_n)
            put(out, " |\n");
    }
    put(out, "\n");
}

/* Names in a command are checked by dossier_shell_name; here no line may end the fence. */
static void write_commands(const struct finding *f, struct buf *out)
{
    if (f->commands.n == 0)
        return;
    put(out, "**What to do now.**\n\n```sh\n");
    for (size_t i = 0; i < f->commands.n; i++) {
        escape_terminal(out, slice_str(f->commands.v[i]));
        buf_byte(out, '\n');
    }
    put(out, "```\n\n");
}

/* Enough to recognise the line; JSON has more of it. */
static void put_quote(struct buf *out, struct slice text)
{
    size_t n = text.n < QUOTE_SHOWN ? text.n : QUOTE_SHOWN;
    while (n > 0 && n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    escape_code(out, slice_head(text, n));
    if (n < text.n)
        put(out, " …");
}

static void write_evidence(struct report *r, const struct finding *f, struct buf *out)
{
    static const char *const columns[] = {"file and line", "text"};
    size_t n = f->citations.n < EVIDENCE_SHOWN ? f->citations.n : EVIDENCE_SHOWN;
    if (n == 0)
        return;
    buf_printf(out, "**Evidence** (%zu of %llu %s)\n\n", n, (unsigned long long)f->evidence_total,
               f->evidence_total == 1 ? "line" : "lines");
    put_header(out, columns, 2);
    for (size_t i = 0; i < n; i++) {
        put(out, "| ");
        put_code(out, report_place(r, f->citations.v[i].loc));
        put(out, " | ");
        put_quote(out, f->citations.v[i].text);
        put(out, " |\n");
    }
    put(out, "\n");
}

static void write_facts(const struct finding *f, struct buf *out)
{
    for (size_t i = 0; i < f->facts.n; i++) {
        put(out, "- ");
        put_text(out, f->facts.v[i].label);
        put(out, ": ");
        put_text(out, f->facts.v[i].value);
        buf_byte(out, '\n');
    }
    if (f->facts.n)
        buf_byte(out, '\n');
}

static void write_seen(const struct finding *f, struct buf *out)
{
    if (f->first_seen == TIME_NONE)
        return;
    put(out, "From ");
    put_clock(out, f->first_seen, true);
    put(out, " to ");
    put_clock(out, f->last_seen, true);
    put(out, " UTC. ");
}

static void write_finding(struct report *r, const struct finding *f, struct buf *out)
{
    buf_printf(out, "### %s · %s · ", f->id, severity_name(f->severity));
    put_text(out, f->title);
    buf_printf(out, " (%s)", f->detector->name);
    if (f->caused_by)
        buf_printf(out, " · follows from %s", f->caused_by);
    put(out, "\n\n");
    write_seen(f, out);
    put_text(out, f->what);
    put(out, "\n\n");
    if (f->caused_by) {
        buf_printf(out, "Contributing condition: %s, which it ", f->caused_by);
        put_text(out, f->cause_note);
        put(out, ".\n\n");
    }
    write_flowchart(f, out);
    write_facts(f, out);
    for (size_t i = 0; i < f->tables.n; i++)
        write_table(&f->tables.v[i], out);
    put(out, "**How it is known.** ");
    put_text(out, f->how);
    put(out, "\n\n");
    write_commands(f, out);
    put(out, "**The durable fix.** ");
    put_text(out, f->fix);
    put(out, "\n\n");
    write_evidence(r, f, out);
}

static void write_findings(struct report *r, struct buf *out)
{
    uint64_t hidden = 0;
    put(out, "\n## Findings\n\n");
    for (size_t i = 0; i < r->findings->list.n; i++) {
        if (report_shows(r, r->findings->list.v[i]))
            write_finding(r, r->findings->list.v[i], out);
        else
            hidden++;
    }
    if (r->findings->list.n == 0)
        put(out, "None.\n");
    if (hidden)
        buf_printf(out, "%llu %s below the severity asked for with `--min-severity`.\n", (unsigned long long)hidden,
                   hidden == 1 ? "finding is" : "findings are");
}

/* ---- checked ---- */

static void put_found(const struct report *r, const struct detector *d, struct buf *out)
{
    const char *between = " (";
    for (size_t i = 0; i < r->findings->list.n; i++) {
        if (r->findings->list.v[i]->detector != d)
            continue;
        buf_printf(out, "%s%s", between, r->findings->list.v[i]->id);
        between = ", ";
    }
    put(out, ")");
}

static void write_checks(const struct report *r, struct buf *out)
{
    static const char *const columns[] = {"check", "verdict", "#examined"};
    put(out, "\n## Checked\n\n");
    put_header(out, columns, 3);
    for (size_t i = 0; i < r->findings->checks.n; i++) {
        const struct check *c = &r->findings->checks.v[i];
        buf_printf(out, "| %s | ", c->detector->name);
        if (c->verdict == VERDICT_FOUND) {
            put(out, "**found**");
            put_found(r, c->detector, out);
        } else {
            put(out, c->verdict == VERDICT_CLEAN ? "clean: " : "**not run**: ");
            put_text(out, c->why);
        }
        buf_printf(out, " | %llu |\n", (unsigned long long)c->examined);
    }
}

/* ---- evidence ---- */

static void put_size(struct buf *out, uint64_t bytes)
{
    if (bytes < 1000000)
        buf_printf(out, "%.1f kB", (double)bytes / 1e3);
    else
        buf_printf(out, "%.1f MB", (double)bytes / 1e6);
}

static void write_coverage(struct report *r, struct buf *out)
{
    buf_printf(out, "%zu %s, ", r->ev->sources.n, r->ev->sources.n == 1 ? "file" : "files");
    put_size(out, r->bytes_read);
    put(out, " (");
    put_size(out, r->bytes_decompressed);
    buf_printf(out, " inflated), %s lines, %s unrecognised.", detector_count(&r->arena, r->lines),
               r->unrecognised_lines ? detector_count(&r->arena, r->unrecognised_lines) : "none");
    if (r->ev->index.duplicates)
        buf_printf(out, " %s entries came twice and count once.", detector_count(&r->arena, r->ev->index.duplicates));
    put(out, "\n");
}

static void write_anomalies(const struct report *r, struct buf *out)
{
    static const char *const columns[] = {"file", "what", "where"};
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < r->ev->sources.n; i++) {
        const struct source *s = &r->ev->sources.v[i];
        for (size_t k = 0; k < s->anomalies.n; k++) {
            const struct anomaly *a = &s->anomalies.v[k];
            if (shown == ANOMALIES_SHOWN) {
                left++;
                continue;
            }
            if (shown++ == 0) {
                put(out, "\n");
                put_header(out, columns, 3);
            }
            put(out, "| ");
            put_code(out, s->path);
            buf_printf(out, " | %s: ", anomaly_name(a->kind));
            put_text(out, a->detail);
            if (a->count > 1)
                buf_printf(out, " (%llu times)", (unsigned long long)a->count);
            if (a->line)
                buf_printf(out, " | line %llu, byte %llu |\n", (unsigned long long)a->line, (unsigned long long)a->offset);
            else
                buf_printf(out, " | byte %llu |\n", (unsigned long long)a->offset);
        }
    }
    put_note(out, left, "anomalies are in the JSON report");
}

/* Files in which something was not understood, with the first such line. */
static void write_unrecognised(const struct report *r, struct buf *out)
{
    static const char *const columns[] = {"file", "format", "#unrecognised lines", "the first one"};
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < r->ev->sources.n; i++) {
        const struct source *s = &r->ev->sources.v[i];
        if (s->unrecognised_lines == 0)
            continue;
        if (shown == ANOMALIES_SHOWN) {
            left++;
            continue;
        }
        if (shown++ == 0) {
            put(out, "\n");
            put_header(out, columns, 4);
        }
        put(out, "| ");
        put_code(out, s->path);
        buf_printf(out, " | %s | %llu | line %u: ", s->format, (unsigned long long)s->unrecognised_lines, s->first_unrecognised.line);
        escape_code(out, s->first_line);
        put(out, " |\n");
    }
    put_note(out, left, "files hold unrecognised lines");
}

static void put_digest(struct buf *out, const struct source *s)
{
    buf_byte(out, '`');
    for (size_t i = 0; i < DIGEST_SHOWN / 2; i++)
        buf_printf(out, "%02x", s->sha256[i]);
    put(out, "…`");
}

static void write_files(const struct report *r, struct buf *out)
{
    static const char *const columns[] = {"file", "format", "#lines", "SHA-256"};
    size_t n = r->ev->sources.n < FILES_SHOWN ? r->ev->sources.n : FILES_SHOWN;
    put(out, "\n<details><summary>Files and the beginning of their SHA-256</summary>\n\n");
    put_header(out, columns, 4);
    for (size_t i = 0; i < n; i++) {
        const struct source *s = &r->ev->sources.v[i];
        put(out, "| ");
        put_code(out, s->path);
        buf_printf(out, " | %s%s%s | %llu | ", s->format, strcmp(s->compression, "none") ? ", " : "",
                   strcmp(s->compression, "none") ? s->compression : "", (unsigned long long)s->lines);
        put_digest(out, s);
        put(out, " |\n");
    }
    put_note(out, r->ev->sources.n - n, "files are in the JSON report");
    put(out, "\n</details>\n");
}

static void write_postmortem(const struct report *r, struct buf *out)
{
    if (!r->top)
        return;
    put(out, "\n## For the postmortem\n\n- [ ] Impact on customers: \\_\\_\\_\\_\n- [ ] Why was this possible: \\_\\_\\_\\_\n"
             "- [ ] Which alarm should have fired? The first sign in the evidence was at ");
    put_clock(out, r->top->first_seen, true);
    put(out, " UTC.\n- [ ] Owner and date of the durable fix of ");
    put(out, r->top->id);
    put(out, ": \\_\\_\\_\\_\n");
}

static void markdown_render(struct report *r, struct buf *out)
{
    write_head(r, out);
    write_timeline(r, out);
    write_findings(r, out);
    write_checks(r, out);
    put(out, "\n## Evidence and its gaps\n\n");
    write_coverage(r, out);
    write_anomalies(r, out);
    write_unrecognised(r, out);
    write_files(r, out);
    write_postmortem(r, out);
    put(out, "\n<sub>coldcase " PROGRAM_VERSION " · ");
    put_code(out, r->command);
    put(out, " · prices of " COST_DATE " · the same evidence gives the same report, byte for byte</sub>\n");
}

const struct renderer renderer_markdown = {.name = "markdown", .render = markdown_render};
