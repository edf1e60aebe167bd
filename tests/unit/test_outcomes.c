/* forensics/outcomes.c: one row a request, whatever the order in which its records were met. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forensics/outcomes.h"

#define ID "8f6c2b1e-0d5c-4c1e-9a53-5e5f0f1c41d0"

static void meet(struct index *x, const char *id, const char *condition, uint64_t count, int64_t time)
{
    static uint64_t offset;
    index_destination(x, &(struct destination_record){.request_id = slice_str(id),
                                                      .condition = slice_str(condition),
                                                      .invoke_count = count,
                                                      .time = time,
                                                      .loc = {0, 1, offset++}});
}

static const struct outcome *find(const struct index *x, const char *id)
{
    struct request_id key;
    assert_true(request_id_parse(slice_str(id), &key));
    return outcome_find(x, &key);
}

static void record_and_letter(void **state)
{
    struct index x;
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        index_init(&x);
        meet(&x, ID, turn ? "DeadLetter" : "RetriesExhausted", turn ? 0 : 3, 1000 + turn);
        meet(&x, ID, turn ? "RetriesExhausted" : "DeadLetter", turn ? 3 : 0, 1001 - turn);
        outcomes_settle(&x);
        assert_int_equal(x.outcomes.n, 1);
        assert_int_equal(find(&x, ID)->tried, 3);
        assert_false(find(&x, ID)->good);
        assert_true(slice_eq(intern_name(&x.names, find(&x, ID)->condition), SLICE("RetriesExhausted")));
        assert_int_equal(x.duplicates, 0);
        index_done(&x);
    }
}

static void success_is_last_word(void **state)
{
    struct index x;
    (void)state;
    index_init(&x);
    meet(&x, ID, "RetriesExhausted", 3, 1000);
    meet(&x, ID, "Success", 1, 900);
    outcomes_settle(&x);
    assert_true(find(&x, ID)->good);
    index_done(&x);
}

static void met_twice(void **state)
{
    struct index x;
    (void)state;
    index_init(&x);
    meet(&x, ID, "RetriesExhausted", 3, 1000);
    meet(&x, "other", "EventAgeExceeded", 1, 1000);
    meet(&x, ID, "RetriesExhausted", 3, 1000);
    meet(&x, "", "RetriesExhausted", 3, 1000);
    outcomes_settle(&x);
    assert_int_equal(x.outcomes.n, 2);
    assert_int_equal(x.duplicates, 1);
    assert_int_equal(find(&x, "other")->tried, 1);
    assert_null(find(&x, "another"));
    index_done(&x);
}

/* Names have other numbers in each index. */
static void merged(void **state)
{
    struct index x, y;
    (void)state;
    index_init(&x);
    index_init(&y);
    meet(&x, "other", "EventAgeExceeded", 1, 1000);
    meet(&y, ID, "RetriesExhausted", 3, 1000);
    index_merge(&x, &y, 1);
    outcomes_settle(&x);
    assert_true(slice_eq(intern_name(&x.names, find(&x, ID)->condition), SLICE("RetriesExhausted")));
    assert_true(slice_eq(intern_name(&x.names, find(&x, "other")->condition), SLICE("EventAgeExceeded")));
    index_done(&x);
    index_done(&y);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_and_letter),
        cmocka_unit_test(success_is_last_word),
        cmocka_unit_test(met_twice),
        cmocka_unit_test(merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
