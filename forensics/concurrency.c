/* The ends of what is open. Few are looked through, and only when one more than ever seems to run; many stand in a heap,
 * whose steps wait for each other. Sorting all ends of five million invocations took 160 MB. */
#include "forensics/concurrency.h"

enum { FEW = 64 };

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

/* Puts `end`, for which there is room at `at`, up to its place. */
static void rise(struct concurrency *c, size_t at, int64_t end)
{
    int64_t *v = c->ends.v;
    for (; at > 0 && v[(at - 1) / 2] > end; at = (at - 1) / 2)
        v[at] = v[(at - 1) / 2];
    v[at] = end;
}

static void add_to_many(struct concurrency *c, int64_t begin, int64_t end)
{
    if (c->ends.v[0] <= begin) {
        replace_first(c, end); /* mostly one has ended since the last began */
    } else {
        *vec_push(&c->ends) = end;
        rise(c, c->ends.n - 1, end);
    }
    while (c->ends.v[0] <= begin) {
        int64_t last = c->ends.v[--c->ends.n];
        replace_first(c, last);
    }
    c->peak = c->ends.n > c->peak ? c->ends.n : c->peak;
}

/* No more are open than there are ends: those that are over go when that would be a new peak. */
static void add_to_few(struct concurrency *c, int64_t begin, int64_t end)
{
    size_t open = 0;
    *vec_push(&c->ends) = end;
    if (c->ends.n <= c->peak)
        return;
    for (size_t i = 0; i < c->ends.n; i++) {
        c->ends.v[open] = c->ends.v[i];
        open += c->ends.v[i] > begin;
    }
    c->ends.n = open;
    c->peak = open > c->peak ? open : c->peak;
    for (size_t i = 1; c->peak > FEW && i < open; i++)
        rise(c, i, c->ends.v[i]);
}

void concurrency_add(struct concurrency *c, int64_t begin, int64_t end)
{
    end = end > begin ? end : begin + 1;
    if (c->peak > FEW)
        add_to_many(c, begin, end);
    else
        add_to_few(c, begin, end);
}

void concurrency_done(struct concurrency *c)
{
    vec_done(&c->ends);
}
