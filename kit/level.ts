import type { Logger } from '@aws-lambda-powertools/logger';
import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Key } from '../handlers/aws/batch-ops.ts';
import { controlKey, levelOf, parseControl, QUEUE_KEYS } from '../handlers/aws/control-row.ts';
import type { Level } from '../handlers/core/level.ts';
import { textOf } from './describe-error.ts';

/** A message waits no longer for its level. */
const READ_TIMEOUT_MS = 1_000;
/** Whose key a queue is changes with an apply alone. */
const KEY_MS = 5 * 60_000;

export interface Levels {
  /**
   * The degradation level that the queue is treated at. Never rejects: while it cannot be read the last known one
   * holds, else 0, and a warning says so.
   *
   * @param arns of the queue, and of its DLQ where that is known: queues that were attached may be known by it alone
   */
  of(arns: readonly string[]): Promise<Level>;
}

export interface LevelSource {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly logger: Logger;
  /** So long a level that was read is taken for true. */
  readonly maxAgeMs: number;
}

/** Reads levels from the ledger, when asked, and remembers them for a while: for one execution environment. */
export function readLevels(source: LevelSource): Levels {
  const remembered = new Map<string, { level: Promise<Level>; until: number }>();
  const keys = new Map<string, { key: string; until: number }>();

  async function keyOf(arns: readonly string[]): Promise<string> {
    const name = arns[0] ?? '';
    const known = keys.get(name);
    if (known !== undefined && Date.now() < known.until) return known.key;
    const key = await readKey(source, arns);
    keys.set(name, { key, until: Date.now() + KEY_MS });
    return key;
  }

  async function read(arns: readonly string[], last: Promise<Level> | undefined): Promise<Level> {
    try {
      return await readLevel(source, await keyOf(arns));
    } catch (error) {
      const level = (await last) ?? 0;
      source.logger.warn('the degradation level cannot be read: the last one known holds', {
        queue: arns[0]?.split(':').at(-1),
        degradationLevel: level, // `level` is the logger's own key
        reason: textOf(error),
      });
      return level;
    }
  }

  return {
    of(arns) {
      const name = arns[0] ?? '';
      const known = remembered.get(name);
      if (known !== undefined && Date.now() < known.until) return known.level;
      // Whoever asks meanwhile waits for the same read, and one that failed is not tried again for each message.
      const level = read(arns, known?.level);
      remembered.set(name, { level, until: Date.now() + source.maxAgeMs });
      return level;
    },
  };
}

/** @throws Error when the ledger knows none of the queues */
async function readKey(source: LevelSource, arns: readonly string[]): Promise<string> {
  const names = Object.fromEntries(arns.map((arn, index) => [`#arn${index}`, arn]));
  const item = await readItem(
    source,
    QUEUE_KEYS,
    Object.keys(names).map((name) => `#keys.${name}`),
    {
      '#keys': 'keys',
      ...names,
    },
  );
  const key = arns.map((arn) => item?.keys?.M?.[arn]?.S).find((found) => found !== undefined);
  if (key === undefined) throw new Error(`the ledger knows no queue ${arns.join(', ')}: apply the module again`);
  return key;
}

/** @throws Error when the row holds no level */
async function readLevel(source: LevelSource, queueKey: string): Promise<Level> {
  const key = controlKey(queueKey);
  const item = await readItem(source, key, ['#level', 'pinnedLevel'], { '#level': 'level' });
  const plain = Object.entries(item ?? {}).map(([name, value]) => [name, numberOf(value)]);
  return levelOf(parseControl({ ...key, ...Object.fromEntries(plain) }));
}

/** What is no number stays as it is, and is refused as a level. */
const numberOf = (value: AttributeValue): unknown => (value.N === undefined ? (value.NULL ? null : value) : +value.N);

/** Not consistent, at half the price: the level may be seconds old anyway. */
async function readItem(
  { dynamodb, table }: LevelSource,
  { pk, sk }: Key,
  attributes: readonly string[],
  ExpressionAttributeNames: Record<string, string>,
): Promise<Record<string, AttributeValue> | undefined> {
  const command = new GetItemCommand({
    TableName: table,
    Key: { pk: { S: pk }, sk: { S: sk } },
    ProjectionExpression: attributes.join(', '),
    ExpressionAttributeNames,
  });
  return (await dynamodb.send(command, { abortSignal: AbortSignal.timeout(READ_TIMEOUT_MS) })).Item;
}
