/* The index: what the evidence says, as rows. Each worker fills one of its own; index_merge joins them, and
 * freeze_index (freeze.h) settles what can only be said when all is known. Rows hold numbers, interned ids
 * and places, never pointers into input. After the freeze an index is const.
 *
 * Merging is commutative and associative: nothing depends on which worker took which file. */
#ifndef FORENSICS_INDEX_H
#define FORENSICS_INDEX_H

#include "base/intern.h"
#include "base/vec.h"
#include "forensics/open_parts.h"
#include "parsers/event.h"
#include "parsers/signatures.h"

enum attempt_flag {
    ATTEMPT_START = 1 << 0,
    ATTEMPT_END = 1 << 1,
    ATTEMPT_REPORT = 1 << 2,
    ATTEMPT_DONE = 1 << 3,     /* platform.runtimeDone */
    ATTEMPT_TIMEOUT = 1 << 4,  /* either style */
    ATTEMPT_ERROR = 1 << 5,    /* status of a report, crash line, or an error nobody caught */
    ATTEMPT_RESTORED = 1 << 6, /* `init` is a restore */
    ATTEMPT_REINIT = 1 << 7,   /* paid a repeated init inside its duration */
    ATTEMPT_INIT_FAILED = 1 << 8,
    ATTEMPT_STATUS = 1 << 9,  /* the report itself gave a status (the new style) */
    ATTEMPT_MERGED = 1 << 10, /* a part that has gone into another row: that of `into` */
    ATTEMPT_COLD =
        1 << 12, /* an init or restore ended just before it began, and no report tells its duration */
    ATTEMPT_HIDDEN = 1 << 11, /* outside of --from, --to or --function */
    ATTEMPT_TRACED = 1 << 13, /* told by a trace alone: no line of its log is at hand */
};

/* Longer than any invocation and its retries: what is farther apart is another attempt. */
enum { ATTEMPT_APART_MS = 7 * 24 * 3600 * 1000 };
/* No time. */
enum { AFTER_NONE = INT32_MIN };
/* No billed duration. */
#define BILLED_NONE UINT32_MAX

/* One attempt of one request id, or, before the freeze, a part of one. 128 bytes: five million of them and as
 * many S3 records have to fit a laptop. Two lines of the cache, the first for what most walks over all of them look
 * at. Times are kept as their distance from the earliest line; attempt.h reads them. */
struct attempt {
    union {
        int64_t first;        /* earliest time of any of its lines */
        struct attempt *into; /* ATTEMPT_MERGED: the row that took it in, or NULL */
    };
    int32_t start_after, end_after, report_after; /* ms behind `first`, or AFTER_NONE */
    uint32_t billed_ms;
    struct decimal duration, init;
    uint32_t stream;
    uint32_t function; /* as a line of its own names it, 0: none does; the freeze settles it for all */
    uint32_t row;      /* in index.attempts; set by the freeze */
    uint16_t flags;
    uint16_t ordinal;                  /* 1, 2 … ORDINAL_MAX, see attempt.h; set by the freeze */
    uint16_t memory_mb, max_memory_mb; /* 0: not said */
    uint32_t version;
    struct request_id id;
    struct loc loc; /* of START, else of the earliest line */
    uint32_t report_bytes;
    uint16_t report_lines; /* REPORT stands so far behind loc; 0 with report_bytes 0: unknown */
    uint16_t limit_s;      /* configured time-out, 0: not said */
    uint32_t error_type;
    uint32_t id_text; /* 0: the id is a UUID */
    uint32_t trace;   /* position in index.traces plus one */
    uint32_t lines;
    uint32_t keys[2]; /* object keys that its lines name: the first and the last other one; see keys.h */
};
_Static_assert(sizeof(struct attempt) == 128, "the index's memory is a promise");

/* Nothing known. It stands apart from its user for the reason that event.c gives. */
extern const struct attempt attempt_none;

/* An X-Ray trace id: 4 bytes of seconds and 12 random ones. What cannot be read as one is kept as text: its first
 * four bytes are 0xff and the next four a name id. */
struct trace_id {
    uint8_t bytes[16];
};

static inline bool trace_is_text(const struct trace_id *t)
{
    return (t->bytes[0] & t->bytes[1] & t->bytes[2] & t->bytes[3]) == 0xff;
}

/* Application lines without a request id, one behind the other: they belong to the invocation that is open in
 * their stream at their time. */
struct run {
    uint32_t stream;
    uint32_t count;
    struct loc loc;
    int64_t first, last;
};

enum mark_kind {
    MARK_SIGNATURE, /* value: signature index, text: the type of the error where the line names it */
    MARK_ERROR,     /* an error nobody caught; text: its type, host: its message, made alike */
    MARK_LOGGED, /* a line of level ERROR or above that is none of these; text: its words, made alike, host: the
                       type of the error where the line names it */
    MARK_TIMEOUT, /* text: the last words before it, value: ms since them or UINT32_MAX */
    MARK_WORDS,   /* last words of an invocation that was open when its file ended */
    MARK_KEY,     /* value: number of an object key that the line names; gone after the freeze */
    MARK_LINEAGE, /* value: what the trace header of the invocation counts, see record_lineage; text: its trace */
};

/* Something worth a row of its own at one line. */
struct mark {
    int64_t time;
    struct attempt *attempt; /* NULL until the freeze when the line has no request id */
    struct loc loc;
    uint32_t stream, text, host, value;
    enum mark_kind kind;
    enum level level : 16;
    bool idle : 1; /* TIMEOUT, WORDS: the words tell of no call that they may have waited for */
};

/* A line of an environment's life outside of invocations. */
struct phase {
    int64_t time;
    struct loc loc;
    struct decimal init;
    uint32_t stream, runtime, error_type, version;
    uint32_t function; /* as the line names it, 0: it does not */
    /* INIT_START, INIT_REPORT, RESTORE_START, RESTORE_REPORT; INIT_DONE: one that failed, until the freeze makes it an
     * INIT_REPORT; APP: an init's uncaught error */
    enum event_kind kind;
    enum event_phase phase;
    enum event_status status;
};

/* A log stream: one execution environment. Facts are kept as the least id seen so that order does not matter;
 * 0 is unknown. */
struct stream {
    uint32_t name, group;
    uint32_t function_assumed, function_platform, function_path, folder;
    uint32_t function; /* set by the freeze */
    bool environment;  /* a function ran in it (not a gateway's log) */
    bool several;      /* platform lines name more than one function, see mixed.h */
    int64_t first, last;
    uint32_t attempts; /* set by the freeze */
};

/* What many S3 records have in common, as name ids. */
struct object_facts {
    uint32_t name, principal, session, via;
};

/* One S3 event record, 72 bytes. The key's bytes are in the index's arena. */
struct object_event {
    int64_t time;
    struct loc loc;
    const char *key_at;
    uint64_t
        sequencer; /* hex digits as a number: left-padded ones compare as S3 says (field guide 4.1); 0 unknown */
    struct attempt *attempt; /* that logged it, or NULL */
    uint32_t request;        /* hash of x-amz-request-id, 0 unknown */
    uint32_t key_n;
    uint32_t bucket;
    uint32_t facts;  /* position in index.facts */
    uint32_t number; /* of its key, see keys.h; 0 for one that no line was searched for */
    uint32_t stream; /* of the log line that carried it, UINT32_MAX when it came as a record */
};

_Static_assert(sizeof(struct object_event) == 72, "the index's memory is a promise");

static inline struct slice object_key(const struct object_event *o)
{
    return slice_of(o->key_at, o->key_n);
}

/* One line of an API Gateway execution log that says something. */
enum gateway_kind {
    GATEWAY_BEGIN,
    GATEWAY_FUNCTION, /* text: the function called */
    GATEWAY_TIMEOUT,  /* gave up at the limit of the integration */
    GATEWAY_STATUS,   /* the client was answered */
    GATEWAY_REQUEST,  /* text: Lambda's request id */
    GATEWAY_TRACE,    /* text: trace root */
};

struct gateway_line {
    struct request_id id;
    int64_t time;
    struct loc loc;
    enum gateway_kind kind;
    uint32_t text; /* name id */
};

/* One span of a trace that says something of an invocation. Times are nanoseconds, TIME_NONE when absent. */
struct trace_span {
    struct trace_id trace;
    uint8_t id[8], parent[8];
    int64_t start, end;
    struct request_id request;
    struct loc loc;
    uint32_t request_text, function, group, stream;
    uint8_t kind; /* enum span_kind */
    bool has_request, in_progress, failed, throttled, cold;
};

/* A message of a queue or topic, or one function's call of another ("function NAME", its key the request id). It is
 * handed over as an object is: the event's bucket is "queue NAME" or
 * "topic NAME", with a blank that no bucket's name has (0 when unknown), its key the message id (empty for one
 * that only a trace tells), its time that of sending, its session the function that sent it, its attempt one
 * that received it. */
struct message {
    struct object_event event;
    struct trace_id trace;  /* that of the sender */
    struct attempt *sender; /* as a trace tells it, or NULL; set by the freeze */
    uint8_t span[8];        /* of the call that sent it, all 0: none is known */
    uint32_t lineage;       /* see record_lineage */
    uint32_t receives;      /* 0: not said */
    bool has_trace;
    bool foreign; /* the trace begins with its sender, and holds no function above it; set by the freeze */
    bool again;   /* a further delivery to the same function; set by the freeze */
};

/* What Lambda says of an asynchronous event that it is done with: a destination's record or a dead letter. */
struct outcome {
    struct request_id id;
    int64_t time;
    struct loc loc;
    uint32_t condition; /* RetriesExhausted, EventAgeExceeded, DeadLetter …; Success */
    uint32_t function;  /* 0: not said */
    uint32_t tried;     /* about how often it was; 0: not said */
    bool good;          /* it went well; else it was given up */
    bool batch;         /* of a stream: its tries have request ids of their own */
    bool logged;        /* an attempt of it is in the evidence; set by the freeze */
    bool hidden;        /* outside of --from, --to or --function */
};

/* A span says that what it received was sent in another trace. */
struct trace_link {
    struct trace_id trace, to;
    uint8_t id[8];           /* of the span */
    struct attempt *attempt; /* the span's invocation, or NULL; set by the freeze */
};

/* Clocks that are compared with the log's. */
enum skew_clock { SKEW_TRACE, SKEW_GATEWAY, SKEW_S3, SKEW_CLOCKS };
/* How much later than the log's START the other clock has the same start, the gateway's call or the S3 event
 * behind it, in ms, over all pairs. */
struct clock_skew {
    uint64_t pairs;
    int64_t median, least, most;
};

struct index {
    struct arena arena;
    struct intern names;
    struct intern stream_keys; /* key text; stream i has key id i + 1 */
    VEC(struct stream) streams;
    struct open_parts open;
    uint32_t open_source; /* in which their lines stand */
    struct attempt *rows; /* rows_n of them to be given out next */
    size_t rows_n;
    VEC(struct attempt *) attempts; /* all parts; after the freeze the attempts by start, id, ordinal */
    VEC(struct attempt *) families; /* after the freeze: those of ids with several, by id, ordinal */
    VEC(struct trace_id) traces;
    VEC(struct run) runs;   /* those of no attempt once lines are charged; gone after the freeze */
    VEC(struct mark) marks; /* sorted by time, place after the freeze */
    VEC(struct phase) phases;
    VEC(struct object_event) objects;
    struct intern fact_keys; /* the bytes of facts: facts.v[i] has id i */
    VEC(struct object_facts) facts;
    uint32_t last_facts;
    VEC(struct gateway_line) gateway;
    VEC(struct trace_span) spans;
    VEC(struct trace_link) links;
    VEC(struct message) messages;
    struct clock_skew skew[SKEW_CLOCKS];
    VEC(struct outcome) outcomes; /* by id after the freeze */
    uint64_t events[EVENT_KINDS];
    uint64_t lines_hidden; /* of the application: not known to be inside of --from, --to and --function */
    uint64_t duplicates;
    uint32_t last_name; /* a version, see index.c */
};

void index_init(struct index *x);
void index_done(struct index *x);

/* ---- filling, by one worker ---- */

/* What the caller knows of the stream of an entry. `key` tells streams apart; the rest may be empty. */
struct stream_facts {
    struct slice key, name, group, function_assumed, function_platform, function_path, folder;
};
uint32_t index_stream(struct index *x, const struct stream_facts *facts);
/* A platform line names the function of the stream. */
void index_name_function(struct index *x, struct stream *s, uint32_t function);
void index_stream_lives(struct index *x, uint32_t stream, int64_t time);
/* A row for the request id in that stream to which a line of that kind and time can be added. `hint` (may be
 * NULL) is looked at first: the one that the line before belonged to. */
struct attempt *index_attempt(struct index *x, const struct event *e, uint32_t stream, int64_t time,
                              struct loc loc, struct attempt *hint);
/* A phase for an error that nobody caught, of a line that says itself that no request was there yet. */
void index_init_error(struct index *x, const struct event *e, uint32_t stream, int64_t time, struct loc loc);
/* Adds a platform event (not EVENT_APP) to its rows. Returns the attempt that it concerns or NULL. */
struct attempt *index_platform(struct index *x, const struct event *e, uint32_t stream, int64_t time,
                               struct loc loc, struct attempt *hint);
/* The position of those facts, added when they are new. */
uint32_t index_facts(struct index *x, struct object_facts facts);
static inline const struct object_facts *object_facts(const struct index *x, const struct object_event *o)
{
    return &x->facts.v[o->facts];
}
void index_object(struct index *x, const struct s3_record *r, uint32_t stream);
/* 16 to 18 hexadecimal digits of any case; what is longer or none of it keeps its order by the front. */
uint64_t index_sequencer(struct slice s);
/* A gateway's id of a call. A REST API's is a UUID, which its execution log has too; an HTTP API's and a load
 * balancer's have signs that no request id has. */
void index_call_id(struct slice text, struct request_id *ret);
/* The attempt's trace, when it has none yet. */
void index_trace(struct index *x, struct attempt *a, struct slice trace);
/* The earliest line of the attempt may be earlier than what was known: its other times keep their place. */
void attempt_begins(struct attempt *a, int64_t time);
/* Notes where REPORT stands, as its distance from a->loc. */
void attempt_place_report(struct attempt *a, struct loc loc);
/* Notes that a line of the attempt names the object key of that number. */
void attempt_names(struct attempt *a, uint32_t key);
/* Of two names keeps the one that sorts first, so that the order of meeting does not matter. */
void index_keep_least(struct index *x, uint32_t *slot, uint32_t id);
/* The stream of that key, made when it is new. */
struct stream *index_stream_of(struct index *x, struct slice key, uint32_t *ret_id);
/* Puts all rows of `from` into `x`; `from` is empty afterwards. */
void index_merge(struct index *x, struct index *from, unsigned threads);

#endif
