/* One worker: reads sources one after the other into an index of its own. */
#ifndef FORENSICS_SCAN_H
#define FORENSICS_SCAN_H

#include "base/buf.h"
#include "forensics/evidence.h"
#include "forensics/key_looks.h"
#include "forensics/place.h"
#include "forensics/turns.h"
#include "parsers/container.h"
#include "parsers/json_shapes.h"

enum { TAIL_MAX = 64 * 1024 };

/* The last entry of a file of lines, and the lines before its first one: see scan_glue. */
struct fragment {
    struct slice tail, orphan; /* in the worker's arena `pieces`; orphan.p is NULL when there is none */
    int64_t tail_time;
    struct slice tail_key;
    struct loc tail_loc, orphan_loc;
};

struct worker {
    struct evidence *ev;
    const struct evidence_options *options;
    struct index index;
    struct scanner *scanner;
    struct json_shapes shapes; /* of the lines that were read */
    const struct keys *keys;   /* of the S3 records read before; NULL when there are none */
    struct key_looks looks;
    struct source *source;      /* at hand */
    atomic_int *idle;           /* threads that have no source to read */
    struct fragment *fragments; /* one a source; only this source's is written */
    const struct slice *chains; /* one a source: path of the first piece of what it belongs to */
    struct place place;
    struct input in;      /* of the source at hand; its buffers serve them all */
    struct arena scratch; /* of the source at hand */
    struct arena pieces;  /* text of fragments */
    struct arena shelf;   /* of `in`; the evidence's in the end */
    struct buf record;
    struct turns turns; /* of the source at hand */
    struct turn *turn;  /* that of the entry at hand; NULL before the first one */
    uint32_t stream;    /* its stream */
};

void worker_init(struct worker *w, struct evidence *ev, const struct evidence_options *options);
/* So many bytes may be its share, as they are stored. */
void worker_expect(struct worker *w, uint64_t bytes);
void worker_done(struct worker *w);
void worker_read(struct worker *w, struct source *source);
/* A first look at how the source begins: container_survey. */
void worker_survey(struct worker *w, struct source *source);
/* Where a container delivers to the worker. */
void scan_sink(struct worker *w, struct sink *ret);
/* Settles what is open of the streams of the source at hand. */
void scan_leave_streams(struct worker *w);
/* What an application line tells of the invocation's chain: the event it printed, the keys and ids it names,
 * the hops that its trace header counts. `signs` are those of its text; `a` is NULL when it has no request id. */
void scan_line(struct worker *w, const struct event *e, unsigned signs, struct attempt *a, int64_t time,
               struct loc loc);
/* What a trace header counts; `root` is the trace that it names, empty when it names none. */
void scan_lineage(struct worker *w, struct slice lineage, struct slice root, struct attempt *a, int64_t time,
                  struct loc loc);
/* Last words of an invocation, see scan_words.c: a line may be some, a time-out takes them, a stream is left. `a` is NULL
 * for a line without a request id. */
void words_keep(struct worker *w, const struct event *e, struct attempt *a, int64_t time, struct loc loc);
void words_timeout(struct worker *w, const struct event *e, struct attempt *a, int64_t time, struct loc loc);
void words_leave(struct worker *w, const struct turn *t);
/* For a line that is taken for one of a gateway: text behind a request id in brackets is a gateway's by the group's
 * name, or by its own words where no group is known; else `e` becomes what an application wrote. */
void scan_gateway_settle(const struct worker *w, struct slice text, struct event *e);
/* Adds what one line of a gateway's log says. */
void scan_gateway(struct index *x, const struct event *e, int64_t time, struct loc loc);
/* The same rows from one line of an access log. */
void scan_front(struct index *x, const struct front_call *f);
/* Joins entries that a cut between files has torn: called once, after the workers' indexes are merged into
 * that of `w`. */
void scan_glue(struct worker *w);

#endif
