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

/* By number of a key. */
struct named {
    int32_t *first, *second;   /* rows of the attempts that name it, by time */
    uint32_t *calls, *records; /* how many there are; records: creations */
};

static void note_name(struct named *n, uint32_t number, int32_t row)
{
    if (n->calls[number]++ == 0)
        n->first[number] = row;
    else if (n->calls[number] == 2)
        n->second[number] = row;
}

static void named_make(const struct chains *c, struct named *n)
{
    const struct index *x = c->d->index;
    uint32_t most = chain_most_number(c);
    *n = (struct named){chain_rows_new(most), chain_rows_new(most), huge_zeros(most, sizeof *n->calls),
                        huge_zeros(most, sizeof *n->records)};
    for (size_t row = 0; row < x->attempts.n; row++) {
        const struct attempt *a = x->attempts.v[row];
        for (size_t i = 0; i < 2 && a->ordinal == 1 && attempt_begin(a) != TIME_NONE; i++)
            if (a->keys[i] && a->keys[i] <= most && (i == 0 || a->keys[0] != a->keys[1]))
                note_name(n, a->keys[i], (int32_t)row);
    }
    for (size_t i = 0; i < x->objects.n; i++)
        n->records[x->objects.v[i].number] += c->links[i].creation;
}

static void named_done(struct named *n)
{
    free(n->first);
    free(n->second);
    free(n->calls);
    free(n->records);
}

/* The one record of its key, with a time. */
static bool is_alone(const struct chains *c, const struct named *n, size_t i)
{
    const struct object_event *o = &c->d->index->objects.v[i];
    return o->number && o->time != TIME_NONE && c->links[i].creation && n->records[o->number] == 1;
}

/* The call that wrote it, when two name the key and the first is of the function that the principal names. */
static const struct attempt *writer_of(const struct chains *c, const struct named *n, size_t i)
{
    uint32_t number = c->d->index->objects.v[i].number;
    if (!is_alone(c, n, i) || n->calls[number] != 2)
        return NULL;
    const struct attempt *a = chain_attempt(c, n->first[number]);
    return c->links[i].function == a->function ? a : NULL;
}

/* How far ahead of the logs' clock S3's is at least, ms, for each write whose record lies outside of its call.
 * Returns how many writes were looked at. */
static size_t offsets(const struct chains *c, const struct named *n, double *v, size_t *ret_n)
{
    size_t seen = 0;
    *ret_n = 0;
    for (size_t i = 0; i < c->d->index->objects.n; i++) {
        const struct attempt *a = writer_of(c, n, i);
        if (!a)
            continue;
        seen++;
        if (!chain_ran_at(c, a, i))
            v[(*ret_n)++] = (double)(c->d->index->objects.v[i].time - attempt_over(a));
    }
    return seen;
}

static size_t alike(const double *v, size_t n, double median)
{
    size_t alike = 0;
    for (size_t i = 0; i < n; i++)
        alike += v[i] >= median - ALIKE_MS && v[i] <= median + ALIKE_MS;
    return alike;
}

static void measure(struct chains *c, const struct named *n)
{
    size_t outside, seen;
    double *v = huge_array(c->d->index->objects.n, sizeof *v);
    seen = offsets(c, n, v, &outside);
    if (outside >= KEYS_MIN && (double)outside >= SHARE * (double)seen) {
        double median = stats_median(v, outside);
        if ((double)alike(v, outside, median) >= SHARE * (double)outside) {
            c->ahead = (int64_t)median;
            c->ahead_of = outside;
        }
    }
    free(v);
}

static void tie(struct chains *c, size_t i, int32_t writer, int32_t next)
{
    c->links[i].clockless = true;
    c->links[i].writer = writer;
    chain_trigger(c, i, chain_attempt(c, next), TRIGGER_NAMED);
}

void chain_keys_find(struct chains *c)
{
    struct named n;
    named_make(c, &n);
    measure(c, &n);
    for (size_t i = 0; c->ahead_of && i < c->d->index->objects.n; i++) {
        uint32_t number = c->d->index->objects.v[i].number;
        if (writer_of(c, &n, i))
            tie(c, i, n.first[number], n.second[number]);
        else if (is_alone(c, &n, i) && n.calls[number] == 1 && c->links[i].function == 0)
            tie(c, i, CHAIN_NO_ROW,
                n.first[number]); /* of a writer who has no log, read by the one that names it */
    }
    named_done(&n);
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
};

static void ranks_make(const struct chains *c, const struct writing *w, struct ranks *r)
{
    const struct function *f = w->f;
    for (size_t k = 0; k < w->objects.n; k++) {
        size_t i = w->objects.v[k];
        if (r->records < f->attempts.n)
            *vec_push(&r->off) = (double)(chain_object(c, i)->time - attempt_over(f->attempts.v[r->records]));
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
    return r->off.n >= KEYS_MIN && (double)r->off.n >= (1 - UNPAIRED) * most;
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
        close += i > 0 && attempt_begin(a) - attempt_begin(f->attempts.v[i - 1]) < CLOSE_MS;
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
    free(place);
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
    free(all);
    return ret;
}
