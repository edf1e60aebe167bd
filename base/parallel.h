/* The same work for many things on several threads, shared out through one atomic counter: no queue, no lock. */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <stddef.h>

enum { THREADS_MAX = 64 };

/* `thread` counts from 0, which is the caller's own; `i` is the thing's number. */
typedef void parallel_work(void *ctx, unsigned thread, size_t i);

/* As many as asked for, or, for 0, as there are cores; at most THREADS_MAX. */
unsigned parallel_threads(unsigned wanted);
/* Does the work for 0..n-1, begun in that order, and returns when all is done. A thread that the system refuses is
 * done without. */
void parallel_run(unsigned threads, size_t n, parallel_work *work, void *ctx);

#endif
