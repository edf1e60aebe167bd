/* Who wrote an object: by the principal of its record, else by trace or key among the attempts that ran then. */
#include "base/huge.h"
#include "base/parallel.h"
#include "forensics/chain_parts.h"

enum {
    CANDIDATES_MAX = 512,    /* attempts looked at for the writer of one hand-over, the last that began */
    LOOK_BACK_MAX = 1 << 16, /* rows that a block looks at for what ran when it begins */
};

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

/* What the search for writers reads beside the chains. */
struct search {
    const struct chain_names *names;
    uint32_t
        *lineage; /* what the trace headers count, by row, 0 when unknown; NULL when there is none at all */
};

/* Does what the trace header counts grow from one to the other? The hash in its upper bytes is that of a
 * function. */
static bool grows(uint32_t from, uint32_t to)
{
    return from && to && from >> 8 == to >> 8 && (to & 0xff) > (from & 0xff);
}

/* Tells nothing of who wrote, for all chains of a function have its hash: it makes sure of one that the trace
 * tells. Like is compared with like: the headers of the two attempts, or those of the two messages. */
static bool lineage_grows(const struct chains *c, const struct search *s, size_t i, const struct attempt *a)
{
    int32_t next = c->links[i].triggered, cause = c->cause[a->row];
    const struct message *sent = chain_message(c, i),
                         *got = cause >= 0 ? chain_message(c, (size_t)cause) : NULL;
    return (next >= 0 && s->lineage && grows(s->lineage[a->row], s->lineage[next])) ||
           (sent && got && grows(got->lineage, sent->lineage));
}

static bool has_trace(const struct index *x, const struct attempt *a, const struct message *m)
{
    return m && m->has_trace && a->trace &&
           memcmp(&x->traces.v[a->trace - 1], &m->trace, sizeof m->trace) == 0;
}

static bool shares_trace(const struct chains *c, size_t i, const struct attempt *a)
{
    const struct attempt *next = chain_attempt(c, c->links[i].triggered);
    const struct message *m = chain_message(c, i);
    return (next && next != a && attempt_same_trace(c->d->index, next, a)) || has_trace(c->d->index, a, m) ||
           (m && m->sender == a);
}

static enum chain_proof weigh(const struct chains *c, size_t i, const struct attempt *a)
{
    const struct chain_link *l = &c->links[i];
    int32_t cause = c->cause[a->row];
    if (l->function == a->function)
        return PROOF_PRINCIPAL;
    if (l->function)
        return PROOF_NONE;
    if (shares_trace(c, i, a))
        return PROOF_TRACE;
    if (cause >= 0 && (size_t)cause != i &&
        chain_derived(object_key(chain_object(c, i)), object_key(chain_object(c, (size_t)cause))))
        return PROOF_KEY;
    return PROOF_NONE;
}

/* Among attempts that ran at the time: the one that a trace's call says comes first, then one whose lines name
 * the key or whose trace the message has, then one whose own object's name the key ends with (thumb-x of x), of
 * those the nearest (thumb-thumb-x is made from thumb-x rather than from x), then the one that began last. */
enum { SENT_BY = 1 << 21, NAMES_KEY = 1 << 20, ENDS_WITH = 1 << 12 };

static unsigned closeness(const struct chains *c, size_t i, const struct attempt *a)
{
    int32_t cause = c->cause[a->row];
    const struct object_event *o = chain_object(c, i),
                              *from = cause >= 0 ? chain_object(c, (size_t)cause) : NULL;
    const struct message *m = chain_message(c, i);
    bool names = o->number && (a->keys[0] == o->number || a->keys[1] == o->number);
    names |= has_trace(c->d->index, a, m);
    bool derived = from && chain_derived(object_key(o), object_key(from));
    bool ends = derived && slice_ends(slice_behind(object_key(o), '/'), slice_behind(object_key(from), '/'));
    return (m && m->sender == a ? SENT_BY : 0) + (names ? NAMES_KEY : 0) + (ends ? ENDS_WITH : 0) +
           (derived ? 1 + from->key_n % ENDS_WITH : 0);
}

/* The first header of each attempt counts; marks come by time. */
static void read_lineages(const struct chains *c, struct search *s)
{
    const struct index *x = c->d->index;
    for (size_t i = 0; i < x->marks.n; i++) {
        const struct mark *m = &x->marks.v[i];
        if (m->kind != MARK_LINEAGE || !m->attempt)
            continue;
        if (!s->lineage)
            s->lineage = huge_zeros(x->attempts.n, sizeof *s->lineage);
        if (!s->lineage[m->attempt->row])
            s->lineage[m->attempt->row] = m->value;
    }
}

/* From when to when an attempt may have written. */
struct stint {
    int64_t begin, until;
    int32_t row;
};

static struct stint stint_of(const struct attempt *a)
{
    return (struct stint){chain_begin(a), chain_until(a), (int32_t)a->row};
}

/* Those that may have run at the time of a hand-over, in order of rows. A block's hand-overs come by time, so that
 * each attempt enters once and leaves once. */
struct running {
    bool begun;
    size_t next; /* the first row not looked at */
    size_t n;
    struct stint stints[CANDIDATES_MAX];
};

/* No attempt runs longer than the longest. */
static void running_add(struct running *r, const struct search *s, const struct attempt *a, int64_t time)
{
    struct stint stint = stint_of(a);
    int64_t most = attempt_begin(a) + s->names->longest + END_SLACK_MS;
    stint.until = stint.until < most ? stint.until : most;
    if (stint.until < time)
        return;
    if (r->n == CANDIDATES_MAX)
        memmove(r->stints, r->stints + 1, --r->n * sizeof *r->stints);
    r->stints[r->n++] = stint;
}

/* Before the first search of a block. */
static void running_init(struct running *r, const struct chains *c, const struct search *s, size_t i)
{
    const struct index *x = c->d->index;
    size_t oldest = attempt_lower(x, chain_object(c, i)->time - s->names->longest - END_SLACK_MS),
           latest = attempt_lower(x, chain_latest(c, i) + s->names->late + 1);
    r->begun = true;
    r->next = latest - oldest > LOOK_BACK_MAX ? latest - LOOK_BACK_MAX : oldest;
}

/* To the time of the i-th hand-over: those leave that are over, those enter that have begun. */
static void running_move(struct running *r, const struct chains *c, const struct search *s, size_t i)
{
    const struct index *x = c->d->index;
    int64_t time = chain_object(c, i)->time, latest = chain_latest(c, i) + s->names->late;
    size_t kept = 0;
    if (!r->begun)
        running_init(r, c, s, i);
    for (size_t k = 0; k < r->n; k++)
        if (r->stints[k].until >= time)
            r->stints[kept++] = r->stints[k];
    r->n = kept;
    for (; r->next < x->attempts.n; r->next++) {
        const struct attempt *a = attempt_walk(&x->attempts, r->next);
        if (attempt_begin(a) == TIME_NONE || attempt_begin(a) > latest)
            break;
        running_add(r, s, a, time);
    }
}

struct verdict {
    enum chain_proof proof;
    unsigned closeness;
    int32_t row;
};

/* The last that may have written: it began before what the write invoked, for no call stands twice in a chain. */
static struct stint last_of(const struct chains *c, size_t i)
{
    const struct attempt *next = chain_attempt(c, c->links[i].triggered);
    struct stint last = {.begin = chain_latest(c, i), .row = INT32_MAX};
    if (next && chain_begin(next) <= last.begin)
        last = (struct stint){.begin = chain_begin(next), .row = (int32_t)next->row - 1};
    return last;
}

static void try_writer(const struct chains *c, size_t i, struct stint w, struct stint last,
                       struct verdict *best)
{
    const struct attempt *a = chain_attempt(c, w.row);
    if (w.begin > last.begin || (w.begin == last.begin && w.row > last.row) ||
        chain_object(c, i)->time > w.until)
        return;
    enum chain_proof proof = weigh(c, i, a);
    unsigned close = proof ? closeness(c, i, a) : 0;
    if (proof > best->proof || (proof == best->proof && proof && close > best->closeness))
        *best = (struct verdict){proof, close, w.row};
}

/* First those whose lines name the key: one of them with the strongest proof needs no search. */
static void find_writer(struct chains *c, const struct search *s, struct running *r, size_t i)
{
    const struct object_event *o = chain_object(c, i);
    struct chain_link *l = &c->links[i];
    struct verdict best = {PROOF_NONE, 0, CHAIN_NO_ROW};
    const struct message *m = chain_message(c, i);
    int32_t at = o->number ? s->names->call[o->number] : CHAIN_NO_ROW;
    struct stint last = last_of(c, i);
    if (m && m->foreign)
        return;
    if (m && m->sender)
        try_writer(c, i, stint_of(m->sender), last, &best);
    for (size_t seen = 0; at >= 0 && seen < CANDIDATES_MAX; at = s->names->next_call[at], seen++)
        try_writer(c, i, stint_of(chain_attempt(c, at / 2)), last, &best);
    if (best.proof != PROOF_PRINCIPAL || best.closeness < NAMES_KEY) {
        running_move(r, c, s, i);
        for (size_t k = r->n; k-- > 0;)
            try_writer(c, i, r->stints[k], last, &best);
    }
    if (best.proof == PROOF_TRACE && lineage_grows(c, s, i, chain_attempt(c, best.row)))
        best.proof = PROOF_LINEAGE;
    l->writer = best.row;
    if (best.proof && !l->function)
        l->function = chain_attempt(c, l->writer)->function;
    l->proof = (uint8_t)(l->proof > best.proof ? l->proof : best.proof);
}

/* Is the hand-over one between two calls of one function? What wrote it is of the function that the link names. */
static bool is_own(const struct chains *c, size_t i)
{
    const struct chain_link *l = &c->links[i];
    return l->writer >= 0 && l->triggered >= 0 && l->writer != l->triggered &&
           chain_attempt(c, l->triggered)->function == l->function;
}

/* What is soon looked at: what the hand-over triggered, and the calls that name it. */
static void fetch(const struct chains *c, const struct search *s, size_t i)
{
    chain_fetch(c, i);
    chain_names_fetch(s->names, c, chain_object(c, i)->number);
}

struct finding_writers {
    struct chains *c;
    struct search s;
};

/* No hand-over's writer depends on another's. */
static void find_block(void *ctx, size_t block, size_t from, size_t to)
{
    const struct finding_writers *f = ctx;
    struct chains *c = f->c;
    struct running r = {.begun = false};
    (void)block;
    for (size_t k = from; k < to; k++) {
        size_t i = chain_at(c, k);
        if (k + ATTEMPTS_AHEAD < to)
            fetch(c, &f->s, chain_at(c, k + ATTEMPTS_AHEAD));
        if (chain_object(c, i)->time != TIME_NONE && c->links[i].creation && chain_same_clock(c, i))
            find_writer(c, &f->s, &r, i);
        c->links[i].own = is_own(c, i);
    }
}

void chain_writers_find(struct chains *c, const struct chain_names *n)
{
    struct finding_writers f = {c, {.names = n}};
    read_lineages(c, &f.s);
    parallel_blocks(c->d->ev->threads, c->n, find_block, &f);
    huge_free(f.s.lineage);
}
