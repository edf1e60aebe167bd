/* Nothing from a log reaches a report or a terminal but through one of these. Control bytes, invalid UTF-8
 * and characters that reorder or hide text (bidi marks, zero-width, line separators) become visible. */
#ifndef REPORTS_ESCAPE_H
#define REPORTS_ESCAPE_H

#include "base/buf.h"

/* For a terminal and for plain text: line ends become \n, escapes \x1b. */
void escape_terminal(struct buf *out, struct slice s);
/* For running Markdown text and table cells: no markup, no HTML, no mention, no link comes out of it. */
void escape_markdown(struct buf *out, struct slice s);
/* As a code span, safe in a table too; an empty text gives nothing. */
void escape_code(struct buf *out, struct slice s);
/* For a label in a Mermaid chart: what Mermaid reads as syntax is replaced. */
void escape_mermaid(struct buf *out, struct slice s);
/* One CSV field, quoted; a leading = + - @ is disarmed with a blank, control bytes are written as in JSON: \u001b. */
void escape_csv(struct buf *out, struct slice s);

#endif
