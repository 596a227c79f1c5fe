import type { Healer } from '../aws/healer.ts';
import { readKnown } from '../aws/ledger.ts';
import { emit } from '../aws/metrics.ts';
import { attempt } from '../aws/outcome.ts';
import type { QueuePolicy } from '../core/policy.ts';
import { publishGauges } from './gauges.ts';
import { judgingSeconds } from './judging.ts';
import { observe } from './observe.ts';
import { sendOverdueAlerts } from './overdue-alerts.ts';
import { type Run, releaseDue } from './release.ts';
import { type QueueFacts, tendGroups } from './tend.ts';

/** Time kept back at the end, so that what was begun is finished before the function is killed. */
const SPARE_MS = 10_000;

/**
 * One minute's work: move the open groups on, release what is due, look at what is only observed, send overdue alerts, publish the gauges.
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
      await run('release letters', queue.key, () => release(healer, queue, remainingMs, hasTime));
    if (healer.mode === 'observe') await run('observe the DLQ', queue.key, () => observe(healer, queue, remainingMs()));
    await run('publish the gauges', queue.key, () => publishGauges(healer, queue));
  }
  await run('send overdue alerts', 'none', () => sendOverdueAlerts(healer));
  if (errors.length > 0)
    throw new AggregateError(errors, `the governor failed at ${errors.length} task(s); see the log`);
}

async function release(
  healer: Healer,
  queue: QueuePolicy,
  remainingMs: () => number,
  hasTime: () => boolean,
): Promise<void> {
  const run: Run = {
    healer,
    queue,
    remainingMs,
    hasTime,
    budget: healer.policy.breaker.maxPerMinute,
    healed: [],
    failed: 0,
  };
  const facts: QueueFacts = {
    mayProbe: true,
    mayRamp: true,
    judgingSeconds: () => judgingSeconds(healer, queue),
  };
  const opened = await tendGroups(run, facts);
  await releaseDue(run);
  emit(healer.stack, queue.key, undefined, { BreakersOpen: opened });
  for (const [failureClass, some] of Map.groupBy(run.healed, (name) => name)) {
    emit(healer.stack, queue.key, failureClass, { LettersHealed: some.length });
  }
  if (run.failed > 0)
    throw new Error(
      `${run.failed} kept letter(s) or group(s) of queue "${queue.key}" could not be released; they stay`,
    );
}
