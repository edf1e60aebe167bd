/* Log lines as other tools hold them, and access log lines in JSON. Source: field guide, cloudwatch-exports 3.7,
 * 3.8, api-gateway-and-queues 6.2. Their names differ, their shape does not: a text, a time, and perhaps the
 * group and the stream, somewhere in one object.
 *     {"id":"AgAA…","content":{"timestamp":"…Z","message":"…","attributes":{"aws":{"awslogs":{"logGroup":…}}}}}
 *     {"labels":{"__aws_cloudwatch_log_group":"/aws/lambda/f"},"line":"…","timestamp":"…"}           logcli
 *     {"streams":[{"stream":{…},"values":[["1706375564122000000","…"]]}]}                             Loki
 *     {"date":1706375564.122,"log":"…"}                                                               Fluent Bit
 *     {"time":1706375564.122,"event":"…"}, {"result":{"_time":"…","_raw":"…"}}                         Splunk
 *     {"_source":{"@timestamp":"…","message":"…","aws":{"cloudwatch":{"log_group":…}}}}                 Elastic
 *     {"logRecord":{"@timestamp":"…","@message":"…"}}                                     aws logs get-log-record */
#include "parsers/document.h"

#include "parsers/fields.h"
#include "parsers/record_front.h"

enum slot { MESSAGE, TIME, GROUP, STREAM, ID, SLOTS };

static const struct field fields[] = {
    {"message", MESSAGE},
    {"log", MESSAGE},
    {"line", MESSAGE},
    {"event", MESSAGE},
    {"event/message", MESSAGE},
    {"result/_raw", MESSAGE},
    {"_source/message", MESSAGE},
    {"logRecord/@message", MESSAGE},
    {"content/message", MESSAGE},
    {"attributes/message", MESSAGE},
    {"date", TIME},
    {"time", TIME},
    {"timestamp", TIME},
    {"@timestamp", TIME},
    {"event/timestamp", TIME},
    {"result/_time", TIME},
    {"_source/@timestamp", TIME},
    {"logRecord/@timestamp", TIME},
    {"content/timestamp", TIME},
    {"attributes/timestamp", TIME},
    {"id", ID},
    {"event_id", ID},
    {"awscloudwatch/event_id", ID},
    {"aws/awslogs/logGroup", GROUP},
    {"content/attributes/aws/awslogs/logGroup", GROUP},
    {"attributes/attributes/aws/awslogs/logGroup", GROUP},
    {"attributes/aws/awslogs/logGroup", GROUP},
    {"_source/aws/cloudwatch/log_group", GROUP},
    {"_source/aws.cloudwatch/log_group", GROUP},
    {"labels/__aws_cloudwatch_log_group", GROUP},
    {"labels/log_group", GROUP},
    {"awscloudwatch/log_group", GROUP},
    {"aws.cloudwatch/log_group", GROUP},
    {"log_group", GROUP},
    {"aws/awslogs/logStream", STREAM},
    {"content/attributes/aws/awslogs/logStream", STREAM},
    {"attributes/attributes/aws/awslogs/logStream", STREAM},
    {"attributes/aws/awslogs/logStream", STREAM},
    {"_source/aws/cloudwatch/log_stream", STREAM},
    {"_source/aws.cloudwatch/log_stream", STREAM},
    {"logRecord/@logStream", STREAM},
    {"labels/__aws_cloudwatch_log_stream", STREAM},
    {"labels/log_stream", STREAM},
    {"awscloudwatch/log_stream", STREAM},
    {"aws.cloudwatch/log_stream", STREAM},
    {"log_stream", STREAM},
};

bool document_shipped(struct documents *d, struct slice value)
{
    struct value v[SLOTS] = {{.type = JSON_END}};
    buf_clear(&d->record);
    if (!buf_reserve(&d->record, value.n))
        return false;
    bool whole = fields_read(value, fields, sizeof fields / sizeof *fields, &d->record, v);
    if (!whole) {
        struct json j;
        json_init(&j, value);
        (void)json_skip(&j);
        document_check(d, &j);
    }
    if (!whole || v[MESSAGE].type != JSON_STRING)
        return false;
    struct entry e = {.time = json_time(v[TIME].text), .text = v[MESSAGE].text};
    e.group = value_string(&v[GROUP]);
    e.stream = value_string(&v[STREAM]);
    e.id = value_string(&v[ID]);
    e.loc = document_loc(d, v[MESSAGE].raw.p);
    document_entry(d, &e);
    return true;
}

/* ---- Loki, and Datadog's search: lists of lines ---- */

/* ["1706375564122000000","line"] */
static bool loki_line(struct documents *d, struct slice pair, const struct entry *base)
{
    struct json j;
    struct slice time, text;
    bool escaped;
    struct entry e = *base;
    json_init(&j, pair);
    if (json_peek(&j) != JSON_ARRAY || !json_enter_array(&j) || !json_next_item(&j) ||
        !json_string(&j, &time, &escaped) || !json_next_item(&j) || !json_string(&j, &text, &escaped))
        return false;
    e.loc = document_loc(d, text.p);
    e.time = json_time(time);
    e.text = text;
    buf_clear(&d->message);
    if (escaped && json_decode(text, &d->message))
        e.text = buf_slice(&d->message);
    document_entry(d, &e);
    return true;
}

enum loki { LOKI_GROUP, LOKI_STREAM, LOKI_VALUES, LOKI_SLOTS };

static bool loki_stream(struct documents *d, struct slice item)
{
    static const struct field table[] = {
        {"stream/__aws_cloudwatch_log_group", LOKI_GROUP},
        {"stream/log_group", LOKI_GROUP},
        {"stream/__aws_cloudwatch_log_stream", LOKI_STREAM},
        {"stream/log_stream", LOKI_STREAM},
        {"values", LOKI_VALUES},
    };
    struct value v[LOKI_SLOTS] = {{.type = JSON_END}};
    struct json j;
    struct slice pair;
    bool found = false;
    buf_clear(&d->record);
    (void)fields_read(item, table, sizeof table / sizeof *table, &d->record, v);
    struct entry base = {.group = value_string(&v[LOKI_GROUP]), .stream = value_string(&v[LOKI_STREAM])};
    if (v[LOKI_VALUES].type != JSON_ARRAY)
        return false;
    json_init(&j, v[LOKI_VALUES].raw);
    (void)json_enter_array(&j);
    while (json_next_item(&j) && json_raw(&j, &pair))
        found |= loki_line(d, pair, &base);
    return found;
}

static bool read_items(struct documents *d, struct slice list,
                       bool (*read)(struct documents *d, struct slice item))
{
    struct json j;
    struct slice item;
    bool found = false;
    json_init(&j, list);
    (void)json_enter_array(&j);
    while (json_next_item(&j) && json_raw(&j, &item))
        found |= read(d, item);
    document_check(d, &j);
    return found;
}

/* `streams` of a push, `data.result` of a query, `data` of Datadog's search. */
bool document_loki(struct documents *d, struct slice value)
{
    static const struct field table[] = {{"streams", 0}, {"data/result", 0}, {"data", 1}};
    struct value v[2] = {{.type = JSON_END}};
    buf_clear(&d->record);
    (void)fields_read(value, table, sizeof table / sizeof *table, &d->record, v);
    if (v[0].type == JSON_ARRAY)
        return read_items(d, v[0].raw, loki_stream);
    return v[1].type == JSON_ARRAY && read_items(d, v[1].raw, document_shipped);
}

/* {"sessionUpdate":{"sessionResults":[{"logStreamName","logGroupIdentifier","message","timestamp"}]}} */
bool document_live_tail(struct documents *d, struct slice value)
{
    static const struct field table[] = {{"sessionUpdate/sessionResults", 0}, {"sessionResults", 0}};
    struct value v = {.type = JSON_END};
    buf_clear(&d->record);
    (void)fields_read(value, table, sizeof table / sizeof *table, &d->record, &v);
    if (v.type != JSON_ARRAY)
        return false;
    (void)read_items(d, v.raw, document_message);
    return true;
}

/* ---- front doors ---- */

/* What only looks like an access log line is a program's own. */
bool document_front(struct documents *d, struct slice value)
{
    if (!record_front(value, TIME_NONE, document_loc(d, value.p), d->sink))
        return document_log_line(d, value);
    d->source->records++;
    return true;
}
