/* The event that a function printed: alone or behind words, as JSON, as the text of a member of a line of JSON, or as
 * Python prints a dict.
 *     {"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", …}]}
 *     {"level":"INFO","message":"{\"Records\":[{\"eventVersion\":\"2.1\",…}]}"}
 *     {'Records': [{'eventVersion': '2.1', 'eventSource': 'aws:s3', …}]}
 * Its messages may carry the event of S3: S3 to SQS, to SNS, or to SNS to SQS. Source: field guide, s3-event-records 4.2. */
#include "parsers/record_printed.h"

#include "parsers/fields.h"
#include "parsers/json.h"
#include "parsers/limits.h"
#include "parsers/python.h"
#include "parsers/record_queue.h"
#include "parsers/record_s3.h"

/* An event in the body of a message, in the body of a message: S3 to SNS to SQS is two deep. */
enum { WRAPS_MAX = 3 };

struct printed {
    struct loc loc;
    struct buf *scratch;
    const struct sink *sink;
    unsigned depth;               /* how many bodies the text at hand stands in */
    struct buf bodies[WRAPS_MAX]; /* decoded, one at each depth */
};

enum slot { BODY, RECORDS, SLOTS };

static const struct field fields[] = {
    {"body", BODY}, {"Body", BODY}, {"Sns/Message", BODY}, {"Message", BODY}, {"Records", RECORDS},
};

static void read_body(struct printed *p, struct slice record);

/* A message that carries another event goes before what it carries. */
static void read_item(struct printed *p, struct slice item)
{
    struct json j;
    json_init(&j, item);
    if (record_s3(&j, NULL, SLICE("log"), p->loc, p->scratch, p->sink))
        return;
    if (record_queue(item, p->loc, p->scratch, p->sink))
        read_body(p, item);
}

static void read_array(struct printed *p, struct slice records)
{
    struct json j;
    struct slice item;
    json_init(&j, records);
    (void)json_enter_array(&j);
    while (json_next_item(&j) && json_raw(&j, &item))
        read_item(p, item);
}

static bool read_fields(struct printed *p, struct slice object, struct value v[SLOTS])
{
    struct buf *b = &p->bodies[p->depth];
    buf_clear(b);
    return buf_reserve(b, object.n) && fields_read(object, fields, sizeof fields / sizeof *fields, b, v);
}

/* The event in a body: {"Records":[…]}, or SNS's envelope, whose message is the event. */
static void read_wrapped(struct printed *p, struct slice event)
{
    struct value v[SLOTS] = {{.type = JSON_END}};
    if (!read_fields(p, event, v))
        return;
    if (v[RECORDS].type == JSON_ARRAY)
        read_array(p, v[RECORDS].raw);
    else
        read_item(p, event);
}

/* What S3 sent through a queue or topic. Most messages carry something else, and are not decoded for it. */
static void read_body(struct printed *p, struct slice record)
{
    struct value v[SLOTS] = {{.type = JSON_END}};
    if (p->depth + 1 == WRAPS_MAX || slice_find(record, SLICE("aws:s3")) < 0 || !read_fields(p, record, v))
        return;
    struct slice event = slice_trim(value_string(&v[BODY]));
    if (event.n == 0 || *event.p != '{')
        return;
    p->depth++;
    read_wrapped(p, event);
    p->depth--;
}

/* ---- where it stands ---- */

/* The array behind the key of that spelling, wherever it stands; empty when there is none. */
static struct slice array_behind(struct slice text, struct slice key)
{
    ptrdiff_t at = slice_find(text, key);
    if (at < 0)
        return SLICE("");
    struct slice rest = slice_trim(slice_skip(text, (size_t)at + key.n));
    if (!text_char(&rest, ':'))
        return SLICE("");
    rest = slice_trim(rest);
    return rest.n && *rest.p == '[' ? rest : SLICE("");
}

/* The event as the text of a member, decoded into `out`. */
static struct slice array_inside(struct slice text, struct buf *out)
{
    ptrdiff_t at = slice_find(text, SLICE("\\\"Records\\\""));
    size_t n = 0;
    if (at < 0)
        return SLICE("");
    text = slice_skip(text, (size_t)at);
    while (n < text.n && text.p[n] != '"')
        n += text.p[n] == '\\' ? 2 : 1;
    return json_decode(slice_head(text, n), out) ? array_behind(buf_slice(out), SLICE("\"Records\""))
                                                 : SLICE("");
}

/* A dict of Python's, whose messages may hold JSON as that of JSON may hold Python's: what begins first holds the other. Of
 * one that is cut the whole records are read. */
static struct slice array_of_python(struct slice text, struct buf *out)
{
    ptrdiff_t at = slice_find(text, SLICE("'Records'"));
    struct slice before = slice_head(text, at < 0 ? 0 : (size_t)at), array = {"", 0};
    if (at < 0 || slice_find(before, SLICE("\"Records\"")) >= 0 ||
        slice_find(before, SLICE("\\\"Records\\\"")) >= 0 ||
        (array = array_behind(text, SLICE("'Records'"))).n == 0)
        return array;
    (void)python_json(array, out);
    return buf_slice(out);
}

void record_printed(struct slice text, struct loc loc, struct buf *scratch, const struct sink *sink)
{
    enum { RECORD_MIN = 200 }; /* no record of S3, SQS or SNS is shorter */
    struct printed p = {.loc = loc, .scratch = scratch, .sink = sink};
    struct buf decoded;
    if (text.n < RECORD_MIN || !memchr(text.p, '{', text.n) ||
        slice_find(text, SLICE("aws:s")) < 0) /* :s3, :sqs, :sns */
        return;
    buf_init(&decoded, LIMIT_ENTRY);
    for (size_t i = 0; i < WRAPS_MAX; i++)
        buf_init(&p.bodies[i], LIMIT_ENTRY);
    struct slice records = array_of_python(text, &decoded);
    records = records.n ? records : array_behind(text, SLICE("\"Records\""));
    records = records.n ? records : array_inside(text, &decoded);
    read_array(&p, records);
    for (size_t i = 0; i < WRAPS_MAX; i++)
        buf_done(&p.bodies[i]);
    buf_done(&decoded);
}
