/* connection-limit: a server refused connections (SRV), a client's pool was used up (POOL), or the
 * environment ran out of descriptors or threads (OS). Signatures: parsers/signatures.h, which also says which
 * lines count. Severity: 3 or more failed invocations are high, 1 or 2 medium; errors that the program
 * handled are low, from HANDLED_MEDIUM on medium. One finding for each function and engine. */
#include "forensics/detector.h"
#include "forensics/remedy.h"

enum { FAILED_HIGH = 3, HANDLED_MEDIUM = 20, OUTRANKED_MS = 60 * 1000 };

/* Limits are inferred only when the environments that held a connection agree this well over the errors. */
#define INFERENCE_SPREAD 0.2

struct episode {
    uint32_t function;
    const char *engine;
    uint32_t signature; /* the one met most */
    enum signature_class class;
    VEC(const struct mark *) marks;
};

static uint64_t limit_examine(const struct dossier *d)
{
    return detector_lines(d);
}

static bool concerns(const struct signature *s)
{
    return s->class == SIGNATURE_SRV || s->class == SIGNATURE_POOL ||
           (s->class == SIGNATURE_OS && slice_eq(slice_str(s->engine), SLICE("os")));
}

/* A mark of an attempt, by its position in index.marks, which is their order in time. */
struct claim {
    const struct attempt *attempt;
    size_t at;
};

static int by_attempt(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;
    if (x->attempt != y->attempt)
        return x->attempt < y->attempt ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static enum signature_class class_at(const struct dossier *d, size_t mark)
{
    return signatures_get(d->ev->signatures, d->index->marks.v[mark].value)->class;
}

/* The claims of one attempt, in order: when each class was met last tells which of them the others outrank. */
static void rank(const struct dossier *d, const struct claim *claims, size_t n, uint8_t *outranked)
{
    int64_t met[SIGNATURE_CLASSES];
    bool any[SIGNATURE_CLASSES] = {false};
    for (size_t i = 0; i < n; i++) {
        enum signature_class mine = class_at(d, claims[i].at);
        int64_t time = d->index->marks.v[claims[i].at].time;
        for (unsigned stronger = 0; stronger < mine; stronger++)
            outranked[claims[i].at] |= any[stronger] && met[stronger] + OUTRANKED_MS > time;
        any[mine] = true;
        met[mine] = time;
    }
}

/* In one attempt the stronger class stands for all that come in the minute behind it: SRV before POOL before OS. By mark. */
static uint8_t *find_outranked(const struct dossier *d)
{
    const struct index *x = d->index;
    VEC(struct claim) claims = {0};
    uint8_t *outranked = calloc(x->marks.n + 1, 1);
    if (!outranked)
        err_oom();
    for (size_t i = 0; i < x->marks.n; i++) {
        const struct mark *m = &x->marks.v[i];
        if (m->kind == MARK_SIGNATURE && m->attempt && concerns(signatures_get(d->ev->signatures, m->value)))
            *vec_push(&claims) = (struct claim){m->attempt, i};
    }
    vec_sort(&claims, by_attempt);
    for (size_t i = 0, end; i < claims.n; i = end) {
        for (end = i + 1; end < claims.n && claims.v[end].attempt == claims.v[i].attempt;)
            end++;
        rank(d, claims.v + i, end - i, outranked);
    }
    vec_done(&claims);
    return outranked;
}

typedef VEC(struct episode) episodes;

static struct episode *episode_of(episodes *all, uint32_t function, const struct signature *s,
                                  uint32_t signature)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].function == function && strcmp(all->v[i].engine, s->engine) == 0 &&
            all->v[i].class == s->class)
            return &all->v[i];
    struct episode *e = vec_push(all);
    *e = (struct episode){
        .function = function, .engine = s->engine, .signature = signature, .class = s->class};
    return e;
}

/* Of two that were met equally often, the one that was so first. */
static void name_signature(const struct dossier *d, struct episode *e)
{
    size_t *met = calloc(signatures_count(d->ev->signatures), sizeof *met);
    if (!met)
        err_oom();
    for (size_t i = 0; i < e->marks.n; i++)
        if (++met[e->marks.v[i]->value] > met[e->signature])
            e->signature = e->marks.v[i]->value;
    free(met);
}

static void collect(const struct dossier *d, episodes *all)
{
    const struct index *x = d->index;
    uint8_t *outranked = find_outranked(d);
    for (size_t i = 0; i < x->marks.n; i++) {
        const struct mark *m = &x->marks.v[i];
        if (m->kind != MARK_SIGNATURE || outranked[i])
            continue;
        const struct signature *s = signatures_get(d->ev->signatures, m->value);
        if (!concerns(s))
            continue;
        struct episode *e = episode_of(all, x->streams.v[m->stream].function, s, m->value);
        *vec_push(&e->marks) = m;
    }
    for (size_t i = 0; i < all->n; i++)
        name_signature(d, &all->v[i]);
    free(outranked);
}

struct tally {
    uint64_t count, failed, environments;
    size_t first_alive, peak_alive;
    double holders_low, holders_high; /* environments alive and not refused, over the errors */
    bool burst;                       /* began with many environments born in the minute before */
    uint8_t *refused;                 /* by stream: it has an error */
};

static void count_environment(const struct dossier *d, const struct mark *m, struct tally *t)
{
    if (t->refused[m->stream] || !d->index->streams.v[m->stream].environment)
        return;
    t->refused[m->stream] = 1;
    t->environments++;
}

/* How many environments had been born and were never refused while others were: those that held a connection.
 * One whose last line stands before the first error may be gone; one that fell silent later is frozen, and a
 * frozen environment keeps its sockets. Looked at over HOLDER_SAMPLES errors, evenly spread. */
static void count_holders(const struct dossier *d, const struct function *fn, const struct episode *e,
                          struct tally *t)
{
    enum { HOLDER_SAMPLES = 128 };
    int64_t first = e->marks.v[0]->time;
    size_t step = e->marks.n / HOLDER_SAMPLES + 1;
    for (size_t i = 0; i < e->marks.n; i += step) {
        double holders = 0;
        for (size_t k = 0; k < fn->streams.n; k++) {
            const struct stream *s = &d->index->streams.v[fn->streams.v[k]];
            holders += s->first <= e->marks.v[i]->time && s->last >= first && !t->refused[fn->streams.v[k]];
        }
        if (i == 0 || holders < t->holders_low)
            t->holders_low = holders;
        if (holders > t->holders_high)
            t->holders_high = holders;
    }
}

static int by_pointer(const void *a, const void *b)
{
    const struct attempt *x = *(const struct attempt *const *)a, *y = *(const struct attempt *const *)b;
    return x < y ? -1 : x > y;
}

/* Pointers to the attempts of an episode, each once, and whether it was counted yet. */
struct once {
    detector_picks attempts;
    char *counted;
};

static void once_make(const struct episode *e, struct once *o)
{
    size_t kept = 0;
    for (size_t i = 0; i < e->marks.n; i++)
        if (e->marks.v[i]->attempt)
            *vec_push(&o->attempts) = e->marks.v[i]->attempt;
    vec_sort(&o->attempts, by_pointer);
    for (size_t i = 0; i < o->attempts.n; i++)
        if (kept == 0 || o->attempts.v[kept - 1] != o->attempts.v[i])
            o->attempts.v[kept++] = o->attempts.v[i];
    o->attempts.n = kept;
    o->counted = calloc(kept + 1, 1);
    if (!o->counted)
        err_oom();
}

static bool once_first(struct once *o, const struct attempt *a)
{
    const struct attempt **hit = bsearch(&a, o->attempts.v, o->attempts.n, sizeof *o->attempts.v, by_pointer);
    char *counted = &o->counted[hit - o->attempts.v];
    bool first = !*counted;
    *counted = 1;
    return first;
}

static void count_mark(const struct mark *m, struct once *once, struct tally *t, struct finding *f)
{
    if (m->attempt && !once_first(once, m->attempt))
        return;
    t->count++;
    if (m->attempt) {
        enum attempt_status status = attempt_status(m->attempt);
        t->failed += status != ATTEMPT_OK && status != ATTEMPT_INCOMPLETE;
        finding_attempt(f, m->attempt);
    } else {
        t->failed += m->level >= LEVEL_ERROR || m->level == LEVEL_NONE;
        f->count++;
    }
    finding_cite(f, m->loc, m->time, m->attempt);
}

static void tally_make(const struct dossier *d, const struct episode *e, struct tally *t, struct finding *f)
{
    const struct function *fn = dossier_function(d, e->function);
    struct once once = {.counted = NULL};
    once_make(e, &once);
    for (size_t i = 0; i < e->marks.n; i++) {
        count_mark(e->marks.v[i], &once, t, f);
        count_environment(d, e->marks.v[i], t);
        finding_seen_at(f, e->marks.v[i]->time, e->marks.v[i]->loc);
    }
    vec_done(&once.attempts);
    free(once.counted);
    if (!fn || f->first_seen == TIME_NONE)
        return;
    count_holders(d, fn, e, t);
    t->first_alive = dossier_alive(d, fn, f->first_seen);
    t->peak_alive = dossier_alive_peak(d, fn, f->first_seen, f->last_seen);
    size_t born = 0;
    for (size_t i = 0; i < fn->streams.n; i++) {
        const struct stream *s = &d->index->streams.v[fn->streams.v[i]];
        born += s->first <= f->first_seen && s->first > f->first_seen - 60000;
    }
    t->burst = born >= 10 && born * 2 >= t->first_alive;
}

/* One connection an environment: those alive and never refused held one each. Null unless the errors agree.
 */
static bool inferred(const struct episode *e, const struct tally *t)
{
    return e->class == SIGNATURE_SRV && t->environments >= 3 && t->holders_low >= 2 &&
           t->holders_high - t->holders_low <= INFERENCE_SPREAD * t->holders_high;
}

static void write_detail(const struct dossier *d, const struct episode *e, const struct tally *t,
                         struct findings *fs, struct finding *f)
{
    struct detail detail;
    bool timed = t->environments > 0 && f->first_seen != TIME_NONE;
    detail_init(&detail);
    jsonw_put_string(&detail.w, "engine", slice_str(e->engine));
    jsonw_put_string(&detail.w, "signature",
                     slice_str(signatures_get(d->ev->signatures, e->signature)->name));
    jsonw_put_string(&detail.w, "class", slice_str(signature_class_name(e->class)));
    jsonw_put_count_or_null(&detail.w, "concurrency_at_first", timed, t->first_alive);
    jsonw_put_count_or_null(&detail.w, "peak_concurrency", timed, t->peak_alive);
    jsonw_put_count_or_null(&detail.w, "inferred_limit", inferred(e, t), (uint64_t)t->holders_high);
    jsonw_key(&detail.w, "inferred_range");
    if (inferred(e, t)) {
        jsonw_open(&detail.w, '[');
        jsonw_i64(&detail.w, (int64_t)t->holders_low);
        jsonw_i64(&detail.w, (int64_t)t->holders_high);
        jsonw_close(&detail.w, ']');
    } else {
        jsonw_null(&detail.w);
    }
    jsonw_put_count(&detail.w, "environments", t->environments);
    jsonw_put_count(&detail.w, "failed", t->failed);
    jsonw_put_bool(&detail.w, "burst", t->burst);
    detail_done(&detail, fs, f);
}

/* What each class is about, in words. */
static const struct wording {
    const char *refuser, *moment, *span, *disproof, *fix;
} wordings[] = {
    [SIGNATURE_SRV] =
        {"refused connections", "refused connection", "connections refused",
         "The server's own log or its connection metric would confirm it; errors that go on when few "
         "environments are alive would disprove the limit.",
         "Put RDS Proxy or a pooler in front, keep one connection an environment, created outside "
         "the handler and reused, and cap the concurrency below the server's limit."},
    [SIGNATURE_POOL] =
        {"had no free connection in the client's pool", "wait for the client's pool",
         "the client's pool is used up",
         "Each environment has a pool of its own, so their number does not matter. The pool's own "
         "count of connections in use would confirm it; free ones at that time would disprove it.",
         "Give every connection back, also after an error, and make the pool as large as the calls "
         "that one environment makes at once."},
    [SIGNATURE_OS] =
        {"ran out of descriptors or threads", "lack of descriptors or threads",
         "descriptors or threads are used up",
         "Each environment has descriptors of its own, 1,024 that cannot be raised (AWS), so the number "
         "of environments does not matter. A count of /proc/self/fd from one invocation to the next would "
         "confirm a leak or disprove it.",
         "Close sockets and files, and create clients once, outside the handler, with keep-alive."},
};

static const char *engine_title(const struct episode *e)
{
    static const char *const names[][2] = {
        {"mysql", "MySQL"},         {"postgres", "PostgreSQL"},      {"redis", "Redis"},
        {"mongodb", "MongoDB"},     {"sqlserver", "SQL Server"},     {"oracle", "Oracle"},
        {"memcached", "Memcached"}, {"pool", "The connection pool"}, {"os", "The environment"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(e->engine, names[i][0]) == 0)
            return names[i][1];
    return e->engine;
}

/* How many environments the server can bear; 0 when the evidence does not tell. */
static size_t cap_of(const struct episode *e, const struct tally *t)
{
    size_t bearable = inferred(e, t) ? (size_t)t->holders_low : t->first_alive;
    return bearable > 1 ? bearable * 8 / 10 : 0;
}

static void write_server_commands(const struct dossier *d, const struct episode *e, const struct tally *t,
                                  struct findings *fs, struct finding *f)
{
    size_t cap = cap_of(e, t);
    if (cap > 0) {
        finding_command(fs, f,
                        "# caps the environments below the limit; calls beyond it are throttled (429)");
        finding_command(
            fs, f,
            "aws lambda put-function-concurrency --function-name %s --reserved-concurrent-executions %zu",
            dossier_shell_name(&fs->arena, dossier_name(d, e->function)), cap);
    }
    if (strcmp(e->engine, "postgres") == 0)
        finding_command(fs, f,
                        "psql -c \"select pg_terminate_backend(pid) from pg_stat_activity where state='idle' "
                        "and state_change < now()-interval '5 min'\"");
    if (strcmp(e->engine, "mysql") == 0)
        finding_command(fs, f, "mysql -e \"show processlist\"   # then kill the idle ids");
}

static void write_commands(const struct dossier *d, const struct episode *e, const struct tally *t,
                           struct findings *fs, struct finding *f)
{
    const struct function *fn = dossier_function(d, e->function);
    if (e->class == SIGNATURE_SRV) {
        write_server_commands(d, e, t, fs, f);
    } else if (fn) {
        finding_command(
            fs, f,
            "# replaces all environments, which gives back what they leaked until it has leaked again");
        remedy_configure(d, fn, "--description restart", fs, f);
    }
}

/* "17", or "17 to 19". */
static const char *holders(struct arena *m, const struct tally *t)
{
    if (t->holders_high - t->holders_low < 0.5)
        return arena_printf(m, "%.0f", t->holders_high);
    return arena_printf(m, "%.0f to %.0f", t->holders_low, t->holders_high);
}

static void write_prose(const struct dossier *d, const struct episode *e, const struct tally *t,
                        struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    const struct signature *s = signatures_get(d->ev->signatures, e->signature);
    struct slice name = dossier_name(d, e->function);
    const char *counted = detector_counted(m, f);
    f->title = arena_printf(m, "%s %s: %s of %.*s", engine_title(e), wordings[e->class].refuser, counted,
                            SLICE_ARG(name));
    const char *alive =
        t->environments && f->first_seen != TIME_NONE
            ? arena_printf(m, " %zu %s alive at the first error, %zu at the peak.", t->first_alive,
                           detector_plural(t->first_alive, "environment was", "environments were"),
                           t->peak_alive)
            : "";
    const char *limit = inferred(e, t)
                            ? arena_printf(m,
                                           " %s environments held a connection when others were refused: the "
                                           "limit is about %.0f, at one connection each.",
                                           holders(m, t), t->holders_high)
                            : "";
    const char *failed = t->failed == t->count ? "all" : t->failed ? detector_count(m, t->failed) : "none";
    f->moment = wordings[e->class].moment;
    const char *whose =
        arena_printf(m, "%s of which failed, from %s %s", failed, detector_count(m, t->environments),
                     detector_plural(t->environments, "environment", "environments"));
    if (f->attempts.n == 0)
        whose = arena_printf(m, "which %s to no invocation in the evidence",
                             detector_plural(t->count, "belongs", "belong"));
    f->what = arena_printf(m, "%s %s in %s, %s.%s%s%s", engine_title(e), wordings[e->class].refuser, counted,
                           whose, alive, limit,
                           t->burst ? " It began within a minute of a burst of new environments." : "");
    f->how = arena_printf(m,
                          "The error text of the driver, server or system (signature %s, class %s) in lines "
                          "that report an error. %s",
                          s->name, signature_class_name(s->class), wordings[e->class].disproof);
    f->fix = s->fix && *s->fix ? s->fix : wordings[e->class].fix;
    finding_fact(fs, f, "signature", "%s (%s)", s->name, signature_class_name(s->class));
    finding_fact(fs, f, "environments with the error", "%s", detector_count(m, t->environments));
    finding_step(fs, f, "environments born and never refused, over the errors: %.0f to %.0f%s",
                 t->holders_low, t->holders_high,
                 inferred(e, t) ? ": at one connection each, the limit" : ": no limit is inferred");
    finding_step(fs, f, "alive at the first error %zu, at the peak %zu", t->first_alive, t->peak_alive);
    write_commands(d, e, t, fs, f);
}

static enum severity severity_of(const struct tally *t)
{
    if (t->failed >= FAILED_HIGH)
        return SEVERITY_HIGH;
    if (t->failed > 0 || t->count >= HANDLED_MEDIUM)
        return SEVERITY_MEDIUM;
    return SEVERITY_LOW;
}

/* ECONNREFUSED, a name that does not resolve and their like are a server that is away, not one that is full. */
static const char *write_clean(const struct dossier *d, struct arena *m)
{
    uint64_t away = 0;
    for (size_t i = 0; i < d->index->marks.n; i++) {
        const struct mark *k = &d->index->marks.v[i];
        away +=
            k->kind == MARK_SIGNATURE && signatures_get(d->ev->signatures, k->value)->class == SIGNATURE_NET;
    }
    const char *beside = away == 0
                             ? ""
                             : arena_printf(m, "; %s %s of a network error, which is no limit",
                                            detector_count(m, away), detector_plural(away, "tells", "tell"));
    return arena_printf(m, "no connection limit met in %s application lines, by %zu signatures%s",
                        detector_count(m, detector_lines(d)), signatures_count(d->ev->signatures), beside);
}

static const char *limit_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    episodes all = {0};
    collect(d, &all);
    for (size_t i = 0; i < all.n; i++) {
        struct episode *e = &all.v[i];
        struct tally t = {.refused = calloc(d->index->streams.n + 1, 1)};
        if (!t.refused)
            err_oom();
        struct finding *f = finding_new(fs, self, SEVERITY_LOW, e->function);
        tally_make(d, e, &t, f);
        f->severity = severity_of(&t);
        f->key = arena_printf(&fs->arena, "%s %d", e->engine, (int)e->class);
        write_prose(d, e, &t, fs, f);
        write_detail(d, e, &t, fs, f);
        detector_level(fs, f, "failed attempts", t.failed, FAILED_HIGH);
        if (t.failed == 0)
            detector_level(fs, f, "handled errors", t.count, HANDLED_MEDIUM);
        finding_span(f, wordings[e->class].span, f->first_seen, f->last_seen);
        free(t.refused);
        vec_done(&e->marks);
    }
    vec_done(&all);
    return write_clean(d, &fs->arena);
}

const struct detector detector_connection_limit = {
    .name = "connection-limit",
    .doc = "a server, a client's pool or the environment itself ran out of connections",
    .missing = "no application line in the evidence",
    .rule = "An application line that reports one of the catalogue's errors of class SRV, POOL or OS, by "
            "the rules of \"which lines count\". 3 or more failed attempts are high, 1 or 2 medium; handled "
            "errors are low, 20 and more medium. Two lines in one attempt count once.",
    .fact = "Each environment holds its own connections, frozen ones too: environments times pool size "
            "beyond the server's limit are refused (field guide 8.4, 9.5). The limit is inferred when the "
            "environments never refused are the same number, within 20 %, at every error.",
    .disproof =
        "Refused by a server: its own connection metric below its limit at that time, or errors that go on "
        "when few environments are alive. A client's pool or descriptors: free ones at that time.",
    .examine = limit_examine,
    .run = limit_run,
};
