import { type DynamoDBDocumentClient, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../../handlers/aws/batch-ops.ts';
import { breakerOf } from '../../handlers/aws/breakers.ts';
import type { Status } from '../../handlers/core/verdict.ts';

/** A count that may have been stopped: `more` says that there are more. */
export interface Count {
  readonly count: number;
  readonly more: boolean;
}

/** Letters that stay until somebody or something comes for them. */
export const KEPT = ['waiting', 'parked', 'quarantined'] as const satisfies readonly Status[];

/** Counting reads the rows: DynamoDB bills each (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Other.html). */
export const COUNTED_AT_MOST = 10_000;

const STATUS_KEY = { IndexName: 'by-status', KeyConditionExpression: 'statusKey = :key' };

/** The letters of a queue in one status, by pages of 1 MB. The index may lag behind the rows for a moment. */
export async function countByStatus(
  db: DynamoDBDocumentClient,
  TableName: string,
  queueKey: string,
  status: Status,
  atMost = COUNTED_AT_MOST,
): Promise<Count> {
  let count = 0;
  let start: Record<string, unknown> | undefined;
  do {
    const page = await db.send(
      new QueryCommand({
        TableName,
        ...STATUS_KEY,
        ExpressionAttributeValues: { ':key': `${queueKey}#${status}` },
        Select: 'COUNT',
        Limit: atMost + 1 - count,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    count += page.Count ?? 0;
    start = page.LastEvaluatedKey;
  } while (start !== undefined && count <= atMost);
  return { count: Math.min(count, atMost), more: count > atMost };
}

/** Groups whose letters wait in their lot, by state. */
export interface OpenGroups extends Count {
  readonly holding: number;
  readonly probing: number;
  readonly ramping: number;
}

const GROUPS_AT_MOST = 1000;

/** The open groups of a queue. */
export async function countOpenGroups(
  db: DynamoDBDocumentClient,
  TableName: string,
  queueKey: string,
): Promise<OpenGroups> {
  const rows: Item[] = [];
  const pages = paginateQuery(
    { client: db },
    { TableName, ...STATUS_KEY, ExpressionAttributeValues: { ':key': `${queueKey}#group` } },
  );
  for await (const { Items = [] } of pages) {
    rows.push(...Items);
    if (rows.length > GROUPS_AT_MOST) break;
  }
  const counted = rows.slice(0, GROUPS_AT_MOST);
  const inState = (state: string) => counted.filter((row) => breakerOf(row).state === state).length;
  return {
    count: counted.length,
    more: rows.length > GROUPS_AT_MOST,
    holding: inState('holding'),
    probing: inState('probing'),
    ramping: inState('ramping'),
  };
}

/** What waits of one group. */
export type Waits = Readonly<Record<(typeof KEPT)[number], number>>;
export const NOTHING_WAITS: Waits = { waiting: 0, parked: 0, quarantined: 0 };

/**
 * What waits of each group of a queue: one pass over the kept letters, since no index counts by group and status.
 * @returns by fingerprint; `more` where a status has more letters than were read, so that counts are too low
 */
export async function waitsByGroup(
  db: DynamoDBDocumentClient,
  TableName: string,
  queueKey: string,
  atMost = COUNTED_AT_MOST,
): Promise<{ readonly waits: ReadonlyMap<string, Waits>; readonly more: boolean }> {
  const waits = new Map<string, Record<keyof Waits, number>>();
  const capped = await Promise.all(
    KEPT.map(async (status) => {
      let read = 0;
      const pages = paginateQuery(
        { client: db },
        {
          TableName,
          ...STATUS_KEY,
          ProjectionExpression: '#group',
          ExpressionAttributeNames: { '#group': 'group' },
          ExpressionAttributeValues: { ':key': `${queueKey}#${status}` },
        },
      );
      for await (const { Items = [] } of pages) {
        for (const item of Items) {
          const group = String(item.group);
          const known = waits.get(group) ?? { ...NOTHING_WAITS };
          known[status] += 1;
          waits.set(group, known);
        }
        read += Items.length;
        if (read > atMost) return true;
      }
      return false;
    }),
  );
  return { waits, more: capped.includes(true) };
}

/** `53`, or `10,000+` where counting stopped. */
export const shownCount = ({ count, more }: Count): string => `${count.toLocaleString('en-GB')}${more ? '+' : ''}`;
