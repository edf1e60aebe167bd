/* Text of tools that print log events in their own way: cw, the Serverless framework, and the box tables of
 * consoles. Source: field guide 3.7, 3.8.
 *     2023-06-02T11:27:22 - /aws/lambda/f - 2023/06/02/[72]88ab… - START …       cw
 *     2023-06-02 11:27:22.355 (+02:00)<TAB>ID<TAB>INFO<TAB>text                   serverless logs
 *     | 1685705242355 | START RequestId: … |                                      a table */
#include "parsers/container.h"

/* ---- cw ---- */

static const struct slice dash = {" - ", 3};

/* What stands before the next ` - `; untouched when there is none. */
static bool column(struct slice *s, struct slice *ret)
{
    ptrdiff_t at = slice_find(*s, dash);
    if (at <= 0)
        return false;
    *ret = slice_head(*s, (size_t)at);
    *s = slice_skip(*s, (size_t)at + dash.n);
    return true;
}

/* YYYY/MM/DD/…[version]hex */
static bool is_stream(struct slice word)
{
    return word.n > 12 && word.p[4] == '/' && word.p[7] == '/' && word.p[10] == '/' &&
           memchr(word.p, '[', word.n) && !memchr(word.p, ' ', word.n);
}

/* Every column is optional, chosen by flags; without any of them a line has no head. */
static bool cw_head(struct slice line, struct entry *ret)
{
    struct slice rest = line, after, word;
    bool timed = text_time(&rest, &ret->time) && text_literal(&rest, dash);
    rest = timed ? rest : line;
    after = rest;
    if (column(&after, &word) && *word.p == '/' && !memchr(word.p, ' ', word.n)) {
        ret->group = word;
        rest = after;
    }
    after = rest;
    if (column(&after, &word) && is_stream(word)) {
        ret->stream = word;
        rest = after;
    }
    after = rest;
    if (column(&after, &word) && container_is_event_id(word)) {
        ret->id = word;
        rest = after;
    }
    ret->text = rest;
    return timed || ret->group.n || ret->stream.n;
}

static int cw_score(struct slice head)
{
    return container_score(head, cw_head, 83);
}

static void cw_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {.head = cw_head};
    container_lines(in, sink, &format);
}

const struct container container_cw = {
    .name = "cw",
    .doc = "text of cw (lucagrulla): time, group and stream parted by ` - `",
    .score = cw_score,
    .parse = cw_parse,
};

/* ---- serverless logs ---- */

/* `2023-06-02 11:27:22.355 (+02:00)`: the time is that of the zone in brackets. */
static bool zoned_time(struct slice *s, int64_t *ret)
{
    struct slice rest = *s;
    unsigned hours, minutes;
    int64_t time;
    if (!text_time(&rest, &time) || !text_literal(&rest, SLICE(" (")))
        return false;
    int64_t sign = rest.n && *rest.p == '-' ? -1 : 1;
    if ((!text_char(&rest, '+') && !text_char(&rest, '-')) || !text_digits(&rest, 2, &hours) ||
        !text_char(&rest, ':') || !text_digits(&rest, 2, &minutes) || !text_char(&rest, ')'))
        return false;
    *ret = time - sign * (int64_t)(hours * 60 + minutes) * 60000;
    *s = rest;
    return true;
}

static bool zoned_head(struct slice line, struct entry *ret)
{
    struct slice rest = line;
    if (!zoned_time(&rest, &ret->time) || !text_char(&rest, '\t'))
        return false;
    ret->text = rest;
    return true;
}

static bool serverless_head(struct slice line, struct entry *ret)
{
    if (zoned_head(line, ret))
        return true;
    ret->text = line;
    return container_is_platform(line);
}

static int serverless_score(struct slice head)
{
    size_t heads, lines;
    container_sample(head, zoned_head, &heads, &lines);
    return heads > 0 ? 65 : 0;
}

static void serverless_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {.head = serverless_head};
    container_lines(in, sink, &format);
}

const struct container container_serverless = {
    .name = "serverless-logs",
    .doc = "text of `serverless logs`: time with its zone in brackets, id and message parted by tabs",
    .score = serverless_score,
    .parse = serverless_parse,
};

/* ---- box tables ---- */

/* The rules of a table: +-----+, ├────┤, ┌──┬──┐. */
static bool is_rule(struct slice line)
{
    static const char *const corners[] = {"+--",          "|--",          "\xe2\x94\x8c", "\xe2\x94\x9c",
                                          "\xe2\x94\x94", "\xe2\x95\x94", "\xe2\x95\xa0", "\xe2\x95\x9a"};
    line = slice_trim(line);
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++)
        if (slice_starts(line, slice_str(corners[i])))
            return true;
    return false;
}

static struct slice skip_border(struct slice s)
{
    static const struct slice borders[] = {
        {" ", 1}, {"\t", 1}, {"|", 1}, {"\xe2\x94\x82", 3}, {"\xe2\x95\x91", 3}};
    for (size_t i = 0; i < sizeof borders / sizeof *borders;)
        if (text_literal(&s, borders[i]))
            i = 0;
        else
            i++;
    return s;
}

static struct slice drop_border(struct slice s)
{
    static const struct slice borders[] = {
        {" ", 1}, {"\t", 1}, {"|", 1}, {"\xe2\x94\x82", 3}, {"\xe2\x95\x91", 3}};
    for (size_t i = 0; i < sizeof borders / sizeof *borders;)
        if (slice_ends(s, borders[i])) {
            s.n -= borders[i].n;
            i = 0;
        } else {
            i++;
        }
    return s;
}

static bool cell_time(struct slice *s, int64_t *ret)
{
    return text_time(s, ret) || text_epoch(s, ret);
}

/* Tables wrap their text, so that an application line cannot be put together again. What is whole is a platform
 * line that stands in one cell; a REPORT must have come to its memory. */
static bool table_head(struct slice line, struct entry *ret)
{
    struct slice rest = skip_border(line);
    if (rest.p == line.p)
        return false;
    if (cell_time(&rest, &ret->time))
        rest = skip_border(rest);
    rest = drop_border(rest);
    ret->text = rest;
    return container_is_platform(rest) &&
           (!slice_starts(rest, SLICE("REPORT ")) || slice_find(rest, SLICE("Max Memory Used: ")) >= 0);
}

/* A row whose first cell is empty: the text of the row before it goes on there. */
static bool wrapped_head(struct slice line, struct entry *ret)
{
    (void)ret;
    struct slice rest = slice_trim(line);
    if (!text_literal(&rest, SLICE("|")) && !text_literal(&rest, SLICE("\xe2\x94\x82")))
        return false;
    struct slice cell = rest;
    text_skip_blanks(&cell);
    return cell.p > rest.p + 1 &&
           (slice_starts(cell, SLICE("|")) || slice_starts(cell, SLICE("\xe2\x94\x82")));
}

static bool rule_head(struct slice line, struct entry *ret)
{
    (void)ret;
    return is_rule(line);
}

/* A table whose rows are whole is read as any pasted text, see container_bare.c. */
static int table_score(struct slice head)
{
    size_t rules, rows, wrapped, lines;
    container_sample(head, rule_head, &rules, &lines);
    container_sample(head, table_head, &rows, &lines);
    container_sample(head, wrapped_head, &wrapped, &lines);
    bool named = slice_find(slice_head(head, 4096), SLICE("message")) >= 0;
    return rules > 0 && wrapped > 0 && (rows > 0 || named) ? 55 : 0;
}

static void table_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {.head = table_head, .noise = is_rule, .alone = true};
    container_lines(in, sink, &format);
}

const struct container container_table = {
    .name = "table",
    .doc = "box tables (Copy search results, --output table): only platform lines that are whole",
    .score = table_score,
    .parse = table_parse,
};
