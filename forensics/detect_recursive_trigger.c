/* recursive-trigger: functions that trigger themselves through buckets, queues and topics. Chains and their
 * proof: chain.h; loops: loop.h. A pipeline that writes to another bucket or queue is no loop, nor is a write
 * that triggers nothing, a message that its queue gives out again, or a failed one that is sent once more:
 * RETURNS_MIN calls of one function in one chain are, each invoked by a write of the one before or of what that
 * one invoked. A loop that was still running at the last record (its last call within a minute of it, or within
 * ten times the gap between its last calls) is critical, one that ended is high. */
#include "forensics/chain_parts.h"
#include "forensics/detector.h"
#include "forensics/loop_account.h"
#include "forensics/loop_doubt.h"
#include "forensics/loop_steps.h"
#include "forensics/messages.h"

#include <math.h>

enum {
    RETURNS_MIN = 3,
    ASTRAY_MIN = 5, /* records without a call; fewer may be of lost lines */
};

static uint64_t loop_examine(const struct dossier *d)
{
    return d->index->attempts.n ? d->index->objects.n + d->index->messages.n : 0;
}

static const char *began(const struct loop_account *a)
{
    int32_t root = a->l->root;
    if (root < 0)
        return "Which event began the loop is not known. ";
    return arena_printf(a->m, "One %s at %s%s (%s, %s) invoked %.*s, which %s. ",
                        loop_only_calls(a) ? "call" : "write", loop_clock(a, loop_object(a, root)->time),
                        a->c->links[root].clockless ? " by S3's clock" : "", loop_object_name(a, root),
                        loop_outside_writer(a, root),
                        SLICE_ARG(dossier_name(a->d, loop_attempt(a, a->c->links[root].triggered)->function)),
                        loop_only_calls(a) ? "called on" : "wrote back to what triggers it");
}

static const char *pace(const struct loop_account *a)
{
    const char *grew = a->doubling > 0 ? arena_printf(a->m, "While it grew, calls doubled every %s. ",
                                                      detector_span(a->m, (int64_t)(a->doubling * 1000)))
                                       : "";
    return arena_printf(
        a->m, "%sAt the end it made %.0f calls a minute. It cost %s, and %s an hour at that rate.", grew,
        a->calls_per_hour / 60, loop_money(a, a->cost), loop_money(a, a->cost_per_hour));
}

static const char *fix_of(const struct loop_account *a)
{
    if (loop_unknown_way(a))
        return "Find what carries the event from one call to the next: a direct call, a bucket, a queue or a "
               "topic; S3 event records, queue records or CloudTrail data events would name it. Keep the "
               "functions' recursion config at Terminate with a current SDK that forwards the trace header, "
               "and alarm on RecursiveInvocationsDropped, on invocations and on the budget.";
    if (loop_only_calls(a))
        return "Do not let a function call on by itself: give the work to a queue or a state machine with a "
               "bound. Carry a count of hops in the event and give up at a few, keep the functions' "
               "recursion config at Terminate with a current SDK that forwards the trace header, deny the "
               "roles to invoke each other, and alarm on RecursiveInvocationsDropped, on invocations and on "
               "the budget.";
    if (a->l->to_buckets == 0)
        return "Send to a queue or topic that invokes none of these functions. Carry a count of hops in the "
               "message and give up at a few, give the queue a dead-letter queue, keep the functions' "
               "recursion config at Terminate with a current SDK that forwards the trace header, and alarm "
               "on RecursiveInvocationsDropped, on invocations and on the budget.";
    return "Write to a bucket that triggers none of these functions; a prefix in the notification's filter, "
           "with output outside of it, is the weaker form. Deny the role to write where the trigger reads, "
           "keep the function's recursion config at Terminate with a current SDK, and alarm on "
           "RecursiveInvocationsDropped, on invocations and on the budget.";
}

static void write_prose(const struct loop_account *a, struct finding *f)
{
    struct arena *m = a->m;
    bool one = a->l->functions.n == 1;
    f->title =
        loop_only_calls(a)
            ? arena_printf(m, one ? "%s invokes itself%s" : "%s invoke each other%s", loop_functions(a),
                           loop_unknown_way(a) ? ", in a way that the evidence does not hold" : "")
            : arena_printf(m, one ? "%s triggers itself through %s" : "%s trigger each other through %s",
                           loop_functions(a), loop_buckets(a));
    f->what =
        arena_printf(m, "%s%s invocations in %s, %.1f %% of all that %s ran, in chains of up to %s. %s",
                     began(a), detector_count(m, a->l->attempts.n), detector_span(m, a->last - a->first),
                     100.0 * (double)a->l->attempts.n / (double)(a->all ? a->all : 1), loop_functions(a),
                     detector_count(m, a->l->generations), pace(a));
    f->how = loop_how_known(a);
    f->fix = fix_of(a);
}

static void write_facts(const struct loop_account *a, struct findings *fs, struct finding *f)
{
    finding_fact(fs, f, "invocations in the loop", "%s", detector_count(a->m, a->l->attempts.n));
    finding_fact(fs, f, "longest chain", "%s invocations", detector_count(a->m, a->l->generations));
    const char *stopped = loop_stopped(a);
    if (stopped)
        finding_fact(fs, f, "its end", "%s", stopped);
    finding_fact(fs, f, loop_only_calls(a) ? "calls per invocation" : "writes per invocation", "%.2f",
                 (double)a->l->written / (double)a->l->attempts.n);
    finding_step(fs, f, "calls of one function in the longest chain: %zu >= %d", a->l->returns, RETURNS_MIN);
    loop_write_cost(a, fs, f);
}

/* True when the loop goes through a resource of that kind. */
static bool goes_through(const struct loop_account *a, bool (*kind)(struct slice name))
{
    for (size_t i = 0; i < a->l->buckets.n; i++)
        if (kind(dossier_name(a->d, a->l->buckets.v[i])))
            return true;
    return false;
}

static bool is_bucket(struct slice name)
{
    return !message_queue(name) && !message_topic(name) && !message_direct(name);
}

/* What hands over events to the loop's functions, and how to make it stop. */
static void stop_sources(const struct loop_account *a, struct findings *fs, struct finding *f)
{
    if (goes_through(a, is_bucket))
        finding_command(fs, f, "# keeps the notification before it is changed");
    for (size_t i = 0; i < a->l->buckets.n; i++) {
        struct slice bucket = dossier_name(a->d, a->l->buckets.v[i]);
        const char *name = dossier_shell_name(a->m, bucket);
        if (is_bucket(bucket))
            finding_command(fs, f,
                            "aws s3api get-bucket-notification-configuration --bucket %s > "
                            "notification-backup-%s.json",
                            name, name);
    }
    if (goes_through(a, message_queue))
        finding_command(fs, f,
                        "# names the mapping of the queue; `update-event-source-mapping --uuid UUID "
                        "--no-enabled` stops it");
    for (size_t i = 0; i < a->l->functions.n && goes_through(a, message_queue); i++)
        finding_command(fs, f, "aws lambda list-event-source-mappings --function-name %s",
                        dossier_shell_name(a->m, dossier_name(a->d, a->l->functions.v[i])));
}

static void write_commands(const struct loop_account *a, struct findings *fs, struct finding *f)
{
    finding_command(
        fs, f,
        "# stops every invocation; waiting events go to the dead-letter queue or are dropped after 6 h");
    for (size_t i = 0; i < a->l->functions.n; i++)
        finding_command(
            fs, f,
            "aws lambda put-function-concurrency --function-name %s --reserved-concurrent-executions 0",
            dossier_shell_name(a->m, dossier_name(a->d, a->l->functions.v[i])));
    finding_command(
        fs, f, "# gives up retries and keeps destinations (put- instead where nothing is configured yet)");
    for (size_t i = 0; i < a->l->functions.n; i++)
        finding_command(
            fs, f,
            "aws lambda update-function-event-invoke-config --function-name %s --maximum-retry-attempts 0",
            dossier_shell_name(a->m, dossier_name(a->d, a->l->functions.v[i])));
    stop_sources(a, fs, f);
    finding_command(fs, f, "# lets AWS break such loops again: expect Terminate");
    for (size_t i = 0; i < a->l->functions.n; i++)
        finding_command(fs, f, "aws lambda get-function-recursion-config --function-name %s",
                        dossier_shell_name(a->m, dossier_name(a->d, a->l->functions.v[i])));
}

/* ---- graph and detail ---- */

struct tally {
    VEC(struct finding_edge) edges;
    VEC(uint64_t) counts;
};

static void count_edge(struct tally *t, struct finding_edge e, uint64_t n)
{
    for (size_t i = 0; i < t->edges.n; i++) {
        const struct finding_edge *k = &t->edges.v[i];
        if (k->from_kind == e.from_kind && strcmp(k->from, e.from) == 0 && strcmp(k->to, e.to) == 0) {
            t->counts.v[i] += n;
            return;
        }
    }
    *vec_push(&t->edges) = e;
    *vec_push(&t->counts) = n;
}

/* Names of the few functions and buckets, as text, once each. */
static const char *text_of(const struct loop_account *a, const char **names, uint32_t id)
{
    if (!names[id])
        names[id] = arena_copy(a->m, dossier_name(a->d, id)).p;
    return names[id];
}

/* The step's two halves; one where nothing stands between the functions. */
static void count_step(const struct loop_account *a, const char **names, struct tally *t,
                       const struct loop_edge *e)
{
    const char *reader = text_of(a, names, e->reader);
    const char *writer = e->writer ? text_of(a, names, e->writer) : NULL;
    if (message_direct(dossier_name(a->d, e->bucket))) {
        if (writer)
            count_edge(t, (struct finding_edge){writer, reader, NULL, NODE_FUNCTION, NODE_FUNCTION},
                       e->count);
        return;
    }
    const char *through = text_of(a, names, e->bucket);
    if (writer)
        count_edge(t, (struct finding_edge){writer, through, NULL, NODE_FUNCTION, NODE_BUCKET}, e->count);
    count_edge(t, (struct finding_edge){through, reader, NULL, NODE_BUCKET, NODE_FUNCTION}, e->count);
}

static void tally_make(const struct loop_account *a, struct tally *t)
{
    struct loop_steps steps;
    const char **names = calloc(a->d->index->names.names.n + 1, sizeof *names);
    if (!names)
        err_oom();
    loop_steps_init(&steps);
    for (size_t i = 0; i < a->l->objects.n; i++) {
        size_t o = (size_t)a->l->objects.v[i];
        loop_steps_add(&steps, a->c->links[o].function, chain_object(a->c, o)->bucket, chain_reader(a->c, o));
    }
    for (size_t i = 0; i < steps.list.n; i++)
        count_step(a, names, t, &steps.list.v[i]);
    loop_steps_done(&steps);
    free(names);
}

static const char *edge_label(const struct loop_account *a, const struct finding_edge *e, uint64_t n)
{
    const char *what = e->from_kind != NODE_FUNCTION ? detector_plural(n, "event", "events")
                       : e->to_kind == NODE_FUNCTION ? detector_plural(n, "call", "calls")
                                                     : detector_plural(n, "write", "writes");
    return arena_printf(a->m, "%s %s", detector_count(a->m, n), what);
}

static void write_edges(const struct loop_account *a, const struct tally *t, struct jsonw *w,
                        struct finding *f)
{
    jsonw_put_open(w, "edges", '[');
    for (size_t i = 0; i < t->edges.n; i++) {
        struct finding_edge *e = vec_push(&f->edges);
        *e = t->edges.v[i];
        e->label = edge_label(a, e, t->counts.v[i]);
        jsonw_open(w, '{');
        jsonw_put_string(w, "from", slice_str(e->from));
        jsonw_put_string(w, "to", slice_str(e->to));
        jsonw_put_count(w, "count", t->counts.v[i]);
        jsonw_close(w, '}');
    }
    jsonw_close(w, ']');
}

static void write_functions(const struct loop_account *a, struct jsonw *w)
{
    jsonw_put_open(w, "functions", '[');
    for (size_t i = 0; i < a->l->functions.n; i++)
        jsonw_string(w, dossier_name(a->d, a->l->functions.v[i]));
    jsonw_close(w, ']');
}

static void write_resources(const struct loop_account *a, struct jsonw *w, const char *key,
                            bool (*kind)(struct slice name))
{
    jsonw_put_open(w, key, '[');
    for (size_t i = 0; i < a->l->buckets.n; i++) {
        struct slice name = dossier_name(a->d, a->l->buckets.v[i]);
        if (kind(name))
            jsonw_string(w, kind == is_bucket ? name : message_resource(name));
    }
    jsonw_close(w, ']');
}

static void write_root(const struct loop_account *a, struct jsonw *w)
{
    jsonw_key(w, "root");
    if (a->l->root < 0) {
        jsonw_null(w);
        return;
    }
    const struct object_event *o = loop_object(a, a->l->root);
    jsonw_open(w, '{');
    jsonw_put_string(w, "bucket", dossier_name(a->d, o->bucket));
    jsonw_put_string(w, "key", object_key(o));
    jsonw_put_time(w, "time", o->time);
    jsonw_put_string_or_null(w, "principal", dossier_name(a->d, object_facts(a->d->index, o)->principal));
    jsonw_close(w, '}');
}

static void add_root(const struct loop_account *a, struct finding *f)
{
    struct slice to = dossier_name(a->d, loop_object(a, a->l->root)->bucket);
    bool called = message_direct(to);
    *vec_push(&f->edges) = (struct finding_edge){
        loop_writer(a, a->l->root), arena_copy(a->m, called ? message_resource(to) : to).p,
        called ? "first call" : "first write", NODE_ACTOR, called ? NODE_FUNCTION : NODE_BUCKET};
}

static void write_detail(const struct loop_account *a, struct findings *fs, struct finding *f)
{
    struct detail detail;
    struct jsonw *w = &detail.w;
    struct tally t = {{0}, {0}};
    tally_make(a, &t);
    detail_init(&detail);
    write_functions(a, w);
    write_resources(a, w, "buckets", is_bucket);
    write_resources(a, w, "queues", message_queue);
    write_resources(a, w, "topics", message_topic);
    write_resources(a, w, "calls", message_invoke);
    jsonw_put_count(w, "generations", a->l->generations);
    write_root(a, w);
    jsonw_put_count(w, "invocations", a->l->attempts.n);
    jsonw_put_double(w, "doubling_seconds", a->doubling > 0 ? a->doubling : NAN, 1);
    jsonw_put_string(w, "proof", slice_str(chain_proof_name(a->l->proof)));
    jsonw_put_string(w, "confidence", slice_str(loop_confidence(a)));
    jsonw_put_double(w, "cost_usd", a->cost, 6);
    jsonw_put_double(w, "cost_per_hour_usd", a->cost_per_hour, 6);
    jsonw_put_double(w, "calls_per_minute", a->calls_per_hour / 60, 1);
    jsonw_put_double(w, "writes_per_invocation", (double)a->l->written / (double)a->l->attempts.n, 3);
    jsonw_put_bool(w, "live", a->live);
    jsonw_put_string_or_null(w, "stopped_by", slice_str(loop_stopped(a)));
    write_edges(a, &t, w, f);
    detail_done(&detail, fs, f);
    vec_done(&t.edges);
    vec_done(&t.counts);
    if (a->l->root >= 0)
        add_root(a, f);
}

/* Intended recursion is named as such only by the user. */
static bool is_expected(const struct loop_account *a)
{
    size_t named = 0;
    for (size_t i = 0; i < a->l->buckets.n; i++) {
        struct slice bucket = message_resource(dossier_name(a->d, a->l->buckets.v[i]));
        bool hit = false;
        for (size_t k = 0; k < a->d->expected_loops_n; k++)
            hit |= slice_eq(bucket, a->d->expected_loops[k]);
        named += hit;
    }
    return named == a->l->buckets.n;
}

static void report(const struct detector *self, struct loop_account *a, struct findings *fs)
{
    loop_account_make(a);
    bool expected = is_expected(a);
    enum severity severity = expected ? SEVERITY_INFO : a->live ? SEVERITY_CRITICAL : SEVERITY_HIGH;
    const struct attempt *first = loop_attempt(a, a->l->attempts.v[0]);
    struct finding *f = finding_new(fs, self, severity, first->function);
    vec_reserve(&f->attempts, a->l->attempts.n);
    for (size_t i = 0; i < a->l->attempts.n; i++)
        finding_attempt(f, loop_walk(a, i));
    finding_seen(f, a->first);
    finding_seen(f, a->last);
    f->live = a->live && !expected;
    f->key = loop_buckets(a);
    write_prose(a, f);
    write_facts(a, fs, f);
    write_commands(a, fs, f);
    loop_write_hops(a, f);
    write_detail(a, fs, f);
    finding_span(f, a->doubling > 0 ? "loop, growing" : "loop", f->first_seen, f->last_seen);
}

static void leave_open(struct findings *fs, const char *what)
{
    fs->undecided = fs->undecided ? arena_printf(&fs->arena, "%s; %s", fs->undecided, what) : what;
}

/* Two explanations: none is claimed, and what would tell them apart is said. */
static void doubt(const struct loop_account *a, struct findings *fs)
{
    leave_open(
        fs, arena_printf(a->m,
                         "%s calls of %s each follow a write of the one before to %s, as calls do that the "
                         "write invokes, and as those of a caller that waits for each answer; the "
                         "notification of the bucket, printed events or a trace would tell",
                         detector_count(a->m, a->l->attempts.n), loop_functions(a), loop_buckets(a)));
}

/* Without a common clock, and without names in the lines, nothing ties records to calls. */
static void doubt_clocks(const struct chains *c, struct findings *fs)
{
    struct arena *m = &fs->arena;
    const char *what = NULL;
    if (fs->list.n) /* it shows that clocks agree, or says by how much they do not */
        return;
    struct chain_astray k = chain_astray_of(c);
    if (k.off)
        what =
            arena_printf(m,
                         "S3's records of %.*s match its calls one to one, but are dated %s %s their ends: "
                         "the clocks differ",
                         SLICE_ARG(dossier_name(c->d, k.function)),
                         detector_span(m, k.off < 0 ? -k.off : k.off), k.off < 0 ? "before" : "after");
    else if (k.astray >= ASTRAY_MIN && k.astray * 2 > k.written)
        what = arena_printf(
            m,
            "%s of %s records that name a function of the evidence as their writer were written "
            "while none of its calls ran: S3's clock is not that of the logs, or logs are missing",
            detector_count(m, k.astray), detector_count(m, k.written));
    else if (k.rounded)
        what =
            arena_printf(m,
                         "%.*s wrote as many records as it had calls, but their times are whole seconds, in "
                         "which several calls begin",
                         SLICE_ARG(dossier_name(c->d, k.rounded)));
    if (what)
        leave_open(fs,
                   arena_printf(m,
                                "%s; the calls' printed events, or lines with the objects' keys, would tell "
                                "what they invoked",
                                what));
}

static const char *loop_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    struct chains c;
    loops all = {0};
    chains_init(&c, d);
    loops_find(&c, &all);
    for (size_t i = 0; i < all.n; i++) {
        struct loop_account a = {.d = d, .c = &c, .l = &all.v[i], .m = &fs->arena};
        if (all.v[i].returns < RETURNS_MIN || all.v[i].proof == PROOF_NONE)
            continue;
        if (loop_doubtful(&c, &all.v[i]))
            doubt(&a, fs);
        else
            report(self, &a, fs);
    }
    doubt_clocks(&c, fs);
    loops_done(&all);
    chains_done(&c);
    struct arena *m = &fs->arena;
    size_t records = d->index->objects.n, messages = d->index->messages.n;
    const char *read = arena_printf(m, "%s S3 %s", detector_count(m, records),
                                    detector_plural(records, "record", "records"));
    const char *also = arena_printf(m, "%s %s", detector_count(m, messages),
                                    detector_plural(messages, "message or call", "messages or calls"));
    return arena_printf(m, "no function was triggered by its own writes in %s%s%s",
                        records || !messages ? read : "", records && messages ? " and " : "",
                        messages ? also : "");
}

const struct detector detector_recursive_trigger = {
    .name = "recursive-trigger",
    .doc = "functions that trigger themselves through buckets, queues, topics and calls, with the chain and "
           "what it costs",
    .missing = "no S3 event record, message of a queue or topic, or call of a function together with an "
               "invocation in the evidence",
    .rule =
        "At least 3 calls of one function in a chain, each invoked by a write of the one before or of what "
        "that one invoked, through functions that reach each other. A trigger needs the event in the log, a "
        "link of the trace, the key or message id in the lines, or records and calls that match one to one "
        "(S3 only): at least 5, 95 % of both sides, median delay at most 5 s, delays that vary less than the "
        "gaps between calls, or gaps that follow the work. An attempt begins at START, else at REPORT less "
        "its duration. A record in whole seconds may be up to 1 s younger than it says. Not claimed when a "
        "schedule, or a caller that waits for each answer, explains the times as well. Live (critical) when "
        "the last call lies within a minute, or ten gaps, of the last record; else high.",
    .fact =
        "S3 and SQS name the writer by its role session, which for an execution role is the function. AWS "
        "stops chains of about 16 calls for SQS and SNS since 2023-07-13, for S3 only since 2024-10-09, and "
        "only with a current SDK (field guide 4.5-4.7, 6.4, 8.2).",
    .disproof = "Another principal with the same session name; a notification filter or event source mapping "
                "that shows that these writes trigger nothing; different trace roots along the chain.",
    .wide = true,
    .examine = loop_examine,
    .run = loop_run,
};
