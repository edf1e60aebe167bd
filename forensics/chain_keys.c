/* Hand-overs told by ids alone, when the clock of S3 is far off that of the logs. The principal of a record names
 * the function, one call of it names the key, and the next to name it, of any function, read it: that needs no
 * common clock, only the order of calls, which the logs have. It is asked of keys with one record and two calls that
 * name them. When of at least KEYS_MIN of these and of SHARE of all the record's time lies outside of the call that
 * wrote it, by an amount that is alike, the clocks differ: the amount is noted and told, and no time is changed. */
#include "base/huge.h"
#include "forensics/attempt.h"
#include "forensics/chain_parts.h"
#include "forensics/stats.h"

#include <math.h>

enum {
    KEYS_MIN = 5,
    ALIKE_MS = 60000, /* of offsets; a write may stand anywhere in its call */
};
#define SHARE 0.9

/* What a key tells that has one record, created at a known time: who names it, and as what. */
struct telling {
    size_t object;
    size_t calls;          /* that name the key: 1, 2, or 3 for more */
    int32_t first, second; /* the first two of them, CHAIN_NO_ROW without */
};

/* Rows of the first calls to name the key; each counts once. */
static void take_calls(const struct chains *c, const struct chain_names *n, size_t number, struct telling *t)
{
    t->calls = 0;
    t->first = t->second = CHAIN_NO_ROW;
    for (int32_t at = n->call[number]; at >= 0 && t->calls < 3; at = n->next_call[at]) {
        const struct attempt *a = chain_attempt(c, at / 2);
        if (a->ordinal != 1 || (at % 2 == 1 && a->keys[0] == a->keys[1]))
            continue;
        t->calls++;
        if (t->calls == 1)
            t->first = at / 2;
        else if (t->calls == 2)
            t->second = at / 2;
    }
}

/* False when the key has no record, several, or one without a time. */
static bool take_key(const struct chains *c, const struct chain_names *n, size_t number, struct telling *t)
{
    size_t records = 0;
    for (int32_t i = n->object[number]; i >= 0 && records < 2; i = n->next_object[i]) {
        if (chain_message(c, (size_t)i) || !c->links[i].creation)
            continue;
        t->object = (size_t)i;
        records++;
    }
    if (records != 1 || chain_object(c, t->object)->time == TIME_NONE)
        return false;
    take_calls(c, n, number, t);
    return true;
}

/* The call that wrote it, when two name the key and the first is of the function that the principal names. */
static const struct attempt *writer_of(const struct chains *c, const struct telling *t)
{
    const struct attempt *a = t->calls == 2 ? chain_attempt(c, t->first) : NULL;
    return a && c->links[t->object].function == a->function ? a : NULL;
}

typedef VEC(double) offsets;

/* How far ahead of the logs' clock S3's is at least, ms, for each write whose record lies outside of its call. False,
 * and not all of them, when too many lie inside for clocks that differ, however it is with the rest. */
static bool take_offsets(const struct chains *c, const struct chain_names *n, offsets *ret)
{
    size_t inside = 0;
    for (size_t number = 1; number <= n->most; number++) {
        struct telling t;
        if (number + ATTEMPTS_AHEAD <= n->most)
            chain_names_fetch(n, c, number + ATTEMPTS_AHEAD);
        const struct attempt *a = take_key(c, n, number, &t) ? writer_of(c, &t) : NULL;
        if (a && chain_ran_at(c, a, t.object))
            inside++;
        else if (a)
            *vec_push(ret) = (double)(chain_object(c, t.object)->time - attempt_over(a));
        if ((double)inside > (1 - SHARE) * (double)c->d->index->objects.n + 1)
            return false;
    }
    return (double)ret->n >= SHARE * (double)(ret->n + inside);
}

static size_t alike(const double *v, size_t n, double median)
{
    size_t alike = 0;
    for (size_t i = 0; i < n; i++)
        alike += v[i] >= median - ALIKE_MS && v[i] <= median + ALIKE_MS;
    return alike;
}

static void measure(struct chains *c, const struct chain_names *n)
{
    offsets v = {0};
    if (take_offsets(c, n, &v) && v.n >= KEYS_MIN) {
        double median = stats_median(v.v, v.n);
        if ((double)alike(v.v, v.n, median) >= SHARE * (double)v.n) {
            c->ahead = (int64_t)median;
            c->ahead_of = v.n;
        }
    }
    vec_done(&v);
}

static int by_object(const void *a, const void *b)
{
    const struct telling *x = a, *y = b;
    return x->object < y->object ? -1 : x->object > y->object;
}

static void tie(struct chains *c, const struct telling *t)
{
    bool written = writer_of(c, t);
    c->links[t->object].clockless = true;
    c->links[t->object].writer = written ? t->first : CHAIN_NO_ROW;
    chain_trigger(c, t->object, written ? t->second : t->first, TRIGGER_NAMED);
}

/* Earlier records choose first. One that a single call names is of a writer who has no log, and was read by that. */
static void tie_all(struct chains *c, const struct chain_names *n)
{
    VEC(struct telling) all = {0};
    for (size_t number = 1; number <= n->most; number++) {
        struct telling t;
        if (take_key(c, n, number, &t) &&
            (writer_of(c, &t) || (t.calls == 1 && !c->links[t.object].function)))
            *vec_push(&all) = t;
    }
    vec_sort(&all, by_object);
    for (size_t i = 0; i < all.n; i++)
        tie(c, &all.v[i]);
    vec_done(&all);
}

void chain_keys_find(struct chains *c, const struct chain_names *n)
{
    measure(c, n);
    if (c->ahead_of)
        tie_all(c, n);
}

/* ---- what clocks leave open ---- */

enum {
    LOOK_BACK_MAX = 512,
    OFF_MS = 2000, /* more than clocks that are kept differ, the way of a write counted in */
    CLOSE_MS = 2000,
};
#define UNPAIRED 0.05

/* The last call of the function that ran at the record's time; NULL when none did. */
static const struct attempt *running_at(const struct chains *c, const struct function *f, size_t i)
{
    size_t at = dossier_lower(f, chain_latest(c, i) + 1);
    for (size_t seen = 0; at-- > 0 && seen < LOOK_BACK_MAX; seen++)
        if (chain_ran_at(c, f->attempts.v[at], i))
            return f->attempts.v[at];
    return NULL;
}

static bool is_written(const struct chains *c, size_t i)
{
    const struct chain_link *l = &c->links[i];
    return l->function && l->proof == PROOF_PRINCIPAL && l->creation && chain_object(c, i)->time != TIME_NONE;
}

/* A function, and the records that name it as their writer, by time. */
struct writing {
    const struct function *f;
    VEC(uint32_t) objects;
};

/* The n-th record of a function against the end of its n-th call, and against that of the call that ran then, ms. */
struct ranks {
    VEC(double) off, inside;
    size_t records, coarse;
    size_t untimed; /* calls with an n-th record that tell no time */
};

static void ranks_make(const struct chains *c, const struct writing *w, struct ranks *r)
{
    const struct function *f = w->f;
    for (size_t k = 0; k < w->objects.n; k++) {
        size_t i = w->objects.v[k];
        int64_t over = r->records < f->attempts.n ? attempt_over(f->attempts.v[r->records]) : TIME_NONE;
        if (over != TIME_NONE)
            *vec_push(&r->off) = (double)(chain_object(c, i)->time - over);
        r->untimed += r->records < f->attempts.n && over == TIME_NONE;
        const struct attempt *a = running_at(c, f, i);
        if (a)
            *vec_push(&r->inside) = (double)(chain_object(c, i)->time - attempt_over(a));
        r->records++;
        r->coarse += c->links[i].coarse;
    }
}

/* As many records as calls, but for a few. */
static bool is_paired(const struct ranks *r, const struct function *f)
{
    double most = (double)(r->records > f->attempts.n ? r->records : f->attempts.n);
    return r->off.n >= KEYS_MIN && (double)(r->off.n + r->untimed) >= (1 - UNPAIRED) * most;
}

/* Do the records lie in calls as alike as they lie off the n-th ones? Then the first record may be of a call before the
 * evidence, and no clock is off. */
static bool is_shifted(struct ranks *r, double spread)
{
    double median;
    return (double)(r->inside.n + 1) >= SHARE * (double)r->records &&
           chain_deviation(r->inside.v, r->inside.n, &median) <= 2 * spread;
}

/* Is what invoked most of its calls not known, and do they follow each other within what whole seconds tell apart? */
static bool is_dense(const struct chains *c, const struct function *f)
{
    size_t close = 0, untold = 0;
    for (size_t i = 0; i < f->attempts.n; i++) {
        const struct attempt *a = f->attempts.v[i];
        untold += c->cause[a->row] < 0;
        close += i > 0 && attempt_begin(a) != TIME_NONE &&
                 attempt_begin(a) - attempt_begin(f->attempts.v[i - 1]) < CLOSE_MS;
    }
    return untold * 2 > f->attempts.n && close * 2 > f->attempts.n;
}

static void judge(const struct chains *c, const struct writing *w, struct chain_astray *ret)
{
    const struct function *f = w->f;
    struct ranks r = {.records = 0};
    double median;
    ranks_make(c, w, &r);
    if (is_paired(&r, f)) {
        double spread = chain_deviation(r.off.v, r.off.n, &median);
        if (!ret->off && fabs(median) >= OFF_MS && spread * 4 <= fabs(median) && !is_shifted(&r, spread)) {
            ret->off = (int64_t)median;
            ret->function = f->name;
        }
        if (!ret->rounded && r.coarse * 2 > r.records && is_dense(c, f))
            ret->rounded = f->name;
    }
    vec_done(&r.off);
    vec_done(&r.inside);
}

/* One a function of the dossier. */
static struct writing *writings_new(const struct chains *c)
{
    const struct dossier *d = c->d;
    struct writing *all = huge_zeros(d->functions.n, sizeof *all);
    uint32_t *place = huge_zeros(d->index->names.names.n, sizeof *place); /* by name, from 1 */
    for (size_t k = 0; k < d->functions.n; k++) {
        all[k].f = &d->functions.v[k];
        place[d->functions.v[k].name] = (uint32_t)k + 1;
    }
    for (size_t i = 0; i < d->index->objects.n; i++) {
        uint32_t at = is_written(c, i) ? place[c->links[i].function] : 0;
        if (at)
            *vec_push(&all[at - 1].objects) = (uint32_t)i;
    }
    huge_free(place);
    return all;
}

struct chain_astray chain_astray_of(const struct chains *c)
{
    struct chain_astray ret = {.written = 0};
    struct writing *all = writings_new(c);
    for (size_t k = 0; k < c->d->functions.n; k++) {
        struct writing *w = &all[k];
        for (size_t n = 0; n < w->objects.n; n++) {
            const struct chain_link *l = &c->links[w->objects.v[n]];
            ret.written += !l->clockless;
            ret.astray += !l->clockless && l->writer < 0 && !running_at(c, w->f, w->objects.v[n]);
        }
        if (w->objects.n && !c->ahead_of)
            judge(c, w, &ret);
        vec_done(&w->objects);
    }
    huge_free(all);
    return ret;
}
