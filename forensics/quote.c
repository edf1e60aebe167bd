/* Reading cited lines again. A loc says where the line, the message's JSON string or the record begins in the
 * decompressed text; what stands there tells which of them it is. Base64-wrapped messages have the place of
 * their wrapping: they are parsed again and found by time and request id. */
#include "forensics/quote.h"

#include "base/parallel.h"
#include "forensics/attempt.h"
#include "forensics/told.h"
#include "parsers/container.h"
#include "parsers/json.h"

enum { RECORD_MAX = 64 * 1024 };

struct quoter {
    const struct evidence *ev;
    struct arena *arena;
    struct citation **v; /* of one source, by offset */
    size_t n;
    struct buf text;
};

static int by_place(const void *a, const void *b)
{
    const struct loc *x = &(*(struct citation *const *)a)->loc, *y = &(*(struct citation *const *)b)->loc;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* No half character at the end. */
static struct slice cut(struct slice s)
{
    s = slice_trim(s);
    if (s.n <= LIMIT_QUOTE)
        return s;
    s.n = LIMIT_QUOTE;
    while (s.n > 0 && ((unsigned char)s.p[s.n - 1] & 0xc0) == 0x80)
        s.n--;
    return slice_head(s, s.n > 0 ? s.n - 1 : 0);
}

static struct slice first_line(struct slice s)
{
    struct slice line = {"", 0};
    s = slice_trim(s);
    (void)text_line(&s, &line);
    return line;
}

/* ---- records ---- */

/* The fields that a reader of the proof needs, as they stand. */
static void pick_fields(struct json *j, struct buf *out)
{
    static const char *const wanted[] = {"eventTime",    "eventName",  "principalId", "name",
                                         "key",          "time",       "detail-type", "requester",
                                         "functionName", "bucketName", "requestID"};
    struct slice key, raw;
    if (json_peek(j) != JSON_OBJECT || !json_enter_object(j))
        return;
    while (json_next_key(j, &key)) {
        if (json_peek(j) == JSON_OBJECT && !slice_eq(key, SLICE("ownerIdentity"))) {
            pick_fields(j, out);
            continue;
        }
        if (!json_raw(j, &raw))
            return;
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
            if (slice_eq(key, slice_str(wanted[i])))
                buf_printf(out, "%s\"%s\":%.*s", out->n ? " … " : "", wanted[i], SLICE_ARG(raw));
    }
}

static struct slice record_text(struct quoter *q, struct slice at)
{
    struct json j;
    struct slice whole;
    json_init(&j, at);
    if (!json_raw(&j, &whole))
        return first_line(at);
    buf_clear(&q->text);
    json_init(&j, whole);
    pick_fields(&j, &q->text);
    bool record = slice_find(whole, SLICE("\"s3\"")) >= 0 || slice_find(whole, SLICE("\"aws.s3\"")) >= 0 ||
                  slice_find(whole, SLICE("\"userIdentity\"")) >= 0;
    return record && q->text.n ? buf_slice(&q->text) : whole;
}

/* The bytes of a JSON string from its first one on; the text may end before it does. */
static struct slice string_text(struct quoter *q, struct slice at)
{
    size_t n = 0;
    while (n < at.n && at.p[n] != '"' && at.p[n] != '\n')
        n += at.p[n] == '\\' && n + 1 < at.n ? 2 : 1;
    buf_clear(&q->text);
    (void)json_decode(slice_head(at, n < at.n ? n : at.n), &q->text);
    return first_line(buf_slice(&q->text));
}

static bool in_string(const struct quoter *q, const struct citation *c)
{
    const struct source *s = &q->ev->sources.v[c->loc.source];
    return s->looks_like == &container_json;
}

static struct slice text_at(struct quoter *q, const struct citation *c, struct slice at)
{
    if (at.n && *at.p == '{' && in_string(q, c))
        return record_text(q, at);
    return in_string(q, c) ? string_text(q, at) : first_line(at);
}

/* ---- wrapped messages ---- */

static bool fits(const struct quoter *q, const struct citation *c, const struct entry *e)
{
    char buffer[37];
    bool same = c->text.n == 0 && e->loc.line == c->loc.line && e->loc.offset == c->loc.offset;
    if (!same || (c->time != TIME_NONE && e->time != TIME_NONE && e->time != c->time))
        return false;
    return !c->attempt || slice_find(e->text, attempt_id(&q->ev->index, c->attempt, buffer)) >= 0;
}

static void on_entry(void *ctx, const struct entry *e)
{
    struct quoter *q = ctx;
    for (size_t i = 0; i < q->n; i++)
        if (fits(q, q->v[i], e))
            q->v[i]->text = arena_copy(q->arena, cut(first_line(e->text)));
}

static void on_orphan(void *ctx, struct slice text, struct loc loc)
{
    (void)ctx;
    (void)text;
    (void)loc;
}

static void on_record(void *ctx, const struct s3_record *r)
{
    struct quoter *q = ctx;
    for (size_t i = 0; i < q->n; i++) {
        struct citation *c = q->v[i];
        if (c->text.n == 0 && r->loc.offset == c->loc.offset && r->time == c->time)
            c->text = slice_str(arena_printf(q->arena, "%.*s %.*s/%.*s by %.*s", SLICE_ARG(r->event_name),
                                             SLICE_ARG(r->bucket), SLICE_ARG(slice_head(r->key, LIMIT_QUOTE)),
                                             SLICE_ARG(r->principal)));
    }
}

static void on_queue(void *ctx, const struct queue_record *r)
{
    struct quoter *q = ctx;
    for (size_t i = 0; i < q->n; i++) {
        struct citation *c = q->v[i];
        if (c->text.n == 0 && r->loc.offset == c->loc.offset && r->sent == c->time)
            c->text = slice_str(arena_printf(q->arena, "%.*s %.*s by %.*s",
                                             SLICE_ARG(slice_head(r->arn, LIMIT_QUOTE)),
                                             SLICE_ARG(slice_head(r->message_id, LIMIT_QUOTE)),
                                             SLICE_ARG(slice_head(r->sender, LIMIT_QUOTE))));
    }
}

/* "span relay, Invoke relay, 2026-…": `name` and what it called. */
static void on_span(void *ctx, const struct span *s)
{
    struct quoter *q = ctx;
    for (size_t i = 0; i < q->n; i++) {
        struct citation *c = q->v[i];
        if (c->text.n == 0 && s->loc.offset == c->loc.offset && s->loc.line == c->loc.line)
            c->text = slice_str(
                arena_printf(q->arena, "span %.*s%s%.*s %.*s", SLICE_ARG(slice_head(s->name, LIMIT_QUOTE)),
                             s->operation.n ? ": " : "", SLICE_ARG(slice_head(s->operation, LIMIT_QUOTE)),
                             SLICE_ARG(slice_head(s->resource, LIMIT_QUOTE))));
    }
}

/* Parses the source once more, into a source of no account. */
static void quote_wrapped(struct quoter *q)
{
    const struct source *s = &q->ev->sources.v[q->v[0]->loc.source];
    const struct sink sink = {.ctx = q,
                              .entry = on_entry,
                              .tail = on_entry,
                              .orphan = on_orphan,
                              .s3 = on_record,
                              .span = on_span,
                              .queue = on_queue};
    struct source again;
    struct input in;
    source_init(&again, s->path, s->open);
    again.memory = s->memory;
    again.index = s->index;
    if (input_open(&in, &again, false))
        container_json.parse(&in, &sink);
    input_done(&in);
    source_done(&again);
}

/* ---- reading ---- */

/* Moves the window to the offset and fills it; what is there, RECORD_MAX bytes at most. */
static struct slice seek(struct input *in, uint64_t offset)
{
    while (in->offset < offset) {
        uint64_t gap = offset - in->offset;
        size_t have = input_window(in).n;
        input_advance(in, gap < have ? (size_t)gap : have);
        if (in->offset < offset && !input_more(in))
            break;
    }
    while (input_window(in).n < RECORD_MAX && input_more(in))
        ;
    return in->offset == offset ? slice_head(input_window(in), RECORD_MAX) : slice_of("", 0);
}

static void quote_source(struct quoter *q)
{
    const struct source *s = &q->ev->sources.v[q->v[0]->loc.source];
    struct source again;
    struct input in;
    if (!s->open && !s->memory.p)
        return;
    if (s->wrapped) {
        quote_wrapped(q);
        return;
    }
    source_init(&again, s->path, s->open);
    again.memory = s->memory;
    bool open = input_open_at(&in, &again, s, q->v[0]->loc.offset);
    for (size_t i = 0; open && i < q->n; i++) {
        struct citation *c = q->v[i];
        if (c->text.n == 0)
            c->text = arena_copy(q->arena, cut(text_at(q, c, seek(&in, c->loc.offset))));
    }
    input_done(&in);
    source_done(&again);
}

/* Citations that are reached from one place of one source each, and what each thread copies their texts to. */
struct quoting {
    const struct evidence *ev;
    struct arena arenas[THREADS_MAX];
    VEC(struct quoter) parts;
};

static void quote_part(void *ctx, unsigned thread, size_t i)
{
    struct quoting *all = ctx;
    struct quoter *q = &all->parts.v[i];
    q->arena = &all->arenas[thread];
    buf_init(&q->text, RECORD_MAX * 2);
    quote_source(q);
    buf_done(&q->text);
}

/* A wrapped source is parsed, not sought in. */
static bool together(const struct evidence *ev, const struct citation *a, const struct citation *b)
{
    const struct source *s = &ev->sources.v[a->loc.source];
    return a->loc.source == b->loc.source &&
           (s->wrapped || source_restart(s, a->loc.offset) == source_restart(s, b->loc.offset));
}

static void quote_all(const struct evidence *ev, struct citation **list, size_t n, struct arena *arena)
{
    struct quoting all = {.ev = ev};
    if (n > 1)
        qsort(list, n, sizeof *list, by_place);
    for (size_t i = 0, end; i < n; i = end) {
        end = i + 1;
        if (list[i]->loc.source >= ev->sources.n)
            continue;
        while (end < n && together(ev, list[i], list[end]))
            end++;
        *vec_push(&all.parts) = (struct quoter){.ev = ev, .v = list + i, .n = end - i};
    }
    parallel_run(ev->threads, all.parts.n, quote_part, &all);
    for (size_t i = 0; i < THREADS_MAX; i++)
        arena_join(arena, &all.arenas[i]);
    vec_done(&all.parts);
}

/* The finding's claim ends with what the error says, to the letter where the line has it. */
static void state_error(struct finding *f, struct arena *arena)
{
    if (!f->tells_error || f->citations.n == 0)
        return;
    struct slice message = told_message(f->citations.v[0].text, f->error_type, arena);
    message = cut(message.n ? message : f->error);
    if (message.n)
        f->what = arena_printf(arena, "%s The first says: \"%.*s\".", f->what, SLICE_ARG(message));
}

void quote_findings(const struct evidence *ev, struct findings *fs)
{
    VEC(struct citation *) all = {0};
    for (size_t i = 0; i < fs->list.n; i++)
        for (size_t k = 0; k < fs->list.v[i]->citations.n; k++)
            *vec_push(&all) = &fs->list.v[i]->citations.v[k];
    quote_all(ev, all.v, all.n, &fs->arena);
    for (size_t i = 0; i < fs->list.n; i++)
        state_error(fs->list.v[i], &fs->arena);
    vec_done(&all);
}
