/* timeout: invocations that reached their function's limit. Both styles are known: the line "Task timed out
 * after" and `Status: timeout` of the report (text or JSON). The words before it say where the time went.
 * Thresholds: 1 or 2 are medium, 3 and more are high. */
#include "forensics/detector.h"

#include "base/huge.h"
#include "forensics/outcomes.h"
#include "forensics/remedy.h"

enum { TIMEOUT_HIGH = 3, PATTERNS_SHOWN = 5 };

/* What an invocation was at, by its last words. A class names where to look, not who is to blame. */
enum cause {
    CAUSE_CONNECT,
    CAUSE_QUERY,
    CAUSE_LOCK,
    CAUSE_CALL,
    CAUSE_BUSY, /* its last line stands within BUSY_SHARE of the limit before the end: it was at work till then */
    CAUSE_SILENT, /* nothing was logged */
    CAUSE_OTHER,
    TIMEOUT_CAUSES
};
#define BUSY_SHARE 0.05

static const char *const cause_names[TIMEOUT_CAUSES] = {
    [CAUSE_CONNECT] = "connect", [CAUSE_QUERY] = "query",   [CAUSE_LOCK] = "lock",   [CAUSE_CALL] = "call",
    [CAUSE_BUSY] = "busy",       [CAUSE_SILENT] = "silent", [CAUSE_OTHER] = "other",
};

struct cause_word {
    const char *word;
    enum cause cause;
};

/* The first that stands in the words, without case, decides. */
static const struct cause_word cause_words[] = {
    {"econn", CAUSE_CONNECT},     {"etimedout", CAUSE_CONNECT},   {"enotfound", CAUSE_CONNECT},
    {"connect", CAUSE_CONNECT},   {"getaddrinfo", CAUSE_CONNECT}, {"dial tcp", CAUSE_CONNECT},
    {"handshake", CAUSE_CONNECT}, {"lock", CAUSE_LOCK},           {"mutex", CAUSE_LOCK},
    {"select ", CAUSE_QUERY},     {"insert ", CAUSE_QUERY},       {"update ", CAUSE_QUERY},
    {"query", CAUSE_QUERY},       {"sql", CAUSE_QUERY},           {"transaction", CAUSE_QUERY},
    {"http", CAUSE_CALL},         {"get ", CAUSE_CALL},           {"post ", CAUSE_CALL},
    {"put ", CAUSE_CALL},         {"fetch", CAUSE_CALL},          {"calling", CAUSE_CALL},
    {"request", CAUSE_CALL},      {"invok", CAUSE_CALL},          {"waiting", CAUSE_CALL},
};

static uint64_t timeout_examine(const struct dossier *d)
{
    return d->index->attempts.n;
}

static bool timed_out(const struct attempt *a)
{
    return attempt_status(a) == ATTEMPT_TIMED_OUT;
}

struct said {
    uint32_t text, host;
    uint64_t count;
    struct slice words;
    size_t at; /* of the first that said it */
};

static int by_text(const void *a, const void *b)
{
    const struct said *x = a, *y = b;
    if (x->text != y->text)
        return x->text < y->text ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static int by_host(const void *a, const void *b)
{
    const struct said *x = a, *y = b;
    return x->host < y->host ? -1 : x->host > y->host;
}

static int by_count(const void *a, const void *b)
{
    const struct said *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return slice_cmp(x->words, y->words);
}

/* Marks of one attempt: the line that tells, and the words, which another file may hold. */
struct told {
    const struct mark *line;
    uint32_t words, host;
    int64_t since; /* ms from the words to the end, -1 unknown */
    int64_t at;    /* time of words that stand apart from the line that tells */
    bool idle;     /* the words tell of no call that hung */
};

/* Of all attempts that timed out. */
struct words {
    uint32_t *place;   /* one an attempt, by row: in `told`, 0 when it did not time out */
    struct told *told; /* from 1 on */
};

struct timeouts {
    const struct words *words;
    const struct dossier *d;
    const struct function *f;
    detector_picks picks;
    VEC(struct said) said;
    VEC(struct citation) lines; /* where each timeout is told */
    uint64_t cold, silent;
    uint64_t limit_ms, least_ms, most_ms; /* the last one known, and all; 0: unknown */
    uint64_t causes[TIMEOUT_CAUSES];
    uint64_t retried, succeeded; /* of those whose id came again, and whose last attempt went well */
    uint64_t given_up;           /* by Lambda's own record */
    uint32_t host;
    uint64_t host_count;
};

/* The same words become one, with the host that they name first. */
static void join_words(struct timeouts *t)
{
    size_t kept = 0;
    vec_sort(&t->said, by_text);
    for (size_t i = 0; i < t->said.n; i++) {
        struct said *last = kept ? &t->said.v[kept - 1] : NULL, *next = &t->said.v[i];
        if (!last || last->text != next->text) {
            t->said.v[kept++] = *next;
            continue;
        }
        last->count += next->count;
        last->host = last->host ? last->host : next->host;
    }
    t->said.n = kept;
    vec_sort(&t->said, by_count);
}

static void note_mark(struct told *told, const struct mark *m)
{
    if (m->kind == MARK_TIMEOUT && !told->line)
        told->line = m;
    if ((m->kind == MARK_TIMEOUT || m->kind == MARK_WORDS) && m->text) {
        told->words = m->text;
        told->host = m->host;
        told->idle = m->idle;
        told->since = m->kind == MARK_TIMEOUT && m->value != UINT32_MAX ? (int64_t)m->value : -1;
        told->at = m->kind == MARK_WORDS ? m->time : TIME_NONE;
    } else if (m->kind == MARK_TIMEOUT && told->words && told->at != TIME_NONE && m->time != TIME_NONE) {
        told->since = m->time - told->at;
    }
}

static enum cause cause_of(const struct timeouts *t, const struct told *told, const struct attempt *a)
{
    struct slice words = dossier_name(t->d, told->words);
    double limit = a->limit_s                   ? a->limit_s * 1000.0
                   : decimal_known(a->duration) ? decimal_value(a->duration)
                                                : 0;
    if (told->words == 0)
        return CAUSE_SILENT;
    if (told->since >= 0 && limit > 0 && (double)told->since <= BUSY_SHARE * limit)
        return CAUSE_BUSY;
    if (told->idle)
        return CAUSE_OTHER;
    for (size_t i = 0; i < sizeof cause_words / sizeof *cause_words; i++)
        if (slice_find_nocase(words, slice_str(cause_words[i].word)) >= 0)
            return cause_words[i].cause;
    return told->host ? CAUSE_CALL : CAUSE_OTHER;
}

/* Asynchronous events come again with the same id, until they go well or Lambda gives them up. A record of that
 * tells of attempts that are not in the logs, too. */
static void count_retry(struct timeouts *t, const struct attempt *a)
{
    const struct outcome *o = outcome_find(t->d->index, &a->id);
    struct family all = attempt_family(t->d->index, &a->id);
    const struct attempt *last = all.n ? all.v[all.n - 1] : a;
    bool good = attempt_status(last) == ATTEMPT_OK || (o && o->good);
    t->retried += last != a || good || (o && o->tried > attempt_number(t->d->index, a));
    t->succeeded += good;
    t->given_up += o && !good;
}

/* What the marks tell of each attempt that timed out, of whatever function: they are many, and walked once. */
static void words_init(struct words *w, const struct dossier *d)
{
    const struct index *x = d->index;
    uint32_t n = 0;
    *w = (struct words){.place = NULL};
    if (d->timeouts == 0)
        return;
    w->place = huge_zeros(x->attempts.n, sizeof *w->place);
    for (size_t i = 0; i < d->functions.n; i++)
        for (size_t k = 0; k < d->functions.v[i].failed.n; k++)
            if (timed_out(d->functions.v[i].failed.v[k]))
                w->place[d->functions.v[i].failed.v[k]->row] = ++n;
    w->told = calloc(n + 1, sizeof *w->told);
    if (!w->told)
        err_oom();
    for (size_t i = 0; i < x->marks.n; i++) {
        const struct attempt *a = x->marks.v[i].attempt;
        if (a && w->place[a->row])
            note_mark(&w->told[w->place[a->row]], &x->marks.v[i]);
    }
}

static void words_done(struct words *w)
{
    huge_free(w->place);
    free(w->told);
}

static void read_words(struct timeouts *t)
{
    for (size_t i = 0; i < t->picks.n; i++) {
        const struct attempt *a = t->picks.v[i];
        const struct told *k = &t->words->told[t->words->place[a->row]];
        t->causes[cause_of(t, k, a)]++;
        count_retry(t, a);
        if (k->words)
            *vec_push(&t->said) = (struct said){k->words, k->host, 1, dossier_name(t->d, k->words), i};
        else
            t->silent++;
        struct loc loc = k->line ? k->line->loc : attempt_report_loc(a);
        *vec_push(&t->lines) =
            (struct citation){loc, k->line ? k->line->time : attempt_report(a), a, {"", 0}};
    }
    join_words(t);
}

/* The host that most of the last words name, when more than half of all timeouts do. */
static void find_host(struct timeouts *t)
{
    VEC(struct said) said = {0};
    for (size_t i = 0; i < t->said.n; i++)
        if (t->said.v[i].host)
            *vec_push(&said) = t->said.v[i];
    vec_sort(&said, by_host);
    for (size_t i = 0; i < said.n; i++) {
        said.v[i].count += i && said.v[i - 1].host == said.v[i].host ? said.v[i - 1].count : 0;
        if (said.v[i].count > t->host_count) {
            t->host_count = said.v[i].count;
            t->host = said.v[i].host;
        }
    }
    vec_done(&said);
    if (t->host_count * 2 <= t->picks.n)
        t->host = 0;
}

static void find_limit(struct timeouts *t)
{
    for (size_t i = 0; i < t->picks.n; i++) {
        uint64_t limit = t->picks.v[i]->limit_s * 1000u;
        t->cold += attempt_cold(t->picks.v[i]);
        if (limit == 0)
            continue;
        t->limit_ms = limit;
        t->least_ms = t->least_ms == 0 || limit < t->least_ms ? limit : t->least_ms;
        t->most_ms = limit > t->most_ms ? limit : t->most_ms;
    }
}

static const char *limit_text(const struct timeouts *t, struct arena *m)
{
    if (t->limit_ms == 0)
        return "unknown";
    if (t->least_ms == t->most_ms)
        return detector_span(m, (int64_t)t->limit_ms);
    return arena_printf(m, "%s to %s (it was changed)", detector_span(m, (int64_t)t->least_ms),
                        detector_span(m, (int64_t)t->most_ms));
}

static void write_detail(const struct timeouts *t, struct findings *fs, struct finding *f)
{
    struct detail detail;
    detail_init(&detail);
    jsonw_put_count_or_null(&detail.w, "limit_ms", t->limit_ms > 0, t->limit_ms);
    jsonw_put_open(&detail.w, "last_words", '[');
    for (size_t i = 0; i < t->said.n; i++) {
        jsonw_open(&detail.w, '{');
        jsonw_put_string(&detail.w, "pattern", t->said.v[i].words);
        jsonw_put_count(&detail.w, "count", t->said.v[i].count);
        jsonw_close(&detail.w, '}');
    }
    jsonw_close(&detail.w, ']');
    jsonw_put_count(&detail.w, "cold", t->cold);
    jsonw_put_string_or_null(&detail.w, "host", dossier_name(t->d, t->host));
    jsonw_put_open(&detail.w, "causes", '[');
    for (size_t i = 0; i < TIMEOUT_CAUSES; i++) {
        if (t->causes[i] == 0)
            continue;
        jsonw_open(&detail.w, '{');
        jsonw_put_string(&detail.w, "class", slice_str(cause_names[i]));
        jsonw_put_count(&detail.w, "count", t->causes[i]);
        jsonw_close(&detail.w, '}');
    }
    jsonw_close(&detail.w, ']');
    jsonw_put_count(&detail.w, "retried", t->retried);
    jsonw_put_count(&detail.w, "retry_succeeded", t->succeeded);
    jsonw_put_count(&detail.w, "given_up", t->given_up);
    detail_done(&detail, fs, f);
}

static void write_words(const struct timeouts *t, struct findings *fs, struct finding *f)
{
    static const char *const columns[] = {"last line before the time-out, made alike", "#timeouts"};
    if (t->said.n == 0)
        return;
    struct finding_table *table = finding_table(f, "Last words", columns, 2);
    for (size_t i = 0; i < t->said.n && i < PATTERNS_SHOWN; i++) {
        *vec_push(&table->cells) = arena_copy(&fs->arena, t->said.v[i].words).p;
        *vec_push(&table->cells) = detector_count(&fs->arena, t->said.v[i].count);
    }
    if (t->silent) {
        *vec_push(&table->cells) = "(no application line)";
        *vec_push(&table->cells) = detector_count(&fs->arena, t->silent);
    }
}

/* Twice the limit, as far as Lambda lets it go. */
static unsigned long long longer_s(const struct timeouts *t)
{
    enum { UNKNOWN_S = 60, LAMBDA_MAX_S = 900 };
    unsigned long long twice = t->most_ms ? t->most_ms * 2 / 1000 : UNKNOWN_S;
    return twice < LAMBDA_MAX_S ? twice : LAMBDA_MAX_S;
}

static void write_prose(const struct timeouts *t, struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = dossier_name(t->d, t->f->name);
    const char *limit = limit_text(t, m);
    f->moment = "time-out";
    f->title = arena_printf(m, "%s %s of %.*s timed out", detector_count(m, t->picks.n),
                            detector_plural(t->picks.n, "invocation", "invocations"), SLICE_ARG(name));
    f->what = arena_printf(m, "%s of %s invocations ran into the limit of %s. %s of them %s cold.%s%.*s%s",
                           detector_count(m, t->picks.n), detector_count(m, t->f->attempts.n), limit,
                           t->cold ? detector_count(m, t->cold) : "None",
                           detector_plural(t->cold, "was", "were"), t->host ? " Most last spoke of " : "",
                           SLICE_ARG(t->host ? dossier_name(t->d, t->host) : SLICE("")), t->host ? "." : "");
    f->how =
        "The platform says so for each of them (the line \"Task timed out after\", or Status: timeout in the "
        "report). The last words show where an invocation was, not that this caused the delay: a "
        "longer trace or the called service's own log would confirm or disprove it.";
    finding_command(fs, f, "# gives calls more time; callers wait longer and every waiting second is billed");
    remedy_configure(t->d, t->f, arena_printf(m, "--timeout %llu", longer_s(t)), fs, f);
    remedy_stop_retries(t->d, t->f, fs, f);
    f->fix =
        "Give every outgoing call a time-out well below the function's (connect 2-5 s, whole call at most a "
        "third), abort by the context's remaining time, keep the work idempotent, and check the VPC's route "
        "to what is called.";
    const char *causes = "";
    for (size_t i = 0; i < TIMEOUT_CAUSES; i++)
        if (t->causes[i])
            causes = arena_printf(m, "%s%s%s %s", causes, *causes ? ", " : "",
                                  detector_count(m, t->causes[i]), cause_names[i]);
    finding_fact(fs, f, "by last words", "%s", causes);
    if (t->retried)
        finding_fact(fs, f, "came again with the same id", "%s, of which %s went well in the end",
                     detector_count(m, t->retried), detector_count(m, t->succeeded));
    if (t->given_up)
        finding_fact(fs, f, "given up by Lambda", "%s, by the records of a destination or dead-letter queue",
                     detector_count(m, t->given_up));
    finding_fact(fs, f, "configured limit", "%s", limit);
    finding_fact(fs, f, "cold among them", "%s", detector_count(m, t->cold));
}

static void report_function(const struct detector *self, struct timeouts *t, struct findings *fs)
{
    enum severity severity = t->picks.n >= TIMEOUT_HIGH ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    struct finding *f = finding_new(fs, self, severity, t->f->name);
    read_words(t);
    find_host(t);
    find_limit(t);
    for (size_t i = 0; i < t->picks.n; i++) {
        finding_attempt(f, t->picks.v[i]);
        finding_seen(f, t->lines.v[i].time != TIME_NONE ? t->lines.v[i].time : attempt_begin(t->picks.v[i]));
        finding_cite(f, t->lines.v[i].loc, t->lines.v[i].time, t->picks.v[i]);
    }
    write_prose(t, fs, f);
    write_words(t, fs, f);
    write_detail(t, fs, f);
    detector_level(fs, f, "attempts that timed out", t->picks.n, TIMEOUT_HIGH);
    finding_span(f, "invocations time out", f->first_seen, f->last_seen);
}

static const char *timeout_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    struct words words;
    words_init(&words, d);
    for (size_t i = 0; i < d->functions.n; i++) {
        struct timeouts t = {.d = d, .f = &d->functions.v[i], .words = &words};
        for (size_t k = 0; k < t.f->failed.n; k++)
            if (timed_out(t.f->failed.v[k]))
                *vec_push(&t.picks) = t.f->failed.v[k];
        if (t.picks.n)
            report_function(self, &t, fs);
        vec_done(&t.picks);
        vec_done(&t.said);
        vec_done(&t.lines);
    }
    words_done(&words);
    return arena_printf(&fs->arena, "none of %s %s timed out",
                        detector_count(&fs->arena, d->index->attempts.n),
                        detector_plural(d->index->attempts.n, "invocation", "invocations"));
}

const struct detector detector_timeout = {
    .name = "timeout",
    .doc = "invocations that ran into their function's time limit, and what they said last",
    .missing = "no invocation in the evidence",
    .rule = "Every attempt with \"Task timed out after\" or Status: timeout counts once. 1 or 2 are medium, "
            "3 and more high.",
    .fact = "Lambda ends an invocation at its configured timeout (900 s at most). Since 2024 the line is "
            "replaced by Status: timeout, where Duration is the limit itself (field guide 1.2).",
    .disproof = "A REPORT of the same attempt with another status, or a caller that got its answer.",
    .examine = timeout_examine,
    .run = timeout_run,
};
