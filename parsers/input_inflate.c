/* Inflating one whole value that a record holds, as Kinesis and CloudWatch subscriptions wrap their data.
 * Streams of whole files go through input.c. */
#include "parsers/input.h"

enum { INFLATE_CHUNK = 256 * 1024 };

/* One layer of gzip from `data` to `out`; false when it is damaged or does not fit. */
static bool inflate_once(struct slice data, struct buf *out)
{
    struct gunzip g;
    enum gunzip_status status = GUNZIP_MORE_ROOM;
    gunzip_init(&g, inflate_default);
    while (status != GUNZIP_STOPPED) {
        size_t n = 0, left = out->n < out->max ? out->max - out->n : 0;
        if (left == 0 || !buf_reserve(out, left < INFLATE_CHUNK ? left : INFLATE_CHUNK))
            break;
        status = gunzip_run(&g, &data, out->p + out->n, out->cap - out->n, &n);
        out->n += n;
        if (status == GUNZIP_MORE_INPUT)
            status = gunzip_finish(&g);
    }
    bool whole = status == GUNZIP_STOPPED && g.damage.kind == GUNZIP_DAMAGE_NONE;
    gunzip_done(&g);
    return whole;
}

static void swap(struct buf *a, struct buf *b)
{
    struct buf held = *a;
    *a = *b;
    *b = held;
}

bool input_inflate(struct slice data, struct buf *out, uint64_t *left)
{
    struct buf other;
    size_t most = out->max;
    bool whole = true;
    buf_init(&other, most);
    (void)buf_append(&other, data);
    for (unsigned depth = 0; depth < LIMIT_NESTING && slice_starts(buf_slice(&other), SLICE("\x1f\x8b"));
         depth++) {
        bool below = depth > 0;
        if (below && *left == 0) {
            whole = false;
            break;
        }
        buf_clear(out);
        out->max = below && *left < most ? (size_t)*left : most;
        whole = inflate_once(buf_slice(&other), out) && whole;
        if (below)
            *left -= out->n < *left ? out->n : *left;
        swap(&other, out);
    }
    swap(&other, out);
    out->max = most;
    buf_done(&other);
    return whole;
}
