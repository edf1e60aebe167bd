/* The account that a scenario plays in, and its queue of calls. */
#include "samples/world.h"

#include "samples/lambda.h"

#include <stdlib.h>
#include <string.h>

/* Before AWS wrote the status into REPORT, and after (field guide, lambda-text-logs 1.2): 2023-12-01,
 * 2026-03-01. */
static const int64_t old_epoch = 1701388800000, new_epoch = 1772323200000;
enum { DAYS = 80, DAY = 24 * HOUR, SETTLE_MS = 20 };

struct trace world_trace(struct world *w, int64_t time)
{
    return (struct trace){(uint32_t)(time / 1000), random_next(&w->random) >> 32, random_next(&w->random)};
}

bool world_during(const struct world *w, int64_t time)
{
    return time >= w->from && time < w->to;
}

/* ---- set-up ---- */

static void name_role(struct random *r, char ret[22])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    memcpy(ret, "AROA", 4);
    for (unsigned i = 4; i < 21; i++)
        ret[i] = alphabet[random_below(r, 32)];
    ret[21] = 0;
}

struct function *world_function(struct world *w, const char *name, enum language language,
                                const char *subject)
{
    static const char *const runtimes[2][3] = {
        {"nodejs:20.v13", "python:3.11.v39", "java:17.v9"},
        {"nodejs:22.v34", "python:3.12.mainlinev2.v27", "java:21.v26"}};
    struct function *f = &w->functions[w->functions_n++];
    struct random own; /* settings of one function do not depend on how many others there are */
    random_init(&own, random_mix(w->seed, random_hash(name)));
    *f = (struct function){
        .name = name,
        .language = language,
        .subject = subject,
        .runtime = runtimes[!w->old_style][language],
        .json = language != JAVA && random_percent(&own, 25),
        .xray = random_percent(&own, 35),
        .version = random_percent(&own, 30) ? random_between(&own, 3, 40) : 0,
        .memory_mb = 256u << random_below(&own, 3),
        .timeout_ms = 30000,
        .duration = random_between(&own, 6000, 18000),
        .duration_spread = 450,
        .init = random_between(&own, 28000, 52000),
        .init_spread = 130,
        .idle_ms = 7 * MINUTE,
        .behave = lambda_behave_healthy,
    };
    f->used_mb = random_between(&own, 70, 130);
    name_role(&own, f->role);
    for (unsigned i = 0; i < 64; i++)
        f->runtime_arn[i] = "0123456789abcdef"[random_mix(random_hash(f->runtime), i) & 15];
    f->group = NULL;
    return f;
}

struct source *world_source(struct world *w, struct function *f, uint64_t count)
{
    struct source *s = &w->sources[w->sources_n++];
    uint64_t window = (uint64_t)(w->end - w->begin) * 1000;
    *s = (struct source){.function = f, .left = count, .jitter_percent = 90};
    s->gap_us = window / (count ? count : 1);
    s->next_us = w->begin * 1000 + (int64_t)random_below(&w->random, s->gap_us / 2 + 1000);
    return s;
}

void world_neighbours(struct world *w, uint64_t count)
{
    struct function *orders = world_function(w, "orders-api", NODE, "order");
    struct function *auth = world_function(w, "auth-login", PYTHON, "login");
    struct function *invoices = world_function(w, "invoices", NODE, "invoice");
    world_source(w, orders, count / 2);
    world_source(w, auth, count / 4);
    world_source(w, invoices, count - count / 2 - count / 4);
}

void world_init(struct world *w, uint64_t seed, uint64_t budget, const struct writer_options *options)
{
    *w = (struct world){.seed = seed, .budget = budget};
    random_init(&w->random, seed);
    writer_init(&w->writer, options);
    w->old_style = random_percent(&w->random, 40);
    w->begin = (w->old_style ? old_epoch : new_epoch) + (int64_t)random_below(&w->random, DAYS) * DAY +
               9 * HOUR + (int64_t)random_below(&w->random, 3 * HOUR);
    w->end = w->begin + 90 * MINUTE;
}

/* ---- the queue ---- */

static bool earlier(const struct call *a, const struct call *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

void world_push(struct world *w, const struct call *call)
{
    struct call c = *call;
    c.order = w->calls_order++;
    if (w->calls_n == w->calls_size) {
        w->calls_size = w->calls_size ? 2 * w->calls_size : 64;
        w->calls = realloc(w->calls, w->calls_size * sizeof *w->calls);
        if (!w->calls)
            abort();
    }
    size_t at = w->calls_n++;
    for (; at > 0 && earlier(&c, &w->calls[(at - 1) / 2]); at = (at - 1) / 2)
        w->calls[at] = w->calls[(at - 1) / 2];
    w->calls[at] = c;
}

static struct call pop(struct world *w)
{
    struct call ret = w->calls[0], last = w->calls[--w->calls_n];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < w->calls_n; at = child) {
        if (child + 1 < w->calls_n && earlier(&w->calls[child + 1], &w->calls[child]))
            child++;
        if (!earlier(&w->calls[child], &last))
            break;
        w->calls[at] = w->calls[child];
    }
    w->calls[at] = last;
    return ret;
}

struct call world_call(struct world *w, struct function *f, int64_t time)
{
    struct call c = {.time = time, .function = f, .attempt = 1};
    random_uuid(&w->random, c.id);
    return c;
}

/* From one call of the source to the next, in µs. A round begins one period after the last one began. */
static uint64_t gap(struct world *w, const struct source *s)
{
    uint64_t position = s->round ? s->made % s->round : 0, mean = s->gap_us;
    if (s->round && position == 0) {
        uint64_t used = s->gap_us * (s->round - s->burst);
        return s->period_us > used ? s->period_us - used : 1000;
    }
    if (s->round && position < s->burst)
        return random_between(&w->random, 1000, 9000);
    if (s->next_us >= s->surge_from * 1000 && s->next_us < s->surge_to * 1000)
        mean = s->surge_gap_us;
    uint64_t swing = mean * s->jitter_percent / 100;
    return mean - swing + random_below(&w->random, 2 * swing + 1);
}

static void pull(struct world *w, struct source *s)
{
    if (s->left == 0)
        return;
    struct call c = world_call(w, s->function, s->next_us / 1000);
    c.source = s;
    c.async = s->async;
    world_push(w, &c);
    s->left--;
    s->made++;
    s->next_us += (int64_t)gap(w, s);
}

void world_run(struct world *w)
{
    for (unsigned i = 0; i < w->sources_n; i++)
        pull(w, &w->sources[i]);
    while (w->calls_n) {
        struct call c = pop(w);
        if (w->ends_with_loop && w->loop_left == 0 && !c.marked) {
            free(c.key);
            continue;
        }
        uint64_t part = w->made * w->writer.options.files / (w->budget ? w->budget : 1);
        w->writer.part = part < w->writer.options.files ? (unsigned)part : w->writer.options.files - 1;
        writer_advance(&w->writer, c.time - SETTLE_MS);
        if (c.source && c.attempt == 1)
            pull(w, c.source);
        lambda_invoke(w, &c);
        w->made++;
        free(c.key);
    }
}

void world_done(struct world *w)
{
    for (unsigned i = 0; i < w->functions_n; i++)
        lambda_retire_all(w, &w->functions[i]);
    if (w->gateway_stream) {
        writer_advance(&w->writer, INT64_MAX);
        writer_close(&w->writer, w->gateway_stream);
    }
    writer_done(&w->writer);
    compose_done(&w->message);
    compose_done(&w->record);
    compose_done(&w->plan.text);
    truth_done(&w->truth);
    free(w->calls);
}
