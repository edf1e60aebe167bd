/* Messages that report an error, in the wording of drivers, runtimes and loggers, for test_error_shape.c; the
 * decoys stand there. Each was written by hand. */
#ifndef TESTS_UNIT_ERROR_LINES_H
#define TESTS_UNIT_ERROR_LINES_H

#include "parsers/level.h"

struct shape_case {
    enum level level; /* of the line, as message_parse hands it over */
    const char *text; /* the message without its prefix */
    const char *row;  /* the row that must be among the hits; NULL: there must be none */
};

static const struct shape_case true_cases[] = {
    /* plain text */
    {LEVEL_ERROR, "Error: Too many connections", "mysql-too-many-connections"},
    {LEVEL_NONE, "ERROR 1040 (HY000): Too many connections", "mysql-too-many-connections"},
    {LEVEL_NONE, "ERROR 1040 (08004): Too many connections", "mysql-too-many-connections"},
    {LEVEL_ERROR,
     "Error: ER_CON_COUNT_ERROR: Too many connections\n    at Handshake.Sequence._packetToError "
     "(/var/task/node_modules/mysql/lib/protocol/sequences/Sequence.js:47:14)",
     "mysql-too-many-connections"},
    {LEVEL_ERROR,
     "OperationalError: (1040, 'Too many connections')\nTraceback (most recent call last):\n  File "
     "\"/var/task/app.py\", line 9, in handler\n    connection = pymysql.connect(**settings)",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "pymysql.err.OperationalError: (1040, \"Too many connections\")",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "(pymysql.err.OperationalError) (1040, 'Too many connections')",
     "mysql-too-many-connections"},
    {LEVEL_NONE,
     "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (1040, 'Too many connections')\n"
     "(Background on this error at: https://sqlalche.me/e/20/e3q8)",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "_mysql_connector.MySQLInterfaceError: Too many connections", "mysql-too-many-connections"},
    {LEVEL_NONE, "mysql.connector.errors.OperationalError: 1040 (08004): Too many connections",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "2024/05/01 10:00:00 Error 1040 (HY000): Too many connections",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "2024/05/01 10:00:00 failed to ping db: Error 1040: Too many connections",
     "mysql-too-many-connections"},
    {LEVEL_NONE,
     "PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [1040] Too many connections in "
     "/var/task/index.php:3",
     "mysql-too-many-connections"},
    {LEVEL_ERROR, "SQLSTATE[HY000] [1040] Too many connections (Connection: mysql, SQL: select * from users)",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "SequelizeConnectionError: Too many connections", "mysql-too-many-connections"},
    {LEVEL_ERROR, "(1040, b'Too many connections')", "mysql-too-many-connections"},
    {LEVEL_NONE, "pymysql.err.OperationalError: (1040, u'ny connections')", "mysql-too-many-connections-cut"},
    {LEVEL_NONE,
     "java.sql.SQLNonTransientConnectionException: Data source rejected establishment of connection,  "
     "message from server: \"Too many connections\"\n\tat com.mysql.cj.jdbc.exceptions.SQLError."
     "createSQLException(SQLError.java:110)",
     "mysql-rejected-connection"},
    {LEVEL_NONE,
     "pymysql.err.OperationalError: (1203, \"User app already has more than 'max_user_connections' "
     "active connections\")",
     "mysql-max-user-connections"},
    {LEVEL_ERROR, "Error: User 'app' has exceeded the 'max_user_connections' resource (current value: 30)",
     "mysql-user-limit-reached"},
    {LEVEL_NONE,
     "(1226, \"User 'app' has exceeded the 'max_connections_per_hour' resource (current value: 5)\")",
     "mysql-user-limit-reached"},
    {LEVEL_ERROR,
     "Error: Host '10.0.3.7' is blocked because of many connection errors; unblock with 'mysqladmin "
     "flush-hosts'",
     "mysql-host-blocked"},
    {LEVEL_ERROR, "Error: Queue limit reached.", "mysql-pool-queue-limit"},
    {LEVEL_ERROR, "Error: No connections available.", "mysql-pool-no-connections"},
    {LEVEL_NONE, "mysql.connector.errors.PoolError: Failed getting connection; pool exhausted",
     "mysql-pool-exhausted"},
    {LEVEL_ERROR,
     "SqlError: (conn=-1, no: 45028, SQLState: HY000) retrieve connection from pool timeout after 10001ms",
     "mariadb-pool-timeout"},
    {LEVEL_NONE, "FATAL:  sorry, too many clients already", "postgres-too-many-clients"},
    {LEVEL_NONE, "psycopg2.OperationalError: FATAL:  sorry, too many clients already",
     "postgres-too-many-clients"},
    {LEVEL_NONE,
     "psycopg2.OperationalError: connection to server at \"db.internal\" (10.0.1.2), port 5432 failed: "
     "FATAL:  sorry, too many clients already",
     "postgres-too-many-clients"},
    {LEVEL_ERROR,
     "error: sorry, too many clients already\n    at Parser.parseErrorMessage (/var/task/node_modules/"
     "pg-protocol/dist/parser.js:287:98)",
     "postgres-too-many-clients"},
    {LEVEL_NONE,
     "2024/05/01 10:00:00 failed to connect to `host=db user=app database=shop`: server error (FATAL: "
     "sorry, too many clients already (SQLSTATE 53300))",
     "postgres-too-many-clients"},
    {LEVEL_NONE, "panic: pq: sorry, too many clients already", "postgres-too-many-clients"},
    {LEVEL_NONE, "pq: sorry, too many clients already", "postgres-too-many-clients"},
    {LEVEL_NONE, "org.postgresql.util.PSQLException: FATAL: sorry, too many clients already",
     "postgres-too-many-clients"},
    {LEVEL_NONE,
     "Caused by: org.postgresql.util.PSQLException: FATAL: remaining connection slots are reserved for "
     "roles with the SUPERUSER attribute",
     "postgres-reserved-slots"},
    {LEVEL_NONE, "Npgsql.PostgresException (0x80004005): 53300: sorry, too many clients already",
     "postgres-too-many-clients"},
    {LEVEL_ERROR,
     "{\"timestamp\":\"2024-05-01T10:00:00.004Z\",\"level\":\"Error\",\"requestId\":\"a\",\"message\":"
     "\"Npgsql.PostgresException (0x80004005): 53300: sorry, too many clients already\"}",
     "postgres-too-many-clients"},
    {LEVEL_ERROR,
     "{\"level\":\"Error\",\"message\":\"db failed: Npgsql.PostgresException (0x80004005): 53300: remaining "
     "connection slots are reserved for roles with the SUPERUSER attribute\\n   at Npgsql.Internal."
     "NpgsqlConnector.Open()\"}",
     "postgres-reserved-slots"},
    {LEVEL_ERROR,
     "{\"level\":\"Error\",\"message\":\"Npgsql.PostgresException (0x80004005): 53300: too many connections "
     "for role \\\"app\\\"\"}",
     "postgres-too-many-connections-for"},
    {LEVEL_ERROR,
     "{\"level\":\"error\",\"msg\":\"docdb-a.example.com: FATAL: sorry, too many clients already\"}",
     "postgres-too-many-clients"},
    {LEVEL_ERROR, "POST /orders failed: sorry, too many clients already", "postgres-too-many-clients"},
    {LEVEL_ERROR, "Error querying the database: FATAL: too many connections for role \"app\"",
     "postgres-too-many-connections-for"},
    {LEVEL_NONE, "asyncpg.exceptions.TooManyConnectionsError: sorry, too many clients already",
     "postgres-too-many-clients"},
    {LEVEL_NONE, "asyncpg.exceptions.TooManyConnectionsError: connection limit exceeded",
     "postgres-too-many-connections-error"},
    {LEVEL_NONE,
     "PG::ConnectionBad: connection to server failed: FATAL:  remaining connection slots are reserved "
     "for non-replication superuser connections",
     "postgres-reserved-slots"},
    {LEVEL_ERROR,
     "Error: timeout exceeded when trying to connect\n    at Timeout._onTimeout (/var/task/node_modules/"
     "pg-pool/index.js:45:11)",
     "pg-pool-connect-timeout"},
    {LEVEL_NONE, "psycopg2.pool.PoolError: connection pool exhausted", "psycopg-pool-exhausted"},
    {LEVEL_NONE, "psycopg_pool.PoolTimeout: couldn't get a connection after 30.00 sec",
     "psycopg-pool-timeout"},
    {LEVEL_NONE,
     "Npgsql.NpgsqlException (0x80004005): The connection pool has been exhausted, either raise 'Max Pool "
     "Size' (currently 100) or 'Timeout' (currently 15 seconds)",
     "npgsql-pool-exhausted"},
    {LEVEL_ERROR, "Error: Connection terminated unexpectedly", "pg-connection-terminated"},
    {LEVEL_NONE, "FATAL: no more connections allowed (max_client_conn)", "pgbouncer-max-client-conn"},
    {LEVEL_ERROR, "error: query_wait_timeout", "pgbouncer-query-wait-timeout"},
    {LEVEL_ERROR, "ERROR 9501 (HY000): Timed-out waiting to acquire database connection",
     "rds-proxy-acquire-timeout"},
    {LEVEL_NONE, "ERROR 53300: The maximum number of client connections to the proxy exceeded 100.",
     "rds-proxy-max-clients"},
    {LEVEL_NONE,
     "Unhandled exception. System.InvalidOperationException: Timeout expired.  The timeout period elapsed "
     "prior to obtaining a connection from the pool.  This may have occurred because all pooled "
     "connections were in use and max pool size was reached.",
     "sqlserver-pool-exhausted"},
    {LEVEL_NONE,
     "Microsoft.Data.SqlClient.SqlException (0x80131904): Resource ID : 1. The request limit for the "
     "database is 60 and has been reached.",
     "azure-sql-limit"},
    {LEVEL_NONE, "oracledb.exceptions.DatabaseError: ORA-00018: maximum number of sessions exceeded",
     "oracle-sessions-exceeded"},
    {LEVEL_NONE,
     "Error: ORA-12516: TNS:listener could not find available handler with matching protocol stack",
     "oracle-no-handler-12516"},
    {LEVEL_NONE,
     "java.sql.SQLException: Listener refused the connection with the following error:\nORA-12519, TNS:no "
     "appropriate service handler found",
     "oracle-no-handler-12519"},
    {LEVEL_ERROR, "Error: NJS-040: connection request timeout. Request exceeded queueTimeout of 60000",
     "oracle-pool-queue-timeout"},
    {LEVEL_ERROR,
     "MongoWaitQueueTimeoutError: Timed out while checking out a connection from connection pool",
     "mongodb-checkout-timeout"},
    {LEVEL_NONE,
     "pymongo.errors.WaitQueueTimeoutError: Timed out while checking out a connection from connection "
     "pool. maxPoolSize: 1, timeout: 2.0",
     "mongodb-checkout-timeout"},
    {LEVEL_ERROR, "MongoServerSelectionError: Server selection timed out after 30000 ms",
     "mongodb-server-selection"},
    {LEVEL_ERROR, "MongoServerSelectionError: connection <monitor> to 10.1.1.1:27017 closed",
     "mongodb-server-selection-error"},
    {LEVEL_ERROR, "ReplyError: ERR max number of clients reached", "redis-max-clients"},
    {LEVEL_NONE, "redis.exceptions.ConnectionError: max number of clients reached", "redis-max-clients"},
    {LEVEL_NONE, "redis.exceptions.ConnectionError: Too many connections", "redis-py-too-many-connections"},
    {LEVEL_NONE,
     "redis.clients.jedis.exceptions.JedisConnectionException: Could not get a resource from the pool",
     "redis-resource-from-pool"},
    {LEVEL_ERROR, "ReplyError: OOM command not allowed when used memory > 'maxmemory'.", "redis-memory-full"},
    {LEVEL_NONE, "2024/05/01 10:00:00 get session: redis: connection pool timeout", "redis-go-pool-timeout"},
    {LEVEL_ERROR, "get session failed: redis: connection pool timeout", "redis-go-pool-timeout"},
    {LEVEL_NONE, "ERROR Too many open connections", "memcached-too-many-open-connections"},
    {LEVEL_ERROR,
     "Error: Operation failed: ConnectionOpen; 530 (NOT_ALLOWED) with message \"NOT_ALLOWED - access to "
     "vhost '/' refused for user 'app': connection limit (100) is reached\"",
     "rabbitmq-connection-limit"},
    {LEVEL_ERROR,
     "Invoke Error \t{\"errorType\":\"Error\",\"errorMessage\":\"Handshake terminated by server: 530 "
     "(NOT-ALLOWED) with message \\\"NOT_ALLOWED - access to vhost '/' refused for user 'app': connection "
     "limit (100) is reached\\\"\",\"stack\":[]}",
     "rabbitmq-connection-limit"},
    {LEVEL_ERROR,
     "ConnectionClosedByBroker: (530, \"NOT_ALLOWED - access to vhost '/' refused for user 'app': connection "
     "limit (100) is reached\")\nTraceback (most recent call last):",
     "rabbitmq-connection-limit"},
    {LEVEL_ERROR,
     "{\"errorMessage\":\"(530, \\\"NOT_ALLOWED - access to vhost '/' refused for user 'app': connection "
     "limit (100) is reached\\\")\",\"errorType\":\"ProbableAccessDeniedError\"}",
     "rabbitmq-connection-limit"},
    {LEVEL_NONE,
     "2024/05/01 10:00:00 dial: Exception (530) Reason: \"NOT_ALLOWED - access to vhost '/' refused for user "
     "'app': connection limit (5) is reached\"",
     "rabbitmq-connection-limit"},
    {LEVEL_NONE,
     "com.rabbitmq.client.ShutdownSignalException: connection error; protocol method: "
     "#method<connection.close>(reply-code=530, reply-text=NOT_ALLOWED - access to vhost '/' refused for "
     "user 'app': connection limit (5) is reached, class-id=10, method-id=40)",
     "rabbitmq-connection-limit"},
    {LEVEL_WARN,
     "[Producer clientId=p-1] Connection to node -1 (b-1.msk/10.0.0.4:9092) could not be established. "
     "Broker may not be available.",
     "kafka-node-unreachable"},
    {LEVEL_NONE,
     "elasticsearch.exceptions.TransportError: TransportError(429, 'es_rejected_execution_exception', "
     "'rejected execution of coordinating operation')",
     "elasticsearch-rejected"},
    {LEVEL_NONE,
     "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed "
     "out after 30000ms (total=10, active=10, idle=0, waiting=5)",
     "hikari-pool-timeout"},
    {LEVEL_ERROR,
     "KnexTimeoutError: Knex: Timeout acquiring a connection. The pool is probably full. Are you missing "
     "a .transacting(trx) call?",
     "knex-acquire-timeout"},
    {LEVEL_ERROR, "SequelizeConnectionAcquireTimeoutError: Operation timeout", "sequelize-acquire-timeout"},
    {LEVEL_ERROR, "ConnectionAcquireTimeoutError [SequelizeConnectionAcquireTimeoutError]: Operation timeout",
     "sequelize-acquire-timeout"},
    {LEVEL_ERROR, "SequelizeConnectionError: sorry, too many clients already", "postgres-too-many-clients"},
    {LEVEL_NONE,
     "sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, "
     "timeout 30.00 (Background on this error at: https://sqlalche.me/e/20/3o7r)",
     "sqlalchemy-pool-limit"},
    {LEVEL_ERROR,
     "PrismaClientKnownRequestError: \nInvalid `prisma.user.findMany()` invocation:\n\n\nTimed out "
     "fetching a new connection from the connection pool. More info: http://pris.ly/d/connection-pool "
     "(Current connection pool timeout: 10, connection limit: 5)",
     "prisma-pool-timeout"},
    /* unhandled: the runtime prints the message as a JSON string, with \n for the ends of its lines */
    {LEVEL_ERROR,
     "Invoke Error \t{\"errorType\":\"PrismaClientKnownRequestError\",\"errorMessage\":\"\\nInvalid "
     "`prisma.user.findMany()` invocation:\\n\\n\\nTimed out fetching a new connection from the connection "
     "pool. More info: http://pris.ly/d/connection-pool (Current connection pool timeout: 10, connection "
     "limit: 1)\",\"code\":\"P2024\",\"clientVersion\":\"5.9.1\",\"stack\":[\"x\"]}",
     "prisma-pool-timeout"},
    {LEVEL_ERROR,
     "{\"errorType\":\"PrismaClientKnownRequestError\",\"errorMessage\":\"\\nInvalid `prisma.a.count()` "
     "invocation:\\n\\n\\nToo many database connections opened: try later\",\"stackTrace\":[]}",
     "prisma-too-many-connections"},
    {LEVEL_ERROR, "PrismaClientInitializationError: Can't reach database server at `db.internal`:`5432`",
     "prisma-unreachable"},
    {LEVEL_NONE,
     "ActiveRecord::ConnectionTimeoutError: could not obtain a connection from the pool within 5.000 "
     "seconds (waited 5.001 seconds); all pooled connections were in use",
     "activerecord-pool-timeout"},
    {LEVEL_NONE,
     "org.apache.tomcat.jdbc.pool.PoolExhaustedException: [main] Timeout: Pool empty. Unable to fetch a "
     "connection in 30 seconds",
     "java-pool-exhausted"},
    {LEVEL_NONE,
     "com.amazonaws.SdkClientException: Unable to execute HTTP request: Timeout waiting for connection "
     "from pool",
     "http-pool-timeout"},
    {LEVEL_ERROR,
     "MySqlConnector.MySqlException (0x80004005): Connect Timeout expired. All pooled connections are in "
     "use.",
     "mysqlconnector-pool-exhausted"},
    {LEVEL_NONE,
     "Unable to execute HTTP request: Acquire operation took longer than the configured maximum time. This "
     "indicates that a request cannot get a connection from the pool within the specified maximum time.: "
     "software.amazon.awssdk.core.exception.SdkClientException",
     "http-acquire-timeout"},
    /* the environment */
    {LEVEL_ERROR, "Error: EMFILE: too many open files, open '/var/task/templates/mail.html'",
     "os-too-many-open-files"},
    {LEVEL_NONE, "OSError: [Errno 24] Too many open files: '/tmp/x'", "os-too-many-open-files"},
    {LEVEL_NONE, "java.net.SocketException: Too many open files", "os-too-many-open-files"},
    {LEVEL_NONE,
     "2024/05/01 10:00:00 Get \"https://api.example.com/v1\": dial tcp 10.0.0.9:443: socket: too many open "
     "files",
     "os-too-many-open-files"},
    {LEVEL_NONE, "RuntimeError: can't start new thread", "os-cannot-start-thread"},
    {LEVEL_NONE,
     "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or "
     "process/resource limits reached",
     "os-native-thread"},
    {LEVEL_NONE, "/bin/sh: fork: retry: Resource temporarily unavailable", "os-resource-unavailable"},
    {LEVEL_ERROR, "Error: spawn /opt/bin/ffmpeg EAGAIN", "os-spawn-eagain"},
    {LEVEL_ERROR, "Error: ENOSPC: no space left on device, write", "disk-full"},
    {LEVEL_NONE, "OSError: [Errno 28] No space left on device", "disk-full"},
    /* network */
    {LEVEL_ERROR, "Error: connect ECONNREFUSED 10.0.0.5:3306", "net-econnrefused"},
    {LEVEL_ERROR,
     "Error: read ECONNRESET\n    at TCP.onStreamRead (node:internal/stream_base_commons:217:20) {\n  "
     "errno: -104,\n  code: 'ECONNRESET',\n  syscall: 'read'\n}",
     "net-econnreset"},
    {LEVEL_ERROR, "Error: socket hang up", "net-socket-hang-up"},
    {LEVEL_ERROR, "Error: getaddrinfo ENOTFOUND db.internal", "dns-enotfound"},
    {LEVEL_NONE, "2024/05/01 10:00:00 dial tcp 10.0.0.5:5432: i/o timeout", "net-io-timeout"},
    {LEVEL_NONE, "botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: \"https://sqs\"",
     "net-connect-timeout-error"},
    {LEVEL_NONE, "ConnectionResetError: [Errno 104] Connection reset by peer", "net-reset-by-peer"},
    /* throttles, memory, crashes, permissions */
    {LEVEL_NONE,
     "botocore.errorfactory.ProvisionedThroughputExceededException: An error occurred "
     "(ProvisionedThroughputExceededException) when calling the PutItem operation: The level of configured "
     "provisioned throughput for the table was exceeded.",
     "dynamodb-throughput-exceeded"},
    {LEVEL_ERROR,
     "An error occurred (ThrottlingException) when calling the GetParameters operation (reached max "
     "retries: 4): Rate exceeded",
     "aws-throttling-exception"},
    {LEVEL_ERROR,
     "ThrottlingException: Rate exceeded\n    at throwDefaultError (/var/runtime/node_modules/x.js:8:22)",
     "aws-throttling-exception"},
    {LEVEL_NONE,
     "operation error SSM: GetParameter, https response error StatusCode: 400, RequestID: 4f2a, "
     "api error ThrottlingException: Rate exceeded",
     "aws-throttling-exception"},
    {LEVEL_NONE,
     "Error raised from handler method\n{\n  \"errorMessage\": \"The level of configured provisioned "
     "throughput "
     "for the table was exceeded.\",\n  \"errorType\": \"Function<Aws::DynamoDB::Errors::"
     "ProvisionedThroughputExceededException>\",\n  \"stackTrace\": [\n    \"/var/task/app.rb:12:in "
     "`handler'\"\n  "
     "]\n}",
     "dynamodb-throughput-exceeded"},
    {LEVEL_ERROR,
     "{\"errorMessage\":\"slow\",\"errorType\":\"Function<Aws::DynamoDB::Errors::ThrottlingException>\"}",
     "aws-throttling-exception"},
    {LEVEL_ERROR, "Aws::SSM::Errors::ThrottlingException: Rate exceeded", "aws-throttling-exception"},
    {LEVEL_ERROR, "put failed: #<Aws::DynamoDB::Errors::ThrottlingException: Rate exceeded>",
     "aws-throttling-exception"},
    {LEVEL_NONE, "/var/task/app.rb:12:in `handler': Rate exceeded (Aws::SSM::Errors::ThrottlingException)",
     "aws-throttling-exception"},
    {LEVEL_ERROR,
     "Amazon.SimpleSystemsManagement.AmazonSimpleSystemsManagementException: Rate exceeded\n   at "
     "Acme.Function.Handler(SQSEvent evnt) in /src/Function.cs:line 44",
     "aws-rate-exceeded"},
    {LEVEL_NONE,
     "software.amazon.awssdk.services.ssm.model.SsmException: Rate exceeded (Service: Ssm, Status Code: 400)",
     "aws-rate-exceeded"},
    {LEVEL_ERROR, "SlowDown: Please reduce your request rate.", "s3-slow-down"},
    {LEVEL_NONE, "fatal error: runtime: out of memory", "go-out-of-memory"},
    {LEVEL_NONE, "java.lang.OutOfMemoryError: Java heap space", "java-out-of-memory"},
    {LEVEL_NONE, "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
     "node-heap-out-of-memory"},
    {LEVEL_NONE,
     "<--- Last few GCs --->\n\n[8:0x55] 3021 ms: Mark-sweep 120.1 (130.2) -> 119.9\n\nFATAL ERROR: "
     "Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory",
     "node-heap-out-of-memory"},
    {LEVEL_ERROR, "MemoryError: \nTraceback (most recent call last):", "python-memory-error"},
    {LEVEL_ERROR, "Runtime.ImportModuleError: Unable to import module 'app': No module named 'requests'",
     "runtime-import-module-error"},
    {LEVEL_NONE, "Error: fork/exec /var/task/bootstrap: exec format error", "exec-format-error"},
    {LEVEL_ERROR,
     "ClientError: An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
     "aws-access-denied"},
    {LEVEL_ERROR,
     "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to "
     "perform: dynamodb:PutItem on resource: t because no identity-based policy allows it",
     "iam-not-authorized"},
    {LEVEL_ERROR, "ExpiredTokenException: The security token included in the request is expired",
     "aws-expired-token"},
    /* Node's printed objects and wrappers */
    {LEVEL_ERROR,
     "Invoke Error \t{\"errorType\":\"Error\",\"errorMessage\":\"Too many connections\",\"code\":"
     "\"ER_CON_COUNT_ERROR\",\"errno\":1040,\"stack\":[\"Error: Too many connections\",\"    at x "
     "(y:1:2)\"]}",
     "mysql-too-many-connections"},
    {LEVEL_ERROR,
     "Invoke Error \n{\n    \"errorType\": \"MongoWaitQueueTimeoutError\",\n    \"errorMessage\": \"Timed "
     "out while checking out a connection from connection pool\",\n    \"stack\": [\n        \"x\"\n    ]\n}",
     "mongodb-checkout-timeout"},
    {LEVEL_ERROR,
     "query failed Error: Too many connections\n    at PromisePool.query (/var/task/node_modules/mysql2/"
     "promise.js:341:22) {\n  code: 'ER_CON_COUNT_ERROR',\n  errno: 1040,\n  sqlState: '',\n  sqlMessage: "
     "'Too many connections'\n}",
     "mysql-too-many-connections"},
    {LEVEL_ERROR, "db is away {\n  code: 'ER_CON_COUNT_ERROR',\n  errno: 1040,\n  sqlState: '08004'\n}",
     "mysql-con-count-error"},
    {LEVEL_INFO,
     "Error: Too many connections\n    at Object.createConnection (/var/task/node_modules/mysql2/"
     "promise.js:253:31)",
     "mysql-too-many-connections"},
    {LEVEL_INFO, "pymysql.err.OperationalError: (1040, 'Too many connections')",
     "mysql-too-many-connections"},
    {LEVEL_INFO, "{\"errorType\":\"Error\",\"errorMessage\":\"sorry, too many clients already\"}",
     "postgres-too-many-clients"},
    {LEVEL_WARN, "Could not open a session: FATAL: sorry, too many clients already; trying again",
     "postgres-too-many-clients"},
    {LEVEL_NONE, "[ERROR] could not connect to db: Too many connections", "mysql-too-many-connections"},
    /* JSON, quotes escaped once and twice */
    {LEVEL_ERROR,
     "{\"level\":\"error\",\"msg\":\"query failed\",\"err\":{\"type\":\"Error\",\"message\":\"Too many "
     "connections\",\"stack\":\"Error: Too many connections\\n    at x (y.js:1:2)\",\"errno\":1040}}",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "{\"level\":\"error\",\"message\":\"sorry, too many clients already\"}",
     "postgres-too-many-clients"},
    {LEVEL_NONE, "{\"level\":50,\"time\":1714557600000,\"msg\":\"sorry, too many clients already\"}",
     "postgres-too-many-clients"},
    {LEVEL_NONE,
     "{\"message\":\"{\\\"errorMessage\\\":\\\"Too many connections\\\",\\\"errorType\\\":\\\"Error\\\"}\"}",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "{\"statusCode\":500,\"body\":\"{\\\"error\\\":\\\"sorry, too many clients already\\\"}\"}",
     "postgres-too-many-clients"},
    {LEVEL_NONE,
     "{\"error\":\"{\\\"cause\\\":\\\"{\\\\\\\"reason\\\\\\\":\\\\\\\"FATAL: sorry, too many clients "
     "already\\\\\\\"}\\\"}\"}",
     "postgres-too-many-clients"},
    {LEVEL_ERROR, "{\"exception\":\"OperationalError('FATAL:  sorry, too many clients already')\"}",
     "postgres-too-many-clients"},
    {LEVEL_NONE, "level=error msg=\"save order\" err=\"pq: sorry, too many clients already\"",
     "postgres-too-many-clients"},
    {LEVEL_NONE,
     "{\"timestamp\":\"2024-05-01T10:00:00Z\",\"log_level\":\"ERROR\",\"errorMessage\":\"(1040, 'Too many "
     "connections')\",\"errorType\":\"OperationalError\",\"requestId\":\"a\",\"stackTrace\":[]}",
     "mysql-too-many-connections"},
    {LEVEL_ERROR, "Error in handler: OperationalError('(1040, \"Too many connections\")')",
     "mysql-too-many-connections"},

    /* what logging libraries put before the message */
    {LEVEL_NONE, "2024-05-01 10:00:00,123 - app - ERROR - Too many connections",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "2024-05-01 10:00:00.123 | ERROR    | app.db:connect:12 - (1040, 'Too many connections')",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "ERROR:root:sorry, too many clients already", "postgres-too-many-clients"},
    {LEVEL_NONE,
     "10:00:00.123 [main] ERROR c.example.Shop - Connection is not available, request timed out after "
     "30000ms.",
     "hikari-pool-timeout"},
    {LEVEL_NONE,
     "2024-05-01 10:00:00.000 ERROR 8 --- [main] o.h.engine.jdbc.spi.SqlExceptionHelper   : HikariPool-1 - "
     "Connection is not available, request timed out after 30001ms.",
     "hikari-pool-timeout"},
    {LEVEL_NONE,
     "2024-05-01 10:00:00 ERROR HikariPool:88 - Data source rejected establishment of connection,  message "
     "from server: \"Too many connections\"",
     "mysql-rejected-connection"},
    {LEVEL_NONE,
     "2024-05-01T10:00:00.123456Z ERROR app::db: pool timed out while waiting for an open connection",
     "sqlx-pool-timeout"},
    {LEVEL_NONE,
     "fail: App.Orders[0]\n      Npgsql.PostgresException (0x80004005): 53300: remaining connection slots "
     "are reserved for roles with the SUPERUSER attribute",
     "postgres-reserved-slots"},
    {LEVEL_NONE, "9501 (HY000): Timed-out waiting to acquire database connection",
     "rds-proxy-acquire-timeout"},
    {LEVEL_ERROR, "/var/task/lib/db.rb:9:in `connect': Too many connections (Mysql2::Error::ConnectionError)",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "Mysql2::Error::ConnectionError: Too many connections", "mysql-too-many-connections"},
    {LEVEL_NONE, "#<Mysql2::Error: Too many connections>", "mysql-too-many-connections"},
    {LEVEL_ERROR, "request failed { err: [Error: Too many connections] }", "mysql-too-many-connections"},
    {LEVEL_ERROR,
     "AggregateError [ECONNREFUSED]: \n    at internalConnectMultiple (node:net:1122:18) {\n  code: "
     "'ECONNREFUSED',\n  [errors]: [\n    Error: connect ECONNREFUSED ::1:5432\n  ]\n}",
     "net-econnrefused"},
    {LEVEL_ERROR,
     "{\"level\":\"ERROR\",\"location\":\"handler:10\",\"message\":\"order lost\",\"exception\":\"Traceback "
     "(most recent call last):\\n  File \\\"/var/task/app.py\\\", line 9, in handler\\n    connect()\\n"
     "pymysql.err.OperationalError: (1040, 'Too many "
     "connections')\",\"exception_name\":\"OperationalError\"}",
     "mysql-too-many-connections"},
    {LEVEL_ERROR,
     "Unhandled Promise Rejection \t{\"errorType\":\"Runtime.UnhandledPromiseRejection\",\"errorMessage\":"
     "\"Error: Too many connections\",\"reason\":{\"errorType\":\"Error\"}}",
     "mysql-too-many-connections"},
    {LEVEL_NONE, "could not execute query: Error 1040: Too many connections", "mysql-too-many-connections"},
    {LEVEL_ERROR, "Error: connect ETIMEDOUT 10.0.0.5:6379", "net-etimedout"},
    {LEVEL_ERROR, "{ name: 'SequelizeConnectionAcquireTimeoutError', parent: [Error] }",
     "sequelize-acquire-timeout"},
    {LEVEL_ERROR,
     "{\"__type\":\"com.amazon.coral.availability#ThrottlingException\",\"message\":\"Rate exceeded\"}",
     "aws-throttling-exception"},
    {LEVEL_ERROR,
     "{\"error\":{\"root_cause\":[{\"type\":\"es_rejected_execution_exception\",\"reason\":\"rejected "
     "execution\"}]},\"status\":429}",
     "elasticsearch-rejected"},
};

#endif
