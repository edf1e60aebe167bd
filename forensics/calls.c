/* Lines of gateways become calls, and calls find their invocation: by keys that are sorted once, then one pass
 * over the attempts, so that a log of a million calls costs no more than its sort. */
#include "forensics/calls.h"

#include "base/huge.h"
#include "base/order.h"
#include "forensics/attempt.h"
#include "parsers/record_span.h"

static int by_call(const void *ctx, uint32_t a, uint32_t b)
{
    const struct index *index = ctx;
    const struct gateway_line *x = &index->gateway.v[a], *y = &index->gateway.v[b];
    int c = memcmp(&x->id, &y->id, sizeof x->id);
    if (c != 0)
        return c;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
}

/* The front of an id as a number of the same order. */
static int64_t id_front(const struct request_id *id)
{
    enum { FRONT_BYTES = 5 }; /* leaves room for the row's number in a word, see order.c */
    int64_t v = 0;
    for (size_t i = 0; i < FRONT_BYTES; i++)
        v = v << 8 | id->bytes[i];
    return v;
}

static void add_line(struct call *c, const struct gateway_line *g)
{
    if (c->begin == TIME_NONE || (g->time != TIME_NONE && g->time < c->begin)) {
        c->begin = g->time;
        c->begin_loc = g->loc;
    }
    switch (g->kind) {
    case GATEWAY_BEGIN: c->id_text = g->text; break;
    case GATEWAY_FUNCTION: c->function = g->text; break;
    case GATEWAY_REQUEST: c->request = g->text; break;
    case GATEWAY_TRACE: c->trace = g->text; break;
    case GATEWAY_STATUS: break;
    case GATEWAY_TIMEOUT:
        c->gave_up = g->time;
        c->timed_out = true;
        c->loc = g->loc;
        break;
    }
}

static int by_begin(const void *a, const void *b)
{
    const struct call *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return memcmp(&x->id, &y->id, sizeof x->id);
}

/* The lines of each call behind each other: ordered by the front of their ids, which few calls share. The caller frees. */
static uint32_t *order_lines(const struct index *x)
{
    size_t n = x->gateway.n;
    int64_t *fronts = huge_array(n, sizeof *fronts);
    for (size_t i = 0; i < n; i++)
        fronts[i] = id_front(&x->gateway.v[i].id);
    return order_by(fronts, n, &(struct order_ties){by_call, NULL, x}, 1);
}

static void collect(const struct index *x, calls *ret)
{
    uint32_t *order = order_lines(x);
    const struct gateway_line *before = NULL;
    for (size_t i = 0; i < x->gateway.n; i++) {
        const struct gateway_line *g = &x->gateway.v[order[i]];
        if (!before || memcmp(&g->id, &before->id, sizeof g->id) != 0)
            *vec_push(ret) = (struct call){.id = g->id, .begin = TIME_NONE, .gave_up = TIME_NONE};
        add_line(&ret->v[ret->n - 1], g);
        before = g;
    }
    huge_free(order);
    vec_sort(ret, by_begin);
}

/* ---- a window ---- */

/* When the call begins whose lines stand at `order`, `end` of them; those without a time stand first. */
static int64_t begin_of(const struct index *x, const uint32_t *order, size_t end)
{
    for (size_t i = 0; i < end; i++)
        if (x->gateway.v[order[i]].time != TIME_NONE)
            return x->gateway.v[order[i]].time;
    return TIME_NONE;
}

static size_t end_of(const struct index *x, const uint32_t *order, size_t from)
{
    size_t end = from + 1;
    const struct request_id *id = &x->gateway.v[order[from]].id;
    while (end < x->gateway.n && memcmp(&x->gateway.v[order[end]].id, id, sizeof *id) == 0)
        end++;
    return end;
}

void calls_narrow(struct index *x, int64_t from, int64_t to)
{
    size_t kept = 0;
    uint32_t *order = order_lines(x);
    bool *out = huge_zeros(x->gateway.n, sizeof *out);
    for (size_t i = 0, end; i < x->gateway.n; i = end) {
        end = end_of(x, order, i);
        int64_t begin = begin_of(x, order + i, end - i);
        bool inside =
            begin != TIME_NONE && (from == TIME_NONE || begin >= from) && (to == TIME_NONE || begin <= to);
        for (size_t k = i; k < end && !inside; k++)
            out[order[k]] = true;
    }
    for (size_t i = 0; i < x->gateway.n; i++)
        if (!out[i])
            x->gateway.v[kept++] = x->gateway.v[i];
    x->gateway.n = kept;
    huge_free(out);
    huge_free(order);
}

/* ---- invocations ---- */

/* A call under 16 bytes that an attempt has too. */
struct keyed {
    uint8_t key[16];
    size_t call;
};

typedef VEC(struct keyed) keyed_calls;

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int c = memcmp(x->key, y->key, sizeof x->key);
    return c ? c : x->call < y->call ? -1 : x->call > y->call;
}

/* The first call under the key; n when there is none. */
static size_t keyed_first(const keyed_calls *k, const uint8_t key[16])
{
    size_t low = order_lower(0, k->n, i, memcmp(k->v[i].key, key, 16) < 0);
    return low < k->n && memcmp(k->v[low].key, key, 16) == 0 ? low : k->n;
}

void calls_make(const struct index *x, calls *ret)
{
    keyed_calls named = {0};
    collect(x, ret);
    for (size_t i = 0; i < ret->n; i++) {
        struct request_id id;
        struct keyed k = {.call = i};
        if (!ret->v[i].request || !request_id_parse(intern_name(&x->names, ret->v[i].request), &id))
            continue;
        memcpy(k.key, &id, sizeof k.key);
        *vec_push(&named) = k;
    }
    vec_sort(&named, by_key);
    for (size_t i = 0; named.n && i < x->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&x->attempts, i);
        size_t at = a->ordinal == 1 ? keyed_first(&named, a->id.bytes) : named.n;
        for (; at < named.n && memcmp(named.v[at].key, &a->id, sizeof a->id) == 0; at++)
            ret->v[named.v[at].call].attempt = a;
    }
    vec_done(&named);
}

void calls_follow_traces(const struct index *x, int64_t early, calls *all)
{
    keyed_calls traced = {0};
    for (size_t i = 0; i < all->n; i++) {
        struct keyed k = {.call = i};
        bool timed = all->v[i].begin != TIME_NONE && all->v[i].gave_up != TIME_NONE;
        if (timed && !all->v[i].attempt && record_trace_id(intern_name(&x->names, all->v[i].trace), k.key))
            *vec_push(&traced) = k;
    }
    vec_sort(&traced, by_key);
    for (size_t i = 0; traced.n && i < x->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&x->attempts, i);
        const uint8_t *key = a->trace ? x->traces.v[a->trace - 1].bytes : NULL;
        for (size_t at = key ? keyed_first(&traced, key) : traced.n;
             at < traced.n && memcmp(traced.v[at].key, key, sizeof traced.v[at].key) == 0; at++) {
            struct call *c = &all->v[traced.v[at].call];
            if (!c->attempt && attempt_begin(a) >= c->begin - early && attempt_begin(a) <= c->gave_up)
                c->attempt = a;
        }
    }
    vec_done(&traced);
}
