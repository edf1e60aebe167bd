/* The host that an invocation's last words wait for, and whether the call that they tell of had ended. Place in the
 * flow: asked by scan_words.c, once for each time-out; the detector timeout counts the answers. */
#ifndef FORENSICS_HOST_H
#define FORENSICS_HOST_H

#include "base/slice.h"

#include <stdbool.h>

/* The first of these in the text, which lends it; empty when there is none:
 *   - the host of a URL, unless its scheme names no host (s3://bucket) or the text only refers to it (see https://…);
 *   - host:port, where the port is no line's number and the name no file's or class's; not a resolver (port 53);
 *   - a bare host behind words that announce one: getaddrinfo ENOTFOUND, lookup, Connection to, POST … */
struct slice host_of(struct slice text);
/* Whether all that the text has of hosts is a page that it refers to. */
bool host_only_referred(struct slice text);

#endif
