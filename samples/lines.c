/* The messages that Lambda and its runtimes write. */
#include "samples/lines.h"

#include <string.h>

/* Python keeps the indentation of frames as no-break spaces: field guide, lambda-text-logs 1.4. */
#define NO_BREAK_SPACE "\xc2\xa0"

static struct compose *begin(struct world *w)
{
    w->message.n = 0;
    return &w->message;
}

static void end(struct world *w, const struct turn *t, int64_t time)
{
    compose_bytes(&w->message, "\n", 1);
    writer_event(&w->writer, t->e->stream, time, w->message.p, w->message.n);
}

static void put_version(struct compose *c, const struct environment *e)
{
    if (e->version)
        compose_put(c, "%u", e->version);
    else
        compose_put(c, "$LATEST");
}

static void put_trace(struct compose *c, const struct trace *t)
{
    compose_put(c, "1-%x-%x%x", (uint64_t)t->seconds, 8, t->high, 8, t->low, 16);
}

/* A segment of the trace: the same one in START and REPORT. */
static uint64_t segment_of(const struct turn *t)
{
    uint64_t id = 0;
    memcpy(&id, t->call->id, sizeof id);
    return random_mix(id, t->call->attempt);
}

static void put_json_trace(struct compose *c, const struct turn *t)
{
    if (!t->f->xray)
        return;
    compose_put(c, ",\"tracing\":{\"spanId\":\"%x\",\"type\":\"X-Amzn-Trace-Id\",\"value\":\"Root=",
                segment_of(t), 16);
    put_trace(c, &t->call->trace);
    compose_put(c, ";Parent=%x;Sampled=1", random_mix(segment_of(t), 1), 16);
    if (t->call->traced)
        compose_put(c, ";Lineage=1:%x:%u", random_hash(t->f->name) & 0xffffffff, 8, t->call->hops);
    compose_put(c, "\"}");
}

void lines_init_start(struct world *w, const struct turn *t, int64_t time, bool restore)
{
    const struct function *f = t->f;
    struct compose *c = begin(w);
    if (!f->json) {
        compose_put(c, "%s Runtime Version: %s\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:%s",
                    restore ? "RESTORE_START" : "INIT_START", f->runtime, f->runtime_arn);
        end(w, t, time);
        return;
    }
    compose_put(
        c,
        "{\"time\":\"%t\",\"type\":\"platform.initStart\",\"record\":{\"initializationType\":\"%s\","
        "\"phase\":"
        "\"init\",\"runtimeVersion\":\"%s\",\"runtimeVersionArn\":\"arn:aws:lambda:eu-west-1::runtime:%s\",",
        time, t->e->ready ? "provisioned-concurrency" : "on-demand", f->runtime, f->runtime_arn);
    compose_put(c, "\"functionName\":\"%s\",\"functionVersion\":\"", f->name);
    put_version(c, t->e);
    compose_put(c, "\",\"instanceId\":\"%s\",\"instanceMaxMemory\":%u}}", t->e->stream->name,
                f->memory_mb << 20);
    end(w, t, time);
}

void lines_init_report(struct world *w, const struct turn *t, int64_t time, uint64_t duration,
                       const char *phase, const char *status, const char *error_type)
{
    struct compose *c = begin(w);
    if (t->f->json) {
        compose_put(
            c,
            "{\"time\":\"%t\",\"type\":\"platform.initReport\",\"record\":{\"initializationType\":\"%s\","
            "\"phase\":\"%s\",\"status\":\"%s\",",
            time, t->e->ready ? "provisioned-concurrency" : "on-demand", phase, status ? status : "success");
        if (error_type)
            compose_put(c, "\"errorType\":\"%s\",", error_type);
        compose_put(c, "\"metrics\":{\"durationMs\":%h}}}", duration);
    } else {
        compose_put(c, "INIT_REPORT Init Duration: %h ms", duration);
        if (status)
            compose_put(c, "\tPhase: %s\tStatus: %s", phase, status);
        if (error_type)
            compose_put(c, "\tError Type: %s", error_type);
    }
    end(w, t, time);
}

void lines_restore_report(struct world *w, const struct turn *t, int64_t time, uint64_t duration)
{
    compose_put(begin(w), "RESTORE_REPORT Restore Duration: %h ms", duration);
    end(w, t, time);
}

void lines_start(struct world *w, const struct turn *t)
{
    struct compose *c = begin(w);
    if (t->f->json) {
        compose_put(
            c,
            "{\"time\":\"%t\",\"type\":\"platform.start\",\"record\":{\"requestId\":\"%i\",\"functionArn\":"
            "\"arn:aws:lambda:eu-west-1:111122223333:function:%s\",\"version\":\"",
            t->start, t->call->id, t->f->name);
        put_version(c, t->e);
        compose_put(c, "\"");
        put_json_trace(c, t);
        compose_put(c, "}}");
    } else {
        compose_put(c, "START RequestId: %i Version: ", t->call->id);
        put_version(c, t->e);
    }
    end(w, t, t->start);
}

static void put_said_json(struct compose *c, const struct turn *t, int64_t time, enum word word,
                          const char *p, size_t n)
{
    static const char *const names[2][3] = {{"INFO", "WARN", "ERROR"}, {"INFO", "WARNING", "ERROR"}};
    if (t->f->language == PYTHON)
        compose_put(c,
                    "{\"timestamp\":\"%T\",\"level\":\"%s\",\"message\":\"%j\",\"logger\":\"root\","
                    "\"requestId\":\"%i\"}",
                    time, names[1][word], p, n, t->call->id);
    else
        compose_put(c, "{\"timestamp\":\"%t\",\"level\":\"%s\",\"requestId\":\"%i\",\"message\":\"%j\"}",
                    time, names[0][word], t->call->id, p, n);
}

void lines_said(struct world *w, const struct turn *t, const struct plan_line *line)
{
    static const char *const node[] = {"INFO", "WARN", "ERROR"}, *const python[] = {"INFO", "WARNING",
                                                                                    "ERROR"};
    int64_t time = t->start + (int64_t)line->after_ms;
    const char *p = t->plan->text.p + line->offset;
    struct compose *c = begin(w);
    if (t->f->json)
        put_said_json(c, t, time, line->word, p, line->length);
    else if (t->f->language == NODE)
        compose_put(c, "%t\t%i\t%s\t%b", time, t->call->id, node[line->word], p, line->length);
    else if (t->f->language == PYTHON)
        compose_put(c, "[%s]\t%t\t%i\t%b", python[line->word], time, t->call->id, p, line->length);
    else
        compose_bytes(c, p, line->length);
    end(w, t, time);
}

/* ---- errors that nobody caught ---- */

static void put_stack_json(struct compose *c, const struct thrown *e, bool head)
{
    if (head)
        compose_put(c, "\"%j: %j\"", e->type, strlen(e->type), e->message, strlen(e->message));
    for (const char *const *s = e->stack; *s; s++)
        compose_put(c, "%s\"%j\"", head || s != e->stack ? "," : "", *s, strlen(*s));
}

static void put_node(struct compose *c, const struct turn *t, int64_t time, const struct thrown *e,
                     bool in_init)
{
    if (t->f->json) {
        compose_put(c, "{\"timestamp\":\"%t\",\"level\":\"ERROR\",", time);
        if (!in_init)
            compose_put(c, "\"requestId\":\"%i\",", t->call->id);
        compose_put(c, "\"message\":{\"errorType\":\"%s\",\"errorMessage\":\"%j\",%s\"stackTrace\":[",
                    e->type, e->message, strlen(e->message), e->fields);
        put_stack_json(c, e, true);
        compose_put(c, "]}}");
        return;
    }
    compose_put(c, "%t\t", time);
    if (in_init)
        compose_put(c, "undefined\tERROR\tUncaught Exception \t");
    else
        compose_put(c, "%i\tERROR\tInvoke Error \t", t->call->id);
    compose_put(c, "{\"errorType\":\"%s\",\"errorMessage\":\"%j\",%s\"stack\":[", e->type, e->message,
                strlen(e->message), e->fields);
    put_stack_json(c, e, true);
    compose_put(c, "]}");
}

static void put_python_frame(struct compose *c, const char *line)
{
    compose_put(c, "\n");
    for (; *line == ' '; line++)
        compose_put(c, NO_BREAK_SPACE);
    compose_put(c, "%s", line);
}

static void put_python(struct compose *c, const struct turn *t, int64_t time, const struct thrown *e,
                       bool in_init)
{
    if (!t->f->json) {
        compose_put(c, "[ERROR] %s: %s\nTraceback (most recent call last):", e->type, e->message);
        for (const char *const *s = e->stack; *s; s++)
            put_python_frame(c, *s);
        return;
    }
    compose_put(c,
                "{\"timestamp\":\"%T\",\"log_level\":\"ERROR\",\"errorMessage\":\"%j\",\"errorType\":\"%s\",",
                time, e->message, strlen(e->message), e->type);
    if (!in_init)
        compose_put(c, "\"requestId\":\"%i\",", t->call->id);
    compose_put(c, "\"stackTrace\":[");
    put_stack_json(c, e, false);
    compose_put(c, "]}");
}

void lines_thrown(struct world *w, const struct turn *t, int64_t time, const struct thrown *thrown,
                  bool in_init)
{
    struct compose *c = begin(w);
    if (t->f->language == PYTHON)
        put_python(c, t, time, thrown, in_init);
    else
        put_node(c, t, time, thrown, in_init);
    end(w, t, time);
}

/* ---- the end of an attempt ---- */

void lines_timed_out(struct world *w, const struct turn *t, int64_t time)
{
    if (t->f->json)
        return;
    compose_put(begin(w), "%t %i Task timed out after %h seconds\n", time, t->call->id,
                t->f->timeout_ms / 10);
    end(w, t, time);
}

void lines_crash(struct world *w, const struct turn *t, int64_t time, const char *text, const char *type)
{
    if (t->f->json)
        return;
    compose_put(begin(w), "RequestId: %i Error: %s\n%s", t->call->id, text, type);
    end(w, t, time);
}

void lines_raw(struct world *w, const struct turn *t, int64_t time, const char *text)
{
    if (t->f->json)
        return;
    compose_put(begin(w), "%s", text);
    end(w, t, time);
}

/* What SnapStart bills of a restore; captures show less than half of it (field guide 1.2). */
static uint64_t billed_restore(const struct turn *t)
{
    return t->init / 220;
}

static uint64_t billed(const struct turn *t)
{
    if (t->cold && t->f->snapstart)
        return (t->plan->duration + 99) / 100 + billed_restore(t);
    return (t->plan->duration + (t->cold ? t->init : 0) + 99) / 100;
}

static void put_report_text(struct compose *c, const struct turn *t, const char *status,
                            const char *error_type)
{
    compose_put(
        c,
        "REPORT RequestId: %i\tDuration: %h ms\tBilled Duration: %u ms\tMemory Size: %u MB\tMax Memory Used: "
        "%u MB\t",
        t->call->id, t->plan->duration, billed(t), t->f->memory_mb, t->e->memory_mb);
    if (t->cold && t->f->snapstart)
        compose_put(c, "Restore Duration: %h ms\tBilled Restore Duration: %u ms\t", t->init,
                    billed_restore(t));
    else if (t->cold)
        compose_put(c, "Init Duration: %h ms\t", t->init);
    if (status)
        compose_put(c, "Status: %s", status);
    if (error_type)
        compose_put(c, "\tError Type: %s", error_type);
    if (t->f->xray) {
        compose_put(c, "\nXRAY TraceId: ");
        put_trace(c, &t->call->trace);
        compose_put(c, "\tSegmentId: %x\tSampled: true\t", segment_of(t), 16);
    }
}

static void put_report_json(struct compose *c, const struct turn *t, int64_t time, const char *status,
                            const char *error_type)
{
    compose_put(c,
                "{\"time\":\"%t\",\"type\":\"platform.report\",\"record\":{\"requestId\":\"%i\",\"metrics\":{"
                "\"durationMs\":%h,\"billedDurationMs\":%u,\"memorySizeMB\":%u,\"maxMemoryUsedMB\":%u",
                time, t->call->id, t->plan->duration, billed(t), t->f->memory_mb, t->e->memory_mb);
    if (t->cold)
        compose_put(c, ",\"initDurationMs\":%h", t->init);
    compose_put(c, "}");
    put_json_trace(c, t);
    if (error_type)
        compose_put(c, ",\"errorType\":\"%s\"", error_type);
    compose_put(c, ",\"status\":\"%s\"}}", status ? status : "success");
}

void lines_end(struct world *w, const struct turn *t, int64_t time, const char *status,
               const char *error_type)
{
    if (!t->f->json) {
        compose_put(begin(w), "END RequestId: %i", t->call->id);
        end(w, t, time);
        put_report_text(begin(w), t, status, error_type);
    } else {
        put_report_json(begin(w), t, time, status, error_type);
    }
    end(w, t, time);
}
