/* The closed vocabulary between parsers/ and forensics/: what one entry of a log says. All slices are lent by
 * the entry and die when the sink returns. */
#ifndef PARSERS_EVENT_H
#define PARSERS_EVENT_H

#include "base/text.h"
#include "parsers/level.h"
#include "parsers/source.h"

/* How CloudWatch, or a copy of it, delivered one message. */
struct entry {
    int64_t time;        /* ms UTC, TIME_NONE when the container gives none */
    struct slice group;  /* log group, empty when unknown */
    struct slice stream; /* log stream as CloudWatch spells it, empty when unknown */
    struct slice id;     /* event id (a decimal of 56 digits), empty when unknown */
    struct slice text;   /* the message, trailing line ends included or not */
    struct loc loc;
    struct slice function; /* the function's name when the container says it beside the message, else empty */
};

/* Nothing known. */
extern const struct entry entry_none;

enum event_kind {
    EVENT_APP, /* text of the program or its runtime */
    EVENT_START,
    EVENT_END,
    EVENT_REPORT,
    EVENT_INIT_START,
    EVENT_INIT_DONE, /* the runtime's part of the init is over: platform.initRuntimeDone */
    EVENT_INIT_REPORT,
    EVENT_RESTORE_START,
    EVENT_RESTORE_REPORT,
    EVENT_RUNTIME_DONE, /* JSON only */
    EVENT_TIMEOUT,      /* "Task timed out after": the old style */
    EVENT_CRASH,        /* "RequestId: … Error: …": the old style */
    EVENT_TRACE,        /* an XRAY line that stands alone */
    EVENT_EXTENSION,    /* EXTENSION, TELEMETRY, LOGS */
    EVENT_NAMELESS,     /* a report that a tool has stripped of its request id */
    EVENT_LOGS_DROPPED,
    EVENT_GATEWAY, /* API Gateway execution log */
    EVENT_KINDS
};

enum event_status { STATUS_NONE, STATUS_OK, STATUS_ERROR, STATUS_TIMEOUT };
enum event_phase { PHASE_NONE, PHASE_INIT, PHASE_INVOKE };

/* A request id: a UUID in binary, or, for what is no UUID ("123", masked ids), a hash with the text beside.
 */
struct request_id {
    uint8_t bytes[16];
};

struct event {
    enum event_kind kind;
    enum event_status status;
    enum event_phase phase;
    enum level level;
    bool has_id;
    bool is_uuid;   /* then id_text says nothing that `id` does not */
    bool in_init;   /* the line says itself that no request is there yet ("undefined") */
    bool unhandled; /* the runtime reports an error that nobody caught */
    bool restored;  /* `init` is a restore (SnapStart) */
    struct request_id id;
    struct slice id_text;
    struct slice version;  /* $LATEST or digits */
    struct slice function; /* of a platform line: from an ARN or a field */
    struct slice runtime;  /* nodejs:20.v13 */
    struct slice error_type;
    struct slice error_message;        /* of an error nobody caught, as it stands (JSON escapes included) */
    struct slice trace;                /* 1-8hex-24hex or 32 hex */
    struct slice lineage;              /* of the trace header, see record_lineage */
    struct slice text;                 /* the application's message without its prefix */
    struct slice said;                 /* of a line of JSON its message, as it stands; else empty */
    int64_t time;                      /* of the message itself, TIME_NONE when it has none */
    struct decimal duration, init;     /* ms; init is Init Duration or Restore Duration */
    struct decimal billed;             /* ms */
    uint64_t memory_mb, max_memory_mb; /* 0: not said */
    uint64_t limit_ms;                 /* EVENT_TIMEOUT: the configured limit, whole seconds */
};

/* Written whole for every line: more than sixteen moves of 16 bytes gcc makes to `rep movs`, which takes 20 ns to
 * begin. */
enum { EVENT_BYTES_MAX = 16 * 16 };
_Static_assert(sizeof(struct event) <= EVENT_BYTES_MAX, "a larger event is slow to clear");

/* Nothing known. */
extern const struct event event_none;
/* Reads the message of one entry. Never fails: what is no platform line is application text. */
void message_parse(struct slice text, struct event *ret);
/* The same, to the letter, for the lines of a log, which look alike: `known` keeps what those of JSON looked like. */
struct json_shapes;
void message_parse_known(struct slice text, struct json_shapes *known, struct event *ret);
/* A word as a request id: UUID, else any word of REQUEST_ID_WORD_MAX bytes at most. */
bool request_id_parse(struct slice word, struct request_id *ret);
enum { REQUEST_ID_WORD_MAX = 64 };
const char *event_name(enum event_kind kind);

/* An S3 event notification, whichever wrapper it came in. Slices as above. */
struct s3_record {
    int64_t time;
    struct slice event_name; /* ObjectCreated:Put, without "s3:" */
    struct slice bucket;
    struct slice key;       /* decoded */
    struct slice principal; /* userIdentity.principalId or the requester */
    struct slice session;   /* role session name in it: a Lambda function's name; else empty */
    struct slice sequencer;
    struct slice request_id; /* x-amz-request-id */
    struct slice version_id;
    struct slice via; /* "", "sqs", "sns", "eventbridge", "cloudtrail", "access-log", "log" */
    struct loc loc;
};

/* ---- traces ---- */

enum span_kind {
    SPAN_OTHER,
    SPAN_SERVICE,    /* segment of AWS::Lambda: the service's view, with the request id */
    SPAN_FUNCTION,   /* segment of AWS::Lambda::Function, or OpenTelemetry's span of an invocation */
    SPAN_INIT,       /* Initialization, Init: cold starts only; may begin before its parent */
    SPAN_RESTORE,    /* SnapStart */
    SPAN_INVOCATION, /* the handler */
    SPAN_OVERHEAD,
    SPAN_DWELL,   /* the time in the queue of an asynchronous invocation */
    SPAN_ATTEMPT, /* Attempt #1 …: of an asynchronous invocation */
    SPAN_AWS,     /* a call of an AWS service */
    SPAN_REMOTE,  /* a call of anything else */
    SPAN_KINDS
};

/* One segment, subsegment or OpenTelemetry span. Times are nanoseconds since 1970, TIME_NONE when absent. */
struct span {
    uint8_t trace[16]; /* both spellings come out the same */
    uint8_t id[8], parent[8];
    bool has_parent;
    bool in_progress; /* the end had not come when it was written */
    bool error, fault, throttle;
    bool cold; /* faas.coldstart */
    bool cut;  /* it has subsegments that are not delivered: SPAN_DEPTH_MAX */
    enum span_kind kind;
    enum span_kind within; /* of the parent when both stand in one document, else SPAN_OTHER */
    int64_t start, end;
    struct slice name;
    struct slice request_id; /* the invocation's, for kinds SERVICE and FUNCTION; of an AWS call for AWS: an
                                Invoke's is that of the function it called */
    struct slice function, function_arn; /* children have their parent's */
    struct slice log_group, log_stream;
    struct slice operation;   /* PutObject, Invoke … */
    struct slice bucket, key; /* of S3 calls */
    struct slice resource;    /* of other calls: queue url, topic, table, function name */
    struct slice message_id;  /* that a queue gave to what was sent */
    struct slice links;       /* array of the spans that sent what it received; see record_span_links */
    struct slice lineage;
    struct slice via; /* "xray", "otlp", "aws-spans" */
    struct loc loc;
};

/* ---- front doors ---- */

enum front_kind { FRONT_APIGW_REST, FRONT_APIGW_HTTP, FRONT_ALB };

/* One call that a gateway or load balancer answered. Numbers are UINT32_MAX when absent. */
struct front_call {
    enum front_kind kind;
    int64_t time;           /* ms, the request's arrival; TIME_NONE when the line has none */
    struct slice id;        /* the gateway's request id (a client may have chosen it), else x-amz-apigw-id */
    struct slice lambda_id; /* the Lambda request id, when the integration answered */
    struct slice trace;     /* 1-8hex-24hex */
    struct slice path;      /* method and path as far as given: "GET /hello", "/hello" */
    struct slice function;  /* ARN of the target group (ALB) or integration, else empty */
    struct slice error;     /* error message or reason */
    uint32_t status;        /* what the client got */
    uint32_t latency_ms;
    struct loc loc;
};
#define FRONT_NONE UINT32_MAX

/* ---- queues ---- */

enum queue_kind { QUEUE_SQS, QUEUE_SNS, QUEUE_INVOKE };

/* The envelope of a queued message; what it wraps is delivered after it. A call of a function by another is told
 * alike: its message id is the request id of the invocation, its arn the function's name or ARN. */
struct queue_record {
    enum queue_kind kind;
    struct slice message_id;
    struct slice arn;            /* of the queue or topic; empty when not said */
    struct slice sender;         /* AROA…:NAME */
    struct slice session;        /* NAME in it: the function that sent it; else empty */
    struct slice trace, lineage; /* of AWSTraceHeader */
    int64_t sent;                /* ms; TIME_NONE when absent */
    uint64_t receive_count;      /* 0: not said */
    struct loc loc;
};

/* ---- what became of an asynchronous invocation or a stream's batch ---- */

struct destination_record {
    struct slice request_id, function_arn, version;
    struct slice condition; /* RetriesExhausted, Success, EventAgeExceeded, RetryAttemptsExhausted …;
                               "DeadLetter" for a message of a dead-letter queue */
    struct slice error_message;
    struct slice stream_arn; /* of a stream's batch; empty for asynchronous invocations */
    uint64_t invoke_count;   /* approximate; 0: not said */
    uint64_t status;
    int64_t time;
    struct loc loc;
};

/* Where a container delivers. `ctx` is the caller's. Callbacks from `span` on may be NULL: not wanted. */
struct sink {
    void *ctx;
    void (*entry)(void *ctx, const struct entry *e);
    /* The last entry of a file of lines: the next file may begin with its continuation. */
    void (*tail)(void *ctx, const struct entry *e);
    /* Lines before the first entry of a file of lines. */
    void (*orphan)(void *ctx, struct slice text, struct loc loc);
    void (*s3)(void *ctx, const struct s3_record *r);
    void (*span)(void *ctx, const struct span *s);
    void (*front)(void *ctx, const struct front_call *f);
    void (*queue)(void *ctx, const struct queue_record *q);
    void (*destination)(void *ctx, const struct destination_record *d);
};

#endif
