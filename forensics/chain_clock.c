/* Self-made chains that a clock or other callers explain better than the bucket does: a function that is
 * started by a schedule and writes, or reads what it wrote before, looks like one that its own objects invoke.
 * The times tell them apart. From one start to the next passes work (start to write) plus delay (write to next
 * start). When the write invokes the next call, delay does not depend on work, and the gap varies by both: more
 * than the delay. When something else does, the gap does not depend on work, and the delay is what is left of
 * it.
 *
 * Triggers that the function's lines name are dropped when the gaps vary less than half as much as the delays:
 * no loop can do that. Delays of S3 are taken to vary by DELAY_VARIES of their length at least: a schedule's
 * rest of the minute does not, and whole seconds hide what it varies by. So are they dropped when the way from
 * the record to the end of the call that names it varies less than half as much as that to its start: the call
 * wrote it, and S3's clock is behind. Triggers that rest on numbers alone must show that gaps follow the work:
 * a slope of at least SLOPE_MIN with a t value of T_MIN. Triggers told by the event itself or by a trace are
 * left alone. */
#include "forensics/chain_clock.h"

#include "base/huge.h"
#include "forensics/chain_parts.h"
#include "forensics/stats.h"

#include <math.h>

enum { PAIRS_MIN = 5, ROUNDING_MS = 250 };
#define EVEN_FACTOR  0.5
#define DELAY_VARIES 0.02
#define SLOPE_MIN    0.5
#define T_MIN        3.0

/* In ms, of which a float holds those of four hours to the last: of one loop there may be five million pairs. */
struct pair {
    uint32_t object;
    float work, delay; /* see chain_step */
    float run;         /* from the start of the next to its end */
};
typedef VEC(struct pair) pairs;

/* The function that wrote the hand-over and was triggered by it; 0 when these are two, or one attempt. */
static uint32_t function_of(const struct chains *c, size_t i)
{
    const struct attempt *writer = chain_attempt(c, c->links[i].writer),
                         *next = chain_attempt(c, c->links[i].triggered);
    return writer && next && writer != next && writer->function == next->function ? next->function : 0;
}

/* Hand-overs by time that one function wrote and was triggered by: few functions have such, and each has only its own
 * to look at. */
struct own {
    const uint32_t *v;
    size_t n;
};

static bool is_pair(const struct chains *c, enum chain_trigger how, bool messages, size_t i)
{
    return c->links[i].trigger == how && (chain_message(c, i) != NULL) == messages;
}

static void collect(const struct chains *c, const struct own *own, enum chain_trigger how, bool messages,
                    pairs *ret)
{
    size_t n = 0;
    for (size_t k = 0; k < own->n; k++)
        n += is_pair(c, how, messages, own->v[k]);
    vec_reserve(ret, n);
    for (size_t k = 0; k < own->n; k++) {
        uint32_t i = own->v[k];
        const struct chain_link *l = &c->links[i];
        if (!is_pair(c, how, messages, i))
            continue;
        const struct attempt *writer = chain_attempt(c, l->writer), *next = chain_attempt(c, l->triggered);
        int64_t written = chain_object(c, i)->time - (l->clockless ? c->ahead : 0);
        *vec_push(ret) =
            (struct pair){i, (float)(written - chain_begin(writer)), (float)(chain_begin(next) - written),
                          (float)(attempt_over(next) - chain_begin(next))};
    }
}

/* Median distance from the median of the delays, with the work before or the run behind them when `with` is 1. */
static double spread(const pairs *p, double with_work, double with_run, double *ret_median)
{
    double *v = huge_array(p->n, sizeof *v);
    for (size_t i = 0; i < p->n; i++)
        v[i] = with_work * (double)p->v[i].work + (double)p->v[i].delay + with_run * (double)p->v[i].run;
    double result = chain_deviation(v, p->n, ret_median);
    free(v);
    return result;
}

/* Times that are rounded down to a second vary by that alone: the median distance from the middle is a quarter. */
static double rounding(const struct chains *c, const pairs *p)
{
    size_t coarse = 0;
    for (size_t i = 0; i < p->n; i++)
        coarse += c->links[p->v[i].object].coarse;
    return coarse * 2 > p->n ? ROUNDING_MS : 0;
}

static bool is_even(const struct chains *c, const pairs *p, double varies)
{
    double gap, delay, gaps = spread(p, 1, 0, &gap), delays = spread(p, 0, 0, &delay) - rounding(c, p);
    return gaps < EVEN_FACTOR * fmax(delays, varies * delay);
}

static bool follows_end(const pairs *p)
{
    double end, delay, ends = spread(p, 0, 1, &end), delays = spread(p, 0, 0, &delay);
    return ends < EVEN_FACTOR * delays;
}

/* Least squares of gap over work. */
bool chain_clock_follows(const struct chain_step *v, size_t steps, double t_min)
{
    double n = (double)steps, work = 0, gap = 0, ww = 0, wg = 0, gg = 0;
    for (size_t i = 0; i < steps; i++) {
        work += v[i].work / n;
        gap += (v[i].work + v[i].delay) / n;
    }
    for (size_t i = 0; i < steps; i++) {
        double w = v[i].work - work, g = v[i].work + v[i].delay - gap;
        ww += w * w;
        wg += w * g;
        gg += g * g;
    }
    if (ww <= 0 || gg <= 0)
        return false;
    double r2 = wg * wg / (ww * gg);
    return wg / ww >= SLOPE_MIN && r2 * (n - 2) >= t_min * t_min * (1 - r2);
}

static bool follows_work(const pairs *p)
{
    struct chain_step *v = huge_array(p->n, sizeof *v);
    for (size_t i = 0; i < p->n; i++)
        v[i] = (struct chain_step){(double)p->v[i].work, (double)p->v[i].delay};
    bool result = chain_clock_follows(v, p->n, T_MIN);
    free(v);
    return result;
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

static void drop_named(struct chains *c, const struct own *own, bool messages)
{
    pairs named = {0};
    collect(c, own, TRIGGER_NAMED, messages, &named);
    /* A queue's delay is as long and as even as its owner wants. */
    if (named.n >= PAIRS_MIN && (is_even(c, &named, messages ? 0 : DELAY_VARIES) || follows_end(&named)))
        drop(c, &named);
    vec_done(&named);
}

static void drop_counted(struct chains *c, const struct own *own)
{
    pairs counted = {0};
    collect(c, own, TRIGGER_COUNTED, false, &counted);
    if (counted.n >= PAIRS_MIN && (is_even(c, &counted, DELAY_VARIES) || !follows_work(&counted)))
        drop(c, &counted);
    vec_done(&counted);
}

void chain_clock_drop(struct chains *c)
{
    size_t names = c->d->index->names.names.n;
    uint32_t *ends = huge_zeros(names + 1, sizeof *ends); /* by name: where its hand-overs end in `all` */
    uint32_t *all = huge_array(c->n, sizeof *all);
    for (size_t i = 0; i < c->n; i++)
        ends[function_of(c, i) + 1]++;
    for (size_t name = 0; name < names; name++)
        ends[name + 1] += ends[name];
    for (size_t k = 0; k < c->n; k++)
        all[ends[function_of(c, chain_at(c, k))]++] = (uint32_t)chain_at(c, k);
    for (size_t i = 0; i < c->d->functions.n; i++) {
        uint32_t name = c->d->functions.v[i].name, first = name ? ends[name - 1] : 0;
        struct own own = {all + first, ends[name] - first};
        if (own.n < PAIRS_MIN)
            continue;
        drop_named(c, &own, false);
        drop_named(c, &own, true);
        drop_counted(c, &own);
    }
    free(all);
    free(ends);
}
