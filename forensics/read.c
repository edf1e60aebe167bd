/* Reading all evidence: sources shared out to workers through one atomic counter, largest first; each worker
 * owns its inflate state, scanner and index, so there is no lock. Then the indexes are joined and frozen. */
#include "forensics/freeze.h"
#include "forensics/scan.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

struct job {
    struct evidence *ev;
    const struct evidence_options *options;
    struct source **order; /* largest first */
    size_t n;
    atomic_size_t next;
    atomic_ullong bytes_done;
    uint64_t bytes_all;
    pthread_t threads[THREADS_MAX];
    struct worker workers[THREADS_MAX];
    unsigned count;
};

static int by_path(const void *a, const void *b)
{
    const struct source *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static int largest_first(const void *a, const void *b)
{
    const struct source *const *x = a, *const *y = b;
    if ((*x)->size != (*y)->size)
        return (*x)->size < (*y)->size ? 1 : -1;
    return (*x)->index < (*y)->index ? -1 : (*x)->index > (*y)->index;
}

/* The same path named twice is read once. */
static void settle_sources(struct evidence *ev)
{
    size_t kept = 0;
    vec_sort(&ev->sources, by_path);
    for (size_t i = 0; i < ev->sources.n; i++) {
        struct source *s = &ev->sources.v[i];
        if (kept > 0 && strcmp(ev->sources.v[kept - 1].path, s->path) == 0) {
            source_done(s);
            continue;
        }
        if (kept != i)
            ev->sources.v[kept] = *s;
        ev->sources.v[kept].index = (uint32_t)kept;
        kept++;
    }
    ev->sources.n = kept;
}

/* For each source the path of the first piece of what it is a piece of: itself in most cases. */
static struct slice *find_chains(const struct evidence *ev)
{
    struct slice *chains = calloc(ev->sources.n + 1, sizeof *chains);
    if (!chains)
        err_oom();
    for (size_t i = 0; i < ev->sources.n; i++) {
        struct slice path = slice_str(ev->sources.v[i].path);
        bool piece = i > 0 && place_follows(slice_str(ev->sources.v[i - 1].path), path);
        chains[i] = piece ? chains[i - 1] : path;
    }
    return chains;
}

static void report_progress(struct job *job, const struct source *s, bool first)
{
    const struct evidence_options *o = job->options;
    unsigned long long done = atomic_fetch_add(&job->bytes_done, s->size) + s->size;
    if (o->progress && first)
        o->progress(o->progress_ctx, done, job->bytes_all, s->path);
}

struct thread {
    struct job *job;
    unsigned number;
};

static void *run_worker(void *arg)
{
    struct thread *t = arg;
    struct job *job = t->job;
    for (;;) {
        size_t i = atomic_fetch_add(&job->next, 1);
        if (i >= job->n)
            return NULL;
        worker_read(&job->workers[t->number], job->order[i]);
        report_progress(job, job->order[i], t->number == 0);
    }
}

static unsigned thread_count(const struct evidence_options *options, size_t sources)
{
    long online = options->threads ? (long)options->threads : sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = online < 1 ? 1 : (size_t)online;
    n = n > sources ? sources : n;
    return (unsigned)(n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : n);
}

static void run_all(struct job *job)
{
    struct thread args[THREADS_MAX];
    unsigned started = 0;
    for (unsigned i = 1; i < job->count; i++) {
        args[i] = (struct thread){job, i};
        if (pthread_create(&job->threads[i], NULL, run_worker, &args[i]) != 0)
            break;
        started = i;
    }
    args[0] = (struct thread){job, 0};
    run_worker(&args[0]);
    for (unsigned i = 1; i <= started; i++)
        pthread_join(job->threads[i], NULL);
}

static void prepare(struct job *job, struct fragment *fragments, const struct slice *chains)
{
    for (size_t i = 0; i < job->n; i++) {
        job->order[i] = &job->ev->sources.v[i];
        job->bytes_all += job->order[i]->size;
    }
    qsort(job->order, job->n, sizeof *job->order, largest_first);
    for (unsigned i = 0; i < job->count; i++) {
        worker_init(&job->workers[i], job->ev, job->options);
        job->workers[i].fragments = fragments;
        job->workers[i].chains = chains;
    }
}

static void join_indexes(struct job *job)
{
    for (unsigned i = 1; i < job->count; i++)
        index_merge(&job->workers[0].index, &job->workers[i].index);
    scan_glue(&job->workers[0]);
    index_done(&job->ev->index);
    job->ev->index = job->workers[0].index;
    index_init(&job->workers[0].index);
}

bool evidence_read(struct evidence *ev, const struct evidence_options *options, struct err *e)
{
    struct job *job = calloc(1, sizeof *job);
    settle_sources(ev);
    ev->signatures = signatures_new(options->signatures_text, e);
    if (!ev->signatures) {
        free(job);
        return false;
    }
    struct slice *chains = find_chains(ev);
    struct fragment *fragments = calloc(ev->sources.n + 1, sizeof *fragments);
    if (!job || !fragments)
        err_oom();
    *job = (struct job){.ev = ev, .options = options, .n = ev->sources.n};
    job->order = calloc(job->n + 1, sizeof *job->order);
    if (!job->order)
        err_oom();
    job->count = thread_count(options, job->n);
    prepare(job, fragments, chains);
    run_all(job);
    join_indexes(job);
    freeze_index(&ev->index, options, ev->signatures);
    for (unsigned i = 0; i < job->count; i++)
        worker_done(&job->workers[i]);
    free(job->order);
    free(job);
    free(fragments);
    free(chains);
    return true;
}
