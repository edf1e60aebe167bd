/* One worker: from entries to rows. The sink of the parsers; nothing here allocates per line. */
#include "forensics/scan.h"

#include "forensics/attempt.h"
#include "forensics/messages.h"
#include "forensics/outcomes.h"
#include "forensics/spans.h"
#include "forensics/wording.h"
#include "parsers/message.h"
#include "parsers/record_message.h"

/* ---- streams ---- */

/* Lambda's stream names end in 32 random digits: they name an environment whatever the group. Other names
 * hold within their group, and entries without a stream belong to their file (and its further pieces). */
static struct slice stream_key(struct worker *w, struct slice group, struct slice stream)
{
    struct slice function, version;
    if (place_stream_parts(stream, &function, &version))
        return slice_str(arena_printf(&w->turns.arena, "s%.*s", SLICE_ARG(stream)));
    if (stream.n || group.n)
        return slice_str(arena_printf(&w->turns.arena, "g%.*s\n%.*s", SLICE_ARG(group), SLICE_ARG(stream)));
    return slice_str(arena_printf(&w->turns.arena, "f%.*s", SLICE_ARG(w->chains[w->source->index])));
}

/* `123456789012:/aws/lambda/f` is how Logs Insights and live tail write a group. */
static struct slice without_account(struct slice group)
{
    enum { ACCOUNT_DIGITS = 12 };
    struct slice rest = group;
    uint64_t account;
    bool leads = text_u64(&rest, &account) && group.n - rest.n == ACCOUNT_DIGITS && text_char(&rest, ':');
    return leads ? rest : group;
}

static void close_run(struct worker *w, struct turn *t)
{
    if (t->run.count)
        *vec_push(&w->index.runs) = t->run;
    t->run.count = 0;
}

static void leave_stream(struct worker *w, struct turn *t)
{
    close_run(w, t);
    words_leave(w, t);
}

void scan_leave_streams(struct worker *w)
{
    for (unsigned i = 0; i < w->turns.n; i++)
        leave_stream(w, &w->turns.list[i]);
    turns_clear(&w->turns);
    w->turn = NULL;
}

/* What the entry tells of its stream goes to the index; it is the first one, or the first to name the function. */
static void know_stream(struct worker *w, const struct entry *entry)
{
    struct turn *t = w->turn;
    struct slice group = t->group.n ? without_account(t->group) : w->place.group;
    struct slice stream = t->name.n ? t->name : w->place.stream, ignored[2];
    struct stream_facts facts = {.name = stream, .group = group, .folder = w->place.folder};
    facts.key = stream_key(w, group, stream);
    facts.function_assumed = w->options->assume_function;
    facts.function_platform = entry->function;
    facts.function_path = w->place.function;
    t->stream = index_stream(&w->index, &facts);
    t->named = entry->function.n > 0;
    bool of_function = slice_starts(group, SLICE("/aws/lambda/")) || t->named || w->place.function.n ||
                       place_stream_parts(stream, &ignored[0], &ignored[1]);
    t->gateway = slice_starts(group, SLICE("API-Gateway-Execution-Logs"));
    t->unnamed = group.n == 0 && !of_function;
    t->records = (group.n || stream.n) && !t->gateway && !of_function;
}

static void enter_stream(struct worker *w, const struct entry *entry)
{
    w->turn = turns_find(&w->turns, entry->group, entry->stream);
    if (!w->turn) {
        if (w->turns.n == TURNS_MAX)
            scan_leave_streams(w);
        w->turn = turns_add(&w->turns, entry->group, entry->stream);
        know_stream(w, entry);
    }
    w->stream = w->turn->stream;
}

/* ---- application lines ---- */

static struct attempt *attempt_of(struct worker *w, const struct event *e, int64_t time, struct loc loc)
{
    struct attempt *a = w->turn->last;
    if (a && memcmp(&a->id, &e->id, sizeof e->id) == 0 &&
        (!(a->flags & ATTEMPT_START) || time == TIME_NONE || time >= attempt_start(a)))
        return a;
    return index_attempt(&w->index, e, w->stream, time, loc, NULL);
}

static void add_to_run(struct worker *w, int64_t time, struct loc loc)
{
    enum { GAP_MS = 10000 }; /* behind it another invocation may be open, where chunks come in any order */
    struct turn *t = w->turn;
    if (time < t->run.last || (t->run.last != TIME_NONE && time - t->run.last > GAP_MS))
        close_run(w, t);
    if (t->run.count == 0)
        t->run = (struct run){.stream = t->stream, .loc = loc, .first = time};
    t->run.count++;
    t->run.last = time;
}

static void mark_error(struct worker *w, const struct event *e, struct attempt *a, int64_t time,
                       struct loc loc)
{
    struct mark m = {.kind = MARK_ERROR, .time = time, .loc = loc, .attempt = a, .stream = w->stream};
    m.text = intern_id(&w->index.names, e->error_type);
    m.level = e->level;
    char pattern[WORDING_MAX];
    ptrdiff_t cut = slice_find(e->error_message, SLICE("\\n"));
    struct slice first = cut < 0 ? e->error_message : slice_head(e->error_message, (size_t)cut);
    /* That of an init is shown as one quotation; others are counted by what they have in common. */
    m.host = intern_id(&w->index.names,
                       e->in_init ? wording_head(first) : slice_of(pattern, wording_of(first, pattern)));
    *vec_push(&w->index.marks) = m;
    if (e->in_init)
        index_init_error(&w->index, e, w->stream, time, loc);
}

static bool ends_like_error(struct slice word)
{
    switch (word.n ? word.p[word.n - 1] : '\0') {
    case 'r': return slice_ends(word, SLICE("rror"));
    case 'n': return slice_ends(word, SLICE("xception"));
    case 't': return slice_ends(word, SLICE("ault"));
    case 'e': return slice_ends(word, SLICE("ailure"));
    case 'c': return slice_ends(word, SLICE("anic"));
    default: return false;
    }
}

/* Words of capitals, with a dot, or that end like an error's class: logging's frame or the error itself. */
static bool begins_plain(struct slice text)
{
    size_t n = 0, capitals = 0;
    while (n < text.n && (unsigned)text.p[n] - 'a' < 26)
        n++;
    for (; n < text.n; n++) { /* what is no word of small letters alone, as most are */
        char c = text.p[n];
        if (c == ' ' || c == ':' || c == '(' || c == ',')
            break;
        if (c == '.' || c == '\\' || c == '$' || c == '|')
            return false;
        capitals += c >= 'A' && c <= 'Z';
    }
    struct slice word = slice_head(text, n), rest = slice_skip(text, n);
    bool letter = word.n && ((*word.p >= 'a' && *word.p <= 'z') || (*word.p >= 'A' && *word.p <= 'Z'));
    if (!letter || (capitals == n && n > 1) || slice_starts(rest, SLICE(" |")) ||
        slice_starts(rest, SLICE(" - ")))
        return false;
    return !ends_like_error(word) && !slice_starts(text, SLICE("fatal"));
}

/* Can the line report an error at all? By the rules of signatures.h TRACE and DEBUG never do, and INFO only
 * when the message itself begins with an error or shows a stack: a line of plain words has neither. Spares most
 * lines the scan, which costs as much as splitting them. */
static bool may_report(const struct event *e, unsigned signs)
{
    if (e->level == LEVEL_TRACE || e->level == LEVEL_DEBUG)
        return false;
    if (e->level != LEVEL_INFO)
        return true;
    if (signs & TEXT_LINE_END)
        return true;
    if (e->text.n && *e->text.p == '{')
        return memchr(e->text.p, '\\', e->text.n) || slice_starts(e->text, SLICE("{\"errorType\""));
    return !begins_plain(e->text);
}

/* Returns how many. */
static size_t mark_signatures(struct worker *w, const struct event *e, struct attempt *a, int64_t time,
                              struct loc loc)
{
    enum { HITS_MAX = 16 };
    struct signature_hit hits[HITS_MAX];
    size_t n = scanner_find(w->scanner, e->text, e->level, hits, HITS_MAX);
    for (size_t i = 0; i < n; i++) {
        struct mark m = {.kind = MARK_SIGNATURE, .time = time, .loc = loc, .attempt = a, .stream = w->stream};
        m.value = hits[i].signature;
        m.text = intern_id(&w->index.names, e->error_type);
        m.level = e->level;
        *vec_push(&w->index.marks) = m;
    }
    return n;
}

/* An error that the program caught and logged: error-burst counts them by wording. */
static void mark_logged(struct worker *w, const struct event *e, struct attempt *a, int64_t time,
                        struct loc loc)
{
    char pattern[WORDING_MAX];
    struct mark m = {.kind = MARK_LOGGED, .time = time, .loc = loc, .attempt = a, .stream = w->stream};
    struct slice said = slice_head(e->said.n ? e->said : e->text, WORDS_MAX);
    m.level = e->level;
    m.text = intern_id(&w->index.names, slice_of(pattern, wording_of(said, pattern)));
    m.host = intern_id(&w->index.names, e->error_type);
    *vec_push(&w->index.marks) = m;
}

static void on_app(struct worker *w, const struct event *e, int64_t time, struct loc loc)
{
    struct attempt *a = NULL;
    struct stream *s = &w->index.streams.v[w->stream];
    unsigned signs = text_signs(e->text);
    if (time != TIME_NONE) {
        s->first = time < s->first ? time : s->first;
        s->last = time > s->last ? time : s->last;
    }
    if (e->has_id) {
        a = attempt_of(w, e, time, loc);
        a->lines++;
        if (e->trace.n)
            index_trace(&w->index, a, e->trace);
        w->turn->last = a;
    } else if (!e->in_init) {
        add_to_run(w, time, loc);
    }
    if (e->unhandled)
        mark_error(w, e, a, time, loc);
    bool known = may_report(e, signs) && mark_signatures(w, e, a, time, loc) > 0;
    if (!known && !e->unhandled && e->level >= LEVEL_ERROR)
        mark_logged(w, e, a, time, loc);
    scan_line(w, e, signs, a, time, loc);
    words_keep(w, e, a, time, loc);
}

/* ---- platform lines ---- */

/* An XRAY line that stands alone belongs to the report before it. */
static void on_trace(struct worker *w, const struct event *e)
{
    if (w->turn->last)
        index_trace(&w->index, w->turn->last, e->trace);
}

static void on_platform(struct worker *w, const struct event *e, int64_t time, struct loc loc)
{
    close_run(w, w->turn);
    if (e->kind == EVENT_NAMELESS) {
        source_anomaly(
            w->source, ANOMALY_NO_REQUEST_ID, loc.line, loc.offset,
            "reports without their request id, as `serverless logs` prints them: no invocation is made of "
            "them; save the log with `aws logs tail` instead");
        return;
    }
    if (e->kind == EVENT_TRACE) {
        on_trace(w, e);
        return;
    }
    struct attempt *a = index_platform(&w->index, e, w->stream, time, loc, w->turn->last);
    if (!a)
        return;
    w->turn->last = a;
    if (e->lineage.n)
        scan_lineage(w, e->lineage, e->trace, a, time, loc);
    if (e->status == STATUS_TIMEOUT && e->kind != EVENT_RUNTIME_DONE)
        words_timeout(w, e, a, time, loc);
}

/* ---- the sink ---- */

static void take_entry(void *ctx, const struct entry *entry)
{
    struct worker *w = ctx;
    struct event e;
    if (!w->turn || !slice_eq(entry->stream, w->turn->name) || !slice_eq(entry->group, w->turn->group))
        enter_stream(w, entry);
    if (entry->function.n && !w->turn->named)
        know_stream(w, entry);
    message_parse_known(entry->text, &w->shapes, &e);
    /* In a function's log an error's message would be what that was told by another. */
    if (w->turn->unnamed && e.error_message.n)
        (void)message_answer(&e);
    int64_t time = entry->time != TIME_NONE ? entry->time : e.time;
    e.function = e.function.n ? e.function : entry->function;
    turn_moves(w->turn, time);
    if (e.kind == EVENT_GATEWAY)
        scan_gateway_settle(w, entry->text, &e);
    if (w->turn->records && e.kind == EVENT_APP) {
        struct sink sink;
        scan_sink(w, &sink);
        if (record_message(entry->text, time, entry->loc, &w->record, &sink))
            return;
    }
    w->index.events[e.kind]++;
    if (e.kind == EVENT_APP)
        on_app(w, &e, time, entry->loc);
    else if (e.kind == EVENT_GATEWAY)
        scan_gateway(&w->index, &e, time, entry->loc);
    else
        on_platform(w, &e, time, entry->loc);
}

static void take_tail(void *ctx, const struct entry *entry)
{
    struct worker *w = ctx;
    take_entry(ctx, entry);
    struct fragment *f = &w->fragments[w->source->index];
    if (entry->text.n > TAIL_MAX)
        return;
    f->tail = arena_copy(&w->pieces, entry->text);
    f->tail_time = entry->time;
    f->tail_loc = entry->loc;
    f->tail_key = arena_copy(&w->pieces, intern_name(&w->index.stream_keys, w->stream + 1));
}

static void take_orphan(void *ctx, struct slice text, struct loc loc)
{
    struct worker *w = ctx;
    struct fragment *f = &w->fragments[w->source->index];
    f->orphan = arena_copy(&w->pieces, slice_head(text, TAIL_MAX));
    f->orphan_loc = loc;
}

static void take_object(void *ctx, const struct s3_record *r)
{
    struct worker *w = ctx;
    index_object(&w->index, r, UINT32_MAX);
}

static void take_span(void *ctx, const struct span *s)
{
    struct worker *w = ctx;
    if (s->cut)
        source_anomaly(w->source, ANOMALY_NESTED_TOO_DEEP, s->loc.line, s->loc.offset,
                       "subsegments of a trace lie deeper than the limit: they were left out");
    index_span(&w->index, s);
}

static void take_front(void *ctx, const struct front_call *f)
{
    struct worker *w = ctx;
    scan_front(&w->index, f);
}

static void take_queue(void *ctx, const struct queue_record *q)
{
    struct worker *w = ctx;
    index_message(&w->index, q, UINT32_MAX);
}

static void take_destination(void *ctx, const struct destination_record *d)
{
    struct worker *w = ctx;
    index_destination(&w->index, d);
}

void scan_sink(struct worker *w, struct sink *ret)
{
    *ret = (struct sink){.ctx = w,
                         .entry = take_entry,
                         .tail = take_tail,
                         .orphan = take_orphan,
                         .s3 = take_object,
                         .span = take_span,
                         .front = take_front,
                         .queue = take_queue,
                         .destination = take_destination};
}

/* ---- entries torn by a cut between files ---- */

static void forget_orphan(struct source *s, const struct fragment *f)
{
    struct slice rest = f->orphan, line;
    struct loc loc = f->orphan_loc;
    source_anomaly(s, ANOMALY_ORPHAN_LINES, loc.line, loc.offset,
                   "the file begins in the middle of an entry whose beginning is in no file at hand");
    while (text_line(&rest, &line))
        source_unrecognised(s, loc, line);
}

/* The lines before the cut were taken as the whole entry; adds what only both pieces together say. */
static void amend(struct worker *w, const struct fragment *tail, struct slice whole)
{
    struct event e, before;
    uint32_t key = intern_find(&w->index.stream_keys, tail->tail_key);
    if (key == 0)
        return;
    message_parse(whole, &e);
    message_parse(tail->tail, &before);
    int64_t time = tail->tail_time != TIME_NONE ? tail->tail_time : e.time;
    w->stream = key - 1;
    struct attempt *a = NULL;
    if (e.has_id && e.kind != EVENT_GATEWAY) {
        e.kind = EVENT_APP; /* finds the row of the piece before the cut and adds none */
        a = index_attempt(&w->index, &e, w->stream, time, tail->tail_loc, NULL);
        index_trace(&w->index, a, e.trace);
    }
    if (e.unhandled && (!before.unhandled || !slice_eq(e.error_type, before.error_type)))
        mark_error(w, &e, a, time, tail->tail_loc);
    struct signature_hit hits[2];
    if (scanner_find(w->scanner, before.text, before.level, hits, 2) == 0 &&
        may_report(&e, text_signs(e.text)))
        mark_signatures(w, &e, a, time, tail->tail_loc);
}

static bool continues(const struct source *a, const struct source *b)
{
    return a->format == b->format &&
           slice_eq(place_folder(slice_str(a->path)), place_folder(slice_str(b->path)));
}

void scan_glue(struct worker *w)
{
    const struct source *before = NULL; /* whose tail is open */
    struct buf whole;
    buf_init(&whole, LIMIT_ENTRY);
    for (size_t i = 0; i < w->ev->sources.n; i++) {
        struct source *s = &w->ev->sources.v[i];
        const struct fragment *f = &w->fragments[i];
        bool mine = before && f->orphan.p && continues(before, s);
        if (mine) {
            if (whole.n == 0)
                (void)buf_append(&whole, w->fragments[before->index].tail);
            (void)buf_byte(&whole, '\n');
            (void)buf_append(&whole, f->orphan);
        } else if (f->orphan.p) {
            forget_orphan(s, f);
        }
        bool open_still = mine && !f->tail.p;
        if (before && whole.n && !open_still)
            amend(w, &w->fragments[before->index], buf_slice(&whole));
        if (!open_still) {
            buf_clear(&whole);
            before = f->tail.p ? s : NULL;
        }
    }
    if (before && whole.n)
        amend(w, &w->fragments[before->index], buf_slice(&whole));
    buf_done(&whole);
}
