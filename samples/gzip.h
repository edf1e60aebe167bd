/* Files of evidence: written by appending whole gzip members (or plain text), so that thousands of streams
 * need neither open files nor a compressor each. */
#ifndef SAMPLES_GZIP_H
#define SAMPLES_GZIP_H

#include <stdbool.h>
#include <stddef.h>

/* Creates the folders above `path`. All three end the program with a message when the disk refuses. */
void gzip_folders(const char *path);
/* Appends one member that holds [p, p+n). `portable` takes zlib whatever was built in: the same bytes on
 * every machine. */
void gzip_append(const char *path, const char *p, size_t n, bool portable);
void gzip_append_plain(const char *path, const char *p, size_t n);

#endif
