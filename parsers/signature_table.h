/* The catalogue of error signatures as data: signature_table.c holds the rows, signatures.c compiles and runs
 * them, signature_rows.c adds the user's. Private to the three. Here stand the sentences that many rows
 * share: what to do about a family. */
#ifndef PARSERS_SIGNATURE_TABLE_H
#define PARSERS_SIGNATURE_TABLE_H

#include "base/arena.h"
#include "base/vec.h"
#include "parsers/pattern.h"
#include "parsers/signatures.h"

extern const struct signature signature_table[];
extern const size_t signature_table_rows;

/* The catalogue, then the user's rows. Owns its strings and codes. */
struct signature_rows {
    VEC(struct signature) list;
    VEC(pcre2_code *) codes; /* of the user's patterns, compiled to check them; NULL for other rows */
    struct arena strings;
};

/* False and *e for a bad row (signatures_new); signature_rows_done is due in both cases. */
bool signature_rows_init(struct signature_rows *s, struct slice user_file_text, struct err *e);
void signature_rows_done(struct signature_rows *s);

#define FIX_SERVER                                                                                           \
    "Cap the function's concurrency below the server's connection limit or put a proxy (RDS Proxy, "         \
    "PgBouncer) between, and keep one connection per environment, opened outside the handler."
#define FIX_USER_LIMIT                                                                                       \
    "Raise the limit of this database user, or cap the function's concurrency below it, and keep one "       \
    "connection per environment."
#define FIX_BLOCKED                                                                                          \
    "Run FLUSH HOSTS (mysqladmin flush-hosts), find what breaks off handshakes, and raise "                  \
    "max_connect_errors."
#define FIX_PROXY                                                                                            \
    "Raise the proxy's limits, shorten transactions and avoid what pins sessions, or cap the function's "    \
    "concurrency."
#define FIX_POOL                                                                                             \
    "Give every connection back (finally, using, with), never wait for a second one while holding the "      \
    "first, and make the pool as large as the queries that one environment runs at once."
#define FIX_PG_RESTART "Open the connection again on error, and set keep-alive and a short idle time-out."
#define FIX_PAUSED     "Retry with back-off for about 30 seconds, or set a minimum capacity above zero."
#define FIX_REDIS      "Create one client outside the handler, and raise maxclients or cap the concurrency."
#define FIX_REDIS_MEMORY                                                                                     \
    "Set an eviction policy and expiry times, or take a larger node: the server is at maxmemory."
#define FIX_MONGO                                                                                            \
    "Create one MongoClient outside the handler with maxPoolSize 1 to 5, and cap the concurrency below the " \
    "cluster's connection limit."
#define FIX_BROKER  "Keep one connection per environment, and raise the broker's limit or cap the concurrency."
#define FIX_SEARCH  "Send smaller bulks, back off with jitter, and cap the concurrency of the writers."
#define FIX_HTTP    "Read and close every response, share one client, and raise its maximum of connections."
#define FIX_FILES   "Close sockets and files, reuse clients with keep-alive, and take smaller batches."
#define FIX_THREADS "Bound the threads and child processes of one environment (the platform allows 1,024)."
#define FIX_DISK                                                                                             \
    "Delete what is left in /tmp at the end, stream instead of storing, or raise ephemeral storage."
#define FIX_PORTS                                                                                            \
    "Reuse connections (keep-alive) instead of opening one for each call; check the bind address."
#define FIX_STALE                                                                                            \
    "Retry once on a new connection: an idle socket dies while the environment is frozen; use keep-alive."
#define FIX_REFUSED "Check that the server runs and listens at this address, port and security group."
#define FIX_ROUTE                                                                                            \
    "Check the route (NAT, VPC endpoint), security groups and port, and set short connect time-outs with "   \
    "retries."
#define FIX_DNS      "Check the host name and the VPC's DNS, and reuse connections to spare look-ups."
#define FIX_VPC      "Use larger or more subnets, and raise the quota of network interfaces."
#define FIX_EFS      "Check the mount target, its security group (port 2049) and the access point's permissions."
#define FIX_THROTTLE "Back off with jitter (SDK retry mode adaptive), batch calls, or ask for a higher quota."
#define FIX_MEMORY   "Raise the memory size, or hold less at once: stream, page, smaller batches."
#define FIX_PACKAGE                                                                                          \
    "Put the module into the package or a layer, built for this runtime and architecture; until then point " \
    "the alias back to the last good version."
#define FIX_HANDLER "Correct the handler setting or export the handler it names, and deploy again."
#define FIX_BINARY                                                                                           \
    "Build for the function's architecture and OS (Amazon Linux), and make the file executable."
#define FIX_CRASH    "Find the line before the exit; point the alias back to the last good version until then."
#define FIX_EXTEND   "Update or remove the extension or layer, and check how many are attached."
#define FIX_SNAP     "Retry shortly after a deployment, and keep restore hooks short."
#define FIX_ALLOW    "Allow the named action on the named resource in the function's role."
#define FIX_TOKEN    "Create the client inside the handler or let the SDK renew credentials; copy none."
#define FIX_LOGIN    "Correct the user, the password (secret rotation) or the server's access rules."
#define FIX_UPSTREAM "Raise the time-out of the caller or shorten the work behind it."
#define FIX_SQL      "Read the message behind it: the database refused the statement."
#define FIX_CLOSED   "Do not end the pool in a handler: the next invocation of the environment needs it."

#endif
