/* Self-made chains that a clock or other callers explain better than the bucket does: a function that is
 * started by a schedule and writes, or reads what it wrote before, looks like one that its own objects
 * invoke. The times tell them apart. From one start to the next passes work (start to write) plus delay
 * (write to next start). When the write invokes the next call, delay does not depend on work, and the gap
 * varies by both: more than the delay. When something else does, the gap does not depend on work, and the
 * delay is what is left of it.
 *
 * Triggers that the function's lines name are dropped when the gaps vary less than half as much as the delays:
 * no loop can do that. Triggers that rest on numbers alone must show that gaps follow the work: a slope of at
 * least SLOPE_MIN with a t value of T_MIN. Triggers told by the event itself or by a trace are left alone. */
#include "forensics/chain_clock.h"

#include "forensics/stats.h"

enum { PAIRS_MIN = 5 };
#define EVEN_FACTOR 0.5
#define SLOPE_MIN   0.5
#define T_MIN       3.0

struct pair {
    size_t object;
    double work, delay; /* ms */
};
typedef VEC(struct pair) pairs;

static void collect(const struct chains *c, uint32_t function, enum chain_trigger how, pairs *ret)
{
    const struct index *x = c->d->index;
    for (size_t k = 0; k < c->n; k++) {
        size_t i = chain_at(c, k);
        const struct chain_link *l = &c->links[i];
        if (l->writer < 0 || l->triggered < 0 || l->trigger != how)
            continue;
        const struct attempt *writer = x->attempts.v[l->writer], *next = x->attempts.v[l->triggered];
        if (writer->function != function || next->function != function || writer == next)
            continue;
        *vec_push(ret) = (struct pair){i, (double)(chain_object(c, i)->time - attempt_begin(writer)),
                                       (double)(attempt_begin(next) - chain_object(c, i)->time)};
    }
}

/* Median distance from the median. */
static double spread(const pairs *p, double work_share, double *scratch)
{
    for (size_t i = 0; i < p->n; i++)
        scratch[i] = work_share * p->v[i].work + p->v[i].delay;
    return stats_deviation(scratch, p->n, stats_median(scratch, p->n));
}

static bool is_even(const pairs *p)
{
    double *scratch = malloc(p->n * sizeof *scratch);
    if (!scratch)
        err_oom();
    double gaps = spread(p, 1, scratch), delays = spread(p, 0, scratch);
    free(scratch);
    return gaps < EVEN_FACTOR * delays;
}

/* Least squares of gap over work. */
static bool follows_work(const pairs *p)
{
    double n = (double)p->n, work = 0, gap = 0, ww = 0, wg = 0, gg = 0;
    for (size_t i = 0; i < p->n; i++) {
        work += p->v[i].work / n;
        gap += (p->v[i].work + p->v[i].delay) / n;
    }
    for (size_t i = 0; i < p->n; i++) {
        double w = p->v[i].work - work, g = p->v[i].work + p->v[i].delay - gap;
        ww += w * w;
        wg += w * g;
        gg += g * g;
    }
    if (ww <= 0 || gg <= 0)
        return false;
    double r2 = wg * wg / (ww * gg);
    return wg / ww >= SLOPE_MIN && r2 * (n - 2) >= T_MIN * T_MIN * (1 - r2);
}

static void drop(struct chains *c, const pairs *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct chain_link *l = &c->links[p->v[i].object];
        c->cause[l->triggered] = CHAIN_NO_ROW;
        l->triggered = CHAIN_NO_ROW;
        l->trigger = 0;
    }
}

void chain_clock_drop(struct chains *c)
{
    for (size_t i = 0; i < c->d->functions.n; i++) {
        pairs named = {0}, counted = {0};
        collect(c, c->d->functions.v[i].name, TRIGGER_NAMED, &named);
        collect(c, c->d->functions.v[i].name, TRIGGER_COUNTED, &counted);
        if (named.n >= PAIRS_MIN && is_even(&named))
            drop(c, &named);
        if (counted.n >= PAIRS_MIN && (is_even(&counted) || !follows_work(&counted)))
            drop(c, &counted);
        vec_done(&named);
        vec_done(&counted);
    }
}
