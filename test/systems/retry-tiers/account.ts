// What became of each order of one chain. Pure.
import { FOUND_AT_TRY, type Kind, type SampleOrder } from '../../../examples/retry-tiers/producer/orders.ts';
import type { ArchivedLetter } from '../../demo/truth.ts';

/** What the consumers wrote of an order: how often it was booked, and each try with its time. */
export interface Noted {
  readonly orderId: string;
  readonly processed: number;
  readonly tries: readonly { readonly try: number; readonly at: number }[];
}

export interface OrderAccount {
  readonly orderId: string;
  readonly kind: Kind;
  readonly booked: number;
  /** Numbers of its tries, in order, as the consumer knew them. */
  readonly tries: readonly number[];
  /** Milliseconds since 1970 of each. */
  readonly times: readonly number[];
  /** Its letters, as the ledger and the archive have them. */
  readonly died: readonly { readonly failureClass: string; readonly status: string }[];
}

export type ChainAccount = readonly OrderAccount[];

/** Seven tries: those of source, first tier and second tier in the example's main.tf. */
const TRIES = [1, 2, 3, 4, 5, 6, 7];

export function accountOf(
  orders: readonly SampleOrder[],
  noted: readonly Noted[],
  letters: readonly ArchivedLetter[],
): ChainAccount {
  const byId = new Map(noted.map((one) => [one.orderId.slice(one.orderId.indexOf('#') + 1), one]));
  return orders.map(({ orderId, kind, body }) => {
    const { processed = 0, tries = [] } = byId.get(orderId) ?? {};
    const died = letters.filter((letter) => letter.body === body).map(({ row }) => row);
    return {
      orderId,
      kind,
      booked: processed,
      tries: tries.map((one) => one.try),
      times: tries.map(({ at }) => at),
      died,
    };
  });
}

export const inDlq = (chain: ChainAccount, kind: Kind): number =>
  chain.filter((order) => order.kind === kind && order.died.length > 0).length;

export function faultsOf(withPartial: ChainAccount, wholeBatch: ChainAccount): string[] {
  return [
    ...withPartial.flatMap((order) =>
      faultsWithPartial(order).map((fault) => `orders: ${order.orderId} (${order.kind}) ${fault}`),
    ),
    ...wholeBatch
      .filter(({ booked, died }) => booked === 0 && died.length === 0)
      .map(({ orderId }) => `whole-batch: ${orderId} is lost`),
    ...(inDlq(wholeBatch, 'good') > 0
      ? []
      : ['whole-batch: no good order ended in the DLQ, so that the comparison shows nothing']),
  ];
}

/** With partial responses everything is exact, whatever batches the orders came in. */
function faultsWithPartial({ kind, booked, tries, died }: OrderAccount): string[] {
  const expected = kind === 'bad' ? TRIES : TRIES.slice(0, kind === 'flaky' ? FOUND_AT_TRY : 1);
  const fate = died.map(({ failureClass, status }) => `${status} as ${failureClass}`).join(', ') || 'alive';
  return [
    ...(booked === (kind === 'bad' ? 0 : 1) ? [] : [`was booked ${booked} times`]),
    ...(fate === (kind === 'bad' ? 'archived as VALIDATION_ERROR' : 'alive') ? [] : [`is ${fate}`]),
    ...(JSON.stringify(tries) === JSON.stringify(expected) ? [] : [`had the tries ${tries.join(', ')}`]),
  ];
}
