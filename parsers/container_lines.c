/* The engine of all line formats: finds where entries begin and hands each out whole, continuation lines
 * included, without copying. The last entry of a file goes to sink->tail and the lines before the first one
 * to sink->orphan, because a file may have been cut from a longer one in the middle of an entry. */
#include "parsers/container.h"

struct cursor {
    struct input *in;
    const struct sink *sink;
    const struct line_format *format;
    /* One is the open entry, its slices not yet set; the head of a line that may follow it is read into the other. */
    struct entry entries[2];
    unsigned which; /* is open */
    /* Where its parts lie, from the window's start, which does not move while an entry is open. */
    size_t text_at, group_at, stream_at;
    size_t text_n; /* when the head took less than its line; else 0: the text goes on to the entry's end */
    size_t at;     /* of the line to look at next, from the window's start */
    uint16_t ends[TEXT_BLOCK]; /* line ends of the block at hand, of which `ends_next` is the next one */
    size_t ends_n, ends_next;
    uint64_t block, looked; /* where that block begins and ends, in the text */
    uint64_t line, first;   /* number of that line, and of the one at the window's start */
    struct buf scratch;     /* for records */
    bool open;
    bool overlong; /* what follows belongs to an entry that passed the limit */
    bool skipping; /* to the end of a line that did */
};

static void emit_orphan(struct cursor *c, struct slice text)
{
    struct loc loc = {c->in->source->index, (uint32_t)c->first, c->in->offset};
    if (c->overlong || slice_trim(text).n == 0)
        return;
    if (c->format->record)
        source_unrecognised(c->in->source, loc, text);
    else
        c->sink->orphan(c->sink->ctx, text, loc);
}

static void emit_record(struct cursor *c, const struct entry *e)
{
    if (c->format->record(e->text, e->loc, &c->scratch, c->sink))
        c->in->source->records++;
    else
        source_unrecognised(c->in->source, e->loc, e->text);
}

/* Tools that print a document under a line of its own leave an empty first line. */
static struct slice skip_line_ends(struct slice s)
{
    while (s.n && (*s.p == '\n' || *s.p == '\r'))
        s = slice_skip(s, 1);
    return s;
}

static void emit_entry(struct cursor *c, struct slice window, size_t end, bool last)
{
    struct entry *e = &c->entries[c->which];
    size_t n = c->text_n ? c->text_n : end - c->text_at;
    if (n > LIMIT_ENTRY)
        source_anomaly(c->in->source, ANOMALY_TOO_LONG, e->loc.line, e->loc.offset,
                       "an entry is longer than the limit; only its beginning was read");
    e->text = slice_rtrim(slice_of(window.p + c->text_at, n < LIMIT_ENTRY ? n : LIMIT_ENTRY));
    const char *begin = e->text.p;
    e->text = skip_line_ends(e->text);
    if (c->format->times_alone && e->text.p > begin) {
        e->loc.offset += (uint64_t)(e->text.p - window.p);
        for (; begin < e->text.p; begin++)
            e->loc.line += *begin == '\n';
    }
    if (c->format->finish)
        c->format->finish(e);
    e->group.p = window.p + c->group_at;
    e->stream.p = window.p + c->stream_at;
    if (c->format->record) {
        emit_record(c, e);
        return;
    }
    c->in->source->entries++;
    (last ? c->sink->tail : c->sink->entry)(c->sink->ctx, e);
}

/* Closes the open entry at `end` and drops its bytes. */
static void close_entry(struct cursor *c, size_t end, bool last)
{
    struct slice window = input_window(c->in);
    if (c->open)
        emit_entry(c, window, end, last);
    else if (end > 0)
        emit_orphan(c, slice_of(window.p, end));
    c->open = false;
    input_advance(c->in, end);
    c->at -= end;
    c->first = c->line;
}

static size_t offset_in(struct slice s, const char *window)
{
    return s.n ? (size_t)(s.p - window) : 0;
}

/* The line itself goes, and what would continue it. */
static void drop_line(struct cursor *c)
{
    close_entry(c, c->at, false);
    c->overlong = true;
}

static void lose_line(struct cursor *c, struct slice line)
{
    drop_line(c);
    source_unrecognised(c->in->source, (struct loc){c->in->source->index, (uint32_t)c->line, c->in->offset},
                        line);
}

static bool joins_open(const struct cursor *c, struct slice line)
{
    if (!c->format->joins || !c->open || c->text_n)
        return false;
    return c->format->joins(slice_of(input_window(c->in).p + c->text_at, c->at - c->text_at), line);
}

static void take_line(struct cursor *c, struct slice line)
{
    struct slice bare = line.n && line.p[line.n - 1] == '\r' ? slice_head(line, line.n - 1) : line;
    if (bare.n == 0 && !c->format->alone)
        return;
    struct entry *head = &c->entries[!c->which];
    if (c->format->noise && c->format->noise(bare)) {
        drop_line(c);
        return;
    }
    *head = entry_none;
    if (!c->format->head(bare, head)) {
        if (c->format->alone)
            lose_line(c, bare);
        return;
    }
    if (joins_open(c, bare))
        return;
    close_entry(c, c->at, false);
    const char *window = input_window(c->in).p;
    c->which = !c->which;
    head->loc = (struct loc){c->in->source->index, (uint32_t)c->line, c->in->offset};
    c->text_at = (size_t)(head->text.p - window);
    c->text_n = head->text.p + head->text.n < bare.p + bare.n ? head->text.n : 0;
    c->group_at = offset_in(head->group, window);
    c->stream_at = offset_in(head->stream, window);
    c->open = true;
    c->overlong = false;
}

/* What has passed the limit is handed out as far as it may be, and dropped: an entry of many lines, or one line
 * whose end is not yet in sight. */
static void give_up(struct cursor *c)
{
    struct slice window = input_window(c->in);
    if (window.n - c->at > LIMIT_ENTRY) {
        take_line(c, slice_skip(window, c->at));
        c->at = input_window(c->in).n;
        close_entry(c, c->at, false);
        c->skipping = true;
    } else if (c->at > LIMIT_ENTRY) {
        close_entry(c, c->at, false);
    } else {
        return;
    }
    c->overlong = true;
}

static void end_of_text(struct cursor *c)
{
    struct slice window = input_window(c->in);
    if (c->at < window.n) {
        source_anomaly(c->in->source, ANOMALY_NO_LINE_END, c->line, c->in->offset + c->at,
                       "the last line has no end");
        if (!c->skipping)
            take_line(c, slice_skip(window, c->at));
        c->line++;
        c->at = input_window(c->in).n;
    }
    close_entry(c, input_window(c->in).n, true);
}

/* Looks at the line that ends at that place of the text. */
static void next_line(struct cursor *c, uint64_t end)
{
    size_t n = (size_t)(end - c->in->offset) - c->at;
    if (!c->skipping)
        take_line(c, slice_of(input_window(c->in).p + c->at, n));
    c->skipping = false;
    c->at = (size_t)(end - c->in->offset) + 1;
    c->line++;
}

/* Looks for line ends in the blocks of the window that were not looked at. */
static bool find_ends(struct cursor *c)
{
    struct slice rest;
    c->ends_n = c->ends_next = 0;
    while (c->ends_n == 0 && (rest = slice_skip(input_window(c->in), c->looked - c->in->offset)).n > 0) {
        rest = slice_head(rest, TEXT_BLOCK);
        c->ends_n = text_line_ends(rest, c->ends);
        c->block = c->looked;
        c->looked += rest.n;
    }
    return c->ends_n > 0;
}

/* Every other line of an export is empty and says nothing. */
static bool skip_empty(struct cursor *c, size_t end)
{
    if (end > c->at || c->skipping || c->format->alone)
        return false;
    c->at++;
    c->line++;
    return true;
}

/* All lines of the window whose ends are in sight. */
static void take_lines(struct cursor *c)
{
    while (c->ends_next < c->ends_n || find_ends(c)) {
        uint64_t end = c->block + c->ends[c->ends_next++];
        if (!skip_empty(c, (size_t)(end - c->in->offset)))
            next_line(c, end);
    }
}

void container_lines(struct input *in, const struct sink *sink, const struct line_format *format)
{
    struct cursor c = {.in = in, .sink = sink, .format = format, .line = 1, .first = 1, .looked = in->offset};
    buf_init(&c.scratch, LIMIT_ENTRY);
    do {
        take_lines(&c);
        give_up(&c);
    } while (input_more(in));
    end_of_text(&c);
    buf_done(&c.scratch);
    in->source->lines += c.line - 1;
}

void container_sample(struct slice text, bool (*head)(struct slice line, struct entry *ret),
                      size_t *ret_heads, size_t *ret_lines)
{
    enum { SAMPLE_LINES = 200 };
    struct slice line;
    struct entry ignored;
    *ret_heads = *ret_lines = 0;
    while (*ret_lines < SAMPLE_LINES && text_line(&text, &line)) {
        if (slice_trim(line).n == 0)
            continue;
        ++*ret_lines;
        ignored = (struct entry){.time = TIME_NONE};
        *ret_heads += head(line, &ignored);
    }
}

/* `stdout F ` of container runtimes, and the labels that logcli prints before a line. */
static struct slice skip_marks(struct slice s)
{
    static const struct slice labels = {"{__aws_cloudwatch_", 18};
    if (!text_literal(&s, SLICE("stdout F ")))
        (void)text_literal(&s, SLICE("stderr F "));
    ptrdiff_t end = slice_starts(s, labels) ? slice_find(s, SLICE("} ")) : -1;
    return end >= 0 ? slice_skip(s, (size_t)end + 2) : s;
}

/* What begins with blanks. */
static bool message_padded(struct slice rest, struct slice *ret)
{
    struct slice bare = rest;
    uint8_t id[16];
    text_skip_blanks(&bare);
    struct slice after = bare;
    if (text_uuid(&after, id) && after.n && *after.p == ' ')
        return false;
    bool padded = bare.n && (*bare.p == '{' || container_is_platform(bare));
    *ret = padded ? bare : rest;
    return true;
}

bool container_message_marked(struct slice rest, struct slice *ret)
{
    rest = skip_marks(rest);
    if (rest.n && (*rest.p == ' ' || *rest.p == '\t'))
        return message_padded(rest, ret);
    *ret = rest;
    return true;
}

static bool naked_head(struct slice line, struct entry *ret)
{
    (void)ret;
    return slice_starts(line, SLICE("START RequestId:")) || slice_starts(line, SLICE("END RequestId:")) ||
           slice_starts(line, SLICE("REPORT RequestId:"));
}

size_t container_naked(struct slice text)
{
    size_t naked, lines;
    container_sample(text, naked_head, &naked, &lines);
    return naked;
}
