import { setTimeout as sleep } from 'node:timers/promises';
import type { Sent } from './account.ts';
import type { Stack } from './stack.ts';
import { LEVEL_KNOWN_MS, sendAll, untilBooked } from './steps.ts';

export interface Levels {
  /** Calls to recommendations at level 2. */
  readonly callsAtModerate: number;
  /** Of the orders that can wait, how many were booked at level 3. */
  readonly bookedAtSevere: number;
  readonly orders: {
    readonly moderate: readonly string[];
    readonly urgent: readonly string[];
    readonly waited: readonly string[];
  };
}

/** A person pins 2, then 3, then 0, by the command. */
export async function pinnedLevels(stack: Stack): Promise<Levels> {
  const pin = async (level: string) => {
    await stack.dlq('level', level, '--queue', 'orders', '--yes');
    await sleep(LEVEL_KNOWN_MS);
  };
  const ids = (orders: readonly Sent[]) => orders.map(({ orderId }) => orderId);
  await pin('2');
  const before = stack.calls(stack.names.function_names.consumer, 'recommendations');
  const moderate = await sendAll(stack, { healthy: 5 }, { by: 'kit' });
  await untilBooked(stack, moderate);
  const callsAtModerate = stack.calls(stack.names.function_names.consumer, 'recommendations') - before;

  await pin('3');
  const waited = await sendAll(stack, { healthy: 4 }, { by: 'kit' });
  const urgent = await sendAll(stack, { urgent: 2 }, { by: 'kit' });
  await untilBooked(stack, urgent);
  await sleep(6_000); // they have come back, and were put off again
  const booked = new Set((await stack.bookings()).map(({ orderId }) => orderId));
  const bookedAtSevere = waited.filter(({ orderId }) => booked.has(orderId)).length;
  await pin('0');
  await untilBooked(stack, waited);
  return {
    callsAtModerate,
    bookedAtSevere,
    orders: { moderate: ids(moderate), urgent: ids(urgent), waited: ids(waited) },
  };
}
