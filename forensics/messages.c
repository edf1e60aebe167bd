/* Messages: from envelopes and calls to one row a delivery. */
#include "forensics/messages.h"

#include "base/huge.h"
#include "base/order.h"
#include "forensics/attempt.h"
#include "forensics/hops.h"
#include "parsers/record_span.h"

#define QUEUE   "queue "
#define TOPIC   "topic "
#define INVOKE  "function "
#define UNKNOWN "unknown "

struct slice message_resource(struct slice name)
{
    ptrdiff_t blank = slice_find(name, SLICE(" "));
    return blank < 0 ? name : slice_skip(name, (size_t)blank + 1);
}

bool message_queue(struct slice name)
{
    return slice_starts(name, SLICE(QUEUE));
}

bool message_fifo(struct slice name)
{
    return message_queue(name) && slice_ends(name, SLICE(".fifo"));
}

bool message_topic(struct slice name)
{
    return slice_starts(name, SLICE(TOPIC));
}

bool message_invoke(struct slice name)
{
    return slice_starts(name, SLICE(INVOKE));
}

bool message_unknown(struct slice name)
{
    return slice_starts(name, SLICE(UNKNOWN));
}

uint32_t message_unknown_id(struct index *x, uint32_t function)
{
    struct slice name = intern_name(&x->names, function);
    return intern_id(&x->names, slice_str(arena_printf(&x->arena, UNKNOWN "%.*s", SLICE_ARG(name))));
}

/* ---- filling ---- */

/* The last part of arn:aws:sqs:eu-west-1:111122223333:jobs or
 * https://sqs.eu-west-1.amazonaws.com/111122223333/jobs. */
static struct slice last_part(struct slice place)
{
    return slice_behind(slice_behind(place, ':'), '/');
}

/* Of a function's name, partial or whole ARN, each with or without a version: NAME, 111122223333:function:NAME:7. */
static struct slice function_part(struct slice place)
{
    ptrdiff_t at = slice_find(place, SLICE("function:"));
    struct slice rest = at < 0 ? place : slice_skip(place, (size_t)at + sizeof "function:" - 1);
    return slice_cut(&rest, ':');
}

static uint32_t resource_id(struct index *x, enum queue_kind kind, struct slice place)
{
    static const char *const prefixes[] = {[QUEUE_SQS] = QUEUE, [QUEUE_SNS] = TOPIC, [QUEUE_INVOKE] = INVOKE};
    enum { NAME_MAX_BYTES = 256 }; /* that of a topic is the longest: 256 */
    char text[sizeof INVOKE + NAME_MAX_BYTES];
    size_t n = strlen(prefixes[kind]);
    struct slice name = kind == QUEUE_INVOKE ? function_part(place) : last_part(place);
    name = slice_head(name, NAME_MAX_BYTES);
    if (name.n == 0)
        return 0;
    memcpy(text, prefixes[kind], n);
    memcpy(text + n, name.p, name.n);
    return intern_id(&x->names, slice_of(text, n + name.n));
}

static struct message *add(struct index *x, int64_t time, struct loc loc, struct slice id)
{
    struct message *m = vec_push(&x->messages);
    *m = (struct message){.event = {.time = time, .loc = loc, .stream = UINT32_MAX}};
    m->event.key_at = arena_pack(&x->arena, id);
    m->event.key_n = (uint32_t)id.n;
    return m;
}

void index_message(struct index *x, const struct queue_record *q, uint32_t stream)
{
    struct message *m = add(x, q->sent, q->loc, q->message_id);
    m->event.bucket = resource_id(x, q->kind, q->arn);
    m->event.facts = index_facts(x, (struct object_facts){.principal = intern_id(&x->names, q->sender),
                                                          .session = intern_id(&x->names, q->session)});
    m->event.stream = stream;
    m->has_trace = record_trace_id(q->trace, m->trace.bytes);
    m->lineage = record_lineage(q->lineage);
    m->receives = q->receive_count < UINT32_MAX ? (uint32_t)q->receive_count : UINT32_MAX;
}

void index_sent(struct index *x, const struct span *s)
{
    enum { NS_PER_MS = 1000000 };
    static const struct {
        const char *operation;
        enum queue_kind kind;
    } sends[] = {{"Publish", QUEUE_SNS}, {"SendMessage", QUEUE_SQS}, {"Invoke", QUEUE_INVOKE}};
    size_t i = 0, n = sizeof sends / sizeof *sends;
    while (i < n && !slice_starts(s->operation, slice_str(sends[i].operation)))
        i++;
    if (s->kind != SPAN_AWS || s->resource.n == 0 || s->error || s->fault || s->throttle || i == n)
        return;
    struct slice id = sends[i].kind == QUEUE_INVOKE ? s->request_id : s->message_id;
    struct message *m = add(x, s->start == TIME_NONE ? TIME_NONE : s->start / NS_PER_MS, s->loc, id);
    m->event.bucket = resource_id(x, sends[i].kind, s->resource);
    memcpy(m->span, s->id, sizeof m->span);
    memcpy(m->trace.bytes, s->trace, sizeof m->trace.bytes);
    m->has_trace = true;
    m->lineage = record_lineage(s->lineage);
}

void index_links(struct index *x, const struct span *s)
{
    struct span_link links[SPAN_LINKS_MAX];
    size_t n = s->links.n ? record_span_links(s->links, links, SPAN_LINKS_MAX) : 0;
    for (size_t i = 0; i < n; i++) {
        struct trace_link *l = vec_push(&x->links);
        *l = (struct trace_link){.attempt = NULL};
        memcpy(l->trace.bytes, s->trace, sizeof l->trace.bytes);
        memcpy(l->id, s->id, sizeof l->id);
        memcpy(l->to.bytes, links[i].trace, sizeof l->to.bytes);
    }
}

/* ---- one row a delivery ---- */

static int by_number(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_loc(struct loc a, struct loc b)
{
    return loc_before(a, b) ? -1 : loc_before(b, a);
}

static int by_receiver(const struct attempt *a, const struct attempt *b)
{
    if (!a || !b || a == b)
        return (a == NULL) - (b == NULL);
    int64_t s = attempt_begin(a), t = attempt_begin(b);
    int c = s != t ? (s < t ? -1 : 1) : memcmp(&a->id, &b->id, sizeof a->id);
    return c ? c : by_loc(a->loc, b->loc);
}

/* Deliveries of one message in order, what no function printed behind them. Without an id only a trace tells it. */
static int by_message(const void *ctx, uint32_t a, uint32_t b)
{
    const struct index *i = ctx;
    const struct message *x = &i->messages.v[a], *y = &i->messages.v[b];
    int c = by_number(x->event.bucket, y->event.bucket);
    c = c ? c : by_number(x->event.key_n == 0, y->event.key_n == 0);
    c = c ? c : slice_cmp(object_key(&x->event), object_key(&y->event));
    c = c || x->event.key_n ? c : memcmp(&x->trace, &y->trace, sizeof x->trace);
    c = c || x->event.key_n ? c : memcmp(x->span, y->span, sizeof x->span);
    c = c ? c : by_receiver(x->event.attempt, y->event.attempt);
    return c ? c : by_loc(x->event.loc, y->event.loc);
}

/* Alike for those of one message. */
static int64_t message_hash(const struct message *m)
{
    struct slice id =
        m->event.key_n ? object_key(&m->event) : slice_of((const char *)m->span, sizeof m->span);
    return (int64_t)(slice_hash(id, m->event.bucket) >> 32);
}

static void fetch(const void *ctx, uint32_t i)
{
    const struct index *x = ctx;
    __builtin_prefetch(&x->messages.v[i]);
    __builtin_prefetch(&x->messages.v[i].trace);
}

/* Takes the order. */
static void put_in_order(struct index *x, uint32_t *order)
{
    order_apply(x->messages.v, x->messages.n, sizeof *x->messages.v, order);
    huge_free(order);
}

/* Those of one message stand together. */
static void sort_by_message(struct index *x, unsigned threads)
{
    int64_t *hashes = huge_array(x->messages.n, sizeof *hashes);
    for (size_t i = 0; i < x->messages.n; i++)
        hashes[i] = message_hash(&x->messages.v[i]);
    put_in_order(x, order_by(hashes, x->messages.n, &(struct order_ties){by_message, fetch, x}, threads));
}

static bool same_message(const struct message *a, const struct message *b)
{
    if (a->event.bucket != b->event.bucket || a->event.key_n != b->event.key_n)
        return false;
    return a->event.key_n ? slice_eq(object_key(&a->event), object_key(&b->event))
                          : memcmp(&a->trace, &b->trace, sizeof a->trace) == 0 &&
                                memcmp(a->span, b->span, sizeof a->span) == 0;
}

/* Told by the call that sent it, not by its envelope. */
static bool is_called(const struct message *m)
{
    static const uint8_t none[sizeof m->span] = {0};
    return memcmp(m->span, none, sizeof none) != 0;
}

static uint32_t learn_facts(struct index *x, const struct object_event *m, const struct object_event *from)
{
    struct object_facts facts = *object_facts(x, m), other = *object_facts(x, from);
    facts.principal = facts.principal ? facts.principal : other.principal;
    facts.session = facts.session ? facts.session : other.session;
    return index_facts(x, facts);
}

/* What any place says of the message holds for all. An envelope's time is that of the queue, a call's begins
 * before it; no place is asked twice, so that the order of meeting does not matter. */
static void learn(struct index *x, struct message *m, const struct message *from)
{
    m->event.time = m->event.time == TIME_NONE ? from->event.time : m->event.time;
    m->event.facts = learn_facts(x, &m->event, &from->event);
    m->event.number = m->event.number ? m->event.number : from->event.number;
    m->sender = m->sender ? m->sender : from->sender;
    m->foreign |= from->foreign;
    m->lineage = m->lineage ? m->lineage : from->lineage;
    m->receives = m->receives > from->receives ? m->receives : from->receives;
    if (!m->has_trace && from->has_trace) {
        m->trace = from->trace;
        m->has_trace = true;
    }
}

/* Rows [from, end) are one message: a row for each attempt that received it is kept. `got` holds for each
 * function the message that it got last. */
static size_t keep_deliveries(struct index *x, size_t from, size_t end, size_t kept, uint32_t *got)
{
    struct message *v = x->messages.v, all = v[from];
    size_t first = kept;
    for (size_t i = from; i < end; i++)
        learn(x, &all, &v[i]);
    for (size_t i = from; i < end; i++) {
        struct message m = all;
        m.event.attempt = v[i].event.attempt;
        m.event.loc = v[i].event.loc;
        m.event.stream = v[i].event.stream;
        if (kept > first && (!m.event.attempt || v[kept - 1].event.attempt == m.event.attempt)) {
            x->duplicates += !v[kept - 1].event.attempt && !is_called(&v[i]);
            continue;
        }
        if (m.event.attempt) {
            m.again = got[m.event.attempt->function] == from + 1;
            got[m.event.attempt->function] = (uint32_t)from + 1;
        }
        v[kept++] = m;
    }
    return kept;
}

static int by_trace(const void *a, const void *b)
{
    const struct message *x = *(const struct message *const *)a, *y = *(const struct message *const *)b;
    int c = by_number(x->event.bucket, y->event.bucket);
    return c ? c : memcmp(&x->trace, &y->trace, sizeof x->trace);
}

static bool is_untold(const struct message *m)
{
    return m->event.key_n == 0;
}

static bool any_untold(const struct index *x)
{
    for (size_t i = 0; i < x->messages.n; i++)
        if (is_untold(&x->messages.v[i]))
            return true;
    return false;
}

/* A call whose message id the trace does not tell says no more than the envelopes of its trace at that queue. */
static void drop_told(struct index *x)
{
    VEC(const struct message *) told = {0};
    VEC(struct message) left = {0};
    if (!any_untold(x))
        return;
    for (size_t i = 0; i < x->messages.n; i++)
        if (x->messages.v[i].event.key_n && x->messages.v[i].has_trace)
            *vec_push(&told) = &x->messages.v[i];
    vec_sort(&told, by_trace);
    for (size_t i = 0; i < x->messages.n; i++) {
        const struct message *m = &x->messages.v[i];
        bool known = is_untold(m) && told.n && bsearch(&m, told.v, told.n, sizeof *told.v, by_trace) != NULL;
        if (!known)
            *vec_push(&left) = *m;
    }
    vec_done(&told);
    vec_done(&x->messages);
    x->messages.v = left.v;
    x->messages.n = left.n;
    x->messages.cap = left.cap;
}

/* Those of one time. */
static int by_place(const void *ctx, uint32_t a, uint32_t b)
{
    const struct index *i = ctx;
    const struct message *x = &i->messages.v[a], *y = &i->messages.v[b];
    int c = slice_cmp(object_key(&x->event), object_key(&y->event));
    c = c ? c : by_loc(x->event.loc, y->event.loc);
    return c ? c : memcmp(x->span, y->span, sizeof x->span);
}

static void sort_by_time(struct index *x, unsigned threads)
{
    int64_t *times = huge_array(x->messages.n, sizeof *times);
    for (size_t i = 0; i < x->messages.n; i++)
        times[i] = x->messages.v[i].event.time;
    put_in_order(x, order_times(times, x->messages.n, &(struct order_ties){by_place, fetch, x}, threads));
}

/* ---- calls of functions ---- */

static bool is_invoke(const struct index *x, const struct message *m)
{
    return m->event.bucket && message_invoke(intern_name(&x->names, m->event.bucket));
}

bool message_coarse(const struct index *x, const struct message *m)
{
    return !is_called(m) && is_invoke(x, m);
}

struct invoke {
    struct request_id id;
    size_t message;
};
typedef VEC(struct invoke) invokes;

static int by_request(const void *a, const void *b)
{
    const struct invoke *x = a, *y = b;
    int c = memcmp(&x->id, &y->id, sizeof x->id);
    return c ? c : x->message < y->message ? -1 : x->message > y->message;
}

static size_t lower(const invokes *all, const struct request_id *id)
{
    return order_lower(0, all->n, i, memcmp(&all->v[i].id, id, sizeof *id) < 0);
}

/* A call of a function is answered with the request id of the invocation: the first attempt of it is what the call
 * invoked. */
static void tie_invokes(struct index *x)
{
    invokes all = {0};
    for (size_t i = 0; i < x->messages.n; i++) {
        struct invoke v = {.message = i};
        if (is_invoke(x, &x->messages.v[i]) && request_id_parse(object_key(&x->messages.v[i].event), &v.id))
            *vec_push(&all) = v;
    }
    vec_sort(&all, by_request);
    for (size_t i = 0; all.n && i < x->attempts.n; i++) {
        struct attempt *a = x->attempts.v[i];
        size_t at = a->ordinal == 1 ? lower(&all, &a->id) : all.n;
        for (; at < all.n && memcmp(&all.v[at].id, &a->id, sizeof a->id) == 0; at++)
            x->messages.v[all.v[at].message].event.attempt = a;
    }
    vec_done(&all);
}

void messages_settle(struct index *x, unsigned threads)
{
    size_t kept = 0;
    uint32_t *got = calloc(x->names.names.n + 1, sizeof *got);
    if (!got)
        err_oom();
    tie_invokes(x);
    sort_by_message(x, threads);
    for (size_t i = 0, end; i < x->messages.n; i = end) {
        for (end = i + 1; end < x->messages.n && same_message(&x->messages.v[i], &x->messages.v[end]);)
            end++;
        kept = keep_deliveries(x, i, end, kept, got);
    }
    x->messages.n = kept;
    free(got);
    drop_told(x);
    hops_add(x);
    sort_by_time(x, threads);
}
