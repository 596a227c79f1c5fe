import { butNot, either, names, type Rule, text, types } from './rule.ts';

/** Time passes, more slowly: whatever the status, a rate or a usage quota was exceeded. */
export const THROTTLED: readonly Rule[] = [
  {
    name: 'throttling-code',
    class: 'THROTTLED',
    why: "AWS's throttling codes, whatever status they come with",
    test: names(
      'THROTTLING_QUOTA_EXCEEDED TooManyUpdates ThrottlingException Throttling ThrottledException ThrottleException RequestThrottled ThrottlingError',
      'RequestThrottledException TooManyRequestsException TooManyRequests RequestLimitExceeded THROTTLING',
      'BandwidthLimitExceeded LimitExceededException ProvisionedThroughputExceededException',
      'ProvisionedThroughputExceeded TransactionInProgressException SlowDown PriorRequestNotComplete',
      'EC2ThrottledException KMSThrottlingException CodeArtifactUserPendingException ThrottledClientException',
      'ReservedFunctionConcurrentInvocationLimitExceeded ConcurrentInvocationLimitExceeded KmsThrottled',
      'RequestThrottlingException ServiceQuotaExceededException ApplicationThrottled TooManyFailedAttemptsException',
      'FunctionInvocationRateLimitExceeded CallerRateLimitExceeded ReservedFunctionInvocationRateLimitExceeded',
      'ExecutionLimitExceeded LambdaThrottledException RESOURCE_LIMIT_EXCEEDED',
      'SnsThrottledException KmsThrottledException ModelThrottledException RequestThrottledError ThrottledError',
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
        'RequestNotPermitted ratelimited rate_limited rate_limit_error RATE_LIMITED RATE_LIMIT_EXCEEDED RateLimitReached',
        'TooManyRequestsError RateLimited QuotaExceeded QUOTA_EXCEEDED RateLimiterRejectedException ConcurrencyLimitExceeded',
        'RateLimitReachedError LIMIT_EXCEEDED too_many_requests TOO_MANY_REQUESTS tooManyRequests OverQueryLimit',
        'OVER_QUERY_LIMIT overloaded_error RequestRateTooLarge HttpTooManyRequestsException HTTPTooManyRequests',
      ),
      types('Throttled TooManyAttempts'),
    ),
  },
  {
    name: 'rate-limit-words',
    class: 'THROTTLED',
    why: 'the text speaks of a rate, a quota or too many requests',
    test: butNot(
      text(String.raw`
        too many (?:api )?(?:requests|calls|attempts|messages|operations|emails|logins?|recipients|failed attempts|queries|concurrent)
        rate[ -]?limit(?:ed|ing|s)?\b
        rate[_-]limit
        rate exceeded\b
        request rate (?:is )?(?:too )?(?:large|high|exceeded)
        send(?:ing)? rate (?:exceeded|limit)
        exceeded (?:the )?(?:call|request|send|message|sending) rate
        slow down\b
        simultaneous requests\b
        \b(?:api|usage|daily|monthly|hourly|request|call|sending|message|token|concurrency|concurrent|throughput|capacity|per-?minute|per-?second|invocation|transaction|project|free tier|plan)s? (?:rate |usage |request |message )?(?:quota|limit|allowance)s?\b.{0,40}\b(?:exceeded|reached|exhausted|hit|met)\b
        \b(?:exceed(?:ed|s|ing)?|reached|hit|over)\b.{0,60}\b(?:requests? (?:per|limit)|calls? per|queries per|per (?:second|minute|hour|day)\b|quota|rate|usage limit|daily (?:\w{2,20} )?limit|concurrency limit|\w{1,30}concurrency limit|allocated throughput|throughput (?:limit|for)|capacity (?:limit|units))\b(?! with url)
        quota (?:limit )?(?:has been |was |is )?(?:exceeded|exhausted|reached)
        quota exceeded\b
        throttl(?:ed|ing)\b
        reduce (?:your |the )?(?:request |message |send )?rate
        maximum send(?:ing)? rate\b
        concurrent(?: invocation| request| executions?)s? (?:limit|quota)
        concurrent \w{1,20} limit
        concurrency limit\b
        out of (?:call )?volume quota\b
        requests? per (?:second|minute|hour|day) (?:limit|exceeded|quota)
        \b(?:please )?(?:retry|try again) (?:after|in) \d{1,9}(?:\.\d{1,6})? ?(?:m?s|sec|seconds|minutes|min|hours)?\b.{0,40}(?:limit|rate|quota|request)
        retry_after["']?\s?[:=]\s?\d
        4\.7\.\d{1,3}\b.{0,60}(?:try again|rate|too many|greylist|deferred)
        greylist
        too much (?:mail|traffic|data)\b
        max_(?:queries|updates|connections)_per_hour\b
        too many parts\b
        exhausted\b.{0,40}\bquota\b
        \b(?:daily|monthly|hourly|per-user|per-minute) (?:\w{2,12} )?(?:limit|quota)s?\b
        rate: wait\(n=
        flood (?:control|wait)
        a wait of \d{1,9} seconds is required\b
        retry in \d{1,9}(?:\.\d{1,3})? ?s
        exceeded the 'max_\w{3,30}' resource
        (?<!will )\btry again in \d{1,9}\b
        too many queued\b
        QUERY_QUEUE_FULL\b
        receiving mail at a rate\b
        too many (?:tokens|updates|concurrent \w{3,20})\b
        please wait before\b
        retry the request after\b
        configured provisioned throughput\b
        throughput exceeds\b
        \b(?:maximum|all|your) credits (?:exceeded|used)
        maximum number of queued messages\b
        is currently busy\b
        currently too busy\b
        request weight\b
        banned until\b
        doing that a lot\b
        call frequency\b
        limiting requests\b
        \b\d{1,9} (?:\w{2,12} )?(?:calls|requests|messages|queries|orders|emails) (?:per|every|in) (?:a )?(?:\w{2,4}_)?(?:second|minute|hour|day)s?\b
        rate limiter\b.{0,40}(?:wait|exceed|permit|reject|denied)
        ratelimit\b
        dropped by bottleneck\b
        thread limit exceeded\b.{0,20}\[hostname
        slow_down\b
        polling too often\b
        you have used all .{1,40}(?:calls|requests|credits|quota)
        usage_limit_reached\b
        too_many_\w{3,20}\b
        too many \w{1,15} requests\b
        TOO_MANY_PARTS\b
        over the (?:account|request|rate) limit\b
        \b(?<!connection |max )(?:attempts|attempt limit) exceeded\b
        excessive (?:requests|usage|load)\b
        reads? per second exceeded
        temporarily (?:blocked|limited|rate)
        over its \w{1,40} limit\b
        requests limit exceeded\b
        (?:page )?request limit(?:ed)? reached\b
        requests exceeded the limit\b
        over time window\b
        cannot service this request right now\b
        \boverlimit\b
        reduceyourrequestrate\b
        concurrent \w{2,20} exceeded\b
        ConcurrentRunsExceeded
        (?:NGHTTP2_)?enhance_your_calm\b
        _?msBeforeNext\b
        please wait a few (?:minutes|seconds|moments)\b
        \{:deny,
        invocations? (?:has|have) been exceeded\b
        quota for (?:this|the) (?:second|minute|hour|day|month)\b
        too many (?:sms|texts|e-?mails|mails|notifications|uploads|downloads|jobs submitted|reads|writes|hits)\b
        (?:calls|requests|messages|hits|operations) (?:per|a|/) ?(?:second|minute|hour|day)\b
        only one request may be made\b
        at capacity for your plan\b
        ^(?:message.{0,4})?limit exceeded\b
        \w{0,40}_(?:INVOCATION|REQUEST|CALL|RATE|HOURLY|DAILY)_?LIMIT(?:_EXCEEDED|_REACHED)?\b
        sending is paused\b
        (?:quota|allowance|credits?|limit) (?:is |was |are |were |has been )?(?:used up|exhausted|spent|depleted)\b
        back off for \d
        (?:burst|rate|request|call|concurrency|throughput|capacity|throttle|throttling|sending) (?:limits? )?(?:is |was |has been |have been )?(?:exceeded|hit|reached)\b
        limit of \d{1,9} (?:\w{2,20} )?(?:calls|requests|messages|operations|jobs|queries|tokens)\b.{0,20}\b(?:exceeded|reached|hit)\b
        (?:calls|requests|messages|operations)/(?:s|sec|min|m|h|hour|day)\b
      `),
      // The limiter itself is broken, the words name a field, or a quota of bytes is meant.
      text(
        /rate[ -]?limit(?:er|ing)? (?:service|backend|store|config|redis)/i,
        /disk quota/i,
        /quota.{0,20}(?:disk|storage|inode)/i,
        /exceeded with url/i,
        /max retries per request/i,
        /(?:field|property|parameter|column|key) ["'`]?\w{0,30}(?:rate|quota|limit)/i,
      ),
    ),
    confidence: 0.85,
  },
  {
    name: 'grpc-resource-exhausted',
    class: 'THROTTLED',
    why: 'gRPC says RESOURCE_EXHAUSTED for quotas; of memory and message size it speaks otherwise',
    test: butNot(
      text(String.raw`
        \b(?:RESOURCE_EXHAUSTED|ResourceExhausted)\b.{0,200}\b(?:quota|rate|limit|per (?:second|minute|day)|requests?|throttl|bandwidth exhausted|capacity|overload)
      `),
      text(
        /larger than max/i,
        /message (?:size|too large|larger)/i,
        /memory/i,
        /disk/i,
        /max_?receive/i,
        /greater than max/i,
      ),
    ),
  },
  {
    name: 'upstream-queue-full',
    class: 'THROTTLED',
    why: 'an upstream rejects work because its queue is full',
    test: text(String.raw`
      es_rejected_execution_exception\b
      EsRejectedExecutionException\b
      rejected execution of .{0,200}(?:queue capacity|thread_?pool)
      queue is full, try
      queue full\b.{0,30}(?:server|upstream|remote)
      rejected_execution_exception\b
      server is busy\b
      too many in-?flight\b
      TOO_MANY_SIMULTANEOUS_QUERIES\b
      too many simultaneous queries\b
    `),
  },
  {
    name: 'database-throttled',
    class: 'THROTTLED',
    why: "the database's own governor asks for fewer requests",
    test: either(
      text(String.raw`
        RequestRateTooLarge\b
        OverloadedException\b
        coordinator (?:node )?overloaded\b
        error (?:code|number):? ?(?:4050[01]|10928|10929|49918|49920)\b
        request limit for the database\b
        resource id ?: ?\d.{0,20}request limit
      `),
    ),
    confidence: 0.8,
  },
];
