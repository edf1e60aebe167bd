/* parsers/archive.c: what each kind of archive gives, made here by libarchive, and that every limit holds with
 * what was read before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "parsers/archive.h"
#include "parsers/limits.h"

#include <archive.h>
#include <archive_entry.h>

enum { ROOM = 1 << 20 };

static struct slice packed(struct arena *m, int (*format)(struct archive *), const char *const *names)
{
    struct archive *a = archive_write_new();
    char *out = arena_alloc(m, ROOM);
    size_t n = 0;
    assert_int_equal(format(a), ARCHIVE_OK);
    assert_int_equal(archive_write_open_memory(a, out, ROOM, &n), ARCHIVE_OK);
    for (; *names; names++) {
        struct archive_entry *e = archive_entry_new();
        const char *text = arena_printf(m, "text of %s\n", *names);
        archive_entry_set_pathname(e, *names);
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_size(e, (la_int64_t)strlen(text));
        assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
        assert_int_equal(archive_write_data(a, text, strlen(text)), (la_ssize_t)strlen(text));
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
    return slice_of(out, n);
}

struct seen {
    struct buf list; /* a line for each member */
    size_t n;
};

static void on_member(void *ctx, struct archive_member *m)
{
    struct seen *seen = ctx;
    seen->n++;
    buf_printf(&seen->list, "%.*s: %.*s%s", SLICE_ARG(m->path), (int)m->n, m->bytes ? m->bytes : "",
               m->damage ? " (damage)" : "");
    free(m->bytes);
}

static struct seen unpack(struct source *s, struct slice stored, struct archive_budget *budget)
{
    struct seen seen = {.n = 0};
    buf_init(&seen.list, 0);
    source_init(s, "test", NULL);
    s->memory = stored;
    assert_true(archive_is(s));
    archive_unpack(s, budget, on_member, &seen);
    assert_true(archive_unpacked(s));
    assert_int_equal(s->bytes_read, stored.n);
    return seen;
}

static const char *const names[] = {"a/b.log", ".DS_Store", "a/.hidden/c", "../../up.log", "/root.log", NULL};
#define MEMBERS                                                                                              \
    "a/b.log: text of a/b.log\n"                                                                             \
    "../../up.log: text of ../../up.log\n"                                                                   \
    "/root.log: text of /root.log\n"

static void expect(struct slice stored, const char *compression)
{
    struct source s;
    struct archive_budget budget = {1 << 20, 100};
    struct seen seen = unpack(&s, stored, &budget);
    assert_int_equal(seen.list.n, sizeof MEMBERS - 1);
    assert_memory_equal(seen.list.p, MEMBERS, sizeof MEMBERS - 1);
    assert_string_equal(s.compression, compression);
    assert_int_equal(s.anomalies.n, 0);
    assert_int_equal(budget.members, 95);
    buf_done(&seen.list);
    source_done(&s);
}

static void test_kinds(void **state)
{
    struct arena m;
    (void)state;
    arena_init(&m);
    expect(packed(&m, archive_write_set_format_ustar, names), "tar");
    expect(packed(&m, archive_write_set_format_pax, names), "tar");
    expect(packed(&m, archive_write_set_format_gnutar, names), "tar");
    expect(packed(&m, archive_write_set_format_zip, names), "zip");
    expect(packed(&m, archive_write_set_format_7zip, names), "7z");
    arena_done(&m);
}

static void test_none(void **state)
{
    static const struct slice none[] = {{"", 0}, {"PK", 2}, {"2024-01-27T17:12:44.122Z x\n", 27}, {"7z", 2}};
    char text[1024];
    struct source s;
    (void)state;
    source_init(&s, "test", NULL);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        s.memory = none[i];
        assert_false(archive_is(&s));
    }
    memset(text, 'x', sizeof text);
    memcpy(text + 257, "ustar", 5); /* without a checksum */
    s.memory = slice_of(text, sizeof text);
    assert_false(archive_is(&s));
    source_done(&s);
}

/* The budget is used up in the middle: what came before is there, and the archive says where it ended. */
static void expect_limit(struct archive_budget budget, size_t members)
{
    struct arena m;
    struct source s;
    arena_init(&m);
    struct seen seen = unpack(&s, packed(&m, archive_write_set_format_ustar, names), &budget);
    assert_int_equal(seen.n, members);
    assert_memory_equal(seen.list.p, MEMBERS, 25);
    assert_int_equal(s.anomalies.n, 1);
    assert_int_equal(s.anomalies.v[0].kind, ANOMALY_ARCHIVE);
    assert_in_range(s.anomalies.v[0].offset, 1024, 8 * 512); /* not at the first member */
    buf_done(&seen.list);
    source_done(&s);
    arena_done(&m);
}

static void test_limits(void **state)
{
    (void)state;
    expect_limit((struct archive_budget){1 << 20, 3}, 1);                   /* two of the three are hidden */
    expect_limit((struct archive_budget){ARCHIVE_MEMBER_COST + 100, 9}, 1); /* no room for the next */
}

/* Cut at every byte: members before the cut are whole, nothing is invented. */
static void test_cut(void **state)
{
    struct arena m;
    (void)state;
    arena_init(&m);
    int (*const formats[])(struct archive *) = {archive_write_set_format_ustar, archive_write_set_format_zip,
                                                archive_write_set_format_7zip};
    for (size_t f = 0; f < 3; f++) {
        struct slice whole = packed(&m, formats[f], names);
        for (size_t n = 512; n < whole.n && n < 4096; n++) {
            struct source s;
            struct archive_budget budget = {1 << 20, 100};
            struct seen seen = unpack(&s, slice_head(whole, n), &budget);
            size_t same = seen.list.n < 25 ? seen.list.n : 25;
            assert_memory_equal(seen.list.p ? seen.list.p : "", MEMBERS, same < 9 ? same : 9);
            assert_true(seen.n <= 3);
            buf_done(&seen.list);
            source_done(&s);
        }
    }
    arena_done(&m);
}

static void test_refuse(void **state)
{
    struct arena m;
    struct source s;
    (void)state;
    arena_init(&m);
    source_init(&s, "test", NULL);
    s.memory = packed(&m, archive_write_set_format_zip, names);
    archive_refuse(&s);
    assert_true(archive_unpacked(&s));
    assert_int_equal(s.anomalies.v[0].kind, ANOMALY_NESTED_TOO_DEEP);
    assert_int_equal(s.bytes_read, s.memory.n);
    source_done(&s);
    arena_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds), cmocka_unit_test(test_none),   cmocka_unit_test(test_limits),
        cmocka_unit_test(test_cut),   cmocka_unit_test(test_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
