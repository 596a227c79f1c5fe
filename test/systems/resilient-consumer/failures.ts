import { POISON_COPIES } from './kinds.ts';
import type { Stack } from './stack.ts';
import { inSeconds, repeat, sendAll, untilBooked, untilDied } from './steps.ts';

/** Every way to fail but an outage, at level 0, which a person pins: nothing is left out. */
export async function everyFailure(stack: Stack): Promise<void> {
  await stack.dlq('level', '0', '--queue', 'orders', '--yes');
  const orderId = 'kit-poison';
  const first = await Promise.all(
    repeat(POISON_COPIES.archived).map(() => stack.send('poison', { by: 'kit', orderId })),
  );
  const healthy = await sendAll(stack, { healthy: 12, unrecommended: 1 }, { by: 'kit' });
  const passing = await sendAll(stack, { throttled: 2, slow: 1 }, { by: 'kit', until: inSeconds(5) });
  await sendAll(stack, { invalid: 3, 'not-json': 2, refused: 2, unauthorised: 2, bug: 2 }, { by: 'kit' });
  await untilDied(stack, first);
  for (const _ of repeat(POISON_COPIES.quarantined)) await stack.send('poison', { by: 'kit', orderId });
  await untilBooked(stack, [...healthy, ...passing]);
  await untilDied(
    stack,
    stack.sent.filter(({ kind }) => ['poison', 'bug'].includes(kind)),
  );
}
