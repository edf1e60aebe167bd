/* Findings, attempts and functions made by hand, for the tests of what is worked out from them. Times are
 * seconds. */
#ifndef TESTS_FINDINGS_MADE_H
#define TESTS_FINDINGS_MADE_H

#include "forensics/attempt.h"
#include "forensics/detector.h"

enum { MADE_MAX = 64, MADE_STREAMS = 8, MADE_FUNCTIONS = 4 };

struct made {
    struct index index;
    struct evidence evidence;
    struct dossier dossier;
    struct findings findings;
    struct attempt attempts[MADE_MAX];
    struct stream streams[MADE_STREAMS];
    struct function functions[MADE_FUNCTIONS];
    struct detector detectors[MADE_MAX];
    uint32_t attempts_n, findings_n;
};

static void made_init(struct made *m)
{
    memset(m, 0, sizeof *m);
    findings_init(&m->findings);
    m->index.streams.v = m->streams;
    m->index.streams.n = MADE_STREAMS;
    m->dossier.index = &m->index;
    m->dossier.functions.v = m->functions;
    m->dossier.functions.n = MADE_FUNCTIONS;
    for (uint32_t i = 0; i < MADE_FUNCTIONS; i++)
        m->functions[i].name = i + 1;
    for (uint32_t i = 0; i < MADE_STREAMS; i++)
        m->streams[i].first = INT64_MAX;
}

static void made_done(struct made *m)
{
    for (size_t i = 0; i < MADE_FUNCTIONS; i++)
        vec_done(&m->functions[i].attempts);
    vec_done(&m->index.attempts);
    findings_done(&m->findings);
}

/* An attempt of the function (1 …) from `begin` to `end`; flags as ATTEMPT_ERROR, ATTEMPT_TIMEOUT. To be made in
 * order of time. Its request id is its row's unless the test sets another. */
static struct attempt *made_attempt(struct made *m, uint32_t function, uint32_t stream, double begin,
                                    double end, unsigned flags)
{
    struct attempt *a = &m->attempts[m->attempts_n];
    *a = (struct attempt){
        .first = (int64_t)(begin * 1000), .function = function, .stream = stream, .ordinal = 1};
    a->end_after = (int32_t)((end - begin) * 1000);
    a->report_after = a->end_after;
    a->flags = (uint16_t)(ATTEMPT_START | ATTEMPT_END | ATTEMPT_REPORT | flags);
    a->row = m->attempts_n++;
    a->id.bytes[0] = (uint8_t)(a->row + 1);
    *vec_push(&m->index.attempts) = a;
    struct function *f = &m->functions[function - 1];
    *vec_push(&f->attempts) = a;
    f->timeouts += attempt_status(a) == ATTEMPT_TIMED_OUT;
    f->errors += attempt_status(a) == ATTEMPT_FAILED || attempt_status(a) == ATTEMPT_INIT_FAILURE;
    return a;
}

static struct finding *made_finding(struct made *m, const char *detector, enum severity severity,
                                    uint32_t function, double first, double last)
{
    struct detector *d = &m->detectors[m->findings_n++];
    d->name = detector;
    struct finding *f = finding_new(&m->findings, d, severity, function);
    snprintf(f->id, sizeof f->id, "F%u", m->findings_n);
    finding_seen(f, (int64_t)(first * 1000));
    finding_seen(f, (int64_t)(last * 1000));
    return f;
}

/* One request in three attempts that time out: the storm holds all, the time-outs the first. */
static inline void made_retries(struct made *m, struct finding *timeouts, struct finding *storm)
{
    for (unsigned i = 0; i < 3; i++) {
        struct attempt *a = made_attempt(m, 1, 0, 100.0 + 90 * i, 103.0 + 90 * i, ATTEMPT_TIMEOUT);
        a->id.bytes[0] = 7;
        a->ordinal = (uint16_t)(i + 1);
        finding_attempt(storm, a);
        if (i == 0)
            finding_attempt(timeouts, a);
    }
}

#endif
