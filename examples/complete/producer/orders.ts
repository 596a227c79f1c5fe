import type { FailureClass } from '../../../handlers/core/classes.ts';
import { seededRandom, shuffled } from '../../shared/random.ts';
import { type Fate, KINDS, type Kind, type KindName, POISON_COPIES } from './kinds.ts';

/** One thing to send. Entries of the poison order are equal to the byte: only their index tells them apart. */
export interface SampleOrder {
  readonly orderId: string;
  readonly body: string;
  readonly route: 'api' | 'queue';
  readonly kind: KindName;
  readonly expectedClass: FailureClass | null;
  readonly expectedFates: readonly Fate[];
}

/** Below this there is no room for one order of each kind and the copies of the poison order. */
export const MIN_ORDERS = 40;

/**
 * `count` orders, the same for the same seed; about seven in ten are healthy. Those of an outage come first (`kinds.ts` says
 * why), the others in any order.
 *
 * @param options.now when sending begins, epoch milliseconds: outages end so many seconds later
 * @throws Error when there are too few for one of each kind
 */
export function makeOrders(options: {
  readonly seed: number;
  readonly count: number;
  readonly now: number;
}): SampleOrder[] {
  const { seed, count, now } = options;
  if (!Number.isInteger(count) || count < MIN_ORDERS) {
    throw new Error(`the number of orders must be a whole number of at least ${MIN_ORDERS}; got ${count}`);
  }
  const random = seededRandom(seed);
  const kinds = kindsOf(count);
  const first = kinds.filter((kind) => isShortOutage(kind));
  const others = kinds.filter((kind) => !isShortOutage(kind));
  const sequence = [...shuffled(first, random), ...shuffled(others, random)];
  const poison = orderOf('poison', `order-${seed}-poison`, random, now);
  return sequence.map((kind, index) =>
    kind === 'poison' ? poison : orderOf(kind, `order-${seed}-${String(index + 1).padStart(5, '0')}`, random, now),
  );
}

function kindsOf(count: number): KindName[] {
  const failing = (Object.entries(KINDS) as [KindName, Kind][]).flatMap(([name, { share }]) =>
    Array<KindName>(share === 0 ? 0 : Math.max(1, Math.round(share * count))).fill(name),
  );
  const poison = Array<KindName>(POISON_COPIES).fill('poison');
  const healthy = Array<KindName>(count - failing.length - poison.length).fill('healthy');
  return [...failing, ...poison, ...healthy];
}

const isShortOutage = (kind: KindName) => kind === 'service-down' || kind === 'throttled';

function orderOf(kind: KindName, orderId: string, random: () => number, now: number): SampleOrder {
  const { route, expectedClass, expectedFates } = KINDS[kind];
  return { orderId, body: bodyOf(kind, orderId, random, now), route, kind, expectedClass, expectedFates };
}

function bodyOf(kind: KindName, orderId: string, random: () => number, now: number): string {
  const pick = (below: number) => Math.floor(random() * below);
  const order = {
    order_id: orderId,
    store_id: `store-${1 + pick(20)}`,
    amount_cents: 100 + pick(20_000),
    currency: 'EUR',
  };
  const email = `customer-${1 + pick(500)}@example.com`;
  const address = { city: 'Lisbon', zip: String(10_000 + pick(90_000)) };
  const good = { ...order, ...(random() < 0.5 ? { customer: { email, address } } : {}) };
  switch (kind) {
    case 'healthy':
      return JSON.stringify(good);
    case 'own-bug':
      return JSON.stringify({ ...order, customer: { email } });
    case 'missing-field':
      return JSON.stringify({ ...good, store_id: undefined });
    case 'not-json':
      // The order id stays readable, so that the letter can be told.
      return `orderId=${orderId};store=${order.store_id};amount=${order.amount_cents}`;
    case 'poison':
      return JSON.stringify({ ...good, amount_cents: -order.amount_cents });
    default:
      return JSON.stringify({ ...good, simulate: { fail: kind, ...untilOf(KINDS[kind], now) } });
  }
}

function untilOf({ overAfterSeconds }: Kind, now: number): { until?: string } {
  return overAfterSeconds === undefined ? {} : { until: new Date(now + overAfterSeconds * 1000).toISOString() };
}
