/* Lines made alike: what differs from one call to the next (numbers, ids, addresses, quoted values) becomes a
 * placeholder, so that equal situations count as one. */
#ifndef FORENSICS_WORDING_H
#define FORENSICS_WORDING_H

#include "base/slice.h"

enum { WORDING_MAX = 160 };

/* The first line of `text` with <n>, <id>, <ip>, <time> and <…> in place of what varies. Writes at most
 * WORDING_MAX bytes to `ret` and returns how many. */
size_t wording_of(struct slice text, char ret[WORDING_MAX]);
/* The first line as it stands, cut to WORDING_MAX bytes without half a character at its end. */
struct slice wording_head(struct slice text);

#endif
