import { type Item, readItems } from '../aws/batch-ops.ts';
import { breakerOf, changeBreaker, openGroups } from '../aws/breakers.ts';
import type { GroupSample } from '../aws/groups.ts';
import { confirmedKey, letterKey, nameOf } from '../aws/keys.ts';
import { attempt } from '../aws/outcome.ts';
import { endsHolding } from '../core/decide.ts';
import { advance, type Breaker, type GroupFacts, nextStep, type ProbeFate, rampBudget } from '../core/group.ts';
import type { Lineage } from '../core/letter.ts';
import { type Effects, SLOW_FACTOR } from '../core/level.ts';
import { firstOf, groupLetters, lettersInTurn } from './lots.ts';
import { depart, Line, type Run } from './release.ts';

/** What holds for all groups of a queue in this minute. */
export interface QueueFacts {
  /** When the consumer was last seen to change, epoch milliseconds. */
  readonly deployedAt?: number;
  /** How long a probe that fails takes to come back to the DLQ. */
  readonly judgingSeconds: number;
}

/** Open groups looked at in one run; those longest in their state come first, and each moves on or stays. */
const MAX_GROUPS = 200;

/**
 * Moves the open groups of a queue on: ends cool-downs, sends canaries, judges them, ramps. One group's fault is its own.
 * @returns how many breakers are open, those not counted whose letters wait for a person or a deploy by their class
 */
export async function tendGroups(run: Run, facts: QueueFacts): Promise<number> {
  const { healer, queue } = run;
  let open = 0;
  for (const row of await openGroups(healer.db, healer.table, queue.key, MAX_GROUPS)) {
    if (endsHolding(String(row.failureClass), queue, healer.policy) === 'time') open += 1;
    if (!run.hasTime()) continue;
    const tended = await attempt(() => tend(run, facts, row));
    if (tended.ok) continue;
    run.failed += 1;
    healer.logger.error('a group could not be moved on; the next run tries again', {
      queue: queue.key,
      group: row.group,
      error: tended.error,
    });
  }
  return open;
}

async function tend(run: Run, facts: QueueFacts, row: Item): Promise<void> {
  const { healer, queue } = run;
  const group = String(row.group);
  const before = breakerOf(row);
  const effects = run.effects(String(row.failureClass));
  const [first] = await firstOf(groupLetters(healer, queue, group), 1);
  const found: GroupFacts = {
    lettersLeft: first !== undefined,
    ...(facts.deployedAt === undefined ? {} : { deployedAt: facts.deployedAt }),
    probes: before.state === 'probing' ? await fatesOf(run, before.probes) : [],
    mayProbe: effects.probes,
    releasedBy: endsHolding(String(row.failureClass), queue, healer.policy),
  };
  const breaker = await change(run, row, (known) =>
    // What was found out is about the probes of this round only.
    known.round === before.round ? advance(known, found, healer.now(), healer.policy.breaker) : known,
  );
  if (breaker.state !== before.state) tellOfChange(run, group, before, breaker);
  if (breaker.state === 'probing' && effects.probes) await probe(run, facts, row, breaker);
  if (breaker.state === 'ramping' && effects.release !== 'none') await ramp(run, row, breaker, effects);
}

/** The index may show the row as it was: `changeBreaker` writes only over what it has read, and reads again if need be. */
async function change(run: Run, row: Item, next: (breaker: Breaker) => Breaker): Promise<Breaker> {
  const { healer, queue } = run;
  const name = { queueKey: queue.key, group: String(row.group), failureClass: String(row.failureClass) };
  return changeBreaker(healer, name, row, next, (opened) => openingSample(row, opened));
}

function openingSample({ lastLetter }: Item, opened: Breaker): GroupSample {
  const last = (lastLetter ?? {}) as Partial<GroupSample>;
  const until = opened.until === undefined ? '' : `; the next canary goes at ${new Date(opened.until).toISOString()}`;
  return {
    originId: last.originId ?? '',
    error: last.error ?? '',
    status: 'breaker opened',
    reason: `a letter that was let through died again${until}`,
  };
}

function tellOfChange({ healer, queue }: Run, group: string, before: Breaker, after: Breaker): void {
  healer.logger.info(`group ${after.state}`, {
    queue: queue.key,
    group,
    before: before.state,
    releasedBy: after.releasedBy,
    round: after.round,
    ...(after.until === undefined ? {} : { until: new Date(after.until).toISOString() }),
  });
}

/** Chooses the canary, notes it, sends it, and sets the time of judgement: in this order, so that each step can be repeated. */
async function probe(run: Run, facts: QueueFacts, row: Item, breaker: Breaker): Promise<void> {
  const { healer, queue } = run;
  const letters = () => firstOf(lettersInTurn(healer, queue, String(row.group)), healer.policy.breaker.probes);
  let chosen = breaker;
  if (breaker.probes.length === 0) {
    const probes = (await letters()).map(({ healKey }) => String(healKey));
    if (probes.length === 0) return;
    chosen = await change(run, await fresh(run, row), (known) =>
      known.state === 'probing' && known.probes.length === 0 ? { ...known, probes } : known,
    );
  }
  if (chosen.state !== 'probing') return;
  const waiting = await probeRows(run, chosen.probes);
  // A run that died after the last send, or before it knew the time, left none.
  if (waiting.length === 0 && chosen.judgeAt !== undefined) return;
  const departures = waiting.map((one) => ({ row: one, delaySeconds: 0, round: chosen.round, probe: true }));
  await depart(run, departures, queue.fifo ? new Line() : undefined);
  const judgeAt = healer.now() + facts.judgingSeconds * 1000;
  await change(run, await fresh(run, row), (known) =>
    known.state === 'probing' && known.round === chosen.round ? { ...known, judgeAt } : known,
  );
}

async function ramp(run: Run, row: Item, breaker: Breaker, { release }: Effects): Promise<void> {
  const { healer, queue } = run;
  const stepped = await change(run, await fresh(run, row), (known) =>
    known.round === breaker.round ? nextStep(known, healer.now()) : known,
  );
  if (stepped.state !== 'ramping' || stepped.step === breaker.step) return;
  const rate = rampBudget(stepped, healer.policy.breaker) / (release === 'reduced' ? SLOW_FACTOR : 1);
  const count = Math.min(run.budget, Math.max(1, Math.floor(rate)));
  const letters = await firstOf(lettersInTurn(healer, queue, String(row.group)), count);
  // Spread over the minute: a rate, not a volley.
  const departures = letters.map((letter, i) => ({
    row: letter,
    delaySeconds: queue.fifo ? 0 : Math.floor((i * 60) / letters.length),
    round: stepped.round,
    probe: false,
  }));
  await depart(run, departures, queue.fifo ? new Line() : undefined);
}

async function fresh({ healer }: Run, { pk, sk }: Item): Promise<Item> {
  const [row] = await readItems(healer.db, healer.table, [{ pk: String(pk), sk: String(sk) }]);
  if (row === undefined) throw new Error(`the group's row ${sk} is gone`);
  return row;
}

/** Where the letter with this heal key died, and where it would die next. */
function deathsOf(healKey: string): { readonly own: Lineage; readonly next: Lineage } {
  const dot = healKey.lastIndexOf('.');
  const originId = healKey.slice(0, dot);
  const attempt = Number(healKey.slice(dot + 1));
  return { own: { originId, attempt: attempt - 1 }, next: { originId, attempt } };
}

/** Those of a canary that are still to be sent. What its target refused is kept too, but outside the lot, for a person. */
async function probeRows({ healer, queue }: Run, probes: readonly string[]): Promise<Item[]> {
  const keys = probes.map((healKey) => letterKey(queue.key, deathsOf(healKey).own));
  const rows = await readItems(healer.db, healer.table, keys);
  return rows
    .filter((row) => isKept(row) && row.dueKey !== undefined)
    .sort((a, b) => String(a.dueAt).localeCompare(String(b.dueAt)));
}

const isKept = ({ status }: Item) => status === 'parked' || status === 'waiting';

/** What became of the probes, from the ledger: a death under a probe's heal key is a relapse whoever noticed it. */
async function fatesOf({ healer, queue }: Run, probes: readonly string[]): Promise<ProbeFate[]> {
  const keys = probes.map((healKey) => {
    const { own, next } = deathsOf(healKey);
    return { own: letterKey(queue.key, own), next: letterKey(queue.key, next), confirmed: confirmedKey(healKey) };
  });
  const rows = await readItems(
    healer.db,
    healer.table,
    keys.flatMap(({ own, next, confirmed }) => [own, next, confirmed]),
  );
  const found = new Map(rows.map((row) => [nameOf({ pk: String(row.pk), sk: String(row.sk) }), row]));
  return keys.map(({ own, next, confirmed }): ProbeFate => {
    const row = found.get(nameOf(own));
    if (found.has(nameOf(next))) return 'relapsed';
    if (row !== undefined && isKept(row)) return row.dueKey === undefined ? 'gone' : 'unsent';
    if (row?.status !== 'healed') return 'gone';
    return found.has(nameOf(confirmed)) ? 'confirmed' : 'sent';
  });
}
