import { createHash } from 'node:crypto';
import type { Item } from '../aws/batch-ops.ts';
import { breakerOf } from '../aws/breakers.ts';
import type { Healer } from '../aws/healer.ts';
import { groupKey, laneKey, letterKey, nameOf } from '../aws/keys.ts';
import { type Known, type Rows, readKnown, readStandings, type Standing } from '../aws/ledger.ts';
import { laneOf } from '../aws/letter-row.ts';
import { lookUpLogs } from '../aws/logs.ts';
import { contentName, deathsIn, noteDeaths } from '../aws/poison.ts';
import type { Received } from '../aws/records.ts';
import { classify } from '../core/classify.ts';
import { countsTowardsPoison, decide } from '../core/decide.ts';
import type { EvidenceSource } from '../core/evidence/evidence.ts';
import { evidenceOf, type Found, originalOf } from '../core/evidence/evidence-of.ts';
import { isSilent, logSearchFor } from '../core/evidence/log-search.ts';
import { fingerprint } from '../core/fingerprint.ts';
import { type Breaker, isOpen } from '../core/group.ts';
import type { First, Handled } from '../core/handled.ts';
import { type Letter, nextHealKey } from '../core/letter.ts';
import { hasRoomForMark } from '../core/outgoing.ts';
import { repairOf } from '../core/repair.ts';
import { queueOf } from '../core/route.ts';
import type { Status } from '../core/verdict.ts';
import { blameRelapses } from './relapses.ts';

/** A letter of the batch with its verdict, or why it has none; `itemIdentifier` is what Lambda knows it by. */
export type Examined =
  | { readonly itemIdentifier: string; readonly handled: Handled }
  | { readonly itemIdentifier: string; readonly error: Error; readonly letter?: Letter };

/** All of a letter's `Handled` but the verdict and what it depends on: how the ledger knows it. */
type Explained = Omit<Handled, 'verdict' | 'round' | 'first'>;

/**
 * Steps 2 to 6 of the flow: evidence, class, group, state, verdict. One letter's fault is its own; only a ledger that
 * cannot be read or written throws, and then the whole batch stays in its queue.
 * @param purpose `watching`: nothing is acted on, so nothing is blamed either. `looking`: nor counted, and a paused stack is
 *   no reason to stop: a person wants to know.
 */
export async function examine(
  healer: Healer,
  received: readonly Received[],
  remainingMs: number,
  purpose: 'healing' | 'watching' | 'looking' = 'healing',
): Promise<Examined[]> {
  const letters = received.flatMap((item) => ('letter' in item ? [item.letter] : []));
  const first = letters.map((letter) => ({ letter, ...evidenceOf(letter) }));
  const dlqs = new Set(letters.map(({ dlqArn }) => dlqArn));
  const known = await readKnown(
    healer.db,
    healer.table,
    first.filter(mayHaveLostItsMark).map(({ lineage }) => lineage.originId),
    first.filter(({ evidence }) => isSilent(evidence)).map(({ letter }) => letter.messageId),
    [...new Set(healer.policy.queues.filter(({ dlqArn }) => dlqs.has(dlqArn)).map(({ key }) => key))],
  );
  const recorded = new Map(first.map(({ letter, ...found }) => [letter, withRecord(known, letter, found)]));
  // Of a paused stack the letters are left, and come again and again.
  const paused = (known.paused && purpose !== 'looking') || healer.mode !== 'heal';
  const read = paused ? recorded : await withLogs(healer, recorded, remainingMs);
  const steps = received.map((item) => explain(healer, known, read, item));
  const explained = steps.flatMap((step) => ('explained' in step ? [step.explained] : []));
  if (paused) return steps.map((step) => ('explained' in step ? leave(step) : step));
  const rows = await readStandings(healer.db, healer.table, explained.map(standingOf));
  const fresh = explained.filter((one) => !rows.has(nameOf(letterKey(one.queue.key, one.lineage))));
  const [deaths, breakers] = await Promise.all([
    countDeaths(healer, fresh, rows, purpose !== 'looking'),
    purpose === 'healing' ? blameRelapses(healer, fresh, rows) : new Map<string, Breaker>(),
  ]);
  const lanes = new Map<string, number>();
  return steps.map((step) =>
    'explained' in step ? conclude(healer, { known, rows, deaths, breakers, lanes }, step) : step,
  );
}

/** What comes between the healed message and the letter takes no mark along. */
const MARKLESS: readonly EvidenceSource[] = ['application-envelope', 'lambda-destination', 'lambda-async-dlq'];

/** The healer's mark may not have fitted on the message, or nothing may have carried it. */
function mayHaveLostItsMark({ letter, lineage, evidence }: Found & { readonly letter: Letter }): boolean {
  return lineage.attempt === 0 && (MARKLESS.includes(evidence.source) || !hasRoomForMark(letter));
}

/** What the kit left in the ledger for a letter that says nothing itself. */
function withRecord({ failureRecords }: Known, letter: Letter, found: Found): Found {
  const record = failureRecords.get(letter.messageId);
  return record === undefined ? found : evidenceOf(letter, record);
}

/** What the consumers' logs tell of letters that neither they nor the kit's records explain. */
async function withLogs(
  { policy, logs, logger, now }: Healer,
  read: ReadonlyMap<Letter, Found>,
  remainingMs: number,
): Promise<ReadonlyMap<Letter, Found>> {
  const searches = [...read].flatMap(([letter, { evidence, returnTo }]) => {
    const queue = queueOf(policy, letter.dlqArn, returnTo);
    return (queue && logSearchFor(letter, evidence, queue, now())) ?? [];
  });
  const told = await lookUpLogs(logs, searches, remainingMs, logger);
  return new Map(
    [...read].map(([letter, found]) => [letter, { ...found, evidence: told.get(letter.messageId) ?? found.evidence }]),
  );
}

type ExplainedStep = { readonly itemIdentifier: string; readonly explained: Explained };
type Step = ExplainedStep | { readonly itemIdentifier: string; readonly error: Error; readonly letter?: Letter };

function explain(healer: Healer, known: Known, read: ReadonlyMap<Letter, Found>, item: Received): Step {
  const { itemIdentifier } = item;
  if (!('letter' in item)) return { itemIdentifier, error: new Error(item.unreadable) };
  const { letter } = item;
  try {
    const found = read.get(letter) ?? evidenceOf(letter);
    const { evidence, returnTo } = found;
    const lineage =
      (found.lineage.attempt === 0 ? known.lineages.get(found.lineage.originId) : undefined) ?? found.lineage;
    const queue = queueOf(healer.policy, letter.dlqArn, returnTo);
    if (queue === undefined)
      throw new Error(`no queue of this stack has the DLQ ${letter.dlqArn}: run terraform apply`);
    const classification = classify(evidence, letter, { queue: queue.key, rules: healer.policy.rules });
    const diedAt = evidence.at === undefined ? Number.NaN : Date.parse(evidence.at);
    const explained: Explained = {
      letter,
      lineage,
      healKey: nextHealKey(lineage),
      evidence,
      evidenceNames: found.attributeNames,
      returnTo,
      classification,
      group: fingerprint(queue.key, classification, evidence),
      queue,
      contentHash: createHash('sha256')
        .update(originalOf(letter, evidence.source, []).body)
        .digest('hex'),
      diedAt: Number.isNaN(diedAt) ? healer.now() : diedAt,
    };
    return { itemIdentifier, explained };
  } catch (error) {
    return { itemIdentifier, letter, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** The verdict of a stack that acts on nothing. */
const leave = ({ itemIdentifier, explained }: ExplainedStep): Examined => ({
  itemIdentifier,
  handled: { ...explained, round: 0, verdict: { kind: 'leave', reason: 'the stack is paused', notify: false } },
});

const standingOf = (one: Explained): Standing => {
  const lane = laneOf(one);
  const { queue, lineage, group, contentHash } = one;
  return { queueKey: queue.key, lineage, group, contentHash, ...(lane === undefined ? {} : { lane }) };
};

/** How often each body has killed within the window, by `contentName`; the deaths of this batch that count are noted first. */
async function countDeaths(
  { db, table, policy, now }: Healer,
  fresh: readonly Explained[],
  rows: Rows,
  isNoted: boolean,
): Promise<ReadonlyMap<string, number>> {
  const { windowSeconds } = policy.poison;
  const before = fresh.map((one): [string, number] => {
    const name = contentName(suspectOf(one));
    return [name, deathsIn(rows.get(name), windowSeconds, now())];
  });
  if (!isNoted) return new Map(before);
  const suspects = fresh.filter(({ classification, lineage, queue }) =>
    countsTowardsPoison(classification, lineage, queue),
  );
  const noted = await noteDeaths(db, table, suspects.map(suspectOf), windowSeconds, now());
  return new Map([...before, ...noted]);
}

const suspectOf = ({ queue, contentHash, lineage, diedAt }: Explained) => ({
  queueKey: queue.key,
  contentHash,
  originId: lineage.originId,
  diedAt,
});

interface State {
  readonly known: Known;
  readonly rows: Rows;
  readonly deaths: ReadonlyMap<string, number>;
  readonly breakers: ReadonlyMap<string, Breaker>;
  /** When the last letter of each message group is due; grows with the batch. */
  readonly lanes: Map<string, number>;
}

function conclude(healer: Healer, state: State, { itemIdentifier, explained }: ExplainedStep): Examined {
  const { queue, lineage, group } = explained;
  const row = state.rows.get(nameOf(letterKey(queue.key, lineage)));
  const groupName = nameOf(groupKey(queue.key, group));
  const breaker = state.breakers.get(groupName) ?? breakerOf(state.rows.get(groupName));
  const lane = laneOf(explained);
  const laneName = lane === undefined ? undefined : nameOf(laneKey(queue.key, lane));
  const behind = laneName === undefined ? undefined : (state.lanes.get(laneName) ?? state.rows.get(laneName)?.dueMs);
  const repair = repairOf(healer.policy.rules, explained.classification)?.rule;
  const verdict = decide({
    ...explained,
    ...(repair === undefined ? {} : { repair }),
    state: {
      paused: false,
      contentDeaths: state.deaths.get(contentName(suspectOf(explained))) ?? 0,
      breakerOpen: isOpen(breaker),
      level: state.known.levels.get(queue.key) ?? 0,
      ...(typeof behind === 'number' ? { behind } : {}),
    },
    policy: healer.policy,
    now: healer.now(),
    random: healer.random(),
  });
  if (laneName !== undefined && row === undefined && verdict.kind === 'park' && verdict.releasedBy === 'time')
    state.lanes.set(laneName, verdict.dueAt);
  const { round } = breaker;
  return {
    itemIdentifier,
    handled: { ...explained, round, verdict, ...(row === undefined ? {} : { first: firstOf(row) }) },
  };
}

const firstOf = ({ messageId, contentHash, status, dueKey, notify, reason }: Item): First => ({
  messageId: String(messageId),
  contentHash: String(contentHash),
  status: status as Status,
  held: String(dueKey ?? '').startsWith('held#'),
  notify: notify === true,
  reason: String(reason ?? ''),
});
