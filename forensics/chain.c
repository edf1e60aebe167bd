/* From records and attempts to chains. Steps: triggers told by the function's own lines; writers by
 * principal; triggers by count for what is left; writers by trace and key. All objects and attempts are in
 * order of time, so each step is one pass with a bounded look back.
 *
 * COUNTED, in numbers: the objects of one bucket and the attempts of one function that no other bucket's
 * record is known to have triggered; each object takes the first free attempt that began 0 to COUNT_WINDOW_MS
 * behind it. The function counts as triggered by the bucket when at least COUNT_MIN objects and COUNT_SHARE
 * of both sides found a partner, the median delay is at most COUNT_DELAY_MS, and the delays vary less than
 * the gaps between the starts: a clock that starts the function every minute makes even gaps, S3 makes even
 * delays. */
#include "forensics/chain.h"

#include "forensics/chain_clock.h"
#include "forensics/stats.h"

#include <math.h>

enum {
    SKEW_MS = 100,            /* clocks of S3 and Lambda; a writer's own start is farther before its write */
    NAMED_WINDOW_MS = 300000, /* a key named later than this is another use of the object */
    COUNT_WINDOW_MS = 30000,  /* S3 delivers in seconds, sometimes in a minute (field guide 4.1) */
    COUNT_DELAY_MS = 5000,
    COUNT_MIN = 5,
    RUN_MAX_MS = 900000, /* Lambda's longest invocation */
    END_SLACK_MS = 1000, /* a write may be stamped after the line that ends its attempt */
    LOOK_BACK_MAX = 512, /* attempts looked at for the writer of one object */
    OBJECTS_OF_KEY_MAX = 256,
};
#define COUNT_SHARE 0.95

const char *chain_proof_name(enum chain_proof proof)
{
    static const char *const names[] = {[PROOF_NONE] = "none",
                                        [PROOF_KEY] = "key-derivation",
                                        [PROOF_TRACE] = "trace",
                                        [PROOF_PRINCIPAL] = "principal"};
    return names[proof];
}

static const struct object_event *object(const struct chains *c, size_t i)
{
    return &c->d->index->objects.v[i];
}

static const struct attempt *attempt(const struct chains *c, int32_t row)
{
    return row >= 0 ? c->d->index->attempts.v[row] : NULL;
}

static void link_trigger(struct chains *c, size_t i, const struct attempt *a, enum chain_trigger how)
{
    struct chain_link *l = &c->links[i];
    int32_t held = c->cause[a->row];
    if (l->trigger >= how && l->triggered >= 0)
        return;
    if (held >= 0 && c->links[held].trigger >= how)
        return;
    if (held >= 0)
        c->links[held].triggered = CHAIN_NO_ROW;
    if (l->triggered >= 0)
        c->cause[l->triggered] = CHAIN_NO_ROW;
    l->triggered = (int32_t)a->row;
    l->trigger = (uint8_t)how;
    c->cause[a->row] = (int32_t)i;
}

/* ---- told by the function ---- */

static void link_logged(struct chains *c)
{
    const struct index *x = c->d->index;
    for (size_t i = 0; i < x->objects.n; i++) {
        const struct object_event *o = object(c, i);
        const struct attempt *a = o->attempt;
        if (a)
            link_trigger(c, i, a, TRIGGER_LOGGED);
    }
}

/* Objects by key number: for each number the first object and, for each object, the next of the same number.
 */
struct by_key {
    int32_t *first, *next;
};

static int32_t *rows_new(size_t n)
{
    int32_t *v = malloc((n + 1) * sizeof *v);
    if (!v)
        err_oom();
    memset(v, 0xff, (n + 1) * sizeof *v);
    return v;
}

static void by_key_make(const struct index *x, struct by_key *k)
{
    uint32_t most = 0;
    for (size_t i = 0; i < x->objects.n; i++)
        most = x->objects.v[i].number > most ? x->objects.v[i].number : most;
    k->first = rows_new(most + 1);
    k->next = rows_new(x->objects.n);
    for (size_t i = x->objects.n; i-- > 0;) {
        uint32_t number = x->objects.v[i].number;
        k->next[i] = k->first[number];
        k->first[number] = (int32_t)i;
    }
}

/* The latest object of the key that was there when the attempt began: a later one it may have written itself.
 */
static int32_t object_before(const struct chains *c, const struct by_key *k, uint32_t number,
                             const struct attempt *a)
{
    int64_t begin = attempt_begin(a);
    int32_t best = CHAIN_NO_ROW, i = number ? k->first[number] : CHAIN_NO_ROW;
    for (size_t n = 0; i >= 0 && n < OBJECTS_OF_KEY_MAX; i = k->next[i], n++) {
        const struct object_event *o = object(c, (size_t)i);
        /* What its own function wrote behind its start is its own output, not a trigger and a skew. */
        int64_t skew = c->links[i].function == a->function ? 0 : SKEW_MS;
        bool fits = o->time != TIME_NONE && o->time <= begin + skew && begin - o->time <= NAMED_WINDOW_MS;
        if (fits && c->links[i].creation)
            best = i;
    }
    return best;
}

static void link_named(struct chains *c)
{
    const struct index *x = c->d->index;
    struct by_key k;
    by_key_make(x, &k);
    for (size_t row = 0; row < x->attempts.n; row++) {
        const struct attempt *a = x->attempts.v[row];
        for (size_t i = 0; i < 2 && attempt_begin(a) != TIME_NONE && a->ordinal == 1; i++) {
            int32_t o = object_before(c, &k, a->keys[i], a);
            if (o >= 0)
                link_trigger(c, (size_t)o, a, TRIGGER_NAMED);
        }
    }
    free(k.first);
    free(k.next);
}

/* ---- told by number and time ---- */

/* Attempts of the function that may yet find their object: first attempts without a cause, or with one of
 * this bucket. */
static bool may_match(const struct chains *c, const struct attempt *a, uint32_t bucket)
{
    int32_t cause = c->cause[a->row];
    if (a->ordinal != 1 || attempt_begin(a) == TIME_NONE)
        return false;
    return cause < 0 || object(c, (size_t)cause)->bucket == bucket;
}

struct match {
    VEC(int32_t) partner; /* of each object of the bucket, in order: a row or CHAIN_NO_ROW */
    VEC(double) delays, gaps;
    size_t objects, attempts, matched;
};

/* Objects and attempts walked together; each object takes the first attempt behind it. */
static void match_bucket(const struct chains *c, const struct function *f, uint32_t bucket, struct match *m)
{
    const struct index *x = c->d->index;
    size_t at = 0;
    int64_t first = TIME_NONE, last = TIME_NONE, before = TIME_NONE;
    for (size_t i = 0; i < x->objects.n; i++) {
        const struct object_event *o = object(c, i);
        if (o->bucket != bucket || o->time == TIME_NONE || !c->links[i].creation)
            continue;
        m->objects++;
        first = first == TIME_NONE ? o->time : first;
        last = o->time;
        while (at < f->attempts.n && (!may_match(c, f->attempts.v[at], bucket) ||
                                      attempt_begin(f->attempts.v[at]) < o->time - SKEW_MS))
            at++;
        bool hit = at < f->attempts.n && attempt_begin(f->attempts.v[at]) - o->time <= COUNT_WINDOW_MS;
        *vec_push(&m->partner) = hit ? (int32_t)f->attempts.v[at]->row : CHAIN_NO_ROW;
        if (!hit)
            continue;
        int64_t begin = attempt_begin(f->attempts.v[at++]);
        *vec_push(&m->delays) = (double)(begin - o->time);
        if (before != TIME_NONE)
            *vec_push(&m->gaps) = (double)(begin - before);
        before = begin;
        m->matched++;
    }
    for (size_t i = 0; first != TIME_NONE && i < f->attempts.n; i++) {
        int64_t begin = attempt_begin(f->attempts.v[i]);
        m->attempts += may_match(c, f->attempts.v[i], bucket) && begin >= first - SKEW_MS &&
                       begin <= last + COUNT_WINDOW_MS;
    }
}

static double deviation(double *values, size_t n, double *ret_median)
{
    stats_sort(values, n);
    *ret_median = stats_quantile(values, n, 0.5);
    for (size_t i = 0; i < n; i++)
        values[i] = fabs(values[i] - *ret_median);
    stats_sort(values, n);
    return stats_quantile(values, n, 0.5);
}

/* The median delay when the match is evidence, -1 when it is not. */
static double match_delay(struct match *m)
{
    double delay, gap;
    if (m->matched < COUNT_MIN || (double)m->matched < COUNT_SHARE * (double)m->objects ||
        (double)m->matched < COUNT_SHARE * (double)m->attempts)
        return -1;
    double delay_spread = deviation(m->delays.v, m->delays.n, &delay);
    double gap_spread = deviation(m->gaps.v, m->gaps.n, &gap);
    return delay <= COUNT_DELAY_MS && (delay_spread < gap_spread || delay < gap / 4) ? delay : -1;
}

static void match_done(struct match *m)
{
    vec_done(&m->partner);
    vec_done(&m->delays);
    vec_done(&m->gaps);
}

static void take_match(struct chains *c, uint32_t bucket, const struct match *m)
{
    size_t at = 0;
    for (size_t i = 0; i < c->d->index->objects.n; i++) {
        const struct object_event *o = object(c, i);
        if (o->bucket != bucket || o->time == TIME_NONE || !c->links[i].creation)
            continue;
        int32_t row = m->partner.v[at++];
        if (row >= 0)
            link_trigger(c, i, attempt(c, row), TRIGGER_COUNTED);
    }
}

/* The bucket whose objects explain the function's attempts best, if any does. */
static void link_counted(struct chains *c, const struct function *f, const uint32_t *buckets,
                         size_t buckets_n)
{
    struct match best = {.objects = 0};
    double best_delay = -1;
    uint32_t bucket = 0;
    for (size_t i = 0; i < buckets_n; i++) {
        struct match m = {.objects = 0};
        match_bucket(c, f, buckets[i], &m);
        double delay = match_delay(&m);
        if (delay >= 0 && (best_delay < 0 || delay < best_delay)) {
            match_done(&best);
            best = m;
            best_delay = delay;
            bucket = buckets[i];
        } else {
            match_done(&m);
        }
    }
    if (best_delay >= 0)
        take_match(c, bucket, &best);
    match_done(&best);
}

typedef VEC(uint32_t) ids;

static void list_buckets(const struct index *x, ids *ret)
{
    enum { BUCKETS_MAX = 64 };
    for (size_t i = 0; i < x->objects.n && ret->n < BUCKETS_MAX; i++) {
        bool known = false;
        for (size_t k = ret->n; k-- > 0 && !known;)
            known = ret->v[k] == x->objects.v[i].bucket;
        if (!known)
            *vec_push(ret) = x->objects.v[i].bucket;
    }
}

/* A function whose lines tell of most of its triggers needs no counting: the rest has other reasons. */
static bool is_told(const struct chains *c, const struct function *f)
{
    size_t told = 0;
    for (size_t i = 0; i < f->attempts.n; i++) {
        int32_t cause = c->cause[f->attempts.v[i]->row];
        told += cause >= 0 && c->links[cause].trigger > TRIGGER_COUNTED;
    }
    return told * 2 >= f->attempts.n;
}

/* ---- writers ---- */

bool chain_derived(struct slice key, struct slice from)
{
    size_t front = 0, back = 0;
    if (key.n <= from.n || from.n < 4)
        return false;
    while (front < from.n && key.p[front] == from.p[front])
        front++;
    while (back < from.n - front && key.p[key.n - 1 - back] == from.p[from.n - 1 - back])
        back++;
    return front + back == from.n;
}

/* EventBridge and CloudTrail give whole seconds, rounded down: the latest time that can be meant. */
static int64_t latest_of(const struct chains *c, size_t i)
{
    return object(c, i)->time + (c->links[i].coarse ? 999 : 0);
}

/* Did the attempt run at the time of the record? What has no end is taken to have gone on. */
static bool ran_at(const struct chains *c, const struct attempt *a, size_t i)
{
    const struct object_event *o = object(c, i);
    int64_t over = attempt_over(a);
    bool ended = a->flags & (ATTEMPT_END | ATTEMPT_REPORT);
    return attempt_begin(a) <= latest_of(c, i) && (!ended || o->time <= over + END_SLACK_MS);
}

static enum chain_proof weigh(const struct chains *c, size_t i, const struct attempt *a)
{
    const struct chain_link *l = &c->links[i];
    const struct attempt *next = attempt(c, l->triggered);
    int32_t cause = c->cause[a->row];
    if (l->function == a->function)
        return PROOF_PRINCIPAL;
    if (l->function)
        return PROOF_NONE;
    if (next && next != a && attempt_same_trace(c->d->index, next, a))
        return PROOF_TRACE;
    if (cause >= 0 && (size_t)cause != i &&
        chain_derived(object_key(object(c, i)), object_key(object(c, (size_t)cause))))
        return PROOF_KEY;
    return PROOF_NONE;
}

/* Among attempts that ran at the time: one whose lines name the key comes first, then one whose own object's name the
 * key ends with (thumb-x of x), of those the nearest (thumb-thumb-x is made from thumb-x rather than from x), then
 * the one that began last. */
enum { NAMES_KEY = 1 << 20, ENDS_WITH = 1 << 12 };

static struct slice base_name(struct slice key)
{
    size_t n = key.n;
    while (n > 0 && key.p[n - 1] != '/')
        n--;
    return slice_skip(key, n);
}

static unsigned closeness(const struct chains *c, size_t i, const struct attempt *a)
{
    int32_t cause = c->cause[a->row];
    const struct object_event *o = object(c, i), *from = cause >= 0 ? object(c, (size_t)cause) : NULL;
    bool names = o->number && (a->keys[0] == o->number || a->keys[1] == o->number);
    bool derived = from && chain_derived(object_key(o), object_key(from));
    bool ends = derived && slice_ends(base_name(object_key(o)), base_name(object_key(from)));
    return (names ? NAMES_KEY : 0) + (ends ? ENDS_WITH : 0) + (derived ? 1 + from->key_n % ENDS_WITH : 0);
}

/* Where the first attempt that began after the time stands. */
static size_t upper(const struct index *x, int64_t time)
{
    size_t low = 0, high = x->attempts.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int64_t begin = attempt_begin(x->attempts.v[mid]);
        if (begin != TIME_NONE && begin <= time)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Attempts by the number of a key that their lines name: for each number the first one, then by attempt and slot
 * the next. */
struct namers {
    int32_t *first, *next;
    int64_t longest; /* ms that any attempt ran */
};

static void namers_make(const struct chains *c, struct namers *n)
{
    const struct index *x = c->d->index;
    uint32_t most = 0;
    *n = (struct namers){.longest = 0};
    for (size_t i = 0; i < x->objects.n; i++)
        most = x->objects.v[i].number > most ? x->objects.v[i].number : most;
    n->first = rows_new(most + 1);
    n->next = rows_new(x->attempts.n * 2);
    for (size_t row = x->attempts.n; row-- > 0;) {
        const struct attempt *a = x->attempts.v[row];
        int64_t ran = attempt_over(a) - attempt_begin(a);
        bool ended = a->flags & (ATTEMPT_END | ATTEMPT_REPORT);
        n->longest = !ended ? RUN_MAX_MS : ran > n->longest ? ran : n->longest;
        for (size_t slot = 0; slot < 2 && attempt_begin(a) != TIME_NONE; slot++) {
            uint32_t number = a->keys[slot] <= most ? a->keys[slot] : 0;
            n->next[row * 2 + slot] = number ? n->first[number] : CHAIN_NO_ROW;
            if (number)
                n->first[number] = (int32_t)(row * 2 + slot);
        }
    }
    n->longest = n->longest < RUN_MAX_MS ? n->longest : RUN_MAX_MS;
}

struct verdict {
    enum chain_proof proof;
    unsigned closeness;
    int32_t row;
};

static void try_writer(const struct chains *c, size_t i, int32_t row, struct verdict *best)
{
    const struct attempt *a = attempt(c, row);
    if (row == c->links[i].triggered || !ran_at(c, a, i))
        return;
    enum chain_proof proof = weigh(c, i, a);
    unsigned close = proof ? closeness(c, i, a) : 0;
    if (proof > best->proof || (proof == best->proof && proof && close > best->closeness))
        *best = (struct verdict){proof, close, row};
}

/* First those whose lines name the key: one of them with the strongest proof needs no search. */
static void find_writer(struct chains *c, const struct namers *n, size_t i)
{
    const struct index *x = c->d->index;
    const struct object_event *o = object(c, i);
    struct chain_link *l = &c->links[i];
    struct verdict best = {PROOF_NONE, 0, CHAIN_NO_ROW};
    int32_t at = o->number ? n->first[o->number] : CHAIN_NO_ROW;
    for (size_t seen = 0; at >= 0 && seen < LOOK_BACK_MAX; at = n->next[at], seen++)
        try_writer(c, i, at / 2, &best);
    bool sure = best.proof == PROOF_PRINCIPAL && best.closeness >= NAMES_KEY;
    size_t row = sure ? 0 : upper(x, latest_of(c, i));
    for (size_t seen = 0; row-- > 0 && seen < LOOK_BACK_MAX; seen++) {
        if (o->time - attempt_begin(x->attempts.v[row]) > n->longest + END_SLACK_MS)
            break;
        try_writer(c, i, (int32_t)row, &best);
    }
    l->writer = best.row;
    if (best.proof && !l->function)
        l->function = attempt(c, l->writer)->function;
    l->proof = (uint8_t)(l->proof > best.proof ? l->proof : best.proof);
}

/* The function of the evidence that the role session names. */
static void name_writers(struct chains *c)
{
    const struct index *x = c->d->index;
    char *ran = calloc(x->names.names.n + 1, 1);
    if (!ran)
        err_oom();
    for (size_t i = 0; i < c->d->functions.n; i++)
        ran[c->d->functions.v[i].name] = 1;
    for (size_t i = 0; i < x->objects.n; i++) {
        uint32_t session = object(c, i)->session;
        if (session && ran[session]) {
            c->links[i].function = session;
            c->links[i].proof = PROOF_PRINCIPAL;
        }
    }
    free(ran);
}

static void mark_objects(struct chains *c)
{
    const struct index *x = c->d->index;
    uint32_t bridge = intern_find(&x->names, SLICE("eventbridge")),
             trail = intern_find(&x->names, SLICE("cloudtrail"));
    uint32_t name = 0;
    bool creation = false;
    for (size_t i = 0; i < x->objects.n; i++) {
        const struct object_event *o = object(c, i);
        struct chain_link *l = &c->links[i];
        if (o->name != name)
            creation = slice_starts(dossier_name(c->d, o->name), SLICE("ObjectCreated"));
        name = o->name;
        l->triggered = l->writer = CHAIN_NO_ROW;
        l->creation = creation;
        l->coarse = o->via && (o->via == bridge || o->via == trail) && o->time % 1000 == 0;
    }
}

void chains_init(struct chains *c, const struct dossier *d)
{
    const struct index *x = d->index;
    ids buckets = {0};
    struct namers n;
    *c = (struct chains){.d = d, .cause = rows_new(x->attempts.n)};
    c->links = calloc(x->objects.n + 1, sizeof *c->links);
    if (!c->links)
        err_oom();
    mark_objects(c);
    name_writers(c);
    link_logged(c);
    link_named(c);
    list_buckets(x, &buckets);
    for (size_t i = 0; i < d->functions.n; i++)
        if (!is_told(c, &d->functions.v[i]))
            link_counted(c, &d->functions.v[i], buckets.v, buckets.n);
    namers_make(c, &n);
    for (size_t i = 0; i < x->objects.n; i++)
        if (object(c, i)->time != TIME_NONE && c->links[i].creation)
            find_writer(c, &n, i);
    chain_clock_drop(c);
    free(n.first);
    free(n.next);
    vec_done(&buckets);
}

void chains_done(struct chains *c)
{
    free(c->links);
    free(c->cause);
    *c = (struct chains){.d = NULL};
}

int64_t chains_delay(const struct chains *c, size_t i)
{
    const struct attempt *a = attempt(c, c->links[i].triggered);
    if (!a || object(c, i)->time == TIME_NONE || attempt_begin(a) == TIME_NONE)
        return TIME_NONE;
    return attempt_begin(a) - object(c, i)->time;
}
