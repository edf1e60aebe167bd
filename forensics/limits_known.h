/* The time limits of functions that the evidence gives away: a time-out tells its own. */
#ifndef FORENSICS_LIMITS_KNOWN_H
#define FORENSICS_LIMITS_KNOWN_H

#include "forensics/dossier.h"

#define LIMITS_NEAR_SHARE 0.9 /* of the limit: chosen */

struct limit_row {
    uint32_t version, limit_ms;
};

struct limits_known {
    VEC(struct limit_row) rows;
};

void limits_known_init(struct limits_known *ret, const struct function *f);
void limits_known_done(struct limits_known *l);
/* In ms: the limit of that version, else the one limit that all others agree on; 0 when it is unknown or was
 * changed. */
uint32_t limits_known_of(const struct limits_known *l, uint32_t version);
/* Ended well, with LIMITS_NEAR_SHARE of its limit used up. */
bool limits_known_near(const struct limits_known *l, const struct attempt *a);

#endif
