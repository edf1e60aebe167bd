/* forensics/host.h: the host that last words wait for, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forensics/host.h"

struct row {
    const char *text, *host;
};

static void check(const struct row *rows, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        struct slice host = host_of(slice_str(rows[i].text));
        if (slice_eq(host, slice_str(rows[i].host)))
            continue;
        wrong++;
        print_message("\"%s\" names \"%.*s\", not \"%s\"\n", rows[i].text, SLICE_ARG(host), rows[i].host);
    }
    assert_int_equal(wrong, 0);
}

static void urls(void **state)
{
    static const struct row rows[] = {
        {"GET https://api.example.com/v1", "api.example.com"},
        {"GET https://api.example.com:8443/v1", "api.example.com"},
        {"redis://cache.internal:6379/0", "cache.internal"},
        {"postgres://app:s3cret@pg-main.internal:5432/shop", "pg-main.internal"},
        {"POST https://api.example.com/users/a@example.org", "api.example.com"},
        {"TimeoutError: socket hang up to https://dynamodb.eu-west-1.amazonaws.com",
         "dynamodb.eu-west-1.amazonaws.com"},
        {"Connect timeout on endpoint URL: \"https://sqs.eu-west-1.amazonaws.com/\"",
         "sqs.eu-west-1.amazonaws.com"},
        {"INFO https://api.example.com/v1", "api.example.com"},
        {"connect error at https://api.example.com/v1", "api.example.com"},
        /* pages that the line refers to */
        {"see https://docs.example.com/errors#E17 for details", ""},
        {"(Background on this error at: https://sqlalche.me/e/20/3o7r)", ""},
        {"More info: http://pris.ly/d/connection-pool", ""},
        {"refer to the documentation at https://docs.example.com/x", ""},
        {"see https://docs.example.com/x, then GET https://api.example.com/v1", "api.example.com"},
        {"retry of 10.0.3.14:5432, see https://docs.example.com/x", "10.0.3.14"},
        /* places that are no hosts */
        {"writing to s3://reports-bucket/2026/03/out.csv", ""},
        {"writing to s3://a.b.example.com/out.csv", ""},
        {"reading file:///tmp/data.csv", ""},
        {"s3://reports-bucket/a from https://api.example.com/x", "api.example.com"},
        {"://", ""},
    };
    (void)state;
    check(rows, sizeof rows / sizeof *rows);
}

static void ports(void **state)
{
    static const struct row rows[] = {
        {"connect ETIMEDOUT 10.0.3.14:5432", "10.0.3.14"},
        {"connecting to db.abc.eu-west-1.rds.amazonaws.com:3306 …", "db.abc.eu-west-1.rds.amazonaws.com"},
        {"A connection attempt failed (sql01.corp.example.com:1433)", "sql01.corp.example.com"},
        {"A connection attempt failed (SQL01.CORP.EXAMPLE.COM:1433)", "SQL01.CORP.EXAMPLE.COM"},
        {"query start pg-main.internal:5432", "pg-main.internal"},
        {"dialing acme.io:443", "acme.io"},
        {"produce to kafka.prod.mycorp:29092", "kafka.prod.mycorp"},
        {"connection timed out: db.internal/10.0.0.5:5432", "db.internal"},
        {"Connection to node -1 (b-1.msk/10.0.0.4:9092) could not be established.", "b-1.msk"},
        {"connection timed out: /10.0.0.5:5432", "10.0.0.5"},
        /* the resolver is not what was asked for */
        {"dial tcp: lookup redis.prod.example.com on 169.254.78.1:53: read udp: i/o timeout",
         "redis.prod.example.com"},
        {"read udp 10.0.0.9:40001->169.254.78.1:53", ""},
        {"read tcp 10.0.0.9:40001->10.0.3.14:5432: i/o timeout", "10.0.3.14"},
        {"dns server 10.0.0.2:53 is slow", ""},
        /* files, classes, versions, times, loggers, mail */
        {"main.handler.py:12", ""},
        {"index.js:443", ""},
        {"file.js:12", ""},
        {"a.csv:8080", ""},
        {"com.example.Foo:5432", ""},
        {"app.orders.main:55 - start", ""},
        {"app.io:12 - start", ""},
        {"lib.core.index.io:12:5", ""},
        {"v1.2.3:80", ""},
        {"at 12:30:15 nothing", ""},
        {"mail to jane@mail.example.com:25", ""},
        {"GET /etc/hosts.d/db.internal:5432", ""},
        {"a.b.c:99999", ""},
        {"a.b.c:0", ""},
        {"key: value", ""},
        {"", ""},
        {":", ""},
    };
    (void)state;
    check(rows, sizeof rows / sizeof *rows);
}

static void bare(void **state)
{
    static const struct row rows[] = {
        {"getaddrinfo ENOTFOUND users.svc.local", "users.svc.local"},
        {"Error: getaddrinfo EAI_AGAIN kafka-1.internal.example.com", "kafka-1.internal.example.com"},
        {"Error: getaddrinfo ENOTFOUND db.prod.mycorp", "db.prod.mycorp"},
        {"java.net.UnknownHostException: db.shop.internal: Name or service not known", "db.shop.internal"},
        {"Failed to resolve 'api.vendor.io' ([Errno -2] Name or service not known)", "api.vendor.io"},
        {"Retrying (Retry(total=2)) after connection broken by 'ConnectTimeoutError(<urllib3.connection."
         "HTTPSConnection object at 0x7f>, 'Connection to api.vendor.io timed out. (connect timeout=5)')': "
         "/v1/x",
         "api.vendor.io"},
        {"HTTPSConnectionPool(host='api.vendor.io', port=443): Max retries exceeded", "api.vendor.io"},
        {": Net::HTTP POST hooks.slack.com /services/T0/B0 (3)", "hooks.slack.com"},
        {"GET api.example.com/v1/items", "api.example.com"},
        {"connecting to db.internal.", "db.internal"},
        {"Connecting to 10.0.0.5 ...", "10.0.0.5"},
        /* no hosts */
        {"loaded config.production.json v1.2.3", ""},
        {"GET index.js /", ""},
        {"GET main.py", ""},
        {"POST a.csv /upload", ""},
        {"GET v1.2.3 /x", ""},
        {"connecting to com.example.Foo", ""},
        {"connecting to app.handlers.orders", ""},
        {"connect to com.example.io.Foo(1)", ""},
        {"connecting to jane.doe@example.com", ""},
        {"connecting to jane@example.com", ""},
        {"user jane.doe@example.com logged in", ""},
        {"budget example.com", ""},
        {"get example.com", ""},
        {"lookup index.js", ""},
        {"com.acme.orders.Handler.process started", ""},
        {"getaddrinfo ENOTFOUND undefined", ""},
        {"connecting to ..", ""},
        {"connecting to -a.com-", ""},
        {"connecting to a..com", ""},
        {"connection to ", ""},
    };
    (void)state;
    check(rows, sizeof rows / sizeof *rows);
}

static void referred(void **state)
{
    (void)state;
    assert_true(host_only_referred(SLICE("see https://docs.example.com/errors#E17 for details")));
    assert_false(host_only_referred(SLICE("GET https://api.example.com/v1")));
    assert_false(
        host_only_referred(SLICE("see https://docs.example.com/x: connect ETIMEDOUT 10.0.3.14:5432")));
    assert_false(host_only_referred(SLICE("see below")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls),
        cmocka_unit_test(ports),
        cmocka_unit_test(bare),
        cmocka_unit_test(referred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
