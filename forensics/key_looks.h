/* Looks for object keys in lines, many at a time. With millions of keys one look is three misses of the cache, each
 * at a place that the one before tells; those of many lines go to memory side by side. In the overnight bill looks
 * one by one took a third of the time in which its logs are read, and take a tenth so. */
#ifndef FORENSICS_KEY_LOOKS_H
#define FORENSICS_KEY_LOOKS_H

#include "forensics/index.h"
#include "forensics/keys.h"

/* A line that is looked at. */
struct look {
    struct slice line;       /* borrowed until key_looks_add returns */
    struct attempt *attempt; /* that wrote it, or NULL */
    int64_t time;
    struct loc loc;
    uint32_t stream;
    bool backward; /* it is older than the line before it: which key comes first is seen in the end */
};

struct waiting;

/* The lines of one worker that wait; zeroed there are none. */
struct key_looks {
    struct waiting *v;
    size_t n;
};

void key_looks_done(struct key_looks *l);
/* What is found, now or later, goes into `x` in the order of the lines: to the attempt, or as a mark where there is
 * none or lines go backward. */
void key_looks_add(struct key_looks *l, const struct keys *k, struct index *x, const struct look *look);
/* Looks at all that wait. */
void key_looks_settle(struct key_looks *l, const struct keys *k, struct index *x);

#endif
