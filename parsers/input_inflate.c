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
        size_t n = 0, left = out->max - out->n;
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

bool input_inflate(struct slice data, struct buf *out)
{
    struct buf other;
    bool whole = true;
    buf_init(&other, out->max);
    (void)buf_append(&other, data);
    for (unsigned depth = 0; depth < LIMIT_NESTING && slice_starts(buf_slice(&other), SLICE("\x1f\x8b"));
         depth++) {
        buf_clear(out);
        whole = inflate_once(buf_slice(&other), out) && whole;
        struct buf swap = other;
        other = *out;
        *out = swap;
    }
    struct buf swap = other;
    other = *out;
    *out = swap;
    buf_done(&other);
    return whole;
}
