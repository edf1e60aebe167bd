/* parsers/json_shape.h, and the S3 records read by it: what a shape gives is what the pull reader gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "parsers/container.h"
#include "parsers/json_shape.h"

/* The values of the learned text, parted by `|`; NULL when it is not learned. */
static void learned(void **state)
{
    static const struct {
        const char *text, *values;
    } rows[] = {
        {"{\"a\":\"x\",\"n\":12,\"t\":true,\"f\":-1.5,\"k\" : \"v\",\"l\":[\"\",0]}", "x|12|v||0|"},
        {"[1e5,1.0,7,-3]", "7|"},
        {"{\"a\":{\"a\":\"a\"}}", "a|"},
        {"[1234567890123456789]",
         NULL}, /* may not fit a number: it stands for itself, and no value is left */
        {"{\"a\":\"x\\n\"}", NULL},
        {"{\"a\":null}", NULL},
        {"{}", NULL},
        {"\"x\"", NULL},
        {"12", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json_shape shape;
        struct slice values[JSON_SHAPE_VALUES];
        struct buf out;
        buf_init(&out, 0);
        bool ok = json_shape_learn(&shape, slice_str(rows[i].text), values);
        for (size_t k = 0; k < shape.n; k++)
            buf_printf(&out, "%.*s|", SLICE_ARG(values[k]));
        if (ok != (rows[i].values != NULL) || !slice_eq(buf_slice(&out), slice_str(rows[i].values)))
            fail_msg("%s: %d %.*s", rows[i].text, ok, SLICE_ARG(buf_slice(&out)));
        buf_done(&out);
    }
}

/* What does not fit is not learned, and the shape is then empty. */
static void too_much(void **state)
{
    struct json_shape shape;
    struct slice values[JSON_SHAPE_VALUES];
    (void)state;
    for (size_t n = JSON_SHAPE_VALUES - 1; n <= JSON_SHAPE_VALUES + 1; n++) {
        struct buf b;
        buf_init(&b, 0);
        for (size_t i = 0; i < n; i++)
            (void)buf_append(&b, i ? SLICE(",1") : SLICE("[1"));
        (void)buf_byte(&b, ']');
        assert_int_equal(json_shape_learn(&shape, buf_slice(&b), values), n <= JSON_SHAPE_VALUES);
        assert_int_equal(shape.n, n <= JSON_SHAPE_VALUES ? n : 0);
        buf_done(&b);
    }
    for (size_t n = JSON_SHAPE_BYTES - 1; n <= JSON_SHAPE_BYTES + 1; n++) {
        static char text[JSON_SHAPE_BYTES + 3];
        memset(text, ' ', sizeof text);
        text[0] = '[';
        text[n] = '1'; /* n bytes before it and one behind */
        text[n + 1] = ']';
        assert_int_equal(json_shape_learn(&shape, slice_of(text, n + 2), values), n + 1 <= JSON_SHAPE_BYTES);
        assert_int_equal(json_shape_read(&shape, slice_of(text, n + 2), values),
                         n + 1 <= JSON_SHAPE_BYTES ? n + 2 : 0);
    }
}

/* Read by the shape of {"a":"x","n":12}: the length, 0 when it is otherwise. */
static void read_by_shape(void **state)
{
    static const struct {
        const char *text;
        size_t n;
    } rows[] = {
        {"{\"a\":\"x\",\"n\":12}", 16},
        {"{\"a\":\"\",\"n\":0}", 14},
        {"{\"a\":\"a longer one, \xc3\xa9 and {}\",\"n\":123456789012345678}more", 54},
        {"{\"a\":\"x\",\"n\":1234567890123456789}", 0},
        {"{\"a\":\"x\",\"n\":012}", 0},
        {"{\"a\":\"x\",\"n\":-1}", 0},
        {"{\"a\":\"x\",\"n\":1.5}", 0},
        {"{\"a\":\"x\",\"n\":1e5}", 0},
        {"{\"a\":\"x\",\"n\":}", 0},
        {"{\"a\":\"x\",\"n\":\"12\"}", 0},
        {"{\"a\":\"\\n\",\"n\":12}", 0},
        {"{\"a\":\"\t\",\"n\":12}", 0},
        {"{\"a\":\"x\", \"n\":12}", 0},
        {"{\"b\":\"x\",\"n\":12}", 0},
        {"{\"a\":\"x\",\"n\":12]", 0},
        {"{\"a\":\"x\",\"n\":12", 0},
        {"{\"a\":\"x", 0},
        {"", 0},
    };
    struct json_shape shape;
    struct slice values[JSON_SHAPE_VALUES];
    (void)state;
    assert_true(json_shape_learn(&shape, SLICE("{\"a\":\"x\",\"n\":12}"), values));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (json_shape_read(&shape, slice_str(rows[i].text), values) != rows[i].n)
            fail_msg("%s", rows[i].text);
}

/* ---- S3 records ---- */

#define RECORD(key, size, more)                                                                              \
    "{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventTime\":\"2026-05-14T10:05:28.957Z\","       \
    "\"eventName\":\"ObjectCreated:Put\",\"userIdentity\":{\"principalId\":\"AWS:AIDAX\"},\"s3\":{"          \
    "\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"" key "\",\"size\":" size                             \
    ",\"sequencer\":\"00A1\"" more "}}}"
#define DOCUMENT(records) "{\"Records\":[" records "]}"
#define PLAIN(key)        DOCUMENT(RECORD(key, "7", ""))

/* Documents in a row: alike and not. Each alone is read without a known shape. */
static const char *const documents_in_a_row[] = {
    PLAIN("one"),
    PLAIN("two, longer than the first and than any register"),
    PLAIN("a+b%20c"),
    PLAIN("an \\u0065scape"),
    DOCUMENT(RECORD("large", "1234567890123456789", "")),
    DOCUMENT(RECORD("fraction", "1.5", "")),
    DOCUMENT(RECORD("text", "\"12\"", "")),
    DOCUMENT(RECORD("version", "8", ",\"versionId\":\"v\"")),
    PLAIN("after another shape"),
    DOCUMENT(RECORD("a list of", "1", "") "," RECORD("three, one", "2", ",\"versionId\":\"v\"") "," RECORD(
        "otherwise", "3", "")),
    DOCUMENT(RECORD("more shapes than are kept", "1", ",\"a\":1")),
    DOCUMENT(RECORD("x", "1", ",\"b\":1")),
    DOCUMENT(RECORD("x", "1", ",\"c\":1")),
    DOCUMENT(RECORD("x", "1", ",\"d\":1")),
    PLAIN("learned again"),
    "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"not "
    "s3\",\"eventTime\":\"2026-05-14T10:05:28.957Z\","
    "\"eventName\":\"ObjectCreated:Put\",\"userIdentity\":{\"principalId\":\"AWS:AIDAX\"},\"s3\":{\"bucket\":"
    "{\"name\":"
    "\"b\"},\"object\":{\"key\":\"alike in all but its source\",\"size\":7,\"sequencer\":\"00A1\"}}}]}",
    "{\"Records\":[" RECORD("no end", "7", "") "}",
    PLAIN("last"),
};

/* What a text delivers, with places as they are `line` lines and `offset` bytes further on. */
struct seen {
    struct buf out;
    uint64_t line, offset;
};

static void on_s3(void *ctx, const struct s3_record *r)
{
    struct seen *s = ctx;
    buf_printf(&s->out, "%.*s %.*s [%.*s] %lld %.*s %.*s [%.*s] %llu", SLICE_ARG(r->event_name),
               SLICE_ARG(r->bucket), SLICE_ARG(r->key), (long long)r->time, SLICE_ARG(r->principal),
               SLICE_ARG(r->sequencer), SLICE_ARG(r->version_id), (unsigned long long)r->size);
    buf_printf(&s->out, " at %llu, %llu\n", (unsigned long long)(r->loc.line + s->line),
               (unsigned long long)(r->loc.offset + s->offset));
}

static void on_entry(void *ctx, const struct entry *e)
{
    struct seen *s = ctx;
    buf_printf(&s->out, "entry %.*s\n", SLICE_ARG(e->text));
}

static void read_text(struct slice text, struct seen *s)
{
    struct sink sink = {.ctx = s, .s3 = on_s3, .entry = on_entry};
    struct source source;
    struct input in;
    source_init(&source, "x", NULL);
    source.memory = text;
    assert_true(input_open(&in, &source, false));
    container_json.parse(&in, &sink);
    input_done(&in);
    for (size_t i = 0; i < source.anomalies.n; i++) {
        const struct anomaly *a = &source.anomalies.v[i];
        buf_printf(&s->out, "%d %s at %llu, %llu\n", a->kind, a->detail,
                   (unsigned long long)(a->line + s->line), (unsigned long long)(a->offset + s->offset));
    }
    buf_printf(&s->out, "%llu records, %llu unrecognised\n", (unsigned long long)source.records,
               (unsigned long long)source.unrecognised_lines);
    source_done(&source);
}

/* `first` makes the shape known by which `second` may be read: together they give what each gives alone. */
static void compare(struct slice first, struct slice second)
{
    struct seen alone = {.line = 1, .offset = first.n}, both = {.line = 0}, before = {.line = 0};
    struct buf text;
    buf_init(&text, 0);
    buf_init(&alone.out, 0);
    buf_init(&both.out, 0);
    buf_init(&before.out, 0);
    (void)(buf_append(&text, first) && buf_append(&text, second));
    read_text(first, &before);
    read_text(second, &alone);
    read_text(buf_slice(&text), &both);
    struct slice rest = buf_slice(&both.out), line, due = buf_slice(&alone.out), due_line;
    (void)text_line(&rest, &line); /* that of `first` */
    assert_true(slice_starts(buf_slice(&before.out), line));
    while (text_line(&due, &due_line) && due.n > 0)
        if (!text_line(&rest, &line) || !slice_eq(line, due_line))
            fail_msg("%.*s\n%.*s, not\n%.*s", SLICE_ARG(second), SLICE_ARG(line), SLICE_ARG(due_line));
    assert_true(text_line(&rest, &line) && rest.n == 0);
    buf_done(&text);
    buf_done(&alone.out);
    buf_done(&both.out);
    buf_done(&before.out);
}

static void each_behind_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof documents_in_a_row / sizeof *documents_in_a_row; i++)
        compare(SLICE(PLAIN("known") "\n"), slice_str(documents_in_a_row[i]));
}

/* All of them in one file: as many records, at their places, as in files of their own. */
static void in_a_row(void **state)
{
    struct seen alone = {.line = 0}, all = {.line = 0};
    struct buf text;
    (void)state;
    buf_init(&text, 0);
    buf_init(&alone.out, 0);
    buf_init(&all.out, 0);
    for (size_t i = 0; i < sizeof documents_in_a_row / sizeof *documents_in_a_row; i++) {
        struct slice document = slice_str(documents_in_a_row[i]);
        alone.line = i;
        alone.offset = text.n;
        if (i + 2 !=
            sizeof documents_in_a_row / sizeof *documents_in_a_row) /* "no end" takes the next line with it */
            read_text(document, &alone);
        (void)(buf_append(&text, document) && buf_byte(&text, '\n'));
    }
    read_text(buf_slice(&text), &all);
    struct slice rest = buf_slice(&all.out), due = buf_slice(&alone.out), line, due_line;
    size_t n = 0;
    while (text_line(&due, &due_line)) {
        if (!slice_starts(due_line, SLICE("ObjectCreated")))
            continue;
        do
            assert_true(text_line(&rest, &line));
        while (!slice_starts(line, SLICE("ObjectCreated")) || slice_find(line, SLICE("[no end]")) >= 0);
        if (!slice_eq(line, due_line))
            fail_msg("%.*s, not\n%.*s", SLICE_ARG(line), SLICE_ARG(due_line));
        n++;
    }
    assert_int_equal(n, 18);
    buf_done(&text);
    buf_done(&alone.out);
    buf_done(&all.out);
}

/* Opening an input costs 20 ms under the address sanitizer, see test_records.c. */
#if defined(__SANITIZE_ADDRESS__)
enum { STRIDE = 11 };
#else
enum { STRIDE = 1 };
#endif

/* A document like the one before, with any byte of it replaced, or cut before it. */
static void damaged(void **state)
{
    static const char damage[] = {'"', '{', ']', '9', '0', '\\', ' ', '\n', '-', '\0', 'a'};
    const struct slice known = SLICE(PLAIN("known") "\n"), whole = SLICE(PLAIN("k"));
    (void)state;
    for (size_t at = 0; at < whole.n; at += STRIDE) {
        compare(known, slice_head(whole, at));
        for (size_t i = at % 3; i < sizeof damage; i += 3) {
            char copy[512];
            assert_true(whole.n <= sizeof copy);
            memcpy(copy, whole.p, whole.n);
            copy[at] = damage[i];
            compare(known, slice_of(copy, whole.n));
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(learned),       cmocka_unit_test(too_much),
        cmocka_unit_test(read_by_shape), cmocka_unit_test(each_behind_another),
        cmocka_unit_test(in_a_row),      cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
