/* Who else may call: a program that waits for each answer, a state machine, a schedule. Their calls follow the
 * writes of the calls before, and no bucket invokes any of them. */
#include "samples/lambda.h"
#include "samples/objects.h"
#include "samples/scenarios.h"

#include <stdlib.h>

/* The caller has the answer of the turn, thinks for a while and calls the next; w->limit counts what is left. */
static void call_next(struct world *w, const struct turn *t, struct function *next, uint64_t pause_ms)
{
    if (w->limit == 0)
        return;
    w->limit--;
    struct call c = world_call(w, next, t->start + (int64_t)(t->plan->duration / 100 + pause_ms));
    world_push(w, &c);
}

/* `before_ms` the turn's end. */
static void write_before(struct world *w, struct turn *t, uint64_t before_ms, const char *bucket)
{
    uint64_t ms = t->plan->duration / 100;
    char *key = compose_string("%s/%x.json", t->f->subject, random_next(&w->random), 16);
    objects_write(w, t, ms > before_ms ? ms - before_ms : ms, bucket, key);
    free(key);
}

static void start_at(struct world *w, struct function *f, int64_t time)
{
    struct call c = world_call(w, f, time);
    world_push(w, &c);
}

/* w->doublings is the longest pause, w->open the longest way from the write to the end, both in ms. */
static void behave_polled(struct world *w, struct turn *t)
{
    lambda_say(t, 1, INFO, "batch begins");
    write_before(w, t, random_between(&w->random, 1, w->open), "batches-bucket");
    lambda_say(t, t->plan->duration / 100, INFO, "batch done, more to do");
    call_next(w, t, t->f, random_between(&w->random, 20, w->doublings));
}

void scenario_polled_writer(struct world *w)
{
    struct function *f = world_function(w, "batch-worker", PYTHON, "batch");
    uint64_t count = w->budget * 6 / 10;
    f->behave = behave_polled;
    f->duration = 40000;
    w->open = random_percent(&w->random, 50) ? 3 : 150;
    w->doublings = random_percent(&w->random, 50) ? 60 : 700;
    w->limit = count - 1;
    start_at(w, f, w->begin + 10 * MINUTE);
    if (random_percent(&w->random, 50)) /* a bucket that is also written to by others */
        scenario_uploads(w, "batches-bucket", "manual/%u.json", 4);
    world_neighbours(w, w->budget - count);
}

/* Each call goes on where the last one stopped: its lines name the object that that one wrote. */
static void behave_resuming(struct world *w, struct turn *t)
{
    uint64_t ms = t->plan->duration / 100, left = random_between(&w->random, 1, w->open);
    char *key = compose_string("progress/%u.json", w->limit);
    if (t->call->time != w->from)
        lambda_say(t, 1, INFO, "resuming from s3://progress-bucket/progress/%u.json", w->limit + 1);
    objects_write(w, t, ms > left ? ms - left : ms, "progress-bucket", key);
    lambda_say(t, ms, INFO, "stopped at s3://progress-bucket/%s", key);
    free(key);
    call_next(w, t, t->f, random_between(&w->random, 20, w->doublings));
}

void scenario_polled_state(struct world *w)
{
    struct function *f = world_function(w, "crawler", NODE, "page");
    uint64_t count = w->budget * 6 / 10;
    f->behave = behave_resuming;
    f->duration = 40000;
    w->open = random_percent(&w->random, 50) ? 3 : 150;
    w->doublings = random_percent(&w->random, 50) ? 60 : 700;
    w->limit = count - 1;
    w->from = w->begin + 10 * MINUTE;
    start_at(w, f, w->from);
    world_neighbours(w, w->budget - count);
}

/* A state machine goes from one function to the other and back. */
static void behave_in_turn(struct world *w, struct turn *t)
{
    bool first = t->f == w->main;
    struct function *next = first ? &w->functions[1] : &w->functions[0];
    lambda_say(t, 1, INFO, "step begins");
    write_before(w, t, random_between(&w->random, 1, w->open), first ? "drafts-bucket" : "reviews-bucket");
    call_next(w, t, next, random_between(&w->random, 25, 70));
}

void scenario_state_machine(struct world *w)
{
    struct function *draft = world_function(w, "draft", NODE, "draft"),
                    *review = world_function(w, "review", PYTHON, "review");
    uint64_t count = w->budget * 6 / 10;
    w->main = draft;
    draft->behave = review->behave = behave_in_turn;
    w->open = random_percent(&w->random, 50) ? 3 : 90;
    w->limit = count - 1;
    start_at(w, draft, w->begin + 10 * MINUTE);
    world_neighbours(w, w->budget - count);
}

/* ---- schedules ---- */

static struct function *each_minute(struct world *w, const char *name, const char *subject, uint64_t count,
                                    int64_t offset_ms)
{
    struct function *f = world_function(w, name, PYTHON, subject);
    struct source *s = world_source(w, f, count);
    w->end = w->begin + (int64_t)count * MINUTE;
    s->gap_us = (uint64_t)MINUTE * 1000;
    s->next_us = (w->begin + offset_ms) * 1000;
    s->jitter_percent = 0;
    return f;
}

static void behave_sampler(struct world *w, struct turn *t)
{
    write_before(w, t, 3, "samples-bucket");
    lambda_say(t, t->plan->duration / 100, INFO, "sample taken");
}

static void behave_roller(struct world *w, struct turn *t)
{
    write_before(w, t, 3, "rollups-bucket");
    lambda_say(t, t->plan->duration / 100, INFO, "rolled up");
}

/* One rule starts two functions; the second is told to wait until the first should be done. */
void scenario_one_schedule(struct world *w)
{
    uint64_t count = w->budget * 4 / 10;
    struct function *sampler = each_minute(w, "sampler", "sample", count, 0);
    struct function *roller =
        each_minute(w, "roller", "rollup", count, (int64_t)random_between(&w->random, 300, 4000));
    sampler->behave = behave_sampler;
    roller->behave = behave_roller;
    world_neighbours(w, w->budget - 2 * count);
}

static void behave_indexing(struct world *w, struct turn *t)
{
    lambda_say(t, 1, INFO, "index begins");
    write_before(w, t, 3, "library-bucket");
}

/* Readers upload as often as the schedule runs, into the bucket to which it writes. */
void scenario_schedule_and_uploads(struct world *w)
{
    uint64_t count = w->budget * 6 / 10;
    struct function *f = each_minute(w, "library-index", "index", count, 0);
    f->behave = behave_indexing;
    scenario_uploads(w, "library-bucket", "books/%u.epub", count);
    world_neighbours(w, w->budget - count);
}
