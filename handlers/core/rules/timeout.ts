import { butNot, either, names, type Rule, sqlState, text, types } from './rule.ts';

/** A deadline ran out. Pool waits, quotas and parameters named timeout were told apart before. */
export const TIMEOUT: readonly Rule[] = [
  {
    name: 'timeout-code',
    class: 'TIMEOUT',
    why: 'error codes and exception names of a deadline that ran out',
    test: names(
      '_MSG_TIMED_OUT _TIMED_OUT _MAX_POLL_EXCEEDED TIMELIMIT_EXCEEDED NetworkTimeout KafkaTimeoutError WTimeoutError TimedOut RequestTimedOut TooSlowError ETIMEDOUT ESOCKETTIMEDOUT UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT',
      'ERR_SOCKET_CONNECTION_TIMEOUT ERR_HTTP_REQUEST_TIMEOUT ETIMEOUT WSAETIMEDOUT PROTOCOL_SEQUENCE_TIMEOUT',
      'TimeoutError TimeoutException ConnectTimeout ConnectTimeoutError ConnectTimeoutException ReadTimeout',
      'ReadTimeoutError ReadTimeoutException WriteTimeout SocketTimeoutException SocketTimeoutError',
      'HttpTimeoutException HttpConnectTimeoutException HeadersTimeoutError BodyTimeoutError RequestTimeout',
      'RequestTimeoutException RequestTimeoutError ConnectionTimeoutError ServerTimeoutError APITimeoutError',
      'APIConnectionTimeoutError MongoNetworkTimeoutError MongoServerSelectionTimeoutError ExecutionTimeout',
      'QueryTimeoutException SQLTimeoutException ER_LOCK_WAIT_TIMEOUT KafkaJSRequestTimeoutError',
      'ApiCallTimeoutException ApiCallAttemptTimeoutException GatewayTimeoutException GatewayTimeout',
      'OperationTimedOutException OpenTimeout NetReadTimeout DEADLINE_EXCEEDED DeadlineExceeded ConnectionTimeout',
      'DeadlineExceededError StatementTimeoutError MaxTimeMSExpired IdempotencyTimeout KMSTimeoutException',
      'EFSMountTimeoutException ETIME ConnectionTimeoutException TaskTimedOut ExecutionTimeoutException',
      'TimeoutRejectedException WriteTimeoutException DriverTimeoutException',
      'RedisTimeoutException RedisCommandTimeoutException CommandTimeoutException LockTimeoutException NetTimeoutError',
      'AsyncRequestTimeoutException PessimisticLockException LockTimeoutError WriteTimeoutError',
      'SoftTimeLimitExceeded TimeLimitExceeded TimeoutExpired timed_out ERR_TIMED_OUT ERR_CONNECTION_TIMED_OUT',
      'QueryCanceled LockNotAvailable HTTPGatewayTimeout DNSTimeout REQUEST_TIMED_OUT BrokerTimeoutError',
      'ModelTimeoutException SnapStartTimeoutException TIMEOUT_EXCEEDED ResponseTimeout OperationTimedOut',
    ),
  },
  {
    name: 'database-deadline',
    class: 'TIMEOUT',
    why: 'a statement or a wait for a lock passed its limit',
    test: either(
      sqlState('57014', '55P03', '25P03', '57P05', 'HYT00', 'HYT01'),
      text(String.raw`
        \b(?:canceling|cancelling) statement due to (?:statement|lock|user) ?time-?out
        \b(?:canceling|cancelling) statement due to user request
        lock wait time-?out exceeded
        query execution was interrupted, maximum statement
        maximum statement execution time exceeded
        lock request time ?out
        could not obtain lock\b
        ORA-(?:01013|30006|12170|00054)\b
        exceeded time limit\b
        statement (?:reached its .{0,60})?time-?out
        statement timed out\b
        exceeded (?:the )?(?:execution )?time limit\b
        operation exceeded time\b
      `),
    ),
  },
  {
    name: 'timeout-words',
    class: 'TIMEOUT',
    why: 'the text says that time ran out',
    test: butNot(
      either(
        text(
          String.raw`
          \b(?:connection|connect|request|read|write|socket|query|operation|handshake|response|gateway|upstream|deadline|call|client|server|invocation|execution|dns|dial|i/o|command|lookup|transaction|task|login|session|heartbeat|lock|acknowledgement|process|job|step|workflow|network)\b.{0,40}\b(?:timed[ -]?out|time-?out|deadline exceeded)\b
          timed[ -]out\b
          deadline (?:has |was )?(?:been )?(?:exceeded|expired|passed|elapsed|reached)
          context deadline exceeded\b
          time-?out (?:of \d{1,9} ?ms|after \d|exceeded|expired|reached|occurred|while|waiting|awaiting|reading|writing|connecting|was reached|elapsed|error|has |period|performing|when|during|on )
          (?:^|: )time-?out(?::|$|\.)
          configured httpclient\.timeout\b
          operation was (?:aborted due to timeout|canceled due to timeout)
          timeoutmillis\b
          \b(?:could not|couldn't|did not|was not|failed to|unable to) .{1,80} (?:with)?in \d{1,9} ?(?:ms|s|sec|seconds|milliseconds|minutes)\b
          greeting never received\b
          acquire lock within\b
          unable to acquire (?:a )?lock\b
          \(EXIT\) time out\b
          time-?out\)?\.?$
          time-?out \(type
          StartToClose time-?out\b
          reason: :(?:connect_)?timeout\b
          \{:error, :timeout\}
          worker timeout\b
          failed to \w{2,20} in time\b
          did not (?:respond|complete|answer|finish|return|receive .{1,40}) (?:with)?in (?:time|\d|the)
          no (?:response|reply|answer) (?:was )?(?:received )?(?:from .{1,60} )?(?:with)?in \d
          execution expired\b
          maximum execution time of \d
          did not observe any item or terminal signal within\b
          took (?:too long|longer than|more than \d)
          exceeded (?:the )?(?:maximum |configured |allowed )?(?:execution |response )?(?:time(?:-?out)?|deadline)\b
          not (?:completed|finished|answered|ready|available|acknowledged) (?:with)?in \d
          within \d{1,8} ?(?:ms|milliseconds|seconds|s)\b.{0,20}(?:elapsed|passed)
          time limit (?:exceeded|reached)
          wall time\b
          SIGALRM\b
          signal: alarm\b
          \{:timeout, \{:gen_server\b
          timeout: sending signal TERM\b
          reaper::check timeout\b
          waiter \w{1,60} failed: max attempts\b
          failed to acquire (?:the )?lock\b
          could not (?:acquire|obtain) (?:the |a )?lock\b
          ^timeout at \S
          gave up waiting\b
          max(?:imum)? wait(?:ing)? time\b
          max(?:imum)? (?:run ?time|running time|execution time|duration)\b.{0,30}
          no progress (?:for|in|within) \d
          time budget\b
          did not (?:exit|stop|end|return|reply|answer|come back) (?:in|within|after) \d
          no (?:reply|answer|response|heartbeat|ack\w{0,12}) .{0,40}\b(?:in|within|after|for) \d{1,6} ?(?:ms|s|sec|m|min)
          database is locked\b
          cancell?ed after \d
          waited (?:for )?\d{1,7} ?(?:ms|s|sec|seconds|m|min|minutes)\b
          over (?:its|the) (?:deadline|time limit)\b
          (?:ran|running|took) (?:for )?too long\b
          operation (?:has )?expired\b
          exceeded (?:its|the) (?:time|run|execution) ?(?:limit|time|budget)\b
        `,
          /_timeout_exception\b/i,
          /\b(?:request|read|connect|connection|receive|recv|lock|gateway|response|socket|send)_timeout\b(?!['"`]?\s?[:=])/i,
        ),
        types('Timeout TimedOut Elapsed TIMEOUT'),
      ),
      text(String.raw`
        exceeded (?:the )?(?:maximum )?(?:number of|retries|size)\b
        time-?out(?:s|_ms|_seconds)? (?:must|should|cannot|is not)
      `),
    ),
    confidence: 0.85,
  },
];
