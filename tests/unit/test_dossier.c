/* forensics/dossier.h: where an attempt is found by its begin, against looking at each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forensics/dossier.h"

enum { ATTEMPTS = 200, TIMED = 190, LAST_MS = 150 };

/* Several of one time, pauses, and some without a time behind them. */
static void make(struct attempt *rows, const struct attempt **list)
{
    int64_t time = 10;
    for (size_t i = 0; i < ATTEMPTS; i++) {
        time += (int64_t)(i * i % 7 > 3 ? i % 5 : 0);
        rows[i] = (struct attempt){.first = i < TIMED ? time : TIME_NONE, .start_after = AFTER_NONE};
        list[i] = &rows[i];
    }
}

static size_t looked_for(const struct function *f, int64_t time)
{
    size_t i = 0;
    while (i < TIMED && f->attempts.v[i]->first < time)
        i++;
    return i;
}

static void lower(void **state)
{
    static struct attempt rows[ATTEMPTS];
    static const struct attempt *list[ATTEMPTS];
    const struct function f = {.attempts = {list, ATTEMPTS, ATTEMPTS}};
    (void)state;
    make(rows, list);
    assert_true(rows[TIMED - 1].first > LAST_MS / 2 && rows[TIMED - 1].first < LAST_MS);
    for (int64_t time = 0; time <= LAST_MS; time++) {
        size_t due = looked_for(&f, time);
        assert_int_equal(dossier_lower(&f, time), due);
        for (size_t i = 0; i < due; i++)
            assert_int_equal(dossier_lower_behind(&f, i, time), due);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lower)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
