import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Status } from '../core/verdict.ts';
import type { Item } from './batch-ops.ts';
import { expiry } from './expiry.ts';
import { groupKey } from './keys.ts';

/** What one batch did to the letters of one group. */
export interface GroupChange {
  readonly queueKey: string;
  readonly group: string;
  readonly failureClass: string;
  readonly counts: Readonly<Partial<Record<Status, number>>>;
  /** Letters among them that ask for a person's attention. */
  readonly notifiable: number;
  readonly sample: GroupSample;
  /** Letters of the group wait in its lot: its row must not expire before they are free. */
  readonly open: boolean;
}

/** What an alert shows of the letters that it is about. */
export interface GroupSample {
  readonly originId: string;
  /** Where the letter stands now, or what else the alert is about. */
  readonly status: Status | 'breaker opened' | 'emergency';
  readonly reason: string;
  readonly error: string;
  /** Origin ids of some letters like it. */
  readonly sampleIds?: readonly string[];
  /** `s3://` URL of the archive object that holds the letter. */
  readonly archive?: string;
  /** CloudWatch Logs page of the consumer. */
  readonly logsUrl?: string;
}

/** How long a run has for publishing an alert that it took on; after that another may. */
const LEASE_SECONDS = 60;

/**
 * Adds a batch to a group's counters: one write however many letters. Letters that ask for attention are noted as
 * not yet alerted on in the same write, so that an alert whose sender dies is sent by the governor.
 * @returns the row as it is now
 */
export async function changeGroup(
  db: DynamoDBDocumentClient,
  TableName: string,
  change: GroupChange,
  now: number,
  ledgerDays: number,
): Promise<Item> {
  const write = async (expires: boolean) => {
    const update = groupUpdate(change, now, expires ? expiry(now, ledgerDays * 24 * 3600) : undefined);
    const Key = groupKey(change.queueKey, change.group);
    const { Attributes } = await db.send(new UpdateCommand({ TableName, Key, ...update, ReturnValues: 'ALL_NEW' }));
    return Attributes ?? {};
  };
  if (change.open) return write(false);
  try {
    return await write(true);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Others of the group wait in its lot, and without its row nobody would find them.
    return write(false);
  }
}

/** @param expiresAt epoch seconds; the update is refused where the group is open */
function groupUpdate(change: GroupChange, now: number, expiresAt: number | undefined) {
  const at = new Date(now).toISOString();
  const counts = Object.entries(change.counts);
  const alerting = change.notifiable > 0;
  const adds = [...counts.map((_, i) => `#n${i} :n${i}`), ...(alerting ? ['unalerted :notifiable'] : [])];
  return {
    UpdateExpression: [
      'SET queue = :queue, #group = :group, failureClass = :class, lastSeen = :at, firstSeen = if_not_exists(firstSeen, :at)',
      // The sample of an alert that waits to be sent is not replaced by a letter that asks for nobody.
      alerting ? ', lastLetter = :sample' : ', lastLetter = if_not_exists(lastLetter, :sample)',
      expiresAt === undefined ? '' : ', expiresAt = :ttl',
      alerting ? ', dueKey = :alert, dueAt = if_not_exists(nextAlertAt, :at)' : '',
      adds.length > 0 ? ` ADD ${adds.join(', ')}` : '',
    ].join(''),
    // Only open groups are in a list by status.
    ...(expiresAt === undefined ? {} : { ConditionExpression: 'attribute_not_exists(statusKey)' }),
    ExpressionAttributeNames: {
      '#group': 'group',
      ...Object.fromEntries(counts.map(([status], i) => [`#n${i}`, `${status}Count`])),
    },
    ExpressionAttributeValues: {
      ':queue': change.queueKey,
      ':group': change.group,
      ':class': change.failureClass,
      ':at': at,
      ...(expiresAt === undefined ? {} : { ':ttl': expiresAt }),
      ':sample': change.sample,
      ...Object.fromEntries(counts.map(([, n], i) => [`:n${i}`, n])),
      ...(alerting ? { ':alert': 'alert', ':notifiable': change.notifiable } : {}),
    },
  };
}

/** The group as the ledger has it, taken on for alerting by this run alone. */
export interface AlertTask {
  readonly row: Item;
  /** Letters not yet alerted on. */
  readonly unalerted: number;
}

/**
 * Takes on the alert of a group, if one is due: letters wait to be alerted on, the window since the last alert is
 * over, and no other run is at it.
 */
export async function takeAlert(
  db: DynamoDBDocumentClient,
  TableName: string,
  queueKey: string,
  group: string,
  now: number,
): Promise<AlertTask | undefined> {
  try {
    const { Attributes } = await db.send(
      new UpdateCommand({
        TableName,
        Key: groupKey(queueKey, group),
        UpdateExpression: 'SET alertLease = :until',
        ConditionExpression:
          'unalerted > :none AND (attribute_not_exists(nextAlertAt) OR nextAlertAt <= :now) AND (attribute_not_exists(alertLease) OR alertLease <= :now)',
        ExpressionAttributeValues: {
          ':none': 0,
          ':now': new Date(now).toISOString(),
          ':until': new Date(now + LEASE_SECONDS * 1000).toISOString(),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    const row = Attributes ?? {};
    return { row, unalerted: Number(row.unalerted) };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** For how long a group has been alerting; a break of two windows ends it. */
export function alertingSeconds({ lastAlertAt, alertingSince }: Item, windowSeconds: number, now: number): number {
  if (typeof lastAlertAt !== 'string' || typeof alertingSince !== 'string') return 0;
  if (now - Date.parse(lastAlertAt) > 2 * windowSeconds * 1000) return 0;
  return Math.floor((now - Date.parse(alertingSince)) / 1000);
}

/** Notes that an alert about `task.unalerted` letters is out; the next one waits for the window to pass. */
export async function alertSent(
  db: DynamoDBDocumentClient,
  TableName: string,
  task: AlertTask,
  windowSeconds: number,
  now: number,
): Promise<void> {
  await db.send(
    new UpdateCommand({
      TableName,
      Key: { pk: task.row.pk, sk: task.row.sk },
      UpdateExpression:
        'SET nextAlertAt = :next, lastAlertAt = :now, alertingSince = :since, dueAt = :next REMOVE alertLease ADD unalerted :reported',
      ExpressionAttributeValues: {
        ':next': new Date(now + windowSeconds * 1000).toISOString(),
        ':now': new Date(now).toISOString(),
        ':since': new Date(now - alertingSeconds(task.row, windowSeconds, now) * 1000).toISOString(),
        ':reported': -task.unalerted,
      },
    }),
  );
}

/** Groups whose next alert is due by now: crashed senders and letters counted while the window was open. */
export async function groupsToAlert(
  db: DynamoDBDocumentClient,
  TableName: string,
  now: number,
  limit: number,
): Promise<Item[]> {
  const { Items } = await db.send(
    new QueryCommand({
      TableName,
      IndexName: 'by-due',
      KeyConditionExpression: 'dueKey = :alert AND dueAt <= :now',
      ExpressionAttributeValues: { ':alert': 'alert', ':now': new Date(now).toISOString() },
      Limit: limit,
    }),
  );
  return Items ?? [];
}

/** Takes a group with nothing left to alert on out of the list. */
export async function nothingToAlert(db: DynamoDBDocumentClient, TableName: string, row: Item): Promise<void> {
  try {
    await db.send(
      new UpdateCommand({
        TableName,
        Key: { pk: row.pk, sk: row.sk },
        UpdateExpression: 'REMOVE dueKey, dueAt',
        ConditionExpression: 'unalerted <= :none',
        ExpressionAttributeValues: { ':none': 0 },
      }),
    );
  } catch (error) {
    // A letter came in between: the group stays in the list, which is right.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
