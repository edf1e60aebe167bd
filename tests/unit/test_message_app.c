/* Application text of the runtimes (parsers/message_app.c). Grammar by runtime: field guide,
 * lambda-text-logs 1.4. */
#include "tests/unit/expect_event.h"

#include "parsers/message.h"

#include <stdlib.h>

#define ID "ab684dea-74fb-5a44-8ea8-13c54f3cabf4"
#define AT "2024-01-27T17:12:44.262Z"

static void node(void **state)
{
    static const struct expected rows[] = {
        {AT "\t" ID "\tINFO\tplaced order 17\n", .id = ID, .level = LEVEL_INFO, .time = AT,
         .text = "placed order 17"},
        {AT "\t" ID "\tERROR\tError: connect ECONNREFUSED\r    at TCP.x (net.js:1)", .id = ID,
         .level = LEVEL_ERROR, .time = AT, .text = "Error: connect ECONNREFUSED\r    at TCP.x (net.js:1)"},
        {AT "\tundefined\tINFO\tloading", .in_init = true, .level = LEVEL_INFO, .time = AT,
         .text = "loading"},
        {AT "\tundefined\tERROR\tUncaught Exception "
            "\t{\"errorType\":\"Runtime.UserCodeSyntaxError\",\"errorMessage\":\"Syntax"
            "Error: Unexpected end of input\",\"stack\":[]}",
         .in_init = true, .level = LEVEL_ERROR, .unhandled = true,
         .error_type = "Runtime.UserCodeSyntaxError", .time = AT,
         .text =
             "Uncaught Exception "
             "\t{\"errorType\":\"Runtime.UserCodeSyntaxError\",\"errorMessage\":\"SyntaxError: Unexpected "
             "end of input\",\"stack\":[]}"},
        {AT "\t" ID "\tERROR\tInvoke Error \t{\"errorType\":\"TypeError\"}", .id = ID, .level = LEVEL_ERROR,
         .unhandled = true, .error_type = "TypeError", .time = AT,
         .text = "Invoke Error \t{\"errorType\":\"TypeError\"}"},
        {AT "\t" ID "\tINFO\tInvoke Error \t{\"errorType\":\"TypeError\"}", .id = ID, .level = LEVEL_INFO,
         .time = AT, .text = "Invoke Error \t{\"errorType\":\"TypeError\"}"}, /* quoted by the program */
        {AT "\t" ID "\tno level here", .id = ID, .time = AT, .text = "no level here"}, /* Node 6 */
        {AT " " ID " INFO pasted with blanks", .id = ID, .level = LEVEL_INFO, .time = AT,
         .text = "pasted with blanks"},
        {AT "\t" ID "\tTask timed out after 3 apples", .id = ID, .time = AT,
         .text = "Task timed out after 3 apples"},
        {AT "\tINFO\thello", .level = LEVEL_INFO, .time = AT,
         .text = "hello"}, /* as `serverless logs` has it */
        {AT " Task timed out after 3.00 seconds", .time = AT, .text = "Task timed out after 3.00 seconds"},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

static void dotnet(void **state)
{
    static const struct expected rows[] = {
        {AT "\t" ID "\tinfo\tstarted", .id = ID, .level = LEVEL_INFO, .time = AT, .text = "started"},
        {AT "\t" ID "\tfail\tSystem.Exception: x", .id = ID, .level = LEVEL_ERROR, .time = AT,
         .text = "System.Exception: x"},
        {AT "\t" ID "\tcrit\tgone", .id = ID, .level = LEVEL_FATAL, .time = AT, .text = "gone"},
        {AT "\t" ID "\ttrce\tdetail", .id = ID, .level = LEVEL_TRACE, .time = AT, .text = "detail"},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

static void python(void **state)
{
#define TRACEBACK                                                                                            \
    "\nTraceback (most recent call last):\n\xc2\xa0\xc2\xa0"                                                 \
    "File \"/var/task/app.py\", line 3, in handler"
    static const struct expected rows[] = {
        {"[INFO]\t2020-02-14T18:19:39.441Z\t" ID "\ttext", .id = ID, .level = LEVEL_INFO,
         .time = "2020-02-14T18:19:39.441Z", .text = "text"},
        {"[WARNING]\t" AT "\t\tLAMBDA_WARNING: Unhandled exception.", .in_init = true, .level = LEVEL_WARN,
         .time = AT, .text = "LAMBDA_WARNING: Unhandled exception."},
        {"[ERROR]\t" AT "\t" ID "\tKeyError: 'x'" TRACEBACK, .id = ID, .level = LEVEL_ERROR, .time = AT,
         .text = "KeyError: 'x'" TRACEBACK}, /* logged, so somebody caught it */
        {"[ERROR] KeyError: 'x'" TRACEBACK, .level = LEVEL_ERROR, .unhandled = true, .error_type = "KeyError",
         .text = "KeyError: 'x'" TRACEBACK},
        {"[ERROR] KeyError: 'x'\rTraceback (most recent call last):\r x", .level = LEVEL_ERROR,
         .unhandled = true, .error_type = "KeyError",
         .text = "KeyError: 'x'\rTraceback (most recent call last):\r x"},
        {"[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'pandas'",
         .level = LEVEL_ERROR, .unhandled = true, .error_type = "Runtime.ImportModuleError",
         .text = "Runtime.ImportModuleError: Unable to import module 'app': No module named 'pandas'"},
        {"[ERROR] cannot reach the database", .level = LEVEL_ERROR, .text = "cannot reach the database"},
        {"[INFO] KeyError: 'x'" TRACEBACK, .level = LEVEL_INFO, .text = "KeyError: 'x'" TRACEBACK},
        {"[CRITICAL]\t" AT "\t" ID "\tdisk full", .id = ID, .level = LEVEL_FATAL, .time = AT,
         .text = "disk full"},
        {"[orders] 5 left", .text = "[orders] 5 left"},
        {"[1, 2, 3]", .text = "[1, 2, 3]"},
        {"[]", .text = "[]"},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
#undef TRACEBACK
}

static void java(void **state)
{
    static const struct expected rows[] = {
        {"2024-01-27 17:12:44 " ID " INFO  Handler:42 - placed", .id = ID, .level = LEVEL_INFO,
         .time = "2024-01-27T17:12:44.000Z", .text = "Handler:42 - placed"},
        {"2024-01-27 17:12:44 <" ID "> INFO Handler:42 - placed", .time = "2024-01-27T17:12:44.000Z",
         .text = "<" ID "> INFO Handler:42 - placed"},
        {"2024-01-27 17:12:44,100 ERROR no id", .level = LEVEL_ERROR, .time = "2024-01-27T17:12:44.100Z",
         .text = "no id"},
        {"[ERROR] java.lang.NullPointerException", .level = LEVEL_ERROR,
         .text = "java.lang.NullPointerException"},
        {"Jul 20, 2023 6:37:38 PM com.example.Handler <init>",
         .text = "Jul 20, 2023 6:37:38 PM com.example.Handler <init>"},
        {"INFO: starting", .level = LEVEL_INFO, .text = "starting"},
        {"SEVERE: gone", .level = LEVEL_ERROR, .text = "gone"},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

static void go_and_ruby(void **state)
{
    static const struct expected rows[] = {
        {"2024/08/29 17:22:53 {\"errorMessage\":\"no\",\"errorType\":\"errorString\"}", .unhandled = true,
         .error_type = "errorString",
         .text = "2024/08/29 17:22:53 {\"errorMessage\":\"no\",\"errorType\":\"errorString\"}"},
        {"2024/08/29 17:22:53 plain", .text = "2024/08/29 17:22:53 plain"},
        {"I, [2024-08-18T11:04:11.524 #8]  INFO " ID " -- app: text", .id = ID, .level = LEVEL_INFO,
         .time = "2024-08-18T11:04:11.524Z", .text = "app: text"},
        {"E, [2024-08-18T11:04:11.524189 #8] ERROR " ID " -- : text", .id = ID, .level = LEVEL_ERROR,
         .time = "2024-08-18T11:04:11.524Z", .text = ": text"},
        {"I, [no time]", .text = "I, [no time]"},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

static void plain(void **state)
{
    static const struct expected rows[] = {
        {"", .text = ""},
        {" \r\n", .text = ""},
        {"hello", .text = "hello"},
        {"\tindented", .text = "indented"},
        {"ERROR something failed", .level = LEVEL_ERROR, .text = "something failed"},
        {"ERROR: something failed", .level = LEVEL_ERROR, .text = "something failed"},
        {"WARN", .level = LEVEL_WARN, .text = "WARN"},
        {"Errors: 0", .text = "Errors: 0"},
        {"2024 was a year", .text = "2024 was a year"},
        {"2023-02-29T17:12:44.262Z\t" ID "\tINFO\tno such day",
         .text = "2023-02-29T17:12:44.262Z\t" ID "\tINFO\tno such day"},
        {"Unknown application error occurred\nRuntime.Unknown\n", .unhandled = true,
         .error_type = "Runtime.Unknown", .text = "Unknown application error occurred\nRuntime.Unknown"},
        {"{not json", .text = "{not json"},
        {"{\"a\":1", .text = "{\"a\":1"},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

/* Whatever the bytes: no crash, and the text lies inside of the message. */
static void cut_anywhere(void **state)
{
    static const char *const messages[] = {
        AT "\t" ID "\tERROR\tInvoke Error \t{\"errorType\":\"TypeError\"}",
        "[ERROR]\t" AT "\t" ID "\tx",
        "I, [2024-08-18T11:04:11.524 #8]  INFO " ID " -- app: text",
        "REPORT RequestId: " ID
        "\tDuration: 2.37 ms\tBilled Duration: 3 ms\tXRAY TraceId: 1-6ac7d554-62c6be2f6c1bd8032dac9acf",
        "RequestId: " ID " Error: Runtime exited\nRuntime.ExitError",
        "{\"time\":\"" AT "\",\"type\":\"platform.report\",\"record\":{\"requestId\":\"" ID
        "\",\"metrics\":{\"durationMs\":1.5}}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        size_t whole = strlen(messages[i]);
        for (size_t n = 0; n <= whole; n++) {
            struct event e;
            char *copy = malloc(n ? n : 1); /* so that a sanitizer sees a read too far */
            assert_non_null(copy);
            memcpy(copy, messages[i], n);
            message_parse(slice_of(copy, n), &e);
            if (e.kind == EVENT_APP)
                assert_true(e.text.n == 0 || (e.text.p >= copy && e.text.p + e.text.n <= copy + n));
            free(copy);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(node),         cmocka_unit_test(dotnet),      cmocka_unit_test(python),
        cmocka_unit_test(java),         cmocka_unit_test(go_and_ruby), cmocka_unit_test(plain),
        cmocka_unit_test(cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
