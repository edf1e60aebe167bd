/* Functions that call functions, as CloudTrail's data events tell it: a loop, and calls that only look like one.
 * Format: field guide, s3-event-records 4.3. The request id of the event is that of the invocation. */
#include "samples/lambda.h"
#include "samples/scenarios.h"

enum { DELIVERY_MS = 20, DELIVERY_SPREAD_MS = 180, DOUBLINGS = 2 };

/* `session` names who calls: a function's name, or a state machine's session. */
static void put_invoke(struct world *w, int64_t time, const char *role, const char *session,
                       const struct call *c)
{
    uint8_t event[16];
    random_uuid(&w->random, event);
    w->record.n = 0;
    compose_put(&w->record,
                "{\"eventVersion\":\"1.10\",\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"%s:%"
                "s\",\"arn\":"
                "\"arn:aws:sts::111122223333:assumed-role/%s-role/%s\",\"accountId\":\"111122223333\"},",
                role, session, session, session);
    compose_put(&w->record,
                "\"eventTime\":\"%T\",\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"Invoke\","
                "\"awsRegion\":"
                "\"eu-west-1\",\"requestParameters\":{\"functionName\":"
                "\"arn:aws:lambda:eu-west-1:111122223333:function:%s\",\"invocationType\":\"Event\"},",
                time, c->function->name);
    compose_put(
        &w->record,
        "\"responseElements\":null,\"requestID\":\"%i\",\"eventID\":\"%i\",\"readOnly\":false,"
        "\"eventType\":\"AwsApiCall\",\"managementEvent\":false,\"recipientAccountId\":\"111122223333\","
        "\"eventCategory\":\"Data\"}",
        c->id, event);
    writer_record(&w->writer, time, w->record.p, w->record.n);
}

static int64_t delivered(struct world *w, int64_t time)
{
    return time + DELIVERY_MS + (int64_t)random_below(&w->random, DELIVERY_SPREAD_MS);
}

/* The turn's function calls another, a little before it is done. */
static void call_on(struct world *w, const struct turn *t, struct function *next, bool marked)
{
    uint64_t ms = t->plan->duration / 100;
    int64_t time = t->start + (int64_t)(ms > 6 ? ms - 5 : ms);
    struct call c = world_call(w, next, delivered(w, time));
    c.async = true;
    c.marked = marked;
    c.hops = t->call->hops + 1;
    put_invoke(w, time, t->f->role, t->f->name, &c);
    world_push(w, &c);
}

static void start_from_outside(struct world *w, struct function *f, int64_t time, bool marked)
{
    struct call c = world_call(w, f, delivered(w, time));
    c.marked = marked;
    put_invoke(w, time, "AROAEXAMPLEADMINROLE1", "admin", &c);
    world_push(w, &c);
}

/* ---- a loop ---- */

static void behave_calling_on(struct world *w, struct turn *t)
{
    lambda_say(t, 2, INFO, "page begins");
    if (!t->call->marked)
        return;
    truth_expect(&w->truth, "recursive-trigger", w->main->name, t->call->id);
    unsigned copies = t->call->hops < DOUBLINGS ? 2 : 1;
    for (unsigned i = 0; i < copies && w->loop_left; i++) {
        w->loop_left--;
        call_on(w, t, w->open && t->f == w->main ? &w->functions[1] : w->main, true);
    }
    lambda_say(t, t->plan->duration / 100, INFO, "page done, calling on");
}

/* w->open: two functions that call each other, else one that calls itself. */
void scenario_loop_invoke(struct world *w)
{
    w->main = world_function(w, "paginate", NODE, "page");
    w->main->behave = behave_calling_on;
    w->open = random_percent(&w->random, 50);
    if (w->open) {
        struct function *other = world_function(w, "fetch-page", PYTHON, "page");
        other->behave = behave_calling_on;
        truth_allow(&w->truth, "recursive-trigger", other->name);
    }
    for (unsigned i = 0; i < 5; i++)
        start_from_outside(w, w->main, w->begin + (int64_t)(i + 1) * 4 * MINUTE, false);
    w->loop_left = w->budget * 6 / 10;
    start_from_outside(w, w->main, w->begin + 40 * MINUTE, true);
    world_neighbours(w, w->budget * 4 / 10);
}

/* ---- what only looks like one ---- */

/* A state machine calls two functions in turn; the second hands out work to workers, who call nobody. */
static void behave_step(struct world *w, struct turn *t)
{
    bool plans = t->f == &w->functions[0];
    lambda_say(t, 2, INFO, plans ? "planning" : "handing out");
    for (unsigned i = 0; !plans && i < 2; i++)
        call_on(w, t, &w->functions[2], false);
    if (w->limit == 0)
        return;
    w->limit--;
    int64_t time =
        t->start + (int64_t)(t->plan->duration / 100) + (int64_t)random_between(&w->random, 20, 60);
    struct call c = world_call(w, &w->functions[plans], delivered(w, time));
    put_invoke(w, time, "AROAEXAMPLESTATESROLE", "kPqAXTaaKDCxAbCdEfGhIjKlMnOpQrSt", &c);
    world_push(w, &c);
}

void scenario_workflow_calls(struct world *w)
{
    struct function *plan = world_function(w, "plan", NODE, "plan"),
                    *hand = world_function(w, "hand-out", PYTHON, "task");
    world_function(w, "task", PYTHON, "task");
    plan->behave = hand->behave = behave_step;
    w->limit = w->budget * 3 / 10;
    start_from_outside(w, plan, w->begin + 10 * MINUTE, false);
    world_neighbours(w, w->budget * 4 / 10);
}
