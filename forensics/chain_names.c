/* Who names what: hand-overs and calls by the number of their key or message id. Made once for the steps of chains_init
 * that lead from the one to the other. */
#include "base/huge.h"
#include "base/parallel.h"
#include "forensics/chain_parts.h"

enum { RUN_MAX_MS = 900000 /* Lambda's longest invocation */ };

static void list_objects(const struct chains *c, struct chain_names *n)
{
    n->object = chain_rows_new(n->most);
    n->next_object = chain_rows_new(c->n);
    for (size_t at = c->n; at-- > 0;) {
        size_t i = chain_at(c, at);
        uint32_t number = chain_object(c, i)->number;
        n->next_object[i] = n->object[number];
        n->object[number] = (int32_t)i;
    }
}

static void note_times(struct chain_names *n, const struct attempt *a)
{
    int64_t ran = attempt_over(a) - chain_begin(a), late = attempt_begin(a) - chain_begin(a);
    bool ended = a->flags & (ATTEMPT_END | ATTEMPT_REPORT);
    n->longest = !ended ? RUN_MAX_MS : ran > n->longest ? ran : n->longest;
    n->late = late > n->late ? late : n->late;
}

static void list_calls(const struct chains *c, struct chain_names *n)
{
    const struct index *x = c->d->index;
    n->call = chain_rows_new(n->most);
    n->next_call = chain_rows_new(x->attempts.n * 2);
    for (size_t row = x->attempts.n; row-- > 0;) {
        const struct attempt *a = x->attempts.v[row];
        if (row >= ATTEMPTS_AHEAD)
            attempt_fetch(x->attempts.v[row - ATTEMPTS_AHEAD]);
        note_times(n, a);
        for (size_t slot = 0; slot < 2 && attempt_begin(a) != TIME_NONE; slot++) {
            uint32_t number = a->keys[slot] <= n->most ? a->keys[slot] : 0;
            n->next_call[row * 2 + slot] = number ? n->call[number] : CHAIN_NO_ROW;
            if (number)
                n->call[number] = (int32_t)(row * 2 + slot);
        }
    }
    n->longest = n->longest < RUN_MAX_MS ? n->longest : RUN_MAX_MS;
}

struct listing {
    const struct chains *c;
    struct chain_names *n;
};

/* The two lists have nothing in common: one thread each. */
static void list_one(void *ctx, unsigned thread, size_t i)
{
    struct listing *l = ctx;
    (void)thread;
    (i == 0 ? list_calls : list_objects)(l->c, l->n);
}

void chain_names_init(struct chain_names *n, const struct chains *c, uint32_t most)
{
    struct listing l = {c, n};
    *n = (struct chain_names){.most = most};
    parallel_run(parallel_worth(c->d->ev->threads, c->n), 2, list_one, &l);
}

void chain_names_done(struct chain_names *n)
{
    huge_free(n->object);
    huge_free(n->next_object);
    huge_free(n->call);
    huge_free(n->next_call);
}
