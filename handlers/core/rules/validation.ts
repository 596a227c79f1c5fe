import { butNot, either, names, type Rule, sqlState, text, types } from './rule.ts';

/** Well-formed data that breaks a schema or a rule of the business. A parser's name does not decide (tie-break 4). */
export const VALIDATION: readonly Rule[] = [
  {
    name: 'wrong-type-in-readable-data',
    class: 'VALIDATION_ERROR',
    why: 'the data could be decoded; one value is of the wrong type, even if a parser says so',
    test: either(
      names(
        'MismatchedInputException InvalidFormatException UnrecognizedPropertyException InvalidTypeIdException',
        'UnmarshalTypeError InvalidDefinitionValueException ValueInstantiationException JsonMappingException',
        'MissingKotlinParameterException',
      ),
      text(
        /\bcannot deserialize value of type\b|\bjson: cannot unmarshal \w{1,12} into\b|\bthe json value could not be converted\b|\binvalid type: .{1,80}, expected\b|\bmissing field `|\bunknown field `|\bunknown variant `|\bunrecognized field "/i,
        /\bexpected BEGIN_(?:OBJECT|ARRAY)|\bexpected (?:a |an )?(?:string|number|integer|boolean|array|object|date)\b.{0,30}\b(?:but )?(?:got|received|found|was)\b/i,
      ),
    ),
  },
  {
    name: 'database-constraint',
    class: 'VALIDATION_ERROR',
    why: 'the data breaks a constraint of the database: duplicate, missing parent, null, too long, out of range',
    test: either(
      sqlState('23', '22'),
      names(
        'ER_DUP_ENTRY ER_NO_REFERENCED_ROW_2 ER_ROW_IS_REFERENCED_2 ER_BAD_NULL_ERROR ER_DATA_TOO_LONG',
        'ER_TRUNCATED_WRONG_VALUE ER_WARN_DATA_OUT_OF_RANGE ER_CHECK_CONSTRAINT_VIOLATED IntegrityError',
        'ConstraintViolationException DataIntegrityViolationException UniqueViolation ForeignKeyViolation',
        'NotNullViolation CheckViolation UniqueConstraintError SequelizeUniqueConstraintError',
        'SequelizeForeignKeyConstraintError UniqueConstraintViolationException SQLITE_CONSTRAINT',
        'DuplicateKeyException DuplicateKeyError SQLIntegrityConstraintViolationException P2002 P2003 P2025',
        'DataError RecordNotUnique InvalidForeignKey RecordInvalid NotNullConstraintViolationException',
      ),
      text(
        /\bviolates (?:unique|foreign key|not-null|check|exclusion|primary key) constraint|\bviolat(?:es|ion of) (?:the )?(?:unique|primary key|foreign key|check) (?:key )?constraint|\b(?:unique|foreign key|check|not null|primary key) constraint (?:failed|fails|violat)|\bduplicate (?:key|entry)\b|\bE11000\b|\bORA-(?:00001|01400|02290|02291|02292|12899|01438)\b/i,
        /\bis not present in table\b|\bnumeric field overflow\b|\bvalue too long for type\b|\bdata too long for column\b|\bcannot be null\b|\bout of range (?:value )?for (?:column|type)|\binvalid input (?:syntax|value) for\b|\bincorrect \w{1,12} value: /i,
      ),
    ),
  },
  {
    name: 'validation-code',
    class: 'VALIDATION_ERROR',
    why: "APIs' codes for a request whose content they refuse",
    test: names(
      'ValidationException ValidationError ValidationErrors InvalidParameterValue',
      'InvalidParameterValueException InvalidParameterException InvalidParameterCombination InvalidParameter',
      'MissingParameter MissingRequiredParameterException InvalidRequestException InvalidArgument',
      'InvalidArgumentException InvalidInputException InvalidInput ParamValidationError BadRequestException',
      'BadRequestError MalformedInput SerializationError ConditionalCheckFailedException ConditionalCheckFailed',
      'InvalidMessageContents InvalidAttributeValue InvalidDocument MalformedXML KeyTooLongError EntityTooLarge',
      'ItemCollectionSizeLimitExceededException MessageTooLong RequestEntityTooLargeException',
      'RequestTooLargeException BatchRequestTooLong InvalidUserIDException MessageRejected NoSuchKey',
      'ItemSizeLimitExceeded UserNotFoundException EntityNotFoundException EntityAlreadyExistsException',
      'ResourceAlreadyExistsException AlreadyExistsException UsernameExistsException ZodError AjvError',
      'ERR_VALIDATION YupValidationError StructError ValiError RequestValidationError SchemaError',
      'SchemaValidationError BodyValidationError MethodArgumentNotValidException DocumentValidationFailure',
      'ModelValidationError UnprocessableEntityError UnprocessableEntity UnprocessableEntityException',
      'HttpMessageNotReadableException StripeInvalidRequestError StripeCardError CardError CastError',
      'mapper_parsing_exception document_parsing_exception strict_dynamic_mapping_exception INVALID_ARGUMENT',
      'FAILED_PRECONDITION ALREADY_EXISTS MessageTooLargeException RecordTooLargeException',
      'MessageSizeTooLargeException MSG_SIZE_TOO_LARGE PayloadTooLargeError',
    ),
  },
  {
    name: 'item-too-large',
    class: 'VALIDATION_ERROR',
    why: 'one item is larger than its receiver takes; trying again makes it no smaller',
    test: text(
      /\b(?:item|message|document|payload|entity|object|record|row|request|body)s? (?:size )?(?:has |is |was )?(?:exceed(?:s|ed)|too (?:large|big|long)|larger than)\b|\bexceeds? (?:the )?maximum (?:allowed |message |item |document )?(?:size|length)|\bmust be shorter than \d|\blarger than max\b/i,
    ),
    confidence: 0.85,
  },
  {
    name: 'business-rule-words',
    class: 'VALIDATION_ERROR',
    why: 'a field is missing, of the wrong form, out of its range or names something that does not exist',
    test: butNot(
      text(
        /\b(?:is a |missing )required (?:property|field|parameter|attribute|key|argument|value)|\brequired (?:property|field|parameter|attribute|column) .{0,60}(?:missing|not (?:found|present|provided))|\bmust have required property\b|\bmissing (?:required )?(?:field|property|parameter|attribute)s?\b|\bfield required\b|\bthis field is required\b|\bmay not be (?:null|blank|empty)\b|\bmust not be (?:null|blank|empty)\b/i,
        /["'`][\w.[\]-]{1,80}["'`] (?:is required|is missing|is not allowed|is not a valid|must (?:not )?be|must (?:match|contain|have)|should (?:not )?be|fails to match|contains an invalid)/i,
        /\b(?:schema )?validation (?:has )?(?:failed|error|errors|exception)\b|\b\d{1,4} validation errors?\b|\bfailed (?:schema )?validation\b|\bdoes not (?:match|conform to|satisfy|validate against) (?:the )?(?:schema|pattern|regex|format|constraint)|\bis not (?:one of|a valid enum|a member of|in the enum)|\bis not of (?:a )?type|\bmust be (?:positive|negative|unique|empty|null|one of|equal to one of|a (?:valid|positive|non-?negative|string|number|boolean|date)|an? (?:integer|array|object|e-?mail)|greater|less|at (?:least|most)|between|>=|<=|string|number|integer|boolean|array|object)/i,
        /\binvalid (?:value|enum value|e-?mail|phone|date|currency|quantity|amount|country|postal code|zip code|sku|iban|uuid|order|customer|product|argument|parameter|field|format|input|type) ?\b(?! or)|\bunsupported (?:currency|country|event type|schema version|value)|\bunknown (?:event type|order type|message type|customer|product|sku)\b/i,
        /\b(?:customer|order|product|user|account|item|invoice|sku|record|row|entity|shipment|subscription|cart|tenant|key|payment method)\b.{0,60}\b(?:not found|does not exist|already exists|unknown|not exist)\b|\bidentities failed the check\b|\baddress is not verified\b|\bno such (?:customer|order|product|user|account|item|key|invoice|payment|charge|row)\b|\binsufficient (?:funds|stock|balance|inventory)\b|\bout of stock\b|\bcard was declined\b/i,
      ),
      text(/\b(?:module|package|environment variable|env var|config(?:uration)? key)\b/i),
    ),
    confidence: 0.8,
  },
  {
    name: 'validation-type',
    class: 'VALIDATION_ERROR',
    why: 'an exception named after validation or a broken rule',
    test: types(
      'Conflict Invalid InvalidOrderError BusinessRuleViolation DomainError InvalidDataError InvalidInputError',
      'InvalidOrderException BusinessException DomainException ObjectNotFoundError EntityNotFoundError',
      'NotFoundError DoesNotExist NoResultFound RecordNotFound ObjectDoesNotExist',
    ),
    confidence: 0.7,
  },
];
