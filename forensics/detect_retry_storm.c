/* retry-storm: requests that failed in every one of three or more attempts with the same request id (Lambda's
 * own retries of an asynchronous event, field guide 6.5): the event itself is the poison. A record of a
 * destination or dead-letter queue tells of attempts that are not in the logs, and that the event was given up; of
 * some the logs hold no attempt at all.
 * Severity: 3 or more such requests are high, 1 or 2 medium; info when at least half of the attempts are told
 * better by another detector (time-outs, failed inits, memory, connections, throttles), for then this is their
 * echo. */
#include "forensics/detector.h"
#include "forensics/handled.h"
#include "forensics/marked.h"
#include "forensics/remedy.h"
#include "forensics/told.h"

enum { FAMILIES_HIGH = 3, ROWS_SHOWN = 10 };

static uint64_t storm_examine(const struct dossier *d)
{
    uint64_t n = d->index->attempts.n;
    for (size_t i = 0; i < d->index->outcomes.n; i++)
        n += !d->index->outcomes.v[i].hidden;
    return n;
}

typedef VEC(const struct outcome *) outcomes;

struct storm {
    const struct dossier *d;
    const struct function *f; /* without attempts when the evidence has no log of it; its name may be 0 */
    struct handled *handled;
    marked_families families;
    size_t attempts, told;               /* in the logs */
    size_t tried;                        /* with those that only Lambda's records tell */
    size_t given_up;                     /* families with such a record, and those below */
    outcomes unlogged;                   /* requests that records alone tell of */
    const struct object_event **objects; /* one a family, or NULL */
    const struct object_event *shared;   /* the object that all families have in common, or NULL */
    struct told_all lines;               /* of the first attempts, where their error is told */
};

static size_t requests_of(const struct storm *s)
{
    return s->families.n + s->unlogged.n;
}

static const struct object_event *object_of(const struct storm *s, const struct marked_family *family)
{
    const struct object_event *o = NULL;
    for (size_t i = 0; i < family->attempts.n && !o; i++)
        o = handled_object(s->handled, family->attempts.v[i]);
    return o;
}

static bool same_object(const struct object_event *a, const struct object_event *b)
{
    return a && b && a->bucket == b->bucket && slice_eq(object_key(a), object_key(b));
}

/* Families beyond those shown have no object; the shared one must be that of every family shown. */
static void find_objects(struct storm *s)
{
    size_t shown = s->families.n < ROWS_SHOWN ? s->families.n : ROWS_SHOWN, same = 0;
    s->objects = calloc(ROWS_SHOWN, sizeof(const struct object_event *));
    if (!s->objects)
        err_oom();
    for (size_t i = 0; i < shown; i++) {
        s->objects[i] = object_of(s, &s->families.v[i]);
        same += same_object(s->objects[0], s->objects[i]);
    }
    s->shared = same == shown && requests_of(s) == shown ? s->objects[0] : NULL;
}

static const char *object_text(const struct storm *s, const struct object_event *o, struct arena *m)
{
    if (!o)
        return "";
    return arena_printf(m, "s3://%.*s/%.*s", SLICE_ARG(dossier_name(s->d, o->bucket)),
                        SLICE_ARG(object_key(o)));
}

static void write_unlogged(const struct storm *s, struct findings *fs, struct finding_table *t)
{
    for (size_t i = 0; i < s->unlogged.n && i < ROWS_SHOWN; i++) {
        const struct outcome *o = s->unlogged.v[i];
        char id[37];
        text_uuid_print(o->id.bytes, id);
        *vec_push(&t->cells) = arena_copy(&fs->arena, slice_of(id, 36)).p;
        *vec_push(&t->cells) = detector_count(&fs->arena, o->tried);
        for (size_t column = 2; column < 6; column++)
            *vec_push(&t->cells) = column == 2 ? "not in the logs" : "";
        *vec_push(&t->cells) = arena_copy(&fs->arena, dossier_name(s->d, o->condition)).p;
    }
}

static void write_table(const struct storm *s, struct findings *fs, struct finding *f)
{
    static const char *const columns[] = {"request",    "#attempts", "first (UTC)",    "last (UTC)",
                                          "error type", "S3 object", "Lambda's record"};
    struct finding_table *t = finding_table(f, "Requests that never succeeded", columns, s->given_up ? 7 : 6);
    write_unlogged(s, fs, t);
    for (size_t i = 0; i < s->families.n && i < ROWS_SHOWN; i++) {
        const struct marked_family *family = &s->families.v[i];
        const struct attempt *first = family->attempts.v[0],
                             *last = family->attempts.v[family->attempts.n - 1];
        *vec_push(&t->cells) = detector_request_id(&fs->arena, s->d, first);
        *vec_push(&t->cells) = detector_count(&fs->arena, family->tried);
        *vec_push(&t->cells) = detector_time(&fs->arena, attempt_begin(first));
        *vec_push(&t->cells) = detector_time(&fs->arena, attempt_begin(last));
        *vec_push(&t->cells) = arena_copy(&fs->arena, dossier_name(s->d, first->error_type)).p;
        *vec_push(&t->cells) = object_text(s, s->objects[i], &fs->arena);
        if (s->given_up)
            *vec_push(&t->cells) =
                arena_copy(&fs->arena, dossier_name(s->d, family->outcome ? family->outcome->condition : 0))
                    .p;
    }
}

static void write_detail(const struct storm *s, struct findings *fs, struct finding *f)
{
    struct detail detail;
    size_t most = 0;
    for (size_t i = 0; i < s->families.n; i++)
        most = s->families.v[i].tried > most ? s->families.v[i].tried : most;
    for (size_t i = 0; i < s->unlogged.n; i++)
        most = s->unlogged.v[i]->tried > most ? s->unlogged.v[i]->tried : most;
    detail_init(&detail);
    jsonw_put_count(&detail.w, "requests", requests_of(s));
    jsonw_put_count(&detail.w, "attempts", s->tried);
    jsonw_put_count(&detail.w, "attempts_logged", s->attempts);
    jsonw_put_count(&detail.w, "given_up", s->given_up);
    jsonw_put_count(&detail.w, "unlogged", s->unlogged.n);
    jsonw_put_count(&detail.w, "most_attempts", most);
    jsonw_put_count(&detail.w, "told_elsewhere", s->told);
    jsonw_put_string_or_null(&detail.w, "poison", slice_str(object_text(s, s->shared, &fs->arena)));
    detail_done(&detail, fs, f);
}

/* Where what they carried is now. */
static const char *held(const struct storm *s, struct arena *m)
{
    if (s->given_up == 0)
        return s->shared ? ""
                         : "What they carried is lost unless a dead-letter queue or a failure destination "
                           "holds it.";
    const char *alone = s->unlogged.n
                            ? arena_printf(m, " Of %s the logs hold no attempt: the records alone tell.",
                                           detector_count(m, s->unlogged.n))
                            : "";
    return arena_printf(
        m, "Lambda's own records tell that it gave %s of them up; the events stand in those records.%s",
        detector_count(m, s->given_up), alone);
}

static void write_prose(const struct storm *s, struct findings *fs, struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name =
        s->f->name ? dossier_name(s->d, s->f->name) : SLICE("a function that no record names");
    size_t requests = requests_of(s);
    f->moment = "attempt of a request that never succeeds";
    f->title = arena_printf(m, "%s %s of %.*s failed in every attempt", detector_count(m, requests),
                            detector_plural(requests, "request", "requests"), SLICE_ARG(name));
    f->what = arena_printf(
        m,
        "%s %s tried %d or more times under one request id, %s attempts in all, and failed each time. %s%s",
        detector_count(m, requests), detector_plural(requests, "request was", "requests were"),
        MARKED_FAMILY_MIN, detector_count(m, s->tried),
        s->shared ? arena_printf(m, "All of them carry %s. ", object_text(s, s->shared, m)) : "", held(s, m));
    f->how = s->families.n == 0
                 ? "Lambda's record of an asynchronous event names the request, says about how often it was "
                   "tried and that it was given up. An attempt of it that succeeded, in a log that is not at "
                   "hand, would disprove it."
                 : "Lambda repeats an asynchronous event under the same request id, twice, after about one "
                   "and two minutes; each attempt has its own START. One of the attempts succeeding, or a "
                   "caller that chooses request ids itself, would disprove it.";
    remedy_stop_retries(s->d, s->f, fs, f);
    f->fix =
        "Validate the event before the work, reject what can never succeed without raising an error, and "
        "give the function a failure destination from which the events can be sent again.";
    finding_step(fs, f,
                 "%zu requests x %d or more failed attempts each = %zu attempts, %zu of them in the logs; "
                 "%zu of these told elsewhere",
                 requests, MARKED_FAMILY_MIN, s->tried, s->attempts, s->told);
    finding_fact(fs, f, "requests / attempts", "%s / %s", detector_count(m, requests),
                 detector_count(m, s->tried));
}

static void find_lines(struct storm *s)
{
    for (size_t i = 0; i < s->families.n; i++)
        for (size_t k = 0; k < s->families.v[i].attempts.n && s->lines.list.n < TOLD_MAX; k++)
            told_add(&s->lines, s->families.v[i].attempts.v[k]);
    told_settle(&s->lines, s->d);
}

static void report(const struct detector *self, struct storm *s, struct findings *fs)
{
    enum severity severity = s->told * 2 >= s->attempts + s->unlogged.n ? SEVERITY_INFO
                             : requests_of(s) >= FAMILIES_HIGH          ? SEVERITY_HIGH
                                                                        : SEVERITY_MEDIUM;
    struct finding *f = finding_new(fs, self, severity, s->f->name);
    for (size_t i = 0; i < s->families.n; i++) {
        for (size_t k = 0; k < s->families.v[i].attempts.n; k++) {
            const struct attempt *a = s->families.v[i].attempts.v[k];
            finding_attempt(f, a);
            finding_seen(f, attempt_begin(a));
            told_cite(&s->lines, s->d, a, fs, f);
        }
        const struct outcome *o = s->families.v[i].outcome;
        if (o)
            finding_cite(f, o->loc, o->time, NULL);
    }
    for (size_t i = 0; i < s->unlogged.n; i++) {
        f->count++;
        finding_seen(f, s->unlogged.v[i]->time);
        finding_cite(f, s->unlogged.v[i]->loc, s->unlogged.v[i]->time, NULL);
    }
    find_objects(s);
    write_prose(s, fs, f);
    write_table(s, fs, f);
    write_detail(s, fs, f);
    detector_level(fs, f, "requests that never succeeded", requests_of(s), FAMILIES_HIGH);
    finding_span(f, "requests fail again and again", f->first_seen, f->last_seen);
    free(s->objects);
}

static void count_told(struct storm *s, const struct marked *plain)
{
    for (size_t i = 0; i < s->families.n; i++) {
        s->tried += s->families.v[i].tried;
        s->given_up += s->families.v[i].outcome != NULL;
        for (size_t k = 0; k < s->families.v[i].attempts.n; k++) {
            s->attempts++;
            s->told += !marked_has(plain, s->families.v[i].attempts.v[k]);
        }
    }
}

/* Given up, tried as often as makes a storm, and not in the logs. */
static bool is_unlogged(const struct outcome *o)
{
    return !o->good && !o->batch && !o->logged && !o->hidden && o->tried >= MARKED_FAMILY_MIN;
}

static void find_unlogged(struct storm *s)
{
    const struct index *x = s->d->index;
    for (size_t i = 0; i < x->outcomes.n; i++) {
        const struct outcome *o = &x->outcomes.v[i];
        if (!is_unlogged(o) || o->function != s->f->name)
            continue;
        *vec_push(&s->unlogged) = o;
        s->tried += o->tried;
        s->given_up++;
    }
}

static void examine_function(const struct detector *self, struct storm *s, const struct marked *plain,
                             struct findings *fs)
{
    marked_poisoned(s->d, s->f, &s->families);
    count_told(s, plain);
    find_unlogged(s);
    if (requests_of(s)) {
        find_lines(s);
        report(self, s, fs);
    }
    told_done(&s->lines);
    marked_families_done(&s->families);
    vec_done(&s->unlogged);
}

/* Functions that only records name, each once. */
static void examine_unlogged(const struct detector *self, const struct storm *like,
                             const struct marked *plain, struct findings *fs)
{
    const struct index *x = like->d->index;
    char *done = calloc(x->names.names.n + 1, 1);
    if (!done)
        err_oom();
    for (size_t i = 0; i < x->outcomes.n; i++) {
        struct function f = {.name = x->outcomes.v[i].function};
        struct storm s = {.d = like->d, .f = &f, .handled = like->handled};
        if (!is_unlogged(&x->outcomes.v[i]) || dossier_function(like->d, f.name) || done[f.name])
            continue;
        done[f.name] = 1;
        examine_function(self, &s, plain, fs);
    }
    free(done);
}

/* Events that were given up otherwise: for their age, no one knows after how many attempts, or as a batch of a
 * stream, whose tries nothing ties to each other. */
static const char *none_found(const struct dossier *d, struct arena *m)
{
    uint64_t n = 0;
    uint32_t condition = 0;
    for (size_t i = 0; i < d->index->outcomes.n; i++) {
        const struct outcome *o = &d->index->outcomes.v[i];
        if (o->good || o->hidden || (!o->batch && o->tried >= MARKED_FAMILY_MIN))
            continue;
        n++;
        condition = o->condition;
    }
    if (n == 0)
        return "no request failed in three attempts";
    return arena_printf(
        m,
        "no request is known to have failed in three attempts; Lambda's records tell of %s %s given "
        "up (%.*s)",
        detector_count(m, n), detector_plural(n, "event that it has", "events that it has"),
        SLICE_ARG(dossier_name(d, condition)));
}

static const char *storm_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    struct marked plain;
    struct handled handled = {.x = d->index};
    marked_storms(&plain, d);
    for (size_t i = 0; i < d->functions.n; i++) {
        struct storm s = {.d = d, .f = &d->functions.v[i], .handled = &handled};
        examine_function(self, &s, &plain, fs);
    }
    examine_unlogged(self, &(struct storm){.d = d, .handled = &handled}, &plain, fs);
    handled_done(&handled);
    marked_done(&plain);
    return none_found(d, &fs->arena);
}

const struct detector detector_retry_storm = {
    .name = "retry-storm",
    .doc = "requests that failed in every one of their attempts",
    .missing = "no invocation, and no record of a destination or dead-letter queue, in the evidence",
    .rule = "Requests with 3 or more attempts under one request id that all failed, by the logs or by the "
            "count in Lambda's record of the event. 3 or more such requests are high, 1 or 2 medium; info "
            "when half of the attempts are told by another detector.",
    .fact = "Lambda tries a failed asynchronous event again after about one and two minutes, with the same "
            "request id; the record of a destination gives the condition and about how often it was tried "
            "(field guide 6.5).",
    .disproof = "An attempt of the same request that succeeded, or a caller that chooses request ids itself.",
    .examine = storm_examine,
    .run = storm_run,
};
