/* The parts of attempts to which lines may still come: the latest ones of a source, found by id. Lines of one
 * invocation stand close together, so that few are kept. index.c is the caller. */
#ifndef FORENSICS_OPEN_PARTS_H
#define FORENSICS_OPEN_PARTS_H

#include "parsers/event.h"

struct attempt;
struct open_slot;

enum { OPEN_MAX = 1024 };

/* All zero when it is new. */
struct open_parts {
    struct open_slot *slots; /* used in turn */
    uint16_t *first;         /* by hash: the slot met first, plus one; 0: none */
    size_t n, next;
};

/* Where the part of the id stands, to be read or replaced; NULL when it is not among them. */
struct attempt **open_find(const struct open_parts *t, const struct request_id *id);
/* Adds an id that is not among them. The oldest of OPEN_MAX gives way. */
void open_add(struct open_parts *t, const struct request_id *id, struct attempt *part);
void open_clear(struct open_parts *t);
void open_done(struct open_parts *t);

#endif
