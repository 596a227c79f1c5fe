import { butNot, either, names, type Rule, text, types } from './rule.ts';

/** A person renews or grants something. Asked before the network: a refused log-in often calls itself a connection error. */
export const AUTH: readonly Rule[] = [
  {
    name: 'aws-credentials',
    class: 'AUTH_FAILURE',
    why: "AWS's codes for keys, tokens, signatures and grants, which also come as 400",
    test: either(
      names(
        'AccessDenied AccessDeniedException AccessDeniedError UnauthorizedOperation UnauthorizedException',
        'UnauthorizedAccess ExpiredToken ExpiredTokenException TokenRefreshRequired RequestExpired',
        'InvalidClientTokenId UnrecognizedClient UnrecognizedClientException InvalidSignature',
        'InvalidSignatureException SignatureDoesNotMatch IncompleteSignature IncompleteSignatureException',
        'MissingAuthenticationToken MissingAuthenticationTokenException InvalidAccessKeyId',
        'InvalidAccessKeyException AuthFailure NotAuthorizedException NotAuthorized OptInRequired',
        'RequestTimeTooSkewed CredentialsProviderError NoCredentialsError PartialCredentialsError',
        'NoCredentialProviders KMSAccessDeniedException KMS_AccessDeniedException EC2AccessDeniedException',
        'S3AccessDenied CredentialRetrievalError TokenProviderError SubscriptionRequiredException AllAccessDisabled',
        'AuthorizationHeaderMalformed AccountProblem InvalidIdentityToken IDPCommunicationError',
        'SSOTokenProviderFailure UnauthorizedSSOTokenError AuthorizationError ExpiredTokenError',
        'MissingSecurityHeader KMSDisabledException KMSInvalidStateException NO_PERMISSIONS FAILED_TO_ASSUME_ROLE',
        'PasswordResetRequiredException UserNotConfirmedException',
        'AuthorizationErrorException AccessDeniedFault',
      ),
      text(String.raw`
        is not authorized to (?:perform|assume|access|invoke|call)
        no identity-based policy allows
        with an explicit deny\b
        security token included in the request is (?:expired|invalid)
        could not load credentials\b
        unable to locate credentials\b
        could not be assumed\b
        cannot be assumed by\b
        unable to assume (?:the )?role\b
        provided (?:execution )?role does not have permissions\b
        ciphertext refers to a customer (?:master )?key that does not exist.{0,60}not authorized
        signed request .{0,20}expired\b
        request has expired\b
        signature (?:not yet current|expired)
        resolved credential object is not valid
        no credentials? (?:in the property|found|available|were)
      `),
    ),
  },
  {
    name: 'oauth-and-jwt',
    class: 'AUTH_FAILURE',
    why: 'OAuth and JWT libraries name what is wrong with the grant or the token',
    test: either(
      names(
        'invalid_grant invalid_client unauthorized_client invalid_token insufficient_scope access_denied',
        'token_expired expired_token TokenExpiredError JsonWebTokenError NotBeforeError JWTExpired JWTInvalid',
        'CROSS_ACCOUNT_INGESTION_FAILED CROSS_REGION_INGESTION_FAILED JWKSNoMatchingKey JWSInvalid JWSSignatureVerificationFailed JWTClaimValidationFailed ExpiredSignatureError JWTError',
        'InvalidSignatureError InvalidAudienceError InvalidIssuerError ImmatureSignatureError',
        'InvalidIssuedAtError MissingRequiredClaimError InvalidAlgorithmError InvalidKeyError InvalidClaimError',
        'ExpiredJwtException SignatureException MalformedJwtException SecurityTokenExpiredException',
        'SecurityTokenException ExpiredSignature ERR_JWT_EXPIRED ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
        'ERR_JWT_CLAIM_VALIDATION_FAILED ERR_JWS_INVALID ERR_JWT_INVALID ERR_JWKS_NO_MATCHING_KEY',
        'RefreshError MsalUiRequiredException MsalServiceException InteractionRequiredAuthError interaction_required',
        'consent_required login_required invalid_auth not_authed token_revoked account_inactive missing_scope',
        'invalid_api_key invalid_apikey authentication_error permission_error INVALID_SESSION_ID',
        'SecurityTokenSignatureKeyNotFoundException SecurityTokenInvalidSignatureException TokenExpiredException',
        'JWTVerificationException JWTDecodeException SignatureVerificationException AlgorithmMismatchException',
        'InvalidClaimException BeforeValidException SignatureInvalidException ExpiredException BadJWSException',
        'BadJOSEException BadJWTException OAuth2AuthorizationException OAuth2AuthenticationException InvalidGrantError',
        'InvalidClientError OAuthException TokenRefreshError DefaultCredentialsError invalid_authentication',
        'VerificationError IncorrectClaim InvalidIatError',
      ),
      text(String.raw`
        jwt (?:is |has )?(?:expired|malformed|not active|signature|must be provided|audience|issuer|invalid|verification)
        AADSTS\d{4,7}\b
        token is (?:expired by|not valid yet|unverifiable|malformed)
        token contains an invalid
        token has invalid claims\b
        auth/(?:id-token|invalid-credential|argument-error|user-token|insufficient)
        "exp" claim timestamp check failed
        unexpected "\w{2,5}" claim value
        \b(?:audience|issuer|subject) (?:is )?(?:not allowed|invalid|validation failed|doesn't match|mismatch)
        signature has expired\b
        signature verification raised\b
        not enough segments\b
        could not deserialize key data\b
        unable to find a signing key\b
        no matching (?:signing )?key
        user has not consented\b
        grant (?:has |is )?(?:expired|revoked|invalid)
        refresh token (?:has |is )?(?:been )?(?:expired|invalid|revoked)
        (?:exp|nbf|iat|aud|iss) claim check failed\b
        jwt: \w{3} claim\b
      `),
    ),
  },
  {
    name: 'authentication-type',
    class: 'AUTH_FAILURE',
    why: 'an exception named after authentication or authorisation',
    test: either(
      names(
        'MongoSecurityException AuthenticationError AuthenticationException AuthenticationFailedError',
        'AuthenticationFailedException AuthenticationFailed AuthorizationException AuthFailedException',
        'AuthorizationFailedException UnauthorizedError UnauthorizedAccessException ForbiddenError',
        'ForbiddenException PermissionDeniedError PermissionDeniedException SaslAuthenticationException',
        'KafkaJSSASLAuthenticationError TopicAuthorizationException GroupAuthorizationException',
        'ClusterAuthorizationException TransactionalIdAuthorizationException TopicAuthorizationFailedError',
        'InvalidCredentialsException BadCredentialsException LoginFailedException FailedLoginException',
        'LoginException GSSException KrbException InvalidCredentials InvalidPasswordException NotAuthenticatedError',
        'SMTPAuthenticationError PossibleAuthenticationFailureError ProbableAuthenticationError',
        'StripeAuthenticationError StripePermissionError InvalidCredentialsError WRONGPASS NOAUTH NOPERM EAUTH',
        'ER_ACCESS_DENIED_ERROR ER_DBACCESS_DENIED_ERROR ER_TABLEACCESS_DENIED_ERROR ELOGIN UNAUTHENTICATED',
        'PERMISSION_DENIED PermissionDenied AuthenticationRequiredException HttpUnauthorizedException security_exception',
        'InvalidAuthorizationSpecification InsufficientPrivilege InvalidPassword NotAuthorizedError NoPermissionError',
        'LDAPBindError LDAPInvalidCredentialsResult AuthenticationNotSupportedException NoPermissionException',
        'AuthenticationFailureException AuthenticationCredentialsNotFoundException InsufficientAuthenticationException',
        'MQRC_NOT_AUTHORIZED JMSSecurityException JMSSecurityRuntimeException BadAuthenticationException',
        'INVALID_CREDENTIALS INSUFFICIENT_ACCESS STRONG_AUTH_REQUIRED _AUTHENTICATION AuthenticationFailureError ClientAuthenticationError CredentialUnavailableError UserNotAuthorizedException',
        'SecurityException AuthException MQTT_ERR_AUTH SASL_AUTHENTICATION_FAILED TOPIC_AUTHORIZATION_FAILED',
      ),
      types('Unauthorized Forbidden Unauthenticated AuthError Unauthorised AuthFail NotAuthenticated'),
    ),
  },
  {
    name: 'log-in-refused',
    class: 'AUTH_FAILURE',
    why: 'a database, broker, directory or mail server refused the log-in',
    test: either(
      text(
        String.raw`
        password authentication failed\b
        authentication (?:has |was |is )?(?:failed|failure|unsuccessful|rejected|error|not valid|required|violation|denied)
        \b(?:could|can|was|were)(?: ?n['o]t)? (?:be )?authenticated?\b
        unable to authenticate (?:user|to|with|using|the|client)
        failed to authenticate\b
        unable to (?:get|find|locate|load|retrieve|obtain) .{0,40}\bcredentials\b
        is not allowed to connect to\b
        authentication required\b
        has no permissions to run\b
        invalid (?:audience|issuer|crypto padding)\b
        must issue a starttls\b
        unable to bind to server\b
        NOT_ALLOWED - access\b
        access to vhost .{1,80} refused\b
        LOGIN_REQUIRED\b
        user login is required\b
        no applicable key found\b
        requested sasl mechanism\b
        customer master key that does not exist\b
        not allowed to access\b
        could not read username\b
        auth error\b
        not authenticated\b
        authorization (?:violation|failed|failure|required|error)
        log-?in (?:failed|incorrect|denied|failure|invalid|attempt failed)
        cannot log ?in\b
        logon (?:denied|failure|failed)
        not logged in\b
        must (?:log|sign) ?in\b
        auth fail(?:ed|ure)?\b
        bad auth\b
        authenticate using\b
        preauthentication failed\b
        pre-authentication\b
        clock skew too great\b
        no valid credentials\b
        permission denied \(publickey
        too many authentication failures\b
        access denied for user\b
        no pg_hba\.conf entry\b
        role ".{1,80}" (?:does not exist|is not permitted to log in)
        permission denied for (?:table|relation|schema|database|sequence|function|view|language)\b
        must be owner of\b
        permission (?:was )?denied on (?:the )?(?:object|column|database|schema)
        cannot open database ".{1,80}" requested by the login
        ORA-0(?:1017|1031|1045|28000|1005)\b
        ORA-28\d{3}\b
        SQL30082N\b
        JMSWMQ2013\b
        MQRC 2035\b
        reason '?2035\b
        ACCESS_REFUSED\b
        MQRC_NOT_AUTHORIZED\b
        \b(?:invalid|incorrect|wrong|bad|unknown) (?:user ?name|user|login|password|passphrase|credentials?)(?:[/ ]|\b)(?:or|and|/|\(|-|combination|was|provided|supplied|for|pair|\.|,|$|:|!)
        invalid username[/ ]
        user ?name (?:and/or|and|or) password (?:is |are |was |were |not )?(?:accepted|incorrect|invalid|wrong|specified|is)
        username .{1,60} and/or password are incorrect\b
        password (?:is |was |did )?(?:incorrect|invalid|wrong|not match|mismatch|expired|has expired)
        the account (?:is |has been )?(?:locked|disabled|suspended)
        account (?:is |has been )?(?:locked|disabled|suspended|inactive|deactivated)
        user (?:account )?(?:is |has been )(?:locked|disabled|suspended|deactivated)
        invalid ?credentials\b
        ldap.{0,60}(?:code 49|\b49\b).{0,20}invalid
        535[ -]5\.7\.\d\b
        53[05][ -]5\.7\.\d\b
        535 [ai]
        client sent auth\b
        relay access denied\b
        \b(?:unable to )?relay(?:ing)? denied\b
        data 52e\b
        sasl (?:authentication|login|mechanism|auth)[^\n]{0,40}(?:fail|error|denied)
        client is unauthorized due to\b
        missing authentication credentials\b
        is unauthorized for user\b
        \b(?:requires|needs) authentication\b
        not authorized (?:on|to|for)\b
        connection refused:? not authori[sz]ed
        permissions violation\b
        has no (?:modify|select|create|alter|permission)\b.{0,20}permission
        access-refused\b
        public key retrieval is not allowed\b
        unable to authenticate, attempted\b
        not able to access the database\b
        \bis not allowed to (?:do|perform|execute|run|access) (?:the )?(?:action|operation)\b
        sso token\b
        ER_NOT_SUPPORTED_AUTH_MODE\b
        does not support authentication protocol\b
        (?:requested|requires|wants|needs) a (?:client )?certificate\b
        certificate of the client\b
        client certificate .{0,40}\b(?:revoked|expired|rejected|unknown|missing)\b
        (?:not|isn't) (?:allowed|permitted|entitled) to (?:use|access|read|write|publish|consume|call|invoke|subscribe|connect|list|describe)\b
        lacks (?:the )?(?:required )?(?:\w{2,30} )?(?:select|insert|update|delete|permissions?|privileges?|scopes?|grants?|role|access)\b
        roles? .{0,40}\bcan(?:not|'t) be assumed\b
        can(?:not|'t) assume (?:the )?(?:iam )?role\b
        please (?:log|sign) ?in\b
        (?:log|sign) in again\b
        session (?:has |is )?(?:ended|expired|timed out|invalid|terminated by)\b
        (?:hmac|webhook signature)\b.{0,40}\b(?:mismatch|invalid|not (?:match|verify|valid)|wrong|failed)
        no key for profile\b
        (?:two-factor|2fa|mfa|otp|one-time) (?:code|token|password|authentication)\b
        not entitled\b
        not (?:on|in) (?:the |our |their )?(?:ip )?(?:allow|white)-?list\b
        consent (?:was|has been|is) (?:withdrawn|revoked|missing|required|expired)\b
        policy (?:denies|does not allow|doesn't allow|forbids)\b
        denied by (?:\w{2,20} )?policy\b
        authenticationfailure on\b
      `,
        /\binvalid (?:header|payload) string: /i,
      ),
    ),
  },
  {
    name: 'token-or-key-words',
    class: 'AUTH_FAILURE',
    why: 'a token, key, secret, signature or certificate of ours is expired, wrong, missing or revoked',
    test: butNot(
      text(
        String.raw`
        \b(?:access|auth(?:entication|orization)?|bearer|security|session|refresh|id|api|identity|oauth2?|service account|jwt|sas|web identity|personal access|client|subscription|license|secret)[ _-]?(?:token|keys?|credentials?|secret)s?\b.{0,60}\b(?:expired|invalid|missing|revoked|incorrect|required|not (?:found|valid|provided|recognized|set|authorized|active)|malformed|rejected|does not match|disabled|unauthorized|could not be)
        token (?:has |is |was )?(?:been )?(?:expired|revoked|invalid\b(?! in)|not valid|no longer valid|blacklisted)
        credentials? (?:have |has |are |is |were )?(?:been )?(?:expired|revoked|invalid|not valid|rejected)
        expired (?:access )?(?:token|credentials?|session|api key)
        \b(?:request )?signature (?:we calculated |has |is |did )?(?:does not match|not match|invalid|mismatch|expired|verification failed|validation failed)
        signature verification (?:failed|error)
        session (?:is |has |was )?(?:expired|not valid|invalid|revoked)
        session expired\b
        no(?: valid)? credential(?: source|s? provider)
        could not load the default credentials\b
        default credentials were not found\b
        credentials (?:were|are) (?:not|required|missing)
        you did not provide an api key\b
        api key (?:not|is|was|has)
        client certificate\b.{0,60}\b(?:required|rejected|expired|invalid|refused|not)
        tlsv1[ _0-9a-z]{0,8} alert (?:bad certificate|certificate (?:required|unknown|expired|revoked)|unknown ca|access denied)
        sslv3 alert (?:bad certificate|certificate (?:unknown|expired|revoked))
        remote error: tls: (?:bad|expired|revoked|unknown)(?: certificate)?
        bad_certificate\b
        certificate_required\b
        tls: (?:certificate required|bad certificate|unknown certificate)
        fatal alert: ?(?:bad_certificate|certificate_unknown|certificate_required|certificate_expired|certificate_revoked|access_denied)
        peer did not return a certificate\b
        no required ssl certificate was sent\b
        credit balance is too low\b
        billing (?:hard limit|has not been enabled|is disabled|account)\b
        payment (?:method )?required\b
        licen[cs]e (?:has |is |key )?(?:expired|invalid)
        token is missing the\b
        could not load (?:pem )?client certificate\b
      `,
        /\b(?:invalid|expired|missing|revoked|incorrect|wrong|unknown|malformed|unauthorized|bad|no valid|no) (?:or (?:expired|invalid|missing|revoked|malformed) )?(?:["'`])?(?:\w{2,16} )?(?:access |auth(?:entication|orization)? |bearer |security |session |refresh |api |client |oauth2? |jwt |x-)?[ _-]?(?:api key|api_key|api-key|apikey|token|credentials?|signature|client secret|authorization header|auth header(?!s)|access key|subscription key)(?! ['"`<>{}[\],:;=(]| in json| at (?:position|line)| ?[:=] ?['"`<{])/i,
      ),
      // `Unexpected or invalid token` of a parser; a CSRF token belongs to a form.
      text(String.raw`
        invalid or unexpected token\b
        unexpected token\b
        not well-formed\b
        invalid token (?:at|in|near|'|"|\(|<)
        fernet\b
        magic token\b
        parse error\b
        no api key field\b
      `),
    ),
    confidence: 0.85,
  },
  {
    name: 'not-allowed-words',
    class: 'AUTH_FAILURE',
    why: 'the caller is known and may not',
    test: butNot(
      text(String.raw`
        not authori[sz]ed\b
        unauthori[sz]ed\b(?! operation)
        unauthenticated\b
        access (?:is |was |has been )?(?:denied|forbidden|restricted)\b
        \b(?:insufficient|inadequate|missing|lacks?|lacking) (?:the )?(?:required |necessary )?(?:permissions?|privileges?|scopes?|authentication|access rights?|rights)\b
        permissions?[ _]denied\b(?!.{0,8}['"]?/)
        \b(?:does not|doesn't|do not|don't) have (?:the )?(?:required |necessary |sufficient |enough )?(?:permission|access|privilege|authorization|rights)
        \b(?:requires?|needs?) (?:the )?(?:required )?(?:permission|scope|privilege)s?\b
        command denied to user\b
        forbidden\b
        no permissions? (?:to|for)\b
        access to .{1,80} (?:is |was )?(?:denied|forbidden|not allowed)
        \b(?:ip|ip address|client|host|caller|origin) .{0,40}(?:is )?not (?:allowed|whitelisted|allow-?listed|permitted) to (?:access|connect)
        not on the (?:allow|white)-?list\b
        blocked by .{0,30}polic(?:y|ies)\b
        operation not permitted for (?:user|role|account)\b
        needs a subscription for the service\b
        granted all required scopes\b
      `),
      // Snowflake and others will not say which; an object that the SQL names is looked up first.
      text(String.raw`
        does not exist or (?:is )?not authorized\b
        unauthori[sz]ed (?:value|character|attribute|field)
      `),
    ),
    confidence: 0.85,
  },
];
