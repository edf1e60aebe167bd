/* Text of the tools that print log events: `aws logs tail` (detailed, short, and json, which
 * prints a document under its head), `sam logs`, awslogs and saw.
 * Source: field guide 3.6, 3.7. Colours are stripped by looking past them; inner line ends of a message stay
 * as continuation lines.
 *     2023-06-02T11:27:22.355000+00:00 2023/06/02/[72]88ab… RESTORE_START …     aws logs tail
 *     2023/07/05/[56]374cd777… 2023-07-05T10:16:34.013000 RESTORE_START …       sam logs
 *     [2023-06-02T11:27:22Z] (2023/06/02/[72]88ab…) RESTORE_START …             saw
 *     2023-12-15 18:17:58 UTC START …                                           jets logs
 *     [/aws/lambda/f] 2:29:55 PM START …                                        cdk watch
 *     [2023-06-02T11:27:22.355Z] START …                                        people's own scripts */
#include "parsers/container.h"

/* ESC [ … m at the front. */
static void skip_colour(struct slice *s)
{
    while (slice_starts(*s, SLICE("\x1b["))) {
        const char *m = memchr(s->p, 'm', s->n);
        if (!m)
            return;
        *s = slice_skip(*s, (size_t)(m - s->p) + 1);
    }
}

/* YYYY/MM/DD/…[version]32hex */
static bool stream_word(struct slice *s, struct slice *ret)
{
    struct slice rest = *s, word;
    unsigned n;
    if (!text_digits(&rest, 4, &n) || !text_char(&rest, '/') || !text_digits(&rest, 2, &n) ||
        !text_char(&rest, '/') || !text_digits(&rest, 2, &n) || !text_char(&rest, '/'))
        return false;
    rest = *s;
    if (!text_word(&rest, &word) || !memchr(word.p, '[', word.n))
        return false;
    const char *escape = memchr(word.p, '\x1b', word.n);
    if (escape) {
        word.n = (size_t)(escape - word.p);
        rest = slice_skip(*s, word.n);
    }
    *ret = word;
    *s = rest;
    return true;
}

static bool message_follows(struct slice rest, struct entry *ret)
{
    skip_colour(&rest);
    if (rest.n && !text_char(&rest, ' '))
        return false;
    skip_colour(&rest);
    ret->text = rest;
    return true;
}

static bool tail_head(struct slice line, struct entry *ret)
{
    struct slice rest = line;
    skip_colour(&rest);
    if (!text_time(&rest, &ret->time))
        return false;
    (void)text_literal(&rest, SLICE(" UTC"));
    skip_colour(&rest);
    if (!text_char(&rest, ' '))
        return false;
    skip_colour(&rest);
    struct slice after = rest;
    if (stream_word(&after, &ret->stream))
        return message_follows(after, ret);
    return !slice_starts(rest, SLICE("| ")) && /* that is a table, copied from the console */
           container_message(rest, &ret->text);
}

static bool sam_head(struct slice line, struct entry *ret)
{
    struct slice rest = line;
    skip_colour(&rest);
    if (!stream_word(&rest, &ret->stream))
        return false;
    skip_colour(&rest);
    text_skip_blanks(&rest);
    bool bracket = text_char(&rest, '[');
    skip_colour(&rest);
    if (!text_time(&rest, &ret->time) || (bracket && !text_char(&rest, ']')))
        return false;
    return message_follows(rest, ret);
}

/* [group] and a local clock, whose day and zone are not said: it tells no time. */
static bool watch_head(struct slice rest, struct entry *ret)
{
    unsigned minutes, seconds;
    uint64_t hours;
    ret->group = slice_cut(&rest, ']');
    if (!text_char(&rest, ' ') || !text_u64(&rest, &hours) || !text_char(&rest, ':') ||
        !text_digits(&rest, 2, &minutes) || !text_char(&rest, ':') || !text_digits(&rest, 2, &seconds))
        return false;
    if (!text_literal(&rest, SLICE(" AM")))
        (void)text_literal(&rest, SLICE(" PM"));
    return message_follows(rest, ret);
}

/* [time] and perhaps (stream) */
static bool saw_head(struct slice rest, struct entry *ret)
{
    if (!text_time(&rest, &ret->time) || !text_char(&rest, ']'))
        return false;
    struct slice after = rest;
    if (!text_literal(&after, SLICE(" (")) || !stream_word(&after, &ret->stream))
        return message_follows(rest, ret);
    if (slice_ends(ret->stream, SLICE(")")))
        ret->stream.n--;
    return message_follows(after, ret);
}

/* awslogs: group stream [time] message. */
static bool awslogs_head(struct slice line, struct entry *ret)
{
    struct slice rest = line;
    skip_colour(&rest);
    if (text_char(&rest, '['))
        return slice_starts(rest, SLICE("/aws/")) ? watch_head(rest, ret) : saw_head(rest, ret);
    if (!slice_starts(rest, SLICE("/aws/")) || !text_word(&rest, &ret->group))
        return false;
    skip_colour(&rest);
    text_skip_blanks(&rest);
    struct slice bare = rest;
    if (sam_head(bare, ret))
        return true;
    return stream_word(&rest, &ret->stream) && message_follows(rest, ret);
}

/* One pretty document may have more lines than are looked at: a first line with a stream is sure as well. */
static int tail_score(struct slice head)
{
    struct slice rest = head, line = {"", 0};
    struct entry first = {.time = TIME_NONE};
    while (slice_trim(line).n == 0 && text_line(&rest, &line))
        ;
    if (tail_head(line, &first) && first.stream.n)
        return 80;
    return container_score(head, tail_head, 80);
}

static int sam_score(struct slice head)
{
    return container_score(head, sam_head, 85);
}

static bool named_head(struct slice line, struct entry *ret)
{
    return awslogs_head(line, ret) && (ret->group.n || ret->stream.n);
}

static bool platform_head(struct slice line, struct entry *ret)
{
    return awslogs_head(line, ret) && container_is_platform(ret->text);
}

/* A time in brackets alone is what any program may write: then the platform must speak behind one. */
static int awslogs_score(struct slice head)
{
    int named = container_score(head, named_head, 84);
    return named ? named : container_score(head, platform_head, 60);
}

static void tail_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {.head = tail_head};
    container_lines(in, sink, &format);
}

static void sam_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {.head = sam_head};
    container_lines(in, sink, &format);
}

static void awslogs_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {.head = awslogs_head};
    container_lines(in, sink, &format);
}

const struct container container_tail = {
    .name = "aws-logs-tail",
    .doc = "text of `aws logs tail` (detailed, short, json)",
    .score = tail_score,
    .parse = tail_parse,
};

const struct container container_sam = {
    .name = "sam-logs",
    .doc = "text of `sam logs`: stream, time, message",
    .score = sam_score,
    .parse = sam_parse,
};

const struct container container_awslogs = {
    .name = "awslogs",
    .doc = "text of awslogs, saw and cdk watch: group and stream, [time] or [group], then the message",
    .score = awslogs_score,
    .parse = awslogs_parse,
};
