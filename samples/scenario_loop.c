/* Scenarios of buckets that trigger functions: loops, and pipelines that only look like one. */
#include "samples/lambda.h"
#include "samples/objects.h"
#include "samples/scenarios.h"

#include <stdlib.h>

#define IMAGES     "images-bucket"
#define THUMBNAILS "thumbnails-bucket"
#define UPLOADER   "AWS:AIDAEXAMPLEUPLOADER1"

/* S3 keys have 1,024 bytes at most, so keys that grow by 6 a hop allow no more hops than this. */
enum { GROWTH_HOPS_MAX = 140, DOUBLINGS_MAX = 6, DOUBLINGS_AT_SCALE = 7, UPLOADS_MAX = 2000 };

void scenario_uploads(struct world *w, const char *bucket, const char *form, uint64_t count)
{
    int64_t gap = (w->end - w->begin) / (int64_t)(count + 1);
    for (uint64_t i = 0; i < count; i++) {
        char *key = compose_string(form, random_between(&w->random, 1000, 99999));
        objects_put(w,
                    &(struct object_write){.time = w->begin + (int64_t)i * gap +
                                                   (int64_t)random_below(&w->random, (uint64_t)gap / 2 + 1),
                                           .bucket = bucket,
                                           .key = key,
                                           .principal = w->bridge ? "" : UPLOADER});
        free(key);
    }
}

/* ---- the thumbnailer ---- */

static char *next_key(struct world *w, const struct turn *t, unsigned copy)
{
    if (w->growing_keys)
        return compose_string(copy ? "thumb-2x-%s" : "thumb-%s", t->call->key);
    return compose_string("resized/%x.jpg", random_next(&w->random), 16);
}

/* What the function does with one image: into its own bucket when the image is part of the loop. */
static void write_image(struct world *w, struct turn *t, const char *in, const char *out)
{
    uint64_t ms = t->plan->duration / 100;
    unsigned copies = t->call->marked && t->call->hops < w->doublings ? 2 : 1;
    if (t->call->traced && !t->f->json)
        lambda_say(t, 1, INFO, "trace header Root=1-%x-%x%x;Parent=%x;Sampled=1;Lineage=1:%x:%u",
                   (uint64_t)t->call->trace.seconds, 8, t->call->trace.high, 8, t->call->trace.low, 16,
                   random_next(&w->random), 16, random_hash(t->f->name) & 0xffffffff, 8, t->call->hops);
    if (!w->silent)
        lambda_say(t, 2, INFO, "processing s3://%s/%s", in, t->call->key);
    for (unsigned i = 0; i < copies; i++) {
        char *key = next_key(w, t, i);
        uint64_t at = ms > 8 ? ms - 4 + i : ms;
        objects_write(w, t, at, out, key);
        if (!w->silent)
            lambda_say(t, at, INFO, "wrote s3://%s/%s", out, key);
        free(key);
    }
    if (t->call->marked)
        truth_expect(&w->truth, "recursive-trigger", w->main->name, t->call->id);
}

static void behave_thumbnailer(struct world *w, struct turn *t)
{
    write_image(w, t, t->call->bucket, t->call->marked ? IMAGES : THUMBNAILS);
}

/* Few enough hops for the keys; else keys that do not grow. */
static void shape_loop(struct world *w, uint64_t calls)
{
    w->growing_keys = true;
    w->doublings = random_percent(&w->random, 60) ? 3 : 0;
    while (calls >> w->doublings > GROWTH_HOPS_MAX && w->doublings < DOUBLINGS_MAX)
        w->doublings++;
    if (calls >> w->doublings > GROWTH_HOPS_MAX) {
        w->growing_keys = false;
        w->doublings = DOUBLINGS_AT_SCALE;
    }
    w->loop_left = calls;
}

static struct function *thumbnailer(struct world *w, const char *name)
{
    struct function *f = world_function(w, name, NODE, "image");
    f->duration = random_between(&w->random, 14000, 26000);
    f->behave = behave_thumbnailer;
    f->memory_mb = 512;
    return f;
}

/* Uploads before, which a version of the function with the right output bucket handled; then the root. */
static void start_loop(struct world *w, const char *root)
{
    uint64_t before = w->budget / 20 > UPLOADS_MAX ? UPLOADS_MAX : w->budget / 20;
    int64_t end = w->end;
    w->from = w->begin + 40 * MINUTE;
    w->end = w->from - 2 * MINUTE;
    scenario_uploads(w, IMAGES, "holiday/%u.jpg", before);
    w->end = end;
    objects_put(w, &(struct object_write){.time = w->from + (int64_t)random_below(&w->random, MINUTE),
                                          .bucket = IMAGES,
                                          .key = root,
                                          .principal = UPLOADER,
                                          .loop = true});
}

static void loop_of_one(struct world *w, const char *name, uint64_t calls)
{
    struct function *f = thumbnailer(w, name);
    w->main = f;
    objects_trigger(w, IMAGES, "", f);
    start_loop(w, "cat 1.jpg");
    f->version = 6; /* the next one has the wrong bucket in its settings */
    f->deploy_at = w->from - MINUTE;
    f->deploy_init = f->init;
    world_neighbours(w, w->budget > calls ? w->budget - calls : 0);
    truth_allow(&w->truth, "cold-start", f->name);
}

void scenario_runaway(struct world *w)
{
    shape_loop(w, w->budget * 6 / 10);
    loop_of_one(w, "thumbnailer", w->loop_left + w->budget / 20);
    w->ends_with_loop = random_percent(&w->random, 50);
}

void scenario_overnight(struct world *w)
{
    uint64_t beside = w->budget / 50 > 60000 ? 60000 : w->budget / 50;
    shape_loop(w, w->budget - beside);
    loop_of_one(w, "thumbnailer", w->loop_left);
}

void scenario_lineage(struct world *w)
{
    shape_loop(w, w->budget * 6 / 10);
    w->growing_keys = false;
    w->anonymous = true;
    w->traced = true;
    loop_of_one(w, "image-tagger", w->loop_left + w->budget / 20);
    w->main->xray = true;
}

void scenario_by_key(struct world *w)
{
    shape_loop(w, w->budget * 6 / 10);
    w->bridge = true;
    loop_of_one(w, "watermark", w->loop_left + w->budget / 20);
}

/* No growth: objects and calls that overlap cannot be told apart by their order alone. */
void scenario_by_count(struct world *w)
{
    w->silent = true;
    w->loop_left = w->budget * 6 / 10;
    loop_of_one(w, "thumbnailer", w->loop_left + w->budget / 20);
}

static void behave_ping(struct world *w, struct turn *t)
{
    write_image(w, t, t->call->bucket, t->f == w->main ? THUMBNAILS : IMAGES);
}

void scenario_two_functions(struct world *w)
{
    struct function *out = thumbnailer(w, "resize"), *back = thumbnailer(w, "optimise");
    shape_loop(w, w->budget * 6 / 10);
    w->main = out;
    out->behave = behave_ping;
    back->behave = behave_ping;
    objects_trigger(w, IMAGES, "", out);
    objects_trigger(w, THUMBNAILS, "", back);
    w->from = w->begin + 40 * MINUTE;
    objects_put(
        w, &(struct object_write){
               .time = w->from, .bucket = IMAGES, .key = "cat 1.jpg", .principal = UPLOADER, .loop = true});
    world_neighbours(w, w->budget - w->budget * 6 / 10);
    truth_allow(&w->truth, "recursive-trigger", back->name);
}

/* ---- a loop that needs a database ---- */

static void behave_with_database(struct world *w, struct turn *t)
{
    if (scenario_connect(w, t)) {
        behave_thumbnailer(w, t);
        return;
    }
    lambda_say(t, 2, INFO, "processing s3://%s/%s", t->call->bucket, t->call->key);
    scenario_refused_mysql(w, t, random_between(&w->random, 20, 60));
    if (t->call->marked)
        truth_expect(&w->truth, "recursive-trigger", w->main->name, t->call->id);
}

void scenario_loop_and_connections(struct world *w)
{
    uint64_t calls = w->budget * 6 / 10;
    shape_loop(w, calls);
    w->growing_keys = calls <= GROWTH_HOPS_MAX * 8;
    w->doublings = 4;
    w->limit = 6;
    loop_of_one(w, "thumbnailer", calls + w->budget / 20);
    w->main->duration = 60000;
    w->main->behave = behave_with_database;
}

/* ---- what only looks like a loop ---- */

static void behave_splitter(struct world *w, struct turn *t)
{
    uint64_t ms = t->plan->duration / 100;
    lambda_say(t, 2, INFO, "splitting s3://%s/%s", t->call->bucket, t->call->key);
    for (uint64_t i = 1; i <= 3; i++) {
        char *key = compose_string("%s/page-%u.txt", t->call->key, i);
        objects_write(w, t, ms > 8 ? ms - 5 + i : ms, "pages-bucket", key);
        free(key);
    }
    lambda_say(t, ms, INFO, "3 pages written");
}

static void behave_indexer(struct world *w, struct turn *t)
{
    uint64_t ms = t->plan->duration / 100;
    char *key = compose_string("%s.index", t->call->key);
    lambda_say(t, 2, INFO, "indexing s3://%s/%s", t->call->bucket, t->call->key);
    objects_write(w, t, ms > 4 ? ms - 2 : ms, "index-bucket", key);
    free(key);
}

void scenario_pipeline_beside(struct world *w, uint64_t uploads)
{
    struct function *splitter = world_function(w, "page-splitter", NODE, "document");
    struct function *indexer = world_function(w, "page-indexer", PYTHON, "page");
    splitter->behave = behave_splitter;
    indexer->behave = behave_indexer;
    splitter->idle_ms = indexer->idle_ms = 40 * MINUTE; /* few uploads, yet few environments: few files */
    objects_trigger(w, "documents-bucket", "", splitter);
    objects_trigger(w, "pages-bucket", "", indexer);
    scenario_uploads(w, "documents-bucket", "scan %u.pdf", uploads);
}

void scenario_pipeline(struct world *w)
{
    uint64_t uploads = w->budget * 7 / 10 / 4;
    scenario_pipeline_beside(w, uploads);
    world_neighbours(w, w->budget - 4 * uploads);
}

static void behave_converter(struct world *w, struct turn *t)
{
    uint64_t ms = t->plan->duration / 100;
    char *key = compose_string("processed/%s.pdf", t->call->key);
    lambda_say(t, 2, INFO, "converting s3://%s/%s", t->call->bucket, t->call->key);
    objects_write(w, t, ms > 4 ? ms - 2 : ms, t->call->bucket, key);
    lambda_say(t, ms, INFO, "wrote s3://%s/%s", t->call->bucket, key);
    free(key);
}

void scenario_prefix(struct world *w)
{
    struct function *f = world_function(w, "converter", NODE, "document");
    f->behave = behave_converter;
    objects_trigger(w, "office-bucket", "incoming/", f);
    scenario_uploads(w, "office-bucket", "incoming/letter %u.docx", w->budget * 6 / 10);
    world_neighbours(w, w->budget - w->budget * 6 / 10);
}
