import { paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { breakerOf, openGroups } from '../../handlers/aws/breakers.ts';
import type { Healer } from '../../handlers/aws/healer.ts';
import type { Deaths, Held } from './readings.ts';

type Ledger = Pick<Healer, 'db' | 'table'>;

/** Counting stops here: more is as bad. */
const MOST_LETTERS = 2000;
const MOST_GROUPS = 500;
const MOST_IDS = 20;

/**
 * Letters of a queue that died since an instant, whatever became of them. Healed ones are in no index by status, so that
 * the groups that were seen since are asked for theirs. The indexes may lag behind by a moment.
 * @param since epoch milliseconds
 */
export async function deathsSince(ledger: Ledger, queue: string, since: number): Promise<Deaths> {
  const from = new Date(since).toISOString();
  const groups = await rowsOf(
    ledger,
    {
      KeyConditionExpression: 'pk = :queue AND begins_with(sk, :group)',
      FilterExpression: 'lastSeen >= :from',
      ProjectionExpression: '#group',
      ExpressionAttributeNames: { '#group': 'group' },
      ExpressionAttributeValues: { ':queue': `queue#${queue}`, ':group': 'group#', ':from': from },
    },
    MOST_GROUPS,
  );
  let died = 0;
  let isWhole = groups.length < MOST_GROUPS;
  const relapsed = new Set<string>();
  for (const { group } of groups) {
    const left = MOST_LETTERS - died - relapsed.size;
    const rows = left <= 0 ? [] : await lettersOf(ledger, `${queue}#${group}`, from, left);
    if (rows.length >= left) isWhole = false;
    for (const { originId, attempt, sk } of rows) {
      // Another message of a death that is counted already is no death.
      if (String(sk).includes('#twin#')) continue;
      if (Number(attempt) > 0) relapsed.add(String(originId));
      else died += 1;
    }
  }
  return { died, relapsed: relapsed.size, relapsedIds: [...relapsed].slice(0, MOST_IDS), isWhole };
}

const lettersOf = (ledger: Ledger, groupKey: string, from: string, most: number) =>
  rowsOf(
    ledger,
    {
      IndexName: 'by-group',
      // A row is written after the death, and may be written again later: the rows of all deaths since then are here.
      KeyConditionExpression: 'groupKey = :group AND #at >= :from',
      FilterExpression: 'diedAt >= :from',
      ProjectionExpression: 'sk, originId, attempt',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':group': groupKey, ':from': from },
    },
    most,
  );

/** Groups of a queue that are not healing, and letters that wait for a person or a deploy. */
export async function heldNow(ledger: Ledger, queue: string): Promise<Held> {
  const [open, waiting] = await Promise.all([
    openGroups(ledger.db, ledger.table, queue, MOST_GROUPS),
    rowsOf(
      ledger,
      {
        IndexName: 'by-status',
        KeyConditionExpression: 'statusKey = :waiting',
        ProjectionExpression: 'sk',
        ExpressionAttributeValues: { ':waiting': `${queue}#waiting` },
      },
      MOST_LETTERS,
    ),
  ]);
  return {
    open: open.map((row) => ({
      group: String(row.group),
      class: String(row.failureClass),
      state: breakerOf(row).state,
    })),
    waiting: waiting.length,
    isWhole: waiting.length < MOST_LETTERS,
  };
}

/** Rows of a query, at most so many, page after page. */
async function rowsOf(
  { db, table: TableName }: Ledger,
  query: Omit<QueryCommandInput, 'TableName'>,
  most: number,
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const { Items = [] } of paginateQuery({ client: db }, { TableName, ...query })) {
    rows.push(...Items);
    if (rows.length >= most) break;
  }
  return rows.slice(0, most);
}
