/* Triggers that traces tell: an invocation that a queue started has a trace of its own, whose link names the
 * one in which the message was sent (field guide, traces 5.4). */
#include "base/order.h"
#include "forensics/chain_parts.h"

/* A queue may hold a message back for 15 minutes. */
enum { DELAY_MAX_MS = 900000, LOOK_MAX = 512 /* links looked at for one message */ };

static int by_trace(const void *a, const void *b)
{
    const struct trace_link *x = *(const struct trace_link *const *)a,
                            *y = *(const struct trace_link *const *)b;
    int c = memcmp(&x->to, &y->to, sizeof x->to);
    return c ? c : x->attempt->row < y->attempt->row ? -1 : x->attempt->row > y->attempt->row;
}

typedef VEC(const struct trace_link *) links;

static void links_make(const struct index *x, links *ret)
{
    for (size_t i = 0; i < x->links.n; i++)
        if (x->links.v[i].attempt && attempt_begin(x->links.v[i].attempt) != TIME_NONE)
            *vec_push(ret) = &x->links.v[i];
    vec_sort(ret, by_trace);
}

/* The first attempt linked to the message's trace that began behind it and has no cause yet. Rows are in order
 * of time, so that each message takes the next. */
static void link_message(struct chains *c, const links *all, size_t i)
{
    const struct message *m = chain_message(c, i);
    size_t at = order_lower(0, all->n, k, memcmp(&all->v[k]->to, &m->trace, sizeof m->trace) < 0);
    size_t end = at + LOOK_MAX < all->n ? at + LOOK_MAX : all->n;
    for (; at < end; at++) {
        const struct attempt *a = all->v[at]->attempt;
        int64_t delay = attempt_begin(a) - m->event.time;
        if (memcmp(&all->v[at]->to, &m->trace, sizeof m->trace) != 0 || delay > DELAY_MAX_MS)
            return;
        if (delay < 0 || c->cause[a->row] >= 0)
            continue;
        chain_trigger(c, i, (int32_t)a->row, TRIGGER_TRACED);
        return;
    }
}

void chain_traces_find(struct chains *c)
{
    links all = {0};
    links_make(c->d->index, &all);
    for (size_t k = 0; all.n && k < c->n; k++) {
        size_t i = chain_at(c, k);
        const struct message *m = chain_message(c, i);
        if (m && m->has_trace && m->event.time != TIME_NONE && c->links[i].triggered < 0)
            link_message(c, &all, i);
    }
    vec_done(&all);
}
