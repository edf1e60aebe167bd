/* Order by a radix sort, least digit first, up to twelve bits at a time: 5 M times of one night take three passes. Key
 * and number go in one word, the number in its low bits: half the memory and half the traffic of a pair. */
#include "base/order.h"

#include "base/err.h"
#include "base/huge.h"
#include "base/parallel.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { DIGIT_BITS_MAX = 12, DIGITS_MAX = 1 << DIGIT_BITS_MAX, RADIX_BITS_MAX = 44, RADIX_MIN = 2048 };

/* Along a cycle each row waits for the one before it, and each is a miss of the cache. Walks that share no row do not
 * wait for each other: 5 M records of 16 files take 0.3 s so, and 1 to 2 s one by one. */
enum { WALKS = 32, ROW_MAX = 128 };
/* Of small numbers: a few are sorted sooner by insertion, and less than many by digits whose counts are soon cleared. */
enum { SMALL_BITS = 12, SMALL_DIGITS = 1 << SMALL_BITS, SMALL_FEW = 32, SMALL_MANY = 4096 };

static unsigned bits_of(uint64_t n)
{
    return n ? 64 - (unsigned)__builtin_clzll(n) : 0;
}

static uint64_t spread_of(const int64_t *keys, size_t n, int64_t *ret_least)
{
    int64_t least = keys[0], most = keys[0];
    for (size_t i = 1; i < n; i++) {
        least = keys[i] < least ? keys[i] : least;
        most = keys[i] > most ? keys[i] : most;
    }
    *ret_least = least;
    return (uint64_t)most - (uint64_t)least;
}

/* Passes over one digit each, from `from` to `to`. Each part of the words is counted and dealt by one thread: those of
 * an earlier part stand before those of a later one. */
struct passes {
    uint64_t *from, *to;
    size_t n;
    unsigned shift, parts, digits;
    size_t (*at)[DIGITS_MAX]; /* one a part: how many have each digit, then where the next one goes */
};

static struct passes passes_begin(uint64_t *from, uint64_t *to, size_t n, unsigned threads)
{
    struct passes p = {.from = from, .to = to, .n = n, .parts = parallel_worth(threads, n)};
    p.at = malloc(p.parts * sizeof *p.at);
    if (!p.at)
        err_oom();
    return p;
}

static size_t part_begin(const struct passes *p, size_t part)
{
    return p->n / p->parts * part + (part < p->n % p->parts ? part : p->n % p->parts);
}

static void count_part(void *ctx, unsigned thread, size_t part)
{
    const struct passes *p = ctx;
    size_t *at = p->at[part];
    (void)thread;
    memset(at, 0, sizeof *p->at);
    for (size_t i = part_begin(p, part), end = part_begin(p, part + 1); i < end; i++)
        at[p->from[i] >> p->shift & (p->digits - 1)]++;
}

static void deal_part(void *ctx, unsigned thread, size_t part)
{
    const struct passes *p = ctx;
    size_t *at = p->at[part];
    (void)thread;
    for (size_t i = part_begin(p, part), end = part_begin(p, part + 1); i < end; i++)
        p->to[at[p->from[i] >> p->shift & (p->digits - 1)]++] = p->from[i];
}

/* The result is `from` of the next one. */
static void pass(struct passes *p)
{
    size_t sum = 0;
    parallel_run(p->parts, p->parts, count_part, p);
    for (size_t d = 0; d < p->digits; d++)
        for (size_t part = 0; part < p->parts; part++) {
            size_t count = p->at[part][d];
            p->at[part][d] = sum;
            sum += count;
        }
    parallel_run(p->parts, p->parts, deal_part, p);
    uint64_t *swap = p->from;
    p->from = p->to;
    p->to = swap;
}

/* Sorts by the bits from `low` on: as few passes as it takes, of digits as even as they can be. */
static void passes_run(struct passes *p, unsigned low, unsigned bits)
{
    unsigned passes = (bits + DIGIT_BITS_MAX - 1) / DIGIT_BITS_MAX;
    for (unsigned done = 0, left = passes; left > 0; left--) {
        unsigned digit = (bits - done + left - 1) / left;
        p->digits = 1u << digit;
        p->shift = low + done;
        pass(p);
        done += digit;
    }
}

struct ranking {
    const int64_t *keys;
    const struct order_ties *ties;
};

static int by_tie(const void *a, const void *b, void *arg)
{
    const struct ranking *r = arg;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    return r->ties ? r->ties->compare(r->ties->ctx, i, k) : i < k ? -1 : i > k;
}

static int by_key(const void *a, const void *b, void *arg)
{
    const struct ranking *r = arg;
    int64_t x = r->keys[*(const uint32_t *)a], y = r->keys[*(const uint32_t *)b];
    return x != y ? (x < y ? -1 : 1) : by_tie(a, b, arg);
}

/* Taking the numbers out of what is sorted: a key above the `low` bits of its number each. */
struct taking {
    struct ranking *r;
    const uint64_t *v;
    uint32_t *order;
    size_t n;
    unsigned low;
};

static bool same_key(const struct taking *t, size_t i, size_t k)
{
    return t->v[i] >> t->low == t->v[k] >> t->low;
}

/* Most equal keys come by twos and threes, for which qsort_r takes longer than the compare does. */
static void settle_equal(struct ranking *r, uint32_t *v, size_t n)
{
    enum { FEW = 8 };
    if (n > FEW) {
        qsort_r(v, n, sizeof *v, by_tie, r);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        uint32_t held = v[i];
        size_t k = i;
        for (; k > 0 && r->ties->compare(r->ties->ctx, v[k - 1], held) > 0; k--)
            v[k] = v[k - 1];
        v[k] = held;
    }
}

static uint32_t number_of(const struct taking *t, size_t i)
{
    return (uint32_t)(t->v[i] & ((UINT64_C(1) << t->low) - 1));
}

/* Fetches what will be compared among the words before `end`, of which those before `at` were looked at; `end` is the next
 * `at`. */
static size_t fetch_equal(const struct taking *t, size_t at, size_t end)
{
    const struct order_ties *ties = t->r->ties;
    end = end < t->n ? end : t->n - 1;
    for (; at < end; at++) {
        if (!same_key(t, at, at + 1))
            continue;
        ties->fetch(ties->ctx, number_of(t, at));
        ties->fetch(ties->ctx, number_of(t, at + 1));
    }
    return at;
}

/* Equal keys are settled where the first of them stands. */
static void take_block(void *ctx, size_t block, size_t from, size_t to)
{
    enum { AHEAD = 32 };
    const struct taking *t = ctx;
    bool fetches = t->r->ties && t->r->ties->fetch;
    size_t i = from, end, fetched = from;
    (void)block;
    while (i > 0 && i < to && same_key(t, i - 1, i))
        i++;
    for (; i < to; i = end) {
        for (end = i; end < t->n && same_key(t, i, end); end++)
            t->order[end] = number_of(t, end);
        if (fetches)
            fetched = fetch_equal(t, fetched, end + AHEAD);
        if (t->r->ties && end - i > 1)
            settle_equal(t->r, t->order + i, end - i);
    }
}

static uint32_t *radix_sort(struct ranking *r, int64_t *keys, size_t n, int64_t least, unsigned bits,
                            unsigned low, unsigned threads)
{
    struct passes p = passes_begin((uint64_t *)keys, huge_array(n, sizeof(uint64_t)), n, threads);
    for (size_t i = 0; i < n; i++)
        p.from[i] = (p.from[i] - (uint64_t)least) << low | i;
    passes_run(&p, low, bits);
    struct taking t = {r, p.from, (uint32_t *)p.to, n, low};
    parallel_blocks(threads, n, take_block, &t);
    huge_free(p.from);
    free(p.at);
    return t.order;
}

/* One time far from all others, as hostile evidence has. */
static uint32_t *plain_sort(struct ranking *r, int64_t *keys, size_t n)
{
    uint32_t *order = huge_array(n, sizeof *order);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    if (n > 1)
        qsort_r(order, n, sizeof *order, by_key, r);
    huge_free(keys);
    return order;
}

uint32_t *order_by(int64_t *keys, size_t n, const struct order_ties *ties, unsigned threads)
{
    struct ranking r = {keys, ties};
    int64_t least = 0;
    unsigned bits = bits_of(n ? spread_of(keys, n, &least) : 0), low = bits_of(n);
    return n > 1 && bits + low <= 64 ? radix_sort(&r, keys, n, least, bits, low, threads)
                                     : plain_sort(&r, keys, n);
}

/* In a narrow range of numbers. */
uint32_t *order_times(int64_t *times, size_t n, const struct order_ties *ties, unsigned threads)
{
    int64_t latest = INT64_MIN;
    bool all = true;
    for (size_t i = 0; i < n; i++) {
        latest = times[i] > latest ? times[i] : latest; /* TIME_NONE is the least of all */
        all &= times[i] != TIME_NONE;
    }
    for (size_t i = 0; i < n && !all; i++)
        times[i] = times[i] == TIME_NONE ? latest + 1 : times[i];
    return order_by(times, n, ties, threads);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* As distances from the least. */
void order_numbers(int64_t *v, size_t n)
{
    int64_t least = 0;
    unsigned bits = bits_of(n ? spread_of(v, n, &least) : 0);
    if (n < RADIX_MIN || bits > RADIX_BITS_MAX) {
        if (n > 1)
            qsort(v, n, sizeof *v, by_number);
        return;
    }
    uint64_t *all = huge_array(n * 2, sizeof *all);
    struct passes p = passes_begin(all, all + n, n, 1);
    for (size_t i = 0; i < n; i++)
        p.from[i] = (uint64_t)v[i] - (uint64_t)least;
    passes_run(&p, 0, bits);
    for (size_t i = 0; i < n; i++)
        v[i] = (int64_t)(p.from[i] + (uint64_t)least);
    huge_free(all);
    free(p.at);
}

static void insert_small(uint32_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t held = v[i];
        size_t k = i;
        for (; k > 0 && v[k - 1] > held; k--)
            v[k] = v[k - 1];
        v[k] = held;
    }
}

/* In the order of one digit, from `v` to `to`. */
static void deal_small(const uint32_t *v, uint32_t *to, size_t n, unsigned shift, unsigned bits)
{
    size_t at[SMALL_DIGITS], sum = 0;
    uint32_t mask = (1u << bits) - 1;
    memset(at, 0, (mask + 1) * sizeof *at);
    for (size_t i = 0; i < n; i++)
        at[v[i] >> shift & mask]++;
    for (uint32_t d = 0; d <= mask; d++) {
        size_t count = at[d];
        at[d] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[v[i] >> shift & mask]++] = v[i];
}

/* By the bits in which they differ, the lowest digit first. */
void order_small(uint32_t *v, size_t n)
{
    if (n <= SMALL_FEW) {
        insert_small(v, n);
        return;
    }
    uint32_t differ = 0, *other = huge_array(n, sizeof *other), *from = v, *to = other;
    for (size_t i = 1; i < n; i++)
        differ |= v[i] ^ v[0];
    unsigned most = n < SMALL_MANY ? SMALL_BITS / 2 : SMALL_BITS, bits = bits_of(differ);
    for (unsigned done = 0, left = (bits + most - 1) / most; left > 0; left--) {
        unsigned digit = (bits - done + left - 1) / left;
        deal_small(from, to, n, done, digit);
        done += digit;
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != v)
        memcpy(v, from, n * sizeof *v);
    huge_free(other);
}

/* ---- moving rows ---- */

/* A row that waits for its place, and where the walk that took it up stands: what is there goes on to `from`. */
struct walk {
    size_t to, from;
};

struct moving {
    char *v;
    size_t size, stride; /* every stride-th row begins a walk; a power of two */
    uint32_t *order;
    struct walk walks[WALKS];
    char held[WALKS][ROW_MAX]; /* the rows at which walks begin */
};

static char *row_at(const struct moving *m, size_t i)
{
    return m->v + i * m->size;
}

static void look_ahead(struct moving *m, struct walk *w)
{
    w->from = m->order[w->to];
    __builtin_prefetch(row_at(m, w->from));
    __builtin_prefetch(row_at(m, w->from) + m->size - 1);
}

/* False when the walk has come to where one began. */
static bool move_row(struct moving *m, struct walk *w)
{
    bool begun = (w->from & (m->stride - 1)) == 0;
    memcpy(row_at(m, w->to), begun ? m->held[w->from / m->stride] : row_at(m, w->from), m->size);
    m->order[w->to] = (uint32_t)w->to;
    w->to = w->from;
    __builtin_prefetch(&m->order[w->to]);
    return !begun;
}

/* Walks along the cycles, which share no row: each ends where another, or itself, began. */
static void move_by_walks(struct moving *m, size_t n)
{
    size_t walking = 0;
    for (size_t i = 0; i < n; i += m->stride) {
        memcpy(m->held[walking], row_at(m, i), m->size);
        m->walks[walking++].to = i;
    }
    while (walking) {
        for (size_t k = 0; k < walking; k++)
            look_ahead(m, &m->walks[k]);
        for (size_t k = 0; k < walking;)
            if (move_row(m, &m->walks[k]))
                k++;
            else
                m->walks[k] = m->walks[--walking];
    }
}

/* The cycles in which no walk began. */
static void move_rest(struct moving *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t to = i;
        if (m->order[i] == i)
            continue;
        memcpy(m->held[0], row_at(m, i), m->size);
        for (size_t from = m->order[to]; from != i; from = m->order[to]) {
            memcpy(row_at(m, to), row_at(m, from), m->size);
            m->order[to] = (uint32_t)to;
            to = from;
        }
        memcpy(row_at(m, to), m->held[0], m->size);
        m->order[to] = (uint32_t)to;
    }
}

void order_apply(void *rows, size_t n, size_t size, uint32_t *order)
{
    struct moving m = {.v = rows, .size = size, .stride = 1, .order = order};
    if (size > ROW_MAX)
        abort(); /* our own rows are smaller */
    while (m.stride * WALKS < n)
        m.stride *= 2;
    move_by_walks(&m, n);
    move_rest(&m, n);
}
