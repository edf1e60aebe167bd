/* What a file's path says of its content: the log stream of an export folder, the function, the log group,
 * and which files of a folder are pieces of one. Rules: contract.md "The function's name". */
#ifndef FORENSICS_PLACE_H
#define FORENSICS_PLACE_H

#include "base/arena.h"
#include "base/slice.h"

struct place {
    struct slice stream;   /* as CloudWatch spells it, empty when the folder is no stream */
    struct slice function; /* from …/aws/lambda/NAME, else empty */
    struct slice group;    /* from …/API-Gateway-Execution-Logs_ID/STAGE/…, else empty */
    struct slice folder;   /* that holds the export task or the file; for "unknown (FOLDER)" */
};

/* Slices point into the path or the arena. */
void place_of(struct slice path, struct arena *arena, struct place *ret);
/* True when `b` is the piece that follows `a`: same folder, and the names differ in one number that is one
 * higher (000000.gz, 000001.gz) or in the suffix of split (xaa, xab). */
bool place_follows(struct slice a, struct slice b);
/* The folder part of a path, without the slash; empty when there is none. */
struct slice place_folder(struct slice path);
/* YYYY/MM/DD/[FUNCTION][VERSION]32hex: the function's name in it when it has one, and whether it is such. */
bool place_stream_parts(struct slice stream, struct slice *ret_function, struct slice *ret_version);

#endif
