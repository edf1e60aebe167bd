/* Chosen members of a JSON object by a table of paths: what most records need, since they differ in names and
 * nesting only.
 *     static const struct field table[] = {{"aws/request_id", FIELD_ID}, {"name", FIELD_NAME}};
 * Internal to parsers/. */
#ifndef PARSERS_FIELDS_H
#define PARSERS_FIELDS_H

#include "parsers/json.h"

struct field {
    const char *path; /* keys parted by '/' */
    unsigned slot;    /* several paths may share one: the last that is there wins */
};

struct value {
    enum json_type type; /* JSON_END: absent or null */
    struct slice text;   /* of a string, decoded; of all else, as it stands */
    struct slice raw;    /* where it stands in the object, without quotes */
};

/* Fills `ret[slot]` for each member of the table, 64 rows at most, that is there; the others keep what they were. Decoded
 * strings go behind what `scratch` holds; it does not move while its room is enough for the object, which is
 * reserved here when there are escapes. False when the object is not JSON to its end. */
bool fields_read(struct slice object, const struct field *table, size_t n, struct buf *scratch,
                 struct value *ret);
/* A whole number, also one written as a string; `otherwise` when absent or no such. */
uint64_t value_u64(const struct value *v, uint64_t otherwise);
/* The text of a string, empty for other types. */
struct slice value_string(const struct value *v);

#endif
