// What is done for an order at a degradation level. Pure.
import type { Level, Message } from '../../../kit/index.ts';
import { spread } from './failures.ts';
import type { Order } from './order.ts';

export type Plan =
  | { readonly kind: 'work'; readonly recommend: boolean }
  | { readonly kind: 'put-off'; readonly delaySeconds: number };

/** From here on the optional call is left out. */
const WITHOUT_EXTRAS = 1;
/** From here on only what is urgent is done. */
const ONLY_URGENT = 3;
/** Minutes in earnest: each time costs a receive. */
const PUT_OFF_SECONDS = 4;
/** So many receives are kept for the work itself. Putting off never kills an order: then it is done after all. */
const KEPT_RECEIVES = 5;

/** @param random uniform in [0, 1) */
export function planFor(
  level: Level,
  { urgent = false }: Pick<Order, 'urgent'>,
  { receiveCount, maxReceiveCount = Number.POSITIVE_INFINITY }: Pick<Message, 'receiveCount' | 'maxReceiveCount'>,
  random: number,
): Plan {
  const canWait = !urgent && receiveCount <= maxReceiveCount - KEPT_RECEIVES;
  if (level >= ONLY_URGENT && canWait) return { kind: 'put-off', delaySeconds: spread(PUT_OFF_SECONDS, random) };
  return { kind: 'work', recommend: level < WITHOUT_EXTRAS };
}
