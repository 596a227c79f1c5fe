import { createHash } from 'node:crypto';
import type { Healer } from '../aws/healer.ts';
import { type Known, readKnown } from '../aws/ledger.ts';
import { lookUpLogs } from '../aws/logs.ts';
import { contentKey, noteDeaths } from '../aws/poison.ts';
import type { Received } from '../aws/records.ts';
import { classify } from '../core/classify.ts';
import { countsTowardsPoison, decide } from '../core/decide.ts';
import { evidenceOf, type Found, originalOf } from '../core/evidence/evidence-of.ts';
import { isSilent, logSearchFor } from '../core/evidence/log-search.ts';
import { fingerprint } from '../core/fingerprint.ts';
import type { Handled } from '../core/handled.ts';
import { type Letter, nextHealKey } from '../core/letter.ts';
import { queueOf } from '../core/route.ts';

/** A letter of the batch with its verdict, or why it has none; `itemIdentifier` is what Lambda knows it by. */
export type Examined =
  | { readonly itemIdentifier: string; readonly handled: Handled }
  | { readonly itemIdentifier: string; readonly error: Error; readonly letter?: Letter };

/** All of a letter's `Handled` but the verdict, which needs to know what happened to its likes. */
type Explained = Omit<Handled, 'verdict'>;

/**
 * Steps 2 to 6 of the flow: evidence, class, group, state, verdict. One letter's fault is its own; only a ledger that
 * cannot be read throws, and then the whole batch stays in its queue.
 */
export async function examine(healer: Healer, received: readonly Received[], remainingMs: number): Promise<Examined[]> {
  const letters = received.flatMap((item) => ('letter' in item ? [item.letter] : []));
  const first = letters.map((letter) => ({ letter, ...evidenceOf(letter) }));
  const known = await readKnown(
    healer.db,
    healer.table,
    first.filter(({ lineage }) => lineage.attempt === 0).map(({ lineage }) => lineage.originId),
    first.filter(({ evidence }) => isSilent(evidence)).map(({ letter }) => letter.messageId),
  );
  const recorded = new Map(first.map(({ letter, ...found }) => [letter, withRecord(known, letter, found)]));
  // Of a paused stack the letters are left, and come again and again.
  const read = known.paused ? recorded : await withLogs(healer, recorded, remainingMs);
  const explained = received.map((item) => explain(healer, known, read, item));
  const deaths = await countDeaths(healer, explained);
  return explained.map((item) => ('explained' in item ? conclude(healer, known, deaths, item) : item));
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

type Step = { readonly itemIdentifier: string } & (
  | { readonly explained: Explained }
  | { readonly error: Error; readonly letter?: Letter }
);

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

async function countDeaths(healer: Healer, steps: readonly Step[]): Promise<ReadonlyMap<string, number>> {
  const suspects = steps.flatMap((step) =>
    'explained' in step && countsTowardsPoison(step.explained.classification.failureClass)
      ? [suspectOf(step.explained)]
      : [],
  );
  return noteDeaths(healer.db, healer.table, suspects, healer.policy.poison.windowSeconds, healer.now());
}

const suspectOf = ({ queue, contentHash, lineage, diedAt }: Explained) => ({
  queueKey: queue.key,
  contentHash,
  originId: lineage.originId,
  diedAt,
});

function conclude(
  healer: Healer,
  known: Known,
  deaths: ReadonlyMap<string, number>,
  { itemIdentifier, explained }: { readonly itemIdentifier: string; readonly explained: Explained },
): Examined {
  const verdict = decide({
    ...explained,
    state: {
      paused: known.paused || healer.mode !== 'heal',
      contentDeaths: deaths.get(contentKey(suspectOf(explained))) ?? 0,
    },
    policy: healer.policy,
    now: healer.now(),
    random: healer.random(),
  });
  return { itemIdentifier, handled: { ...explained, verdict } };
}
