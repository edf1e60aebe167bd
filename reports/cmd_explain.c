/* coldcase explain FINDING PATH...: why a finding is claimed: the lines, the rule, the arithmetic with its
 * numbers, the fact of AWS behind it, and what would disprove it. */
#include "reports/command.h"

#include "forensics/detector.h"
#include "forensics/quote.h"
#include "reports/escape.h"

static const struct finding *find(const struct findings *fs, const char *id)
{
    for (size_t i = 0; i < fs->list.n; i++)
        if (slice_eq_nocase(slice_str(fs->list.v[i]->id), slice_str(id)))
            return fs->list.v[i];
    return NULL;
}

static void put(struct buf *out, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    buf_printf(out, "\n%s\n  ", label);
    escape_terminal(out, slice_str(text));
    buf_byte(out, '\n');
}

static void put_numbers(struct buf *out, const struct finding *f)
{
    if (f->facts.n + f->steps.n == 0)
        return;
    (void)buf_append(out, SLICE("\nThe numbers\n"));
    for (size_t i = 0; i < f->facts.n; i++) {
        buf_printf(out, "  %s: ", f->facts.v[i].label);
        escape_terminal(out, slice_str(f->facts.v[i].value));
        buf_byte(out, '\n');
    }
    for (size_t i = 0; i < f->steps.n; i++) {
        (void)buf_append(out, SLICE("  "));
        escape_terminal(out, slice_str(f->steps.v[i]));
        buf_byte(out, '\n');
    }
}

static void put_lines(struct buf *out, const struct evidence *ev, const struct finding *f)
{
    buf_printf(out, "\nThe lines (%zu of %llu)\n", f->citations.n, (unsigned long long)f->evidence_total);
    for (size_t i = 0; i < f->citations.n; i++) {
        const struct citation *c = &f->citations.v[i];
        (void)buf_append(out, SLICE("  "));
        escape_terminal(out, slice_str(ev->sources.v[c->loc.source].path));
        buf_printf(out, ":%u\n    ", c->loc.line);
        escape_terminal(out, c->text);
        buf_byte(out, '\n');
    }
}

static void put_cause(struct buf *out, const struct finding *f)
{
    if (!f->caused_by)
        return;
    buf_printf(out, "\nFollows from %s (%s)\n  ", f->caused_by, f->cause->detector->name);
    escape_terminal(out, slice_str(f->cause_note));
    buf_printf(out, "\n  The rule, %s: %s\n", f->cause_rule->name, f->cause_rule->doc);
    buf_printf(out, "  %llu of %llu = %.1f %%\n", (unsigned long long)f->cause_support,
               (unsigned long long)f->cause_of, 100.0 * (double)f->cause_support / (double)f->cause_of);
}

static void write_finding(struct buf *out, const struct evidence *ev, const struct finding *f)
{
    buf_printf(out, "%s  %s  %s\n", f->id, severity_name(f->severity), f->detector->name);
    escape_terminal(out, slice_str(f->title));
    buf_byte(out, '\n');
    put(out, "What happened", f->what);
    put(out, "The rule", f->detector->rule);
    put_numbers(out, f);
    put(out, "How it is known", f->how);
    put(out, "The fact behind it", f->detector->fact);
    put(out, "What would disprove it", f->detector->disproof);
    put_cause(out, f);
    put_lines(out, ev, f);
}

static bool unknown(const struct findings *fs, const char *id, struct err *e)
{
    if (fs->list.n == 0)
        return err_set(e, ERR_IO, "the evidence gives no finding, so there is no %.20s", id);
    return err_set(e, ERR_IO, "there is no finding %.20s; the evidence gives F1 to F%zu", id, fs->list.n);
}

static int explain(const struct settings *s, const struct evidence *ev, struct err *e)
{
    int status = EXIT_NOT_DONE;
    struct dossier d;
    struct findings fs;
    struct buf out;
    dossier_init(&d, ev);
    d.expected_loops = s->expected_loops.v;
    d.expected_loops_n = s->expected_loops.n;
    findings_init(&fs);
    buf_init(&out, 0);
    detectors_run(&d, s->only.v, s->only.n, &fs);
    const struct finding *f = find(&fs, s->operands.v[0]);
    if (f || unknown(&fs, s->operands.v[0], e)) {
        quote_findings(ev, &fs);
        write_finding(&out, ev, f);
        status = command_write(s, buf_slice(&out), e) ? command_verdict(s, ev, &fs) : EXIT_NOT_DONE;
    }
    buf_done(&out);
    findings_done(&fs);
    dossier_done(&d);
    return status;
}

static int explain_run(const struct settings *s, struct err *e)
{
    struct evidence ev;
    int status = EXIT_NOT_DONE;
    if (s->operands.n < 2) {
        err_set(e, ERR_USAGE,
                "name a finding (F1, F2 ... of the report) and then a file or a folder to read");
        return status;
    }
    evidence_init(&ev);
    if (command_read(s, 1, &ev, e))
        status = explain(s, &ev, e);
    evidence_done(&ev);
    return status;
}

const struct command command_explain = {
    .name = "explain",
    .operands = "FINDING PATH...",
    .doc = "Why a finding is claimed: the lines, the rule, the arithmetic, the fact behind it, what would "
           "disprove it",
    .help = "FINDING is an id of the report on the same paths and options, F1 the first.\n\n"
            "  coldcase explain F1 evidence/\n",
    .takes = TAKES_EVIDENCE | TAKES_FINDINGS | TAKES_OUTPUT,
    .run = explain_run,
};
