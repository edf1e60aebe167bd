/* Error signatures: what well-known failures look like in application text. The literals of all rows are
 * found in one pass (libhs); at a hit, PCRE2 and the shape rule below decide whether the line reports that
 * error or only talks about it. Place in the flow: after message_parse, on EVENT_APP text.
 *
 * WHICH LINES COUNT (the manual page quotes this). A row of the catalogue counts in a text when all of these
 * hold; a wrong accusation is worse than none:
 *
 *  1. Level. TRACE and DEBUG never count. WARN, ERROR, FATAL and text without a level count. INFO counts only
 *     when the message itself begins with an error ("Error: Too many connections",
 *     "pymysql.err.OperationalError: ...", {"errorType":...) or carries a driver's error code together with a
 *     stack. Text that comes without a level but begins with one ("[INFO] ...", {"level":"info",...) has that
 *     level.
 *
 *  2. Wording. The row's pattern matches, with the error's code where the driver writes one.
 *
 *  3. Shape. The matched words stand where a program puts an error:
 *     a. at the start of the message or of a line, behind nothing but a time, ids, a level or a logger;
 *     b. directly behind an error class or severity and a colon ("MongoServerError: ", "FATAL:  ",
 *        "pq: "), or behind a failure and a colon ("query failed: ", "could not connect to db: ");
 *     c. as the value of a key that holds errors (errorMessage, sqlMessage, err, reason, stack,
 *        cause ...), in JSON, in a printed object, in key=value text, also with the quotes escaped (\").
 *        The keys message, msg, detail, description and text hold anything, so without a level the text
 *        must also show an error class, an error code or a stack;
 *     d. as the argument of an error class: OperationalError("..."), An error occurred (...) when calling;
 *     e. with the driver's error code next to them: (1040, 'Too many connections'),
 *        code: 'ER_CON_COUNT_ERROR'.
 *
 *  4. Not a mention. Words inside a quoted title, in SQL, in a URL, in a list of retryable errors, before a
 *     counter ("Too many connections: 0") or before the end of the story ("... was fixed") do not count, nor
 *     does a line that names a ticket, article, title, subject or search before them, nor an event that the
 *     function received and printed (Records, requestContext, awslogs ...).
 *
 * A row of the user (--signatures) is taken at its word: its literal, and its pattern when it has one, decide
 * alone; only TRACE and DEBUG lines are left out. */
#ifndef PARSERS_SIGNATURES_H
#define PARSERS_SIGNATURES_H

#include "base/err.h"
#include "base/slice.h"
#include "parsers/level.h"

#include <stdbool.h>
#include <stdint.h>

/* In falling precedence when several match in one attempt: field-guide/error-signatures.md 7.6. */
enum signature_class {
    SIGNATURE_SRV,   /* the server refused: its limit of connections */
    SIGNATURE_POOL,  /* the client's own pool is used up */
    SIGNATURE_OS,    /* descriptors, threads, disk of the environment */
    SIGNATURE_THR,   /* a service throttles */
    SIGNATURE_NET,   /* network, DNS */
    SIGNATURE_MEM,   /* memory */
    SIGNATURE_CRASH, /* the program does not load or dies */
    SIGNATURE_CFG,   /* permission, credentials, settings */
    SIGNATURE_CLASSES
};

struct signature {
    const char *name;    /* kebab-case, unique, stable between releases */
    const char *literal; /* what libhs looks for; SIGNATURE_LITERAL_MIN bytes at least */
    const char *pattern; /* PCRE2; NULL: the literal is enough. A match in which group 1 takes part carries
                          * the driver's error code, which is shape enough (3e) */
    enum signature_class class;
    const char *engine; /* of the contract: "mysql", "postgres", … */
    const char *fix;    /* one sentence */
    bool caseless;      /* for the literal and the pattern */
    bool user;          /* from the user's file */
};

enum {
    SIGNATURE_LITERAL_MIN = 5, /* shorter ones turn up in any text and cost speed */
    SIGNATURE_NAME_MAX = 64,
    SIGNATURE_LITERAL_MAX = 200,
    SIGNATURE_PATTERN_MAX = 1000,
    SIGNATURE_ENGINE_MAX = 32,
    SIGNATURE_FIX_MAX = 400,
    SIGNATURE_USER_ROWS_MAX = 1000,
};

/* The catalogue and the user's rows, compiled. Read only: one for all threads. */
struct signatures;

/* `user_file_text` is the content of the user's file and may be empty; it is copied. One row a line, columns
 * separated by tabs: name, literal, pattern (may be empty), class (SRV POOL OS THR NET MEM CRASH CFG),
 * engine, fix (may be empty). Literals are compared without case, so are patterns. Empty lines and lines that
 * begin with # are skipped; the last tab may be missing. NULL and *e (ERR_USAGE) for a bad row, with the
 * line, the column and what to do.
 */
struct signatures *signatures_new(struct slice user_file_text, struct err *e);
void signatures_free(struct signatures *s); /* takes NULL */
/* The index is stable: the catalogue in its order, then the user's rows in theirs. */
size_t signatures_count(const struct signatures *s);
const struct signature *signatures_get(const struct signatures *s, size_t index);
const char *signature_class_name(enum signature_class class); /* "SRV", "POOL", … */

/* One thread's tools for reading: scratch of libhs, patterns and JIT stack of PCRE2. `s` must outlive it. */
struct scanner;

struct scanner *scanner_new(const struct signatures *s);
void scanner_free(struct scanner *scanner); /* takes NULL */

struct signature_hit {
    uint16_t signature;      /* index for signatures_get */
    uint32_t offset, length; /* bytes of the confirmed words inside the scanned text */
};

/* The errors that one message reports: one hit a signature, the first that counts, sorted by signature index.
 * `text` is the message without its prefix, over all its lines, decoded from JSON where it was a JSON string.
 * Returns how many hits were written to `ret`, `max` at most. Texts of 4 GiB and more have none. */
size_t scanner_find(struct scanner *scanner, struct slice text, enum level level, struct signature_hit *ret,
                    size_t max);

/* All places of all literals in a block of any text, by one pass, in order of their ends; `end_offset` is the
 * byte behind the literal. A candidate is no error yet: the caller finds the message around it and asks
 * scanner_confirm. The callback must not use this scanner. Blocks of 4 GiB and more: assert. */
void scanner_scan_block(struct scanner *scanner, struct slice block,
                        void (*candidate)(void *ctx, size_t end_offset, uint16_t signature), void *ctx);
/* Whether a message (as for scanner_find) reports that error; then *ret is where. */
bool scanner_confirm(struct scanner *scanner, uint16_t signature, struct slice text, enum level level,
                     struct signature_hit *ret);

#endif
