import { type Item, readItems } from '../aws/batch-ops.ts';
import { breakerOf, changeBreaker } from '../aws/breakers.ts';
import type { Healer } from '../aws/healer.ts';
import { groupKey } from '../aws/keys.ts';
import type { Outcome } from '../aws/outcome.ts';
import { type Breaker, isOpen, kept, NEW_BREAKER } from '../core/group.ts';
import type { Effects } from '../core/level.ts';
import type { QueuePolicy } from '../core/policy.ts';
import { dueLetters } from './lots.ts';
import { moveToGroupLot } from './release-record.ts';
import { type Departed, type Departure, sendReleased, TOGETHER } from './send-released.ts';

/** One run's work on one queue: how much time and how many letters are left, and what came of it. */
export interface Run {
  readonly healer: Healer;
  readonly queue: QueuePolicy;
  remainingMs(): number;
  /** Whether there is time to begin something; what was begun must be finished before the function is killed. */
  hasTime(): boolean;
  /** What the queue's degradation level allows for letters of a class. */
  effects(failureClass: string): Effects;
  /** Letters that may still be sent to the queue by this run. */
  budget: number;
  /** Rows of the letters that were sent. */
  readonly healed: Item[];
  failed: number;
}

/**
 * Sends the letters whose time has come, those due longest first, within the run's time and budget; what is left is
 * due again in the next run. Letters of a group or a queue that is held go into the group's lot instead.
 */
export async function releaseDue(run: Run): Promise<void> {
  const breakers = new Map<string, Breaker>();
  const keptAt = new Map<string, number>();
  // Two: whoever has to stay stops those behind him, and none of those before him who are about to go.
  const line = run.queue.fifo ? new Line() : undefined;
  const departing = run.queue.fifo ? new Line() : undefined;
  for await (const page of dueLetters(run.healer, run.queue)) {
    if (!run.hasTime() || run.budget <= 0) return;
    await readBreakers(run, page, breakers);
    const ready: Departure[] = [];
    for (const row of page) {
      const breaker = breakers.get(String(row.group)) ?? NEW_BREAKER;
      const free = !isOpen(breaker) && run.effects(String(row.failureClass)).release !== 'none';
      const departure = { row, delaySeconds: 0, round: breaker.round, probe: false };
      if (line !== undefined) {
        if (line.letPass(row, free)) ready.push(departure);
      } else if (free) ready.push(departure);
      else await hold(run, row, breakers, keptAt);
    }
    const going = ready.slice(0, run.budget);
    await depart(run, going, departing);
    if (going.length < ready.length) return; // the next page stands behind them
  }
}

/** Far less than after what time the group may close whose lot was found empty. */
const NOTED_MS = 10_000;

/**
 * The group is held before its letter moves into the lot: a crash in between leaves a group that closes by itself. One
 * that is held already learns that somebody comes, or whoever has just found its lot empty would close it over him.
 */
async function hold(
  { healer, queue }: Run,
  row: Item,
  breakers: Map<string, Breaker>,
  keptAt: Map<string, number>,
): Promise<void> {
  const group = String(row.group);
  const now = healer.now();
  if (now - (keptAt.get(group) ?? 0) >= NOTED_MS) {
    const name = { queueKey: queue.key, group, failureClass: String(row.failureClass) };
    const [known] = await readItems(healer.db, healer.table, [groupKey(queue.key, group)]);
    const held = await changeBreaker(
      healer,
      name,
      known,
      (breaker) => kept(breaker, 'time', isOpen(breaker) ? breaker.lastDiedAt : now, now),
      () => {
        throw new Error('a group that is held by its queue’s level has not opened its breaker');
      },
    );
    breakers.set(group, held);
    keptAt.set(group, now);
  }
  await moveToGroupLot(healer, queue, row);
}

async function readBreakers({ healer, queue }: Run, page: readonly Item[], known: Map<string, Breaker>): Promise<void> {
  const groups = [...new Set(page.map(({ group }) => String(group)))].filter((group) => !known.has(group));
  const rows = await readItems(
    healer.db,
    healer.table,
    groups.map((group) => groupKey(queue.key, group)),
  );
  for (const row of rows) known.set(String(row.group), breakerOf(row));
}

/**
 * The order of a FIFO queue's message groups: nobody passes a letter of his message group that has to stay.
 */
export class Line {
  readonly #stopped = new Set<unknown>();

  letPass(row: Item, free: boolean): boolean {
    if (!free) this.stop(row);
    return !this.#stopped.has(row.lane);
  }

  stop({ lane }: Item): void {
    if (lane !== undefined) this.#stopped.add(lane);
  }
}

/** Sends letters, as many at a time as share their calls well; on a FIFO queue one of each message group at a time. */
export async function depart(run: Run, departures: readonly Departure[], line?: Line): Promise<void> {
  for (const wave of line === undefined ? chunks(departures) : waves(departures)) {
    if (!run.hasTime()) return;
    const going = line === undefined ? wave : wave.filter(({ row }) => line.letPass(row, true));
    const outcomes = await sendReleased(run.healer, run.queue, going, run.remainingMs());
    for (const [i, outcome] of outcomes.entries()) {
      const row = going[i]?.row;
      if (row !== undefined) account(run, row, outcome, line);
    }
  }
}

function account(run: Run, row: Item, outcome: Outcome<Departed>, line: Line | undefined): void {
  if (outcome.ok && outcome.value === 'sent') {
    run.budget -= 1;
    run.healed.push(row);
  }
  // What is refused waits for a person: it is out of the line.
  if (outcome.ok && outcome.value !== 'busy') return;
  line?.stop(row);
  if (outcome.ok) return;
  run.failed += 1;
  run.healer.logger.error('a kept letter could not be released; it stays where it is', {
    letter: row.originId,
    queue: run.queue.key,
    error: outcome.error,
  });
}

function chunks(departures: readonly Departure[]): Departure[][] {
  return Array.from({ length: Math.ceil(departures.length / TOGETHER) }, (_, i) =>
    departures.slice(i * TOGETHER, (i + 1) * TOGETHER),
  );
}

/** The first of every message group, then the second of every one, and so on. */
function waves(departures: readonly Departure[]): Departure[][] {
  const all: Departure[][] = [];
  const next = new Map<unknown, number>();
  for (const departure of departures) {
    const { lane } = departure.row;
    const wave = next.get(lane) ?? 0;
    next.set(lane, wave + 1);
    const existing = all[wave];
    if (existing === undefined) all.push([departure]);
    else existing.push(departure);
  }
  return all;
}
