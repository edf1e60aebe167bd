/* Contributing conditions: a table of pairs that the field knows, each with the rule that has to tie the records of
 * the one to the other. A pair alone proves nothing: without records in common there is no link. The numbers go
 * into the note, so that a reader can weigh it. */
#include "forensics/causes.h"

#include "base/err.h"
#include "base/order.h"
#include "forensics/attempt.h"

/* Shares of the effect's count that its tied records need. A shared invocation is a fact about that invocation, so
 * a tenth of them is a condition worth naming; the rules that go by place or time hold by chance too, so half. */
enum { SHARE_DIRECT = 10, SHARE_NEAR = 50 };
/* An invocation's last lines come within milliseconds of each other and in no certain order. */
enum { SAME_MOMENT_MS = 1000 };
/* An environment's first line stands before the START that called for it: an init may take 10 s (field guide,
 * limits: init phase). */
enum { BORN_BEFORE_MS = 10000 };

enum rule { RULE_INVOCATION, RULE_LOOP, RULE_REQUEST, RULE_ENVIRONMENT, RULE_BORN, RULE_NEAR, RULES };

static const struct cause_rule rules[RULES] = {
    [RULE_INVOCATION] = {"same-invocation", "counted are invocations that both findings name; at least 10 %"},
    [RULE_LOOP] = {"same-invocation",
                   "counted are invocations that both findings name, of whichever function; at least 10 %"},
    [RULE_REQUEST] = {"same-request",
                      "counted are further attempts of a request whose earlier attempt the cause names; at "
                      "least 10 % of the further attempts"},
    [RULE_ENVIRONMENT] = {"same-environment", "counted are invocations in an environment where the cause had "
                                              "been seen before they ended; at least half"},
    [RULE_BORN] = {"born-in-span", "counted are invocations in environments of the function whose first line "
                                   "lies in the cause's span or 10 s before; at least half"},
    [RULE_NEAR] = {"same-function-and-time",
                   "counted are invocations of the same function that began within the cause's span or 10 "
                   "minutes after; at least half"},
};

static const uint64_t shares[RULES] = {
    [RULE_INVOCATION] = SHARE_DIRECT, [RULE_LOOP] = SHARE_DIRECT, [RULE_REQUEST] = SHARE_DIRECT,
    [RULE_ENVIRONMENT] = SHARE_NEAR,  [RULE_BORN] = SHARE_NEAR,   [RULE_NEAR] = SHARE_NEAR,
};

struct cause {
    const char *effect, *cause; /* detectors; a name that no detector has never matches */
    enum rule rule;
    const char *tie; /* what the counted ones have in common: "each …" */
};

/* Rows of one effect stand together. Where a pair stands twice, the stronger rule comes first and the next is
 * tried when it does not hold. */
static const struct cause causes[] = {
    {"connection-limit", "recursive-trigger", RULE_LOOP, "was a call of the loop"},
    {"connection-limit", "invocation-spike", RULE_BORN, "ran in an environment that the burst had started"},
    {"timeout", "connection-limit", RULE_INVOCATION, "reported a refused connection before it timed out"},
    {"timeout", "init-failure", RULE_INVOCATION, "had to repeat a failed init inside its own time"},
    {"timeout", "init-failure", RULE_ENVIRONMENT, "ran in an environment whose init had failed"},
    {"timeout", "throttle", RULE_INVOCATION, "reported a throttled call before it timed out"},
    {"timeout", "recursive-trigger", RULE_LOOP, "was a call of the loop"},
    {"timeout", "connection-limit", RULE_NEAR,
     "began while the function's connections were refused, or within 10 min after"},
    {"crash", "connection-limit", RULE_INVOCATION, "reported a refused connection before it failed"},
    {"crash", "init-failure", RULE_INVOCATION, "had to repeat a failed init"},
    {"crash", "init-failure", RULE_ENVIRONMENT, "ran in an environment whose init had failed"},
    {"crash", "throttle", RULE_INVOCATION, "reported a throttled call before it failed"},
    {"crash", "poisoned-environment", RULE_INVOCATION,
     "ran in an environment that kept failing while others did not"},
    {"crash", "recursive-trigger", RULE_LOOP, "was a call of the loop"},
    {"out-of-memory", "memory-creep", RULE_ENVIRONMENT, "ran in an environment whose memory had crept up"},
    {"cold-start", "recursive-trigger", RULE_LOOP, "was a call of the loop"},
    {"cold-start", "invocation-spike", RULE_INVOCATION, "began in the burst"},
    {"gateway-timeout", "timeout", RULE_INVOCATION, "ran into its own time limit behind the gateway"},
    {"gateway-timeout", "connection-limit", RULE_INVOCATION, "reported a refused connection"},
    {"gateway-timeout", "init-failure", RULE_INVOCATION, "had to repeat a failed init"},
    {"gateway-timeout", "cold-start", RULE_INVOCATION, "paid a slow cold start"},
    {"gateway-timeout", "slow", RULE_INVOCATION, "was slow behind the gateway"},
    {"retry-storm", "timeout", RULE_REQUEST, "repeats a request that had timed out"},
    {"retry-storm", "connection-limit", RULE_REQUEST, "repeats a request whose connection had been refused"},
    {"retry-storm", "init-failure", RULE_REQUEST, "repeats a request whose init had failed"},
    {"retry-storm", "out-of-memory", RULE_REQUEST, "repeats a request that had run out of memory"},
    {"retry-storm", "throttle", RULE_REQUEST, "repeats a request that had been throttled"},
    {"retry-storm", "crash", RULE_REQUEST, "repeats a request that had failed"},
    {"throttle", "recursive-trigger", RULE_LOOP, "was a call of the loop"},
    {"throttle", "invocation-spike", RULE_INVOCATION, "began in the burst"},
    {"slow", "connection-limit", RULE_INVOCATION, "reported a refused connection"},
    {"slow", "throttle", RULE_INVOCATION, "reported a throttled call"},
    {"near-timeout", "connection-limit", RULE_INVOCATION, "reported a refused connection"},
    {"near-timeout", "throttle", RULE_INVOCATION, "reported a throttled call"},
    {"error-burst", "connection-limit", RULE_INVOCATION, "reported a refused connection"},
    {"error-burst", "throttle", RULE_INVOCATION, "reported a throttled call"},
    {"error-burst", "timeout", RULE_INVOCATION, "timed out"},
    {"error-burst", "init-failure", RULE_ENVIRONMENT, "ran in an environment whose init had failed"},
    {"poisoned-environment", "connection-limit", RULE_INVOCATION, "reported a refused connection"},
    {"poisoned-environment", "init-failure", RULE_ENVIRONMENT, "ran in an environment whose init had failed"},
    {"poisoned-environment", "out-of-memory", RULE_INVOCATION, "ran out of memory"},
    {"invocation-spike", "recursive-trigger", RULE_LOOP, "was a call of the loop"},
};
enum { CAUSES = sizeof causes / sizeof *causes };

/* These note when an invocation began, and what is wrong with it shows at its end. */
static const char *const shown_late[] = {"gateway-timeout", "slow", "near-timeout", "poisoned-environment"};

/* ---- attempts in the order of a rule, for looking up ---- */

struct lookup {
    VEC(const struct attempt *) list;
};

static const struct attempt *element(const void *p)
{
    return *(const struct attempt *const *)p;
}

static int by_row(const void *a, const void *b)
{
    uint32_t x = element(a)->row, y = element(b)->row;
    return x < y ? -1 : x > y;
}

static int by_stream(const void *a, const void *b)
{
    const struct attempt *x = element(a), *y = element(b);
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    int64_t s = attempt_begin(x), t = attempt_begin(y);
    return s < t ? -1 : s > t;
}

static int by_request(const void *a, const void *b)
{
    const struct attempt *x = element(a), *y = element(b);
    int c = memcmp(&x->id, &y->id, sizeof x->id);
    return c ? c : (x->row > y->row) - (x->row < y->row);
}

/* Where the first element stands that is not before `a`. */
static size_t lower(const struct lookup *l, const struct attempt *a, int (*order)(const void *, const void *))
{
    return order_lower(0, l->list.n, i, order(&l->list.v[i], &a) < 0);
}

/* ---- the rules: is this attempt of the effect tied to the cause? ---- */

struct pair {
    const struct dossier *d;
    const struct finding *effect, *cause;
    struct lookup cause_attempts; /* in the rule's order */
};

static bool tied_invocation(const struct pair *p, const struct attempt *a)
{
    size_t i = lower(&p->cause_attempts, a, by_row);
    return i < p->cause_attempts.list.n && p->cause_attempts.list.v[i]->row == a->row;
}

static bool tied_request(const struct pair *p, const struct attempt *a)
{
    size_t i = lower(&p->cause_attempts, a, by_request);
    return a->ordinal > 1 && i > 0 && memcmp(&p->cause_attempts.list.v[i - 1]->id, &a->id, sizeof a->id) == 0;
}

/* The earliest attempt of the cause in that environment began before this one was over. */
static bool tied_environment(const struct pair *p, const struct attempt *a)
{
    const struct attempt *const *v = p->cause_attempts.list.v;
    size_t n = p->cause_attempts.list.n, low = order_lower(0, n, i, v[i]->stream < a->stream);
    if (low == n || v[low]->stream != a->stream)
        return false;
    int64_t begin = attempt_begin(v[low]);
    return begin != TIME_NONE && begin <= attempt_over(a);
}

static bool tied_born(const struct pair *p, const struct attempt *a)
{
    if (a->stream >= p->d->index->streams.n)
        return false;
    int64_t born = p->d->index->streams.v[a->stream].first;
    return born != TIME_NONE && born >= p->cause->first_seen - BORN_BEFORE_MS && born <= p->cause->last_seen;
}

/* Time alone is the weakest tie: the cause has to have hurt somebody. */
static bool tied_near(const struct pair *p, const struct attempt *a)
{
    int64_t begin = attempt_begin(a);
    return p->cause->severity >= SEVERITY_MEDIUM && begin != TIME_NONE && begin >= p->cause->first_seen &&
           begin <= p->cause->last_seen + CAUSES_FOLLOW_MS;
}

static const struct {
    bool (*tied)(const struct pair *p, const struct attempt *a);
    int (*order)(const void *, const void *); /* NULL: looks nothing up */
} ties[RULES] = {
    [RULE_INVOCATION] = {tied_invocation, by_row},
    [RULE_LOOP] = {tied_invocation, by_row},
    [RULE_REQUEST] = {tied_request, by_request},
    [RULE_ENVIRONMENT] = {tied_environment, by_stream},
    [RULE_BORN] = {tied_born, NULL},
    [RULE_NEAR] = {tied_near, NULL},
};

/* ---- does a row of the table hold? ---- */

struct support {
    uint64_t n, of;
};

static void count_support(struct pair *p, enum rule rule, struct support *ret)
{
    const struct finding *e = p->effect, *c = p->cause;
    *ret = (struct support){0, rule == RULE_REQUEST ? 0 : e->count};
    for (size_t i = 0; ties[rule].order && i < c->attempts.n; i++)
        *vec_push(&p->cause_attempts.list) = c->attempts.v[i];
    if (ties[rule].order)
        vec_sort(&p->cause_attempts.list, ties[rule].order);
    for (size_t i = 0; i < e->attempts.n; i++) {
        ret->of += rule == RULE_REQUEST && e->attempts.v[i]->ordinal > 1;
        ret->n += ties[rule].tied(p, e->attempts.v[i]);
    }
    vec_done(&p->cause_attempts.list);
}

static bool is_late(const struct finding *f)
{
    for (size_t i = 0; i < sizeof shown_late / sizeof *shown_late; i++)
        if (strcmp(f->detector->name, shown_late[i]) == 0)
            return true;
    return false;
}

/* When the effect was there to be seen. Retries are: their second attempt is the first that follows from
 * anything. */
static int64_t shown_at(const struct finding *f, enum rule rule)
{
    int64_t first = INT64_MAX;
    bool late = is_late(f);
    if (!late && rule != RULE_REQUEST)
        return f->first_seen;
    for (size_t i = 0; i < f->attempts.n; i++) {
        const struct attempt *a = f->attempts.v[i];
        int64_t time = late ? attempt_over(a) : a->ordinal > 1 ? attempt_begin(a) : TIME_NONE;
        if (time != TIME_NONE && time < first)
            first = time;
    }
    return first == INT64_MAX ? f->first_seen : late ? first + SAME_MOMENT_MS : first;
}

static bool is_circle(const struct finding *effect, const struct finding *cause)
{
    for (const struct finding *f = cause; f; f = f->cause)
        if (f == effect)
            return true;
    return false;
}

/* A loop may go through several functions; all else stays within one. */
static bool same_function(const struct finding *effect, const struct finding *cause, enum rule rule)
{
    return rule == RULE_LOOP || (effect->function != 0 && effect->function == cause->function);
}

static bool holds(const struct dossier *d, const struct finding *effect, const struct finding *cause,
                  enum rule rule, struct support *ret)
{
    struct pair p = {.d = d, .effect = effect, .cause = cause};
    if (!same_function(effect, cause, rule) || cause->first_seen == TIME_NONE ||
        effect->first_seen == TIME_NONE || cause->first_seen > shown_at(effect, rule))
        return false;
    count_support(&p, rule, ret);
    return ret->n > 0 && ret->n * 100 >= ret->of * shares[rule];
}

/* The rows of an effect stand together: from `first` to before `end`. */
struct range {
    size_t first, end;
};

static struct range find_range(const struct finding *effect)
{
    struct range r = {0, 0};
    while (r.first < CAUSES && strcmp(effect->detector->name, causes[r.first].effect) != 0)
        r.first++;
    for (r.end = r.first; r.end < CAUSES && strcmp(effect->detector->name, causes[r.end].effect) == 0;)
        r.end++;
    return r;
}

/* The first row for the pair that holds; r.end when there is none. */
static size_t find_row(const struct dossier *d, struct range r, const struct finding *effect,
                       const struct finding *cause, struct support *ret)
{
    size_t k = r.first;
    while (k < r.end && (strcmp(cause->detector->name, causes[k].cause) != 0 ||
                         !holds(d, effect, cause, causes[k].rule, ret)))
        k++;
    return k;
}

static const char *subject(struct arena *m, struct support s)
{
    if (s.n == s.of)
        return s.n == 1 ? "it" : "each";
    return s.n == 1 ? "that one" : arena_printf(m, "each of the %s", detector_count(m, s.n));
}

/* A finding may count lines outside of any invocation. */
static const char *noun(const struct finding *f, enum rule rule, uint64_t of)
{
    if (rule == RULE_REQUEST)
        return detector_plural(of, "further attempt", "further attempts");
    return f->count == f->attempts.n ? detector_plural(of, "invocation", "invocations")
                                     : detector_plural(of, "record", "records");
}

static void link_to(struct arena *m, struct finding *f, const struct finding *cause, size_t row,
                    struct support s)
{
    f->cause = cause;
    f->caused_by = cause->id;
    f->cause_rule = &rules[causes[row].rule];
    f->cause_support = s.n;
    f->cause_of = s.of;
    f->cause_note = arena_printf(m, "contributing condition, supported by %s of %s %s: %s %s",
                                 detector_count(m, s.n), detector_count(m, s.of),
                                 noun(f, causes[row].rule, s.of), subject(m, s), causes[row].tie);
}

/* ---- which findings may be tied at all ---- */

/* A cause is of the effect's function and named beside it in the table, or a loop that names one of its invocations:
 * looking at nothing else keeps the work near the number of findings. Places in fs->list, in its order. */
struct listed {
    uint64_t key;
    size_t place;
};

struct candidates {
    VEC(size_t) list;
    VEC(struct listed) functions, calls; /* by cause_key; by row, of the invocations of loops */
};

/* The first row of the table that names the detector as a cause; CAUSES when none does. */
static size_t cause_row(const char *detector)
{
    size_t k = 0;
    while (k < CAUSES && strcmp(causes[k].cause, detector) != 0)
        k++;
    return k;
}

static uint64_t cause_key(uint32_t function, size_t row)
{
    return (uint64_t)function << 32 | row;
}

static int by_key(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int by_place(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* May another function's finding be caused by one of that detector? */
static bool is_loop(const struct finding *f)
{
    for (size_t k = 0; k < CAUSES; k++)
        if (causes[k].rule == RULE_LOOP && strcmp(causes[k].cause, f->detector->name) == 0)
            return true;
    return false;
}

/* May the finding be caused by one of another function? */
static bool may_follow_loop(const struct finding *f)
{
    struct range r = find_range(f);
    for (size_t k = r.first; k < r.end; k++)
        if (causes[k].rule == RULE_LOOP)
            return true;
    return false;
}

/* The calls of loops, of which there may be five million, are listed only where they are asked for. */
static void list_calls(struct candidates *c, const struct findings *fs)
{
    bool wanted = false;
    for (size_t i = 0; i < fs->list.n; i++)
        wanted |= may_follow_loop(fs->list.v[i]);
    for (size_t i = 0; wanted && i < fs->list.n; i++) {
        const struct finding *f = fs->list.v[i];
        for (size_t k = 0; is_loop(f) && k < f->attempts.n; k++)
            *vec_push(&c->calls) = (struct listed){f->attempts.v[k]->row, i};
    }
    vec_sort(&c->calls, by_key);
}

static void candidates_init(struct candidates *c, const struct findings *fs)
{
    *c = (struct candidates){.list = {NULL, 0, 0}};
    for (size_t i = 0; i < fs->list.n; i++) {
        size_t row = cause_row(fs->list.v[i]->detector->name);
        if (row < CAUSES)
            *vec_push(&c->functions) = (struct listed){cause_key(fs->list.v[i]->function, row), i};
    }
    vec_sort(&c->functions, by_key);
    list_calls(c, fs);
}

static void candidates_done(struct candidates *c)
{
    vec_done(&c->list);
    vec_done(&c->functions);
    vec_done(&c->calls);
}

static size_t first_of(const struct listed *v, size_t n, uint64_t key)
{
    return order_lower(0, n, i, v[i].key < key);
}

static void add_listed(struct candidates *c, const struct listed *v, size_t n, uint64_t key)
{
    for (size_t i = first_of(v, n, key); i < n && v[i].key == key; i++)
        *vec_push(&c->list) = v[i].place;
}

/* Each once. */
static void candidates_of(struct candidates *c, const struct finding *effect, struct range r)
{
    size_t kept = 0;
    vec_clear(&c->list);
    for (size_t k = r.first; effect->function && k < r.end; k++)
        add_listed(c, c->functions.v, c->functions.n,
                   cause_key(effect->function, cause_row(causes[k].cause)));
    for (size_t i = 0; c->calls.n && may_follow_loop(effect) && i < effect->attempts.n; i++)
        add_listed(c, c->calls.v, c->calls.n, effect->attempts.v[i]->row);
    vec_sort(&c->list, by_place);
    for (size_t i = 0; i < c->list.n; i++)
        if (kept == 0 || c->list.v[kept - 1] != c->list.v[i])
            c->list.v[kept++] = c->list.v[i];
    c->list.n = kept;
}

static void link_cause(const struct dossier *d, struct findings *fs, struct candidates *c, struct finding *f)
{
    const struct finding *best = NULL;
    struct support most = {0, 0};
    struct range range = find_range(f);
    size_t best_row = CAUSES;
    if (range.first == range.end)
        return;
    candidates_of(c, f, range);
    for (size_t i = 0; i < c->list.n; i++) {
        const struct finding *cause = fs->list.v[c->list.v[i]];
        struct support s = {0, 0};
        size_t row = find_row(d, range, f, cause, &s);
        if (row == range.end || is_circle(f, cause))
            continue;
        if (!best || s.n > most.n || (s.n == most.n && row < best_row)) {
            best = cause;
            best_row = row;
            most = s;
        }
    }
    if (best)
        link_to(&fs->arena, f, best, best_row, most);
}

void causes_link(const struct dossier *d, struct findings *fs)
{
    struct candidates c;
    candidates_init(&c, fs);
    for (size_t i = 0; i < fs->list.n; i++)
        link_cause(d, fs, &c, fs->list.v[i]);
    candidates_done(&c);
}
