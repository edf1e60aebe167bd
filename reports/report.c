/* The report's model: headline, verdict, figures and timeline, worked out once for all renderers. */
#include "reports/report.h"

#include "base/parallel.h"
#include "parsers/archive.h"

extern const struct renderer renderer_markdown, renderer_json;

const struct renderer *const renderers[] = {&renderer_markdown, &renderer_json, NULL};

enum { MOMENTS_MAX = 40, SUMMARY_MAX = 8 };

bool report_shows(const struct report *r, const struct finding *f)
{
    return f->severity >= r->min_severity;
}

/* ---- places ---- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* …/[7]85e45bc5…/000000.gz: the last two parts of a long path, 32 digits of a stream's name cut to 8. */
static const char *short_path(struct arena *m, const char *path)
{
    enum { LONG = 56, DIGITS = 32, KEPT = 8 };
    struct slice s = slice_str(path);
    size_t at = s.n, parts = 0;
    while (at > 0 && (s.p[at - 1] != '/' || ++parts < 2))
        at--;
    if (s.n <= LONG || at == 0)
        return path;
    struct slice tail = slice_skip(s, at);
    size_t run = 0, i = 0;
    for (; i < tail.n && run < DIGITS; i++)
        run = is_hex(tail.p[i]) ? run + 1 : 0;
    if (run < DIGITS)
        return arena_printf(m, "…/%.*s", SLICE_ARG(tail));
    struct slice head = slice_head(tail, i - DIGITS + KEPT), rest = slice_skip(tail, i);
    return arena_printf(m, "…/%.*s…%.*s", SLICE_ARG(head), SLICE_ARG(rest));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Short forms where no two are alike, else the paths as they are. */
static void shorten_paths(struct report *r)
{
    size_t n = r->ev->sources.n;
    r->paths = arena_alloc(&r->arena, (n + 1) * sizeof *r->paths);
    const char **sorted = arena_alloc(&r->arena, (n + 1) * sizeof *sorted);
    bool alike = false;
    for (size_t i = 0; i < n; i++)
        sorted[i] = r->paths[i] = short_path(&r->arena, r->ev->sources.v[i].path);
    if (n > 1)
        qsort(sorted, n, sizeof *sorted, by_text);
    for (size_t i = 1; i < n; i++)
        alike |= strcmp(sorted[i - 1], sorted[i]) == 0;
    for (size_t i = 0; i < n && alike; i++)
        r->paths[i] = r->ev->sources.v[i].path;
}

const char *report_place(struct report *r, struct loc loc)
{
    if (loc.source >= r->ev->sources.n)
        return "";
    return arena_printf(&r->arena, "%s:%u", r->paths[loc.source], loc.line);
}

/* ---- timeline ---- */

static int by_time(const void *a, const void *b)
{
    const struct report_moment *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    int c = strcmp(x->finding->id, y->finding->id);
    return c ? c : strcmp(x->text, y->text);
}

static void add_moment(struct report *r, int64_t time, const char *text, struct loc loc,
                       const struct finding *f)
{
    if (time != TIME_NONE)
        *vec_push(&r->moments) = (struct report_moment){time, text, loc, f};
}

/* Where a finding gives no moments of its own, its first and last line are. */
static void add_moments(struct report *r, const struct finding *f)
{
    for (size_t i = 0; i < f->events.n; i++)
        add_moment(r, f->events.v[i].time, f->events.v[i].text, f->events.v[i].loc, f);
    if (f->events.n)
        return;
    const char *name =
        f->function ? arena_copy(&r->arena, dossier_name(r->dossier, f->function)).p : "several functions";
    const char *number =
        f->count > 1 ? arena_printf(&r->arena, "first of %s: ", report_count(r, f->count)) : "";
    struct finding_point first = finding_first(f), last = finding_last(f);
    add_moment(r, first.time, arena_printf(&r->arena, "%s%s of %s", number, f->moment, name), first.loc, f);
    if (f->count > 1 && last.time != first.time)
        add_moment(r, last.time, arena_printf(&r->arena, "last %s of %s", f->moment, name), last.loc, f);
}

/* ---- words ---- */

static void count_all(struct report *r)
{
    for (size_t i = 0; i < r->findings->list.n; i++)
        r->counts[r->findings->list.v[i]->severity]++;
    for (size_t i = 0; i < r->ev->sources.n; i++) {
        const struct source *s = &r->ev->sources.v[i];
        r->bytes_read += archive_unpacked(s) ? 0 : s->bytes_read; /* its members count */
        r->bytes_decompressed += s->bytes_decompressed;
        r->lines += s->lines;
        r->unrecognised_lines += s->unrecognised_lines;
        r->sources_lost += source_lost(s);
    }
    r->s3_records = r->ev->index.objects.n;
}

static const char *window_of(struct report *r)
{
    char from[TEXT_TIME_SIZE], to[TEXT_TIME_SIZE];
    if (r->dossier->start == TIME_NONE)
        return "without a time of use to a check";
    text_time_print(r->dossier->start, from);
    text_time_print(r->dossier->end, to);
    from[10] = to[10] = ' ';
    bool same_day = memcmp(from, to, 10) == 0;
    from[19] = to[19] = '\0';
    return arena_printf(&r->arena, "%s to %s UTC", from, same_day ? to + 11 : to);
}

static void write_verdict(struct report *r)
{
    uint64_t clean = 0, not_run = 0;
    const struct findings *fs = r->findings;
    for (size_t i = 0; i < fs->checks.n; i++) {
        clean += fs->checks.v[i].verdict == VERDICT_CLEAN;
        not_run += fs->checks.v[i].verdict == VERDICT_NOT_RUN;
    }
    uint64_t low = r->counts[SEVERITY_LOW] + r->counts[SEVERITY_INFO];
    size_t ran = fs->checks.n - (size_t)not_run;
    r->verdict = arena_printf(
        &r->arena,
        "%s critical, %s high, %s medium %s%s in %s %s, %s. %zu %s ran, %s clean, %s could not run.",
        report_count(r, r->counts[SEVERITY_CRITICAL]), report_count(r, r->counts[SEVERITY_HIGH]),
        report_count(r, r->counts[SEVERITY_MEDIUM]),
        detector_plural(r->counts[SEVERITY_MEDIUM], "finding", "findings"),
        low ? arena_printf(&r->arena, " (and %s below)", report_count(r, low)) : "",
        report_count(r, r->dossier->functions.n),
        detector_plural(r->dossier->functions.n, "function", "functions"), window_of(r), ran,
        detector_plural(ran, "check", "checks"), report_count(r, clean), report_count(r, not_run));
}

static const char *open_ends(struct report *r)
{
    uint64_t n = r->dossier->incomplete;
    return n ? arena_printf(&r->arena, ", %s without an end in the evidence", report_count(r, n)) : "";
}

static uint64_t count_ran(const struct report *r)
{
    uint64_t n = 0;
    for (size_t i = 0; i < r->findings->checks.n; i++)
        n += r->findings->checks.v[i].verdict != VERDICT_NOT_RUN;
    return n;
}

static const char *checks_ran(struct report *r)
{
    uint64_t n = count_ran(r);
    return n == 1 ? "The one check that" : arena_printf(&r->arena, "The %s checks that", report_count(r, n));
}

/* What else stands below. */
static const char *beside(struct report *r)
{
    const char *low = "", *not_run = "";
    if (r->findings->list.n)
        low = arena_printf(&r->arena, ", %s below it", report_count(r, r->findings->list.n));
    for (size_t i = 0; i < r->findings->checks.n; i++)
        if (r->findings->checks.v[i].verdict == VERDICT_NOT_RUN)
            not_run = "; what could not be checked stands below";
    return arena_printf(&r->arena, "%s%s", low, not_run);
}

/* What a detector saw and could not decide is as much as a finding's worth of looking at. */
static const char *undecided(struct report *r)
{
    const char *text = "";
    for (size_t i = 0; i < r->findings->checks.n; i++) {
        const struct check *c = &r->findings->checks.v[i];
        if (c->undecided)
            text = arena_printf(&r->arena, "%s\n%s cannot tell: %s.", text, c->detector->name, c->why);
    }
    return text;
}

/* No check ran: what was read all the same. A record counts where it stands, be it of use or not. */
static const char *of_no_use(struct report *r)
{
    const struct evidence *ev = r->ev;
    uint64_t records = 0, entries = 0;
    for (size_t i = 0; i < ev->sources.n; i++) {
        records += ev->sources.v[i].records;
        entries += ev->sources.v[i].entries;
    }
    const char *held = "";
    if (records)
        held = arena_printf(&r->arena, "%s %s", report_count(r, records),
                            detector_plural(records, "record", "records"));
    if (entries)
        held = arena_printf(&r->arena, "%s%s%s log %s", held, records ? " and " : "",
                            report_count(r, entries), detector_plural(entries, "entry", "entries"));
    if (!*held)
        return arena_printf(
            &r->arena,
            "Nothing could be checked: no log entry or record of a known form was found in %zu %s.",
            ev->sources.n, ev->sources.n == 1 ? "file" : "files");
    return arena_printf(
        &r->arena,
        "Nothing could be checked: %s of %zu %s could be read, and none says what a check needs; what each "
        "check lacks stands below.",
        held, ev->sources.n, ev->sources.n == 1 ? "file" : "files");
}

/* When no finding matters: it is no good news where nothing was checked, or where nothing went well. */
static const char *calm_headline(struct report *r)
{
    uint64_t n = r->ev->index.attempts.n, failed = r->dossier->errors + r->dossier->timeouts;
    if (count_ran(r) == 0)
        return "nothing could be checked";
    if (n == 0 || failed < n)
        return "nothing at medium or above";
    return n == 1 ? "the only invocation failed; nothing at medium or above"
                  : arena_printf(&r->arena, "all %s invocations failed; nothing at medium or above",
                                 report_count(r, n));
}

/* The findings that matter, one sentence each, and what they follow from. */
static void write_summary(struct report *r)
{
    const struct findings *fs = r->findings;
    const char *text = r->top ? r->top->what : "";
    if (!r->top && count_ran(r) == 0) {
        r->summary = of_no_use(r);
        return;
    }
    if (!r->top) {
        uint64_t n = r->ev->index.attempts.n;
        r->summary = arena_printf(
            &r->arena,
            "%s %s of %s %s: %s cold %s, %s failed, %s timed out%s. %s ran found nothing at medium or "
            "above%s.",
            report_count(r, n), detector_plural(n, "invocation", "invocations"),
            report_count(r, r->dossier->functions.n),
            detector_plural(r->dossier->functions.n, "function", "functions"),
            report_count(r, r->dossier->cold), detector_plural(r->dossier->cold, "start", "starts"),
            report_count(r, r->dossier->errors), report_count(r, r->dossier->timeouts), open_ends(r),
            checks_ran(r), beside(r));
        r->summary = arena_printf(&r->arena, "%s%s", r->summary, undecided(r));
        return;
    }
    size_t told = 0, more = 0;
    for (size_t i = 0; i < fs->list.n; i++) {
        const struct finding *f = fs->list.v[i];
        if (f == r->top || f->severity < SEVERITY_MEDIUM)
            continue;
        if (told++ >= SUMMARY_MAX) {
            more++;
            continue;
        }
        text = arena_printf(&r->arena, "%s\n%s (%s%s%s).", text, f->title, f->id,
                            f->caused_by ? ", follows from " : "", f->caused_by ? f->caused_by : "");
    }
    if (more)
        text = arena_printf(&r->arena, "%s\n%s more at medium or above stand below.", text,
                            report_count(r, more));
    r->summary = arena_printf(&r->arena, "%s%s", text, undecided(r));
}

/* Both look at every invocation of the top finding, and at nothing of each other: a thread each. */
static void look_closer(void *ctx, unsigned thread, size_t i)
{
    struct report *r = ctx;
    (void)thread;
    if (i == 0)
        incident_init(&r->incident, r->dossier, r->findings);
    else
        report_add_figures(r);
}

void report_init(struct report *r, const struct evidence *ev, const struct dossier *d,
                 const struct findings *fs, enum severity min_severity, const char *command)
{
    *r = (struct report){
        .ev = ev, .dossier = d, .findings = fs, .min_severity = min_severity, .command = command};
    arena_init(&r->arena);
    if (fs->list.n && fs->list.v[0]->severity >= SEVERITY_MEDIUM)
        r->top = fs->list.v[0];
    parallel_run(parallel_worth(ev->threads, d->index->attempts.n), 2, look_closer, r);
    r->headline = r->top ? r->top->title : calm_headline(r);
    shorten_paths(r);
    count_all(r);
    write_verdict(r);
    report_find_healthy(r);
    write_summary(r);
    for (size_t i = 0; i < fs->list.n && r->moments.n < MOMENTS_MAX; i++)
        if (report_shows(r, fs->list.v[i]))
            add_moments(r, fs->list.v[i]);
    vec_sort(&r->moments, by_time);
}

void report_done(struct report *r)
{
    incident_done(&r->incident);
    vec_done(&r->figures);
    vec_done(&r->moments);
    vec_done(&r->well);
    arena_done(&r->arena);
}
