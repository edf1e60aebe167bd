/* A worker's life, and the reading of one source: which container it is, and what becomes of one that nothing
 * recognises. */
#include "forensics/scan.h"

void worker_init(struct worker *w, struct evidence *ev, const struct evidence_options *options)
{
    *w = (struct worker){.ev = ev, .options = options};
    index_init(&w->index);
    turns_init(&w->turns);
    arena_init(&w->scratch);
    arena_init(&w->pieces);
    arena_init(&w->shelf);
    w->in.shelf = &w->shelf;
    buf_init(&w->record, LIMIT_DOCUMENT);
    w->scanner = scanner_new(ev->signatures);
}

void worker_expect(struct worker *w, uint64_t bytes)
{
    enum { MUCH = 4 << 20 }; /* compressed, some 40,000 invocations */
    if (bytes < MUCH)
        return;
    arena_expect(&w->index.arena);
    arena_expect(&w->shelf);
    vec_reserve(&w->index.attempts, HUGE_PAGE / sizeof *w->index.attempts.v - 1);
}

void worker_done(struct worker *w)
{
    scanner_free(w->scanner);
    json_shapes_done(&w->shapes);
    key_looks_done(&w->looks);
    buf_done(&w->record);
    arena_done(&w->scratch);
    arena_done(&w->pieces);
    arena_join(&w->ev->arena, &w->shelf);
    input_done(&w->in);
    turns_done(&w->turns);
    index_done(&w->index);
}

/* Line by line; one that is longer than the limit is a line all the same, shown as far as the limit goes. */
static void note_unrecognised(struct input *in)
{
    struct source *s = in->source;
    bool within = false; /* what comes goes on with a line that was counted */
    for (;;) {
        struct slice window = input_window(in);
        const char *end = window.n ? memchr(window.p, '\n', window.n) : NULL;
        if (!end && window.n < LIMIT_ENTRY && input_more(in))
            continue;
        window = slice_head(input_window(in), end ? (size_t)(end - window.p) + 1 : LIMIT_ENTRY);
        if (window.n == 0)
            return;
        if (!within)
            source_unrecognised(s, (struct loc){s->index, (uint32_t)++s->lines, in->offset}, window);
        within = !end;
        input_advance(in, window.n);
    }
}

/* The object that CreateExportTask leaves to test its permission. */
static bool is_write_test(struct slice head)
{
    return slice_eq(slice_trim(head), SLICE("Permission Check Successful"));
}

static void parse_source(struct worker *w)
{
    struct input *in = &w->in;
    const struct container *c = w->options->format_in;
    struct sink sink;
    scan_sink(w, &sink);
    while (input_window(in).n < LIMIT_SNIFF && input_more(in))
        ;
    struct slice head = slice_head(input_window(in), LIMIT_SNIFF);
    if (is_write_test(head)) {
        in->source->format = "export-write-test";
        in->source->lines = 1;
        in->source->records++;
        input_advance(in, input_window(in).n);
        return;
    }
    if (!c && !in->source->looks_like) /* no survey looked at it before */
        in->source->looks_like = container_choose(head, &in->source->runner_up);
    c = c ? c : in->source->looks_like;
    if (!c) {
        note_unrecognised(in);
        return;
    }
    in->source->looks_like = c;
    in->source->format = c->name;
    c->parse(in, &sink);
}

void worker_read(struct worker *w, struct source *source)
{
    w->source = source;
    json_shapes_begin(&w->shapes);
    if (source->open || source->memory.p) {
        place_of(slice_str(source->path), &w->scratch, &w->place);
        bool ok = input_reopen(&w->in, source, true);
        w->in.idle = w->idle;
        if (ok)
            parse_source(w);
        scan_leave_streams(w);
        if (w->keys)
            key_looks_settle(&w->looks, w->keys, &w->index);
        input_close(&w->in);
    }
    arena_done(&w->scratch);
    arena_init(&w->scratch);
}

void worker_survey(struct worker *w, struct source *source)
{
    struct input *in = &w->in;
    if (!source->open && !source->memory.p)
        return;
    if (input_reopen(in, source, false)) {
        while (input_window(in).n < LIMIT_SNIFF && input_more(in))
            ;
        container_survey(source, slice_head(input_window(in), LIMIT_SNIFF));
    }
    input_close(in);
}
