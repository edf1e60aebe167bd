/* What was checked, and what was read: coverage, anomalies, lines that nothing recognised, files. */
#include "reports/markdown.h"

#include "reports/escape.h"

enum {
    FILES_SHOWN = 200,
    ANOMALIES_SHOWN = 30,
    DIGEST_SHOWN = 16, /* hexadecimal digits; JSON has all */
};

static void put_found(const struct report *r, const struct detector *d, struct buf *out)
{
    const char *between = " (";
    for (size_t i = 0; i < r->findings->list.n; i++) {
        if (r->findings->list.v[i]->detector != d)
            continue;
        buf_printf(out, "%s%s", between, r->findings->list.v[i]->id);
        between = ", ";
    }
    markdown_put(out, ")");
}

void markdown_checks(const struct report *r, struct buf *out)
{
    static const char *const columns[] = {"check", "verdict", "#examined"};
    markdown_put(out, "\n## Checked\n\n");
    markdown_header(out, columns, 3);
    for (size_t i = 0; i < r->findings->checks.n; i++) {
        const struct check *c = &r->findings->checks.v[i];
        buf_printf(out, "| %s | ", c->detector->name);
        if (c->verdict == VERDICT_FOUND) {
            markdown_put(out, "**found**");
            put_found(r, c->detector, out);
        } else {
            markdown_put(out, c->verdict == VERDICT_CLEAN ? "clean: " : "**not run**: ");
            markdown_text(out, c->why);
        }
        buf_printf(out, " | %llu |\n", (unsigned long long)c->examined);
    }
}

static void put_size(struct buf *out, uint64_t bytes)
{
    if (bytes < 1000000)
        buf_printf(out, "%.1f kB", (double)bytes / 1e3);
    else
        buf_printf(out, "%.1f MB", (double)bytes / 1e6);
}

static void write_skew(struct report *r, struct buf *out)
{
    static const char *const said[SKEW_CLOCKS] = {[SKEW_TRACE] = "traces have the same start",
                                                  [SKEW_GATEWAY] = "gateways have the call behind it",
                                                  [SKEW_S3] = "S3 has the event behind it"};
    const char *before = " Against the START in the log, ";
    for (enum skew_clock clock = 0; clock < SKEW_CLOCKS; clock++) {
        const struct clock_skew *k = &r->ev->index.skew[clock];
        if (k->pairs == 0)
            continue;
        buf_printf(out, "%s%s %lld ms %s (median of %s; %lld to %lld ms)", before, said[clock],
                   (long long)(k->median < 0 ? -k->median : k->median), k->median < 0 ? "earlier" : "later",
                   detector_count(&r->arena, k->pairs), (long long)k->least, (long long)k->most);
        before = ", ";
    }
    if (*before == ',')
        markdown_put(out, "; no time was changed for it.");
}

static const char *counted(struct report *r, uint64_t n, const char *one, const char *many)
{
    return arena_printf(&r->arena, "%s %s", detector_count(&r->arena, n), detector_plural(n, one, many));
}

static void write_coverage(struct report *r, struct buf *out)
{
    buf_printf(out, "%zu %s, ", r->ev->sources.n, r->ev->sources.n == 1 ? "file" : "files");
    put_size(out, r->bytes_read);
    markdown_put(out, " (");
    put_size(out, r->bytes_decompressed);
    buf_printf(out, " inflated), %s, %s unrecognised.", counted(r, r->lines, "line", "lines"),
               r->unrecognised_lines ? detector_count(&r->arena, r->unrecognised_lines) : "none");
    if (r->ev->index.duplicates)
        buf_printf(out, " %s came twice and %s once.",
                   counted(r, r->ev->index.duplicates, "entry", "entries"),
                   detector_plural(r->ev->index.duplicates, "counts", "count"));
    uint64_t dropped = r->ev->index.events[EVENT_LOGS_DROPPED];
    if (dropped)
        buf_printf(out, " %s that lines were lost before they reached this log (platform.logsDropped).",
                   arena_printf(&r->arena, "%s of the platform %s", counted(r, dropped, "record", "records"),
                                detector_plural(dropped, "says", "say")));
    write_skew(r, out);
    markdown_put(out, "\n");
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
                markdown_put(out, "\n");
                markdown_header(out, columns, 3);
            }
            markdown_put(out, "| ");
            markdown_code(out, s->path);
            buf_printf(out, " | %s: ", anomaly_name(a->kind));
            markdown_text(out, a->detail);
            if (a->count > 1)
                buf_printf(out, " (%llu times)", (unsigned long long)a->count);
            if (a->line)
                buf_printf(out, " | line %llu, byte %llu |\n", (unsigned long long)a->line,
                           (unsigned long long)a->offset);
            else
                buf_printf(out, " | byte %llu |\n", (unsigned long long)a->offset);
        }
    }
    markdown_note(out, left, "anomalies are in the JSON report");
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
            markdown_put(out, "\n");
            markdown_header(out, columns, 4);
        }
        markdown_put(out, "| ");
        markdown_code(out, s->path);
        buf_printf(out, " | %s | %llu | line %u: ", s->format, (unsigned long long)s->unrecognised_lines,
                   s->first_unrecognised.line);
        escape_code(out, s->first_line);
        markdown_put(out, " |\n");
    }
    markdown_note(out, left, "files hold unrecognised lines");
}

static void put_digest(struct buf *out, const struct source *s)
{
    buf_byte(out, '`');
    for (size_t i = 0; i < DIGEST_SHOWN / 2; i++)
        buf_printf(out, "%02x", s->sha256[i]);
    markdown_put(out, "…`");
}

static void write_files(const struct report *r, struct buf *out)
{
    static const char *const columns[] = {"file", "format", "#lines", "SHA-256"};
    size_t n = r->ev->sources.n < FILES_SHOWN ? r->ev->sources.n : FILES_SHOWN;
    markdown_put(out, "\n<details><summary>Files and the beginning of their SHA-256</summary>\n\n");
    markdown_header(out, columns, 4);
    for (size_t i = 0; i < n; i++) {
        const struct source *s = &r->ev->sources.v[i];
        markdown_put(out, "| ");
        markdown_code(out, s->path);
        buf_printf(out, " | %s%s%s | %llu | ", s->format, strcmp(s->compression, "none") ? ", " : "",
                   strcmp(s->compression, "none") ? s->compression : "", (unsigned long long)s->lines);
        put_digest(out, s);
        markdown_put(out, " |\n");
    }
    markdown_note(out, r->ev->sources.n - n, "files are in the JSON report");
    markdown_put(out, "\n</details>\n");
}

void markdown_evidence(struct report *r, struct buf *out)
{
    markdown_put(out, "\n## Evidence and its gaps\n\n");
    write_coverage(r, out);
    write_anomalies(r, out);
    write_unrecognised(r, out);
    write_files(r, out);
}
