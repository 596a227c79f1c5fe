import { noteDeploys } from '../aws/deploys.ts';
import type { Healer } from '../aws/healer.ts';
import { readKnown } from '../aws/ledger.ts';
import type { GetMetricData } from '../aws/metric-data.ts';
import { emit } from '../aws/metrics.ts';
import { attempt } from '../aws/outcome.ts';
import { letterEvent } from '../core/event.ts';
import { effectsOf } from '../core/level.ts';
import { classPolicy, type QueuePolicy } from '../core/policy.ts';
import { publishGauges } from './gauges.ts';
import { judgingSeconds } from './judging.ts';
import { type QueueLevel, setLevels } from './levels.ts';
import { sendOverdueAlerts } from './overdue-alerts.ts';
import { type Run, releaseDue } from './release.ts';
import { tendGroups } from './tend.ts';

/** What the governor works with besides what it shares with the healer. */
export interface Governor extends Healer {
  readonly getMetricData: GetMetricData;
}

/** Time kept back at the end, so that what was begun is finished before the function is killed. */
const SPARE_MS = 10_000;

/**
 * One minute's work: measure the queues, move the open groups on, release what is due,
 * send overdue alerts, publish the gauges. One queue's fault is its own; the run ends in an error only when something
 * failed, after everything else was done.
 *
 * @throws AggregateError of what failed, so that Lambda's own error count shows it
 */
export async function govern(governor: Governor, remainingMs: () => number): Promise<void> {
  const paused = governor.mode === 'pause' || (await readKnown(governor.db, governor.table, [], [], [])).paused;
  const errors: Error[] = [];
  const run = async <T>(what: string, queue: string, work: () => Promise<T>): Promise<T | undefined> => {
    const done = await attempt(work);
    if (done.ok) return done.value;
    errors.push(done.error);
    governor.logger.error(`the governor could not ${what}`, { queue, error: done.error });
    emit(governor.stack, queue, undefined, { HealerErrors: 1 });
    return undefined;
  };
  const levels = await run('measure the queues', 'none', () => setLevels(governor));
  const releases = governor.mode === 'heal' && !paused;
  const deploys = releases
    ? await run('look for deploys', 'none', () => noteDeploys(governor, governor.policy.queues, governor.now()))
    : undefined;
  for (const queue of governor.policy.queues) {
    const level = levels?.get(queue.key);
    // At an unknown level nothing goes out: it may be an emergency.
    if (releases && level !== undefined) {
      const deployedAt = deploys?.get(queue.consumerFunction ?? '');
      await run('release letters', queue.key, () => release(governor, queue, level, deployedAt, remainingMs));
    }
    await run('publish the gauges', queue.key, () => publishGauges(governor, queue));
  }
  await run('send overdue alerts', 'none', () => sendOverdueAlerts(governor));
  if (errors.length > 0)
    throw new AggregateError(errors, `the governor failed at ${errors.length} task(s); see the log`);
}

async function release(
  healer: Healer,
  queue: QueuePolicy,
  { level, facts }: QueueLevel,
  deployedAt: number | undefined,
  remainingMs: () => number,
): Promise<void> {
  const run: Run = {
    healer,
    queue,
    remainingMs,
    hasTime: () => remainingMs() > SPARE_MS,
    effects: (failureClass) => effectsOf(level, classPolicy(queue, failureClass).critical),
    budget: healer.policy.breaker.maxPerMinute,
    healed: [],
    failed: 0,
  };
  const opened = await tendGroups(run, {
    ...(deployedAt === undefined ? {} : { deployedAt }),
    judgingSeconds: judgingSeconds(facts),
  });
  await releaseDue(run);
  emit(healer.stack, queue.key, undefined, { BreakersOpen: opened });
  await tellBus(healer, run);
  for (const [failureClass, some] of Map.groupBy(run.healed, (row) => String(row.failureClass))) {
    emit(healer.stack, queue.key, failureClass, { LettersHealed: some.length });
  }
  if (run.failed > 0)
    throw new Error(
      `${run.failed} kept letter(s) or group(s) of queue "${queue.key}" could not be released; they stay`,
    );
}

async function tellBus({ stack, bus, logger }: Healer, { queue, healed }: Run): Promise<void> {
  const untold = await bus.tell(
    healed.map((row) =>
      letterEvent({
        ...{ stack, queue: queue.key, originId: String(row.originId), messageId: String(row.messageId) },
        ...{ attempt: Number(row.attempt), healKey: String(row.healKey), failureClass: String(row.failureClass) },
        ...{ rule: String(row.rule), group: String(row.group), status: 'healed', reason: String(row.reason) },
      }),
    ),
  );
  if (untold === 0) return;
  logger.error('the event bus did not take every event', { queue: queue.key, events: untold });
  emit(stack, queue.key, undefined, { HealerErrors: untold });
}
