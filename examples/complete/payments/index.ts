// A payment service that fails on demand: the order says how, and until when.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentAnswer, PaymentRequest } from '../consumer/payment.ts';

/** Longer than the consumer waits for anything. */
const SLOW_MS = 12_000;

type Failure = (idempotencyKey: string) => PaymentAnswer | Promise<PaymentAnswer>;

/** Worded like the answers of real services. */
const FAILURES: Readonly<Record<string, Failure>> = {
  'expired-token': () => ({
    status: 401,
    body: { error: 'invalid_token', message: '401 Unauthorized: The access token expired' },
  }),
  'service-down': () => ({
    status: 503,
    body: { error: 'unavailable', message: '503 Service Unavailable: no healthy upstream' },
  }),
  throttled: () => ({
    status: 429,
    body: { error: 'rate_limit_exceeded', message: '429 Too Many Requests: Rate limit exceeded, retry later' },
  }),
  slow: async (idempotencyKey) => {
    await sleep(SLOW_MS);
    return receipt(idempotencyKey);
  },
  unknown: () => ({ status: 200, body: { error: { code: 'P-0' } } }),
};

/** Somebody has renewed the token: what failed for it succeeds from now on. */
const isTokenRenewed = () => process.env.TOKEN === 'renewed';

export async function handler({ order, idempotencyKey }: PaymentRequest): Promise<PaymentAnswer> {
  const { fail, until } = order.simulate ?? {};
  const inTime = until !== undefined && Date.now() >= Date.parse(until);
  const over = inTime || (fail === 'expired-token' && isTokenRenewed());
  const failure = fail === undefined || over ? undefined : FAILURES[fail];
  return failure === undefined ? receipt(idempotencyKey) : failure(idempotencyKey);
}

/** The same key gets the same receipt: asked twice, paid once. */
function receipt(idempotencyKey: string): PaymentAnswer {
  const id = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 16);
  return { status: 200, body: { receipt: `receipt-${id}` } };
}
