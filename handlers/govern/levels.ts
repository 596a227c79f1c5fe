import { readControls, writeLevel } from '../aws/control.ts';
import { type Control, levelOf, NO_CONTROL, reasonOf } from '../aws/control-row.ts';
import { changeGroup } from '../aws/groups.ts';
import type { Healer } from '../aws/healer.ts';
import type { GetMetricData } from '../aws/metric-data.ts';
import { emit } from '../aws/metrics.ts';
import { attempt } from '../aws/outcome.ts';
import { type Reading, readSignals } from '../aws/signals.ts';
import type { SourceFacts } from '../aws/source-facts.ts';
import { LEVEL_NAMES, type Level, levelFrom, nextLevel } from '../core/level.ts';
import type { QueuePolicy } from '../core/policy.ts';

/** How a queue is treated this minute. */
export interface QueueLevel {
  readonly level: Level;
  /** For a person, e.g. `error rate 0.13 ≥ 0.1`. */
  readonly because: string;
  /** The source queue as it is now; absent where the policy knows none or SQS did not answer. */
  readonly facts?: SourceFacts;
  /** Whether this run raised it to level 4 and noted the alert. Never of a level that a person pinned. */
  readonly emergency: boolean;
}

export type LevelSetter = Pick<Healer, 'stack' | 'policy' | 'table' | 'db' | 'sqs' | 'logger' | 'now'> & {
  readonly getMetricData: GetMetricData;
};

/**
 * Measures every queue, sets its level and publishes it as `DegradationLevel`. A signal that cannot be read is a
 * warning and an error in the metrics, and stops nothing.
 *
 * @returns by queue key how the queue is treated; every queue of the policy is in it
 * @throws when the levels cannot be read from the ledger: a level of 4 must not pass for 0
 */
export async function setLevels(healer: LevelSetter): Promise<ReadonlyMap<string, QueueLevel>> {
  const { queues } = healer.policy;
  const now = healer.now();
  const [controls, readings] = await Promise.all([
    readControls(
      healer.db,
      healer.table,
      queues.map(({ key }) => key),
    ),
    readSignals(healer, healer.policy, now),
  ]);
  const levels = queues.map(
    async (queue) =>
      [
        queue.key,
        await setLevel(
          healer,
          queue,
          controls.get(queue.key) ?? NO_CONTROL,
          readings.get(queue.key) ?? NOTHING_READ,
          now,
        ),
      ] as const,
  );
  return new Map(await Promise.all(levels));
}

const NOTHING_READ: Reading = { signals: {}, unread: [], errors: [] };

async function setLevel(
  healer: LevelSetter,
  { key }: QueuePolicy,
  control: Control,
  reading: Reading,
  now: number,
): Promise<QueueLevel> {
  for (const error of reading.errors)
    healer.logger.warn('a signal of the queue cannot be read', { queue: key, signals: reading.unread, error });
  let errors = reading.errors.length;
  const { state, pinnedLevel } = control;
  const next = nextLevel(state, levelFrom(reading.signals, healer.policy.degradation), reading.unread, now);
  let isNoted = true;
  const isEmergency = pinnedLevel === undefined && next.level === 4 && state.level < 4;
  if (next !== state) {
    const written = await attempt(async () => {
      if (isEmergency) await noteEmergency(healer, key, next.because);
      return writeLevel(healer.db, healer.table, key, next, state.since);
    });
    if (!written.ok) {
      errors += 1;
      healer.logger.warn('the level could not be noted; the next run measures again', {
        queue: key,
        error: written.error,
      });
    }
    isNoted = written.ok && written.value;
  }
  // Healers go by what is noted.
  const current: Control = isNoted ? { ...control, state: next } : control;
  const level = levelOf(current);
  if (isNoted && next.level !== state.level) {
    const beside = pinnedLevel === undefined ? '' : `, pinned at ${pinnedLevel} (${LEVEL_NAMES[pinnedLevel]})`;
    healer.logger.warn(`degradation level ${next.level} (${LEVEL_NAMES[next.level]}): ${next.because}${beside}`, {
      queue: key,
      degradationLevel: next.level, // `level` is the logger's own key
      before: state.level,
    });
  }
  emit(healer.stack, key, undefined, { DegradationLevel: level, ...(errors > 0 ? { HealerErrors: errors } : {}) });
  return {
    level,
    because: reasonOf(current),
    ...(reading.facts === undefined ? {} : { facts: reading.facts }),
    emergency: isNoted && isEmergency,
  };
}

/**
 * Level 4 pages: the alert goes out with this run's, as a group of its own beside those of the queue's letters. It is
 * noted before the level is: a crash in between tells twice, never not at all.
 */
async function noteEmergency(healer: LevelSetter, queueKey: string, because: string): Promise<void> {
  await changeGroup(
    healer.db,
    healer.table,
    {
      queueKey,
      group: 'emergency',
      failureClass: 'EMERGENCY',
      counts: {},
      notifiable: 1,
      open: false,
      sample: { originId: '', status: 'emergency', reason: `healing has stopped: ${because}`, error: '' },
    },
    healer.now(),
    healer.policy.ledgerDays,
  );
}
