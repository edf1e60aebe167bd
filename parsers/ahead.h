/* Reading ahead: a thread of its own fills blocks while the caller works on those before. For one large source, which
 * would else be inflated, hashed and parsed on one core. */
#ifndef PARSERS_AHEAD_H
#define PARSERS_AHEAD_H

#include <stddef.h>

struct ahead;

/* Fills `room` bytes; fewer only at the end, after which it is not called again. */
typedef size_t ahead_source(void *ctx, char *out, size_t room);

/* Starts the thread: until ahead_free all that `source` touches is that thread's. NULL when there can be none. */
struct ahead *ahead_new(ahead_source *source, void *ctx);
/* The next bytes in their order: `room` of them, fewer only at the end. */
size_t ahead_read(struct ahead *a, char *out, size_t room);
/* Ends the thread, wherever it is. */
void ahead_free(struct ahead *a);

#endif
