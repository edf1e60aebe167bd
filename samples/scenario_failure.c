/* Scenarios of invocations that fail: time-outs, memory, crashes, retries, throttles. */
#include "samples/gateway_calls.h"
#include "samples/lambda.h"
#include "samples/scenarios.h"

/* A function with steady traffic and an incident in the second half of the window. */
static struct function *suffering(struct world *w, const char *name, enum language language,
                                  const char *subject)
{
    struct function *f = world_function(w, name, language, subject);
    world_source(w, f, w->budget * 6 / 10);
    w->from = w->begin + 50 * MINUTE;
    w->to = w->begin + 75 * MINUTE;
    w->main = f;
    return f;
}

static struct function *suffering_alone(struct world *w, const char *name, enum language language,
                                        const char *subject)
{
    struct function *f = suffering(w, name, language, subject);
    world_neighbours(w, w->budget - w->budget * 6 / 10);
    return f;
}

static bool hit(struct world *w, const struct turn *t, unsigned percent)
{
    return world_during(w, t->start) && random_percent(&w->random, percent);
}

/* ---- time-outs ---- */

static void time_out(struct world *w, struct turn *t)
{
    lambda_time_out(t);
    truth_expect(&w->truth, "timeout", t->f->name, t->call->id);
}

static void behave_http(struct world *w, struct turn *t)
{
    uint64_t number = random_between(&w->random, 10000, 99999);
    lambda_say(t, 2, INFO, "%s %u received", t->f->subject, number);
    lambda_say(t, 6, INFO, "POST https://payments.example-partner.com/v2/charges for %s %u", t->f->subject,
               number);
    if (hit(w, t, 70))
        time_out(w, t);
    else
        lambda_say(t, t->plan->duration / 100, INFO, "%s %u answered 200", t->f->subject, number);
}

void scenario_timeout_http(struct world *w)
{
    struct function *f = suffering_alone(w, "partner-payments", NODE, "payment");
    f->behave = behave_http;
    f->timeout_ms = 6000;
}

static void behave_connect(struct world *w, struct turn *t)
{
    lambda_say(t, 2, INFO, "connecting to stock-db.c9q8w7e6.eu-west-1.rds.amazonaws.com:3306");
    if (hit(w, t, 80))
        time_out(w, t);
    else
        lambda_say(t, t->plan->duration / 100, INFO, "stock of %u articles read",
                   random_between(&w->random, 5, 60));
}

void scenario_timeout_connect(struct world *w)
{
    struct function *f = suffering_alone(w, "stock-sync", PYTHON, "stock");
    f->behave = behave_connect;
    f->timeout_ms = 10000;
}

static void behave_silent(struct world *w, struct turn *t)
{
    if (hit(w, t, 75))
        time_out(w, t);
}

void scenario_timeout_silent(struct world *w)
{
    struct function *f = suffering_alone(w, "price-feed", PYTHON, "price");
    f->behave = behave_silent;
    f->timeout_ms = 3000;
}

/* 35 s of work: the gateway has gone after 29 s, the function finishes and is billed. */
static void behave_report(struct world *w, struct turn *t)
{
    bool large = hit(w, t, 85);
    uint64_t rows =
        large ? random_between(&w->random, 700000, 900000) : random_between(&w->random, 900, 30000);
    t->plan->duration = random_spread(&w->random, large ? 3500000 : 240000, large ? 12 : 250);
    lambda_say(t, 3, INFO, "report over %u rows requested", rows);
    lambda_say(t, t->plan->duration / 100 - 4, INFO, "report with %u rows written", rows);
    if (large)
        truth_expect(&w->truth, "gateway-timeout", t->f->name, t->call->id);
}

void scenario_gateway(struct world *w)
{
    struct function *f = suffering_alone(w, "report-export", NODE, "reports");
    w->sources[0].gateway = true;
    f->behave = behave_report;
    f->timeout_ms = 60000;
}

/* ---- failures ---- */

static void behave_memory(struct world *w, struct turn *t)
{
    bool large = hit(w, t, 65);
    lambda_say(t, 3, INFO, "rendering a document of %u pages",
               large ? random_between(&w->random, 900, 2500) : random_between(&w->random, 2, 60));
    if (!large) {
        lambda_say(t, t->plan->duration / 100, INFO, "document stored");
        return;
    }
    t->plan->outcome = OUTCOME_MEMORY;
    t->plan->duration = random_spread(&w->random, 420000, 200);
    truth_expect(&w->truth, "out-of-memory", t->f->name, t->call->id);
}

void scenario_memory(struct world *w)
{
    struct function *f = suffering_alone(w, "render-pdf", NODE, "document");
    f->behave = behave_memory;
    f->memory_mb = 512;
}

static const char *const type_stack[] = {
    "    at totalOf (/var/task/src/basket.js:48:31)", "    at Runtime.handler (/var/task/src/index.js:19:17)",
    "    at Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)", NULL};
static const struct thrown type_error = {"TypeError", "Cannot read properties of undefined (reading 'items')",
                                         "", type_stack};

static void behave_crash(struct world *w, struct turn *t)
{
    uint64_t number = random_between(&w->random, 10000, 99999);
    lambda_say(t, 2, INFO, "%s %u received", t->f->subject, number);
    if (hit(w, t, 60)) {
        lambda_throw(t, random_between(&w->random, 4, 30), &type_error);
        truth_expect(&w->truth, "crash", t->f->name, t->call->id);
    } else {
        lambda_say(t, t->plan->duration / 100, INFO, "%s %u priced", t->f->subject, number);
    }
}

static void make_crash(struct world *w, struct function *f)
{
    f->behave = behave_crash;
    f->version = 31;
    f->deploy_at = w->from;
    f->deploy_init = f->init;
}

void scenario_crash(struct world *w)
{
    make_crash(w, suffering_alone(w, "catalog-api", NODE, "basket"));
}

void scenario_two_incidents(struct world *w)
{
    struct function *crash = suffering(w, "catalog-api", NODE, "basket");
    struct function *hang = world_function(w, "partner-payments", NODE, "payment");
    make_crash(w, crash);
    world_source(w, hang, w->budget * 25 / 100);
    hang->behave = behave_http;
    hang->timeout_ms = 6000;
    world_neighbours(w, w->budget - w->budget * 6 / 10 - w->budget * 25 / 100);
}

static const char *const poison_stack[] = {"  File \"/var/task/ledger.py\", line 57, in handler",
                                           "    amount = Decimal(entry[\"amount\"])", NULL};
static const struct thrown poison = {"InvalidOperation", "[<class 'decimal.ConversionSyntax'>]", "",
                                     poison_stack};

/* Asynchronous: Lambda tries again after one minute and after two more, with the same request id. */
static void behave_poison(struct world *w, struct turn *t)
{
    uint64_t number = random_between(&w->random, 10000, 99999);
    if (t->call->attempt == 1)
        t->call->marked = hit(w, t, 25);
    lambda_say(t, 2, INFO, "ledger entry %u received", number);
    if (t->call->marked) {
        lambda_throw(t, random_between(&w->random, 5, 40), &poison);
        truth_expect(&w->truth, "retry-storm", t->f->name, t->call->id);
    } else {
        lambda_say(t, t->plan->duration / 100, INFO, "ledger entry %u booked", number);
    }
}

void scenario_retry(struct world *w)
{
    struct function *f = suffering_alone(w, "ledger-import", PYTHON, "ledger");
    f->behave = behave_poison;
    w->sources[0].async = true;
}

static const char *const throttle_stack[] = {
    "  File \"/var/task/events.py\", line 29, in handler", "    table.put_item(Item=item)",
    "  File \"/var/lang/lib/python3.12/site-packages/botocore/client.py\", line "
    "1017, in _make_api_call",
    "    raise error_class(parsed_response, operation_name)", NULL};
static const struct thrown throttled = {
    "ProvisionedThroughputExceededException",
    "An error occurred (ProvisionedThroughputExceededException) when calling the PutItem operation (reached "
    "max retries: "
    "9): The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
    "provisioning level with the UpdateTable API.",
    "", throttle_stack};

static void behave_throttle(struct world *w, struct turn *t)
{
    lambda_say(t, 2, INFO, "storing %u events", random_between(&w->random, 20, 90));
    if (hit(w, t, 55)) {
        lambda_throw(t, random_between(&w->random, 2000, 6000), &throttled);
        truth_expect(&w->truth, "throttle", t->f->name, t->call->id);
    } else {
        lambda_say(t, t->plan->duration / 100, INFO, "events stored");
    }
}

void scenario_throttle(struct world *w)
{
    struct function *f = suffering_alone(w, "event-store", PYTHON, "event");
    f->behave = behave_throttle;
}
