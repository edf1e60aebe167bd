/* The account that a scenario plays in: functions with their environments, what calls them, buckets with
 * their triggers, and the queue of calls to come. Place in the flow: a scenario sets the world up; world_run
 * takes the calls in time order; lambda.c plays each, objects.c and gateway_calls.c what it touches; writer.c
 * writes. */
#ifndef SAMPLES_WORLD_H
#define SAMPLES_WORLD_H

#include "samples/compose.h"
#include "samples/random.h"
#include "samples/truth.h"
#include "samples/writer.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE }; /* ms */
enum { WORLD_FUNCTIONS_MAX = 8, WORLD_SOURCES_MAX = 16, WORLD_TRIGGERS_MAX = 8 };

enum language { NODE, PYTHON, JAVA };
enum word { INFO, WARN, ERROR };

/* An error as the runtime reports it when nobody catches it. */
struct thrown {
    const char *type, *message;
    const char *fields;       /* Node: further members, `"code":"EMFILE",`; else "" */
    const char *const *stack; /* lines as the language prints them; ends with NULL */
};

enum outcome { OUTCOME_OK, OUTCOME_ERROR, OUTCOME_TIMEOUT, OUTCOME_MEMORY };

enum { PLAN_LINES_MAX = 12 };

struct plan_line {
    uint64_t after_ms; /* START */
    enum word word;
    size_t offset, length; /* in the plan's text */
};

/* What one attempt does. */
struct plan {
    uint64_t duration; /* hundredths of a ms, as all durations here */
    enum outcome outcome;
    bool start_lost, end_lost; /* lines that never reach the log */
    const struct thrown *thrown;
    struct plan_line lines[PLAN_LINES_MAX];
    unsigned lines_n;
    struct compose text;
};

struct environment {
    struct stream *stream;
    int64_t born, free_at;
    uint64_t version, calls, memory_mb;
    bool ready;     /* initialised before any request (provisioned concurrency) */
    bool reset;     /* the next call initialises it again, in silence */
    bool connected; /* holds one of the world's connections */
    uint64_t files; /* descriptors that it leaked */
};

struct trace {
    uint32_t seconds;
    uint64_t high, low; /* 32 and 64 of the 96 bits */
};

struct world;
struct function;
struct source;

/* One attempt to come. */
struct call {
    int64_t time;
    uint64_t order;
    struct function *function;
    uint8_t id[16];
    unsigned attempt;      /* 1, 2, 3 */
    bool async;            /* Lambda retries it twice */
    struct source *source; /* NULL: an S3 event or a retry */
    const char *bucket;    /* S3 event: of the object */
    char *key;             /* S3 event: decoded; owned */
    uint64_t hops;         /* function invocations before this one in its chain */
    bool marked;           /* part of the loop, or a poison record: kept over hops and retries */
    bool traced;
    struct trace trace;
    /* A message: `bucket` is its queue or topic. */
    bool topic;
    int64_t sent;
    uint64_t receives;             /* how often the queue gave it out */
    uint8_t message[16];           /* its id */
    const struct function *sender; /* NULL: from outside */
    struct trace sender_trace;
};

/* One attempt while it is played. */
struct turn {
    struct function *f;
    struct environment *e;
    struct call *call;
    bool cold;
    uint64_t init;
    int64_t start;
    struct plan *plan;
};

struct function {
    const char *name;
    enum language language;
    const char *runtime;
    bool json, xray, snapstart;
    uint64_t version; /* 0: $LATEST */
    uint64_t memory_mb, used_mb;
    uint64_t timeout_ms;
    uint64_t duration, init; /* medians */
    unsigned duration_spread, init_spread;
    int64_t idle_ms; /* an environment without a call for so long is taken away */
    const char *subject;
    void (*behave)(struct world *, struct turn *);
    /* Plays the whole attempt itself when it returns true. */
    bool (*take_over)(struct world *, struct turn *);
    int64_t deploy_at; /* then version + 1 with this init; 0: never */
    uint64_t deploy_init;
    uint64_t surge_init; /* the init's median during the incident; 0: as ever */
    char role[22], runtime_arn[65];
    struct group *group;
    struct environment *environments;
    size_t environments_n, environments_size;
};

/* What calls a function, one call after the other. */
struct source {
    struct function *function;
    uint64_t left, made;
    int64_t next_us;
    uint64_t gap_us;
    unsigned jitter_percent;      /* of the gap, up and down */
    unsigned burst;               /* so many calls at once … */
    unsigned round;               /* … begin each round of so many calls */
    uint64_t period_us;           /* from round to round */
    int64_t surge_from, surge_to; /* ms; other gap meanwhile */
    uint64_t surge_gap_us;
    bool async, gateway;
};

struct trigger {
    const char *bucket, *prefix;
    struct function *function;
};

struct scenario {
    const char *name, *kind, *doc;
    void (*setup)(struct world *);
};

struct world {
    struct random random;
    struct writer writer;
    struct truth truth;
    uint64_t seed, budget, made;
    bool old_style;     /* "Task timed out", crash lines; else Status: in REPORT */
    int64_t begin, end; /* of steady traffic */
    struct function functions[WORLD_FUNCTIONS_MAX];
    unsigned functions_n;
    struct source sources[WORLD_SOURCES_MAX];
    unsigned sources_n;
    struct trigger triggers[WORLD_TRIGGERS_MAX];
    unsigned triggers_n;
    struct call *calls; /* a heap by time, order */
    size_t calls_n, calls_size;
    uint64_t calls_order;
    struct compose message; /* the event under construction */
    struct compose record;
    struct plan plan;
    struct stream *gateway_stream;
    /* The scenario's own. */
    int64_t from, to;     /* of the incident */
    uint64_t limit, open; /* connections */
    uint64_t loop_left;   /* calls that the loop may still make */
    uint64_t doublings;   /* hops in which two objects are written */
    bool growing_keys;    /* the loop's keys: thumb-thumb-…, else opaque */
    bool bridge;          /* records come by EventBridge */
    bool anonymous;       /* the writer's principal does not name the function */
    bool silent;          /* the loop's lines name no key */
    bool traced;          /* one trace through all hops of the loop */
    bool ends_with_loop;  /* the logs were taken while it ran: nothing comes after it */
    struct function *main;
};

/* A function with usual settings; JSON logs and X-Ray by seed. `name` and `subject` must outlive the world.
 */
struct function *world_function(struct world *w, const char *name, enum language language,
                                const char *subject);
/* Spreads `count` calls evenly over the world's window. */
struct source *world_source(struct world *w, struct function *f, uint64_t count);
/* Healthy functions beside the incident: `count` calls among them. */
void world_neighbours(struct world *w, uint64_t count);
void world_push(struct world *w, const struct call *call);
/* A call of its own, not from a source. */
struct call world_call(struct world *w, struct function *f, int64_t time);
struct trace world_trace(struct world *w, int64_t time);
bool world_during(const struct world *w, int64_t time);
void world_init(struct world *w, uint64_t seed, uint64_t budget, const struct writer_options *options);
void world_run(struct world *w);
void world_done(struct world *w);

#endif
