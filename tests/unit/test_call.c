/* forensics/call.h: lines of calls that came back, and of such that may not have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forensics/call.h"

static void check(const char *const *texts, bool over)
{
    size_t wrong = 0;
    for (; *texts; texts++) {
        if (call_over(slice_str(*texts)) == over)
            continue;
        wrong++;
        print_message("\"%s\" is %sover\n", *texts, over ? "not " : "");
    }
    assert_int_equal(wrong, 0);
}

static void over(void **state)
{
    static const char *const texts[] = {
        "200 GET https://cdn.example.com/a.js in 12 ms",
        "GET https://cdn.example.com/a.js 200 12ms",
        "GET https://cdn.example.com/a.js 200 - 12.3 ms",
        "GET https://api.rates.example.com/x -> 200 OK in 87 ms",
        "GET https://api.example.com/x took 3 s",
        "GET https://api.example.com/x took 1.25 seconds.",
        "GET https://api.example.com/x completed",
        "POST https://api.example.com/x finished (200)",
        "https://api.example.com responded",
        "https://api.example.com responded with 204",
        "GET https://api.example.com/x returned 200",
        "GET https://api.example.com/x <- 404",
        "GET https://api.example.com/x status=200",
        "https://sqs.eu-west-1.amazonaws.com:443 \"POST / HTTP/1.1\" 200 378",
        "POST hooks.slack.com /services/T0/B0 => 200",
        "query took 12 ms",
        NULL,
    };
    (void)state;
    check(texts, true);
}

static void open_ended(void **state)
{
    static const char *const texts[] = {
        "GET https://api.example.com/x",
        "GET https://api.example.com/200 in",
        "https://sqs.eu-west-1.amazonaws.com:443 \"POST / HTTP/1.1\" None None",
        "Post \"https://hooks.example.com/x\": context deadline exceeded (Client.Timeout exceeded while "
        "awaiting headers)",
        /* signs that are before the call or of another one */
        "auth took 12 ms, GET https://api.example.com/x",
        "200 GET https://a.example.com/x in 12 ms; GET https://b.example.com/y",
        "login completed; POST https://api.example.com/x",
        "loaded 200 rows in 12 ms and asking the partner's service for each of them",
        "3 of 5 completed, calling the partner",
        /* it goes on, or comes again */
        "retrying https://api.example.com/x in 500 ms",
        "GET https://api.example.com/x in 500 ms again",
        "GET https://api.example.com/x will be polled in 5 s",
        "https://api.example.com/x did not respond in 500 ms",
        "https://api.example.com/x hasn't finished",
        "GET https://api.example.com/x returned 503, retrying",
        "GET https://api.example.com/x (timeout 500 ms)",
        "https://api.example.com/x failed in 5000 ms",
        "connect error to https://api.example.com/x in 12 ms",
        /* numbers that are no status and no duration */
        "GET https://api.example.com/x in 3 parts",
        "GET https://api.example.com/x 12 ms",
        "GET https://api.example.com/x page 200 of 300",
        "GET https://api.example.com/x with id a-200 12 ms",
        "GET https://api.example.com/x returned 7",
        "GET https://api.example.com/x -> 10.0.3.14",
        "GET https://api.example.com/x unfinished",
        "",
        "in",
        "in 12",
        "200",
        NULL,
    };
    (void)state;
    check(texts, false);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(over),
        cmocka_unit_test(open_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
