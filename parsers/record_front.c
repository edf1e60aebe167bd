/* Access logs of front doors. Source: field guide, api-gateway-and-queues 6.2, 6.3. The owner chooses the format
 * of API Gateway's: AWS offers two ready ones, JSON and CLF, and users name the JSON keys as they like, mostly
 * as the variables are named.
 *     {"requestId":"…","ip":"…","requestTime":"01/Apr/2021:21:58:32 +0000","httpMethod":"GET","resourcePath":
 *      "/hello","status":"504","integrationLatency":"29000","awsEndpointRequestId":"-"}
 *     1.2.3.4 - - [01/Apr/2021:21:58:32 +0000]"GET /hello HTTP/1.1" 504 41 REQUEST-ID EXTENDED-ID
 *     http 2018-07-02T22:23:00.186641Z app/lb/50dc6c495c0c9188 192.0.2.3:2817 - 0.000 0.001 0.000 502 - 34 366
 *      "GET http://h:80/ HTTP/1.1" "curl/7.46.0" - - arn:…:targetgroup/… "Root=1-…" "-" "-" 0 TIME "forward" "-"
 *      "LambdaInvalidResponse" "-" "-" */
#include "parsers/record_front.h"

#include "parsers/json.h"
#include "parsers/message.h"
#include "parsers/record_access.h"

static struct slice known(struct slice s)
{
    return slice_eq(s, SLICE("-")) ? slice_of("", 0) : s;
}

static uint32_t number(struct slice s)
{
    int64_t v;
    return json_scaled(s, 0, &v) && v >= 0 && v < FRONT_NONE ? (uint32_t)v : FRONT_NONE;
}

/* ---- JSON ---- */

enum slot {
    ID,
    EXTENDED,
    LAMBDA,
    TRACE,
    METHOD,
    PATH,
    ROUTE,
    FUNCTION,
    TIME,
    EPOCH,
    STATUS,
    INTEGRATION_STATUS,
    LATENCY,
    INTEGRATION_LATENCY,
    INTEGRATION_ERROR,
    ERROR,
    LEVEL,
    SLOTS
};

/* Keys without case and without anything but letters and digits: integration.latency, integration_latency. */
static const struct {
    const char *key;
    enum slot slot;
} keys[] = {
    {"requestid", ID},
    {"apigwrequestid", ID},
    {"extendedrequestid", EXTENDED},
    {"awsendpointrequestid", LAMBDA},
    {"integrationrequestid", LAMBDA},
    {"lambdarequestid", LAMBDA},
    {"awsintegrationrequestid", LAMBDA},
    {"xraytraceid", TRACE},
    {"traceid", TRACE},
    {"httpmethod", METHOD},
    {"resourcepath", PATH},
    {"path", PATH},
    {"routekey", ROUTE},
    {"functionarn", FUNCTION},
    {"integrationuri", FUNCTION},
    {"requesttime", TIME},
    {"requesttimeepoch", EPOCH},
    {"status", STATUS},
    {"integrationstatus", INTEGRATION_STATUS},
    {"integrationintegrationstatus", INTEGRATION_STATUS},
    {"responselatency", LATENCY},
    {"latency", LATENCY},
    {"integrationlatency", INTEGRATION_LATENCY},
    {"integrationerrormessage", INTEGRATION_ERROR},
    {"integrationerror", INTEGRATION_ERROR},
    {"errormessage", ERROR},
    {"errormessagestring", ERROR},
    {"error", ERROR},
    {"level", LEVEL},
};

static int slot_of(struct slice key)
{
    char plain[32];
    size_t n = 0;
    for (size_t i = 0; i < key.n && n < sizeof plain; i++) {
        char c = (char)(key.p[i] >= 'A' && key.p[i] <= 'Z' ? key.p[i] + 32 : key.p[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            plain[n++] = c;
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (slice_eq(slice_of(plain, n), slice_str(keys[i].key)))
            return (int)keys[i].slot;
    return -1;
}

static bool read_keys(struct slice text, struct slice ret[SLOTS])
{
    struct json j;
    struct slice key, raw;
    bool escaped;
    json_init(&j, text);
    if (json_peek(&j) != JSON_OBJECT || !json_enter_object(&j))
        return false;
    while (json_next_key(&j, &key)) {
        int slot = slot_of(key);
        enum json_type type = json_peek(&j);
        bool scalar = type == JSON_STRING || type == JSON_NUMBER;
        if (slot < 0 || !scalar)
            (void)json_skip(&j);
        else if (type == JSON_STRING ? json_string(&j, &raw, &escaped) : json_raw(&j, &raw))
            ret[slot] = known(raw);
    }
    return !j.error;
}

static int64_t time_of(const struct slice v[SLOTS], int64_t otherwise)
{
    struct slice rest = v[TIME];
    int64_t time = json_time(v[EPOCH]);
    if (time != TIME_NONE || record_clf_time(&rest, &time) || text_time(&rest, &time))
        return time;
    time = json_time(v[TIME]);
    return time != TIME_NONE ? time : otherwise;
}

/* A method and the path behind it when they stand so; else the path. */
static struct slice path_of(const struct slice v[SLOTS])
{
    return v[ROUTE].n ? v[ROUTE] : v[PATH].n ? v[PATH] : v[METHOD];
}

/* What an access line must have: an id, a status, and one of the words that only a gateway's line has. One with a
 * level was written by a program. */
static bool is_front(const struct slice v[SLOTS])
{
    bool timed = v[TIME].n || v[EPOCH].n;
    bool gateway = v[INTEGRATION_LATENCY].p || v[LAMBDA].p || v[EXTENDED].p || v[INTEGRATION_STATUS].p ||
                   (timed && (v[METHOD].n || v[ROUTE].n || v[PATH].n));
    return !v[LEVEL].p && (v[ID].n || v[EXTENDED].n) && number(v[STATUS]) != FRONT_NONE && gateway;
}

static bool read_json(struct slice text, int64_t time, struct loc loc, const struct sink *sink)
{
    struct slice v[SLOTS] = {{NULL, 0}};
    if (!read_keys(text, v) || !is_front(v))
        return false;
    struct front_call c = {.kind = v[ROUTE].n ? FRONT_APIGW_HTTP : FRONT_APIGW_REST, .loc = loc};
    c.time = time_of(v, time);
    c.id = v[ID].n ? v[ID] : v[EXTENDED];
    c.lambda_id = v[LAMBDA];
    c.trace = v[TRACE];
    message_trace_header(v[TRACE], &c.trace, NULL);
    c.path = path_of(v);
    c.function = v[FUNCTION];
    c.error = v[INTEGRATION_ERROR].n ? v[INTEGRATION_ERROR] : v[ERROR];
    c.status = number(v[STATUS]);
    c.latency_ms = number(v[LATENCY]);
    if (sink->front)
        sink->front(sink->ctx, &c);
    return true;
}

/* ---- lines ---- */

static struct front_call empty_call(enum front_kind kind, int64_t time, struct loc loc)
{
    struct front_call c = {.kind = kind, .time = time, .loc = loc};
    c.status = c.latency_ms = FRONT_NONE;
    return c;
}

/* One word or quoted text, its blank behind it dropped. Quotes inside are escaped in what is read with this. */
static struct slice item(struct slice *s)
{
    if (!text_char(s, '"'))
        return known(slice_cut(s, ' '));
    struct slice quoted = slice_cut(s, '"');
    (void)text_char(s, ' ');
    return known(quoted);
}

/* `"GET /hello HTTP/1.1"` without the protocol. */
static struct slice request_path(struct slice request)
{
    size_t n = request.n;
    while (n > 0 && request.p[n - 1] != ' ')
        n--;
    bool protocol = slice_starts(slice_skip(request, n), SLICE("HTTP/"));
    return slice_rtrim(protocol ? slice_head(request, n) : request);
}

static bool read_clf(struct slice line, int64_t time, struct loc loc, const struct sink *sink)
{
    struct front_call c = empty_call(FRONT_APIGW_REST, time, loc);
    struct slice rest = line, before = slice_cut(&rest, '[');
    uint8_t uuid[16];
    if (rest.n == 0 || before.n < 6 || !record_clf_time(&rest, &c.time) || !text_char(&rest, ']'))
        return false;
    (void)text_char(&rest, ' ');
    if (rest.n == 0 || *rest.p != '"')
        return false;
    c.path = request_path(item(&rest));
    c.status = number(item(&rest));
    (void)item(&rest); /* length */
    c.id = item(&rest);
    struct slice id = c.id;
    c.kind = text_uuid(&id, uuid) ? FRONT_APIGW_REST : FRONT_APIGW_HTTP;
    if (c.status == FRONT_NONE || c.id.n == 0)
        return false;
    if (sink->front)
        sink->front(sink->ctx, &c);
    return true;
}

static bool is_balancer(struct slice line)
{
    static const struct slice types[] = {{"http ", 5},  {"https ", 6}, {"h2 ", 3},
                                         {"grpcs ", 6}, {"ws ", 3},    {"wss ", 4}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (slice_starts(line, types[i]))
            return true;
    return false;
}

enum balancer {
    ALB_TYPE,
    ALB_TIME,
    ALB_NAME,
    ALB_CLIENT,
    ALB_TARGET,
    ALB_REQUEST_TIME,
    ALB_TARGET_TIME,
    ALB_RESPONSE_TIME,
    ALB_STATUS,
    ALB_REQUEST = 12,
    ALB_GROUP = 16,
    ALB_TRACE,
    ALB_CREATED = 21,
    ALB_REASON = 24,
    ALB_FIELDS
};

/* Seconds with three decimals; -1 when the balancer never got so far. */
static uint32_t milliseconds(struct slice seconds)
{
    enum { SECONDS_TO_MS = 3 };
    int64_t ms;
    return json_scaled(seconds, SECONDS_TO_MS, &ms) && ms >= 0 && ms < FRONT_NONE ? (uint32_t)ms : FRONT_NONE;
}

static uint32_t sum(uint32_t a, uint32_t b)
{
    uint64_t both = (uint64_t)a + b;
    return a == FRONT_NONE || b == FRONT_NONE || both >= FRONT_NONE ? FRONT_NONE : (uint32_t)both;
}

static bool read_balancer(struct slice line, int64_t time, struct loc loc, const struct sink *sink)
{
    struct front_call c = empty_call(FRONT_ALB, time, loc);
    struct slice v[ALB_FIELDS], rest = line;
    size_t n = 0;
    while (n < ALB_FIELDS && rest.n)
        v[n++] = item(&rest);
    while (n < ALB_FIELDS)
        v[n++] = slice_of("", 0);
    struct slice written = v[ALB_TIME], created = v[ALB_CREATED];
    if (!text_time(&written, &c.time) || v[ALB_REQUEST].n == 0)
        return false;
    (void)text_time(&created, &c.time);
    message_trace_header(v[ALB_TRACE], &c.trace, NULL);
    c.id = c.trace; /* it gives no other id */
    c.path = request_path(v[ALB_REQUEST]);
    c.function = v[ALB_GROUP];
    c.error = v[ALB_REASON];
    c.status = number(v[ALB_STATUS]);
    c.latency_ms = sum(sum(milliseconds(v[ALB_REQUEST_TIME]), milliseconds(v[ALB_TARGET_TIME])),
                       milliseconds(v[ALB_RESPONSE_TIME]));
    if (c.status == FRONT_NONE)
        return false;
    if (sink->front)
        sink->front(sink->ctx, &c);
    return true;
}

bool record_front_line(struct slice line, int64_t time, struct loc loc, const struct sink *sink)
{
    line = slice_rtrim(line);
    return is_balancer(line) ? read_balancer(line, time, loc, sink) : read_clf(line, time, loc, sink);
}

/* Whether a CLF line is possible: an address or a dash stands first, and a bracket within the first bytes. */
static bool maybe_clf(struct slice text)
{
    enum { HEAD = 128 };
    bool address = (*text.p >= '0' && *text.p <= '9') || (*text.p >= 'a' && *text.p <= 'f') ||
                   *text.p == ':' || *text.p == '-';
    struct slice head = slice_head(text, HEAD);
    return address && memchr(head.p, '[', head.n) && slice_find(head, SLICE("/20")) >= 0;
}

bool record_front(struct slice text, int64_t time, struct loc loc, const struct sink *sink)
{
    static const struct slice words[] = {
        {"ntegration", 10}, {"equestTime", 10}, {"awsEndpointRequestId", 20}, {"xtendedRequestId", 16}};
    text = slice_trim(text);
    if (text.n == 0)
        return false;
    if (*text.p != '{')
        return (is_balancer(text) || maybe_clf(text)) && record_front_line(text, time, loc, sink);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_find(text, words[i]) >= 0)
            return read_json(text, time, loc, sink);
    return false;
}
