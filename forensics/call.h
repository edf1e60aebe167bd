/* Whether a line tells of a call that came back. Place in the flow: asked by scan_words.c, once for each time-out. */
#ifndef FORENSICS_CALL_H
#define FORENSICS_CALL_H

#include "base/slice.h"

#include <stdbool.h>

/* The first line ends in a sign of it: a status with a duration (200 GET /x 12 ms), "in 12 ms", "took 3 s", "finished",
 * "completed", "responded", "returned 200", "<- 200". In doubt it did not come back: the last call is what a time-out
 * is about. So nothing counts before a URL, far from the line's end, or in a line with a word of waiting or failing. */
bool call_over(struct slice text);

#endif
