/* The evidence of one run: the list of files, and the index made from them. */
#ifndef FORENSICS_EVIDENCE_H
#define FORENSICS_EVIDENCE_H

#include "base/err.h"
#include "base/intern.h"
#include "forensics/index.h"
#include "parsers/archive.h"
#include "parsers/source.h"

struct container;

struct evidence_options {
    unsigned threads; /* 0: as many as there are cores */
    int64_t from, to; /* TIME_NONE: open; both ends belong to the window */
    struct slice assume_function;
    const struct container *format_in; /* NULL: recognise */
    struct slice signatures_text;      /* content of the user's signature file, may be empty */
    const struct slice *functions;     /* only these, when there are any */
    size_t functions_n;
    /* Called from time to time by one thread at a time; may be NULL. */
    void (*progress)(void *ctx, uint64_t bytes_done, uint64_t bytes_all, const char *path);
    void *progress_ctx;
};

struct evidence {
    VEC(struct source) sources; /* sorted by path; a loc's source is an index into it */
    struct arena arena;
    VEC(char *) held; /* standard input and members of archives: what sources' memory points to */
    struct archive_budget budget;
    struct intern members; /* their paths, to tell those that are named alike */
    VEC(uint32_t) named;   /* by number of the path: how many members */
    struct index index;
    struct signatures *signatures;
    unsigned threads; /* to work with, from evidence_read on */
    bool from_stdin;
};

void evidence_init(struct evidence *ev);
void evidence_done(struct evidence *ev);
/* Adds a file, a folder (walked, sorted by name), a pipe or "-". What cannot be read becomes a source with an anomaly. */
void evidence_add(struct evidence *ev, const char *path);
/* Opens the archives among the files, as evidence_read does first. An archive becomes a source of format "archive"
 * without lines, and one for each member, named ARCHIVE!/MEMBER (ARCHIVE!2/MEMBER the second time that a name
 * occurs), to any depth that LIMIT_NESTING allows. */
void evidence_unpack(struct evidence *ev, unsigned threads);
/* Reads all sources with several threads, joins what they found and freezes the index. */
bool evidence_read(struct evidence *ev, const struct evidence_options *options, struct err *e);
/* True when not one source could be read or recognised. */
bool evidence_empty(const struct evidence *ev);

#endif
