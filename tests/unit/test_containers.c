/* parsers/container_*.c and document_*.c: what each container delivers, written out by hand; that it is the
 * same when the text arrives cut at every byte; and that every place (line, offset) is where the entry
 * stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "parsers/container.h"

#define STREAM "2023/06/02/[72]88ab0123456789abcdef0123456789ab"
#define ID     "ab684dea-74fb-5a44-8ea8-13c54f3cabf4"

struct row {
    const char *container, *text;
    /* A line for each delivery: E an entry, T the last one of a file of lines, O an orphan, S an S3 record;
     * then the counts and anomalies. Line ends of a text are written as \n. */
    const char *delivered;
};

static const struct row rows[] = {
    {"cloudwatch-export",
     "orphan line\n"
     "2024-01-27T17:12:44.122Z hello\n"
     "\n"
     "2024-01-27T17:12:44.200Z [ERROR] x\n"
     "  frame\n"
     "1706375564300 epoch\r\n"
     "2024-01-27T17:12:45.000Z\tnode\n"
     "2024-01-27T17:12:46.000Z last",
     "O orphan line\\n\n"
     "E 1706375564122 hello\n"
     "E 1706375564200 [ERROR] x\\n  frame\n"
     "E 1706375564300 epoch\r\\n2024-01-27T17:12:45.000Z\tnode\n"
     "T 1706375566000 last\n"
     "8 lines, 4 entries, 0 records, 0 unrecognised; no-line-end"},
    {"aws-logs-tail",
     "2023-06-02T11:27:22.355000+00:00 " STREAM " RESTORE_START x\n"
     "2023-06-02T11:27:23 short form\n"
     " continued\n"
     "\x1b[32m2023-06-02T11:27:24Z\x1b[0m \x1b[33m" STREAM "\x1b[0m coloured\n",
     "E 1685705242355 stream=" STREAM " RESTORE_START x\n"
     "E 1685705243000 short form\\n continued\n"
     "T 1685705244000 stream=" STREAM " coloured\n"
     "4 lines, 3 entries, 0 records, 0 unrecognised;"},
    {"sam-logs",
     STREAM " 2023-07-05T10:16:34.013000 RESTORE_START y\n" STREAM " 2023-07-05T10:16:34.014000 z\n\n",
     "E 1688552194013 stream=" STREAM " RESTORE_START y\n"
     "T 1688552194014 stream=" STREAM " z\n"
     "3 lines, 2 entries, 0 records, 0 unrecognised;"},
    {"awslogs", "/aws/lambda/f " STREAM " hello\n/aws/lambda/f " STREAM " [2023-06-02T11:27:22Z] timed\n",
     "E - group=/aws/lambda/f stream=" STREAM " hello\n"
     "T 1685705242000 group=/aws/lambda/f stream=" STREAM " timed\n"
     "2 lines, 2 entries, 0 records, 0 unrecognised;"},
    {"awslogs", "[2023-06-02T11:27:22Z] (" STREAM ") saw\n[2023-06-02T11:27:23Z] (" STREAM ") again\n",
     "E 1685705242000 stream=" STREAM " saw\n"
     "T 1685705243000 stream=" STREAM " again\n"
     "2 lines, 2 entries, 0 records, 0 unrecognised;"},
    {"lambda-text",
     "START RequestId: " ID " Version: $LATEST\n"
     "hello\n"
     "  more\n"
     "-----\n"
     "| 2022-10-04T12:23:04.626-04:00 | END RequestId: " ID "\n"
     "REPORT RequestId: " ID "\tDuration: 1.00 ms\n"
     "XRAY TraceId: 1-5d8bba5a-dc2932496a65bab91d2d42d4\n",
     "E - START RequestId: " ID " Version: $LATEST\n"
     "E - hello\\n  more\n"
     "E 1664900584626 END RequestId: " ID "\n"
     "T - REPORT RequestId: " ID "\tDuration: 1.00 ms\\nXRAY TraceId: 1-5d8bba5a-dc2932496a65bab91d2d42d4\n"
     "7 lines, 4 entries, 0 records, 0 unrecognised;"},
    {"csv",
     "timestamp,message\n1689878257729,\"a \"\"quoted\"\" b\nsecond, "
     "line\n\"\n1689878258000,plain\nnever,x\n",
     "E 1689878257729 a \"quoted\" b\\nsecond, line\\n\n"
     "E 1689878258000 plain\n"
     "6 lines, 2 entries, 0 records, 1 unrecognised;"},
    {"csv",
     "\"@timestamp\",\"@message\",\"@logStream\",extra,\"@log\"\r\n"
     "\"2023-07-20 18:37:37.729\",hello," STREAM ",,/aws/lambda/f\r\n"
     "\"2023-07-20 18:37:38.000\",\"\"," STREAM ",\"x\",/aws/lambda/f",
     "E 1689878257729 group=/aws/lambda/f stream=" STREAM " hello\n"
     "E 1689878258000 group=/aws/lambda/f stream=" STREAM " \n"
     "3 lines, 2 entries, 0 records, 0 unrecognised;"},
    {"csv", "timestamp,message\n1689878257729,'\"-- a, \"\"b\"\"\n\"\n1689878258000,'quoted'\n",
     "E 1689878257729 -- a, \"b\"\\n\n"
     "E 1689878258000 'quoted'\n"
     "4 lines, 2 entries, 0 records, 0 unrecognised;"},
    {"csv", "timestamp,message\n1689878257729,\"never ends\n1689878258000,plain\n",
     "E 1689878258000 plain\n"
     "3 lines, 1 entries, 0 records, 0 unrecognised; csv-damaged"},
    /* Subscription documents back to back; the second one is CloudWatch's test, the third has its keys
       turned. */
    {"json",
     "{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"/aws/lambda/"
     "f\",\"logStream\":\"s\",\"logEvents\":[{\"id\":\"1\",\"timestamp\":"
     "1706375564122,\"message\":\"a\\nb\"},{\"id\":\"2\",\"timestamp\":1706375564123,\"message\":\"c\"}]}"
     "{\"messageType\":\"CONTROL_MESSAGE\",\"logGroup\":\"\",\"logStream\":\"\",\"logEvents\":[{\"id\":\"\","
     "\"timestamp\":1706375564122,"
     "\"message\":\"CWL CONTROL MESSAGE: Checking health of destination Firehose.\"}]}\n"
     "{\"logEvents\":[{\"message\":\"d\\u00e9\",\"timestamp\":1706375564124}],\"logStream\":\"t\","
     "\"logGroup\":\"/aws/lambda/g\"}",
     "E 1706375564122 group=/aws/lambda/f stream=s id=1 a\\nb\n"
     "E 1706375564123 group=/aws/lambda/f stream=s id=2 c\n"
     "E 1706375564124 group=/aws/lambda/g stream=t d\xc3\xa9\n"
     "1 lines, 3 entries, 0 records, 0 unrecognised;"},
    {"json",
     "{\n  \"events\": [\n    {\n      \"logStreamName\": \"s\",\n      \"timestamp\": 1706375564122,\n      "
     "\"message\": \"x\\n\",\n"
     "      \"ingestionTime\": 1706375565000,\n      \"eventId\": \"36\"\n    }\n  ],\n  "
     "\"searchedLogStreams\": []\n}\n",
     "E 1706375564122 stream=s id=36 x\\n\n"
     "12 lines, 1 entries, 0 records, 0 unrecognised;"},
    {"json",
     "{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"2023-07-20 "
     "18:37:37.729\"},{\"field\":\"@message\",\"value\":\"m\"},{\"field\":"
     "\"@log\",\"value\":\"123456789012:/aws/lambda/"
     "f\"},{\"field\":\"@ptr\",\"value\":\"p\"}]],\"status\":\"Complete\"}",
     "E 1689878257729 group=/aws/lambda/f m\n"
     "0 lines, 1 entries, 0 records, 0 unrecognised;"},
    {"json",
     "[{\"@timestamp\":\"2023-07-20 "
     "18:37:37.729\",\"@message\":\"m\",\"@logStream\":\"s\"},{\"@message\":\"n\"}]",
     "E 1689878257729 stream=s m\n"
     "E - n\n"
     "0 lines, 2 entries, 0 records, 0 unrecognised;"},
    {"json",
     "{\"time\":\"2026-10-08T07:30:29.470Z\",\"type\":\"platform.start\",\"record\":{}}\n"
     "{\"timestamp\":\"2026-10-08T07:30:29Z\",\"level\":\"INFO\",\"message\":\"m\"}\n"
     "plain text\n"
     "{\"nothing\":\"known\"}\n",
     "E - {\"time\":\"2026-10-08T07:30:29.470Z\",\"type\":\"platform.start\",\"record\":{}}\n"
     "E - {\"timestamp\":\"2026-10-08T07:30:29Z\",\"level\":\"INFO\",\"message\":\"m\"}\n"
     "4 lines, 2 entries, 0 records, 2 unrecognised; json-damaged"},
    /* The platform's text that a tool has put into lines of its own; a request outside of the message makes it
       a program's; a time alone makes no line. */
    {"json",
     "{\"level\":\"info\",\"timestamp\":\"2024-01-27T19:12:44.122+02:00\",\"message\":\"END RequestId: " ID
     "\\n\"}\n"
     "{\"message\":\"START RequestId: " ID " Version: 7\",\"timestamp\":\"2024-01-27T17:12:44Z\"}\n"
     "{\"timestamp\":\"2024-01-27T17:12:44Z\",\"message\":\"m\"}\n"
     "{\"level\":\"INFO\",\"requestId\":\"" ID "\",\"message\":\"END RequestId: " ID "\"}\n"
     "{\"timestamp\":\"2024-01-27T17:12:44Z\",\"user\":\"u\"}\n",
     "E 1706375564122 END RequestId: " ID "\\n\n"
     "E 1706375564000 START RequestId: " ID " Version: 7\n"
     "E - {\"timestamp\":\"2024-01-27T17:12:44Z\",\"message\":\"m\"}\n"
     "E - {\"level\":\"INFO\",\"requestId\":\"" ID "\",\"message\":\"END RequestId: " ID "\"}\n"
     "5 lines, 4 entries, 0 records, 1 unrecognised;"},
    {"json",
     "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventTime\":\"2021-02-18T19:23:27."
     "498Z\",\"eventName\":"
     "\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"a+b%3Dc\",\"size\":12}}"
     "}]}",
     "S 1613676207498 ObjectCreated:Put b a b=c\n"
     "0 lines, 0 entries, 1 records, 0 unrecognised;"},
    {"json",
     "{\"Records\":[{\"messageId\":\"1\",\"body\":\"{\\\"Records\\\":[{\\\"eventSource\\\":\\\"aws:s3\\\","
     "\\\"eventTime\\\":\\\"2021-02-18T19:"
     "23:27.498Z\\\",\\\"eventName\\\":\\\"ObjectCreated:Put\\\",\\\"s3\\\":{\\\"bucket\\\":{\\\"name\\\":"
     "\\\"b\\\"},\\\"object\\\":{"
     "\\\"key\\\":\\\"k\\\"}}}]}\",\"eventSource\":\"aws:sqs\"}]}",
     "S 1613676207498 ObjectCreated:Put b k via sqs\n"
     "0 lines, 0 entries, 2 records, 0 unrecognised;"},
    /* --format json: a document under the head. */
    {"aws-logs-tail",
     "2023-06-02T11:27:22.355000+00:00 " STREAM " \n{\n    \"level\": \"INFO\",\n    \"x\": 1\n}\n"
     "2023-06-02T11:27:23+00:00 " STREAM " plain\n",
     "E 1685705242355 stream=" STREAM " {\\n    \"level\": \"INFO\",\\n    \"x\": 1\\n}\n"
     "T 1685705243000 stream=" STREAM " plain\n"
     "6 lines, 2 entries, 0 records, 0 unrecognised;"},
    {"cw",
     "2023-06-02T11:27:22 - /aws/lambda/f - " STREAM " - "
     "36972425375792598393298743017356257146982675867810398208 - a - b\n continued\n"
     "2023-06-02T11:27:23 - " STREAM " - c\n"
     "/aws/lambda/f - d\n",
     "E 1685705242000 group=/aws/lambda/f stream=" STREAM
     " id=36972425375792598393298743017356257146982675867810398208 a - b\\n continued\n"
     "E 1685705243000 stream=" STREAM " c\n"
     "T - group=/aws/lambda/f d\n"
     "4 lines, 3 entries, 0 records, 0 unrecognised;"},
    {"serverless-logs",
     "START RequestId: " ID " Version: $LATEST\n"
     "2023-06-02 13:27:22.355 (+02:00)\t" ID "\tINFO\thello\n  more\n"
     "END RequestId: " ID "\n",
     "E - START RequestId: " ID " Version: $LATEST\n"
     "E 1685705242355 " ID "\tINFO\thello\\n  more\n"
     "T - END RequestId: " ID "\n"
     "4 lines, 3 entries, 0 records, 0 unrecognised;"},
    /* Wrapped text cannot be put together again: what is whole counts, the rest is told. */
    {"table",
     "+---------------+--------+\n"
     "| timestamp     | message |\n"
     "+---------------+--------+\n"
     "| 1682768195221 | START RequestId: " ID " Version: $LATEST  |\n"
     "| 1682768195222 | a line that is wra |\n"
     "|               | pped here          |\n"
     "| 1682768195230 | REPORT RequestId: " ID " Duration: 1.66 ms Billed |\n"
     "|               | Duration: 2 ms     |\n"
     "+---------------+--------+\n",
     "E 1682768195221 START RequestId: " ID " Version: $LATEST\n"
     "9 lines, 1 entries, 0 records, 5 unrecognised;"},
    /* JSON among a log's lines of text is one more line. */
    {"lambda-text",
     "START RequestId: " ID
     " Version: $LATEST\n{\"level\":\"INFO\",\"message\":\"m\"}\nToo many connections\n"
     "END RequestId: " ID "\n",
     "E - START RequestId: " ID " Version: $LATEST\n"
     "E - {\"level\":\"INFO\",\"message\":\"m\"}\n"
     "E - Too many connections\n"
     "T - END RequestId: " ID "\n"
     "4 lines, 4 entries, 0 records, 0 unrecognised;"},
    /* A quote that is missing costs its row, whatever follows. */
    {"csv", "timestamp,message\n1689878257729,'\"-- a, \"\"b\"\"\n\"\n1689878258000,'quoted'\n",
     "E 1689878257729 -- a, \"b\"\\n\n"
     "E 1689878258000 'quoted'\n"
     "4 lines, 2 entries, 0 records, 0 unrecognised;"},
    {"csv", "timestamp,message\n1689878257729,\"never ends\n1689878258000,plain\n1689878259000,\"quoted\"\n",
     "E 1689878258000 plain\n"
     "E 1689878259000 quoted\n"
     "4 lines, 2 entries, 0 records, 0 unrecognised; csv-damaged"},
    {"csv",
     "timestamp,message\n1689878257000,first\n1689878257729,\"never\nmore, \n1689878258000,\"a, b\n\"\n"
     "1689878259000,c\n",
     "E 1689878257000 first\n"
     "E 1689878258000 a, b\\n\n"
     "E 1689878259000 c\n"
     "7 lines, 3 entries, 0 records, 0 unrecognised; csv-damaged"},
    {"csv", "timestamp,message\n1689878257729,\"a\"b\"\n1689878258000,\"\n x\"\n",
     "E 1689878258000 \\n x\n"
     "4 lines, 1 entries, 0 records, 0 unrecognised; csv-damaged"},
    /* Insights without @message: figures, and no lines. */
    {"csv", "@requestId,@duration\n" ID ",12.5\n", "2 lines, 0 entries, 1 records, 0 unrecognised;"},
    {"json",
     "[[{\"field\":\"@requestId\",\"value\":\"x\"},{\"field\":\"@maxMemoryUsed\",\"value\":\"1.28E8\"}]]",
     "0 lines, 0 entries, 1 records, 0 unrecognised;"},
    {"json", "\"START RequestId: " ID " Version: $LATEST\\n\"\n\"a \\\"b\\\"\"\n",
     "E - START RequestId: " ID " Version: $LATEST\\n\n"
     "E - a \"b\"\n"
     "2 lines, 2 entries, 0 records, 0 unrecognised;"},
    /* A platform line between documents counts; a heading does not. */
    {"json", "{\"level\":\"INFO\",\"message\":\"m\"}\nINIT_START Runtime Version: nodejs:16.v12\nheading\n",
     "E - {\"level\":\"INFO\",\"message\":\"m\"}\n"
     "E - INIT_START Runtime Version: nodejs:16.v12\n"
     "3 lines, 2 entries, 0 records, 1 unrecognised; json-damaged"},
    {"json",
     "{\"events\":[{\"timestamp\":1706375564122,\"message\":\"whole\"},{\"timestamp\":1706375564123,\"mess",
     "E 1706375564122 whole\n"
     "0 lines, 1 entries, 0 records, 0 unrecognised; json-truncated"},
};

/* ---- recording ---- */

struct recording {
    const struct row *row;
    size_t step;
    bool lines; /* places are those of lines, not of strings */
    struct buf out;
};

static void put_text(struct buf *out, struct slice text)
{
    for (; text.n; text = slice_skip(text, 1))
        if (*text.p == '\n')
            buf_append(out, SLICE("\\n"));
        else
            buf_byte(out, *text.p);
    buf_byte(out, '\n');
}

/* The place is where the text stands: at the start of its line, or of its string. */
static void check_place(const struct recording *r, struct loc loc, struct slice text)
{
    const char *piece = r->row->text + loc.source * r->step, *at = piece + loc.offset;
    uint32_t line = 1;
    assert_true(at <= r->row->text + strlen(r->row->text));
    for (const char *p = piece; p < at; p++)
        line += *p == '\n';
    if (loc.line != line)
        fail_msg("\"%.*s\" is in line %u, not %u (step %zu)", SLICE_ARG(text), line, loc.line, r->step);
    if (r->lines && at > r->row->text && at[-1] != '\n')
        fail_msg("\"%.*s\" is at %llu, in the middle of a line", SLICE_ARG(text),
                 (unsigned long long)loc.offset);
    if (!r->lines && text.n && *text.p != *at)
        fail_msg("\"%.*s\" is at %llu, where %.8s stands", SLICE_ARG(text), (unsigned long long)loc.offset,
                 at);
}

static void put_entry(struct recording *r, char what, const struct entry *e)
{
    buf_printf(&r->out, e->time == TIME_NONE ? "%c -" : "%c %lld", what, (long long)e->time);
    if (e->group.n)
        buf_printf(&r->out, " group=%.*s", SLICE_ARG(e->group));
    if (e->stream.n)
        buf_printf(&r->out, " stream=%.*s", SLICE_ARG(e->stream));
    if (e->id.n)
        buf_printf(&r->out, " id=%.*s", SLICE_ARG(e->id));
    buf_byte(&r->out, ' ');
    put_text(&r->out, e->text);
    check_place(r, e->loc, e->text);
}

static void on_entry(void *ctx, const struct entry *e)
{
    put_entry(ctx, 'E', e);
}

static void on_tail(void *ctx, const struct entry *e)
{
    put_entry(ctx, 'T', e);
}

static void on_orphan(void *ctx, struct slice text, struct loc loc)
{
    struct recording *r = ctx;
    buf_append(&r->out, SLICE("O "));
    put_text(&r->out, text);
    check_place(r, loc, text);
}

static void on_s3(void *ctx, const struct s3_record *s)
{
    struct recording *r = ctx;
    buf_printf(&r->out, "S %lld %.*s %.*s %.*s%s%.*s\n", (long long)s->time, SLICE_ARG(s->event_name),
               SLICE_ARG(s->bucket), SLICE_ARG(s->key), s->via.n ? " via " : "", SLICE_ARG(s->via));
}

/* ---- feeding ---- */

/* The counts of all pieces together, and each kind of anomaly once. */
static void put_counts(struct recording *r, const struct source *pieces, size_t n)
{
    uint64_t lines = 0, entries = 0, records = 0, unrecognised = 0;
    unsigned kinds = 0;
    for (size_t i = 0; i < n; i++) {
        lines += pieces[i].lines;
        entries += pieces[i].entries;
        records += pieces[i].records;
        unrecognised += pieces[i].unrecognised_lines;
        for (size_t k = 0; k < pieces[i].anomalies.n; k++)
            kinds |= 1u << pieces[i].anomalies.v[k].kind;
    }
    buf_printf(&r->out, "%llu lines, %llu entries, %llu records, %llu unrecognised;",
               (unsigned long long)lines, (unsigned long long)entries, (unsigned long long)records,
               (unsigned long long)unrecognised);
    for (unsigned kind = 0; kind < ANOMALY_KINDS; kind++)
        if (kinds >> kind & 1)
            buf_printf(&r->out, " %s", anomaly_name((enum anomaly_kind)kind));
}

/* Reads the row's text as a chain of sources of `step` bytes each, which the input joins without a seam. */
static void feed(const struct row *row, size_t step)
{
    size_t size = strlen(row->text), n = (size + step - 1) / step;
    struct source *pieces = calloc(n, sizeof *pieces);
    const struct container *container = container_by_name(slice_str(row->container));
    struct recording r = {.row = row, .step = step, .lines = strcmp(row->container, "json") != 0};
    const struct sink sink = {
        .ctx = &r, .entry = on_entry, .tail = on_tail, .orphan = on_orphan, .s3 = on_s3};
    struct input in;
    assert_non_null(pieces);
    assert_non_null(container);
    buf_init(&r.out, 0);
    for (size_t i = 0; i < n; i++) {
        source_init(&pieces[i], "piece", NULL);
        pieces[i].index = (uint32_t)i;
        pieces[i].memory = slice_head(slice_of(row->text + i * step, size - i * step), step);
        pieces[i].next = i + 1 < n ? &pieces[i + 1] : NULL;
    }
    assert_true(input_open(&in, &pieces[0], true));
    container->parse(&in, &sink);
    input_done(&in);
    put_counts(&r, pieces, n);
    if (!slice_eq(buf_slice(&r.out), slice_str(row->delivered)))
        fail_msg("%s, in pieces of %zu:\n%.*s\nand not:\n%s", row->container, step,
                 SLICE_ARG(buf_slice(&r.out)), row->delivered);
    for (size_t i = 0; i < n; i++)
        source_done(&pieces[i]);
    buf_done(&r.out);
    free(pieces);
}

static void feed_all(const char *container)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = strlen(rows[i].text);
        if (strcmp(rows[i].container, container) != 0)
            continue;
        feed(&rows[i], size);
        for (size_t step = 1; step < size; step += step < 40 ? 1 : 37)
            feed(&rows[i], step);
    }
}

#define FEED(name, container)                                                                                \
    static void name(void **state)                                                                           \
    {                                                                                                        \
        (void)state;                                                                                         \
        feed_all(container);                                                                                 \
    }
FEED(feeds_export, "cloudwatch-export")
FEED(feeds_tail, "aws-logs-tail")
FEED(feeds_sam, "sam-logs")
FEED(feeds_awslogs, "awslogs")
FEED(feeds_cw, "cw")
FEED(feeds_serverless, "serverless-logs")
FEED(feeds_table, "table")
FEED(feeds_bare, "lambda-text")
FEED(feeds_csv, "csv")
FEED(feeds_json, "json")

/* ---- choosing ---- */

/* Each text is recognised as what it is, and scoring survives any cut. */
static void chosen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct container *second;
        size_t size = strlen(rows[i].text);
        const struct container *best = container_choose(slice_of(rows[i].text, size), &second);
        if (!best || strcmp(best->name, rows[i].container) != 0)
            fail_msg("row %zu is taken for %s, not %s", i, best ? best->name : "nothing", rows[i].container);
        for (size_t n = 0; n < size; n++) {
            char *copy = malloc(n ? n : 1); /* so that a sanitizer sees a read too far */
            assert_non_null(copy);
            memcpy(copy, rows[i].text, n);
            (void)container_choose(slice_of(copy, n), &second);
            free(copy);
        }
    }
}

static void not_chosen(void **state)
{
    static const char *const texts[] = {"",
                                        "\n\n",
                                        "hello world\n",
                                        ("\x7f"
                                         "ELF\x02\x01"),
                                        "<html></html>",
                                        "[1,2,3]",
                                        "a,b\n1,2\n"};
    const struct container *second;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct container *best = container_choose(slice_str(texts[i]), &second);
        if (best)
            fail_msg("\"%s\" is taken for %s", texts[i], best->name);
    }
    assert_null(container_by_name(SLICE("no such")));
    assert_null(container_by_name(SLICE("")));
}

/* An entry over the limit: its beginning is delivered, its rest is dropped, the next entry is whole. */
static void over_long(void **state)
{
    static const char head[] = "2024-01-27T17:12:44.122Z big ", next[] = "\n2024-01-27T17:12:45.000Z next\n";
    size_t big = 5 * LIMIT_ENTRY; /* the limit is looked at when more is read, so it is passed by far */
    struct buf text;
    (void)state;
    buf_init(&text, 0);
    buf_append(&text, slice_str(head));
    buf_reserve(&text, big);
    memset(text.p + text.n, 'x', big);
    text.n += big;
    buf_append(&text, slice_str(next));
    buf_byte(&text, '\0');
    const struct row row = {"cloudwatch-export", text.p, NULL};
    struct recording r = {.row = &row, .step = text.n, .lines = true};
    const struct sink sink = {
        .ctx = &r, .entry = on_entry, .tail = on_tail, .orphan = on_orphan, .s3 = on_s3};
    struct source source;
    struct input in;
    buf_init(&r.out, 0);
    source_init(&source, "x", NULL);
    source.memory = slice_of(text.p, text.n - 1);
    assert_true(input_open(&in, &source, false));
    container_export.parse(&in, &sink);
    input_done(&in);
    assert_true(slice_starts(buf_slice(&r.out), SLICE("E 1706375564122 big xxx")));
    assert_true(slice_ends(buf_slice(&r.out), SLICE("x\nT 1706375565000 next\n")));
    assert_true(r.out.n > LIMIT_ENTRY && r.out.n < big);
    assert_int_equal(source.anomalies.n, 1);
    assert_int_equal(source.anomalies.v[0].kind, ANOMALY_TOO_LONG);
    assert_int_equal(source.anomalies.v[0].line, 1);
    source_done(&source);
    buf_done(&r.out);
    buf_done(&text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(feeds_cw),      cmocka_unit_test(feeds_serverless), cmocka_unit_test(feeds_table),
        cmocka_unit_test(feeds_export),  cmocka_unit_test(feeds_tail),       cmocka_unit_test(feeds_sam),
        cmocka_unit_test(feeds_awslogs), cmocka_unit_test(feeds_bare),       cmocka_unit_test(feeds_csv),
        cmocka_unit_test(feeds_json),    cmocka_unit_test(chosen),           cmocka_unit_test(not_chosen),
        cmocka_unit_test(over_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
