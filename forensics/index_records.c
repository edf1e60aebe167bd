/* Filling of the index with what is no log line: S3 records, ids of calls and traces. */
#include "forensics/index.h"

static void trace_parse(struct index *x, struct slice text, struct trace_id *ret)
{
    struct slice rest = text;
    uint32_t name = 0;
    if (text.n == TEXT_TRACE_SIZE && text_trace_at(text.p, ret->bytes))
        return;
    if (text.n == 32 && text_hex(&rest, 32, ret->bytes))
        return;
    name = intern_id(&x->names, text);
    memset(ret->bytes, 0xff, sizeof ret->bytes);
    memcpy(ret->bytes + 4, &name, sizeof name);
}

void index_trace(struct index *x, struct attempt *a, struct slice trace)
{
    if (a->trace || trace.n == 0)
        return;
    trace_parse(x, trace, vec_push(&x->traces));
    a->trace = (uint32_t)x->traces.n;
}

uint64_t index_sequencer(struct slice s)
{
    uint64_t v = 0;
    while (s.n > 16 && *s.p == '0')
        s = slice_skip(s, 1);
    for (size_t i = 0; i < s.n && i < 16; i++) {
        char c = s.p[i];
        unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a' + 10);
        v = v << 4 | (digit & 15);
    }
    return v;
}

uint32_t index_facts(struct index *x, struct object_facts facts)
{
    if (memcmp(&x->facts.v[x->last_facts], &facts, sizeof facts) == 0)
        return x->last_facts;
    x->last_facts = intern_id(&x->fact_keys, slice_of((const char *)&facts, sizeof facts));
    if (x->last_facts == x->facts.n)
        *vec_push(&x->facts) = facts;
    return x->last_facts;
}

void index_object(struct index *x, const struct s3_record *r, uint32_t stream)
{
    struct object_event o = {.time = r->time, .loc = r->loc, .stream = stream};
    o.key_at = arena_pack(&x->arena, r->key);
    o.key_n = (uint32_t)r->key.n;
    o.sequencer = index_sequencer(r->sequencer);
    o.request = r->request_id.n ? (uint32_t)slice_hash(r->request_id, 7) : 0;
    o.bucket = intern_id(&x->names, r->bucket);
    o.facts = index_facts(x, (struct object_facts){.name = intern_id(&x->names, r->event_name),
                                                   .principal = intern_id(&x->names, r->principal),
                                                   .session = intern_id(&x->names, r->session),
                                                   .via = intern_id(&x->names, r->via)});
    *vec_push(&x->objects) = o;
}

void index_call_id(struct slice text, struct request_id *ret)
{
    if (request_id_parse(text, ret))
        return;
    uint64_t half[2] = {slice_hash(text, 1), slice_hash(text, 2)};
    memcpy(ret->bytes, half, sizeof half);
}

void attempt_names(struct attempt *a, uint32_t key)
{
    if (a->keys[0] == 0)
        a->keys[0] = key;
    else if (a->keys[0] != key)
        a->keys[1] = key;
}
