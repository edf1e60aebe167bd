/* Lambda log text without a container: terminal copies, console test results, issue threads, files of a
 * program. Each line is an entry, but for lines that continue the one before (see container_line_continues).
 * Decoration that consoles and tables put before a platform line is looked past: blanks, bars, stars, times. |
 * 2022-10-04T12:23:04.626-04:00 | END RequestId: c2c3b330-…
 *      * 2026-08-26T10:55:32.266 START RequestId: 88a9b9a0-… Version: 40
 * So are the lines of a gateway's execution log: (a55fdf68-…) Method completed with status: 504 */
#include "parsers/container.h"

#include "parsers/message.h"

/* A REPORT that a page has wrapped: the line begins with one of its figures and has a further one. */
static bool wrapped_report(struct slice line)
{
    static const struct slice figures[] = {
        {"Duration: ", 10}, {"Billed Duration: ", 17}, {"Init Duration: ", 15}};
    static const struct slice further[] = {{" ms\t", 4}, {"Memory Size: ", 13}, {"Memory Used: ", 13}};
    bool begins = false, more = false;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        begins |= slice_starts(line, figures[i]);
    for (size_t i = 0; begins && i < sizeof further / sizeof *further; i++)
        more |= slice_find(line, further[i]) >= 0;
    return more;
}

bool container_line_continues(struct slice line)
{
    static const struct slice heads[] = {{"XRAY TraceId: ", 14},
                                         {"Traceback (most", 15},
                                         {"Runtime.", 8},
                                         {"Extension.", 10},
                                         {"Caused by: ", 11},
                                         {"}", 1},
                                         {"]", 1}};
    if (line.n == 0)
        return true;
    if (*line.p == ' ' || *line.p == '\t' || slice_starts(line, SLICE("\xc2\xa0")))
        return true;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (slice_starts(line, heads[i]))
            return true;
    return wrapped_report(line);
}

/* `12<TAB>`, `12:` and `app.log:12:`, as cat and grep number lines. */
static bool numbered(struct slice *s)
{
    struct slice rest = *s;
    uint64_t n;
    if (text_u64(&rest, &n) && (text_char(&rest, '\t') || text_char(&rest, ':'))) {
        *s = rest;
        return true;
    }
    rest = *s;
    struct slice name = slice_cut(&rest, ':');
    if (rest.n == 0 || name.n == 0 || memchr(name.p, ' ', name.n) || !text_u64(&rest, &n) ||
        !text_char(&rest, ':'))
        return false;
    *s = rest;
    return true;
}

/* `[pod/worker-1/main] `, and what ends in `lambda[123]: ` of a system log. */
static bool labelled(struct slice *s)
{
    enum { LABEL_MAX = 120 };
    struct slice head = slice_head(*s, LABEL_MAX);
    bool label = head.n && *head.p == '[';
    ptrdiff_t at = slice_find(head, label ? SLICE("] ") : SLICE("]: "));
    if (at < 0)
        return false;
    *s = slice_skip(*s, (size_t)at + (label ? 2 : 3));
    return true;
}

/* A time in a column of its own, or at the front of a platform line. */
static bool decoration(struct slice *s, int64_t *time)
{
    struct slice word;
    if (s->n && memchr(" \t|*>", *s->p, 5)) {
        *s = slice_skip(*s, 1);
        return true;
    }
    struct slice rest = *s;
    if (text_time(&rest, time)) {
        (void)text_literal(&rest, SLICE("Copy")); /* the console's button, copied with its table */
        bool ends = rest.n == 0 || *rest.p == ' ' || *rest.p == '\t' || *rest.p == '|' || rest.p[-1] == 'y';
        *s = ends ? rest : *s;
        return ends;
    }
    int64_t epoch;
    rest = *s;
    if (text_epoch(&rest, &epoch) && rest.n && *rest.p == ' ') {
        *time = epoch;
        *s = rest;
        return true;
    }
    rest = *s;
    if (numbered(&rest) || labelled(&rest)) {
        *s = rest;
        return true;
    }
    rest = *s;
    if (text_literal(&rest, SLICE("@message ")) && text_word(&rest, &word) && slice_eq(word, SLICE("|"))) {
        *s = rest;
        return true;
    }
    return false;
}

bool container_is_platform(struct slice text)
{
    struct event e;
    message_parse(text, &e);
    return e.kind != EVENT_APP && e.kind != EVENT_GATEWAY;
}

/* Debug lines of log shippers that quote the message they carry. */
static bool quoted(struct slice *s)
{
    static const struct slice mark = {"The message is \"", 16};
    ptrdiff_t at = slice_find(*s, mark);
    if (at < 0)
        return false;
    *s = slice_skip(*s, (size_t)at + mark.n);
    return true;
}

/* The platform line at the front of `rest`, which may be a cell of a table. */
static bool take_platform(struct slice rest, struct slice *ret)
{
    ptrdiff_t bar = slice_find(rest, SLICE(" | "));
    if (bar < 0 && slice_ends(rest, SLICE(" |")))
        bar = (ptrdiff_t)rest.n - 2;
    *ret = rest;
    if (rest.n == 0 || container_is_platform(rest))
        return rest.n > 0;
    *ret = slice_head(rest, bar < 0 ? 0 : (size_t)bar);
    return ret->n > 0 && container_is_platform(*ret);
}

/* `service_1  | text`, `service-1  | text`: docker compose; `localstack_main | > text`: the container of
 * LocalStack, which marks what functions write. */
static bool compose_head(struct slice line, struct slice *ret)
{
    struct slice rest = line, word;
    if (!text_word(&rest, &word) || word.n > 64 || rest.n == 0 || *rest.p != ' ')
        return false;
    text_skip_blanks(&rest);
    if (!text_literal(&rest, SLICE("| ")))
        return false;
    (void)text_literal(&rest, SLICE("> "));
    *ret = rest;
    bool numbered = word.n > 1 && (word.p[word.n - 2] == '_' || word.p[word.n - 2] == '-');
    return numbered || slice_eq(word, SLICE("localstack_main")) || slice_eq(word, SLICE("localstack-main"));
}

/* `  | time | text`, a row of a pasted table, is an entry whatever its text is. */
static bool bare_head(struct slice line, struct entry *ret)
{
    struct slice rest = line, row = {"", 0};
    int64_t time = TIME_NONE, row_time = TIME_NONE;
    unsigned bars = 0;
    enum { STEPS_MAX = 32, ROW_BARS = 2 };
    if (compose_head(line, &ret->text))
        return !container_line_continues(ret->text);
    bool looked = quoted(&rest) && take_platform(rest, &ret->text);
    for (size_t i = 0; i < STEPS_MAX && !looked; i++) {
        bool bar = rest.n && *rest.p == '|';
        if (!decoration(&rest, &time))
            break;
        bars += bar;
        if (bar && bars == ROW_BARS) {
            row = slice_trim(rest);
            row_time = time;
        }
        looked = take_platform(rest, &ret->text);
    }
    if (!looked && row.n && row_time != TIME_NONE) {
        ret->text = row;
        ret->time = row_time;
        return true;
    }
    if (looked) {
        ret->time = time;
        return true;
    }
    if (time != TIME_NONE && rest.n == 0) { /* alone in its line, as the console copies its table */
        ret->time = time;
        ret->text = rest;
        return true;
    }
    if (container_line_continues(line))
        return false;
    ret->text = line;
    return true;
}

/* Does the line go on with a report whose figures have lines of their own? Their units tell them from what a program says
 * of itself. */
static bool report_goes_on(struct slice entry, struct slice line)
{
    static const struct {
        const char *figure, *unit;
    } figures[] = {{"Duration: ", " ms"},
                   {"Billed Duration: ", " ms"},
                   {"Memory Size: ", " MB"},
                   {"Max Memory Used: ", " MB"},
                   {"Init Duration: ", " ms"},
                   {"Restore Duration: ", " ms"},
                   {"Billed Restore Duration: ", " ms"},
                   {"Status: ", "timeout"},
                   {"Status: ", "error"},
                   {"Error Type: ", ""}};
    if (!slice_starts(entry, SLICE("REPORT RequestId:")) || container_is_platform(slice_cut(&entry, '\n')))
        return false;
    line = slice_rtrim(line);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        if (slice_starts(line, slice_str(figures[i].figure)) && slice_ends(line, slice_str(figures[i].unit)))
            return true;
    return false;
}

/* A stack at the margin, behind the line that ends in the class of its error; and what stands below a time. */
static bool bare_joins(struct slice entry, struct slice line)
{
    int64_t time;
    if (slice_trim(entry).n == 0)
        return !text_time(&line, &time);
    return report_goes_on(entry, line) || message_begins_stack(slice_cut(&entry, '\n'), line);
}

/* Rules and headings of pasted tables. */
static bool bare_noise(struct slice line)
{
    return slice_starts(line, SLICE("-- | --")) || slice_starts(line, SLICE("|---")) ||
           slice_starts(line, SLICE("-----"));
}

static bool platform_head(struct slice line, struct entry *ret)
{
    return bare_head(line, ret) && container_is_platform(ret->text);
}

static bool app_head(struct slice line, struct entry *ret)
{
    struct event e;
    (void)ret;
    message_parse(line, &e);
    if (e.kind == EVENT_GATEWAY)
        return message_gateway_step(e.text);
    return e.kind == EVENT_APP && (e.has_id || e.in_init || e.unhandled);
}

static bool composed(struct slice line, struct entry *ret)
{
    return compose_head(line, &ret->text);
}

static int bare_score(struct slice head)
{
    size_t heads, lines, apps, services;
    container_sample(head, platform_head, &heads, &lines);
    container_sample(head, app_head, &apps, &lines);
    container_sample(head, composed, &services, &lines);
    if (heads == 0 && apps == 0 && container_naked(head) == 0)
        return services * 3 >= lines && services > 0 ? 30 : 0;
    return heads * 10 >= lines ? 50 : 35;
}

static void bare_parse(struct input *in, const struct sink *sink)
{
    static const struct line_format format = {
        .head = bare_head, .joins = bare_joins, .noise = bare_noise, .times_alone = true};
    container_lines(in, sink, &format);
}

const struct container container_bare = {
    .name = "lambda-text",
    .doc = "Lambda or gateway log text without times or streams: terminal copies, console test results",
    .score = bare_score,
    .parse = bare_parse,
};
