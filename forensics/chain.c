/* From records, messages and attempts to chains. Steps: triggers told by the function's own lines and by
 * traces; writers by principal; triggers by count for what is left; writers by trace and key. All are in order
 * of time, so each step is one pass with a bounded look back. */
#include "forensics/chain.h"

#include "base/huge.h"
#include "base/order.h"
#include "base/parallel.h"
#include "forensics/chain_clock.h"
#include "forensics/chain_parts.h"
#include "forensics/messages.h"

enum {
    NAMED_WINDOW_MS = 300000, /* a key named later than this is another use of the object */
    OBJECTS_OF_KEY_MAX = 256,
};

const char *chain_proof_name(enum chain_proof proof)
{
    static const char *const names[] = {[PROOF_NONE] = "none",
                                        [PROOF_KEY] = "key-derivation",
                                        [PROOF_TRACE] = "trace",
                                        [PROOF_LINEAGE] = "lineage",
                                        [PROOF_PRINCIPAL] = "principal"};
    return names[proof];
}

/* Queues hand over messages in batches: several may trigger one attempt. */
static bool is_batch(const struct chains *c, size_t i, size_t held)
{
    return chain_message(c, i) && chain_message(c, held) &&
           chain_object(c, i)->bucket == chain_object(c, held)->bucket;
}

void chain_trigger(struct chains *c, size_t i, int32_t row, enum chain_trigger how)
{
    struct chain_link *l = &c->links[i];
    int32_t held = c->cause[row];
    if (l->trigger >= how && l->triggered >= 0)
        return;
    if (held >= 0 && c->links[held].trigger >= how) {
        if (how == TRIGGER_LOGGED && is_batch(c, i, (size_t)held)) {
            l->triggered = row;
            l->trigger = (uint8_t)how;
        }
        return;
    }
    if (held >= 0)
        c->links[held].triggered = CHAIN_NO_ROW;
    if (l->triggered >= 0)
        c->cause[l->triggered] = CHAIN_NO_ROW;
    l->triggered = row;
    l->trigger = (uint8_t)how;
    c->cause[row] = (int32_t)i;
}

/* ---- times ---- */

bool chain_timed(const struct attempt *a)
{
    return a->start_after != AFTER_NONE || (a->report_after != AFTER_NONE && decimal_known(a->duration));
}

int64_t chain_begin(const struct attempt *a)
{
    if (a->start_after != AFTER_NONE || !chain_timed(a))
        return attempt_begin(a);
    int64_t begin = attempt_report(a) - (int64_t)decimal_value(a->duration);
    return begin < a->first ? begin : a->first;
}

int64_t chain_latest(const struct chains *c, size_t i)
{
    return chain_object(c, i)->time + (c->links[i].coarse ? 999 : 0);
}

bool chain_may_write(const struct chains *c, const struct attempt *a, size_t i)
{
    uint32_t writer = c->links[i].function;
    return (writer == 0 || writer == a->function) &&
           (!chain_timed(a) || chain_begin(a) <= chain_latest(c, i));
}

bool chain_ran_at(const struct chains *c, const struct attempt *a, size_t i)
{
    return chain_begin(a) <= chain_latest(c, i) && chain_object(c, i)->time <= chain_until(a);
}

/* ---- told by the function ---- */

static void link_logged(struct chains *c)
{
    for (size_t k = 0; k < c->n; k++) {
        size_t i = chain_at(c, k);
        const struct attempt *a = chain_object(c, i)->attempt;
        if (a)
            chain_trigger(c, i, (int32_t)a->row, TRIGGER_LOGGED);
    }
}

int32_t *chain_rows_new(size_t n)
{
    int32_t *v = huge_array(n, sizeof *v);
    memset(v, 0xff, (n + 1) * sizeof *v);
    return v;
}

/* For every place of chain_names: the hand-over that its line names as what was there before, and triggered it. */
struct naming {
    const struct chains *c;
    const struct chain_names *n;
    int32_t *objects;
};

/* Is it, of all that is known, there before the attempt that names it, and not its own? What an attempt may
 * have written is no trigger of it, unless the key has one record and an earlier attempt that names it is the
 * writer: `claim` holds that one's row. */
static bool is_before(const struct naming *m, int32_t *claim, int32_t i, const struct attempt *a)
{
    const struct chains *c = m->c;
    const struct object_event *o = chain_object(c, (size_t)i);
    int64_t begin = chain_begin(a);
    /* What its own function wrote behind its start is its own output, not a trigger and a skew; nor does a
     * function name a message that it gets before it has it. */
    int64_t skew = c->links[i].function == a->function || chain_message(c, (size_t)i) ? 0 : SKEW_MS;
    if (o->time == TIME_NONE || !c->links[i].creation || !chain_same_clock(c, (size_t)i))
        return false;
    if (chain_may_write(c, a, (size_t)i)) {
        bool alone = m->n->object[o->number] == i && m->n->next_object[i] < 0;
        if (*claim < 0 && chain_ran_at(c, a, (size_t)i))
            *claim = (int32_t)a->row;
        if (!alone || *claim < 0 || *claim == (int32_t)a->row)
            return false;
    }
    return o->time <= begin + skew && begin - o->time <= NAMED_WINDOW_MS;
}

/* The latest object of the key that was there when the attempt began: a later one it may have written itself.
 */
static int32_t object_before(const struct naming *m, int32_t *claim, uint32_t number, const struct attempt *a)
{
    int32_t best = CHAIN_NO_ROW, i = m->n->object[number];
    for (size_t n = 0; i >= 0 && n < OBJECTS_OF_KEY_MAX; i = m->n->next_object[i], n++)
        if (is_before(m, claim, i, a))
            best = i;
    return best;
}

/* One key tells nothing of another: they are shared out by number. */
static void name_keys(void *ctx, size_t block, size_t from, size_t to)
{
    const struct naming *m = ctx;
    const struct chain_names *n = m->n;
    (void)block;
    for (size_t number = from; number < to; number++) {
        int32_t claim = CHAIN_NO_ROW;
        if (number + ATTEMPTS_AHEAD < to)
            chain_names_fetch(n, m->c, number + ATTEMPTS_AHEAD);
        for (int32_t at = n->call[number]; at >= 0; at = n->next_call[at]) {
            const struct attempt *a = chain_attempt(m->c, at / 2);
            if (a->ordinal == 1)
                m->objects[at] = object_before(m, &claim, (uint32_t)number, a);
        }
    }
}

/* Of two hand-overs that an attempt names and that were both there before it, is the first more likely what invoked it?
 * A function may read again what it wrote, a state or a list: what others wrote comes first, then a key that has one
 * record, then the later one. */
static bool is_likelier(const struct naming *m, int32_t i, int32_t k, const struct attempt *a)
{
    const struct chains *c = m->c;
    const struct object_event *x = chain_object(c, (size_t)i), *y = chain_object(c, (size_t)k);
    bool own_x = c->links[i].function == a->function, own_y = c->links[k].function == a->function;
    if (own_x != own_y)
        return own_y;
    bool alone_x = m->n->object[x->number] == i && m->n->next_object[i] < 0,
         alone_y = m->n->object[y->number] == k && m->n->next_object[k] < 0;
    return alone_x != alone_y ? alone_x : x->time > y->time;
}

/* Earlier attempts choose first. */
static void link_named(struct chains *c, const struct chain_names *n)
{
    size_t rows = c->d->index->attempts.n;
    struct naming m = {c, n, chain_rows_new(rows * 2)};
    parallel_blocks(c->d->ev->threads, (size_t)n->most + 1, name_keys, &m);
    for (size_t row = 0; row < rows; row++) {
        int32_t first = m.objects[row * 2], second = m.objects[row * 2 + 1];
        bool turned =
            first >= 0 && second >= 0 && is_likelier(&m, second, first, chain_attempt(c, (int32_t)row));
        int32_t named[] = {turned ? second : first, turned ? first : second};
        for (size_t k = 0; k < 2; k++)
            if (named[k] >= 0)
                chain_trigger(c, (size_t)named[k], (int32_t)row, TRIGGER_NAMED);
    }
    huge_free(m.objects);
}

/* The ways by which records come with parts of a second, by their name: EventBridge, CloudTrail and access logs
 * round down to whole ones. */
static bool *vias_fine(const struct index *x)
{
    bool *fine = calloc(x->names.names.n + 1, sizeof *fine);
    if (!fine)
        err_oom();
    for (size_t i = 0; i < x->objects.n; i++)
        fine[object_facts(x, &x->objects.v[i])->via] |=
            x->objects.v[i].time != TIME_NONE && x->objects.v[i].time % 1000 != 0;
    return fine;
}

/* The functions of the evidence, by name: one of them may be what a role session names. */
static bool *names_ran(const struct dossier *d)
{
    bool *ran = calloc(d->index->names.names.n + 1, sizeof *ran);
    if (!ran)
        err_oom();
    for (size_t i = 0; i < d->functions.n; i++)
        ran[d->functions.v[i].name] = true;
    return ran;
}

/* What the hand-overs of a block, or all of them, have. */
struct summary {
    uint32_t most; /* the highest number of a key or message id */
    bool coarse, logged;
};

struct marking {
    struct chains *c;
    const bool *fine, *ran;
    struct summary *sums; /* of each block */
};

static void mark_link(const struct marking *m, size_t i, bool creation)
{
    const struct object_event *o = chain_object(m->c, i);
    const struct message *sent = chain_message(m->c, i);
    const struct object_facts *facts = object_facts(m->c->d->index, o);
    bool named = facts->session && m->ran[facts->session];
    m->c->links[i] = (struct chain_link){
        .triggered = CHAIN_NO_ROW,
        .writer = CHAIN_NO_ROW,
        .function = named ? facts->session : 0,
        .proof = named ? PROOF_PRINCIPAL : PROOF_NONE,
        .creation = sent || creation,
        .coarse = sent ? message_coarse(m->c->d->index, sent) : !m->fine[facts->via],
        .again = sent && sent->again,
    };
}

static void mark_block(void *ctx, size_t block, size_t from, size_t to)
{
    const struct marking *m = ctx;
    uint32_t name = 0;
    bool creation = false;
    struct summary sum = {0, false, false};
    for (size_t i = from; i < to; i++) {
        const struct object_event *o = chain_object(m->c, i);
        uint32_t its = object_facts(m->c->d->index, o)->name;
        if (its != name)
            creation = slice_starts(dossier_name(m->c->d, its), SLICE("ObjectCreated"));
        name = its;
        mark_link(m, i, creation);
        sum.most = o->number > sum.most ? o->number : sum.most;
        sum.coarse |= m->c->links[i].coarse;
        sum.logged |= o->attempt != NULL;
    }
    m->sums[block] = sum;
}

/* Fills the links with what each hand-over tells by itself. */
static struct summary mark_objects(struct chains *c)
{
    struct summary all = {0, false, false};
    bool *fine = vias_fine(c->d->index), *ran = names_ran(c->d);
    struct marking m = {c, fine, ran, huge_array(parallel_count(c->n), sizeof *m.sums)};
    parallel_blocks(c->d->ev->threads, c->n, mark_block, &m);
    for (size_t i = 0; i < parallel_count(c->n); i++) {
        all.most = m.sums[i].most > all.most ? m.sums[i].most : all.most;
        all.coarse |= m.sums[i].coarse;
        all.logged |= m.sums[i].logged;
    }
    huge_free(m.sums);
    free(fine);
    free(ran);
    return all;
}

/* Objects and messages are each in order of time: one merge. */
static void put_in_order(struct chains *c)
{
    size_t objects = c->d->index->objects.n, i = 0, m = objects;
    if (m == c->n || m == 0)
        return;
    c->order = huge_array(c->n, sizeof *c->order);
    for (size_t k = 0; k < c->n; k++) {
        bool object = i < objects && (m == c->n || chain_object(c, i)->time == TIME_NONE ||
                                      chain_object(c, i)->time <= chain_object(c, m)->time);
        c->order[k] = (uint32_t)(object ? i++ : m++);
    }
}

/* Where the call that it invoked began within the second, else at the second's end. */
static int64_t causal_time(const struct chains *c, size_t i)
{
    const struct attempt *next = chain_attempt(c, c->links[i].triggered);
    int64_t time = chain_object(c, i)->time, latest = chain_latest(c, i),
            begin = next ? chain_begin(next) : latest;
    return begin < time ? time : begin < latest ? begin : latest;
}

/* Records in whole seconds stand in the order of chains, so that a writer stands before what it wrote. */
static void put_in_causal_order(struct chains *c)
{
    int64_t *keys = huge_array(c->n, sizeof *keys), last = 0;
    for (size_t k = 0; k < c->n; k++) {
        size_t i = chain_at(c, k);
        if (chain_object(c, i)->time != TIME_NONE)
            last = causal_time(c, i);
        keys[i] = last; /* those without a time stand behind */
    }
    huge_free(c->order);
    c->order = order_by(keys, c->n, NULL, 1);
}

void chains_init(struct chains *c, const struct dossier *d)
{
    const struct index *x = d->index;
    *c = (struct chains){.d = d, .n = x->objects.n + x->messages.n};
    c->cause = chain_rows_new(x->attempts.n);
    c->links = huge_array(c->n, sizeof *c->links);
    put_in_order(c);
    struct summary sum = mark_objects(c);
    struct chain_names names;
    chain_names_init(&names, c, sum.most);
    if (sum.logged)
        link_logged(c);
    chain_traces_find(c);
    chain_keys_find(c, &names);
    link_named(c, &names);
    chain_count_find(c);
    chain_writers_find(c, &names);
    chain_names_done(&names);
    chain_clock_drop(c);
    if (sum.coarse)
        put_in_causal_order(c);
}

void chains_done(struct chains *c)
{
    huge_free(c->links);
    huge_free(c->order);
    huge_free(c->cause);
    *c = (struct chains){.d = NULL};
}

int64_t chains_delay(const struct chains *c, size_t i)
{
    const struct attempt *a = chain_attempt(c, c->links[i].triggered);
    if (!a || c->links[i].clockless || chain_object(c, i)->time == TIME_NONE || attempt_begin(a) == TIME_NONE)
        return TIME_NONE;
    return chain_begin(a) - chain_object(c, i)->time;
}
