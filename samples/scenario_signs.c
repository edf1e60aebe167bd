/* Scenarios of signs that are worth less than an outage: leaks, near misses, slowness, gaps, lost lines. */
#include "samples/lambda.h"
#include "samples/scenarios.h"

/* Steady traffic with something going on in the second half of the window; neighbours beside. */
static struct function *troubled(struct world *w, const char *name, enum language language,
                                 const char *subject)
{
    struct function *f = world_function(w, name, language, subject);
    world_source(w, f, w->budget * 6 / 10);
    world_neighbours(w, w->budget - w->budget * 6 / 10);
    w->from = w->begin + 50 * MINUTE;
    w->to = w->begin + 75 * MINUTE;
    return f;
}

static bool in_trouble(struct world *w, const struct turn *t, unsigned percent)
{
    return world_during(w, t->start) && random_percent(&w->random, percent);
}

/* ---- memory ---- */

static void behave_leak(struct world *w, struct turn *t)
{
    enum { LEAK_MIN_MB = 4, LEAK_MAX_MB = 6 };
    lambda_behave_healthy(w, t);
    t->e->memory_mb += random_between(&w->random, LEAK_MIN_MB, LEAK_MAX_MB);
    truth_expect(&w->truth, "memory-creep", t->f->name, t->call->id);
    if (t->e->memory_mb < t->f->memory_mb)
        return;
    t->plan->outcome = OUTCOME_MEMORY;
    truth_expect(&w->truth, "out-of-memory", t->f->name, t->call->id);
}

void scenario_leak(struct world *w)
{
    struct function *f = troubled(w, "session-store", NODE, "session");
    f->memory_mb = 256;
    f->used_mb = 90;
    f->behave = behave_leak;
}

/* ---- time ---- */

static void behave_near(struct world *w, struct turn *t)
{
    uint64_t limit = t->f->timeout_ms;
    lambda_say(t, 2, INFO, "GET https://rates.example-bank.com/v1/daily");
    if (in_trouble(w, t, 40)) {
        t->plan->duration = limit * random_between(&w->random, 92, 98) + random_below(&w->random, 90);
        truth_expect_at(&w->truth, "low", "near-timeout", t->f->name, t->call->id);
    } else if (in_trouble(w, t, 40)) {
        lambda_time_out(t);
        truth_expect(&w->truth, "timeout", t->f->name, t->call->id);
        return;
    }
    lambda_say(t, t->plan->duration / 100, INFO, "rates stored");
}

void scenario_near_timeout(struct world *w)
{
    struct function *f = troubled(w, "rates-sync", PYTHON, "rate");
    f->timeout_ms = 10000;
    f->behave = behave_near;
}

static void behave_slow(struct world *w, struct turn *t)
{
    enum { SLOW_MIN = 220000, SLOW_MAX = 520000 };
    if (in_trouble(w, t, 85)) {
        t->plan->duration = random_between(&w->random, SLOW_MIN, SLOW_MAX);
        truth_expect(&w->truth, "slow", t->f->name, t->call->id);
    }
    lambda_behave_healthy(w, t);
}

void scenario_slow_dependency(struct world *w)
{
    troubled(w, "search-suggest", NODE, "query")->behave = behave_slow;
}

/* ---- handled errors ---- */

static void behave_burst(struct world *w, struct turn *t)
{
    lambda_behave_healthy(w, t);
    if (!in_trouble(w, t, 60))
        return;
    lambda_say(t, 3, WARN, "Error: connect ECONNREFUSED 10.0.3.%u:8089", random_between(&w->random, 4, 9));
    truth_expect_at(&w->truth, "low", "error-burst", t->f->name, t->call->id);
}

void scenario_error_burst(struct world *w)
{
    troubled(w, "profile-api", NODE, "profile")->behave = behave_burst;
}

/* ---- what is missing ---- */

void scenario_silent_gap(struct world *w)
{
    enum { GAP_FROM = 40, GAP_TO = 70, LASTS = 90 };
    struct function *f = world_function(w, "queue-drain", PYTHON, "message");
    uint64_t count = w->budget * 6 / 10, before = count * GAP_FROM / (GAP_FROM + LASTS - GAP_TO);
    int64_t end = w->end;
    w->end = w->begin + GAP_FROM * MINUTE;
    world_source(w, f, before)->jitter_percent = 60;
    w->end = end;
    struct source *s = world_source(w, f, count - before);
    s->jitter_percent = 60;
    s->next_us = (w->begin + GAP_TO * MINUTE) * 1000;
    s->gap_us = (uint64_t)(LASTS - GAP_TO) * MINUTE * 1000 / (count - before);
    world_neighbours(w, w->budget - count);
    truth_expect_bare(&w->truth, "low", "silent-gap", f->name);
}

static void behave_torn(struct world *w, struct turn *t)
{
    lambda_behave_healthy(w, t);
    if (t->cold || !in_trouble(w, t, 50))
        return;
    t->plan->start_lost = random_percent(&w->random, 40);
    t->plan->end_lost = !t->plan->start_lost;
    truth_expect_at(&w->truth, "low", "incomplete", t->f->name, t->call->id);
}

void scenario_lost_lines(struct world *w)
{
    struct function *f = world_function(w, "audit-trail", PYTHON, "entry");
    world_source(w, f, w->budget * 8 / 10);
    world_neighbours(w, w->budget - w->budget * 8 / 10);
    w->from = w->begin + 55 * MINUTE;
    w->to =
        w->begin + 67 * MINUTE; /* less than a tenth of all: more would make a part look as if never due */
    f->behave = behave_torn;
}

/* ---- one environment ---- */

static const char *const stale_stack[] = {"  File \"/var/task/search.py\", line 44, in handler",
                                          "    return index.query(event[\"q\"])", NULL};
static const struct thrown stale = {"IndexClosedError", "index handle is closed", "", stale_stack};

static void behave_poisoned(struct world *w, struct turn *t)
{
    enum { CHOSEN = 1 };
    lambda_say(t, 2, INFO, "query received");
    if (world_during(w, t->start) && w->limit != CHOSEN) {
        w->limit = CHOSEN;
        t->e->files = CHOSEN; /* its state breaks now and stays so */
    }
    if (t->e->files != CHOSEN) {
        lambda_say(t, t->plan->duration / 100, INFO, "%u hits", random_between(&w->random, 0, 40));
        return;
    }
    lambda_throw(t, random_between(&w->random, 15, 30), &stale);
    truth_expect(&w->truth, "crash", t->f->name, t->call->id);
    truth_expect_at(&w->truth, "low", "poisoned-environment", t->f->name, t->call->id);
}

void scenario_poisoned(struct world *w)
{
    enum { AT_ONCE = 4 };
    struct function *f = world_function(w, "fulltext-search", PYTHON, "query");
    uint64_t count = w->budget * 7 / 10;
    struct source *s = world_source(w, f, count);
    f->behave = behave_poisoned;
    f->duration = 150000;
    s->burst = AT_ONCE - 1;
    s->round = AT_ONCE;
    s->period_us = (uint64_t)(w->end - w->begin) * 1000 / (count / AT_ONCE + 1);
    s->gap_us = 5000;
    w->from = w->begin + 50 * MINUTE;
    w->to = w->end;
    world_neighbours(w, w->budget - count);
}

/* ---- money ---- */

static void behave_costly(struct world *w, struct turn *t)
{
    lambda_behave_healthy(w, t);
    if (!world_during(w, t->start))
        return;
    truth_expect_at(&w->truth, "info", "cost", "", t->call->id);
    truth_expect_at(&w->truth, "info", "invocation-spike", t->f->name, t->call->id);
}

void scenario_costly(struct world *w)
{
    enum { TIMES = 15 };
    struct function *f = world_function(w, "model-scoring", PYTHON, "score");
    struct source *s = world_source(w, f, w->budget);
    f->memory_mb = 3008;
    f->duration = 1400000;
    f->duration_spread = 150;
    f->behave = behave_costly;
    s->surge_from = w->from = w->begin + 60 * MINUTE;
    s->surge_to = w->to = w->begin + 75 * MINUTE;
    s->gap_us = s->gap_us * (5 + TIMES) / 6;
    s->surge_gap_us = s->gap_us / TIMES;
}
