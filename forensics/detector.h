/* A detector looks for one kind of incident. One more is one file, one word in detectors.h, one golden case
 * and one entry in the manual. */
#ifndef FORENSICS_DETECTOR_H
#define FORENSICS_DETECTOR_H

#include "base/jsonw.h"
#include "forensics/dossier.h"
#include "forensics/finding.h"

struct detector {
    const char *name;    /* what --only takes and JSON shows */
    const char *doc;     /* one line for `coldcase detectors` */
    const char *missing; /* why it could not run: "no S3 event record in the evidence" */
    /* For `coldcase explain`: the rule with its thresholds, the fact of AWS behind it with its source, and what
     * would disprove a finding. Each one sentence or a few. */
    const char *rule, *fact, *disproof;
    /* Shares its work out over the threads itself and has much of it: runs before the others, alone, so that the memory
     * of two such is not needed at one time. */
    bool wide;
    /* Judges each function by itself, whatever the others are, and looks at all attempts: where there are several threads
     * each runs it on some of the functions. */
    bool by_function;
    /* How many things it can look at; 0 means that the evidence lacks what it needs. */
    uint64_t (*examine)(const struct dossier *d);
    /* Adds findings. Returns the reason when it finds none, in findings' arena, or NULL for the plain word.
     */
    const char *(*run)(const struct detector *self, const struct dossier *d, struct findings *fs);
};

/* All detectors in the order of the manual; NULL at the end. */
extern const struct detector *const detectors[];

/* Runs all detectors (or those named), sorts the findings, gives ids and links causes. */
void detectors_run(const struct dossier *d, const struct slice *only, size_t only_n, struct findings *fs);
const struct detector *detector_by_name(struct slice name);

/* ---- shared by detectors ---- */

/* Attempts of one function, in order of time. */
typedef VEC(const struct attempt *) detector_picks;
/* A writer for `detail`; detail_done puts the text into the finding. */
struct detail {
    struct buf text;
    struct jsonw w;
};
void detail_init(struct detail *detail);
void detail_done(struct detail *detail, struct findings *fs, struct finding *f);
void detail_id(struct detail *detail, const struct dossier *d, const struct attempt *a);
/* Application lines to look at: all that were read, or those that are known to lie inside of --from, --to and
 * --function. */
uint64_t detector_lines(const struct dossier *d);
/* The line tells that its invocation was ended for want of memory. */
bool detector_says_memory(const struct dossier *d, const struct mark *m);
/* A step that says why the finding has its severity: "failed attempts: 47 >= 3, so high". */
void detector_level(struct findings *fs, struct finding *f, const char *what, uint64_t n, uint64_t high);
/* "3 h 12 min", "14 min", "41 s", "5.7 s", "320 ms": rounded to the nearest. */
const char *detector_span(struct arena *arena, int64_t ms);
/* 41,208 */
const char *detector_count(struct arena *arena, uint64_t n);
/* What a finding counts: "3 invocations", "2 log lines" that belong to none, or both. */
const char *detector_counted(struct arena *arena, const struct finding *f);
/* As the evidence writes them, for the cells of tables: a time in UTC, empty when it is unknown; a request id. */
const char *detector_time(struct arena *arena, int64_t time);
const char *detector_request_id(struct arena *arena, const struct dossier *d, const struct attempt *a);
/* "invocation" or "invocations". */
const char *detector_plural(uint64_t n, const char *one, const char *many);

#endif
