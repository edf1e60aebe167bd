/* Messages and the events in which Lambda hands them over. */
#include "samples/queues.h"

#include "samples/lambda.h"

#include <stdlib.h>
#include <string.h>

enum { DELIVERY_MS = 30, DELIVERY_SPREAD_MS = 220 };

static void push(struct world *w, const struct message_send *m, struct function *f, const uint8_t id[16])
{
    struct call c =
        world_call(w, f, m->time + DELIVERY_MS + (int64_t)random_below(&w->random, DELIVERY_SPREAD_MS));
    const struct call *because = m->by ? m->by->call : NULL;
    c.marked = m->loop || (because && because->marked);
    c.bucket = m->place;
    c.topic = m->topic;
    c.sent = m->time;
    c.receives = 1;
    c.sender = m->by ? m->by->f : NULL;
    c.hops = because ? because->hops + 1 : 0;
    c.sender_trace = because ? because->trace : world_trace(w, m->time);
    c.trace = c.sender_trace;
    c.traced = m->topic; /* a queue's consumer has a trace of its own */
    memcpy(c.message, id, sizeof c.message);
    world_push(w, &c);
}

void queues_send(struct world *w, const struct message_send *m)
{
    bool marked = m->loop || (m->by && m->by->call->marked);
    uint8_t id[16];
    random_uuid(&w->random, id);
    if (marked && w->loop_left == 0)
        return; /* the operators have stopped the function */
    for (unsigned i = 0; i < w->triggers_n; i++) {
        if (strcmp(w->triggers[i].bucket, m->place) != 0)
            continue;
        w->loop_left -= marked;
        push(w, m, w->triggers[i].function, id);
    }
}

void queues_again(struct world *w, const struct turn *t, int64_t after_ms)
{
    struct call again = *t->call;
    again.time = t->start + after_ms;
    again.receives++;
    random_uuid(&w->random, again.id);
    again.trace = world_trace(w, again.time);
    world_push(w, &again);
}

static void put_header(struct compose *c, const struct call *call, uint64_t parent)
{
    const struct trace *t = &call->sender_trace;
    compose_put(c, "Root=1-%x-%x%x;Parent=%x;Sampled=0", (uint64_t)t->seconds, 8, t->high, 8, t->low, 16,
                parent, 16);
}

static void put_queue_record(struct world *w, struct compose *c, const struct call *call)
{
    (void)w;
    compose_put(c,
                "{\"messageId\":\"%i\",\"receiptHandle\":\"AQEB%x%x==\",\"body\":\"{\\\"order\\\":%u}\","
                "\"attributes\":{\"ApproximateReceiveCount\":\"%u\",\"AWSTraceHeader\":\"",
                call->message, random_mix(call->hops, 1), 16, random_mix(call->hops, 2), 16,
                10000 + random_mix((uint64_t)call->sent, 3) % 90000, call->receives);
    put_header(c, call, random_mix((uint64_t)call->sent, 4));
    compose_put(c, "\",\"SentTimestamp\":\"%u\",\"SenderId\":\"", (uint64_t)call->sent);
    if (call->sender)
        compose_put(c, "%s:%s", call->sender->role, call->sender->name);
    else
        compose_put(c, "AIDAEXAMPLESENDER0001");
    compose_put(c,
                "\",\"ApproximateFirstReceiveTimestamp\":\"%u\"},\"messageAttributes\":{},\"eventSource\":"
                "\"aws:sqs\",\"eventSourceARN\":\"arn:aws:sqs:eu-west-1:111122223333:%s\",\"awsRegion\":"
                "\"eu-west-1\"}",
                (uint64_t)call->sent + 12, call->bucket);
}

static void put_topic_record(struct compose *c, const struct call *call)
{
    compose_put(c,
                "{\"EventSource\":\"aws:sns\",\"EventVersion\":\"1.0\",\"EventSubscriptionArn\":"
                "\"arn:aws:sns:eu-west-1:111122223333:%s:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55\",\"Sns\":{"
                "\"Type\":\"Notification\",\"MessageId\":\"%i\",\"TopicArn\":"
                "\"arn:aws:sns:eu-west-1:111122223333:%s\",\"Subject\":null,\"Message\":\"order %u\","
                "\"Timestamp\":\"%t\",\"SignatureVersion\":\"1\",\"MessageAttributes\":{}}}",
                call->bucket, call->message, call->bucket,
                10000 + random_mix((uint64_t)call->sent, 3) % 90000, call->sent);
}

void queues_print(struct world *w, struct turn *t)
{
    struct compose *c = &w->record;
    c->n = 0;
    compose_put(c, "{\"Records\":[");
    if (t->call->topic)
        put_topic_record(c, t->call);
    else
        put_queue_record(w, c, t->call);
    compose_put(c, "]}");
    lambda_say(t, 1, INFO, "%b", c->p, c->n);
}
