/* Scenarios of queues and topics that invoke functions: loops, a loop through a queue and a bucket, and traffic
 * that only looks like one. */
#include "samples/lambda.h"
#include "samples/objects.h"
#include "samples/queues.h"
#include "samples/scenarios.h"

#include <stdlib.h>

enum { DETECTION_CALLS = 16, ROOTS = 6, REDRIVEN_PERCENT = 8 };

static uint64_t late(const struct turn *t)
{
    uint64_t ms = t->plan->duration / 100;
    return ms > 4 ? ms - 3 : ms;
}

static void send_on(struct world *w, struct turn *t, const char *place, bool topic)
{
    queues_send(w, &(struct message_send){
                       .time = t->start + (int64_t)late(t), .place = place, .topic = topic, .by = t});
}

static void expect(struct world *w, const struct turn *t)
{
    if (t->call->marked)
        truth_expect(&w->truth, "recursive-trigger", w->main->name, t->call->id);
}

static struct function *worker(struct world *w, const char *name, enum language language,
                               void (*behave)(struct world *, struct turn *), const char *reads)
{
    struct function *f = world_function(w, name, language, "order");
    f->behave = behave;
    f->idle_ms = 40 * MINUTE;
    objects_trigger(w, reads, "", f);
    return f;
}

/* Messages from outside, evenly over the window. */
static void send_orders(struct world *w, const char *place, bool topic, uint64_t count)
{
    int64_t gap = (w->end - w->begin) / (int64_t)(count + 1);
    for (uint64_t i = 0; i < count; i++)
        queues_send(w,
                    &(struct message_send){.time = w->begin + (int64_t)i * gap +
                                                   (int64_t)random_below(&w->random, (uint64_t)gap / 2 + 1),
                                           .place = place,
                                           .topic = topic});
}

/* ---- a queue: what cannot be done is put back ---- */

static void behave_requeue(struct world *w, struct turn *t)
{
    queues_print(w, t);
    if (t->call->marked) {
        lambda_say(t, late(t), INFO, "customer unknown, order put back");
        send_on(w, t, t->call->bucket, false);
    }
    expect(w, t);
}

void scenario_loop_queue(struct world *w)
{
    uint64_t calls = w->budget * 6 / 10, orders = w->budget / 10;
    w->main = worker(w, "order-worker", NODE, behave_requeue, "orders");
    w->main->duration = random_between(&w->random, 14000, 40000);
    w->loop_left = calls;
    send_orders(w, "orders", false, orders);
    w->from = w->begin + 40 * MINUTE;
    queues_send(w, &(struct message_send){.time = w->from, .place = "orders", .loop = true});
    world_neighbours(w, w->budget - calls - orders);
    w->ends_with_loop = random_percent(&w->random, 50);
}

/* ---- two topics, stopped by Lambda's own detection ---- */

static void behave_relay(struct world *w, struct turn *t)
{
    bool first = t->f == w->main;
    queues_print(w, t);
    lambda_say(t, 2, INFO, "trace header Root=1-%x-%x%x;Parent=%x;Sampled=1;Lineage=%x:%u|%x:%u",
               (uint64_t)t->call->trace.seconds, 8, t->call->trace.high, 8, t->call->trace.low, 16,
               random_mix(t->call->hops, 5), 16, random_hash("order-enricher") & 0xffffffff, 8,
               (t->call->hops + 1) / 2, random_hash("order-notifier") & 0xffffffff, 8, t->call->hops / 2);
    if ((t->call->marked && t->call->hops + 1 < 2 * DETECTION_CALLS) || first)
        send_on(w, t, first ? "orders-enriched" : t->call->marked ? "orders-new" : "orders-archive", true);
    expect(w, t);
}

void scenario_loop_topic(struct world *w)
{
    uint64_t orders = w->budget / 20;
    w->main = worker(w, "order-enricher", PYTHON, behave_relay, "orders-new");
    struct function *back = worker(w, "order-notifier", JAVA, behave_relay, "orders-enriched");
    w->main->xray = back->xray = true;
    w->loop_left = ROOTS * 2 * DETECTION_CALLS;
    send_orders(w, "orders-new", true, orders);
    for (unsigned i = 0; i < ROOTS; i++)
        queues_send(w, &(struct message_send){.time = w->begin + 40 * MINUTE + i * MINUTE,
                                              .place = "orders-new",
                                              .topic = true,
                                              .loop = true});
    world_neighbours(w, w->budget / 4);
}

/* ---- a bucket and a queue ---- */

static void behave_announce(struct world *w, struct turn *t)
{
    lambda_say(t, 2, INFO, "scanning s3://%s/%s", t->call->bucket, t->call->key);
    send_on(w, t, "scans", false);
    expect(w, t);
}

static void behave_store(struct world *w, struct turn *t)
{
    char *key = compose_string("scan-%x.pdf", random_next(&w->random), 12);
    queues_print(w, t);
    if (t->call->marked || t->call->hops == 1)
        objects_write(w, t, late(t), t->call->marked ? "scans-in" : "scans-out", key);
    expect(w, t);
    free(key);
}

void scenario_loop_mixed(struct world *w)
{
    uint64_t calls = w->budget * 6 / 10, uploads = w->budget / 20;
    w->main = worker(w, "scan-announcer", NODE, behave_announce, "scans-in");
    worker(w, "scan-store", PYTHON, behave_store, "scans");
    w->loop_left = calls;
    scenario_uploads(w, "scans-in", "letter-%u.pdf", uploads);
    objects_put(w, &(struct object_write){.time = w->begin + 40 * MINUTE,
                                          .bucket = "scans-in",
                                          .key = "letter-0.pdf",
                                          .principal = "AWS:AIDAEXAMPLEUPLOADER1",
                                          .loop = true});
    world_neighbours(w, w->budget - calls - 2 * uploads);
}

/* ---- what only looks like a loop ---- */

/* Three steps, each with a queue of its own; one message in ten is given out again. */
static void behave_step(struct world *w, struct turn *t)
{
    const char *next = t->f == w->main ? "invoices" : t->f == w->main + 1 ? "mails" : NULL;
    queues_print(w, t);
    if (t->call->receives < 3 && t->call->message[0] < 26) {
        lambda_say(t, late(t), INFO, "order is locked, left in the queue");
        queues_again(w, t, 30000);
        return;
    }
    if (next)
        send_on(w, t, next, false);
}

void scenario_queue_pipeline(struct world *w)
{
    uint64_t orders = w->budget * 6 / 10 / 4;
    w->main = worker(w, "order-check", NODE, behave_step, "orders");
    worker(w, "order-invoice", PYTHON, behave_step, "invoices");
    worker(w, "order-mail", NODE, behave_step, "mails");
    send_orders(w, "orders", false, orders);
    world_neighbours(w, w->budget - orders * 4);
}

/* What fails three times is parked in a second queue, by hand or by the worker itself; a function sends it back
 * once, and it goes well then. */
static void behave_parking(struct world *w, struct turn *t)
{
    bool parked = t->call->message[0] * 100 < REDRIVEN_PERCENT * 256 && t->call->hops == 0;
    queues_print(w, t);
    if (parked && t->call->receives < 3) {
        queues_again(w, t, 30000);
    } else if (parked) {
        lambda_say(t, late(t), INFO, "order parked after 3 tries");
        send_on(w, t, "orders-parked", false);
    }
}

static void behave_redrive(struct world *w, struct turn *t)
{
    queues_print(w, t);
    send_on(w, t, "orders", false);
}

void scenario_redrive(struct world *w)
{
    uint64_t orders = w->budget * 6 / 10;
    w->main = worker(w, "order-worker", NODE, behave_parking, "orders");
    worker(w, "order-redrive", NODE, behave_redrive, "orders-parked");
    send_orders(w, "orders", false, orders);
    world_neighbours(w, w->budget - orders);
}
