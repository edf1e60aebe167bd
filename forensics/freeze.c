/* Freezing the index. Steps, each over all rows: parts of one request id become attempts; streams get their
 * function; lines without an id find the attempt that was open; repeated inits are charged; order. */
#include "forensics/freeze.h"

#include "forensics/keys.h"
#include "forensics/place.h"

enum {
    /* START, END and application lines come from different writers: inversions of a few ms are normal (field
     * guide 1.7), a whole second is not. */
    TIE_MS = 1000,
    /* INIT_REPORT of a repeated init stands 0 to 1 ms before its START (53 of 53 in a real export). */
    REINIT_MS = 50,
    /* An init may take 10 s before it is ended (field guide 1.5). */
    INIT_MAX_MS = 10000,
};

/* ---- attempts from parts ---- */

static bool place_before(struct loc a, struct loc b)
{
    if (a.source != b.source)
        return a.source < b.source;
    return a.offset != b.offset ? a.offset < b.offset : a.line < b.line;
}

static int by_stream_time(const void *a, const void *b)
{
    const struct attempt *x = *(struct attempt *const *)a, *y = *(struct attempt *const *)b;
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    bool start_x = x->flags & ATTEMPT_START, start_y = y->flags & ATTEMPT_START;
    if (start_x != start_y)
        return start_x ? -1 : 1;
    return place_before(x->loc, y->loc) ? -1 : place_before(y->loc, x->loc);
}

static bool report_equal(const struct attempt *a, const struct attempt *b)
{
    return a->report == b->report && a->duration.scaled == b->duration.scaled;
}

/* May `b`, which begins no earlier, be a piece of `a`? Equal lines are the same line met twice. */
static bool same_attempt(const struct attempt *a, const struct attempt *b)
{
    uint16_t both = a->flags & b->flags;
    if ((both & ATTEMPT_START) && a->start != b->start)
        return false;
    if ((both & ATTEMPT_REPORT) && !report_equal(a, b))
        return false;
    if ((both & ATTEMPT_END) && a->end != b->end)
        return false;
    bool untimed = a->first == TIME_NONE;
    if (untimed && (both & (ATTEMPT_START | ATTEMPT_REPORT)) && a->loc.source == b->loc.source)
        return false;
    if ((b->flags & ATTEMPT_START) && !(a->flags & ATTEMPT_START) && !untimed)
        return b->start - a->first <= TIE_MS;
    return true;
}

static unsigned count_bits(uint16_t flags)
{
    return (unsigned)__builtin_popcount(flags & (ATTEMPT_START | ATTEMPT_END | ATTEMPT_REPORT));
}

static void absorb_report(struct attempt *a, const struct attempt *b)
{
    a->report = b->report;
    a->report_loc = b->report_loc;
    a->duration = b->duration;
    a->billed = b->billed;
    a->init = b->init;
    a->memory_mb = b->memory_mb;
    a->max_memory_mb = b->max_memory_mb;
}

static void absorb(struct index *x, struct attempt *a, struct attempt *b)
{
    x->duplicates += count_bits(a->flags & b->flags);
    if (!(a->flags & ATTEMPT_START) && (b->flags & ATTEMPT_START)) {
        a->start = b->start;
        a->loc = b->loc;
    }
    if (!(a->flags & ATTEMPT_END) && (b->flags & ATTEMPT_END))
        a->end = b->end;
    if (!(a->flags & ATTEMPT_REPORT) && (b->flags & ATTEMPT_REPORT))
        absorb_report(a, b);
    a->version = a->version ? a->version : b->version;
    a->error_type = a->error_type ? a->error_type : b->error_type;
    a->trace = a->trace ? a->trace : b->trace;
    a->lines += b->lines;
    for (size_t i = 0; i < 2 && b->keys[i]; i++)
        attempt_names(a, b->keys[i]);
    a->limit_ms = a->limit_ms ? a->limit_ms : b->limit_ms;
    if (a->first == TIME_NONE || (b->first != TIME_NONE && b->first < a->first))
        a->first = b->first;
    a->flags |= b->flags;
    b->flags |= ATTEMPT_MERGED;
    b->next = a; /* marks follow it */
}

static void settle_id(struct index *x, struct attempt *head)
{
    VEC(struct attempt *) parts = {0};
    for (struct attempt *a = head; a; a = a->next)
        *vec_push(&parts) = a;
    for (size_t i = 0; i < parts.n; i++)
        parts.v[i]->next = NULL;
    vec_sort(&parts, by_stream_time);
    struct attempt *current = NULL;
    for (size_t i = 0; i < parts.n; i++) {
        struct attempt *a = parts.v[i];
        if (current && current->stream == a->stream && same_attempt(current, a))
            absorb(x, current, a);
        else
            *vec_push(&x->attempts) = current = a;
    }
    vec_done(&parts);
}

static void settle_attempts(struct index *x)
{
    struct attempt *a, *tmp;
    HASH_ITER(hh, x->by_id, a, tmp)
    {
        if (a->next)
            settle_id(x, a);
        else
            *vec_push(&x->attempts) = a;
    }
}

/* ---- functions ---- */

static struct slice last_part(struct slice s)
{
    struct slice part = s;
    while (s.n) {
        part = slice_cut(&s, '/');
        if (part.n == 0 && s.n == 0)
            break;
    }
    return part;
}

/* The order is the contract's: assumed, group, platform line, stream, path, unknown. */
static void name_stream(struct index *x, struct stream *s)
{
    struct slice group = intern_name(&x->names, s->group), from_stream = {"", 0}, version;
    (void)place_stream_parts(intern_name(&x->names, s->name), &from_stream, &version);
    if (s->function_assumed)
        s->function = s->function_assumed;
    else if (group.n)
        s->function = intern_id(&x->names, last_part(group));
    else if (s->function_platform)
        s->function = s->function_platform;
    else if (from_stream.n)
        s->function = intern_id(&x->names, from_stream);
    else if (s->function_path)
        s->function = s->function_path;
    else
        s->function = intern_id(&x->names, slice_str(arena_printf(&x->arena, "unknown (%.*s)",
                                                                  SLICE_ARG(intern_name(&x->names, s->folder)))));
}

static void name_streams(struct index *x)
{
    for (size_t i = 0; i < x->streams.n; i++)
        name_stream(x, &x->streams.v[i]);
}

/* ---- lines without a request id ---- */

struct timeline {
    struct attempt **v; /* by stream, then start */
    size_t n;
    size_t *first; /* per stream, of streams.n + 1 */
};

static int by_stream_begin(const void *a, const void *b)
{
    const struct attempt *x = *(struct attempt *const *)a, *y = *(struct attempt *const *)b;
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    int64_t s = attempt_begin(x), t = attempt_begin(y);
    if (s != t)
        return s < t ? -1 : 1;
    return place_before(x->loc, y->loc) ? -1 : place_before(y->loc, x->loc);
}

static void timeline_make(struct index *x, struct timeline *t)
{
    t->n = x->attempts.n;
    t->v = x->attempts.v;
    t->first = calloc(x->streams.n + 2, sizeof *t->first);
    if (!t->first)
        err_oom();
    vec_sort(&x->attempts, by_stream_begin);
    for (size_t i = 0; i < t->n; i++) {
        t->first[t->v[i]->stream + 1]++;
        x->streams.v[t->v[i]->stream].attempts++;
    }
    for (size_t i = 0; i < x->streams.n; i++)
        t->first[i + 1] += t->first[i];
}

/* The attempt that began last at or before the line: by time, and by place where there is no time. */
static struct attempt *open_at(const struct timeline *t, uint32_t stream, int64_t time, struct loc loc)
{
    size_t low = t->first[stream], high = t->first[stream + 1], begin = low;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct attempt *a = t->v[mid];
        int64_t start = attempt_begin(a);
        bool after = time != TIME_NONE && start != TIME_NONE && start != time ? start > time
                                                                              : place_before(loc, a->loc);
        if (after)
            high = mid;
        else
            low = mid + 1;
    }
    return low > begin ? t->v[low - 1] : NULL;
}

static struct attempt *survivor(struct attempt *a)
{
    while (a && (a->flags & ATTEMPT_MERGED))
        a = a->next;
    return a;
}

static void charge_lines(struct index *x, const struct timeline *t)
{
    for (size_t i = 0; i < x->runs.n; i++) {
        const struct run *r = &x->runs.v[i];
        struct attempt *a = open_at(t, r->stream, r->first, r->loc);
        if (a)
            a->lines += r->count;
    }
    for (size_t i = 0; i < x->objects.n; i++)
        x->objects.v[i].attempt = survivor(x->objects.v[i].attempt);
}

static void charge_error(struct index *x, struct attempt *a, const struct mark *m)
{
    a->flags |= ATTEMPT_ERROR;
    if (a->error_type == 0 ||
        (m->text && slice_eq(intern_name(&x->names, a->error_type), SLICE("Runtime.Unknown"))))
        a->error_type = m->text ? m->text : a->error_type;
}

static int by_time_place(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->loc.source != y->loc.source || x->loc.offset != y->loc.offset)
        return place_before(x->loc, y->loc) ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->value < y->value ? -1 : x->value > y->value;
}

/* The order in which marks stay: it must not depend on which file holds a line. */
static int by_time_id(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if ((x->attempt == NULL) != (y->attempt == NULL))
        return x->attempt ? -1 : 1;
    int c = x->attempt ? memcmp(&x->attempt->id, &y->attempt->id, sizeof x->attempt->id) : 0;
    return c ? c : by_time_place(a, b);
}

/* A line that stands in the evidence before anything of an invocation in its stream belongs to the init. */
static void charge_marks(struct index *x, const struct timeline *t)
{
    vec_sort(&x->marks, by_time_place);
    for (size_t i = 0; i < x->marks.n; i++) {
        struct mark *m = &x->marks.v[i];
        m->attempt = m->attempt ? survivor(m->attempt) : open_at(t, m->stream, m->time, m->loc);
        if (m->attempt && m->kind == MARK_ERROR)
            charge_error(x, m->attempt, m);
        if (m->attempt && m->kind == MARK_KEY)
            attempt_names(m->attempt, m->value);
    }
    size_t kept = 0;
    for (size_t i = 0; i < x->marks.n; i++)
        if (x->marks.v[i].kind != MARK_KEY)
            x->marks.v[kept++] = x->marks.v[i];
    x->marks.n = kept;
    vec_sort(&x->marks, by_time_id);
}

/* ---- inits ---- */

static int by_stream_phase(const void *a, const void *b)
{
    const struct phase *x = a, *y = b;
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->loc.source != y->loc.source || x->loc.offset != y->loc.offset)
        return place_before(x->loc, y->loc) ? -1 : 1;
    return (int)x->kind - (int)y->kind;
}

static bool same_phase(const struct phase *a, const struct phase *b)
{
    bool elsewhere = a->loc.source != b->loc.source;
    return elsewhere && a->stream == b->stream && a->time == b->time && a->time != TIME_NONE && a->kind == b->kind &&
           a->init.scaled == b->init.scaled;
}

static void drop_equal_phases(struct index *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->phases.n; i++) {
        if (kept > 0 && same_phase(&x->phases.v[kept - 1], &x->phases.v[i]))
            x->duplicates++;
        else
            x->phases.v[kept++] = x->phases.v[i];
    }
    x->phases.n = kept;
}

/* The first attempt that began behind the phase, in its environment. */
static struct attempt *next_of(const struct timeline *t, const struct phase *p)
{
    for (size_t i = t->first[p->stream]; i < t->first[p->stream + 1]; i++) {
        struct attempt *next = t->v[i];
        int64_t begin = attempt_begin(next);
        bool later = begin != TIME_NONE && p->time != TIME_NONE ? begin > p->time : place_before(p->loc, next->loc);
        if (later)
            return next;
    }
    return NULL;
}

/* The attempt that pays for a failed init: the one in which it stands, else the next of the environment. */
static struct attempt *payer(const struct timeline *t, const struct phase *p)
{
    int64_t time = p->time == TIME_NONE ? TIME_NONE : p->time + REINIT_MS;
    struct attempt *a = open_at(t, p->stream, time, p->loc);
    bool inside = a && (a->report == TIME_NONE || p->time <= a->report) && (p->time != TIME_NONE || p->phase == PHASE_INVOKE);
    if (inside && !(p->time == TIME_NONE && (a->flags & ATTEMPT_REPORT)))
        return a;
    return next_of(t, p);
}

/* Where the report is missing, an environment that was begun or restored just before says that the start was cold.
 * Lambda may also start an environment ahead of any call: a longer wait tells nothing. */
static void charge_start(const struct timeline *t, const struct phase *p)
{
    struct attempt *a = next_of(t, p);
    if (!a || (a->flags & ATTEMPT_REPORT) || attempt_begin(a) == TIME_NONE || attempt_begin(a) - p->time > INIT_MAX_MS)
        return;
    a->flags |= ATTEMPT_COLD;
    if (p->kind == EVENT_RESTORE_REPORT && !decimal_known(a->init)) {
        a->init = p->init;
        a->flags |= ATTEMPT_RESTORED;
    }
}

/* A failed init is repeated inside the next invocation: field guide 1.5. */
static void charge_inits(struct index *x, const struct timeline *t)
{
    for (size_t i = 0; i < x->phases.n; i++) {
        const struct phase *p = &x->phases.v[i];
        bool failed = p->status == STATUS_ERROR || p->status == STATUS_TIMEOUT;
        if (p->kind == EVENT_INIT_START || p->kind == EVENT_RESTORE_REPORT)
            charge_start(t, p);
        if (p->kind != EVENT_INIT_REPORT || (!failed && p->phase != PHASE_INVOKE))
            continue;
        struct attempt *a = payer(t, p);
        if (!a)
            continue;
        if (!decimal_known(a->init))
            a->flags |= ATTEMPT_REINIT;
        if (p->phase == PHASE_INVOKE && failed)
            a->flags |= ATTEMPT_INIT_FAILED;
        if (p->phase == PHASE_INVOKE && failed && a->error_type == 0)
            a->error_type = p->error_type;
    }
}

/* ---- order and filters ---- */

static int by_begin(const void *a, const void *b)
{
    const struct attempt *x = *(struct attempt *const *)a, *y = *(struct attempt *const *)b;
    int64_t s = attempt_begin(x), t = attempt_begin(y);
    /* What has no time stands behind all that has. */
    if (s != t)
        return s == TIME_NONE ? 1 : t == TIME_NONE ? -1 : s < t ? -1 : 1;
    int c = memcmp(&x->id, &y->id, sizeof x->id);
    if (c != 0)
        return c;
    return place_before(x->loc, y->loc) ? -1 : place_before(y->loc, x->loc);
}

static int by_id_begin(const void *a, const void *b)
{
    const struct attempt *x = *(struct attempt *const *)a, *y = *(struct attempt *const *)b;
    int c = memcmp(&x->id, &y->id, sizeof x->id);
    return c ? c : by_begin(a, b);
}

/* Numbers the attempts of an id and joins them to a ring. */
static void number_attempts(struct index *x)
{
    vec_sort(&x->attempts, by_id_begin);
    for (size_t i = 0; i < x->attempts.n; i++) {
        struct attempt *a = x->attempts.v[i], *before = i ? x->attempts.v[i - 1] : NULL;
        bool again = before && memcmp(&a->id, &before->id, sizeof a->id) == 0;
        a->ordinal = again ? (uint16_t)(before->ordinal + 1) : 1;
        a->next = again ? before->next : a;
        if (again)
            before->next = a;
        a->function = x->streams.v[a->stream].function;
    }
    vec_sort(&x->attempts, by_begin);
}

static bool in_window(const struct evidence_options *o, int64_t time)
{
    if (time == TIME_NONE)
        return o->from == TIME_NONE && o->to == TIME_NONE;
    return (o->from == TIME_NONE || time >= o->from) && (o->to == TIME_NONE || time <= o->to);
}

static bool wanted_function(const struct index *x, const struct evidence_options *o, uint32_t function)
{
    struct slice name = intern_name(&x->names, function);
    for (size_t i = 0; i < o->functions_n; i++)
        if (slice_eq(name, o->functions[i]))
            return true;
    return o->functions_n == 0;
}

/* Records and gateway lines stay whatever --function says: they are what connects functions. */
static void apply_filters(struct index *x, const struct evidence_options *o)
{
    size_t n = 0;
    for (size_t i = 0; i < x->attempts.n; i++) {
        struct attempt *a = x->attempts.v[i];
        bool keep = in_window(o, attempt_begin(a)) && wanted_function(x, o, a->function);
        if (keep) {
            a->row = (uint32_t)n;
            x->attempts.v[n++] = a;
        } else {
            a->flags |= ATTEMPT_HIDDEN;
        }
    }
    x->attempts.n = n;
    n = 0;
    for (size_t i = 0; i < x->marks.n; i++) {
        const struct mark *m = &x->marks.v[i];
        bool alone = in_window(o, m->time) && wanted_function(x, o, x->streams.v[m->stream].function);
        if (m->attempt ? !(m->attempt->flags & ATTEMPT_HIDDEN) : alone)
            x->marks.v[n++] = *m;
    }
    x->marks.n = n;
    n = 0;
    for (size_t i = 0; i < x->phases.n; i++) {
        const struct phase *p = &x->phases.v[i];
        if (in_window(o, p->time) && wanted_function(x, o, x->streams.v[p->stream].function))
            x->phases.v[n++] = *p;
    }
    x->phases.n = n;
    n = 0;
    for (size_t i = 0; i < x->objects.n; i++) {
        struct object_event *r = &x->objects.v[i];
        if (r->attempt && (r->attempt->flags & ATTEMPT_HIDDEN))
            r->attempt = NULL;
        if (in_window(o, r->time))
            x->objects.v[n++] = *r;
    }
    x->objects.n = n;
}

static int by_object_time(const void *a, const void *b)
{
    const struct object_event *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    int c = slice_cmp(x->key, y->key);
    if (c == 0)
        c = slice_cmp(x->sequencer, y->sequencer);
    if (c != 0)
        return c;
    return place_before(x->loc, y->loc) ? -1 : place_before(y->loc, x->loc);
}

static bool same_object(const struct object_event *a, const struct object_event *b)
{
    return a->time == b->time && a->bucket == b->bucket && a->name == b->name && slice_eq(a->key, b->key) &&
           slice_eq(a->sequencer, b->sequencer) && a->request == b->request;
}

/* Delivery is at least once, and a function may print the record that a queue also holds. The first place is
 * kept, and the attempt that printed it. */
static void settle_objects(struct index *x, const struct keys *keys)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->objects.n; i++)
        x->objects.v[i].number = keys_number(keys, x->objects.v[i].key);
    vec_sort(&x->objects, by_object_time);
    for (size_t i = 0; i < x->objects.n; i++) {
        struct object_event *o = &x->objects.v[i], *before = kept ? &x->objects.v[kept - 1] : NULL;
        if (!before || !same_object(before, o)) {
            x->objects.v[kept++] = *o;
            continue;
        }
        if (!before->attempt && o->attempt)
            before->attempt = o->attempt;
        else if (!(before->attempt && o->attempt))
            x->duplicates++;
    }
    x->objects.n = kept;
}

void freeze_index(struct index *x, const struct keys *keys, const struct evidence_options *options)
{
    struct timeline t;
    settle_attempts(x);
    name_streams(x);
    timeline_make(x, &t);
    charge_lines(x, &t);
    charge_marks(x, &t);
    vec_sort(&x->phases, by_stream_phase);
    drop_equal_phases(x);
    charge_inits(x, &t);
    free(t.first);
    settle_objects(x, keys);
    number_attempts(x);
    apply_filters(x, options);
    vec_done(&x->runs);
}
