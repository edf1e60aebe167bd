/* Scenarios of inits: slow ones, failing ones, and those that only look bad. */
#include "samples/lambda.h"
#include "samples/lines.h"
#include "samples/scenarios.h"

enum { ROUNDS = 18, ROUND_MIN = 4, ROUND_MAX = 2000, ROUND_LASTS_MS = MINUTE, PERIOD_MS = 12 * MINUTE };

/* Traffic in rounds further apart than an environment lives idle: each round begins with `burst` cold starts.
 */
static struct source *rounds(struct world *w, struct function *f, uint64_t count, unsigned burst)
{
    uint64_t round = count / ROUNDS < ROUND_MIN   ? ROUND_MIN
                     : count / ROUNDS > ROUND_MAX ? ROUND_MAX
                                                  : count / ROUNDS;
    struct source *s = world_source(w, f, count);
    round = round < burst + 1 ? burst + 1 : round;
    s->round = (unsigned)round;
    s->burst = burst;
    s->period_us = PERIOD_MS * (uint64_t)1000;
    s->gap_us = ROUND_LASTS_MS * (uint64_t)1000 / round;
    s->jitter_percent = 60;
    w->end = w->begin + (int64_t)(count / round) * PERIOD_MS;
    return s;
}

static int64_t at_share(const struct world *w, unsigned percent)
{
    return w->begin + (w->end - w->begin) * percent / 100;
}

static void behave_slow_init(struct world *w, struct turn *t)
{
    lambda_behave_healthy(w, t);
    if (t->cold && t->start >= w->from && t->start - (int64_t)t->init / 100 < w->to)
        truth_expect(&w->truth, "cold-start", t->f->name, t->call->id);
}

/* 30 s before a round, so that a whole round is new. */
static void deploy_at_round(struct world *w, struct function *f, unsigned percent, uint64_t init)
{
    int64_t round = (at_share(w, percent) - w->begin) / PERIOD_MS;
    f->version = 17;
    f->deploy_at = w->begin + round * PERIOD_MS - 30000;
    f->deploy_init = init;
}

void scenario_cold_start(struct world *w)
{
    struct function *f = world_function(w, "checkout-api", NODE, "basket");
    uint64_t count = w->budget * 8 / 10;
    rounds(w, f, count, 2);
    f->behave = behave_slow_init;
    deploy_at_round(w, f, 75, f->init * random_between(&w->random, 5, 9));
    w->from = f->deploy_at;
    w->to = INT64_MAX;
    world_neighbours(w, w->budget - count);
}

void scenario_cold_start_storm(struct world *w)
{
    struct function *f = world_function(w, "search-api", PYTHON, "query");
    uint64_t storm = w->budget / 30 < 5     ? 5
                     : w->budget / 30 > 300 ? 300
                                            : w->budget / 30,
             count = w->budget * 7 / 10;
    rounds(w, f, count, 3);
    f->behave = behave_slow_init;
    f->surge_init = f->init * random_between(&w->random, 4, 7);
    /* Between two rounds, when all environments of the last one are gone. */
    w->from = w->begin + (at_share(w, 70) - w->begin) / PERIOD_MS * PERIOD_MS + 10 * MINUTE;
    w->to = w->from + MINUTE;
    struct source *s = world_source(w, f, storm);
    s->next_us = w->from * 1000 + 500000;
    s->round = (unsigned)storm;
    s->burst = (unsigned)storm;
    world_neighbours(w, w->budget - count - storm);
}

void scenario_deployment_no_effect(struct world *w)
{
    struct function *f = world_function(w, "checkout-api", NODE, "basket");
    uint64_t count = w->budget * 8 / 10;
    rounds(w, f, count, 2);
    deploy_at_round(w, f, 75, f->init);
    world_neighbours(w, w->budget - count);
}

void scenario_scheduled(struct world *w)
{
    enum { EVERY_MS = 15 * MINUTE };
    struct function *f = world_function(w, "nightly-cleanup", PYTHON, "batch");
    uint64_t count = w->budget / 2;
    f->behave = lambda_behave_healthy;
    w->end = w->begin + (int64_t)count * EVERY_MS;
    struct source *s = world_source(w, f, count);
    s->gap_us = EVERY_MS * (uint64_t)1000;
    s->jitter_percent = 0;
    world_neighbours(w, w->budget - count);
}

void scenario_provisioned(struct world *w)
{
    enum { KEPT = 6, AHEAD_MS = 5 * MINUTE };
    struct function *f = world_function(w, "quote-api", NODE, "quote");
    f->version = 9;
    f->init = 240000;
    for (unsigned i = 0; i < KEPT; i++) {
        struct environment *e = lambda_environment(w, f, w->begin - AHEAD_MS);
        struct turn t = {.f = f, .e = e};
        uint64_t init = random_spread(&w->random, f->init, f->init_spread);
        int64_t at = w->begin - AHEAD_MS + (int64_t)random_below(&w->random, 3000);
        e->ready = true;
        e->free_at = at + (int64_t)init / 100 + 1;
        lines_init_start(w, &t, at, false);
        lines_init_report(w, &t, e->free_at, init, "init", NULL, NULL);
    }
    world_source(w, f, w->budget * 7 / 10);
    world_neighbours(w, w->budget - w->budget * 7 / 10);
}

static void behave_java(struct world *w, struct turn *t)
{
    uint64_t number = random_between(&w->random, 10000, 99999), ms = t->plan->duration / 100;
    lambda_say(t, 1, INFO, "PolicyHandler - policy %u requested", number);
    lambda_say(t, ms > 2 ? ms - 1 : 1, INFO, "PolicyHandler - policy %u answered in %u ms", number, ms);
}

void scenario_snapstart(struct world *w)
{
    struct function *f = world_function(w, "policy-service", JAVA, "policy");
    uint64_t count = w->budget * 8 / 10;
    rounds(w, f, count, 2);
    f->version = 12;
    f->snapstart = true;
    f->memory_mb = 1024;
    f->used_mb = 170;
    f->init = 38000;
    f->behave = behave_java;
    world_neighbours(w, w->budget - count);
}

/* ---- inits that fail ---- */

static const char *const module_stack[] = {
    "Did you mean to import aws-sdk/clients/dynamodb.js?",
    "    at finalizeResolution (node:internal/modules/esm/resolve:265:11)",
    "    at moduleResolve (node:internal/modules/esm/resolve:933:10)",
    "    at defaultResolve (node:internal/modules/esm/resolve:1157:11)",
    "    at ModuleLoader.resolve (node:internal/modules/esm/loader:383:12)",
    NULL};
static const struct thrown module_missing = {
    "Error",
    "Cannot find module '/var/task/node_modules/aws-sdk/clients/dynamodb' imported from "
    "/var/task/src/sync.mjs",
    "\"code\":\"ERR_MODULE_NOT_FOUND\",\"url\":\"file:///var/task/node_modules/aws-sdk/clients/dynamodb\",",
    module_stack};

/* The first try, which no request waits for. */
static void fail_first(struct world *w, struct turn *t, uint64_t init, const char *status,
                       const struct thrown *thrown)
{
    lines_init_start(w, t, t->start, false);
    t->start += (int64_t)init / 100 + 1;
    if (thrown)
        lines_thrown(w, t, t->start - 1, thrown, true);
    lines_init_report(w, t, t->start, init, "init", status, thrown ? "Runtime.ExitError" : NULL);
    t->start += 2;
}

/* Lambda begins the version after the broken one when the operators have gone back. */
static bool is_broken(const struct world *w, struct turn *t)
{
    if (!world_during(w, t->call->time) || !(t->cold || t->e->reset))
        return false;
    if (t->f->deploy_at == 0) {
        t->f->deploy_at = w->to;
        t->f->deploy_init = t->f->init;
    }
    return true;
}

/* The repeated init ends before START is written: seen in a real incident (field guide,
 * cloudwatch-exports 3.1). */
static bool fail_init(struct world *w, struct turn *t)
{
    bool old = w->old_style && !t->f->json;
    if (!is_broken(w, t))
        return false;
    uint64_t first = random_spread(&w->random, 25000, 100), again = random_spread(&w->random, 76000, 60);
    if (t->cold)
        fail_first(w, t, first, "error", &module_missing);
    t->cold = false;
    t->e->reset = true;
    t->start += (int64_t)again / 100;
    lines_thrown(w, t, t->start - 82, &module_missing, true);
    lines_init_report(w, t, t->start - 1, again, "invoke", "error", "Runtime.ExitError");
    lines_start(w, t);
    if (old)
        lines_raw(w, t, t->start, "Unknown application error occurred\nRuntime.Unknown");
    t->plan->duration = again + 95;
    lines_end(w, t, t->start, old ? NULL : "error", old ? NULL : "Runtime.ExitError");
    truth_expect(&w->truth, "init-failure", t->f->name, t->call->id);
    w->truth.cold_starts++; /* the attempt paid for the repeated init */
    lambda_finish(w, t, t->start, true);
    return true;
}

static bool stall_init(struct world *w, struct turn *t)
{
    enum { INIT_LIMIT = 999900 };
    bool old = w->old_style && !t->f->json;
    if (!is_broken(w, t))
        return false;
    if (t->cold)
        fail_first(w, t, INIT_LIMIT + random_below(&w->random, 900), "timeout", NULL);
    t->cold = false;
    t->e->reset = true;
    t->plan->duration = t->f->timeout_ms * 100 + (old ? random_below(&w->random, 400) : 0);
    t->start += (int64_t)t->f->timeout_ms + 3;
    lines_init_report(w, t, t->start - 1, t->plan->duration - 40, "invoke", "timeout", NULL);
    lines_start(w, t);
    if (old)
        lines_timed_out(w, t, t->start);
    lines_end(w, t, t->start, old ? NULL : "timeout", NULL);
    truth_expect(&w->truth, "init-failure", t->f->name, t->call->id);
    w->truth.cold_starts++; /* the attempt paid for the repeated init */
    w->truth.timeouts++;
    lambda_finish(w, t, t->start, true);
    return true;
}

static struct function *broken_version(struct world *w, const char *name, enum language language,
                                       const char *subject)
{
    struct function *f = world_function(w, name, language, subject);
    world_source(w, f, w->budget * 7 / 10);
    w->from = at_share(w, 55);
    w->to = at_share(w, 80);
    f->version = 21;
    f->deploy_at = w->from;
    f->deploy_init = f->init;
    return f;
}

void scenario_init_failure(struct world *w)
{
    struct function *f = broken_version(w, "balance-sync", NODE, "balance");
    f->take_over = fail_init;
    world_neighbours(w, w->budget - w->budget * 7 / 10);
}

void scenario_init_timeout(struct world *w)
{
    struct function *f = broken_version(w, "ledger-export", PYTHON, "ledger");
    f->take_over = stall_init;
    f->timeout_ms = 10000;
    truth_allow(&w->truth, "timeout", f->name);
    world_neighbours(w, w->budget - w->budget * 7 / 10);
}
