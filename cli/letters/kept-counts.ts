import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../../handlers/aws/batch-ops.ts';
import type { Healer } from '../../handlers/aws/healer.ts';
import { InputError } from '../exit.ts';
import { factsOfRow, idOfRow, KEPT } from './kept.ts';
import { notMeant, type Selector } from './selector.ts';

/** How many kept letters a selector means, for the preview. */
export interface KeptCount {
  readonly letters: number;
  /** There may be more: nobody waits for a preview of a hundred thousand. */
  readonly isMore: boolean;
  /** By status and class. */
  readonly kinds: ReadonlyMap<string, number>;
  /** The condition on bodies was not asked: it needs every letter's archive record. */
  readonly isUpperBound: boolean;
}

const COUNTED_AT_MOST = 10_000;

export async function countKept(pages: AsyncGenerator<Item[]>, { where, ...selector }: Selector): Promise<KeptCount> {
  const kinds = new Map<string, number>();
  let letters = 0;
  for await (const rows of pages) {
    for (const row of rows) {
      if (notMeant(selector, factsOfRow(row, undefined)) !== undefined) continue;
      letters += 1;
      const kind = `${row.status} ${row.failureClass}`;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    if (letters >= COUNTED_AT_MOST) break;
  }
  return { letters, isMore: letters >= COUNTED_AT_MOST, kinds, isUpperBound: where !== undefined };
}

/**
 * The rows of letters that were named by their origin ids: of each its last death that is kept.
 * @throws InputError naming those that are not kept
 */
export async function rowsById(
  { db, table: TableName }: Pick<Healer, 'db' | 'table'>,
  queueKey: string,
  origins: readonly string[],
) {
  const rows: Item[] = [];
  const missing: string[] = [];
  for (const origin of origins) {
    const { Items = [] } = await db.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :letter',
        ExpressionAttributeValues: { ':letter': `letter#${origin}` },
        ConsistentRead: true,
      }),
    );
    const deaths = Items.filter(({ queue }) => queue === queueKey);
    const all = deaths.filter(({ status }) => KEPT.includes(status as never));
    // Of a death's letters the first: another one is a copy of it, or has taken its lineage along.
    const kept = all.findLast(({ sk }) => !String(sk).includes('#twin#')) ?? all.at(-1);
    if (kept !== undefined) rows.push(kept);
    else
      missing.push(
        deaths.length === 0 ? `${origin} (no letter of that origin)` : `${origin} (${deaths.at(-1)?.status})`,
      );
  }
  if (missing.length > 0)
    throw new InputError(`not kept by queue "${queueKey}": ${missing.join(', ')}; dlq show ID tells where a letter is`);
  return {
    ids: new Set(rows.map(idOfRow)),
    async *pages(): AsyncGenerator<Item[]> {
      yield [...rows];
    },
  };
}
