/* Texts of each container and what it delivers of them, written out by hand, for test_containers.c. Each is
 * also the first look that a file gives: the container must be the one that is chosen. */
#ifndef TESTS_UNIT_CONTAINER_SAMPLES_H
#define TESTS_UNIT_CONTAINER_SAMPLES_H

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
    /* A paste puts further blanks behind an export's time. What a program indents stays. */
    {"cloudwatch-export",
     "2024-01-27T17:12:44.122Z  START RequestId: " ID " Version: 7\n"
     "2024-01-27T17:12:44.200Z   {\"a\":1}\n"
     "2024-01-27T17:12:44.300Z    indented\n",
     "E 1706375564122 START RequestId: " ID " Version: 7\n"
     "E 1706375564200 {\"a\":1}\n"
     "T 1706375564300    indented\n"
     "3 lines, 3 entries, 0 records, 0 unrecognised;"},
    /* The time of Node's line is its own, also where blanks stand for its tabs. */
    {"lambda-text", "2024-01-27T17:12:44.122Z    " ID "    ERROR    Invoke Error\n",
     "T - 2024-01-27T17:12:44.122Z    " ID "    ERROR    Invoke Error\n"
     "1 lines, 1 entries, 0 records, 0 unrecognised;"},
    {"aws-logs-tail",
     "2024-01-27 17:12:44 UTC START RequestId: " ID " Version: 7\n2024-01-27 17:12:45 UTC hello\n",
     "E 1706375564000 START RequestId: " ID " Version: 7\n"
     "T 1706375565000 hello\n"
     "2 lines, 2 entries, 0 records, 0 unrecognised;"},
    {"awslogs",
     "[/aws/lambda/f] 5:12:44 PM START RequestId: " ID " Version: 7\n[/aws/lambda/g] 17:12:45 hello\n",
     "E - group=/aws/lambda/f START RequestId: " ID " Version: 7\n"
     "T - group=/aws/lambda/g hello\n"
     "2 lines, 2 entries, 0 records, 0 unrecognised;"},
    {"awslogs",
     "[2024-01-27T17:12:44.122Z] START RequestId: " ID
     " Version: 7\n[2024-01-27T17:12:45.000Z] hello\n more\n",
     "E 1706375564122 START RequestId: " ID " Version: 7\n"
     "T 1706375565000 hello\\n more\n"
     "3 lines, 2 entries, 0 records, 0 unrecognised;"},
    /* The same time in brackets as a program's own, among lines without one. */
    {"lambda-text",
     "START RequestId: " ID " Version: 7\n[2024-01-27T17:12:44.122Z] a\n[2024-01-27T17:12:44.123Z] b\n"
     "[2024-01-27T17:12:44.124Z] c\nEND RequestId: " ID "\n",
     "E - START RequestId: " ID " Version: 7\n"
     "E - [2024-01-27T17:12:44.122Z] a\n"
     "E - [2024-01-27T17:12:44.123Z] b\n"
     "E - [2024-01-27T17:12:44.124Z] c\n"
     "T - END RequestId: " ID "\n"
     "5 lines, 5 entries, 0 records, 0 unrecognised;"},
    /* A REPORT that a page has wrapped; a program's own duration is a line. */
    {"lambda-text",
     "REPORT RequestId: " ID "\n"
     "Duration: 2.00 ms\tBilled Duration: 3 ms\n"
     "Init Duration: 1.00 ms Memory Size: 128 MB\n"
     "Duration: 7 s\n",
     "E - REPORT RequestId: " ID
     "\\nDuration: 2.00 ms\tBilled Duration: 3 ms\\nInit Duration: 1.00 ms Memory Size: 128 MB\n"
     "T - Duration: 7 s\n"
     "4 lines, 2 entries, 0 records, 0 unrecognised;"},
    /* One whose figures have lines of their own; one that is whole takes none. */
    {"lambda-text",
     "REPORT RequestId: " ID "\nDuration: 2.00 ms\nBilled Duration: 3 ms\nMemory Size: 128 MB\nStatus: fine\n"
     "REPORT RequestId: " ID " Duration: 2.00 ms Billed Duration: 3 ms\nDuration: 7 ms\n",
     "E - REPORT RequestId: " ID "\\nDuration: 2.00 ms\\nBilled Duration: 3 ms\\nMemory Size: 128 MB\n"
     "E - Status: fine\n"
     "E - REPORT RequestId: " ID " Duration: 2.00 ms Billed Duration: 3 ms\n"
     "T - Duration: 7 ms\n"
     "7 lines, 4 entries, 0 records, 0 unrecognised;"},
    /* Rows of a pasted table are entries whatever they say; what stands without bars goes on. */
    {"lambda-text",
     "2024-01-27T12:12:44.122-05:00 | START RequestId: " ID " Version: 7\n"
     "-- | --\n"
     "  | 2024-01-27T12:12:44.123-05:00 | [INFO] hello\n"
     "  and more | of it\n"
     "  | 2024-01-27T12:12:44.124-05:00 | END RequestId: " ID "\n",
     "E 1706375564122 START RequestId: " ID " Version: 7\n"
     "E 1706375564123 [INFO] hello\\n  and more | of it\n"
     "T 1706375564124 END RequestId: " ID "\n"
     "5 lines, 3 entries, 0 records, 0 unrecognised;"},
    {"lambda-text",
     "localstack_main | > START RequestId: " ID " Version: 7\n"
     "localstack_main | > Error: x\n"
     "localstack_main | >     at y\n"
     "worker-1  | hello\n",
     "E - START RequestId: " ID " Version: 7\n"
     "E - Error: x\\nlocalstack_main | >     at y\n"
     "T - hello\n"
     "4 lines, 3 entries, 0 records, 0 unrecognised;"},
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
     "2 lines, 3 entries, 0 records, 0 unrecognised;"},
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
     "E 1689878257729 group=123456789012:/aws/lambda/f m\n"
     "1 lines, 1 entries, 0 records, 0 unrecognised;"},
    {"json",
     "[{\"@timestamp\":\"2023-07-20 "
     "18:37:37.729\",\"@message\":\"m\",\"@logStream\":\"s\"},{\"@message\":\"n\"}]",
     "E 1689878257729 stream=s m\n"
     "E - n\n"
     "1 lines, 2 entries, 0 records, 0 unrecognised;"},
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
    /* What the Telemetry API hands on of a program is the record: it names its request itself. */
    {"json",
     "[{\"time\":\"2024-01-27T17:12:44.122Z\",\"type\":\"function\",\"record\":\"" ID "\\tINFO\\tm\\n\"},"
     "{\"time\":\"2024-01-27T17:12:44.123Z\",\"type\":\"function\",\"record\":{\"requestId\":\"" ID "\"}},"
     "{\"time\":\"2024-01-27T17:12:44.124Z\",\"type\":\"extension\",\"record\":\"x\"}]\n",
     "E 1706375564122 " ID "\tINFO\tm\n"
     "E 1706375564123 {\"requestId\":\"" ID "\"}\n"
     "E - {\"time\":\"2024-01-27T17:12:44.124Z\",\"type\":\"extension\",\"record\":\"x\"}\n"
     "1 lines, 3 entries, 0 records, 0 unrecognised;"},
    {"json",
     "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventTime\":\"2021-02-18T19:23:27."
     "498Z\",\"eventName\":"
     "\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"a+b%3Dc\",\"size\":12}}"
     "}]}",
     "S 1613676207498 ObjectCreated:Put b a b=c\n"
     "1 lines, 0 entries, 1 records, 0 unrecognised;"},
    {"json",
     "{\"Records\":[{\"messageId\":\"1\",\"body\":\"{\\\"Records\\\":[{\\\"eventSource\\\":\\\"aws:s3\\\","
     "\\\"eventTime\\\":\\\"2021-02-18T19:"
     "23:27.498Z\\\",\\\"eventName\\\":\\\"ObjectCreated:Put\\\",\\\"s3\\\":{\\\"bucket\\\":{\\\"name\\\":"
     "\\\"b\\\"},\\\"object\\\":{"
     "\\\"key\\\":\\\"k\\\"}}}]}\",\"eventSource\":\"aws:sqs\"}]}",
     "S 1613676207498 ObjectCreated:Put b k via sqs\n"
     "1 lines, 0 entries, 2 records, 0 unrecognised;"},
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
    {"csv", "@requestId,@duration\n" ID ",12.5\n",
     "2 lines, 0 entries, 1 records, 0 unrecognised; no-message"},
    {"json",
     "[[{\"field\":\"@requestId\",\"value\":\"x\"},{\"field\":\"@maxMemoryUsed\",\"value\":\"1.28E8\"}]]",
     "1 lines, 0 entries, 1 records, 0 unrecognised; no-message"},
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
     "1 lines, 1 entries, 0 records, 0 unrecognised; json-truncated"},
};

#endif
