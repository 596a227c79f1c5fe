import type { BuiltInClass } from '../../handlers/core/classes.ts';
import type { Evidence } from '../../handlers/core/evidence/evidence.ts';

/** What a consumer reported, and what must happen before the message can succeed. */
export type Death = readonly [BuiltInClass, string, Omit<Evidence, 'source'>, body?: string];

const m = (message: string, more: Omit<Evidence, 'source' | 'message'> = {}) => ({ message, ...more });

/** Deaths whose words say plainly what they are. */
export const PLAIN: readonly Death[] = [
  ['DEPENDENCY_FAILURE', 'an apology beside a 503', m('Something went wrong. Please try again.', { httpStatus: 503 })],
  ['RESOURCE_EXHAUSTED', 'a wait for a free connection', m('timed out waiting for a free connection')],
  [
    'CODE_BUG',
    "a file of the package, for an order's sake",
    m('failed to process order 503: file /app/rules.json not found'),
  ],
  ['CODE_BUG', 'a variable of the environment', m('BILLING_URL is not set')],
  ['CODE_BUG', 'a pooler between statement and session', m('prepared statement "s1" already exists')],
  ['CODE_BUG', 'a pooler that forgot the statement', m('prepared statement "lrupsc_1_0" does not exist')],
  ['AUTH_FAILURE', 'a denial by a policy', m('bucket policy denies s3:GetObject')],
  ['AUTH_FAILURE', 'a status 401', { errorType: 'AxiosError', message: 'Request failed with status code 401' }],
  ['AUTH_FAILURE', 'a structured 403', m('refused by the payment service', { httpStatus: 403 })],
  [
    'AUTH_FAILURE',
    'an expired AWS token (400)',
    m('The security token included in the request is expired', { errorType: 'ExpiredTokenException', httpStatus: 400 }),
  ],
  [
    'AUTH_FAILURE',
    'an AWS grant that is missing',
    m('User: arn:aws:sts::123456789012:assumed-role/orders is not authorized to perform: dynamodb:PutItem', {
      awsErrorCode: 'AccessDeniedException',
      httpStatus: 400,
    }),
  ],
  [
    'AUTH_FAILURE',
    'an unrecognized client',
    m(
      'An error occurred (UnrecognizedClientException) when calling the Query operation: The security token included in the request is invalid.',
      { errorType: 'ClientError' },
    ),
  ],
  [
    'AUTH_FAILURE',
    'an OAuth grant',
    m('{"error":"invalid_grant","error_description":"Token has been expired or revoked."}', { httpStatus: 400 }),
  ],
  ['AUTH_FAILURE', 'an expired JWT', { errorType: 'TokenExpiredError', message: 'jwt expired' }],
  [
    'AUTH_FAILURE',
    'a Postgres log-in',
    m(
      'connection to server at "10.0.4.17", port 5432 failed: FATAL:  password authentication failed for user "orders"',
      { errorType: 'OperationalError' },
    ),
  ],
  [
    'AUTH_FAILURE',
    'a MySQL log-in',
    m("ER_ACCESS_DENIED_ERROR: Access denied for user 'app'@'10.1.2.3' (using password: YES)"),
  ],
  [
    'AUTH_FAILURE',
    'a Redis log-in',
    m('WRONGPASS invalid username-password pair or user is disabled.', { errorType: 'ReplyError' }),
  ],
  ['AUTH_FAILURE', 'a Mongo log-in', { errorType: 'MongoServerError', message: 'Authentication failed.' }],
  [
    'AUTH_FAILURE',
    'an SMTP log-in',
    m('(535, b"5.7.8 Username and Password not accepted.")', { errorType: 'smtplib.SMTPAuthenticationError' }),
  ],
  ['AUTH_FAILURE', 'an invalid API key', m('Invalid API key provided: sk_live_****1234')],
  [
    'AUTH_FAILURE',
    'a client certificate refused',
    m('write EPROTO 140:error:14094412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate'),
  ],
  ['AUTH_FAILURE', 'a gRPC log-in', m('16 UNAUTHENTICATED: Request had invalid authentication credentials.')],
  [
    'VALIDATION_ERROR',
    'an ajv error',
    m("data must have required property 'order_id'", { errorType: 'ValidationError' }),
  ],
  ['VALIDATION_ERROR', 'a Joi error', m('"quantity" must be a positive number', { errorType: 'ValidationError' })],
  [
    'VALIDATION_ERROR',
    'a pydantic error',
    m('1 validation error for Order\ntotal\n  Field required [type=missing, input_value={}, input_type=dict]', {
      errorType: 'pydantic_core._pydantic_core.ValidationError',
    }),
  ],
  [
    'VALIDATION_ERROR',
    'a zod error',
    {
      errorType: 'ZodError',
      message:
        '[{"code":"invalid_type","expected":"number","received":"undefined","path":["total"],"message":"Required"}]',
    },
  ],
  ['VALIDATION_ERROR', 'a status 422', m('Request failed with status code 422')],
  [
    'VALIDATION_ERROR',
    'a duplicate in Postgres',
    m('duplicate key value violates unique constraint "orders_pkey"', {
      errorType: 'error',
      stack: "error: duplicate key value violates unique constraint\n    at Parser.parse\n  code: '23505'",
    }),
  ],
  [
    'VALIDATION_ERROR',
    'a missing parent in MySQL',
    m('Cannot add or update a child row: a foreign key constraint fails (`shop`.`lines`, CONSTRAINT `fk`)'),
  ],
  [
    'VALIDATION_ERROR',
    'a DynamoDB condition',
    { errorType: 'ConditionalCheckFailedException', message: 'The conditional request failed', httpStatus: 400 },
  ],
  [
    'VALIDATION_ERROR',
    'a DynamoDB item too large',
    m('Item size has exceeded the maximum allowed size', { errorType: 'ValidationException', httpStatus: 400 }),
  ],
  ['VALIDATION_ERROR', 'a customer that does not exist', m('customer c-503 does not exist')],
  [
    'VALIDATION_ERROR',
    'a card that was declined',
    m('Your card was declined.', { errorType: 'StripeCardError', httpStatus: 402 }),
  ],
  [
    'BAD_PAYLOAD',
    'a body that is not JSON (Node 22)',
    { errorType: 'SyntaxError', message: `Unexpected token 'o', "not json" is not valid JSON` },
    'not json',
  ],
  [
    'BAD_PAYLOAD',
    'half a body',
    {
      errorType: 'SyntaxError',
      message: 'Unexpected end of JSON input',
      stack:
        'SyntaxError: Unexpected end of JSON input\n    at JSON.parse (<anonymous>)\n    at handler (/var/task/index.mjs:12:20)',
    },
    '{"a":',
  ],
  [
    'BAD_PAYLOAD',
    'a body that is not JSON (Python)',
    m('Expecting value: line 1 column 1 (char 0)', { errorType: 'json.decoder.JSONDecodeError' }),
    'abc',
  ],
  [
    'BAD_PAYLOAD',
    'a body that is not JSON (Go)',
    m("invalid character 'h' looking for beginning of value", { errorType: '*json.SyntaxError' }),
  ],
  [
    'BAD_PAYLOAD',
    'a body that is not JSON (Rust)',
    m('Error("expected value", line: 1, column: 1): expected value at line 1 column 1'),
  ],
  [
    'BAD_PAYLOAD',
    'a body that is not JSON (Jackson)',
    m(
      "Unrecognized token 'hello': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      { errorType: 'com.fasterxml.jackson.core.JsonParseException' },
    ),
  ],
  [
    'BAD_PAYLOAD',
    'a broken protobuf',
    m('Protocol message contained an invalid tag (zero).', {
      errorType: 'com.google.protobuf.InvalidProtocolBufferException',
    }),
  ],
  [
    'BAD_PAYLOAD',
    'an Avro message without magic',
    m('Unknown magic byte!', { errorType: 'org.apache.kafka.common.errors.SerializationException' }),
  ],
  [
    'BAD_PAYLOAD',
    'no gzip',
    m('incorrect header check', {
      errorType: 'Error',
      stack: "Error: incorrect header check\n    at Zlib.zlibOnError\n  code: 'Z_DATA_ERROR'",
    }),
  ],
  [
    'BAD_PAYLOAD',
    'no UTF-8',
    m("'utf-8' codec can't decode byte 0xff in position 0: invalid start byte", { errorType: 'UnicodeDecodeError' }),
  ],
  ['BAD_PAYLOAD', 'no base64', m('Incorrect padding', { errorType: 'binascii.Error' })],
  [
    'BAD_PAYLOAD',
    'broken XML',
    m('not well-formed (invalid token): line 1, column 4', { errorType: 'xml.parsers.expat.ExpatError' }),
  ],
  ['BAD_PAYLOAD', 'an undecryptable body', m('Unsupported state or unable to authenticate data')],
  ['BAD_PAYLOAD', 'an empty body', m('message body is empty')],
  [
    'TIMEOUT',
    "Lambda's own line",
    m('2026-11-22T05:00:00.123Z 7f9d2a10-0001-4000-8000-000000000001 Task timed out after 3.00 seconds'),
  ],
  [
    'TIMEOUT',
    'Sandbox.Timedout',
    m('RequestId: 7f9d Error: Task timed out after 30.03 seconds', { errorType: 'Sandbox.Timedout' }),
  ],
  ['TIMEOUT', 'a connect timeout (Node)', m('connect ETIMEDOUT 10.0.0.5:443')],
  ['TIMEOUT', 'a header timeout (undici)', { errorType: 'HeadersTimeoutError', message: 'Headers Timeout Error' }],
  [
    'TIMEOUT',
    'an axios timeout',
    m('timeout of 5000ms exceeded', { errorType: 'AxiosError', stack: 'AxiosError: timeout of 5000ms exceeded' }),
  ],
  [
    'TIMEOUT',
    'a read timeout (Python)',
    m("HTTPSConnectionPool(host='api.example.com', port=443): Read timed out. (read timeout=5)", {
      errorType: 'requests.exceptions.ReadTimeout',
    }),
  ],
  [
    'TIMEOUT',
    'a Go deadline',
    m(
      'Post "https://api.example.com/v1/charge": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ),
  ],
  ['TIMEOUT', 'a statement timeout', m('canceling statement due to statement timeout')],
  ['TIMEOUT', 'a lock wait', m('Lock wait timeout exceeded; try restarting transaction')],
  ['TIMEOUT', 'a gRPC deadline', m('4 DEADLINE_EXCEEDED: Deadline exceeded after 5.001s')],
  ['TIMEOUT', 'a status 504', m('upstream answered', { httpStatus: 504 })],
  ['THROTTLED', 'a status 429', m('Request failed with status code 429')],
  ['THROTTLED', 'an AWS throttle', m('Rate exceeded', { errorType: 'ThrottlingException', httpStatus: 400 })],
  [
    'THROTTLED',
    'DynamoDB throughput',
    m('The level of configured provisioned throughput for the table was exceeded.', {
      errorType: 'ProvisionedThroughputExceededException',
      httpStatus: 400,
    }),
  ],
  ['THROTTLED', 'S3 SlowDown (503)', m('Please reduce your request rate.', { errorType: 'SlowDown', httpStatus: 503 })],
  [
    'THROTTLED',
    'a quota that comes as 403',
    m('Daily Limit Exceeded. The quota will be reset at midnight Pacific Time.', { httpStatus: 403 }),
  ],
  [
    'THROTTLED',
    'a gRPC quota',
    m("8 RESOURCE_EXHAUSTED: Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute'"),
  ],
  [
    'THROTTLED',
    'a full upstream queue',
    m('rejected execution of org.elasticsearch.transport on EsThreadPoolExecutor[name = write, queue capacity = 200]', {
      errorType: 'es_rejected_execution_exception',
    }),
  ],
  ['DEPENDENCY_FAILURE', 'a refused connection', m('connect ECONNREFUSED 127.0.0.1:5432')],
  ['DEPENDENCY_FAILURE', 'a reset connection', m('read ECONNRESET')],
  ['DEPENDENCY_FAILURE', 'a host that is not found', m('getaddrinfo ENOTFOUND payments.internal')],
  ['DEPENDENCY_FAILURE', 'a hang-up', m('socket hang up')],
  ['DEPENDENCY_FAILURE', 'a status 503', m('Request failed with status code 503')],
  ['DEPENDENCY_FAILURE', 'a bad gateway', m('502 Bad Gateway')],
  [
    'DEPENDENCY_FAILURE',
    'a server certificate',
    m('certificate has expired', {
      errorType: 'Error',
      stack: "Error: certificate has expired\n  code: 'CERT_HAS_EXPIRED'",
    }),
  ],
  ['DEPENDENCY_FAILURE', 'a database that shuts down', m('terminating connection due to administrator command')],
  [
    'DEPENDENCY_FAILURE',
    'an open breaker',
    m("CircuitBreaker 'payments' is OPEN and does not permit further calls", {
      errorType: 'io.github.resilience4j.circuitbreaker.CallNotPermittedException',
    }),
  ],
  ['DEPENDENCY_FAILURE', 'gRPC unavailable', m('14 UNAVAILABLE: No connection established')],
  [
    'RESOURCE_EXHAUSTED',
    'a killed function',
    m('RequestId: 7f9d2a10-0001 Error: Runtime exited with error: signal: killed', { errorType: 'Runtime.ExitError' }),
  ],
  [
    'RESOURCE_EXHAUSTED',
    'a full heap',
    m('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'),
  ],
  ['RESOURCE_EXHAUSTED', 'a full Java heap', { errorType: 'java.lang.OutOfMemoryError', message: 'Java heap space' }],
  ['RESOURCE_EXHAUSTED', 'exit code 137', m('child process exited with code 137')],
  ['RESOURCE_EXHAUSTED', 'a full disk', m("ENOSPC: no space left on device, write '/tmp/out.csv'")],
  ['RESOURCE_EXHAUSTED', 'no file handles', m('EMFILE: too many open files')],
  ['RESOURCE_EXHAUSTED', 'no connection slots', m('FATAL: sorry, too many clients already')],
  [
    'CODE_BUG',
    'undefined access',
    { errorType: 'TypeError', message: "Cannot read properties of undefined (reading 'total')" },
  ],
  [
    'CODE_BUG',
    'null access in Java',
    m('Cannot invoke "com.shop.Order.getTotal()" because "order" is null', {
      errorType: 'java.lang.NullPointerException',
    }),
  ],
  ['CODE_BUG', 'a missing name in Python', m("name 'totl' is not defined", { errorType: 'NameError' })],
  ['CODE_BUG', 'a missing key in Python', m("'total'", { errorType: 'KeyError' })],
  ['CODE_BUG', 'a nil pointer in Go', m('runtime error: invalid memory address or nil pointer dereference')],
  ['CODE_BUG', 'nil in Ruby', m("undefined method `total' for nil:NilClass", { errorType: 'NoMethodError' })],
  [
    'CODE_BUG',
    'a missing module',
    m("Unable to import module 'app': No module named 'requests'", { errorType: 'Runtime.ImportModuleError' }),
  ],
  [
    'CODE_BUG',
    'a missing handler',
    m('index.handler is undefined or not exported', { errorType: 'Runtime.HandlerNotFound' }),
  ],
  ['CODE_BUG', 'own SQL', m('syntax error at or near "FORM"', { errorType: 'error' })],
  ['CODE_BUG', 'own configuration', m('environment variable PAYMENTS_URL is not set')],
  ['CODE_BUG', 'endless recursion', { errorType: 'RangeError', message: 'Maximum call stack size exceeded' }],
  [
    'CODE_BUG',
    'a segmentation fault',
    m('Runtime exited with error: signal: segmentation fault', { errorType: 'Runtime.ExitError' }),
  ],
  [
    'CODE_BUG',
    'own code that cannot be parsed',
    { errorType: 'Runtime.UserCodeSyntaxError', message: "SyntaxError: Unexpected token '}'" },
  ],
  ['THROTTLED', "a client's rate-limit error", { errorType: 'openai.RateLimitError', message: 'Error code: 429' }],
  ['THROTTLED', 'gRPC on a limit per second', m('8 RESOURCE_EXHAUSTED: 100 requests used')],
  ['THROTTLED', 'an overloaded provider', m('{"type":"overloaded_error","message":"Overloaded"}')],
  ['AUTH_FAILURE', 'a scope that is missing', m('the app does not have permission to read orders')],
  ['BAD_PAYLOAD', 'a payload that the consumer calls malformed', m('malformed payload')],
  [
    'VALIDATION_ERROR',
    'an error named after the rule that was broken',
    { errorType: 'BusinessRuleViolation', message: 'gift wrap and express' },
  ],
  [
    'VALIDATION_ERROR',
    'a value that cannot be converted',
    { errorType: 'java.lang.NumberFormatException', message: 'ten' },
  ],
  ['CODE_BUG', 'a package that lacks a file', m("Cannot find module './totals.js'")],
  ['CODE_BUG', 'a call that the upstream does not know', m('Request failed with status code 405')],
  ['CODE_BUG', 'a type error of no other kind', { errorType: 'TypeError', message: 'Illegal invocation' }],
  ['CODE_BUG', 'a file that the package should hold', m("ENOENT, open '/var/task/tax.csv'")],
  [
    'DEPENDENCY_FAILURE',
    'an AWS service that failed',
    { errorType: 'InternalServerError', message: 'We encountered an error' },
  ],
];

/** Deaths whose words mislead: the tie-breaks of the class definitions and the traps in numbers and names. */
export const MISLEADING: readonly Death[] = [
  ['CODE_BUG', 'a table without a key, not a cluster without a primary', m('table orders has no primary key')],
  ['BAD_PAYLOAD', 'a serialization that is no transaction', m('JSON serialization failure')],
  [
    'AUTH_FAILURE',
    'a fork of a repository, not of a process',
    m('cannot fork repository acme/orders: permission denied to user bot'),
  ],
  [
    'DEPENDENCY_FAILURE',
    'an HTTP client that was answered HTML',
    m('invalid json response body at https://api.example.com/v1 reason: Unexpected token < in JSON at position 0', {
      errorType: 'FetchError',
    }),
  ],
  [
    'DEPENDENCY_FAILURE',
    'a parser that shows the HTML it was answered',
    { errorType: 'SyntaxError', message: `Unexpected token '<', "<!DOCTYPE "... is not valid JSON` },
  ],
  [
    'DEPENDENCY_FAILURE',
    'a parser inside requests',
    m('Expecting value: line 1 column 1 (char 0)', {
      errorType: 'JSONDecodeError',
      stack: '  File "/opt/python/requests/models.py", line 975, in json\n    raise RequestsJSONDecodeError',
    }),
  ],
  [
    'DEPENDENCY_FAILURE',
    'markup in an answer when the body is JSON',
    { errorType: 'SyntaxError', message: 'Unexpected token < in JSON at position 0' },
    '{"order_id":"o-1"}',
  ],
  [
    'BAD_PAYLOAD',
    'a body of markup',
    { errorType: 'SyntaxError', message: 'Unexpected token < in JSON at position 0' },
    '<order/>',
  ],
  [
    'BAD_PAYLOAD',
    "markup that is the queue message's",
    {
      errorType: 'SyntaxError',
      message: `could not parse message body: Unexpected token '<', "<html>"... is not valid JSON`,
    },
  ],
  [
    'RESOURCE_EXHAUSTED',
    'a pool wait that timed out (Hikari)',
    m('HikariPool-1 - Connection is not available, request timed out after 30000ms.', {
      errorType: 'java.sql.SQLTransientConnectionException',
    }),
  ],
  [
    'RESOURCE_EXHAUSTED',
    'a pool wait that timed out (SQLAlchemy)',
    m('QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00', {
      errorType: 'sqlalchemy.exc.TimeoutError',
    }),
  ],
  [
    'RESOURCE_EXHAUSTED',
    'a pool wait that timed out (knex)',
    m('Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?', {
      errorType: 'KnexTimeoutError',
    }),
  ],
  [
    'BAD_PAYLOAD',
    'a RangeError inside a protobuf reader',
    {
      errorType: 'RangeError',
      message: 'index out of range: 5 + 10 > 8',
      stack:
        'RangeError: index out of range: 5 + 10 > 8\n    at BufferReader.uint32 (/var/task/node_modules/protobufjs/src/reader.js:98:15)',
    },
  ],
  [
    'BAD_PAYLOAD',
    'an index error inside a decoder',
    m('slice bounds out of range [:12] with capacity 4', {
      stack:
        'panic: runtime error: slice bounds out of range [:12] with capacity 4\n\ngoroutine 1 [running]:\nmain.decodeOrder(...)\n\t/src/decode.go:12',
      errorType: 'runtime.boundsError',
    }),
  ],
  [
    'BAD_PAYLOAD',
    'a panic on unwrapping a decode result',
    m('called `Result::unwrap()` on an `Err` value: Error("expected value", line: 1, column: 1)', {
      stack: 'thread main panicked at src/main.rs:4:50: expected value at line 1 column 1',
    }),
  ],
  [
    'VALIDATION_ERROR',
    "a parser's name over a wrong type",
    m('Cannot deserialize value of type `java.lang.Integer` from String "ten": not a valid Integer value', {
      errorType: 'com.fasterxml.jackson.databind.exc.InvalidFormatException',
    }),
  ],
  [
    'VALIDATION_ERROR',
    "Go's decoder over a wrong type",
    m('json: cannot unmarshal string into Go struct field Order.total of type int'),
  ],
  [
    'VALIDATION_ERROR',
    'an outer 500 around a validation',
    {
      errorType: 'Error',
      message: 'Failed to process: 500 Internal Server Error',
      causes: ["ValidationError: data must have required property 'sku'"],
    },
  ],
  [
    'THROTTLED',
    'an outer 500 around a throttle',
    {
      errorType: 'OrderError',
      message: 'failed to process order',
      httpStatus: 500,
      stack:
        'OrderError: failed to process order\n    at handler (/var/task/index.js:1:1)\n  [cause]: ThrottlingException: Rate exceeded\n      at throwDefaultError',
    },
  ],
  [
    'AUTH_FAILURE',
    'a network error whose cause is a log-in',
    {
      errorType: 'com.shop.DbException',
      message: 'connection error',
      stack:
        'com.shop.DbException: connection error\n\tat com.shop.Db.open(Db.java:503)\nCaused by: org.postgresql.util.PSQLException: FATAL: password authentication failed for user "app"\n\t... 12 more',
    },
  ],
  [
    'DEPENDENCY_FAILURE',
    'a Python chain, whose first is the cause',
    m('could not store the order', {
      errorType: 'StoreError',
      stack:
        'Traceback (most recent call last):\n  File "db.py", line 4, in open\n    connect()\nConnectionRefusedError: [Errno 111] Connection refused\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File "app.py", line 9, in handler\n    raise StoreError\nStoreError: validation failed',
    }),
  ],
  [
    'DEPENDENCY_FAILURE',
    'a .NET chain',
    m('One order failed. ---> System.Net.Sockets.SocketException: Connection refused', {
      errorType: 'System.InvalidOperationException',
    }),
  ],
  [
    'THROTTLED',
    'retries that ran out on 429',
    m('Retries exhausted after 5 attempts. Last error: 429 Too Many Requests'),
  ],
  [
    'TIMEOUT',
    'retries that ran out on a timeout',
    m('Max retries exceeded with url: /charge (Caused by ReadTimeoutError("Read timed out."))'),
  ],
  [
    'AUTH_FAILURE',
    'two causes side by side',
    {
      errorType: 'AggregateError',
      message: 'All promises were rejected',
      causes: ['Error: connect ECONNREFUSED 10.0.0.1:443', 'Error: Request failed with status code 401'],
    },
  ],
  [
    'DEPENDENCY_FAILURE',
    'two tries of one refused connection',
    {
      errorType: 'AggregateError',
      message: '',
      causes: ['Error: connect ECONNREFUSED ::1:5432', 'Error: connect ECONNREFUSED 127.0.0.1:5432'],
    },
  ],
  [
    'VALIDATION_ERROR',
    'a parameter named timeout',
    m('Invalid value for parameter "timeout": must be between 1 and 900'),
  ],
  [
    'VALIDATION_ERROR',
    'a parameter named throughput',
    m('One or more parameter values were invalid: ReadCapacityUnits throughput must be greater than 0', {
      errorType: 'ValidationException',
      httpStatus: 400,
    }),
  ],
  ['VALIDATION_ERROR', 'a field named token', m('"token" is required')],
  [
    'CODE_BUG',
    "a 503 in an order's id",
    { errorType: 'TypeError', message: "order 503: Cannot read properties of null (reading 'id')" },
  ],
  ['UNKNOWN', 'numbers that are no statuses', m('job 429 at line 503 ended after 401 ms on port 500')],
  [
    'RESOURCE_EXHAUSTED',
    'gRPC RESOURCE_EXHAUSTED that speaks of memory',
    m('8 RESOURCE_EXHAUSTED: out of memory while sorting'),
  ],
  [
    'VALIDATION_ERROR',
    'gRPC RESOURCE_EXHAUSTED that speaks of size',
    m('8 RESOURCE_EXHAUSTED: Received message larger than max (5242880 vs. 4194304)'),
  ],
  [
    'CODE_BUG',
    'a syntax error that is no JSON',
    {
      errorType: 'SyntaxError',
      message: "Unexpected token '?'",
      stack: 'SyntaxError: Unexpected token ?\n    at Module._compile',
    },
  ],
  ['UNKNOWN', 'a bare Error', { errorType: 'Error', message: 'Error' }],
  ['UNKNOWN', 'an object that nobody printed', m('[object Object]')],
  ['UNKNOWN', 'an exit status', m('exit status 1')],
  [
    'UNKNOWN',
    'a runtime that ended without a reason',
    m('RequestId: 7f9d2a10 Error: Runtime exited without providing a reason', { errorType: 'Runtime.ExitError' }),
  ],
  [
    'UNKNOWN',
    'an apology with a word that another class has',
    m('Unexpected error. We are sorry, the required data could not be shown.'),
  ],
  ['UNKNOWN', 'an apology', m('Something went wrong. Please try again later.')],
  ['UNKNOWN', 'retries that ran out on nothing', m('Retries exhausted after 5 attempts')],
];

/** Deaths that only a number of a driver, a reply of a mail server or the words of a name explain. */
export const TELLING_LITTLE: readonly Death[] = [
  ['AUTH_FAILURE', "MongoDB's name of a log-in", m('command failed: {"ok":0,"codeName":"MechanismUnavailable"}')],
  ['THROTTLED', "AWS's name of a limit", m('FilterLimitExceeded: the filter cannot be added')],
  ['RESOURCE_EXHAUSTED', "MongoDB's name of memory", m('command failed: {"ok":0,"codeName":"ExceededMemoryLimit"}')],
  ['TIMEOUT', "MongoDB's name of a deadline", m('command failed: {"ok":0,"codeName":"ExceededTimeLimit"}')],
  ['DEPENDENCY_FAILURE', "Kafka's name of a broker", { errorType: 'NotControllerException', message: 'P-17' }],
  ['CODE_BUG', 'words of how a part is used', m('the hook was attached after its listeners had been released')],
  ['TIMEOUT', "MySQL's number in another language", m("(1205, 'Wartezeit abgelaufen')")],
  ['RESOURCE_EXHAUSTED', "Oracle's number in another language", m('ORA-01688: Tabelle kann nicht erweitert werden')],
  ['THROTTLED', "SQL Server's number", m('Error Number:40501,State:20,Class:20')],
  ['THROTTLED', 'a coordinator that sheds load', m('OverloadedException: Queried host (10.0.0.7:9042)')],
  ['VALIDATION_ERROR', 'a reply about an address', m('553 5.1.3 <bob@> (in reply to RCPT TO command)')],
  ['DEPENDENCY_FAILURE', 'an errno of the network', m('worker stopped (os error 104)')],
  ['TIMEOUT', 'an errno of a time-out', m('worker stopped (os error 110)')],
  ['RESOURCE_EXHAUSTED', 'an errno of resources', m('worker stopped (os error 24)')],
  ['CODE_BUG', 'an errno of a file', m('worker stopped (os error 2)')],
  ['VALIDATION_ERROR', 'an errno of a name', m('worker stopped (os error 36)')],
  ['THROTTLED', 'a name of throttling', { errorType: 'PartnerThrottledError', message: 'P-17' }],
  ['RESOURCE_EXHAUSTED', 'a name of a pool', { errorType: 'RenderPoolExhaustedError', message: 'P-17' }],
  ['AUTH_FAILURE', 'a name of a log-in', { errorType: 'PartnerCredentialsError', message: 'P-17' }],
  ['BAD_PAYLOAD', 'a name of decoding', { errorType: 'OrderDecodingError', message: 'P-17' }],
  ['TIMEOUT', 'a name of a deadline', { errorType: 'PartnerDeadlineError', message: 'P-17' }],
  ['VALIDATION_ERROR', 'a name of a broken rule', { errorType: 'OrderViolationError', message: 'P-17' }],
  ['DEPENDENCY_FAILURE', 'a name of a connection', { errorType: 'PartnerConnectionError', message: 'P-17' }],
  ['CODE_BUG', 'a name of a defect', { errorType: 'HandlerNotRegisteredError', message: 'P-17' }],
  [
    'CODE_BUG',
    'a name nobody defined, called like a limit',
    { errorType: 'NameError', message: "name 'retry_after: 5' is not defined" },
  ],
  [
    'CODE_BUG',
    'a call the library never allowed, whose words are about a connection',
    {
      errorType: 'InvalidOperationException',
      message: 'There is already an open DataReader associated with this Connection',
    },
  ],
  [
    'UNKNOWN',
    'a wrapper of Kafka Connect that is called like a network error',
    { errorType: 'ConnectException', message: 'Exiting WorkerSinkTask due to unrecoverable exception.' },
  ],
  [
    'THROTTLED',
    'a 403 for a rate',
    m(
      'Reason[rateLimitExceeded]\n ---> System.Net.WebException: The remote server returned an error: (403) Forbidden.',
    ),
  ],
  [
    'CODE_BUG',
    'a null handed on',
    m("Value cannot be null. (Parameter 'source')", { errorType: 'System.ArgumentException' }),
  ],
  [
    'CODE_BUG',
    'a setting that is missing when a class is set up',
    m('java.lang.ExceptionInInitializerError\nCaused by: java.lang.NumberFormatException: For input string: "unset"'),
  ],
  [
    'AUTH_FAILURE',
    'a token that its library cannot take apart',
    {
      errorType: 'ValueError',
      message: 'not enough values to unpack (expected 2, got 1)',
      stack:
        '  File "/opt/python/jwt/api_jws.py", line 252, in _load\n    signing_input, segment = jwt.rsplit(b".", 1)',
    },
  ],
  [
    'BAD_PAYLOAD',
    "Fernet's InvalidToken",
    {
      errorType: 'cryptography.fernet.InvalidToken',
      message: '',
      stack: '  File "fernet.py", line 133, in _verify_signature\n    raise InvalidToken\nCaused by: InvalidSignature',
    },
  ],
  ['AUTH_FAILURE', "MySQL's log-in in another language", m("(1045, 'Zugriff verweigert')")],
  ['VALIDATION_ERROR', "MySQL's duplicate in another language", m("(1062, 'Doppelter Eintrag')")],
  ['CODE_BUG', "MySQL's missing column in another language", m("(1054, 'Unbekannte Spalte')")],
  ['DEPENDENCY_FAILURE', "MySQL's lost connection in another language", m("(2006, 'Der Server ist weg')")],
  ['VALIDATION_ERROR', 'an exception of the domain', { errorType: 'shop.DomainError', message: 'P-17' }],
  [
    'CODE_BUG',
    "gRPC's number of a method that does not exist",
    m('12:. debug_error_string:{UNKNOWN: {grpc_status:12, grpc_message:""}}'),
  ],
  ['DEPENDENCY_FAILURE', 'a gRPC status of the service', m('rpc error: code = Internal desc = stock')],
  [
    'CODE_BUG',
    'an argument called like a limit',
    m("fetch() got an unexpected keyword argument 'rate_limit_exceeded'"),
  ],
  [
    'AUTH_FAILURE',
    'a handshake that the server broke off',
    m('error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:SSL alert number 40'),
  ],
];
