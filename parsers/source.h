/* One input file and its fate. A source is written by the one worker that reads it and read by everybody
 * after the workers have been joined. */
#ifndef PARSERS_SOURCE_H
#define PARSERS_SOURCE_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdint.h>

/* Where a fact stands: the unit of proof. `line` counts from 1 and `offset` from 0, both in the decompressed
 * text; for an entry inside a JSON document they are those of its message string. */
struct loc {
    uint32_t source; /* index in the run's list of sources, which is sorted by path */
    uint32_t line;
    uint64_t offset;
};
#define LOC_NONE ((struct loc){UINT32_MAX, 0, 0})

static inline bool loc_before(struct loc a, struct loc b)
{
    if (a.source != b.source)
        return a.source < b.source;
    return a.offset != b.offset ? a.offset < b.offset : a.line < b.line;
}

/* What was wrong with a piece of evidence, in data: everything before and after it still counts. Those below
 * ANOMALY_LOSS mean that something could not be read (exit status 2), those after it lose nothing. */
enum anomaly_kind {
    ANOMALY_UNREADABLE,     /* cannot be opened or read at all */
    ANOMALY_GZIP_TRUNCATED, /* offset: compressed bytes */
    ANOMALY_GZIP_DAMAGED,
    ANOMALY_GZIP_TRAILING,        /* bytes behind the last member */
    ANOMALY_COMPRESSED_TRUNCATED, /* zstd, bzip2, xz, lz4; offset: of the text, which is lost from there on */
    ANOMALY_COMPRESSED_DAMAGED,
    ANOMALY_JSON_TRUNCATED,
    ANOMALY_JSON_DAMAGED,
    ANOMALY_CSV_DAMAGED,
    ANOMALY_TOO_LONG, /* a line, entry or document over its limit */
    ANOMALY_NESTED_TOO_DEEP,
    ANOMALY_BAD_BASE64,
    ANOMALY_ARCHIVE,
    ANOMALY_LOSS, /* not a kind: the border */
    ANOMALY_NUL_BYTES,
    ANOMALY_NO_LINE_END, /* the last line has no end */
    ANOMALY_BAD_UTF8,
    ANOMALY_JSON_ODD, /* a string's control byte or false escape: read all the same */
    ANOMALY_EMPTY,
    ANOMALY_NO_REQUEST_ID, /* reports without one */
    ANOMALY_NO_MESSAGE,    /* rows of a query that left the lines out */
    ANOMALY_ROWS_LIMITED,  /* a query that matched more lines than it gives */
    ANOMALY_TRACE_LIMITED, /* a trace that X-Ray gave without some of its segments */
    ANOMALY_ORPHAN_LINES,  /* lines before the first entry that belong to no file at hand */
    ANOMALY_KINDS
};

/* The detail of ANOMALY_NO_MESSAGE. */
#define NO_MESSAGE                                                                                           \
    "rows without @message are figures, no lines: ask again for @timestamp, @message, @logStream and @log"

struct container;
struct document;
struct gunzip;

/* A place of a gzip file at which a second reading can begin: its cited lines are far apart. */
struct restart {
    uint64_t offset, stored; /* in the text and in the file */
    struct gunzip *gunzip;
};
/* In bytes of text. One takes 55 KB with ISA-L, so that they are as dense as some 28 MB for all evidence allow, in
 * which text is taken to be eight times what is stored. Where it is far more, RESTARTS_MAX, 56 MB, bound a source. */
enum {
    RESTART_EVERY = 16 << 20,
    RESTART_LEAST = 1 << 20,
    RESTARTS_ALL = 512,
    RESTARTS_MAX = 2 * RESTARTS_ALL
};
uint64_t source_keep_every(uint64_t stored_in_all);

struct anomaly {
    enum anomaly_kind kind;
    uint64_t line, offset; /* 0 where it does not apply */
    const char *detail;    /* one sentence; lives in the source's arena */
    uint64_t count;        /* how many of this kind were met; the place is that of the first */
};

/* Compression and wrapping are shown as "gzip", "gzip, gzip", "base64, gzip" or "none". */
struct source {
    const char *path; /* as shown to the user; never made absolute */
    const char *open; /* NULL for standard input, a member of an archive, or what cannot be read */
    uint32_t index;
    uint64_t bytes_read;         /* as stored */
    uint64_t bytes_decompressed; /* of text */
    uint64_t lines, unrecognised_lines;
    uint64_t entries, records;
    uint8_t sha256[32];
    const char *format;      /* name of the row in the formats table, "unrecognised" when nothing matched */
    const char *compression; /* "none", "gzip" … */
    struct loc first_unrecognised;
    struct slice first_line; /* the first line that nothing recognised, cut to SOURCE_FIRST_LINE_MAX */
    VEC(struct anomaly) anomalies;
    VEC(struct restart) restarts; /* by offset */
    uint64_t keep_every;          /* their distance */
    struct arena arena;
    struct slice memory; /* content of standard input or of an archive member; p is NULL for a file */
    /* A first look at how the text begins, before it is read: see container_survey. */
    const struct container *looks_like, *runner_up; /* the best match of a format, and the second or NULL */
    const struct document *kind;
    bool records_first;  /* with S3 records: read in the first round */
    struct source *next; /* goes on with this one's text: a document was cut into files; or NULL */
    uint64_t rewrapped;  /* bytes that gzip inside of wrapped gzip came to */
    bool wrapped;        /* holds base64: places inside are those of the wrapping string */
    bool continues;      /* some other source's `next` */
    uint64_t size;       /* from the file system, to share out the work */
};
enum { SOURCE_FIRST_LINE_MAX = 200 };

void source_init(struct source *s, const char *path, const char *open);
void source_done(struct source *s);
/* Notes an anomaly; the same kind a second time only counts. `detail` is copied. */
void source_anomaly(struct source *s, enum anomaly_kind kind, uint64_t line, uint64_t offset,
                    const char *detail);
/* Keeps the place, on the shelf, which must outlive the source, when the last one is keep_every before it. */
void source_keep(struct source *s, uint64_t stored, const struct gunzip *at, struct arena *shelf);
/* The last place at or before the offset. NULL, the begin of the file, also for one of which something was lost: from a
 * place in its middle the last bytes before the damage would not be told so well (inflate_isal.c). */
const struct restart *source_restart(const struct source *s, uint64_t offset);
/* Counts a line that nothing recognised and keeps the first. */
void source_unrecognised(struct source *s, struct loc loc, struct slice line);
const char *anomaly_name(enum anomaly_kind kind);
/* True when something of it could not be read. */
bool source_lost(const struct source *s);

#endif
