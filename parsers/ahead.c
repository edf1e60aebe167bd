/* A ring of blocks between two threads: one fills, the other empties. The lock is held only to count a block, four
 * times in a megabyte; the bytes of a block belong to one of the two at any time. input.c is the caller. */
#include "parsers/ahead.h"

#include "base/huge.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* As large as the cache of one core can hold a few of. */
enum { BLOCKS = 4, BLOCK_SIZE = 256 * 1024 };

struct block {
    size_t n; /* less than BLOCK_SIZE: the last one */
    char bytes[BLOCK_SIZE];
};

struct ahead {
    ahead_source *source;
    void *ctx;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t filled, emptied; /* blocks so far; under the lock, as is `stop` */
    bool stop;
    size_t at; /* the reader's, in its block */
    struct block ring[BLOCKS];
};

/* False when the reader wants no more. */
static bool wait_for_room(struct ahead *a)
{
    pthread_mutex_lock(&a->lock);
    while (!a->stop && a->filled - a->emptied == BLOCKS)
        pthread_cond_wait(&a->changed, &a->lock);
    bool go_on = !a->stop;
    pthread_mutex_unlock(&a->lock);
    return go_on;
}

static void wait_for_block(struct ahead *a)
{
    pthread_mutex_lock(&a->lock);
    while (a->filled == a->emptied)
        pthread_cond_wait(&a->changed, &a->lock);
    pthread_mutex_unlock(&a->lock);
}

static void count_one(struct ahead *a, size_t *counter)
{
    pthread_mutex_lock(&a->lock);
    ++*counter;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

static void *fill(void *arg)
{
    struct ahead *a = arg;
    bool last = false;
    for (size_t i = 0; !last && wait_for_room(a); i++) {
        struct block *b = &a->ring[i % BLOCKS];
        b->n = a->source(a->ctx, b->bytes, BLOCK_SIZE);
        last = b->n < BLOCK_SIZE;
        count_one(a, &a->filled);
    }
    return NULL;
}

struct ahead *ahead_new(ahead_source *source, void *ctx)
{
    struct ahead *a = huge_alloc(sizeof *a);
    a->source = source;
    a->ctx = ctx;
    a->filled = a->emptied = a->at = 0;
    a->stop = false;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    if (pthread_create(&a->thread, NULL, fill, a) == 0)
        return a;
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    huge_free(a);
    return NULL;
}

size_t ahead_read(struct ahead *a, char *out, size_t room)
{
    size_t total = 0;
    while (total < room) {
        wait_for_block(a);
        const struct block *b = &a->ring[a->emptied % BLOCKS];
        size_t n = b->n - a->at < room - total ? b->n - a->at : room - total;
        memcpy(out + total, b->bytes + a->at, n);
        total += n;
        a->at += n;
        if (a->at < b->n)
            continue;
        if (b->n < BLOCK_SIZE)
            break; /* the last one stays, so that a further call finds the end again */
        a->at = 0;
        count_one(a, &a->emptied);
    }
    return total;
}

void ahead_free(struct ahead *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    huge_free(a);
}
