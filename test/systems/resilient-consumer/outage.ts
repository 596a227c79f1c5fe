// Payments is down for a while, with the breaker and without.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Applied } from '../system.ts';
import type { Stack } from './stack.ts';
import { countingLines, sendAll, untilBooked } from './steps.ts';

const OUTAGE_ORDERS = 20;
const OUTAGE_MS = 12_000;

export interface Outage {
  readonly orders: number;
  readonly seconds: number;
  /** Calls that payments got while it was down. */
  readonly calls: number;
  /** Calls that the breaker kept from it. */
  readonly spared: number;
  /** How often any of the messages was received, at most. */
  readonly mostReceives: number;
  /** From the end of the outage until the last order was booked. */
  readonly recoveredAfterSeconds: number;
}

/** Payments is down for a while. */
export async function outage(applied: Applied, stack: Stack): Promise<Outage> {
  const caller = stack.names.function_names.consumer;
  return countingLines(applied, caller, 'payments is not asked', async (spared) => {
    await stack.setService('payments', 'down');
    const [calls, begin] = [stack.calls(caller, 'payments'), Date.now()];
    const orders = await sendAll(stack, { healthy: OUTAGE_ORDERS }, { by: 'kit' });
    await sleep(Math.max(0, begin + OUTAGE_MS - Date.now()));
    const failed = stack.calls(caller, 'payments') - calls;
    await stack.setService('payments', 'up');
    const end = Date.now();
    await untilBooked(stack, orders, 90);
    const recoveredAfterSeconds = (Date.now() - end) / 1000;
    const ids = new Set(orders.map(({ orderId }) => orderId));
    const receives = (await stack.bookings()).filter(({ orderId }) => ids.has(orderId)).map((one) => one.receives);
    return {
      orders: orders.length,
      seconds: (end - begin) / 1000,
      calls: failed,
      spared: spared(),
      mostReceives: Math.max(...receives),
      recoveredAfterSeconds,
    };
  });
}
