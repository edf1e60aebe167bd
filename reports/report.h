/* All that a renderer of the incident report may see: borrowed, const, worked out beforehand. A renderer
 * prints and computes nothing; one more renderer is one file and one row of `renderers`. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "base/buf.h"
#include "forensics/detector.h"
#include "forensics/incident.h"

/* One row of "incident against the time before". */
struct report_figure {
    const char *label, *incident, *before;
};

/* A line of the timeline's table. */
struct report_moment {
    int64_t time;
    const char *text;
    struct loc loc;
    const struct finding *finding;
};

/* A function that the evidence says nothing bad of, and how far its own log goes. */
struct report_well {
    struct slice name;
    int64_t from, to;
};

struct report {
    const struct evidence *ev;
    const struct dossier *dossier;
    const struct findings *findings;
    enum severity min_severity; /* findings below it are counted and not shown */
    const char **paths;         /* one a source, shortened where all stay different */
    const char *command;        /* as typed, without options that do not change the content */
    const char *headline;       /* of the top finding, or that there is none */
    const char *verdict;        /* one line: how many findings of which severity, functions, window, checks */
    const char *summary;        /* some sentences for a manager */
    const char *healthy;        /* functions without a finding at medium or above, or NULL */
    const struct finding *top;  /* the finding the figures are about, or NULL */
    struct incident incident;   /* around it; incident.found tells whether there is any */
    VEC(struct report_figure) figures;
    const char *
        before; /* what the figures compare the incident with: "the hour before", or NULL: nothing is known */
    VEC(struct report_moment) moments; /* in order of time */
    VEC(struct report_well) well;      /* without failure and finding, by name */
    uint64_t counts[SEVERITIES];
    uint64_t bytes_read, bytes_decompressed, lines, unrecognised_lines, s3_records, sources_lost;
    struct arena arena;
};

void report_init(struct report *r, const struct evidence *ev, const struct dossier *d,
                 const struct findings *fs, enum severity min_severity, const char *command);
void report_done(struct report *r);
/* Fills `figures` and `before`. */
void report_add_figures(struct report *r);
/* Fills `healthy` and `well`. */
void report_find_healthy(struct report *r);
static inline const char *report_count(struct report *r, uint64_t n)
{
    return detector_count(&r->arena, n);
}
/* Is it shown at --min-severity? */
bool report_shows(const struct report *r, const struct finding *f);
/* Path and line of a place as FILE:LINE, the path short, in the report's arena; "" for LOC_NONE. */
const char *report_place(struct report *r, struct loc loc);

struct renderer {
    const char *name;
    void (*render)(struct report *r, struct buf *out);
};
extern const struct renderer *const renderers[]; /* the first is the default; NULL at the end */

#endif
