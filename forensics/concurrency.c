/* The ends of what is open, as a heap: as many as run at one time, where sorting all ends of five million invocations
 * took 160 MB. */
#include "forensics/concurrency.h"

/* Puts `end` where the first stood, and down to its place. */
static void replace_first(struct concurrency *c, int64_t end)
{
    int64_t *v = c->ends.v;
    size_t n = c->ends.n, at = 0;
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && v[child + 1] < v[child];
        if (v[child] >= end)
            break;
        v[at] = v[child];
    }
    v[at] = end;
}

static void add(struct concurrency *c, int64_t end)
{
    *vec_push(&c->ends) = end;
    int64_t *v = c->ends.v;
    size_t at = c->ends.n - 1;
    for (; at > 0 && v[(at - 1) / 2] > end; at = (at - 1) / 2)
        v[at] = v[(at - 1) / 2];
    v[at] = end;
}

static void drop_first(struct concurrency *c)
{
    int64_t last = c->ends.v[--c->ends.n];
    if (c->ends.n)
        replace_first(c, last);
}

void concurrency_add(struct concurrency *c, int64_t begin, int64_t end)
{
    end = end > begin ? end : begin + 1;
    if (c->ends.n && c->ends.v[0] <= begin)
        replace_first(c, end); /* mostly one has ended since the last began */
    else
        add(c, end);
    while (c->ends.v[0] <= begin)
        drop_first(c);
    c->peak = c->ends.n > c->peak ? c->ends.n : c->peak;
}

void concurrency_done(struct concurrency *c)
{
    vec_done(&c->ends);
}
