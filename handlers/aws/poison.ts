import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Item, Key } from './batch-ops.ts';
import { expiry } from './expiry.ts';
import { contentKey, nameOf } from './keys.ts';

/** One letter whose body is under suspicion. */
export interface Suspect {
  readonly queueKey: string;
  readonly contentHash: string;
  readonly originId: string;
  readonly diedAt: number;
}

/** Deaths kept per body; the threshold is at most 100 (validated at plan), so nothing that counts is forgotten. */
const KEPT = 200;
const PREFIX = 'died#';

/** Deaths noted by one update, whose expression holds at most 4 KB; a batch of Lambda's may be larger. */
const AT_ONCE = 50;

/**
 * Notes that these letters died and counts, for each body, the distinct letters with it that died within the window.
 * A death is noted under its origin id, so noting it again after a crash changes nothing.
 *
 * @returns by `contentName`
 */
export async function noteDeaths(
  db: DynamoDBDocumentClient,
  table: string,
  suspects: readonly Suspect[],
  windowSeconds: number,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const bodies = Map.groupBy(suspects, contentName);
  const counts = await Promise.all(
    [...bodies].map(async ([key, deaths]) => [key, await noteBody(db, table, deaths, windowSeconds, now)] as const),
  );
  return new Map(counts);
}

export const contentName = ({ queueKey, contentHash }: Pick<Suspect, 'queueKey' | 'contentHash'>) =>
  nameOf(contentKey(queueKey, contentHash));

/** Deaths within the window that a body's row tells of; none without a row. */
export function deathsIn(row: Item | undefined, windowSeconds: number, now: number): number {
  const since = now / 1000 - windowSeconds;
  return deathsOf(row).filter(([, at]) => at >= since).length;
}

const deathsOf = (row: Item | undefined) =>
  Object.entries(row ?? {}).filter(([name]) => name.startsWith(PREFIX)) as [string, number][];

async function noteBody(
  db: DynamoDBDocumentClient,
  table: string,
  deaths: readonly Suspect[],
  windowSeconds: number,
  now: number,
): Promise<number> {
  const byOrigin = [...new Map(deaths.map((death) => [death.originId, death])).values()];
  let counted = 0;
  for (let start = 0; start < byOrigin.length; start += AT_ONCE) {
    counted = await noteSome(db, table, byOrigin.slice(start, start + AT_ONCE), windowSeconds, now);
  }
  return counted;
}

/** @returns all deaths of this body within the window, these included */
async function noteSome(
  db: DynamoDBDocumentClient,
  table: string,
  deaths: readonly Suspect[],
  windowSeconds: number,
  now: number,
): Promise<number> {
  const [first] = deaths;
  if (first === undefined) return 0;
  const Key = contentKey(first.queueKey, first.contentHash);
  const { Attributes } = await db.send(
    new UpdateCommand({
      TableName: table,
      Key,
      UpdateExpression: `SET expiresAt = :ttl, ${deaths.map((_, i) => `#o${i} = :t${i}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(deaths.map(({ originId }, i) => [`#o${i}`, `${PREFIX}${originId}`])),
      ExpressionAttributeValues: {
        ':ttl': expiry(now, 2 * windowSeconds),
        ...Object.fromEntries(deaths.map(({ diedAt }, i) => [`:t${i}`, Math.floor(diedAt / 1000)])),
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  const noted = deathsOf(Attributes);
  if (noted.length > KEPT) await forgetOldest(db, table, Key, noted);
  return deathsIn(Attributes, windowSeconds, now);
}

/** Keeps the row small however often a producer sends the body: an item holds at most 400 KB. */
async function forgetOldest(
  db: DynamoDBDocumentClient,
  TableName: string,
  Key: Key,
  noted: readonly [string, number][],
): Promise<void> {
  const oldest = noted.toSorted(([, a], [, b]) => a - b).slice(0, noted.length - KEPT / 2);
  await db.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: `REMOVE ${oldest.map((_, i) => `#o${i}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(oldest.map(([name], i) => [`#o${i}`, name])),
    }),
  );
}
