/* parsers/container_*.c and document_*.c: what each container delivers, written out by hand; that it is the
 * same when the text arrives cut at every byte; and that every place (line, offset) is where the entry
 * stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "parsers/container.h"
#include "tests/unit/container_samples.h"

/* ---- recording ---- */

struct recording {
    const struct row *row;
    size_t step;
    bool lines; /* places are those of lines, not of strings */
    struct buf out;
};

static void put_text(struct buf *out, struct slice text)
{
    for (; text.n; text = slice_skip(text, 1))
        if (*text.p == '\n')
            buf_append(out, SLICE("\\n"));
        else
            buf_byte(out, *text.p);
    buf_byte(out, '\n');
}

/* The place is where the text stands: at the start of its line, or of its string. */
static void check_place(const struct recording *r, struct loc loc, struct slice text)
{
    const char *piece = r->row->text + loc.source * r->step, *at = piece + loc.offset;
    uint32_t line = 1;
    assert_true(at <= r->row->text + strlen(r->row->text));
    for (const char *p = piece; p < at; p++)
        line += *p == '\n';
    if (loc.line != line)
        fail_msg("\"%.*s\" is in line %u, not %u (step %zu)", SLICE_ARG(text), line, loc.line, r->step);
    if (r->lines && at > r->row->text && at[-1] != '\n')
        fail_msg("\"%.*s\" is at %llu, in the middle of a line", SLICE_ARG(text),
                 (unsigned long long)loc.offset);
    if (!r->lines && text.n && *text.p != *at)
        fail_msg("\"%.*s\" is at %llu, where %.8s stands", SLICE_ARG(text), (unsigned long long)loc.offset,
                 at);
}

static void put_entry(struct recording *r, char what, const struct entry *e)
{
    buf_printf(&r->out, e->time == TIME_NONE ? "%c -" : "%c %lld", what, (long long)e->time);
    if (e->group.n)
        buf_printf(&r->out, " group=%.*s", SLICE_ARG(e->group));
    if (e->stream.n)
        buf_printf(&r->out, " stream=%.*s", SLICE_ARG(e->stream));
    if (e->id.n)
        buf_printf(&r->out, " id=%.*s", SLICE_ARG(e->id));
    buf_byte(&r->out, ' ');
    put_text(&r->out, e->text);
    check_place(r, e->loc, e->text);
}

static void on_entry(void *ctx, const struct entry *e)
{
    put_entry(ctx, 'E', e);
}

static void on_tail(void *ctx, const struct entry *e)
{
    put_entry(ctx, 'T', e);
}

static void on_orphan(void *ctx, struct slice text, struct loc loc)
{
    struct recording *r = ctx;
    buf_append(&r->out, SLICE("O "));
    put_text(&r->out, text);
    check_place(r, loc, text);
}

static void on_s3(void *ctx, const struct s3_record *s)
{
    struct recording *r = ctx;
    buf_printf(&r->out, "S %lld %.*s %.*s %.*s%s%.*s\n", (long long)s->time, SLICE_ARG(s->event_name),
               SLICE_ARG(s->bucket), SLICE_ARG(s->key), s->via.n ? " via " : "", SLICE_ARG(s->via));
}

/* ---- feeding ---- */

/* The counts of all pieces together, and each kind of anomaly once. */
static void put_counts(struct recording *r, const struct source *pieces, size_t n)
{
    uint64_t lines = 0, entries = 0, records = 0, unrecognised = 0;
    unsigned kinds = 0;
    for (size_t i = 0; i < n; i++) {
        lines += pieces[i].lines;
        entries += pieces[i].entries;
        records += pieces[i].records;
        unrecognised += pieces[i].unrecognised_lines;
        for (size_t k = 0; k < pieces[i].anomalies.n; k++)
            kinds |= 1u << pieces[i].anomalies.v[k].kind;
    }
    buf_printf(&r->out, "%llu lines, %llu entries, %llu records, %llu unrecognised;",
               (unsigned long long)lines, (unsigned long long)entries, (unsigned long long)records,
               (unsigned long long)unrecognised);
    for (unsigned kind = 0; kind < ANOMALY_KINDS; kind++)
        if (kinds >> kind & 1)
            buf_printf(&r->out, " %s", anomaly_name((enum anomaly_kind)kind));
}

/* Reads the row's text as a chain of sources of `step` bytes each, which the input joins without a seam. */
static void feed(const struct row *row, size_t step)
{
    size_t size = strlen(row->text), n = (size + step - 1) / step;
    struct source *pieces = calloc(n, sizeof *pieces);
    const struct container *container = container_by_name(slice_str(row->container));
    struct recording r = {.row = row, .step = step, .lines = strcmp(row->container, "json") != 0};
    const struct sink sink = {
        .ctx = &r, .entry = on_entry, .tail = on_tail, .orphan = on_orphan, .s3 = on_s3};
    struct input in;
    assert_non_null(pieces);
    assert_non_null(container);
    buf_init(&r.out, 0);
    for (size_t i = 0; i < n; i++) {
        source_init(&pieces[i], "piece", NULL);
        pieces[i].index = (uint32_t)i;
        pieces[i].memory = slice_head(slice_of(row->text + i * step, size - i * step), step);
        pieces[i].next = i + 1 < n ? &pieces[i + 1] : NULL;
    }
    assert_true(input_open(&in, &pieces[0], true));
    container->parse(&in, &sink);
    input_done(&in);
    put_counts(&r, pieces, n);
    if (!slice_eq(buf_slice(&r.out), slice_str(row->delivered)))
        fail_msg("%s, in pieces of %zu:\n%.*s\nand not:\n%s", row->container, step,
                 SLICE_ARG(buf_slice(&r.out)), row->delivered);
    for (size_t i = 0; i < n; i++)
        source_done(&pieces[i]);
    buf_done(&r.out);
    free(pieces);
}

static void feed_all(const char *container)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = strlen(rows[i].text);
        if (strcmp(rows[i].container, container) != 0)
            continue;
        feed(&rows[i], size);
        for (size_t step = 1; step < size; step += step < 40 ? 1 : 37)
            feed(&rows[i], step);
    }
}

#define FEED(name, container)                                                                                \
    static void name(void **state)                                                                           \
    {                                                                                                        \
        (void)state;                                                                                         \
        feed_all(container);                                                                                 \
    }
FEED(feeds_export, "cloudwatch-export")
FEED(feeds_tail, "aws-logs-tail")
FEED(feeds_sam, "sam-logs")
FEED(feeds_awslogs, "awslogs")
FEED(feeds_cw, "cw")
FEED(feeds_serverless, "serverless-logs")
FEED(feeds_table, "table")
FEED(feeds_bare, "lambda-text")
FEED(feeds_csv, "csv")
FEED(feeds_json, "json")

/* ---- choosing ---- */

/* Each text is recognised as what it is, and scoring survives any cut. */
static void chosen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct container *second;
        size_t size = strlen(rows[i].text);
        const struct container *best = container_choose(slice_of(rows[i].text, size), &second);
        if (!best || strcmp(best->name, rows[i].container) != 0)
            fail_msg("row %zu is taken for %s, not %s", i, best ? best->name : "nothing", rows[i].container);
        for (size_t n = 0; n < size; n++) {
            char *copy = malloc(n ? n : 1); /* so that a sanitizer sees a read too far */
            assert_non_null(copy);
            memcpy(copy, rows[i].text, n);
            (void)container_choose(slice_of(copy, n), &second);
            free(copy);
        }
    }
}

static void not_chosen(void **state)
{
    static const char *const texts[] = {"",
                                        "\n\n",
                                        "hello world\n",
                                        ("\x7f"
                                         "ELF\x02\x01"),
                                        "<html></html>",
                                        "[1,2,3]",
                                        "a,b\n1,2\n"};
    const struct container *second;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct container *best = container_choose(slice_str(texts[i]), &second);
        if (best)
            fail_msg("\"%s\" is taken for %s", texts[i], best->name);
    }
    assert_null(container_by_name(SLICE("no such")));
    assert_null(container_by_name(SLICE("")));
}

/* An entry over the limit: its beginning is delivered, its rest is dropped, the next entry is whole. */
static void over_long(void **state)
{
    static const char head[] = "2024-01-27T17:12:44.122Z big ", next[] = "\n2024-01-27T17:12:45.000Z next\n";
    size_t big = 5 * LIMIT_ENTRY; /* the limit is looked at when more is read, so it is passed by far */
    struct buf text;
    (void)state;
    buf_init(&text, 0);
    buf_append(&text, slice_str(head));
    buf_reserve(&text, big);
    memset(text.p + text.n, 'x', big);
    text.n += big;
    buf_append(&text, slice_str(next));
    buf_byte(&text, '\0');
    const struct row row = {"cloudwatch-export", text.p, NULL};
    struct recording r = {.row = &row, .step = text.n, .lines = true};
    const struct sink sink = {
        .ctx = &r, .entry = on_entry, .tail = on_tail, .orphan = on_orphan, .s3 = on_s3};
    struct source source;
    struct input in;
    buf_init(&r.out, 0);
    source_init(&source, "x", NULL);
    source.memory = slice_of(text.p, text.n - 1);
    assert_true(input_open(&in, &source, false));
    container_export.parse(&in, &sink);
    input_done(&in);
    assert_true(slice_starts(buf_slice(&r.out), SLICE("E 1706375564122 big xxx")));
    assert_true(slice_ends(buf_slice(&r.out), SLICE("x\nT 1706375565000 next\n")));
    assert_true(r.out.n > LIMIT_ENTRY && r.out.n < big);
    assert_int_equal(source.anomalies.n, 1);
    assert_int_equal(source.anomalies.v[0].kind, ANOMALY_TOO_LONG);
    assert_int_equal(source.anomalies.v[0].line, 1);
    source_done(&source);
    buf_done(&r.out);
    buf_done(&text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(feeds_cw),      cmocka_unit_test(feeds_serverless), cmocka_unit_test(feeds_table),
        cmocka_unit_test(feeds_export),  cmocka_unit_test(feeds_tail),       cmocka_unit_test(feeds_sam),
        cmocka_unit_test(feeds_awslogs), cmocka_unit_test(feeds_bare),       cmocka_unit_test(feeds_csv),
        cmocka_unit_test(feeds_json),    cmocka_unit_test(chosen),           cmocka_unit_test(not_chosen),
        cmocka_unit_test(over_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
