/* Loops that another caller explains as well: a program or a state machine that waits for each answer before it
 * calls again. Each of its calls follows the write of the one before, reads it perhaps, and no bucket invokes
 * anything. In doubt is a loop most of whose triggers rest on names, numbers and time, with less than EARLY_SHARE of
 * its calls begun before the one that wrote was over (who waits cannot do that), and with
 * - starts that keep time with the end of the call before: the way from there varies less than EVEN_FACTOR of that
 *   from the write; or
 * - nothing that shows its bucket to invoke its function: no object of another writer that a call of it names, and
 *   none that the loop's first call, or FED_MIN calls, followed QUIET times as fast as they did the call before, or
 *   the begin of the evidence.
 * No doubt is left of a loop whose trace headers count its hops or whose keys grow from hop to hop. */
#include "forensics/loop_doubt.h"

#include "forensics/attempt.h"
#include "forensics/chain_parts.h"

enum {
    PAIRS_MIN = 5,
    FED_MIN = 5,
    QUIET = 10, /* an object's time by chance: 1 in 10 lies so near to the next start */
};
#define EARLY_SHARE 0.05
#define EVEN_FACTOR 0.5

struct pairs {
    VEC(double) from_write, from_end; /* ms to the start of the next */
    size_t early, coarse;
};

static bool grew(const struct chains *c, int32_t i, const struct attempt *writer)
{
    int32_t from = c->cause[writer->row];
    return from >= 0 &&
           chain_derived(object_key(chain_object(c, (size_t)i)), object_key(chain_object(c, (size_t)from)));
}

static void take_pair(const struct chains *c, int32_t i, struct pairs *ret)
{
    const struct chain_link *k = &c->links[i];
    const struct attempt *writer = chain_attempt(c, k->writer), *next = chain_attempt(c, k->triggered);
    if (!writer || !next || k->trigger > TRIGGER_NAMED || chain_message(c, (size_t)i))
        return;
    int64_t from_end = chain_begin(next) - attempt_over(writer);
    *vec_push(&ret->from_write) = (double)chains_delay(c, (size_t)i);
    *vec_push(&ret->from_end) = (double)from_end;
    ret->early += from_end < 0 && (writer->flags & (ATTEMPT_END | ATTEMPT_REPORT));
    ret->coarse += k->coarse;
}

/* Does the start keep time with the end of the call before? Whole seconds hide it. */
static bool is_even(struct pairs *p)
{
    double median, n = (double)p->from_end.n;
    if (p->from_end.n < PAIRS_MIN || (double)p->coarse * 2 > n)
        return false;
    double ends = chain_deviation(p->from_end.v, p->from_end.n, &median);
    double writes = chain_deviation(p->from_write.v, p->from_write.n, &median);
    return ends < EVEN_FACTOR * writes;
}

/* Did the call begin so soon behind the object, and so long behind the function's call before? Where it is the first
 * call, the evidence has to be as old: one that begins with the object knows of no rest before it. */
static bool is_quiet(const struct chains *c, size_t i, const struct attempt *a)
{
    const struct function *f = dossier_function(c->d, a->function);
    size_t at = f ? dossier_lower(f, attempt_begin(a)) : 0;
    int64_t delay = chains_delay(c, i);
    int64_t before = at ? attempt_begin(f->attempts.v[at - 1]) : c->d->start;
    return delay != TIME_NONE && before != TIME_NONE && attempt_begin(a) - before >= QUIET * delay;
}

/* Do objects of other writers show that the loop's buckets invoke its functions? */
static bool is_fed(const struct chains *c, const struct loop *l)
{
    size_t fed = 0, counted = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct chain_link *k = &c->links[i];
        const struct attempt *a = chain_attempt(c, k->triggered);
        if (!a || loop_holds(l, k->function) || !loop_holds(l, a->function) ||
            !loop_through(l, chain_object(c, i)->bucket))
            continue;
        bool quiet = is_quiet(c, i, a), first = (int32_t)a->row == l->attempts.v[0];
        if (k->trigger > TRIGGER_COUNTED || (quiet && first))
            return true;
        fed += quiet;
        counted++;
    }
    return fed >= FED_MIN && fed * 2 >= counted;
}

/* Do the keys of most writes grow? Long ones are slow to compare: asked last. */
static bool is_growing(const struct chains *c, const struct loop *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->objects.n; i++) {
        const struct attempt *writer = chain_attempt(c, c->links[l->objects.v[i]].writer);
        n += writer && grew(c, l->objects.v[i], writer);
    }
    return n * 2 > l->objects.n;
}

bool loop_doubtful(const struct chains *c, const struct loop *l)
{
    struct pairs p = {.early = 0};
    for (size_t i = 0; i < l->objects.n; i++)
        take_pair(c, l->objects.v[i], &p);
    double n = (double)p.from_end.n;
    bool doubt = n * 2 > (double)l->objects.n && l->proof != PROOF_LINEAGE &&
                 (double)p.early <= EARLY_SHARE * n && (is_even(&p) || !is_fed(c, l)) && !is_growing(c, l);
    vec_done(&p.from_write);
    vec_done(&p.from_end);
    return doubt;
}
