import { butNot, either, names, type Rule, sqlState, text, types } from './rule.ts';

/** Time passes, more slowly: whatever the status, a rate or a usage quota was exceeded. */
export const THROTTLED: readonly Rule[] = [
  {
    name: 'throttling-code',
    class: 'THROTTLED',
    why: "AWS's throttling codes, whatever status they come with",
    test: names(
      'ThrottlingException Throttling ThrottledException ThrottleException RequestThrottled',
      'RequestThrottledException TooManyRequestsException TooManyRequests RequestLimitExceeded',
      'BandwidthLimitExceeded LimitExceededException ProvisionedThroughputExceededException',
      'ProvisionedThroughputExceeded TransactionInProgressException SlowDown PriorRequestNotComplete',
      'EC2ThrottledException KMSThrottlingException CodeArtifactUserPendingException',
      'ReservedFunctionConcurrentInvocationLimitExceeded ConcurrentInvocationLimitExceeded KmsThrottled',
      'RequestThrottlingException ServiceQuotaExceededException',
    ),
  },
  {
    name: 'rate-limit-type',
    class: 'THROTTLED',
    why: 'clients of rate-limited services name their error after it',
    test: either(
      names(
        'RateLimitError RateLimitException RateLimitExceededError RateLimitExceeded StripeRateLimitError',
        'RateLimitedError QuotaExceededException userRateLimitExceeded rateLimitExceeded quotaExceeded',
        'dailyLimitExceeded rate_limit_exceeded insufficient_quota REQUEST_LIMIT_EXCEEDED SlowDownError',
        'RequestNotPermitted',
      ),
      types('Throttled RateLimited TooManyRequestsError'),
    ),
  },
  {
    name: 'rate-limit-words',
    class: 'THROTTLED',
    why: 'the text speaks of a rate, a quota or too many requests',
    test: butNot(
      text(
        /\btoo many requests\b|\brate[ -]?limit(?:ed|ing|s)?\b|\brate exceeded\b|\brequest rate (?:is )?(?:too )?(?:large|high|exceeded)/i,
        /\b(?:api|usage|daily|monthly|hourly|request|call|sending|message|token)s? (?:rate |usage )?(?:quota|limit|allowance)s?\b.{0,40}\b(?:exceeded|reached|exhausted|hit)\b/i,
        /\b(?:exceeded|reached|hit)\b.{0,40}\b(?:requests? per|calls? per|quota|rate|usage limit|daily (?:usage )?limit)/i,
        /\bquota (?:has been |was )?(?:exceeded|exhausted)|\bthrottl(?:ed|ing)\b|\breduce your (?:request )?rate|\bmaximum sending rate\b|\bconcurrent(?: invocation| request)s? limit/i,
      ),
      // The limiter itself is broken, or the words stand in a validation message.
      text(/rate[ -]?limit(?:er|ing)? (?:service|backend|store|config)|disk quota|quota.{0,20}(?:disk|storage|inode)/i),
    ),
  },
  {
    name: 'grpc-resource-exhausted',
    class: 'THROTTLED',
    why: 'gRPC says RESOURCE_EXHAUSTED for quotas; of memory and message size it speaks otherwise',
    test: butNot(
      text(
        /\b(?:RESOURCE_EXHAUSTED|ResourceExhausted)\b.{0,200}\b(?:quota|rate|limit|per (?:second|minute|day)|requests?)\b/i,
      ),
      text(/larger than max|message (?:size|too large)|memory|disk|max_?receive/i),
    ),
  },
  {
    name: 'upstream-queue-full',
    class: 'THROTTLED',
    why: 'an upstream rejects work because its queue is full',
    test: text(
      /\bes_rejected_execution_exception\b|\brejected execution of .{0,200}(?:queue capacity|thread_?pool)|\bqueue is full, try/i,
    ),
  },
  {
    name: 'database-throttled',
    class: 'THROTTLED',
    why: "the database's own governor asks for fewer requests",
    test: either(text(/\bRequestRateTooLarge\b|\boverloaded_error\b/), sqlState('57P05')),
    confidence: 0.7,
  },
];
