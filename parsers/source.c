/* One input file and its fate. */
#include "parsers/source.h"

#include "parsers/gunzip.h"

void source_init(struct source *s, const char *path, const char *open)
{
    *s = (struct source){.path = path, .open = open, .format = "unrecognised", .compression = "none"};
    s->keep_every = RESTART_EVERY;
    s->first_unrecognised = LOC_NONE;
    arena_init(&s->arena);
}

void source_done(struct source *s)
{
    vec_done(&s->anomalies);
    for (size_t i = 0; i < s->restarts.n; i++)
        gunzip_done(s->restarts.v[i].gunzip);
    vec_done(&s->restarts);
    arena_done(&s->arena);
}

void source_anomaly(struct source *s, enum anomaly_kind kind, uint64_t line, uint64_t offset,
                    const char *detail)
{
    for (size_t i = 0; i < s->anomalies.n; i++) {
        if (s->anomalies.v[i].kind == kind) {
            s->anomalies.v[i].count++;
            return;
        }
    }
    const char *copy = arena_copy(&s->arena, slice_str(detail)).p;
    *vec_push(&s->anomalies) = (struct anomaly){kind, line, offset, copy, 1};
}

uint64_t source_keep_every(uint64_t stored_in_all)
{
    enum { TEXT_OF_STORED = 8 };
    uint64_t every = stored_in_all / RESTARTS_ALL * TEXT_OF_STORED;
    return every < RESTART_LEAST ? RESTART_LEAST : every;
}

void source_keep(struct source *s, uint64_t stored, const struct gunzip *at, struct arena *shelf)
{
    uint64_t last = s->restarts.n ? s->restarts.v[s->restarts.n - 1].offset : 0;
    if (at->produced - last < s->keep_every || s->restarts.n == RESTARTS_MAX)
        return;
    struct gunzip copy;
    if (!gunzip_copy(&copy, at, shelf))
        return;
    struct gunzip *kept = arena_take(shelf, sizeof *kept);
    *kept = copy;
    *vec_push(&s->restarts) = (struct restart){at->produced, stored, kept};
}

const struct restart *source_restart(const struct source *s, uint64_t offset)
{
    size_t n = source_lost(s) ? 0 : s->restarts.n;
    while (n > 0 && s->restarts.v[n - 1].offset > offset)
        n--;
    return n ? &s->restarts.v[n - 1] : NULL;
}

void source_unrecognised(struct source *s, struct loc loc, struct slice line)
{
    line = slice_rtrim(line);
    if (line.n == 0)
        return;
    if (s->unrecognised_lines++ == 0) {
        s->first_unrecognised = loc;
        s->first_line = arena_copy(&s->arena, slice_head(line, SOURCE_FIRST_LINE_MAX));
    }
}

const char *anomaly_name(enum anomaly_kind kind)
{
    static const char *const names[ANOMALY_KINDS] = {
        [ANOMALY_UNREADABLE] = "unreadable",
        [ANOMALY_GZIP_TRUNCATED] = "gzip-truncated",
        [ANOMALY_GZIP_DAMAGED] = "gzip-damaged",
        [ANOMALY_GZIP_TRAILING] = "gzip-trailing-bytes",
        [ANOMALY_COMPRESSED_TRUNCATED] = "compressed-truncated",
        [ANOMALY_COMPRESSED_DAMAGED] = "compressed-damaged",
        [ANOMALY_JSON_TRUNCATED] = "json-truncated",
        [ANOMALY_JSON_DAMAGED] = "json-damaged",
        [ANOMALY_CSV_DAMAGED] = "csv-damaged",
        [ANOMALY_TOO_LONG] = "too-long",
        [ANOMALY_NESTED_TOO_DEEP] = "nested-too-deep",
        [ANOMALY_BAD_BASE64] = "bad-base64",
        [ANOMALY_ARCHIVE] = "archive",
        [ANOMALY_NUL_BYTES] = "nul-bytes",
        [ANOMALY_NO_LINE_END] = "no-line-end",
        [ANOMALY_BAD_UTF8] = "bad-utf8",
        [ANOMALY_JSON_ODD] = "json-string",
        [ANOMALY_EMPTY] = "empty",
        [ANOMALY_NO_REQUEST_ID] = "no-request-id",
        [ANOMALY_NO_MESSAGE] = "no-message",
        [ANOMALY_ROWS_LIMITED] = "rows-limited",
        [ANOMALY_TRACE_LIMITED] = "trace-limited",
        [ANOMALY_ORPHAN_LINES] = "orphan-lines",
    };
    return kind < ANOMALY_KINDS && names[kind] ? names[kind] : "unknown";
}

bool source_lost(const struct source *s)
{
    for (size_t i = 0; i < s->anomalies.n; i++)
        if (s->anomalies.v[i].kind < ANOMALY_LOSS)
            return true;
    return false;
}
