/* parsers/record_span.c, record_otel.c, document_trace.c: traces of real incidents against the numbers that the
 * authors' own tests state (SOURCES.md), and samples of each form written out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "parsers/container.h"
#include "parsers/record_span.h"

/* What is counted of all spans of a file. */
struct tally {
    unsigned spans, inits, invocations, services, functions, aws, errors, faults, throttles, with_request,
        cut;
    int64_t first, last; /* of segments and subsegments: X-Ray's own Duration spans both */
    struct buf out;      /* a line for each span, where a test wants them */
    bool print;
};

static const char *const kinds[SPAN_KINDS] = {"other",   "service",    "function", "init",
                                              "restore", "invocation", "overhead", "dwell",
                                              "attempt", "aws",        "remote"};

static void put_hex(struct buf *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%02x", p[i]);
}

static void put_text(struct buf *out, const char *name, struct slice s)
{
    if (s.n)
        buf_printf(out, " %s=%.*s", name, SLICE_ARG(s));
}

static void put_span(struct buf *out, const struct span *s)
{
    put_hex(out, s->trace, 16);
    buf_byte(out, ' ');
    put_hex(out, s->id, 8);
    buf_byte(out, '<');
    if (s->has_parent)
        put_hex(out, s->parent, 8);
    buf_printf(out, " %s %.*s %lld..%lld", kinds[s->kind], SLICE_ARG(s->name), (long long)s->start,
               s->end == TIME_NONE ? -1LL : (long long)s->end);
    buf_printf(out, "%s%s%s%s%s", s->error ? " error" : "", s->fault ? " fault" : "",
               s->throttle ? " throttle" : "", s->cold ? " cold" : "", s->in_progress ? " open" : "");
    put_text(out, "request", s->request_id);
    put_text(out, "function", s->function);
    put_text(out, "group", s->log_group);
    put_text(out, "stream", s->log_stream);
    put_text(out, "operation", s->operation);
    put_text(out, "bucket", s->bucket);
    put_text(out, "key", s->key);
    put_text(out, "resource", s->resource);
    put_text(out, "via", s->via);
    buf_byte(out, '\n');
}

static void on_span(void *ctx, const struct span *s)
{
    struct tally *t = ctx;
    t->spans++;
    t->inits += s->kind == SPAN_INIT;
    t->invocations += s->kind == SPAN_INVOCATION;
    t->services += s->kind == SPAN_SERVICE;
    t->functions += s->kind == SPAN_FUNCTION;
    t->aws += s->kind == SPAN_AWS;
    t->errors += s->error;
    t->faults += s->fault;
    t->throttles += s->throttle;
    t->cut += s->cut;
    t->with_request += s->kind == SPAN_SERVICE && s->request_id.n == 36;
    t->first = t->first == 0 || s->start < t->first ? s->start : t->first;
    t->last = s->end > t->last ? s->end : t->last;
    if (t->print)
        put_span(&t->out, s);
}

static void on_entry(void *ctx, const struct entry *e)
{
    struct tally *t = ctx;
    buf_printf(&t->out, "E %lld %.*s", (long long)e->time, SLICE_ARG(e->text));
    put_text(&t->out, "function", e->function);
    put_text(&t->out, "stream", e->stream);
    buf_byte(&t->out, '\n');
}

static void on_orphan(void *ctx, struct slice text, struct loc loc)
{
    (void)ctx;
    (void)text;
    (void)loc;
}

static void on_s3(void *ctx, const struct s3_record *r)
{
    (void)ctx;
    (void)r;
}

/* Reads a source as the program does: the container is chosen by its text. */
static void read_source(struct source *source, struct tally *t)
{
    const struct sink sink = {
        .ctx = t, .entry = on_entry, .tail = on_entry, .orphan = on_orphan, .s3 = on_s3, .span = on_span};
    const struct container *second, *chosen;
    struct input in;
    assert_true(input_open(&in, source, false));
    while (input_window(&in).n < LIMIT_SNIFF && input_more(&in))
        ;
    chosen = container_choose(slice_head(input_window(&in), LIMIT_SNIFF), &second);
    assert_non_null(chosen);
    chosen->parse(&in, &sink);
    input_done(&in);
}

static struct slice text_of(const char *text)
{
    return slice_of(text, strlen(text));
}

static void read_text(const char *text, struct source *source, struct tally *t)
{
    *t = (struct tally){.print = true};
    buf_init(&t->out, 0);
    source_init(source, "x", NULL);
    source->memory = text_of(text);
    read_source(source, t);
}

/* ---- real traces ---- */

struct truth {
    const char *file;
    unsigned inits, errors, throttles, faults;
    unsigned duration_ms;                   /* X-Ray's own */
    unsigned services, with_request, spans; /* counted in the files with jq */
};

#define JOE "/real/joe4dev+trigger-bench/serverless-benchmarker/tests/fixtures/aws_trace_analyzer/"

/* Cold starts of the whole trace, and errors, throttles, faults over all segments and subsegments. */
static const struct truth truths[] = {
    {"event_processing_app/traces.json", 0, 0, 0, 0, 125, 2, 2, 17},
    {"event_processing_app/traces_subgraph.json", 0, 0, 0, 0, 18, 1, 1, 11},
    {"image_processing_app_error/traces.json", 0, 4, 0, 1, 1143, 2, 2, 17},
    {"matrix_app/trace_pretty.json", 9, 0, 0, 0, 12067, 9, 9, 61},
    {"matrix_app/traces.json", 9, 0, 0, 0, 12067, 9, 9, 61},
    {"realworld_app/traces.json", 0, 0, 0, 0, 35, 1, 1, 10},
    {"realworld_app_missing_coldstart/trace_web.json", 1, 0, 0, 0, 1157, 1, 1, 15},
    {"realworld_app_missing_coldstart/traces.json", 1, 0, 0, 0, 1157, 1, 1, 15},
    {"thumbnail_app/trace_web.json", 2, 0, 0, 0, 14963, 2, 2, 18},
    {"thumbnail_app/traces.json", 2, 0, 0, 0, 14963, 2, 2, 18},
    {"thumbnail_app_fault/traces.json", 0, 0, 0, 1, 10, 1, 0, 3},
    {"thumbnail_app_warm/trace_web.json", 1, 0, 0, 0, 8381, 2, 2, 15},
    {"thumbnail_app_warm/traces.json", 1, 0, 0, 0, 8381, 2, 2, 15},
    {"todo_app/traces.json", 0, 0, 0, 0, 41, 1, 1, 11},
};

static const char *shared(void)
{
    const char *given = getenv("SHARED");
    return given && *given ? given : "../shared";
}

static bool present(const char *path)
{
    FILE *f = fopen(path, "r");
    if (f)
        (void)fclose(f);
    return f != NULL;
}

static void real_traces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        char path[512];
        struct source source;
        struct tally t = {.print = false};
        (void)snprintf(path, sizeof path, "%s" JOE "%s", shared(), truths[i].file);
        if (!present(path)) {
            print_message("skipped: %s is absent\n", path);
            skip();
        }
        source_init(&source, path, path);
        read_source(&source, &t);
        int64_t duration = (t.last - t.first + 500000) / 1000000;
        if (t.inits != truths[i].inits || t.errors != truths[i].errors ||
            t.throttles != truths[i].throttles || t.faults != truths[i].faults ||
            duration != (int64_t)truths[i].duration_ms)
            fail_msg("%s: %u inits, %u errors, %u throttles, %u faults, %lld ms", truths[i].file, t.inits,
                     t.errors, t.throttles, t.faults, (long long)duration);
        assert_int_equal(source.anomalies.n, 0);
        assert_int_equal(source.unrecognised_lines, 0);
        assert_int_equal(t.services, truths[i].services);
        assert_int_equal(t.with_request, truths[i].with_request);
        assert_int_equal(t.spans, truths[i].spans);
        source_done(&source);
    }
}

/* ---- forms ---- */

struct form {
    const char *name, *text, *spans;
    const char *format;
};

#define SERVICE                                                                                              \
    "{\"id\":\"24ddd1434624a637\",\"name\":\"f\",\"start_time\":1.681339658203E9,\"trace_id\":"              \
    "\"1-6437350a-775b7afb3067811a4c6daade\",\"end_time\":1.681339658261E9,\"parent_id\":"                   \
    "\"3a9497be6bb6f2a7\",\"aws\":{\"request_id\":\"04b18ae7-3d34-4c77-9382-60c2532fcdae\"},"                \
    "\"origin\":\"AWS::Lambda\",\"resource_arn\":\"arn:aws:lambda:us-east-1:1:function:f\"}"
#define SERVICE_SPAN                                                                                         \
    "6437350a775b7afb3067811a4c6daade 24ddd1434624a637<3a9497be6bb6f2a7 service f "                          \
    "1681339658203000000..1681339658261000000"

static const struct form forms[] = {
    {"a segment", SERVICE, SERVICE_SPAN " request=04b18ae7-3d34-4c77-9382-60c2532fcdae function=f via=xray\n",
     "xray-segments"},
    {"daemon lines", "{\"format\":\"json\",\"version\":1}\n" SERVICE "\n",
     SERVICE_SPAN " request=04b18ae7-3d34-4c77-9382-60c2532fcdae function=f via=xray\n", "xray-segments"},
    {"an array of segments", "[" SERVICE ", " SERVICE "]",
     SERVICE_SPAN " request=04b18ae7-3d34-4c77-9382-60c2532fcdae function=f via=xray\n" SERVICE_SPAN
                  " request=04b18ae7-3d34-4c77-9382-60c2532fcdae function=f via=xray\n",
     "xray-segments"},
    /* The new style: Init instead of Initialization, the log group instead of the ARN; a call of S3. */
    {"the new style",
     "{\"Traces\":[{\"Id\":\"1-6437350a-775b7afb3067811a4c6daade\",\"LimitExceeded\":false,\"Segments\":[{"
     "\"Id\":"
     "\"1\",\"Document\":\"{\\\"id\\\":\\\"18476b3c270cc8d2\\\",\\\"name\\\":\\\"f\\\",\\\"start_time\\\":1."
     "681339658206941E9,\\\"end_time\\\":1.681339658260729E9,\\\"trace_id\\\":\\\"1-37350a-"
     "775b7afb3067811a4c6daade\\\",\\\"origin\\\":\\\"AWS::Lambda::Function\\\",\\\"fault\\\":true,"
     "\\\"aws\\\":{"
     "\\\"cloudwatch_logs\\\":[{\\\"log_group\\\":\\\"/aws/lambda/f\\\"}]},\\\"subsegments\\\":[{\\\"id\\\":"
     "\\\"635660f683ab2b1d\\\",\\\"name\\\":\\\"Init\\\",\\\"start_time\\\":1681339657,\\\"end_time\\\":"
     "1681339658},{\\\"id\\\":\\\"72196dbd1971fbad\\\",\\\"name\\\":\\\"S3\\\",\\\"start_time\\\":1681339658."
     "1,"
     "\\\"throttle\\\":true,\\\"namespace\\\":\\\"aws\\\",\\\"aws\\\":{\\\"operation\\\":\\\"PutObject\\\","
     "\\\"bucket_name\\\":\\\"b\\\",\\\"key\\\":\\\"k\\\\u00e9\\\",\\\"request_id\\\":\\\"R\\\"}}]}\"}]}]}",
     "0037350a775b7afb3067811a4c6daade 18476b3c270cc8d2< function f 1681339658206941000..1681339658260729000 "
     "fault function=f group=/aws/lambda/f via=xray\n"
     "0037350a775b7afb3067811a4c6daade 635660f683ab2b1d<18476b3c270cc8d2 init Init "
     "1681339657000000000..1681339658000000000 function=f group=/aws/lambda/f via=xray\n"
     "0037350a775b7afb3067811a4c6daade 72196dbd1971fbad<18476b3c270cc8d2 aws S3 1681339658100000000..-1 "
     "throttle request=R function=f group=/aws/lambda/f operation=PutObject bucket=b "
     "key=k\xc3\xa9 via=xray\n",
     "xray-traces"},
    {"a segment in progress",
     "{\"trace_id\":\"1-5f187253-6a106696d56b1f4ef9eba2ed\",\"id\":\"5cc4a447f5d4d696\",\"name\":\"L\","
     "\"start_time\":1595437651.680097,\"in_progress\":true,\"Dummy\":false}",
     "5f1872536a106696d56b1f4ef9eba2ed 5cc4a447f5d4d696< other L 1595437651680097000..-1 open via=xray\n",
     "xray-segments"},
    {"a lone Init subsegment, sent apart",
     "{\"type\":\"subsegment\",\"trace_id\":\"1-5f187253-6a106696d56b1f4ef9eba2ed\",\"parent_id\":"
     "\"5cc4a447f5d4d697\",\"id\":\"5cc4a447f5d4d696\",\"name\":\"Initialization\",\"start_time\":"
     "1595437651}",
     "5f1872536a106696d56b1f4ef9eba2ed 5cc4a447f5d4d696<5cc4a447f5d4d697 init Initialization "
     "1595437651000000000..-1 via=xray\n",
     "xray-segments"},
    /* An id of zeros is none: the subsegment keeps the parent in which it stands. */
    {"a parent of zeros",
     "{\"trace_id\":\"1-5f187253-6a106696d56b1f4ef9eba2ed\",\"id\":\"5cc4a447f5d4d696\",\"name\":\"L\","
     "\"start_time\":1,\"parent_id\":\"0000000000000000\",\"subsegments\":[{\"id\":\"5cc4a447f5d4d697\","
     "\"name\":\"x\",\"start_time\":2,\"parent_id\":\"0000000000000000\"}]}",
     "5f1872536a106696d56b1f4ef9eba2ed 5cc4a447f5d4d696< other L 1000000000..-1 via=xray\n"
     "5f1872536a106696d56b1f4ef9eba2ed 5cc4a447f5d4d697<5cc4a447f5d4d696 other x 2000000000..-1 via=xray\n",
     "xray-segments"},
    {"OTLP, old names, resource last",
     "{\"resourceSpans\":[{\"instrumentationLibrarySpans\":[{\"spans\":[{\"traceId\":"
     "\"5B8EFFF798038103D269B633813FC60C\",\"spanId\":\"EEE19B7EC3C1B174\",\"parentSpanId\":\"\",\"name\":"
     "\"h\","
     "\"startTimeUnixNano\":\"1544712660000000123\",\"endTimeUnixNano\":1544712661000000456,\"kind\":2,"
     "\"attributes\":[{\"key\":\"faas.execution\",\"value\":{\"stringValue\":\"04b18ae7\"}},{\"key\":"
     "\"faas.coldstart\",\"value\":{\"boolValue\":true}},{\"key\":\"http.status_code\",\"value\":{"
     "\"intValue\":"
     "\"502\"}}],\"status\":{\"code\":2}}]}],\"resource\":{\"attributes\":[{\"key\":\"faas.id\",\"value\":{"
     "\"stringValue\":\"arn:aws:lambda:eu-west-1:1:function:g:7\"}},{\"key\":\"faas.instance\",\"value\":{"
     "\"stringValue\":\"2023/06/02/[7]88ab\"}},{\"key\":\"aws.log.group.names\",\"value\":{\"arrayValue\":{"
     "\"values\":[{\"stringValue\":\"/aws/lambda/g\"}]}}}]}}]}\n",
     "5b8efff798038103d269b633813fc60c eee19b7ec3c1b174< function h 1544712660000000123..1544712661000000456 "
     "error fault cold request=04b18ae7 function=g group=/aws/lambda/g stream=2023/06/02/[7]88ab via=otlp\n",
     "otlp-spans"},
    /* Nanoseconds above 2^53 to the last digit. */
    {"aws/spans",
     "{\"resource\":{\"attributes\":{\"cloud.resource_id\":\"arn:aws:lambda:us-east-1:1:function:s\","
     "\"cloud.platform\":\"aws_lambda\"}},\"traceId\":\"6759b1c50e59b643038a6a070e115043\",\"spanId\":"
     "\"2a22ad6d7aeb6ef2\",\"parentSpanId\":\"48fec93dfe40959d\",\"name\":\"app.handler\",\"kind\":"
     "\"SERVER\","
     "\"startTimeUnixNano\":1733931461640310403,\"endTimeUnixNano\":1733931462360000209,\"attributes\":{"
     "\"faas.invocation_id\":\"r1\"},\"status\":{\"code\":\"UNSET\"}}\n",
     "6759b1c50e59b643038a6a070e115043 2a22ad6d7aeb6ef2<48fec93dfe40959d function app.handler "
     "1733931461640310403..1733931462360000209 request=r1 function=s via=aws-spans\n",
     "aws-spans"},
    {"OTLP logs",
     "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"faas.name\",\"value\":{\"stringValue\":"
     "\"g\"}},"
     "{\"key\":\"faas.instance\",\"value\":{\"stringValue\":\"s\"}}]},\"scopeLogs\":[{\"logRecords\":[{"
     "\"timeUnixNano\":\"1544712660300000000\",\"body\":{\"stringValue\":\"two\\nlines\"}},{\"body\":{"
     "\"kvlistValue\":{}}}]}]}]}",
     "E 1544712660300 two\nlines function=g stream=s\n", "otlp-logs"},
    {"summaries", "{\"TraceSummaries\":[{\"Id\":\"1-a\",\"Duration\":2.5},{\"Id\":\"1-b\"}]}", "",
     "xray-summaries"},
};

static void each_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct source source;
        struct tally t;
        read_text(forms[i].text, &source, &t);
        if (!slice_eq(buf_slice(&t.out), slice_str(forms[i].spans)))
            fail_msg("%s:\n%.*s\nand not:\n%s", forms[i].name, SLICE_ARG(buf_slice(&t.out)), forms[i].spans);
        assert_string_equal(source.format, forms[i].format);
        assert_int_equal(source.unrecognised_lines, 0);
        assert_int_equal(source.anomalies.n, 0);
        source_done(&source);
        buf_done(&t.out);
    }
}

/* A document that is no JSON costs itself, and says where it stands; the rest counts. */
static void broken_document(void **state)
{
    static const char text[] =
        "{\"Traces\":[{\"Id\":\"1-a\",\n\"Segments\":[{\"Document\":\"{\\\"id\\\":\"},\n"
        "{\"Document\":\"no JSON\"},{\"Document\":12},\n{\"Document\":" SERVICE "}]}]}";
    struct source source;
    struct tally t;
    (void)state;
    read_text(text, &source, &t);
    assert_int_equal(t.spans, 1);
    assert_int_equal(t.services, 1);
    assert_int_equal(source.records, 1);
    assert_int_equal(source.anomalies.n, 1);
    assert_int_equal(source.anomalies.v[0].kind, ANOMALY_JSON_DAMAGED);
    assert_int_equal(source.anomalies.v[0].count, 2);
    assert_int_equal(source.anomalies.v[0].line, 2);
    source_done(&source);
    buf_done(&t.out);
}

/* See test_records.c: opening an input is slow under the address sanitizer. */
#if defined(__SANITIZE_ADDRESS__)
enum { STRIDE = 11 };
#else
enum { STRIDE = 1 };
#endif

/* A text cut at any byte: nothing is read past its end, and every segment that is whole counts. */
static void cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t size = strlen(forms[i].text);
        for (size_t n = i % STRIDE; n < size; n += STRIDE) {
            struct source source;
            struct tally t = {.print = false};
            char *copy = malloc(n + 1); /* so that a sanitizer sees a read too far */
            const struct sink sink = {.ctx = &t,
                                      .entry = on_entry,
                                      .tail = on_entry,
                                      .orphan = on_orphan,
                                      .s3 = on_s3,
                                      .span = on_span};
            struct input in;
            assert_non_null(copy);
            memcpy(copy, forms[i].text, n);
            buf_init(&t.out, 0);
            source_init(&source, "x", NULL);
            source.memory = slice_of(copy, n);
            if (input_open(&in, &source, false))
                container_json.parse(&in, &sink);
            input_done(&in);
            source_done(&source);
            buf_done(&t.out);
            free(copy);
        }
    }
}

static void cut_trace_keeps_whole_segments(void **state)
{
    static const char text[] = "{\"Traces\":[{\"Id\":\"1-a\",\"Segments\":[{\"Document\":" SERVICE
                               "},{\"Document\":" SERVICE "},{\"Doc";
    struct source source;
    struct tally t;
    (void)state;
    read_text(text, &source, &t);
    assert_int_equal(t.spans, 2);
    assert_int_equal(source.anomalies.n, 1);
    assert_int_equal(source.anomalies.v[0].kind, ANOMALY_JSON_TRUNCATED);
    source_done(&source);
    buf_done(&t.out);
}

/* ---- hostile ---- */

/* Values of other types than are due: no span, or one without the value; never a crash. */
static void wrong_types(void **state)
{
    static const char *const texts[] = {
        "{\"id\":12,\"name\":\"f\",\"start_time\":1,\"trace_id\":\"1-6437350a-775b7afb3067811a4c6daade\"}",
        "{\"id\":\"24ddd1434624a637\",\"name\":[],\"start_time\":1,\"trace_id\":\"1-6437350a-"
        "775b7afb3067811a4c6daade\"}",
        "{\"id\":\"24ddd1434624a637\",\"name\":\"f\",\"start_time\":1e999,\"trace_id\":\"1-6437350a-"
        "775b7afb3067811a4c6daade\"}",
        "{\"id\":\"24ddd1434624a637\",\"name\":\"f\",\"start_time\":-1,\"trace_id\":\"1-6437350a-"
        "775b7afb3067811a4c6daade\"}",
        "{\"id\":\"24ddd1434624a637\",\"name\":\"f\",\"start_time\":1,\"trace_id\":{}}",
        "{\"id\":\"0000000000000000\",\"name\":\"f\",\"start_time\":1,\"trace_id\":\"1-6437350a-"
        "775b7afb3067811a4c6daade\"}",
    };
    static const char odd[] =
        "{\"id\":\"24ddd1434624a637\",\"name\":\"f\",\"start_time\":1,\"trace_id\":"
        "\"1-6437350a-775b7afb3067811a4c6daade\",\"end_time\":\"x\",\"aws\":[],\"error\":1,"
        "\"subsegments\":{\"id\":1},\"parent_id\":\"24\"}";
    struct tally t = {.print = true};
    const struct sink sink = {.ctx = &t, .span = on_span};
    struct buf scratch;
    (void)state;
    buf_init(&scratch, 0);
    buf_init(&t.out, 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(record_segment(text_of(texts[i]), LOC_NONE, &scratch, &sink));
    assert_true(record_segment(text_of(odd), LOC_NONE, &scratch, &sink));
    buf_byte(&t.out, '\0');
    assert_string_equal(t.out.p, "6437350a775b7afb3067811a4c6daade 24ddd1434624a637< other f 1000000000..-1 "
                                 "via=xray\n");
    buf_done(&scratch);
    buf_done(&t.out);
}

/* Subsegments in subsegments in …: read down to the limit, in time. */
static void deep(void **state)
{
    enum { DEPTH = 500 };
    struct tally t = {.print = false};
    const struct sink sink = {.ctx = &t, .span = on_span};
    struct buf text, scratch;
    (void)state;
    buf_init(&text, 0);
    buf_init(&scratch, 0);
    for (int i = 0; i < DEPTH; i++)
        buf_printf(&text, "{\"id\":\"24ddd1434624a637\",\"name\":\"f\",\"start_time\":1,\"trace_id\":"
                          "\"1-6437350a-775b7afb3067811a4c6daade\",\"subsegments\":[");
    for (int i = 0; i < DEPTH; i++)
        buf_append(&text, SLICE("]}"));
    assert_true(record_segment(buf_slice(&text), LOC_NONE, &scratch, &sink));
    assert_int_equal(t.spans, SPAN_DEPTH_MAX + 1);
    assert_int_equal(t.cut, 1);
    buf_done(&text);
    buf_done(&scratch);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_traces),
        cmocka_unit_test(each_form),
        cmocka_unit_test(broken_document),
        cmocka_unit_test(cut),
        cmocka_unit_test(cut_trace_keeps_whole_segments),
        cmocka_unit_test(wrong_types),
        cmocka_unit_test(deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
