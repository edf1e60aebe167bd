/* Opening and unwrapping of one source. Layer 0 reads the file; each further layer turns the bytes of the one
 * below into others (gzip or zstd into text, UTF-16 into UTF-8), see layer.h. A layer is added as long as the first
 * bytes of the top one call for it, at most LIMIT_NESTING times. */
#include "parsers/layer.h"

#include "base/text.h"
#include "parsers/archive.h"
#include "parsers/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A window of 1 MB, more than the cache has, took a tenth longer. WINDOW_KEPT: what long documents made of it
 * is not kept for the next source. AHEAD_FROM: less text is not worth a thread. */
enum { WINDOW_CHUNK = 128 * 1024, WINDOW_KEPT = 1024 * 1024, AHEAD_FROM = 1024 * 1024 };
enum { SNIFF_BYTES = FILTER_MAGIC_BYTES, DRAIN_BUFFER = 16 * 1024 };

/* A second reading tells nothing new, and may run beside the first. Read ahead, damage waits until the parser has
 * come as far: the source is the parser's alone, and the order of its anomalies does not tell how it was read. */
void input_note(struct input *in, enum anomaly_kind kind, uint64_t offset, const char *detail)
{
    if (in->hold)
        *vec_push(&in->held) = (struct anomaly){kind, 0, offset, detail, 1};
    else if (in->with_digest)
        source_anomaly(in->at, kind, 0, offset, detail);
}

size_t input_stored(struct input *in, char *out, size_t room)
{
    ssize_t n = 0;
    if (in->raw_end)
        return 0;
    if (in->at->memory.p) {
        struct slice rest = slice_skip(in->at->memory, in->memory_at);
        n = (ssize_t)(rest.n < room ? rest.n : room);
        memcpy(out, rest.p, (size_t)n);
        in->memory_at += (size_t)n;
    } else if (in->fd >= 0) {
        do
            n = read(in->fd, out, room);
        while (n < 0 && errno == EINTR);
    }
    if (n < 0) {
        in->failed = true;
        input_note(in, ANOMALY_UNREADABLE, in->raw, strerror(errno));
        return 0;
    }
    in->raw += (uint64_t)n;
    in->raw_end = n == 0;
    if (in->digesting && n > 0)
        sha256_update(&in->digest, (size_t)n, (const uint8_t *)out);
    return (size_t)n;
}

bool input_wrapped(struct slice head)
{
    enum layer_kind kind;
    return layer_wanted(head, &kind) != NULL;
}

/* Reads the first bytes of the top layer; its first read is small so that they fit a new layer's buffer. */
static void unwrap(struct input *in)
{
    for (;;) {
        buf_reserve(&in->window, WINDOW_CHUNK);
        while (in->window.n < SNIFF_BYTES) {
            size_t n =
                layer_read(in, in->depth, in->window.p + in->window.n, LAYER_BUFFER / 4 - in->window.n);
            in->window.n += n;
            if (n == 0)
                break;
        }
        enum layer_kind kind;
        const char *name = layer_wanted(input_window(in), &kind);
        if (!name)
            return;
        if (in->depth == LIMIT_NESTING) {
            input_note(in, ANOMALY_NESTED_TOO_DEEP, 0, "compressed more often than the limit");
            return;
        }
        layer_push(in, kind, name);
    }
}

static void name_compression(struct input *in)
{
    const char *name = in->depth ? in->layers[1]->name : "none";
    for (unsigned i = 2; i <= in->depth; i++)
        name = arena_printf(&in->at->arena, "%s, %s", name, in->layers[i]->name);
    in->at->compression = name;
}

static void check(struct input *in, struct slice text)
{
    if (in->with_digest)
        text_check_add(&in->check, text);
}

/* Bytes that have come into the window. */
static void added(struct input *in, struct slice text)
{
    if (!in->ahead)
        check(in, text);
    if (in->source->next)
        in->lines += text_line_count(text);
}

static void digest_begin(struct input *in)
{
    sha256_init(&in->digest);
    in->digesting = true;
}

/* From byte `from` of what is stored. */
static bool open_stored(struct input *in, struct source *source, uint64_t from)
{
    in->at = source;
    in->fd = -1;
    in->memory_at = (size_t)from;
    in->raw = from;
    in->raw_end = false;
    if (!source->memory.p && !source->open)
        return false; /* who added it has said why */
    if (!source->memory.p) {
        in->fd = open(source->open, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (in->fd < 0) {
            input_note(in, ANOMALY_UNREADABLE, 0, strerror(errno));
            return false;
        }
        if (source->size > LAYER_BUFFER)
            (void)posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        if (from > 0 && lseek(in->fd, (off_t)from, SEEK_SET) < 0)
            return false;
    }
    return true;
}

static bool open_source(struct input *in, struct source *source, bool with_digest)
{
    if (archive_unpacked(source) || !open_stored(in, source, 0))
        return false;
    if (with_digest)
        digest_begin(in);
    unwrap(in);
    if (slice_starts(input_window(in), SLICE("\xef\xbb\xbf")))
        input_advance(in, 3);
    if (with_digest)
        name_compression(in);
    return !in->failed;
}

bool input_open(struct input *in, struct source *source, bool with_digest)
{
    *in = (struct input){.fd = -1};
    return input_reopen(in, source, with_digest);
}

bool input_reopen(struct input *in, struct source *source, bool with_digest)
{
    struct input kept = *in;
    *in = (struct input){.source = source, .fd = -1, .with_digest = with_digest};
    in->window = kept.window;
    in->pieces = kept.pieces;
    in->held = kept.held;
    in->spare = kept.spare;
    in->shelf = kept.shelf;
    buf_clear(&in->window);
    vec_clear(&in->pieces);
    *vec_push(&in->pieces) = (struct input_piece){source, 0, 1};
    bool ok = open_source(in, source, with_digest);
    added(in, input_window(in));
    return ok;
}

bool input_open_at(struct input *in, struct source *source, const struct source *known, uint64_t offset)
{
    const struct restart *from = source_restart(known, offset);
    if (!from)
        return input_open(in, source, false);
    *in = (struct input){.source = source, .offset = from->offset};
    *vec_push(&in->pieces) = (struct input_piece){source, 0, 1};
    if (!open_stored(in, source, from->stored))
        return false;
    layer_push(in, LAYER_GZIP, "gzip");
    struct gunzip *gunzip = &in->layers[1]->gunzip;
    gunzip_done(gunzip);
    return gunzip_copy(gunzip, from->gunzip, NULL);
}

static void drain(struct input *in)
{
    char scratch[DRAIN_BUFFER];
    while (!in->failed && input_stored(in, scratch, sizeof scratch) > 0)
        ;
}

/* `reached`: the parser came to the end of what was read ahead; else it never saw the damage that was noted there. */
static void end_ahead(struct input *in, bool reached)
{
    if (in->ahead) {
        ahead_free(in->ahead);
        atomic_fetch_add(in->idle, 1);
    }
    in->ahead = NULL;
    in->hold = false;
    for (size_t i = 0; i < in->held.n; i++)
        if (reached || in->held.v[i].kind == ANOMALY_UNREADABLE)
            input_note(in, in->held.v[i].kind, in->held.v[i].offset, in->held.v[i].detail);
    vec_clear(&in->held);
}

/* What is read ahead is checked there, too: every parser reads its text to the end. */
static size_t read_ahead(void *ctx, char *out, size_t room)
{
    struct input *in = ctx;
    size_t total = 0, n;
    while (total < room && (n = layer_read(in, in->depth, out + total, room - total)) > 0)
        total += n;
    check(in, slice_of(out, total));
    return total;
}

/* Plain text, whose hash takes the most, or a single layer of gzip: of others the bound of is_bomb would fall elsewhere. */
static bool worth_ahead(const struct input *in)
{
    const struct layer *layer = in->depth ? in->layers[1] : NULL;
    if (in->depth == 0)
        return in->raw >= AHEAD_FROM;
    return in->depth == 1 && layer->kind == LAYER_GZIP && !layer->stopped && layer->produced >= AHEAD_FROM;
}

static void begin_ahead(struct input *in)
{
    if (!in->idle || atomic_load(in->idle) <= 0 || !worth_ahead(in))
        return;
    if (atomic_fetch_sub(in->idle, 1) <= 0) {
        atomic_fetch_add(in->idle, 1);
        return;
    }
    in->hold = true;
    in->ahead = ahead_new(read_ahead, in);
    if (!in->ahead) { /* the system has no thread to give */
        in->hold = false;
        atomic_fetch_add(in->idle, 1);
        in->idle = NULL;
    }
}

/* Reads what is left of the stored bytes, notes the figures and gives up all but the window. */
static void close_source(struct input *in)
{
    end_ahead(in, false);
    if (in->digesting) {
        uint64_t before = in->pieces.v[in->pieces.n - 1].offset;
        drain(in);
        sha256_digest(&in->digest, sizeof in->at->sha256, in->at->sha256);
        in->digesting = false;
        in->at->bytes_read = in->raw;
        in->at->bytes_decompressed = in->offset + input_window(in).n - before;
        if (!in->is_binary)
            text_check_end(&in->check, in->at);
        if (in->raw == 0 && !in->failed)
            input_note(in, ANOMALY_EMPTY, 0, "the file is empty");
    }
    for (unsigned i = 1; i <= in->depth; i++)
        layer_drop(in, in->layers[i]);
    in->depth = 0;
    if (in->fd >= 0)
        close(in->fd);
    in->fd = -1;
}

/* Goes on with the text of the next source, its first bytes behind the window. */
static bool open_next(struct input *in)
{
    struct source *next = in->at->next;
    struct buf window = in->window;
    uint64_t offset = in->offset;
    close_source(in);
    *vec_push(&in->pieces) = (struct input_piece){next, in->offset + window.n, in->lines + 1};
    buf_init(&in->window, 0);
    bool ok = open_source(in, next, in->with_digest);
    struct slice head = input_window(in);
    added(in, head);
    (void)buf_append(&window, head);
    buf_done(&in->window);
    in->window = window;
    in->start = 0;
    in->offset = offset;
    return ok && head.n > 0;
}

/* Appends what the source at hand still has. */
static bool read_on(struct input *in)
{
    (void)buf_reserve(&in->window, WINDOW_CHUNK);
    char *out = in->window.p + in->window.n;
    size_t room = in->window.cap - in->window.n;
    if (!in->ahead)
        begin_ahead(in);
    size_t n = in->ahead ? ahead_read(in->ahead, out, room) : layer_read(in, in->depth, out, room);
    added(in, slice_of(in->window.p + in->window.n, n));
    if (in->ahead && n < room)
        end_ahead(in, true);
    in->window.n += n;
    return n > 0;
}

bool input_more(struct input *in)
{
    if (in->end)
        return false;
    if (in->start > 0) {
        memmove(in->window.p, in->window.p + in->start, in->window.n - in->start);
        in->window.n -= in->start;
        in->start = 0;
    }
    bool more = read_on(in);
    while (!more && in->at->next)
        more = open_next(in) || read_on(in);
    in->end = !more;
    return more;
}

struct loc input_loc(const struct input *in, uint64_t line, uint64_t offset)
{
    size_t i = in->pieces.n - 1;
    while (i > 0 && in->pieces.v[i].offset > offset)
        i--;
    const struct input_piece *piece = &in->pieces.v[i];
    return (struct loc){piece->source->index, (uint32_t)(line - piece->line + 1), offset - piece->offset};
}

void input_anomaly(struct input *in, enum anomaly_kind kind, uint64_t line, uint64_t offset,
                   const char *detail)
{
    size_t i = in->pieces.n - 1;
    while (i > 0 && in->pieces.v[i].offset > offset)
        i--;
    struct loc loc = input_loc(in, line, offset);
    source_anomaly(in->pieces.v[i].source, kind, loc.line, loc.offset, detail);
}

void input_lines(struct input *in, uint64_t lines)
{
    for (size_t i = 0; i < in->pieces.n; i++) {
        const struct input_piece *piece = &in->pieces.v[i];
        uint64_t end = i + 1 < in->pieces.n ? piece[1].line : lines + 1;
        piece->source->lines += end > piece->line ? end - piece->line : 0;
    }
}

void input_close(struct input *in)
{
    for (size_t i = 1; i < in->pieces.n; i++)
        in->pieces.v[i].source->format = in->source->format;
    close_source(in);
    if (in->window.cap > WINDOW_KEPT)
        buf_done(&in->window);
}

void input_done(struct input *in)
{
    input_close(in);
    layer_free(in->spare);
    buf_done(&in->window);
    vec_done(&in->pieces);
    vec_done(&in->held);
    *in = (struct input){.fd = -1};
}
