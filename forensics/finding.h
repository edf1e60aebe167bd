/* A finding: a claim with its numbers, the lines that prove it and what it rests on. Detectors fill it;
 * renderers print it and compute nothing. All memory is the findings' arena. */
#ifndef FORENSICS_FINDING_H
#define FORENSICS_FINDING_H

#include "base/arena.h"
#include "base/vec.h"
#include "forensics/index.h"

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL, SEVERITIES };
const char *severity_name(enum severity s);
bool severity_parse(struct slice word, enum severity *ret);

/* One line of evidence. The text is read back from the source when the detectors are done (quote.h). */
struct citation {
    struct loc loc;
    int64_t time;
    const struct attempt *attempt; /* or NULL */
    struct slice text;             /* verbatim, cut to LIMIT_QUOTE; empty until quoted */
};

/* A small table, a cell per column in `cells`, row after row. */
struct finding_table {
    const char *title;
    const char *const *columns; /* a '#' in front of a name: numbers, set to the right */
    size_t columns_n;
    VEC(const char *) cells;
};

struct fact {
    const char *label, *value;
};

/* A span on the incident's timeline. */
struct finding_span {
    const char *label;
    int64_t from, to;
};

/* A step of the graph of what invoked what. */
enum finding_node { NODE_FUNCTION, NODE_BUCKET, NODE_ACTOR };
struct finding_edge {
    const char *from, *to, *label;
    enum finding_node from_kind, to_kind;
};

/* A time and the line that carries it; LOC_NONE when no line does. */
struct finding_point {
    int64_t time;
    struct loc loc;
};

/* A moment on the incident's timeline. `text` may come from evidence. */
struct finding_event {
    int64_t time;
    const char *text;
    struct loc loc;
};

/* By what records of one finding are tied to another (causes.c has the table). */
struct cause_rule {
    const char *name; /* "same-invocation" */
    const char *doc;  /* what is counted, and the least share that holds */
};

struct finding {
    char id[24]; /* F1, F2 … in report order */
    const struct detector *detector;
    enum severity severity;
    uint32_t function;  /* name id; 0 when it concerns several or none */
    const char *title;  /* a sentence without a full stop */
    const char *moment; /* what one of it is, for the timeline: "refused connection" */
    const char *what;   /* two or three sentences: what happened, numbers in it */
    const char *how;    /* how it is known, and what would disprove it */
    const char *fix;    /* the durable fix */
    /* The first line cited tells an error of that type; `error` is what is known of its message without the line.
     * Quoting puts the message behind `what`. */
    bool tells_error;
    struct slice error_type, error;
    VEC(const char *) commands; /* what to do now: AWS CLI, one a line; "# …" lines explain */
    VEC(struct fact) facts;
    VEC(const char *)
    steps; /* the arithmetic, a line each: "2.5 < 0.6745 * (ln 3120 - ln 402) / 0.18 = 7.7" */
    VEC(struct finding_table) tables;
    VEC(struct finding_span) spans;
    VEC(struct finding_event) events;
    bool live;                      /* still going on at the last record of the evidence */
    VEC(struct finding_edge) edges; /* drawn as a chart when there are any */
    int64_t first_seen, last_seen;
    struct finding_point began, ended; /* the same, with their lines where finding_seen_at was told them */
    uint64_t count;
    VEC(const struct attempt *)
    attempts; /* concerned, all of them, in time order; JSON shows LIMIT_REQUEST_IDS */
    VEC(struct citation) citations;
    struct citation
        last; /* the last line cited, also when it is not among them; loc is LOC_NONE without any */
    uint64_t evidence_total;
    const char *caused_by; /* id of another finding, or NULL */
    /* With it, all set by causes_link: "contributing condition, supported by N of M …" and what stands behind. */
    const char *cause_note;
    const struct finding *cause;
    const struct cause_rule *cause_rule;
    uint64_t cause_support, cause_of;
    const char *detail; /* JSON object */
    const char *key;    /* orders findings of one detector, function and time */
};

enum verdict { VERDICT_CLEAN, VERDICT_FOUND, VERDICT_NOT_RUN };

struct check {
    const struct detector *detector;
    enum verdict verdict;
    const char *why;
    uint64_t examined;
    bool
        undecided; /* it ran, and `why` says what the evidence leaves open: not-run, for clean would be wrong */
};

struct findings {
    struct arena arena;
    VEC(struct finding *) list;
    VEC(struct check) checks;
    const char *undecided; /* set by a detector that cannot tell, in the arena; NULL while none does */
};

void findings_init(struct findings *fs);
void findings_done(struct findings *fs);
/* Moves all of `from` behind what is in `fs`; `from` is done with. */
void findings_join(struct findings *fs, struct findings *from);
struct finding *finding_new(struct findings *fs, const struct detector *d, enum severity severity,
                            uint32_t function);
/* Notes an attempt as concerned: its time widens the finding's, its count is raised. */
void finding_attempt(struct finding *f, const struct attempt *a);
void finding_cite(struct finding *f, struct loc loc, int64_t time, const struct attempt *a);
/* Many attempts, in order of their begin, are concerned: each is noted, seen at its begin, and cited where that line of
 * it stands. */
enum cited { CITED_BEGIN, CITED_REPORT };
void finding_attempts(struct finding *f, const struct attempt *const *attempts, size_t n, enum cited line);
void finding_command(struct findings *fs, struct finding *f, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void finding_fact(struct findings *fs, struct finding *f, const char *label, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void finding_step(struct findings *fs, struct finding *f, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
struct finding_table *finding_table(struct finding *f, const char *title, const char *const *columns,
                                    size_t columns_n);
void finding_span(struct finding *f, const char *label, int64_t from, int64_t to);
void finding_event(struct finding *f, int64_t time, struct loc loc, const char *text);
/* Widens first_seen and last_seen. */
void finding_seen(struct finding *f, int64_t time);
/* The same, for a time whose line is no begin or REPORT of the finding's attempts and may not be cited. */
void finding_seen_at(struct finding *f, int64_t time, struct loc loc);
/* first_seen and last_seen with the line of that time; where none is known the nearest line that is cited, with the time
 * of that line: a reader who looks it up finds what he was told. */
struct finding_point finding_first(const struct finding *f);
struct finding_point finding_last(const struct finding *f);

#endif
