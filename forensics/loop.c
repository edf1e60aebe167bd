/* Finding loops: the steps writer -> reader make a graph of functions; its strongly connected parts are the
 * loops. There are few functions, so reachability is a plain closure. */
#include "forensics/loop.h"

#include "base/huge.h"
#include "forensics/messages.h"

enum { FUNCTIONS_MAX = 512 };

struct graph {
    const struct chains *c;
    VEC(uint32_t) nodes; /* function names that write or read in a step */
    VEC(struct loop_edge) edges;
    bool *reach; /* nodes.n squared */
};

static const struct object_event *object(const struct chains *c, int32_t i)
{
    return chain_object(c, (size_t)i);
}

static const struct attempt *attempt(const struct chains *c, int32_t row)
{
    return c->d->index->attempts.v[row];
}

static size_t node_of(struct graph *g, uint32_t function)
{
    for (size_t i = 0; i < g->nodes.n; i++)
        if (g->nodes.v[i] == function)
            return i;
    if (g->nodes.n == FUNCTIONS_MAX)
        return FUNCTIONS_MAX;
    *vec_push(&g->nodes) = function;
    return g->nodes.n - 1;
}

static void add_step(struct graph *g, uint32_t writer, uint32_t bucket, uint32_t reader)
{
    for (size_t i = g->edges.n; i-- > 0;) {
        struct loop_edge *e = &g->edges.v[i];
        if (e->writer == writer && e->bucket == bucket && e->reader == reader) {
            e->count++;
            return;
        }
    }
    if (node_of(g, writer) < FUNCTIONS_MAX && node_of(g, reader) < FUNCTIONS_MAX)
        *vec_push(&g->edges) = (struct loop_edge){writer, bucket, reader, 1};
}

static void collect_steps(struct graph *g)
{
    const struct chains *c = g->c;
    for (size_t k = 0; k < c->n; k++) {
        size_t i = chain_at(c, k);
        const struct chain_link *l = &c->links[i];
        if (l->triggered >= 0 && l->function && !l->again && object(c, (int32_t)i)->bucket)
            add_step(g, l->function, object(c, (int32_t)i)->bucket, attempt(c, l->triggered)->function);
    }
}

static void close_graph(struct graph *g)
{
    size_t n = g->nodes.n;
    g->reach = calloc(n * n + 1, sizeof *g->reach);
    if (!g->reach)
        err_oom();
    for (size_t i = 0; i < g->edges.n; i++)
        g->reach[node_of(g, g->edges.v[i].writer) * n + node_of(g, g->edges.v[i].reader)] = true;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n && g->reach[i * n + k]; j++)
                g->reach[i * n + j] |= g->reach[k * n + j];
}

bool loop_holds(const struct loop *l, uint32_t function)
{
    for (size_t i = 0; i < l->functions.n; i++)
        if (l->functions.v[i] == function)
            return true;
    return false;
}

static int by_count(const void *a, const void *b)
{
    const struct loop_edge *x = a, *y = b;
    return x->count != y->count ? (x->count > y->count ? -1 : 1) : 0;
}

bool loop_through(const struct loop *l, uint32_t bucket)
{
    for (size_t i = 0; i < l->buckets.n; i++)
        if (l->buckets.v[i] == bucket)
            return true;
    return false;
}

static void take_edges(const struct graph *g, struct loop *l)
{
    for (size_t i = 0; i < g->edges.n; i++) {
        const struct loop_edge *e = &g->edges.v[i];
        if (!loop_holds(l, e->writer) || !loop_holds(l, e->reader))
            continue;
        *vec_push(&l->edges) = *e;
        if (!loop_through(l, e->bucket))
            *vec_push(&l->buckets) = e->bucket;
    }
    vec_sort(&l->edges,
             by_count); /* equal counts keep the order of their first object: qsort of glibc is stable */
}

/* ---- chains through the loop ---- */

/* Did a function of the loop write the object? */
static bool inner(const struct chains *c, const struct loop *l, int32_t i)
{
    return c->links[i].function && loop_holds(l, c->links[i].function);
}

/* How deep an attempt stands in its chain. */
struct depth {
    uint32_t calls;   /* one more than those of the attempt that wrote what triggered it */
    uint32_t returns; /* calls of its own function among them */
};

/* Attempts of the function above the one that the writer belongs to, itself included. A loop has few functions:
 * each keeps its own count along the chain. */
static uint32_t returns_of(const struct chains *c, const struct loop *l, const struct depth *depth,
                           int32_t writer, uint32_t function)
{
    for (size_t up = 0; writer >= 0 && up < l->functions.n; up++) {
        if (attempt(c, writer)->function == function)
            return depth[writer].returns;
        int32_t cause = c->cause[writer];
        writer = cause >= 0 ? c->links[cause].writer : CHAIN_NO_ROW;
    }
    return 0;
}

static void measure_link(const struct chains *c, struct loop *l, int32_t i, struct depth *depth)
{
    const struct chain_link *k = &c->links[i];
    int32_t writer = inner(c, l, i) ? k->writer : CHAIN_NO_ROW;
    struct depth *own = &depth[k->triggered], before = {0, 0};
    if (writer >= 0 && depth[writer].calls == 0) /* what invoked it is not known: the first of its chain */
        depth[writer] = (struct depth){1, 1};
    before = writer >= 0 ? depth[writer] : before;
    uint32_t returns = returns_of(c, l, depth, writer, attempt(c, k->triggered)->function);
    own->calls = before.calls + 1 > own->calls ? before.calls + 1 : own->calls;
    own->returns = returns + 1 > own->returns ? returns + 1 : own->returns;
    l->returns = own->returns > l->returns ? own->returns : l->returns;
    if (own->calls > l->generations) {
        l->generations = own->calls;
        l->deepest = k->triggered;
    }
}

/* The strongest that holds for half of the writes or more, a stronger one counted in. */
static enum chain_proof most_proof(const uint64_t proofs[CHAIN_PROOFS], uint64_t written)
{
    uint64_t n = 0;
    for (size_t p = CHAIN_PROOFS; p-- > 1;) {
        n += proofs[p];
        if (n && n * 2 >= written)
            return (enum chain_proof)p;
    }
    return PROOF_NONE;
}

static void count_kind(const struct chains *c, struct loop *l, int32_t i)
{
    struct slice name = dossier_name(c->d, object(c, i)->bucket);
    if (!chain_message(c, (size_t)i))
        l->to_buckets++;
    else if (message_queue(name))
        *(message_fifo(name) ? &l->to_fifos : &l->to_queues) += 1;
    else
        l->to_topics += message_topic(name);
}

/* Notes the depth of each attempt of the loop. Hand-overs come in order of time, a writer before what it wrote. */
static void measure_chains(const struct chains *c, struct loop *l, struct depth *depth)
{
    uint64_t proofs[CHAIN_PROOFS] = {0};
    l->root = l->deepest = CHAIN_NO_ROW;
    for (size_t at = 0; at < c->n; at++) {
        int32_t i = (int32_t)chain_at(c, at);
        const struct chain_link *k = &c->links[i];
        if (inner(c, l, i) && loop_through(l, object(c, i)->bucket) && !k->again) {
            proofs[k->proof]++;
            l->written++;
            count_kind(c, l, i);
        }
        if (k->triggered >= 0 && loop_holds(l, attempt(c, k->triggered)->function))
            measure_link(c, l, i, depth);
    }
    l->proof = most_proof(proofs, l->written);
}

/* Marks the attempts and hand-overs of chains that close: whatever a function came back to, and what stands
 * before it up to the root. What passes through some of the loop's functions once belongs to their ordinary
 * work. */
static void mark_members(const struct chains *c, const struct loop *l, const struct depth *depth,
                         char *objects, char *attempts)
{
    for (size_t at = c->n; at-- > 0;) {
        size_t i = chain_at(c, at);
        const struct chain_link *k = &c->links[i];
        bool mine = inner(c, l, (int32_t)i);
        bool triggers = k->triggered >= 0 && loop_holds(l, attempt(c, k->triggered)->function);
        bool closes = triggers && (depth[k->triggered].returns > 1 || attempts[k->triggered]);
        if (!closes)
            continue;
        objects[i] = attempts[k->triggered] = 1;
        if (mine && k->writer >= 0)
            attempts[k->writer] = 1;
    }
}

/* Retries of a marked attempt have its id and belong to it. */
static void mark_retries(const struct index *x, char *attempts)
{
    for (size_t i = 0; i < x->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&x->attempts, i);
        for (const struct attempt *k = attempt_next(x, a); a->ordinal > 1 && k != a && !attempts[i];
             k = attempt_next(x, k))
            attempts[i] = k->ordinal == 1 && !(k->flags & ATTEMPT_HIDDEN) && attempts[k->row];
    }
}

static void take_members(const struct chains *c, struct loop *l, const struct depth *depth)
{
    const struct index *x = c->d->index;
    char *objects = huge_zeros(c->n, 1), *attempts = huge_zeros(x->attempts.n, 1);
    mark_members(c, l, depth, objects, attempts);
    mark_retries(x, attempts);
    for (size_t at = 0; at < c->n; at++) {
        size_t i = chain_at(c, at);
        if (!objects[i] || c->links[i].again)
            continue;
        *vec_push(&l->objects) = (int32_t)i;
        if (l->root < 0 && !inner(c, l, (int32_t)i))
            l->root = (int32_t)i;
    }
    for (size_t i = 0; i < x->attempts.n; i++)
        if (attempts[i])
            *vec_push(&l->attempts) = (int32_t)i;
    free(objects);
    free(attempts);
}

static void sort_names(const struct chains *c, struct loop *l)
{
    for (size_t i = 1; i < l->functions.n; i++)
        for (size_t k = i; k > 0; k--) {
            uint32_t *v = &l->functions.v[k];
            if (slice_cmp(dossier_name(c->d, v[-1]), dossier_name(c->d, v[0])) <= 0)
                break;
            uint32_t swap = v[0];
            v[0] = v[-1];
            v[-1] = swap;
        }
}

static void loop_make(const struct graph *g, size_t node, struct loop *l)
{
    size_t n = g->nodes.n;
    struct depth *depth = huge_zeros(g->c->d->index->attempts.n, sizeof *depth);
    *l = (struct loop){.root = CHAIN_NO_ROW};
    for (size_t i = 0; i < n; i++)
        if (g->reach[node * n + i] && g->reach[i * n + node])
            *vec_push(&l->functions) = g->nodes.v[i];
    sort_names(g->c, l);
    take_edges(g, l);
    measure_chains(g->c, l, depth);
    take_members(g->c, l, depth);
    free(depth);
}

static int by_size(const void *a, const void *b)
{
    const struct loop *x = a, *y = b;
    if (x->attempts.n != y->attempts.n)
        return x->attempts.n > y->attempts.n ? -1 : 1;
    return 0;
}

void loops_find(const struct chains *c, loops *ret)
{
    struct graph g = {.c = c};
    collect_steps(&g);
    close_graph(&g);
    size_t n = g.nodes.n;
    char *done = calloc(n + 1, 1);
    if (!done)
        err_oom();
    for (size_t i = 0; i < n; i++) {
        if (!g.reach[i * n + i] || done[i])
            continue;
        for (size_t k = 0; k < n; k++)
            done[k] |= g.reach[i * n + k] && g.reach[k * n + i];
        loop_make(&g, i, vec_push(ret));
    }
    vec_sort(ret, by_size);
    free(done);
    free(g.reach);
    vec_done(&g.nodes);
    vec_done(&g.edges);
}

void loops_done(loops *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct loop *l = &all->v[i];
        vec_done(&l->functions);
        vec_done(&l->buckets);
        vec_done(&l->edges);
        vec_done(&l->attempts);
        vec_done(&l->objects);
    }
    vec_done(all);
}
