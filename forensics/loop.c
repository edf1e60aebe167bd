/* Finding loops: the steps writer -> reader make a graph of functions; its strongly connected parts are the
 * loops. There are few functions, so reachability is a plain closure. A function is in one loop at most, so that one
 * walk over the hand-overs serves all loops. */
#include "forensics/loop.h"

#include "base/huge.h"
#include "forensics/chain_parts.h"
#include "forensics/loop_members.h"
#include "forensics/loop_steps.h"

enum { FUNCTIONS_MAX = 512 };

struct graph {
    const struct chains *c;
    struct loop_steps steps;
    VEC(uint32_t) nodes; /* names of functions that write or read in a step */
    uint16_t *node;      /* by name: place in nodes plus one, 0 for none */
    bool *reach;         /* nodes.n squared */
    uint16_t *loop;      /* by name: the number of the function's loop, from 1; 0 for none */
};

static void add_node(struct graph *g, uint32_t function)
{
    if (g->node[function] || g->nodes.n == FUNCTIONS_MAX)
        return;
    *vec_push(&g->nodes) = function;
    g->node[function] = (uint16_t)g->nodes.n;
}

static void collect_steps(struct graph *g)
{
    const struct chains *c = g->c;
    for (size_t k = 0; k < c->n; k++) {
        size_t i = chain_walk(c, k);
        const struct chain_link *l = &c->links[i];
        if (l->triggered >= 0 && l->function && !l->again && chain_object(c, i)->bucket)
            loop_steps_add(&g->steps, l->function, chain_object(c, i)->bucket, chain_reader(c, i));
    }
    for (size_t i = 0; i < g->steps.list.n; i++) {
        add_node(g, g->steps.list.v[i].writer);
        add_node(g, g->steps.list.v[i].reader);
    }
}

static void close_graph(struct graph *g)
{
    size_t n = g->nodes.n;
    g->reach = calloc(n * n + 1, sizeof *g->reach);
    if (!g->reach)
        err_oom();
    for (size_t i = 0; i < g->steps.list.n; i++) {
        size_t from = g->node[g->steps.list.v[i].writer], to = g->node[g->steps.list.v[i].reader];
        if (from && to)
            g->reach[(from - 1) * n + to - 1] = true;
    }
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

static void take_edges(const struct graph *g, loops *all)
{
    for (size_t i = 0; i < g->steps.list.n; i++) {
        const struct loop_edge *e = &g->steps.list.v[i];
        if (!g->loop[e->writer] || g->loop[e->writer] != g->loop[e->reader])
            continue;
        struct loop *l = &all->v[g->loop[e->writer] - 1];
        *vec_push(&l->edges) = *e;
        if (!loop_through(l, e->bucket))
            *vec_push(&l->buckets) = e->bucket;
    }
    for (size_t i = 0; i < all->n;
         i++) /* equal counts keep the order of their first object: qsort of glibc is
                                           stable */
        vec_sort(&all->v[i].edges, by_count);
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

static void loop_make(const struct graph *g, size_t node, loops *all)
{
    size_t n = g->nodes.n;
    struct loop *l = vec_push(all);
    *l = (struct loop){.root = CHAIN_NO_ROW, .deepest = CHAIN_NO_ROW};
    for (size_t i = 0; i < n; i++)
        if (g->reach[node * n + i] && g->reach[i * n + node]) {
            *vec_push(&l->functions) = g->nodes.v[i];
            g->loop[g->nodes.v[i]] = (uint16_t)all->n;
        }
    sort_names(g->c, l);
}

static int by_size(const void *a, const void *b)
{
    const struct loop *x = a, *y = b;
    if (x->attempts.n != y->attempts.n)
        return x->attempts.n > y->attempts.n ? -1 : 1;
    return 0;
}

static void graph_init(struct graph *g, const struct chains *c)
{
    size_t names = c->d->index->names.names.n;
    *g = (struct graph){
        .c = c, .node = huge_zeros(names, sizeof *g->node), .loop = huge_zeros(names, sizeof *g->loop)};
    loop_steps_init(&g->steps);
    collect_steps(g);
    close_graph(g);
}

static void graph_done(struct graph *g)
{
    free(g->reach);
    huge_free(g->node);
    huge_free(g->loop);
    vec_done(&g->nodes);
    loop_steps_done(&g->steps);
}

void loops_find(const struct chains *c, loops *ret)
{
    struct graph g;
    graph_init(&g, c);
    for (size_t i = 0; i < g.nodes.n; i++)
        if (g.reach[i * g.nodes.n + i] && !g.loop[g.nodes.v[i]])
            loop_make(&g, i, ret);
    if (ret->n) {
        take_edges(&g, ret);
        loop_members_take(c, g.loop, ret);
    }
    vec_sort(ret, by_size);
    graph_done(&g);
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
