/* Archives: tar (under any compression that parsers/input.h reads), zip and 7z, recognised by content, read by
 * libarchive, never extracted to disk. Each regular member is handed over with its stored bytes and becomes a
 * source of its own (forensics/evidence.c); what is wrong with it goes with it, what is wrong with the archive
 * becomes an anomaly of the archive's source. */
#ifndef PARSERS_ARCHIVE_H
#define PARSERS_ARCHIVE_H

#include "parsers/source.h"

struct archive_member {
    struct slice path;         /* as the archive has it, a label and no more; lent during the call */
    char *bytes;               /* malloc'd; whoever is called takes them over; NULL when none could be read */
    size_t n;                  /* those before the damage when there is damage */
    enum anomaly_kind anomaly; /* when there is damage */
    const char *damage;        /* lent; NULL: the member is whole */
};

/* What may still be taken. Given back by whoever frees the bytes. */
struct archive_budget {
    uint64_t held;    /* bytes, of LIMIT_HELD */
    uint64_t members; /* of LIMIT_ARCHIVE_MEMBERS */
};
/* What a member costs beside its bytes and its name: its source. */
enum { ARCHIVE_MEMBER_COST = 512 };

typedef void archive_sink(void *ctx, struct archive_member *m);

extern const char archive_source_format[]; /* "archive": the format of a source that has been unpacked */

static inline bool archive_unpacked(const struct source *s)
{
    return s->format == archive_source_format;
}

/* Looks at the first bytes of the source, a regular file or memory, and of what they inflate to. Changes
 * nothing in it. */
bool archive_is(struct source *source);
/* Calls the sink for each regular member in order; names with a component that begins with a dot are left out,
 * as in folders. The source becomes format "archive" with its figures and SHA-256. Time and memory are bounded
 * whatever the archive holds. */
void archive_unpack(struct source *source, struct archive_budget *budget, archive_sink *sink, void *ctx);
/* The same without a look inside, for an archive nested too deep: notes that. */
void archive_refuse(struct source *source);

#endif
