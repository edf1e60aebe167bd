/* Files that hold the lines of several functions and name no group or log stream: a step of the freeze. */
#ifndef FORENSICS_MIXED_H
#define FORENSICS_MIXED_H

#include "forensics/index.h"

/* Puts what names its function into a stream of that function. Attempts have no parts any more, and streams no name yet. */
void mixed_divide(struct index *x);

#endif
