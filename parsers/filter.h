/* One compressed stream that is no gzip: zstd, bzip2, xz, lz4, decompressed by libarchive while it is read. A
 * layer of parsers/input.c. Only what libarchive does inside the process is used; it can also start external
 * programs, which evidence must never bring about. */
#ifndef PARSERS_FILTER_H
#define PARSERS_FILTER_H

#include "base/slice.h"

#include <stdint.h>

/* As many of the first bytes as it takes to tell. */
enum { FILTER_MAGIC_BYTES = 10 };

struct filter;

/* "zstd" … when a stream of that kind begins so, else NULL. A constant. */
const char *filter_name(struct slice head);
/* `name` is from filter_name. `more` brings compressed bytes, lent until it is called again; none at the end.
 * Nothing is read before filter_read. */
struct filter *filter_new(const char *name, struct slice (*more)(void *ctx), void *ctx);
/* NULL is allowed. */
void filter_free(struct filter *f);
/* Writes up to `room` bytes; 0 at the end, at damage, and always thereafter. What libarchive had inflated of
 * its present block (at most 128 KiB) when it met the damage is lost. */
size_t filter_read(struct filter *f, char *out, size_t room);
/* One sentence, or NULL while nothing was wrong; lives as long as the filter. */
const char *filter_damage(const struct filter *f);
/* The damage is that the compressed bytes end early. */
bool filter_truncated(const struct filter *f);

#endif
