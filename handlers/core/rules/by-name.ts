import { named, type Rule } from './rule.ts';

/**
 * Errors that no table knows, by the words of their names; asked when neither words nor statuses said more. In this
 * order, for names hold several words: a `PoolTimeoutError` waited for a pool, an `InvalidTokenException` is no validation.
 */
export const BY_NAME: readonly Rule[] = [
  {
    name: 'named-throttled',
    class: 'THROTTLED',
    why: 'the error is named after a rate, a quota or throttling',
    test: named(
      /\bthrottl|\brate (?:limit|exceeded)|\bratelimit|\bquota\b|\btoo many requests|\bslow ?down\b|\bbackpressure/,
    ),
  },
  {
    name: 'named-resources',
    class: 'RESOURCE_EXHAUSTED',
    why: 'the error is named after a pool, memory or another store of our own that ran out',
    test: named(
      /\bpool (?:\w{1,20} ){0,2}(?:timeout|timed out|exhausted|full|empty)|\bout of memory|\boom\b|\binsufficient memory|\btoo many (?:connections|files|threads)|\b(?:disk|heap) (?:full|exhausted|space)|\bno space\b/,
    ),
  },
  {
    name: 'named-auth',
    class: 'AUTH_FAILURE',
    why: 'the error is named after a log-in, a grant, a token or a permission',
    test: named(
      /\bauth\b|\bauthenticat|\bauthori[sz]ation|\bnot authori[sz]ed|\bun ?authori[sz]ed|\bunauthenticated|\bcredentials?\b|\bforbidden|\bpermissions?\b|\baccess denied|\bdenied\b|\bjwt\b|\boauth|\blog ?[io]n\b|\bsasl\b|\btoken (?:expired|invalid|revoked|refresh|missing)|\b(?:expired|invalid|revoked|missing|bad) (?:\w{1,20} )?token|\bsignature\b|\bpassword|\bapi key\b/,
    ),
  },
  {
    name: 'named-bad-payload',
    class: 'BAD_PAYLOAD',
    why: 'the error is named after reading or decrypting data',
    test: named(
      /\bpars(?:e|er|ing)\b|\bde(?:cod(?:e|er|ing)|crypt\w{0,4}|serializ\w{1,6}|compress\w{0,4})\b|\bunmarshal|\bmalformed|\bcorrupt|\bbad (?:payload|message|json|body)|\binvalid (?:json|xml|payload|encoding|protobuf|gzip)|\btruncated|\bcharset|\bciphertext/,
    ),
  },
  {
    name: 'named-timeout',
    class: 'TIMEOUT',
    why: 'the error is named after a deadline',
    test: named(/\btime ?out|\btimed out|\bdeadline\b|^task canceled/),
  },
  {
    name: 'named-validation',
    class: 'VALIDATION_ERROR',
    why: 'the error is named after a broken rule of the data, or a thing that does not exist',
    test: named(
      /\bvalidat|\binvalid\b(?! operation| state| cast| program| configuration| pdf| image| json| xml)|\balready bound|\bconstraint|\bfailed recipient|\b(?:recipients|sender) refused|\bduplicate|(?<!file |module |class |method |type |library |handler )\bnot found|\bemail|\baddress\b|\b(?:already|not) exists?\b|\bconflict|\bunprocessable|\btoo (?:large|long|big|small|short)|\bunsupported\b(?! operation| protocol| encoding)|\bmismatch|\bout of range|\bviolation|\bbad request|\bschema\b|\bbusiness rule|\bprecondition|\bmissing (?:field|property|parameter|value)|\bintegrity/,
    ),
  },
  {
    name: 'named-dependency',
    class: 'DEPENDENCY_FAILURE',
    why: 'the error is named after a connection, a server or a service',
    test: named(
      /\bconnect(?:ion|or)?\b|\bnetwork|\bsocket|\bunavailable|\bunreachable|\bhost\b|\bdns\b|\bgateway|\bupstream|\bdisconnect|\brefused|\bbroker|\btransport|\bdown\b|\bservice (?:error|exception|failure)|(?<!mongo )\bserver (?:error|exception)|\bcircuit|\btls\b|\bssl\b|\bcertificate|\bretr[yi]able|\bresource access/,
    ),
  },
  {
    name: 'named-code-bug',
    class: 'CODE_BUG',
    why: 'the error is named after a defect of code or of its configuration',
    test: named(
      /\bnull (?:pointer|reference)|\bnil\b|\bundefined|\bcast\b|\battribute error|\bname error|\bsyntax|\bimport|\bmodule|\bconfig|\bnot implemented|\bunimplemented|\bassert|\billegal state|\bnot registered|\bunregistered|\bnot supported|\bunsupported operation|\btemplate|\bdeployment|\bmigration|\binvalid (?:operation|state)|\breference error|\bprogramming|\bstack overflow|\brecursion|\bindex|\bkey error|\bno such method/,
    ),
  },
];
