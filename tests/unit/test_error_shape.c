/* The shape rule through the catalogue: a table of messages that report an error and of messages that only
 * talk about one. The expected name is the row that must count; NULL means that no row may count. The
 * sentences are written by hand in the wording of the drivers named beside them; none is the program's own
 * output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "parsers/error_quote.h"
#include "parsers/error_shape.h"
#include "parsers/signatures.h"
#include "tests/unit/error_lines.h"

static const struct shape_case decoys[] = {
    /* tickets, articles, titles, searches */
    {LEVEL_NONE, "Created ticket \"Too many connections\" for team db", NULL},
    {LEVEL_NONE, "Ticket 4711: Too many connections", NULL},
    {LEVEL_ERROR, "failed to save article \"sorry, too many clients already: a field guide\"", NULL},
    {LEVEL_NONE, "rendering article slug=too-many-connections title=\"Too many connections\"", NULL},
    {LEVEL_NONE, "{\"title\":\"Error: Too many connections\",\"views\":19}", NULL},
    {LEVEL_NONE,
     "{\"level\":\"error\",\"title\":\"FATAL: sorry, too many clients already\",\"msg\":\"no such page\"}",
     NULL},
    {LEVEL_NONE, "subject: FATAL: sorry, too many clients already", NULL},
    {LEVEL_WARN, "Slow search: q=\"mysql Too many connections\" took 900 ms", NULL},
    {LEVEL_NONE, "searched for: Too many connections", NULL},
    {LEVEL_ERROR, "search query 'OOM command not allowed' returned nothing", NULL},
    {LEVEL_NONE,
     "indexed document \"How to fix MongoWaitQueueTimeoutError: Timed out while checking out a connection "
     "from connection pool\"",
     NULL},
    {LEVEL_NONE, "FAQ: How to fix Error: Too many connections in MySQL", NULL},
    {LEVEL_NONE, "GET /articles/sorry-too-many-clients-already 200", NULL},
    {LEVEL_NONE, "See https://example.com/docs/errors#too%20many%20connections for details", NULL},
    {LEVEL_ERROR, "see https://example.com/wiki?q=Too many connections", NULL},
    {LEVEL_NONE, "comment by ann: \"we get FATAL: sorry, too many clients already every night\"", NULL},
    {LEVEL_NONE, "\xe2\x80\x9cToo many connections\xe2\x80\x9d was the headline", NULL},
    /* INFO and DEBUG that talk about it */
    {LEVEL_INFO, "Fixed: too many connections incident, see runbook", NULL},
    {LEVEL_INFO, "Recovered after: FATAL: sorry, too many clients already", NULL},
    {LEVEL_NONE, "[INFO] retry policy covers ThrottlingException: Rate exceeded", NULL},
    {LEVEL_NONE, "{\"level\":\"info\",\"message\":\"alarm text is: Too many connections\"}", NULL},
    {LEVEL_DEBUG, "Error: Too many connections", NULL},
    {LEVEL_TRACE, "FATAL: sorry, too many clients already", NULL},
    {LEVEL_NONE, "DEBUG Error: Too many connections", NULL},
    {LEVEL_NONE, "[DEBUG] caught ThrottlingException: Rate exceeded, retrying", NULL},
    {LEVEL_NONE, "{\"level\":\"debug\",\"err\":\"sorry, too many clients already\"}", NULL},
    {LEVEL_NONE, "level=debug msg=\"retry\" err=\"pq: sorry, too many clients already\"", NULL},
    {LEVEL_NONE, "{\"level\":20,\"err\":\"sorry, too many clients already\"}", NULL},
    /* counters and metrics */
    {LEVEL_NONE, "errors: 0, ECONNREFUSED: 0, ETIMEDOUT: 0", NULL},
    {LEVEL_NONE, "0 ECONNREFUSED, 0 ECONNRESET, 12 ok", NULL},
    {LEVEL_ERROR, "health: ECONNRESET=0 EPIPE=0", NULL},
    {LEVEL_NONE, "{\"metrics\":{\"ThrottlingException\":0,\"TooManyRequestsException\":0}}", NULL},
    {LEVEL_NONE, "MONITORING|1|count|db.too_many_connections|#env:prod", NULL},
    {LEVEL_NONE,
     "{\"_aws\":{\"CloudWatchMetrics\":[{\"Metrics\":[{\"Name\":\"Too many connections\",\"Unit\":"
     "\"Count\"}]}]},\"Too many connections\":0}",
     NULL},
    {LEVEL_NONE, "too many connections: 0", NULL},
    {LEVEL_NONE, "count(Too many connections) = 0", NULL},
    {LEVEL_NONE, "opened 1040 too many connections last year", NULL},
    /* a pool's words as a title, a setting, a count */
    {LEVEL_ERROR,
     "{\"title\":\"P2024:\\nTimed out fetching a new connection from the connection pool\",\"msg\":\"no "
     "page\"}",
     NULL},
    {LEVEL_NONE, "{\"retryOn\":\"\\nTimed out fetching a new connection from the connection pool\"}", NULL},
    {LEVEL_ERROR, "Timed out fetching a new connection from the connection pool: 0", NULL},
    {LEVEL_INFO, "{\"message\":\"tuned:\\nTimed out fetching a new connection from the connection pool\"}",
     NULL},
    {LEVEL_INFO,
     "runbook: (530, \"NOT_ALLOWED - access to vhost '/' refused for user 'app': connection limit (9) is "
     "reached\")",
     NULL},
    {LEVEL_ERROR,
     "{\"title\":\"530 (NOT-ALLOWED) with message 'NOT_ALLOWED - access to vhost: connection limit (9) is "
     "reached'\"}",
     NULL},
    {LEVEL_NONE, "mail goes out when the connection limit (100) is reached", NULL},
    {LEVEL_ERROR, "(530, \"NOT_ALLOWED - vhost /shop not found\")", NULL},
    {LEVEL_ERROR, "{\"message\":\"post 12 (by ann): FATAL: sorry, too many clients already\"}", NULL},
    {LEVEL_ERROR, "{\"message\":\"posts: Npgsql.PostgresException: 53300: sorry, too many clients already\"}",
     NULL},
    {LEVEL_ERROR, "{\"message\":\"saved page 3 of docs: Error: too many connections for role\"}", NULL},
    {LEVEL_ERROR, "{\"title\":\"Connect Timeout expired. All pooled connections are in use.\"}", NULL},
    {LEVEL_NONE, "gauge: all pooled connections are in use", NULL},
    {LEVEL_NONE, "{\"retryOn\":[\"Acquire operation took longer than the configured maximum time\"]}", NULL},
    {LEVEL_INFO, "acquire operation took longer than the configured maximum time 0 times", NULL},
    /* SQL, URLs, code */
    {LEVEL_NONE, "SELECT * FROM alerts WHERE message = 'Too many connections'", NULL},
    {LEVEL_ERROR, "INSERT INTO tickets (subject) VALUES ('FATAL: sorry, too many clients already')", NULL},
    {LEVEL_ERROR, "slow query: SELECT id FROM logs WHERE text LIKE '%Too many connections%'", NULL},
    {LEVEL_NONE, "if (err.code === 'ER_CON_COUNT_ERROR') retry()", NULL},
    {LEVEL_NONE, "except asyncpg.exceptions.TooManyConnectionsError:", NULL},
    {LEVEL_NONE, "rescue Aws::DynamoDB::Errors::ThrottlingException => e", NULL},
    {LEVEL_NONE, "rescued 0 of (Aws::DynamoDB::Errors::ThrottlingException)", NULL},
    {LEVEL_NONE, "{\"retry_on\":[\"Aws::DynamoDB::Errors::ThrottlingException\"]}", NULL},
    {LEVEL_NONE, "Aws::DynamoDB::Errors::ThrottlingException: 0", NULL},
    {LEVEL_INFO, "see AmazonSimpleSystemsManagementException: Rate exceeded", NULL},
    {LEVEL_NONE, "{\"title\":\"AmazonECSException: Rate exceeded\"}", NULL},
    {LEVEL_NONE, "Rate exceeded: 0", NULL},
    /* lists of retryable errors, settings */
    {LEVEL_NONE, "retryable errors: ThrottlingException, TooManyRequestsException, SlowDown", NULL},
    {LEVEL_NONE, "{ retryableErrors: [ 'ThrottlingException', 'ECONNRESET', 'Too many connections' ] }",
     NULL},
    {LEVEL_ERROR, "config {\"retryOn\":[\"Too many connections\",\"sorry, too many clients already\"]}",
     NULL},
    {LEVEL_WARN, "Retrying on: Too many connections | ECONNRESET", NULL},
    {LEVEL_NONE, "known errors = ['Too many connections', 'sorry, too many clients already']", NULL},
    {LEVEL_NONE, "pgbouncer.ini: query_wait_timeout = 120", NULL},
    {LEVEL_ERROR, "bad setting query_wait_timeout=abc", NULL},
    {LEVEL_NONE,
     "{\"max_user_connections\":30,\"ignoreErrors\":[\"FATAL: sorry, too many clients already\"]}", NULL},
    /* an event that the function received and printed */
    {LEVEL_NONE,
     "{\"Records\":[{\"messageId\":\"1\",\"body\":\"{\\\"error\\\":\\\"Too many connections\\\"}\"}]}", NULL},
    {LEVEL_ERROR,
     "bad event {\"Records\":[{\"Sns\":{\"Message\":\"FATAL: sorry, too many clients already\"}}]}", NULL},
    {LEVEL_NONE, "{ Records: [ { body: '{\"errorMessage\":\"Too many connections\"}' } ] }", NULL},
    {LEVEL_NONE,
     "{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"{\\\"errorMessage\\\":\\\"Too many "
     "connections\\\"}\"}",
     NULL},
    {LEVEL_NONE, "{\"detail-type\":\"x\",\"detail\":{\"error\":\"sorry, too many clients already\"}}", NULL},
    /* prose without a level */
    {LEVEL_NONE, "The pool copes with too many connections now", NULL},
    {LEVEL_NONE, "Customers wrote that they saw Too many connections on the status page", NULL},
    {LEVEL_NONE, "{\"text\":\"Too many connections\"}", NULL},
    {LEVEL_NONE, "{\"message\":\"Too many connections in the station, says the board\"}", NULL},
    {LEVEL_NONE, "note: broken pipe in the cellar", NULL},
    {LEVEL_NONE, "Slowdown: traffic on the A9", NULL},
    {LEVEL_NONE, "user typed: socket hang up", NULL},
    /* warnings of HTTP clients that are no error of a pool */
    {LEVEL_WARN,
     "@smithy/node-http-handler:WARN - socket usage at capacity=50 and 120 additional requests are enqueued.",
     NULL},
    {LEVEL_WARN, "Connection pool is full, discarding connection: s3.amazonaws.com. Connection pool size: 10",
     NULL},
    {LEVEL_ERROR, "validation failed: title \"Too many connections\" is too long", NULL},
    {LEVEL_ERROR, "validation failed: body: Too many connections", NULL},
    {LEVEL_NONE, "ann wrote: Error: Too many connections", NULL},
    {LEVEL_NONE, "PASS it handles Error: Too many connections (12 ms)", NULL},
    {LEVEL_NONE, "ok 3 - simulated FATAL: sorry, too many clients already", NULL},
    {LEVEL_NONE, "Yesterday's FATAL: sorry, too many clients already was fixed by ann", NULL},
    {LEVEL_INFO, "Error: Too many connections incident is over", NULL},
    {LEVEL_NONE, "retry_on:\n  - Too many connections\n  - ThrottlingException\n", NULL},
    {LEVEL_NONE,
     "settings {\n  retryableErrors: [\n    'ThrottlingException',\n    'Too many connections'\n  ]\n}",
     NULL},
    {LEVEL_NONE, "DB_ERROR_MATCH=Too many connections", NULL},
    {LEVEL_NONE, "{\"Retry\":[{\"ErrorEquals\":[\"States.Timeout\",\"Lambda.TooManyRequestsException\"]}]}",
     NULL},
    {LEVEL_NONE, "Received event: {'action': 'log', 'error': 'Too many connections'}", NULL},
    {LEVEL_NONE, "event {\"error\":\"sorry, too many clients already\"}", NULL},
    {LEVEL_NONE,
     "{\"version\":\"2.0\",\"routeKey\":\"POST "
     "/x\",\"rawPath\":\"/x\",\"rawQueryString\":\"\",\"body\":\"{\\\"error\\\":"
     "\\\"Too many connections\\\"}\"}",
     NULL},
    {LEVEL_NONE, "{\"AlarmName\":\"db\",\"NewStateReason\":\"x\",\"errorMessage\":\"Too many connections\"}",
     NULL},
    {LEVEL_NONE, "{\"statusCode\":429,\"message\":\"Too Many Requests\"}", NULL},
    {LEVEL_NONE, "2024-05-01 10:00:00,123 - app - INFO - Too many connections", NULL},
    {LEVEL_NONE, "2024-05-01 10:00:00,123 - app - DEBUG - FATAL: sorry, too many clients already", NULL},
    {LEVEL_NONE, "2024-05-01T10:00:00.1Z DEBUG app::db: pool timed out while waiting for an open connection",
     NULL},
    {LEVEL_NONE,
     "10:00:00.123 [main] DEBUG c.example.Shop - Connection is not available, request timed out after 1ms.",
     NULL},
    {LEVEL_NONE, "ThrottlingException: 0, SlowDown: 0", NULL},
    {LEVEL_NONE, "EMFILE=0 ENOSPC=0", NULL},
    {LEVEL_NONE, "alarm created: \"ORA-00018: sessions\"", NULL},
    /* near misses */
    {LEVEL_WARN,
     "Aborted connection 8 to db: 'unconnected' user: 'root' host: '172.20.0.4' (Got timeout reading "
     "communication packets)",
     NULL},
    {LEVEL_ERROR, "Error: Not too many connections expected: 3", NULL},
};

struct fixture {
    struct signatures *signatures;
    struct scanner *scanner;
};

static int set_up(void **state)
{
    static struct fixture f;
    f.signatures = signatures_new(SLICE(""), NULL);
    f.scanner = scanner_new(f.signatures);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    scanner_free(f->scanner);
    signatures_free(f->signatures);
    return 0;
}

enum { HITS_MAX = 16 };

static const char *hit_names(const struct fixture *f, const struct signature_hit *hits, size_t n,
                             char ret[600])
{
    size_t used = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < n && used < 500; i++)
        used += (size_t)snprintf(ret + used, 600 - used, "%s ",
                                 signatures_get(f->signatures, hits[i].signature)->name);
    return ret;
}

/* Returns whether the case holds; says which did not, so that one run shows all. */
static bool case_holds(const struct fixture *f, const struct shape_case *c, const char *text)
{
    struct signature_hit hits[HITS_MAX];
    char names[600];
    size_t n = scanner_find(f->scanner, slice_str(text), c->level, hits, HITS_MAX);
    bool found = c->row == NULL && n == 0;
    for (size_t i = 0; c->row && i < n; i++)
        found = found || strcmp(signatures_get(f->signatures, hits[i].signature)->name, c->row) == 0;
    if (!found)
        print_message("expected %s, got %s: %s\n", c->row ? c->row : "nothing", hit_names(f, hits, n, names),
                      text);
    return found;
}

static void test_true(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof true_cases / sizeof *true_cases; i++)
        wrong += !case_holds(*state, &true_cases[i], true_cases[i].text);
    assert_int_equal(wrong, 0);
}

static void test_decoys(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof decoys / sizeof *decoys; i++)
        wrong += !case_holds(*state, &decoys[i], decoys[i].text);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_true, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_decoys, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
