/* Answers of `aws logs filter-log-events` and `get-log-events` under `--output text`: the fields of each event, parted
 * by tabs, in the order of their names. A message keeps its line end, so that its time stands below it.
 *     EVENTS<TAB>375…(56 digits)<TAB>1706375564172<TAB>2024/01/27/[7]88ab…<TAB>START RequestId: …<LF>
 *     <TAB>1706375564122
 *     EVENTS<TAB>1706375564172<TAB>START RequestId: …<LF><TAB>1706375564122          get-log-events */
#include "parsers/container.h"

/* What stands before the next tab. */
static bool column(struct slice *s, struct slice *ret)
{
    const char *tab = s->n ? memchr(s->p, '\t', s->n) : NULL;
    if (!tab)
        return false;
    *ret = slice_head(*s, (size_t)(tab - s->p));
    *s = slice_skip(*s, ret->n + 1);
    return true;
}

static bool is_time(struct slice word, int64_t *ret)
{
    int64_t time;
    if (!text_epoch(&word, &time) || word.n)
        return false;
    *ret = time;
    return true;
}

/* The time of ingestion stands in for the event's own until the entry is whole. */
static bool cli_head(struct slice line, struct entry *ret)
{
    struct slice rest = line, word;
    if (!text_literal(&rest, SLICE("EVENTS\t")) || !column(&rest, &word))
        return false;
    bool has_id = container_is_event_id(word);
    if (has_id && !column(&rest, &word))
        return false;
    if (!is_time(word, &ret->time) || (has_id && !column(&rest, &ret->stream)))
        return false;
    ret->text = rest;
    return true;
}

/* The event's time ends the entry. */
static void cli_finish(struct entry *e)
{
    size_t n = e->text.n;
    while (n > 0 && e->text.p[n - 1] != '\t')
        n--;
    if (n > 0 && is_time(slice_skip(e->text, n), &e->time))
        e->text = slice_rtrim(slice_head(e->text, n - 1));
}

/* SEARCHEDLOGSTREAMS, and the tokens of get-log-events. */
static bool cli_noise(struct slice line)
{
    return slice_starts(line, SLICE("SEARCHEDLOGSTREAMS\t")) || slice_starts(line, SLICE("b/")) ||
           slice_starts(line, SLICE("f/"));
}

static int cli_score(struct slice head)
{
    size_t heads, lines;
    container_sample(head, cli_head, &heads, &lines);
    return heads > 0 ? 90 : 0;
}

static void cli_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {.head = cli_head, .finish = cli_finish, .noise = cli_noise};
    container_lines(in, sink, &format);
}

const struct container container_cli = {
    .name = "cli-text",
    .doc = "text of `aws logs filter-log-events` and `get-log-events` under --output text",
    .score = cli_score,
    .parse = cli_parse,
};
