/* Charging: lines without a request id, error lines and failed inits find their attempt. Called by the
 * freeze, when parts have become attempts. */
#include "forensics/charge.h"

#include "base/huge.h"
#include "base/order.h"
#include "base/parallel.h"
#include "forensics/attempt.h"
#include "forensics/phases.h"

enum {
    /* INIT_REPORT of a repeated init stands 0 to 1 ms before its START (53 of 53 in a real export). */
    REINIT_MS = 50,
    /* An init may take 10 s before it is ended (field guide 1.5). */
    INIT_MAX_MS = 10000,
    RUN_MAX_MS = 900000, /* Lambda's longest invocation */
};

struct timeline {
    struct attempt **v; /* by stream, then start */
    size_t n;
    size_t *first;  /* per stream, of streams.n + 1 */
    bool *odd;      /* per stream: some of its rows are ROW_ODD */
    bool *tied;     /* per stream: two of its rows begin in one millisecond, or seem to */
    uint32_t *rows; /* as handed over */
    unsigned threads;
};

static int by_stream_begin(const void *a, const void *b)
{
    const struct attempt *x = *(struct attempt *const *)a, *y = *(struct attempt *const *)b;
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    int64_t s = attempt_begin(x), t = attempt_begin(y);
    if (s != t)
        return s < t ? -1 : 1;
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
}

/* They come by begin; what is left to do are those of one millisecond, and those without times, which stand last and
 * belong in front. */
static void settle_stream(struct attempt **v, size_t n, bool tied)
{
    if (n > 0 && attempt_begin(v[n - 1]) == TIME_NONE) {
        vec_order(v, n, sizeof *v, by_stream_begin);
        return;
    }
    for (size_t i = 1, from = 0; tied && i <= n; i++) {
        __builtin_prefetch(v[i + ATTEMPTS_AHEAD < n ? i + ATTEMPTS_AHEAD : n - 1]);
        if (i < n && attempt_begin(v[i]) == attempt_begin(v[from]))
            continue;
        vec_order(v + from, i - from, sizeof *v, by_stream_begin);
        from = i;
    }
}

static void settle_nth(void *ctx, unsigned thread, size_t stream)
{
    const struct timeline *t = ctx;
    const size_t *first = t->first;
    (void)thread;
    settle_stream(t->v + first[stream], first[stream + 1] - first[stream], t->tied[stream]);
}

/* Deals the attempts, which come by begin, out to their streams. No row is looked at: each is a miss of the cache. */
static void deal_rows(const struct index *x, struct timeline *t, size_t *at)
{
    size_t *met = huge_zeros(x->streams.n, sizeof *met); /* the last moment of each stream, counted from 1 */
    size_t moment = 0;
    for (size_t i = 0; i < t->n; i++) {
        uint32_t row = t->rows[i], stream = row & ROW_STREAM;
        moment += !(row & ROW_TIED) || moment == 0;
        t->tied[stream] |= met[stream] == moment;
        t->odd[stream] |= (row & ROW_ODD) != 0;
        met[stream] = moment;
        t->v[at[stream]++] = x->attempts.v[i];
    }
    huge_free(met);
}

/* Those of one millisecond stand in the order of their places. */
static void timeline_make(struct index *x, struct timeline *t)
{
    size_t streams = x->streams.n;
    t->n = x->attempts.n;
    t->v = huge_array(t->n, sizeof *t->v);
    t->first = huge_zeros(streams + 1, sizeof *t->first);
    t->odd = huge_zeros(streams, sizeof *t->odd);
    t->tied = huge_zeros(streams, sizeof *t->tied);
    for (size_t i = 0; i < streams; i++)
        x->streams.v[i].attempts = 0;
    size_t *at = t->first + 1; /* becomes the end of each stream, which is the begin of the next */
    for (size_t i = 0; i < t->n; i++)
        x->streams.v[t->rows[i] & ROW_STREAM].attempts++;
    for (size_t i = 0; i < streams; i++)
        at[i] = i ? at[i - 1] + x->streams.v[i - 1].attempts : 0;
    deal_rows(x, t, at);
    parallel_run(parallel_worth(t->threads, t->n), streams, settle_nth, t);
}

static void timeline_done(struct timeline *t)
{
    huge_free(t->first);
    huge_free(t->odd);
    huge_free(t->tied);
    huge_free(t->v);
}

/* A row that is dropped may leave others of its millisecond, which then seem to be tied to the one before it. */
static void drop_merged(struct index *x, uint32_t *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->attempts.n; i++) {
        struct attempt *a = x->attempts.v[i];
        if (a->flags & ATTEMPT_MERGED)
            continue;
        a->row = (uint32_t)kept;
        rows[kept] = rows[i];
        x->attempts.v[kept++] = a;
    }
    x->attempts.n = kept;
    kept = 0;
    for (size_t i = 0; i < x->families.n; i++)
        if (!(x->families.v[i]->flags & ATTEMPT_MERGED))
            x->families.v[kept++] = x->families.v[i];
    x->families.n = kept;
}

/* Behind the line: by time, and by place where there is none or it is the same. */
static bool begins_behind(const struct attempt *a, int64_t time, struct loc loc)
{
    int64_t begin = attempt_begin(a);
    bool timed = begin != TIME_NONE && time != TIME_NONE && begin != time;
    return timed ? begin > time : loc_before(loc, a->loc);
}

/* Where the first attempt of the stream stands that began behind the line; where the next stream's stand when none did. */
static size_t behind_line(const struct timeline *t, uint32_t stream, int64_t time, struct loc loc)
{
    return order_lower(t->first[stream], t->first[stream + 1], i, !begins_behind(t->v[i], time, loc));
}

/* The attempt that began last at or before the line. */
static struct attempt *open_at(const struct timeline *t, uint32_t stream, int64_t time, struct loc loc)
{
    size_t behind = behind_line(t, stream, time, loc);
    return behind > t->first[stream] ? t->v[behind - 1] : NULL;
}

static int by_run(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->last != y->last || x->count != y->count)
        return x->last != y->last ? (x->last < y->last ? -1 : 1) : x->count < y->count ? -1 : 1;
    return loc_before(x->loc, y->loc) ? -1 : loc_before(y->loc, x->loc);
}

static bool same_run(const struct run *a, const struct run *b)
{
    return a->stream == b->stream && a->first == b->first && a->last == b->last && a->count == b->count &&
           a->first != TIME_NONE && a->loc.source != b->loc.source;
}

/* ---- ids of the application ---- */

/* An environment has one invocation at a time: what stands between START and REPORT of one is no other's. */
static bool encloses(const struct attempt *host, const struct attempt *a)
{
    enum { BOTH = ATTEMPT_START | ATTEMPT_REPORT };
    if (!host || (host->flags & BOTH) != BOTH)
        return false;
    if (a->first == TIME_NONE || attempt_report(host) == TIME_NONE)
        return a->first == TIME_NONE && loc_before(a->loc, attempt_report_loc(host));
    return a->first <= attempt_report(host);
}

bool charge_is_odd(const struct attempt *a)
{
    enum { SHORTER_MS = 1000 };
    if (!(a->flags & ATTEMPT_START))
        return true;
    return a->flags & ATTEMPT_REPORT && attempt_start(a) != TIME_NONE && attempt_report(a) != TIME_NONE &&
           decimal_known(a->duration) &&
           attempt_report(a) - attempt_start(a) + SHORTER_MS < a->duration.scaled / DECIMAL_SCALE;
}

/* A program that ships logs prints what the platform said of other functions, between the lines of an invocation that is
 * whole. */
static bool is_printed(const struct attempt *host, const struct attempt *a)
{
    if (!a->flags || !charge_is_odd(a) || !encloses(host, a) || a->loc.source != host->loc.source)
        return false;
    if (host->report_bytes == 0) /* it stands above START: the newest line comes first */
        return loc_before(a->loc, host->loc);
    return loc_before(host->loc, a->loc) && loc_before(attempt_report_loc(a), attempt_report_loc(host));
}

/* A row of application lines alone is an invocation when its id is a UUID that nothing speaks against. A word,
 * or the id of another system that a program logs under the name of request id, gives its lines to the
 * invocation in which they stand. */
static void release_ids(struct index *x, struct timeline *t)
{
    bool released = false;
    for (size_t stream = 0; stream < x->streams.n; stream++) {
        struct attempt *host = NULL;
        for (size_t i = t->first[stream]; t->odd[stream] && i < t->first[stream + 1]; i++) {
            struct attempt *a = t->v[i];
            bool printed = x->streams.v[stream].name && is_printed(host, a);
            if (a->flags && !printed) {
                host = a;
                continue;
            }
            if (!printed && a->id_text == 0 && !(x->streams.v[stream].name && encloses(host, a)))
                continue;
            if (host)
                host->lines += a->lines;
            a->flags |= ATTEMPT_MERGED;
            a->into = printed ? NULL : host; /* what it failed of is no failure of the host */
            released = true;
        }
    }
    if (!released)
        return;
    drop_merged(x, t->rows);
    timeline_done(t);
    timeline_make(x, t);
}

/* The runs that are left are those of no attempt. */
static void charge_lines(struct index *x, const struct timeline *t)
{
    size_t kept = 0;
    vec_sort(&x->runs, by_run);
    for (size_t i = 0; i < x->runs.n; i++) {
        const struct run *r = &x->runs.v[i];
        if (i > 0 && same_run(r - 1, r)) {
            x->duplicates += r->count;
            continue;
        }
        struct attempt *a = open_at(t, r->stream, r->first, r->loc);
        if (a)
            a->lines += r->count;
        else
            x->runs.v[kept++] = *r;
    }
    x->runs.n = kept;
}

/* The attempt that printed it; its line tells no time, so that one without a request id goes by place. */
static void charge_object(const struct timeline *t, struct object_event *o)
{
    bool alone = !o->attempt && o->stream != UINT32_MAX;
    o->attempt = alone ? open_at(t, o->stream, TIME_NONE, o->loc) : attempt_survivor(o->attempt);
}

static void charge_objects(struct index *x, const struct timeline *t)
{
    for (size_t i = 0; i < x->objects.n; i++)
        charge_object(t, &x->objects.v[i]);
    for (size_t i = 0; i < x->messages.n; i++) {
        charge_object(t, &x->messages.v[i].event);
        x->messages.v[i].sender = attempt_survivor(x->messages.v[i].sender);
    }
    for (size_t i = 0; i < x->links.n; i++)
        x->links.v[i].attempt = attempt_survivor(x->links.v[i].attempt);
}

static bool type_unknown(const struct index *x, const struct attempt *a)
{
    return a->error_type == 0 || slice_eq(intern_name(&x->names, a->error_type), SLICE("Runtime.Unknown"));
}

static void charge_error(struct index *x, struct attempt *a, const struct mark *m)
{
    a->flags |= ATTEMPT_ERROR;
    if (m->text && type_unknown(x, a))
        a->error_type = m->text;
}

/* An invocation that failed, as the platform says, and does not tell of what: the last error that it logged tells. Node
 * logs in JSON what nobody caught as it does what was caught. */
static void charge_types(struct index *x)
{
    for (size_t i = x->marks.n; i-- > 0;) {
        const struct mark *m = &x->marks.v[i];
        uint32_t type = m->kind == MARK_SIGNATURE ? m->text : m->kind == MARK_LOGGED ? m->host : 0;
        if (type && m->attempt && m->level >= LEVEL_ERROR && attempt_status(m->attempt) == ATTEMPT_FAILED &&
            type_unknown(x, m->attempt))
            m->attempt->error_type = type;
    }
}

static int by_time_place(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->loc.source != y->loc.source || x->loc.offset != y->loc.offset)
        return loc_before(x->loc, y->loc) ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->value < y->value ? -1 : x->value > y->value;
}

/* The order in which marks stay: it must not depend on which file holds a line. */
static int by_time_id(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if ((x->attempt == NULL) != (y->attempt == NULL))
        return x->attempt ? -1 : 1;
    int c = x->attempt ? memcmp(&x->attempt->id, &y->attempt->id, sizeof x->attempt->id) : 0;
    return c ? c : by_time_place(a, b);
}

enum { MARKS_OF_A_TIME = 64 /* looked at: more of one invocation in one millisecond are rare */ };

/* Does another file hold the mark, too? Marks of one millisecond may take turns over the files; what a file holds
 * twice is two, so that the n-th copy in this file is one more when no other file before it has as many. `v` is in
 * order, `kept` says of those before it which stay. */
static bool is_again(const struct mark *v, size_t at, const bool *kept)
{
    const struct mark *m = &v[at];
    size_t here = 0, have = 0;
    for (size_t i = at; i-- > 0 && at - i <= MARKS_OF_A_TIME;) {
        if (v[i].time != m->time || v[i].attempt != m->attempt)
            break;
        bool own = v[i].loc.source == m->loc.source;
        bool same = v[i].kind == m->kind && v[i].stream == m->stream && v[i].value == m->value &&
                    v[i].text == m->text;
        here += own && same;
        have += same && kept[i];
    }
    return m->time != TIME_NONE && here < have;
}

static void settle_marks(struct index *x)
{
    bool *kept = calloc(x->marks.n + 1, sizeof *kept);
    size_t n = 0;
    if (!kept)
        err_oom();
    vec_sort(&x->marks, by_time_id);
    for (size_t i = 0; i < x->marks.n; i++)
        kept[i] = x->marks.v[i].kind != MARK_KEY && !is_again(x->marks.v, i, kept);
    for (size_t i = 0; i < x->marks.n; i++)
        if (kept[i])
            x->marks.v[n++] = x->marks.v[i];
    x->marks.n = n;
    free(kept);
}

/* A line that stands in the evidence before anything of an invocation in its stream belongs to the init. */
static void charge_marks(struct index *x, const struct timeline *t)
{
    vec_sort(&x->marks, by_time_place);
    for (size_t i = 0; i < x->marks.n; i++) {
        struct mark *m = &x->marks.v[i];
        bool known = m->attempt;
        m->attempt = attempt_survivor(m->attempt);
        bool dropped = known && !m->attempt;
        bool full = m->attempt && m->attempt->keys[1]; /* of lines with an id the first two keys count */
        m->attempt = m->attempt ? m->attempt : open_at(t, m->stream, m->time, m->loc);
        if (m->attempt && m->kind == MARK_ERROR && !dropped)
            charge_error(x, m->attempt, m);
        if (m->attempt && m->kind == MARK_KEY && !full)
            attempt_names(m->attempt, m->value);
    }
    charge_types(x);
    settle_marks(x);
}

/* ---- inits ---- */

/* The first attempt that began behind the phase, in its environment. In times of whole seconds the order of the lines
 * decides. */
static struct attempt *next_of(const struct timeline *t, const struct phase *p)
{
    size_t behind = behind_line(t, p->stream, p->time, p->loc);
    return behind < t->first[p->stream + 1] ? t->v[behind] : NULL;
}

/* Stands the phase in the attempt that was open at its time? END ends it where REPORT is missing; what has
 * neither runs on, for as long as Lambda lets it. */
static bool stands_inside(const struct attempt *a, const struct phase *p)
{
    int64_t last = attempt_report(a) != TIME_NONE ? attempt_report(a) : attempt_end(a);
    if (p->time == TIME_NONE || attempt_begin(a) == TIME_NONE)
        return p->phase == PHASE_INVOKE && !(a->flags & (ATTEMPT_REPORT | ATTEMPT_END));
    last = last != TIME_NONE ? last : attempt_begin(a) + RUN_MAX_MS;
    return p->time < last || (p->time == last && loc_before(p->loc, attempt_report_loc(a)));
}

/* The attempt that pays for a failed init: the one that began right behind it or in which it stands, else the
 * next of the environment. */
static struct attempt *payer(const struct timeline *t, const struct phase *p)
{
    struct attempt *next = next_of(t, p), *open = open_at(t, p->stream, p->time, p->loc);
    bool timed = next && p->time != TIME_NONE && attempt_begin(next) != TIME_NONE;
    bool soon = timed && attempt_begin(next) - p->time <= REINIT_MS;
    return open && !soon && stands_inside(open, p) ? open : next;
}

/* Where the report is missing, an environment that was begun or restored just before says that the start was
 * cold; without a time it stands right before. Lambda may also start an environment ahead of any call: a longer wait
 * tells nothing. */
static void charge_start(const struct timeline *t, const struct phase *p)
{
    struct attempt *a = next_of(t, p);
    if (!a || (a->flags & ATTEMPT_REPORT) || attempt_begin(a) == TIME_NONE ||
        (p->time != TIME_NONE && attempt_begin(a) - p->time > INIT_MAX_MS))
        return;
    a->flags |= ATTEMPT_COLD;
    if (p->kind == EVENT_RESTORE_REPORT && !decimal_known(a->init)) {
        a->init = p->init;
        a->flags |= ATTEMPT_RESTORED;
    }
}

/* A failed init is repeated inside the next invocation: field guide 1.5. */
static void charge_inits(struct index *x, const struct timeline *t)
{
    for (size_t i = 0; i < x->phases.n; i++) {
        const struct phase *p = &x->phases.v[i];
        bool failed = p->status == STATUS_ERROR || p->status == STATUS_TIMEOUT;
        if (p->kind == EVENT_INIT_START || p->kind == EVENT_RESTORE_REPORT)
            charge_start(t, p);
        if (p->kind != EVENT_INIT_REPORT || (!failed && p->phase != PHASE_INVOKE))
            continue;
        struct attempt *a = payer(t, p);
        if (!a)
            continue;
        if (!decimal_known(a->init))
            a->flags |= ATTEMPT_REINIT;
        if (p->phase == PHASE_INVOKE && failed)
            a->flags |= ATTEMPT_INIT_FAILED;
        if (p->phase == PHASE_INVOKE && failed && a->error_type == 0)
            a->error_type = p->error_type;
    }
}

void charge_attempts(struct index *x, uint32_t *rows, unsigned threads)
{
    struct timeline t = {.rows = rows, .threads = threads};
    timeline_make(x, &t);
    release_ids(x, &t);
    charge_lines(x, &t);
    charge_objects(x, &t);
    charge_marks(x, &t);
    phases_settle(x);
    charge_inits(x, &t);
    timeline_done(&t);
}
