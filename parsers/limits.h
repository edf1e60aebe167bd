/* What input can make the program take, each with the reason for its size. Reaching one is an anomaly in the
 * report, never silence. The manual page names them (section LIMITS). */
#ifndef PARSERS_LIMITS_H
#define PARSERS_LIMITS_H

#include <stddef.h>

/* CloudWatch takes events of up to 1 MB (256 KB before 2025); four times that leaves room for pasted text. */
#define LIMIT_ENTRY ((size_t)4 << 20)
/* One JSON document: filter-log-events merges all pages of an answer into one. */
#define LIMIT_DOCUMENT ((size_t)1 << 30)
/* gzip inside gzip inside base64 …: Firehose makes two. */
enum { LIMIT_NESTING = 4 };
/* What one wrapped document (base64 of gzip) may inflate to. */
#define LIMIT_WRAPPED ((size_t)256 << 20)
/* Bytes looked at to recognise a format. */
#define LIMIT_SNIFF ((size_t)64 << 10)
/* Standard input and archive members are held in memory, as stored. */
#define LIMIT_HELD ((size_t)2 << 30)
/* Members of one archive. */
enum { LIMIT_ARCHIVE_MEMBERS = 1000000 };
/* Quoted text of one line of evidence, in bytes. */
enum { LIMIT_QUOTE = 600 };
/* Lines of evidence a finding carries in JSON; the report shows fewer. */
enum { LIMIT_EVIDENCE = 20 };
/* Request ids a finding carries: the contract's number. */
enum { LIMIT_REQUEST_IDS = 1000 };

#endif
