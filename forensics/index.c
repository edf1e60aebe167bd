/* Filling of the index; index_merge.c joins what the workers have filled. */
#include "forensics/index.h"

#include "forensics/attempt.h"
#include "forensics/outcomes.h"

void index_init(struct index *x)
{
    *x = (struct index){.rows_n = 0};
    arena_init(&x->arena);
    intern_init(&x->names);
    intern_init(&x->stream_keys);
    intern_init(&x->fact_keys);
    *vec_push(&x->facts) = (struct object_facts){0};
}

void index_done(struct index *x)
{
    if (!x)
        return;
    open_done(&x->open);
    vec_done(&x->streams);
    vec_done(&x->families);
    vec_done(&x->traces);
    vec_done(&x->attempts);
    vec_done(&x->runs);
    vec_done(&x->marks);
    vec_done(&x->phases);
    vec_done(&x->objects);
    vec_done(&x->gateway);
    vec_done(&x->spans);
    vec_done(&x->links);
    vec_done(&x->messages);
    vec_done(&x->outcomes);
    intern_done(&x->names);
    intern_done(&x->stream_keys);
    intern_done(&x->fact_keys);
    vec_done(&x->facts);
    arena_done(&x->arena);
}

/* ---- streams ---- */

/* Keeps the name that sorts first, so that the order of meeting does not matter. */
void index_keep_least(struct index *x, uint32_t *slot, uint32_t id)
{
    if (id == 0 || *slot == id)
        return;
    if (*slot == 0 || slice_cmp(intern_name(&x->names, id), intern_name(&x->names, *slot)) < 0)
        *slot = id;
}

struct stream *index_stream_of(struct index *x, struct slice key, uint32_t *ret_id)
{
    uint32_t id = intern_id(&x->stream_keys, key);
    if (id > x->streams.n)
        *vec_push(&x->streams) = (struct stream){.first = INT64_MAX, .last = INT64_MIN};
    *ret_id = id - 1;
    return &x->streams.v[id - 1];
}

uint32_t index_stream(struct index *x, const struct stream_facts *facts)
{
    uint32_t id;
    struct stream *s = index_stream_of(x, facts->key, &id);
    index_keep_least(x, &s->name, intern_id(&x->names, facts->name));
    index_keep_least(x, &s->group, intern_id(&x->names, facts->group));
    index_keep_least(x, &s->function_assumed, intern_id(&x->names, facts->function_assumed));
    index_name_function(x, s, intern_id(&x->names, facts->function_platform));
    index_keep_least(x, &s->function_path, intern_id(&x->names, facts->function_path));
    index_keep_least(x, &s->folder, intern_id(&x->names, facts->folder));
    return id;
}

/* A second name says that lines of several functions are in it. */
void index_name_function(struct index *x, struct stream *s, uint32_t function)
{
    s->several |= function && s->function_platform && s->function_platform != function;
    index_keep_least(x, &s->function_platform, function);
}

void index_stream_lives(struct index *x, uint32_t stream, int64_t time)
{
    struct stream *s = &x->streams.v[stream];
    if (time == TIME_NONE)
        return;
    if (time < s->first)
        s->first = time;
    if (time > s->last)
        s->last = time;
}

/* ---- attempts ---- */

/* A part ends with its source, so that what it holds does not depend on which file the worker read before. */
static void enter_source(struct index *x, uint32_t source)
{
    if (source == x->open_source)
        return;
    open_clear(&x->open);
    x->open_source = source;
}

/* Not set. Rows are taken from the arena many at a time, so that each begins with a line of the cache. */
static struct attempt *next_row(struct index *x)
{
    enum { ROWS = 256, SIZE = sizeof(struct attempt) };
    if (x->rows_n == 0) {
        char *p = arena_take(&x->arena, (ROWS + 1) * SIZE);
        x->rows = (void *)(p + (SIZE - (uintptr_t)p % SIZE) % SIZE);
        x->rows_n = ROWS;
    }
    x->rows_n--;
    return x->rows++;
}

/* `open` is where the part of the id stands that does not take the line, or NULL. What fell out of the table and
 * meets a late line becomes two parts, which the freeze joins. */
static struct attempt *new_part(struct index *x, const struct event *e, uint32_t stream, struct loc loc,
                                struct attempt **open)
{
    struct attempt *a = next_row(x);
    *a = attempt_none;
    a->id = e->id;
    a->loc = loc;
    a->stream = stream;
    if (!e->is_uuid)
        a->id_text = intern_id(&x->names, e->id_text);
    *vec_push(&x->attempts) = a;
    if (open)
        *open = a;
    else
        open_add(&x->open, &a->id, a);
    return a;
}

void attempt_begins(struct attempt *a, int64_t time)
{
    int32_t *const times[] = {&a->start_after, &a->end_after, &a->report_after};
    if (time == TIME_NONE || (a->first != TIME_NONE && time >= a->first))
        return;
    int64_t shift = a->first == TIME_NONE ? 0 : a->first - time;
    for (size_t i = 0; i < 3; i++)
        *times[i] = *times[i] == AFTER_NONE ? AFTER_NONE : (int32_t)(*times[i] + shift);
    a->first = time;
}

static int64_t latest(const struct attempt *a)
{
    int32_t last = a->start_after > a->end_after ? a->start_after : a->end_after;
    last = a->report_after > last ? a->report_after : last;
    return a->first + (last > 0 ? last : 0);
}

static int32_t after(const struct attempt *a, int64_t time)
{
    return time == TIME_NONE ? AFTER_NONE : (int32_t)(time - a->first);
}

static void part_lives(struct attempt *a, int64_t time, struct loc loc)
{
    bool earlier = time != TIME_NONE && (a->first == TIME_NONE || time < a->first);
    bool tie = time == a->first && loc_before(loc, a->loc);
    if (earlier)
        attempt_begins(a, time);
    if ((earlier || tie) && !(a->flags & ATTEMPT_START))
        a->loc = loc;
}

/* May the START be that of the REPORT met before? Its duration tells, with 30 s for an init before it and extensions
 * behind it: Lambda tries an event again after a minute (field guide, api-gateway-and-queues 6.5). A REPORT behind its
 * START is not asked: where a shipper stamps lines, it may come with the next invocation. */
static bool begins_report(const struct attempt *a, int64_t start)
{
    enum { SLACK_MS = 30000 };
    int64_t report = attempt_report(a);
    return start == TIME_NONE || report == TIME_NONE || !decimal_known(a->duration) ||
           report - start <= a->duration.scaled / DECIMAL_SCALE + SLACK_MS;
}

/* Does a line of this kind and time fit the part, or does it belong to another attempt of the same id? */
static bool part_takes(const struct attempt *a, enum event_kind kind, int64_t time)
{
    bool timed = time != TIME_NONE && a->first != TIME_NONE;
    if (timed && (time - a->first > ATTEMPT_APART_MS || latest(a) - time > ATTEMPT_APART_MS))
        return false;
    if (kind == EVENT_START)
        return !(a->flags & ATTEMPT_START) && (timed ? a->first >= time : !(a->flags & ATTEMPT_REPORT)) &&
               begins_report(a, time);
    if (kind == EVENT_END && (a->flags & ATTEMPT_END))
        return false;
    if (kind == EVENT_REPORT && (a->flags & ATTEMPT_REPORT))
        return false;
    return !timed || !(a->flags & ATTEMPT_START) || time >= a->first + a->start_after;
}

struct attempt *index_attempt(struct index *x, const struct event *e, uint32_t stream, int64_t time,
                              struct loc loc, struct attempt *hint)
{
    bool same = hint && memcmp(&hint->id, &e->id, sizeof e->id) == 0;
    enter_source(x, loc.source);
    struct attempt **open = same ? NULL : open_find(&x->open, &e->id);
    struct attempt *a = same ? hint : open ? *open : NULL;
    if (!a || a->stream != stream || !part_takes(a, e->kind, time))
        a = new_part(x, e, stream, loc, same ? open_find(&x->open, &e->id) : open);
    part_lives(a, time, loc);
    return a;
}

/* ---- platform events ---- */

/* Bytes kept of what a crash line says: it is one of few sentences of the platform. */
enum { MESSAGE_MAX = 160 };

static void mark_crash(struct index *x, struct attempt *a, const struct event *e, uint32_t stream,
                       int64_t time, struct loc loc)
{
    struct mark m = {
        .time = time, .attempt = a, .loc = loc, .stream = stream, .kind = MARK_ERROR, .level = e->level};
    m.text = intern_id(&x->names, e->error_type);
    m.host = intern_id(&x->names, slice_head(e->text, MESSAGE_MAX));
    *vec_push(&x->marks) = m;
}

/* The name id of a short text that is mostly the one met before: $LATEST. */
static uint32_t same_as_last(struct index *x, struct slice s)
{
    if (s.n == 0 || !slice_eq(s, intern_name(&x->names, x->last_name)))
        x->last_name = intern_id(&x->names, s);
    return x->last_name;
}

static void on_start(struct index *x, struct attempt *a, const struct event *e, int64_t time, struct loc loc)
{
    a->start_after = after(a, time);
    a->loc = loc;
    a->report_bytes = a->report_lines = 0;
    a->flags |= ATTEMPT_START;
    index_keep_least(x, &a->version, same_as_last(x, e->version));
}

/* A number that fits the row, or 0. */
static uint16_t small(uint64_t n)
{
    return n <= UINT16_MAX ? (uint16_t)n : 0;
}

void attempt_place_report(struct attempt *a, struct loc loc)
{
    bool fits = loc.source == a->loc.source && loc.offset >= a->loc.offset && loc.line >= a->loc.line &&
                loc.offset - a->loc.offset <= UINT32_MAX && loc.line - a->loc.line <= UINT16_MAX;
    a->report_bytes = fits ? (uint32_t)(loc.offset - a->loc.offset) : 0;
    a->report_lines = fits ? (uint16_t)(loc.line - a->loc.line) : 0;
}

static void on_report(struct index *x, struct attempt *a, const struct event *e, int64_t time, struct loc loc)
{
    a->report_after = after(a, time);
    attempt_place_report(a, loc);
    a->duration = e->duration;
    a->billed_ms = decimal_known(e->billed) ? (uint32_t)(e->billed.scaled / DECIMAL_SCALE) : BILLED_NONE;
    a->init = e->init;
    a->memory_mb = small(e->memory_mb);
    a->max_memory_mb = small(e->max_memory_mb);
    a->flags |= ATTEMPT_REPORT | (e->restored ? ATTEMPT_RESTORED : 0) | (e->status ? ATTEMPT_STATUS : 0);
    if (e->error_type.n)
        index_keep_least(x, &a->error_type, intern_id(&x->names, e->error_type));
    if (e->status == STATUS_ERROR)
        a->flags |= ATTEMPT_ERROR;
    if (e->status == STATUS_TIMEOUT) {
        a->flags |= ATTEMPT_TIMEOUT;
        /* The new style shows the configured limit as the duration, whole seconds. */
        a->limit_s = small((uint64_t)e->duration.scaled / DECIMAL_SCALE / 1000);
    }
}

static void on_status(struct index *x, struct attempt *a, const struct event *e)
{
    if (e->status == STATUS_ERROR)
        a->flags |= ATTEMPT_ERROR;
    if (e->status == STATUS_TIMEOUT)
        a->flags |= ATTEMPT_TIMEOUT;
    index_keep_least(x, &a->error_type, intern_id(&x->names, e->error_type));
}

static void on_invocation(struct index *x, struct attempt *a, const struct event *e, uint32_t stream,
                          int64_t time, struct loc loc)
{
    switch (e->kind) {
    case EVENT_START: on_start(x, a, e, time, loc); break;
    case EVENT_REPORT: on_report(x, a, e, time, loc); break;
    case EVENT_END:
        a->end_after = after(a, time);
        a->flags |= ATTEMPT_END;
        break;
    case EVENT_RUNTIME_DONE:
        a->flags |= ATTEMPT_DONE;
        on_status(x, a, e);
        break;
    case EVENT_CRASH:
    case EVENT_TIMEOUT:
        on_status(x, a, e);
        if (e->limit_ms)
            a->limit_s = small(e->limit_ms / 1000);
        break;
    case EVENT_APP:
    case EVENT_INIT_START:
    case EVENT_INIT_DONE:
    case EVENT_INIT_REPORT:
    case EVENT_RESTORE_START:
    case EVENT_RESTORE_REPORT:
    case EVENT_TRACE:
    case EVENT_EXTENSION:
    case EVENT_NAMELESS:
    case EVENT_LOGS_DROPPED:
    case EVENT_GATEWAY:
    case EVENT_KINDS: break;
    }
    if (e->trace.n)
        index_trace(x, a, e->trace);
    if (e->kind == EVENT_CRASH)
        mark_crash(x, a, e, stream, time, loc);
}

static void on_phase(struct index *x, const struct event *e, uint32_t function, uint32_t stream, int64_t time,
                     struct loc loc)
{
    struct phase p = {.time = time, .loc = loc, .init = e->init, .stream = stream, .kind = e->kind};
    p.function = function;
    p.runtime = intern_id(&x->names, e->runtime);
    p.error_type = intern_id(&x->names, e->error_type);
    p.version = intern_id(&x->names, e->version);
    p.phase = e->phase;
    p.status = e->status;
    *vec_push(&x->phases) = p;
}

void index_init_error(struct index *x, const struct event *e, uint32_t stream, int64_t time, struct loc loc)
{
    on_phase(x, e, 0, stream, time, loc);
    x->phases.v[x->phases.n - 1].status = STATUS_ERROR;
}

struct attempt *index_platform(struct index *x, const struct event *e, uint32_t stream, int64_t time,
                               struct loc loc, struct attempt *hint)
{
    struct stream *s = &x->streams.v[stream];
    struct attempt *a = NULL;
    uint32_t function = e->function.n ? intern_id(&x->names, e->function) : 0;
    index_stream_lives(x, stream, time);
    s->environment = true;
    if (function)
        index_name_function(x, s, function);
    switch (e->kind) {
    case EVENT_START:
    case EVENT_END:
    case EVENT_REPORT:
    case EVENT_RUNTIME_DONE:
    case EVENT_TIMEOUT:
    case EVENT_CRASH:
        if (!e->has_id)
            break;
        a = index_attempt(x, e, stream, time, loc, hint);
        a->function = function ? function : a->function;
        on_invocation(x, a, e, stream, time, loc);
        break;
    case EVENT_INIT_DONE:
        if (e->status == STATUS_ERROR || e->status == STATUS_TIMEOUT)
            on_phase(x, e, function, stream, time, loc);
        break;
    case EVENT_INIT_START:
    case EVENT_INIT_REPORT:
    case EVENT_RESTORE_START:
    case EVENT_RESTORE_REPORT: on_phase(x, e, function, stream, time, loc); break;
    case EVENT_APP:
    case EVENT_TRACE:
    case EVENT_EXTENSION:
    case EVENT_NAMELESS:
    case EVENT_LOGS_DROPPED:
    case EVENT_GATEWAY:
    case EVENT_KINDS: break;
    }
    return a;
}
