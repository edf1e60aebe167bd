/* Errors that nobody caught (parsers/message_unhandled.c): what only a runtime writes, and what a program may
 * write. */
#include "tests/unit/expect_event.h"

#include "parsers/message.h"

#include <stdlib.h>

#define ID "ab684dea-74fb-5a44-8ea8-13c54f3cabf4"
#define AT "2024-01-27T17:12:44.262Z"
/* A row whose text is the whole message. */
#define PLAIN(message) message, .text = message

static void by_head(void **state)
{
    static const struct expected rows[] = {
        {PLAIN("Unable to import module 'app': No module named 'pandas'"), .unhandled = true,
         .error_type = "Runtime.ImportModuleError"},
        {PLAIN("Syntax error in module 'index': SyntaxError"), .unhandled = true,
         .error_type = "Runtime.UserCodeSyntaxError"},
        {PLAIN("module initialization error: name 'x' is not defined"), .unhandled = true},
        {PLAIN("Process exited before completing request"), .unhandled = true},
        {PLAIN("Class not found: a.B: java.lang.ClassNotFoundException"), .unhandled = true,
         .error_type = "java.lang.ClassNotFoundException"},
        {PLAIN("Critical exception from handler {\n  \"errorMessage\": \"gone\",\n  \"errorType\": "
               "\"Function<NoMethodError>\"\n}"),
         .level = LEVEL_FATAL, .unhandled = true, .error_type = "Function<NoMethodError>"},
        {"Error loading class 5 of the catalogue", .level = LEVEL_ERROR,
         .text = "loading class 5 of the catalogue"}, /* a program's own */
        {PLAIN("Cannot import module 'app'")},
        {PLAIN("we saw: Unable to import module 'app'")},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

static void by_stack(void **state)
{
    static const struct expected rows[] = {
        {PLAIN("'eventTime': KeyError\nTraceback (most recent call last):\n  File \"/var/task/app.py\""),
         .unhandled = true, .error_type = "KeyError"},
        {PLAIN("/ by zero: java.lang.ArithmeticException\njava.lang.ArithmeticException: / by zero\n\tat "
               "a.B.c(B.java:3)"),
         .unhandled = true, .error_type = "java.lang.ArithmeticException"},
        {PLAIN("One or more errors occurred. (Unauthorized): AggregateException\n   at "
               "System.Threading.Tasks.Task"),
         .unhandled = true, .error_type = "AggregateException"},
        {PLAIN("java.lang.ArithmeticException: / by zero\n\tat a.B.c(B.java:3)")}, /* printStackTrace */
        {PLAIN("cannot save: java.lang.Error\njava.lang.ArithmeticException: / by zero")},
        {PLAIN("next stop: Lyon\n   at 17:12")},
        {PLAIN("retrying after: TimeoutException")},
        {PLAIN(
            "Traceback (most recent call last):\n  File \"/var/task/app.py\"\nKeyError: 'x'")}, /* print_exc */
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
}

static void node(void **state)
{
#define ERROR "{\"errorType\":\"TypeError\"}"
    static const struct expected rows[] = {
        {AT "\t" ID "\tERROR\t[dd.trace_id=46 dd.span_id=80] Unhandled Promise Rejection \t" ERROR, .id = ID,
         .time = AT, .level = LEVEL_ERROR, .unhandled = true, .error_type = "TypeError",
         .text = "[dd.trace_id=46 dd.span_id=80] Unhandled Promise Rejection \t" ERROR},
        {AT "\t" ID "\tERROR\t[orders] Unhandled Promise Rejection \t" ERROR, .id = ID, .time = AT,
         .level = LEVEL_ERROR, .text = "[orders] Unhandled Promise Rejection \t" ERROR},
        {ID "\tERROR\tInvoke Error \t" ERROR, .id = ID, .level = LEVEL_ERROR, .unhandled = true,
         .error_type = "TypeError", .text = "Invoke Error \t" ERROR},
        {ID "\tINFO\tplaced", .id = ID, .level = LEVEL_INFO, .text = "placed"},
        {PLAIN(ID " placed")},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
#undef ERROR
}

/* callback(err) of Node before 10. */
static void node_answer(void **state)
{
#define STACK     ",\"stackTrace\":[\"exports.handler (/var/task/index.js:3:17)\"]"
#define WHOLE     "{\"errorMessage\":\"gone\",\"errorType\":\"Error\"" STACK "}"
#define ROW(json) AT "\t" ID "\t" json, .id = ID, .time = AT, .text = json
    static const struct expected rows[] = {
        {ROW(WHOLE), .unhandled = true, .error_type = "Error"},
        {ID "\t" WHOLE, .id = ID, .text = WHOLE, .unhandled = true, .error_type = "Error"},
        {ROW("{\"errorMessage\":\"gone\",\"errorType\":\"Error\"}"), .unhandled = true,
         .error_type = "Error"},
        {ROW("{\"errorMessage\":\"Status is a duplicate.\"}"), .unhandled = true},
        /* A program's own. */
        {AT "\t" ID "\tINFO\t" WHOLE, .id = ID, .time = AT, .level = LEVEL_INFO, .text = WHOLE},
        {AT "\t" ID "\tERROR\t" WHOLE, .id = ID, .time = AT, .level = LEVEL_ERROR, .text = WHOLE},
        {ROW("answer: " WHOLE)},
        {ROW(WHOLE " was the answer")},
        {ROW("{\"errorMessage\": \"gone\"}")},
        {ROW("{\"errorMessage\":\"gone\",\"code\":5}")},
        {ROW("{\"errorMessage\":\"gone\",\"errorType\":\"Error\"" STACK ",\"code\":5}")},
        {ROW("{\"errorMessage\":\"gone\",\"errorType\":\"Error\",\"stackTrace\":\"handler\"}")},
        {ROW("{\"errorMessage\":\"gone\",\"errorType\":\"Err")},
        {ROW("{\"errorMessage\":\"gone")},
        /* What a caller is told of an invocation that the platform ended. */
        {ROW("{\"errorMessage\":\"" AT " " ID " Task timed out after 3.00 seconds\"}")},
        {ROW("{\"errorMessage\":\"RequestId: " ID " Process exited before completing request\"}")},
    };
    (void)state;
    expect_all(rows, sizeof rows / sizeof *rows);
#undef ROW
#undef WHOLE
#undef STACK
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_head),
        cmocka_unit_test(by_stack),
        cmocka_unit_test(node),
        cmocka_unit_test(node_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
