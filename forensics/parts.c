/* Parts of one request id, which may stand in many files, become attempts: a step of the freeze. */
#include "forensics/parts.h"

#include "base/huge.h"
#include "base/parallel.h"
#include "forensics/attempt.h"

#include <sys/random.h>

static int by_stream_time(const void *a, const void *b)
{
    const struct attempt *x = *(struct attempt *const *)a, *y = *(struct attempt *const *)b;
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    bool start_x = x->flags & ATTEMPT_START, start_y = y->flags & ATTEMPT_START;
    if (start_x != start_y)
        return start_x ? -1 : 1;
    if (x->report_after != y->report_after)
        return x->report_after < y->report_after ? -1 : 1;
    if (x->duration.scaled != y->duration.scaled)
        return x->duration.scaled < y->duration.scaled ? -1 : 1;
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
}

static bool report_equal(const struct attempt *a, const struct attempt *b)
{
    return attempt_report(a) == attempt_report(b) && a->duration.scaled == b->duration.scaled;
}

/* Without times the order of the lines tells that a REPORT above the START is that of the attempt before. */
static bool report_above(const struct attempt *a, const struct attempt *b)
{
    const struct attempt *start = a->flags & ATTEMPT_START ? a : b, *report = start == a ? b : a;
    return a->loc.source == b->loc.source && (start->flags & ATTEMPT_START) &&
           (report->flags & ATTEMPT_REPORT) && loc_before(attempt_report_loc(report), start->loc);
}

/* May `b`, which begins no earlier, be a piece of `a`? Equal lines are the same line met twice. */
static bool same_attempt(const struct attempt *a, const struct attempt *b)
{
    uint16_t both = a->flags & b->flags;
    if (a->stream != b->stream)
        return false;
    if (a->first != TIME_NONE && b->first != TIME_NONE && b->first - a->first > ATTEMPT_APART_MS)
        return false;
    if ((both & ATTEMPT_START) && attempt_start(a) != attempt_start(b))
        return false;
    if ((both & ATTEMPT_REPORT) && !report_equal(a, b))
        return false;
    if ((both & ATTEMPT_END) && attempt_end(a) != attempt_end(b))
        return false;
    bool untimed = a->first == TIME_NONE;
    if (untimed && (both & (ATTEMPT_START | ATTEMPT_REPORT)) && a->loc.source == b->loc.source)
        return false;
    if (untimed && report_above(a, b))
        return false;
    if ((b->flags & ATTEMPT_START) && !(a->flags & ATTEMPT_START) && !untimed)
        return attempt_start(b) - a->first <= INVERSION_MS;
    return true;
}

static unsigned count_bits(uint16_t flags)
{
    return (unsigned)__builtin_popcount(flags & (ATTEMPT_START | ATTEMPT_END | ATTEMPT_REPORT));
}

/* `shift`: how much later the first line of `b` is than that of `a`. */
static int32_t shifted(int32_t after, int64_t shift)
{
    return after == AFTER_NONE ? AFTER_NONE : (int32_t)(after + shift);
}

static void absorb_report(struct attempt *a, const struct attempt *b, int64_t shift)
{
    a->report_after = shifted(b->report_after, shift);
    attempt_place_report(a, attempt_report_loc(b));
    a->duration = b->duration;
    a->billed_ms = b->billed_ms;
    a->init = b->init;
    a->memory_mb = b->memory_mb;
    a->max_memory_mb = b->max_memory_mb;
}

/* Application lines of the pieces of one attempt, by the ends that a piece holds. Pieces that hold the same end are
 * the same lines met twice, and what holds both ends has all: each line counts once, whatever the order of the
 * pieces. */
struct told {
    uint32_t whole, front, back; /* the most of any piece with START and REPORT, START alone, REPORT alone */
    uint32_t between;            /* of the pieces with neither, together */
    uint64_t all;
};

static void told_add(struct told *t, const struct attempt *a)
{
    bool start = a->flags & ATTEMPT_START, report = a->flags & ATTEMPT_REPORT;
    uint32_t *most = start && report ? &t->whole : start ? &t->front : &t->back;
    t->all += a->lines;
    if (!start && !report)
        t->between += a->lines;
    else if (a->lines > *most)
        *most = a->lines;
}

static void told_settle(struct index *x, const struct told *t, struct attempt *ret)
{
    uint32_t cut = t->front + t->back;
    ret->lines = (t->whole > cut ? t->whole : cut) + t->between;
    x->duplicates += t->all - ret->lines;
}

/* The row stands where START does, else at its earliest line: of one time at the one that stands first. */
static bool stands_better(const struct attempt *a, const struct attempt *b)
{
    if (a->flags & ATTEMPT_START)
        return false;
    return b->flags & ATTEMPT_START || (a->first == b->first && loc_before(b->loc, a->loc));
}

static void absorb(struct index *x, struct attempt *a, struct attempt *b)
{
    int64_t shift;
    x->duplicates += count_bits(a->flags & b->flags);
    attempt_begins(a, b->first);
    shift = b->first == TIME_NONE ? 0 : b->first - a->first;
    if (stands_better(a, b)) {
        struct loc report = attempt_report_loc(a);
        a->start_after = shifted(b->start_after, shift);
        a->loc = b->loc;
        attempt_place_report(a, a->flags & ATTEMPT_REPORT ? report : a->loc);
    }
    if (!(a->flags & ATTEMPT_END) && (b->flags & ATTEMPT_END))
        a->end_after = shifted(b->end_after, shift);
    if (!(a->flags & ATTEMPT_REPORT) && (b->flags & ATTEMPT_REPORT))
        absorb_report(a, b, shift);
    a->function = a->function ? a->function : b->function;
    a->version = a->version ? a->version : b->version;
    a->error_type = a->error_type ? a->error_type : b->error_type;
    a->trace = a->trace ? a->trace : b->trace;
    for (size_t i = 0; i < 2 && b->keys[i]; i++)
        attempt_names(a, b->keys[i]);
    a->limit_s = a->limit_s ? a->limit_s : b->limit_s;
    a->flags |= b->flags;
    b->flags |= ATTEMPT_MERGED;
    b->into = a; /* marks follow it */
}

typedef VEC(struct attempt *) parts;

/* Joins the parts of one id; the attempts that are left are a family when there are several. */
static void settle_id(struct index *x, parts *all)
{
    size_t kept = 0;
    vec_sort(all, by_stream_time);
    for (size_t i = 0, end; i < all->n; i = end) {
        struct attempt *a = all->v[i];
        struct told told = {0};
        told_add(&told, a);
        for (end = i + 1; end < all->n && same_attempt(a, all->v[end]); end++) {
            told_add(&told, all->v[end]);
            absorb(x, a, all->v[end]);
        }
        told_settle(x, &told, a);
        all->v[kept++] = a;
    }
    for (size_t i = 0; kept > 1 && i < kept; i++)
        *vec_push(&x->families) = all->v[i];
}

/* ---- parts by id ---- */

/* A part whose id may have others. */
struct member {
    uint32_t part;         /* its position in index.attempts */
    uint32_t earlier : 31; /* member with the same id; numbers count from 1 */
    uint32_t last : 1;
};
enum { PARTS_MAX = INT32_MAX, AHEAD = 16, SLOTS_TAKEN = 60 /* percent, at most */, BITS_A_PART = 8 };

/* Parts by request id. The ids are shared out by their hashes. */
struct groups {
    struct index *x;
    uint64_t secret[2];
    uint32_t *hashes; /* one a part: looked at before the row, which is a miss of the cache */
    unsigned shares;
    VEC(struct member) members[THREADS_MAX]; /* one a share, in the order of the parts */
};

/* A slot an id holds its latest member, `earlier` leads to the others. */
struct table {
    uint32_t *slots;
    size_t mask;
};

/* A bit for each hash that was met, and beside it one for that it was met again. Most parts are alone with their id,
 * and more than four in five also with their bit: they need no table. */
struct sieve {
    struct {
        uint64_t met, again;
    } * words;
    size_t mask;
};

/* Whoever wrote the ids must not know which of them meet in the table: of a hash without a secret 150,000 that do took
 * 86 s. Nothing that is reported depends on it. */
static void make_secret(uint64_t secret[2])
{
    secret[0] = UINT64_C(0x9e3779b97f4a7c15);
    secret[1] = UINT64_C(0xd6e8feb86659fd93);
    (void)!getrandom(secret, 2 * sizeof *secret, 0);
}

static void hash_ids(void *ctx, size_t block, size_t from, size_t to)
{
    struct groups *g = ctx;
    (void)block;
    for (size_t i = from; i < to; i++) {
        uint64_t halves[2];
        memcpy(halves, &g->x->attempts.v[i]->id, sizeof halves);
        g->hashes[i] = (uint32_t)(hash_fold(halves[0] ^ g->secret[0], halves[1] ^ g->secret[1]) >> 32);
    }
}

static bool is_of(const struct groups *g, size_t i, size_t share)
{
    return (uint64_t)g->hashes[i] * g->shares >> 32 == share;
}

static bool met_again(const struct sieve *s, uint32_t hash)
{
    return s->words[hash / 64 & s->mask].again >> hash % 64 & 1;
}

/* Whether an id is of this share nobody can foretell: all are put in, those of others with no bit. */
static struct sieve sieve_share(const struct groups *g, size_t share, size_t n)
{
    size_t size = 16;
    while (size * 64 < n / g->shares * BITS_A_PART)
        size *= 2;
    struct sieve s = {huge_zeros(size, sizeof *s.words), size - 1};
    for (size_t i = 0; i < n; i++) {
        size_t coming = i + AHEAD < n ? i + AHEAD : i;
        __builtin_prefetch(&s.words[g->hashes[coming] / 64 & s.mask], 1);
        uint64_t bit = (uint64_t)is_of(g, i, share) << g->hashes[i] % 64;
        uint64_t *met = &s.words[g->hashes[i] / 64 & s.mask].met;
        s.words[g->hashes[i] / 64 & s.mask].again |= *met & bit;
        *met |= bit;
    }
    return s;
}

static bool same_id(const struct index *x, size_t i, size_t k)
{
    return memcmp(&x->attempts.v[i]->id, &x->attempts.v[k]->id, sizeof(struct request_id)) == 0;
}

static void table_add(const struct table *t, struct groups *g, struct member *members, size_t i)
{
    uint32_t part = members[i].part, hash = g->hashes[part], before;
    size_t at = hash & t->mask;
    while ((before = t->slots[at]) != 0 &&
           (g->hashes[members[before - 1].part] != hash || !same_id(g->x, members[before - 1].part, part)))
        at = (at + 1) & t->mask;
    members[i].earlier = before;
    members[i].last = 1;
    if (before)
        members[before - 1].last = 0;
    t->slots[at] = (uint32_t)i + 1;
}

static void group_share(void *ctx, unsigned thread, size_t share)
{
    struct groups *g = ctx;
    size_t size = 16, n = g->x->attempts.n;
    struct sieve sieve = sieve_share(g, share, n);
    (void)thread;
    for (size_t i = 0; i < n; i++) {
        bool member = is_of(g, i, share);
        member &= met_again(&sieve, g->hashes[i]);
        if (member)
            *vec_push(&g->members[share]) = (struct member){.part = (uint32_t)i};
    }
    huge_free(sieve.words);
    while (size * SLOTS_TAKEN < g->members[share].n * 100)
        size *= 2;
    struct table t = {huge_zeros(size, sizeof *t.slots), size - 1};
    for (size_t i = 0; i < g->members[share].n; i++)
        table_add(&t, g, g->members[share].v, i);
    huge_free(t.slots);
}

/* Rows that were read together stay together for all that walks them. */
static void drop_merged(struct index *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->attempts.n; i++) {
        struct attempt *a = attempt_walk(&x->attempts, i);
        if (!(a->flags & ATTEMPT_MERGED))
            x->attempts.v[kept++] = a;
    }
    x->attempts.n = kept;
}

/* Parts that are alone with their id stay as they are. */
static void settle_share(struct index *x, const struct member *members, size_t n, parts *all)
{
    for (size_t i = 0; i < n; i++) {
        if (!members[i].last || !members[i].earlier)
            continue;
        vec_clear(all);
        for (size_t k = i + 1; k; k = members[k - 1].earlier)
            *vec_push(all) = x->attempts.v[members[k - 1].part];
        settle_id(x, all);
    }
}

void parts_settle(struct index *x, unsigned threads)
{
    size_t n = x->attempts.n;
    parts all = {0};
    if (n > PARTS_MAX)
        err_oom();
    struct groups g = {
        .x = x, .hashes = huge_array(n, sizeof *g.hashes), .shares = parallel_worth(threads, n)};
    make_secret(g.secret);
    parallel_blocks(threads, n, hash_ids, &g);
    parallel_run(g.shares, g.shares, group_share, &g);
    for (unsigned i = 0; i < g.shares; i++) {
        settle_share(x, g.members[i].v, g.members[i].n, &all);
        vec_done(&g.members[i]);
    }
    if (all.n)
        drop_merged(x);
    vec_done(&all);
    huge_free(g.hashes);
}
