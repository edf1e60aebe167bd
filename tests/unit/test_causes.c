/* forensics/causes.h: links need records in common, an order in time, and hold no circle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "forensics/causes.h"
#include "tests/unit/findings_made.h"

/* Ten invocations that time out, of which `refused` were also refused a connection. */
static void time_out(struct made *m, struct finding *refusals, struct finding *timeouts, size_t refused)
{
    for (size_t i = 0; i < 10; i++) {
        struct attempt *a = made_attempt(m, 1, 0, 100.0 + (double)i, 103.0 + (double)i, ATTEMPT_TIMEOUT);
        finding_attempt(timeouts, a);
        if (i < refused)
            finding_attempt(refusals, a);
    }
}

static void same_invocation(void **state)
{
    struct made m;
    (void)state;
    made_init(&m);
    struct finding *refusals = made_finding(&m, "connection-limit", SEVERITY_HIGH, 1, 101, 110);
    struct finding *timeouts = made_finding(&m, "timeout", SEVERITY_HIGH, 1, 103, 112);
    time_out(&m, refusals, timeouts, 4);
    causes_link(&m.dossier, &m.findings);
    assert_null(refusals->caused_by);
    assert_non_null(timeouts->caused_by);
    assert_string_equal(timeouts->caused_by, "F1");
    assert_ptr_equal(timeouts->cause, refusals);
    assert_int_equal(timeouts->cause_support, 4);
    assert_int_equal(timeouts->cause_of, 10);
    assert_string_equal(timeouts->cause_rule->name, "same-invocation");
    assert_string_equal(timeouts->cause_note,
                        "contributing condition, supported by 4 of 10 invocations: each of the 4 reported a "
                        "refused connection before it timed out");
    made_done(&m);
}

/* The same function and the same minutes, but no invocation in common: a loop explains no time-out of others. */
static void nothing_in_common(void **state)
{
    struct made m;
    (void)state;
    made_init(&m);
    struct finding *loop = made_finding(&m, "recursive-trigger", SEVERITY_CRITICAL, 1, 90, 120);
    struct finding *timeouts = made_finding(&m, "timeout", SEVERITY_HIGH, 1, 103, 112);
    finding_attempt(loop, made_attempt(&m, 1, 0, 90, 91, 0));
    time_out(&m, loop, timeouts, 0);
    causes_link(&m.dossier, &m.findings);
    assert_null(timeouts->caused_by);
    made_done(&m);
}

/* Spans that touch: of ten invocations four began within ten minutes of the last refusal. That is less than
 * half. */
static void times_only_touch(void **state)
{
    for (int near = 4; near <= 5; near++) {
        struct made m;
        (void)state;
        made_init(&m);
        struct finding *refusals = made_finding(&m, "connection-limit", SEVERITY_HIGH, 1, 50, 60);
        struct finding *timeouts = made_finding(&m, "timeout", SEVERITY_HIGH, 1, 60, 2000);
        finding_attempt(refusals, made_attempt(&m, 1, 0, 50, 51, ATTEMPT_ERROR));
        for (int i = 0; i < 10; i++) {
            double begin = i < near ? 655.0 + i : 661.0 + i; /* 60 s + 600 s is the last that counts */
            finding_attempt(timeouts, made_attempt(&m, 1, 0, begin, begin + 3, ATTEMPT_TIMEOUT));
        }
        causes_link(&m.dossier, &m.findings);
        assert_int_equal(timeouts->caused_by != NULL, near == 5);
        if (timeouts->caused_by) {
            assert_string_equal(timeouts->cause_rule->name, "same-function-and-time");
            assert_int_equal(timeouts->cause_support, 5);
        }
        made_done(&m);
    }
}

/* All records in common, yet what began later caused nothing. */
static void cause_comes_first(void **state)
{
    struct made m;
    (void)state;
    made_init(&m);
    struct finding *refusals = made_finding(&m, "connection-limit", SEVERITY_HIGH, 1, 103.5, 112);
    struct finding *timeouts = made_finding(&m, "timeout", SEVERITY_HIGH, 1, 103, 112);
    time_out(&m, refusals, timeouts, 10);
    causes_link(&m.dossier, &m.findings);
    assert_null(timeouts->caused_by);
    made_done(&m);
}

/* error-burst follows from timeout, and so on: whatever the table says, walking the causes ends. All findings name
 * the same invocations and begin at one time, so that every pair of the table holds. */
static void no_circle(void **state)
{
    static const char *const names[] = {
        "crash",       "poisoned-environment", "connection-limit", "retry-storm", "timeout",
        "slow",        "gateway-timeout",      "init-failure",     "throttle",    "invocation-spike",
        "error-burst", "recursive-trigger",    "cold-start",       "no-such-name"};
    enum { NAMES = sizeof names / sizeof *names };
    struct made m;
    (void)state;
    made_init(&m);
    size_t linked = 0;
    for (size_t i = 0; i < NAMES; i++)
        made_finding(&m, names[i], SEVERITY_HIGH, 1, 100, 200);
    for (size_t k = 0; k < 6; k++) {
        struct attempt *a = made_attempt(&m, 1, 0, 100, 101, ATTEMPT_ERROR);
        a->id.bytes[0] = (uint8_t)(k / 3 + 1);
        a->ordinal = (uint16_t)(k % 3 + 1);
        for (size_t i = 0; i < NAMES; i++)
            finding_attempt(m.findings.list.v[i], a);
    }
    causes_link(&m.dossier, &m.findings);
    for (size_t i = 0; i < NAMES; i++) {
        size_t steps = 0;
        linked += m.findings.list.v[i]->cause != NULL;
        for (const struct finding *f = m.findings.list.v[i]; f; f = f->cause)
            assert_true(++steps <= NAMES);
    }
    assert_true(linked >= 8);
    assert_null(m.findings.list.v[NAMES - 1]->cause);
    made_done(&m);
}

/* Only further attempts can follow: two of the three repeat the request that timed out. */
static void retries(void **state)
{
    struct made m;
    (void)state;
    made_init(&m);
    struct finding *timeouts = made_finding(&m, "timeout", SEVERITY_HIGH, 1, 103, 103);
    struct finding *storm = made_finding(&m, "retry-storm", SEVERITY_INFO, 1, 100, 300);
    made_retries(&m, timeouts, storm);
    causes_link(&m.dossier, &m.findings);
    assert_string_equal(storm->caused_by, "F1");
    assert_int_equal(storm->cause_support, 2);
    assert_int_equal(storm->cause_of, 2);
    made_done(&m);
}

/* The one with most records, not the first of the table. */
static void most_support(void **state)
{
    struct made m;
    (void)state;
    made_init(&m);
    struct finding *refusals = made_finding(&m, "connection-limit", SEVERITY_HIGH, 1, 101, 110);
    struct finding *throttles = made_finding(&m, "throttle", SEVERITY_HIGH, 1, 101, 110);
    struct finding *timeouts = made_finding(&m, "timeout", SEVERITY_HIGH, 1, 103, 112);
    time_out(&m, refusals, timeouts, 3);
    for (size_t i = 3; i < 9; i++)
        finding_attempt(throttles, &m.attempts[i]);
    causes_link(&m.dossier, &m.findings);
    assert_ptr_equal(timeouts->cause, throttles);
    assert_int_equal(timeouts->cause_support, 6);
    made_done(&m);
}

/* Refused in environments that were there long before the burst: the burst did not open them. */
static void born_in_burst(void **state)
{
    for (int old = 0; old <= 1; old++) {
        struct made m;
        (void)state;
        made_init(&m);
        struct finding *spike = made_finding(&m, "invocation-spike", SEVERITY_LOW, 1, 1000, 1100);
        struct finding *refusals = made_finding(&m, "connection-limit", SEVERITY_HIGH, 1, 1010, 1100);
        m.streams[0].first = old ? 500000 : 1005000;
        finding_attempt(spike, made_attempt(&m, 1, 0, 1006, 1007, 0));
        finding_attempt(refusals, made_attempt(&m, 1, 0, 1010, 1011, ATTEMPT_ERROR));
        causes_link(&m.dossier, &m.findings);
        assert_int_equal(refusals->cause == spike, !old);
        made_done(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_invocation),  cmocka_unit_test(nothing_in_common),
        cmocka_unit_test(times_only_touch), cmocka_unit_test(cause_comes_first),
        cmocka_unit_test(no_circle),        cmocka_unit_test(retries),
        cmocka_unit_test(most_support),     cmocka_unit_test(born_in_burst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
