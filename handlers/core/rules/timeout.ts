import { either, names, type Rule, sqlState, text, types } from './rule.ts';

/** A deadline ran out. Pool waits, quotas and parameters named timeout were told apart before. */
export const TIMEOUT: readonly Rule[] = [
  {
    name: 'timeout-code',
    class: 'TIMEOUT',
    why: 'error codes and exception names of a deadline that ran out',
    test: names(
      'ETIMEDOUT ESOCKETTIMEDOUT UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT',
      'ERR_SOCKET_CONNECTION_TIMEOUT ERR_HTTP_REQUEST_TIMEOUT ETIMEOUT WSAETIMEDOUT PROTOCOL_SEQUENCE_TIMEOUT',
      'TimeoutError TimeoutException ConnectTimeout ConnectTimeoutError ConnectTimeoutException ReadTimeout',
      'ReadTimeoutError ReadTimeoutException WriteTimeout SocketTimeoutException SocketTimeoutError',
      'HttpTimeoutException HttpConnectTimeoutException HeadersTimeoutError BodyTimeoutError RequestTimeout',
      'RequestTimeoutException RequestTimeoutError ConnectionTimeoutError ServerTimeoutError APITimeoutError',
      'APIConnectionTimeoutError MongoNetworkTimeoutError MongoServerSelectionTimeoutError ExecutionTimeout',
      'QueryTimeoutException SQLTimeoutException ER_LOCK_WAIT_TIMEOUT KafkaJSRequestTimeoutError',
      'ApiCallTimeoutException ApiCallAttemptTimeoutException GatewayTimeoutException',
      'OperationTimedOutException OpenTimeout NetReadTimeout DEADLINE_EXCEEDED DeadlineExceeded',
      'DeadlineExceededError StatementTimeoutError MaxTimeMSExpired IdempotencyTimeout KMSTimeoutException',
      'EFSMountTimeoutException ETIME ConnectionTimeoutException TaskTimedOut',
    ),
  },
  {
    name: 'database-deadline',
    class: 'TIMEOUT',
    why: 'a statement or a wait for a lock passed its limit',
    test: either(
      sqlState('57014', '55P03', 'HYT00', 'HYT01'),
      text(
        /\b(?:canceling|cancelling) statement due to (?:statement|lock|user) ?time-?out|\block wait time-?out exceeded|\bquery execution was interrupted, maximum statement|\block request time ?out|\bcould not obtain lock\b|\bORA-(?:01013|30006|12170|00054)\b|\bexceeded time limit\b/i,
      ),
    ),
  },
  {
    name: 'timeout-words',
    class: 'TIMEOUT',
    why: 'the text says that time ran out',
    test: either(
      text(
        /\b(?:connection|connect|request|read|write|socket|query|operation|handshake|response|gateway|upstream|deadline|call|client|server|invocation|execution|dns|dial|i\/o|command|lookup|transaction|task)\b.{0,40}\b(?:timed[ -]?out|time-?out|deadline exceeded)\b|\btimed[ -]out\b|\bdeadline (?:has )?(?:exceeded|expired|passed)|\bcontext deadline exceeded\b|\btime-?out (?:of \d{1,9} ?ms|after \d|exceeded|expired|reached|occurred|while|waiting|was reached|elapsed)|(?:^|: )time-?out: |\bconfigured httpclient\.timeout\b|\boperation was (?:aborted due to timeout|canceled due to timeout)|\bdid not (?:respond|complete|answer) (?:with)?in \d|\bno response (?:received )?(?:with)?in \d/i,
      ),
      types('Timeout TimedOut Elapsed GatewayTimeout'),
    ),
    confidence: 0.85,
  },
];
