/* The object keys of all S3 records and the ids of all messages, to be found again in application lines: a
 * function that logs the key it works on tells which object invoked it, or which one it wrote. Built once from
 * the records, const and shared by all workers afterwards. */
#ifndef FORENSICS_KEYS_H
#define FORENSICS_KEYS_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct index;
struct keys;

/* Keys shorter than this turn up in any text. */
enum { KEY_LENGTH_MIN = 4 };

/* Numbers the keys of all objects and messages, and notes the numbers in them: rising in the order in which they
 * stand. NULL when the index holds none. Lends from the index's arena, which must outlive the result. */
struct keys *keys_new(struct index *x, unsigned threads);
void keys_free(struct keys *k); /* takes NULL */
/* Where in the line a key may stand: of the first run of bytes that may be one's, its place and its hash. */
struct key_hint {
    size_t at;
    uint64_t hash;
};
bool keys_may_stand(const struct keys *k, struct slice line, struct key_hint *ret);
/* Numbers (from 1) of up to `max` different keys that stand in the line, decoded or URL-encoded, in order. */
size_t keys_find(const struct keys *k, struct slice line, const struct key_hint *hint, uint32_t *ret,
                 size_t max);
/* A look that begins with that hash misses the cache three times, each time at a place that the one before tells: the
 * slot, the key's row, its bytes. Fetches the place of that step, when those before are there. */
enum keys_step { KEYS_SLOT, KEYS_ROW, KEYS_BYTES };
void keys_fetch(const struct keys *k, uint64_t hash, enum keys_step step);
/* Numbers the objects and messages that came after keys_new, out of log lines; `k` may be NULL. */
void keys_settle(const struct keys *k, struct index *x);

#endif
