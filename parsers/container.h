/* A container says how entries travel. One is chosen per file from its first LIMIT_SNIFF bytes of text; it
 * then yields entries or records to the sink. One more container is one file and one row in formats.c. */
#ifndef PARSERS_CONTAINER_H
#define PARSERS_CONTAINER_H

#include "parsers/event.h"
#include "parsers/input.h"

struct container {
    const char *name; /* what --format-in takes and reports show */
    const char *doc;  /* one line for `coldcase formats` */
    /* How well the first bytes fit, 0 (not at all) to 100. `head` may be cut at any byte. */
    int (*score)(struct slice head);
    void (*parse)(struct input *in, const struct sink *sink);
};

/* All containers, best first on a tie; NULL at the end. */
extern const struct container *const containers[];

const struct container *container_by_name(struct slice name);
/* The best container for the text, or NULL; *ret_runner_up is the second best or NULL. */
const struct container *container_choose(struct slice head, const struct container **ret_runner_up);

/* Notes what the first bytes of the source's text tell: looks_like, kind, records_first. */
void container_survey(struct source *source, struct slice head);
/* True when `source`, the next piece by name, is no file of its own but goes on with a document that `before`
 * began. */
bool container_continues(const struct source *before, const struct source *source);

/* ---- Line formats: an entry is a line with a head, and the lines behind it that have none. ---- */

struct line_format {
    /* Reads the head of a line: fills time, group, stream and the text that follows; where it ends before the
     * line does, it is the whole entry. False: the line continues the entry before it, as an empty one always
     * does: it is not asked about. `line` is without its end. */
    bool (*head)(struct slice line, struct entry *ret);
    /* Whether a line that has a head nevertheless continues the entry that is open; may be NULL. */
    bool (*joins)(struct slice entry, struct slice line);
    /* Lines that are no part of any entry (rules of tables, headings) are dropped; may be NULL. */
    bool (*noise)(struct slice line);
    /* Looks at the whole entry; may be NULL. */
    void (*finish)(struct entry *e);
    /* An entry is one line: lines without a head do not continue it, they count as unrecognised. */
    bool alone;
    /* A line may be the time alone of the entry below it: the head has no text, `joins` takes the next line. */
    bool times_alone;
    /* Lines that are records and no entries: delivers one; false when it is none. May be NULL. */
    bool (*record)(struct slice line, struct loc loc, struct buf *scratch, const struct sink *sink);
};
void container_lines(struct input *in, const struct sink *sink, const struct line_format *format);
/* Counts how many of the first lines `head` accepts: *ret_heads of *ret_lines that are not blank. */
void container_sample(struct slice text, bool (*head)(struct slice line, struct entry *ret),
                      size_t *ret_heads, size_t *ret_lines);
/* How many of the first lines begin with START, END or REPORT: in formats that put a time or stream before
 * every entry none does. */
size_t container_naked(struct slice text);
/* The score of such a format: `sure` when a quarter of the first lines has a head, half of it when fewer have, 0 when
 * no more have one than are naked. */
int container_score(struct slice text, bool (*head)(struct slice line, struct entry *ret), int sure);

/* For container_message: what begins with blanks or with marks. */
bool container_message_marked(struct slice rest, struct slice *ret);
/* The message behind a line's time and a blank, without further blanks that a paste has put before the
 * platform's line or JSON. False when the time is the line's own: `time TAB id TAB LEVEL` of Node, pasted with
 * blanks for its tabs. */
static inline bool container_message(struct slice rest, struct slice *ret)
{
    bool marked =
        rest.n && (*rest.p <= ' ' || *rest.p == 's' || (*rest.p == '{' && rest.n > 1 && rest.p[1] == '_'));
    if (marked)
        return container_message_marked(rest, ret);
    *ret = rest;
    return true;
}
/* Whether a line of text without times goes on with the entry before it. */
bool container_line_continues(struct slice line);
/* Whether a word is the id of an event of CloudWatch: 56 digits. */
bool container_is_event_id(struct slice word);
/* Whether a line has the platform's form: START, REPORT … */
bool container_is_platform(struct slice text);

extern const struct container container_export, container_tail, container_sam, container_bare, container_csv,
    container_json, container_awslogs, container_cw, container_serverless, container_table, container_cli,
    container_s3_access, container_front;

#endif
