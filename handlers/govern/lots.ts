import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../aws/batch-ops.ts';
import type { Healer } from '../aws/healer.ts';
import { dueLot, groupLot } from '../aws/keys.ts';
import type { QueuePolicy } from '../core/policy.ts';

// The parking lots are partitions of the index `by-due`. It lags behind the rows for a moment: whoever takes a letter
// out of a lot takes a lease on its row first, which does not.

/** Letters of a queue whose time has come, those due longest first. */
export async function* dueLetters(healer: Healer, queue: QueuePolicy): AsyncGenerator<Item[]> {
  const until = new Date(healer.now()).toISOString();
  yield* pages(healer, {
    KeyConditionExpression: 'dueKey = :lot AND dueAt <= :until',
    ExpressionAttributeValues: { ':lot': dueLot(queue.key), ':until': until },
  });
}

/** Letters in a group's lot, in the order in which they were put there. */
export async function* groupLetters(healer: Healer, queue: QueuePolicy, group: string): AsyncGenerator<Item[]> {
  for (const query of lotsOf(queue, group)) yield* pages(healer, query);
}

export type LotQuery = Pick<
  ConstructorParameters<typeof QueryCommand>[0],
  'KeyConditionExpression' | 'FilterExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** Where the letters of a group lie, as queries of the index `by-due`. */
export function lotsOf(queue: QueuePolicy, group: string): LotQuery[] {
  const own: LotQuery = {
    KeyConditionExpression: 'dueKey = :lot',
    ExpressionAttributeValues: { ':lot': groupLot(queue.key, group) },
  };
  if (!queue.fifo) return [own];
  // A FIFO queue has one line for all of its groups, or letters of one message group would overtake each other.
  const line: LotQuery = {
    KeyConditionExpression: 'dueKey = :lot',
    FilterExpression: '#group = :group',
    ExpressionAttributeNames: { '#group': 'group' },
    ExpressionAttributeValues: { ':lot': dueLot(queue.key), ':group': group },
  };
  return [own, line];
}

/**
 * Letters of a group whose turn it is: on a FIFO queue those that have nobody of another group before them in their
 * message group. The first in line always has his turn with his own group, so that no two groups wait for each other.
 */
export async function* lettersInTurn(healer: Healer, queue: QueuePolicy, group: string): AsyncGenerator<Item[]> {
  if (!queue.fifo) return yield* groupLetters(healer, queue, group);
  yield* pages(healer, {
    KeyConditionExpression: 'dueKey = :lot',
    ExpressionAttributeValues: { ':lot': groupLot(queue.key, group) },
  });
  const behindOthers = new Set<unknown>();
  const line = pages(healer, {
    KeyConditionExpression: 'dueKey = :lot',
    ExpressionAttributeValues: { ':lot': dueLot(queue.key) },
  });
  for await (const page of line) {
    const inTurn = page.filter((row) => {
      if (row.group !== group) behindOthers.add(row.lane);
      return !behindOthers.has(row.lane);
    });
    if (inTurn.length > 0) yield inTurn;
  }
}

/** The first letters of a lot. */
export async function firstOf(lot: AsyncGenerator<Item[]>, count: number): Promise<Item[]> {
  const rows: Item[] = [];
  for await (const page of lot) {
    rows.push(...page);
    if (rows.length >= count) break;
  }
  return rows.slice(0, count);
}

async function* pages({ db, table }: Healer, query: LotQuery): AsyncGenerator<Item[]> {
  let start: Record<string, unknown> | undefined;
  do {
    const page = await db.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'by-due',
        ...query,
        Limit: 100,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    if ((page.Items?.length ?? 0) > 0) yield page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}
