/* The engine of all line formats: finds where entries begin and hands each out whole, continuation lines
 * included, without copying. The last entry of a file goes to sink->tail and the lines before the first one
 * to sink->orphan, because a file may have been cut from a longer one in the middle of an entry. */
#include "parsers/container.h"

struct cursor {
    struct input *in;
    const struct sink *sink;
    const struct line_format *format;
    /* What is at hand of the text. It moves in more() alone, and places count from its begin. */
    struct slice window;
    struct entry entries[2]; /* the open one, and one for the head of a line that may follow it */
    struct entry *entry, *head;
    size_t begin;              /* of the open entry, or of what stands before any */
    size_t at;                 /* of the line to look at next */
    uint16_t ends[TEXT_BLOCK]; /* line ends of the block at hand, of which `ends_next` is the next one */
    size_t ends_n, ends_next;
    size_t block, looked; /* where that block begins and ends */
    uint64_t line, first; /* number of the line at `at`, and of the one at `begin` */
    struct buf scratch;   /* for records */
    bool open;
    bool whole;    /* the text of its head goes on to the end of the entry */
    bool overlong; /* what follows belongs to an entry that passed the limit */
    bool skipping; /* to the end of a line that did */
};

static struct loc place(const struct cursor *c, uint64_t line, size_t at)
{
    return (struct loc){c->in->source->index, (uint32_t)line, c->in->offset + at};
}

static void emit_orphan(struct cursor *c, struct slice text)
{
    struct loc loc = place(c, c->first, c->begin);
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

/* The place of an entry whose time has a line of its own is that of its text. */
static void leave_time(const struct cursor *c, struct entry *e, const char *begin)
{
    e->loc.offset += (uint64_t)(e->text.p - (c->window.p + c->begin));
    for (; begin < e->text.p; begin++)
        e->loc.line += *begin == '\n';
}

static void emit_entry(struct cursor *c, bool last)
{
    struct entry *e = c->entry;
    const char *begin = e->text.p;
    if (c->whole)
        e->text.n = (size_t)(c->window.p + c->at - begin);
    if (e->text.n > LIMIT_ENTRY) {
        source_anomaly(c->in->source, ANOMALY_TOO_LONG, e->loc.line, e->loc.offset,
                       "an entry is longer than the limit; only its beginning was read");
        e->text.n = LIMIT_ENTRY;
    }
    e->text = skip_line_ends(slice_rtrim(e->text));
    if (c->format->times_alone && e->text.p > begin)
        leave_time(c, e, begin);
    if (c->format->finish)
        c->format->finish(e);
    if (c->format->record) {
        emit_record(c, e);
        return;
    }
    c->in->source->entries++;
    (last ? c->sink->tail : c->sink->entry)(c->sink->ctx, e);
}

/* Closes the open entry before the line at hand. */
static void close_entry(struct cursor *c, bool last)
{
    if (c->open)
        emit_entry(c, last);
    else if (c->at > c->begin)
        emit_orphan(c, slice_of(c->window.p + c->begin, c->at - c->begin));
    c->open = false;
    c->begin = c->at;
    c->first = c->line;
}

/* The line itself goes, and what would continue it. */
static void drop_line(struct cursor *c)
{
    close_entry(c, false);
    c->overlong = true;
}

static void lose_line(struct cursor *c, struct slice line)
{
    drop_line(c);
    source_unrecognised(c->in->source, place(c, c->line, c->at), line);
}

static bool joins_open(const struct cursor *c, struct slice line)
{
    if (!c->format->joins || !c->open || !c->whole)
        return false;
    const char *text = c->entry->text.p;
    return c->format->joins(slice_of(text, (size_t)(c->window.p + c->at - text)), line);
}

static void take_line(struct cursor *c, struct slice line)
{
    struct slice bare = line.n && line.p[line.n - 1] == '\r' ? slice_head(line, line.n - 1) : line;
    if (bare.n == 0 && !c->format->alone)
        return;
    struct entry *head = c->head;
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
    close_entry(c, false);
    c->head = c->entry;
    c->entry = head;
    head->loc = place(c, c->line, c->at);
    c->whole = head->text.n == 0 || head->text.p + head->text.n >= bare.p + bare.n;
    c->open = true;
    c->overlong = false;
}

/* What has passed the limit is handed out as far as it may be, and dropped: an entry of many lines, or one line
 * whose end is not yet in sight. */
static void give_up(struct cursor *c)
{
    if (c->window.n - c->at > LIMIT_ENTRY) {
        take_line(c, slice_skip(c->window, c->at));
        c->at = c->window.n;
        c->skipping = true;
    } else if (c->at - c->begin <= LIMIT_ENTRY) {
        return;
    }
    close_entry(c, false);
    c->overlong = true;
}

static void end_of_text(struct cursor *c)
{
    if (c->at < c->window.n) {
        source_anomaly(c->in->source, ANOMALY_NO_LINE_END, c->line, c->in->offset + c->at,
                       "the last line has no end");
        if (!c->skipping)
            take_line(c, slice_skip(c->window, c->at));
        c->line++;
        c->at = c->window.n;
    }
    close_entry(c, true);
    input_advance(c->in, c->window.n);
}

/* Looks for line ends in the blocks of the window that were not looked at. */
static bool find_ends(struct cursor *c)
{
    struct slice rest;
    c->ends_n = c->ends_next = 0;
    while (c->ends_n == 0 && (rest = slice_skip(c->window, c->looked)).n > 0) {
        rest = slice_head(rest, TEXT_BLOCK);
        c->ends_n = text_line_ends(rest, c->ends);
        c->block = c->looked;
        c->looked += rest.n;
    }
    return c->ends_n > 0;
}

/* All lines of the window whose ends are in sight. Every other one of an export is empty and says nothing. */
static void take_lines(struct cursor *c)
{
    while (c->ends_next < c->ends_n || find_ends(c)) {
        size_t end = c->block + c->ends[c->ends_next++];
        if (!c->skipping && (end > c->at || c->format->alone))
            take_line(c, slice_of(c->window.p + c->at, end - c->at));
        c->skipping = false;
        c->at = end + 1;
        c->line++;
    }
}

/* Gives back what is read but for the open entry, and adds to the window, which may come to lie elsewhere. */
static bool more(struct cursor *c)
{
    enum { PARTS = 3 };
    struct entry *e = c->entry;
    struct slice *const parts[PARTS] = {&e->text, &e->group, &e->stream};
    size_t places[PARTS] = {0};
    for (size_t i = 0; c->open && i < PARTS; i++)
        if (i == 0 || parts[i]->n)
            places[i] = (size_t)(parts[i]->p - c->window.p) - c->begin;
    input_advance(c->in, c->begin);
    bool any = input_more(c->in);
    c->window = input_window(c->in);
    for (size_t i = 0; c->open && i < PARTS; i++)
        parts[i]->p = c->window.p + places[i];
    c->at -= c->begin;
    c->looked -= c->begin;
    c->begin = 0;
    return any;
}

void container_lines(struct input *in, const struct sink *sink, const struct line_format *format)
{
    struct cursor c = {
        .in = in, .sink = sink, .format = format, .window = input_window(in), .line = 1, .first = 1};
    c.entry = &c.entries[0];
    c.head = &c.entries[1];
    buf_init(&c.scratch, LIMIT_ENTRY);
    do {
        take_lines(&c);
        give_up(&c);
    } while (more(&c));
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

int container_score(struct slice text, bool (*head)(struct slice line, struct entry *ret), int sure)
{
    size_t heads, lines;
    container_sample(text, head, &heads, &lines);
    if (heads <= container_naked(text))
        return 0;
    return heads * 4 >= lines ? sure : sure / 2;
}

bool container_is_event_id(struct slice word)
{
    enum { EVENT_ID_DIGITS = 56 };
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] < '0' || word.p[i] > '9')
            return false;
    return word.n == EVENT_ID_DIGITS;
}
