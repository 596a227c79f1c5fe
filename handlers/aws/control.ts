import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Level, LevelState } from '../core/level.ts';
import { type Key, readItems } from './batch-ops.ts';
import { type Control, controlKey, parseControl } from './control-row.ts';

const STACK: Key = { pk: 'control', sk: 'stack' };

/** One batched, consistent read for all queues; one that was never degraded has no row and is at ease. */
export async function readControls(
  db: DynamoDBDocumentClient,
  table: string,
  queueKeys: readonly string[],
): Promise<ReadonlyMap<string, Control>> {
  const items = await readItems(db, table, queueKeys.map(controlKey));
  const bySk = new Map(items.map((item) => [item.sk, item]));
  return new Map(queueKeys.map((key) => [key, parseControl(bySk.get(controlKey(key).sk))]));
}

/**
 * Notes the governor's level, beside a person's pin and never over it.
 * @param was when the level that this one follows began; 0 where there was none
 * @returns false where another run noted a level in between: that one holds
 */
export async function writeLevel(
  db: DynamoDBDocumentClient,
  TableName: string,
  queueKey: string,
  state: LevelState,
  was: number,
): Promise<boolean> {
  const { calmSince, signal } = state;
  const gone = [...(calmSince === undefined ? ['calmSince'] : []), ...(signal === undefined ? ['#signal'] : [])];
  const set = [
    '#level = :level, #since = :since, because = :because',
    ...(calmSince === undefined ? [] : ['calmSince = :calm']),
    ...(signal === undefined ? [] : ['#signal = :signal']),
  ];
  return updateIf(() =>
    db.send(
      new UpdateCommand({
        TableName,
        Key: controlKey(queueKey),
        UpdateExpression: `SET ${set.join(', ')}${gone.length === 0 ? '' : ` REMOVE ${gone.join(', ')}`}`,
        ConditionExpression: was === 0 ? 'attribute_not_exists(#since)' : '#since = :was',
        ExpressionAttributeNames: { '#level': 'level', '#since': 'since', '#signal': 'signal' },
        ExpressionAttributeValues: {
          ':level': state.level,
          ':since': iso(state.since),
          ':because': state.because,
          ...(was === 0 ? {} : { ':was': iso(was) }),
          ...(calmSince === undefined ? {} : { ':calm': iso(calmSince) }),
          ...(signal === undefined ? {} : { ':signal': signal }),
        },
      }),
    ),
  );
}

const iso = (ms: number) => new Date(ms).toISOString();

async function updateIf(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** For a person: holds a queue at a level, or with `undefined` gives it back to the governor, whose level was kept beside. */
export async function pinLevel(
  db: DynamoDBDocumentClient,
  TableName: string,
  queueKey: string,
  level: Level | undefined,
): Promise<void> {
  await db.send(
    new UpdateCommand({
      TableName,
      Key: controlKey(queueKey),
      ...(level === undefined
        ? { UpdateExpression: 'REMOVE pinnedLevel' }
        : { UpdateExpression: 'SET pinnedLevel = :level', ExpressionAttributeValues: { ':level': level } }),
    }),
  );
}

/** Whether a person stopped the stack. */
export async function readPaused(db: DynamoDBDocumentClient, table: string): Promise<boolean> {
  const [row] = await readItems(db, table, [STACK]);
  return row?.paused === true;
}

/** For a person: stops all healing and releasing of the stack, or lets it go on. Letters stay where they are meanwhile. */
export async function setPaused(db: DynamoDBDocumentClient, TableName: string, paused: boolean): Promise<void> {
  await db.send(
    new UpdateCommand({
      TableName,
      Key: STACK,
      UpdateExpression: 'SET paused = :paused',
      ExpressionAttributeValues: { ':paused': paused },
    }),
  );
}
