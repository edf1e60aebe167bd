/* From records, messages and attempts to chains. Steps: triggers told by the function's own lines and by
 * traces; writers by principal; triggers by count for what is left; writers by trace and key. All are in order
 * of time, so each step is one pass with a bounded look back. */
#include "forensics/chain.h"

#include "base/huge.h"
#include "base/order.h"
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

void chain_trigger(struct chains *c, size_t i, const struct attempt *a, enum chain_trigger how)
{
    struct chain_link *l = &c->links[i];
    int32_t held = c->cause[a->row];
    if (l->trigger >= how && l->triggered >= 0)
        return;
    if (held >= 0 && c->links[held].trigger >= how) {
        if (how == TRIGGER_LOGGED && is_batch(c, i, (size_t)held)) {
            l->triggered = (int32_t)a->row;
            l->trigger = (uint8_t)how;
        }
        return;
    }
    if (held >= 0)
        c->links[held].triggered = CHAIN_NO_ROW;
    if (l->triggered >= 0)
        c->cause[l->triggered] = CHAIN_NO_ROW;
    l->triggered = (int32_t)a->row;
    l->trigger = (uint8_t)how;
    c->cause[a->row] = (int32_t)i;
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
    bool ended = a->flags & (ATTEMPT_END | ATTEMPT_REPORT);
    return chain_begin(a) <= chain_latest(c, i) &&
           (!ended || chain_object(c, i)->time <= attempt_over(a) + END_SLACK_MS);
}

/* ---- told by the function ---- */

static void link_logged(struct chains *c)
{
    for (size_t k = 0; k < c->n; k++) {
        size_t i = chain_at(c, k);
        if (chain_object(c, i)->attempt)
            chain_trigger(c, i, chain_object(c, i)->attempt, TRIGGER_LOGGED);
    }
}

/* Hand-overs by key number: for each number the first one and, for each, the next of the same number. */
struct by_key {
    int32_t *first, *next;
};

uint32_t chain_most_number(const struct chains *c)
{
    uint32_t most = 0;
    for (size_t i = 0; i < c->n; i++)
        most = chain_object(c, i)->number > most ? chain_object(c, i)->number : most;
    return most;
}

int32_t *chain_rows_new(size_t n)
{
    int32_t *v = huge_array(n, sizeof *v);
    memset(v, 0xff, (n + 1) * sizeof *v);
    return v;
}

static void by_key_make(const struct chains *c, struct by_key *k)
{
    k->first = chain_rows_new(chain_most_number(c) + 1);
    k->next = chain_rows_new(c->n);
    for (size_t at = c->n; at-- > 0;) {
        size_t i = chain_at(c, at);
        uint32_t number = chain_object(c, i)->number;
        k->next[i] = k->first[number];
        k->first[number] = (int32_t)i;
    }
}

/* Is it, of all that is known, there before the attempt that names it, and not its own? What an attempt may
 * have written is no trigger of it, unless the key has one record and an earlier attempt that names it is the
 * writer: `claims` holds that one's row. */
static bool is_before(const struct chains *c, const struct by_key *k, int32_t *claims, int32_t i,
                      const struct attempt *a)
{
    const struct object_event *o = chain_object(c, (size_t)i);
    int64_t begin = chain_begin(a);
    /* What its own function wrote behind its start is its own output, not a trigger and a skew; nor does a
     * function name a message that it gets before it has it. */
    int64_t skew = c->links[i].function == a->function || chain_message(c, (size_t)i) ? 0 : SKEW_MS;
    if (o->time == TIME_NONE || !c->links[i].creation || !chain_same_clock(c, (size_t)i))
        return false;
    if (chain_may_write(c, a, (size_t)i)) {
        bool alone = k->first[o->number] == i && k->next[i] < 0;
        if (claims[i] < 0 && chain_ran_at(c, a, (size_t)i))
            claims[i] = (int32_t)a->row;
        if (!alone || claims[i] < 0 || claims[i] == (int32_t)a->row)
            return false;
    }
    return o->time <= begin + skew && begin - o->time <= NAMED_WINDOW_MS;
}

/* The latest object of the key that was there when the attempt began: a later one it may have written itself.
 */
static int32_t object_before(const struct chains *c, const struct by_key *k, int32_t *claims, uint32_t number,
                             const struct attempt *a)
{
    int32_t best = CHAIN_NO_ROW, i = number ? k->first[number] : CHAIN_NO_ROW;
    for (size_t n = 0; i >= 0 && n < OBJECTS_OF_KEY_MAX; i = k->next[i], n++)
        if (is_before(c, k, claims, i, a))
            best = i;
    return best;
}

static void link_named(struct chains *c)
{
    const struct index *x = c->d->index;
    struct by_key k;
    int32_t *claims = chain_rows_new(c->n);
    by_key_make(c, &k);
    for (size_t row = 0; row < x->attempts.n; row++) {
        const struct attempt *a = x->attempts.v[row];
        if (row + ATTEMPTS_AHEAD < x->attempts.n)
            attempt_fetch(x->attempts.v[row + ATTEMPTS_AHEAD]);
        for (size_t i = 0; i < 2 && attempt_begin(a) != TIME_NONE && a->ordinal == 1; i++) {
            int32_t o = object_before(c, &k, claims, a->keys[i], a);
            if (o >= 0)
                chain_trigger(c, (size_t)o, a, TRIGGER_NAMED);
        }
    }
    free(claims);
    free(k.first);
    free(k.next);
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

static void mark_objects(struct chains *c)
{
    uint32_t name = 0;
    bool creation = false, *fine = vias_fine(c->d->index);
    for (size_t i = 0; i < c->n; i++) {
        const struct object_event *o = chain_object(c, i);
        const struct message *m = chain_message(c, i);
        struct chain_link *l = &c->links[i];
        const struct object_facts *facts = object_facts(c->d->index, o);
        if (facts->name != name)
            creation = slice_starts(dossier_name(c->d, facts->name), SLICE("ObjectCreated"));
        name = facts->name;
        l->triggered = l->writer = CHAIN_NO_ROW;
        l->creation = m || creation;
        l->again = m && m->again;
        l->coarse = m ? message_coarse(c->d->index, m) : !fine[facts->via];
    }
    free(fine);
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
    bool coarse = false;
    for (size_t i = 0; i < c->n; i++)
        coarse |= c->links[i].coarse;
    if (!coarse)
        return;
    int64_t *keys = huge_array(c->n, sizeof *keys), last = 0;
    for (size_t k = 0; k < c->n; k++) {
        size_t i = chain_at(c, k);
        if (chain_object(c, i)->time != TIME_NONE)
            last = causal_time(c, i);
        keys[i] = last; /* those without a time stand behind */
    }
    free(c->order);
    c->order = order_by(keys, c->n, NULL, NULL);
}

void chains_init(struct chains *c, const struct dossier *d)
{
    const struct index *x = d->index;
    *c = (struct chains){.d = d, .n = x->objects.n + x->messages.n};
    c->cause = chain_rows_new(x->attempts.n);
    c->links = huge_zeros(c->n, sizeof *c->links);
    put_in_order(c);
    mark_objects(c);
    chain_writers_name(c);
    link_logged(c);
    chain_traces_find(c);
    chain_keys_find(c);
    link_named(c);
    chain_count_find(c);
    chain_writers_find(c);
    chain_clock_drop(c);
    put_in_causal_order(c);
}

void chains_done(struct chains *c)
{
    free(c->links);
    free(c->order);
    free(c->cause);
    *c = (struct chains){.d = NULL};
}

int64_t chains_delay(const struct chains *c, size_t i)
{
    const struct attempt *a = chain_attempt(c, c->links[i].triggered);
    if (!a || c->links[i].clockless || chain_object(c, i)->time == TIME_NONE || attempt_begin(a) == TIME_NONE)
        return TIME_NONE;
    return chain_begin(a) - chain_object(c, i)->time;
}
