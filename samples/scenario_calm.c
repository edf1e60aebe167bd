/* Scenarios without an incident: whatever is found in them at medium or above is a false alarm. */
#include "samples/lambda.h"
#include "samples/scenarios.h"

void scenario_quiet(struct world *w)
{
    uint64_t uploads = w->budget / 24;
    scenario_pipeline_beside(w, uploads);
    world_neighbours(w, w->budget - 4 * uploads);
}

/* What people and programs write about errors that did not happen here. */
static void behave_error_words(struct world *w, struct turn *t)
{
    static const char *const said[] = {
        "GET /articles/how-to-fix-too-many-connections-in-mysql 200",
        "ticket 48213 updated, title \"Task timed out after 3.00 seconds in staging\"",
        "health: 0 ECONNREFUSED, 0 ETIMEDOUT, 0 EMFILE in the last 5 minutes",
        "search q=\"ER_CON_COUNT_ERROR: Too many connections\" 12 hits",
        "indexed \"FATAL: sorry, too many clients already - what it means\"",
        "errors: 0, timeouts: 0, retries: 0, out of memory: 0",
        "GET /kb/javascript-heap-out-of-memory 304",
        "retry policy covers ThrottlingException, TooManyRequestsException, SlowDown",
        "newsletter subject: Why your pool is full, and other connection stories",
        "comment 9917 stored: 'we saw Runtime.OutOfMemory again last week, closed as fixed'",
    };
    enum { SAID = sizeof said / sizeof *said };
    uint64_t ms = t->plan->duration / 100;
    lambda_say(t, 2, INFO, "%s", said[random_below(&w->random, SAID)]);
    if (random_percent(&w->random, 50))
        lambda_say(t, ms, INFO, "%s", said[random_below(&w->random, SAID)]);
}

void scenario_error_words(struct world *w)
{
    struct function *f = world_function(w, "helpdesk-api", NODE, "ticket");
    world_source(w, f, w->budget * 7 / 10);
    f->behave = behave_error_words;
    world_neighbours(w, w->budget - w->budget * 7 / 10);
}

/* Context, no incident. */
static void behave_busy(struct world *w, struct turn *t)
{
    lambda_behave_healthy(w, t);
    if (world_during(w, t->start))
        truth_expect_at(&w->truth, "info", "invocation-spike", t->f->name, t->call->id);
}

void scenario_heavy(struct world *w)
{
    enum { TIMES = 20 };
    struct function *f = world_function(w, "shop-api", NODE, "basket");
    uint64_t count = w->budget * 8 / 10;
    struct source *s = world_source(w, f, count);
    /* One sixth of the window has TIMES the traffic: the same number of calls fits into the whole. */
    f->behave = behave_busy;
    s->surge_from = w->from = w->begin + 60 * MINUTE;
    s->surge_to = w->to = w->begin + 75 * MINUTE;
    s->gap_us = s->gap_us * (5 + TIMES) / 6;
    s->surge_gap_us = s->gap_us / TIMES;
    world_neighbours(w, w->budget - count);
}

void scenario_slow(struct world *w)
{
    struct function *f = world_function(w, "forecast", PYTHON, "forecast");
    world_source(w, f, w->budget * 7 / 10);
    f->duration = 2400000;
    f->duration_spread = 35;
    world_neighbours(w, w->budget - w->budget * 7 / 10);
}

static void behave_variance(struct world *w, struct turn *t)
{
    uint64_t most = (t->f->timeout_ms - 2000) * 100;
    t->plan->duration = t->plan->duration > most ? most : t->plan->duration;
    lambda_behave_healthy(w, t);
}

void scenario_variance(struct world *w)
{
    struct function *f = world_function(w, "video-probe", PYTHON, "video");
    world_source(w, f, w->budget * 7 / 10);
    f->duration = 60000;
    f->duration_spread = 1300;
    f->timeout_ms = 60000;
    f->behave = behave_variance;
    world_neighbours(w, w->budget - w->budget * 7 / 10);
}
