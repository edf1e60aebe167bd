/* The catalogue of error signatures: field-guide/error-signatures.md 7.1 to 7.5 as rows, with the further
 * wordings of drivers and pools that tell of the same limits. Place in the flow: read by signatures.c.
 *
 * How to write a row. The literal is what libhs looks for in every byte of every log: rare and long. The
 * pattern begins where the error's own words begin, since the shape rule judges what stands before them. A
 * driver's code goes into group 1; names (ECONNRESET, SlowDown) are compared with case, sentences without.
 * One error should give one hit: a row whose words wrap those of another row looks ahead and steps back.
 * Classes: only SRV, POOL and OS of engine "os" make a connection-limit finding, so a full disk, a VPC's
 * addresses or a paused database have engines and classes of their own. Left out on purpose: warnings of HTTP
 * client pools ("socket usage at capacity", "Connection pool is full, discarding connection") are no errors.
 */
#include "parsers/signature_table.h"

#define TEXT(name, literal, pattern, class, engine, fix)                                                     \
    {                                                                                                        \
        name, literal, pattern, SIGNATURE_##class, engine, fix, true, false                                  \
    }
#define CODE(name, literal, pattern, class, engine, fix)                                                     \
    {                                                                                                        \
        name, literal, pattern, SIGNATURE_##class, engine, fix, false, false                                 \
    }

/* ---- what patterns share ---- */

/* A quote as it may come: none, plain, or escaped once or more. */
#define Q "\\\\{0,15}[\"']?"
/* A word begins, also behind a line's end that JSON wrote as \n (Prisma's messages hold three before the words). */
#define BEGIN "(?:\\b|(?<=\\\\n))"
/* key: 'value' or "key":"value" or key=value, up to the value. */
#define KEY(names) Q "\\b(?:" names ")" Q "[ ]*[:=][ ]*" Q
/* 1040 (HY000): | (1040, ' | [1040] | no: 1040, SQLState: HY000) | ER_CON_COUNT_ERROR: -- optional. A mark
 * must follow the number, which is no code in "1040 too many connections". */
#define MYSQL(codes)                                                                                         \
    "(?:\\b(" codes ")\\b(?=\\W{0,5}[)\\]:,(])\\W{1,6}(?:SQLState\\W{1,3})?(?:\\w{5}\\W{1,4})?[ub]?" Q ")?"
/* A code that stands alone, without the words of the row that usually goes with it. */
#define ALONE(words) "\\A(?![\\s\\S]*?" words ")[\\s\\S]*?\\K"
/* Go says what it did before it says what went wrong: Get "https://x": dial tcp 10.0.0.1:443: connect: */
#define GO                                                                                                   \
    "(?:(?:(?:Get|Post|Put|Head|Delete|Patch) \\\\{0,15}\"[^\"\\n]{1,300}\": )?"                             \
    "(?:\\b(?:dial|read|write|lookup|accept|open)[^\\n]{0,120}?: )?(?:(?:connect|socket|read|write|i/o): "   \
    ")?)?"
/* Node's system errors: connect ECONNREFUSED 127.0.0.1:3306 | code: 'ECONNREFUSED' | ECONNREFUSED: text */
#define NODE(code)                                                                                           \
    "(?|\\b(?:connect|read|write|getaddrinfo|bind|listen|spawn(?: \\S+)?|query\\w*)[ ]+(" code               \
    ")\\b|" KEY("code") "(" code ")\\b|\\b(?:" code "):[ ](?!\\d))"
/* Ruby's SDK: aws-sdk-ruby gems/aws-sdk-core/lib/aws-sdk-core/errors.rb makes a class for each code. */
#define RUBY "Aws::\\w{1,40}::Errors::"
/* AWS errors in the words of boto, of Go's SDK, of objects (name, Code, __type), of Ruby (printed, as the runtime's
 * errorType, not caught) and as a class before its message. */
#define AWS(code)                                                                                            \
    "(?|\\bAn error occurred \\((" code ")\\) when calling|\\bapi error (" code "):|"                        \
    "\\bRequestID: [\\w-]+, (" code                                                                          \
    "):|" KEY("name|[cC]ode|__type") "(?:[\\w.]+#)?(" code ")\\b|"                                           \
                                     "(?:#<|Function<)" RUBY "(" code ")(?=[>:])|"                           \
                                     ":in [`'][^'\\n]{1,80}': [^\\n]{0,300}\\(" RUBY "(" code ")\\)|"        \
                                     "(?<![\\w.])(?:" RUBY "|(?:[\\w$]{1,60}\\.){0,9})(?:" code              \
                                     ")(?=:|\\\\{0,15}[\"']|\\s*$| \\[))"

/* Words of the servers: rows that wrap them step back. */
#define SERVER_WORDS "(?:sorry, too many clients|remaining connection slots|too many connections)"

const struct signature signature_table[] = {
    /* MySQL and MariaDB */
    TEXT(
        "mysql-too-many-connections", "too many connections",
        MYSQL(
            "ER_CON_COUNT_ERROR|1040") "(?<!redis\\.exceptions\\.ConnectionError: )(?<!MaxConnectionsError: )"
                                       "\\btoo many connections\\b(?! (?:for (?:role|database)|from /))",
        SRV, "mysql", FIX_SERVER),
    CODE("mysql-con-count-error", "ER_CON_COUNT_ERROR",
         ALONE("[tT]oo many connections") KEY("code|errorCode|errno") "(ER_CON_COUNT_ERROR)\\b", SRV, "mysql",
         FIX_SERVER),
    /* PyMySQL 0.x cut the text when the server sent its packet early. */
    TEXT("mysql-too-many-connections-cut", "ny connections", "\\((1040), u?" Q "ny connections", SRV, "mysql",
         FIX_SERVER),
    TEXT("mysql-rejected-connection", "Data source rejected establishment of connection", NULL, SRV, "mysql",
         FIX_SERVER),
    TEXT("mysql-max-user-connections", "'max_user_connections' active connections",
         MYSQL("ER_TOO_MANY_USER_CONNECTIONS|1203") "User \\S+ already has more than 'max_user_connections'",
         SRV, "mysql", FIX_USER_LIMIT),
    TEXT("mysql-user-limit-reached", "has exceeded the 'max_",
         MYSQL("ER_USER_LIMIT_REACHED|1226") "User \\S+ has exceeded the 'max_\\w+' resource", SRV, "mysql",
         FIX_USER_LIMIT),
    TEXT("mysql-host-blocked", "is blocked because of many connection errors",
         MYSQL("ER_HOST_IS_BLOCKED|1129") "Host \\S+ is blocked because of many connection errors", SRV,
         "mysql", FIX_BLOCKED),
    TEXT("mysql-pool-queue-limit", "Queue limit reached", NULL, POOL, "mysql", FIX_POOL),
    TEXT("mysql-pool-no-connections", "No connections available", "\\bNo connections available\\.", POOL,
         "mysql", FIX_POOL),
    TEXT("mysql-pool-exhausted", "Failed getting connection; pool exhausted", NULL, POOL, "mysql", FIX_POOL),
    TEXT("mariadb-pool-timeout", "connection from pool",
         MYSQL("ER_GET_CONNECTION_TIMEOUT|45028") "(?:pool timeout: failed to retrieve a|retrieve) "
                                                  "connection from pool (?:timeout )?after",
         POOL, "mysql", FIX_POOL),
    /* MySqlConnector (.NET): mysql-net/MySqlConnector src/MySqlConnector/Core/ServerSession.cs. */
    TEXT("mysqlconnector-pool-exhausted", "Connect Timeout expired. All pooled connections are in use", NULL,
         POOL, "mysql", FIX_POOL),
    TEXT("mysql-pool-closed", "Pool is closed", "\\bPool is closed\\.", CRASH, "mysql", FIX_CLOSED),
    TEXT("mysql-connection-lost", "Connection lost: The server closed the connection", NULL, NET, "mysql",
         FIX_PG_RESTART),
    TEXT("mysql-server-gone-away", "MySQL server has gone away", MYSQL("2006") "MySQL server has gone away",
         NET, "mysql", FIX_PG_RESTART),
    TEXT("mysql-communications-link-failure", "Communications link failure", NULL, NET, "mysql", FIX_ROUTE),
    TEXT("mysql-access-denied", "Access denied for user",
         MYSQL("ER_ACCESS_DENIED_ERROR|1045") "Access denied for user", CFG, "mysql", FIX_LOGIN),

    /* PostgreSQL, its poolers and its drivers */
    TEXT("postgres-too-many-clients", "sorry, too many clients already", NULL, SRV, "postgres", FIX_SERVER),
    TEXT("postgres-reserved-slots", "remaining connection slots are reserved for", NULL, SRV, "postgres",
         FIX_SERVER),
    TEXT("postgres-too-many-connections-for", "too many connections for ",
         "\\btoo many connections for (?:role|database)\\b", SRV, "postgres", FIX_USER_LIMIT),
    CODE("postgres-too-many-connections-error", "TooManyConnectionsError",
         "(?<![\\w.])(?:\\w{1,60}\\.){0,9}TooManyConnectionsError\\b(?!: " SERVER_WORDS ")", SRV, "postgres",
         FIX_SERVER),
    TEXT("redshift-connection-limit", "exceeded for non-",
         "\\bconnection limit " Q "\\d+" Q " exceeded for non-(?:bootstrap|superuser) users", SRV, "redshift",
         FIX_SERVER),
    TEXT("supavisor-max-clients", "Max client connections reached", NULL, SRV, "supavisor", FIX_PROXY),
    TEXT("supavisor-session-mode", "MaxClientsInSessionMode", NULL, SRV, "supavisor", FIX_PROXY),
    TEXT("pg-pool-connect-timeout", "timeout exceeded when trying to connect", NULL, POOL, "postgres",
         FIX_POOL),
    TEXT("psycopg-pool-exhausted", "connection pool exhausted",
         "(?<!Failed getting connection; )(?<!the )\\bconnection pool exhausted", POOL, "postgres", FIX_POOL),
    TEXT("psycopg-pool-timeout", "couldn't get a connection after", NULL, POOL, "postgres", FIX_POOL),
    TEXT("npgsql-pool-exhausted", "connection pool has been exhausted",
         "\\bThe connection pool has been exhausted", POOL, "postgres", FIX_POOL),
    TEXT("pg-connection-terminated", "Connection terminated ",
         "\\bConnection terminated (?:unexpectedly|due to connection timeout)", NET, "postgres",
         FIX_PG_RESTART),
    TEXT("pg-timeout-expired", "timeout expired", "\\btimeout expired(?!\\. )", NET, "postgres", FIX_ROUTE),
    TEXT("postgres-password-failed", "authentication failed for user",
         "\\b(?:password|PAM|IAM) authentication failed for user", CFG, "postgres", FIX_LOGIN),
    TEXT("postgres-no-hba-entry", "no pg_hba.conf entry for", NULL, CFG, "postgres", FIX_LOGIN),
    TEXT("pgbouncer-max-client-conn", "no more connections allowed", "\\bno more connections allowed \\(max_",
         SRV, "pgbouncer", FIX_PROXY),
    TEXT("pgbouncer-client-limit", "client connections exceeded (max_", NULL, SRV, "pgbouncer", FIX_PROXY),
    CODE("pgbouncer-query-wait-timeout", "query_wait_timeout", "\\bquery_wait_timeout\\b(?!" Q "\\s*[=:])",
         POOL, "pgbouncer", FIX_PROXY),
    TEXT("pgbouncer-login-timeout", "client_login_timeout (server down)", NULL, POOL, "pgbouncer", FIX_PROXY),

    /* RDS Proxy and the Aurora Data API */
    TEXT("rds-proxy-acquire-timeout", "Timed-out waiting to acquire database connection", NULL, POOL,
         "rds-proxy", FIX_PROXY),
    TEXT("rds-proxy-simultaneous-connections", "Number simultaneous connections exceeded", NULL, SRV,
         "rds-proxy", FIX_PROXY),
    TEXT("rds-proxy-max-clients", "The maximum number of client connections to the proxy exceeded", NULL, SRV,
         "rds-proxy", FIX_PROXY),
    TEXT("rds-proxy-connection-rate", "Connections rate limit exceeded", NULL, SRV, "rds-proxy", FIX_PROXY),
    TEXT("rds-proxy-connect-rate", "Rate of connection to proxy exceeded", NULL, SRV, "rds-proxy", FIX_PROXY),
    TEXT("rds-proxy-iam-rate", "IAM authentication rate limit exceeded", NULL, SRV, "rds-proxy", FIX_PROXY),
    TEXT("rds-proxy-iam-competing", "IAM authentication failed because of too many competing requests",
         "(?:The )?IAM authentication failed because of too many", SRV, "rds-proxy", FIX_PROXY),
    CODE("aurora-resuming", "DatabaseResumingException", AWS("DatabaseResumingException"), NET, "aurora",
         FIX_PAUSED),
    TEXT("aurora-sql-exception", "Database returned SQL exception", NULL, CFG, "aurora", FIX_SQL),
    CODE("aurora-service-unavailable", "ServiceUnavailableError", AWS("ServiceUnavailableError"), NET,
         "aurora", FIX_PAUSED),

    /* SQL Server and Oracle */
    TEXT("sqlserver-pool-exhausted", "prior to obtaining a connection from the pool",
         "(?:Timeout expired\\.\\s+)?\\bThe timeout period elapsed prior to obtaining a connection from the "
         "pool",
         POOL, "sqlserver", FIX_POOL),
    TEXT("sqlserver-max-user-connections", "Could not connect because the maximum number of",
         "(?:\\b(17809)\\b\\W{1,4})?Could not connect because the maximum number of", SRV, "sqlserver",
         FIX_SERVER),
    TEXT("azure-sql-limit", "Resource ID : ",
         "(?:\\b(1092[89])\\b\\W{1,4})?Resource ID : \\d+\\. The [^.\\n]{1,60} limit for the "
         "(?:database|elastic "
         "pool)",
         SRV, "sqlserver", FIX_SERVER),
    CODE("oracle-sessions-exceeded", "ORA-00018", "\\b(ORA-00018):", SRV, "oracle", FIX_SERVER),
    CODE("oracle-processes-exceeded", "ORA-00020", "\\b(ORA-00020):", SRV, "oracle", FIX_SERVER),
    CODE("oracle-no-handler-12516", "ORA-12516", "\\b(ORA-12516):", SRV, "oracle", FIX_SERVER),
    CODE("oracle-no-handler-12519", "ORA-12519", "\\b(ORA-12519)[:,]", SRV, "oracle", FIX_SERVER),
    CODE("oracle-no-handler-12520", "ORA-12520", "\\b(ORA-12520):", SRV, "oracle", FIX_SERVER),
    CODE("oracle-sessions-per-user", "ORA-02391", "\\b(ORA-02391):", SRV, "oracle", FIX_USER_LIMIT),
    CODE("oracle-pool-queue-timeout", "NJS-040: ", "\\b(NJS-040):", POOL, "oracle", FIX_POOL),

    /* MongoDB */
    TEXT("mongodb-too-many-open-connections", "connection refused because too many open connections",
         "(?:\"id\":(22942|23015),[^\\n]{0,200}?\"msg\":\")?connection refused because too many open "
         "connections(?:: \\d+)?",
         SRV, "mongodb", FIX_MONGO),
    TEXT("mongodb-checkout-timeout", "Timed out while checking out a connection from connection pool", NULL,
         POOL, "mongodb", FIX_MONGO),
    TEXT("mongodb-wait-queue-timeout", "Timeout waiting for connection from the connection pool", NULL, POOL,
         "mongodb", FIX_MONGO),
    TEXT("mongodb-pooled-item-timeout", "Timeout waiting for a pooled ",
         "\\bTimeout waiting for a pooled (?:item|"
         "object|connection)",
         POOL, "mongodb", FIX_MONGO),
    TEXT("mongodb-wait-queue-full", "Too many operations are already waiting for a connection",
         "\\bToo many operations are already waiting", POOL, "mongodb", FIX_MONGO),
    TEXT("mongodb-server-selection", "Server selection timed out after", NULL, NET, "mongodb", FIX_ROUTE),
    CODE("mongodb-server-selection-error", "ServerSelection",
         "(?<![\\w.])(?:\\w{1,60}\\.){0,9}(?:MongoServerSelectionError|ServerSelectionTimeoutError)"
         "(?=:)(?!: Server selection timed)",
         NET, "mongodb", FIX_ROUTE),
    CODE("mongodb-pool-cleared", "PoolCleared", "\\b(?:Mongo)?PoolCleared\\w*(?=: )", NET, "mongodb",
         FIX_ROUTE),

    /* Redis and Memcached */
    TEXT("redis-max-clients", "max number of clients",
         "(?:\\bERR )?\\bmax number of clients(?: \\+ cluster connections)? reached", SRV, "redis",
         FIX_REDIS),
    TEXT("redis-resource-from-pool", "Could not get a resource ",
         "\\bCould not get a resource (?:from the pool|since the pool is exhausted)", POOL, "redis",
         FIX_POOL),
    CODE("redis-py-too-many-connections", "Error: Too many connections",
         "(?:redis\\.exceptions\\.(?:Max)?Connections?|\\bMaxConnections)Error: Too many connections", POOL,
         "redis", FIX_POOL),
    CODE("redis-py-no-connection", "No connection available.",
         "\\b(?:redis\\.exceptions\\.)?ConnectionError: No connection available\\.", POOL, "redis", FIX_POOL),
    /* The library prefixes its errors as other drivers write codes. */
    TEXT("redis-go-pool-timeout", "redis: connection pool timeout", "\\b(redis): connection pool timeout",
         POOL, "redis", FIX_POOL),
    CODE("redis-memory-full", "OOM command not allowed", NULL, THR, "redis", FIX_REDIS_MEMORY),
    TEXT("redis-max-retries", "Reached the max retries per request limit", NULL, NET, "redis", FIX_REFUSED),
    TEXT("redis-connection-closed", "Connection is closed.", "\\bConnection is closed\\.", NET, "redis",
         FIX_STALE),
    TEXT("memcached-too-many-open-connections", "too many open connections",
         "(?<!because )\\btoo many open connections", SRV, "memcached", FIX_REDIS),

    /* Brokers and search */
    /* 530 (NOT-ALLOWED) with message "NOT_ALLOWED - (amqplib) | (530, "NOT_ALLOWED - (pika) | Exception (530)
     * Reason: "NOT_ALLOWED - (Go) | reply-code=530, reply-text=NOT_ALLOWED - (Java). The words are the server's:
     * rabbitmq-server deps/rabbit/src/rabbit_reader.erl. */
    TEXT("rabbitmq-connection-limit", "connection limit (",
         "(?:(?:\\b(530)\\W{1,4}(?:NOT[_-]ALLOWED\\) with message |Reason: |reply-text=)?" Q
         ")?\\bNOT_ALLOWED - [^\\n]{1,200}?)?\\bconnection limit \\(\\d+\\) is reached",
         SRV, "rabbitmq", FIX_BROKER),
    TEXT("rabbitmq-channel-max", "has reached the negotiated channel_max",
         "(?:\\bconnection\\.open\\b[^\\n]{0,80}?)?\\bnumber of channels opened \\(\\d+\\) has reached the "
         "negotiated",
         SRV, "rabbitmq", FIX_BROKER),
    TEXT("kafka-too-many-connections", "Too many connections from /", NULL, SRV, "kafka", FIX_BROKER),
    TEXT("kafka-node-unreachable", "could not be established",
         "\\bConnection to node -?\\d+[^\\n]{0,120} could not be established", NET, "kafka", FIX_ROUTE),
    CODE("elasticsearch-rejected", "rejected_execution_exception",
         "(?:" KEY("type") "((?:es|opensearch)_rejected_execution_exception)\\b|"
                           "\\b(?:es|opensearch)_rejected_execution_exception\\b)",
         THR, "elasticsearch", FIX_SEARCH),
    CODE("elasticsearch-circuit-breaker", "circuit_breaking_exception",
         "(?:" KEY("type") "(circuit_breaking_exception)\\b|\\bcircuit_breaking_exception\\b)", THR,
         "elasticsearch", FIX_SEARCH),
    TEXT("elasticsearch-too-many-requests", "429 Too Many Requests /_", NULL, THR, "elasticsearch",
         FIX_SEARCH),

    /* Client pools that are not one database's */
    TEXT(
        "hikari-pool-timeout", "Connection is not available, request timed out after",
        "(?:(?<![\\w.#-])[\\w.#-]{1,60} - )?\\bConnection is not available, request timed out after \\d+ ?ms",
        POOL, "pool", FIX_POOL),
    TEXT("knex-acquire-timeout", "Knex: Timeout acquiring a connection", NULL, POOL, "pool", FIX_POOL),
    TEXT("tarn-request-timeout", "ResourceRequest timed out", NULL, POOL, "pool", FIX_POOL),
    CODE("sequelize-acquire-timeout", "ConnectionAcquireTimeoutError",
         "(?:" KEY("name") "(SequelizeConnectionAcquireTimeoutError)\\b|"
                           "\\b(?:Sequelize)?ConnectionAcquireTimeoutError\\b)",
         POOL, "pool", FIX_POOL),
    CODE("sequelize-connection-error", "Sequelize",
         "\\bSequelize(?:Connection(?:Refused|TimedOut)?|HostNot(?:Reachable|Found))Error(?=: )"
         "(?!: (?i:" SERVER_WORDS "))",
         NET, "pool", FIX_REFUSED),
    TEXT("sqlalchemy-pool-limit", "QueuePool limit of size",
         "\\bQueuePool limit of size \\d+ overflow -?\\d+ reached", POOL, "pool", FIX_POOL),
    TEXT("sqlx-pool-timeout", "pool timed out while waiting for an open connection", NULL, POOL, "pool",
         FIX_POOL),
    TEXT("activerecord-pool-timeout", "could not obtain a connection from the pool within", NULL, POOL,
         "pool", FIX_POOL),
    TEXT("prisma-pool-timeout", "Timed out fetching a new connection from the connection pool",
         "(?:\\b(P2024)\\b\\W{1,4})?" BEGIN "Timed out fetching a new connection from the connection pool",
         POOL, "pool", FIX_POOL),
    CODE("prisma-p2024", "P2024", ALONE("Timed out fetching") KEY("code|errorCode") "(P2024)\\b", POOL,
         "pool", FIX_POOL),
    TEXT("prisma-too-many-connections", "Too many database connections opened",
         "(?:\\b(P2037)\\b\\W{1,4})?" BEGIN "Too many database connections opened"
         "(?![^\\n]{0,80}?" SERVER_WORDS ")",
         SRV, "database", FIX_SERVER),
    CODE("prisma-p2037", "P2037", ALONE("Too many database connections") KEY("code|errorCode") "(P2037)\\b",
         SRV, "database", FIX_SERVER),
    TEXT("prisma-unreachable", "Can't reach database server at",
         "(?:\\b(P1001)\\b\\W{1,4})?Can't reach database server at", NET, "database", FIX_ROUTE),
    TEXT("prisma-timed-out", "was reached but timed out",
         "(?:\\b(P1002)\\b\\W{1,4})?The database server at [^\\n]{1,120} was reached but timed out", NET,
         "database", FIX_ROUTE),
    TEXT("dbcp-idle-object-timeout", "pool error Timeout waiting for idle object",
         "(?:Cannot get a connection, )?\\bpool error Timeout waiting for idle object", POOL, "pool",
         FIX_POOL),
    CODE("java-pool-exhausted", "PoolExhausted",
         "(?<![\\w.])(?:\\w{1,60}\\.){0,9}PoolExhausted(?:Exception|Error)?\\b", POOL, "pool", FIX_POOL),
    TEXT("c3p0-checkout-timeout", "by a client to checkout a Connection has timed out",
         "An attempt by a client to checkout a Connection has timed out", POOL, "pool", FIX_POOL),
    TEXT("http-pool-timeout", "Timeout waiting for connection from pool", NULL, POOL, "http", FIX_HTTP),
    /* SDK for Java v2, asynchronous clients: aws/aws-sdk-java-v2 http-clients/netty-nio-client NettyUtils.java. */
    TEXT("http-acquire-timeout", "Acquire operation took longer than the configured maximum time", NULL, POOL,
         "http", FIX_HTTP),

    /* 7.2: the environment's own limits */
    TEXT("os-too-many-open-files", "too many open files",
         "(?:\\b(EMFILE): |\\[(?:Errno 24)\\] |" GO ")too many open files\\b(?! in system)", OS, "os",
         FIX_FILES),
    TEXT("os-file-table-overflow", "file table overflow", "(?:\\b(ENFILE): )?\\bfile table overflow", OS,
         "os", FIX_FILES),
    TEXT("os-too-many-open-files-in-system", "too many open files in system", NULL, OS, "os", FIX_FILES),
    TEXT("os-cannot-start-thread", "can't start new thread", NULL, OS, "os", FIX_THREADS),
    TEXT("os-native-thread", "native thread", "\\bunable to create (?:new )?native thread", OS, "os",
         FIX_THREADS),
    TEXT("os-new-thread-failed", "failed to create new OS thread",
         "(?:\\bruntime: )?failed to create new OS thread", OS, "os", FIX_THREADS),
    TEXT("os-resource-unavailable", "Resource temporarily unavailable",
         "(?:(?:(?<![\\w./-])[\\w./-]{1,80}: (?:line \\d+: )?)?\\bfork(?:/exec [^:\\n]{1,100})?: (?:retry: "
         ")?|\\[Errno 11\\] "
         "|\\b(EAGAIN): |\\bpthread_create "
         "failed[^:\\n]{0,60}: )resource temporarily unavailable",
         OS, "os", FIX_THREADS),
    CODE("os-spawn-eagain", "EAGAIN", "\\bspawn (?:\\S+ )?(EAGAIN)\\b", OS, "os", FIX_THREADS),
    TEXT(
        "disk-full", "no space left on device",
        "(?:\\b(ENOSPC): |\\[Errno 28\\] |(?:write|open|mkdir|copy)[^:\\n]{0,120}: )?no space left on device",
        OS, "disk", FIX_DISK),
    CODE("os-address-unavailable", "EADDRNOTAVAIL", NODE("EADDRNOTAVAIL"), OS, "os", FIX_PORTS),
    TEXT("os-cannot-assign-address", "cannot assign requested address",
         "(?:\\[Errno 99\\] |" GO ")cannot assign requested address", OS, "os", FIX_PORTS),

    /* 7.2: network and names */
    CODE("net-econnreset", "ECONNRESET", NODE("ECONNRESET"), NET, "network", FIX_STALE),
    TEXT("net-socket-hang-up", "socket hang up", NULL, NET, "network", FIX_STALE),
    TEXT("net-reset-by-peer", "connection reset by peer",
         "(?:\\[Errno 104\\] |" GO ")connection reset by peer", NET, "network", FIX_STALE),
    CODE("net-epipe", "EPIPE", NODE("EPIPE"), NET, "network", FIX_STALE),
    TEXT("net-broken-pipe", "broken pipe", "(?<!EPIPE: )(?:\\[Errno 32\\] |" GO ")\\bbroken pipe\\b", NET,
         "network", FIX_STALE),
    CODE("net-econnrefused", "ECONNREFUSED", NODE("ECONNREFUSED"), NET, "network", FIX_REFUSED),
    TEXT("net-connection-refused", "connection refused",
         "(?:\\[Errno 111\\] |" GO ")\\bconnection refused\\b(?! because)", NET, "network", FIX_REFUSED),
    CODE("net-etimedout", "ETIMEDOUT", NODE("ETIMEDOUT"), NET, "network", FIX_ROUTE),
    CODE("net-connect-timeout-error", "ConnectTimeout",
         "(?<![\\w.])(?:\\w{1,60}\\.){0,9}(?:ConnectTimeoutError|ConnectTimeoutException|ConnectTimeout)(?=[:"
         "(]| "
         "\\[)",
         NET, "network", FIX_ROUTE),
    TEXT("net-io-timeout", "i/o timeout", GO "\\bi/o timeout\\b", NET, "network", FIX_ROUTE),
    TEXT("net-connection-timed-out", "connection timed out",
         "(?:\\[Errno 110\\] |" GO ")\\bconnection timed out\\b", NET, "network", FIX_ROUTE),
    CODE("dns-enotfound", "ENOTFOUND", NODE("ENOTFOUND"), NET, "dns", FIX_DNS),
    CODE("dns-eai-again", "EAI_AGAIN", NODE("EAI_AGAIN"), NET, "dns", FIX_DNS),
    CODE("dns-ebusy", "getaddrinfo EBUSY", "\\bgetaddrinfo (EBUSY)\\b", NET, "dns", FIX_DNS),
    TEXT("dns-temporary-failure", "Temporary failure in name resolution",
         "(?:\\[Errno -3\\] )?\\bTemporary failure in name resolution", NET, "dns", FIX_DNS),
    TEXT("dns-name-unknown", "Name or service not known", "(?:\\[Errno -2\\] )?\\bName or service not known",
         NET, "dns", FIX_DNS),
    TEXT("dns-no-such-host", "no such host", GO "\\bno such host\\b", NET, "dns", FIX_DNS),
    CODE("dns-unknown-host", "UnknownHostException",
         "(?<![\\w.])(?:\\w{1,60}\\.){0,9}UnknownHostException\\b", NET, "dns", FIX_DNS),
    CODE("vpc-eni-limit", "ENILimitReachedException", AWS("ENILimitReachedException"), OS, "vpc", FIX_VPC),
    TEXT("vpc-eni-limit-text", "elastic network interface limit has been reached",
         "(?<!ENILimitReachedException: )(?:The )?(?<!ENILimitReachedException: The )elastic network "
         "interface limit",
         OS, "vpc", FIX_VPC),
    CODE("vpc-ec2-throttled", "EC2ThrottledException", AWS("EC2ThrottledException"), THR, "vpc", FIX_VPC),
    CODE("vpc-subnet-addresses", "SubnetIPAddressLimitReachedException",
         AWS("SubnetIPAddressLimitReachedException"), OS, "vpc", FIX_VPC),
    CODE("efs-mount-failure", "EFSMountFailureException", AWS("EFSMountFailureException"), CFG, "efs",
         FIX_EFS),
    CODE("efs-mount-connectivity", "EFSMountConnectivityException", AWS("EFSMountConnectivityException"), NET,
         "efs", FIX_EFS),
    CODE("efs-mount-timeout", "EFSMountTimeoutException", AWS("EFSMountTimeoutException"), NET, "efs",
         FIX_EFS),
    CODE("efs-io", "EFSIOException", AWS("EFSIOException"), NET, "efs", FIX_EFS),

    /* 7.3: AWS services throttle */
    CODE("aws-throttling-exception", "ThrottlingException", AWS("ThrottlingException"), THR, "aws",
         FIX_THROTTLE),
    CODE("aws-throttling", "Throttling", AWS("Throttling"), THR, "aws", FIX_THROTTLE),
    CODE("aws-throttled-exception", "ThrottledException", AWS("ThrottledException"), THR, "aws",
         FIX_THROTTLE),
    CODE("aws-too-many-requests-exception", "TooManyRequestsException", AWS("TooManyRequestsException"), THR,
         "aws", FIX_THROTTLE),
    CODE("aws-request-limit-exceeded", "RequestLimitExceeded", AWS("RequestLimitExceeded"), THR, "aws",
         FIX_THROTTLE),
    CODE("aws-request-throttled", "RequestThrottled", AWS("RequestThrottled(?:Exception)?"), THR, "aws",
         FIX_THROTTLE),
    CODE("dynamodb-throughput-exceeded", "ProvisionedThroughputExceeded",
         AWS("ProvisionedThroughputExceeded(?:Exception)?"), THR, "dynamodb", FIX_THROTTLE),
    CODE("aws-bandwidth-limit-exceeded", "BandwidthLimitExceeded", AWS("BandwidthLimitExceeded"), THR, "aws",
         FIX_THROTTLE),
    CODE("aws-limit-exceeded", "LimitExceededException", AWS("LimitExceededException"), THR, "aws",
         FIX_THROTTLE),
    CODE("s3-slow-down", "SlowDown", AWS("SlowDown"), THR, "s3", FIX_THROTTLE),
    TEXT("s3-reduce-request-rate", "Please reduce your request rate",
         "(?<!SlowDown: )(?<!operation: )\\bPlease reduce your request rate", THR, "s3", FIX_THROTTLE),
    CODE("aws-prior-request", "PriorRequestNotComplete", AWS("PriorRequestNotComplete"), THR, "aws",
         FIX_THROTTLE),
    CODE("dynamodb-transaction-in-progress", "TransactionInProgressException",
         AWS("TransactionInProgressException"), THR, "dynamodb", FIX_THROTTLE),
    /* .NET names the service (AmazonSimpleSystemsManagementException), not the code; other SDKs' codes have rows. */
    TEXT("aws-rate-exceeded", "Rate exceeded",
         "(?<!ThrottlingException: |ThrottledException: |TooManyRequestsException: |LimitExceededException: |"
         "ThroughputExceededException: |RequestThrottledException: )(?<!\\): )(?<!operation: )\\bRate "
         "exceeded\\b",
         THR, "aws", FIX_THROTTLE),
    TEXT("http-too-many-requests", "Too Many Requests", "(?:\\b429 )?\\bToo Many Requests\\b(?! /_)", THR,
         "http", FIX_THROTTLE),
    CODE("sqs-over-limit", "OverLimit", AWS("OverLimit"), THR, "sqs", FIX_THROTTLE),
    CODE("stepfunctions-execution-limit", "ExecutionLimitExceeded", AWS("ExecutionLimitExceeded"), THR,
         "stepfunctions", FIX_THROTTLE),

    /* 7.4: memory */
    TEXT("go-out-of-memory", "runtime: out of memory", "(?:fatal error: )?\\bruntime: out of memory", MEM,
         "memory", FIX_MEMORY),
    CODE("java-out-of-memory", "java.lang.OutOfMemoryError",
         "\\bjava\\.lang\\.OutOfMemoryError\\b(?!: unable to create)", MEM, "memory", FIX_MEMORY),
    TEXT("node-heap-out-of-memory", "JavaScript heap out of memory", NULL, MEM, "memory", FIX_MEMORY),
    TEXT("runtime-killed", "Runtime exited with error: signal: killed", NULL, MEM, "memory", FIX_MEMORY),
    CODE("runtime-out-of-memory", "Runtime.OutOfMemory", "\\bRuntime\\.OutOfMemory\\b", MEM, "memory",
         FIX_MEMORY),
    CODE("python-memory-error", "MemoryError", "(?<![\\w.])(?:\\w{1,60}\\.){0,9}_?(?:Array)?MemoryError\\b",
         MEM, "memory", FIX_MEMORY),
    TEXT("ruby-no-memory", "failed to allocate memory", "\\bfailed to allocate memory \\(NoMemoryError\\)",
         MEM, "memory", FIX_MEMORY),
    CODE("dotnet-out-of-memory", "OutOfMemoryException", "\\b(?:System\\.)?OutOfMemoryException\\b", MEM,
         "memory", FIX_MEMORY),
    TEXT("rust-allocation-failed", "memory allocation of ", "\\bmemory allocation of \\d+ bytes failed", MEM,
         "memory", FIX_MEMORY),
    TEXT("php-memory-exhausted", "Allowed memory size of", "\\bAllowed memory size of \\d+ bytes exhausted",
         MEM, "memory", FIX_MEMORY),
    TEXT("os-cannot-allocate", "Cannot allocate memory",
         "(?:\\b(ENOMEM): |\\[Errno 12\\] |\\bfork(?:/exec [^:\\n]{1,100})?: )cannot allocate memory", MEM,
         "memory", FIX_MEMORY),

    /* 7.5: the program does not load, or dies */
    CODE("runtime-import-module-error", "Runtime.ImportModuleError", NULL, CRASH, "lambda", FIX_PACKAGE),
    CODE("runtime-syntax-error", "Runtime.UserCodeSyntaxError", NULL, CRASH, "lambda", FIX_PACKAGE),
    CODE("runtime-handler-not-found", "Runtime.HandlerNotFound", NULL, CRASH, "lambda", FIX_HANDLER),
    CODE("runtime-malformed-handler", "Runtime.MalformedHandlerName", NULL, CRASH, "lambda", FIX_HANDLER),
    CODE("runtime-invalid-entrypoint", "Runtime.InvalidEntrypoint", NULL, CRASH, "lambda", FIX_BINARY),
    CODE("runtime-node-exit", "Runtime.NodeJsExit", NULL, CRASH, "lambda", FIX_CRASH),
    CODE("python-no-module", "No module named", "\\b(?:ModuleNotFound|Import)Error: No module named", CRASH,
         "lambda", FIX_PACKAGE),
    CODE("python-cannot-import-name", "cannot import name", "\\bImportError: cannot import name", CRASH,
         "lambda", FIX_PACKAGE),
    TEXT("python-dependencies", "Unable to import required dependencies", NULL, CRASH, "lambda", FIX_PACKAGE),
    TEXT("invalid-elf-header", "invalid ELF header",
         "(?:(?<![\\w./-])[\\w./-]{1,200}: )?\\binvalid ELF header", CRASH, "lambda", FIX_BINARY),
    CODE("glibc-not-found", "GLIBC_2.",
         "(?:(?<![\\w./+-])[\\w./+-]{1,200}: ){0,3}version [`']GLIBC_2\\.\\d+['`] not found", CRASH, "lambda",
         FIX_BINARY),
    CODE("node-cannot-find-module", "Error: Cannot find module",
         "(?<!ImportModuleError: )\\bError: Cannot find module", CRASH, "lambda", FIX_PACKAGE),
    CODE("java-class-not-found", "ClassNotFoundException",
         "(?:Class not found: \\S+: )?\\bjava\\.lang\\.ClassNotFoundException\\b", CRASH, "lambda",
         FIX_PACKAGE),
    CODE("java-error-loading", "Error loading ", "\\bError loading (?:class \\S+|method \\S+ on class)",
         CRASH, "lambda", FIX_HANDLER),
    TEXT("bootstrap-not-found", "find valid bootstrap(s)", "\\bCouldn't find valid bootstrap", CRASH,
         "lambda", FIX_BINARY),
    TEXT("exec-format-error", "exec format error", "(?:fork/exec [^:\\n]{1,100}: )?\\bexec format error",
         CRASH, "lambda", FIX_BINARY),
    TEXT("exec-permission-denied", "fork/exec ", "\\bfork/exec [^:\\n]{1,100}: permission denied", CRASH,
         "lambda", FIX_BINARY),
    TEXT("segmentation-fault", "signal: segmentation fault",
         "(?:Runtime exited with error: )?\\bsignal: segmentation fault", CRASH, "lambda", FIX_CRASH),
    CODE("runtime-exit-status", "Runtime exited with error: exit status", NULL, CRASH, "lambda", FIX_CRASH),
    CODE("sandbox-timedout", "Sandbox.Timedout", NULL, NET, "lambda", FIX_UPSTREAM),
    CODE("states-timeout", "States.Timeout", NULL, NET, "stepfunctions", FIX_UPSTREAM),
    CODE("extension-crash", "Extension.Crash", NULL, CRASH, "lambda", FIX_EXTEND),
    CODE("extension-launch-error", "State: LaunchError", NULL, CRASH, "lambda", FIX_EXTEND),
    CODE("snapstart-exception", "SnapStart", "\\bSnapStart(?:NotReady|Timeout)?Exception\\b", CRASH, "lambda",
         FIX_SNAP),

    /* 7.5: permission and credentials */
    TEXT("iam-not-authorized", "is not authorized to perform: ",
         "(?:\\bUser: \\S+ )?\\bis not authorized to perform: ", CFG, "iam", FIX_ALLOW),
    CODE("aws-access-denied", "AccessDenied", AWS("AccessDenied"), CFG, "iam", FIX_ALLOW),
    CODE("kms-access-denied", "KMSAccessDeniedException", AWS("KMSAccessDeniedException"), CFG, "iam",
         FIX_ALLOW),
    CODE("aws-expired-token", "ExpiredToken", AWS("ExpiredToken(?:Exception)?"), CFG, "iam", FIX_TOKEN),
    TEXT("aws-token-expired", "The security token included in the request is ",
         "(?<!ExpiredTokenException: )(?<!ExpiredToken: )\\bThe security token included in the request is "
         "(?:expired|invalid)",
         CFG, "iam", FIX_TOKEN),
};

const size_t signature_table_rows = sizeof signature_table / sizeof *signature_table;
