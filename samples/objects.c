/* Buckets, their event records and their triggers. */
#include "samples/objects.h"

#include <stdlib.h>
#include <string.h>

enum { DELIVERY_MS = 240, DELIVERY_SPREAD_MS = 560, KEY_ESCAPE_DIGITS = 2 };

void objects_trigger(struct world *w, const char *bucket, const char *prefix, struct function *f)
{
    w->triggers[w->triggers_n++] = (struct trigger){bucket, prefix, f};
}

/* Form style: a blank is a plus, all but a few bytes are %XX, the slash stays. */
static void put_key(struct compose *c, const char *key)
{
    for (; *key; key++) {
        if ((*key >= 'a' && *key <= 'z') || (*key >= 'A' && *key <= 'Z') || (*key >= '0' && *key <= '9') ||
            strchr("-_.*/", *key))
            compose_bytes(c, key, 1);
        else if (*key == ' ')
            compose_bytes(c, "+", 1);
        else
            compose_put(c, "%%%X", (uint64_t)(uint8_t)*key, KEY_ESCAPE_DIGITS);
    }
}

static void put_notification(struct world *w, struct compose *c, const struct object_write *o, uint64_t a,
                             uint64_t b)
{
    (void)w;
    compose_put(
        c,
        "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"awsRegion\":\"eu-west-1\","
        "\"eventTime\":\"%t\",\"eventName\":\"ObjectCreated:Put\",\"userIdentity\":{\"principalId\":\"%s\"},"
        "\"requestParameters\":{\"sourceIPAddress\":\"10.0.%u.%u\"},",
        o->time, o->principal, a & 3, b & 127);
    compose_put(c, "\"responseElements\":{\"x-amz-request-id\":\"%X\",\"x-amz-id-2\":\"%x%x/%x%x=\"},", a, 16,
                random_mix(a, 1), 16, random_mix(a, 2), 16, random_mix(b, 3), 16, random_mix(b, 4), 16);
    compose_put(
        c,
        "\"s3\":{\"s3SchemaVersion\":\"1.0\",\"configurationId\":\"on-upload\",\"bucket\":{\"name\":\"%s\","
        "\"ownerIdentity\":{\"principalId\":\"A3NL1KOZZKEXAMPLE\"},\"arn\":\"arn:aws:s3:::%s\"},\"object\":{"
        "\"key\":\"",
        o->bucket, o->bucket);
    put_key(c, o->key);
    compose_put(c, "\",\"size\":%u,\"eTag\":\"%x%x\",\"sequencer\":\"00%X%X\"}}}]}", 2048 + b % 400000, a, 16,
                b, 16, (uint64_t)o->time / 1000, 8, a >> 32, 8);
}

/* EventBridge names the account only, counts in seconds, and does not encode the key. */
static void put_bridge(struct compose *c, const struct object_write *o, uint64_t a, uint64_t b)
{
    uint8_t id[16];
    struct random own;
    random_init(&own, a);
    random_uuid(&own, id);
    compose_put(
        c,
        "{\"version\":\"0\",\"id\":\"%i\",\"detail-type\":\"Object "
        "Created\",\"source\":\"aws.s3\",\"account\":"
        "\"111122223333\",\"time\":\"%T\",\"region\":\"eu-west-1\",\"resources\":[\"arn:aws:s3:::%s\"],"
        "\"detail\":{\"version\":\"0\",\"bucket\":{\"name\":\"%s\"},\"object\":{\"key\":\"%j\",\"size\":%u,",
        id, o->time, o->bucket, o->bucket, o->key, strlen(o->key), 2048 + b % 400000);
    compose_put(
        c,
        "\"etag\":\"%x%x\",\"sequencer\":\"%x%x\"},\"request-id\":\"%X\",\"requester\":\"111122223333\","
        "\"source-ip-address\":\"10.0.%u.%u\",\"reason\":\"PutObject\"}}",
        a, 16, b, 16, (uint64_t)o->time / 1000, 8, a >> 32, 8, a, 16, a & 3, b & 127);
}

static void trigger(struct world *w, const struct object_write *o, struct function *f)
{
    int64_t delay = DELIVERY_MS + (int64_t)random_below(&w->random, DELIVERY_SPREAD_MS);
    bool marked = o->loop || (o->because && o->because->marked);
    if (marked && w->loop_left == 0)
        return; /* the operators have stopped the function */
    w->loop_left -= marked;
    struct call c = world_call(w, f, o->time + delay);
    c.async = true;
    c.marked = marked;
    c.bucket = o->bucket;
    c.key = compose_string("%s", o->key);
    if (o->because) {
        c.hops = o->because->hops + 1;
        c.traced = o->because->traced;
        c.trace = o->because->trace;
    } else if (o->loop && w->traced) {
        c.traced = true;
        c.trace = world_trace(w, o->time);
    }
    world_push(w, &c);
}

void objects_put(struct world *w, const struct object_write *o)
{
    uint64_t a = random_next(&w->random), b = random_next(&w->random);
    w->record.n = 0;
    if (w->bridge)
        put_bridge(&w->record, o, a, b);
    else
        put_notification(w, &w->record, o, a, b);
    writer_record(&w->writer, o->time, w->record.p, w->record.n);
    w->truth.s3_records++;
    for (unsigned i = 0; i < w->triggers_n; i++) {
        const struct trigger *t = &w->triggers[i];
        if (strcmp(t->bucket, o->bucket) == 0 && strncmp(o->key, t->prefix, strlen(t->prefix)) == 0)
            trigger(w, o, t->function);
    }
}

void objects_write(struct world *w, const struct turn *t, uint64_t after_ms, const char *bucket,
                   const char *key)
{
    char *principal = w->anonymous ? compose_string("AWS:AROAEXAMPLEWRITERROLE:object-writer")
                                   : compose_string("AWS:%s:%s", t->f->role, t->f->name);
    objects_put(w, &(struct object_write){.time = t->start + (int64_t)after_ms,
                                          .bucket = bucket,
                                          .key = key,
                                          .principal = principal,
                                          .because = t->call});
    free(principal);
}
