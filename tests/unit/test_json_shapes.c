/* parsers/json_shapes.h, and the S3 records read by it: what a shape gives is what the pull reader gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/container.h"
#include "parsers/json_shapes.h"
#include "parsers/record_s3.h"

/* Wants all values of the text, which it finds as the reader does not: everything in quotes that no colon follows, and all
 * digits with a point. */
static void want_all(struct slice text, struct json_found *ret)
{
    ret->n = 0;
    for (size_t i = 0, end; i < text.n; i = end + 1) {
        bool string = text.p[i] == '"', digit = text.p[i] >= '0' && text.p[i] <= '9';
        end = i;
        if (!string && !digit)
            continue;
        for (end = i + 1;
             end < text.n && (string ? text.p[end] != '"' : strchr("0123456789.", text.p[end]) != NULL);)
            end++;
        size_t after = end + 1;
        while (after < text.n && text.p[after] == ' ')
            after++;
        bool key = string && after < text.n && text.p[after] == ':';
        struct slice value = slice_of(text.p + i + string, end - i - string);
        if (ret->n < JSON_SHAPES_VALUES && !key) {
            ret->fields[ret->n] = (struct json_field){value, (uint8_t)(ret->n + 1)};
            ret->n++;
        }
        end -= !string;
    }
}

/* What is read of `second` by what is known of `first`: its values, parted by `|`, and its length; nothing when it is not
 * read. */
static void read_by(const char *first, const char *second, struct buf *out)
{
    struct json_shapes known = {.tried = 0};
    struct json_found found;
    want_all(slice_str(first), &found);
    found.outcome = 7;
    json_shapes_learn(&known, slice_str(first), &found, NULL);
    size_t n = json_shapes_read(&known, slice_str(second), &found);
    buf_clear(out);
    for (size_t i = 0; n && i < found.n; i++) {
        assert_int_equal(found.fields[i].field, i + 1);
        buf_printf(out, "%.*s|", SLICE_ARG(found.fields[i].text));
    }
    if (n) {
        assert_int_equal(found.outcome, 7);
        buf_printf(out, "%zu", n);
    }
    json_shapes_done(&known);
}

static void learned(void **state)
{
    static const struct {
        const char *text, *values;
    } rows[] = {
        {"{\"a\":\"x\",\"n\":12,\"t\":true,\"k\" : \"v\",\"l\":[\"\",0,0.50]}", "x|12|v||0|0.50|51"},
        {"[1.0,7,null]", "1.0|7|12"},
        {"{\"a\":{\"a\":\"a\"}}", "a|15"},
        {"[1234567890123456789]", ""}, /* may not fit a number: it stands for itself, and cannot be wanted */
        {"[1e5,7]", ""},
        {"{\"a\":\"x\\n\"}", ""},
        {"{\"a\":null}", ""},
        {"{}", ""},
        {"\"x\"", ""},
        {"12", ""},
        {"", ""},
    };
    struct buf out;
    (void)state;
    buf_init(&out, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        read_by(rows[i].text, rows[i].text, &out);
        if (!slice_eq(buf_slice(&out), slice_str(rows[i].values)))
            fail_msg("%s: %.*s", rows[i].text, SLICE_ARG(buf_slice(&out)));
    }
    buf_done(&out);
}

/* Read by the shape of {"a":"x","n":12}. */
static void read_by_shape(void **state)
{
    static const struct {
        const char *text, *values;
    } rows[] = {
        {"{\"a\":\"x\",\"n\":12}", "x|12|16"},
        {"{\"a\":\"\",\"n\":0}", "|0|14"},
        {"{\"a\":\"a longer one, \xc3\xa9 and {}\",\"n\":123456789012345678}more",
         "a longer one, \xc3\xa9 and {}|123456789012345678|54"},
        {"{\"a\":\"x\",\"n\":1.50}", "x|1.50|18"},
        {"{\"a\":\"x\",\"n\":1234567890123456789}", ""},
        {"{\"a\":\"x\",\"n\":012}", ""},
        {"{\"a\":\"x\",\"n\":-1}", ""},
        {"{\"a\":\"x\",\"n\":1.}", ""},
        {"{\"a\":\"x\",\"n\":.5}", ""},
        {"{\"a\":\"x\",\"n\":1e5}", ""},
        {"{\"a\":\"x\",\"n\":1.5e5}", ""},
        {"{\"a\":\"x\",\"n\":}", ""},
        {"{\"a\":\"x\",\"n\":\"12\"}", ""},
        {"{\"a\":\"\\n\",\"n\":12}", ""},
        {"{\"a\":\"\t\",\"n\":12}", ""},
        {"{\"a\":\"x\", \"n\":12}", ""},
        {"{\"b\":\"x\",\"n\":12}", ""},
        {"{\"a\":\"x\",\"n\":12]", ""},
        {"{\"a\":\"x\",\"n\":12", ""},
        {"{\"a\":\"x", ""},
        {"", ""},
    };
    struct buf out;
    (void)state;
    buf_init(&out, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        read_by("{\"a\":\"x\",\"n\":12}", rows[i].text, &out);
        if (!slice_eq(buf_slice(&out), slice_str(rows[i].values)))
            fail_msg("%s: %.*s", rows[i].text, SLICE_ARG(buf_slice(&out)));
    }
    buf_done(&out);
}

/* [1,1,…]: as many values as that; one more is too many. */
static void most_values(void **state)
{
    struct buf b, out;
    (void)state;
    buf_init(&out, 0);
    for (size_t n = JSON_SHAPES_VALUES - 1; n <= JSON_SHAPES_VALUES + 1; n++) {
        buf_init(&b, 0);
        for (size_t i = 0; i < n; i++)
            (void)buf_append(&b, i ? SLICE(",1") : SLICE("[1"));
        (void)buf_append(&b, SLICE("]\0"));
        read_by(b.p, b.p, &out);
        assert_int_equal(out.n > 0, n <= JSON_SHAPES_VALUES);
        buf_done(&b);
    }
    buf_done(&out);
}

static void learn(struct json_shapes *known, const char *text)
{
    struct json_found none = {.n = 0};
    json_shapes_learn(known, slice_str(text), &none, NULL);
}

static size_t reads(struct json_shapes *known, const char *text)
{
    struct json_found found;
    return json_shapes_read(known, slice_str(text), &found);
}

/* Shapes that begin alike, and the same one twice. */
static void branches(void **state)
{
    static const char *const rows[] = {"{\"a\":\"1\"}", "{\"a\":\"2\",\"b\":3}", "{\"a\":\"4\",\"b\":\"5\"}",
                                       "{\"a\":6}",     "{\"c\":\"7\"}",         "[\"8\"]"};
    struct json_shapes known = {.tried = 0};
    size_t parts = 0;
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            learn(&known, rows[i]);
        assert_true(round == 0 || known.parts.n == parts);
        parts = known.parts.n;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            assert_int_equal(reads(&known, rows[i]), strlen(rows[i]));
    }
    assert_int_equal(parts,
                     1 + 2 + 2 + 2 + 2 + 2 + 2); /* the begin, and two of each: "a":" is shared by three */
    json_shapes_done(&known);
}

/* A string that stands for itself. */
static void fixed(void **state)
{
    static const char text[] = "{\"type\":\"start\",\"id\":\"1\"}";
    struct json_shapes known = {.tried = 0};
    struct json_found none = {.n = 0};
    (void)state;
    json_shapes_learn(&known, slice_str(text), &none, strstr(text, "start"));
    assert_int_equal(reads(&known, "{\"type\":\"start\",\"id\":\"22\"}"), strlen(text) + 1);
    assert_int_equal(reads(&known, "{\"type\":\"other\",\"id\":\"22\"}"), 0);
    json_shapes_done(&known);
}

/* Texts that never look alike: after a while none is learned any more, until another source begins. The latest are known. */
static void no_use(void **state)
{
    enum { TEXTS = 3000, TRIES_FREE = 256 };
    struct json_shapes known = {.tried = 0};
    char text[64];
    (void)state;
    for (size_t i = 0; i < TEXTS; i++) {
        snprintf(text, sizeof text, "{\"key%zu\":\"value\"}", i);
        learn(&known, text);
    }
    assert_int_equal(known.tried, TRIES_FREE);
    assert_int_equal(known.parts.n, 1 + TRIES_FREE * 2);
    assert_int_equal(reads(&known, "{\"key255\":\"\"}"), 13);
    assert_int_equal(reads(&known, "{\"key224\":\"\"}"), 13);
    assert_int_equal(reads(&known, "{\"key223\":\"\"}"), 0);
    learn(&known, "{\"usual\":\"value\"}");
    assert_int_equal(reads(&known, "{\"usual\":\"\"}"), 0);
    json_shapes_begin(&known);
    learn(&known, "{\"usual\":\"value\"}");
    assert_int_equal(reads(&known, "{\"usual\":\"\"}"), 12);
    json_shapes_done(&known);
}

/* What was met lately outlasts what was learned before it. */
static void latest(void **state)
{
    struct json_shapes known = {.tried = 0};
    char text[64];
    (void)state;
    learn(&known, "{\"usual\":\"value\"}");
    for (size_t i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "{\"key%zu\":\"value\"}", i);
        learn(&known, text);
        assert_int_equal(reads(&known, "{\"usual\":\"\"}"), 12);
    }
    json_shapes_done(&known);
}

/* What will not be learned is not looked at, and does not count. */
static void may_learn(void **state)
{
    static const char *const rows[] = {"", "12", "\"x\"", "{\"a\":\"\\n\"}", " {\"a\":1}"};
    struct json_shapes known = {.tried = 0};
    (void)state;
    assert_true(json_shapes_may_learn(&known, SLICE("{\"a\":1}")));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_false(json_shapes_may_learn(&known, slice_str(rows[i])));
        learn(&known, rows[i]);
    }
    assert_int_equal(known.tried, 0);
    known.tried = 1000;
    assert_false(json_shapes_may_learn(&known, SLICE("{\"a\":1}")));
    known.used = 8000;
    assert_true(json_shapes_may_learn(&known, SLICE("{\"a\":1}")));
    json_shapes_done(&known);
}

/* A tree that would pass its limits begins anew. */
static void forgotten(void **state)
{
    struct json_shapes known = {.tried = 0};
    struct buf b;
    size_t most = 0;
    (void)state;
    buf_init(&b, 0);
    for (size_t i = 0; i < 200; i++) {
        buf_clear(&b);
        buf_printf(&b, "{\"a%zu\":%*s\"x\",\"b%zu\":1}", i % 20, 4000, "", i);
        (void)buf_append(&b, SLICE("\0"));
        learn(&known, b.p);
        assert_int_equal(reads(&known, b.p), b.n - 1);
        assert_true(known.bytes.n <= JSON_SHAPES_BYTES && known.parts.n <= JSON_SHAPES_PARTS);
        most = known.bytes.n > most ? known.bytes.n : most;
    }
    assert_true(most > JSON_SHAPES_BYTES - 5000);
    buf_done(&b);
    json_shapes_done(&known);
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
    DOCUMENT(RECORD("another shape each", "1", ",\"a\":1")),
    DOCUMENT(RECORD("x", "1", ",\"b\":1")),
    DOCUMENT(RECORD("x", "1", ",\"c\":1")),
    DOCUMENT(RECORD("x", "1", ",\"d\":1")),
    PLAIN("and the first one"),
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
    buf_printf(&s->out, "%.*s %.*s [%.*s] %lld %.*s %.*s [%.*s]", SLICE_ARG(r->event_name),
               SLICE_ARG(r->bucket), SLICE_ARG(r->key), (long long)r->time, SLICE_ARG(r->principal),
               SLICE_ARG(r->sequencer), SLICE_ARG(r->version_id));
    buf_printf(&s->out, " at %llu, %llu\n", (unsigned long long)(r->loc.line + s->line),
               (unsigned long long)(r->loc.offset + s->offset));
}

static void on_entry(void *ctx, const struct entry *e)
{
    struct seen *s = ctx;
    buf_printf(&s->out, "entry %.*s\n", SLICE_ARG(e->text));
}

/* A control byte in a key is noted each time, also of a record like the one before. */
static void odd_key(void **state)
{
    static const char record[] =
        "{\"eventSource\":\"aws:s3\",\"o\tdd\":\"x\",\"s3\":{\"bucket\":{\"name\":\"b\"}}}";
    struct json_shapes known = {.tried = 0};
    struct seen s = {.line = 0};
    struct sink sink = {.ctx = &s, .s3 = on_s3};
    struct buf scratch;
    (void)state;
    buf_init(&s.out, 0);
    buf_init(&scratch, 0);
    for (int i = 0; i < 2; i++) {
        struct json j;
        json_init(&j, slice_str(record));
        assert_true(record_s3(&j, &known, SLICE(""), LOC_NONE, &scratch, &sink));
        assert_non_null(j.odd);
    }
    buf_done(&s.out);
    buf_done(&scratch);
    json_shapes_done(&known);
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
        cmocka_unit_test(learned),
        cmocka_unit_test(read_by_shape),
        cmocka_unit_test(most_values),
        cmocka_unit_test(branches),
        cmocka_unit_test(fixed),
        cmocka_unit_test(no_use),
        cmocka_unit_test(latest),
        cmocka_unit_test(may_learn),
        cmocka_unit_test(odd_key),
        cmocka_unit_test(forgotten),
        cmocka_unit_test(each_behind_another),
        cmocka_unit_test(in_a_row),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
