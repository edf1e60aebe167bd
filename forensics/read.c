/* Reading all evidence: sources shared out to workers through one atomic counter, largest first; each worker
 * owns its inflate state, scanner and index, so that they share nothing. Then the indexes are joined and frozen.
 * Files that begin with S3 records are read in a first round, so that the second one knows the keys to look
 * for. */
#include "base/parallel.h"
#include "forensics/freeze.h"
#include "forensics/keys.h"
#include "forensics/scan.h"

#include <stdatomic.h>
#include <stdio.h>

struct job;
typedef void job_work(struct job *job, unsigned number, struct source *s);

struct job {
    struct evidence *ev;
    const struct evidence_options *options;
    struct fragment *fragments; /* one a source; see scan.h */
    struct slice *chains;
    struct source **order; /* the work: S3 records first, then largest first */
    size_t records, n;     /* how many make the first round; all */
    job_work *work;        /* of the present round */
    size_t from;           /* where it begins */
    atomic_size_t left;    /* sources of the round that are not read */
    atomic_int idle;       /* threads without a source */
    atomic_ullong bytes_done;
    uint64_t bytes_all;
    struct worker workers[THREADS_MAX];
    unsigned count;
};

static int by_path(const void *a, const void *b)
{
    const struct source *x = a, *y = b;
    return strcmp(x->path, y->path);
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

/* ---- rounds ---- */

static void take(void *ctx, unsigned number, size_t i)
{
    struct job *job = ctx;
    job->work(job, number, job->order[job->from + i]);
}

/* Does the work for order[from..end) with all threads. */
static void run_round(struct job *job, size_t from, size_t end, job_work *work)
{
    job->work = work;
    job->from = from;
    parallel_run(job->count, end - from, take, job);
}

static void survey(struct job *job, unsigned number, struct source *s)
{
    worker_survey(&job->workers[number], s);
}

static void read_source(struct job *job, unsigned number, struct source *s)
{
    const struct evidence_options *o = job->options;
    worker_read(&job->workers[number], s);
    if (atomic_fetch_sub(&job->left, 1) - 1 < job->ev->threads) /* all others are being read */
        atomic_fetch_add(&job->idle, 1);
    unsigned long long done = atomic_fetch_add(&job->bytes_done, s->size) + s->size;
    if (o->progress && number == 0)
        o->progress(o->progress_ctx, done, job->bytes_all, s->path);
}

/* ---- order ---- */

static int largest_first(const void *a, const void *b)
{
    const struct source *const *x = a, *const *y = b;
    if ((*x)->records_first != (*y)->records_first)
        return (*x)->records_first ? -1 : 1;
    if ((*x)->size != (*y)->size)
        return (*x)->size < (*y)->size ? 1 : -1;
    return (*x)->index < (*y)->index ? -1 : (*x)->index > (*y)->index;
}

/* An export's stream folder holds lines: no need to look at ten thousand of them twice. */
static bool needs_survey(struct job *job, const struct source *s)
{
    struct place place;
    place_of(slice_str(s->path), &job->ev->arena, &place);
    return place.stream.n == 0;
}

/* Documents that go on in the next file are read as one; they are no work of their own. */
static void link_pieces(struct job *job)
{
    struct source *v = job->ev->sources.v;
    size_t kept = 0;
    for (size_t i = 1; i < job->ev->sources.n; i++) {
        struct source *before = &v[i - 1];
        if (!place_follows(slice_str(before->path), slice_str(v[i].path)))
            continue;
        /* A piece in the middle looks like nothing: what the first one is goes for all. */
        v[i].continues = container_continues(before, &v[i]);
        if (v[i].continues) {
            before->next = &v[i];
            v[i].looks_like = before->looks_like;
            v[i].kind = before->kind;
        }
    }
    for (size_t i = 0; i < job->ev->sources.n; i++) {
        if (!v[i].continues)
            job->order[kept++] = &v[i];
        else
            job->order[kept - 1]->size += v[i].size;
    }
    job->n = kept;
}

static void plan(struct job *job)
{
    struct evidence *ev = job->ev;
    size_t n = 0;
    for (size_t i = 0; i < ev->sources.n; i++) {
        job->bytes_all += ev->sources.v[i].size;
        if (needs_survey(job, &ev->sources.v[i]))
            job->order[n++] = &ev->sources.v[i];
    }
    for (size_t i = 0; i < ev->sources.n; i++)
        ev->sources.v[i].keep_every = source_keep_every(job->bytes_all);
    run_round(job, 0, n, survey);
    link_pieces(job);
    qsort(job->order, job->n, sizeof *job->order, largest_first);
    while (job->records < job->n && job->order[job->records]->records_first)
        job->records++;
    for (unsigned i = 0; i < job->count; i++)
        worker_expect(&job->workers[i], job->bytes_all / job->count);
}

/* Reads order[from..end). A source that outlasts the others gets the thread that would be idle, to read ahead. */
static void read_sources(struct job *job, size_t from, size_t end)
{
    size_t n = end - from;
    atomic_store(&job->left, n);
    atomic_store(&job->idle, n < job->ev->threads ? (int)(job->ev->threads - n) : 0);
    run_round(job, from, end, read_source);
}

static void merge_workers(struct job *job)
{
    for (unsigned i = 1; i < job->count; i++)
        index_merge(&job->workers[0].index, &job->workers[i].index, job->ev->threads);
}

static void read_all(struct job *job)
{
    struct index *x = &job->workers[0].index;
    read_sources(job, 0, job->records);
    merge_workers(job);
    struct keys *keys = NULL; /* nobody looks for them where nothing but records is */
    if (job->records < job->n) {
        freeze_order_objects(x, job->ev->threads);
        keys = keys_new(x, job->ev->threads);
    }
    for (unsigned i = 0; i < job->count; i++)
        job->workers[i].keys = keys;
    read_sources(job, job->records, job->n);
    merge_workers(job);
    scan_glue(&job->workers[0]);
    keys_settle(keys, x);
    keys_free(keys);
    freeze_index(x, job->options, job->ev->threads);
    index_done(&job->ev->index);
    job->ev->index = *x;
    index_init(x);
}

static struct job *job_new(struct evidence *ev, const struct evidence_options *options)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        err_oom();
    job->ev = ev;
    job->options = options;
    job->order = calloc(ev->sources.n + 1, sizeof *job->order);
    job->fragments = calloc(ev->sources.n + 1, sizeof *job->fragments);
    if (!job->order || !job->fragments)
        err_oom();
    job->chains = find_chains(ev);
    job->count = ev->sources.n < ev->threads ? (unsigned)ev->sources.n : ev->threads;
    job->count = job->count ? job->count : 1;
    for (unsigned i = 0; i < job->count; i++) {
        worker_init(&job->workers[i], ev, options);
        job->workers[i].fragments = job->fragments;
        job->workers[i].chains = job->chains;
        job->workers[i].idle = &job->idle;
    }
    return job;
}

static void job_free(struct job *job)
{
    for (unsigned i = 0; i < job->count; i++)
        worker_done(&job->workers[i]);
    free(job->order);
    free(job->fragments);
    free(job->chains);
    free(job);
}

bool evidence_read(struct evidence *ev, const struct evidence_options *options, struct err *e)
{
    ev->threads = parallel_threads(options->threads);
    settle_sources(ev);
    evidence_unpack(ev, ev->threads);
    settle_sources(ev);
    ev->signatures = signatures_new(options->signatures_text, e);
    if (!ev->signatures)
        return false;
    struct job *job = job_new(ev, options);
    plan(job);
    read_all(job);
    job_free(job);
    return true;
}
