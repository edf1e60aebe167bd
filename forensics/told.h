/* Which line of a failed attempt tells its error, and what it says. Place in the flow: for detectors that cite it; the
 * words themselves are read back with the lines (quote.h). */
#ifndef FORENSICS_TOLD_H
#define FORENSICS_TOLD_H

#include "forensics/detector.h"

struct told {
    const struct attempt *attempt;
    const struct mark *mark; /* the line that tells its error best, or NULL */
};

/* Of so many attempts of a finding, the first ones, the line is looked up. */
enum { TOLD_MAX = 10 };

struct told_all {
    VEC(struct told) list; /* by attempt, after told_settle */
};

/* One that failed with an error; others, such as a time-out, tell none. */
void told_add(struct told_all *all, const struct attempt *a);
/* One walk over all marks: the first error that nobody caught, else the last one at ERROR or above of the type that the
 * report gives; the last one at all where that gives none. */
void told_settle(struct told_all *all, const struct dossier *d);
void told_done(struct told_all *all);
/* Cites the line that tells the error, where it was looked up and is known, else the report. The first line that is cited
 * of a finding is the one whose message the report states. */
void told_cite(const struct told_all *all, const struct dossier *d, const struct attempt *a,
               struct findings *fs, struct finding *f);

/* The message of the error as the line has it, JSON's escapes undone where it stands in plain JSON; empty when it is not
 * found. `type` may be empty. */
struct slice told_message(struct slice line, struct slice type, struct arena *arena);

#endif
