/* One attempt of a function, played from the pick of an environment to its REPORT. */
#ifndef SAMPLES_LAMBDA_H
#define SAMPLES_LAMBDA_H

#include "samples/world.h"

/* Takes a free environment or makes a new one, lets the function behave, writes the lines, retries. */
void lambda_invoke(struct world *w, struct call *call);
/* A new environment, initialised or not. Stays valid until the next one is made. */
struct environment *lambda_environment(struct world *w, struct function *f, int64_t time);
void lambda_retire_all(struct world *w, struct function *f);
/* What the function logs `after_ms` START; compose_put's directives. */
void lambda_say(struct turn *t, uint64_t after_ms, enum word word, const char *format, ...);
/* The attempt ends `after_ms` START with an error that nobody catches. */
void lambda_throw(struct turn *t, uint64_t after_ms, const struct thrown *thrown);
void lambda_time_out(struct turn *t);
void lambda_behave_healthy(struct world *w, struct turn *t);
/* Ends a turn that the scenario plays itself: counts, retry, environment. */
void lambda_finish(struct world *w, struct turn *t, int64_t end, bool failed);

#endif
