/* What the evidence says of a loop's end: its last call and what became of the write behind it. */
#include "forensics/attempt.h"
#include "forensics/detector.h"
#include "forensics/loop_account.h"

/* Lambda ends a chain after about so many calls (field guide 8.2: recursive loop detection). */
enum { DETECTION_LEAST = 15, DETECTION_MOST = 17 };

/* The last object that the attempt wrote to a bucket of the loop, CHAIN_NO_ROW when none. */
static int32_t last_write(const struct loop_account *a, const struct attempt *by)
{
    for (size_t k = a->c->n; k-- > 0;) {
        size_t i = chain_at(a->c, k);
        const struct object_event *o = loop_object(a, (int32_t)i);
        if (!a->c->ahead_of && o->time != TIME_NONE && o->time < attempt_begin(by))
            break;
        if (a->c->links[i].writer == (int32_t)by->row && a->c->links[i].creation &&
            loop_through(a->l, o->bucket))
            return (int32_t)i;
    }
    return CHAIN_NO_ROW;
}

/* A queue gives a message out again and again while its function is not allowed to run. */
static const char *tried(const struct loop_account *a, int32_t o)
{
    const struct message *m = chain_message(a->c, (size_t)o);
    return m && m->receives > 1
               ? arena_printf(a->m, " (its queue gave it out %s times)", detector_count(a->m, m->receives))
               : "";
}

/* Lambda's own end of a chain leaves no line: the number of calls has to tell. */
static const char *guarded(const struct loop_account *a)
{
    if (a->l->returns < DETECTION_LEAST || a->l->returns > DETECTION_MOST)
        return NULL;
    return arena_printf(
        a->m,
        "the longest chain has %zu calls of one function: about where Lambda's own loop detection "
        "ends one",
        a->l->returns);
}

static const char *stopped_at_write(const struct loop_account *a, int32_t o, const char *time)
{
    const char *what = loop_object_name(a, o), *guard = guarded(a);
    if (guard)
        return arena_printf(a->m, "the last call began at %s; its write %s invoked nothing%s, and %s", time,
                            what, tried(a, o), guard);
    return arena_printf(
        a->m,
        "the last call began at %s; of its write %s the evidence has no call%s: the notification was "
        "gone, the function held back (concurrency 0), or its logs end",
        time, what, tried(a, o));
}

static const char *stopped_in_silence(const struct loop_account *a, const char *time)
{
    const char *where = a->l->to_buckets ? "the loop's buckets" : loop_buckets(a), *guard = guarded(a);
    if (loop_only_calls(a))
        return arena_printf(
            a->m, "the last call began at %s, went well and called on none that the evidence has: %s", time,
            guard ? guard : "the function no longer calls, or the records end");
    if (guard)
        return arena_printf(
            a->m,
            "the last call began at %s, went well and wrote nothing that the evidence has to %s; "
            "%s, which leaves no trace of the call that it drops",
            time, where, guard);
    return arena_printf(
        a->m,
        "the last call began at %s, went well and wrote nothing that the evidence has to %s: the "
        "function no longer writes there, or the records end",
        time, where);
}

const char *loop_stopped(const struct loop_account *a)
{
    if (a->live)
        return NULL;
    const struct attempt *last = loop_attempt(a, a->l->attempts.v[a->l->attempts.n - 1]);
    int32_t o = last_write(a, last);
    const char *time = loop_clock(a, attempt_begin(last));
    if (o >= 0)
        return stopped_at_write(a, o, time);
    if (attempt_status(last) != ATTEMPT_OK)
        return arena_printf(a->m, "the last call began at %s, ended as %s and wrote nothing more", time,
                            attempt_status_name(attempt_status(last)));
    return stopped_in_silence(a, time);
}
