/* Freezing the index. Steps, each over all rows: parts of one request id become attempts; streams get their
 * function; lines and inits find the attempt that they belong to (charge.c); order. */
#include "forensics/freeze.h"

#include "base/err.h"
#include "base/huge.h"
#include "base/order.h"
#include "base/parallel.h"
#include "forensics/charge.h"
#include "forensics/filters.h"
#include "forensics/messages.h"
#include "forensics/mixed.h"
#include "forensics/outcomes.h"
#include "forensics/overlap.h"
#include "forensics/parts.h"
#include "forensics/place.h"
#include "forensics/skew.h"
#include "forensics/spans.h"

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

static void fetch_id(const void *ctx, uint32_t i)
{
    const struct index *x = ctx;
    __builtin_prefetch(&x->attempts.v[i]->id);
}

/* What has no time stands behind all that has. */
static int64_t time_key(int64_t time)
{
    return time == TIME_NONE ? TIME_MAX + 1 : time;
}

/* Walks over all attempts, in blocks. */
struct walk {
    struct index *x;
    int64_t *times;
    uint32_t *order; /* where each stood, then its ROW_STREAM and more, see charge.h */
    struct attempt **ordered;
    int64_t *before; /* one a block: when the row before it begins */
};

static void take_times(void *ctx, size_t block, size_t from, size_t to)
{
    struct walk *w = ctx;
    (void)block;
    for (size_t i = from; i < to; i++)
        w->times[i] = attempt_begin(attempt_walk(&w->x->attempts, i));
}

/* In their order, numbered and named. */
static void take_rows(void *ctx, size_t block, size_t from, size_t to)
{
    struct walk *w = ctx;
    const struct index *x = w->x;
    int64_t before = w->before[block], begin;
    for (size_t i = from; i < to; i++, before = begin) {
        struct attempt *a = x->attempts.v[w->order[i]];
        __builtin_prefetch(x->attempts.v[w->order[i + ATTEMPTS_AHEAD < to ? i + ATTEMPTS_AHEAD : i]], 1);
        a->row = (uint32_t)i;
        a->ordinal = 1;
        a->function = x->streams.v[a->stream].function;
        w->ordered[i] = a;
        begin = attempt_begin(a);
        w->order[i] = a->stream | (charge_is_odd(a) ? ROW_ODD : 0) | (begin == before ? ROW_TIED : 0);
    }
}

/* Returns what charge_attempts takes of each; the caller frees it. */
static uint32_t *order_attempts(struct index *x, unsigned threads)
{
    size_t n = x->attempts.n;
    if (x->streams.n > ROW_STREAM)
        err_oom();
    struct walk w = {.x = x, .times = huge_array(n, sizeof *w.times)};
    parallel_blocks(threads, n, take_times, &w);
    w.order = order_times(w.times, n, &(struct order_ties){tie_attempts, fetch_id, x}, threads);
    w.ordered = huge_array(n, sizeof *w.ordered);
    w.before = huge_zeros(parallel_count(n), sizeof *w.before);
    for (size_t block = 1; block < parallel_count(n); block++)
        w.before[block] = attempt_begin(x->attempts.v[w.order[block * PARALLEL_BLOCK - 1]]);
    parallel_blocks(threads, n, take_rows, &w);
    huge_free(w.before);
    huge_drop(x->attempts.v, n * sizeof *x->attempts.v);
    x->attempts.v = w.ordered;
    x->attempts.cap = n;
    return w.order;
}

static int by_id_begin(const void *a, const void *b)
{
    const struct attempt *x = *(struct attempt *const *)a, *y = *(struct attempt *const *)b;
    int c = memcmp(&x->id, &y->id, sizeof x->id);
    return c ? c : attempt_order(x, y);
}

static void number_families(struct index *x)
{
    vec_sort(&x->families, by_id_begin);
    for (size_t i = 1; i < x->families.n; i++) {
        struct attempt *a = x->families.v[i], *before = x->families.v[i - 1];
        if (memcmp(&a->id, &before->id, sizeof a->id) == 0)
            a->ordinal = (uint16_t)(before->ordinal + (before->ordinal < ORDINAL_MAX));
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

void freeze_order_objects(struct index *x, unsigned threads)
{
    if (objects_in_order(x))
        return;
    int64_t *times = huge_array(x->objects.n, sizeof *times);
    for (size_t i = 0; i < x->objects.n; i++)
        times[i] = x->objects.v[i].time;
    uint32_t *order = order_times(times, x->objects.n, &(struct order_ties){tie_objects, NULL, x}, threads);
    order_apply(x->objects.v, x->objects.n, sizeof *x->objects.v, order);
    huge_free(order);
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

void freeze_index(struct index *x, const struct evidence_options *options, unsigned threads)
{
    overlap_unite(x);
    spans_join(x);
    parts_settle(x, threads);
    mixed_divide(x);
    name_streams(x);
    uint32_t *rows = order_attempts(x, threads);
    freeze_order_objects(x, threads);
    charge_attempts(x, rows, threads);
    huge_free(rows);
    number_families(x); /* charging drops attempts that were none: the others count on without a gap */
    settle_objects(x);
    messages_settle(x, threads);
    outcomes_settle(x);
    filters_apply(x, options, threads);
    skew_measure(x);
    vec_done(&x->runs);
}
