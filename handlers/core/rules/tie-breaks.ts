import { body, both, butNot, either, names, type Rule, status, text, types, within } from './rule.ts';

/** Signs that an HTTP answer was being read: a client's frames, a URL, words of the protocol. */
const HTTP_ANSWER =
  /https?:\/\/(?!errors\.pydantic)|\b(?:axios|node-fetch|undici|superagent|needle|fetch failed|httpx|urllib3?|aiohttp|okhttp|retrofit2?|resttemplate|webclient|restclient|httpclient|feign|faraday|httparty|guzzle|reqwest|net\/http|lwp::useragent)\b|requests[/.](?:models|exceptions)|(?:response|resp|res|reply|answer)\.(?:json|text|body|data)\b|\$response|hidden field \{error\}|invalid json response|\b(?:response|answer|reply) (?:body|text|was|from|is not)|\bfrom (?:the )?(?:upstream|server|api|service|backend)\b|text\/html|content-?type|\bstatus(?: ?code)? ?[:=]?\s?[2-5]\d\d|\bupstream\b|\bgateway\b|\bclientresponse|\bhttpresponse|\bget \/|\bpost \//i;

const MARKUP = /<!doctype|<html|<head|<title>|text\/html/i;

/** The message's own body is what was being read. */
const OWN_BODY =
  /\b(?:message|record|event|sqs|queue|kafka|order) ?(?:body|payload|message|value)\b|\b(?:records?\[\d{1,3}\]|event|record|message|msg)\.(?:body|value)\b|\bjson\.loads\(record|\bjson_invalid\b/i;

/** What parsers of data formats say, in many languages, when the text is not of their format. */
export const UNPARSABLE = either(
  text(
    String.raw`
    premature end of file\b
    (?:invalid|malformed|bad|broken|not) (?:a )?(?:valid )?json\b
    , or [\]}] expected
  `,
    /unexpected (?:token|non-whitespace|end of (?:json|data|file|input)|character|identifier .{0,80}in json|string in json|number in json)(?=.{0,80}(?:json|\bline \d|position \d|<))/i,
    /is not valid json/i,
    /json ?pars(?:e|ing|er) ?(?:error|exception|failed)/i,
    /could not (?:parse|decode|read) json/i,
    /bad control character in/i,
    /expected property name or/i,
    /unterminated string (?:in json|starting at)/i,
    /expected .{1,40} in json at position/i,
    /error parsing json/i,
    /failed to parse (?:as )?json/i,
    /unable to parse json/i,
    /json decode error/i,
    /json text/i,
    /json syntax error/i,
    /json input/i,
    /expecting (?:value|property name|',' delimiter|':' delimiter)[^\n]{0,40}: line \d/i,
    /extra data: line \d/i,
    /invalid (?:control character|\\escape|\\uxxxx escape)(?: at)?: line \d/i,
    /invalid character .{1,12} (?:looking for|after|in (?:string|literal|numeric))/i,
    /unexpected end of json input/i,
    /expected value(?:", line: \d| at line \d)/i,
    /expected [`'",:;}\]a-z or]{1,30} at line \d/i,
    /eof while parsing/i,
    /trailing characters at line \d/i,
    /key must be a string at line \d/i,
    /control character .{0,40}at line \d/i,
    /unrecognized token '/i,
    /unexpected character \(/i,
    /unexpected end-of-input/i,
    /malformed json string, neither/i,
    /while parsing object\/hash/i,
    /unexpected token at '/i,
    /is an invalid start of a (?:value|property)/i,
    /does not contain any json tokens/i,
    /unexpected character encountered while parsing/i,
    /end of the json payload/i,
    /unterminated (?:string|object|array)\b.{0,30}(?:at|line|path)/i,
    /malformed number/i,
    /garbage after json/i,
    /unexpected end of string while parsing json/i,
    /use jsonreader\.setlenient/i,
    /expected (?:name|value|':'|',') at (?:line )?\d/i,
    /invalid escape (?:sequence|character) .{0,20}in (?:json|string)/i,
  ),
  names(
    'JSONDecodeError JsonParseException JsonEOFException JsonReaderException MalformedJsonException JSONException JsonException',
  ),
);

/**
 * Where words mislead: asked first. The rows are tie-breaks 1 to 4 of the class definitions and parameters whose name is
 * a failure's.
 */
export const TIE_BREAKS: readonly Rule[] = [
  {
    name: 'parameter-named-like-a-failure',
    class: 'VALIDATION_ERROR',
    why: 'a field called "timeout", "token" or "throughput" has a wrong value; nothing timed out, expired or was exceeded',
    test: butNot(
      text(
        String.raw`
      \b(?:[\w.-]{0,40}time_?out[\w.-]{0,30}|[\w.-]{0,40}throughput|max_?tokens|[\w.-]{0,20}limit|[\w.-]{0,20}deadline\w{0,10}) (?:value )?(?:must|should) (?:not )?(?:be|have|equal)\b
      time_?out[\w.]{0,30} (?:is )?out of range
      field validation for '\w{1,60}' failed on\b
      max_?tokens(?: is)? too (?:large|small|many)
    `,
        /\b(?<!config )(?:parameter|field|property|argument|option|attribute|column|header|key)s? ?:?[ ("'`[]{0,3}[\w.-]{0,40}(?:time_?out|throughput|token|retr(?:y|ies)|limit|quota|memory|connections?|rate|throttle|deadline|auth\w{0,12}|password|host|permission)[\w.-]{0,30}["'`)\]]{0,2},?:? .{0,60}\b(?:must|should|cannot|is (?:required|missing|invalid|not)|invalid|required|expected|between|at (?:least|most)|failed on)\b/i,
        /["'`][\w.[\]-]{0,40}(?:time_?out|throughput|token|retr(?:y|ies)|limit|quota|memory|connections?|rate|password|throttle|deadline|credentials?|host|auth\w{0,12})[\w.[\]-]{0,30}["'`] (?:field )?(?:must(?! be terminated)|should|is (?:required|missing|invalid|not (?!defined)|a required|too)|cannot be|expected|does not match|length must|fails)/i,
        /\b(?:invalid|unsupported|illegal|bad) (?:value|argument|parameter|input) (?:.{0,30} )?for (?:parameter |field )?["'`]?[\w.-]{0,40}(?:time_?out|throughput|token|retries|limit|quota|memory|deadline|throttle|connection)/i,
        /value .{1,60} (?:at|for) ["'`]?[\w.]{0,60}["'`]? failed to satisfy constraint/i,
      ),
      names('ConfigException ConfigurationException ConfigurationError ConfigError'),
    ),
  },
  {
    name: 'stumbled-by-type',
    class: 'CODE_BUG',
    why: 'an unknown name is a defect, whatever the name: `retry_after` or `timeout` that nobody defined',
    test: either(
      types(
        'NameError ReferenceError UnboundLocalError NoMethodError UndefinedFunctionError ModuleNotFoundError ImportError',
      ),
      text(String.raw`
        name '\w{1,60}' is not defined\b
        \b\w{1,60} is not defined$
        missing keywords?: :
        wrong number of args\b
        before initialization\b
      `),
    ),
  },
  {
    name: 'wrapper-without-cause',
    class: 'UNKNOWN',
    why: 'a wrapper that names no cause; where one is shown, that one was asked first',
    test: text(String.raw`
      exiting worker(?:sink|source)task\b
      tolerance exceeded in error handler\b
      worker exited prematurely: exitcode [01]\b
      see (?:the )?inner exception(?: for details)?\.?$
      exception while executing function: \w{1,80}$
      condition":"RetriesExhausted"(?!.{0,400}errorMessage)
      may have previously timed out\b
    `),
    confidence: 0.3,
  },
  {
    name: 'token-not-readable',
    class: 'AUTH_FAILURE',
    why: 'what a JWT library could not take apart is a token, not the body of the message',
    test: within(
      text(String.raw`
        not enough values to unpack\b
        incorrect padding\b
        extra data: line\b
        can't decode byte\b
        invalid base64
        unexpected token\b
      `),
      /\bapi_jw[st]\b|\/jwt\/|\bjwt\.decode|\bjsonwebtoken\b/,
    ),
    confidence: 0.8,
  },
  {
    name: 'forbidden-for-its-rate',
    class: 'THROTTLED',
    why: 'a 403 of an API that says beside it that a rate or a daily limit was exceeded',
    test: within(
      either(
        status(403),
        text(String.raw`
        forbidden\b
      `),
      ),
      /\b(?:user|daily)?rateLimitExceeded\b|\bdailyLimitExceeded\b|\bquotaExceeded\b|\busageLimits\b|\brate limit exceeded\b|\bAPI rate limit\b/i,
    ),
  },
  {
    name: 'answer-not-data',
    class: 'DEPENDENCY_FAILURE',
    why: 'an upstream answered HTML, text or half a document where data was expected: the parser failed on the answer',
    test: either(
      within(UNPARSABLE, HTTP_ANSWER, OWN_BODY),
      within(butNot(UNPARSABLE, body(/^\s{0,16}</)), MARKUP, OWN_BODY),
      text(String.raw`
        (?:expected|wanted) (?:application/)?json.{0,40} (?:but )?(?:got|received|found) (?:text/)?html
        unexpected (?:content-?type|mimetype|mime type):? .{0,10}text/(?:html|plain)
        attempt to decode json with unexpected mimetype\b
        deserialization error: to see the raw response\b
        no suitable httpmessageconverter\b
        could not extract response\b
        error while extracting response\b
        got html instead\b
        content-encoding: \w{2,8}, but failed to decode\b
        invalid response (?:body )?(?:from|received)\b
        unable to parse response\b
        <html>.{0,200}(?:maintenance|unavailable|bad gateway|error)
        invalid content-type: ?text/html
        is this an error message instead\b
        not a gzipped file \(b'<
        \b'<' is an invalid start of a value\b.{0,200}http
        received html\b
      `),
      // The letter's body is JSON, so the `<` was not in it.
      within(
        both(text(/unexpected token '?</i, /character '?<'? looking for/i, /character \('<'/i), body(/^\s{0,16}[{[]/)),
        undefined,
        OWN_BODY,
      ),
    ),
    confidence: 0.85,
  },
  {
    name: 'wrong-type-in-readable-data',
    class: 'VALIDATION_ERROR',
    why: 'the data could be decoded; one value is of the wrong type, even if a parser says so',
    test: either(
      names(
        'MismatchedInputException InvalidFormatException UnrecognizedPropertyException InvalidTypeIdException',
        'UnmarshalTypeError InvalidDefinitionValueException ValueInstantiationException MissingKotlinParameterException',
        'InvalidNullException PropertyBindingException MissingFieldException AvroTypeException AvroMissingFieldException',
        'InputCoercionException ConversionSyntax',
      ),
      text(
        String.raw`
        cannot deserialize (?:value|instance) of type\b
        json: cannot unmarshal \w{1,12}(?: into|$)
        cannot unmarshal (?:!!\w{1,12} )?.{1,60} into\b
        the json value could not be converted\b
        invalid type: .{1,80}, expected\b
        unrecognized (?:field|property) "
        cannot construct instance of\b
        missing required creator property\b
        cannot coerce\b
        invalid value: .{1,80}, expected\b
        error converting value .{1,80} to type\b
        could not convert string to (?:boolean|integer|datetime)
        expected (?:BEGIN_(?:OBJECT|ARRAY)|(?:a |an )?(?:string|int|int32|int64|long|double|float|number|integer|boolean|bool|array|object|map|list|date|struct|record|union))\b.{0,30}\b(?:but )?(?:got|received|found|was|instead)\b
        cannot read (?:string|number|int) as\b
        JSON deserialization for type .{1,120} was missing required properties
        required property '\w{1,60}' not found in json\b
        cannot get the value of a token type '\w{1,20}' as\b
        \b(?:is|was) not (?:assignable|convertible) to (?:type )?(?:string|number|int|bool)
        supplied value .{0,60} is not a valid\b
        datum .{1,120} (?:is not an example of|do not match) (?:the )?schema
        union .{1,120} not match
        \b\w{1,40}: (?:string|integer|number|object|array|boolean) expected\b
        not a valid value for (?:enum|field|type)
      `,
        /\bmissing field `/i,
        /\bunknown field `/i,
        /\bunknown variant `/i,
        /\bduplicate field `/i,
        /\binvalid "(?:string|int|long|float|double|boolean|bytes|record|array|map)": /i,
      ),
    ),
  },
  {
    name: 'validators-output',
    class: 'VALIDATION_ERROR',
    why: "a validator's report: what it says of rates, tokens and time-outs is about fields that are called so",
    test: butNot(
      either(
        types(
          'ValidationError ValidationException ConstraintViolationException ZodError ValiError SchemaValidationError MultipleInvalid',
          'RequestValidationError MethodArgumentNotValidException ArgumentValidationError SchemaError Invalid',
        ),
        text(
          String.raw`
          \b\d{1,4} validation errors?\b
          \(type=(?:value_error|type_error)
          \[type=\w{2,40}, input_value=
          cvc-[a-z]
          not facet-valid\b
          \(it is \d{1,12}\)
          parsing time \\?"
          this element is not expected\b
          no enum constant\b
          could not resolve type id\b
          not one of the values accepted for enum\b
          subtype of\b.{0,80}known type ids
          schemas validity error\b
        `,
          /\bunknown variant `/i,
        ),
      ),
      either(
        UNPARSABLE,
        text(String.raw`
          throttl(?!ed\b)
          rate exceeded\b
          security token\b
          token .{0,20}expired\b
          not authorized\b
          deserialization\b
        `),
      ),
    ),
  },
  {
    name: 'upstream-broke-inside',
    class: 'DEPENDENCY_FAILURE',
    why: 'a server answered 5xx and told of its own memory, disk, pool or defect: that is its to mend, not ours',
    test: both(
      text(String.raw`
        outofmemory
        heap space\b
        out of memory\b
        ENOSPC\b
        no space left\b
        typeerror\b
        nullpointer
        nullreference
        cannot read propert
        is undefined\b
        undefined method\b
        connection pool\b
        stackoverflow
        nil pointer\b
        index out of\b
        class ?cast
        sql syntax
        no such table\b
        attributeerror\b
        keyerror\b
        too many (?:connections|open files)\b
        connection slots\b
      `),
      status(500, 501, 502, 503),
    ),
    confidence: 0.8,
  },
  {
    name: 'failed-to-initialise',
    class: 'CODE_BUG',
    why: 'what fails while a class is set up, before any message, is its own code or configuration',
    test: within(
      names(
        'NumberFormatException NullPointerException ArgumentNullException FormatException UriFormatException IllegalArgumentException',
        'KeyNotFoundException MissingResourceException ArgumentException IllegalStateException',
      ),
      /\b(?:ExceptionInInitializerError|TypeInitializationException)\b/,
    ),
    confidence: 0.8,
  },
  {
    name: 'null-argument',
    class: 'CODE_BUG',
    why: "a null that one part of the code handed to another: the words are a validator's, the caller is our own",
    test: text(String.raw`
      value cannot be null\b
    `),
    confidence: 0.75,
  },
  {
    name: 'decoder-ran-off-the-data',
    class: 'BAD_PAYLOAD',
    why: 'an index or a panic inside a decoder of the message is bad data with the face of a programming error',
    test: within(
      either(
        text(
          /index (?:\d{1,9} )?out of (?:range|bounds)/i,
          /out of range index/i,
          /offset.{0,20} (?:outside|out of) .{0,20}(?:bounds|range)/i,
          /slice bounds out/i,
          /buffer underflow/i,
          /not enough (?:data|bytes)/i,
          /ord\(\) expected a character/i,
          /unpack requires a buffer/i,
          /panicked at/i,
          /insufficient data/i,
          /return value must be of type/i,
          /subarray/i,
          /value out of range/i,
        ),
        names(
          'BufferUnderflowException ArrayIndexOutOfBoundsException IndexOutOfBoundsException ERR_OUT_OF_RANGE EOFError EOFException',
          'ERR_BUFFER_OUT_OF_BOUNDS StringIndexOutOfBoundsException NegativeArraySizeException IndexError',
        ),
      ),
      /protobuf|\bproto\b|\b(?:fast)?avro|\bavsc\b|msgpack|messagepack|\bcbor|thrift|flatbuffers|\bbson|(?:reader|buffer)\.(?:read\w{0,20}|uint32|int32|skip|string|bytes)\b|deseriali[sz]|unseriali[sz]|\bdecode[rd]?\b|\bdecode(?:message|order|event|payload)|binary_decoder|failed to decode|struct\.unpack|\bdecode_|\bread_(?:long|varint|utf8)|\bserializer(?:::|\.)decode/i,
    ),
    confidence: 0.8,
  },
  {
    name: 'stumbled-over-a-name',
    class: 'CODE_BUG',
    why: 'code that misses a member, an argument or a module, whatever that is called: `rate_limit`, `Timeout`, `connection`',
    test: text(String.raw`
      has no attribute ['"]
      unexpected keyword argument\b
      missing \d{1,2} required (?:positional|keyword)
      takes (?:from )?\d{1,2} .{0,20}positional argument
      is not (?:a function|a constructor|callable|iterable|subscriptable)\b
      cannot import name\b
      no module named\b
      cannot find module\b
      undefined (?:local variable or )?method\b
      undefined (?:function|variable|array key|constant)\b
      cannot read propert(?:y|ies) of (?:undefined|null)\b
      uninitialized constant\b
    `),
  },
  {
    name: 'sealed-body-does-not-open',
    class: 'BAD_PAYLOAD',
    why: "Fernet's InvalidToken is a body that was damaged or encrypted with another key; nobody's log-in",
    test: within(names('InvalidToken InvalidSignature'), /fernet/i),
  },
  {
    name: 'store-full-by-another-name',
    class: 'RESOURCE_EXHAUSTED',
    why: 'a store, a log or a pool of ours is full, whatever the error is called',
    test: either(
      text(String.raw`
        storage ?quota(?: has been)? ?exceeded\b
        transaction log for database .{1,80} is full\b
        ORA-0(?:1653|1654|1652|4031|4030|1691)\b
        unable to extend table\b
        the table '.{1,80}' is full\b
        allocation of an extra .{1,20} would use more than\b
        connection not available and request was dropped from queue\b
        unable to start a transaction in the given time\b
        cannot allocate \d{1,15} bytes\b
        flood-stage\b
        of direct buffer memory\b
        could not allocate space for object\b
        filegroup is full\b
        read-only-allow-delete\b
        max_user_connections\b
        oom when allocating\b
        all pooled connections are in use\b
        max wait queue size\b
        failed to create new os thread\b
        over your space quota\b
        pooled item\b
        already waiting for a server\b
      `),
      within(names('TimeoutException'), /pool has been exhausted|MaxPoolSize/i),
      within(
        text(String.raw`
        resource temporarily unavailable\b
      `),
        /\bfork|\bspawn|\bthread|\bclone\b|\bprocess/i,
      ),
    ),
    confidence: 0.85,
  },
  {
    name: 'broken-connection-by-another-name',
    class: 'DEPENDENCY_FAILURE',
    why: 'the connection broke or the server showed a bad certificate, whatever the error is called',
    test: either(
      text(String.raw`
        socket hang ?up\b
        TypeError: terminated\b
        remote certificate (?:is|was) (?:invalid|rejected)
        remotecertificate(?:namemismatch|chainerrors|notavailable)
        communications? link failure\b
        communication error occurred\b
        connection_forced\b
        broker forced connection closure\b
        state changed \(master -> replica
        node is recovering\b
        cluster_block_exception\b
        circuit breaker triggered\b
        can't contact ldap server\b
        invalid json received from\b
        from the json web key set http response
        expected http/, rtsp/
        shutdowninprogress\b
        last packet sent successfully to the server\b
      `),
      within(text(/\bunexpected eof\b/i), /\bbrokers?\b|\btls\b|\btcp\b/i),
      both(names('ECONNRESET ECONNREFUSED EPIPE'), names('TimeoutError NetworkError AxiosError TypeError')),
    ),
    confidence: 0.85,
  },
  {
    name: 'handshake-refused',
    class: 'AUTH_FAILURE',
    why: 'the server itself broke the handshake off: it misses a client certificate or a cipher, and no retry brings one',
    test: text(String.raw`
      alert handshake failure\b
      remote error: tls: handshake failure\b
      fatal alert: ?handshake_failure\b
      alert number 40\b
    `),
    confidence: 0.7,
  },
  {
    name: 'timed-out-by-another-name',
    class: 'TIMEOUT',
    why: 'time ran out in a handshake, a dial or a query, whatever the error is called',
    test: either(
      within(
        text(String.raw`
        socket closed\b
        authentication failed: request .{1,80} timed out\b
        before the deadline\b
      `),
        /SocketTimeoutException|\btimeout$/m,
      ),
      within(
        text(String.raw`
          operation (?:was |has been )?cancell?ed\b
          aborted\b
          transport connection\b
        `),
        /configured HttpClient\.Timeout/,
      ),
      text(String.raw`
        handshake (?:operation )?timed out\b
        tls handshake timeout\b
        dial tcp .{1,80}: (?:connect: )?(?:i/o timeout|connection timed out|operation timed out)
        timeout deadline: \d
        query_timeout\b
        running for too long\b
        SQLCODE=-913\b.{0,60}00C9008E
        SQLCODE=-911\b.{0,60}SQLERRMC=68\b
        lock wait timeout\b
        connection attempt failed because the connected party did not properly respond\b
        \b(?:within|after) (?:its|the|a) deadline\b
        non-blocking socket would block\b
        exceed(?:s|ed) (?:the )?(?:\w{2,20} ){0,3}\d{1,9} ?(?:ms|milliseconds|s|sec|seconds)\b
        within the specified time\b
        can't connect to mysql server on .{1,120}\(timed out\)
        failed to connect to .{1,80} in \d{1,7} ?ms\b
        could not connect to server: connection timed out\b
        ran longer than \d
        max_statement_time exceeded\b
        exit (?:code|status) 124\b
      `),
    ),
    confidence: 0.9,
  },
];
