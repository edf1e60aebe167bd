/* `jq -r .message` over several groups, Firehose with its messages taken out: the file is one stream as long as nothing
 * names another, but its platform lines say of which function they are. */
#include "forensics/mixed.h"

#include "base/order.h"
#include "forensics/attempt.h"

/* A line that names its function. */
struct named {
    struct loc loc;
    uint32_t stream;
};

struct mixed {
    struct index *x;
    VEC(struct named) named;
};

static int by_loc(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
}

/* A group names the function of all that is in it, and so does the user. */
static bool is_mixed(const struct stream *s)
{
    return s->several && s->group == 0 && s->function_assumed == 0;
}

static uint32_t stream_of(struct index *x, uint32_t stream, uint32_t function)
{
    struct stream own = x->streams.v[stream];
    uint32_t ret;
    own.function_platform = function;
    own.several = false;
    own.first = INT64_MAX;
    own.last = INT64_MIN;
    struct slice key = intern_name(&x->stream_keys, stream + 1), name = intern_name(&x->names, function);
    key = slice_str(arena_printf(&x->arena, "%.*s\n%.*s", SLICE_ARG(key), SLICE_ARG(name)));
    struct stream *s = index_stream_of(x, key, &ret);
    if (!s->environment)
        *s = own;
    return ret;
}

/* To the stream of its function, if it names one. */
static void divide(struct mixed *m, uint32_t *stream, uint32_t function, struct loc loc)
{
    if (!function || !is_mixed(&m->x->streams.v[*stream]))
        return;
    *stream = stream_of(m->x, *stream, function);
    *vec_push(&m->named) = (struct named){loc, *stream};
}

/* What names none follows the line before it that does. */
static uint32_t follow(const struct mixed *m, uint32_t stream, struct loc loc)
{
    if (stream == UINT32_MAX || !is_mixed(&m->x->streams.v[stream]))
        return stream;
    size_t behind = order_lower(0, m->named.n, i, !loc_before(loc, m->named.v[i].loc));
    const struct named *last = behind ? &m->named.v[behind - 1] : NULL;
    return last && last->loc.source == loc.source ? last->stream : stream;
}

/* What was said within an invocation stays with it. */
static uint32_t follow_within(const struct mixed *m, struct attempt *a, uint32_t stream, struct loc loc)
{
    return a && stream != UINT32_MAX ? attempt_survivor(a)->stream : follow(m, stream, loc);
}

static void follow_all(const struct mixed *m)
{
    struct index *x = m->x;
    for (size_t i = 0; i < x->phases.n; i++)
        x->phases.v[i].stream = follow(m, x->phases.v[i].stream, x->phases.v[i].loc);
    for (size_t i = 0; i < x->runs.n; i++)
        x->runs.v[i].stream = follow(m, x->runs.v[i].stream, x->runs.v[i].loc);
    for (size_t i = 0; i < x->marks.n; i++) {
        struct mark *k = &x->marks.v[i];
        k->stream = follow_within(m, k->attempt, k->stream, k->loc);
    }
    for (size_t i = 0; i < x->objects.n; i++) {
        struct object_event *o = &x->objects.v[i];
        o->stream = follow_within(m, o->attempt, o->stream, o->loc);
    }
    for (size_t i = 0; i < x->messages.n; i++) {
        struct object_event *o = &x->messages.v[i].event;
        o->stream = follow_within(m, o->attempt, o->stream, o->loc);
    }
}

static void live(struct index *x, uint32_t stream, int64_t time)
{
    x->streams.v[stream].environment = true;
    index_stream_lives(x, stream, time);
}

/* The streams live as long as what is in them now; no function is known for what is left in a mixed one. */
static void settle(struct index *x, size_t streams)
{
    for (size_t i = 0; i < streams; i++) {
        struct stream *s = &x->streams.v[i];
        if (!is_mixed(s))
            continue;
        s->function_platform = 0;
        s->environment = false;
        s->first = INT64_MAX;
        s->last = INT64_MIN;
    }
    for (size_t i = 0; i < x->attempts.n; i++) {
        live(x, x->attempts.v[i]->stream, attempt_begin(x->attempts.v[i]));
        live(x, x->attempts.v[i]->stream, attempt_over(x->attempts.v[i]));
    }
    for (size_t i = 0; i < x->phases.n; i++)
        live(x, x->phases.v[i].stream, x->phases.v[i].time);
}

void mixed_divide(struct index *x)
{
    struct mixed m = {.x = x};
    size_t streams = x->streams.n, mixed = 0;
    for (size_t i = 0; i < streams; i++)
        mixed += is_mixed(&x->streams.v[i]);
    if (mixed == 0)
        return;
    for (size_t i = 0; i < x->attempts.n; i++)
        divide(&m, &x->attempts.v[i]->stream, x->attempts.v[i]->function, x->attempts.v[i]->loc);
    for (size_t i = 0; i < x->phases.n; i++)
        divide(&m, &x->phases.v[i].stream, x->phases.v[i].function, x->phases.v[i].loc);
    vec_sort(&m.named, by_loc);
    follow_all(&m);
    settle(x, streams);
    vec_done(&m.named);
}
