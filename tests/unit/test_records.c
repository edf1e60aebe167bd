/* parsers/record_*.c and the documents and lines they stand in: CloudTrail, S3 access logs, front doors, queues,
 * destinations. Each row is a text and what it delivers, written out by hand; each text is then cut and damaged
 * at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "parsers/container.h"
#include "parsers/record_message.h"

static void put(struct buf *out, const char *name, struct slice s)
{
    if (s.n)
        buf_printf(out, " %s=%.*s", name, SLICE_ARG(s));
}

static void put_number(struct buf *out, const char *name, uint64_t v, uint64_t none)
{
    if (v != none)
        buf_printf(out, " %s=%llu", name, (unsigned long long)v);
}

static void put_time(struct buf *out, const char *name, int64_t time)
{
    if (time != TIME_NONE)
        buf_printf(out, " %s=%lld", name, (long long)time);
}

static void on_entry(void *ctx, const struct entry *e)
{
    struct buf *out = ctx;
    buf_printf(out, "entry");
    put_time(out, "time", e->time);
    put(out, "group", e->group);
    put(out, "stream", e->stream);
    buf_printf(out, " %.*s\n", SLICE_ARG(e->text));
}

static void on_orphan(void *ctx, struct slice text, struct loc loc)
{
    (void)loc;
    buf_printf(ctx, "orphan %.*s\n", SLICE_ARG(text));
}

static void on_s3(void *ctx, const struct s3_record *r)
{
    struct buf *out = ctx;
    buf_printf(out, "s3 %.*s %.*s %.*s", SLICE_ARG(r->event_name), SLICE_ARG(r->bucket), SLICE_ARG(r->key));
    put_time(out, "time", r->time);
    put(out, "session", r->session);
    put(out, "request", r->request_id);
    put(out, "version", r->version_id);
    put(out, "via", r->via);
    buf_byte(out, '\n');
}

static void on_front(void *ctx, const struct front_call *c)
{
    static const char *const kinds[] = {"rest", "http", "alb"};
    struct buf *out = ctx;
    buf_printf(out, "front %s", kinds[c->kind]);
    put_time(out, "time", c->time);
    put(out, "id", c->id);
    put(out, "lambda", c->lambda_id);
    put(out, "trace", c->trace);
    put(out, "path", c->path);
    put(out, "function", c->function);
    put(out, "error", c->error);
    put_number(out, "status", c->status, FRONT_NONE);
    put_number(out, "latency", c->latency_ms, FRONT_NONE);
    buf_byte(out, '\n');
}

static void on_queue(void *ctx, const struct queue_record *q)
{
    struct buf *out = ctx;
    buf_printf(out, "queue %s", q->kind == QUEUE_SQS ? "sqs" : "sns");
    put(out, "id", q->message_id);
    put(out, "arn", q->arn);
    put(out, "session", q->session);
    put(out, "trace", q->trace);
    put(out, "lineage", q->lineage);
    put_time(out, "sent", q->sent);
    put_number(out, "count", q->receive_count, 0);
    buf_byte(out, '\n');
}

static void on_destination(void *ctx, const struct destination_record *r)
{
    struct buf *out = ctx;
    buf_printf(out, "destination %.*s", SLICE_ARG(r->condition));
    put(out, "request", r->request_id);
    put(out, "function", r->function_arn);
    put(out, "version", r->version);
    put(out, "message", r->error_message);
    put(out, "stream", r->stream_arn);
    put_number(out, "count", r->invoke_count, 0);
    put_number(out, "status", r->status, 0);
    put_time(out, "time", r->time);
    buf_byte(out, '\n');
}

static struct sink sink_of(struct buf *out)
{
    return (struct sink){.ctx = out,
                         .entry = on_entry,
                         .tail = on_entry,
                         .orphan = on_orphan,
                         .s3 = on_s3,
                         .front = on_front,
                         .queue = on_queue,
                         .destination = on_destination};
}

struct row {
    const char *name, *text, *delivered;
    const char *format;
};

#define NOTICE                                                                                               \
    "{\\\"Records\\\":[{\\\"eventSource\\\":\\\"aws:s3\\\",\\\"eventName\\\":\\\"ObjectCreated:Put\\\","     \
    "\\\"eventTime\\\":\\\"2021-02-18T19:23:27.498Z\\\",\\\"s3\\\":{\\\"bucket\\\":{\\\"name\\\":\\\"b\\\"}" \
    ","                                                                                                      \
    "\\\"object\\\":{\\\"key\\\":\\\"k\\\"}}}]}"
#define TRAIL_HEAD                                                                                           \
    "{\"eventVersion\":\"1.10\",\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"AROAX:other\"," \
    "\"arn\":\"arn:aws:sts::1:assumed-role/role/fn\""
#define OWNER "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

static const struct row rows[] = {
    /* The function of inScopeOf before the session of the arn before that of the principal; the key as it is. */
    {"CloudTrail",
     "{\"Records\":[" TRAIL_HEAD
     ",\"inScopeOf\":{\"issuerType\":\"AWS::Lambda::Function\",\"credentialsIssuedTo\":"
     "\"arn:aws:lambda:us-east-1:1:function:thumb\"}},\"eventTime\":\"2026-05-21T23:02:23Z\",\"eventSource\":"
     "\"s3.amazonaws.com\",\"eventName\":\"PutObject\",\"requestParameters\":{\"bucketName\":\"b\",\"key\":"
     "\"a+b%20c\"},\"responseElements\":{\"x-amz-version-id\":\"v\"},\"additionalEventData\":{"
     "\"bytesTransferredIn\":12},\"requestID\":\"R1\"},\n" TRAIL_HEAD
     "},\"eventTime\":\"2026-05-21T23:02:24Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":"
     "\"CopyObject\","
     "\"requestParameters\":{\"bucketName\":\"b\",\"key\":\"c\"},\"requestID\":\"R2\"},\n" TRAIL_HEAD
     "},\"eventTime\":\"2026-05-21T23:02:25Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":"
     "\"PutObject\","
     "\"errorCode\":\"AccessDenied\",\"requestParameters\":{\"bucketName\":\"b\",\"key\":\"d\"}},"
     "\n" TRAIL_HEAD
     "},\"eventTime\":\"2026-05-21T23:02:26Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":"
     "\"DeleteObjects\",\"requestParameters\":{\"bucketName\":\"b\"},\"resources\":[{\"type\":\"AWS::S3::"
     "Object\","
     "\"ARN\":\"arn:aws:s3:::b/x/"
     "y\"},{\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::b\"}]},\n" TRAIL_HEAD
     "},\"eventTime\":\"2026-05-21T23:02:27Z\",\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":"
     "\"Invoke\"}"
     "]}",
     "s3 ObjectCreated:Put b a+b%20c time=1779404543000 session=thumb request=R1 version=v "
     "via=cloudtrail\n"
     "s3 ObjectCreated:Copy b c time=1779404544000 session=fn request=R2 via=cloudtrail\n"
     "s3 ObjectRemoved:Delete b x/y time=1779404546000 session=fn via=cloudtrail\n",
     "cloudtrail"},
    {"CloudTrail through EventBridge",
     "{\"version\":\"0\",\"detail-type\":\"AWS API Call via "
     "CloudTrail\",\"source\":\"aws.s3\",\"detail\":" TRAIL_HEAD
     "},\"eventTime\":\"2026-05-21T23:02:23Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":"
     "\"CompleteMultipartUpload\",\"requestParameters\":{\"bucketName\":\"b\",\"key\":\"k\"}}}",
     "s3 ObjectCreated:CompleteMultipartUpload b k time=1779404543000 session=fn via=cloudtrail\n",
     "eventbridge"},
    /* The guide's sample; a quote in the request; a key encoded twice; a refused put; a get; a delete. */
    {"S3 access log",
     OWNER
     " amzn-s3-demo-bucket1 [06/Feb/2019:00:01:57 +0000] 192.0.2.3 " OWNER
     " DD6CC733AEXAMPLE REST.PUT.OBJECT s3-dg.pdf \"PUT /amzn-s3-demo-bucket1/s3-dg.pdf HTTP/1.1\" 200 - - "
     "4406583 41754 28 \"-\" \"S3Console/0.4\" - 10S62Zv8= SigV4 ECDHE-RSA-AES128-SHA AuthHeader h TLSV1.2 - "
     "Yes us-east-1\n" OWNER
     " b [06/Feb/2019:00:01:58 +0000] - arn:aws:sts::1:assumed-role/role/thumb R2 REST.COPY.OBJECT "
     "a%2520b%252Bc \"PUT /b/a\"x\" HTTP/1.1\" 200 - 12 13 1 1 \"-\" \"Boto3 \"q\"\" v2 hostid\n" OWNER
     " b [06/Feb/2019:00:01:59 +0000] - - R3 REST.PUT.OBJECT d \"PUT /b/d HTTP/1.1\" 403 AccessDenied 1 - 1 "
     "- "
     "\"-\" \"-\" -\n" OWNER " b [06/Feb/2019:00:02:00 +0000] - - R4 REST.GET.OBJECT d \"GET /b/d HTTP/1.1\" "
     "200 - 1 - 1 - \"-\" \"-\" -\n" OWNER " b [06/Feb/2019:01:02:01 +0100] - - R5 REST.DELETE.OBJECT d "
     "\"DELETE /b/d HTTP/1.1\" 204 - - 5 1 - \"-\" "
     "\"-\" -\nnot a line\n",
     "s3 ObjectCreated:Put amzn-s3-demo-bucket1 s3-dg.pdf time=1549411317000 request=DD6CC733AEXAMPLE "
     "via=access-log\n"
     "s3 ObjectCreated:Copy b a b+c time=1549411318000 session=thumb request=R2 version=v2 "
     "via=access-log\n"
     "s3 ObjectRemoved:Delete b d time=1549411321000 request=R5 via=access-log\n",
     "s3-access-log"},
    {"API Gateway in JSON",
     "{\"requestId\":\"8a699106-8d59-11e8-905d-b3747276ed60\",\"extendedRequestId\":\"KXt\",\"ip\":\"1.2.3."
     "4\","
     "\"requestTime\":\"01/Apr/2021:21:58:32 "
     "+0000\",\"httpMethod\":\"GET\",\"resourcePath\":\"/hello\",\"status\":"
     "\"504\",\"integrationLatency\":\"29000\",\"responseLatency\":29003,\"integrationStatus\":\"-\","
     "\"awsEndpointRequestId\":\"-\",\"integrationErrorMessage\":\"Execution failed due to a timeout error\","
     "\"xrayTraceId\":\"1-a-b\"}\n"
     "{\"requestId\":\"JKJaXmPLvHcESHA=\",\"requestTimeEpoch\":\"1617314312123\",\"routeKey\":\"GET /h\","
     "\"status\":200,\"integration.latency\":7,\"integration_request_id\":"
     "\"035eb943-58c9-451e-aa94-7fc3a11fb91f\",\"integration_status\":\"200\"}\n",
     "front rest time=1617314312000 id=8a699106-8d59-11e8-905d-b3747276ed60 trace=1-a-b "
     "path=/hello "
     "error=Execution failed due to a timeout error status=504 latency=29003\n"
     "front http time=1617314312123 id=JKJaXmPLvHcESHA= lambda=035eb943-58c9-451e-aa94-7fc3a11fb91f path=GET "
     "/h "
     "status=200\n",
     "front-calls"},
    {"API Gateway as CLF",
     "1.2.3.4 - - [01/Apr/2021:21:58:32 +0000]\"GET /hello HTTP/1.1\" 504 41 "
     "8a699106-8d59-11e8-905d-b3747276ed60 "
     "KXt\n1.2.3.4 - - [01/Apr/2021:23:58:33 +0200] \"GET /h HTTP/1.1\" 200 - JKJaXmPLvHcESHA=\n",
     "front rest time=1617314312000 id=8a699106-8d59-11e8-905d-b3747276ed60 path=GET /hello "
     "status=504\n"
     "front http time=1617314313000 id=JKJaXmPLvHcESHA= path=GET /h status=200\n",
     "access-log"},
    {"a load balancer",
     "http 2018-07-02T22:23:00.186641Z app/lb/50dc6c495c0c9188 192.0.2.3:2817 - 0.001 29.500 0.002 502 - 34 "
     "366 "
     "\"GET http://h:80/x HTTP/1.1\" \"curl/7.46.0\" - - "
     "arn:aws:elasticloadbalancing:us-east-2:1:targetgroup/t/7 "
     "\"Root=1-58337262-36d228ad5d99923122bbe354\" \"-\" \"-\" 0 2018-07-02T22:22:48.364000Z \"forward\" "
     "\"-\" "
     "\"LambdaInvalidResponse\" \"-\" \"-\" \"-\" \"-\"\n"
     "https 2018-07-02T22:23:01Z app/lb/50 192.0.2.3:2817 - -1 -1 -1 503 - 34 366 \"GET http://h:80/x "
     "HTTP/1.1\"\n",
     "front alb time=1530570168364 id=1-58337262-36d228ad5d99923122bbe354 "
     "trace=1-58337262-36d228ad5d99923122bbe354 path=GET http://h:80/x "
     "function=arn:aws:elasticloadbalancing:us-east-2:1:targetgroup/t/7 error=LambdaInvalidResponse "
     "status=502 "
     "latency=29503\n"
     "front alb time=1530570181000 path=GET http://h:80/x status=503\n",
     "access-log"},
    {"SQS",
     "{\"Records\":[{\"messageId\":\"m1\",\"body\":\"" NOTICE
     "\",\"attributes\":{\"ApproximateReceiveCount\":\"2\",\"SentTimestamp\":\"1523232000000\",\"SenderId\":"
     "\"AROAX:sender\",\"ApproximateFirstReceiveTimestamp\":\"1523232000001\",\"AWSTraceHeader\":"
     "\"Root=1-a;Lineage=1:fe460cdd:0\"},\"eventSource\":\"aws:sqs\",\"eventSourceARN\":\"arn:aws:sqs:x:1:"
     "q\"}]}",
     "queue sqs id=m1 arn=arn:aws:sqs:x:1:q session=sender trace=1-a lineage=1:fe460cdd:0 sent=1523232000000 "
     "count=2\n"
     "s3 ObjectCreated:Put b k time=1613676207498 via=sqs\n",
     "records"},
    {"SNS",
     "{\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":{\"Type\":\"Notification\",\"MessageId\":\"n1\","
     "\"TopicArn\":\"arn:aws:sns:x:1:t\",\"Message\":\"" NOTICE
     "\",\"Timestamp\":\"2018-04-09T00:00:00.123Z\"}}]}",
     "queue sns id=n1 arn=arn:aws:sns:x:1:t sent=1523232000123\n"
     "s3 ObjectCreated:Put b k time=1613676207498 via=sns\n",
     "records"},
    /* A dead-letter queue, dumped by the CLI: the attributes say which invocation gave up. */
    {"a dead-letter queue",
     "{\"Messages\":[{\"MessageId\":\"m2\",\"ReceiptHandle\":\"h\",\"Body\":\"" NOTICE
     "\",\"Attributes\":{\"SentTimestamp\":\"1523232000000\"},\"MessageAttributes\":{\"RequestID\":{"
     "\"StringValue\":\"r1\",\"DataType\":\"String\"},\"ErrorCode\":{\"StringValue\":\"200\"},"
     "\"ErrorMessage\":{"
     "\"StringValue\":\"it \\\"broke\\\"\"}}}]}",
     "queue sqs id=m2 sent=1523232000000\n"
     "destination DeadLetter request=r1 message=it \"broke\" status=200 time=1523232000000\n"
     "s3 ObjectCreated:Put b k time=1613676207498 via=sqs\n",
     "sqs-messages"},
    {"a destination record",
     "{\"version\":\"1.0\",\"timestamp\":\"2019-11-14T18:16:05.568Z\",\"requestContext\":{\"requestId\":"
     "\"r1\","
     "\"functionArn\":\"arn:aws:lambda:x:1:function:f:$LATEST\",\"condition\":\"RetriesExhausted\","
     "\"approximateInvokeCount\":3},\"requestPayload\":{\"Records\":[{\"eventSource\":\"aws:s3\","
     "\"eventName\":"
     "\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"k\"}}}]},"
     "\"responseContext\":{"
     "\"statusCode\":200,\"executedVersion\":\"$LATEST\",\"functionError\":\"Unhandled\"},"
     "\"responsePayload\":{"
     "\"errorMessage\":\"Process exited\"}}",
     "destination RetriesExhausted request=r1 function=arn:aws:lambda:x:1:function:f:$LATEST version=$LATEST "
     "message=Process exited count=3 status=200 time=1573755365568\n"
     "s3 ObjectCreated:Put b k\n",
     "destination"},
    {"a stream's failure record",
     "{\"requestContext\":{\"requestId\":\"r2\",\"functionArn\":\"arn:f\",\"condition\":"
     "\"RetryAttemptsExhausted\","
     "\"approximateInvokeCount\":1},\"responseContext\":{\"statusCode\":200},\"version\":\"1.0\","
     "\"timestamp\":"
     "\"2019-11-14T00:13:49.717Z\",\"KinesisBatchInfo\":{\"shardId\":\"shardId-0\",\"batchSize\":500,"
     "\"streamArn\":"
     "\"arn:s\"}}",
     "destination RetryAttemptsExhausted request=r2 function=arn:f stream=arn:s count=1 status=200 "
     "time=1573690429717\n",
     "destination"},
    {"a destination record through EventBridge",
     "{\"version\":\"0\",\"detail-type\":\"Lambda Function Invocation Result - "
     "Failure\",\"source\":\"lambda\","
     "\"detail\":{\"requestContext\":{\"requestId\":\"r3\",\"condition\":\"EventAgeExceeded\"},"
     "\"requestPayload\":{}"
     "}}",
     "destination EventAgeExceeded request=r3\n", "eventbridge"},
    {"Datadog",
     "{\"data\":[{\"id\":\"a\",\"type\":\"log\",\"attributes\":{\"timestamp\":\"2024-01-27T17:12:44.122Z\","
     "\"message\":"
     "\"START\",\"attributes\":{\"aws\":{\"awslogs\":{\"logGroup\":\"/aws/lambda/"
     "f\",\"logStream\":\"s\"}}}}}]}",
     "entry time=1706375564122 group=/aws/lambda/f stream=s START\n", "shipped-logs"},
    {"Loki",
     "{\"streams\":[{\"stream\":{\"__aws_cloudwatch_log_group\":\"/aws/lambda/f\"},\"values\":[["
     "\"1706375564122000000\",\"a\\tb\"],[\"1706375564123000000\",\"c\"]]}]}\n"
     "{\"labels\":{\"__aws_cloudwatch_log_group\":\"/aws/lambda/g\"},\"line\":\"d\",\"timestamp\":"
     "\"2024-01-27T17:12:44.122Z\"}",
     "entry time=1706375564122 group=/aws/lambda/f a\tb\n"
     "entry time=1706375564123 group=/aws/lambda/f c\n"
     "entry time=1706375564122 group=/aws/lambda/g d\n",
     "shipped-logs"},
    {"Fluent Bit and Elastic",
     "{\"date\":1706375564.122,\"log\":\"a\"}\n{\"@timestamp\":\"2024-01-27T17:12:44.122Z\",\"message\":"
     "\"b\","
     "\"aws.cloudwatch\":{\"log_group\":\"g\",\"log_stream\":\"s\"}}\n",
     "entry time=1706375564122 a\nentry time=1706375564122 group=g stream=s b\n", "shipped-logs"},
    {"Vector",
     "{\"log_group\":\"/aws/lambda/f\",\"log_stream\":\"s\",\"message\":\"m\",\"timestamp\":"
     "\"2024-01-27T17:12:44.122Z\"}",
     "entry time=1706375564122 group=/aws/lambda/f stream=s m\n", "log-messages"},
    {"live tail",
     "{\"sessionStart\":{\"requestId\":\"x\"}}\n{\"sessionUpdate\":{\"sessionResults\":[{\"logStreamName\":"
     "\"s\","
     "\"logGroupIdentifier\":\"123456789012:/aws/lambda/"
     "f\",\"message\":\"m\",\"timestamp\":1706375564122}]}}",
     "entry time=1706375564122 group=123456789012:/aws/lambda/f stream=s m\n", "live-tail"},
};

static void read_with(const struct container *chosen, struct slice text, struct source *source,
                      struct buf *out)
{
    const struct sink sink = sink_of(out);
    struct input in;
    source_init(source, "x", NULL);
    source->memory = text;
    if (input_open(&in, source, false))
        chosen->parse(&in, &sink);
    input_done(&in);
}

static const struct container *choose(struct slice text)
{
    const struct container *second;
    return container_choose(text, &second);
}

static void each_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice text = slice_str(rows[i].text);
        const struct container *chosen = choose(text);
        struct source source;
        struct buf out;
        buf_init(&out, 0);
        if (!chosen)
            fail_msg("%s: not recognised", rows[i].name);
        read_with(chosen, text, &source, &out);
        if (!slice_eq(buf_slice(&out), slice_str(rows[i].delivered)))
            fail_msg("%s:\n%.*s\nand not:\n%s", rows[i].name, SLICE_ARG(buf_slice(&out)), rows[i].delivered);
        const char *format = chosen == &container_json ? source.format : chosen->name;
        if (strcmp(format, rows[i].format) != 0)
            fail_msg("%s: the format is %s", rows[i].name, format);
        assert_int_equal(source.unrecognised_lines, strcmp(format, "s3-access-log") == 0 ? 1 : 0);
        assert_int_equal(source.anomalies.n, 0);
        source_done(&source);
        buf_done(&out);
    }
}

/* Callbacks that nobody gave are not called. */
static void nobody_listens(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice text = slice_str(rows[i].text);
        struct source source;
        struct input in;
        struct buf out;
        buf_init(&out, 0);
        const struct sink sink = {
            .ctx = &out, .entry = on_entry, .tail = on_entry, .orphan = on_orphan, .s3 = on_s3};
        source_init(&source, "x", NULL);
        source.memory = text;
        assert_true(input_open(&in, &source, false));
        choose(text)->parse(&in, &sink);
        input_done(&in);
        source_done(&source);
        buf_done(&out);
    }
}

/* Opening an input costs 20 ms under the address sanitizer (its realloc copies every window): every byte is
 * tried without it, every eleventh with it, another one in each row. */
#if defined(__SANITIZE_ADDRESS__)
enum { STRIDE = 11 };
#else
enum { STRIDE = 1 };
#endif

/* Reads the text with one byte replaced, or cut before it, from memory of exactly its size. */
static void read_damaged(const struct container *chosen, struct slice text, size_t at, const char *byte)
{
    struct source source;
    struct buf out;
    size_t size = byte ? text.n : at;
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text.p, size);
    if (byte)
        copy[at] = *byte;
    buf_init(&out, 0);
    read_with(chosen, slice_of(copy, size), &source, &out);
    source_done(&source);
    buf_done(&out);
    free(copy);
}

/* A text cut or damaged at any byte is read to its end without a read too far. */
static void damaged(void **state)
{
    static const char damage[] = {'\0', '"', '{', ']', '9', '\\', ' ', '\n', '-', (char)0xff};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice text = slice_str(rows[i].text);
        const struct container *chosen = choose(text);
        for (size_t n = i % STRIDE; n < text.n; n += STRIDE) {
            read_damaged(chosen, text, n, NULL);
            read_damaged(chosen, text, n, &damage[n % sizeof damage]);
        }
    }
}

/* The same records as messages of log entries; lines of functions are none. */
static void messages(void **state)
{
    static const struct {
        const char *text, *delivered;
    } table[] = {
        {"{\"requestId\":\"r\",\"status\":\"200\",\"integrationLatency\":\"5\"}",
         "front rest time=5 id=r status=200\n"},
        {"{\"timestamp\":\"x\",\"requestId\":\"r\",\"status\":\"200\",\"integrationLatency\":\"5\"}\n",
         "front rest time=5 id=r status=200\n"},
        {"1.2.3.4 - - [01/Apr/2021:21:58:32 +0000]\"GET / HTTP/1.1\" 504 41 r x\n",
         "front http time=1617314312000 id=r path=GET / status=504\n"},
        {TRAIL_HEAD
         "},\"eventTime\":\"2026-05-21T23:02:23Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":"
         "\"PutObject\",\"requestParameters\":{\"bucketName\":\"b\",\"key\":\"k\"}}",
         "s3 ObjectCreated:Put b k time=1779404543000 session=fn via=cloudtrail\n"},
        {"{\"level\":\"INFO\",\"requestId\":\"r\",\"status\":\"200\",\"integrationLatency\":\"5\"}", NULL},
        {"{\"requestId\":\"r\",\"status\":\"ok\",\"integrationLatency\":\"5\"}", NULL},
        {"{\"requestId\":\"r\",\"status\":1e999,\"integrationLatency\":\"5\"}", NULL},
        {"{\"requestId\":\"r\",\"status\":200,\"integrationLatency\":\"5\"", NULL},
        {"START RequestId: x Version: $LATEST", NULL},
        {"2021-04-01T21:58:32.000Z\tid\tINFO\t[x] /2021", NULL},
        {"http server is up", NULL},
        {"http 2018-07-02T22:23:00Z up", NULL},
        {"{}", NULL},
        {"", NULL},
    };
    struct buf out, scratch;
    (void)state;
    buf_init(&out, 0);
    buf_init(&scratch, 0);
    const struct sink sink = sink_of(&out);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        buf_clear(&out);
        bool found = record_message(slice_str(table[i].text), 5, LOC_NONE, &scratch, &sink);
        if (found != (table[i].delivered != NULL) ||
            !slice_eq(buf_slice(&out), slice_str(found ? table[i].delivered : "")))
            fail_msg("%s: %d\n%.*s", table[i].text, found, SLICE_ARG(buf_slice(&out)));
    }
    buf_done(&out);
    buf_done(&scratch);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(damaged),
        cmocka_unit_test(messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
