/* From an id to invocations, over the frozen index. One pass over each kind of row; nothing is kept for it. */
#include "forensics/ties.h"

#include "base/text.h"
#include "forensics/attempt.h"
#include "parsers/record_span.h"

const char *tie_name(enum tie_kind kind)
{
    static const char *const names[TIE_KINDS] = {
        [TIE_REQUEST] = "has this request id",
        [TIE_TRACE] = "is part of this trace",
        [TIE_GATEWAY] = "answered this call of a gateway",
        [TIE_TRIGGERED] = "was invoked by this object",
        [TIE_WROTE] = "wrote this object",
        [TIE_SENT] = "sent this message",
        [TIE_RECEIVED] = "was invoked by this message",
        [TIE_QUEUE] = "shares the trace of this message",
        [TIE_LINE] = "has it in its lines",
    };
    return names[kind];
}

void ties_add(ties *ret, const struct attempt *a, enum tie_kind kind)
{
    if (!a || (a->flags & ATTEMPT_HIDDEN) || ret->n == TIES_MAX)
        return;
    for (size_t i = 0; i < ret->n; i++)
        if (ret->v[i].attempt == a)
            return;
    *vec_push(ret) = (struct tie){a, kind};
}

static void by_request(const struct index *x, const struct request_id *id, enum tie_kind kind, ties *ret)
{
    const struct attempt *first = attempt_find(x, id), *a = first;
    if (!first)
        return;
    do {
        ties_add(ret, a, kind);
        a = attempt_next(x, a);
    } while (a != first);
}

static void by_trace(const struct index *x, const uint8_t trace[16], enum tie_kind kind, ties *ret)
{
    for (size_t i = 0; i < x->attempts.n; i++) {
        const struct attempt *a = attempt_walk(&x->attempts, i);
        if (a->trace && memcmp(x->traces.v[a->trace - 1].bytes, trace, 16) == 0)
            ties_add(ret, a, kind);
    }
}

static void by_gateway(const struct index *x, const struct request_id *call, ties *ret)
{
    for (size_t i = 0; i < x->gateway.n; i++) {
        const struct gateway_line *g = &x->gateway.v[i];
        struct slice text = intern_name(&x->names, g->text);
        struct request_id id;
        uint8_t trace[16];
        if (memcmp(&g->id, call, sizeof *call) != 0)
            continue;
        if (g->kind == GATEWAY_REQUEST && request_id_parse(text, &id))
            by_request(x, &id, TIE_GATEWAY, ret);
        if (g->kind == GATEWAY_TRACE && record_trace_id(text, trace))
            by_trace(x, trace, TIE_GATEWAY, ret);
    }
}

/* BUCKET/KEY, s3://BUCKET/KEY or KEY. */
static bool names_object(const struct index *x, const struct object_event *o, struct slice word)
{
    struct slice bucket = intern_name(&x->names, o->bucket), key = object_key(o);
    if (slice_eq(word, key))
        return true;
    if (slice_starts(word, SLICE("s3://")))
        word = slice_skip(word, 5);
    return word.n == bucket.n + 1 + key.n && slice_starts(word, bucket) && word.p[bucket.n] == '/' &&
           slice_eq(slice_skip(word, bucket.n + 1), key);
}

static bool is_sequencer(struct slice word)
{
    enum { LEAST = 12, MOST = 20 }; /* 18 digits in most records */
    for (size_t i = 0; i < word.n; i++)
        if (!((word.p[i] >= '0' && word.p[i] <= '9') || ((word.p[i] | 32) >= 'a' && (word.p[i] | 32) <= 'f')))
            return false;
    return word.n >= LEAST && word.n <= MOST;
}

static void add_both(const struct chains *c, size_t object, ties *ret)
{
    const struct index *x = c->d->index;
    const struct chain_link *l = &c->links[object];
    if (l->writer != CHAIN_NO_ROW)
        ties_add(ret, x->attempts.v[l->writer], TIE_WROTE);
    if (l->triggered != CHAIN_NO_ROW)
        ties_add(ret, x->attempts.v[l->triggered], TIE_TRIGGERED);
}

static void by_object(const struct chains *c, struct slice word, ties *ret)
{
    const struct index *x = c->d->index;
    uint64_t sequencer = is_sequencer(word) ? index_sequencer(word) : 0;
    char *decoded = malloc(word.n + 1);
    if (!decoded)
        err_oom();
    struct slice plain = slice_of(decoded, text_url_decode(word, true, decoded));
    for (size_t i = 0; i < x->objects.n; i++) {
        const struct object_event *o = &x->objects.v[i];
        if (names_object(x, o, word) || names_object(x, o, plain) || (sequencer && o->sequencer == sequencer))
            add_both(c, i, ret);
    }
    free(decoded);
}

void ties_add_record(const struct chains *c, const struct s3_record *r, ties *ret)
{
    const struct index *x = c->d->index;
    uint32_t bucket = intern_find(&x->names, r->bucket);
    for (size_t i = 0; i < x->objects.n; i++) {
        const struct object_event *o = &x->objects.v[i];
        if (o->time == r->time && o->bucket == bucket && slice_eq(object_key(o), r->key))
            add_both(c, i, ret);
    }
}

static void by_message(const struct chains *c, struct slice word, ties *ret)
{
    const struct index *x = c->d->index;
    for (size_t i = x->objects.n; i < c->n; i++) {
        const struct message *m = chain_message(c, i);
        const struct chain_link *l = &c->links[i];
        if (!slice_eq(object_key(&m->event), word))
            continue;
        if (l->writer != CHAIN_NO_ROW)
            ties_add(ret, x->attempts.v[l->writer], TIE_SENT);
        if (l->triggered != CHAIN_NO_ROW)
            ties_add(ret, x->attempts.v[l->triggered], TIE_RECEIVED);
        if (m->has_trace)
            by_trace(x, m->trace.bytes, TIE_QUEUE, ret);
    }
}

void ties_find(const struct chains *c, struct slice word, ties *ret)
{
    const struct index *x = c->d->index;
    struct request_id id;
    uint8_t trace[16];
    if (request_id_parse(word, &id))
        by_request(x, &id, TIE_REQUEST, ret);
    if (record_trace_id(word, trace))
        by_trace(x, trace, TIE_TRACE, ret);
    index_call_id(word, &id);
    by_gateway(x, &id, ret);
    by_object(c, word, ret);
    by_message(c, word, ret);
}
