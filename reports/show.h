/* The lines of some invocations, wherever in the evidence they stand: part of `coldcase show`. */
#ifndef REPORTS_SHOW_H
#define REPORTS_SHOW_H

#include "base/buf.h"
#include "forensics/ties.h"

/* A line, a span, a gateway's call or a delivery. Text lives in the lines' arena. */
struct shown_line {
    int64_t time; /* ms, TIME_NONE when it has none */
    struct loc loc;
    struct slice text;
};

struct shown_lines {
    const struct evidence *ev;
    const ties *of;                /* whose lines are looked for */
    VEC(struct shown_line) * each; /* one list a tie, by time */
    struct arena arena;
};

enum { SHOWN_LINES_MAX = 200 }; /* an invocation; the rest is only said to be there */

/* Reads all evidence once more. `ev` and `of` must outlive it. */
void shown_lines_read(struct shown_lines *l, const struct evidence *ev, const ties *of);
void shown_lines_done(struct shown_lines *l);
/* The attempts whose lines hold the word, or whose objects have it as their version or as S3's request id: for
 * ids that no row keeps. */
void shown_lines_find(const struct chains *c, struct slice word, ties *ret);

#endif
