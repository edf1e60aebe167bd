/* Which attempts the marks of the index concern, asked by kind of error. Detectors use it to find their own
 * and to leave to another what that one tells better. Place in the flow: between the dossier and the
 * detectors. */
#ifndef FORENSICS_MARKED_H
#define FORENSICS_MARKED_H

#include "forensics/dossier.h"

/* A set of attempts of the dossier. */
struct marked {
    uint64_t *rows; /* a bit each, by attempt->row; NULL: none */
};

typedef bool (*marked_pick)(const struct dossier *d, const struct mark *m);

/* Attempts with a mark for which `pick` holds. */
void marked_init(struct marked *ret, const struct dossier *d, marked_pick pick);
/* Attempts of requests that failed in each of three or more attempts, by errors that only crash would tell:
 * the ones that retry-storm claims. */
void marked_storms(struct marked *ret, const struct dossier *d);
void marked_done(struct marked *s);
bool marked_has(const struct marked *s, const struct attempt *a);

/* The mark's signature, or NULL when it is of another kind. */
const struct signature *marked_signature(const struct dossier *d, const struct mark *m);
bool marked_connection(const struct dossier *d, const struct mark *m); /* what connection-limit tells of */
bool marked_throttled(const struct dossier *d, const struct mark *m);
/* Told by a detector with a better name for it than crash: connections, throttles, memory. */
bool marked_named(const struct dossier *d, const struct mark *m);

/* By name id: 1 for each function with a mark for which `pick` holds; free() it. One pass over all marks, so
 * that the others need none. */
uint8_t *marked_functions(const struct dossier *d, marked_pick pick);

typedef VEC(const struct mark *) marked_marks;
/* For each attempt the first mark for which `pick` holds, and each such mark outside of attempts; in order of
 * the marks. Only of that function. */
void marked_first(const struct dossier *d, uint32_t function, marked_pick pick, marked_marks *ret);

/* ---- families: the attempts of one request id ---- */

struct marked_family {
    VEC(const struct attempt *) attempts; /* visible ones, in order of time */
    const struct outcome *outcome;        /* Lambda's record that it gave the event up, or NULL */
    uint64_t tried;                       /* attempts, those that the record alone tells included */
};
typedef VEC(struct marked_family) marked_families;
enum { MARKED_FAMILY_MIN = 3 }; /* Lambda's own: one attempt and two retries (field guide 6.5) */

/* Families of the function in which every attempt failed, MARKED_FAMILY_MIN and more by the logs or by Lambda's
 * record; in order of their first. */
void marked_poisoned(const struct dossier *d, const struct function *f, marked_families *ret);
void marked_families_done(marked_families *all);

#endif
