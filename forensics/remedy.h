/* Commands that several detectors give for "what to do now". They name only what the evidence knows: a
 * configuration takes effect in $LATEST alone (AWS), so a function that ran as a published version needs a new
 * one, and a version to go back to is named only when it ran well. */
#ifndef FORENSICS_REMEDY_H
#define FORENSICS_REMEDY_H

#include "forensics/dossier.h"
#include "forensics/finding.h"

/* The version under which the function ran last is a published one. */
bool remedy_published(const struct dossier *d, const struct function *fn);
/* Changes the configuration of what runs; `change` are options of update-function-configuration. */
void remedy_configure(const struct dossier *d, const struct function *fn, const char *change,
                      struct findings *fs, struct finding *f);
/* Stops the automatic retries of asynchronous events and leaves the destinations as they are. */
void remedy_stop_retries(const struct dossier *d, const struct function *fn, struct findings *fs,
                         struct finding *f);
/* Goes back to the version that ran well last before `onset`, when that was another one; else to the one before that of
 * the finding's attempts, which are noted by now, when they came with theirs. */
void remedy_roll_back(const struct dossier *d, const struct function *fn, int64_t onset, struct findings *fs,
                      struct finding *f);
/* Of findings that causes tie to each other, when all have their ids: the first in report order that sets a function's
 * reserved concurrency keeps its command, the others refer to it. */
void remedy_settle(struct findings *fs);

#endif
