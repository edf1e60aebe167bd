/* The findings seen as one incident: when it began, what hinted at it, its worst minute, its end, whom it hurt and
 * who stayed well. Place in the flow: behind causes.h, before the report. Every count is one of invocations. */
#ifndef FORENSICS_INCIDENT_H
#define FORENSICS_INCIDENT_H

#include "forensics/detector.h"

/* Findings at medium or above that begin so close to the incident belong to it, also without a link. */
enum { INCIDENT_GAP_MS = 600000 };
/* So long before the onset a finding in the same functions is looked at as a first sign. */
enum { INCIDENT_SIGN_MS = 3600000 };

struct incident_function {
    const struct function *function;
    uint64_t invocations, errors, timeouts; /* begun between `from` and `end`, or named and without a time */
    uint64_t concerned;                     /* invocations that a finding of the incident names */
    uint64_t before, before_failed;         /* begun earlier, as far back as the evidence goes */
};

struct incident {
    bool found;                  /* false: no finding at medium or above with a time, the rest is empty */
    bool failed;                 /* an invocation failed, be its time known or not */
    bool live;                   /* still going on at the last record of the evidence */
    int64_t from;                /* the earliest of onset and the begin of any invocation named */
    int64_t onset, end;          /* first_seen of the first finding, last_seen of the last */
    const struct finding *first; /* whose first_seen is the onset */
    const struct finding *sign;  /* the earliest hint, of severity low or above; may be `first` itself */
    const struct attempt *first_error; /* the first failed invocation to end, or NULL */
    int64_t peak;                      /* a minute's begin, or TIME_NONE when no invocation is named */
    const struct attempt *peak_first;  /* the first of them to end in that minute, or NULL */
    /* Ended in that minute: failed; failed or named by a finding. */
    uint64_t peak_failed, peak_concerned;
    uint64_t peak_others; /* other minutes with as many failed, or, where none failed, with as many named */
    uint64_t all_failed, all_concerned; /* of the whole incident, where the time is known */
    VEC(const struct finding *)
    chain; /* the incident's findings and those linked to them: by time, none before its cause */
    VEC(const struct finding *) apart; /* at medium or above, of another time; in report order */
    /* In order of name. Hurt: a finding of the incident names the function or an invocation of it, or it failed
     * more often than before. Healthy: it ran within the incident, no finding at medium or above touches that
     * time, and it failed no more often than before. */
    VEC(struct incident_function) hurt;
    VEC(struct incident_function) healthy;
    /* Would be healthy, but did not run within the incident: nothing is known. */
    VEC(const struct function *) idle;
};

/* The incident around the first finding in report order. Borrows from all three until incident_done. */
void incident_init(struct incident *in, const struct dossier *d, const struct findings *fs);
void incident_done(struct incident *in);
/* A finding at medium or above, of this incident and not only linked to it. */
bool incident_counts(const struct finding *f);

#endif
