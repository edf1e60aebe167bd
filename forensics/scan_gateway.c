/* Calls that a gateway or load balancer answered, from its execution log (a line each step) or its access log
 * (a line each call): into rows of the index. */
#include "forensics/scan.h"

#include "parsers/message.h"

static void gateway_line(struct index *x, const struct event *e, int64_t time, struct loc loc,
                         enum gateway_kind kind, struct slice text)
{
    *vec_push(&x->gateway) = (struct gateway_line){
        .id = e->id, .time = time, .loc = loc, .kind = kind, .text = intern_id(&x->names, text)};
}

/* The client got 504, or a REST API's 29 s ended with another status that a mapping made of it. */
static bool gave_up(const struct front_call *f)
{
    return f->status == 504 || slice_find_nocase(f->error, SLICE("timed out")) >= 0;
}

/* An access log tells the id, and what it knows of time-outs, in the row of the call's beginning. */
void scan_front(struct index *x, const struct front_call *f)
{
    struct event e = {.has_id = true};
    struct slice id = f->id.n ? f->id : f->lambda_id, arn = f->function;
    struct slice none = {"", 0}, name = message_function_of_arn(arn);
    if (f->time == TIME_NONE || id.n == 0)
        return;
    index_call_id(id, &e.id);
    int64_t over = f->latency_ms == FRONT_NONE ? f->time : f->time + f->latency_ms;
    gateway_line(x, &e, f->time, f->loc, GATEWAY_BEGIN, id);
    if (name.n)
        gateway_line(x, &e, f->time, f->loc, GATEWAY_FUNCTION, name);
    if (f->lambda_id.n)
        gateway_line(x, &e, f->time, f->loc, GATEWAY_REQUEST, f->lambda_id);
    if (f->trace.n)
        gateway_line(x, &e, f->time, f->loc, GATEWAY_TRACE, f->trace);
    if (f->status != FRONT_NONE)
        gateway_line(x, &e, over, f->loc, GATEWAY_STATUS, none);
    if (gave_up(f))
        gateway_line(x, &e, over, f->loc, GATEWAY_TIMEOUT, none);
}

static struct slice word_after(struct slice text, struct slice key)
{
    ptrdiff_t at = slice_find_nocase(text, key);
    if (at < 0)
        return slice_of("", 0);
    struct slice rest = slice_skip(text, (size_t)at + key.n);
    size_t n = 0;
    while (n < rest.n && rest.p[n] != ',' && rest.p[n] != ';' && rest.p[n] != '}' && rest.p[n] != ' ')
        n++;
    return slice_head(rest, n);
}

void scan_gateway_settle(const struct worker *w, struct slice text, struct event *e)
{
    if (w->turn->gateway || (w->turn->unnamed && message_gateway_step(e->text)))
        return;
    e->kind = EVENT_APP;
    e->has_id = false;
    e->text = text;
}

/* Which line says what: field guide, api-gateway-and-queues 6.1. */
void scan_gateway(struct index *x, const struct event *e, int64_t time, struct loc loc)
{
    struct slice t = e->text;
    if (slice_starts(t, SLICE("Starting execution for request")))
        gateway_line(x, e, time, loc, GATEWAY_BEGIN, slice_of("", 0));
    else if (slice_starts(t, SLICE("Execution failed due to a timeout error")))
        gateway_line(x, e, time, loc, GATEWAY_TIMEOUT, slice_of("", 0));
    else if (slice_starts(t, SLICE("Method completed with status: ")))
        gateway_line(x, e, time, loc, GATEWAY_STATUS, slice_of("", 0));
    else if (slice_starts(t, SLICE("Sending request to ")) ||
             slice_starts(t, SLICE("Endpoint request URI: "))) {
        struct slice arn = word_after(t, SLICE("/functions/"));
        struct slice name = message_function_of_arn(slice_cut(&arn, '/'));
        if (name.n)
            gateway_line(x, e, time, loc, GATEWAY_FUNCTION, name);
    } else if (slice_starts(t, SLICE("AWS Integration Endpoint RequestId"))) {
        gateway_line(x, e, time, loc, GATEWAY_REQUEST, slice_trim(word_after(t, SLICE("RequestId : "))));
    } else if (slice_starts(t, SLICE("Endpoint re"))) {
        struct slice request = word_after(t, SLICE("x-amzn-RequestId=")),
                     trace = word_after(t, SLICE("root="));
        if (request.n)
            gateway_line(x, e, time, loc, GATEWAY_REQUEST, request);
        if (trace.n)
            gateway_line(x, e, time, loc, GATEWAY_TRACE, trace);
    }
}
