/* parsers/record_span.c: what trace headers count, and what spans are linked to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/record_span.h"

/* The grammars of field guide 5.1: the lower 24 bits of the hash that was met most often, then all counts, each
 * plus one. */
static void lineages(void **state)
{
    static const struct {
        const char *text;
        uint32_t due;
    } cases[] = {
        {"037bed70:0", 0x7bed7001},    {"1:fe460cdd:0", 0x460cdd01},
        {"25:a87bd80c:1", 0x7bd80c02}, {"a87bd80c:1|68fd508a:5|c512fbe3:2", 0xfd508a0b}, /* 2 + 6 + 3 */
        {"a87bd80c:254", 0x7bd80cff},  {"a87bd80c:255", LINEAGE_NONE},
        {"a87bd80c", LINEAGE_NONE},    {"a87bd80:1", LINEAGE_NONE},
        {"a87bd80c:1|", 0x7bd80c02},   {"a87bd80c:1x", LINEAGE_NONE},
        {"a87bd80g:1", LINEAGE_NONE},  {"", LINEAGE_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (record_lineage(slice_str(cases[i].text)) != cases[i].due)
            fail_msg("%s: %08x", cases[i].text, record_lineage(slice_str(cases[i].text)));
}

/* X-Ray's spelling and OpenTelemetry's; what names no trace is left out, and so is what is behind the room. */
static void span_links(void **state)
{
    static const char text[] =
        "[{\"trace_id\":\"1-6437350a-775b7afb3067811a4c6daade\",\"id\":\"24ddd1434624a637\"},{\"trace_id\":7}"
        ","
        "{\"traceId\":\"5B8EFFF798038103D269B633813FC60C\",\"spanId\":\"EEE19B7EC3C1B174\"},{}]";
    struct span_link links[2];
    (void)state;
    assert_int_equal(record_span_links(slice_str(text), links, 2), 2);
    assert_int_equal(links[0].trace[0], 0x64);
    assert_int_equal(links[1].trace[15], 0x0c);
    assert_int_equal(record_span_links(slice_str(text), links, 1), 1);
    assert_int_equal(record_span_links(slice_str("{}"), links, 2), 0);
    assert_int_equal(record_span_links(slice_str("[{\"trace_id\""), links, 2), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lineages),
        cmocka_unit_test(span_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
