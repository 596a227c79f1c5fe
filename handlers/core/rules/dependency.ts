import { butNot, either, mailReply, names, type Rule, sqlState, status, text, types } from './rule.ts';

/** Something else recovers: the network, an upstream, a database. */
export const DEPENDENCY: readonly Rule[] = [
  {
    name: 'network-code',
    class: 'DEPENDENCY_FAILURE',
    why: 'errno codes and exception names of a connection that could not be made or broke',
    test: names(
      'CONNECTION_FAILURE RESOURCE_MODIFICATION_COLLISION IncompleteMessage ConnectionRefused ConnectionReset ConnectionAborted BrokenPipe HostUnreachable NetworkUnreachable',
      'econnrefused econnreset econnaborted ehostunreach nxdomain enetunreach epipe',
      'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ENOTFOUND EAI_AGAIN EAI_NODATA EAI_NONAME EHOSTUNREACH EAI_FAIL',
      'EHOSTDOWN ENETUNREACH ENETDOWN ENETRESET ENOTCONN ESHUTDOWN EPROTO UND_ERR_SOCKET EREFUSED ENODATA ESERVFAIL',
      'ERR_STREAM_PREMATURE_CLOSE HPE_INVALID_CONSTANT ERR_HTTP2_STREAM_ERROR ERR_HTTP2_GOAWAY_SESSION',
      'HPE_INVALID_CONTENT_LENGTH HPE_INVALID_HEADER_TOKEN HPE_HEADER_OVERFLOW HPE_INVALID_VERSION HPE_INVALID_EOF_STATE',
      'ERR_HTTP2_SESSION_ERROR ERR_NETWORK ERR_CONNECTION_REFUSED ERR_CONNECTION_RESET ERR_NAME_NOT_RESOLVED ESOCKET',
      'PROTOCOL_CONNECTION_LOST NR_CLOSED ConnectException ConnectionRefusedError ConnectionResetError ECONNCLOSED',
      'ConnectionAbortedError BrokenPipeError ConnectionError NewConnectionError UnknownHostException ECONNECTION',
      'NoRouteToHostException SocketException ClosedChannelException NoHttpResponseException RemoteDisconnected',
      'ServerDisconnectedError ClientConnectorError ClientConnectionError ConnectionClosedException ClientOSError',
      'IncompleteRead IncompleteReadError ProtocolError ChunkedEncodingError RemoteProtocolError ConnectError ReadError',
      'EndpointConnectionError ConnectionClosedError gaierror MongoNetworkError MongoServerSelectionError',
      'ServerSelectionTimeoutError KafkaJSConnectionError KafkaJSBrokerNotFound BrokerNotAvailableError AutoReconnect',
      'NoBrokersAvailable LEADER_NOT_AVAILABLE NOT_LEADER_FOR_PARTITION AMQPConnectionError NotLeaderForPartitionException NotLeaderOrFollowerException',
      '_TRANSPORT _ALL_BROKERS_DOWN _RESOLVE SERVER_DOWN ClusterDownError TryAgainError BROKER_NOT_AVAILABLE NOT_LEADER_OR_FOLLOWER NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE',
      'CommunicationsException SQLNonTransientConnectionException SQLRecoverableException ConnectionClosedByBroker',
      'SequelizeConnectionRefusedError SequelizeHostNotFoundError APIConnectionError StripeConnectionError StreamLostError',
      'StripeAPIError NoNodeAvailableException ConnectionFailed HostNotFound P1001 P1002 P1017',
      'RedisConnectionException JedisConnectionException MongoSocketOpenException MongoSocketReadException CannotConnectError',
      'MongoSocketException UnresolvedAddressException HttpHostConnectException ConnectionClosedException SocketError',
      'DatabaseNotAvailable BrokerUnreachableException AlreadyClosedException ShutdownSignalException',
      'NoServersAvailable NoHostAvailableException AllNodesFailedException ConnectionDoesNotExist ConnectionFailure',
      'CannotConnectNowError PrematureCloseException UnknownHostError HTTPClientConnectionError',
      'ConnectionLossException CommunicationException CONNECTION_CLOSED CONNECTION_ENDED CONNECTION_DESTROYED CONNECTION_FAILURE CONNECT_ERROR NOT_CONNECTED ReconnectError',
      'TransportError TTransportException WebSocketConnectionClosedException ProxyError ProxyConnectionError',
    ),
  },
  {
    name: 'upstream-code',
    class: 'DEPENDENCY_FAILURE',
    why: 'codes with which a service says that it is the one that failed',
    test: names(
      'InternalServerError InternalServerException InternalServerErrorException InternalFailure INTERNAL_ERROR',
      'InternalFailureException InternalServiceError InternalServiceException InternalErrorException InternalError',
      'ServiceUnavailable ServiceUnavailableException ServiceUnavailableError DependencyFailureException',
      'BadGateway BadGatewayException BadGatewayError InternalServiceErrorException',
      'HttpServerErrorException KMSInternalException DependencyTimeoutException ModelNotReadyException',
      'TransactionConflictException TransactionConflict ReplicatedWriteConflictException EC2UnexpectedException',
      'EFSIOException EFSMountConnectivityException cluster_block_exception no_shard_available_action_exception',
      'NoShardAvailableActionException MasterNotDiscoveredException ClusterBlockException master_not_discovered_exception',
      'UnavailableException NotEnoughReplicasException NOT_ENOUGH_REPLICAS internal_server_error',
      'InternalStreamFailure SERVICE_UNAVAILABLE service_unavailable TRANSIENT_ASSUME_ROLE temporarily_unavailable',
      'KMSInternalError DependencyUnavailableException ModelErrorException api_error HTTPServiceUnavailable HTTPBadGateway',
      'SnapStartNotReadyException InternalServerErrorException InternalDependencyException',
    ),
  },
  {
    name: 'database-down',
    class: 'DEPENDENCY_FAILURE',
    why: 'the database stopped, killed the session, failed over, or broke a deadlock at our cost',
    test: either(
      sqlState('08', '57P', '40', 'XX', '58', '25006'),
      names(
        'ER_SERVER_SHUTDOWN ER_LOCK_DEADLOCK ER_QUERY_INTERRUPTED LOADING MISCONF CLUSTERDOWN MASTERDOWN READONLY TRYAGAIN',
        'DeadlockDetected DeadlockLoserDataAccessException NotWritablePrimary NotPrimaryError SQLITE_BUSY SQLITE_LOCKED',
        'CannotGetJdbcConnectionException CannotAcquireLockException SerializationFailure TransactionRollbackError',
        'AdminShutdown CrashShutdown IdleInTransactionSessionTimeout CannotSerializeTransactionException ReadOnlyError BusyLoadingError',
        'InterruptedAtShutdown PrimarySteppedDown NotWritablePrimaryError NotMasterError WriteConflict NOREPLICAS ER_OPTION_PREVENTS_STATEMENT',
        'Deadlocked StaleElectionException ReadOnlySqlTransaction P2034 TransientTransactionError',
      ),
      text(String.raw`
        terminating connection (?:due to|because)\b
        server (?:has )?closed the connection\b
        \b(?:mysql )?server has gone away\b
        lost connection to (?:mysql|server|the)
        the database system is (?:starting up|shutting down|in recovery|not yet accepting)
        connection (?:was )?(?:killed|terminated)
        \b(?:due to a )?deadlock\b(?!!|\?)
        deadlocked on\b
        chosen as the deadlock victim\b
        database (?:table )?is locked\b
        could not serialize access\b
        session (?:was )?killed\b
        cannot execute .{1,40} in a read-only transaction
        ORA-(?:0?3113|0?3114|12541|12514|12528|12537|12560|01033|01034|01089|01109|00060|00028|25408)\b
        not ?(?:primary|master)\b
        read only replica\b
        read-only (?:option|replica|mode)\b
        server shutdown in progress\b
        redis is loading\b
        cluster is down\b
        write conflict\b
        unable to obtain exclusive access\b
        UNABLE_TO_LOCK_ROW\b
        can't wait on resource\b
        fail(?:ing |ed )?over\b
        wsrep has not yet prepared\b
        interrupted at shutdown\b
        cannot be opened\. it is in the middle of a restore
        database .{1,80} is not currently available
        query execution was interrupted\b(?!, max)
        server is shutting down\b
      `),
    ),
  },
  {
    name: 'network-words',
    class: 'DEPENDENCY_FAILURE',
    why: 'the text says that a connection was refused, reset, closed or could not find its host',
    test: text(String.raw`
      connection (?:to .{1,80} )?(?:was |is |has been |unexpectedly )?(?:been )?(?:refused|reset|closed|aborted|lost|dropped|terminated|broken|interrupted|forcibly closed|unexpectedly closed|shut ?down)
      connect(?:ion)? (?:attempt )?(?:failed|refused|failure|error)
      \b(?:could not|couldn't|cannot|can't|failed to|unable to|error) (?:establish(?:ing)? (?:a |the )?(?:new )?(?:tcp |tls |ssl )?connection|(?:re)?connect(?:ing)?|reach|contact|open (?:a )?(?:connection|socket))\b
      actively refused\b
      socket hang ?up\b
      socket (?:was |has been |is )?(?:unexpectedly )?(?:closed|disconnected|reset)
      other side closed\b
      broken pipe\b
      premature (?:close|end of (?:chunk|content|stream))
      no such host\b
      name or service not known\b
      nodename nor servname\b
      name resolution\b
      getaddrinfo\b
      could(?: not|n't) resolve (?:host|proxy|address)\b
      cannot resolve\b
      failed to resolve\b
      unknown host\b
      node name or service\b
      no address associated with\b
      dns (?:lookup|resolution|error|server|query)
      no route to host\b
      \b(?:host|network) is (?:unreachable|down)\b
      network (?:error|failure|connection was lost|is unreachable|changed)
      fetch failed\b
      failed to fetch\b
      could not connect to\b
      temporary failure\b
      no such host is known\b
      server returned nothing\b
      empty reply from server\b
      remote (?:end|host|peer|server) (?:closed|terminated)
      closed by (?:the )?(?:remote|peer|server|foreign)
      connection is (?:closed|dead|not open|already closed)
      stream (?:was )?(?:reset|closed|ended|terminated|removed) ?(?:by|with|unexpectedly|before|prematurely)?
      goaway\b
      http2?: server sent\b
      http2?: server gave http response to https\b
      \b(?:invalid|malformed) http (?:response|status|version)
      badstatusline\b
      no (?:healthy|live|available) (?:upstream|server|host|node)
      upstream (?:connect error|prematurely|sent|server)
      run out of available brokers\b
      no brokers? (?:available|in)
      broker (?:not available|is down|may not be available|transport failure)
      all brokers (?:are )?down\b
      no (?:connected )?servers? (?:available|found)
      no servers available for connection\b
      unexpected eof (?:while reading|on client|occurred)
      read tcp .{0,120}: (?:eof|connection|use of)
      : unexpected eof$
      \b(?:get|post|put|patch|delete|head) "?https?:.{1,200}": eof\b
      use of closed network connection\b
      transport (?:is closing|endpoint is not connected|error|failure|connection)
      end of file (?:has been )?reached\b
      peer (?:closed|disconnected|reset)
      closed (?:the )?connection (?:without|before|unexpectedly)
      connection \S{1,60} (?:was |is )?(?:refused|reset|closed|lost)
      not connected\b
      not currently connected\b
      link failure\b
      no active connections?\b
      stream isn't writeable\b
      socket is (?:not connected|closed)
      connection ended\b
      connection terminated\b
      client (?:was |is |has been )?(?:closed|disconnected)
      response ended prematurely\b
      cannot connect\b
      incomplete (?:read|response|chunk)
      bytes read, \d{1,12} more expected
      bad chunk\b
      transfer closed with\b
      proxy (?:error|connect)
      tunneling socket\b
      couldn't connect to\b
      target server failed to respond\b
      server sent fin\b
      brokers are down\b
      is not the (?:current )?leader\b
      ssl syscall error\b
      eof detected\b
      could not translate host name\b
      without sending a response\b
      connect call failed\b
      could not connect to the endpoint\b
      connection broken\b
      error while reading from socket\b
      failed to update metadata\b
      rebalance(?:_in_progress| in progress)\b
      REBALANCE_IN_PROGRESS\b
      server_down\b
      no heartbeats?\b
      missed heartbeats?\b
      heartbeat (?:lost|missed|failed)\b
      RESOURCE_LOCKED\b
      watched variable changed\b
      invalid or unrecognized response\b
      will not follow more than\b
      server misbehaving\b
      leader changed\b
      \b(?:read|write) error on connection\b
      no responders available\b
      failed to load external entity\b
      reason: :(?:closed|nxdomain|econnrefused)\b
      in state NOT_SERVING\b
      \b(?:connection|socket|channel|stream|link|peer|broker|upstream|remote|transport)\b[^.\n]{0,30}\b(?:closed|lost|reset|refused|dropped|broken|terminated|ended|aborted|unreachable|died|gone|disconnected|hung up)\b
      \b(?:closed|lost|reset|refused|dropped|broken|aborted|dead|stale) (?:connection|socket|channel)\b
      response message parsing error\b
      transaction aborted\b
      concurrent (?:updates|modification|transactions?)\b.{0,40}(?:conflict|at a time|same)
      vault is sealed\b
      server has failed and is disabled\b
      parser received no bytes\b
      eof reached while reading\b
      got no xml document\b
      Snix_Connect\b
      network-related or instance-specific\b
      \b(?:ConnectFailure|ReceiveFailure|SendFailure|NameResolutionFailure|TrustFailure|KeepAliveFailure|SecureChannelFailure)\b
      closing transmission channel\b
      unexpected end of stream\b
      connectionloss\b
      insufficient system storage\b
      client network socket disconnected\b
      driver: bad connection\b
      bad connection\b
      stopped after \d{1,3} redirects
      too many redirects\b
      decode response: unexpected eof\b
      maximum redirects?\b
      exceeded \d{1,3} redirects
      response payload is not completed\b
      answer ended\b
      response (?:was )?(?:cut|truncated|incomplete)
      node closed\b
      error reading a body from connection\b
      before message length reached\b
      fixed content-length: 
      invalid status line\b
      rst_stream\b
      down or inaccessible\b
      parsing wsdl\b
      host key verification failed\b
      host unknown\b
      unknown host\b
      ssl connection could not be established\b
      error occurred while sending the request\b
      exception while reading from stream\b
      endpoints were reachable\b
      not possible to connect\b
    `),
    confidence: 0.85,
  },
  {
    name: 'mail-server-deferred',
    class: 'DEPENDENCY_FAILURE',
    why: "a mail server's reply of the 4xx kind: it will take the message later (RFC 3463)",
    test: either(
      mailReply('4.2', '4.3', '4.4', '4.5', '4.6'),
      text(/\b(?:smtp|mail)\w{0,40}(?:error|exception)?: 421 /i),
    ),
  },
  {
    name: 'server-certificate',
    class: 'DEPENDENCY_FAILURE',
    why: "a server's certificate is bad; its owner mends it",
    test: either(
      names(
        'CERT_HAS_EXPIRED ERR_TLS_CERT_ALTNAME_INVALID UNABLE_TO_VERIFY_LEAF_SIGNATURE SELF_SIGNED_CERT_IN_CHAIN',
        'DEPTH_ZERO_SELF_SIGNED_CERT UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY CERTIFICATE_VERIFY_FAILED',
        'CERT_NOT_YET_VALID SSLCertVerificationError SSLHandshakeException SSLPeerUnverifiedException CertificateError',
        'CertificateExpiredException SSLError SSLException CertPathBuilderException',
        'CertificateException CertPathValidatorException ERR_SSL_WRONG_VERSION_NUMBER',
        'CertificateNotYetValidException ClientConnectorCertificateError ClientConnectorSSLError SSLEOFError',
      ),
      text(
        String.raw`
        certificate (?:has |is )?(?:expired|verify failed|verification (?:failed|error)|not (?:trusted|yet valid|valid)|is not (?:trusted|yet valid|valid for)|signed by unknown authority|is valid for .{1,120}, not|name mismatch|chain)
        \b(?:remote|server|ssl|tls|peer(?:'s)?|host) certificate (?:is |was |has |for )?(?:invalid|expired|rejected|untrusted|not|problem|subject|verif)
        self[- ]signed certificate\b
        PKIX path (?:building|validation) failed
        unable to (?:verify the first certificate|find valid certification path|get (?:local )?issuer)
        tls(?:v1)?[ :].{0,40}handshake (?:failure|failed)
        \b(?:ssl|tls) (?:handshake|connection|error|connect error|routines)\b
        ssl routines\b
        ssl_connect\b
        ssl3_get_record\b
        handshake (?:failed|failure|error|_failure|did not)
        wrong version number\b
        hostname (?:mismatch|'.{1,120}' doesn't match|in certificate)
        does not match (?:certificate's )?altnames?\b
        no subject alternative (?:dns )?names?\b
        certificate subject name\b
        authentication failed because the remote party\b
        remote certificate\b
        invalid peer certificate\b
        unknownissuer\b
        client does not support .{1,40}(?:tls|ssl)
        the certificate chain was issued by an authority that is not trusted\b
      `,
        /\bx509: /i,
        /\bssl: /i,
      ),
    ),
  },
  {
    name: 'circuit-open',
    class: 'DEPENDENCY_FAILURE',
    why: 'a circuit breaker keeps calls from an upstream that failed',
    test: either(
      names(
        'CallNotPermittedException BrokenCircuitException CircuitBreakerOpenException EOPENBREAKER IsolatedCircuitException',
        'BrokenCircuitError CircuitBreakerError CircuitBreakerOpen OpenCircuitError CircuitOpenError CircuitBreakerOpenError',
        'CircuitOpenException ErrOpenState HystrixRuntimeException IsolatedCircuitError',
      ),
      text(String.raw`
        circuit ?-?breaker\b.{0,60}\b(?:open|opened|tripped|does not permit|half)
        breaker is open\b
        circuit (?:is )?(?:now )?open\b
        short-circuited\b
        execution prevented because the circuit\b
      `),
    ),
  },
  {
    name: 'upstream-words',
    class: 'DEPENDENCY_FAILURE',
    why: 'an upstream says or is said to be unavailable or broken',
    test: butNot(
      either(
        text(
          String.raw`
          \b(?:service|server|system|backend|upstream|api|host|endpoint|database|broker|cluster|provider|gateway|node|instance|replica|shard|partition|resource|site|application|leader|master|coordinator)\b.{0,30}\b(?:is |are |was |has been )?(?:temporarily |currently )?(?:unavailable|not available|unreachable|down for|offline|overloaded|not ready|not responding)\b
          temporarily unavailable\b
          bad gateway\b
          service unavailable\b
          internal (?:server|service) (?:error|failure)\b
          down for maintenance\b
          \b(?:under|scheduled|in) maintenance\b
          maintenance mode\b
          an internal error (?:has )?occurred\b
          internal error encountered\b
          encountered an internal error\b
          server error(?: \(5\d\d\)|: 5\d\d| occurred)?\b
          not enough replicas\b
          no leader\b
          leader (?:not available|election)
          no node available\b
          no (?:alive|living) (?:nodes|connections)
          not enough (?:in-?sync )?replicas
          unexpected (?:server |upstream )?(?:response|answer)(?: code| status)?:? ?(?:50\d|html)
          upstream (?:failure|error|returned|responded|service)
          overloaded\b
          cannot achieve consistency\b
          all (?:target|hosts?|nodes?) .{0,40}(?:failed|down|unavailable)
          transport-level error\b
          server closed idle connection\b
          server had an error\b
          partner not reached\b
          rfc_communication_failure\b
          left the cluster\b
          no primary\b(?! (?:key|index|address|e-?mail|contact|column|keys))
          net::err_(?:connection|name_not|address|internet|socket|ssl|cert|empty_response|network|http2)\w{0,40}
          \w is (?:currently |temporarily )?down\b
          breaker (?:is )?open\b
          certificate of the (?:server|host|upstream)\b
          in recovery mode\b
          not reachable\b
          stepping down\b
          failed with (?:an )?internal error\b
          cluster (?:status )?(?:is )?red\b
          maintenance window\b
          serialization failure\b.{0,40}\b(?:retry|transactions?|concurrent\w{0,2}|deadlock)\b
        `,
          /\bUNAVAILABLE: /i,
        ),
        types('Unavailable UNAVAILABLE ServiceException ServerError'),
      ),
      // A refusal that the status tells is none of the server's.
      status(400, 401, 403, 404, 405, 407, 409, 410, 412, 413, 415, 422, 429),
    ),
    confidence: 0.8,
  },
];
