/* Triggers told by number and time alone, for functions whose lines name nothing: the objects of one bucket and
 * the attempts of one function that no other bucket's record is known to have triggered; each object takes the
 * first free attempt that began 0 to COUNT_WINDOW_MS behind it, and none when that one may have written it. The
 * function counts as triggered by the bucket when at least COUNT_MIN objects and COUNT_SHARE of both sides found a
 * partner, the median delay is at most COUNT_DELAY_MS, and one of these holds:
 * - the delays vary less than the gaps between the starts, or are a quarter of them: a clock that starts the
 *   function every minute makes even gaps, S3 makes even delays;
 * - so do those of the objects that others wrote, at least COUNT_MIN: what a bucket's uploads invoke, its other
 *   objects invoke as well, however fast they follow each other;
 * - the gaps between what the function wrote itself, at least OWN_MIN, follow its work (chain_clock.h): with many
 *   calls that shows, however much the delays vary. */
#include "forensics/chain_clock.h"
#include "forensics/chain_parts.h"
#include "forensics/stats.h"

enum {
    COUNT_WINDOW_MS = 30000, /* S3 delivers in seconds, sometimes in a minute (field guide 4.1) */
    COUNT_DELAY_MS = 5000,
    COUNT_MIN = 5,
    OWN_MIN = 30,
};
#define COUNT_SHARE 0.95
#define OWN_T_MIN   4.0 /* of so many buckets and functions, none by chance: 1 in 30,000 */

/* An attempt of the function that may find its object, and when it began. */
struct start {
    int64_t begin;
    const struct attempt *a;
};
typedef VEC(struct start) starts;

static int by_begin(const void *a, const void *b)
{
    const struct start *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->a->row < y->a->row ? -1 : x->a->row > y->a->row;
}

/* First attempts of which it is known when they began. */
static void starts_make(const struct function *f, starts *ret)
{
    for (size_t i = 0; i < f->attempts.n; i++)
        if (f->attempts.v[i]->ordinal == 1 && chain_timed(f->attempts.v[i]))
            *vec_push(ret) = (struct start){chain_begin(f->attempts.v[i]), f->attempts.v[i]};
    vec_sort(ret, by_begin);
}

/* Those without a cause, or with one of this bucket. */
static bool may_match(const struct chains *c, const struct attempt *a, uint32_t bucket)
{
    int32_t cause = c->cause[a->row];
    return cause < 0 || chain_object(c, (size_t)cause)->bucket == bucket;
}

/* How long the objects' partners took to begin, and the gaps between those starts, ms. */
struct rhythm {
    VEC(double) delays, gaps;
    int64_t last; /* start */
};

struct match {
    VEC(int32_t) partner;       /* of each object of the bucket, in order: a row or CHAIN_NO_ROW */
    struct rhythm all, foreign; /* foreign: not written by the function itself */
    VEC(struct chain_step) own;
    size_t objects, attempts, matched;
};

static void beat(struct rhythm *r, int64_t written, int64_t begin)
{
    if (r->delays.n)
        *vec_push(&r->gaps) = (double)(begin - r->last);
    *vec_push(&r->delays) = (double)(begin - written);
    r->last = begin;
}

static void take_pair(const struct chains *c, const struct function *f, size_t i, int64_t writer,
                      int64_t begin, struct match *m)
{
    int64_t written = chain_object(c, i)->time;
    beat(&m->all, written, begin);
    if (c->links[i].function != f->name)
        beat(&m->foreign, written, begin);
    else if (writer != TIME_NONE)
        *vec_push(&m->own) = (struct chain_step){(double)(written - writer), (double)(begin - written)};
    m->matched++;
}

/* A bucket's objects that may trigger something: created, and it is known when. By time. */
struct bucket {
    uint32_t name;
    VEC(uint32_t) objects;
};
typedef VEC(struct bucket) buckets;

/* Objects and attempts walked together; each object takes the first attempt behind it. */
static void match_bucket(const struct chains *c, const struct function *f, const starts *s,
                         const struct bucket *b, struct match *m)
{
    uint32_t bucket = b->name;
    size_t at = 0, before = 0; /* starts up to the object's time */
    int64_t first = TIME_NONE, last = TIME_NONE;
    m->objects = b->objects.n;
    if ((double)s->n < COUNT_SHARE * (double)m->objects)
        return; /* too few to match, however they stand */
    for (size_t k = 0; k < b->objects.n; k++) {
        size_t i = b->objects.v[k];
        const struct object_event *o = chain_object(c, i);
        first = first == TIME_NONE ? o->time : first;
        last = o->time;
        while (at < s->n && (!may_match(c, s->v[at].a, bucket) || s->v[at].begin < o->time - SKEW_MS ||
                             (s->v[at].begin <= o->time && chain_may_write(c, s->v[at].a, i))))
            at++;
        bool hit =
            at < s->n && s->v[at].begin - o->time <= COUNT_WINDOW_MS && !chain_may_write(c, s->v[at].a, i);
        *vec_push(&m->partner) = hit ? (int32_t)s->v[at].a->row : CHAIN_NO_ROW;
        while (before < s->n && s->v[before].begin <= o->time)
            before++;
        if (hit)
            take_pair(c, f, i, before ? s->v[before - 1].begin : TIME_NONE, s->v[at++].begin, m);
    }
    for (size_t i = 0; first != TIME_NONE && i < s->n; i++)
        m->attempts += may_match(c, s->v[i].a, bucket) && s->v[i].begin >= first - SKEW_MS &&
                       s->v[i].begin <= last + COUNT_WINDOW_MS;
}

double chain_deviation(double *values, size_t n, double *ret_median)
{
    *ret_median = stats_median(values, n);
    return stats_deviation(values, n, *ret_median);
}

/* Do the delays vary less than the gaps? Leaves distances in the place of both. */
static bool is_even(struct rhythm *r, double quarter, double *ret_delay)
{
    double gap;
    double delay_spread = chain_deviation(r->delays.v, r->delays.n, ret_delay);
    double gap_spread = chain_deviation(r->gaps.v, r->gaps.n, &gap);
    return delay_spread < gap_spread || *ret_delay < quarter * gap;
}

/* The median delay when the match is evidence, -1 when it is not. */
static double match_delay(struct match *m)
{
    double delay, foreign;
    if (m->matched < COUNT_MIN || (double)m->matched < COUNT_SHARE * (double)m->objects ||
        (double)m->matched < COUNT_SHARE * (double)m->attempts)
        return -1;
    bool even = is_even(&m->all, 0.25, &delay);
    if (delay > COUNT_DELAY_MS)
        return -1;
    even = even || (m->foreign.delays.n >= COUNT_MIN && is_even(&m->foreign, 0, &foreign));
    even = even || (m->own.n >= OWN_MIN && chain_clock_follows(m->own.v, m->own.n, OWN_T_MIN));
    return even ? delay : -1;
}

static void match_done(struct match *m)
{
    vec_done(&m->partner);
    vec_done(&m->all.delays);
    vec_done(&m->all.gaps);
    vec_done(&m->foreign.delays);
    vec_done(&m->foreign.gaps);
    vec_done(&m->own);
}

static void take_match(struct chains *c, const struct bucket *b, const struct match *m)
{
    for (size_t k = 0; k < b->objects.n; k++)
        if (m->partner.v[k] >= 0)
            chain_trigger(c, b->objects.v[k], m->partner.v[k], TRIGGER_COUNTED);
}

/* The bucket whose objects explain the function's attempts best, if any does. */
static void link_counted(struct chains *c, const struct function *f, const buckets *all)
{
    struct match best = {.objects = 0};
    double best_delay = -1;
    const struct bucket *bucket = NULL;
    starts s = {0};
    starts_make(f, &s);
    for (size_t i = 0; i < all->n; i++) {
        struct match m = {.objects = 0};
        match_bucket(c, f, &s, &all->v[i], &m);
        double delay = match_delay(&m);
        if (delay >= 0 && (best_delay < 0 || delay < best_delay)) {
            match_done(&best);
            best = m;
            best_delay = delay;
            bucket = &all->v[i];
        } else {
            match_done(&m);
        }
    }
    if (best_delay >= 0)
        take_match(c, bucket, &best);
    match_done(&best);
    vec_done(&s);
}

/* The bucket of that name, made when there is room; NULL when there is none. */
static struct bucket *bucket_of(buckets *all, uint32_t name)
{
    enum { BUCKETS_MAX = 64 };
    for (size_t k = all->n; k-- > 0;)
        if (all->v[k].name == name)
            return &all->v[k];
    if (all->n == BUCKETS_MAX)
        return NULL;
    struct bucket *b = vec_push(all);
    *b = (struct bucket){.name = name};
    return b;
}

static void list_buckets(const struct chains *c, buckets *ret)
{
    for (size_t i = 0; i < c->d->index->objects.n; i++) {
        const struct object_event *o = chain_object(c, i);
        struct bucket *b = bucket_of(ret, o->bucket);
        if (b && o->time != TIME_NONE && c->links[i].creation)
            *vec_push(&b->objects) = (uint32_t)i;
    }
}

/* A function whose lines tell of most of its triggers needs no counting: the rest has other reasons. */
static bool is_told(const struct chains *c, const struct function *f)
{
    size_t told = 0;
    for (size_t i = 0; told * 2 < f->attempts.n; i++) {
        if (i == f->attempts.n)
            return false;
        int32_t cause = c->cause[attempt_walk(&f->attempts, i)->row];
        told += cause >= 0 && c->links[cause].trigger > TRIGGER_COUNTED;
    }
    return true;
}

void chain_count_find(struct chains *c)
{
    const struct dossier *d = c->d;
    buckets all = {0};
    if (c->ahead_of) /* S3's times say nothing of calls */
        return;
    list_buckets(c, &all);
    for (size_t i = 0; i < d->functions.n; i++)
        if (!is_told(c, &d->functions.v[i]))
            link_counted(c, &d->functions.v[i], &all);
    for (size_t i = 0; i < all.n; i++)
        vec_done(&all.v[i].objects);
    vec_done(&all);
}
