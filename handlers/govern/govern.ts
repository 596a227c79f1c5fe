import type { Healer } from '../aws/healer.ts';
import { readKnown } from '../aws/ledger.ts';
import { emit } from '../aws/metrics.ts';
import { attempt } from '../aws/outcome.ts';
import type { QueuePolicy } from '../core/policy.ts';
import { publishGauges } from './gauges.ts';
import { observe } from './observe.ts';
import { sendOverdueAlerts } from './overdue-alerts.ts';
import { releaseDue } from './release.ts';

/** Time kept back at the end, so that what was begun is finished before the function is killed. */
const SPARE_MS = 10_000;

/**
 * One minute's work: release what is due, look at what is only observed, send overdue alerts, publish the gauges.
 * One queue's fault is its own; the run ends in an error only when something failed, after everything else was done.
 *
 * @throws AggregateError of what failed, so that Lambda's own error count shows it
 */
export async function govern(healer: Healer, remainingMs: () => number): Promise<void> {
  const hasTime = () => remainingMs() > SPARE_MS;
  const paused = healer.mode === 'pause' || (await readKnown(healer.db, healer.table, [], [])).paused;
  const errors: Error[] = [];
  const run = async (what: string, queue: string, work: () => Promise<void>) => {
    const done = await attempt(work);
    if (done.ok) return;
    errors.push(done.error);
    healer.logger.error(`the governor could not ${what}`, { queue, error: done.error });
    emit(healer.stack, queue, undefined, { HealerErrors: 1 });
  };
  for (const queue of healer.policy.queues) {
    if (healer.mode === 'heal' && !paused)
      await run('release due letters', queue.key, () => release(healer, queue, hasTime));
    if (healer.mode === 'observe') await run('observe the DLQ', queue.key, () => observe(healer, queue, remainingMs()));
    await run('publish the gauges', queue.key, () => publishGauges(healer, queue));
  }
  await run('send overdue alerts', 'none', () => sendOverdueAlerts(healer));
  if (errors.length > 0)
    throw new AggregateError(errors, `the governor failed at ${errors.length} task(s); see the log`);
}

async function release(healer: Healer, queue: QueuePolicy, hasTime: () => boolean): Promise<void> {
  const { healed, failed } = await releaseDue(healer, queue, hasTime);
  for (const [failureClass, some] of Map.groupBy(healed, (letter) => letter.failureClass)) {
    emit(healer.stack, queue.key, failureClass, { LettersHealed: some.length });
  }
  if (failed > 0)
    throw new Error(`${failed} due letter(s) of queue "${queue.key}" could not be released; they stay parked`);
}
