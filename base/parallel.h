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

/* The same for 0..n-1 in blocks that lie one behind the other, PARALLEL_BLOCK long but for the last, on however many
 * threads: what each block notes under its number can be joined in their order. */
enum { PARALLEL_BLOCK = 1 << 14 };
typedef void parallel_part(void *ctx, size_t block, size_t from, size_t to);
size_t parallel_count(size_t n);
/* `threads`, or 1 where less than a block is to be done, which does not pay for a second. */
unsigned parallel_worth(unsigned threads, size_t n);
void parallel_blocks(unsigned threads, size_t n, parallel_part *work, void *ctx);

#endif
