/* What input can make the program take, each with the reason for its size. Reaching one is an anomaly in the
 * report, never silence. The manual page names them (section LIMITS). */
#ifndef PARSERS_LIMITS_H
#define PARSERS_LIMITS_H

#include <stddef.h>

/* CloudWatch takes events of up to 1 MB (256 KB before 2025); four times that leaves room for pasted text. */
#define LIMIT_ENTRY ((size_t)4 << 20)
/* What is held of one JSON document. filter-log-events merges all pages of an answer into one, which is read item by
 * item: see document_window.c. */
#define LIMIT_DOCUMENT ((size_t)1 << 30)
/* gzip inside gzip inside base64 …: Firehose makes two. */
enum { LIMIT_NESTING = 4 };
/* What one wrapped document (base64 of gzip) may inflate to. */
#define LIMIT_WRAPPED ((size_t)256 << 20)
/* Bytes looked at to recognise a format. */
#define LIMIT_SNIFF ((size_t)64 << 10)
/* Standard input and archive members are held in memory, as stored: all of them together. */
#define LIMIT_HELD ((size_t)2 << 30)
/* Members of one archive. */
enum { LIMIT_ARCHIVE_MEMBERS = 1000000 };
/* An archive, and text wrapped twice or in anything but gzip, may inflate to this many times its stored size;
 * logs reach 10 to 30, zeros under gzip 230 to 1030, under zstd 30,000. */
enum { LIMIT_RATIO = 200 };
/* The ratio says nothing about small things: this much may always come out. */
#define LIMIT_RATIO_FREE ((size_t)64 << 20)
/* Quoted text of one line of evidence, in bytes. */
enum { LIMIT_QUOTE = 600 };
/* Lines of evidence a finding carries in JSON; the report shows fewer. */
enum { LIMIT_EVIDENCE = 20 };
/* Request ids a finding carries: the contract's number. */
enum { LIMIT_REQUEST_IDS = 1000 };

#endif
