import { UNPARSABLE } from './misleading-parsers.ts';
import { butNot, either, names, type Rule, status, text, types, within } from './rule.ts';

/** Words that name another class than the one that is meant: fields and members called like failures (tie-break 4), wrappers, a 403 for a rate. */
export const MISLEADING_WORDS: readonly Rule[] = [
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
      (?:bad|invalid) value for restricted picklist\b
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
    name: 'wrapper-without-cause',
    class: 'UNKNOWN',
    why: 'a wrapper that names no cause; where one is shown, that one was asked first',
    test: text(String.raw`
      exiting worker(?:sink|source)task\b
      tolerance exceeded in error handler\b
      worker exited prematurely: exitcode [01]\b
      (?<!ssl connection could not be established, )see (?:the )?inner exception(?: for details)?\.?$
      exception while executing function: \w{1,80}$
      condition":"RetriesExhausted"(?!.{0,400}errorMessage)
      may have previously timed out\b
      returned non-zero exit status [12]\.?$
      npm err! code elifecycle\b
      \(no message\)\)?$
      rejected with the reason .(?:#<object>|undefined|null)
      promise \{ <rejected> undefined \}
      job stalled more than\b
      an unknown error occurred\b.{0,12}type.{1,5}OAuthException\b
    `),
    confidence: 0.3,
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
      /\b(?:user|daily)?rateLimitExceeded\b|please wait a few (?:minutes|seconds)|too many requests|\bdailyLimitExceeded\b|\bquotaExceeded\b|\busageLimits\b|\brate limit exceeded\b|\bAPI rate limit\b/i,
    ),
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
          did not conform (?:with|to)\b
          password must have\b
          couldn't parse (?:integer|number|boolean|timestamp|enum)
          references a null or transient value\b
          cannot iterate over null\b
          no document found for query\b
          bson document too large\b
          wrong number of fields\b
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
    name: 'stumbled-over-a-name',
    class: 'CODE_BUG',
    why: 'code that misses a member, an argument or a module, whatever that is called: `rate_limit`, `Timeout`, `connection`',
    test: either(
      types(
        'NameError ReferenceError UnboundLocalError NoMethodError UndefinedFunctionError ModuleNotFoundError ImportError',
      ),
      text(
        String.raw`
        name '\w{1,60}' is not defined\b
        \b\w{1,60} is not defined$
        missing keywords?: :
        wrong number of args\b
        before initialization\b
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
      `,
      ),
    ),
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
];
