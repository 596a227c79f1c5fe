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

/** Those of source, first tier and second tier in the example's main.tf. */
const MAX_TRIES = 3 + 2 + 2;

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

/**
 * With partial responses it does not matter what batches the orders came in. A number is missing where a function was too
 * slow to begin: the receive counts, and no try was made.
 */
function faultsWithPartial({ kind, booked, tries, died }: OrderAccount): string[] {
  const fate = died.map(({ failureClass, status }) => `${status} as ${failureClass}`).join(', ') || 'alive';
  const last = tries.at(-1) ?? 0;
  const rise = tries.every((one, at) => one > (tries[at - 1] ?? 0));
  const enough = { good: tries.length === 1, flaky: last >= FOUND_AT_TRY, bad: last === MAX_TRIES }[kind];
  return [
    ...(booked === (kind === 'bad' ? 0 : 1) ? [] : [`was booked ${booked} times`]),
    ...(fate === (kind === 'bad' ? 'archived as VALIDATION_ERROR' : 'alive') ? [] : [`is ${fate}`]),
    ...(rise && enough ? [] : [`had the tries ${tries.join(', ')}`]),
  ];
}
