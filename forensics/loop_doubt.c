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

#include "base/huge.h"
#include "base/parallel.h"
#include "forensics/attempt.h"
#include "forensics/chain_parts.h"

enum {
    PAIRS_MIN = 5,
    FED_MIN = 5,
    QUIET = 10, /* an object's time by chance: 1 in 10 lies so near to the next start */
};
#define EARLY_SHARE 0.05
#define EVEN_FACTOR 0.5

/* Of a loop there may be five million: each block of hand-overs notes its own, and then they are moved together. */
struct pairs {
    double *from_write, *from_end; /* ms to the start of the next */
    size_t n, early, coarse;
};

static bool grew(const struct chains *c, int32_t i, const struct attempt *writer)
{
    int32_t from = c->cause[writer->row];
    return from >= 0 &&
           chain_derived(object_key(chain_object(c, (size_t)i)), object_key(chain_object(c, (size_t)from)));
}

struct taking {
    const struct chains *c;
    const struct loop *l;
    double *from_write, *from_end;
    struct pairs *of; /* of each block */
};

static void take_pair(const struct chains *c, int32_t i, struct pairs *ret)
{
    const struct chain_link *k = &c->links[i];
    const struct attempt *writer = chain_attempt(c, k->writer), *next = chain_attempt(c, k->triggered);
    if (!writer || !next || k->trigger > TRIGGER_NAMED || chain_message(c, (size_t)i))
        return;
    int64_t from_end = chain_begin(next) - attempt_over(writer);
    ret->from_write[ret->n] = (double)chains_delay(c, (size_t)i);
    ret->from_end[ret->n] = (double)from_end;
    ret->n++;
    ret->early += from_end < 0 && (writer->flags & (ATTEMPT_END | ATTEMPT_REPORT));
    ret->coarse += k->coarse;
}

static void take_block(void *ctx, size_t block, size_t from, size_t to)
{
    const struct taking *t = ctx;
    const int32_t *objects = t->l->objects.v;
    struct pairs p = {t->from_write + from, t->from_end + from, 0, 0, 0};
    for (size_t k = from; k < to; k++) {
        if (k + ATTEMPTS_AHEAD < to)
            chain_fetch(t->c, (size_t)objects[k + ATTEMPTS_AHEAD]);
        take_pair(t->c, objects[k], &p);
    }
    t->of[block] = p;
}

static struct pairs pairs_new(const struct chains *c, const struct loop *l)
{
    size_t n = l->objects.n, blocks = parallel_count(n);
    struct taking t = {c, l, huge_array(n, sizeof(double)), huge_array(n, sizeof(double)),
                       huge_array(blocks, sizeof *t.of)};
    struct pairs all = {t.from_write, t.from_end, 0, 0, 0};
    parallel_blocks(c->d->ev->threads, n, take_block, &t);
    for (size_t i = 0; i < blocks; i++) {
        const struct pairs *p = &t.of[i];
        memmove(all.from_write + all.n, p->from_write, p->n * sizeof(double));
        memmove(all.from_end + all.n, p->from_end, p->n * sizeof(double));
        all.n += p->n;
        all.early += p->early;
        all.coarse += p->coarse;
    }
    huge_free(t.of);
    return all;
}

static void pairs_free(struct pairs *p)
{
    huge_free(p->from_write);
    huge_free(p->from_end);
}

struct spread {
    double *v, deviation;
    size_t n;
};

static void measure_one(void *ctx, unsigned thread, size_t i)
{
    struct spread *s = ctx;
    double median;
    (void)thread;
    s[i].deviation = chain_deviation(s[i].v, s[i].n, &median);
}

/* Does the start keep time with the end of the call before? Whole seconds hide it. */
static bool is_even(const struct chains *c, struct pairs *p)
{
    struct spread ends_writes[] = {{p->from_end, 0, p->n}, {p->from_write, 0, p->n}};
    if (p->n < PAIRS_MIN || (double)p->coarse * 2 > (double)p->n)
        return false;
    parallel_run(parallel_worth(c->d->ev->threads, p->n), 2, measure_one, ends_writes);
    return ends_writes[0].deviation < EVEN_FACTOR * ends_writes[1].deviation;
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
    if (l->proof == PROOF_LINEAGE)
        return false;
    struct pairs p = pairs_new(c, l);
    double n = (double)p.n;
    bool doubt = n * 2 > (double)l->objects.n && (double)p.early <= EARLY_SHARE * n &&
                 (is_even(c, &p) || !is_fed(c, l)) && !is_growing(c, l);
    pairs_free(&p);
    return doubt;
}
