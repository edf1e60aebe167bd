/* Scenarios of connections: servers that refuse, pools and descriptors that are used up. */
#include "samples/lambda.h"
#include "samples/scenarios.h"

enum { USERS_MIN = 24, USERS_MAX = 400 }; /* environments at the peak of a surge */

bool scenario_connect(struct world *w, struct turn *t)
{
    if (t->e->connected)
        return true;
    if (w->open >= w->limit)
        return false;
    w->open++;
    t->e->connected = true;
    return true;
}

static void refuse(struct world *w, struct turn *t, uint64_t after_ms, const struct thrown *thrown)
{
    lambda_throw(t, after_ms, thrown);
    truth_expect(&w->truth, "connection-limit", t->f->name, t->call->id);
}

/* A load test: calm traffic, then users one upon the other until `peak` environments are busy at once. */
static struct function *surge(struct world *w, const char *name, enum language language, const char *subject)
{
    struct function *f = world_function(w, name, language, subject);
    uint64_t peak = w->budget / 40 < USERS_MIN   ? USERS_MIN
                    : w->budget / 40 > USERS_MAX ? USERS_MAX
                                                 : w->budget / 40;
    uint64_t calm = w->budget / 20, users = w->budget * 17 / 20;
    f->duration = 110000;
    f->duration_spread = 200;
    world_source(w, f, calm);
    struct source *s = world_source(w, f, users);
    w->from = w->begin + 60 * MINUTE;
    w->to = w->end;
    s->next_us = w->from * 1000;
    s->gap_us = f->duration * 10 / peak;
    w->limit = peak * 6 / 10;
    world_neighbours(w, w->budget - calm - users);
    truth_allow(&w->truth, "crash", f->name);
    w->main = f;
    return f;
}

static const char *const mysql_stack[] = {
    "    at Packet.asError (/var/task/node_modules/mysql2/lib/packets/packet.js:728:17)",
    "    at ClientHandshake.execute (/var/task/node_modules/mysql2/lib/commands/command.js:29:26)",
    "    at Connection.handlePacket (/var/task/node_modules/mysql2/lib/connection.js:481:34)",
    "    at Socket.<anonymous> (/var/task/node_modules/mysql2/lib/connection.js:97:25)", NULL};
static const struct thrown mysql_refused = {"Error", "Too many connections",
                                            "\"code\":\"ER_CON_COUNT_ERROR\",\"errno\":1040,\"sqlState\":"
                                            "\"08004\",\"sqlMessage\":\"Too many connections\",",
                                            mysql_stack};

/* The driver's error as console.error prints it, then the same error as nobody caught it. */
void scenario_refused_mysql(struct world *w, struct turn *t, uint64_t after_ms)
{
    lambda_say(t, after_ms, ERROR,
               "Error: Too many connections\n"
               "    at createConnection (/var/task/node_modules/mysql2/promise.js:253:31)\n"
               "    at connect (/var/task/db.js:14:30)\n"
               "    at Runtime.handler (/var/task/index.js:27:22) {\n"
               "  code: 'ER_CON_COUNT_ERROR',\n"
               "  errno: 1040,\n"
               "  sqlState: '08004',\n"
               "  sqlMessage: 'Too many connections'\n"
               "}");
    refuse(w, t, after_ms + 1, &mysql_refused);
}

static void served(struct world *w, struct turn *t, const char *engine)
{
    uint64_t ms = t->plan->duration / 100;
    lambda_say(t, 2, INFO, "GET /%s/%u", t->f->subject, random_between(&w->random, 1000, 9999));
    lambda_say(t, ms - 1, INFO, "%s answered with %u rows in %u ms", engine, random_below(&w->random, 40),
               ms - 6);
}

static void behave_mysql(struct world *w, struct turn *t)
{
    if (scenario_connect(w, t)) {
        served(w, t, "mysql");
        return;
    }
    lambda_say(t, 2, INFO, "GET /%s/%u", t->f->subject, random_between(&w->random, 1000, 9999));
    scenario_refused_mysql(w, t, random_between(&w->random, 20, 60));
}

void scenario_mysql(struct world *w)
{
    surge(w, "tickets-api", NODE, "tickets")->behave = behave_mysql;
}

static const char *const postgres_stack[] = {
    "  File \"/var/task/app.py\", line 22, in handler",
    "    with connect() as connection:", "  File \"/var/task/psycopg2/__init__.py\", line 122, in connect",
    "    conn = _connect(dsn, connection_factory=connection_factory, **kwasync)", NULL};
static const struct thrown postgres_refused = {"OperationalError",
                                               "connection to server at \"10.0.3.21\", port 5432 failed: "
                                               "FATAL:  remaining connection slots are reserved for "
                                               "non-replication superuser connections",
                                               "", postgres_stack};

static void behave_postgres(struct world *w, struct turn *t)
{
    if (scenario_connect(w, t)) {
        served(w, t, "postgres");
        return;
    }
    lambda_say(t, 2, INFO, "GET /%s/%u", t->f->subject, random_between(&w->random, 1000, 9999));
    refuse(w, t, random_between(&w->random, 20, 60), &postgres_refused);
}

void scenario_postgres(struct world *w)
{
    surge(w, "booking-api", PYTHON, "bookings")->behave = behave_postgres;
}

static const char *const redis_stack[] = {
    "    at parseError (/var/task/node_modules/redis-parser/lib/parser.js:179:12)",
    "    at parseType (/var/task/node_modules/redis-parser/lib/parser.js:302:14)", NULL};
static const struct thrown redis_refused = {"ReplyError", "ERR max number of clients reached",
                                            "\"command\":{\"name\":\"get\",\"args\":[\"session\"]},",
                                            redis_stack};

static void behave_redis(struct world *w, struct turn *t)
{
    if (scenario_connect(w, t)) {
        served(w, t, "redis");
        return;
    }
    lambda_say(t, 2, INFO, "GET /%s/%u", t->f->subject, random_between(&w->random, 1000, 9999));
    lambda_say(t, 12, ERROR,
               "ReplyError: ERR max number of clients reached\n"
               "    at parseError (/var/task/node_modules/redis-parser/lib/parser.js:179:12)\n"
               "    at parseType (/var/task/node_modules/redis-parser/lib/parser.js:302:14) {\n"
               "  command: { name: 'get', args: [ 'session' ] }\n"
               "}");
    refuse(w, t, 14, &redis_refused);
}

void scenario_redis(struct world *w)
{
    surge(w, "session-api", NODE, "sessions")->behave = behave_redis;
}

/* ---- used up inside one environment ---- */

static const char *const pool_stack[] = {"  File \"/var/task/app.py\", line 41, in handler",
                                         "    results = list(executor.map(load, event[\"ids\"]))",
                                         "  File \"/var/task/sqlalchemy/pool/impl.py\", line 166, in _do_get",
                                         "    raise exc.TimeoutError(", NULL};
static const struct thrown pool_used = {"TimeoutError",
                                        "QueuePool limit of size 5 overflow 10 reached, connection timed "
                                        "out, timeout 30.00 (Background on this error at: "
                                        "https://sqlalche.me/e/20/3o7r)",
                                        "", pool_stack};

static void behave_pool(struct world *w, struct turn *t)
{
    uint64_t ids =
        world_during(w, t->start) ? random_between(&w->random, 24, 60) : random_between(&w->random, 2, 12);
    lambda_say(t, 2, INFO, "loading %u documents in %u threads", ids, ids);
    if (ids > 40)
        refuse(w, t, 30000 + random_below(&w->random, 40), &pool_used);
    else
        lambda_say(t, t->plan->duration / 100, INFO, "loaded %u documents", ids);
}

static struct function *steady(struct world *w, const char *name, enum language language, const char *subject)
{
    struct function *f = world_function(w, name, language, subject);
    world_source(w, f, w->budget * 7 / 10);
    world_neighbours(w, w->budget - w->budget * 7 / 10);
    w->from = w->begin + 50 * MINUTE;
    w->to = w->begin + 70 * MINUTE;
    return f;
}

void scenario_pool(struct world *w)
{
    struct function *f = steady(w, "document-batch", PYTHON, "document");
    f->behave = behave_pool;
    f->timeout_ms = 60000;
}

static const char *const files_stack[] = {"    at Object.openSync (node:fs:561:18)",
                                          "    at writeReceipt (/var/task/receipt.js:33:17)", NULL};
static const struct thrown files_used = {
    "Error", "EMFILE: too many open files, open '/tmp/receipt.pdf'",
    "\"code\":\"EMFILE\",\"errno\":-24,\"syscall\":\"open\",\"path\":\"/tmp/receipt.pdf\",", files_stack};

/* 1,024 descriptors in an environment; the runtime itself holds some. */
static void behave_descriptors(struct world *w, struct turn *t)
{
    enum { OWN = 24, LIMIT = 1024 };
    lambda_say(t, 2, INFO, "writing receipt %u", random_between(&w->random, 10000, 99999));
    if (t->e->files + OWN > LIMIT) {
        refuse(w, t, 9, &files_used);
        return;
    }
    t->e->files += w->limit;
    lambda_say(t, t->plan->duration / 100, INFO, "receipt stored");
}

void scenario_descriptors(struct world *w)
{
    struct function *f = steady(w, "receipts", NODE, "receipt");
    uint64_t half = w->budget * 7 / 20 > 900 ? 900 : w->budget * 7 / 20;
    f->behave = behave_descriptors;
    w->limit = 1000 / (half ? half : 1) + 1; /* descriptors that a call leaks */
}

static void behave_handled(struct world *w, struct turn *t)
{
    uint64_t ms = t->plan->duration / 100;
    if (!world_during(w, t->start) || w->limit == 0) {
        lambda_behave_healthy(w, t);
        return;
    }
    w->limit--;
    lambda_say(t, 2, INFO, "profile %u requested", random_between(&w->random, 10000, 99999));
    lambda_say(t, ms / 2, WARN,
               "connection to mysql failed (attempt 1 of 3), trying again: Error: connect ECONNREFUSED "
               "10.0.2.17:3306");
    lambda_say(t, ms, INFO, "connected at attempt 2, profile sent");
}

void scenario_handled(struct world *w)
{
    struct function *f = world_function(w, "profile-api", NODE, "profile");
    world_source(w, f, w->budget * 7 / 10);
    world_neighbours(w, w->budget - w->budget * 7 / 10);
    f->behave = behave_handled;
    w->from = w->begin + 40 * MINUTE;
    w->to = w->end;
    w->limit = 1; /* the only one */
}

/* ---- refused first, then waiting ---- */

static void behave_then_wait(struct world *w, struct turn *t)
{
    int64_t turning = w->from + (int64_t)(w->budget * 17 / 40 * w->sources[1].gap_us / 1000);
    if (t->start < turning || t->start < w->from || t->e->connected) {
        behave_mysql(w, t);
        return;
    }
    lambda_say(t, 2, INFO, "GET /%s/%u", t->f->subject, random_between(&w->random, 1000, 9999));
    lambda_say(t, 4, INFO,
               "waiting for a free connection to tickets-db.c1x2y3z4.eu-west-1.rds.amazonaws.com:3306");
    lambda_time_out(t);
    truth_expect(&w->truth, "timeout", t->f->name, t->call->id);
}

void scenario_connections_then_timeouts(struct world *w)
{
    struct function *f = surge(w, "tickets-api", NODE, "tickets");
    f->behave = behave_then_wait;
    f->timeout_ms = 6000;
}
