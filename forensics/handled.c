/* From an attempt to its object: two tables, filled in one pass. */
#include "forensics/handled.h"

#include "base/huge.h"

static void make_tables(struct handled *h)
{
    const struct index *x = h->x;
    h->numbers = 1;
    for (size_t i = 0; i < x->objects.n; i++)
        h->numbers = x->objects.v[i].number >= h->numbers ? x->objects.v[i].number + 1 : h->numbers;
    h->by_row = huge_zeros(x->attempts.n, sizeof *h->by_row);
    h->by_number = huge_zeros(h->numbers, sizeof *h->by_number);
    for (size_t i = x->objects.n; i-- > 0;) {
        const struct object_event *o = &x->objects.v[i];
        if (o->attempt)
            h->by_row[o->attempt->row] = (uint32_t)i + 1;
        h->by_number[o->number] = (uint32_t)i + 1;
    }
}

void handled_done(struct handled *h)
{
    huge_free(h->by_row);
    huge_free(h->by_number);
}

const struct object_event *handled_object(struct handled *h, const struct attempt *a)
{
    if (h->x->objects.n == 0)
        return NULL;
    if (!h->by_row)
        make_tables(h);
    uint32_t key = a->keys[0] < h->numbers ? a->keys[0] : 0;
    uint32_t place = h->by_row[a->row] ? h->by_row[a->row] : key ? h->by_number[key] : 0;
    return place ? &h->x->objects.v[place - 1] : NULL;
}
