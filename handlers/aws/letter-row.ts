import type { Handled } from '../core/handled.ts';
import type { HealerMark } from '../core/outgoing.ts';
import { cut, redact } from '../core/redact.ts';
import { targetOf } from '../core/target.ts';
import type { Status } from '../core/verdict.ts';
import type { ArchivePlace } from './archive.ts';
import type { Item, Key } from './batch-ops.ts';
import { expiry } from './expiry.ts';
import { dueLot, groupLot, laneKey, letterKey } from './keys.ts';

// The ledger's rows of letters, and those that go with them.

const DAY_SECONDS = 24 * 3600;

/** Longer than source queue and DLQ together keep a message: 14 days each. */
const LINEAGE_SECONDS = 30 * DAY_SECONDS;

/** How a letter's handling ended, for its row. */
export interface Ending {
  readonly status: Status;
  readonly archive?: ArchivePlace;
  readonly healedMessageId?: string;
  /** The healed letter could not carry its lineage: the ledger must know it by its new id. */
  readonly noteLineage?: boolean;
  /** Set for another letter of a death that was handled before: it gets a row of its own beside the first one's. */
  readonly twin?: true;
  /** Overrides the verdict's reason, e.g. where a heal was refused; the letter then waits for a person outside any lot. */
  readonly reason?: string;
}

/** Statuses that wait for something: their rows must never expire before the letter is dealt with. */
const WAITING: readonly Status[] = ['parked', 'waiting', 'quarantined'];

/** The row of one death of a letter; its keys follow from the letter, so that writing it twice changes nothing. */
export function letterRow(handled: Handled, ending: Ending, now: number, ledgerDays: number): Item & Key {
  const { letter, lineage, queue, classification, evidence, verdict, group } = handled;
  const { status, archive, healedMessageId } = ending;
  const at = new Date(now).toISOString();
  return {
    ...letterKey(queue.key, lineage, ending.twin && letter.messageId),
    originId: lineage.originId,
    attempt: lineage.attempt,
    healKey: handled.healKey,
    messageId: letter.messageId,
    queue: queue.key,
    status,
    failureClass: classification.failureClass,
    rule: classification.rule,
    confidence: classification.confidence,
    evidenceSource: evidence.source,
    group,
    verdict: verdict.kind,
    ...(verdict.kind === 'park' ? { releasedBy: verdict.releasedBy } : {}),
    ...(verdict.kind === 'heal' && verdict.repair !== undefined ? { repair: verdict.repair } : {}),
    // Of an ordinary letter the queue says it already.
    ...(handled.returnTo.kind === 'queue' ? {} : { returnTo: handled.returnTo }),
    ...(asksForPerson(handled, ending) ? { notify: true } : {}),
    reason: cut(redact(ending.reason ?? verdict.reason), 500),
    error: cut(redact([evidence.errorType, evidence.message].filter(Boolean).join(': ')), 500),
    contentHash: handled.contentHash,
    diedAt: new Date(handled.diedAt).toISOString(),
    at,
    // Healed ones are looked for by origin and group only: in a storm of heals one index partition would be hot.
    ...(status === 'healed' ? {} : { statusKey: `${queue.key}#${status}` }),
    groupKey: `${queue.key}#${group}`,
    ...lotOf(handled, ending, at),
    ...(laneOf(handled) === undefined ? {} : { lane: laneOf(handled) }),
    ...(archive === undefined ? {} : { archive }),
    ...(healedMessageId === undefined ? {} : { healedMessageId }),
    ...(WAITING.includes(status) ? {} : { expiresAt: expiry(now, ledgerDays * DAY_SECONDS) }),
  };
}

/** Whether a person must be told of the letter. */
export const asksForPerson = ({ verdict }: Handled, { status, reason }: Ending): boolean =>
  status !== 'duplicate' && (verdict.notify || reason !== undefined);

/** Where a kept letter is found again by whoever sets it free; nowhere if there is no place to send it to. */
function lotOf(handled: Handled, ending: Ending, at: string): { dueKey?: string; dueAt?: string } {
  const { queue, verdict, group, letter } = handled;
  if (verdict.kind !== 'park' || !isInLot(handled, ending)) return {};
  if (verdict.releasedBy === 'time') return { dueKey: dueLot(queue.key), dueAt: new Date(verdict.dueAt).toISOString() };
  return { dueKey: groupLot(queue.key, group), dueAt: `${at}#${letter.system.sequenceNumber ?? letter.messageId}` };
}

/** Whether somebody or something may send the letter back to where it came from. */
export function isInLot({ verdict, returnTo, queue }: Handled, { status, twin, reason }: Ending): boolean {
  if (verdict.kind !== 'park' || twin || reason !== undefined) return false;
  return (status === 'parked' || status === 'waiting') && 'target' in targetOf(returnTo, queue);
}

/** The message group that orders a letter; on a standard queue it marks a tenant and orders nothing. */
export const laneOf = ({ queue, letter }: Pick<Handled, 'queue' | 'letter'>): string | undefined =>
  queue.fifo ? letter.system.messageGroupId : undefined;

/** When the last parked letter of a message group is due: the next one must not overtake it. */
export function laneRow(queueKey: string, lane: string, dueAt: number): Item & Key {
  return { ...laneKey(queueKey, lane), dueMs: dueAt, expiresAt: expiry(dueAt, LINEAGE_SECONDS) };
}

/** Lets a healed letter that could not carry its lineage be known by its new message id. */
export function lineageRow(newMessageId: string, mark: HealerMark, now: number): Item & Key {
  return { pk: `message#${newMessageId}`, sk: 'lineage', ...mark, expiresAt: expiry(now, LINEAGE_SECONDS) };
}
