/* Lambda counts in the trace header how many requests of a chain came before (field guide 5.1, Lineage): calls of a
 * workflow in one trace have the same count, the calls of a chain do not. */
#include "forensics/hops.h"

#include "base/order.h"
#include "forensics/attempt.h"
#include "forensics/messages.h"
#include "parsers/record_span.h"

enum { LOOK_BACK_MAX = 256 };

struct hop {
    struct trace_id trace;
    uint32_t count;
    bool mixed; /* calls of several functions have that count in that trace */
    struct attempt *attempt;
};
typedef VEC(struct hop) hops;

static int by_count(const void *a, const void *b)
{
    const struct hop *x = a, *y = b;
    int c = memcmp(&x->trace, &y->trace, sizeof x->trace);
    c = c ? c : x->count < y->count ? -1 : x->count > y->count;
    int64_t s = attempt_begin(x->attempt), t = attempt_begin(y->attempt);
    c = c ? c : s < t ? -1 : s > t;
    return c ? c : memcmp(&x->attempt->id, &y->attempt->id, sizeof x->attempt->id);
}

/* The attempt's own trace; where its log tells none, the one in the header that it printed. */
static bool trace_of(const struct index *x, const struct mark *m, struct trace_id *ret)
{
    if (m->attempt->trace)
        *ret = x->traces.v[m->attempt->trace - 1];
    return m->attempt->trace || record_trace_id(intern_name(&x->names, m->text), ret->bytes);
}

static void collect(const struct index *x, hops *ret)
{
    for (size_t i = 0; i < x->marks.n; i++) {
        const struct mark *m = &x->marks.v[i];
        struct hop h = {.count = m->value & 0xff, .attempt = m->attempt};
        if (m->kind == MARK_LINEAGE && m->attempt && m->attempt->ordinal == 1 &&
            attempt_begin(m->attempt) != TIME_NONE && trace_of(x, m, &h.trace))
            *vec_push(ret) = h;
    }
    vec_sort(ret, by_count);
}

static int by_group(const struct hop *a, const struct hop *b)
{
    int c = memcmp(&a->trace, &b->trace, sizeof a->trace);
    return c ? c : a->count < b->count ? -1 : a->count > b->count;
}

static void mark_mixed(hops *all)
{
    for (size_t i = 0, end; i < all->n; i = end) {
        bool mixed = false;
        for (end = i + 1; end < all->n && by_group(&all->v[end], &all->v[i]) == 0; end++)
            mixed |= all->v[end].attempt->function != all->v[i].attempt->function;
        for (size_t k = i; k < end; k++)
            all->v[k].mixed = mixed;
    }
}

static bool began_before(const struct hop *h, const struct hop *group, int64_t time)
{
    int c = by_group(h, group);
    return c < 0 || (c == 0 && attempt_begin(h->attempt) < time);
}

/* Behind the last of that group that began before `time`. */
static size_t behind(const hops *all, const struct hop *group, int64_t time)
{
    return order_lower(0, all->n, i, began_before(&all->v[i], group, time));
}

static bool ran_at(const struct attempt *a, int64_t time)
{
    return !(a->flags & (ATTEMPT_END | ATTEMPT_REPORT)) || attempt_over(a) >= time;
}

/* The one with a hop less that began last before it. Where several functions have such calls, as one that each step
 * calls on its way, it is told by having run then, if calls of no other did; else nobody knows: NULL. */
static struct attempt *caller_of(const hops *all, const struct hop *h)
{
    const struct hop group = {.trace = h->trace, .count = h->count - 1};
    struct attempt *found = NULL;
    size_t i = h->count ? behind(all, &group, attempt_begin(h->attempt)) : 0;
    for (size_t seen = 0; i-- > 0 && by_group(&all->v[i], &group) == 0; seen++) {
        struct attempt *a = all->v[i].attempt;
        if (!all->v[i].mixed)
            return a;
        if (seen == LOOK_BACK_MAX)
            return NULL;
        if (!ran_at(a, attempt_begin(h->attempt)))
            continue;
        if (found && found->function != a->function)
            return NULL;
        found = found ? found : a;
    }
    return found;
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
                          .trace = h->trace,
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
    mark_mixed(&all);
    for (size_t i = 0; i < all.n; i++) {
        bool again = i > 0 && all.v[i - 1].attempt == all.v[i].attempt;
        struct attempt *caller = again ? NULL : caller_of(&all, &all.v[i]);
        if (caller)
            add(x, &all.v[i], caller);
    }
    vec_done(&all);
}
