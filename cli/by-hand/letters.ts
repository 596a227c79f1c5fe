import { paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../../handlers/aws/batch-ops.ts';
import { type LotQuery, lotsOf } from '../../handlers/govern/lots.ts';
import type { Group } from './group.ts';

/** What a change of a letter's row needs to know of it. */
const FIELDS = { '#pk': 'pk', '#sk': 'sk', '#status': 'status', '#at': 'at', '#reason': 'reason' } as const;
const PROJECTION = `${Object.keys(FIELDS).join(', ')}, originId, leaseUntil, dueKey`;

/** Letters in the group's lot, those first that were put there first. The index lags behind the rows for a moment. */
export async function lotLetters(group: Group): Promise<Item[]> {
  const lots = await Promise.all(
    lotsOf(group.queue, group.id).map((query) => rowsOf(group, { ...query, IndexName: 'by-due' })),
  );
  return lots.flat();
}

/** How many letters lie in the group's lot. */
export async function countLot(group: Group): Promise<number> {
  const { db, table: TableName } = group.stack.healer;
  let count = 0;
  for (const query of lotsOf(group.queue, group.id))
    for await (const page of paginateQuery(
      { client: db },
      { TableName, IndexName: 'by-due', ...query, Select: 'COUNT' },
    ))
      count += page.Count ?? 0;
  return count;
}

/** Letters that wait for a person outside the lot: what their target refused, twins, what has nowhere to go. */
export async function waitingOutside(group: Group): Promise<Item[]> {
  return rowsOf(group, {
    IndexName: 'by-status',
    KeyConditionExpression: 'statusKey = :waiting',
    FilterExpression: '#group = :group AND attribute_not_exists(dueKey)',
    ExpressionAttributeNames: { '#group': 'group' },
    ExpressionAttributeValues: { ':waiting': `${group.queue.key}#waiting`, ':group': group.id },
  });
}

type Query = LotQuery & Pick<QueryCommandInput, 'IndexName'>;

async function rowsOf({ stack }: Group, query: Query): Promise<Item[]> {
  const { db, table: TableName } = stack.healer;
  const rows: Item[] = [];
  const ExpressionAttributeNames = { ...query.ExpressionAttributeNames, ...FIELDS };
  const input = { TableName, ...query, ExpressionAttributeNames, ProjectionExpression: PROJECTION };
  for await (const { Items = [] } of paginateQuery({ client: db }, input)) rows.push(...Items);
  return rows;
}
