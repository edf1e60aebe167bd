/* Building findings. */
#include "forensics/finding.h"

#include "forensics/attempt.h"
#include "parsers/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const names[SEVERITIES] = {
    [SEVERITY_INFO] = "info", [SEVERITY_LOW] = "low",           [SEVERITY_MEDIUM] = "medium",
    [SEVERITY_HIGH] = "high", [SEVERITY_CRITICAL] = "critical",
};

const char *severity_name(enum severity s)
{
    return names[s];
}

bool severity_parse(struct slice word, enum severity *ret)
{
    for (size_t i = 0; i < SEVERITIES; i++) {
        if (slice_eq(word, slice_str(names[i]))) {
            *ret = (enum severity)i;
            return true;
        }
    }
    return false;
}

void findings_init(struct findings *fs)
{
    *fs = (struct findings){.list = {NULL, 0, 0}};
    arena_init(&fs->arena);
}

static void finding_done(struct finding *f)
{
    for (size_t i = 0; i < f->tables.n; i++)
        vec_done(&f->tables.v[i].cells);
    vec_done(&f->commands);
    vec_done(&f->facts);
    vec_done(&f->steps);
    vec_done(&f->tables);
    vec_done(&f->spans);
    vec_done(&f->events);
    vec_done(&f->edges);
    vec_done(&f->attempts);
    vec_done(&f->citations);
}

void findings_done(struct findings *fs)
{
    for (size_t i = 0; i < fs->list.n; i++)
        finding_done(fs->list.v[i]);
    vec_done(&fs->list);
    vec_done(&fs->checks);
    arena_done(&fs->arena);
}

void findings_join(struct findings *fs, struct findings *from)
{
    for (size_t i = 0; i < from->list.n; i++)
        *vec_push(&fs->list) = from->list.v[i];
    for (size_t i = 0; i < from->checks.n; i++)
        *vec_push(&fs->checks) = from->checks.v[i];
    arena_join(&fs->arena, &from->arena);
    vec_clear(&from->list);
    findings_done(from);
}

struct finding *finding_new(struct findings *fs, const struct detector *d, enum severity severity,
                            uint32_t function)
{
    struct finding *f = arena_alloc(&fs->arena, sizeof *f);
    f->detector = d;
    f->severity = severity;
    f->function = function;
    f->title = f->what = f->how = f->fix = f->key = "";
    f->moment = "sign";
    f->last.loc = LOC_NONE;
    f->detail = "{}";
    f->first_seen = f->last_seen = TIME_NONE;
    f->began = f->ended = (struct finding_point){TIME_NONE, LOC_NONE};
    *vec_push(&fs->list) = f;
    return f;
}

void finding_seen(struct finding *f, int64_t time)
{
    if (time == TIME_NONE)
        return;
    if (f->first_seen == TIME_NONE || time < f->first_seen)
        f->first_seen = time;
    if (f->last_seen == TIME_NONE || time > f->last_seen)
        f->last_seen = time;
}

void finding_seen_at(struct finding *f, int64_t time, struct loc loc)
{
    finding_seen(f, time);
    if (time == TIME_NONE)
        return;
    if (f->began.time == TIME_NONE || time < f->began.time)
        f->began = (struct finding_point){time, loc};
    if (f->ended.time == TIME_NONE || time > f->ended.time)
        f->ended = (struct finding_point){time, loc};
}

void finding_attempt(struct finding *f, const struct attempt *a)
{
    f->count++;
    *vec_push(&f->attempts) = a;
}

void finding_cite(struct finding *f, struct loc loc, int64_t time, const struct attempt *a)
{
    f->evidence_total++;
    bool later = f->last.loc.source == UINT32_MAX || time >= f->last.time; /* TIME_NONE is before all */
    if (loc.source != UINT32_MAX && later)
        f->last = (struct citation){loc, time, a, {"", 0}};
    if (f->citations.n < LIMIT_EVIDENCE && loc.source != UINT32_MAX)
        *vec_push(&f->citations) = (struct citation){loc, time, a, {"", 0}};
}

static void cite_line(struct finding *f, const struct attempt *a, enum cited line)
{
    if (line == CITED_REPORT)
        finding_cite(f, attempt_report_loc(a), attempt_report(a), a);
    else
        finding_cite(f, a->loc, attempt_begin(a), a);
}

/* Places are looked up for those alone that are kept, the first ones and the latest: in a row they stand apart from what
 * most walks look at. */
void finding_attempts(struct finding *f, const struct attempt *const *attempts, size_t n, enum cited line)
{
    const struct attempt *latest = NULL;
    int64_t latest_time = TIME_NONE;
    size_t cited = n < LIMIT_EVIDENCE ? n : LIMIT_EVIDENCE;
    vec_reserve(&f->attempts, f->attempts.n + n);
    for (size_t i = 0; i < n; i++) {
        const struct attempt *a = attempts[i];
        __builtin_prefetch(attempts[i + ATTEMPTS_AHEAD < n ? i + ATTEMPTS_AHEAD : i]);
        finding_attempt(f, a);
        finding_seen(f, attempt_begin(a));
        if (i < cited) {
            cite_line(f, a, line);
            continue;
        }
        int64_t time = line == CITED_REPORT ? attempt_report(a) : attempt_begin(a);
        latest = time >= latest_time ? a : latest;
        latest_time = time >= latest_time ? time : latest_time;
    }
    if (!latest)
        return;
    f->evidence_total += n - cited - 1;
    cite_line(f, latest, line);
}

static const char *print_args(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *print_args(struct arena *arena, const char *format, va_list args)
{
    char text[2048];
    vsnprintf(text, sizeof text, format, args);
    return arena_copy(arena, slice_str(text)).p;
}

void finding_command(struct findings *fs, struct finding *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *vec_push(&f->commands) = print_args(&fs->arena, format, args);
    va_end(args);
}

void finding_fact(struct findings *fs, struct finding *f, const char *label, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *vec_push(&f->facts) = (struct fact){label, print_args(&fs->arena, format, args)};
    va_end(args);
}

void finding_step(struct findings *fs, struct finding *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *vec_push(&f->steps) = print_args(&fs->arena, format, args);
    va_end(args);
}

struct finding_table *finding_table(struct finding *f, const char *title, const char *const *columns,
                                    size_t columns_n)
{
    struct finding_table *t = vec_push(&f->tables);
    *t = (struct finding_table){.title = title, .columns = columns, .columns_n = columns_n};
    return t;
}

void finding_span(struct finding *f, const char *label, int64_t from, int64_t to)
{
    *vec_push(&f->spans) = (struct finding_span){label, from, to};
}

void finding_event(struct finding *f, int64_t time, struct loc loc, const char *text)
{
    *vec_push(&f->events) = (struct finding_event){time, text, loc};
}

/* ---- the lines of its first and last time ---- */

static bool is_place(struct loc loc)
{
    return loc.source != UINT32_MAX;
}

static struct loc cited_at(const struct finding *f, int64_t time)
{
    for (size_t i = 0; i < f->citations.n; i++)
        if (f->citations.v[i].time == time)
            return f->citations.v[i].loc;
    for (size_t i = 0; i < f->events.n; i++)
        if (f->events.v[i].time == time)
            return f->events.v[i].loc;
    return f->last.time == time ? f->last.loc : LOC_NONE;
}

/* Of attempts the lines of their begin and of their REPORT are known. The one looked for stands near an end of the list,
 * which is in order of time: `back` looks from there. */
static struct loc attempt_at(const struct finding *f, int64_t time, bool back)
{
    enum { LOOK_MAX = 4096 };
    for (size_t i = 0; i < f->attempts.n && i < LOOK_MAX; i++) {
        const struct attempt *a = f->attempts.v[back ? f->attempts.n - 1 - i : i];
        if (attempt_begin(a) == time)
            return a->loc;
        if (attempt_report(a) == time)
            return attempt_report_loc(a);
    }
    return LOC_NONE;
}

static struct finding_point nearest_cited(const struct finding *f, int64_t time)
{
    const struct citation *best = f->citations.n ? &f->citations.v[0] : NULL;
    for (size_t i = 0; best && i <= f->citations.n; i++) {
        const struct citation *c = i < f->citations.n ? &f->citations.v[i] : &f->last;
        if (c->time == TIME_NONE || !is_place(c->loc))
            continue;
        if (best->time == TIME_NONE || llabs(c->time - time) < llabs(best->time - time))
            best = c;
    }
    if (!best)
        return (struct finding_point){time, LOC_NONE};
    return (struct finding_point){best->time == TIME_NONE ? time : best->time, best->loc};
}

static struct finding_point point_at(const struct finding *f, int64_t time, struct finding_point told,
                                     bool back)
{
    if (time == TIME_NONE)
        return (struct finding_point){time, f->citations.n ? f->citations.v[0].loc : LOC_NONE};
    struct loc loc = told.time == time ? told.loc : LOC_NONE;
    loc = is_place(loc) ? loc : cited_at(f, time);
    loc = is_place(loc) ? loc : attempt_at(f, time, back);
    return is_place(loc) ? (struct finding_point){time, loc} : nearest_cited(f, time);
}

struct finding_point finding_first(const struct finding *f)
{
    return point_at(f, f->first_seen, f->began, false);
}

struct finding_point finding_last(const struct finding *f)
{
    return point_at(f, f->last_seen, f->ended, true);
}
