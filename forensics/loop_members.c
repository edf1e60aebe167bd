/* Chains through the loops, in three walks over the hand-overs that serve all loops at once: a hand-over belongs to the
 * loop of the function that it triggered, and no function is in two. */
#include "forensics/loop_members.h"

#include "base/huge.h"
#include "forensics/chain_parts.h"
#include "forensics/messages.h"

/* How deep an attempt stands in its chain. */
struct depth {
    uint32_t calls;   /* one more than those of the attempt that wrote what triggered it */
    uint32_t returns; /* calls of its own function among them */
};

/* A further attempt of a member: it belongs to that one's loop, whatever its own function is. */
struct retry {
    uint32_t row;
    uint16_t loop;
};

/* Loops are numbered from 1; 0 is none. */
struct members {
    const struct chains *c;
    const uint16_t *loop_of; /* by name */
    loops *all;
    struct depth *depth; /* by row */
    uint16_t *objects;   /* by hand-over: the loop in whose chains it stands */
    uint16_t *attempts;  /* by row: the same */
    VEC(struct retry) retries;
};

/* The loop of the function that wrote the hand-over, and of the one that it triggered. */
static uint16_t loop_from(const struct members *m, size_t i)
{
    return m->loop_of[m->c->links[i].function]; /* 0 is no function's name */
}

static uint16_t loop_to(const struct members *m, size_t i)
{
    return m->c->links[i].triggered >= 0 ? m->loop_of[chain_reader(m->c, i)] : 0;
}

/* ---- depth ---- */

/* Attempts of the function above the one that the hand-over's writer belongs to, itself included. A loop has few
 * functions: each keeps its own count along the chain. */
static uint32_t returns_of(const struct members *m, const struct loop *l, const struct chain_link *k,
                           uint32_t function)
{
    for (size_t up = 0; k->writer >= 0 && up < l->functions.n; up++) {
        if (k->function == function)
            return m->depth[k->writer].returns;
        int32_t cause = m->c->cause[k->writer];
        if (cause < 0)
            return 0;
        k = &m->c->links[cause];
    }
    return 0;
}

/* `inner`: written by a function of the loop. */
static void measure_link(const struct members *m, struct loop *l, size_t i, bool inner)
{
    const struct chain_link *k = &m->c->links[i];
    struct depth *own = &m->depth[k->triggered], before = {0, 0};
    uint32_t returns = 0;
    if (inner && k->writer >= 0) {
        struct depth *writer = &m->depth[k->writer];
        if (writer->calls == 0) /* what invoked it is not known: the first of its chain */
            *writer = (struct depth){1, 1};
        before = *writer;
        returns = returns_of(m, l, k, chain_reader(m->c, i));
    }
    own->calls = before.calls + 1 > own->calls ? before.calls + 1 : own->calls;
    own->returns = returns + 1 > own->returns ? returns + 1 : own->returns;
    l->returns = own->returns > l->returns ? own->returns : l->returns;
    if (own->calls > l->generations) {
        l->generations = own->calls;
        l->deepest = k->triggered;
    }
}

/* ---- what the loop wrote ---- */

/* Writes of a loop by their proof. */
struct tally {
    uint64_t of[CHAIN_PROOFS];
};

/* The strongest that holds for half of the writes or more, a stronger one counted in. */
static enum chain_proof most_proof(const struct tally *t, uint64_t written)
{
    uint64_t n = 0;
    for (size_t p = CHAIN_PROOFS; p-- > 1;) {
        n += t->of[p];
        if (n && n * 2 >= written)
            return (enum chain_proof)p;
    }
    return PROOF_NONE;
}

static void count_kind(const struct chains *c, struct loop *l, size_t i)
{
    struct slice name = dossier_name(c->d, chain_object(c, i)->bucket);
    if (!chain_message(c, i))
        l->to_buckets++;
    else if (message_queue(name))
        *(message_fifo(name) ? &l->to_fifos : &l->to_queues) += 1;
    else
        l->to_topics += message_topic(name);
}

static void count_write(const struct chains *c, struct loop *l, size_t i, struct tally *t)
{
    if (c->links[i].again || !loop_through(l, chain_object(c, i)->bucket))
        return;
    t->of[c->links[i].proof]++;
    l->written++;
    count_kind(c, l, i);
}

/* Hand-overs come in order of time, a writer before what it wrote. */
static void measure_chains(struct members *m)
{
    struct tally *tallies = huge_zeros(m->all->n, sizeof *tallies);
    for (size_t k = 0; k < m->c->n; k++) {
        size_t i = chain_walk(m->c, k);
        uint16_t from = loop_from(m, i), to = loop_to(m, i);
        if (from)
            count_write(m->c, &m->all->v[from - 1], i, &tallies[from - 1]);
        if (to)
            measure_link(m, &m->all->v[to - 1], i, from == to);
    }
    for (size_t i = 0; i < m->all->n; i++)
        m->all->v[i].proof = most_proof(&tallies[i], m->all->v[i].written);
    huge_free(tallies);
}

/* ---- who belongs to it ---- */

/* Marks the attempts and hand-overs of chains that close: whatever a function came back to, and what stands
 * before it up to the root. What passes through some of the loop's functions once belongs to their ordinary
 * work. */
static void mark_members(struct members *m)
{
    for (size_t at = m->c->n; at-- > 0;) {
        size_t i = chain_at(m->c, at);
        const struct chain_link *k = &m->c->links[i];
        uint16_t to = loop_to(m, i);
        if (!to || (m->depth[k->triggered].returns <= 1 && !m->attempts[k->triggered]))
            continue;
        m->objects[i] = m->attempts[k->triggered] = to;
        if (k->writer >= 0 && loop_from(m, i) == to)
            m->attempts[k->writer] = to;
    }
}

static int by_row(const void *a, const void *b)
{
    const struct retry *x = a, *y = b;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Retries of a marked attempt have its id and belong to it. Families stand by id and ordinal. */
static void mark_retries(struct members *m)
{
    const struct index *x = m->c->d->index;
    uint16_t loop = 0; /* that of the family's first attempt */
    for (size_t i = 0; i < x->families.n; i++) {
        const struct attempt *a = x->families.v[i];
        bool hidden = a->flags & ATTEMPT_HIDDEN;
        if (i == 0 || memcmp(&a->id, &x->families.v[i - 1]->id, sizeof a->id) != 0)
            loop = 0;
        if (a->ordinal == 1)
            loop = hidden ? 0 : m->attempts[a->row];
        else if (loop && !hidden && m->attempts[a->row] != loop)
            *vec_push(&m->retries) = (struct retry){a->row, loop};
    }
    vec_sort(&m->retries, by_row);
}

static void take_objects(const struct members *m)
{
    for (size_t at = 0; at < m->c->n; at++) {
        size_t i = chain_at(m->c, at);
        if (!m->objects[i] || m->c->links[i].again)
            continue;
        struct loop *l = &m->all->v[m->objects[i] - 1];
        *vec_push(&l->objects) = (int32_t)i;
        if (l->root < 0 && loop_from(m, i) != m->objects[i])
            l->root = (int32_t)i;
    }
}

static void take_attempts(const struct members *m)
{
    size_t retry = 0;
    for (size_t row = 0; row < m->c->d->index->attempts.n; row++) {
        if (m->attempts[row])
            *vec_push(&m->all->v[m->attempts[row] - 1].attempts) = (int32_t)row;
        for (; retry < m->retries.n && m->retries.v[retry].row == row; retry++)
            *vec_push(&m->all->v[m->retries.v[retry].loop - 1].attempts) = (int32_t)row;
    }
}

void loop_members_take(const struct chains *c, const uint16_t *loop_of, loops *all)
{
    size_t rows = c->d->index->attempts.n;
    struct members m = {.c = c,
                        .loop_of = loop_of,
                        .all = all,
                        .depth = huge_zeros(rows, sizeof *m.depth),
                        .objects = huge_zeros(c->n, sizeof *m.objects),
                        .attempts = huge_zeros(rows, sizeof *m.attempts)};
    measure_chains(&m);
    mark_members(&m);
    mark_retries(&m);
    huge_free(m.depth);
    take_objects(&m);
    take_attempts(&m);
    huge_free(m.objects);
    huge_free(m.attempts);
    vec_done(&m.retries);
}
