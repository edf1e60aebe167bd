/* The execution log of the API Gateway. */
#include "samples/gateway_calls.h"

#include <stdarg.h>

static struct stream *open_stream(struct world *w)
{
    if (!w->gateway_stream) {
        struct group *g = writer_group(&w->writer, "API-Gateway-Execution-Logs_a1b2c3d4e5/prod");
        uint64_t id = random_hash("a1b2c3d4e5/prod");
        w->gateway_stream =
            writer_stream(g, compose_string("%x%x", random_mix(id, 1), 16, random_mix(id, w->seed), 16));
        w->gateway_stream->shared = true;
    }
    return w->gateway_stream;
}

static void say(struct world *w, int64_t time, const uint8_t *id, const char *format, ...)
{
    va_list arguments;
    w->message.n = 0;
    compose_put(&w->message, "(%i) ", id);
    va_start(arguments, format);
    compose_vput(&w->message, format, arguments);
    va_end(arguments);
    compose_bytes(&w->message, "\n", 1);
    writer_event(&w->writer, open_stream(w), time, w->message.p, w->message.n);
}

static void write_request(struct world *w, const struct turn *t, const uint8_t *id, int64_t at)
{
    static const char uri[] = "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/"
                              "arn:aws:lambda:eu-west-1:111122223333:function:";
    const struct trace *x = &t->call->trace;
    say(w, at, id, "Extended Request Id: %x=", random_mix(x->low, 7) & 0xffffffffffff, 14);
    say(w, at, id, "Starting execution for request: %i", id);
    say(w, at, id, "HTTP Method: POST, Resource Path: /%s", t->f->subject);
    say(w, at, id, "Endpoint request URI: %s%s/invocations", uri, t->f->name);
    say(w, at + 1, id,
        "Endpoint request headers: {x-amzn-lambda-integration-tag=%i, Host=lambda.eu-west-1.amazonaws.com, "
        "X-Amz-Source-Account=111122223333, X-Amzn-Trace-Id=Root=1-%x-%x%x [TRUNCATED]",
        id, (uint64_t)x->seconds, 8, x->high, 8, x->low, 16);
    say(w, at + 1, id, "Sending request to %s%s/invocations", uri, t->f->name);
}

static void write_answer(struct world *w, const struct turn *t, const uint8_t *id, int64_t at, int64_t end)
{
    bool failed = t->plan->outcome != OUTCOME_OK;
    say(w, end, id, "Received response. Status: 200, Integration latency: %u ms", (uint64_t)(end - at));
    say(w, end, id,
        "Endpoint response headers: {x-amzn-RequestId=%i, X-Amz-Executed-Version=$LATEST, "
        "Content-Type=application/json}",
        t->call->id);
    if (failed)
        say(w, end, id, "Execution failed due to configuration error: Malformed Lambda proxy response");
    else
        say(w, end, id, "Successfully completed execution");
    say(w, end + 1, id, "Method completed with status: %u", (uint64_t)(failed ? 502 : 200));
    say(w, end + 1, id, "AWS Integration Endpoint RequestId : %i", t->call->id);
}

void gateway_calls_write(struct world *w, const struct turn *t, int64_t end)
{
    enum { REACH_MS = 14 };
    int64_t at = t->call->time - REACH_MS, given_up = at + 1 + GATEWAY_LIMIT_MS;
    uint8_t id[16];
    random_uuid(&w->random, id);
    write_request(w, t, id, at);
    if (end < given_up) {
        write_answer(w, t, id, at, end + 3);
        return;
    }
    say(w, given_up, id, "Execution failed due to a timeout error");
    say(w, given_up + 1, id, "Gateway response type: INTEGRATION_TIMEOUT with status code: 504");
    say(w, given_up + 1, id, "Method completed with status: 504");
}
