/* forensics/incident.h: when it was, its worst minute, whom it hurt and who stayed well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "forensics/causes.h"
#include "forensics/incident.h"
#include "tests/unit/findings_made.h"

/* Function 1 fails from 600 s on: 1 in minute 10, 3 in minute 11, 2 in minute 12. Function 2 fails
 * at its usual rate, half of the time.
 * Function 3 fails once more often than before, without a finding. Function 4 ran before it and not within. */
static struct finding *make(struct made *m)
{
    static const double ends[] = {601, 661, 662, 663, 721, 722};
    made_init(m);
    struct finding *f = made_finding(m, "crash", SEVERITY_HIGH, 1, 601, 722);
    made_attempt(m, 1, 0, 10, 11, ATTEMPT_ERROR);
    made_attempt(m, 1, 0, 20, 21, 0);
    made_attempt(m, 2, 1, 30, 31, ATTEMPT_ERROR);
    made_attempt(m, 2, 1, 35, 36, 0);
    made_attempt(m, 3, 2, 40, 41, 0);
    made_attempt(m, 4, 3, 50, 51, 0);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        finding_attempt(
            f, made_attempt(m, 1, 0, ends[i] - 1, ends[i], i == 5 ? ATTEMPT_TIMEOUT : ATTEMPT_ERROR));
    made_attempt(m, 1, 0, 722, 723, 0);
    made_attempt(m, 2, 1, 700, 701, ATTEMPT_ERROR);
    made_attempt(m, 2, 1, 710, 711, 0);
    made_attempt(m, 3, 2, 715, 716, ATTEMPT_ERROR);
    made_attempt(m, 2, 1, 900, 901, ATTEMPT_ERROR); /* after it */
    return f;
}

static void times(void **state)
{
    struct made m;
    struct incident in;
    (void)state;
    struct finding *f = make(&m);
    incident_init(&in, &m.dossier, &m.findings);
    assert_true(in.found);
    assert_false(in.live);
    assert_int_equal(in.onset, 601000);
    assert_int_equal(in.from, 600000);
    assert_int_equal(in.end, 722000);
    assert_ptr_equal(in.first, f);
    assert_ptr_equal(in.sign, f);
    assert_int_equal(attempt_over(in.first_error), 601000);
    incident_done(&in);
    made_done(&m);
}

/* Minute 11 has 3 of function 1; minute 11 has the failure of function 3 (716 s) too; that of function 2 (701 s)
 * is no part of the incident. */
static void peak(void **state)
{
    struct made m;
    struct incident in;
    (void)state;
    make(&m);
    incident_init(&in, &m.dossier, &m.findings);
    assert_int_equal(in.peak, 11 * 60000);
    assert_int_equal(in.peak_failed, 4);
    assert_int_equal(in.peak_concerned, 4);
    assert_int_equal(attempt_over(in.peak_first), 661000);
    incident_done(&in);
    made_done(&m);
}

/* Three that a finding names and that ended well weigh less than one that failed. */
static void peak_of_failures(void **state)
{
    struct made m;
    struct incident in;
    (void)state;
    made_init(&m);
    struct finding *f = made_finding(&m, "memory-creep", SEVERITY_MEDIUM, 1, 60, 200);
    for (int i = 0; i < 3; i++)
        finding_attempt(f, made_attempt(&m, 1, 0, 60 + i, 61 + i, 0));
    finding_attempt(f, made_attempt(&m, 1, 0, 130, 131, ATTEMPT_ERROR));
    incident_init(&in, &m.dossier, &m.findings);
    assert_int_equal(in.peak, 120000);
    assert_int_equal(in.peak_failed, 1);
    assert_int_equal(in.peak_concerned, 1);
    incident_done(&in);
    made_done(&m);
}

static void blast_radius(void **state)
{
    struct made m;
    struct incident in;
    (void)state;
    make(&m);
    incident_init(&in, &m.dossier, &m.findings);
    assert_int_equal(in.hurt.n, 2);
    assert_int_equal(in.hurt.v[0].function->name, 1);
    assert_int_equal(in.hurt.v[0].invocations, 7);
    assert_int_equal(in.hurt.v[0].errors, 5);
    assert_int_equal(in.hurt.v[0].timeouts, 1);
    assert_int_equal(in.hurt.v[0].concerned, 6);
    assert_int_equal(in.hurt.v[0].before, 2);
    assert_int_equal(in.hurt.v[0].before_failed, 1);
    assert_int_equal(in.hurt.v[1].function->name, 3);
    assert_int_equal(in.hurt.v[1].errors, 1);
    assert_int_equal(in.hurt.v[1].concerned, 0);
    assert_int_equal(in.healthy.n, 1);
    assert_int_equal(in.healthy.v[0].function->name, 2);
    assert_int_equal(in.healthy.v[0].invocations, 2);
    assert_int_equal(in.idle.n, 1);
    assert_int_equal(in.idle.v[0]->name, 4);
    incident_done(&in);
    made_done(&m);
}

/* A finding at medium or above that goes on all the time: not of the incident, but its function is not called
 * well. */
static void apart(void **state)
{
    struct made m;
    struct incident in;
    (void)state;
    make(&m);
    struct finding *old = made_finding(&m, "cold-start", SEVERITY_MEDIUM, 2, 0.5, 3000);
    incident_init(&in, &m.dossier, &m.findings);
    assert_int_equal(in.onset, 601000); /* 600.5 s before it is more than the gap */
    assert_int_equal(in.apart.n, 1);
    assert_ptr_equal(in.apart.v[0], old);
    assert_int_equal(in.healthy.n, 0);
    assert_int_equal(in.hurt.n, 2);
    incident_done(&in);
    made_done(&m);
}

/* A low finding in the same function within the hour before is the first sign; one in a healthy function is
 * not, nor is context. */
static void first_sign(void **state)
{
    struct made m;
    struct incident in;
    (void)state;
    make(&m);
    made_finding(&m, "slow", SEVERITY_LOW, 2, 100, 200);
    made_finding(&m, "slow", SEVERITY_LOW, 1, -3000, -2900); /* more than an hour before 601 s */
    made_finding(&m, "invocation-spike", SEVERITY_INFO, 1, 150, 200);
    struct finding *sign = made_finding(&m, "memory-creep", SEVERITY_LOW, 1, 300, 700);
    incident_init(&in, &m.dossier, &m.findings);
    assert_ptr_equal(in.sign, sign);
    assert_int_equal(in.onset, 601000);
    incident_done(&in);
    made_done(&m);
}

/* What is linked belongs to the chain, in order of time, whatever its severity. */
static void chain(void **state)
{
    struct made m;
    struct incident in;
    (void)state;
    struct finding *crash = make(&m);
    struct finding *refusals = made_finding(&m, "connection-limit", SEVERITY_LOW, 1, 600.5, 722);
    for (size_t i = 0; i < crash->attempts.n; i++)
        finding_attempt(refusals, crash->attempts.v[i]);
    causes_link(&m.dossier, &m.findings);
    incident_init(&in, &m.dossier, &m.findings);
    assert_int_equal(in.chain.n, 2);
    assert_ptr_equal(in.chain.v[0], refusals);
    assert_ptr_equal(in.chain.v[1], crash);
    assert_ptr_equal(in.sign, refusals);
    assert_ptr_equal(in.first, crash);
    incident_done(&in);
    made_done(&m);
}

/* Retries begin with the attempt that they repeat, which times out later: the time-out still comes first. */
static void cause_before_effect(void **state)
{
    struct made m;
    struct incident in;
    (void)state;
    made_init(&m);
    struct finding *storm = made_finding(&m, "retry-storm", SEVERITY_HIGH, 1, 100, 300);
    struct finding *timeouts = made_finding(&m, "timeout", SEVERITY_HIGH, 1, 103, 103);
    made_retries(&m, timeouts, storm);
    causes_link(&m.dossier, &m.findings);
    incident_init(&in, &m.dossier, &m.findings);
    assert_int_equal(in.chain.n, 2);
    assert_ptr_equal(in.chain.v[0], timeouts);
    assert_ptr_equal(in.chain.v[1], storm);
    assert_ptr_equal(in.first, storm);
    assert_int_equal(in.onset, 100000);
    incident_done(&in);
    made_done(&m);
}

static void none(void **state)
{
    struct made m;
    struct incident in;
    (void)state;
    make(&m)->severity = SEVERITY_LOW;
    incident_init(&in, &m.dossier, &m.findings);
    assert_false(in.found);
    assert_int_equal(in.chain.n + in.hurt.n + in.healthy.n + in.apart.n, 0);
    incident_done(&in);
    made_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times),
        cmocka_unit_test(peak),
        cmocka_unit_test(peak_of_failures),
        cmocka_unit_test(blast_radius),
        cmocka_unit_test(apart),
        cmocka_unit_test(first_sign),
        cmocka_unit_test(chain),
        cmocka_unit_test(cause_before_effect),
        cmocka_unit_test(none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
