import { butNot, either, mailReply, names, type Rule, sqlState, text, types } from './rule.ts';

/** Well-formed data that breaks a schema or a rule of the business. A parser's name does not decide (tie-break 4). */
export const VALIDATION: readonly Rule[] = [
  {
    name: 'database-constraint',
    class: 'VALIDATION_ERROR',
    why: 'the data breaks a constraint of the database: duplicate, missing parent, null, too long, out of range',
    test: either(
      sqlState('23', '22'),
      names(
        'ER_DUP_ENTRY ER_NO_REFERENCED_ROW_2 ER_ROW_IS_REFERENCED_2 ER_BAD_NULL_ERROR ER_DATA_TOO_LONG ER_NO_DEFAULT_FOR_FIELD',
        'ER_TRUNCATED_WRONG_VALUE ER_WARN_DATA_OUT_OF_RANGE ER_CHECK_CONSTRAINT_VIOLATED IntegrityError ER_CONSTRAINT_FAILED',
        'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD WARN_DATA_TRUNCATED ER_DUP_ENTRY_WITH_KEY_NAME ER_SIGNAL_EXCEPTION',
        'ConstraintViolationException DataIntegrityViolationException UniqueViolation ForeignKeyViolation',
        'NotNullViolation CheckViolation UniqueConstraintError SequelizeUniqueConstraintError ExclusionViolation',
        'SequelizeForeignKeyConstraintError UniqueConstraintViolationException SQLITE_CONSTRAINT ForeignKeyConstraintError',
        'SQLITE_CONSTRAINT_UNIQUE SQLITE_CONSTRAINT_FOREIGNKEY SQLITE_CONSTRAINT_NOTNULL SQLITE_CONSTRAINT_CHECK',
        'SQLITE_CONSTRAINT_PRIMARYKEY ForeignKeyConstraintViolationException CheckConstraintViolation',
        'DuplicateKeyException DuplicateKeyError SQLIntegrityConstraintViolationException P2000 P2002 P2003 P2004 P2005',
        'P2006 P2007 P2011 P2014 P2025 DataError RecordNotUnique InvalidForeignKey RecordInvalid ConstraintError',
        'NotNullConstraintViolationException InvalidTextRepresentation StringDataRightTruncation NumericValueOutOfRange',
        'InvalidDatetimeFormat DatetimeFieldOverflow DataException MysqlDataTruncation DataTruncation ConstraintViolation',
        'UniqueViolationError NotNullViolationError ForeignKeyViolationError ValueTooLong',
      ),
      text(
        String.raw`
        violates (?:unique|foreign key|not-null|check|exclusion|primary key) constraint
        violates (?:the )?(?:row-level|unique|check)
        violat(?:es|ion of) (?:the )?(?:unique|primary key|foreign key|check) (?:key |index )?constraint
        \b(?:unique|foreign key|check|not null|primary key|integrity) constraint\b.{0,40}(?:failed|fails|violat)
        duplicate (?:key|entry|document|record)\b
        E11000\b
        ORA-(?:00001|01400|02290|02291|02292|12899|01438|01722|01843|01861|01858|01407|06502)\b
        is not present in table\b
        is still referenced from\b
        numeric (?:field|value) (?:overflow|out of range)
        value too long for type\b
        data too long for column\b
        column .{1,80} cannot be null\b
        out of range (?:value )?for (?:column|type)
        invalid input (?:syntax|value) for\b
        data truncat(?:ed|ion)\b
        truncated incorrect\b
        malformed array literal\b
        index row size\b
        is out of range for type\b
        date format\b.{0,20}\bnot recogni[sz]ed\b
        value is not an integer or out of range\b
        date/time field value out of range\b
        null value in column\b
        doesn't have a default value\b
        \b(?:integer|smallint|bigint) out of range\b
        out of range value\b
        cannot add or update a child row\b
        cannot delete or update a parent row\b
        conflicted with the .{1,30} constraint\b
        cannot insert (?:duplicate key|the value null|null)
        string or binary data would be truncated\b
        arithmetic overflow error\b
        conversion failed when converting\b
        error converting data type\b
        does not allow nulls\b
        invalid (?:byte|character) sequence for encoding\b
        document failed validation\b
        constraint violat(?:ion|ed)\b
        constraint .{1,80} (?:violated|is violated|failed)
        already exists with (?:label|property|key)
        key already exists\b
        unique index\b.{0,40}violat
        cannot parse .{1,80} as (?:date|uint|int|float|uuid)
        \b(?:type_mismatch|CANNOT_PARSE_\w{2,30})\b
      `,
        /\bincorrect \w{1,12} value: /i,
      ),
    ),
  },
  {
    name: 'validation-code',
    class: 'VALIDATION_ERROR',
    why: "APIs' codes for a request whose content they refuse",
    test: names(
      'ValidationException ValidationError ValidationErrors InvalidParameterValue InvalidParameterValueException',
      'InvalidParameterException InvalidParameterCombination InvalidParameter INVALID_PARAMETER invalid_parameter',
      'MissingParameter MissingRequiredParameterException InvalidRequestException InvalidArgument MissingRequiredParameter',
      'InvalidArgumentException InvalidInputException InvalidInput ParamValidationError BadRequestException invalid_request_error',
      'CONSTRAINT_VIOLATION OBJECT_CLASS_VIOLATION INVALID_DN_SYNTAX NO_SUCH_OBJECT DocumentTooLarge InvalidId BadRequestError MalformedInput SerializationError ConditionalCheckFailedException ConditionalCheckFailed',
      'InvalidMessageContents InvalidAttributeValue InvalidDocument MalformedXML KeyTooLongError EntityTooLarge',
      'ItemCollectionSizeLimitExceededException MessageTooLong RequestEntityTooLargeException EntityTooSmall',
      'RequestTooLargeException BatchRequestTooLong InvalidUserIDException MessageRejected NoSuchKey InvalidObjectState',
      'ItemSizeLimitExceeded UserNotFoundException EntityNotFoundException EntityAlreadyExistsException NoSuchVersion NoSuchUpload',
      'ResourceAlreadyExistsException AlreadyExistsException UsernameExistsException ZodError AjvError AliasExistsException',
      'ERR_VALIDATION YupValidationError StructError ValiError RequestValidationError SchemaError ExecutionAlreadyExists',
      'SchemaValidationError BodyValidationError MethodArgumentNotValidException DocumentValidationFailure DataLimitExceeded',
      'ModelValidationError UnprocessableEntityError UnprocessableEntity UnprocessableEntityException InvalidExecutionInput',
      'HttpMessageNotReadableException StripeInvalidRequestError StripeCardError CardError CastError ParameterValidationFailed',
      'mapper_parsing_exception document_parsing_exception strict_dynamic_mapping_exception INVALID_ARGUMENT MapperParsingException',
      'StrictDynamicMappingException DocumentParsingException version_conflict_engine_exception document_missing_exception',
      'VersionConflictEngineException FAILED_PRECONDITION ALREADY_EXISTS MessageTooLargeException RecordTooLargeException',
      'MessageSizeTooLargeException MSG_SIZE_TOO_LARGE PayloadTooLargeError ResponseSizeTooLarge RESOURCE_ALREADY_EXISTS',
      'REQUIRED_FIELD_MISSING FIELD_CUSTOM_VALIDATION_EXCEPTION INVALID_FIELD DUPLICATE_VALUE ENTITY_IS_DELETED STRING_TOO_LONG',
      'INVALID_CROSS_REFERENCE_KEY MALFORMED_ID INVALID_EMAIL_ADDRESS INVALID_TYPE_ON_FIELD_IN_RECORD DUPLICATES_DETECTED',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST VALIDATION_ERROR validation_error invalid_request InvalidChangesetError InvalidRequest',
      'WebExchangeBindException BindException ConstraintDeclarationException UnexpectedTypeException MissingServletRequestParameterException',
      'InvalidModelStateException ArgumentValidationError DomainValidationException ValidationFailedException UnprocessableContent',
      'GraphQLValidationError BAD_USER_INPUT INVALID_REQUEST INVALID_VALUE INVALID_JSON card_declined parameter_missing resource_missing',
      'parameter_invalid_integer TransactionRejected InvalidFilterPolicy OptimisticLockException StaleObjectStateException',
      'StaleObjectError OptimisticLockingFailureException ObjectOptimisticLockingFailureException ValidationFailure NotFoundException',
      'ObjectNotFoundException EmptyResultDataAccessException NoResultException ResourceNotFoundError EVENTS_IN_BATCH_REQUEST_REJECTED',
    ),
  },
  {
    name: 'item-too-large',
    class: 'VALIDATION_ERROR',
    why: 'one item is larger than its receiver takes; trying again makes it no smaller',
    test: text(String.raw`
      \b(?:item|message|packet(?: for query)?|document|payload|entity|object|record|row|request(?! has exceeded the configured)|body|(?<!temporary )file|upload|attachment|value|string|input|batch|result|response|content|prompt|header|parameter)s? (?:size |length )?(?:has |is |was )?(?:exceed(?:s|ed|ing)|too (?:large|big|long)|larger than)\b
      (?<!stack )(?<!temporary file )\bsize (?:limit )?exceed(?:s|ed|ing)\b
      exceeds? (?:the )?(?:maximum|max|size|length|limit) (?:allowed |message |item |document |of |payload |supported |request )?(?:size|length|limit|bytes|\d)
      must be shorter than \d
      \b(?:received |sent |trying to send )?message (?:\w{1,10} )?larger than max\b
      larger than max\b
      exceeds the limit of \d
      request entity too large\b
      maximum context length\b
      context_length_exceeded\b
      too large for\b
      exceeded the maximum (?:number of )?(?:bytes|characters|size|allowed size|length)
      size exceeding the maximum\b
      maximum (?:allowed )?(?:message |item |payload |request )?size\b.{0,40}exceed
      larger than (?:the )?(?:maximum|limit|allowed|\d)
      must be (?:less|smaller|fewer) than \d{1,12} (?:bytes|characters|kb|mb)
      msg too long\b
      maximum payload violation\b
      larger than is currently allowed\b
      max_allowed_packet\b
    `),
    confidence: 0.85,
  },
  {
    name: 'business-rule-words',
    class: 'VALIDATION_ERROR',
    why: 'a field is missing, of the wrong form, out of its range or names something that does not exist',
    test: butNot(
      text(
        String.raw`
        \b(?:is a |missing )required (?:property|field|parameter|attribute|key|argument|value)
        required (?:property|field|parameter|attribute|column|key|value|element)s? .{0,60}(?:missing|not (?:found|present|provided|set)|absent)
        must have required property\b
        missing (?:the )?(?:required |mandatory )?(?:field|property|parameter|attribute|column|data for required field|value for)s?\b
        field required\b
        this field is required\b
        \b(?:may|must|can|should|could) ?(?:not|n't) be (?:null|blank|empty|nil|undefined|negative|zero)\b
        required (?:field|key|property|value)s? not provided\b
        none is not an allowed value\b
        \b(?:schema |data |input |request |model |bean |field |form |payload )?validation (?:has |of .{1,60} )?(?:failed|failure|errors?|exception|problem)\b
        failed (?:the )?(?:schema |data )?validation\b
        \b\d{1,4} validation errors?\b
        field validation for\b
        has failed the (?:validation|following constraints)
        does(?: not|n't) (?:match|conform to|satisfy|validate against|meet|comply with) (?:the )?(?:\w{2,16} )?(?:schema|pattern|regex|regular expression|format|constraint|xsd|spec)
        is not (?:one of|a valid enum|a member of|in the enum|an allowed|among)
        is not of (?:a )?type
        failed to satisfy constraint
        constraint(?:s)? (?:not satisfied|was not satisfied)
        failed on the '\w{1,30}' tag
        changeset is invalid
        given data was invalid\b
        unprocessable (?:entity|content)\b
        input should be\b
        ensure this (?:value|field)\b
        value is not a valid\b
        extra fields not permitted\b
        extra inputs are not permitted\b
        additional propert(?:y|ies)\b
        unevaluated propert
        unrecognized key
        not (?:a|an) (?:valid )?(?:integer|number|boolean|string|date|datetime|e-?mail|uuid|url|decimal|list|mapping)\b
        invalid (?:value|enum|enum value|e-?mail(?: address)?|phone(?: number)?|date|time|datetime|timestamp|currency|quantity|amount|price|country|postal code|zip code|sku|iban|uuid|objectid|order|customer|product|argument|parameter|field|format|input|type|id|identifier|number|length|attribute|option|status|state transition|address|recipient|url|uri|range|coordinates|card|property|request|message format|characters? in|reference|integer|decimal|boolean) ?\b(?! or)(?! (?:handle|descriptor|memory|syntax))
        invalid literal for\b
        unsupported (?:currency|country|event|schema|version|value|type|media type|file type|operation for|format|locale|language)
        unknown (?:event|order|message|customer|product|sku|currency|country|enum|field|user|status|account|tenant|device|item|store|id\b)
        \b(?:customer|order|product|user|account|item|invoice|sku|record|row|entity|shipment|subscription|cart|tenant|key|payment method|payment|charge|resource|document|object|file|contact|lead|device|store|ticket|issue|member|mailbox|recipient|channel|price|plan|coupon|template|message|page|node|edge|parent|child|reference|profile|warehouse|category)\b(?:(?!: ).){0,60}\b(?:(?:was |is |were |could |can)?not (?:be )?found|does(?: not|n't) exist|already exists|unknown(?! error)|not exist|no longer exists|was deleted|is archived|has been (?:deleted|removed|cancelled|archived))\b
        no (?:such )?(?:customer|order|product|user|account|item|key|invoice|payment|charge|row|record|entity|contact|mailbox|recipient|device|document|matching \w{1,20})s? (?:found|with|exist|here|for |matching)
        no such (?:customer|order|product|user|account|item|key|invoice|payment|charge|row|record|mailbox|price|plan|coupon|channel)\b
        identities failed the check\b
        address is not verified\b
        insufficient (?:funds|stock|balance|inventory)\b
        out of stock\b
        card (?:was|has been|number)\b.{0,20}(?:declined|invalid|incorrect|expired)
        your card\b
        declined\b
        not enough (?:stock|funds|balance|inventory)
        already (?:been )?(?:paid|processed|refunded|captured|cancelled|canceled|shipped|exists|taken|completed|registered|used|subscribed)\b
        can't be blank\b
        is too (?:long|short|large|small|big|old)\b
        has already been taken\b
        is not a number\b
        is not included in the list\b
        cannot transition from\b
        not a valid (?:choice|value|option)
        value .{1,60} is out of (?:range|bounds)
        out of (?:the )?(?:valid|allowed|acceptable) range
        one or more parameter values\b
        provided key element does not match\b
        missing the key\b
        type mismatch for\b
        null value not allowed\b
        \b(?:max|min) value is \d
        unallowed value\b
        incorrect result size: expected 1, actual 0\b
        illegal character in (?:query|path|scheme|authority|fragment)
        must be of \w{2,12} type\b
        has an invalid format\b
        no rows in result set\b
        failed recipients?\b
        couldn't find \w{1,60} with\b
        error coercing\b
        coercion (?:failed|error)\b
        :malli\.core/coercion\b
        can only be \w{3,20}ed to\b
        ENTRY_EXISTS\b
        does(?: not|n't) match (?:the )?(?:order|expected|currency|total|amount|sum|customer|account)\b
        cannot (?:be (?:cancelled|canceled|shipped|refunded|changed|updated|deleted|modified|moved)|move from|change from|go from)\b
        size of \d{1,12} exceeded
        Convert \w{1,30} to a BigInt
        \b(?:recipient|sender) (?:address )?rejected\b
        user unknown\b
        mailbox (?:unavailable|not found|name not allowed)
        no such user\b
        does not like recipient\b
        no results? (?:was |were )?found\b
        \b(?:channel|user|message|file|team|thread|group|resource|record|item|contact|customer|order|product)_not_found\b
        KeeperErrorCode = (?:BadVersion|NoNode|NodeExists)
        the conditional request failed\b
        does not support (?:currency|country)
        pydantic\b.{0,40}validation
        \b(?:minLength|maxLength|minimum|maximum|minItems|maxItems|multipleOf|enum|pattern|format|required|additionalProperties)\b.{0,12}(?:violat|failed|validation)
        could not convert string to float\b
        unable to parse (?:string|date|number|integer|value|decimal)
        could not be parsed (?:at index|as|to)
        cannot (?:parse|be converted|convert) .{1,80} (?:as|to|into) (?:a |an )?(?:date|int|integer|number|decimal|time|float|long|uuid|boolean|bool|string|double)\b
        does not match format\b
        parsing time "
        strconv\.\w{1,20}: parsing\b
        invalid value for (?:integer|float)\(
        input string was not in a correct format\b
        not recognized as a valid (?:datetime|boolean|guid)
        invalid digit found in string\b
        invalid float literal\b
        unconverted data remains\b
        isn't numeric\b
        not (?:a )?numeric value\b
        invalid isoformat string\b
        month must be in\b
        day is out of range\b
        invalid time value\b
        badly formed hexadecimal uuid\b
        unparsable date
        unparseable date
        failed to parse time string\b
        not divisible by\b
        no recipients defined\b
        guid should contain\b
        was not in a correct format\b
      `,
        /["'`][\w.[\]/ -]{1,80}["'`] (?:field )?(?:is (?:a )?required|is missing|is not allowed|is not (?:a )?valid|is (?:an )?invalid|must|should|fails to match|contains an invalid|does not match|length must|exceeds|has an invalid|was not one of|is too (?:long|short|large|small)|cannot be|has (?:too|already))/i,
        /\bmust(?: not)? be (?:(?:strictly )?positive|negative|unique|empty|null|one of|equal to|of type|in the|a (?:valid|positive|non-?negative|string|number|boolean|date|multiple|future|past|well-formed|whole|`)|an? (?:integer|int|array|object|e-?mail|iso|`)|greater|less|at (?:least|most)|between|>=|<=|>|<|string|number|integer|boolean|array|object|after|before|\d|longer|shorter|numeric|in (?:range|iso))/i,
        /\bmust (?:not have|have|match|contain|start with|end with|not contain|not exceed|only contain|specify|provide) /i,
        /\bhas no (?:field|property|value|key|element) ['"`]/i,
        /\bcannot find field: /i,
        /\bfor input string: /i,
      ),
      text(String.raw`
        \b(?:key :\w{1,60} not found in|module|package|environment variable|env var|config(?:uration)? (?:key|file|value)|node_modules|handler|PKIX|class path|jdbc driver|executable file|required key [A-Z_]{4,60} missing|positional arguments?|bean of type|qualifying bean|api key|procedure|template engine|unauthori[sz]ed)\b
      `),
    ),
    confidence: 0.8,
  },
  {
    name: 'mail-address-refused',
    class: 'VALIDATION_ERROR',
    why: "a mail server's reply about the address, the mailbox or the size of the message (RFC 3463)",
    test: mailReply('5.1', '5.2', '5.3.4', '5.6'),
  },
  {
    name: 'validation-type',
    class: 'VALIDATION_ERROR',
    why: 'an exception named after validation or a broken rule',
    test: types(
      'Conflict Invalid InvalidOrderError BusinessRuleViolation DomainError InvalidDataError InvalidInputError MultipleInvalid',
      'InvalidOrderException BusinessException DomainException ObjectNotFoundError EntityNotFoundError NotFound RequiredFieldInvalid',
      'NotFoundError DoesNotExist NoResultFound RecordNotFound ObjectDoesNotExist SchemaErrors ValidationErrorException DictInvalid',
      'MultipleResultsFound EntityNotFound RecordNotSaved NoRowsError',
    ),
    confidence: 0.7,
  },
];
