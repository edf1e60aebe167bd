/* The messages that Lambda and its runtimes write, in text and in JSON. Formats: field guide,
 * lambda-text-logs 1.2, 1.4 and lambda-json-logs 2.2, 2.3. */
#ifndef SAMPLES_LINES_H
#define SAMPLES_LINES_H

#include "samples/world.h"

void lines_init_start(struct world *w, const struct turn *t, int64_t time, bool restore);
/* `phase` is "init" or "invoke"; `status` is NULL for an init that went well (provisioned concurrency). */
void lines_init_report(struct world *w, const struct turn *t, int64_t time, uint64_t duration,
                       const char *phase, const char *status, const char *error_type);
void lines_restore_report(struct world *w, const struct turn *t, int64_t time, uint64_t duration);
void lines_start(struct world *w, const struct turn *t);
void lines_said(struct world *w, const struct turn *t, const struct plan_line *line);
/* An error that nobody caught; without a request id while the environment initialises. */
void lines_thrown(struct world *w, const struct turn *t, int64_t time, const struct thrown *thrown,
                  bool in_init);
/* Text that Lambda writes beside: "Task timed out", crash lines. Nothing in JSON. */
void lines_timed_out(struct world *w, const struct turn *t, int64_t time);
void lines_crash(struct world *w, const struct turn *t, int64_t time, const char *text, const char *type);
/* A message as it is; nothing in JSON. */
void lines_raw(struct world *w, const struct turn *t, int64_t time, const char *text);
/* `status`: NULL, "timeout" or "error". */
void lines_end(struct world *w, const struct turn *t, int64_t time, const char *status,
               const char *error_type);

#endif
