/* What follows from what: each finding is tied to at most one other, where the evidence counts for it. Place in the
 * flow: behind the detectors, when findings have their order and ids. */
#ifndef FORENSICS_CAUSES_H
#define FORENSICS_CAUSES_H

#include "forensics/detector.h"

/* What follows begins behind the cause's first line and at most so long behind its last. */
enum { CAUSES_FOLLOW_MS = 600000 };

/* Sets caused_by and what belongs to it in each finding whose records a rule ties to another finding. Of several
 * causes the one with most records, then the first in the table, then the first in report order. No cause begins
 * after what follows from it, and the links hold no circle. */
void causes_link(const struct dossier *d, struct findings *fs);

#endif
