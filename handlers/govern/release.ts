import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ArchivePlace } from '../aws/archive.ts';
import type { Item } from '../aws/batch-ops.ts';
import type { Healer } from '../aws/healer.ts';
import { attempt, failure, type Outcome } from '../aws/outcome.ts';
import { RefusedError, type Sending, sendAll, sendingOf } from '../aws/queues.ts';
import { restore } from '../core/archive-record.ts';
import type { QueuePolicy } from '../core/policy.ts';
import { markOf, tellOfRefusal, updateRow, writeLineage } from './release-record.ts';

/** How many letters are released together: ten fill a batch of SQS. */
const TOGETHER = 10;

/** What one run released of one queue. */
export interface Released {
  readonly healed: readonly { readonly failureClass: string }[];
  readonly failed: number;
}

/**
 * Sends the letters of a queue whose time has come back to it, oldest first, until none is due or `hasTime` says stop.
 * The same protocol as the healer's: claim → read from the archive → send → record → complete. A letter whose release
 * fails stays parked and due, and is tried again by the next run.
 */
export async function releaseDue(healer: Healer, queue: QueuePolicy, hasTime: () => boolean): Promise<Released> {
  const healed: { failureClass: string }[] = [];
  const tried = new Set<string>();
  let failed = 0;
  while (hasTime()) {
    // The index may show a letter for a moment after its release, and one whose release failed stays in it.
    const due = await dueRows(healer, queue.key, TOGETHER + tried.size);
    const rows = due.filter((row) => !tried.has(String(row.healKey))).slice(0, TOGETHER);
    if (rows.length === 0) break;
    for (const row of rows) tried.add(String(row.healKey));
    for (const { row, outcome } of await releaseRows(healer, queue, rows)) {
      if (outcome.ok && outcome.value) healed.push({ failureClass: String(row.failureClass) });
      if (outcome.ok) continue;
      failed += 1;
      healer.logger.error('a due letter could not be released; it stays parked', {
        letter: row.originId,
        queue: queue.key,
        error: outcome.error,
      });
    }
  }
  return { healed, failed };
}

async function dueRows({ db, table, now }: Healer, queueKey: string, Limit: number): Promise<Item[]> {
  const { Items } = await db.send(
    new QueryCommand({
      TableName: table,
      IndexName: 'by-due',
      KeyConditionExpression: 'dueKey = :queue AND dueAt <= :now',
      ExpressionAttributeValues: { ':queue': `due#${queueKey}`, ':now': new Date(now()).toISOString() },
      Limit,
    }),
  );
  return Items ?? [];
}

interface Prepared {
  readonly row: Item;
  readonly claimKey: string;
  readonly sending: Sending;
}

async function releaseRows(healer: Healer, queue: QueuePolicy, rows: readonly Item[]) {
  const prepared = await Promise.all(
    rows.map(async (row) => ({ row, outcome: await attempt(() => prepare(healer, queue, row)) })),
  );
  const ready = prepared.flatMap(({ outcome }) => (outcome.ok && outcome.value !== undefined ? [outcome.value] : []));
  const sent = await sendAll(
    healer.sqs,
    queue.sourceUrl ?? '',
    ready.map(({ sending }) => sending),
  );
  const finished = new Map(
    await Promise.all(
      ready.map(
        async (item, i) =>
          [item.row, await finish(healer, queue, item, sent[i] ?? failure(new Error('not sent')))] as const,
      ),
    ),
  );
  // A row that another run holds, or has released, is neither healed by this one nor failed.
  return prepared.map(({ row, outcome }): { row: Item; outcome: Outcome<boolean> } => ({
    row,
    outcome: finished.get(row) ?? (outcome.ok ? { ok: true, value: false } : outcome),
  }));
}

async function prepare(healer: Healer, queue: QueuePolicy, row: Item): Promise<Prepared | undefined> {
  if (queue.sourceUrl === undefined) throw new Error(`queue "${queue.key}" has no source queue to send to`);
  const healKey = String(row.healKey);
  const claimKey = `${queue.key}/release/${healKey}`;
  // Held for a minute: longer than the sends of ten letters take, short enough that a crash costs one round.
  const claim = await healer.claims.claim(claimKey, 60_000);
  if (claim.state !== 'won') return undefined;
  const restored = await attempt(async () => restore(await healer.archive.read(row.archive as ArchivePlace)));
  if (!restored.ok) {
    await attempt(() => healer.claims.release(claimKey));
    throw new Error(`its archive record cannot be read: ${restored.error.message}`, { cause: restored.error });
  }
  const { letter, evidenceNames, source } = restored.value;
  const sending = sendingOf(letter, evidenceNames, markOf(row), { delaySeconds: 0, fifo: queue.fifo, source });
  return { row, claimKey, sending };
}

async function finish(
  healer: Healer,
  queue: QueuePolicy,
  item: Prepared,
  sent: Outcome<string>,
): Promise<Outcome<boolean>> {
  const { row, claimKey, sending } = item;
  const done = await attempt(async () => {
    if (!sent.ok && !(sent.error instanceof RefusedError)) throw sent.error;
    if (sent.ok && !sending.carriesLineage) await writeLineage(healer, row, sent.value);
    if (!sent.ok) await tellOfRefusal(healer, row, sent.error);
    await updateRow(healer, queue, row, sent);
    const status = sent.ok ? 'healed' : 'waiting';
    await healer.claims.complete(claimKey, {
      messageId: String(row.messageId),
      contentHash: String(row.contentHash),
      status,
    });
    return sent.ok;
  });
  if (!done.ok) await attempt(() => healer.claims.release(claimKey));
  return done;
}
