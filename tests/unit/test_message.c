/* Platform lines in text form (parsers/message_platform.c). The lines are those of the field guide,
 * lambda-text-logs 1.2: real captures, with what AWS's grammar says they mean. */
#include "tests/unit/expect_event.h"

#include "parsers/message.h"

#define ID "5009fcc8-5032-41fd-9a62-fc133fe04d67"

static void start_and_end(void **state)
{
    static const struct expected rows[] = {
        {"START RequestId: " ID " Version: $LATEST\n", EVENT_START, .id = ID, .version = "$LATEST"},
        {"START RequestId: " ID " Version: $LATEST ", EVENT_START, .id = ID, .version = "$LATEST"},
        {"START RequestId: " ID " Version: 17", EVENT_START, .id = ID, .version = "17"},
        {"START RequestId: " ID "\tVersion: 17", EVENT_START, .id = ID,
         .version = "17"}, /* managed instances */
        {"START RequestId: xxxxxxxx-5719-46a2-bc93-849ac3a26d6e Version: 3", EVENT_START,
         .id = "xxxxxxxx-5719-46a2-bc93-849ac3a26d6e", .version = "3"}, /* masked by hand */
        {"START RequestId: 123 Version: 3", EVENT_START, .id = "123", .version = "3"},
        {"END RequestId: " ID "\n", EVENT_END, .id = ID},
        {"END RequestId: " ID, EVENT_END, .id = ID},
        {"END RequestId: " ID " Version: $LATEST", EVENT_END, .id = ID,
         .version = "$LATEST"}, /* OpenTelemetry's */
        {"END RequestId: " ID " Task timed out after 5.00 seconds", EVENT_END, .id = ID}, /* Datadog's */
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

static void report(void **state)
{
    static const struct expected rows[] = {
        {"REPORT RequestId: " ID
         "\tDuration: 2.37 ms\tBilled Duration: 427 ms\tMemory Size: 1024 MB\tMax Memory Used: "
         "95 MB\tInit Duration: 423.98 ms\t\nXRAY TraceId: 1-6ac7d554-62c6be2f6c1bd8032dac9acf\tSegmentId: "
         "854892f93105b5ae\tSampled: true\t\n",
         EVENT_REPORT, .id = ID, .duration = "2.37", .billed = "427", .memory_mb = 1024, .max_memory_mb = 95,
         .init = "423.98", .trace = "1-6ac7d554-62c6be2f6c1bd8032dac9acf"},
        {"REPORT RequestId: " ID
         "\tDuration: 10935.70 ms\tBilled Duration: 10936 ms\tMemory Size: 1024 MB\tMax Memory "
         "Used: 1024 MB\tStatus: error\tError Type: Runtime.OutOfMemory",
         EVENT_REPORT, .id = ID, .duration = "10935.70", .billed = "10936", .memory_mb = 1024,
         .max_memory_mb = 1024, .status = STATUS_ERROR, .error_type = "Runtime.OutOfMemory"},
        {"REPORT RequestId: " ID
         "\tDuration: 900000.00 ms\tBilled Duration: 900503 ms\tMemory Size: 4096 MB\tMax Memory "
         "Used: 537 MB\tInit Duration: 502.37 ms\tStatus: timeout",
         EVENT_REPORT, .id = ID, .duration = "900000.00", .billed = "900503", .memory_mb = 4096,
         .max_memory_mb = 537, .init = "502.37", .status = STATUS_TIMEOUT},
        {"REPORT RequestId: " ID
         "\tDuration: 2338.66 ms\tBilled Duration: 2521 ms\tMemory Size: 3009 MB\tMax Memory Used: "
         "173 MB\tRestore Duration: 398.97 ms\tBilled Restore Duration: 182 ms\t",
         EVENT_REPORT, .id = ID, .duration = "2338.66", .billed = "2521", .memory_mb = 3009,
         .max_memory_mb = 173, .init = "398.97", .restored = true},
        {"REPORT RequestId: " ID
         "\tDuration: 26.50 ms\tBilled Duration: 27 ms \tMemory Size: 128 MB\tMax Memory Used: 31 MB\t",
         EVENT_REPORT, .id = ID, .duration = "26.50", .billed = "27", .memory_mb = 128, .max_memory_mb = 31},
        /* Tabs lost. */
        {"REPORT RequestId: " ID
         " Duration: 133.61 ms Billed Duration: 214 ms Memory Size: 128 MB Max Memory Used: 31 MB "
         "Init Duration: 80.00 ms Status: error Error Type: Runtime.ExitError",
         EVENT_REPORT, .id = ID, .duration = "133.61", .billed = "214", .memory_mb = 128, .max_memory_mb = 31,
         .init = "80.00", .status = STATUS_ERROR, .error_type = "Runtime.ExitError"},
        {"REPORT RequestId: " ID
         "    Duration: 2.37 ms        Billed Duration: 3 ms  Memory Size: 128 MB     Max Memory "
         "Used: 9 MB  ",
         EVENT_REPORT, .id = ID, .duration = "2.37", .billed = "3", .memory_mb = 128, .max_memory_mb = 9},
        /* The emulator's order. */
        {"REPORT RequestId: " ID
         "\tInit Duration: 0.12 ms\tDuration: 7.00 ms\tBilled Duration: 7 ms\tMemory Size: 128 "
         "MB\tMax Memory Used: 128 MB\t\n",
         EVENT_REPORT, .id = ID, .init = "0.12", .duration = "7.00", .billed = "7", .memory_mb = 128,
         .max_memory_mb = 128},
        /* Datadog's look-alike: its two further durations are not the duration. */
        {"REPORT RequestId: " ID
         " Duration: 100.00 ms Runtime Duration: 90.00 ms Post Runtime Duration: 10.00 ms Billed "
         "Duration: 128 ms Memory Size: 512 MB Max Memory Used: 64 MB",
         EVENT_REPORT, .id = ID, .duration = "100.00", .billed = "128", .memory_mb = 512,
         .max_memory_mb = 64},
        {"REPORT RequestId: " ID "\tDuration: 1 ms", EVENT_REPORT, .id = ID, .duration = "1"},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

static void init_and_restore(void **state)
{
    static const struct expected rows[] = {
        {"INIT_START Runtime Version: python:3.12.mainlinev2.v27\tRuntime Version ARN: "
         "arn:aws:lambda:us-east-1::runtime:"
         "fb4a5cbb4aeb1909cf946882192e0e708d8756b3a866c3ab89a3cfcfffeca7bc\n",
         EVENT_INIT_START, .runtime = "python:3.12.mainlinev2.v27"},
        {"INIT_START Runtime Version: nodejs-14.v3 Runtime Version ARN: arn:aws:lambda:x::runtime:y",
         EVENT_INIT_START, .runtime = "nodejs-14.v3"},
        {"INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout", EVENT_INIT_REPORT,
         .init = "9999.79", .phase = PHASE_INIT, .status = STATUS_TIMEOUT},
        {"INIT_REPORT Init Duration: 150.79 ms\tPhase: init\tStatus: error\tError Type: "
         "Runtime.UserCodeSyntaxError",
         EVENT_INIT_REPORT, .init = "150.79", .phase = PHASE_INIT, .status = STATUS_ERROR,
         .error_type = "Runtime.UserCodeSyntaxError"},
        {"INIT_REPORT Init Duration: 4.87 ms  Phase: invoke   Status: error   Error Type: Runtime.ExitError",
         EVENT_INIT_REPORT, .init = "4.87", .phase = PHASE_INVOKE, .status = STATUS_ERROR,
         .error_type = "Runtime.ExitError"},
        /* OpenTelemetry's layer; what it was not told it leaves empty. */
        {"INIT_REPORT Initialization Type: on-demand Phase: init Status: error Duration: 250.75 ms",
         EVENT_INIT_REPORT, .init = "250.75", .phase = PHASE_INIT, .status = STATUS_ERROR},
        {"INIT_REPORT Initialization Type: on-demand Phase:  Status:  Duration: 125.33 ms", EVENT_INIT_REPORT,
         .init = "125.33"},
        {"INIT_RUNTIME_DONE Status: error", EVENT_INIT_DONE, .status = STATUS_ERROR},
        {"INIT_REPORT Init Duration: 2137.34 ms", EVENT_INIT_REPORT, .init = "2137.34"},
        {"INIT_REPORT Init Duration: 1236.04 ms Phase: init Status: error Error Type: Extension.Crash",
         EVENT_INIT_REPORT, .init = "1236.04", .phase = PHASE_INIT, .status = STATUS_ERROR,
         .error_type = "Extension.Crash"},
        {"RESTORE_START Runtime Version: java:17.v9\tRuntime Version ARN: "
         "arn:aws:lambda:eu-central-1::runtime:dbba",
         EVENT_RESTORE_START, .runtime = "java:17.v9"},
        {"RESTORE_REPORT Restore Duration: 244.38 ms\n", EVENT_RESTORE_REPORT, .init = "244.38",
         .restored = true},
        {"RESTORE_REPORT Status: success Duration: 120.50 ms", EVENT_RESTORE_REPORT, .init = "120.50",
         .restored = true, .status = STATUS_OK},
        {.message = "RESTORE_RUNTIME_DONE Status: success", .kind = EVENT_EXTENSION},
        {"RESTORE_REPORT Restore Duration: 1236.04 ms Status: timeout", EVENT_RESTORE_REPORT,
         .init = "1236.04", .restored = true, .status = STATUS_TIMEOUT},
        {"RESTORE_REPORT Restore Duration: 1236.04 ms Status: error Error Type: Runtime.ExitError",
         EVENT_RESTORE_REPORT, .init = "1236.04", .restored = true, .status = STATUS_ERROR,
         .error_type = "Runtime.ExitError"},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

static void others(void **state)
{
    static const struct expected rows[] = {
        {"2023-07-20T18:37:39.961Z " ID " Task timed out after 2.02 seconds\n\n", EVENT_TIMEOUT, .id = ID,
         .status = STATUS_TIMEOUT, .limit_ms = 2000, .time = "2023-07-20T18:37:39.961Z"},
        {"2016-04-14T23:52:45.715Z " ID " Task timed out after 120.00 seconds", EVENT_TIMEOUT, .id = ID,
         .status = STATUS_TIMEOUT, .limit_ms = 120000, .time = "2016-04-14T23:52:45.715Z"},
        {"RequestId: " ID " Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n",
         EVENT_CRASH, .id = ID, .status = STATUS_ERROR, .error_type = "Runtime.ExitError",
         .text = "Runtime exited with error: signal: killed"},
        {"RequestId: " ID " Error: Runtime exited without providing a reason\r\nRuntime.ExitError\r\n",
         EVENT_CRASH, .id = ID, .status = STATUS_ERROR, .error_type = "Runtime.ExitError",
         .text = "Runtime exited without providing a reason"},
        {"RequestId: " ID " Error: exit code 0", EVENT_CRASH, .id = ID, .status = STATUS_ERROR,
         .text = "exit code 0"},
        {"RequestId: " ID " Process exited before completing request\n", EVENT_CRASH, .id = ID,
         .status = STATUS_ERROR, .text = "Process exited before completing request"},
        {"XRAY TraceId: 1-5d8bba5a-dc2932496a65bab91d2d42d4\tSegmentId: 5ff79d2a06b82ad6\tSampled: true\t",
         EVENT_TRACE, .trace = "1-5d8bba5a-dc2932496a65bab91d2d42d4"},
        {"EXTENSION\tName: AppConfigAgent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]",
         .kind = EVENT_EXTENSION},
        {"START RequestId: " ID " Version: 7\n...", .kind = EVENT_START, .id = ID, .version = "7"},
        {"REPORT RequestId: " ID
         " Duration: 124.29 msBilled Duration: 390 ms Memory Size: 512 MBMax Memory Used: 95 MB",
         .kind = EVENT_REPORT, .id = ID, .duration = "124.29", .billed = "390", .memory_mb = 512,
         .max_memory_mb = 95},
        {"END Duration: 3.69 ms (init: 171.20 ms) Memory Used: 57 MB", .kind = EVENT_NAMELESS},
        {"END Duration: 4.69 ms Memory Used: 57 MB", .kind = EVENT_NAMELESS},
        {"END Duration: long", .kind = EVENT_APP, .text = "END Duration: long"},
        {"EXTENSION Name: lambda-adapter State: Ready Events: []", .kind = EVENT_EXTENSION},
        {.message = "TELEMETRY: collector Subscribed Types: [platform function]", .kind = EVENT_EXTENSION},
        {.message = "LOGS_DROPPED DroppedRecords: 40 DroppedBytes: 12000 Reason: Consumer seems to have "
                    "fallen behind",
         .kind = EVENT_LOGS_DROPPED},
        {"TELEMETRY\tName: x\tState: Subscribed\tTypes: [Platform, Function, Extension]",
         .kind = EVENT_EXTENSION},
        {"LOGS\tName: x\tState: Subscribed\tTypes: [Platform, Function]", .kind = EVENT_EXTENSION},
        {"(" ID ") Execution failed due to a timeout error", EVENT_GATEWAY, .id = ID,
         .text = "Execution failed due to a timeout error"},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

/* They begin like platform lines and are none: text of the program. */
static void look_alikes(void **state)
{
    static const char *const rows[] = {
        "START",
        "START RequestId:",
        "START RequestId: " ID,
        "START RequestId: " ID " Version:",
        "START RequestId: " ID " Version: $LATEST and more",
        "START of the batch",
        "END",
        "END RequestId:",
        "END RequestId: " ID " and more",
        "END RequestId: " ID " Version: $LATEST and more",
        "REPORT RequestId: " ID,
        "REPORT RequestId: " ID " is late",
        "REPORT RequestId: " ID "\tInit Duration: 5.00 ms",
        "REPORT for today",
        "INIT_START",
        "INIT_REPORT Init Duration: soon",
        "RESTORE_REPORT Restore Duration: none",
        "RequestId: " ID,
        "RequestId: " ID " was handled",
        "RequestId: Error: x y",
        "XRAY TraceId: none",
        "EXTENSION loaded",
        "INIT_REPORT Initialization Type: on-demand",
        "RESTORE_REPORT Status: success",
        "LOGS_DROPPED DroppedRecords: some",
        "TELEMETRY: collector is up",
        "LOGS are here",
        "Task timed out after 3.00 seconds",
        "start RequestId: " ID " Version: $LATEST",
        "(" ID ")",
        "(not an id) text",
        "my START RequestId: " ID " Version: $LATEST",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct expected x = {rows[i], EVENT_APP, .text = rows[i]};
        struct event e;
        message_parse(slice_str(rows[i]), &e);
        expect_event(&x, &e);
    }
}

/* Every order of the fields, every separator, any field left out: what is said is read, nothing else. */
static void fields_in_any_order(void **state)
{
    static const char *const fields[6] = {"Duration: 1.50 ms",        "Billed Duration: 2 ms",
                                          "Memory Size: 128 MB",      "Max Memory Used: 64 MB",
                                          "Init Duration: 300.25 ms", "Status: timeout"};
    static const char *const separators[] = {"\t", " ", "  ", " \t", "\t\t"};
    (void)state;
    for (unsigned present = 1; present < 64; present++) {
        for (unsigned shift = 0; shift < 6; shift++) {
            struct buf line;
            struct event e;
            buf_init(&line, 0);
            buf_append(&line, SLICE("REPORT RequestId: " ID));
            for (unsigned i = 0; i < 6; i++) {
                unsigned f = shift % 2 ? (shift + 6 - i) % 6 : (shift + i) % 6;
                if (present >> f & 1)
                    buf_printf(&line, "%s%s", separators[(present + i) % 5], fields[f]);
            }
            message_parse(buf_slice(&line), &e);
            bool enough = (present & 7) != 0; /* one of the first three makes it a report */
            assert_int_equal(e.kind, enough ? EVENT_REPORT : EVENT_APP);
            if (enough) {
                struct expected x = {.message = "a mixture", .kind = EVENT_REPORT, .id = ID};
                x.duration = present & 1 ? "1.50" : NULL;
                x.billed = present & 2 ? "2" : NULL;
                x.memory_mb = present & 4 ? 128 : 0;
                x.max_memory_mb = present & 8 ? 64 : 0;
                x.init = present & 16 ? "300.25" : NULL;
                x.status = present & 32 ? STATUS_TIMEOUT : STATUS_NONE;
                expect_event(&x, &e);
            }
            buf_done(&line);
        }
    }
}

static void request_ids(void **state)
{
    struct request_id a, b, c;
    (void)state;
    assert_true(request_id_parse(SLICE("5009fcc8-5032-41fd-9a62-fc133fe04d67"), &a));
    assert_true(request_id_parse(SLICE("5009FCC8-5032-41FD-9A62-FC133FE04D67"), &b));
    assert_memory_equal(&a, &b, sizeof a);
    assert_int_equal(a.bytes[0], 0x50);
    assert_int_equal(a.bytes[15], 0x67);
    assert_true(request_id_parse(SLICE("123"), &b) && request_id_parse(SLICE("124"), &c));
    assert_memory_not_equal(&b, &c, sizeof b);
    assert_true(request_id_parse(SLICE("<masked>-5032-***"), &b));
    assert_false(request_id_parse(SLICE(""), &b));
    assert_false(request_id_parse(SLICE("a b"), &b));
    assert_false(request_id_parse(SLICE("a/b"), &b));
    assert_true(
        request_id_parse(SLICE("0123456789012345678901234567890123456789012345678901234567890123"), &b));
    assert_false(
        request_id_parse(SLICE("01234567890123456789012345678901234567890123456789012345678901234"), &b));
}

static void small_words(void **state)
{
    struct event e = {.time = TIME_NONE};
    (void)state;
    assert_true(
        slice_eq(message_function_of_arn(SLICE("arn:aws:lambda:eu-west-1:123456789012:function:orders")),
                 SLICE("orders")));
    assert_true(
        slice_eq(message_function_of_arn(SLICE("arn:aws:lambda:eu-west-1:123456789012:function:orders:7")),
                 SLICE("orders")));
    assert_int_equal(message_function_of_arn(SLICE("arn:aws:s3:::bucket")).n, 0);
    assert_int_equal(message_function_of_arn(SLICE("x:function:orders")).n, 0);
    assert_int_equal(message_status(SLICE("success")), STATUS_OK);
    assert_int_equal(message_status(SLICE("failure")), STATUS_ERROR);
    assert_int_equal(message_status(SLICE("Timeout")), STATUS_NONE);
    assert_int_equal(message_phase(SLICE("snap-start")), PHASE_NONE);
    message_trace_header(
        SLICE("Self=1-a;Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1"),
        &e.trace, &e.lineage);
    assert_true(slice_eq(e.trace, SLICE("1-67891233-abcdef012345678912345678")));
    for (int kind = 0; kind < EVENT_KINDS; kind++)
        assert_non_null(event_name((enum event_kind)kind));
}

/* What message_fields_exact takes it reads as message_fields does: lines of the usual form, with every byte at every
 * place, and cut there. */
static void same_fields(struct slice text, bool must)
{
    struct event exact = event_none, any = event_none;
    if (!message_fields_exact(text, &exact)) {
        assert_false(must);
        assert_memory_equal(&exact, &event_none, sizeof exact);
        return;
    }
    message_fields(text, &any);
    if (memcmp(&exact, &any, sizeof any) != 0)
        fail_msg("read in two ways: %.*s", SLICE_ARG(text));
}

#define FIELDS "\tDuration: 184.90 ms\tBilled Duration: 674 ms\tMemory Size: 256 MB\tMax Memory Used: 72 MB"
#define TRACE  "XRAY TraceId: 1-69ba84fe-ccd35e7be4f2767fb136da19\tSegmentId: f002ee53b031b198\tSampled: true"

static void exact_fields(void **state)
{
    static const char with_init[] = FIELDS "\tInit Duration: 488.15 ms\t\n" TRACE;
    static const char traced[] = FIELDS "\t\n" TRACE;
    static const char *const lines[] = {FIELDS, with_init, traced};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[400];
        size_t n = strlen(lines[i]);
        assert_true(n < sizeof text);
        memcpy(text, lines[i], n);
        same_fields(slice_of(text, n), true);
        for (size_t at = 0; at < n; at++) {
            same_fields(slice_of(text, at), false);
            for (unsigned byte = 0; byte < 256; byte++) {
                text[at] = (char)byte;
                same_fields(slice_rtrim(slice_of(text, n)), false);
            }
            text[at] = lines[i][at];
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_and_end), cmocka_unit_test(report),      cmocka_unit_test(init_and_restore),
        cmocka_unit_test(others),        cmocka_unit_test(look_alikes), cmocka_unit_test(fields_in_any_order),
        cmocka_unit_test(request_ids),   cmocka_unit_test(small_words), cmocka_unit_test(exact_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
