import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import { type Item, readItems } from '../../handlers/aws/batch-ops.ts';
import { expiry } from '../../handlers/aws/expiry.ts';
import { attempt } from '../../handlers/aws/outcome.ts';
import { endsHolding } from '../../handlers/core/decide.ts';
import { type Breaker, resolved } from '../../handlers/core/group.ts';
import { cut, redact } from '../../handlers/core/redact.ts';
import type { Operator } from '../audit/audited.ts';
import { shortArn } from '../audit/who.ts';
import { changeByHand } from './change-group.ts';
import type { Group } from './group.ts';
import { lotLetters, waitingOutside } from './letters.ts';
import { settleAlerts } from './settle-alerts.ts';

/** The letters of a group that wait in this moment: what a person decides over, and nothing that comes later. */
export interface Membership {
  readonly group: Group;
  readonly letters: readonly Item[];
  /** Epoch milliseconds, before they were listed and after the group's row was read. */
  readonly listedAt: number;
}

/** Lists whom a resolving is about. The group's row must have been read before. */
export async function membersOf(group: Group): Promise<Membership> {
  const listedAt = group.stack.healer.now();
  const [inLot, outside] = await Promise.all([lotLetters(group), waitingOutside(group)]);
  // A letter that leaves the lot in this moment may be in both.
  const distinct = new Map([...inLot, ...outside].map((row) => [`${row.pk}\n${row.sk}`, row]));
  return { group, letters: [...distinct.values()], listedAt };
}

/** What became of a letter. `left`: it is being sent right now. `gone`: it waits no more, somebody dealt with it. */
type Fate = 'archived' | 'left' | 'gone' | Error;

export interface Resolved {
  readonly archived: readonly string[];
  readonly left: number;
  readonly gone: number;
  /** Of letters that are as they were. */
  readonly errors: readonly Error[];
  readonly breaker: Breaker;
}

/** Rows that are changed at the same time. */
const AT_ONCE = 25;

/**
 * Declares letters of a group dealt with: they go into the archive's list, then the breaker is closed, then the alerts
 * about them are taken back. In this order, because whatever it dies between, a letter is listed as waiting in an open
 * group or as archived, and an alert too many goes out, never one too few: the next run finds and finishes the rest.
 *
 * @throws where the group's row cannot be written
 */
export async function resolve(membership: Membership, operator: Operator, why: string): Promise<Resolved> {
  const { group, letters, listedAt } = membership;
  const limit = pLimit(AT_ONCE);
  const fates = await Promise.all(letters.map((row) => limit(() => archiveOne(group, row, operator, why))));
  const errors = fates.filter((fate) => fate instanceof Error);
  const left = fates.filter((fate) => fate === 'left').length;
  const done = {
    archived: letters.filter((_, i) => fates[i] === 'archived').map(({ originId }) => String(originId)),
    left,
    gone: fates.filter((fate) => fate === 'gone').length,
    errors,
  };
  // Nobody would come for those that are still in the lot.
  if (errors.length > 0) return { ...done, breaker: group.breaker };
  const { failureClass, queue, stack } = group;
  const lot = { listedAt, isEmpty: left === 0 };
  const breaker = await changeByHand(group, (known) =>
    resolved(known, lot, endsHolding(failureClass, queue, stack.healer.policy), stack.healer.now()),
  );
  await settleAlerts(membership, operator);
  return { ...done, breaker };
}

async function archiveOne(group: Group, row: Item, operator: Operator, why: string): Promise<Fate> {
  const written = await attempt(() => writeArchived(group, row, operator, why));
  if (written.ok) return 'archived';
  if (!(written.error instanceof ConditionalCheckFailedException)) return written.error;
  const { db, table } = group.stack.healer;
  const read = await attempt(() => readItems(db, table, [{ pk: String(row.pk), sk: String(row.sk) }]));
  if (!read.ok) return read.error;
  const [now] = read.value;
  // The answer to the write was lost, and the SDK has written again.
  if (now?.resolvedBy === operator.auditId) return 'archived';
  return now?.status === 'waiting' || now?.status === 'parked' ? 'left' : 'gone';
}

/** Only as it was listed: a letter that has died again since, or that a run has taken on for sending, is another case. */
async function writeArchived(
  { stack, queue }: Group,
  { pk, sk, status, at, reason }: Item,
  { who, auditId }: Operator,
  why: string,
): Promise<void> {
  const { db, table: TableName, now, policy } = stack.healer;
  const time = new Date(now()).toISOString();
  const words = `resolved by ${shortArn(who)}${why === '' ? '' : `: ${why}`}; it waited: ${reason}`;
  const set = {
    status: 'archived',
    statusKey: `${queue.key}#archived`,
    at: time,
    reason: cut(redact(words), 500),
    resolvedBy: auditId,
    expiresAt: expiry(now(), policy.ledgerDays * 24 * 3600),
  };
  const names = Object.keys(set);
  await db.send(
    new UpdateCommand({
      TableName,
      Key: { pk, sk },
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')} REMOVE dueKey, dueAt, leaseUntil`,
      ConditionExpression:
        '#status = :before AND #at = :listed AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :at)',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        ':before': status,
        ':listed': at,
      },
    }),
  );
}
