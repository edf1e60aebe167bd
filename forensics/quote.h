/* Verbatim evidence: reads the lines that findings cite back from their sources, when the detectors are done.
 * Only cited sources are opened again, each once, up to its last cited place. */
#ifndef FORENSICS_QUOTE_H
#define FORENSICS_QUOTE_H

#include "forensics/evidence.h"
#include "forensics/finding.h"

/* Fills the text of every citation: the line, decoded where it stood in a JSON string and cut to LIMIT_QUOTE;
 * of an S3 record the fields that matter. A place that cannot be read again leaves it empty. Where the first line tells an
 * error, its message is put behind what the finding says. */
void quote_findings(const struct evidence *ev, struct findings *fs);

#endif
