/* Decoys that come close: evidence in which times, keys, names or words agree by nature and not by cause. */
#include "samples/lambda.h"
#include "samples/objects.h"
#include "samples/scenarios.h"

#include <stdlib.h>
#include <string.h>

/* `count` calls at even gaps, as a schedule makes them; the world lasts as long. */
static struct function *scheduled(struct world *w, const char *name, const char *subject, uint64_t count,
                                  int64_t every_ms)
{
    struct function *f = world_function(w, name, PYTHON, subject);
    w->end = w->begin + (int64_t)count * every_ms;
    struct source *s = world_source(w, f, count);
    s->gap_us = (uint64_t)every_ms * 1000;
    s->jitter_percent = 0;
    world_neighbours(w, w->budget - count);
    return f;
}

static void write_late(struct world *w, struct turn *t, const char *bucket, const char *form, uint64_t number)
{
    uint64_t ms = t->plan->duration / 100;
    char *key = compose_string(form, number);
    objects_write(w, t, ms > 4 ? ms - 2 : ms, bucket, key);
    lambda_say(t, ms, INFO, "wrote s3://%s/%s", bucket, key);
    free(key);
}

/* The record stands behind the call by what the call lasts, and before the next one by the rest of the
 * minute: from two seconds to almost the whole of it. */
static void behave_cron_writer(struct world *w, struct turn *t)
{
    lambda_say(t, 1, INFO, "snapshot begins");
    write_late(w, t, "snapshots-bucket", "snapshots/%u.json", (uint64_t)t->start / 1000);
}

void scenario_cron_writer(struct world *w)
{
    static const uint64_t lasts[] = {150000, 2000000, 4500000, 5750000};
    struct function *f = scheduled(w, "snapshot", "snapshot", w->budget * 6 / 10, MINUTE);
    f->behave = behave_cron_writer;
    f->timeout_ms = 120000;
    f->duration = lasts[random_below(&w->random, 4)];
    f->duration_spread = 8;
}

static void behave_busy_writer(struct world *w, struct turn *t)
{
    lambda_say(t, 1, INFO, "event received");
    write_late(w, t, "events-bucket", "events/%u.json", random_next(&w->random) >> 20);
}

void scenario_busy_writer(struct world *w)
{
    struct function *f = world_function(w, "event-sink", NODE, "event");
    uint64_t count = w->budget * 8 / 10, gap = random_between(&w->random, 250, 900);
    w->end = w->begin + (int64_t)(count * gap);
    struct source *s = world_source(w, f, count);
    s->jitter_percent = (unsigned)random_between(&w->random, 0, 60);
    f->behave = behave_busy_writer;
    world_neighbours(w, w->budget - count);
}

/* w->open counts the states written. */
static void behave_own_state(struct world *w, struct turn *t)
{
    const char *form = w->growing_keys ? "state/%u.json" : "state/latest.json";
    if (w->open)
        lambda_say(t, 1, INFO,
                   w->growing_keys ? "reading s3://state-bucket/state/%u.json"
                                   : "reading s3://state-bucket/state/latest.json",
                   w->open);
    w->open++;
    write_late(w, t, "state-bucket", form, w->open);
}

void scenario_own_state(struct world *w)
{
    struct function *f = scheduled(w, "crawler-step", "page", w->budget / 2,
                                   (int64_t)random_between(&w->random, 1, 4) * MINUTE);
    f->behave = behave_own_state;
    w->growing_keys = random_percent(&w->random, 50);
}

/* A schedule starts the importer, whose objects invoke the other one, whose objects invoke nothing. */
static void behave_importer(struct world *w, struct turn *t)
{
    lambda_say(t, 1, INFO, "import begins");
    write_late(w, t, "imports-bucket", "imports/%u.csv", random_next(&w->random) >> 20);
}

static void behave_checker(struct world *w, struct turn *t)
{
    lambda_say(t, 1, INFO, "checking s3://%s/%s", t->call->bucket, t->call->key);
    write_late(w, t, "checked-bucket", "checked/%u.csv", random_next(&w->random) >> 20);
}

void scenario_role_prefix(struct world *w)
{
    struct function *checker = world_function(w, "statement", NODE, "statement");
    struct function *importer =
        scheduled(w, "statement-import", "statement", w->budget * 3 / 10, (int64_t)MINUTE / 2);
    memcpy(importer->role, checker->role, sizeof importer->role);
    importer->behave = behave_importer;
    checker->behave = behave_checker;
    objects_trigger(w, "imports-bucket", "", checker);
}

static void behave_dumps(struct world *w, struct turn *t)
{
    static const char *const said[] = {
        "settings {\"retryable\":[\"ThrottlingException\",\"TooManyRequestsException\"],\"maxRetries\":3}",
        "{\"counters\":{\"ER_CON_COUNT_ERROR\":0,\"ECONNREFUSED\":0,\"EMFILE\":0,\"OutOfMemoryError\":0}}",
        "pool state {\"size\":10,\"idle\":9,\"waiting\":0,\"errors\":{\"too many connections\":0}}",
        "circuit breaker closed, opens on ETIMEDOUT, ECONNREFUSED, ProvisionedThroughputExceededException",
        "alarms: {\"Too many connections\":\"OK\",\"Task timed out\":\"OK\",\"OutOfMemory\":\"OK\"}",
        "error map loaded: 1040=ER_CON_COUNT_ERROR, 1203=ER_TOO_MANY_USER_CONNECTIONS, ORA-12519, ORA-00020",
        "{\"feature\":\"fallback\",\"on\":[\"Runtime.OutOfMemory\",\"Sandbox.Timedout\"],\"enabled\":true}",
        "retries since start: ThrottlingException=0 SlowDown=0 EMFILE=0 ETIMEDOUT=0",
    };
    enum { SAID = sizeof said / sizeof *said };
    uint64_t ms = t->plan->duration / 100;
    lambda_say(t, 2, random_percent(&w->random, 30) ? WARN : INFO, "%s",
               said[random_below(&w->random, SAID)]);
    if (t->cold)
        lambda_say(t, 1, WARN, "%s", said[random_below(&w->random, SAID)]);
    lambda_say(t, ms, INFO, "%s %u done", t->f->subject, random_between(&w->random, 100, 999));
}

void scenario_config_dumps(struct world *w)
{
    struct function *f = world_function(w, "settings-api", NODE, "setting");
    world_source(w, f, w->budget * 7 / 10);
    f->behave = behave_dumps;
    world_neighbours(w, w->budget - w->budget * 7 / 10);
}

static const char *const once_stack[] = {"    at Socket.<anonymous> (/var/task/src/mail.js:31:11)", NULL};
static const struct thrown once = {
    "Error", "read ECONNRESET", "\"errno\":-104,\"code\":\"ECONNRESET\",\"syscall\":\"read\",", once_stack};

/* Most retries are the program's own. One event fails once and succeeds when Lambda tries again. */
static void behave_retrying(struct world *w, struct turn *t)
{
    lambda_say(t, 2, INFO, "sending %s %u", t->f->subject, random_between(&w->random, 1000, 9999));
    if (t->call->attempt == 1 && !w->limit && world_during(w, t->start)) {
        w->limit = 1;
        lambda_throw(t, random_between(&w->random, 40, 90), &once);
        return;
    }
    if (random_percent(&w->random, 5))
        lambda_say(t, 9, WARN,
                   "ThrottlingException: Maximum sending rate exceeded., attempt 1 of 5, next in 180 ms");
    lambda_say(t, t->plan->duration / 100, INFO, "sent");
}

void scenario_retry_success(struct world *w)
{
    struct function *f = world_function(w, "mail-sender", NODE, "mail");
    world_source(w, f, w->budget * 7 / 10)->async = true;
    f->behave = behave_retrying;
    w->from = w->begin + 40 * MINUTE;
    w->to = w->end;
    world_neighbours(w, w->budget - w->budget * 7 / 10);
}

/* The surge begins with a deployment: all environments are new, and three of their inits take longer by less
 * than 200 ms. */
static void behave_deployed(struct world *w, struct turn *t)
{
    enum { SLOWER = 18000, SLOW_INITS = 3 };
    lambda_behave_healthy(w, t);
    if (t->cold && t->start >= w->from && w->limit < SLOW_INITS) {
        w->limit++;
        t->init += SLOWER;
    }
}

void scenario_three_slow_inits(struct world *w)
{
    enum { USERS = 12 };
    struct function *f = world_function(w, "cart-api", NODE, "basket");
    uint64_t count = w->budget * 8 / 10;
    struct source *s = world_source(w, f, count);
    w->from = w->begin + 45 * MINUTE;
    w->to = w->end;
    f->version = 8;
    f->deploy_at = w->from;
    f->deploy_init = f->init;
    f->init_spread = 60;
    f->behave = behave_deployed;
    f->duration = 90000;
    s->burst = USERS - 1;
    s->round = USERS;
    s->period_us = (uint64_t)(w->end - w->begin) * 1000 / (count / USERS + 1);
    s->gap_us = 5000;
    world_neighbours(w, w->budget - count);
}
