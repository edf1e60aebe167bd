/* parsers/document_window.c: a document that is longer than the window is read item by item. Nothing of it is lost, each
 * place is where the message stands, and memory does not grow with it; nor is more lost behind damage than of a small one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "parsers/container.h"

enum { ITEMS = 12000, WINDOW_MAX = 512 * 1024 }; /* 1 MB and more of text */

struct row {
    /* In what is written, # is the item's number and ~ more than fits a window. */
    const char *what, *before, *item, *between, *after;
    size_t copies;       /* of all of that, one behind the other */
    size_t items;        /* 0: ITEMS */
    const char *special; /* stands in the place of item `at` and what is between it and the next; or NULL */
    size_t at, lost;     /* that one or the next is not delivered */
    enum anomaly_kind anomaly;
};

#define EVENT "{\"logStreamName\":\"s\",\"timestamp\":1700000000000,\"message\":\"message #\"}"
#define CELLS                                                                                                \
    "[{\"field\":\"@timestamp\",\"value\":\"2024-01-01\"},{\"field\":\"@message\",\"value\":\"message #\"}]"
#define RECORD                                                                                               \
    "{\"eventSource\":\"aws:s3\",\"eventTime\":\"2024-01-01T00:00:00.000Z\",\"eventName\":"                  \
    "\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"message-#\"}}}"

static const struct row rows[] = {
    {.what = "events", .before = "{\"events\":[", EVENT, ",", "]}", .copies = 1},
    {.what = "pretty", .before = "{\n \"events\": [\n  ", EVENT, ",\n  ", "\n ]\n}\n", .copies = 1},
    {.what = "members round it",
     .before = "{\"meta\":{\"a\":{},\"b\":[{}]},\"events\":[",
     EVENT,
     ",",
     "],\"searchedLogStreams\":[{\"logStreamName\":\"s\"},{}],\"nextToken\":\"t\"}",
     .copies = 1},
    {.what = "a long member behind it",
     .before = "{\"events\":[",
     EVENT,
     ",",
     "],\"nextToken\":\"~\"}",
     .copies = 3},
    {.what = "pages", .before = "{\"events\":[", EVENT, ",", "],\"nextToken\":\"t\"}", .copies = 3},
    {.what = "pages in lines", .before = "{\"events\":[", EVENT, ",", "]}\n", .copies = 3},
    {.what = "an array", .before = "[\n", EVENT, ",\n", "]", .copies = 1},
    {.what = "insights", .before = "{\"results\":[", CELLS, ",", "],\"status\":\"Complete\"}", .copies = 1},
    {.what = "records", .before = "{\"Records\":[", RECORD, ",", "]}", .copies = 2},
    /* What is lost is the item with the damage, or, where a comma is missing, the one behind it. */
    {.what = "no comma",
     .before = "{\"events\":[",
     EVENT,
     ",",
     "]}",
     .copies = 1,
     .special = EVENT,
     .at = ITEMS / 2,
     .lost = ITEMS / 2 + 1,
     .anomaly = ANOMALY_JSON_DAMAGED},
    {.what = "no comma between lines",
     .before = "[\n",
     "{\n\"timestamp\":1,\n\"message\":\"message #\"\n}",
     ",\n",
     "]",
     .copies = 1,
     .special = EVENT,
     .at = ITEMS / 2,
     .lost = ITEMS / 2 + 1,
     .anomaly = ANOMALY_JSON_DAMAGED},
    {.what = "no comma where the window ends",
     .before = "{\"events\":[",
     "{\"message\":\"message #\",\"timestamp\":1,\"eventId\":\"~\"}",
     ",",
     "]}",
     .copies = 1,
     .items = 20,
     .special = "{\"message\":\"message #\",\"timestamp\":1,\"eventId\":\"~\"}",
     .at = 10,
     .lost = 11,
     .anomaly = ANOMALY_JSON_DAMAGED},
    {.what = "no value",
     .before = "{\"events\":[",
     EVENT,
     ",",
     "]}",
     .copies = 2,
     .special = "{\"message\":},",
     .at = 9,
     .lost = 9,
     .anomaly = ANOMALY_JSON_DAMAGED},
    {.what = "two objects in one",
     .before = "[",
     EVENT,
     ",",
     "]",
     .copies = 1,
     .special = "{\"a\":1 {\"b\":2}},",
     .at = ITEMS - 2,
     .lost = ITEMS - 2,
     .anomaly = ANOMALY_JSON_DAMAGED},
    {.what = "cut",
     .before = "{\"events\":[",
     EVENT,
     ",",
     "",
     .copies = 1,
     .special = "{\"message\":\"mess",
     .at = ITEMS - 1,
     .lost = ITEMS - 1,
     .anomaly = ANOMALY_JSON_TRUNCATED},
};

static size_t items_of(const struct row *row)
{
    return row->items ? row->items : ITEMS;
}

static size_t due_of(const struct row *row)
{
    return items_of(row) - (row->special != NULL);
}

struct reading {
    const struct row *row;
    struct slice text;
    size_t delivered, place; /* up to which lines were counted */
    uint32_t line;
};

static void put(struct buf *text, const char *part, size_t number)
{
    for (; *part; part++) {
        if (*part == '#')
            buf_printf(text, "%zu", number);
        else
            buf_byte(text, *part == '~' ? 't' : *part);
        for (size_t i = 0; *part == '~' && i < WINDOW_MAX / 2; i++)
            buf_byte(text, 't');
    }
}

static void write_text(const struct row *row, struct buf *text)
{
    for (size_t copy = 0; copy < row->copies; copy++) {
        buf_append(text, slice_str(row->before));
        for (size_t i = 0; i < items_of(row); i++) {
            bool special = row->special && i == row->at;
            put(text, special ? row->special : row->item, i);
            if (!special && i + 1 < items_of(row))
                buf_append(text, slice_str(row->between));
        }
        put(text, row->after, 0);
    }
}

static void check_number(struct reading *r, struct slice said)
{
    char due[32];
    size_t number = r->delivered++ % due_of(r->row);
    number += r->row->special && number >= r->row->lost;
    snprintf(due, sizeof due, "message%c%zu", said.n > 7 ? said.p[7] : ' ', number);
    if (!slice_eq(said, slice_str(due)))
        fail_msg("%s: \"%.*s\", not \"%s\"", r->row->what, SLICE_ARG(said), due);
}

static void on_entry(void *ctx, const struct entry *e)
{
    struct reading *r = ctx;
    check_number(r, e->text);
    assert_true(e->loc.offset > r->place && e->loc.offset < r->text.n);
    for (; r->place < e->loc.offset; r->place++)
        r->line += r->text.p[r->place] == '\n';
    assert_int_equal(e->loc.line, r->line);
    assert_true(slice_starts(slice_skip(r->text, e->loc.offset), e->text));
}

static void on_s3(void *ctx, const struct s3_record *s)
{
    check_number(ctx, s->key);
}

static void read_text(const struct row *row, struct slice text)
{
    struct reading r = {.row = row, .text = text, .line = 1};
    const struct sink sink = {.ctx = &r, .entry = on_entry, .tail = on_entry, .s3 = on_s3};
    struct source source;
    struct input in;
    source_init(&source, "large.json", NULL);
    source.memory = text;
    assert_true(input_open(&in, &source, true));
    container_json.parse(&in, &sink);
    if (!row->special && in.window.cap > WINDOW_MAX)
        fail_msg("%s: a window of %zu bytes", row->what, in.window.cap);
    input_done(&in);
    if (r.delivered != row->copies * due_of(row))
        fail_msg("%s: %zu delivered, not %zu", row->what, r.delivered, row->copies * due_of(row));
    assert_int_equal(source.anomalies.n, row->special != NULL);
    if (source.anomalies.n)
        assert_int_equal(source.anomalies.v[0].kind, row->anomaly);
    assert_int_equal(source.unrecognised_lines, 0);
    source_done(&source);
}

static void item_by_item(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf text;
        buf_init(&text, 0);
        write_text(&rows[i], &text);
        read_text(&rows[i], buf_slice(&text));
        buf_done(&text);
    }
}

/* Items of which no reader can make anything: the array is unrecognised at its begin, as a small one is, and no damage. */
static void of_no_use(void **state)
{
    static const struct row row = {.before = "\n[\n ",
                                   .item =
                                       "{\n  \"timestamp\": \"2024-01-01T00:00:00.000Z\",\n  \"value\": #\n}",
                                   .between = ",\n",
                                   .after = "]\n",
                                   .copies = 1};
    const struct sink sink = {.entry = NULL};
    struct source source;
    struct input in;
    struct buf text;
    (void)state;
    buf_init(&text, 0);
    write_text(&row, &text);
    source_init(&source, "large.json", NULL);
    source.memory = buf_slice(&text);
    assert_true(input_open(&in, &source, true));
    container_json.parse(&in, &sink);
    assert_true(in.window.cap <= WINDOW_MAX);
    input_done(&in);
    assert_int_equal(source.unrecognised_lines, 1);
    assert_int_equal(source.first_unrecognised.line, 2);
    assert_true(slice_eq(source.first_line, SLICE("[")));
    assert_int_equal(source.anomalies.n, 0);
    source_done(&source);
    buf_done(&text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(item_by_item),
        cmocka_unit_test(of_no_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
