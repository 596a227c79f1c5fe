import type { BuiltInClass } from '../../../handlers/core/classes.ts';

export type Fate = 'processed' | 'parked' | 'archived' | 'quarantined';

/** One way in which an order of the example goes right or wrong. */
export interface Kind {
  /** For people: what happens to the order. */
  readonly what: string;
  /** `api`: through the HTTP API, which refuses what breaks the schema. `queue`: straight to the queue, by another producer. */
  readonly route: 'api' | 'queue';
  readonly expectedClass: BuiltInClass | null;
  /** Where such an order may end. */
  readonly expectedFates: readonly Fate[];
  /** Part of all orders; what is left over is healthy. */
  readonly share: number;
  /** Seconds after the start at which the cause is gone. */
  readonly overAfterSeconds?: number;
}

/**
 * When causes go away. The stack: two receives in the source queue, a tier of 5 s with two receives, at most three heals
 * after 1 to 20 s each; back-off between receives 1 to 3 s; the consumer gives a message up 5.4 s into its 6 s.
 *
 * An order that fails at once lives, at the least: receive, 1 s, receive, 5 s to the tier, receive, 1 s, receive: 7 s.
 * With three heals of at least 1 s that is four lives: its last receive is 31 s after its first, or later. (27 s, if
 * the tier counted the receives of the source queue and gave up one receive sooner, 6 s after the first.) Its first
 * death comes after 7 s and what polling, cold starts and a busy consumer add. A cause that is over after 26 s lies
 * between: every such order is healed in time, and one received within the first seconds has died before. That is why
 * the producer sends these orders first: an outage at opening time.
 *
 * An order that hangs takes 5.4 s for each receive, so a life of at least 4 × 5.4 + 7 = 28.6 s, and its last receive
 * begins 112 s after its first, or later: 60 s leaves room on both sides wherever it stands in the sending order.
 */
const FAST_FAILURE_OVER_AFTER_SECONDS = 26;
const SLOW_OVER_AFTER_SECONDS = 60;

export const KINDS = {
  healthy: {
    what: 'a good order',
    route: 'api',
    expectedClass: null,
    expectedFates: ['processed'],
    share: 0,
  },
  'service-down': {
    what: 'the payment service answers 503 for a while',
    route: 'api',
    expectedClass: 'DEPENDENCY_FAILURE',
    expectedFates: ['processed'],
    share: 0.05,
    overAfterSeconds: FAST_FAILURE_OVER_AFTER_SECONDS,
  },
  throttled: {
    what: 'the payment service answers 429 for a while',
    route: 'api',
    expectedClass: 'THROTTLED',
    expectedFates: ['processed'],
    share: 0.05,
    overAfterSeconds: FAST_FAILURE_OVER_AFTER_SECONDS,
  },
  slow: {
    what: 'the payment service does not answer within the consumer’s timeout for a while',
    route: 'api',
    expectedClass: 'TIMEOUT',
    expectedFates: ['processed'],
    share: 0.02,
    overAfterSeconds: SLOW_OVER_AFTER_SECONDS,
  },
  'expired-token': {
    what: 'the payment service answers 401: the token expired',
    route: 'api',
    expectedClass: 'AUTH_FAILURE',
    expectedFates: ['parked'],
    share: 0.04,
  },
  'own-bug': {
    what: 'the consumer’s own TypeError: a customer without an address',
    route: 'api',
    expectedClass: 'CODE_BUG',
    expectedFates: ['parked'],
    share: 0.04,
  },
  unknown: {
    what: 'an error without usable text',
    route: 'api',
    expectedClass: 'UNKNOWN',
    expectedFates: ['parked'],
    share: 0.02,
  },
  'missing-field': {
    what: 'the required field store_id is missing',
    route: 'queue',
    expectedClass: 'VALIDATION_ERROR',
    expectedFates: ['archived'],
    share: 0.04,
  },
  'not-json': {
    what: 'the body is not JSON',
    route: 'queue',
    expectedClass: 'BAD_PAYLOAD',
    expectedFates: ['archived'],
    share: 0.03,
  },
  poison: {
    what: 'one order with a negative amount that a producer sends eight times',
    route: 'queue',
    expectedClass: 'VALIDATION_ERROR',
    expectedFates: ['archived', 'quarantined'],
    share: 0,
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

/** How often the poison order is sent: more often than the default threshold of 5. */
export const POISON_COPIES = 8;
