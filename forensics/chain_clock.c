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
#include "base/parallel.h"
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
    float work, delay; /* see chain_step */
    float run;         /* from the start of the next to its end */
};

/* Of hand-overs, by time. */
struct pairs {
    const uint32_t *objects;
    struct pair *v;
    size_t n;
};

/* What is judged together: hand-overs between calls of one function, told in one way. */
enum kind { NAMED_OBJECTS, NAMED_MESSAGES, COUNTED, KINDS };

/* KINDS for those that no clock has to explain. */
static enum kind kind_of(const struct chains *c, size_t i)
{
    const struct chain_link *l = &c->links[i];
    bool message = chain_message(c, i);
    if (l->own && l->trigger == TRIGGER_NAMED)
        return message ? NAMED_MESSAGES : NAMED_OBJECTS;
    return l->own && l->trigger == TRIGGER_COUNTED && !message ? COUNTED : KINDS;
}

struct taking {
    const struct chains *c;
    struct pairs p;
};

static void take_block(void *ctx, size_t block, size_t from, size_t to)
{
    const struct taking *t = ctx;
    const struct chains *c = t->c;
    (void)block;
    for (size_t k = from; k < to; k++) {
        uint32_t i = t->p.objects[k];
        const struct chain_link *l = &c->links[i];
        if (k + ATTEMPTS_AHEAD < to)
            chain_fetch(c, t->p.objects[k + ATTEMPTS_AHEAD]);
        const struct attempt *writer = chain_attempt(c, l->writer), *next = chain_attempt(c, l->triggered);
        int64_t written = chain_object(c, i)->time - (l->clockless ? c->ahead : 0);
        t->p.v[k] =
            (struct pair){(float)(written - chain_begin(writer)), (float)(chain_begin(next) - written),
                          (float)(attempt_over(next) - chain_begin(next))};
    }
}

static struct pairs pairs_new(const struct chains *c, const uint32_t *objects, size_t n)
{
    struct taking t = {c, {objects, huge_array(n, sizeof *t.p.v), n}};
    parallel_blocks(c->d->ev->threads, n, take_block, &t);
    return t.p;
}

/* How much the way varies that begins and ends so: the median distance from its median, ms. */
struct spread {
    bool with_work, with_run; /* beside the delay: the work before it, the run behind it */
    double median, deviation;
};
enum { GAPS, DELAYS, ENDS, SPREADS };

struct spreads {
    const struct pairs *p;
    struct spread of[SPREADS];
};

static void measure_one(void *ctx, unsigned thread, size_t number)
{
    struct spreads *all = ctx;
    struct spread *s = &all->of[number];
    const struct pairs *p = all->p;
    double *v = huge_array(p->n, sizeof *v);
    (void)thread;
    for (size_t i = 0; i < p->n; i++)
        v[i] =
            s->with_work * (double)p->v[i].work + (double)p->v[i].delay + s->with_run * (double)p->v[i].run;
    s->deviation = chain_deviation(v, p->n, &s->median);
    huge_free(v);
}

static struct spreads spreads_of(const struct chains *c, const struct pairs *p)
{
    struct spreads all = {p, {[GAPS] = {.with_work = true}, [ENDS] = {.with_run = true}}};
    parallel_run(parallel_worth(c->d->ev->threads, p->n), SPREADS, measure_one, &all);
    return all;
}

/* Times that are rounded down to a second vary by that alone: the median distance from the middle is a quarter. */
static double rounding(const struct chains *c, const struct pairs *p)
{
    size_t coarse = 0;
    for (size_t i = 0; i < p->n; i++)
        coarse += c->links[p->objects[i]].coarse;
    return coarse * 2 > p->n ? ROUNDING_MS : 0;
}

static bool is_even(const struct chains *c, const struct spreads *s, double varies)
{
    double delays = s->of[DELAYS].deviation - rounding(c, s->p);
    return s->of[GAPS].deviation < EVEN_FACTOR * fmax(delays, varies * s->of[DELAYS].median);
}

static bool follows_end(const struct spreads *s)
{
    return s->of[ENDS].deviation < EVEN_FACTOR * s->of[DELAYS].deviation;
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

static bool follows_work(const struct pairs *p)
{
    struct chain_step *v = huge_array(p->n, sizeof *v);
    for (size_t i = 0; i < p->n; i++)
        v[i] = (struct chain_step){(double)p->v[i].work, (double)p->v[i].delay};
    bool result = chain_clock_follows(v, p->n, T_MIN);
    huge_free(v);
    return result;
}

static void drop(struct chains *c, const struct pairs *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct chain_link *l = &c->links[p->objects[i]];
        c->cause[l->triggered] = CHAIN_NO_ROW;
        l->triggered = CHAIN_NO_ROW;
        l->trigger = 0;
        l->own = false;
    }
}

static void judge(struct chains *c, enum kind kind, const uint32_t *objects, size_t n)
{
    if (n < PAIRS_MIN)
        return;
    struct pairs p = pairs_new(c, objects, n);
    struct spreads s = spreads_of(c, &p);
    /* A queue's delay is as long and as even as its owner wants. */
    bool even = is_even(c, &s, kind == NAMED_MESSAGES ? 0 : DELAY_VARIES);
    if (even || (kind == COUNTED ? !follows_work(&p) : follows_end(&s)))
        drop(c, &p);
    huge_free(p.v);
}

/* Dealt out by function and kind, so that each has only its own to look at. */
void chain_clock_drop(struct chains *c)
{
    size_t groups = (c->d->index->names.names.n + 1) * KINDS;
    uint32_t *ends =
        huge_zeros(groups, sizeof *ends); /* by name and kind: where its hand-overs end in `all` */
    uint32_t *all = huge_array(c->n, sizeof *all);
    for (size_t i = 0; i < c->n; i++)
        if (kind_of(c, i) < KINDS)
            ends[c->links[i].function * KINDS + kind_of(c, i) + 1]++;
    for (size_t g = 0; g < groups; g++)
        ends[g + 1] += ends[g];
    for (size_t k = 0; k < c->n; k++) {
        size_t i = chain_at(c, k);
        if (kind_of(c, i) < KINDS)
            all[ends[c->links[i].function * KINDS + kind_of(c, i)]++] = (uint32_t)i;
    }
    for (size_t i = 0; i < c->d->functions.n; i++)
        for (enum kind kind = 0; kind < KINDS; kind++) {
            size_t g = (size_t)c->d->functions.v[i].name * KINDS + kind, first = g ? ends[g - 1] : 0;
            judge(c, kind, all + first, ends[g] - first);
        }
    huge_free(all);
    huge_free(ends);
}
