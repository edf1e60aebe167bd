/* Freezing the index. Steps, each over all rows: parts of one request id become attempts; streams get their
 * function; lines and inits find the attempt that they belong to (charge.c); order. */
#include "forensics/freeze.h"

#include "base/huge.h"
#include "base/order.h"
#include "base/parallel.h"
#include "forensics/charge.h"
#include "forensics/filters.h"
#include "forensics/messages.h"
#include "forensics/outcomes.h"
#include "forensics/overlap.h"
#include "forensics/place.h"
#include "forensics/skew.h"
#include "forensics/spans.h"

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
    if (x->report_after != y->report_after)
        return x->report_after < y->report_after ? -1 : 1;
    if (x->duration.scaled != y->duration.scaled)
        return x->duration.scaled < y->duration.scaled ? -1 : 1;
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
}

static bool report_equal(const struct attempt *a, const struct attempt *b)
{
    return attempt_report(a) == attempt_report(b) && a->duration.scaled == b->duration.scaled;
}

/* Without times the order of the lines tells that a REPORT above the START is that of the attempt before. */
static bool report_above(const struct attempt *a, const struct attempt *b)
{
    const struct attempt *start = a->flags & ATTEMPT_START ? a : b, *report = start == a ? b : a;
    return a->loc.source == b->loc.source && (start->flags & ATTEMPT_START) &&
           (report->flags & ATTEMPT_REPORT) && loc_before(attempt_report_loc(report), start->loc);
}

/* May `b`, which begins no earlier, be a piece of `a`? Equal lines are the same line met twice. */
static bool same_attempt(const struct attempt *a, const struct attempt *b)
{
    uint16_t both = a->flags & b->flags;
    if (a->stream != b->stream)
        return false;
    if (a->first != TIME_NONE && b->first != TIME_NONE && b->first - a->first > ATTEMPT_APART_MS)
        return false;
    if ((both & ATTEMPT_START) && attempt_start(a) != attempt_start(b))
        return false;
    if ((both & ATTEMPT_REPORT) && !report_equal(a, b))
        return false;
    if ((both & ATTEMPT_END) && attempt_end(a) != attempt_end(b))
        return false;
    bool untimed = a->first == TIME_NONE;
    if (untimed && (both & (ATTEMPT_START | ATTEMPT_REPORT)) && a->loc.source == b->loc.source)
        return false;
    if (untimed && report_above(a, b))
        return false;
    if ((b->flags & ATTEMPT_START) && !(a->flags & ATTEMPT_START) && !untimed)
        return attempt_start(b) - a->first <= TIE_MS;
    return true;
}

static unsigned count_bits(uint16_t flags)
{
    return (unsigned)__builtin_popcount(flags & (ATTEMPT_START | ATTEMPT_END | ATTEMPT_REPORT));
}

/* `shift`: how much later the first line of `b` is than that of `a`. */
static int32_t shifted(int32_t after, int64_t shift)
{
    return after == AFTER_NONE ? AFTER_NONE : (int32_t)(after + shift);
}

static void absorb_report(struct attempt *a, const struct attempt *b, int64_t shift)
{
    a->report_after = shifted(b->report_after, shift);
    attempt_place_report(a, attempt_report_loc(b));
    a->duration = b->duration;
    a->billed_ms = b->billed_ms;
    a->init = b->init;
    a->memory_mb = b->memory_mb;
    a->max_memory_mb = b->max_memory_mb;
}

/* Application lines of the pieces of one attempt, by the ends that a piece holds. Pieces that hold the same end are
 * the same lines met twice, and what holds both ends has all: each line counts once, whatever the order of the
 * pieces. */
struct told {
    uint32_t whole, front, back; /* the most of any piece with START and REPORT, START alone, REPORT alone */
    uint32_t between;            /* of the pieces with neither, together */
    uint64_t all;
};

static void told_add(struct told *t, const struct attempt *a)
{
    bool start = a->flags & ATTEMPT_START, report = a->flags & ATTEMPT_REPORT;
    uint32_t *most = start && report ? &t->whole : start ? &t->front : &t->back;
    t->all += a->lines;
    if (!start && !report)
        t->between += a->lines;
    else if (a->lines > *most)
        *most = a->lines;
}

static void told_settle(struct index *x, const struct told *t, struct attempt *ret)
{
    uint32_t cut = t->front + t->back;
    ret->lines = (t->whole > cut ? t->whole : cut) + t->between;
    x->duplicates += t->all - ret->lines;
}

static void absorb(struct index *x, struct attempt *a, struct attempt *b)
{
    int64_t shift;
    x->duplicates += count_bits(a->flags & b->flags);
    attempt_begins(a, b->first);
    shift = b->first == TIME_NONE ? 0 : b->first - a->first;
    if (!(a->flags & ATTEMPT_START) && (b->flags & ATTEMPT_START)) {
        struct loc report = attempt_report_loc(a);
        a->start_after = shifted(b->start_after, shift);
        a->loc = b->loc;
        attempt_place_report(a, report);
    }
    if (!(a->flags & ATTEMPT_END) && (b->flags & ATTEMPT_END))
        a->end_after = shifted(b->end_after, shift);
    if (!(a->flags & ATTEMPT_REPORT) && (b->flags & ATTEMPT_REPORT))
        absorb_report(a, b, shift);
    a->version = a->version ? a->version : b->version;
    a->error_type = a->error_type ? a->error_type : b->error_type;
    a->trace = a->trace ? a->trace : b->trace;
    for (size_t i = 0; i < 2 && b->keys[i]; i++)
        attempt_names(a, b->keys[i]);
    a->limit_s = a->limit_s ? a->limit_s : b->limit_s;
    a->flags |= b->flags;
    b->flags |= ATTEMPT_MERGED;
    b->into = a; /* marks follow it */
}

typedef VEC(struct attempt *) parts;

/* Joins the parts of one id; the attempts that are left are a family when there are several. */
static void settle_id(struct index *x, parts *all)
{
    size_t kept = 0;
    vec_sort(all, by_stream_time);
    for (size_t i = 0, end; i < all->n; i = end) {
        struct attempt *a = all->v[i];
        struct told told = {0};
        told_add(&told, a);
        for (end = i + 1; end < all->n && same_attempt(a, all->v[end]); end++) {
            told_add(&told, all->v[end]);
            absorb(x, a, all->v[end]);
        }
        told_settle(x, &told, a);
        all->v[kept++] = a;
    }
    for (size_t i = 0; kept > 1 && i < kept; i++)
        *vec_push(&x->families) = all->v[i];
}

/* A part in the table of ids. Numbers count from 1. */
struct member {
    uint32_t tag;          /* bits of the id's hash, compared before the row, which is a miss of the cache */
    uint32_t earlier : 31; /* part of the same id */
    uint32_t last : 1;
};
enum { PARTS_MAX = INT32_MAX, AHEAD = 16, SLOTS_TAKEN = 60 /* percent, at most */ };

/* Parts by request id: a slot an id holds its latest part, `earlier` leads to the others. */
struct groups {
    uint32_t *slots;
    struct member *members; /* one a part */
    size_t mask;
};

static uint64_t id_hash(const struct index *x, size_t i)
{
    const struct request_id *id = &x->attempts.v[i]->id;
    return slice_hash(slice_of((const char *)id, sizeof *id), 0xf4ee);
}

static bool same_id(const struct index *x, size_t i, size_t k)
{
    return memcmp(&x->attempts.v[i]->id, &x->attempts.v[k]->id, sizeof(struct request_id)) == 0;
}

static void groups_add(const struct index *x, struct groups *g, size_t i, uint64_t hash)
{
    size_t at = hash & g->mask;
    uint32_t tag = (uint32_t)(hash >> 32), before;
    while ((before = g->slots[at]) != 0 && (g->members[before - 1].tag != tag || !same_id(x, before - 1, i)))
        at = (at + 1) & g->mask;
    g->members[i] = (struct member){.tag = tag, .earlier = before, .last = 1};
    if (before)
        g->members[before - 1].last = 0;
    g->slots[at] = (uint32_t)i + 1;
}

/* Hashes go ahead of the table, so that its lines are on the way when their turn comes. */
static void groups_make(const struct index *x, struct groups *g)
{
    size_t size = 16, n = x->attempts.n;
    uint64_t hashes[AHEAD];
    while (size * SLOTS_TAKEN < n * 100)
        size *= 2;
    if (n > PARTS_MAX)
        err_oom();
    g->slots = huge_zeros(size, sizeof *g->slots);
    g->members = huge_zeros(n, sizeof *g->members);
    g->mask = size - 1;
    for (size_t i = 0; i < n + AHEAD; i++) {
        if (i >= AHEAD)
            groups_add(x, g, i - AHEAD, hashes[i % AHEAD]);
        if (i < n) {
            hashes[i % AHEAD] = id_hash(x, i);
            __builtin_prefetch(&g->slots[hashes[i % AHEAD] & g->mask]);
        }
    }
}

/* Rows that were read together stay together for all that walks them. */
static void drop_merged(struct index *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->attempts.n; i++) {
        struct attempt *a = attempt_walk(&x->attempts, i);
        if (!(a->flags & ATTEMPT_MERGED))
            x->attempts.v[kept++] = a;
    }
    x->attempts.n = kept;
}

static void settle_attempts(struct index *x)
{
    struct groups g;
    parts all = {0};
    bool torn = false;
    groups_make(x, &g);
    for (size_t i = 0; i < x->attempts.n; i++) {
        if (!g.members[i].last || !g.members[i].earlier)
            continue;
        vec_clear(&all);
        for (uint32_t k = (uint32_t)i + 1; k; k = g.members[k - 1].earlier)
            *vec_push(&all) = x->attempts.v[k - 1];
        settle_id(x, &all);
        torn = true;
    }
    free(g.slots);
    free(g.members);
    vec_done(&all);
    if (torn)
        drop_merged(x);
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

/* ---- order ---- */

/* Attempts that began in one millisecond. */
static int by_id_place(const struct attempt *a, const struct attempt *b)
{
    int c = memcmp(&a->id, &b->id, sizeof a->id);
    if (c != 0)
        return c;
    return loc_before(a->loc, b->loc) ? -1 : loc_before(b->loc, a->loc);
}

static int tie_attempts(const void *ctx, uint32_t a, uint32_t b)
{
    const struct index *x = ctx;
    return by_id_place(x->attempts.v[a], x->attempts.v[b]);
}

/* What has no time stands behind all that has. */
static int64_t time_key(int64_t time)
{
    return time == TIME_NONE ? TIME_MAX + 1 : time;
}

/* The order of rows by their times, in a narrow range of numbers. Takes `times`. */
static uint32_t *order_of(struct index *x, int64_t *times, size_t n,
                          int (*tie)(const void *ctx, uint32_t a, uint32_t b))
{
    int64_t latest = INT64_MIN;
    for (size_t i = 0; i < n; i++)
        latest = times[i] != TIME_NONE && times[i] > latest ? times[i] : latest;
    for (size_t i = 0; i < n; i++)
        times[i] = times[i] == TIME_NONE ? latest + 1 : times[i];
    return order_by(times, n, tie, x);
}

static void order_attempts(struct index *x)
{
    int64_t *times = huge_array(x->attempts.n, sizeof *times);
    for (size_t i = 0; i < x->attempts.n; i++)
        times[i] = attempt_begin(attempt_walk(&x->attempts, i));
    uint32_t *order = order_of(x, times, x->attempts.n, tie_attempts);
    order_apply(x->attempts.v, x->attempts.n, sizeof *x->attempts.v, order);
    free(order);
}

static int by_id_begin(const void *a, const void *b)
{
    const struct attempt *x = *(struct attempt *const *)a, *y = *(struct attempt *const *)b;
    int c = memcmp(&x->id, &y->id, sizeof x->id);
    int64_t s = time_key(attempt_begin(x)), t = time_key(attempt_begin(y));
    return c ? c : s != t ? (s < t ? -1 : 1) : by_id_place(x, y);
}

static void number_attempts(struct index *x)
{
    for (size_t i = 0; i < x->attempts.n; i++) {
        attempt_walk(&x->attempts, i)->ordinal = 1;
        x->attempts.v[i]->function = x->streams.v[x->attempts.v[i]->stream].function;
    }
    vec_sort(&x->families, by_id_begin);
    for (size_t i = 1; i < x->families.n; i++) {
        struct attempt *a = x->families.v[i], *before = x->families.v[i - 1];
        if (memcmp(&a->id, &before->id, sizeof a->id) == 0)
            a->ordinal = (uint16_t)(before->ordinal + 1);
    }
}

static int tie_objects(const void *ctx, uint32_t i, uint32_t k)
{
    const struct index *x = ctx;
    const struct object_event *a = &x->objects.v[i], *b = &x->objects.v[k];
    int c = slice_cmp(object_key(a), object_key(b));
    if (c == 0)
        c = a->sequencer < b->sequencer ? -1 : a->sequencer > b->sequencer;
    if (c == 0)
        c = a->request < b->request ? -1 : a->request > b->request;
    if (c == 0 && a->bucket != b->bucket)
        c = slice_cmp(intern_name(&x->names, a->bucket), intern_name(&x->names, b->bucket));
    if (c == 0 && a->facts != b->facts)
        c = slice_cmp(intern_name(&x->names, object_facts(x, a)->name),
                      intern_name(&x->names, object_facts(x, b)->name));
    if (c != 0)
        return c;
    return loc_before(a->loc, b->loc) ? -1 : loc_before(b->loc, a->loc);
}

static bool objects_in_order(const struct index *x)
{
    for (size_t i = 1; i < x->objects.n; i++) {
        int64_t before = time_key(x->objects.v[i - 1].time), time = time_key(x->objects.v[i].time);
        if (before > time || (before == time && tie_objects(x, (uint32_t)i - 1, (uint32_t)i) > 0))
            return false;
    }
    return true;
}

void freeze_order_objects(struct index *x)
{
    if (objects_in_order(x))
        return;
    int64_t *times = huge_array(x->objects.n, sizeof *times);
    for (size_t i = 0; i < x->objects.n; i++)
        times[i] = x->objects.v[i].time;
    uint32_t *order = order_of(x, times, x->objects.n, tie_objects);
    order_apply(x->objects.v, x->objects.n, sizeof *x->objects.v, order);
    free(order);
}

static bool same_object(const struct index *x, const struct object_event *a, const struct object_event *b)
{
    return a->time == b->time && a->bucket == b->bucket &&
           object_facts(x, a)->name == object_facts(x, b)->name && slice_eq(object_key(a), object_key(b)) &&
           a->sequencer == b->sequencer && a->request == b->request;
}

/* Delivery is at least once, and a function may print the record that a queue also holds, which is no
 * duplicate. The first place is kept, and the attempt that printed it. */
static void settle_objects(struct index *x)
{
    size_t kept = 0;
    for (size_t i = 0, end; i < x->objects.n; i = end) {
        struct object_event *o = &x->objects.v[kept++];
        *o = x->objects.v[i];
        uint64_t records = !o->attempt;
        for (end = i + 1; end < x->objects.n && same_object(x, o, &x->objects.v[end]); end++) {
            records += !x->objects.v[end].attempt;
            o->attempt = o->attempt ? o->attempt : x->objects.v[end].attempt;
        }
        x->duplicates += records > 1 ? records - 1 : 0;
    }
    x->objects.n = kept;
}

/* Attempts and records know nothing of each other until lines are charged. */
static void sort_rows(void *ctx, unsigned thread, size_t i)
{
    struct index *x = ctx;
    (void)thread;
    if (i == 1) {
        freeze_order_objects(x);
        return;
    }
    settle_attempts(x);
    order_attempts(x);
}

void freeze_index(struct index *x, const struct evidence_options *options, unsigned threads)
{
    overlap_unite(x);
    spans_join(x);
    parallel_run(threads, 2, sort_rows, x);
    name_streams(x);
    number_attempts(x);
    charge_attempts(x);
    settle_objects(x);
    messages_settle(x);
    outcomes_settle(x);
    filters_apply(x, options);
    skew_measure(x);
    vec_done(&x->runs);
}
