import { seededRandom, shuffled } from '../../shared/random.ts';

export type Kind = 'good' | 'bad' | 'flaky';

export interface SampleOrder {
  readonly orderId: string;
  readonly kind: Kind;
  readonly body: string;
}

/** The try at which the stock system finds a flaky order: the first in the first tier. */
export const FOUND_AT_TRY = 4;
const STORES = 12;

/**
 * `count` orders of a dozen stores, the same for the same seed: a share `bad` lacks its `store_id`, one in ten is flaky.
 *
 * @throws Error when there would be none of a kind
 */
export function makeOrders({ seed, count, bad }: { seed: number; count: number; bad: number }): SampleOrder[] {
  const broken = Math.round(count * bad);
  const flaky = Math.round(count / 10);
  if (!(broken >= 1 && flaky >= 1 && broken + flaky < count))
    throw new Error(`count and bad must leave at least one order of each kind; got count ${count}, bad ${bad}`);
  const random = seededRandom(seed);
  const kinds: Kind[] = Array.from({ length: count }, (_, at) =>
    at < broken ? 'bad' : at < broken + flaky ? 'flaky' : 'good',
  );
  return shuffled(kinds, random).map((kind, index) => {
    const orderId = `order-${seed}-${String(index + 1).padStart(4, '0')}`;
    const storeId = kind === 'bad' ? undefined : `store-${1 + Math.floor(random() * STORES)}`;
    const foundAtTry = kind === 'flaky' ? FOUND_AT_TRY : undefined;
    return { orderId, kind, body: JSON.stringify({ orderId, storeId, foundAtTry }) };
  });
}
