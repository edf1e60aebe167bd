/* What a loop did, in numbers and words: rate, growth, cost, and the names of what took part. For the
 * detector's prose. Text is of the account's arena. */
#ifndef FORENSICS_LOOP_ACCOUNT_H
#define FORENSICS_LOOP_ACCOUNT_H

#include "forensics/finding.h"
#include "forensics/loop.h"

struct loop_account {
    const struct dossier *d;
    const struct chains *c;
    const struct loop *l;
    struct arena *m;
    int64_t first, last;
    double gb_seconds, cost, calls_per_hour, cost_per_hour; /* USD; the rate is that of the last calls */
    uint64_t queue_requests, fifo_requests; /* to send, receive and delete; a call's batch is received once */
    double compute, through;                /* USD of the cost: of calls, and of what they go through */
    double doubling; /* seconds in which calls doubled while they grew, 0 when they did not grow so */
    double delay;    /* median from a write to the start it triggered, ms; -1 when unknown */
    uint64_t all;    /* invocations of the loop's functions in the evidence */
    bool live;       /* still running at the last record of the evidence */
};

static inline const struct object_event *loop_object(const struct loop_account *a, int32_t i)
{
    return chain_object(a->c, (size_t)i);
}

static inline const struct attempt *loop_attempt(const struct loop_account *a, int32_t row)
{
    return row >= 0 ? a->d->index->attempts.v[row] : NULL;
}

/* The i-th call of the loop, in a walk from the begin. */
static inline const struct attempt *loop_walk(const struct loop_account *a, size_t i)
{
    size_t to_come = i + ATTEMPTS_AHEAD < a->l->attempts.n ? i + ATTEMPTS_AHEAD : i;
    __builtin_prefetch(loop_attempt(a, a->l->attempts.v[to_come]));
    return loop_attempt(a, a->l->attempts.v[i]);
}

/* Fills the numbers from d, c, l and m, which the caller sets. */
void loop_account_make(struct loop_account *a);
/* "resize and optimise"; the loop's functions; its buckets, queues and topics ("uploads and queue jobs"). */
const char *loop_functions(const struct loop_account *a);
const char *loop_buckets(const struct loop_account *a);
/* Its functions invoke each other, through nothing that the evidence holds; and it does not even hold the calls. */
bool loop_only_calls(const struct loop_account *a);
bool loop_unknown_way(const struct loop_account *a);
/* hh:mm:ss */
const char *loop_clock(const struct loop_account *a, int64_t time);
/* BUCKET/KEY of an object, keys that grew by their ends; "queue NAME, message ID". */
const char *loop_object_name(const struct loop_account *a, int32_t i);
/* The function that wrote it, else the principal; "unknown (account N)" where that is but an account. */
const char *loop_writer(const struct loop_account *a, int32_t i);
/* The same of one that no function of the loop wrote: "by PRINCIPAL, not a function of the loop". */
const char *loop_outside_writer(const struct loop_account *a, int32_t i);
/* " (by S3's clock)", " (in whole seconds)", or "": what to know of the hand-over's time. */
const char *loop_time_note(const struct loop_account *a, int32_t i);
/* "very strong", "strong" or "circumstantial": the weaker of who wrote and what invoked. And all of it in words. */
const char *loop_confidence(const struct loop_account *a);
const char *loop_how_known(const struct loop_account *a);
/* When its last call began and what the evidence says stopped it; NULL while it is live. */
const char *loop_stopped(const struct loop_account *a);
/* The longest chain as a table, and the moments of the loop. */
void loop_write_hops(const struct loop_account *a, struct finding *f);
/* Facts and steps. */
void loop_write_cost(const struct loop_account *a, struct findings *fs, struct finding *f);
const char *loop_money(const struct loop_account *a, double usd);

#endif
