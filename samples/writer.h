/* How a case's events become files: the same events in each of three containers. Place in the flow: the last
 * step, behind lambda.c, objects.c and gateway_calls.c. Formats: field guide,
 * cloudwatch-exports 3.1, 3.2, 3.5. export        aws/lambda/NAME/<task>/2026-03-02-[$LATEST]<32
 * hex>/000000.gz subscription  subscription/000000.gz, gzip members that hold one DATA_MESSAGE each filter
 * aws/lambda/NAME.json, an answer of `aws logs filter-log-events` S3 event records stand in
 * s3-events/000000.json.gz in all three, one document a line. */
#ifndef SAMPLES_WRITER_H
#define SAMPLES_WRITER_H

#include "samples/compose.h"

#include <stdbool.h>
#include <stdint.h>

enum container { CONTAINER_EXPORT, CONTAINER_SUBSCRIPTION, CONTAINER_FILTER };

struct writer_options {
    const char *folder; /* of the evidence; must not exist yet */
    enum container container;
    unsigned files; /* every stream (export) or group (others) is cut into so many files at most */
    bool plain;     /* no gzip */
    bool portable;  /* gzip by zlib: the same bytes on every machine */
    uint64_t seed;
};

struct group; /* a log group */

struct stream {
    struct group *group;
    char *name;
    bool shared; /* several calls at once write to it: its events are sorted before they are written */
    /* The writer's own. */
    char *path;
    struct compose text;
    unsigned part;
    struct stream *next; /* in its group's list of closed streams */
};

struct pending;

struct writer {
    struct writer_options options;
    unsigned part; /* the file, 0 … files-1, that events now go to; the caller moves it on */
    /* The writer's own. */
    struct group *groups[32];
    unsigned groups_n;
    struct pending *heap;
    size_t heap_n, heap_size;
    uint64_t sequence, record_sequence;
    struct compose records, scratch;
    unsigned records_part;
    char *records_path;
};

void writer_init(struct writer *w, const struct writer_options *options);
struct group *writer_group(struct writer *w, const char *name);
/* `name` is as CloudWatch spells it; it is taken over, and freed with the stream. */
struct stream *writer_stream(struct group *g, char *name);
/* No event may follow. */
void writer_close(struct writer *w, struct stream *s);
void writer_event(struct writer *w, struct stream *s, int64_t time, const char *p, size_t n);
/* One document of S3 event records, without its line end. */
void writer_record(struct writer *w, int64_t time, const char *p, size_t n);
/* Nothing older than `now` will come. */
void writer_advance(struct writer *w, int64_t now);
void writer_done(struct writer *w);

#endif
