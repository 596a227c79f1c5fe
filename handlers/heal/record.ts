import { writeItems } from '../aws/batch-ops.ts';
import type { Healer } from '../aws/healer.ts';
import { type Ending, laneOf, laneRow, letterRow, lineageRow } from '../aws/letter-row.ts';
import { failure, type Outcome } from '../aws/outcome.ts';
import type { First, Handled } from '../core/handled.ts';
import type { HealerMark } from '../core/outgoing.ts';

// What one batch leaves in the ledger of its letters.

/** A letter that this run holds the claim for, or a twin that needs none. */
export interface Task {
  readonly handled: Handled;
  /** Set where another letter of this death was handled before. */
  readonly twinOf?: First;
}

export const markOf = ({ lineage, group, round, verdict }: Handled): HealerMark => ({
  originId: lineage.originId,
  attempt: lineage.attempt + 1,
  group,
  ...(round === 0 ? {} : { round }),
  ...(verdict.kind === 'heal' && verdict.repair !== undefined ? { repair: verdict.repair } : {}),
});

/**
 * Notes how far the message groups of parked FIFO letters reach, before the letters' rows: a letter whose place in the
 * line could not be noted is not parked.
 */
export async function lineUp(
  healer: Healer,
  endings: ReadonlyMap<Task, Outcome<Ending>>,
): Promise<ReadonlyMap<Task, Outcome<Ending>>> {
  const lined = [...endings].flatMap(([task, ending]) => {
    const { verdict } = task.handled;
    const lane = laneOf(task.handled);
    if (lane === undefined || !ending.ok || ending.value.status !== 'parked') return [];
    return verdict.kind === 'park' && verdict.releasedBy === 'time' ? [{ task, lane, dueAt: verdict.dueAt }] : [];
  });
  const lanes = [...Map.groupBy(lined, ({ task, lane }) => `${task.handled.queue.key}\n${lane}`).values()];
  const rows = lanes.flatMap((line) => {
    const last = line.toSorted((a, b) => a.dueAt - b.dueAt).at(-1);
    return last === undefined ? [] : [laneRow(last.task.handled.queue.key, last.lane, last.dueAt)];
  });
  const written = await writeItems(healer.db, healer.table, rows);
  const failed = new Map(
    lanes.flatMap((line, i) => {
      const outcome = written[i];
      return outcome?.ok === false ? line.map(({ task }) => [task, outcome] as const) : [];
    }),
  );
  return new Map([...endings].map(([task, ending]) => [task, failed.get(task) ?? ending]));
}

/** What was claimed, and what came to an end before that; in the order of the batch. */
export type Claimed<T> = { readonly task: Task } | { readonly result: T & { readonly handled: Handled } };

const handledOf = <T>(item: Claimed<T>): Handled => ('task' in item ? item.task : item.result).handled;

const lineOf = (handled: Handled): string | undefined => {
  const lane = laneOf(handled);
  return lane === undefined ? undefined : `${handled.queue.key}\n${lane}`;
};

/**
 * Writes the rows; on a FIFO queue the first of every message group, then the second of every one: a letter whose row
 * is written stands in the line, and the next one that comes stands behind it. What is behind a failure goes back to
 * the DLQ with it, so it must not be in the line ahead of it.
 */
export async function recordInTurn<T extends { readonly kind: string }>(
  healer: Healer,
  claimed: readonly Claimed<T>[],
  endings: ReadonlyMap<Task, Outcome<Ending>>,
): Promise<ReadonlyMap<Task, Outcome<Ending>>> {
  const recorded = new Map<Task, Outcome<Ending>>();
  const stopped = new Set<string>();
  for (const wave of wavesOf(claimed)) {
    const turn = wave.flatMap((item) => {
      if (!('task' in item)) return [];
      const ending = endings.get(item.task) ?? BEHIND;
      const isBehind = stopped.has(lineOf(item.task.handled) ?? '') && !(ending.ok && ending.value.status === 'healed');
      return [[item.task, isBehind ? BEHIND : ending] as const];
    });
    const written = await record(healer, new Map(turn));
    for (const item of wave) {
      const line = lineOf(handledOf(item));
      const isDone = 'task' in item ? written.get(item.task)?.ok === true : item.result.kind === 'settled';
      if (!isDone && line !== undefined) stopped.add(line);
    }
    for (const [task, outcome] of written) recorded.set(task, outcome);
  }
  return recorded;
}

const BEHIND = failure(new Error('a letter ahead of it in its message group stays in the DLQ'));

/** The first letter of every line and all that stand in none, then the second of every line, and so on. */
function wavesOf<T>(claimed: readonly Claimed<T>[]): Claimed<T>[][] {
  const next = new Map<string, number>();
  const waves: Claimed<T>[][] = [];
  for (const item of claimed) {
    const line = lineOf(handledOf(item));
    const wave = line === undefined ? 0 : (next.get(line) ?? 0);
    if (line !== undefined) next.set(line, wave + 1);
    waves[wave] = [...(waves[wave] ?? []), item];
  }
  return waves;
}

async function record(
  healer: Healer,
  endings: ReadonlyMap<Task, Outcome<Ending>>,
): Promise<Map<Task, Outcome<Ending>>> {
  const now = healer.now();
  const rows = [...endings].flatMap(([task, ending]) => (ending.ok ? rowsOf(healer, task, ending.value, now) : []));
  const written = await writeItems(
    healer.db,
    healer.table,
    rows.map(({ row }) => row),
  );
  const unwritten = new Map(
    rows.flatMap(({ task }, i) => (written[i]?.ok === false ? [[task, written[i]] as const] : [])),
  );
  return new Map([...endings].map(([task, ending]) => [task, unwritten.get(task) ?? ending]));
}

function rowsOf({ policy }: Healer, task: Task, ending: Ending, now: number) {
  const rows = [{ task, row: letterRow(task.handled, ending, now, policy.ledgerDays) }];
  if (ending.healedMessageId === undefined || ending.noteLineage !== true) return rows;
  return [...rows, { task, row: lineageRow(ending.healedMessageId, markOf(task.handled), now) }];
}
