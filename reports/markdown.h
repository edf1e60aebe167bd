/* Pieces that the parts of the Markdown report share. Internal to the renderer: render_markdown.c writes the
 * report, markdown_incident.c the incident as a whole, markdown_charts.c the timeline and charts,
 * markdown_evidence.c what was read and what was not. */
#ifndef REPORTS_MARKDOWN_H
#define REPORTS_MARKDOWN_H

#include "reports/report.h"

void markdown_put(struct buf *out, const char *text);  /* our own words, as they are */
void markdown_text(struct buf *out, const char *text); /* from evidence, escaped */
void markdown_code(struct buf *out, const char *text); /* the same as a code span */
/* hh:mm:ss.mmm, or the date and hh:mm:ss; nothing for TIME_NONE. */
void markdown_clock(struct buf *out, int64_t time, bool with_date);
/* With milliseconds; with the date where the evidence spans several days. */
void markdown_moment(struct buf *out, const struct report *r, int64_t time);
/* The head of a table: a '#' in front of a name sets the column to the right. */
void markdown_header(struct buf *out, const char *const *columns, size_t n);
/* "N more WHAT." when there are any. */
void markdown_note(struct buf *out, uint64_t left_out, const char *what);

void markdown_incident(struct report *r, struct buf *out);
void markdown_timeline(struct report *r, struct buf *out);
void markdown_flowchart(const struct finding *f, struct buf *out);
void markdown_checks(const struct report *r, struct buf *out);
void markdown_evidence(struct report *r, struct buf *out);

#endif
