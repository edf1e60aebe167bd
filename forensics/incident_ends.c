/* When an incident's invocations ended: the first that failed, and the worst minute. One walk over them; minutes are
 * looked up by number, since ends of calls that began one behind the other are nearly in order. */
#include "forensics/incident_ends.h"

#include "base/intern.h"
#include "forensics/minutes.h"

bool incident_failed(const struct attempt *a)
{
    enum attempt_status s = attempt_status(a);
    return s == ATTEMPT_FAILED || s == ATTEMPT_TIMED_OUT || s == ATTEMPT_INIT_FAILURE;
}

/* What ended in one minute. */
struct minute_end {
    int64_t at; /* minutes since 1970 */
    uint64_t failed, concerned;
    const struct attempt *first; /* to end, the first row of equals */
};

struct minute_ends {
    VEC(struct minute_end) list; /* as they were met */
    struct intern keys;          /* minute i has key id i + 1 */
    size_t last;                 /* most end in the minute of the one before */
};

static struct minute_end *minute_of(struct minute_ends *m, int64_t at)
{
    if (m->list.n && m->list.v[m->last].at == at)
        return &m->list.v[m->last];
    m->last = intern_id(&m->keys, slice_of((const char *)&at, sizeof at)) - 1;
    if (m->last == m->list.n)
        *vec_push(&m->list) = (struct minute_end){.at = at};
    return &m->list.v[m->last];
}

/* One of those that the incident is about; they come in the order of rows. */
static void take_end(struct incident *in, struct minute_ends *m, const struct attempt *a)
{
    int64_t over = attempt_over(a);
    in->failed |= incident_failed(a);
    if (over == TIME_NONE)
        return;
    if (incident_failed(a) && (!in->first_error || over < attempt_over(in->first_error)))
        in->first_error = a;
    struct minute_end *e = minute_of(m, over / MINUTE_MS);
    e->failed += incident_failed(a);
    e->concerned++;
    in->all_failed += incident_failed(a);
    in->all_concerned++;
    if (!e->first || over < attempt_over(e->first))
        e->first = a;
}

static bool is_worse(const struct minute_end *e, const struct minute_end *than)
{
    if (e->failed != than->failed)
        return e->failed > than->failed;
    return e->concerned != than->concerned ? e->concerned > than->concerned : e->at < than->at;
}

/* Most failures first, then most named, then the earliest. */
static void find_peak(struct incident *in, const struct minute_ends *m)
{
    const struct minute_end *worst = m->list.n ? &m->list.v[0] : NULL;
    in->peak = TIME_NONE;
    for (size_t i = 1; i < m->list.n; i++)
        worst = is_worse(&m->list.v[i], worst) ? &m->list.v[i] : worst;
    if (!worst)
        return;
    in->peak = worst->at * MINUTE_MS;
    in->peak_first = worst->first;
    in->peak_failed = worst->failed;
    in->peak_concerned = worst->concerned;
    for (size_t i = 0; i < m->list.n; i++) {
        const struct minute_end *e = &m->list.v[i];
        in->peak_others +=
            e != worst && (worst->failed ? e->failed == worst->failed : e->concerned == worst->concerned);
    }
}

void incident_ends(struct incident *in, const struct index *x, const uint8_t *marked)
{
    struct minute_ends m = {.last = 0};
    intern_init(&m.keys);
    for (size_t row = 0; row < x->attempts.n; row++) {
        size_t to_come = row + ATTEMPTS_AHEAD;
        if (to_come < x->attempts.n && marked[to_come])
            __builtin_prefetch(x->attempts.v[to_come]);
        if (marked[row])
            take_end(in, &m, x->attempts.v[row]);
    }
    find_peak(in, &m);
    vec_done(&m.list);
    intern_done(&m.keys);
}
