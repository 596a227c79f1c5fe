import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Healer } from '../aws/healer.ts';
import { emit } from '../aws/metrics.ts';
import type { QueuePolicy } from '../core/policy.ts';

/** Counting stops here: the alarms' levels lie far below, and a long queue of waiting letters must not cost by the minute. */
const COUNTED_AT_MOST = 1000;

/** Publishes how many letters of a queue wait for a person or a deploy, and for how long the oldest has. */
export async function publishGauges(healer: Healer, queue: QueuePolicy): Promise<void> {
  const { waiting, oldestAt } = await waitingOf(healer, queue.key);
  const OldestWaitingSeconds =
    oldestAt === undefined ? 0 : Math.max(0, Math.round((healer.now() - Date.parse(oldestAt)) / 1000));
  emit(healer.stack, queue.key, undefined, { LettersWaiting: waiting, OldestWaitingSeconds });
}

async function waitingOf({ db, table }: Healer, queueKey: string): Promise<{ waiting: number; oldestAt?: string }> {
  let waiting = 0;
  let oldestAt: string | undefined;
  let start: Record<string, unknown> | undefined;
  do {
    const page = await db.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'by-status',
        KeyConditionExpression: 'statusKey = :waiting',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':waiting': `${queueKey}#waiting` },
        ProjectionExpression: '#at',
        Limit: COUNTED_AT_MOST - waiting,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    oldestAt ??= page.Items?.[0]?.at as string | undefined;
    waiting += page.Items?.length ?? 0;
    start = page.LastEvaluatedKey;
  } while (start !== undefined && waiting < COUNTED_AT_MOST);
  return oldestAt === undefined ? { waiting } : { waiting, oldestAt };
}
