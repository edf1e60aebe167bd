/* coldcase report: all evidence, all detectors, one incident report. */
#include "reports/command.h"
#include "reports/report.h"

#include "base/text.h"
#include "forensics/quote.h"
#include "parsers/container.h"

static const struct renderer *choose_renderer(const struct settings *s, struct err *e)
{
    for (size_t i = 0; renderers[i]; i++)
        if (!s->format || strcmp(renderers[i]->name, s->format) == 0)
            return renderers[i];
    err_set(e, ERR_USAGE, "report has no format %.64s; use markdown or json", s->format);
    return NULL;
}

/* As a shell takes it, so that the line can be typed again. */
static void put_word(struct slice word, struct buf *out)
{
    bool plain = word.n > 0;
    for (size_t i = 0; i < word.n && plain; i++) {
        char c = word.p[i];
        plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                strchr("/._-+:,@%=", c);
    }
    if (plain) {
        (void)buf_append(out, word);
        return;
    }
    (void)buf_byte(out, '\'');
    for (size_t i = 0; i < word.n; i++)
        (void)(word.p[i] == '\'' ? buf_append(out, SLICE("'\\''")) : buf_byte(out, word.p[i]));
    (void)buf_byte(out, '\'');
}

static void put_option(const char *name, struct slice value, struct buf *out)
{
    if (value.n == 0)
        return;
    buf_printf(out, " --%s ", name);
    put_word(value, out);
}

static void put_time(const char *name, int64_t time, struct buf *out)
{
    char text[TEXT_TIME_SIZE];
    if (time == TIME_NONE)
        return;
    text_time_print(time, text);
    put_option(name, slice_str(text), out);
}

static bool looks_like_option(const char *operand)
{
    return operand[0] == '-' && operand[1] != '\0';
}

/* The command as it can be typed again: paths and what narrows the evidence or what is shown, nothing that leaves the
 * content alone. */
static void write_command(const struct settings *s, struct buf *out)
{
    (void)buf_append(out, SLICE("coldcase report"));
    const struct evidence_options *o = &s->evidence;
    put_option("format-in", slice_str(o->format_in ? o->format_in->name : ""), out);
    put_time("from", o->from, out);
    put_time("to", o->to, out);
    put_option("assume-function", o->assume_function, out);
    put_option("signatures", slice_str(s->signatures ? s->signatures : ""), out);
    for (size_t i = 0; i < s->functions.n; i++)
        put_option("function", s->functions.v[i], out);
    for (size_t i = 0; i < s->only.n; i++)
        put_option("only", s->only.v[i], out);
    for (size_t i = 0; i < s->expected_loops.n; i++)
        put_option("expected-loop", s->expected_loops.v[i], out);
    if (s->min_severity != SEVERITY_INFO)
        put_option("min-severity", slice_str(severity_name(s->min_severity)), out);
    bool marked = false;
    for (size_t i = 0; i < s->operands.n; i++)
        marked |= looks_like_option(s->operands.v[i]);
    (void)buf_append(out, marked ? SLICE(" --") : SLICE(""));
    for (size_t i = 0; i < s->operands.n; i++) {
        (void)buf_byte(out, ' ');
        put_word(slice_str(s->operands.v[i]), out);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int write_report(const struct settings *s, const struct renderer *renderer, const struct evidence *ev,
                        struct err *e)
{
    struct dossier d;
    struct findings fs;
    struct report r;
    struct buf command, out;
    dossier_init(&d, ev);
    d.expected_loops = s->expected_loops.v;
    d.expected_loops_n = s->expected_loops.n;
    findings_init(&fs);
    buf_init(&command, 0);
    buf_init(&out, 0);
    detectors_run(&d, s->only.v, s->only.n, &fs);
    quote_findings(ev, &fs);
    write_command(s, &command);
    (void)buf_byte(&command, '\0');
    report_init(&r, ev, &d, &fs, s->min_severity, command.p);
    renderer->render(&r, &out);
    int status = command_write(s, buf_slice(&out), e) ? command_verdict(s, ev, &fs) : EXIT_NOT_DONE;
    report_done(&r);
    buf_done(&out);
    buf_done(&command);
    findings_done(&fs);
    dossier_done(&d);
    return status;
}

static int report_run(const struct settings *s, struct err *e)
{
    struct evidence ev;
    struct settings sorted = *s; /* the order of the paths must not show */
    const struct renderer *renderer = choose_renderer(s, e);
    if (!renderer)
        return EXIT_NOT_DONE;
    vec_sort(&sorted.operands, by_text);
    evidence_init(&ev);
    int status = command_read(&sorted, 0, &ev, e) ? write_report(&sorted, renderer, &ev, e) : EXIT_NOT_DONE;
    evidence_done(&ev);
    return status;
}

const struct command command_report = {
    .name = "report",
    .operands = "PATH...",
    .doc = "The main job: read all evidence, run every detector, write one incident report",
    .help = "Formats: markdown (default), json. Every claim is backed by file, line and the line itself; "
            "what could\n"
            "not be checked is listed beside what was clean.\n\n"
            "  coldcase report exportedlogs/ s3-events/ -o incident.md\n"
            "  coldcase report --format json --fail-on high evidence/ | jq '.findings[] | .title'\n"
            "  coldcase report --from 2026-11-20T06:00:00Z --to 2026-11-20T07:00:00Z --function orders "
            "evidence/\n",
    .takes = TAKES_EVIDENCE | TAKES_FORMAT | TAKES_FINDINGS | TAKES_OUTPUT,
    .run = report_run,
};
