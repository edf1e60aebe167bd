/* Two captures of `aws logs tail`, two queries, a copy of a file: each is a stream of its own while nothing names the
 * stream, and what both hold would count twice. */
#include "forensics/overlap.h"

#include "forensics/attempt.h"

#include <stdlib.h>

struct begun {
    struct request_id id;
    int64_t start;
    uint32_t stream;
};

static int by_id_start(const void *a, const void *b)
{
    const struct begun *x = a, *y = b;
    int c = memcmp(&x->id, &y->id, sizeof x->id);
    if (c != 0)
        return c;
    return x->start < y->start ? -1 : x->start > y->start;
}

static struct slice key_of(const struct index *x, uint32_t stream)
{
    return intern_name(&x->stream_keys, stream + 1);
}

static bool is_nameless(const struct index *x, uint32_t stream)
{
    return x->streams.v[stream].name == 0 && x->streams.v[stream].group == 0;
}

/* Each look halves the way of the next: thousands of captures may overlap in a row. */
static uint32_t root_of(uint32_t *into, uint32_t stream)
{
    while (into[stream] != stream)
        stream = into[stream] = into[into[stream]];
    return stream;
}

static void add_facts(struct index *x, struct stream *s, const struct stream *other)
{
    s->several |= other->several;
    index_name_function(x, s, other->function_platform);
    index_keep_least(x, &s->function_path, other->function_path);
    s->environment |= other->environment;
    s->first = other->first < s->first ? other->first : s->first;
    s->last = other->last > s->last ? other->last : s->last;
}

/* The one whose key comes first stays: numbers of streams depend on which thread read what. */
static void unite(struct index *x, uint32_t *into, uint32_t a, uint32_t b)
{
    a = root_of(into, a);
    b = root_of(into, b);
    if (a == b)
        return;
    bool first = slice_cmp(key_of(x, a), key_of(x, b)) < 0;
    uint32_t root = first ? a : b, other = first ? b : a;
    into[other] = root;
    add_facts(x, &x->streams.v[root], &x->streams.v[other]);
    x->streams.v[other].environment = false;
}

static bool find_same(struct index *x, uint32_t *into)
{
    VEC(struct begun) all = {0};
    bool found = false;
    for (size_t i = 0; i < x->attempts.n; i++) {
        const struct attempt *a = x->attempts.v[i];
        if (is_nameless(x, a->stream) && attempt_start(a) != TIME_NONE)
            *vec_push(&all) = (struct begun){a->id, attempt_start(a), a->stream};
    }
    vec_sort(&all, by_id_start);
    for (size_t i = 1; i < all.n; i++) {
        if (all.v[i].stream == all.v[i - 1].stream || by_id_start(&all.v[i], &all.v[i - 1]) != 0)
            continue;
        unite(x, into, all.v[i].stream, all.v[i - 1].stream);
        found = true;
    }
    vec_done(&all);
    return found;
}

static void follow(struct index *x, uint32_t *into)
{
    for (size_t i = 0; i < x->attempts.n; i++)
        x->attempts.v[i]->stream = root_of(into, x->attempts.v[i]->stream);
    for (size_t i = 0; i < x->runs.n; i++)
        x->runs.v[i].stream = root_of(into, x->runs.v[i].stream);
    for (size_t i = 0; i < x->marks.n; i++)
        x->marks.v[i].stream = root_of(into, x->marks.v[i].stream);
    for (size_t i = 0; i < x->phases.n; i++)
        x->phases.v[i].stream = root_of(into, x->phases.v[i].stream);
    for (size_t i = 0; i < x->objects.n; i++)
        if (x->objects.v[i].stream != UINT32_MAX)
            x->objects.v[i].stream = root_of(into, x->objects.v[i].stream);
    for (size_t i = 0; i < x->messages.n; i++)
        if (x->messages.v[i].event.stream != UINT32_MAX)
            x->messages.v[i].event.stream = root_of(into, x->messages.v[i].event.stream);
}

void overlap_unite(struct index *x)
{
    size_t nameless = 0;
    for (uint32_t i = 0; i < x->streams.n; i++)
        nameless += is_nameless(x, i);
    if (nameless < 2)
        return;
    uint32_t *into = calloc(x->streams.n, sizeof *into);
    if (!into)
        err_oom();
    for (uint32_t i = 0; i < x->streams.n; i++)
        into[i] = i;
    if (find_same(x, into))
        follow(x, into);
    free(into);
}
