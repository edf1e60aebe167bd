/* Opening and unwrapping of one source. Layer 0 reads the file; each further layer turns the bytes of the one
 * below into others (gzip or zstd into text, UTF-16 into UTF-8). A layer is added as long as the first bytes of
 * the top one call for it, at most LIMIT_NESTING times. */
#include "parsers/input.h"

#include "base/text.h"
#include "parsers/archive.h"
#include "parsers/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A window of 1 MB, more than the cache has, took a tenth longer. AHEAD_FROM: less text is not worth a thread. */
enum { LAYER_BUFFER = 256 * 1024, WINDOW_CHUNK = 128 * 1024, AHEAD_FROM = 1024 * 1024 };
enum { SNIFF_BYTES = FILTER_MAGIC_BYTES };

enum layer_kind { LAYER_GZIP, LAYER_FILTER, LAYER_UTF16LE, LAYER_UTF16BE };

struct input_layer {
    enum layer_kind kind;
    const char *name;
    struct input *in;
    unsigned level;
    struct gunzip gunzip;
    struct filter *filter;
    uint64_t produced;
    char *buffer; /* bytes of the layer below that were not used yet */
    struct slice unused;
    bool below_end, stopped;
};

/* A second reading tells nothing new, and may run beside the first. Read ahead, damage waits until the parser has
 * come as far: the source is the parser's alone, and the order of its anomalies does not tell how it was read. */
static void note(struct input *in, enum anomaly_kind kind, uint64_t offset, const char *detail)
{
    if (in->hold)
        *vec_push(&in->held) = (struct anomaly){kind, 0, offset, detail, 1};
    else if (in->with_digest)
        source_anomaly(in->at, kind, 0, offset, detail);
}

/* The stored bytes. Returns 0 at the end or on an error, which goes to the source. */
static size_t raw_read(struct input *in, char *out, size_t room)
{
    ssize_t n = 0;
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
        note(in, ANOMALY_UNREADABLE, in->raw, strerror(errno));
        return 0;
    }
    in->raw += (uint64_t)n;
    if (in->digest && n > 0)
        EVP_DigestUpdate(in->digest, out, (size_t)n);
    return (size_t)n;
}

static size_t layer_read(struct input *in, unsigned level, char *out, size_t room);

/* Makes unused bytes of the layer below available; false when there are none. */
static bool layer_refill(struct input *in, unsigned level)
{
    struct input_layer *layer = in->layers[level];
    if (layer->below_end)
        return false;
    size_t keep = layer->unused.n;
    memmove(layer->buffer, layer->unused.p, keep);
    size_t n = layer_read(in, level - 1, layer->buffer + keep, LAYER_BUFFER - keep);
    layer->unused = slice_of(layer->buffer, keep + n);
    layer->below_end = n == 0;
    return n > 0;
}

static void gzip_anomaly(struct input *in, const struct gunzip *g)
{
    enum anomaly_kind kind = ANOMALY_GZIP_DAMAGED;
    if (g->damage.kind == GUNZIP_DAMAGE_NONE)
        return;
    if (g->damage.kind == GUNZIP_DAMAGE_TRUNCATED)
        kind = ANOMALY_GZIP_TRUNCATED;
    if (g->damage.kind == GUNZIP_DAMAGE_TRAILING_BYTES)
        kind = ANOMALY_GZIP_TRAILING;
    note(in, kind, g->damage.offset, g->damage.sentence);
}

static size_t gzip_read(struct input *in, unsigned level, char *out, size_t room)
{
    struct input_layer *layer = in->layers[level];
    size_t total = 0;
    while (!layer->stopped && total < room) {
        size_t n = 0;
        enum gunzip_status status = gunzip_run(&layer->gunzip, &layer->unused, out + total, room - total, &n);
        total += n;
        if (status == GUNZIP_MORE_INPUT && !layer_refill(in, level))
            status = gunzip_finish(&layer->gunzip); /* MORE_ROOM: the next round gets what is owed */
        layer->stopped = status == GUNZIP_STOPPED;
        if (layer->stopped)
            gzip_anomaly(in, &layer->gunzip);
    }
    return total;
}

static struct slice filter_more(void *ctx)
{
    struct input_layer *layer = ctx;
    if (layer->unused.n == 0)
        (void)layer_refill(layer->in, layer->level);
    struct slice lent = layer->unused;
    layer->unused = slice_skip(lent, lent.n);
    return lent;
}

static size_t filter_layer_read(struct input *in, struct input_layer *layer, char *out, size_t room)
{
    size_t n = filter_read(layer->filter, out, room);
    layer->stopped = n < room;
    if (layer->stopped && filter_damage(layer->filter))
        note(in, ANOMALY_ARCHIVE, layer->produced + n, filter_damage(layer->filter));
    return n;
}

static uint32_t utf16_unit(const struct input_layer *layer, size_t at)
{
    uint8_t a = (uint8_t)layer->unused.p[at], b = (uint8_t)layer->unused.p[at + 1];
    return layer->kind == LAYER_UTF16LE ? (uint32_t)(b << 8 | a) : (uint32_t)(a << 8 | b);
}

/* Lone surrogates become U+FFFD; the byte order mark is dropped. */
static size_t utf16_read(struct input *in, unsigned level, char *out, size_t room)
{
    struct input_layer *layer = in->layers[level];
    size_t total = 0;
    while (total + 4 <= room) {
        if (layer->unused.n < 4 && !layer->below_end)
            (void)layer_refill(in, level);
        if (layer->unused.n < 2)
            break;
        uint32_t c = utf16_unit(layer, 0);
        size_t used = 2;
        if (c >= 0xd800 && c < 0xdc00 && layer->unused.n >= 4) {
            uint32_t low = utf16_unit(layer, 2);
            bool pair = low >= 0xdc00 && low < 0xe000;
            c = pair ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
            used = pair ? 4 : 2;
        } else if (c >= 0xd800 && c < 0xe000) {
            c = 0xfffd;
        }
        layer->unused = slice_skip(layer->unused, used);
        if (c != 0xfeff)
            total += text_utf8_put(out + total, c);
    }
    return total;
}

/* One layer of gzip cannot pass 1032:1, and its time is bounded by that; layers over each other and the other
 * kinds know no bound. */
static bool is_bomb(const struct input *in, const struct input_layer *layer)
{
    bool single = layer->level == 1 && layer->kind == LAYER_GZIP;
    return !single && layer->produced > LIMIT_RATIO_FREE && layer->produced / LIMIT_RATIO > in->raw;
}

static size_t layer_read(struct input *in, unsigned level, char *out, size_t room)
{
    struct input_layer *layer = in->layers[level];
    size_t n;
    if (level == 0)
        return raw_read(in, out, room);
    if (layer->stopped)
        return 0;
    if (layer->kind == LAYER_GZIP)
        n = gzip_read(in, level, out, room);
    else if (layer->kind == LAYER_FILTER)
        n = filter_layer_read(in, layer, out, room);
    else
        n = utf16_read(in, level, out, room);
    layer->produced += n;
    if (is_bomb(in, layer)) {
        layer->stopped = true;
        note(in, ANOMALY_ARCHIVE, layer->produced,
             "inflates to more than LIMIT_RATIO times its size; what follows is not read");
    }
    return n;
}

static void layer_free(struct input_layer *layer)
{
    if (!layer)
        return;
    if (layer->kind == LAYER_GZIP)
        gunzip_done(&layer->gunzip);
    filter_free(layer->filter);
    free(layer->buffer);
    free(layer);
}

/* A layer over the present top, to which the bytes already read are handed back. */
static void layer_push(struct input *in, enum layer_kind kind, const char *name)
{
    struct input_layer *layer = calloc(1, sizeof *layer);
    char *buffer = malloc(LAYER_BUFFER);
    if (!layer || !buffer)
        err_oom();
    *layer = (struct input_layer){.kind = kind, .name = name, .in = in, .level = in->depth + 1};
    layer->buffer = buffer;
    if (kind == LAYER_GZIP)
        gunzip_init(&layer->gunzip, inflate_default);
    if (kind == LAYER_FILTER)
        layer->filter = filter_new(name, filter_more, layer);
    struct slice head = input_window(in);
    memcpy(buffer, head.p, head.n);
    layer->unused = slice_of(buffer, head.n);
    buf_clear(&in->window);
    in->layers[++in->depth] = layer;
}

/* Its name, or NULL when the bytes are not wrapped. */
static const char *layer_wanted(struct slice head, enum layer_kind *ret)
{
    const char *name = slice_starts(head, SLICE("\x1f\x8b")) ? "gzip" : filter_name(head);
    *ret = name && name[0] == 'g' ? LAYER_GZIP : LAYER_FILTER;
    if (name)
        return name;
    bool little = slice_starts(head, SLICE("\xff\xfe")), big = slice_starts(head, SLICE("\xfe\xff"));
    *ret = little ? LAYER_UTF16LE : LAYER_UTF16BE;
    return little || big ? "utf-16" : NULL;
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
            note(in, ANOMALY_NESTED_TOO_DEEP, 0, "compressed more often than the limit");
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

static void count_lines(struct input *in, struct slice added)
{
    const char *hit;
    while (added.n && (hit = memchr(added.p, '\n', added.n))) {
        in->lines++;
        added = slice_skip(added, (size_t)(hit - added.p) + 1);
    }
}

/* Looks at bytes that have come into the window. */
static void looked_at(struct input *in, struct slice added)
{
    if (in->with_digest)
        text_check_add(&in->check, added);
    if (in->source->next)
        count_lines(in, added);
}

static bool open_source(struct input *in, struct source *source, bool with_digest)
{
    in->at = source;
    in->fd = -1;
    in->memory_at = 0;
    in->raw = 0;
    if (archive_unpacked(source))
        return false;
    if (!source->memory.p) {
        in->fd = open(source->open, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (in->fd < 0) {
            note(in, ANOMALY_UNREADABLE, 0, strerror(errno));
            return false;
        }
        (void)posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    if (with_digest) {
        in->digest = EVP_MD_CTX_new();
        if (!in->digest || EVP_DigestInit_ex(in->digest, EVP_sha256(), NULL) != 1)
            err_oom();
    }
    unwrap(in);
    if (slice_starts(input_window(in), SLICE("\xef\xbb\xbf")))
        input_advance(in, 3);
    if (with_digest)
        name_compression(in);
    return !in->failed;
}

bool input_open(struct input *in, struct source *source, bool with_digest)
{
    *in = (struct input){.source = source, .fd = -1, .with_digest = with_digest};
    buf_init(&in->window, 0);
    *vec_push(&in->pieces) = (struct input_piece){source, 0, 1};
    bool ok = open_source(in, source, with_digest);
    looked_at(in, input_window(in));
    return ok;
}

static void drain(struct input *in)
{
    char *scratch = malloc(LAYER_BUFFER);
    if (!scratch)
        err_oom();
    while (!in->failed && raw_read(in, scratch, LAYER_BUFFER) > 0)
        ;
    free(scratch);
}

/* `reached`: the parser came to the end of what was read ahead; else it never saw what was noted there. */
static void end_ahead(struct input *in, bool reached)
{
    ahead_free(in->ahead);
    in->ahead = NULL;
    in->hold = false;
    for (size_t i = 0; reached && i < in->held.n; i++)
        note(in, in->held.v[i].kind, in->held.v[i].offset, in->held.v[i].detail);
    vec_clear(&in->held);
}

static size_t read_top(void *ctx, char *out, size_t room)
{
    struct input *in = ctx;
    return layer_read(in, in->depth, out, room);
}

/* Only a single layer of gzip: of others the bound of is_bomb would fall elsewhere. */
static void begin_ahead(struct input *in)
{
    bool gzip = in->depth == 1 && in->layers[1]->kind == LAYER_GZIP && !in->layers[1]->stopped;
    if (!in->with_ahead || !gzip || in->layers[1]->produced < AHEAD_FROM)
        return;
    in->hold = true;
    in->ahead = ahead_new(read_top, in);
    in->hold = in->with_ahead = in->ahead != NULL;
}

/* Reads what is left of the stored bytes, notes the figures and frees all but the window. */
static void close_source(struct input *in)
{
    end_ahead(in, false);
    if (in->digest) {
        uint64_t before = in->pieces.v[in->pieces.n - 1].offset;
        drain(in);
        EVP_DigestFinal_ex(in->digest, in->at->sha256, NULL);
        EVP_MD_CTX_free(in->digest);
        in->digest = NULL;
        in->at->bytes_read = in->raw;
        in->at->bytes_decompressed = in->offset + input_window(in).n - before;
        if (!in->is_binary)
            text_check_end(&in->check, in->at);
        if (in->raw == 0 && !in->failed)
            note(in, ANOMALY_EMPTY, 0, "the file is empty");
    }
    for (unsigned i = 1; i <= in->depth; i++)
        layer_free(in->layers[i]);
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
    looked_at(in, head);
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
    size_t n = in->ahead ? ahead_read(in->ahead, out, room) : read_top(in, out, room);
    if (in->ahead && n < room)
        end_ahead(in, true);
    looked_at(in, slice_of(in->window.p + in->window.n, n));
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

void input_done(struct input *in)
{
    for (size_t i = 1; i < in->pieces.n; i++)
        in->pieces.v[i].source->format = in->source->format;
    close_source(in);
    buf_done(&in->window);
    vec_done(&in->pieces);
    vec_done(&in->held);
    *in = (struct input){.fd = -1};
}
