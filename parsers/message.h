/* The second layer of parsing: what one message says. Recognised by its first bytes, with compares at fixed
 * offsets; see event.h for the result. Internal to parsers/: the entry point is message_parse. */
#ifndef PARSERS_MESSAGE_H
#define PARSERS_MESSAGE_H

#include "parsers/event.h"
#include "parsers/json_shapes.h"

/* Each takes a message without blanks at its end and returns false when it is none of its own. */
bool message_platform(struct slice text, struct event *e); /* START, REPORT, INIT_START … */
/* {"time","type","record"} and JSON logs. `known`, what such lines looked like so far, may be NULL. */
bool message_json(struct slice text, struct json_shapes *known, struct event *e);
bool message_gateway(struct slice text, struct event *e); /* API Gateway execution log */
void message_app(struct slice text, struct event *e);     /* all else */

/* The answer of an invocation that the platform ended, which an application line's errorMessage may be: *e becomes the
 * time-out or crash of which it tells. */
bool message_answer(struct event *e);

/* Whether the text behind a gateway's request id begins as its log's lines do. Exports to S3, `aws logs tail`, the
 * console's CSV and copies of it do not tell the group. */
bool message_gateway_step(struct slice text);

/* Whether the text of an application line is what a runtime prints for an error that nobody caught: sets
 * `unhandled`, and type and message as far as they are said. For Node's line with level, for Python's behind
 * [LEVEL], for all else: `text` is the whole message, of which e->text may lack a first word that was taken for
 * a level. */
void message_unhandled_node(struct event *e);
void message_unhandled_node_answer(
    struct event *e); /* of Node's line without level, which has a request id */
void message_unhandled_python(struct event *e);
void message_unhandled(struct slice text, struct event *e);

/* Whether the first line ends in the class of an error and the next one begins its stack, as Java and .NET
 * print it. */
bool message_begins_stack(struct slice line, struct slice next);

/* The word at the front of *s as the event's request id: a UUID only, or any word that request_id_parse takes. */
static inline bool message_uuid(struct slice *s, struct event *e)
{
    enum { UUID_BYTES = 36 };
    if (s->n < UUID_BYTES || (s->n > UUID_BYTES && !slice_is_space(s->p[UUID_BYTES])) ||
        !text_uuid_at(s->p, e->id.bytes))
        return false;
    e->has_id = e->is_uuid = true;
    e->id_text = slice_of(s->p, UUID_BYTES);
    *s = slice_of(s->p + UUID_BYTES, s->n - UUID_BYTES);
    return true;
}
bool message_id(struct slice *s, struct event *e);
/* `Task timed out after N seconds` behind the request id: EVENT_TIMEOUT with its limit. */
bool message_timeout(struct slice s, struct event *e);
/* The fields of a REPORT, INIT_REPORT or RESTORE_REPORT line, in any order, parted by tabs or blanks. */
void message_fields(struct slice text, struct event *e);
/* The same for most lines, see there; false for any other. */
bool message_fields_exact(struct slice text, struct event *e);
/* The parts of X-Ray's header Root=1-…;Parent=…;Lineage=…; what it lacks stays as it was, and either may be NULL. */
void message_trace_header(struct slice header, struct slice *ret_root, struct slice *ret_lineage);
/* NAME of arn:aws:lambda:REGION:ACCOUNT:function:NAME[:VERSION], empty when it is none. */
struct slice message_function_of_arn(struct slice arn);
/* success, error, failure, timeout. */
enum event_status message_status(struct slice word);
enum event_phase message_phase(struct slice word);

#endif
