/* forensics/place.h: what a path says (contract.md, "The function's name"), and which files are pieces of
 * one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forensics/place.h"

#define HEX  "88ab0123456789abcdef0123456789ab"
#define TASK "01234567-89ab-cdef-0123-456789abcdef"

static void from_path(void **state)
{
    static const struct {
        const char *path, *stream, *function, *group, *folder;
    } rows[] = {
        {"x.gz", "", "", "", "."},
        {"logs/x.gz", "", "", "", "logs"},
        {"/evidence/case-7/x.log", "", "", "", "case-7"},
        {"exports/" TASK "/2024-01-27-[$LATEST]" HEX "/000000.gz", "2024/01/27/[$LATEST]" HEX, "", "",
         "exports"},
        {TASK "/2024-01-27-[17]" HEX "/000000.gz", "2024/01/27/[17]" HEX, "", "", "."},
        {"exports/2024-01-27-orders-api[3]" HEX "/000000.gz", "2024/01/27/orders-api[3]" HEX, "", "",
         "exports"},
        {"aws/lambda/orders/" TASK "/2024-01-27-[$LATEST]" HEX "/000000.gz", "2024/01/27/[$LATEST]" HEX,
         "orders", "", "orders"},
        {"backup/aws/lambda/orders/a.log", "", "orders", "", "orders"},
        {"/aws/lambda/orders.json", "", "orders", "", "lambda"},
        {"aws/lambda/orders.json.gz", "", "orders", "", "lambda"},
        {"aws/lambda/orders.v2/a.json", "", "orders.v2", "", "orders.v2"}, /* a folder keeps its dots */
        {"aws/lambda/us-east-1.edge/a.gz", "", "us-east-1.edge", "", "us-east-1.edge"},
        {"my-aws/lambda/orders.json", "", "", "", "lambda"},
        {"aws/lambda2/orders.json", "", "", "", "lambda2"},
        {"API-Gateway-Execution-Logs_a1b2c3/prod/" TASK "/x/000000.gz", "", "",
         "API-Gateway-Execution-Logs_a1b2c3/prod", "x"},
        {"API-Gateway-Execution-Logs_a1b2c3.log", "", "", "API-Gateway-Execution-Logs_a1b2c3", "."},
        /* No streams. */
        {"exports/2024-01-27-[1]88ab/000000.gz", "", "", "", "2024-01-27-[1]88ab"},
        {"exports/2024-01-[1]" HEX "/000000.gz", "", "", "", "2024-01-[1]" HEX},
        {"exports/2024-01-27-" HEX "/000000.gz", "", "", "", "2024-01-27-" HEX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena;
        struct place p;
        arena_init(&arena);
        place_of(slice_str(rows[i].path), &arena, &p);
        if (!slice_eq(p.stream, slice_str(rows[i].stream)) ||
            !slice_eq(p.function, slice_str(rows[i].function)) ||
            !slice_eq(p.group, slice_str(rows[i].group)) || !slice_eq(p.folder, slice_str(rows[i].folder)))
            fail_msg("%s: stream %.*s, function %.*s, group %.*s, folder %.*s", rows[i].path,
                     SLICE_ARG(p.stream), SLICE_ARG(p.function), SLICE_ARG(p.group), SLICE_ARG(p.folder));
        arena_done(&arena);
    }
}

static void stream_parts(void **state)
{
    static const struct {
        const char *stream;
        bool ok;
        const char *function, *version;
    } rows[] = {
        {"2024/01/27/[$LATEST]" HEX, true, "", "$LATEST"},
        {"2023/07/05/[56]" HEX, true, "", "56"},
        {"2026/10/08/tenner-notifier[$LATEST]" HEX, true, "tenner-notifier", "$LATEST"},
        {"2026/10/08/a_b-c[1]" HEX, true, "a_b-c", "1"},
        {"2026/10/08/a[b][1]" HEX, true, "a[b]", "1"}, /* split from the right */
        {"2024/01/27/[$LATEST]88ab", false, "", ""},
        {"2024/01/27/$LATEST]" HEX, false, "", ""},
        {"2024/01/27/[$LATEST" HEX, false, "", ""},
        {"2024/01/27/" HEX, false, "", ""},
        {"[$LATEST]" HEX, false, "", ""},
        {"2024/01/27/[1]88ab0123456789abcdef0123456789ag", false, "", ""},
        {"", false, "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice function = {"", 0}, version = {"", 0};
        if (place_stream_parts(slice_str(rows[i].stream), &function, &version) != rows[i].ok)
            fail_msg("%s: %s", rows[i].stream, rows[i].ok ? "refused" : "taken");
        assert_true(slice_eq(function, slice_str(rows[i].function)));
        assert_true(slice_eq(version, slice_str(rows[i].version)));
    }
}

static void follows(void **state)
{
    static const struct {
        const char *a, *b;
        bool yes;
    } rows[] = {
        {"x/000000.gz", "x/000001.gz", true},
        {"x/000009.gz", "x/000010.gz", true},
        {"9.log", "10.log", true},
        {"part-1-of-3", "part-2-of-3", true},
        {"xaa", "xab", true},
        {"d/xaz", "d/xba", true},
        {"log.aa", "log.ab", true},
        {"x/000000.gz", "x/000002.gz", false},
        {"x/000001.gz", "x/000000.gz", false},
        {"x/000000.gz", "y/000001.gz", false},
        {"x/000000.gz", "x/000000.gz", false},
        {"a1.gz", "b2.gz", false},
        {"a1.gz", "a2.log", false},
        {"xab", "xaa", false},
        {"xaa", "xac", false},
        {"xaa", "yab", false},
        {"xaz", "xa{", false},
        {"a", "b", false},
        {"", "", false},
        {"a1b1", "a1b2", true},
        {"a1b1", "a2b2", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (place_follows(slice_str(rows[i].a), slice_str(rows[i].b)) != rows[i].yes)
            fail_msg("%s, %s: %s", rows[i].a, rows[i].b, rows[i].yes ? "must follow" : "must not follow");
}

static void folder(void **state)
{
    (void)state;
    assert_true(slice_eq(place_folder(SLICE("a/b/c.gz")), SLICE("a/b")));
    assert_int_equal(place_folder(SLICE("c.gz")).n, 0);
    assert_int_equal(place_folder(SLICE("")).n, 0);
    assert_true(slice_eq(place_folder(SLICE("a/")), SLICE("a")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_path),
        cmocka_unit_test(stream_parts),
        cmocka_unit_test(follows),
        cmocka_unit_test(folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
