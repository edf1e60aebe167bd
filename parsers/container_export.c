/* CloudWatch to S3 export (CreateExportTask): each event is `time SPACE message LF`, the message's own LF
 * included, so that a blank line follows most entries. Source: field guide 3.1, confirmed on a real export.
 *     2024-01-27T17:12:44.122Z START RequestId: ab684dea-74fb-5a44-8ea8-13c54f3cabf4 Version: $LATEST
 * Group and stream are not in the text: the stream is the folder's name, see forensics/place.c. */
#include "parsers/container.h"

enum { EXPORT_HEAD = 25 };

/* The platform's own line `time id Task timed out after`: an export puts its time before that one. */
static bool is_timeout_line(struct slice line)
{
    static const struct slice words = {" Task timed out after ", 22};
    uint8_t id[16];
    enum { UUID_BYTES = 36 };
    return line.n > EXPORT_HEAD + UUID_BYTES + words.n && line.p[EXPORT_HEAD + UUID_BYTES] == ' ' &&
           slice_starts(slice_skip(line, EXPORT_HEAD + UUID_BYTES), words) &&
           text_uuid_at(line.p + EXPORT_HEAD, id);
}

/* Node and .NET write `time TAB` themselves: the blank after Z tells the export's time from theirs. */
static bool export_head(struct slice line, struct entry *ret)
{
    int64_t time;
    if (line.n < EXPORT_HEAD || line.p[EXPORT_HEAD - 1] != ' ' || !text_time_at(line.p, &time) ||
        is_timeout_line(line))
        return false;
    ret->time = time;
    return container_message(slice_skip(line, EXPORT_HEAD), &ret->text);
}

/* Epoch milliseconds in place of the ISO time: seen in write-ups, cheap to take. */
static bool epoch_head(struct slice line, struct entry *ret)
{
    enum { EPOCH_DIGITS = 13 };
    struct slice rest = line;
    if (line.n < EPOCH_DIGITS + 1 || line.p[EPOCH_DIGITS] != ' ' || !text_epoch(&rest, &ret->time) ||
        rest.n != line.n - EPOCH_DIGITS)
        return false;
    ret->text = slice_skip(rest, 1);
    return true;
}

static bool any_head(struct slice line, struct entry *ret)
{
    return export_head(line, ret) || epoch_head(line, ret);
}

static int export_score(struct slice head)
{
    size_t heads, lines;
    container_sample(head, any_head, &heads, &lines);
    if (heads <= container_naked(head))
        return 0;
    /* One entry may have hundreds of continuation lines, and its first line may lie in the file before. */
    return heads * 4 >= lines ? 90 : 60;
}

static void export_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {.head = any_head};
    container_lines(in, sink, &format);
}

const struct container container_export = {
    .name = "cloudwatch-export",
    .doc = "CloudWatch to S3 export: TASK-ID/STREAM/000000.gz, one `time message` an entry",
    .score = export_score,
    .parse = export_parse,
};
