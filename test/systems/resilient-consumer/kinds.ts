// What is sent to the resilient consumer and to the worker, and what must become of it. Pure.
import type { Order } from '../../../examples/resilient-consumer/consumer/order.ts';
import type { FailureClass } from '../../../handlers/core/classes.ts';

export type Consumer = 'kit' | 'worker';

/** Where a message must end: booked once, or in the archive with such a row. */
export type Expected =
  | { readonly booked: true; readonly recommendations?: string }
  | {
      readonly booked: false;
      readonly statuses: readonly string[];
      readonly failureClass: FailureClass;
      /** Which adapter read it: `kit`, plain `attributes`, or SQS's own move without any. */
      readonly source: string;
      /** What the evidence must hold; absent values are not looked at. */
      readonly evidence?: { readonly errorType?: string; readonly httpStatus?: number; readonly receiveCount?: number };
    };

export interface Kind {
  /** For people: what goes wrong. */
  readonly what: string;
  readonly kit?: Expected;
  readonly worker?: Expected;
}

const BOOKED: Expected = { booked: true };
const WAITS = ['parked', 'waiting'];

const died = (
  statuses: readonly string[],
  failureClass: FailureClass,
  source: string,
  evidence: NonNullable<(Expected & { booked: false })['evidence']> = {},
): Expected => ({ booked: false, statuses, failureClass, source, evidence });

const byKit = (statuses: readonly string[], failureClass: FailureClass, errorType: string, receiveCount: number) =>
  died(statuses, failureClass, 'kit', { errorType, receiveCount });
const byWorker = (statuses: readonly string[], failureClass: FailureClass, errorType: string, httpStatus?: number) =>
  died(statuses, failureClass, 'attributes', { errorType, ...(httpStatus === undefined ? {} : { httpStatus }) });

/**
 * What the consumer finds wrong by itself dies at its first receive, a bug at its third. What payments says may come later:
 * a cold start that takes longer than the time-out costs a receive.
 */
export const KINDS = {
  healthy: { what: 'nothing', kit: BOOKED, worker: BOOKED },
  urgent: { what: 'nothing, and it may not wait', kit: BOOKED },
  invalid: {
    what: 'the order has no card',
    kit: byKit(['archived'], 'VALIDATION_ERROR', 'ValidationError', 1),
    worker: byWorker(['archived'], 'VALIDATION_ERROR', 'ValidationError'),
  },
  'not-json': {
    what: 'the body is not JSON',
    kit: byKit(['archived'], 'BAD_PAYLOAD', 'BadPayloadError', 1),
    worker: byWorker(['archived'], 'BAD_PAYLOAD', 'JSONDecodeError'),
  },
  refused: {
    what: 'payments refuses the card: 422',
    kit: died(['archived'], 'VALIDATION_ERROR', 'kit', { errorType: 'ServiceError', httpStatus: 422 }),
    worker: byWorker(['archived'], 'VALIDATION_ERROR', 'ServiceError', 422),
  },
  unauthorised: {
    what: 'payments answers 401: the token expired',
    kit: died(WAITS, 'AUTH_FAILURE', 'kit', { errorType: 'ServiceError', httpStatus: 401 }),
    worker: byWorker(WAITS, 'AUTH_FAILURE', 'ServiceError', 401),
  },
  bug: {
    what: 'the consumer’s own bug: an order without a customer',
    kit: byKit(WAITS, 'CODE_BUG', 'TypeError', 3),
    worker: byWorker(WAITS, 'CODE_BUG', 'KeyError'),
  },
  throttled: { what: 'payments answers 429 with a time to come back, for some seconds', kit: BOOKED },
  slow: { what: 'payments does not answer in time, for some seconds', kit: BOOKED },
  down: { what: 'payments answers 503, for longer than the worker is patient', worker: BOOKED },
  unrecommended: {
    what: 'recommendations answers 503',
    kit: { booked: true, recommendations: 'failed' },
    worker: { booked: true, recommendations: 'failed' },
  },
  poison: {
    what: 'one invalid order, sent five times',
    kit: byKit(['archived', 'quarantined'], 'VALIDATION_ERROR', 'ValidationError', 1),
  },
  laden: {
    what: 'an invalid order with binary and other attributes, a message group and a trace',
    worker: byWorker(['archived'], 'VALIDATION_ERROR', 'ValidationError'),
  },
  nine: {
    what: 'an invalid order with room for one attribute more',
    worker: byWorker(['archived'], 'VALIDATION_ERROR', 'ValidationError'),
  },
  ten: {
    what: 'an invalid order with no room for evidence: SQS moves it',
    worker: died(WAITS, 'UNKNOWN', 'sqs-redrive'),
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

/** `worker` or `kit`: who works on the queue meanwhile. */
export const expectedOf = (kind: KindName, by: Consumer): Expected | undefined => (KINDS[kind] as Kind)[by];

/** How often the poison order is sent: two die before the threshold of three. */
export const POISON_COPIES = { archived: 2, quarantined: 3 } as const;

/** The body of an order of this kind. @param until when its cause is gone, ISO 8601 */
export function bodyOf(kind: KindName, orderId: string, until?: string): string {
  const order: Order = {
    order_id: orderId,
    amount_cents: 1_999,
    card: 'card-1',
    customer: { name: 'A. Customer', street: 'Rua Augusta 1' },
  };
  const { card: _, ...cardless } = order;
  const { customer: __, ...anonymous } = order;
  const failing = (service: string, answer: number | 'slow') =>
    JSON.stringify({ ...order, simulate: { service, answer, ...(until === undefined ? {} : { until }) } });
  switch (kind) {
    case 'healthy':
      return JSON.stringify(order);
    case 'urgent':
      return JSON.stringify({ ...order, urgent: true });
    case 'not-json':
      return `order=${orderId};card=card-1`;
    case 'bug':
      return JSON.stringify(anonymous);
    case 'refused':
      return failing('payments', 422);
    case 'unauthorised':
      return failing('payments', 401);
    case 'throttled':
      return failing('payments', 429);
    case 'slow':
      return failing('payments', 'slow');
    case 'down':
      return failing('payments', 503);
    case 'unrecommended':
      return failing('recommendations', 503);
    default:
      return JSON.stringify(cardless);
  }
}
