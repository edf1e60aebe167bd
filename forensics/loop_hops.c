/* The longest chain of a loop, hop by hop: the table, its evidence, and the moments for the timeline. */
#include "forensics/attempt.h"
#include "forensics/detector.h"
#include "forensics/loop_account.h"

enum {
    HOPS_FIRST = 4, /* of the longest chain, shown from its begin and end */
    HOPS_LAST = 2,
};

static void hop_row(const struct loop_account *a, struct finding_table *t, size_t hop, int32_t i)
{
    const struct attempt *next = loop_attempt(a, a->c->links[i].triggered);
    int64_t delay = chains_delay(a->c, (size_t)i);
    *vec_push(&t->cells) = arena_printf(a->m, "%zu", hop);
    *vec_push(&t->cells) = loop_object_name(a, i);
    *vec_push(&t->cells) =
        arena_printf(a->m, a->c->links[i].proof == PROOF_KEY ? "%s (inferred)" : "%s", loop_writer(a, i));
    *vec_push(&t->cells) = next ? detector_request_id(a->m, a->d, next) : "nothing in the evidence";
    *vec_push(&t->cells) =
        delay == TIME_NONE
            ? "unknown"
            : arena_printf(a->m, a->c->links[i].coarse ? "≤ %lld ms" : "%lld ms", (long long)delay);
}

static void gap_row(const struct loop_account *a, struct finding_table *t, size_t left_out)
{
    *vec_push(&t->cells) = "…";
    *vec_push(&t->cells) = arena_printf(a->m, "%s more", detector_count(a->m, left_out));
    for (size_t i = 2; i < t->columns_n; i++)
        *vec_push(&t->cells) = "";
}

/* Objects of the longest chain, the first one first. */
typedef VEC(int32_t) path;

static void path_make(const struct loop_account *a, path *ret)
{
    int32_t row = a->l->deepest;
    while (row >= 0 && ret->n <= a->l->generations) {
        int32_t i = a->c->cause[row];
        if (i < 0)
            break;
        *vec_push(ret) = i;
        row = a->c->links[i].writer;
    }
    for (size_t i = 0; i < ret->n / 2; i++) {
        int32_t swap = ret->v[i];
        ret->v[i] = ret->v[ret->n - 1 - i];
        ret->v[ret->n - 1 - i] = swap;
    }
}

/* The hand-over that began the loop: the root, else the earliest that invoked a call. CHAIN_NO_ROW when there is none. */
static int32_t first_event(const struct loop_account *a)
{
    if (a->l->root >= 0)
        return a->l->root;
    for (size_t i = 0; i < a->l->objects.n; i++)
        if (a->c->links[a->l->objects.v[i]].triggered >= 0)
            return a->l->objects.v[i];
    return CHAIN_NO_ROW;
}

/* The first that the call `row` wrote, else the first that any call of the loop wrote. */
static int32_t first_write(const struct loop_account *a, int32_t row)
{
    int32_t any = CHAIN_NO_ROW;
    for (size_t i = 0; i < a->l->objects.n; i++) {
        int32_t object = a->l->objects.v[i], writer = a->c->links[object].writer;
        if (writer == row)
            return object;
        any = any < 0 && writer >= 0 ? object : any;
    }
    return any;
}

/* Its first event, the call that this invoked, and the write that closes the loop. */
static void write_begin(const struct loop_account *a, struct finding *f)
{
    int32_t event = first_event(a);
    const struct chain_link *k = event < 0 ? NULL : &a->c->links[event];
    if (!k || k->triggered < 0)
        return;
    const struct attempt *first = loop_attempt(a, k->triggered);
    finding_event(f, loop_object(a, event)->time, loop_object(a, event)->loc,
                  arena_printf(a->m, "first event%s: %s, %s%s", a->l->root >= 0 ? "" : " in the evidence",
                               loop_object_name(a, event),
                               k->function ? arena_printf(a->m, "by %s", loop_writer(a, event))
                                           : loop_outside_writer(a, event),
                               loop_time_note(a, event)));
    finding_event(f, attempt_begin(first), first->loc,
                  arena_printf(a->m, "%.*s starts%s", SLICE_ARG(dossier_name(a->d, first->function)),
                               attempt_cold(first) ? " (cold)" : ""));
    int32_t write = first_write(a, k->triggered);
    if (write >= 0 && write != event)
        finding_event(f, loop_object(a, write)->time, loop_object(a, write)->loc,
                      arena_printf(a->m, "%s %s %s: the loop closes%s", loop_writer(a, write),
                                   loop_only_calls(a) ? "makes" : "writes", loop_object_name(a, write),
                                   loop_time_note(a, write)));
}

void loop_write_hops(const struct loop_account *a, struct finding *f)
{
    static const char *const columns[][5] = {{"#hop", "object", "written by", "invoked", "#after"},
                                             {"#hop", "call", "made by", "invoked", "#after"}};
    struct finding_table *t =
        finding_table(f, "The longest chain, hop by hop", columns[loop_only_calls(a)], 5);
    path p = {0};
    path_make(a, &p);
    if (a->l->root >= 0 && p.n && p.v[0] != a->l->root)
        finding_cite(f, loop_object(a, a->l->root)->loc, loop_object(a, a->l->root)->time, NULL);
    for (size_t i = 0; i < p.n; i++) {
        const struct attempt *next = loop_attempt(a, a->c->links[p.v[i]].triggered);
        if (i < HOPS_FIRST || i + HOPS_LAST >= p.n) {
            hop_row(a, t, i, p.v[i]);
            finding_cite(f, loop_object(a, p.v[i])->loc, loop_object(a, p.v[i])->time, NULL);
            finding_cite(f, next->loc, attempt_begin(next), next);
        } else if (i == HOPS_FIRST) {
            gap_row(a, t, p.n - HOPS_FIRST - HOPS_LAST);
        }
    }
    f->evidence_total = a->l->objects.n + a->l->attempts.n;
    write_begin(a, f);
    const struct attempt *last = loop_attempt(a, a->l->attempts.v[a->l->attempts.n - 1]);
    finding_event(f, a->last, last->loc,
                  arena_printf(a->m, "last call of the loop in the evidence; %.0f a minute at the end",
                               a->calls_per_hour / 60));
    vec_done(&p);
}
