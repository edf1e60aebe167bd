/* Lines of JSON that look like ones read before (parsers/json_shapes.h): message_parse_known says of each what message_parse
 * says. */
#include "tests/unit/expect_event.h"

#include <stdlib.h>

#include "parsers/json_shapes.h"

#define ID    "79b5e81f-9cdd-4145-b1f6-7c50ef8a2a36"
#define AT    "2026-10-08T07:30:29.470Z"
#define TRACE "1-6352a70e-1e2c502e358361800241fd45"
#define SYS   "{\"time\":\"" AT "\",\"type\":\"platform."

static const struct {
    const char *text;
    bool learned; /* a line like it is read by its shape */
} lines[] = {
    {SYS "start\",\"record\":{\"requestId\":\"" ID
         "\",\"functionArn\":\"arn:aws:lambda:eu-central-1:825765399535:function:f\",\"version\":\"7\","
         "\"tracing\":{\"spanId\":\"24cd7d670fa455f0\",\"value\":\"Root=" TRACE
         ";Parent=35465b3a9e2f7c6a;Sampled=1;lineage=1:a|2:b\"}}}",
     true},
    {SYS "report\",\"record\":{\"requestId\":\"" ID
         "\",\"metrics\":{\"durationMs\":1233.96,\"billedDurationMs\":1698,\"memorySizeMB\":256,"
         "\"maxMemoryUsedMB\":123,\"initDurationMs\":463.512},\"status\":\"success\",\"spans\":[{\"x\":-1."
         "5e3}]}}",
     true},
    {SYS "report\",\"record\":{\"requestId\":\"" ID
         "\",\"status\":\"error\",\"errorType\":\"Runtime.OutOfMemory\",\"metrics\":{\"durationMs\":1,"
         "\"restoreDurationMs\":200.5}}}",
     true},
    {SYS "initReport\",\"record\":{\"phase\":\"invoke\",\"status\":\"timeout\",\"metrics\":{\"durationMs\":"
         "150.25}}}",
     true},
    {SYS
     "initStart\",\"record\":{\"phase\":\"init\",\"runtimeVersion\":\"nodejs:22\",\"functionName\":\"f\"}}",
     true},
    {SYS "report\",\"record\":{\"metrics\":{\"durationMs\":-1,\"memorySizeMB\":\"256\"}}}",
     false}, /* a number that the shape would hold for all */
    {SYS "report\",\"record\":{\"requestId\":null}}", false},
    {SYS "end\",\"record\":{\"requestId\":\"" ID "\"}} ", true},
    {SYS "end\",\"record\":{\"requestId\":\"" ID "\"}", false},
    {SYS "end\",\"record\":{\"requestId\":\"" ID "\"},\"time\":\"x\"}", false},
    {SYS "fault\",\"record\":\"RequestId: " ID " Error: Runtime exited\\nRuntime.ExitError\\n\"}", false},
    {SYS "fault\",\"record\":\"RequestId: " ID " Error: Runtime exited\"}", false},
    {"{\"type\":\"platform.end\",\"record\":{\"requestId\":\"" ID "\"},\"time\":\"" AT "\"}", false},
    {"{\"time\":\"" AT "\",\"type\":\"function\",\"record\":\"text\"}", true},
    {"{\"time\":\"" AT "\",\"type\":5,\"record\":{}}", true},
    {"{\"time\":\"" AT "\",\"type\":\"a\",\"type\":\"platform.end\",\"record\":{\"requestId\":\"" ID "\"}}",
     false},
    {"{\"timestamp\":\"" AT "\",\"level\":\"ERROR\",\"requestId\":\"" ID "\",\"message\":\"text of it\"}",
     true},
    {"{\"timestamp\":\"" AT "\",\"level\":\"ERROR\",\"requestId\":\"" ID "\",\"message\":\"a \\\"text\\\"\"}",
     false},
    {"{\"timestamp\":\"2026-10-08T07:30:29Z\",\"log_level\":\"ERROR\",\"errorMessage\":\"'x'\",\"errorType\":"
     "\"KeyError\",\"requestId\":\"" ID "\",\"stackTrace\":[\"  File\"]}",
     true},
    {"{\"errorMessage\":\"no\",\"errorType\":\"errorString\"}", true},
    {"{\"level\":50,\"msg\":\"pino\",\"error\":null,\"ok\":true}", true},
    {"{\"level\":\"INFO\",\"msg\":null}", false},
    {"{\"level\":\"INFO\",\"message\":\"m\",\"xray_trace_id\":\"" TRACE
     "\",\"function_arn\":\"arn:aws:lambda:r:1:function:f\"}",
     true},
    {"{\"level\":\"ERROR\",\"message\":{\"errorType\":\"TypeError\",\"errorMessage\":\"x\"}}", false},
    {"{\"level\":\"ERROR\",\"error\":{\"name\":\"job\",\"type\":\"x\"}}", false},
    {"{\"message\":\"\",\"a\":[],\"n\":12345678901234567890}", true},
    {"{\"n\":0.5} and more", false},
    {"{}", false},
};
enum { LINES = sizeof lines / sizeof *lines };

/* A slice by its text, "nothing" where it is empty. */
static void same_slice(struct slice text, const char *name, struct slice a, struct slice b)
{
    if (!slice_eq(a, b))
        fail_msg("\"%.*s\": %s is \"%.*s\", not \"%.*s\"", SLICE_ARG(text), name, SLICE_ARG(a), SLICE_ARG(b));
}

static void same_number(struct slice text, const char *name, long long a, long long b)
{
    if (a != b)
        fail_msg("\"%.*s\": %s is %lld, not %lld", SLICE_ARG(text), name, a, b);
}

static void same_decimal(struct slice text, const char *name, struct decimal a, struct decimal b)
{
    same_number(text, name, a.scaled, b.scaled);
    same_number(text, name, a.digits, b.digits);
}

static void same_event(struct slice text, const struct event *a, const struct event *b)
{
    same_number(text, "kind", a->kind, b->kind);
    same_number(text, "status", a->status, b->status);
    same_number(text, "phase", a->phase, b->phase);
    same_number(text, "level", a->level, b->level);
    same_number(text, "has_id", a->has_id, b->has_id);
    same_number(text, "is_uuid", a->is_uuid, b->is_uuid);
    same_number(text, "in_init", a->in_init, b->in_init);
    same_number(text, "unhandled", a->unhandled, b->unhandled);
    same_number(text, "restored", a->restored, b->restored);
    assert_memory_equal(&a->id, &b->id, sizeof a->id);
    same_slice(text, "id_text", a->id_text, b->id_text);
    same_slice(text, "version", a->version, b->version);
    same_slice(text, "function", a->function, b->function);
    same_slice(text, "runtime", a->runtime, b->runtime);
    same_slice(text, "error_type", a->error_type, b->error_type);
    same_slice(text, "error_message", a->error_message, b->error_message);
    same_slice(text, "trace", a->trace, b->trace);
    same_slice(text, "lineage", a->lineage, b->lineage);
    same_slice(text, "text", a->text, b->text);
    same_slice(text, "said", a->said, b->said);
    same_number(text, "time", a->time, b->time);
    same_decimal(text, "duration", a->duration, b->duration);
    same_decimal(text, "init", a->init, b->init);
    same_decimal(text, "billed", a->billed, b->billed);
    same_number(text, "memory_mb", (long long)a->memory_mb, (long long)b->memory_mb);
    same_number(text, "max_memory_mb", (long long)a->max_memory_mb, (long long)b->max_memory_mb);
    same_number(text, "limit_ms", (long long)a->limit_ms, (long long)b->limit_ms);
}

/* In memory of its own, so that a sanitizer sees a read too far. */
static void expect_same(struct json_shapes *known, struct slice text)
{
    struct event alike, alone;
    char *copy = malloc(text.n ? text.n : 1);
    assert_non_null(copy);
    slice_put(text, copy);
    message_parse_known(slice_of(copy, text.n), known, &alike);
    message_parse(slice_of(copy, text.n), &alone);
    same_event(text, &alike, &alone);
    free(copy);
}

static void learned(void **state)
{
    (void)state;
    for (size_t i = 0; i < LINES; i++) {
        struct json_shapes known = {.tried = 0};
        expect_same(&known, slice_str(lines[i].text));
        assert_int_equal(known.used, 0);
        expect_same(&known, slice_str(lines[i].text));
        if (known.used != lines[i].learned)
            fail_msg("\"%s\" was read by its shape %zu times", lines[i].text, known.used);
        json_shapes_done(&known);
    }
}

/* Behind every other one. */
static void in_a_row(void **state)
{
    struct json_shapes known = {.tried = 0};
    (void)state;
    for (size_t i = 0; i < LINES; i++)
        for (size_t k = 0; k < LINES; k++) {
            expect_same(&known, slice_str(lines[i].text));
            expect_same(&known, slice_str(lines[k].text));
        }
    assert_true(known.used > (size_t)LINES * LINES / 2);
    json_shapes_done(&known);
}

/* A line like the one before, with any byte of it replaced, cut before it, or another put there. */
static void damaged(void **state)
{
    static const char damage[] = {'"', '{', '}', ']', ',', '9', '0', '.', '\\', ' ', '\n', '-', '\0', 'a'};
    (void)state;
    for (size_t i = 0; i < LINES; i++) {
        struct slice whole = slice_str(lines[i].text);
        for (size_t at = 0; at < whole.n; at++) {
            struct json_shapes known = {.tried = 0};
            char copy[512];
            assert_true(whole.n < sizeof copy);
            expect_same(&known, whole);
            expect_same(&known, slice_head(whole, at));
            for (size_t k = 0; k < sizeof damage; k++) {
                memcpy(copy, whole.p, whole.n);
                copy[at] = damage[k];
                expect_same(&known, slice_of(copy, whole.n));
                memcpy(copy + at + 1, whole.p + at, whole.n - at);
                expect_same(&known, slice_of(copy, whole.n + 1));
            }
            expect_same(&known, whole);
            json_shapes_done(&known);
        }
    }
}

/* What a line says may change from one to the next. */
static void values(void **state)
{
    static const char *const rows[] = {
        "{\"log_level\":\"ERROR\",\"errorType\":\"KeyError\"}",
        "{\"log_level\":\"INFO\",\"errorType\":\"KeyError\"}",
        "{\"log_level\":\"ERROR\",\"errorType\":\"\"}",
        "{\"errorType\":\"KeyError\"}",
        "{\"errorType\":\"\"}",
        "{\"time\":\"\",\"level\":\"WARN\"}",
        "{\"time\":\"" AT "\",\"level\":\"WARN\"}",
        "{\"time\":\"2026-10-08T07:30:29Z\",\"level\":\"a level\"}",
        "{\"time\":\"2026-10-08T07:30:61Z\",\"level\":\"WARN\"}",
        "{\"time\":\"" AT "\",\"timestamp\":\"soon\"}",
        "{\"time\":\"then\",\"timestamp\":\"" AT "\"}",
        "{\"requestId\":\"" ID "\",\"AWSRequestId\":\"a word\"}",
        "{\"requestId\":\"a word\",\"AWSRequestId\":\"" ID "\"}",
        "{\"requestId\":\"79B5E81F-9CDD-4145-B1F6-7C50EF8A2A36\",\"AWSRequestId\":\"word\"}",
        "{\"time\":\"" AT "\",\"type\":\"platform.end\",\"record\":{\"requestId\":\"word\"}}",
        "{\"time\":\"\",\"type\":\"platform.end\",\"record\":{\"requestId\":\"word\"}}",
        SYS "end\",\"record\":{\"requestId\":\"word\"},\"time\":\"2026-10-08T07:30:29Z\"}",
        "{\"time\":\"\",\"type\":\"platform.end\",\"record\":{\"requestId\":\"word\"},\"time\":\"" AT "\"}",
        "{\"time\":\"" AT "\",\"type\":\"platform.report\",\"record\":{\"requestId\":\"word\"}}",
        "{\"time\":\"" AT "\",\"type\":\"platform.unheard\",\"record\":{\"requestId\":\"word\"}}",
        "{\"time\":\"" AT "\",\"type\":\"function\",\"record\":{\"requestId\":\"word\"}}",
        SYS "report\",\"record\":{\"metrics\":{\"durationMs\":1,\"memorySizeMB\":1}}}",
        SYS "report\",\"record\":{\"metrics\":{\"durationMs\":1.50,\"memorySizeMB\":99999999999999999999}}}",
        SYS "report\",\"record\":{\"metrics\":{\"durationMs\":0.1234567,\"memorySizeMB\":1.5}}}",
        SYS "report\",\"record\":{\"metrics\":{\"durationMs\":1e3,\"memorySizeMB\":012}}}",
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        for (size_t k = 0; k < ROWS; k++) {
            struct json_shapes known = {.tried = 0};
            expect_same(&known, slice_str(rows[i]));
            expect_same(&known, slice_str(rows[k]));
            expect_same(&known, slice_str(rows[i]));
            json_shapes_done(&known);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(learned),
        cmocka_unit_test(in_a_row),
        cmocka_unit_test(damaged),
        cmocka_unit_test(values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
