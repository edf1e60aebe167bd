/* What a loop did: numbers first, then words. */
#include "forensics/loop_account.h"

#include "base/huge.h"
#include "base/parallel.h"
#include "forensics/chain_parts.h"
#include "forensics/cost.h"
#include "forensics/messages.h"
#include "forensics/stats.h"

#include <math.h>

enum {
    LIVE_MS = 60000, /* S3 may take a minute to deliver (field guide 4.1) */
    LIVE_GAPS = 10,
    RATE_CALLS = 100, /* the rate at the end is that of so many last calls */
    DOUBLINGS_MIN = 3,
};

/* Exponential growth doubles in even spans; a loop with one write a call doubles in spans twice as long each.
 */
#define DOUBLING_STEP_MAX 1.5

static int64_t begin_of(const struct loop_account *a, size_t i)
{
    return attempt_begin(loop_attempt(a, a->l->attempts.v[i]));
}

/* Seconds in which the calls doubled while they grew; 0 when they did not grow so. */
static double doubling_of(const struct loop_account *a)
{
    double spans[64];
    size_t n = 0;
    for (size_t k = 4; k * 2 <= a->l->attempts.n && n < 64; k *= 2) {
        double span = (double)(begin_of(a, k * 2 - 1) - begin_of(a, k - 1)) / 1000.0;
        if (n > 0 && span > DOUBLING_STEP_MAX * spans[n - 1])
            break;
        spans[n++] = span;
    }
    if (n < DOUBLINGS_MIN)
        return 0;
    return stats_median(spans, n);
}

/* Delays of the loop's hand-overs, in any order. */
struct delays {
    const struct loop_account *a;
    double *v;  /* each block has its place in it */
    size_t *of; /* how many each block has */
};

static void take_delays(void *ctx, size_t block, size_t from, size_t to)
{
    const struct delays *d = ctx;
    const int32_t *objects = d->a->l->objects.v;
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        if (i + ATTEMPTS_AHEAD < to)
            chain_fetch(d->a->c, (size_t)objects[i + ATTEMPTS_AHEAD]);
        int64_t delay = chains_delay(d->a->c, (size_t)objects[i]);
        if (delay != TIME_NONE)
            d->v[from + n++] = (double)(delay > 0 ? delay : 0);
    }
    d->of[block] = n;
}

static double median_delay(const struct loop_account *a)
{
    size_t all = a->l->objects.n, blocks = parallel_count(all), n = 0;
    struct delays d = {a, huge_array(all, sizeof *d.v), huge_array(blocks, sizeof *d.of)};
    parallel_blocks(a->d->ev->threads, all, take_delays, &d);
    for (size_t i = 0; i < blocks; n += d.of[i++])
        memmove(d.v + n, d.v + i * PARALLEL_BLOCK, d.of[i] * sizeof *d.v);
    double median = n ? stats_median(d.v, n) : -1;
    huge_free(d.v);
    huge_free(d.of);
    return median;
}

/* A call by a queue's messages is one receipt and one deletion, each of a batch. */
static void count_requests(struct loop_account *a)
{
    a->queue_requests = a->l->to_queues;
    a->fifo_requests = a->l->to_fifos;
    for (size_t i = 0; i < a->l->attempts.n; i++) {
        int32_t cause = a->c->cause[a->l->attempts.v[i]];
        if (cause < 0 || !chain_message(a->c, (size_t)cause))
            continue;
        struct slice name = dossier_name(a->d, loop_object(a, cause)->bucket);
        if (message_queue(name))
            *(message_fifo(name) ? &a->fifo_requests : &a->queue_requests) += 2;
    }
}

static void add_costs(struct loop_account *a)
{
    size_t n = a->l->attempts.n, tail = n < RATE_CALLS ? n : RATE_CALLS;
    for (size_t i = 0; i < n; i++)
        a->gb_seconds += cost_gb_seconds(loop_walk(a, i));
    count_requests(a);
    a->compute = cost_usd(a->gb_seconds, (double)n);
    a->through =
        COST_PER_S3_PUT * (double)a->l->to_buckets + COST_PER_SQS_REQUEST * (double)a->queue_requests +
        COST_PER_FIFO_REQUEST * (double)a->fifo_requests + COST_PER_SNS_PUBLISH * (double)a->l->to_topics;
    a->cost = a->compute + a->through;
    double hours = (double)(a->last - begin_of(a, n - tail)) / 3600000.0;
    a->calls_per_hour = hours > 0 ? (double)(tail - 1) / hours : 0;
    a->cost_per_hour = a->cost / (double)n * a->calls_per_hour;
}

/* The last of the evidence; by the logs' clock alone when that of S3 differs. */
static int64_t evidence_end(const struct loop_account *a)
{
    const struct index *x = a->d->index;
    if (!a->c->ahead_of)
        return a->d->end;
    int64_t end = a->last;
    for (size_t i = 0; i < x->attempts.n; i++)
        end = attempt_over(x->attempts.v[i]) > end ? attempt_over(x->attempts.v[i]) : end;
    return end;
}

void loop_account_make(struct loop_account *a)
{
    size_t n = a->l->attempts.n;
    a->first = begin_of(a, 0);
    a->last = begin_of(a, n - 1);
    if (a->l->root >= 0 && !a->c->links[a->l->root].clockless && loop_object(a, a->l->root)->time < a->first)
        a->first = loop_object(a, a->l->root)->time;
    for (size_t i = 0; i < a->l->functions.n; i++) {
        const struct function *f = dossier_function(a->d, a->l->functions.v[i]);
        a->all += f ? f->attempts.n : 0;
    }
    add_costs(a);
    a->delay = median_delay(a);
    a->doubling = doubling_of(a);
    double gap = a->calls_per_hour > 0 ? 3600000.0 / a->calls_per_hour * LIVE_GAPS : 0;
    a->live = (double)(evidence_end(a) - a->last) <= fmax(gap, LIVE_MS);
}

/* ---- words ---- */

static const char *listed(const struct loop_account *a, const uint32_t *v, size_t n)
{
    const char *text = "";
    for (size_t i = 0; i < n; i++) {
        struct slice name = dossier_name(a->d, v[i]);
        bool called = message_invoke(name);
        name = message_unknown(name) ? SLICE("what the evidence does not hold") : name;
        text = arena_printf(a->m, "%s%s%s%.*s", text,
                            i == 0       ? ""
                            : i + 1 == n ? " and "
                                         : ", ",
                            called ? "calls of " : "", SLICE_ARG(called ? message_resource(name) : name));
    }
    return text;
}

bool loop_only_calls(const struct loop_account *a)
{
    for (size_t i = 0; i < a->l->buckets.n; i++)
        if (!message_direct(dossier_name(a->d, a->l->buckets.v[i])))
            return false;
    return true;
}

bool loop_unknown_way(const struct loop_account *a)
{
    for (size_t i = 0; i < a->l->buckets.n; i++)
        if (message_unknown(dossier_name(a->d, a->l->buckets.v[i])))
            return true;
    return false;
}

const char *loop_functions(const struct loop_account *a)
{
    return listed(a, a->l->functions.v, a->l->functions.n);
}

const char *loop_buckets(const struct loop_account *a)
{
    return listed(a, a->l->buckets.v, a->l->buckets.n);
}

const char *loop_clock(const struct loop_account *a, int64_t time)
{
    char text[TEXT_TIME_SIZE];
    if (time == TIME_NONE)
        return "an unknown time";
    text_time_print(time, text);
    return arena_copy(a->m, slice_of(text + 11, 8)).p;
}

/* Keys that grew hop by hop are shown by their ends. */
const char *loop_object_name(const struct loop_account *a, int32_t i)
{
    enum { FRONT = 40, BACK = 24 };
    const struct object_event *o = loop_object(a, i);
    struct slice bucket = dossier_name(a->d, o->bucket);
    if (message_unknown(bucket))
        return "a call, in an unknown way";
    if (message_invoke(bucket))
        return arena_printf(a->m, "call of %.*s, request %.*s", SLICE_ARG(message_resource(bucket)),
                            SLICE_ARG(object_key(o)));
    if (chain_message(a->c, (size_t)i))
        return arena_printf(a->m, o->key_n ? "%.*s, message %.*s" : "%.*s", SLICE_ARG(bucket),
                            SLICE_ARG(object_key(o)));
    if (o->key_n <= FRONT + BACK + 3)
        return arena_printf(a->m, "%.*s/%.*s", SLICE_ARG(bucket), SLICE_ARG(object_key(o)));
    return arena_printf(a->m, "%.*s/%.*s…%.*s", SLICE_ARG(bucket), FRONT, o->key_at, BACK,
                        o->key_at + o->key_n - BACK);
}

/* EventBridge names the account alone: 12 digits (field guide 4.2). */
static bool is_account(struct slice principal)
{
    enum { DIGITS = 12 };
    for (size_t i = 0; i < principal.n; i++)
        if (principal.p[i] < '0' || principal.p[i] > '9')
            return false;
    return principal.n == DIGITS;
}

const char *loop_writer(const struct loop_account *a, int32_t i)
{
    const struct object_event *o = loop_object(a, i);
    uint32_t function = a->c->links[i].function;
    if (function)
        return arena_copy(a->m, dossier_name(a->d, function)).p;
    struct slice principal = dossier_name(a->d, object_facts(a->d->index, o)->principal);
    if (principal.n == 0)
        return "unknown";
    return arena_printf(a->m, is_account(principal) ? "unknown (account %.*s)" : "%.*s",
                        SLICE_ARG(principal));
}

const char *loop_outside_writer(const struct loop_account *a, int32_t i)
{
    struct slice principal = dossier_name(a->d, object_facts(a->d->index, loop_object(a, i))->principal);
    if (principal.n == 0 || is_account(principal))
        return arena_printf(a->m, "writer %s, inferred to be no call of the loop", loop_writer(a, i));
    return arena_printf(a->m, "by %.*s, not a function of the loop", SLICE_ARG(principal));
}

const char *loop_time_note(const struct loop_account *a, int32_t i)
{
    const struct chain_link *k = &a->c->links[i];
    return k->clockless ? " (by S3's clock)" : k->coarse ? " (in whole seconds)" : "";
}

const char *loop_money(const struct loop_account *a, double usd)
{
    if (usd > 0 && usd < 0.001)
        return "less than $0.001";
    return arena_printf(a->m, usd < 1 ? "$%.3f" : "$%.2f", usd);
}
