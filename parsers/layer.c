/* The layers between the stored bytes of a source and its text: each turns the bytes of the one below into others.
 * input.c pushes them and reads the top one. */
#include "parsers/layer.h"

#include "base/text.h"
#include "parsers/filter.h"

#include <stdlib.h>

/* Makes unused bytes of the layer below available; false when there are none. */
static bool layer_refill(struct input *in, unsigned level)
{
    struct layer *layer = in->layers[level];
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
    input_note(in, kind, g->damage.offset, g->damage.sentence);
}

static size_t gzip_read(struct input *in, unsigned level, char *out, size_t room)
{
    struct layer *layer = in->layers[level];
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
        else if (in->with_digest && in->shelf && in->depth == 1)
            source_keep(in->at, in->raw - layer->unused.n, &layer->gunzip, in->shelf);
    }
    return total;
}

static struct slice filter_more(void *ctx)
{
    struct layer *layer = ctx;
    if (layer->unused.n == 0)
        (void)layer_refill(layer->in, layer->level);
    struct slice lent = layer->unused;
    layer->unused = slice_skip(lent, lent.n);
    return lent;
}

static size_t filter_layer_read(struct input *in, struct layer *layer, char *out, size_t room)
{
    size_t n = filter_read(layer->filter, out, room);
    layer->stopped = n < room;
    bool truncated = filter_truncated(layer->filter);
    if (layer->stopped && filter_damage(layer->filter))
        input_note(in, truncated ? ANOMALY_COMPRESSED_TRUNCATED : ANOMALY_COMPRESSED_DAMAGED,
                   layer->produced + n, filter_damage(layer->filter));
    return n;
}

static uint32_t utf16_unit(const struct layer *layer, size_t at)
{
    uint8_t a = (uint8_t)layer->unused.p[at], b = (uint8_t)layer->unused.p[at + 1];
    return layer->kind == LAYER_UTF16LE ? (uint32_t)(b << 8 | a) : (uint32_t)(a << 8 | b);
}

/* Lone surrogates become U+FFFD; the byte order mark is dropped. */
static size_t utf16_read(struct input *in, unsigned level, char *out, size_t room)
{
    struct layer *layer = in->layers[level];
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
static bool is_bomb(const struct input *in, const struct layer *layer)
{
    bool single = layer->level == 1 && layer->kind == LAYER_GZIP;
    return !single && layer->produced > LIMIT_RATIO_FREE && layer->produced / LIMIT_RATIO > in->raw;
}

size_t layer_read(struct input *in, unsigned level, char *out, size_t room)
{
    struct layer *layer = in->layers[level];
    size_t n;
    if (level == 0)
        return input_stored(in, out, room);
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
        input_note(in, ANOMALY_ARCHIVE, layer->produced,
                   "inflates to more than LIMIT_RATIO times its size; what follows is not read");
    }
    return n;
}

void layer_free(struct layer *layer)
{
    if (!layer)
        return;
    if (layer->kind == LAYER_GZIP)
        gunzip_done(&layer->gunzip);
    filter_free(layer->filter);
    free(layer->buffer);
    free(layer);
}

static struct layer *layer_new(enum layer_kind kind)
{
    struct layer *layer = calloc(1, sizeof *layer);
    if (!layer || !(layer->buffer = malloc(LAYER_BUFFER)))
        err_oom();
    if (kind == LAYER_GZIP)
        gunzip_init(&layer->gunzip, inflate_default);
    return layer;
}

/* Takes the spare one when it can. */
static struct layer *layer_take(struct input *in, enum layer_kind kind)
{
    if (kind != LAYER_GZIP || !in->spare)
        return layer_new(kind);
    struct layer *layer = in->spare;
    in->spare = NULL;
    gunzip_reset(&layer->gunzip);
    return layer;
}

void layer_drop(struct input *in, struct layer *layer)
{
    if (layer->kind == LAYER_GZIP && !in->spare)
        in->spare = layer;
    else
        layer_free(layer);
}

void layer_push(struct input *in, enum layer_kind kind, const char *name)
{
    struct layer *layer = layer_take(in, kind);
    char *buffer = layer->buffer;
    *layer = (struct layer){.kind = kind,
                            .name = name,
                            .in = in,
                            .level = in->depth + 1,
                            .gunzip = layer->gunzip,
                            .buffer = buffer};
    if (kind == LAYER_FILTER)
        layer->filter = filter_new(name, filter_more, layer);
    struct slice head = input_window(in);
    if (head.n > 0) /* none at the place of a restart */
        memcpy(buffer, head.p, head.n);
    layer->unused = slice_of(buffer, head.n);
    buf_clear(&in->window);
    in->layers[++in->depth] = layer;
}

const char *layer_wanted(struct slice head, enum layer_kind *ret)
{
    const char *name = slice_starts(head, SLICE("\x1f\x8b")) ? "gzip" : filter_name(head);
    *ret = name && name[0] == 'g' ? LAYER_GZIP : LAYER_FILTER;
    if (name)
        return name;
    bool little = slice_starts(head, SLICE("\xff\xfe")), big = slice_starts(head, SLICE("\xfe\xff"));
    *ret = little ? LAYER_UTF16LE : LAYER_UTF16BE;
    return little || big ? "utf-16" : NULL;
}
