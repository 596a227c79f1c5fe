import { setTimeout as sleep } from 'node:timers/promises';
import { untilQuiet } from '../quiet.ts';
import type { Applied } from '../system.ts';
import type { Stack } from './stack.ts';
import { due, inSeconds, LEVEL_KNOWN_MS, repeat, sendAll, untilBooked } from './steps.ts';
import { startWorker } from './worker.ts';

/** The example's first step of depth is 15. */
const BACKLOG = 16;
/**
 * A message that meets the 503 dies at its fourth receive, after 3 to 7 s and what a busy worker adds: before this. With
 * three heals of at least a second it has four such lives, 15 s at the very least: it does not use them up.
 */
const DOWN_SECONDS = 16;

/** The governor's own run, as the schedule makes one each minute. @returns the level that it set */
async function governed(stack: Stack): Promise<number> {
  await stack.invoke(stack.names.function_names.govern, { source: 'aws.events', 'detail-type': 'Scheduled Event' });
  return stack.governorsLevel();
}

export interface WorkerRun {
  readonly ended: number | NodeJS.Signals;
  /** That the governor set for the backlog which built up while nobody worked. */
  readonly governorsLevel: number;
  /** The orders of the backlog. */
  readonly backlog: readonly string[];
  /** Messages that it had processed before, by their heal key. */
  readonly duplicates: number;
  readonly lines: readonly string[];
}

/** The Lambda function rests, and the worker in Python has the queue. */
export async function pythonsTurn(applied: Applied, stack: Stack): Promise<WorkerRun> {
  const by = 'worker';
  await stack.setMapping(false);
  const backlog = await sendAll(stack, { healthy: BACKLOG }, { by });
  await stack.dlq('level', 'auto', '--queue', 'orders', '--yes');
  const governorsLevel = await governed(stack);
  const worker = await startWorker(applied.aws, stack.names);
  try {
    await untilBooked(stack, backlog);
    await stack.dlq('level', '0', '--queue', 'orders', '--yes');
    await sleep(LEVEL_KNOWN_MS);
    await sendAll(stack, { down: 2 }, { by, until: inSeconds(DOWN_SECONDS) });
    await sendAll(stack, { healthy: 3, unrecommended: 1 }, { by });
    await sendAll(stack, { invalid: 2, 'not-json': 1, refused: 1, unauthorised: 1, bug: 1 }, { by });
    const tags = (count: number) =>
      Object.fromEntries(repeat(count).map((n) => [`tag-${n}`, { dataType: 'String', stringValue: `${n}` }]));
    await stack.send('nine', { by, attributes: tags(9) });
    await stack.send('ten', { by, attributes: tags(10) });
    await stack.send('laden', {
      by,
      attributes: {
        picture: { dataType: 'Binary.png', binaryValue: Uint8Array.from([0, 255, 137, 80]) },
        price: { dataType: 'Number.float', stringValue: '1.5' },
      },
      system: { messageGroupId: 'tenant-7', traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0' },
    });
    // Two copies of one heal, as a healer leaves them that died between sending and acknowledging.
    const mark = { v: 1, origin: 'a-letter-healed-twice', attempt: 1, group: 'abcdef012345' };
    const attributes = { 'dlq-healer': { dataType: 'String', stringValue: JSON.stringify(mark) } };
    for (const _ of repeat(2)) await stack.send('healthy', { by, orderId: 'worker-healed-twice', attributes });
    await untilQuiet(applied, { prefix: `${stack.stack}-`, timeoutSeconds: 120, due: () => due(stack) });
    const duplicates = worker.lines.filter((line) => line.includes('was processed before')).length;
    return {
      ended: await worker.stop(),
      governorsLevel,
      backlog: backlog.map(({ orderId }) => orderId),
      duplicates,
      lines: worker.lines,
    };
  } finally {
    await worker.stop();
  }
}
