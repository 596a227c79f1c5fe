import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ArchivePlace } from '../../handlers/aws/archive.ts';
import type { Item } from '../../handlers/aws/batch-ops.ts';
import type { Healer } from '../../handlers/aws/healer.ts';
import { restore } from '../../handlers/core/archive-record.ts';
import { originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import { lazily } from '../../handlers/core/lazily.ts';
import type { Status } from '../../handlers/core/verdict.ts';
import { parsed, textsOf } from './facts.ts';
import type { LazyFacts, Selector } from './selector.ts';

/** Statuses of letters that lie in the archive and may come back. */
export const KEPT: readonly Status[] = ['waiting', 'parked', 'archived', 'quarantined'];

/**
 * Rows of the letters that a stack keeps, oldest first within each status, as they were at one instant: what is kept
 * later is nobody's yet. The index may lag behind the rows for a moment: whoever sends a letter takes a lease on its row.
 * @param until epoch milliseconds
 */
export async function* keptRows(
  { db, table: TableName }: Pick<Healer, 'db' | 'table'>,
  queueKey: string,
  statuses: readonly Status[],
  { group }: Pick<Selector, 'group'>,
  until: number,
): AsyncGenerator<Item[]> {
  const wanted = new Set<unknown>(statuses);
  // A group's letters lie together under one key, the healed ones among them.
  const keys = group === undefined ? statuses.map((status) => `${queueKey}#${status}`) : [`${queueKey}#${group}`];
  const [IndexName, key] = group === undefined ? ['by-status', 'statusKey'] : ['by-group', 'groupKey'];
  for (const value of keys) {
    let start: Record<string, unknown> | undefined;
    do {
      const page = await db.send(
        new QueryCommand({
          TableName,
          IndexName,
          KeyConditionExpression: `${key} = :key AND #at <= :until`,
          ExpressionAttributeNames: { '#at': 'at' },
          ExpressionAttributeValues: { ':key': value, ':until': new Date(until).toISOString() },
          Limit: 100,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      const rows = (page.Items ?? []).filter(
        ({ pk, status }) => String(pk).startsWith('letter#') && wanted.has(status),
      );
      if (rows.length > 0) yield rows;
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
}

/** How a kept letter is named: by its origin, and where that died more than once by its attempt, too. */
export const idOfRow = ({ pk, sk }: Item): string => `${String(pk).slice('letter#'.length)} ${sk}`;

/** The facts of a kept letter. @param line its archive record, where a condition asks for more than its row tells */
export function factsOfRow(row: Item, line: string | undefined): LazyFacts {
  const original = lazily(() => {
    if (line === undefined) throw new Error('a condition on body or attributes needs the archive record');
    const { letter, source, evidenceNames } = restore(line);
    return { ...originalOf(letter, source, evidenceNames), letter };
  });
  const { evidence } = line === undefined ? { evidence: {} } : (JSON.parse(line) as { evidence: Item });
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  return {
    id: () => idOfRow(row),
    messageId: () => String(row.messageId),
    queue: () => String(row.queue),
    class: () => String(row.failureClass),
    group: () => String(row.group),
    rule: () => String(row.rule),
    errorType: () => text((evidence as Item).errorType),
    error: () => text((evidence as Item).message) ?? text(row.error),
    attempt: () => Number(row.attempt),
    diedAt: () => String(row.diedAt ?? row.at),
    status: () => String(row.status),
    messageGroupId: () => original().letter.system.messageGroupId ?? null,
    attributes: () => textsOf(original().attributes),
    body: () => parsed(original().body),
  };
}

/** Archive records of rows, those that lie together by one call; undefined where one cannot be read. */
export async function linesOf(
  { archive }: Pick<Healer, 'archive'>,
  rows: readonly Item[],
): Promise<(string | undefined)[]> {
  const read = await archive.readMany(rows.map((row) => row.archive as ArchivePlace));
  return read.map((one) => (one.ok ? one.value : undefined));
}
