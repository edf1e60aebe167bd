/* Lambda counts in the trace header how many requests of a chain came before (field guide 5.1, Lineage): calls of a
 * workflow in one trace have the same count, the calls of a chain do not. */
#include "forensics/hops.h"

#include "forensics/attempt.h"
#include "forensics/messages.h"

struct hop {
    const struct trace_id *trace;
    uint32_t count;
    struct attempt *attempt;
};
typedef VEC(struct hop) hops;

static int by_count(const void *a, const void *b)
{
    const struct hop *x = a, *y = b;
    int c = memcmp(x->trace, y->trace, sizeof *x->trace);
    c = c ? c : x->count < y->count ? -1 : x->count > y->count;
    int64_t s = attempt_begin(x->attempt), t = attempt_begin(y->attempt);
    c = c ? c : s < t ? -1 : s > t;
    return c ? c : memcmp(&x->attempt->id, &y->attempt->id, sizeof x->attempt->id);
}

static void collect(const struct index *x, hops *ret)
{
    for (size_t i = 0; i < x->marks.n; i++) {
        struct attempt *a = x->marks.v[i].attempt;
        if (x->marks.v[i].kind == MARK_LINEAGE && a && a->trace && a->ordinal == 1 &&
            attempt_begin(a) != TIME_NONE)
            *vec_push(ret) = (struct hop){&x->traces.v[a->trace - 1], x->marks.v[i].value & 0xff, a};
    }
    vec_sort(ret, by_count);
}

static bool same_trace(const struct hop *a, const struct hop *b)
{
    return memcmp(a->trace, b->trace, sizeof *a->trace) == 0;
}

/* The one with a hop less that began last before it; NULL when there is none. `at` is in order. */
static struct attempt *caller_of(const hops *all, size_t at)
{
    const struct hop *h = &all->v[at];
    for (size_t i = at; i-- > 0 && same_trace(&all->v[i], h) && all->v[i].count + 1 >= h->count;)
        if (all->v[i].count + 1 == h->count && attempt_begin(all->v[i].attempt) < attempt_begin(h->attempt))
            return all->v[i].attempt;
    return NULL;
}

static void add(struct index *x, const struct hop *h, struct attempt *caller)
{
    int64_t begin = attempt_begin(h->attempt), over = attempt_over(caller);
    struct message *m = vec_push(&x->messages);
    *m = (struct message){.event = {.time = begin < over ? begin : over,
                                    .loc = h->attempt->loc,
                                    .key_at = "",
                                    .attempt = h->attempt,
                                    .stream = UINT32_MAX},
                          .trace = *h->trace,
                          .sender = caller,
                          .has_trace = true};
    m->event.bucket = message_unknown_id(x, h->attempt->function);
}

void hops_add(struct index *x)
{
    hops all = {0};
    if (x->objects.n || x->messages.n)
        return;
    collect(x, &all);
    for (size_t i = 0; i < all.n; i++) {
        bool again = i > 0 && all.v[i - 1].attempt == all.v[i].attempt;
        struct attempt *caller = again ? NULL : caller_of(&all, i);
        if (caller)
            add(x, &all.v[i], caller);
    }
    vec_done(&all);
}
