// What the stages of the run are made of.
import type { Applied } from '../system.ts';
import type { Sent } from './account.ts';
import type { KindName } from './kinds.ts';
import { type Stack, until } from './stack.ts';

/** Longer than the level that a consumer has read is taken for true: 2 s here. */
export const LEVEL_KNOWN_MS = 3_000;

export const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
export const repeat = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Waits until all of these orders are booked. */
export async function untilBooked(stack: Stack, orders: readonly Sent[], seconds = 90): Promise<boolean> {
  return until(async () => {
    const booked = new Set((await stack.bookings()).map(({ orderId }) => orderId));
    return orders.every(({ orderId }) => booked.has(orderId));
  }, seconds);
}

export async function untilDied(stack: Stack, letters: readonly Sent[], seconds = 90): Promise<boolean> {
  return until(async () => {
    const died = new Set((await stack.rows()).map(({ originId }) => originId));
    return letters.every(({ messageId }) => died.has(messageId));
  }, seconds);
}

export async function sendAll(
  stack: Stack,
  kinds: Partial<Record<KindName, number>>,
  options: Parameters<Stack['send']>[1],
) {
  const all = Object.entries(kinds).flatMap(([kind, count]) => repeat(count).map(() => kind as KindName));
  const sent: Sent[] = [];
  for (const kind of all) sent.push(await stack.send(kind, options));
  return sent;
}

/** Letters that the governor still has to send. */
export const due = async (stack: Stack) =>
  (await stack.rows()).filter(({ status, dueAt }) => status === 'parked' && dueAt !== undefined).length;

/** Counts what the consumer logs meanwhile. */
export async function countingLines<T>(
  applied: Applied,
  functionName: string,
  text: string,
  during: (count: () => number) => Promise<T>,
): Promise<T> {
  let found = 0;
  const count = (line: { functionName: string; text: string }) => {
    if (line.functionName === functionName && line.text.includes(text)) found++;
  };
  applied.host.events.on('line', count);
  try {
    return await during(() => found);
  } finally {
    applied.host.events.off('line', count);
  }
}
