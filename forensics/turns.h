/* The log streams of the source at hand. Of most files there is one; answers of filter-log-events, `aws logs tail` and
 * Logs Insights hold many, whose entries take turns by time: what is open in a stream stays so until its next turn. */
#ifndef FORENSICS_TURNS_H
#define FORENSICS_TURNS_H

#include "forensics/index.h"

enum { WORDS_MAX = 512 };

/* The application line met last in a stream: what an invocation said before it timed out. */
struct words {
    char text[WORDS_MAX];
    size_t n; /* 0: none was met */
    struct request_id id;
    bool has_id;
    int64_t time;
    struct loc loc;
};

struct turn {
    struct slice group, name; /* as its entries give them */
    uint32_t stream;
    uint16_t slot; /* of turns.slots */
    bool named;    /* an entry said its function */
    bool gateway;  /* an execution log by its group's name */
    bool unnamed;  /* no group is known, nor a function: the words of each line decide whose it is */
    bool records;  /* no function's stream: its messages may be access lines, spans or CloudTrail events */
    bool backward; /* the entry met last is older than the one before it */
    int64_t time;  /* of the entry met last, TIME_NONE */
    struct attempt *last; /* the attempt met last */
    struct run run;       /* open; count 0 when there is none */
    struct words words;
};

static inline void turn_moves(struct turn *t, int64_t time)
{
    if (time == t->time || time == TIME_NONE)
        return;
    t->backward = time < t->time;
    t->time = time;
}

/* As many streams as are kept at once: 0.7 MB. */
enum { TURNS_MAX = 1024, TURNS_SLOTS = 4 * TURNS_MAX };
struct turns {
    struct arena arena;          /* what is kept of the streams in use */
    struct turn *list;           /* TURNS_MAX of them, those in use first */
    uint16_t slots[TURNS_SLOTS]; /* a number from 1, by the hash of names; 0: none */
    unsigned n;
};

void turns_init(struct turns *t);
void turns_done(struct turns *t);
/* NULL when it was not met. */
struct turn *turns_find(struct turns *t, struct slice group, struct slice name);
/* For one that was not met, as long as fewer than TURNS_MAX are in use. */
struct turn *turns_add(struct turns *t, struct slice group, struct slice name);
void turns_clear(struct turns *t);

#endif
