/* Freezing the index. Steps, each over all rows: parts of one request id become attempts; streams get their
 * function; lines and inits find the attempt that they belong to (charge.c); order. */
#include "forensics/freeze.h"

#include "forensics/charge.h"
#include "forensics/keys.h"
#include "forensics/place.h"

/* START, END and application lines come from different writers: inversions of a few ms are normal (field
 * guide 1.7), a whole second is not. */
enum { TIE_MS = 1000 };

/* ---- attempts from parts ---- */

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
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
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

/* Two pieces that both hold the START or the REPORT are the same lines met twice: each counts once. */
static void absorb_lines(struct index *x, struct attempt *a, const struct attempt *b)
{
    bool twice = a->flags & b->flags & (ATTEMPT_START | ATTEMPT_REPORT);
    uint32_t fewer = a->lines < b->lines ? a->lines : b->lines;
    x->duplicates += twice ? fewer : 0;
    a->lines += b->lines - (twice ? fewer : 0);
}

static void absorb(struct index *x, struct attempt *a, struct attempt *b)
{
    x->duplicates += count_bits(a->flags & b->flags);
    absorb_lines(x, a, b);
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
        s->function =
            intern_id(&x->names, slice_str(arena_printf(&x->arena, "unknown (%.*s)",
                                                        SLICE_ARG(intern_name(&x->names, s->folder)))));
}

static void name_streams(struct index *x)
{
    for (size_t i = 0; i < x->streams.n; i++)
        name_stream(x, &x->streams.v[i]);
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
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
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
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
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
    settle_attempts(x);
    name_streams(x);
    charge_attempts(x);
    settle_objects(x, keys);
    number_attempts(x);
    apply_filters(x, options);
    vec_done(&x->runs);
}
