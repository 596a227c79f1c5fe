import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Breaker, isOpen, NEW_BREAKER } from '../core/group.ts';
import type { Item } from './batch-ops.ts';
import { expiry } from './expiry.ts';
import type { GroupSample } from './groups.ts';
import type { Healer } from './healer.ts';
import { groupKey } from './keys.ts';

/** Which group, and what its row says of it when it is written for the first time. */
export interface GroupName {
  readonly queueKey: string;
  readonly group: string;
  readonly failureClass: string;
}

/** The breaker of a group's row; a group without a row, or whose letters were never held, has a new one. */
export const breakerOf = (row: Item | undefined): Breaker =>
  row?.breaker === undefined ? NEW_BREAKER : { ...NEW_BREAKER, ...(row.breaker as Partial<Breaker>) };

const MAX_ROUNDS = 8;
const pause = (round: number) => new Promise((resolve) => setTimeout(resolve, 10 * 2 ** round * Math.random()));

/**
 * Changes a group's breaker: asks `change` for the next value and writes it unless another run wrote in between, then
 * asks again with what that one left. An opening notes its alert in the same write, so that none is forgotten.
 *
 * @param row the group's row as it was read last; undefined where there was none
 * @param sample what the alert of an opening shows
 * @returns the breaker as the ledger has it now
 * @throws when the ledger refuses, or others were faster eight times in a row
 */
export async function changeBreaker(
  { db, table: TableName, policy, now }: Pick<Healer, 'db' | 'table' | 'policy' | 'now'>,
  name: GroupName,
  row: Item | undefined,
  change: (breaker: Breaker) => Breaker,
  sample: (opened: Breaker) => GroupSample,
): Promise<Breaker> {
  const Key = groupKey(name.queueKey, name.group);
  let known = row;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = breakerOf(known);
    const after = change(before);
    if (after === before) return before;
    try {
      const opened = after.round > before.round ? sample(after) : undefined;
      const update = updateOf(name, known, after, now(), policy.ledgerDays, opened);
      await db.send(new UpdateCommand({ TableName, Key, ...update }));
      return after;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      await pause(round);
      known = (await db.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
    }
  }
  throw new Error(
    `the breaker of group ${name.group} of queue "${name.queueKey}" changed ${MAX_ROUNDS} times meanwhile`,
  );
}

function updateOf(
  { queueKey, group, failureClass }: GroupName,
  known: Item | undefined,
  after: Breaker,
  now: number,
  ledgerDays: number,
  opened: GroupSample | undefined,
) {
  const at = new Date(now).toISOString();
  const open = isOpen(after);
  // An open group is in the list that the governor goes through, and its row must not expire before its letters are free.
  const set = {
    queue: queueKey,
    group,
    failureClass,
    breaker: after,
    breakerVersion: Number(known?.breakerVersion ?? 0) + 1,
    ...(open ? { statusKey: `${queueKey}#group`, at: new Date(after.since).toISOString() } : {}),
    ...(opened ? { lastLetter: opened, lastSeen: at, dueKey: 'alert' } : {}),
    ...(open ? {} : { expiresAt: expiry(now, ledgerDays * 24 * 3600) }),
  };
  const names = Object.keys(set);
  return {
    UpdateExpression: [
      `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}, firstSeen = if_not_exists(firstSeen, :now)`,
      opened ? ', dueAt = if_not_exists(nextAlertAt, :now)' : '',
      open ? ' REMOVE expiresAt' : ' REMOVE statusKey, #at',
      opened ? ' ADD unalerted :one' : '',
    ].join(''),
    ConditionExpression:
      known?.breakerVersion === undefined ? 'attribute_not_exists(breakerVersion)' : 'breakerVersion = :known',
    ExpressionAttributeNames: {
      ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ...(open ? {} : { '#at': 'at' }),
    },
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
      ':now': at,
      ...(opened ? { ':one': 1 } : {}),
      ...(known?.breakerVersion === undefined ? {} : { ':known': known.breakerVersion }),
    },
  };
}

/** The open groups of a queue, those longest in their state first. The index may lag behind the rows for a moment. */
export async function openGroups(
  db: DynamoDBDocumentClient,
  TableName: string,
  queueKey: string,
  limit: number,
): Promise<Item[]> {
  const { Items } = await db.send(
    new QueryCommand({
      TableName,
      IndexName: 'by-status',
      KeyConditionExpression: 'statusKey = :groups',
      ExpressionAttributeValues: { ':groups': `${queueKey}#group` },
      Limit: limit,
    }),
  );
  return Items ?? [];
}
