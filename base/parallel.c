/* Sharing out work: the caller's thread takes its part, so that one thread needs no second. */
#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

struct shared {
    parallel_work *work;
    void *ctx;
    size_t n;
    atomic_size_t next;
};

struct thread {
    struct shared *shared;
    unsigned number;
    pthread_t id;
};

unsigned parallel_threads(unsigned wanted)
{
    long n = wanted ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

static void *run_thread(void *arg)
{
    struct thread *t = arg;
    struct shared *s = t->shared;
    for (size_t i; (i = atomic_fetch_add(&s->next, 1)) < s->n;)
        s->work(s->ctx, t->number, i);
    return NULL;
}

void parallel_run(unsigned threads, size_t n, parallel_work *work, void *ctx)
{
    struct shared s = {.work = work, .ctx = ctx, .n = n};
    struct thread t[THREADS_MAX] = {{&s, 0, pthread_self()}};
    unsigned count = 1;
    for (; count < threads && count < THREADS_MAX && count < n; count++) {
        t[count] = (struct thread){&s, count, t[0].id};
        if (pthread_create(&t[count].id, NULL, run_thread, &t[count]) != 0)
            break;
    }
    run_thread(&t[0]);
    for (unsigned i = 1; i < count; i++)
        pthread_join(t[i].id, NULL);
}

/* ---- blocks ---- */

struct blocks {
    parallel_part *work;
    void *ctx;
    size_t n;
};

size_t parallel_count(size_t n)
{
    return n / PARALLEL_BLOCK + (n % PARALLEL_BLOCK > 0);
}

unsigned parallel_worth(unsigned threads, size_t n)
{
    return n < PARALLEL_BLOCK ? 1 : threads;
}

static void run_block(void *ctx, unsigned thread, size_t block)
{
    const struct blocks *b = ctx;
    size_t from = block * PARALLEL_BLOCK, left = b->n - from;
    (void)thread;
    b->work(b->ctx, block, from, from + (left < PARALLEL_BLOCK ? left : PARALLEL_BLOCK));
}

void parallel_blocks(unsigned threads, size_t n, parallel_part *work, void *ctx)
{
    struct blocks b = {work, ctx, n};
    parallel_run(threads, parallel_count(n), run_block, &b);
}
