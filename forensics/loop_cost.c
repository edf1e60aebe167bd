/* What a loop cost, as facts and as arithmetic. */
#include "forensics/cost.h"
#include "forensics/detector.h"
#include "forensics/loop_account.h"

/* One way in which calls are handed over, and its price. */
struct way {
    const char *name;
    uint64_t n;
    double price;
};
enum { WAYS = 4 };

static void ways_of(const struct loop_account *a, struct way ret[WAYS])
{
    ret[0] = (struct way){"S3 writes", a->l->to_buckets, COST_PER_S3_PUT};
    ret[1] = (struct way){"SQS requests", a->queue_requests, COST_PER_SQS_REQUEST};
    ret[2] = (struct way){"SQS FIFO requests", a->fifo_requests, COST_PER_FIFO_REQUEST};
    ret[3] = (struct way){"SNS publishes", a->l->to_topics, COST_PER_SNS_PUBLISH};
}

void loop_write_cost(const struct loop_account *a, struct findings *fs, struct finding *f)
{
    struct way ways[WAYS];
    const char *sum = arena_printf(a->m, "%.3f GB-s * %.10f + %zu calls * %.8f", a->gb_seconds,
                                   COST_PER_GB_SECOND, a->l->attempts.n, COST_PER_REQUEST);
    const char *parts = arena_printf(a->m, "%s calls and compute", loop_money(a, a->compute));
    ways_of(a, ways);
    for (size_t i = 0; i < WAYS; i++) {
        if (ways[i].n == 0)
            continue;
        sum = arena_printf(a->m, "%s + %s %s * %.7f", sum, detector_count(a->m, ways[i].n), ways[i].name,
                           ways[i].price);
        parts = arena_printf(a->m, "%s, %s %s", parts, loop_money(a, ways[i].price * (double)ways[i].n),
                             ways[i].name);
    }
    finding_step(fs, f, "cost = %s = $%.6f", sum, a->cost);
    finding_step(fs, f, "an hour = $%.6f / %zu calls * %.1f calls an hour = $%.4f", a->cost, a->l->attempts.n,
                 a->calls_per_hour, a->cost_per_hour);
    finding_fact(fs, f, "GB-seconds", "%.1f", a->gb_seconds);
    finding_fact(fs, f, "cost (x86, us-east-1 prices of " COST_DATE ")", "%s: %s", loop_money(a, a->cost),
                 parts);
}
