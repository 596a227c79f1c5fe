import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ArchivePlace } from '../aws/archive.ts';
import type { Item } from '../aws/batch-ops.ts';
import { expiry } from '../aws/expiry.ts';
import { changeGroup, type GroupChange } from '../aws/groups.ts';
import type { Healer } from '../aws/healer.ts';
import { groupLot } from '../aws/keys.ts';
import type { QueuePolicy } from '../core/policy.ts';
import { cut, redact } from '../core/redact.ts';

// What a release leaves in the ledger.

/**
 * The letter is on its way: out of its lot, and out of the list of those that wait.
 * @param note fields that say who sent it, where a person did
 */
export async function recordRelease(
  healer: Healer,
  { key }: QueuePolicy,
  row: Item,
  leaseUntil: string,
  healedMessageId: string,
  note: Readonly<Record<string, string>>,
): Promise<void> {
  const expiresAt = expiry(healer.now(), healer.policy.ledgerDays * 24 * 3600);
  const set = { status: 'healed', healedMessageId, expiresAt, ...note };
  await endLease(healer, row, leaseUntil, set, ['dueKey', 'dueAt', 'statusKey']);
  healer.logger.info('letter healed', {
    letter: row.originId,
    healKey: row.healKey,
    queue: key,
    class: row.failureClass,
    group: row.group,
    healedMessageId,
    releasedBy: row.releasedBy,
  });
}

/** The alert is noted before the row changes: a crash in between tells twice, never not at all. It goes out with this run's. */
export async function recordRefusal(
  healer: Healer,
  { key }: QueuePolicy,
  row: Item,
  leaseUntil: string,
  error: Error,
): Promise<void> {
  const reason = cut(redact(`its target refused it: ${error.message}`), 300);
  const { originId, queue, group, failureClass } = row;
  healer.logger.warn('a kept letter was refused by its target and waits for a person', {
    letter: originId,
    queue,
    reason,
  });
  const change: GroupChange = {
    queueKey: String(queue),
    group: String(group),
    failureClass: String(failureClass),
    counts: { waiting: 1 },
    notifiable: 1,
    open: true, // others of the group may lie in its lot
    sample: {
      originId: String(originId),
      status: 'waiting',
      reason,
      error: String(row.error ?? ''),
      archive: healer.archive.url(row.archive as ArchivePlace),
    },
  };
  await changeGroup(healer.db, healer.table, change, healer.now(), healer.policy.ledgerDays);
  const set = { status: 'waiting', statusKey: `${key}#waiting`, releasedBy: 'person', reason };
  await endLease(healer, row, leaseUntil, set, ['dueKey', 'dueAt']);
}

/** A letter whose time has come while its group is held goes into the group's lot, behind those that were there before. */
export async function moveToGroupLot({ db, table, now }: Healer, { key }: QueuePolicy, row: Item): Promise<void> {
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk: row.pk, sk: row.sk },
        UpdateExpression: 'SET dueKey = :lot, dueAt = :at, releasedBy = :breaker',
        ConditionExpression: '#status = :parked AND dueKey = :before',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':lot': groupLot(key, String(row.group)),
          ':at': `${new Date(now()).toISOString()}#${row.messageId}`,
          ':breaker': 'breaker',
          ':parked': 'parked',
          ':before': row.dueKey,
        },
      }),
    );
  } catch (error) {
    // Someone else has dealt with it: the index showed it a moment longer.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

async function endLease(
  { db, table, now }: Healer,
  row: Item,
  leaseUntil: string,
  set: Readonly<Record<string, unknown>>,
  remove: readonly string[],
): Promise<void> {
  const values = { ...set, at: new Date(now()).toISOString() };
  const names = Object.keys(values);
  await db.send(
    new UpdateCommand({
      TableName: table,
      Key: { pk: row.pk, sk: row.sk },
      UpdateExpression: [
        `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        `REMOVE ${['leaseUntil', ...remove].join(', ')}`,
      ].join(' '),
      ConditionExpression: 'leaseUntil = :lease',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ':lease': leaseUntil,
        ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
      },
    }),
  );
}
