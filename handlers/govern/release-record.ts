import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ArchivePlace } from '../aws/archive.ts';
import { type Item, writeItems } from '../aws/batch-ops.ts';
import { changeGroup, type GroupChange } from '../aws/groups.ts';
import type { Healer } from '../aws/healer.ts';
import { expiry, lineageRow } from '../aws/ledger.ts';
import type { Outcome } from '../aws/outcome.ts';
import type { QueuePolicy } from '../core/policy.ts';
import { cut, redact } from '../core/redact.ts';

// What a release leaves in the ledger.

/** Noted before the row changes: a crash in between tells twice, never not at all. The alert goes out with this run's. */
export async function tellOfRefusal(healer: Healer, row: Item, error: Error): Promise<void> {
  const reason = cut(redact(`the queue refused it: ${error.message}`), 300);
  const { originId, queue, group, failureClass } = row;
  healer.logger.warn('a due letter was refused by its queue and waits for a person', {
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
    sample: {
      originId: String(originId),
      status: 'waiting',
      reason,
      error: String(row.error ?? ''),
      archive: healer.archive.url(row.archive as ArchivePlace),
    },
  };
  await changeGroup(healer.db, healer.table, change, healer.now(), healer.policy.ledgerDays);
}

export const markOf = (row: Item) => ({
  originId: String(row.originId),
  attempt: Number(row.attempt) + 1,
  group: String(row.group),
});

export async function writeLineage({ db, table, now }: Healer, row: Item, newMessageId: string): Promise<void> {
  const [written] = await writeItems(db, table, [lineageRow(newMessageId, markOf(row), now())]);
  if (written?.ok !== true) throw written?.error ?? new Error('the lineage row was not written');
}

export async function updateRow(healer: Healer, queue: QueuePolicy, row: Item, sent: Outcome<string>): Promise<void> {
  const now = healer.now();
  const status = sent.ok ? 'healed' : 'waiting';
  const set: Record<string, unknown> = sent.ok
    ? { healedMessageId: sent.value, expiresAt: expiry(now, healer.policy.ledgerDays * 24 * 3600) }
    : { reason: cut(redact(`the queue refused it: ${sent.error.message}`), 500) };
  const values = { status, statusKey: `${queue.key}#${status}`, at: new Date(now).toISOString(), ...set };
  const names = Object.keys(values);
  try {
    await healer.db.send(
      new UpdateCommand({
        TableName: healer.table,
        Key: { pk: row.pk, sk: row.sk },
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')} REMOVE dueKey, dueAt`,
        ConditionExpression: '#status = :parked',
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ':parked': 'parked',
          ...Object.fromEntries(Object.entries(values).map(([k, v]) => [`:${k}`, v])),
        },
      }),
    );
  } catch (error) {
    // Released by a run before this one that died before completing its claim: the row says so already.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
