/* error-burst: one kind of error that is new, or suddenly frequent, in invocations that ended well: errors that
 * the program caught and users may not have seen. Errors are alike when they are of one signature, or when
 * their lines are the same once made alike (wording.h). Invocations that failed are told by other detectors,
 * and so are connections, throttles and memory.
 *
 * New: BURST_MIN attempts and more with the error, none among the k attempts before the first of them, and (1 -
 * p)^k < NEW_CHANCE, where p is the share of attempts with it from then on: by chance alone it would have shown
 * before. Suddenly frequent: of the WINDOW_MS with most of them it is in BURST_MIN attempts and more, and in
 * FREQUENT_FACTOR times the share of attempts that have it elsewhere, which are so many that chance alone would
 * show it there. Shares of attempts are compared, not of time: a function that runs once a day is idle, not
 * well, between. Severity: low. */
#include "forensics/detector.h"
#include "forensics/marked.h"

#include <math.h>

enum { BURST_MIN = 10, WINDOW_MS = 600000, FREQUENT_FACTOR = 5, SPAN_MIN_MS = 3 * WINDOW_MS };
#define NEW_CHANCE 0.001

static bool is_error_line(const struct dossier *d, const struct mark *m)
{
    (void)d;
    return m->kind == MARK_SIGNATURE || m->kind == MARK_ERROR || m->kind == MARK_LOGGED;
}

static uint64_t burst_examine(const struct dossier *d)
{
    return detector_lines(d);
}

/* Errors that are alike: one mark an attempt, in order of time (marks are sorted by it: so are their addresses). */
struct kind {
    const struct mark *const *marks;
    size_t n;
};

static int by_place(const void *a, const void *b)
{
    const struct mark *x = *(const struct mark *const *)a, *y = *(const struct mark *const *)b;
    return x < y ? -1 : x > y;
}

static int by_kind(const struct mark *x, const struct mark *y)
{
    uint32_t a[] = {x->kind, x->kind == MARK_SIGNATURE ? x->value : x->text, x->host};
    uint32_t b[] = {y->kind, y->kind == MARK_SIGNATURE ? y->value : y->text, y->host};
    for (size_t i = 0; i < sizeof a / sizeof *a; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static int by_kind_attempt(const void *a, const void *b)
{
    const struct mark *x = *(const struct mark *const *)a, *y = *(const struct mark *const *)b;
    int c = by_kind(x, y);
    if (c == 0 && x->attempt != y->attempt)
        c = x->attempt < y->attempt ? -1 : 1;
    return c ? c : by_place(a, b);
}

/* The function's errors in attempts that ended well, those alike together. */
static void collect(const struct dossier *d, const struct function *f, const struct marked *named,
                    marked_marks *ret)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->index->marks.n; i++) {
        const struct mark *m = &d->index->marks.v[i];
        if (!is_error_line(d, m) || !m->attempt || m->attempt->function != f->name || m->time == TIME_NONE)
            continue;
        if (attempt_status(m->attempt) == ATTEMPT_OK && !marked_has(named, m->attempt))
            *vec_push(ret) = m;
    }
    vec_sort(ret, by_kind_attempt);
    for (size_t i = 0; i < ret->n; i++) {
        const struct mark *m = ret->v[i], *before = kept ? ret->v[kept - 1] : NULL;
        if (!before || before->attempt != m->attempt || by_kind(before, m) != 0)
            ret->v[kept++] = m;
    }
    ret->n = kept;
}

struct burst {
    const struct dossier *d;
    const struct function *f;
    const struct kind *kind;
    size_t from, to; /* in kind->marks, both included */
    size_t others;   /* attempts before the first of them; frequent ones: those outside of the window */
    size_t told;     /* of these, those with the error */
    size_t among;    /* attempts from the first of them on; frequent ones: those in the window */
    double chance;   /* that the error would be missing in `others` */
    bool is_new;
};

static double share_of(size_t part, size_t all)
{
    return all ? (double)part / (double)all : 0;
}

/* That none of the others has the error, if it is in them as often as in these. */
static double chance_of_none(const struct burst *b)
{
    double share = share_of(b->to - b->from + 1, b->among);
    return share < 1 ? exp((double)b->others * log1p(-share)) : b->others ? 0 : 1;
}

/* The first error stands behind so many attempts without it that chance does not explain it. */
static bool find_new(struct burst *b)
{
    const struct kind *k = b->kind;
    b->from = 0;
    b->to = k->n - 1;
    b->others = dossier_lower(b->f, attempt_begin(k->marks[0]->attempt));
    b->among = b->f->attempts.n - b->others;
    b->told = 0;
    b->chance = chance_of_none(b);
    return k->n >= BURST_MIN && b->chance < NEW_CHANCE;
}

/* The earliest window with most of them. */
static void find_window(struct burst *b)
{
    const struct kind *k = b->kind;
    size_t best = 0;
    for (size_t i = 0, from = 0; i < k->n; i++) {
        while (k->marks[i]->time - k->marks[from]->time >= WINDOW_MS)
            from++;
        if (i - from + 1 > best) {
            best = i - from + 1;
            b->from = from;
            b->to = i;
        }
    }
}

/* `timed` attempts of the function have a time. */
static bool find_frequent(struct burst *b, size_t timed)
{
    const struct kind *k = b->kind;
    find_window(b);
    size_t n = b->to - b->from + 1;
    int64_t first = attempt_begin(k->marks[b->from]->attempt), last = attempt_begin(k->marks[b->to]->attempt);
    b->among = dossier_begun(b->f, first, (last - first >= WINDOW_MS ? last : first + WINDOW_MS - 1) + 1);
    b->others = timed - b->among;
    b->told = k->n - n;
    b->chance = chance_of_none(b);
    return n >= BURST_MIN && b->chance < NEW_CHANCE &&
           share_of(n, b->among) >= FREQUENT_FACTOR * share_of(b->told, b->others);
}

static const char *name_of(const struct burst *b, struct arena *m)
{
    const struct mark *first = b->kind->marks[0];
    const struct signature *s = marked_signature(b->d, first);
    if (s)
        return s->name;
    struct slice text = dossier_name(b->d, first->text), host = dossier_name(b->d, first->host);
    return arena_printf(m, "%.*s%s%.*s", SLICE_ARG(text), text.n && host.n ? ": " : "", SLICE_ARG(host));
}

static void write_detail(const struct burst *b, const char *name, struct findings *fs, struct finding *f)
{
    struct detail detail;
    detail_init(&detail);
    jsonw_put_string(&detail.w, "pattern", slice_str(name));
    jsonw_put_bool(&detail.w, "new", b->is_new);
    jsonw_put_time(&detail.w, "onset", f->first_seen);
    jsonw_put_count(&detail.w, "attempts_before",
                    dossier_lower(b->f, attempt_begin(b->kind->marks[b->from]->attempt)));
    jsonw_put_double(&detail.w, "chance", b->chance, 6);
    jsonw_put_double(&detail.w, "share", share_of(b->to - b->from + 1, b->among), 4);
    jsonw_put_double(&detail.w, "usual_share", share_of(b->told, b->others), 4);
    detail_done(&detail, fs, f);
}

static void report(const struct detector *self, const struct burst *b, struct findings *fs)
{
    struct arena *m = &fs->arena;
    struct finding *f = finding_new(fs, self, SEVERITY_LOW, b->f->name);
    struct slice name = dossier_name(b->d, b->f->name);
    const char *error = name_of(b, m);
    for (size_t i = b->from; i <= b->to; i++) {
        const struct mark *k = b->kind->marks[i];
        finding_attempt(f, k->attempt);
        finding_seen(f, k->time);
        finding_cite(f, k->loc, k->time, k->attempt);
    }
    const char *count = detector_count(m, f->count);
    f->key = error;
    f->moment = "handled error";
    f->title = arena_printf(m, "%s of %.*s %s: %s handled it", b->is_new ? "A new error" : "An error",
                            SLICE_ARG(name), b->is_new ? "appeared" : "became frequent", count);
    f->what = arena_printf(
        m, "%s %s reported \"%s\" and ended well. %s", count,
        detector_plural(f->count, "invocation", "invocations"), error,
        b->is_new ? arena_printf(m, "None of the %s invocations before did.", detector_count(m, b->others))
                  : arena_printf(m, "They are %s of the %s within ten minutes; of the others %s of %s did.",
                                 count, detector_count(m, b->among), detector_count(m, b->told),
                                 detector_count(m, b->others)));
    f->how = "The lines report the error at WARN or above, and the reports of the same invocations show no "
             "failure. Users who got a wrong or late answer would make it worse than this; the same error in "
             "earlier logs would disprove that it is new.";
    f->fix = "Find what changed at the onset (a version, a setting, the service that is called), and count "
             "handled errors in a metric so that the next one shows.";
    if (b->is_new)
        finding_step(fs, f, "%s with it from the onset on, 0 of %zu before: chance %.2g < 0.001", count,
                     b->others, b->chance);
    else
        finding_step(fs, f, "%s of %zu in 10 minutes = %.4f >= 5 x %zu of %zu elsewhere = 5 x %.4f", count,
                     b->among, share_of(b->to - b->from + 1, b->among), b->told, b->others,
                     share_of(b->told, b->others));
    finding_fact(fs, f, "error", "%s", error);
    write_detail(b, error, fs, f);
    finding_span(f, "handled errors", f->first_seen, f->last_seen);
}

static void examine_function(const struct detector *self, const struct dossier *d, const struct function *fn,
                             const struct marked *named, struct findings *fs)
{
    marked_marks all = {0};
    size_t n = fn->attempts.n;
    int64_t first = n ? attempt_begin(fn->attempts.v[0]) : TIME_NONE;
    while (n && attempt_begin(fn->attempts.v[n - 1]) == TIME_NONE)
        n--;
    int64_t span = n && first != TIME_NONE ? attempt_begin(fn->attempts.v[n - 1]) - first : 0;
    if (span >= SPAN_MIN_MS)
        collect(d, fn, named, &all);
    for (size_t i = 0, end; i < all.n; i = end) {
        for (end = i + 1; end < all.n && by_kind(all.v[i], all.v[end]) == 0;)
            end++;
        qsort(all.v + i, end - i, sizeof *all.v, by_place);
        struct kind kind = {all.v + i, end - i};
        struct burst b = {.d = d, .f = fn, .kind = &kind};
        b.is_new = find_new(&b);
        if (b.is_new || find_frequent(&b, n))
            report(self, &b, fs);
    }
    vec_done(&all);
}

static const char *burst_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    struct marked named;
    uint8_t *concerned = marked_functions(d, is_error_line);
    marked_init(&named, d, marked_named);
    for (size_t i = 0; i < d->functions.n; i++)
        if (concerned[d->functions.v[i].name])
            examine_function(self, d, &d->functions.v[i], &named, fs);
    marked_done(&named);
    free(concerned);
    return "no kind of handled error is new, or five times as frequent in ten minutes as elsewhere";
}

const struct detector detector_error_burst = {
    .name = "error-burst",
    .doc = "handled errors that are new or suddenly frequent",
    .missing = "no application line in the evidence",
    .rule = "One kind of handled error in 10 or more attempts that is new, (1 - p)^k < 0.001 for the k "
            "attempts before, or that is in 5 times as large a share of the attempts of 10 minutes as of "
            "those elsewhere. Low.",
    .fact = "An error line in an invocation whose report shows no failure is one that the program handled "
            "(field guide 1.4).",
    .disproof = "The same error in earlier logs.",
    .examine = burst_examine,
    .run = burst_run,
};
