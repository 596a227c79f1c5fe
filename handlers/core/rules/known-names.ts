import { names, type Rule } from './rule.ts';

/**
 * Names of errors that mean one thing, though no word of theirs says so or their words mislead: by class, one line for
 * each runtime, library or service, from its own list of errors. A name that several libraries use in several senses
 * stands with its module (`tarfile.ReadError`) or not here.
 */
export const KNOWN_NAMES: readonly Rule[] = [
  {
    name: 'known-name-auth',
    class: 'AUTH_FAILURE',
    why: 'the list of its errors defines it as a refused log-in, grant or certificate of ours',
    test: names(
      // MongoDB
      'MechanismUnavailable AuthenticationRestrictionUnmet ReauthenticationRequired RoleNotFound',
      // Elasticsearch
      'authentication_exception authorization_exception',
      // Salesforce
      'INVALID_LOGIN INSUFFICIENT_ACCESS_OR_READONLY API_DISABLED_FOR_ORG',
      'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY LOGIN_MUST_USE_SECURITY_TOKEN PASSWORD_LOCKOUT',
      // AWS
      'InvalidSecurity PendingVerification TokenRetrievalError SSOTokenLoadError CredentialUnavailableException',
      // TLS alerts about the client's certificate
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN ERR_SSL_TLSV1_ALERT_ACCESS_DENIED',
      // JVM
      'JedisAccessControlException AccessControlException AccountExpiredException',
      'CredentialExpiredException AccountLockedException LockedException DisabledException',
      // .NET
      'MessageSecurityException SecurityNegotiationException MsalClientException',
      // Python and Ruby
      'stripe.error.PermissionError PasswordRequiredException',
      'Pundit::NotAuthorizedError CanCan::AccessDenied',
    ),
  },
  {
    name: 'known-name-bad-payload',
    class: 'BAD_PAYLOAD',
    why: 'the list of its errors defines it as data that cannot be read or opened',
    test: names(
      // AWS
      'BadDigest InvalidDigest XAmzContentSHA256Mismatch InvalidImageFormatException ImageFormatException InvalidS3ObjectException',
      // Node
      'ERR_BROTLI_INVALID ERR__ERROR_FORMAT_PADDING_1 ERR__ERROR_FORMAT_PADDING_2 ERR__ERROR_FORMAT_RESERVED',
      // JVM
      'InvalidClassException PGPException ZstdException NotOfficeXmlFileException EncryptedDocumentException UTFDataFormatException',
      'org.springframework.kafka.support.serializer.DeserializationException OLE2NotOfficeXmlFileException InvalidAvroMagicException',
      'ArchiveException InvalidHeaderException TruncatedChunkException',
      // .NET
      'EndOfStreamException ProtoException BadDataException',
      'CborContentException AvroException',
      // Python
      'tarfile.ReadError struct.error csv.Error binascii.Error zlib.error InvalidFileException CryptoError SchemaResolutionError',
      'UnidentifiedImageError EmptyDataError ArrowInvalid PdfReadError PdfStreamError',

      // Ruby, Go, Rust
      'Zlib::DataError Zlib::BufError MessagePack::MalformedFormatError Psych::SyntaxError CSV::MalformedCSVError Nokogiri::XML::SyntaxError',
      'Encoding::InvalidByteSequenceError Encoding::UndefinedConversionError OpenSSL::Cipher::CipherError',
    ),
  },
  {
    name: 'known-name-validation',
    class: 'VALIDATION_ERROR',
    why: 'the list of its errors defines it as data that breaks a rule, or a thing that is not there',
    test: names(
      // MongoDB
      'ImmutableField InvalidIdField BSONObjectTooLarge',
      // Elasticsearch
      'action_request_validation_exception resource_already_exists_exception',
      // Salesforce
      'DELETE_FAILED NUMBER_OUTSIDE_VALID_RANGE',
      'FIELD_INTEGRITY_EXCEPTION INVALID_ID_FIELD DUPLICATE_EXTERNAL_ID',
      // AWS
      'EmptyBatchRequest BatchEntryIdsNotDistinct TooManyEntriesInBatchRequest ExpiredCodeException CodeMismatchException',
      'IdempotentParameterMismatchException',
      // Node
      'ENAMETOOLONG ERR_FR_MAX_BODY_LENGTH_EXCEEDED ERR_FR_MAX_CONTENT_LENGTH_EXCEEDED',
      // JVM
      'TopicExistsException SendFailedException IllformedLocaleException MalformedURLException URISyntaxException EntityExistsException',
      'AddressException StaleStateException',
      // .NET
      'DbUpdateConcurrencyException NoNullAllowedException CultureNotFoundException VersionNotFoundException',
      // Python
      'StaleDataError DocumentError phonenumbers.phonenumberutil.NumberParseException NumberParseException bson.errors.InvalidId',
      'InvalidChecksumDigits decimal.InvalidOperation dateutil.parser.ParserError',
      'dateutil.parser._parser.ParserError EmailNotValidError',
      // Ruby
      'ActiveRecord::StaleObjectError ActiveRecord::RecordNotDestroyed Dry::Types::ConstraintError',
    ),
  },
  {
    name: 'known-name-throttled',
    class: 'THROTTLED',
    why: 'the list of its errors defines it as a limit on how often one may ask',
    test: names(
      // AWS
      'FilterLimitExceeded InvocationLimitExceeded SubscriptionLimitExceeded ConcurrentRunsExceededException',

      // JVM, .NET, Python
      'ServerTooBusyException ServerBusyException',
      'google.api_core.exceptions.ResourceExhausted BucketFullException telegram.error.RetryAfter FloodWait FloodWaitError',
    ),
  },
  {
    name: 'known-name-resources',
    class: 'RESOURCE_EXHAUSTED',
    why: 'the list of its errors defines it as memory, disk or a pool of ours that ran out',
    test: names(
      // MongoDB
      'ExceededMemoryLimit OutOfDiskSpace QueryExceededMemoryLimitNoDiskUseAllowed PooledConnectionAcquisitionExceededTimeLimit',
      'MongoWaitQueueFullException',
      // Node
      'ERR_STRING_TOO_LONG ERR_MEMORY_ALLOCATION_FAILED ERR_WORKER_INIT_FAILED ESEMLOCKED',
      'ERR_CHILD_PROCESS_STDIO_MAXBUFFER',
      // JVM
      'JedisExhaustedPoolException BufferExhaustedException',
      // Python and AWS
      'BrokenProcessPool FullPoolError WorkerLostError MemoryLimitExceededException',
    ),
  },
  {
    name: 'known-name-timeout',
    class: 'TIMEOUT',
    why: 'the list of its errors defines it as time that ran out',
    test: names(
      // MongoDB and Salesforce
      'ExceededTimeLimit NetworkInterfaceExceededTimeLimit WriteConcernTimeout WTimeout QUERY_TIMEOUT',
      // Python
      'JobTimeoutException',
      // AWS
      'StatementTimeoutException',
    ),
  },
  {
    name: 'known-name-dependency',
    class: 'DEPENDENCY_FAILURE',
    why: 'the list of its errors defines it as a server, a cluster or a connection that failed',
    test: names(
      // Kafka
      'LeaderNotAvailableException NotControllerException CoordinatorNotAvailableException CoordinatorLoadInProgressException',
      'NotEnoughReplicasAfterAppendException KafkaStorageException PreferredLeaderNotAvailableException',
      'OffsetNotAvailableException ConcurrentTransactionsException NotCoordinatorException RebalanceInProgressException',
      'UnknownLeaderEpochException FencedLeaderEpochException ReplicaNotAvailableException StaleBrokerEpochException',
      'BrokerNotAvailableException',
      // Kafka's protocol, as other clients than Java's name it
      'GROUP_COORDINATOR_NOT_AVAILABLE NOT_COORDINATOR_FOR_GROUP REBALANCE_IN_PROGRESS',
      'REPLICA_NOT_AVAILABLE NOT_ENOUGH_REPLICAS_AFTER_APPEND GROUP_LOAD_IN_PROGRESS',
      'GroupCoordinatorNotAvailableError NotLeaderForPartitionError LeaderNotAvailableError NotCoordinatorForGroupError NodeNotReadyError',
      'KafkaConnectionError RebalanceInProgressError NotEnoughReplicasError',
      // MongoDB
      'ShutdownInProgress InterruptedDueToReplStateChange',
      'NotPrimaryNoSecondaryOk NotPrimaryOrSecondary FailedToSatisfyReadPreference StaleConfig MongoNotPrimaryException',
      // Elasticsearch
      'unavailable_shards_exception node_disconnected_exception no_node_available_exception node_closed_exception',
      // Salesforce and AWS
      'UNABLE_TO_LOCK_ROW SERVER_UNAVAILABLE ModelStreamErrorException DatabaseResumingException OperationAborted',
      // Node
      'UND_ERR_RES_CONTENT_LENGTH_MISMATCH ERR_SSL_PACKET_LENGTH_TOO_LONG HPE_CB_HEADERS_COMPLETE UND_ERR_DESTROYED ERR_HTTP2_STREAM_CANCEL',
      // JVM
      'JedisClusterOperationException TransientDataAccessResourceException',
      'AsynchronousCloseException StreamResetException ConnectionShutdownException',
      // .NET
      'EndpointNotFoundException ServiceBusCommunicationException',
      // Python
      'ClientPayloadError kombu.exceptions.OperationalError ConnectionDoesNotExistError',
    ),
  },
  {
    name: 'known-name-code-bug',
    class: 'CODE_BUG',
    why: 'the list of its errors defines it as a wrong call, or a part of the program that is not there',
    test: names(
      // Kafka
      'ProducerFencedException InvalidProducerEpochException OutOfOrderSequenceException UnsupportedVersionException',
      'InvalidTxnStateException InconsistentGroupProtocolException InvalidGroupIdException UnsupportedForMessageFormatException',
      // MongoDB and Elasticsearch
      'CommandNotFound NamespaceNotFound UnknownReplWriteConcern IndexNotFound CommandNotSupported UnrecognizedCommand',
      'ConflictingUpdateOperators OperationNotSupportedInTransaction parsing_exception query_shard_exception script_exception',
      'search_context_missing_exception invalid_index_name_exception',
      // Salesforce and OAuth
      'MALFORMED_QUERY INVALID_TYPE INVALID_QUERY_FILTER_OPERATOR unsupported_grant_type unsupported_response_type',
      // AWS
      'InvalidQueryParameter MalformedQueryString UnknownOperationException InvalidRuntimeException MissingAction InvalidAction',
      'PermanentRedirect IllegalLocationConstraintException InvalidBucketName SnapStartException InvalidSubnetIDException',
      'InvalidSecurityGroupIDException OperationNotPageableError',
      // Node
      'ERR_STREAM_DESTROYED ERR_INVALID_URL_SCHEME ERR_SOCKET_ALREADY_BOUND ERR_SOCKET_DGRAM_NOT_RUNNING ERR_SERVER_NOT_RUNNING',
      'ERR_INVALID_PROTOCOL ERR_HTTP_INVALID_HEADER_VALUE ERR_CRYPTO_INVALID_DIGEST ERR_CRYPTO_INVALID_KEYLEN ERR_MISSING_ARGS',
      'ERR_UNSUPPORTED_ESM_URL_SCHEME ERR_STREAM_PUSH_AFTER_EOF ERR_INVALID_CALLBACK ERR_UNESCAPED_CHARACTERS ERR_MULTIPLE_CALLBACK',
      'ERR_ILLEGAL_CONSTRUCTOR ERR_WORKER_PATH ERR_WORKER_UNSUPPORTED_EXTENSION ERR_USE_AFTER_CLOSE',
      // JVM
      'BootstrapMethodError EmptyStackException BufferOverflowException MissingFormatArgumentException UnknownFormatConversionException',
      'IllegalFormatConversionException ReadOnlyBufferException NonUniqueObjectException',
      'IllegalTransactionStateException InstantiationException TransientObjectException MappingException LinkageError AnnotationException',
      'NotSerializableException TypeNotPresentException PersistentObjectException TransientPropertyValueException NoUniqueBeanDefinitionException',
      'UnknownEntityException NoInitialContextException',
      // .NET
      'TargetParameterCountException AmbiguousMatchException MethodAccessException RuntimeBinderException MissingFieldException',
      'ArrayTypeMismatchException RankException SynchronizationLockException',
      // Python
      'FieldDoesNotExist sqlalchemy.exc.ArgumentError UnmappedInstanceError UnmappedClassError ResourceClosedError UnsupportedProtocol',
      'aiohttp.client_exceptions.InvalidURL DistributionNotFound NoReverseMatch MergeError NoSuchTableError CompileError',
      'NoForeignKeysError AmbiguousForeignKeysError NoInspectionAvailable MissingSchema InvalidSchema EncodeError',
      'asyncio.InvalidStateError asyncio.exceptions.InvalidStateError BrokenBarrierError',
    ),
  },
];
