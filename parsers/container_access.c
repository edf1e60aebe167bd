/* Files whose lines are records: S3 server access logs, and access logs of API Gateway (CLF) and of load
 * balancers. Each line stands for itself; one that has not the shape is counted as unrecognised. */
#include "parsers/container.h"

#include "parsers/record_access.h"
#include "parsers/record_front.h"

static bool line_head(struct slice line, struct entry *ret)
{
    ret->text = line;
    return line.n > 0;
}

static int score_of(struct slice head, bool (*is_head)(struct slice, struct entry *), int sure)
{
    size_t heads, lines;
    container_sample(head, is_head, &heads, &lines);
    return heads * 2 > lines ? sure : 0;
}

static bool s3_head(struct slice line, struct entry *ret)
{
    (void)ret;
    return record_access_line(line);
}

static int s3_score(struct slice head)
{
    return score_of(head, s3_head, 90);
}

static void s3_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {.head = line_head, .record = record_access};
    container_lines(in, sink, &format);
}

static bool front_head(struct slice line, struct entry *ret)
{
    const struct sink none = {.ctx = NULL};
    (void)ret;
    return record_front_line(line, TIME_NONE, LOC_NONE, &none);
}

static int front_score(struct slice head)
{
    return score_of(head, front_head, 88);
}

static bool front_record(struct slice line, struct loc loc, struct buf *scratch, const struct sink *sink)
{
    (void)scratch;
    return record_front_line(line, TIME_NONE, loc, sink);
}

static void front_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {.head = line_head, .record = front_record};
    container_lines(in, sink, &format);
}

const struct container container_s3_access = {
    .name = "s3-access-log",
    .doc = "S3 server access logs: puts, copies and deletes become S3 records",
    .score = s3_score,
    .parse = s3_parse,
};

const struct container container_front = {
    .name = "access-log",
    .doc = "access logs of API Gateway (CLF) and of load balancers",
    .score = front_score,
    .parse = front_parse,
};
