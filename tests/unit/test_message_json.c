/* JSON log lines (parsers/message_json.c): the platform's events and the application lines of each runtime.
 * Samples: field guide, lambda-json-logs 2.2-2.5. */
#include "tests/unit/expect_event.h"

#include "parsers/message.h"

#define ID  "79b5e81f-9cdd-4145-b1f6-7c50ef8a2a36"
#define AT  "2026-10-08T07:30:29.470Z"
#define SYS "{\"time\":\"" AT "\",\"type\":\"platform."

static void invocation(void **state)
{
    static const struct expected rows[] = {
        {SYS "start\",\"record\":{\"requestId\":\"" ID
             "\",\"functionArn\":\"arn:aws:lambda:eu-central-1:825765399535:function:tenner-notifier\","
             "\"version\":\"$LATEST\"}}",
         EVENT_START, .id = ID, .function = "tenner-notifier", .version = "$LATEST", .time = AT},
        {SYS "start\",\"record\":{\"requestId\":\"" ID
             "\",\"version\":\"7\",\"tracing\":{\"spanId\":\"24cd7d670fa455f0\",\"type\":\"X-Amzn-Trace-Id\","
             "\"value\":\"Root=1-6352a70e-"
             "1e2c502e358361800241fd45;Parent=35465b3a9e2f7c6a;Sampled=1\"}}}",
         EVENT_START, .id = ID, .version = "7", .trace = "1-6352a70e-1e2c502e358361800241fd45", .time = AT},
        {SYS "report\",\"record\":{\"requestId\":\"" ID
             "\",\"metrics\":{\"durationMs\":1233.96,\"billedDurationMs\":1698,\"memorySizeMB\":256,"
             "\"maxMemoryUsedMB\":123,"
             "\"initDurationMs\":463.512},\"status\":\"success\"}}",
         EVENT_REPORT, .id = ID, .duration = "1233.96", .billed = "1698", .memory_mb = 256,
         .max_memory_mb = 123, .init = "463.512", .status = STATUS_OK, .time = AT},
        {"{\"record\":{\"requestId\":\"" ID "\",\"version\":\"7\"},\"time\":\"" AT
         "\",\"type\":\"platform.start\"}",
         EVENT_START, .id = ID, .version = "7", .time = AT},
        {"{\"type\":\"platform.start\",\"record\":{\"requestId\":\"" ID "\",\"version\":\"7\"},\"time\":\"" AT
         "\"}",
         EVENT_START, .id = ID, .version = "7", .time = AT},
        {SYS "report\",\"record\":{\"status\":\"timeout\",\"spans\":[{\"name\":\"extensionOverhead\","
             "\"durationMs\":9.5}],\"metrics\":{"
             "\"maxMemoryUsedMB\":94,\"durationMs\":3000.0},\"requestId\":\"" ID "\"}}",
         EVENT_REPORT, .id = ID, .duration = "3000.0", .max_memory_mb = 94, .status = STATUS_TIMEOUT,
         .time = AT},
        {SYS "report\",\"record\":{\"requestId\":\"" ID
             "\",\"status\":\"error\",\"errorType\":\"Runtime.OutOfMemory\",\"metrics\":{\"durationMs\":1,"
             "\"restoreDurationMs\":200.5}}}",
         EVENT_REPORT, .id = ID, .duration = "1", .init = "200.5", .restored = true, .status = STATUS_ERROR,
         .error_type = "Runtime.OutOfMemory", .time = AT},
        {SYS "runtimeDone\",\"record\":{\"requestId\":\"" ID
             "\",\"status\":\"failure\",\"metrics\":{\"durationMs\":2599.0,\"producedBytes\":8}}}",
         EVENT_RUNTIME_DONE, .id = ID, .duration = "2599.0", .status = STATUS_ERROR, .time = AT},
        {SYS "end\",\"record\":{\"requestId\":\"" ID "\"}}", EVENT_END, .id = ID, .time = AT},
        {SYS "fault\",\"record\":\"RequestId: " ID
             " Error: Runtime exited with error: exit status 1\\nRuntime.ExitError\\n\"}",
         EVENT_CRASH, .id = ID, .status = STATUS_ERROR, .error_type = "Runtime.ExitError", .time = AT,
         .text = "Runtime exited with error: exit status 1"},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

static void environment(void **state)
{
    static const struct expected rows[] = {
        {SYS "initStart\",\"record\":{\"initializationType\":\"on-demand\",\"phase\":\"init\","
             "\"runtimeVersion\":\"nodejs:22.mainline."
             "v122\",\"runtimeVersionArn\":\"arn:aws:lambda:eu-central-1::runtime:775d\",\"functionName\":"
             "\"tenner-notifier\","
             "\"functionVersion\":\"$LATEST\",\"instanceId\":\"2026/10/08/"
             "tenner-notifier[$LATEST]22be53a8cfde4e68b844f8ec293b2543\","
             "\"instanceMaxMemory\":268435456}}",
         EVENT_INIT_START, .phase = PHASE_INIT, .runtime = "nodejs:22.mainline.v122",
         .function = "tenner-notifier", .version = "$LATEST", .time = AT},
        {SYS "initReport\",\"record\":{\"initializationType\":\"on-demand\",\"phase\":\"invoke\",\"status\":"
             "\"error\",\"errorType\":"
             "\"Runtime.ImportModuleError\",\"metrics\":{\"durationMs\":150.25}}}",
         EVENT_INIT_REPORT, .phase = PHASE_INVOKE, .status = STATUS_ERROR,
         .error_type = "Runtime.ImportModuleError", .init = "150.25", .time = AT},
        {SYS "restoreStart\",\"record\":{\"functionName\":\"f\",\"functionVersion\":\"3\",\"runtimeVersion\":"
             "\"java:17.v9\"}}",
         EVENT_RESTORE_START, .function = "f", .version = "3", .runtime = "java:17.v9", .time = AT},
        {SYS "restoreReport\",\"record\":{\"status\":\"success\",\"metrics\":{\"durationMs\":244.38}}}",
         EVENT_RESTORE_REPORT, .status = STATUS_OK, .init = "244.38", .restored = true, .time = AT},
        {SYS "initRuntimeDone\",\"record\":{\"status\":\"success\"}}", EVENT_INIT_DONE, .status = STATUS_OK,
         .time = AT},
        {SYS "initRuntimeDone\",\"record\":{\"phase\":\"init\",\"errorType\":\"Runtime.Unknown\"}}",
         EVENT_INIT_DONE, .phase = PHASE_INIT, .status = STATUS_ERROR, .error_type = "Runtime.Unknown",
         .time = AT},
        {SYS "extension\",\"record\":{\"name\":\"x\",\"state\":\"Ready\",\"events\":[\"INVOKE\"]}}",
         EVENT_EXTENSION, .time = AT},
        {SYS "telemetrySubscription\",\"record\":{\"name\":\"x\",\"state\":\"Subscribed\",\"types\":[]}}",
         EVENT_EXTENSION, .time = AT},
        {SYS "logsDropped\",\"record\":{\"droppedBytes\":12345,\"droppedRecords\":3,\"reason\":\"slow\"}}",
         EVENT_LOGS_DROPPED, .time = AT},
        {SYS "invokeSummary\",\"record\":{\"x\":{\"y\":[1,{}]}}}", EVENT_EXTENSION,
         .time = AT}, /* what is still to come */
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

/* For application lines the text is the whole object. */
static void expect_app(const struct expected *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct expected x = rows[i];
        struct event e;
        x.kind = EVENT_APP;
        x.text = x.message;
        message_parse(slice_str(x.message), &e);
        expect_event(&x, &e);
    }
}

static void application(void **state)
{
    static const struct expected rows[] = {
        {"{\"timestamp\":\"" AT "\",\"level\":\"ERROR\",\"requestId\":\"" ID
         "\",\"message\":\"{\\\"level\\\":\\\"INFO\\\"}\"}",
         .id = ID, .level = LEVEL_ERROR, .time = AT},
        {"{\"timestamp\":\"" AT "\",\"level\":\"ERROR\",\"requestId\":\"" ID
         "\",\"message\":{\"errorType\":\"TypeError\",\"errorMessage\":\"x\",\"stackTrace\":[\"a\"]}}",
         .id = ID, .level = LEVEL_ERROR, .error_type = "TypeError", .time = AT}, /* Node */
        {"{\"timestamp\":\"2026-10-08T07:30:29Z\",\"level\":\"WARNING\",\"message\":\"m\",\"logger\":"
         "\"root\",\"requestId\":\"" ID "\"}",
         .id = ID, .level = LEVEL_WARN, .time = "2026-10-08T07:30:29.000Z"}, /* Python */
        {"{\"timestamp\":\"2026-10-08T07:30:29Z\",\"log_level\":\"ERROR\",\"errorMessage\":\"'x'\","
         "\"errorType\":\"KeyError\","
         "\"requestId\":\"" ID "\",\"stackTrace\":[\"  File\"]}",
         .id = ID, .level = LEVEL_ERROR, .error_type = "KeyError", .unhandled = true,
         .time = "2026-10-08T07:30:29.000Z"},
        {"{\"timestamp\":\"" AT "\",\"message\":\"m\",\"level\":\"INFO\",\"AWSRequestId\":\"" ID "\"}",
         .id = ID, .level = LEVEL_INFO, .time = AT}, /* Java */
        {"{\"timestamp\":\"" AT "\",\"message\":\"m\",\"level\":\"UNDEFINED\",\"AWSrequestId\":\"" ID "\"}",
         .id = ID, .time = AT},
        {"{\"timestamp\":\"" AT "\",\"level\":\"Critical\",\"requestId\":\"" ID
         "\",\"traceId\":\"x\",\"message\":\"m\"}",
         .id = ID, .level = LEVEL_FATAL, .time = AT}, /* .NET */
        {"{\"time\":\"2026-10-08T07:30:29.470123456Z\",\"level\":\"DEBUG\",\"msg\":\"m\"}",
         .level = LEVEL_DEBUG, .time = AT}, /* Go */
        {"{\"level\":\"INFO\",\"location\":\"collect.handler:9\",\"message\":\"Collecting\",\"timestamp\":"
         "\"2021-05-03 11:47:12,494+0000\","
         "\"service\":\"payment\",\"cold_start\":true,\"function_name\":\"test\",\"function_memory_size\":"
         "128,\"function_arn\":"
         "\"arn:aws:lambda:eu-west-1:12345678910:function:test\",\"function_request_id\":\"52fdfc07-2182-"
         "154f-163f-5f0f9a621d72\"}",
         .id = "52fdfc07-2182-154f-163f-5f0f9a621d72", .level = LEVEL_INFO,
         .time = "2021-05-03T11:47:12.494Z"}, /* Powertools */
        {"{\"level\":\"INFO\",\"message\":\"m\",\"xray_trace_id\":\"1-6352a70e-1e2c502e358361800241fd45\"}",
         .level = LEVEL_INFO, .trace = "1-6352a70e-1e2c502e358361800241fd45"},
        {"{\"level\":\"INFO\",\"message\":\"m\",\"xray_trace_id\":\"none\"}", .level = LEVEL_INFO},
        {"{\"errorMessage\":\"no\",\"errorType\":\"errorString\"}", .error_type = "errorString",
         .unhandled = true},
        {"{\"level\":\"ERROR\",\"message\":{\"name\":\"TypeError\",\"message\":\"x\",\"stack\":\"T\\n at\"}}",
         .level = LEVEL_ERROR, .error_type = "TypeError"},
        {"{\"level\":50,\"msg\":\"m\",\"err\":{\"type\":\"TypeError\",\"message\":\"x\",\"stack\":\"T\\n "
         "at\"}}",
         .level = LEVEL_ERROR, .error_type = "TypeError"},
        {"{\"level\":\"ERROR\",\"error\":{\"name\":\"job\",\"type\":\"x\",\"stack\":\"prod\"}}",
         .level = LEVEL_ERROR},
        {"{\"level\":\"ERROR\",\"errorType\":\"MyError\",\"message\":\"m\"}", .level = LEVEL_ERROR,
         .error_type = "MyError"},
        {"{\"level\":\"ERROR\",\"errorType\":\"MyError\",\"error\":{\"stack\":\"T\\n at\"}}",
         .level = LEVEL_ERROR, .error_type = "MyError"},
        {"{\"_aws\":{\"Timestamp\":1,\"CloudWatchMetrics\":[]},\"Errors\":1}", .level = LEVEL_NONE},
        {"{}", .kind = EVENT_APP},
    };
    (void)state;
    expect_app(rows, sizeof rows / sizeof *rows);
}

/* pino and bunyan write levels as numbers (parsers/level.h). */
static void numeric_levels(void **state)
{
    static const struct expected rows[] = {
        {"{\"level\":50,\"msg\":\"pino\"}", .level = LEVEL_ERROR},
        {"{\"level\":30,\"msg\":\"pino\"}", .level = LEVEL_INFO},
        {"{\"level\":7,\"msg\":\"no such level\"}", .level = LEVEL_NONE},
    };
    (void)state;
    expect_app(rows, sizeof rows / sizeof *rows);
}

/* Keys that are not the first ones, keys twice, keys in the wrong place. */
static void hostile(void **state)
{
    static const struct expected rows[] = {
        {SYS "report\",\"record\":{\"x\":{\"requestId\":\"not-this\"},\"requestId\":\"" ID
             "\",\"metrics\":[1]}}",
         EVENT_REPORT, .id = ID, .time = AT},
        {SYS "report\",\"record\":{\"requestId\":\"" ID
             "\",\"metrics\":{\"durationMs\":\"soon\",\"memorySizeMB\":-1}}}",
         EVENT_REPORT, .id = ID, .time = AT},
        {SYS "report\",\"record\":{\"requestId\":{\"a\":1},\"status\":null}}", EVENT_REPORT, .time = AT},
    };
    struct event e;
    (void)state;
    message_parse(slice_str(rows[0].message), &e);
    expect_event(&rows[0], &e);
    message_parse(slice_str(rows[1].message), &e);
    expect_event(&rows[1], &e);
    message_parse(slice_str(rows[2].message), &e);
    assert_false(e.has_id);
    /* A log line of the program that talks about platform events is none. */
    message_parse(
        SLICE("{\"level\":\"INFO\",\"type\":\"platform.report\",\"record\":{\"requestId\":\"" ID "\"}}"), &e);
    assert_int_equal(e.kind, EVENT_APP);
    assert_false(e.has_id);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(invocation),     cmocka_unit_test(environment), cmocka_unit_test(application),
        cmocka_unit_test(numeric_levels), cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
