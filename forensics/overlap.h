/* Files that do not name their log stream and hold the same invocations: parts of one log that overlap. */
#ifndef FORENSICS_OVERLAP_H
#define FORENSICS_OVERLAP_H

#include "forensics/index.h"

/* Makes one stream of those that no container and no path names and in which the same request id started in the same
 * millisecond, so that the freeze finds what came twice. Before it, and whatever the order of the files. */
void overlap_unite(struct index *x);

#endif
