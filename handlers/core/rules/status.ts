import { type Rule, status, text } from './rule.ts';

/**
 * HTTP statuses, asked when no words said more: a 400 with `ExpiredToken` is a log-in, a 503 with `SlowDown` a throttle,
 * and a 500 around a validation error is that error.
 */
export const STATUSES: readonly Rule[] = [
  {
    name: 'http-auth',
    class: 'AUTH_FAILURE',
    why: 'who calls is not known, or may not',
    test: status(401, 403, 407, 511),
  },
  {
    name: 'http-throttled',
    class: 'THROTTLED',
    why: 'too many requests, by the standard or by a common habit',
    test: status(429, 420, 509, 529),
  },
  {
    name: 'http-timeout',
    class: 'TIMEOUT',
    why: 'a server or a gateway waited too long',
    test: status(408, 499, 504, 522, 524, 598, 599),
  },
  {
    name: 'http-refused',
    class: 'VALIDATION_ERROR',
    why: 'the upstream understood the request and refuses its content, or what it names does not exist',
    test: status(400, 402, 404, 406, 409, 410, 411, 412, 413, 414, 415, 416, 417, 422, 428, 431, 451),
    confidence: 0.7,
  },
  {
    name: 'http-wrong-call',
    class: 'CODE_BUG',
    why: 'the upstream has no such method: the call is wrong, not the data',
    test: status(405, 501),
    confidence: 0.6,
  },
  {
    name: 'http-upstream',
    class: 'DEPENDENCY_FAILURE',
    why: 'the upstream failed',
    test: status(423, 424, 425, 500, 502, 503, 507, 520, 521, 523, 525, 526, 527, 530),
  },
  {
    name: 'grpc-number',
    class: 'CODE_BUG',
    why: "gRPC's status 12 as its C core writes it: the method does not exist",
    test: text(/\bgrpc_status:12\b/),
  },
  {
    name: 'grpc-refused',
    class: 'VALIDATION_ERROR',
    why: 'a gRPC status about the request itself, as the languages write it',
    test: text(String.raw`
      code ?= ?(?:InvalidArgument|NotFound|AlreadyExists|FailedPrecondition|OutOfRange)\b
      StatusCode(?:\.|=)"?(?:Invalid_?Argument|Not_?Found|Already_?Exists|Failed_?Precondition|Out_?Of_?Range)\b
      grpc_status:(?:3|5|6|9|11)\b
      \b(?:3 INVALID_ARGUMENT|5 NOT_FOUND|6 ALREADY_EXISTS|9 FAILED_PRECONDITION|11 OUT_OF_RANGE)\b
    `),
  },
  {
    name: 'grpc-upstream',
    class: 'DEPENDENCY_FAILURE',
    why: 'a gRPC status with which a service says that it is the one that failed',
    test: text(String.raw`
      code ?= ?(?:Aborted|Internal|Unavailable|DataLoss)\b
      StatusCode(?:\.|=)"?(?:Aborted|Internal|Unavailable|Data_?Loss)\b
      grpc_status:(?:10|13|14|15)\b
      \b(?:10 ABORTED|13 INTERNAL|14 UNAVAILABLE|15 DATA_LOSS)\b
      StatusRuntimeException: (?:ABORTED|INTERNAL|UNAVAILABLE|DATA_LOSS)\b
    `),
  },
];
