import { either, names, type Rule, sqlState, text, types } from './rule.ts';

/** Something else recovers: the network, an upstream, a database. */
export const DEPENDENCY: readonly Rule[] = [
  {
    name: 'network-code',
    class: 'DEPENDENCY_FAILURE',
    why: 'errno codes and exception names of a connection that could not be made or broke',
    test: names(
      'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ENOTFOUND EAI_AGAIN EAI_NODATA EAI_NONAME EHOSTUNREACH',
      'EHOSTDOWN ENETUNREACH ENETDOWN ENETRESET ENOTCONN ESHUTDOWN EPROTO UND_ERR_SOCKET',
      'ERR_STREAM_PREMATURE_CLOSE HPE_INVALID_CONSTANT ERR_HTTP2_STREAM_ERROR ERR_HTTP2_GOAWAY_SESSION',
      'PROTOCOL_CONNECTION_LOST NR_CLOSED ConnectException ConnectionRefusedError ConnectionResetError',
      'ConnectionAbortedError BrokenPipeError ConnectionError NewConnectionError UnknownHostException',
      'NoRouteToHostException SocketException ClosedChannelException NoHttpResponseException RemoteDisconnected',
      'ServerDisconnectedError ClientConnectorError ClientConnectionError ConnectionClosedException',
      'IncompleteRead ProtocolError ChunkedEncodingError RemoteProtocolError ConnectError',
      'EndpointConnectionError ConnectionClosedError gaierror MongoNetworkError MongoServerSelectionError',
      'ServerSelectionTimeoutError KafkaJSConnectionError KafkaJSBrokerNotFound BrokerNotAvailableError',
      'NoBrokersAvailable LEADER_NOT_AVAILABLE NOT_LEADER_FOR_PARTITION AMQPConnectionError',
      'CommunicationsException SQLNonTransientConnectionException SQLRecoverableException',
      'SequelizeConnectionRefusedError SequelizeHostNotFoundError APIConnectionError StripeConnectionError',
      'StripeAPIError MaxRetriesPerRequestError NoNodeAvailableException ConnectionFailed HostNotFound P1001',
      'P1002 P1017',
    ),
  },
  {
    name: 'upstream-code',
    class: 'DEPENDENCY_FAILURE',
    why: 'codes with which a service says that it is the one that failed',
    test: names(
      'InternalServerError InternalServerException InternalServerErrorException InternalFailure',
      'InternalFailureException InternalServiceError InternalServiceException InternalErrorException',
      'ServiceUnavailable ServiceUnavailableException ServiceUnavailableError ServiceException',
      'DependencyFailureException ServerException BadGateway BadGatewayException BadGatewayError',
      'HttpServerErrorException KMSInternalException DependencyTimeoutException ModelNotReadyException',
      'TransactionConflictException TransactionConflict ReplicatedWriteConflictException EC2UnexpectedException',
      'EFSIOException EFSMountConnectivityException cluster_block_exception no_shard_available_action_exception',
      'overloaded',
    ),
  },
  {
    name: 'database-down',
    class: 'DEPENDENCY_FAILURE',
    why: 'the database stopped, killed the session, failed over, or broke a deadlock at our cost',
    test: either(
      sqlState('08', '57P', '40', 'XX', '58'),
      names(
        'ER_SERVER_SHUTDOWN ER_LOCK_DEADLOCK ER_QUERY_INTERRUPTED LOADING MISCONF CLUSTERDOWN MASTERDOWN READONLY',
        'DeadlockDetected DeadlockLoserDataAccessException NotWritablePrimary NotPrimaryError SQLITE_BUSY',
        'CannotGetJdbcConnectionException CannotAcquireLockException',
      ),
      text(
        /\bterminating connection due to\b|\bserver (?:has )?closed the connection\b|\bmysql server has gone away\b|\blost connection to mysql\b|\bthe database system is (?:starting up|shutting down|in recovery)|\bconnection (?:was )?(?:killed|terminated)|\bdeadlock (?:found|detected)\b|\bdatabase is locked\b|\bcould not serialize access\b|\bcannot execute .{1,40} in a read-only transaction|\bORA-(?:0?3113|0?3114|12541|12514|01033|01034|12537|00060)\b|\bnot ?primary\b/i,
      ),
    ),
  },
  {
    name: 'network-words',
    class: 'DEPENDENCY_FAILURE',
    why: 'the text says that a connection was refused, reset, closed or could not find its host',
    test: text(
      /\bconnection (?:was )?(?:refused|reset|closed|aborted|lost|dropped|terminated|broken|forcibly closed)|\bconnect(?:ion)? (?:attempt )?(?:failed|refused)|\b(?:could not|cannot|can't|failed to|unable to) (?:establish (?:a )?connection|connect|reach)|\bactively refused\b|\bsocket hang up\b|\bsocket (?:was |has been |is )?(?:closed|disconnected)|\bother side closed\b|\bbroken pipe\b|\bpremature (?:close|end of (?:chunk|content|stream))|\bunexpected eof (?:while reading|on client)|\bread tcp .{0,120}: (?:eof|connection)/i,
      /\bno such host\b|\bname or service not known\b|\bnodename nor servname\b|\bname resolution\b|\bgetaddrinfo\b|\bcould not resolve host\b|\bunknown host\b|\bno route to host\b|\b(?:host|network) is (?:unreachable|down)\b|\bnetwork (?:error|failure|connection was lost)\b|\bfetch failed\b|\bfailed to fetch\b|\bcould not connect to (?:any |the )?(?:server|endpoint|host|broker)|\btemporary failure\b/i,
      /\bserver returned nothing\b|\bempty reply from server\b|\bremote (?:end|host) closed\b|\bconnection is (?:closed|dead)|\bstream (?:was )?(?:reset|closed) (?:by|with)|\bgoaway\b|\bhttp2?: server sent\b|\b(?:invalid|malformed) http (?:response|status|version)|\bno (?:healthy|live) upstream|\bupstream connect error\b|\brun out of available brokers\b|\bno brokers? (?:available|in)|\bbroker (?:not available|is down|may not be available)/i,
    ),
    confidence: 0.85,
  },
  {
    name: 'server-certificate',
    class: 'DEPENDENCY_FAILURE',
    why: "a server's certificate is bad; its owner mends it",
    test: either(
      names(
        'CERT_HAS_EXPIRED ERR_TLS_CERT_ALTNAME_INVALID UNABLE_TO_VERIFY_LEAF_SIGNATURE SELF_SIGNED_CERT_IN_CHAIN',
        'DEPTH_ZERO_SELF_SIGNED_CERT UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
        'CERT_NOT_YET_VALID SSLCertVerificationError SSLHandshakeException SSLPeerUnverifiedException',
        'CertificateExpiredException SSLError SSLException',
      ),
      text(
        /\bcertificate (?:has expired|verify failed|is not (?:trusted|yet valid|valid for)|signed by unknown authority|is valid for .{1,120}, not)|\bself[- ]signed certificate\b|\bx509: |\bPKIX path (?:building|validation) failed|\bunable to (?:verify the first certificate|find valid certification path|get local issuer)|\btls(?:v1)?[ :].{0,40}handshake (?:failure|failed)|\bssl handshake\b|\bssl routines\b/i,
      ),
    ),
  },
  {
    name: 'circuit-open',
    class: 'DEPENDENCY_FAILURE',
    why: 'a circuit breaker keeps calls from an upstream that failed',
    test: either(
      names(
        'CallNotPermittedException BrokenCircuitException CircuitBreakerOpenException EOPENBREAKER',
        'BrokenCircuitError CircuitBreakerError CircuitBreakerOpen OpenCircuitError',
      ),
      text(
        /\bcircuit ?-?breaker\b.{0,60}\b(?:open|opened|tripped|does not permit)|\bbreaker is open\b|\bcircuit is (?:now )?open\b/i,
      ),
    ),
  },
  {
    name: 'upstream-words',
    class: 'DEPENDENCY_FAILURE',
    why: 'an upstream says or is said to be unavailable or broken',
    test: either(
      text(
        /\b(?:service|server|system|backend|upstream|api|host|endpoint|database|broker|cluster|provider|gateway)\b.{0,30}\b(?:is |are |was |has been )?(?:temporarily |currently )?(?:unavailable|not available|unreachable|down for|offline|overloaded)\b|\btemporarily unavailable\b|\bbad gateway\b|\bservice unavailable\b|\binternal server error\b|\bdown for maintenance\b|\bunder maintenance\b|\bUNAVAILABLE: /i,
      ),
      types('Unavailable UNAVAILABLE'),
    ),
    confidence: 0.8,
  },
];
