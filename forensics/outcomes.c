/* Destination records and dead letters by request. */
#include "forensics/outcomes.h"

#include "parsers/message.h"

void index_destination(struct index *x, const struct destination_record *d)
{
    struct outcome o = {.time = d->time, .loc = d->loc, .good = slice_eq(d->condition, SLICE("Success"))};
    if (!request_id_parse(d->request_id, &o.id))
        return;
    o.condition = intern_id(&x->names, d->condition);
    o.batch = d->stream_arn.n > 0;
    o.function = intern_id(&x->names, message_function_of_arn(d->function_arn));
    o.tried = d->invoke_count < UINT32_MAX ? (uint32_t)d->invoke_count : UINT32_MAX;
    *vec_push(&x->outcomes) = o;
}

void outcomes_merge(struct index *x, const struct index *from, const uint32_t *names)
{
    for (size_t i = 0; i < from->outcomes.n; i++) {
        struct outcome *o = vec_push(&x->outcomes);
        *o = from->outcomes.v[i];
        o->condition = names[o->condition];
        o->function = names[o->function];
    }
}

/* A request may have a record and a dead letter, or the same in two files: what says that it went well stands
 * first, then what says how often it was tried. */
static int by_request(const void *a, const void *b)
{
    const struct outcome *x = a, *y = b;
    int c = memcmp(&x->id, &y->id, sizeof x->id);
    c = c ? c : y->good - x->good;
    c = c || x->tried == y->tried ? c : x->tried > y->tried ? -1 : 1;
    c = c || x->time == y->time ? c : x->time > y->time ? -1 : 1;
    return c ? c : loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
}

static int by_id(const void *id, const void *row)
{
    return memcmp(id, &((const struct outcome *)row)->id, sizeof(struct request_id));
}

static struct outcome *find(const struct index *x, const struct request_id *id)
{
    return x->outcomes.n ? bsearch(id, x->outcomes.v, x->outcomes.n, sizeof *x->outcomes.v, by_id) : NULL;
}

void outcomes_settle(struct index *x)
{
    size_t kept = 0;
    vec_sort(&x->outcomes, by_request);
    for (size_t i = 0; i < x->outcomes.n; i++) {
        const struct outcome *o = &x->outcomes.v[i], *before = kept ? &x->outcomes.v[kept - 1] : NULL;
        if (before && memcmp(&before->id, &o->id, sizeof o->id) == 0) {
            x->duplicates += before->condition == o->condition && before->time == o->time;
            x->outcomes.v[kept - 1].function = before->function ? before->function : o->function;
        } else
            x->outcomes.v[kept++] = *o;
    }
    x->outcomes.n = kept;
    for (size_t i = 0; kept && i < x->attempts.n; i++) {
        struct outcome *o = find(x, &x->attempts.v[i]->id);
        if (o)
            o->logged = true;
    }
}

const struct outcome *outcome_find(const struct index *x, const struct request_id *id)
{
    return find(x, id);
}
