/* How a loop is known, in words, and how sure that is: who wrote, and what shows that the writes invoked calls. */
#include "forensics/detector.h"
#include "forensics/loop_account.h"

/* How many hand-overs invoked in which way. */
struct ways {
    uint64_t n[TRIGGER_LOGGED + 1];
};

static struct ways ways_of(const struct loop_account *a)
{
    struct ways ret = {{0}};
    for (size_t i = 0; i < a->l->objects.n; i++)
        ret.n[a->c->links[a->l->objects.v[i]].trigger]++;
    return ret;
}

/* ---- confidence ---- */

enum confidence { NONE, CIRCUMSTANTIAL, STRONG, VERY_STRONG };

/* In the words of the field guide (s3-event-records 4.5). */
static enum confidence of_writers(const struct loop_account *a)
{
    switch (a->l->proof) {
    case PROOF_KEY: return CIRCUMSTANTIAL;
    case PROOF_TRACE: return STRONG;
    case PROOF_LINEAGE:
    case PROOF_PRINCIPAL: return VERY_STRONG;
    case PROOF_NONE:
    case CHAIN_PROOFS: break;
    }
    return NONE;
}

/* Of the kind that holds for half of the triggers or more, stronger ones counted in (4.6). */
static enum confidence of_triggers(const struct loop_account *a)
{
    struct ways w = ways_of(a);
    uint64_t told = w.n[TRIGGER_LOGGED] + w.n[TRIGGER_TRACED], named = told + w.n[TRIGGER_NAMED],
             all = a->l->objects.n;
    return told * 2 >= all ? VERY_STRONG : named * 2 >= all ? STRONG : CIRCUMSTANTIAL;
}

const char *loop_confidence(const struct loop_account *a)
{
    static const char *const words[] = {[NONE] = "none",
                                        [CIRCUMSTANTIAL] = "circumstantial",
                                        [STRONG] = "strong",
                                        [VERY_STRONG] = "very strong"};
    enum confidence writers = of_writers(a), triggers = of_triggers(a);
    return words[writers < triggers ? writers : triggers];
}

/* ---- words ---- */

/* Who wrote, by the proof that holds for most writes. */
static const char *written_by(const struct loop_account *a)
{
    const char *n = detector_count(a->m, a->l->written);
    switch (a->l->proof) {
    case PROOF_PRINCIPAL:
        return arena_printf(
            a->m,
            "Proof: principal (the strongest). %s names the writer of %s records by the role session of the "
            "loop's own functions; for a Lambda role the session is the function's name. Another principal "
            "with the same session name would disprove it.",
            a->l->to_buckets     ? "S3"
            : loop_only_calls(a) ? "CloudTrail"
                                 : "The queue",
            n);
    case PROOF_TRACE:
        return arena_printf(a->m,
                            "Proof: trace. The invocation that ran at each of %s writes and the one that the "
                            "write invoked, or the message itself, share "
                            "one trace root. Different roots at a second look would disprove it.",
                            n);
    case PROOF_KEY:
        return arena_printf(
            a->m,
            "Proof: key derivation. Each of %s keys is the key before it with something added, "
            "written while the invocation of that key ran. The records do not name the writer: "
            "CloudTrail data events would confirm or disprove it.",
            n);
    case PROOF_LINEAGE:
        return arena_printf(
            a->m,
            "Proof: lineage (stronger than a trace). The invocation that %s %s "
            "shares its trace root with what %s, and the hops that Lambda counts in the trace "
            "header grow from the one to the other. A count that does not grow, or another "
            "root, would disprove it.",
            loop_only_calls(a) ? "made each of" : "ran at each of",
            arena_printf(a->m, loop_only_calls(a) ? "%s calls" : "%s writes", n),
            loop_only_calls(a) ? "it invoked" : "it wrote");
    case PROOF_NONE:
    case CHAIN_PROOFS: break;
    }
    return "";
}

/* "180 by the event in the call's own log, 3 by …"; ways that occur. */
static const char *invoked_by(const struct loop_account *a)
{
    const char *const ways[] = {[TRIGGER_LOGGED] =
                                    loop_unknown_way(a) ? "by the one hop more in its trace header"
                                    : loop_only_calls(a)
                                        ? "by the request id that the call was answered with, or its trace"
                                        : "by the event in the call's own log",
                                [TRIGGER_TRACED] = "by a link of the call's trace",
                                [TRIGGER_NAMED] = a->l->to_buckets == a->l->written
                                                      ? "by the object's key in its lines"
                                                      : "by the object's key or message's id in its lines",
                                [TRIGGER_COUNTED] = "by records and calls that match one to one"};
    const char *text = "";
    struct ways counts = ways_of(a);
    for (size_t how = TRIGGER_LOGGED; how > TRIGGER_NONE; how--) {
        uint64_t n = counts.n[how];
        if (n)
            text =
                arena_printf(a->m, "%s%s%s %s", text, *text ? ", " : "", detector_count(a->m, n), ways[how]);
    }
    if (a->delay >= 0)
        text = arena_printf(a->m, "%s (median %.0f ms from write to start)", text, a->delay);
    return text;
}

static const char *clocks(const struct loop_account *a)
{
    if (!a->c->ahead_of)
        return "";
    return arena_printf(a->m,
                        " S3's clock is about %s %s that of the logs (%s writes whose key their call names): "
                        "times are shown as they stand, and who invoked whom rests on names, not on them.",
                        detector_span(a->m, a->c->ahead < 0 ? -a->c->ahead : a->c->ahead),
                        a->c->ahead < 0 ? "behind" : "ahead of", detector_count(a->m, a->c->ahead_of));
}

const char *loop_how_known(const struct loop_account *a)
{
    return arena_printf(a->m, "%s That a %s: %s. Confidence: %s.%s", written_by(a),
                        loop_only_calls(a) ? "call invoked the next" : "write invoked a call", invoked_by(a),
                        loop_confidence(a), clocks(a));
}
