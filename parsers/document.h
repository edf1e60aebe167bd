/* JSON documents: each kind is recognised by one of its top-level keys and read by one function. Internal to
 * parsers/: document_window.c frames the values, container_json.c finds the kind, documents.c holds the table. */
#ifndef PARSERS_DOCUMENT_H
#define PARSERS_DOCUMENT_H

#include "base/buf.h"
#include "parsers/event.h"
#include "parsers/input.h"
#include "parsers/json.h"
#include "parsers/record_s3.h"

/* The rows of `documents` by the first byte of their key, since every key of every document is looked up. */
enum { DOCUMENTS_MAX = 127 };
struct document_index {
    uint8_t first[256], next[DOCUMENTS_MAX]; /* numbers of rows from 1 */
};

/* Names of an event, and those that stand outside of its list. */
enum decoded { DECODED_GROUP, DECODED_STREAM, DECODED_OUTER_GROUP, DECODED_OUTER_STREAM, DECODED_NAMES };

/* The state of reading one file of documents. */
struct documents {
    struct input *in;
    struct source *source;
    const struct sink *sink;
    /* The framed value at hand, in the window of `in`: see document_window.c. */
    struct slice value;
    struct json_framer framer;
    size_t fed;               /* bytes of the window that the framer has seen */
    bool goes_on;             /* behind `value`, which ends with one of its items */
    const struct json *items; /* the reader of these, once it has begun */
    const char *item;         /* that it came to last */
    /* Turning a pointer into the text into a place: lines are counted once, from `mark` on. */
    const char *text;                  /* the window */
    uint64_t text_offset;              /* of it in the file */
    const char *mark;                  /* lines before it are counted */
    uint64_t line;                     /* of mark */
    bool open_line;                    /* what was taken of the file last did not end with its line */
    struct loc outer;                  /* place of the wrapping string when `depth` > 0 */
    unsigned depth;                    /* of wrapping: SNS in SQS, base64 in an event … */
    struct slice via;                  /* how a record travelled: "sqs", "sns" … */
    struct buf message, record;        /* decoded strings */
    struct buf decoded[DECODED_NAMES]; /* the same of names, which stay while others are decoded */
    struct json_shapes *shapes;
    const char *format; /* name of the first kind met */
    struct document_index kinds;
    const char *broken; /* where the framed value stopped being JSON, or NULL */
    const char *noted;  /* the byte of the framed value that the last anomaly is about, or NULL */
};

enum document_way {
    KEY_BEGINS = 1 << 0, /* with the key of the table, and goes on */
    BY_ITEM = 1 << 1,    /* takes the key's items by document_next, and then nothing from before them */
};

struct document {
    const char *name;    /* what reports show as the format */
    const char *doc;     /* one line for `coldcase formats` */
    const char *key;     /* top-level key that tells it, or how such keys begin; NULL: none does */
    enum json_type type; /* of that key's value; JSON_END for any */
    /* Reads the value; false when it turns out to be of no use (it is then counted as unrecognised). */
    bool (*read)(struct documents *d, struct slice value);
    unsigned ways; /* enum document_way */
};

/* All kinds in the order in which they are tried; .name is NULL at the end. */
extern const struct document documents[];

/* The kind of the first value of a text that may be cut at any byte; NULL when its first bytes tell none. */
const struct document *document_kind(struct slice head);
/* Finds the kind of a value and reads it: objects by their keys, arrays element by element. */
bool document_read(struct documents *d, struct slice value);
/* The same for a value that came wrapped in a string: decoded, base64 decoded and inflated as `how` says. */
enum wrapping { WRAPPED_JSON, WRAPPED_BASE64 };
bool document_unwrap(struct documents *d, struct slice raw, bool escaped, enum wrapping how,
                     struct slice via);
/* The place of a byte of the value at hand. */
struct loc document_loc(struct documents *d, const char *p);
/* Notes what the reader stumbled over, if it did. Every reader of a document ends with it. */
void document_check(struct documents *d, struct json *j);
/* As json_next_item, for items that `open` begins ('{', '['): notes what is wrong with the one before, and goes on
 * behind a damaged one, unless a document of its own begins there. What was read before may be gone: items of a
 * large value are read as they come. */
bool document_next(struct documents *d, struct json *j, char open);
/* Notes an anomaly at a place. */
void document_anomaly(struct documents *d, enum anomaly_kind kind, struct loc loc, const char *detail);
/* Whether a text is one that the platform writes, or that names its request. */
bool document_is_lambda(struct slice text);
/* Hands one message to the sink. */
void document_entry(struct documents *d, struct entry *e);

/* One S3 record alone in its document, of a shape that was met before: nearly all that a bucket's queue or log
 * holds. Read at the front of a text that may go on, without framing it first. Returns its length, 0 for all
 * else. */
size_t document_records_alike(struct documents *d, struct slice text);

/* ---- framing: document_window.c ---- */

/* Whether there is text left. */
bool document_begin(struct documents *d);
/* Frames the value that the window begins with. */
void document_frame(struct documents *d);
/* Whether it is large, and these are its items: those of the first reader that asks. */
bool document_takes_items(struct documents *d, const struct json *j);
/* Gives up what that reader is done with, and frames more: some items, or all that is left. The reader goes on where it
 * stands, or, where the text was at its end within an item, with that item. */
void document_go_on(struct documents *d, struct json *j, bool all);
/* Done with so many bytes of the window. */
void document_advance(struct documents *d, size_t n);

/* Kinds, by file. */
typedef bool document_reader(struct documents *d, struct slice value);
document_reader document_subscription, document_events, document_insights, document_awslogs, document_message,
    document_log_line, document_timed_line, document_insights_row, document_string,
    document_invoke;                             /* document_log.c */
document_reader document_shipped, document_loki; /* document_shipped.c */
document_reader document_live_tail, document_front;
document_reader document_records, document_firehose, document_eventbridge, document_notification,
    document_test_event, document_destination, document_messages, document_cloudtrail; /* document_record.c */
document_reader document_trace, document_traces, document_trace_map, document_segment, document_daemon,
    document_trace_segment, document_otlp, document_flat_span, document_summaries,
    document_other; /* document_trace.c */

#endif
