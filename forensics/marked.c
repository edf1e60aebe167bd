/* Which attempts the marks of the index concern. */
#include "forensics/marked.h"

#include "base/huge.h"
#include "forensics/detector.h"
#include "forensics/outcomes.h"

enum { WORD_BITS = 64 };

/* Memory comes with the first one: most sets are empty. */
static void add(struct marked *s, const struct dossier *d, const struct attempt *a)
{
    if (!s->rows)
        s->rows = huge_zeros(d->index->attempts.n / WORD_BITS + 1, sizeof *s->rows);
    s->rows[a->row / WORD_BITS] |= UINT64_C(1) << a->row % WORD_BITS;
}

void marked_init(struct marked *ret, const struct dossier *d, marked_pick pick)
{
    *ret = (struct marked){.rows = NULL};
    for (size_t i = 0; i < d->index->marks.n; i++) {
        const struct mark *m = &d->index->marks.v[i];
        if (m->attempt && pick(d, m))
            add(ret, d, m->attempt);
    }
}

void marked_done(struct marked *s)
{
    huge_free(s->rows);
}

bool marked_has(const struct marked *s, const struct attempt *a)
{
    return s->rows && s->rows[a->row / WORD_BITS] >> a->row % WORD_BITS & 1;
}

const struct signature *marked_signature(const struct dossier *d, const struct mark *m)
{
    return m->kind == MARK_SIGNATURE ? signatures_get(d->ev->signatures, m->value) : NULL;
}

bool marked_connection(const struct dossier *d, const struct mark *m)
{
    const struct signature *s = marked_signature(d, m);
    return s && (s->class == SIGNATURE_SRV || s->class == SIGNATURE_POOL || s->class == SIGNATURE_OS);
}

bool marked_throttled(const struct dossier *d, const struct mark *m)
{
    const struct signature *s = marked_signature(d, m);
    return s && s->class == SIGNATURE_THR;
}

bool marked_named(const struct dossier *d, const struct mark *m)
{
    return marked_connection(d, m) || marked_throttled(d, m) || detector_says_memory(d, m);
}

/* Marks are sorted by time and stand in one array: their addresses are their order. */
static int by_attempt(const void *a, const void *b)
{
    const struct mark *x = *(const struct mark *const *)a, *y = *(const struct mark *const *)b;
    if (x->attempt != y->attempt)
        return x->attempt < y->attempt ? -1 : 1;
    return x < y ? -1 : x > y;
}

static int by_place(const void *a, const void *b)
{
    const struct mark *x = *(const struct mark *const *)a, *y = *(const struct mark *const *)b;
    return x < y ? -1 : x > y;
}

void marked_first(const struct dossier *d, uint32_t function, marked_pick pick, marked_marks *ret)
{
    const struct index *x = d->index;
    size_t kept = 0;
    for (size_t i = 0; i < x->marks.n; i++)
        if (x->streams.v[x->marks.v[i].stream].function == function && pick(d, &x->marks.v[i]))
            *vec_push(ret) = &x->marks.v[i];
    vec_sort(ret, by_attempt);
    for (size_t i = 0; i < ret->n; i++)
        if (kept == 0 || !ret->v[i]->attempt || ret->v[i]->attempt != ret->v[kept - 1]->attempt)
            ret->v[kept++] = ret->v[i];
    ret->n = kept;
    vec_sort(ret, by_place);
}

uint8_t *marked_functions(const struct dossier *d, marked_pick pick)
{
    const struct index *x = d->index;
    uint8_t *ret = calloc(x->names.names.n + 1, 1);
    if (!ret)
        err_oom();
    for (size_t i = 0; i < x->marks.n; i++)
        if (pick(d, &x->marks.v[i]))
            ret[x->streams.v[x->marks.v[i].stream].function] = 1;
    return ret;
}

/* ---- families ---- */

static int by_id(const void *a, const void *b)
{
    const struct attempt *x = *(const struct attempt *const *)a, *y = *(const struct attempt *const *)b;
    int c = memcmp(&x->id, &y->id, sizeof x->id);
    return c ? c : x->row < y->row ? -1 : x->row > y->row;
}

/* Also the attempts that --from, --to or --function hide: one of them may have succeeded. */
static bool all_failed(const struct dossier *d, const struct attempt *a)
{
    const struct attempt *k = a;
    do {
        if (!attempt_failed(k))
            return false;
        k = attempt_next(d->index, k);
    } while (k && k != a);
    return true;
}

static int by_first(const void *a, const void *b)
{
    const struct marked_family *x = a, *y = b;
    int64_t s = attempt_begin(x->attempts.v[0]), t = attempt_begin(y->attempts.v[0]);
    return s != t ? (s < t ? -1 : 1) : by_id(&x->attempts.v[0], &y->attempts.v[0]);
}

static bool may_be_poisoned(const struct dossier *d, const struct attempt *a)
{
    return attempt_next(d->index, a) != a || outcome_find(d->index, &a->id);
}

/* The attempts of one id, and what a record of the event's end says. */
static void add_family(const struct dossier *d, const struct attempt *const *v, size_t n,
                       marked_families *ret)
{
    const struct outcome *o = outcome_find(d->index, &v[0]->id);
    uint64_t tried = o && !o->batch && o->tried > n ? o->tried : n;
    if (tried < MARKED_FAMILY_MIN || (o && o->good) || !all_failed(d, v[0]))
        return;
    struct marked_family *family = vec_push(ret);
    *family = (struct marked_family){.outcome = o, .tried = tried};
    for (size_t i = 0; i < n; i++)
        *vec_push(&family->attempts) = v[i];
}

void marked_poisoned(const struct dossier *d, const struct function *f, marked_families *ret)
{
    VEC(const struct attempt *) order = {0};
    for (size_t i = 0; i < f->failed.n; i++)
        if (may_be_poisoned(d, f->failed.v[i]))
            *vec_push(&order) = f->failed.v[i];
    vec_sort(&order, by_id);
    for (size_t i = 0, end; i < order.n; i = end) {
        for (end = i + 1; end < order.n && memcmp(&order.v[i]->id, &order.v[end]->id, 16) == 0; end++)
            ;
        add_family(d, &order.v[i], end - i, ret);
    }
    vec_done(&order);
    vec_sort(ret, by_first);
}

void marked_families_done(marked_families *all)
{
    for (size_t i = 0; i < all->n; i++)
        vec_done(&all->v[i].attempts);
    vec_done(all);
}

void marked_storms(struct marked *ret, const struct dossier *d)
{
    struct marked named;
    marked_init(&named, d, marked_named);
    *ret = (struct marked){.rows = NULL};
    for (size_t i = 0; i < d->functions.n; i++) {
        marked_families all = {0};
        marked_poisoned(d, &d->functions.v[i], &all);
        for (size_t k = 0; k < all.n; k++)
            for (size_t n = 0; n < all.v[k].attempts.n; n++)
                if (attempt_status(all.v[k].attempts.v[n]) == ATTEMPT_FAILED &&
                    !marked_has(&named, all.v[k].attempts.v[n]))
                    add(ret, d, all.v[k].attempts.v[n]);
        marked_families_done(&all);
    }
    marked_done(&named);
}
