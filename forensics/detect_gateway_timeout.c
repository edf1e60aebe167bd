/* gateway-timeout: API Gateway gave up at its integration limit (29 s by default) while the function went on.
 * The gateway's execution log names its request id and the function; the function's invocation is the one
 * that began within PAIR_MS of the call and was still running when the gateway gave up. Both ids are the
 * proof. Severity: 3 or more are high, 1 or 2 medium. */
#include "forensics/calls.h"
#include "forensics/detector.h"
#include "forensics/remedy.h"

enum { PAIR_MS = 1500, TIMEOUT_HIGH = 3, ROWS_SHOWN = 10 };

static uint64_t gateway_examine(const struct dossier *d)
{
    return d->index->gateway.n;
}

/* The nearest free attempt that was running when the gateway gave up. */
static const struct attempt *nearest(const struct dossier *d, const uint8_t *taken, const struct call *c)
{
    const struct function *f = dossier_function(d, c->function);
    int64_t best = PAIR_MS + 1;
    const struct attempt *found = NULL;
    if (!f)
        return NULL;
    for (size_t i = dossier_lower(f, c->begin - PAIR_MS); i < f->attempts.n; i++) {
        const struct attempt *a = f->attempts.v[i];
        int64_t gap = attempt_begin(a) - c->begin;
        if (gap > PAIR_MS)
            break;
        gap = gap < 0 ? -gap : gap;
        bool running = attempt_over(a) >= c->gave_up - PAIR_MS;
        if (running && gap < best && !taken[a->row]) {
            best = gap;
            found = a;
        }
    }
    return found;
}

/* Every attempt stands behind one call at most, when only the time ties them. */
static void pair_by_time(const struct dossier *d, calls *all)
{
    uint8_t *taken = calloc(d->index->attempts.n + 1, 1);
    if (!taken)
        err_oom();
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].attempt)
            taken[all->v[i].attempt->row] = 1;
    for (size_t i = 0; i < all->n; i++) {
        struct call *c = &all->v[i];
        bool timed = c->begin != TIME_NONE && c->gave_up != TIME_NONE;
        if (timed && !c->attempt && (c->attempt = nearest(d, taken, c)))
            taken[c->attempt->row] = 1;
    }
    free(taken);
}

/* Calls that ended in a time-out, with their invocations; the rest is only counted. */
static void collect(const struct dossier *d, calls *ret)
{
    size_t n = 0;
    calls_make(d->index, ret);
    for (size_t i = 0; i < ret->n; i++)
        if (ret->v[i].timed_out)
            ret->v[n++] = ret->v[i];
    ret->n = n;
    calls_follow_traces(d->index, PAIR_MS, ret);
    pair_by_time(d, ret);
    for (size_t i = 0; i < n; i++)
        if (ret->v[i].attempt)
            ret->v[i].function = ret->v[i].attempt->function;
}

/* A 504 behind an invocation that had ended is not the gateway's impatience. */
static void drop_ended(calls *all)
{
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) {
        const struct attempt *a = all->v[i].attempt;
        if (!a || all->v[i].gave_up == TIME_NONE || attempt_status(a) == ATTEMPT_INCOMPLETE ||
            attempt_over(a) >= all->v[i].gave_up - PAIR_MS)
            all->v[n++] = all->v[i];
    }
    all->n = n;
}

/* The gateway's id as its log writes it. */
static struct slice call_id(const struct dossier *d, const struct call *c, char buffer[37])
{
    if (c->id_text)
        return dossier_name(d, c->id_text);
    text_uuid_print(c->id.bytes, buffer);
    return slice_str(buffer);
}

static void write_pairs(const struct dossier *d, const calls *all, uint32_t function, struct findings *fs,
                        struct finding *f)
{
    static const char *const columns[] = {"call (UTC)", "gateway request", "Lambda request", "#gave up after",
                                          "#function ran"};
    struct finding_table *t = finding_table(f, "Calls given up", columns, 5);
    struct arena *m = &fs->arena;
    for (size_t i = 0, shown = 0; i < all->n && shown < ROWS_SHOWN; i++) {
        const struct call *c = &all->v[i];
        char gateway[37];
        if (c->function != function)
            continue;
        shown++;
        *vec_push(&t->cells) = c->begin != TIME_NONE ? detector_time(m, c->begin) : "unknown";
        *vec_push(&t->cells) = arena_copy(m, call_id(d, c, gateway)).p;
        *vec_push(&t->cells) = c->attempt ? detector_request_id(m, d, c->attempt) : "not in the evidence";
        bool timed = c->begin != TIME_NONE && c->gave_up != TIME_NONE;
        *vec_push(&t->cells) = timed ? detector_span(m, c->gave_up - c->begin) : "unknown";
        bool known = c->attempt && decimal_known(c->attempt->duration);
        *vec_push(&t->cells) =
            known ? arena_printf(m, "%.0f ms", decimal_value(c->attempt->duration)) : "unknown";
    }
}

static void write_detail(const struct dossier *d, const calls *all, uint32_t function, struct findings *fs,
                         struct finding *f)
{
    struct detail detail;
    int64_t limit = 0;
    detail_init(&detail);
    jsonw_put_open(&detail.w, "pairs", '[');
    for (size_t i = 0; i < all->n; i++) {
        const struct call *c = &all->v[i];
        char gateway[37];
        if (c->function != function)
            continue;
        if (c->gave_up != TIME_NONE && c->gave_up - c->begin > limit)
            limit = c->gave_up - c->begin;
        jsonw_open(&detail.w, '{');
        jsonw_put_string(&detail.w, "gateway_request_id", call_id(d, c, gateway));
        jsonw_key(&detail.w, "request_id");
        if (c->attempt)
            detail_id(&detail, d, c->attempt);
        else
            jsonw_null(&detail.w);
        jsonw_key(&detail.w, "duration_ms");
        jsonw_decimal(&detail.w, c->attempt ? c->attempt->duration : DECIMAL_UNKNOWN);
        jsonw_close(&detail.w, '}');
    }
    jsonw_close(&detail.w, ']');
    jsonw_put_count_or_null(&detail.w, "limit_ms", limit > 0, (uint64_t)(limit + 500) / 1000 * 1000);
    detail_done(&detail, fs, f);
}

/* What became of the invocations: `finished` went on and ended well, which only times tell. */
static const char *behind(struct arena *m, const struct finding *f, uint64_t finished)
{
    if (f->attempts.n == 0)
        return "The invocations behind them are not in the evidence.";
    if (f->last_seen == TIME_NONE)
        return "The log has no times: whether the invocations behind them went on is unknown.";
    return arena_printf(m,
                        "%s of the invocations behind them went on and finished without an error; nobody got "
                        "the answer, and it was billed.",
                        finished ? detector_count(m, finished) : "None");
}

static void write_prose(const struct dossier *d, uint32_t function, uint64_t finished, struct findings *fs,
                        struct finding *f)
{
    struct arena *m = &fs->arena;
    struct slice name = function ? dossier_name(d, function) : SLICE("a function that the log does not name");
    f->moment = "call given up";
    f->title = arena_printf(m, "API Gateway gave up on %s %s of %.*s%s", detector_count(m, f->count),
                            detector_plural(f->count, "call", "calls"), SLICE_ARG(name),
                            f->attempts.n && f->last_seen != TIME_NONE ? " that went on running" : "");
    f->what = arena_printf(
        m, "The gateway's integration limit ended %s %s with 504; clients saw a failure. %s",
        detector_count(m, f->count), detector_plural(f->count, "call", "calls"), behind(m, f, finished));
    f->how = "The gateway's log says \"Execution failed due to a timeout error\", or its access log 504, for "
             "its request id; "
             "the invocation behind it is the one whose request id the gateway names, else the one of the "
             "same trace, else "
             "the one that began with the call and was still running then. Another id in the gateway's \"AWS "
             "Integration "
             "Endpoint RequestId\" would disprove a pair.";
    const struct function *fn = dossier_function(d, function);
    if (fn) {
        finding_command(fs, f,
                        "# frees the environment when the caller is gone; work that needs longer then fails");
        remedy_configure(d, fn, "--timeout 28", fs, f);
    }
    f->fix = "Answer at once and work in the background (202 and polling, Step Functions or a queue), stream "
             "the response "
             "through a function URL, or raise the integration limit of a Regional REST API by quota.";
}

static void report(const struct detector *self, const struct dossier *d, const calls *all, uint32_t function,
                   struct findings *fs)
{
    struct finding *f = finding_new(fs, self, SEVERITY_MEDIUM, function);
    uint64_t finished = 0;
    for (size_t i = 0; i < all->n; i++) {
        const struct call *c = &all->v[i];
        if (c->function != function)
            continue;
        if (c->attempt)
            finding_attempt(f, c->attempt);
        else
            f->count++;
        finished += c->attempt && attempt_status(c->attempt) == ATTEMPT_OK;
        finding_seen_at(f, c->begin, c->begin_loc);
        finding_seen_at(f, c->gave_up, c->loc);
        finding_cite(f, c->loc, c->gave_up, NULL);
        if (c->attempt)
            finding_cite(f, attempt_report_loc(c->attempt), attempt_report(c->attempt), c->attempt);
    }
    f->severity = f->count >= TIMEOUT_HIGH ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    write_prose(d, function, finished, fs, f);
    write_pairs(d, all, function, fs, f);
    write_detail(d, all, function, fs, f);
    detector_level(fs, f, "calls given up", f->count, TIMEOUT_HIGH);
    finding_span(f, "gateway gives up", f->first_seen, f->last_seen);
}

static const char *gateway_run(const struct detector *self, const struct dossier *d, struct findings *fs)
{
    calls all = {0};
    collect(d, &all);
    drop_ended(&all);
    for (size_t i = 0; i < all.n; i++) {
        bool first = true;
        for (size_t k = 0; k < i && first; k++)
            first = all.v[k].function != all.v[i].function;
        if (first)
            report(self, d, &all, all.v[i].function, fs);
    }
    vec_done(&all);
    return "no call that the gateway gave up";
}

const struct detector detector_gateway_timeout = {
    .name = "gateway-timeout",
    .doc = "API Gateway gave up at its limit while the function went on",
    .missing = "no log of API Gateway or a load balancer in the evidence",
    .rule =
        "The gateway's log says \"Execution failed due to a timeout error\", or its access log status 504; "
        "the "
        "call is paired by the Lambda request id that the gateway names, else by the trace id, else with the "
        "attempt of that function that began within 1.5 s of it and was still running then. 3 or "
        "more are high, 1 or 2 medium.",
    .fact = "The integration timer of API Gateway (29 s by default) ends before Lambda's own; the "
            "function goes on, unheard and billed (field guide 6.1, 9.4).",
    .disproof =
        "Another Lambda request id in the gateway's \"AWS Integration Endpoint RequestId\" for the same "
        "call.",
    .examine = gateway_examine,
    .run = gateway_run,
};
