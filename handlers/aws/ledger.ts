import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Handled } from '../core/handled.ts';
import type { Lineage } from '../core/letter.ts';
import type { HealerMark } from '../core/outgoing.ts';
import { cut, redact } from '../core/redact.ts';
import type { Status } from '../core/verdict.ts';
import type { ArchivePlace } from './archive.ts';
import { type Item, type Key, readItems } from './batch-ops.ts';

const DAY_SECONDS = 24 * 3600;

/** Longer than source queue and DLQ together keep a message: 14 days each. */
const LINEAGE_SECONDS = 30 * DAY_SECONDS;

/** What the ledger knows of the letters of one batch. */
export interface Known {
  readonly paused: boolean;
  /** By message id: the lineage of a letter that had no room for its attribute. */
  readonly lineages: ReadonlyMap<string, Lineage>;
  /** By message id: the kit's failure record, as JSON text. */
  readonly failureRecords: ReadonlyMap<string, string>;
}

const CONTROL: Key = { pk: 'control', sk: 'stack' };

/** One batched, consistent read for a whole batch. */
export async function readKnown(
  db: DynamoDBDocumentClient,
  table: string,
  lineageIds: readonly string[],
  failureIds: readonly string[],
): Promise<Known> {
  const keys = [
    CONTROL,
    ...unique(lineageIds).map((id) => ({ pk: `message#${id}`, sk: 'lineage' })),
    ...unique(failureIds).map((id) => ({ pk: `message#${id}`, sk: 'failure' })),
  ];
  const items = await readItems(db, table, keys);
  const ofKind = (sk: string) => items.filter((item) => item.sk === sk);
  const idOf = (item: Item) => String(item.pk).slice('message#'.length);
  return {
    paused: ofKind('stack').some((item) => item.paused === true),
    lineages: new Map(
      ofKind('lineage').map((item) => [idOf(item), { originId: String(item.originId), attempt: Number(item.attempt) }]),
    ),
    failureRecords: new Map(ofKind('failure').map((item) => [idOf(item), String(item.evidence)])),
  };
}

const unique = (ids: readonly string[]) => [...new Set(ids)];

/** How a letter's handling ended, for its row. */
export interface Ending {
  readonly status: Status;
  readonly archive?: ArchivePlace;
  readonly healedMessageId?: string;
  /** Set for another letter of a death that was handled before: it gets a row of its own beside the first one's. */
  readonly twin?: true;
  /** Overrides the verdict's reason, e.g. where a heal was refused. */
  readonly reason?: string;
}

/** Statuses that wait for something: their rows must never expire before the letter is dealt with. */
const WAITING: readonly Status[] = ['parked', 'waiting', 'quarantined'];

/** The row of one death of a letter; its keys follow from the letter, so that writing it twice changes nothing. */
export function letterRow(handled: Handled, ending: Ending, now: number, ledgerDays: number): Item & Key {
  const { letter, lineage, queue, classification, evidence, verdict, group } = handled;
  const { status, archive, healedMessageId } = ending;
  const at = new Date(now).toISOString();
  const due =
    status === 'parked' && verdict.kind === 'park' && verdict.releasedBy === 'time' ? verdict.dueAt : undefined;
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
    // Of an ordinary letter the queue says it already.
    ...(handled.returnTo.kind === 'queue' ? {} : { returnTo: handled.returnTo }),
    reason: cut(redact(ending.reason ?? verdict.reason), 500),
    error: cut(redact([evidence.errorType, evidence.message].filter(Boolean).join(': ')), 500),
    contentHash: handled.contentHash,
    diedAt: new Date(handled.diedAt).toISOString(),
    at,
    statusKey: `${queue.key}#${status}`,
    groupKey: `${queue.key}#${group}`,
    ...(due === undefined ? {} : { dueKey: `due#${queue.key}`, dueAt: new Date(due).toISOString() }),
    ...(archive === undefined ? {} : { archive }),
    ...(healedMessageId === undefined ? {} : { healedMessageId }),
    ...(WAITING.includes(status) ? {} : { expiresAt: expiry(now, ledgerDays * DAY_SECONDS) }),
  };
}

/** The queue is part of the key: a consumer that forwards a message with its attributes takes the origin along. */
export function letterKey(queueKey: string, { originId, attempt }: Lineage, twinMessageId?: string): Key {
  const suffix = twinMessageId === undefined ? '' : `#twin#${twinMessageId}`;
  return { pk: `letter#${originId}`, sk: `${queueKey}#attempt#${String(attempt).padStart(3, '0')}${suffix}` };
}

/** Lets a healed letter that could not carry its lineage be known by its new message id. */
export function lineageRow(newMessageId: string, { originId, attempt, group }: HealerMark, now: number): Item & Key {
  return {
    pk: `message#${newMessageId}`,
    sk: 'lineage',
    originId,
    attempt,
    group,
    expiresAt: expiry(now, LINEAGE_SECONDS),
  };
}

/** DynamoDB's TTL is in epoch seconds. */
export function expiry(now: number, seconds: number): number {
  return Math.floor(now / 1000) + seconds;
}
