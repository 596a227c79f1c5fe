import { butNot, either, names, type Rule, sqlState, text, types } from './rule.ts';

/** A person renews or grants something. Asked before the network: a refused log-in often calls itself a connection error. */
export const AUTH: readonly Rule[] = [
  {
    name: 'aws-credentials',
    class: 'AUTH_FAILURE',
    why: "AWS's codes for keys, tokens, signatures and grants, which also come as 400",
    test: names(
      'AccessDenied AccessDeniedException AccessDeniedError UnauthorizedOperation UnauthorizedException',
      'UnauthorizedAccess ExpiredToken ExpiredTokenException TokenRefreshRequired RequestExpired InvalidToken',
      'InvalidClientTokenId UnrecognizedClient UnrecognizedClientException InvalidSignature',
      'InvalidSignatureException SignatureDoesNotMatch IncompleteSignature IncompleteSignatureException',
      'MissingAuthenticationToken MissingAuthenticationTokenException InvalidAccessKeyId',
      'InvalidAccessKeyException AuthFailure NotAuthorizedException NotAuthorized OptInRequired',
      'RequestTimeTooSkewed CredentialsProviderError NoCredentialsError PartialCredentialsError',
      'NoCredentialProviders KMSAccessDeniedException KMS_AccessDeniedException EC2AccessDeniedException',
      'S3AccessDenied CredentialRetrievalError TokenProviderError',
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
        'JWSInvalid JWSSignatureVerificationFailed JWTClaimValidationFailed ExpiredSignatureError',
        'InvalidTokenError InvalidSignatureError InvalidAudienceError InvalidIssuerError ImmatureSignatureError',
        'ExpiredJwtException SignatureException MalformedJwtException SecurityTokenExpiredException',
        'SecurityTokenException ExpiredSignature ERR_JWT_EXPIRED ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
        'RefreshError MsalUiRequiredException',
      ),
      text(
        /\bjwt (?:is )?(?:expired|malformed|not active|signature|must be provided|audience|issuer|invalid)|\bAADSTS\d{4,7}\b|\btoken is expired by\b|\bauth\/(?:id-token-expired|invalid-credential|argument-error)/i,
      ),
    ),
  },
  {
    name: 'authentication-type',
    class: 'AUTH_FAILURE',
    why: 'an exception named after authentication or authorisation',
    test: either(
      names(
        'MongoSecurityException AuthenticationError AuthenticationException AuthenticationFailedError',
        'AuthenticationFailedException AuthenticationFailed AuthorizationError AuthorizationException',
        'AuthorizationFailedException UnauthorizedError UnauthorizedAccessException ForbiddenError',
        'ForbiddenException PermissionDeniedError PermissionDeniedException SaslAuthenticationException',
        'KafkaJSSASLAuthenticationError TopicAuthorizationException GroupAuthorizationException',
        'ClusterAuthorizationException InvalidCredentialsException BadCredentialsException LoginFailedException',
        'SMTPAuthenticationError PossibleAuthenticationFailureError ProbableAuthenticationError',
        'StripeAuthenticationError StripePermissionError InvalidCredentialsError WRONGPASS NOAUTH NOPERM EAUTH',
        'ER_ACCESS_DENIED_ERROR ER_DBACCESS_DENIED_ERROR ELOGIN UNAUTHENTICATED PERMISSION_DENIED',
        'AuthenticationRequiredException HttpUnauthorizedException',
      ),
      types('Unauthorized Forbidden Unauthenticated PermissionDenied AuthError AuthException'),
    ),
  },
  {
    name: 'log-in-refused',
    class: 'AUTH_FAILURE',
    why: 'a database, broker, directory or mail server refused the log-in',
    test: either(
      sqlState('28', '42501'),
      text(
        /\bpassword authentication failed\b|\bauthentication failed\b|\bauthentication (?:was )?(?:unsuccessful|rejected|error)\b|\blogin (?:failed|incorrect|denied)\b|\blogon denied\b/i,
        /\baccess denied for user\b|\bno pg_hba\.conf entry\b|\brole ".{1,80}" (?:does not exist|is not permitted to log in)|\bpermission denied for (?:table|relation|schema|database|sequence|function|view)\b/i,
        /\bORA-0(?:1017|1031|1045|28000|1005)\b|\bORA-28\d{3}\b|\binvalid username[/ ]|\bACCESS_REFUSED\b|\binvalid username or password|\busername and password not accepted\b|\b(?:the )?account (?:is )?(?:locked|disabled|suspended)\b/i,
        /\binvalid credentials\b|\bldap.{0,60}(?:code 49|\b49\b).{0,20}invalid|\b535[ -]5\.7\.\d\b|\b530[ -]5\.7\.\d\b|\bClient sent AUTH\b|\bauthentication required\b/i,
      ),
    ),
  },
  {
    name: 'token-or-key-words',
    class: 'AUTH_FAILURE',
    why: 'a token, key, secret, signature or certificate of ours is expired, wrong, missing or revoked',
    test: butNot(
      text(
        /\b(?:access|auth(?:entication|orization)?|bearer|security|session|refresh|id|api|identity|oauth2?|service account|jwt|sas|web identity)[ _-]?(?:token|key|credentials?|secret)s?\b.{0,60}\b(?:expired|invalid|missing|revoked|incorrect|required|not (?:found|valid|provided|recognized|set)|malformed|rejected|does not match|disabled)/i,
        /\b(?:invalid|expired|missing|revoked|incorrect|no|wrong|bad|unknown|malformed|unauthorized) (?:or (?:expired|invalid|missing|revoked) )?(?:["'`])?(?:access |auth(?:entication|orization)? |bearer |security |session |refresh |api |client |oauth2? |jwt |x-)?[ _-]?(?:api[ _-]?key|token|credentials?|signature|secret|authorization header|auth header)(?! ['"`<>{}[\],:;=(]| in json| at (?:position|line))/i,
        /\btoken (?:has |is |was )?(?:been )?(?:expired|revoked|invalid\b)|\bcredentials? (?:have |has |are |is )?(?:been )?(?:expired|revoked|invalid)/i,
        /\b(?:request )?signature (?:we calculated |has |is )?(?:does not match|invalid|mismatch|expired|verification failed)|\bsignature verification (?:failed|error)/i,
        /\bcould not load credentials\b|\bunable to locate credentials\b|\bno(?: valid)? credential(?: source|s? provider)/i,
        /\bclient certificate\b.{0,60}\b(?:required|rejected|expired|invalid|refused)|\btlsv1[ _0-9a-z]{0,8} alert (?:bad certificate|certificate (?:required|unknown|expired|revoked)|unknown ca|access denied)|\bsslv3 alert (?:bad certificate|certificate (?:unknown|expired|revoked))|\bremote error: tls: (?:bad|expired|revoked|unknown) certificate|\bbad_certificate\b|\bcertificate_required\b/i,
      ),
      // `Unexpected or invalid token` of a parser.
      text(/\binvalid or unexpected token\b|\bunexpected token\b|\bnot well-formed\b/i),
    ),
    confidence: 0.85,
  },
  {
    name: 'not-allowed-words',
    class: 'AUTH_FAILURE',
    why: 'the caller is known and may not',
    test: text(
      /\bis not authorized to (?:perform|assume|access)|\bnot authorized\b|\bunauthori[sz]ed\b(?! operation)|\baccess (?:is |was )?(?:denied|forbidden)\b|\binsufficient (?:permissions?|privileges?|scopes?|authentication)/i,
      /\bpermission[ _]denied\b(?!.{0,8}['"]?\/)|\b(?:does not|doesn't|do not) have (?:the )?(?:required |necessary |sufficient )?(?:permission|access|privilege|authorization)|\b(?:missing|requires?|lacks?) (?:the )?(?:required )?(?:permission|scope|privilege)s?\b|\bcommand denied to user\b|\bforbidden\b/i,
    ),
    confidence: 0.85,
  },
];
