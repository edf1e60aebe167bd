/* Envelopes of queues and topics, destination records, dead letters. Source: field guide, api-gateway-and-queues
 * 6.4, 6.5.
 *     {"messageId":"…","body":"…","attributes":{"ApproximateReceiveCount":"2","SentTimestamp":"1523232000000",
 *      "SenderId":"AROA…:NAME","AWSTraceHeader":"Root=1-…"},"eventSource":"aws:sqs","eventSourceARN":"arn:…"}
 *     {"timestamp":"…Z","requestContext":{"requestId":"…","functionArn":"…","condition":"RetriesExhausted",
 *      "approximateInvokeCount":3},"requestPayload":{…},"responseContext":{"functionError":"Unhandled"}} */
#include "parsers/record_queue.h"

#include "parsers/fields.h"
#include "parsers/message.h"
#include "parsers/record_s3.h"

enum slot { SOURCE, MESSAGE, ARN, SENT, COUNT, SENDER, HEADER, TYPE, SLOTS };

/* Lambda's spelling, that of the CLI, and SNS's two. */
static const struct field fields[] = {
    {"eventSource", SOURCE},
    {"EventSource", SOURCE},
    {"messageId", MESSAGE},
    {"MessageId", MESSAGE},
    {"Sns/MessageId", MESSAGE},
    {"eventSourceARN", ARN},
    {"TopicArn", ARN},
    {"Sns/TopicArn", ARN},
    {"attributes/SentTimestamp", SENT},
    {"Attributes/SentTimestamp", SENT},
    {"Timestamp", SENT},
    {"Sns/Timestamp", SENT},
    {"attributes/ApproximateReceiveCount", COUNT},
    {"Attributes/ApproximateReceiveCount", COUNT},
    {"attributes/SenderId", SENDER},
    {"Attributes/SenderId", SENDER},
    {"attributes/AWSTraceHeader", HEADER},
    {"Attributes/AWSTraceHeader", HEADER},
    {"Type", TYPE},
    {"ReceiptHandle", TYPE},
};

/* SNS names itself in Lambda's form and has a TopicArn in its own; the CLI's SQS messages have neither. */
static bool kind_of(const struct value v[SLOTS], enum queue_kind *ret)
{
    struct slice source = value_string(&v[SOURCE]);
    bool topic = slice_find(value_string(&v[ARN]), SLICE(":sns:")) >= 0;
    *ret = topic || slice_eq(source, SLICE("aws:sns")) ? QUEUE_SNS : QUEUE_SQS;
    if (source.n)
        return slice_eq(source, SLICE("aws:sqs")) || slice_eq(source, SLICE("aws:sns"));
    return topic || v[TYPE].type == JSON_STRING;
}

bool record_queue(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink)
{
    struct value v[SLOTS] = {{.type = JSON_END}};
    struct queue_record q = {.loc = loc};
    buf_clear(scratch);
    if (!buf_reserve(scratch, value.n) ||
        !fields_read(value, fields, sizeof fields / sizeof *fields, scratch, v) || !kind_of(v, &q.kind) ||
        v[MESSAGE].type != JSON_STRING)
        return false;
    q.message_id = v[MESSAGE].text;
    q.arn = value_string(&v[ARN]);
    q.sender = value_string(&v[SENDER]);
    q.session = record_session(q.sender);
    message_trace_header(value_string(&v[HEADER]), &q.trace, &q.lineage);
    q.sent = json_time(v[SENT].text);
    q.receive_count = value_u64(&v[COUNT], 0);
    if (sink->queue)
        sink->queue(sink->ctx, &q);
    return true;
}

/* ---- destinations ---- */

enum outcome {
    OUT_REQUEST,
    OUT_FUNCTION,
    OUT_CONDITION,
    OUT_COUNT,
    OUT_STATUS,
    OUT_VERSION,
    OUT_MESSAGE,
    OUT_TIME,
    OUT_STREAM,
    OUTCOMES
};

static const struct field outcome_fields[] = {
    {"requestContext/requestId", OUT_REQUEST},     {"requestContext/functionArn", OUT_FUNCTION},
    {"requestContext/condition", OUT_CONDITION},   {"requestContext/approximateInvokeCount", OUT_COUNT},
    {"responseContext/statusCode", OUT_STATUS},    {"responseContext/executedVersion", OUT_VERSION},
    {"responsePayload/errorMessage", OUT_MESSAGE}, {"timestamp", OUT_TIME},
    {"DDBStreamBatchInfo/streamArn", OUT_STREAM},  {"KinesisBatchInfo/streamArn", OUT_STREAM},
};

static const struct field letter_fields[] = {
    {"MessageAttributes/RequestID/StringValue", OUT_REQUEST},
    {"MessageAttributes/ErrorCode/StringValue", OUT_STATUS},
    {"MessageAttributes/ErrorMessage/StringValue", OUT_MESSAGE},
    {"messageAttributes/RequestID/stringValue", OUT_REQUEST},
    {"messageAttributes/ErrorCode/stringValue", OUT_STATUS},
    {"messageAttributes/ErrorMessage/stringValue", OUT_MESSAGE},
    {"Attributes/SentTimestamp", OUT_TIME},
    {"attributes/SentTimestamp", OUT_TIME},
};

static void deliver(const struct value v[OUTCOMES], struct slice condition, struct loc loc,
                    const struct sink *sink)
{
    struct destination_record r = {.loc = loc, .condition = condition};
    r.request_id = value_string(&v[OUT_REQUEST]);
    r.function_arn = value_string(&v[OUT_FUNCTION]);
    r.version = value_string(&v[OUT_VERSION]);
    r.error_message = value_string(&v[OUT_MESSAGE]);
    r.stream_arn = value_string(&v[OUT_STREAM]);
    r.invoke_count = value_u64(&v[OUT_COUNT], 0);
    r.status = value_u64(&v[OUT_STATUS], 0);
    r.time = json_time(v[OUT_TIME].text);
    if (sink->destination)
        sink->destination(sink->ctx, &r);
}

static bool read_outcome(struct slice value, const struct field *table, size_t n, struct buf *scratch,
                         struct value *ret)
{
    buf_clear(scratch);
    return buf_reserve(scratch, value.n) && fields_read(value, table, n, scratch, ret) &&
           ret[OUT_REQUEST].type == JSON_STRING;
}

bool record_destination(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink)
{
    struct value v[OUTCOMES] = {{.type = JSON_END}};
    if (!read_outcome(value, outcome_fields, sizeof outcome_fields / sizeof *outcome_fields, scratch, v) ||
        v[OUT_CONDITION].type != JSON_STRING)
        return false;
    deliver(v, v[OUT_CONDITION].text, loc, sink);
    return true;
}

bool record_dead_letter(struct slice value, struct loc loc, struct buf *scratch, const struct sink *sink)
{
    struct value v[OUTCOMES] = {{.type = JSON_END}};
    if (!read_outcome(value, letter_fields, sizeof letter_fields / sizeof *letter_fields, scratch, v))
        return false;
    deliver(v, SLICE("DeadLetter"), loc, sink);
    return true;
}
