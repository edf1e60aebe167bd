/* One attempt of a function. */
#include "samples/lambda.h"

#include "samples/gateway_calls.h"
#include "samples/lines.h"

#include <stdlib.h>

enum { LIFE_MS = 3 * HOUR, RETRY_MS = 60 * 1000, ATTEMPTS_MAX = 3, STALL_TICKS = 499 };

/* ---- environments ---- */

static void retire(struct world *w, struct function *f, size_t i)
{
    struct environment *e = &f->environments[i];
    w->open -= e->connected;
    writer_close(&w->writer, e->stream);
    *e = f->environments[--f->environments_n];
}

void lambda_retire_all(struct world *w, struct function *f)
{
    while (f->environments_n)
        retire(w, f, f->environments_n - 1);
    free(f->environments);
    f->environments = NULL;
}

static char *stream_name(struct world *w, const struct function *f, int64_t time)
{
    struct compose c = {0};
    uint64_t high = random_next(&w->random), low = random_next(&w->random);
    compose_put(&c, "%T", time);
    c.n = 10;
    c.p[4] = c.p[7] = '/';
    compose_put(&c, "/[");
    if (f->version)
        compose_put(&c, "%u", f->version);
    else
        compose_put(&c, "$LATEST");
    compose_put(&c, "]%x%x", high, 16, low, 16);
    compose_bytes(&c, "", 1);
    return c.p;
}

struct environment *lambda_environment(struct world *w, struct function *f, int64_t time)
{
    if (!f->group) {
        char *name = compose_string("/aws/lambda/%s", f->name);
        f->group = writer_group(&w->writer, name);
        free(name);
    }
    if (f->environments_n == f->environments_size) {
        f->environments_size = f->environments_size ? 2 * f->environments_size : 8;
        f->environments = realloc(f->environments, f->environments_size * sizeof *f->environments);
        if (!f->environments)
            abort();
    }
    struct environment *e = &f->environments[f->environments_n++];
    *e = (struct environment){.born = time, .free_at = time, .version = f->version, .memory_mb = f->used_mb};
    e->stream = writer_stream(f->group, stream_name(w, f, time));
    return e;
}

/* Lambda takes the environment that was used last; the others age and go. */
static struct environment *pick(struct world *w, struct function *f, int64_t now)
{
    struct environment *best = NULL;
    for (size_t i = 0; i < f->environments_n;) {
        struct environment *e = &f->environments[i];
        bool old = e->free_at + f->idle_ms < now || (e->born + LIFE_MS < now && e->free_at <= now);
        if (old && !e->ready) {
            retire(w, f, i);
            continue;
        }
        i++;
    }
    for (size_t i = 0; i < f->environments_n; i++) {
        struct environment *e = &f->environments[i];
        if (e->free_at <= now && e->version == f->version && (!best || e->free_at > best->free_at))
            best = e;
    }
    return best;
}

/* ---- what a behaviour says ---- */

void lambda_say(struct turn *t, uint64_t after_ms, enum word word, const char *format, ...)
{
    struct plan *p = t->plan;
    if (p->lines_n == PLAN_LINES_MAX)
        abort();
    struct plan_line *line = &p->lines[p->lines_n++];
    *line = (struct plan_line){.after_ms = after_ms, .word = word, .offset = p->text.n};
    va_list arguments;
    va_start(arguments, format);
    compose_vput(&p->text, format, arguments);
    va_end(arguments);
    line->length = p->text.n - line->offset;
}

void lambda_throw(struct turn *t, uint64_t after_ms, const struct thrown *thrown)
{
    t->plan->duration = after_ms * 100 + 37 + t->call->id[0];
    t->plan->outcome = OUTCOME_ERROR;
    t->plan->thrown = thrown;
}

void lambda_time_out(struct turn *t)
{
    t->plan->outcome = OUTCOME_TIMEOUT;
}

void lambda_behave_healthy(struct world *w, struct turn *t)
{
    uint64_t number = random_between(&w->random, 10000, 99999), ms = t->plan->duration / 100;
    lambda_say(t, 1, INFO, "%s %u received from customer %u", t->f->subject, number,
               random_between(&w->random, 100, 9999));
    if (random_percent(&w->random, 30))
        lambda_say(t, ms / 2, INFO, "cache miss for %s %u, reading from the table", t->f->subject, number);
    lambda_say(t, ms > 3 ? ms - 2 : 1, INFO, "%s %u done in %u ms, answer %u bytes", t->f->subject, number,
               ms, random_between(&w->random, 180, 5200));
}

/* ---- the attempt ---- */

static void retry(struct world *w, const struct call *call, int64_t end)
{
    if (!call->async || call->attempt == ATTEMPTS_MAX)
        return;
    struct call again = *call;
    again.source = NULL;
    again.key = call->key ? compose_string("%s", call->key) : NULL;
    again.time = end + RETRY_MS * call->attempt + (int64_t)random_below(&w->random, 4000);
    again.attempt++;
    world_push(w, &again);
}

void lambda_finish(struct world *w, struct turn *t, int64_t end, bool failed)
{
    t->e->free_at = end + 1;
    t->e->calls++;
    w->truth.invocations++;
    w->truth.cold_starts += t->cold;
    if (failed)
        retry(w, t->call, end);
}

static void initialise(struct world *w, struct turn *t)
{
    const struct function *f = t->f;
    uint64_t median = f->surge_init && world_during(w, t->start) ? f->surge_init : f->init;
    t->init = random_spread(&w->random, median, f->init_spread);
    lines_init_start(w, t, t->start, f->snapstart);
    t->start += (int64_t)(t->init + 99) / 100 + 1;
    if (f->snapstart)
        lines_restore_report(w, t, t->start - 1, t->init);
}

/* After a time-out or a kill the environment is initialised again inside the next call, without a word. */
static void initialise_again(struct world *w, struct turn *t)
{
    uint64_t init = random_spread(&w->random, t->f->init, t->f->init_spread);
    t->e->reset = false;
    t->plan->duration += init;
    for (unsigned i = 0; i < t->plan->lines_n; i++)
        t->plan->lines[i].after_ms += init / 100;
}

static void write_failure(struct world *w, struct turn *t, int64_t end)
{
    struct plan *p = t->plan;
    bool old = w->old_style && !t->f->json;
    if (p->outcome == OUTCOME_ERROR) {
        lines_thrown(w, t, end, p->thrown, false);
        lines_end(w, t, end, old ? NULL : "error", old ? NULL : p->thrown->type);
    } else if (p->outcome == OUTCOME_TIMEOUT) {
        if (old)
            lines_timed_out(w, t, end);
        lines_end(w, t, end, old ? NULL : "timeout", NULL);
        w->truth.timeouts++;
        t->e->reset = true;
    } else {
        t->e->memory_mb = t->f->memory_mb;
        if (old)
            lines_crash(w, t, end, "Runtime exited with error: signal: killed", "Runtime.ExitError");
        lines_end(w, t, end, old ? NULL : "error", old ? NULL : "Runtime.OutOfMemory");
        t->e->reset = true;
        t->e->memory_mb = t->f->used_mb; /* a fresh process */
    }
}

static void play(struct world *w, struct turn *t)
{
    struct plan *p = t->plan;
    p->duration = random_spread(&w->random, t->f->duration, t->f->duration_spread);
    t->f->behave(w, t);
    if (t->e->reset)
        initialise_again(w, t);
    if (p->outcome == OUTCOME_TIMEOUT)
        p->duration = t->f->timeout_ms * 100 +
                      (w->old_style && !t->f->json ? random_below(&w->random, STALL_TICKS) : 0);
    int64_t end = t->start + (int64_t)(p->duration + 99) / 100;
    if (!p->start_lost)
        lines_start(w, t);
    for (unsigned i = 0; i < p->lines_n; i++)
        lines_said(w, t, &p->lines[i]);
    t->e->memory_mb += t->e->calls < 8 && random_percent(&w->random, 40);
    if (p->outcome != OUTCOME_OK)
        write_failure(w, t, end);
    else if (!p->end_lost)
        lines_end(w, t, end, NULL, NULL);
    if (t->call->source && t->call->source->gateway)
        gateway_calls_write(w, t, end);
    lambda_finish(w, t, end, p->outcome != OUTCOME_OK);
}

static void deploy(struct function *f, int64_t now)
{
    if (f->deploy_at == 0 || now < f->deploy_at)
        return;
    f->version++;
    f->init = f->deploy_init;
    f->deploy_at = 0;
}

void lambda_invoke(struct world *w, struct call *call)
{
    struct turn t = {.f = call->function, .call = call, .start = call->time, .plan = &w->plan};
    w->plan.lines_n = 0;
    w->plan.text.n = 0;
    w->plan.outcome = OUTCOME_OK;
    w->plan.start_lost = w->plan.end_lost = false;
    if (!call->traced)
        call->trace = world_trace(w, call->time);
    deploy(t.f, call->time);
    t.e = pick(w, t.f, call->time);
    t.cold = !t.e;
    if (!t.e)
        t.e = lambda_environment(w, t.f, call->time);
    if (t.f->take_over && t.f->take_over(w, &t))
        return;
    if (t.cold)
        initialise(w, &t);
    play(w, &t);
}
