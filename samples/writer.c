/* How a case's events become files. */
#include "samples/writer.h"

#include "samples/gzip.h"
#include "samples/random.h"

#include <stdlib.h>
#include <string.h>

/* A flush makes one gzip member or one document. CloudWatch's own batches are of this order. */
enum { FLUSH_SIZE = 256 << 10, EVENT_ID_STEM = 35, GROUPS_MAX = 32, INGESTION_MS = 180 };

struct group {
    char *name, *path;
    uint8_t task[16];
    struct compose text;   /* filter */
    unsigned part;         /* filter: the file that `text` goes to */
    bool open;             /* filter: the document has begun */
    struct stream *closed; /* filter: their events may still be pending */
};

struct pending {
    int64_t time;
    uint64_t sequence;
    struct stream *stream; /* NULL: an S3 record */
    char *p;
    size_t n;
};

static void append(const struct writer *w, const char *path, struct compose *text)
{
    if (text->n == 0)
        return;
    if (w->options.plain)
        gzip_append_plain(path, text->p, text->n);
    else
        gzip_append(path, text->p, text->n, w->options.portable);
    text->n = 0;
}

static char *file_path(const char *stem, unsigned part, const char *ending)
{
    char *ret = compose_string("%s/%0%s", stem, (uint64_t)part, 6, ending);
    gzip_folders(ret);
    return ret;
}

void writer_init(struct writer *w, const struct writer_options *options)
{
    *w = (struct writer){.options = *options};
    if (w->options.files == 0)
        w->options.files = 1;
}

/* ---- groups and streams ---- */

static void write_test_object(const struct writer *w, const struct group *g)
{
    static const char text[] = "Permission Check Successful";
    char *path = compose_string("%s/aws-logs-write-test", g->path);
    gzip_folders(path);
    (void)w;
    gzip_append_plain(path, text, sizeof text - 1);
    free(path);
}

struct group *writer_group(struct writer *w, const char *name)
{
    struct group *g = calloc(1, sizeof *g);
    struct random ids;
    if (!g || w->groups_n == GROUPS_MAX)
        abort();
    random_init(&ids, random_mix(w->options.seed, random_hash(name)));
    random_uuid(&ids, g->task);
    g->name = compose_string("%s", name);
    g->path = compose_string("%s/%s", w->options.folder, name[0] == '/' ? name + 1 : name);
    if (w->options.container == CONTAINER_EXPORT)
        write_test_object(w, g);
    return w->groups[w->groups_n++] = g;
}

static char *export_path(const struct group *g, const char *stream)
{
    char *folder = compose_string("%s", stream), *ret;
    for (char *p = folder; *p; p++)
        if (*p == '/')
            *p = '-';
    ret = compose_string("%s/%i/%s", g->path, g->task, folder);
    free(folder);
    return ret;
}

struct stream *writer_stream(struct group *g, char *name)
{
    struct stream *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->group = g;
    s->name = name;
    s->path = export_path(g, name);
    return s;
}

/* ---- export and subscription: a text for each stream ---- */

static void flush_stream(struct writer *w, struct stream *s)
{
    bool subscription = w->options.container == CONTAINER_SUBSCRIPTION;
    char *stem = subscription ? compose_string("%s/subscription", w->options.folder) : NULL;
    const char *ending = subscription       ? (w->options.plain ? ".json" : ".json.gz")
                         : w->options.plain ? ".txt"
                                            : ".gz";
    if (s->text.n) {
        char *path = file_path(stem ? stem : s->path, s->part, ending);
        if (subscription)
            compose_put(&s->text, "]}");
        append(w, path, &s->text);
        free(path);
    }
    free(stem);
}

/* CloudWatch's ids have 56 digits; they too begin alike and end in what is counted. */
static void event_id(const struct writer *w, struct compose *c, int64_t time, uint64_t sequence)
{
    enum { HALF = 19 };
    const uint64_t bound = 10000000000000000000u; /* 10^HALF: 2 + 13 + 19 + 22 = 56 digits */
    compose_put(c, "%0%0%0%0", (uint64_t)EVENT_ID_STEM, 2, (uint64_t)time, 13,
                random_mix(w->options.seed, 56) % bound, HALF, sequence, 22);
}

static void add_export(struct compose *c, int64_t time, const char *p, size_t n)
{
    compose_put(c, "%t ", time);
    compose_bytes(c, p, n);
    compose_bytes(c, "\n", 1);
}

static void add_subscription(struct writer *w, struct stream *s, const struct pending *e)
{
    struct compose *c = &s->text;
    if (c->n == 0)
        compose_put(
            c,
            "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"111122223333\",\"logGroup\":\"%s\",\"logStream\":"
            "\"%s\",\"subscriptionFilters\":[\"to-archive\"],\"logEvents\":[",
            s->group->name, s->name);
    else
        compose_bytes(c, ",", 1);
    compose_put(c, "{\"id\":\"");
    event_id(w, c, e->time, e->sequence);
    compose_put(c, "\",\"timestamp\":%u,\"message\":\"%j\"}", (uint64_t)e->time, e->p, e->n);
}

/* ---- filter: a document for each group ---- */

static void flush_group(struct writer *w, struct group *g, bool last)
{
    if (!g->open)
        return;
    if (last)
        compose_put(&g->text, "\n    ],\n    \"searchedLogStreams\": []\n}\n");
    char *path =
        w->options.files == 1 ? compose_string("%s.json", g->path) : file_path(g->path, g->part, ".json");
    gzip_folders(path);
    gzip_append_plain(path, g->text.p, g->text.n);
    g->text.n = 0;
    g->open = !last;
    free(path);
}

static void add_filter(struct writer *w, const struct pending *e)
{
    struct group *g = e->stream->group;
    if (g->open && g->part != w->part)
        flush_group(w, g, true);
    compose_put(&g->text, g->open ? ",\n" : "{\n    \"events\": [\n");
    g->open = true;
    g->part = w->part;
    compose_put(
        &g->text,
        "        {\n            \"logStreamName\": \"%s\",\n            \"timestamp\": %u,\n"
        "            \"message\": \"%j\",\n            \"ingestionTime\": %u,\n            \"eventId\": \"",
        e->stream->name, (uint64_t)e->time, e->p, e->n,
        (uint64_t)e->time + INGESTION_MS + e->sequence * 37 % 400);
    event_id(w, &g->text, e->time, e->sequence);
    compose_put(&g->text, "\"\n        }");
    if (g->text.n >= FLUSH_SIZE)
        flush_group(w, g, false);
}

/* ---- records ---- */

static void flush_records(struct writer *w)
{
    if (!w->records.n)
        return;
    char *stem = compose_string("%s/s3-events", w->options.folder);
    char *path = file_path(stem, w->records_part, w->options.plain ? ".json" : ".json.gz");
    append(w, path, &w->records);
    free(path);
    free(stem);
}

static void add_record(struct writer *w, const struct pending *e)
{
    if (w->records_part != w->part || w->records.n >= FLUSH_SIZE)
        flush_records(w);
    w->records_part = w->part;
    compose_bytes(&w->records, e->p, e->n);
    compose_bytes(&w->records, "\n", 1);
}

/* ---- delivery ---- */

static void deliver(struct writer *w, const struct pending *e)
{
    struct stream *s = e->stream;
    if (w->options.container == CONTAINER_FILTER) {
        add_filter(w, e);
        return;
    }
    if (s->part != w->part || s->text.n >= FLUSH_SIZE)
        flush_stream(w, s);
    s->part = w->part;
    if (w->options.container == CONTAINER_EXPORT)
        add_export(&s->text, e->time, e->p, e->n);
    else
        add_subscription(w, s, e);
}

static bool earlier(const struct pending *a, const struct pending *b)
{
    return a->time != b->time ? a->time < b->time : a->sequence < b->sequence;
}

static void heap_push(struct writer *w, struct pending e)
{
    if (w->heap_n == w->heap_size) {
        w->heap_size = w->heap_size ? 2 * w->heap_size : 256;
        w->heap = realloc(w->heap, w->heap_size * sizeof *w->heap);
        if (!w->heap)
            abort();
    }
    size_t at = w->heap_n++;
    for (; at > 0 && earlier(&e, &w->heap[(at - 1) / 2]); at = (at - 1) / 2)
        w->heap[at] = w->heap[(at - 1) / 2];
    w->heap[at] = e;
}

static struct pending heap_pop(struct writer *w)
{
    struct pending ret = w->heap[0], last = w->heap[--w->heap_n];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < w->heap_n; at = child) {
        if (child + 1 < w->heap_n && earlier(&w->heap[child + 1], &w->heap[child]))
            child++;
        if (!earlier(&w->heap[child], &last))
            break;
        w->heap[at] = w->heap[child];
    }
    w->heap[at] = last;
    return ret;
}

static void postpone(struct writer *w, struct pending e)
{
    char *copy = malloc(e.n + 1);
    if (!copy)
        abort();
    memcpy(copy, e.p, e.n);
    e.p = copy;
    heap_push(w, e);
}

void writer_event(struct writer *w, struct stream *s, int64_t time, const char *p, size_t n)
{
    struct pending e = {
        .time = time, .sequence = w->sequence++, .stream = s, .n = n, .p = (char *)(uintptr_t)p};
    if (s->shared || w->options.container == CONTAINER_FILTER)
        postpone(w, e);
    else
        deliver(w, &e);
}

void writer_record(struct writer *w, int64_t time, const char *p, size_t n)
{
    postpone(w, (struct pending){
                    .time = time, .sequence = w->record_sequence++, .n = n, .p = (char *)(uintptr_t)p});
}

void writer_advance(struct writer *w, int64_t now)
{
    while (w->heap_n && w->heap[0].time < now) {
        struct pending e = heap_pop(w);
        if (e.stream)
            deliver(w, &e);
        else
            add_record(w, &e);
        free(e.p);
    }
}

static void free_stream(struct stream *s)
{
    compose_done(&s->text);
    free(s->name);
    free(s->path);
    free(s);
}

void writer_close(struct writer *w, struct stream *s)
{
    if (w->options.container == CONTAINER_FILTER) {
        s->next = s->group->closed;
        s->group->closed = s;
        return;
    }
    flush_stream(w, s);
    free_stream(s);
}

void writer_done(struct writer *w)
{
    writer_advance(w, INT64_MAX);
    flush_records(w);
    for (unsigned i = 0; i < w->groups_n; i++) {
        struct group *g = w->groups[i];
        flush_group(w, g, true);
        for (struct stream *stream = g->closed, *next; stream; stream = next) {
            next = stream->next;
            free_stream(stream);
        }
        compose_done(&g->text);
        free(g->name);
        free(g->path);
        free(g);
    }
    free(w->heap);
    compose_done(&w->records);
    compose_done(&w->scratch);
}
