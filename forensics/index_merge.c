/* Joining the indexes of the workers: names and streams of one get numbers in the other, then rows are moved. */
#include "base/parallel.h"
#include "forensics/outcomes.h"

struct maps {
    uint32_t *names, *streams, *facts;
};

static void merge_streams(struct index *x, const struct index *from, struct maps *m)
{
    m->streams = malloc((from->streams.n + 1) * sizeof *m->streams);
    if (!m->streams)
        err_oom();
    for (size_t i = 0; i < from->streams.n; i++) {
        const struct stream *f = &from->streams.v[i];
        struct stream *s =
            index_stream_of(x, intern_name(&from->stream_keys, (uint32_t)i + 1), &m->streams[i]);
        index_keep_least(x, &s->name, m->names[f->name]);
        index_keep_least(x, &s->group, m->names[f->group]);
        index_keep_least(x, &s->function_assumed, m->names[f->function_assumed]);
        s->several |= f->several;
        index_name_function(x, s, m->names[f->function_platform]);
        index_keep_least(x, &s->function_path, m->names[f->function_path]);
        index_keep_least(x, &s->folder, m->names[f->folder]);
        s->environment |= f->environment;
        if (f->first < s->first)
            s->first = f->first;
        if (f->last > s->last)
            s->last = f->last;
    }
}

struct moving {
    const struct index *x, *from;
    const struct maps *maps;
    size_t attempts; /* position of the first, in x */
    uint32_t traces;
};

static void move_attempts(void *ctx, size_t block, size_t from, size_t to)
{
    const struct moving *v = ctx;
    const struct maps *m = v->maps;
    (void)block;
    for (size_t i = from; i < to; i++) {
        struct attempt *a = v->from->attempts.v[i];
        a->stream = m->streams[a->stream];
        a->function = m->names[a->function];
        a->version = m->names[a->version];
        a->error_type = m->names[a->error_type];
        a->id_text = m->names[a->id_text];
        a->trace = a->trace ? a->trace + v->traces : 0;
        v->x->attempts.v[v->attempts + i] = a;
    }
}

static void merge_attempts(struct index *x, const struct index *from, const struct maps *m, unsigned threads)
{
    struct moving v = {x, from, m, x->attempts.n, (uint32_t)x->traces.n};
    vec_reserve(&x->attempts, x->attempts.n + from->attempts.n);
    x->attempts.n += from->attempts.n;
    parallel_blocks(threads, from->attempts.n, move_attempts, &v);
}

static void merge_traces(struct index *x, const struct index *from, const struct maps *m)
{
    vec_reserve(&x->traces, x->traces.n + from->traces.n);
    for (size_t i = 0; i < from->traces.n; i++) {
        struct trace_id *t = vec_push(&x->traces);
        uint32_t name;
        *t = from->traces.v[i];
        memcpy(&name, t->bytes + 4, sizeof name);
        if (trace_is_text(t)) {
            name = m->names[name];
            memcpy(t->bytes + 4, &name, sizeof name);
        }
    }
}

/* Those of both: the names in it have to be known. */
static void merge_facts(struct index *x, const struct index *from, struct maps *m)
{
    m->facts = malloc(from->facts.n * sizeof *m->facts);
    if (!m->facts)
        err_oom();
    for (size_t i = 0; i < from->facts.n; i++) {
        const struct object_facts *f = &from->facts.v[i];
        m->facts[i] = index_facts(x, (struct object_facts){.name = m->names[f->name],
                                                           .principal = m->names[f->principal],
                                                           .session = m->names[f->session],
                                                           .via = m->names[f->via]});
    }
}

static void merge_lines(struct index *x, const struct index *from, const struct maps *m)
{
    for (size_t i = 0; i < from->runs.n; i++) {
        struct run *r = vec_push(&x->runs);
        *r = from->runs.v[i];
        r->stream = m->streams[r->stream];
    }
    for (size_t i = 0; i < from->marks.n; i++) {
        struct mark *k = vec_push(&x->marks);
        *k = from->marks.v[i];
        k->stream = m->streams[k->stream];
        k->text = m->names[k->text];
        k->host = m->names[k->host];
    }
    for (size_t i = 0; i < from->phases.n; i++) {
        struct phase *p = vec_push(&x->phases);
        *p = from->phases.v[i];
        p->stream = m->streams[p->stream];
        p->runtime = m->names[p->runtime];
        p->error_type = m->names[p->error_type];
        p->version = m->names[p->version];
        p->function = m->names[p->function];
    }
}

static void take_object(struct object_event *o, const struct object_event *from, const struct maps *m)
{
    *o = *from;
    o->bucket = m->names[o->bucket];
    o->facts = m->facts[o->facts];
    o->stream = o->stream == UINT32_MAX ? UINT32_MAX : m->streams[o->stream];
}

/* The memory of what is copied is used again on the way: there would be one and a half of all records else. */
static void merge_objects(struct index *x, struct index *from, const struct maps *m)
{
    enum { BLOCK = 1 << 16 };
    vec_room(&x->objects, x->objects.n + from->objects.n);
    for (size_t i = 0; i < from->objects.n; i++) {
        take_object(vec_push(&x->objects), &from->objects.v[i], m);
        if ((i + 1) % BLOCK == 0) {
            vec_forget(&from->objects, i + 1 - BLOCK, i + 1);
            vec_fill(&x->objects, BLOCK);
        }
    }
    vec_clear(&from->objects);
}

static void merge_records(struct index *x, struct index *from, const struct maps *m)
{
    size_t before = x->messages.n;
    merge_objects(x, from, m);
    for (size_t i = 0; i < from->gateway.n; i++) {
        struct gateway_line *g = vec_push(&x->gateway);
        *g = from->gateway.v[i];
        g->text = m->names[g->text];
    }
    for (size_t i = 0; i < from->spans.n; i++) {
        struct trace_span *s = vec_push(&x->spans);
        *s = from->spans.v[i];
        s->request_text = m->names[s->request_text];
        s->function = m->names[s->function];
        s->group = m->names[s->group];
        s->stream = m->names[s->stream];
    }
    for (size_t i = 0; i < from->links.n; i++)
        *vec_push(&x->links) = from->links.v[i];
    for (size_t i = 0; i < from->messages.n; i++) {
        *vec_push(&x->messages) = from->messages.v[i];
        take_object(&x->messages.v[i + before].event, &from->messages.v[i].event, m);
    }
    outcomes_merge(x, from, m->names);
}

void index_merge(struct index *x, struct index *from, unsigned threads)
{
    struct maps m = {.names = intern_remap(&x->names, &from->names)};
    merge_streams(x, from, &m);
    merge_facts(x, from, &m);
    merge_attempts(x, from, &m, threads);
    merge_traces(x, from, &m);
    merge_lines(x, from, &m);
    merge_records(x, from, &m);
    for (size_t i = 0; i < EVENT_KINDS; i++)
        x->events[i] += from->events[i];
    x->duplicates += from->duplicates;
    arena_join(&x->arena, &from->arena);
    free(m.names);
    free(m.streams);
    free(m.facts);
    index_done(from);
    index_init(from);
}
