import {
  BatchGetCommand,
  type BatchGetCommandOutput,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { failure, type Outcome, success } from './outcome.ts';

export type Item = Readonly<Record<string, unknown>>;
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

const TRIES = 5;
const pause = (round: number) => new Promise((resolve) => setTimeout(resolve, 25 * 2 ** round));

/**
 * Reads up to 100 items in one call, asking again for what DynamoDB left unprocessed.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 * @throws Error when something is still unread after 5 rounds: half an answer is no basis for a decision.
 */
export async function readItems(db: DynamoDBDocumentClient, table: string, keys: readonly Key[]): Promise<Item[]> {
  const items: Item[] = [];
  for (let start = 0; start < keys.length; start += 100)
    items.push(...(await readSome(db, table, keys.slice(start, start + 100))));
  return items;
}

async function readSome(db: DynamoDBDocumentClient, table: string, keys: readonly Key[]): Promise<Item[]> {
  const items: Item[] = [];
  let wanted: BatchGetCommandOutput['UnprocessedKeys'] = { [table]: { Keys: [...keys], ConsistentRead: true } };
  for (let round = 0; round < TRIES; round++) {
    if (round > 0) await pause(round);
    const answer: BatchGetCommandOutput = await db.send(new BatchGetCommand({ RequestItems: wanted }));
    items.push(...(answer.Responses?.[table] ?? []));
    wanted = answer.UnprocessedKeys;
    if ((wanted?.[table]?.Keys?.length ?? 0) === 0) return items;
  }
  throw new Error(
    `the ledger left ${wanted?.[table]?.Keys?.length} of ${keys.length} rows unread after ${TRIES} rounds`,
  );
}

/**
 * Writes rows, 25 to a call, again and again for what was left unprocessed; one outcome per row, in order. Never throws.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
export async function writeItems(
  db: DynamoDBDocumentClient,
  table: string,
  rows: readonly (Item & Key)[],
): Promise<Outcome<void>[]> {
  const chunks = Array.from({ length: Math.ceil(rows.length / 25) }, (_, i) => rows.slice(i * 25, i * 25 + 25));
  return (await Promise.all(chunks.map((chunk) => writeSome(db, table, chunk)))).flat();
}

async function writeSome(
  db: DynamoDBDocumentClient,
  table: string,
  rows: readonly (Item & Key)[],
): Promise<Outcome<void>[]> {
  const name = (item: Item) => `${item.pk}\n${item.sk}`;
  let left = rows;
  let lastError: unknown = new Error(`the ledger did not take the row in ${TRIES} rounds`);
  for (let round = 0; round < TRIES && left.length > 0; round++) {
    if (round > 0) await pause(round);
    try {
      const requests = left.map((Item) => ({ PutRequest: { Item } }));
      const { UnprocessedItems } = await db.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      const unprocessed = new Set(
        (UnprocessedItems?.[table] ?? []).map(({ PutRequest }) => name(PutRequest?.Item ?? {})),
      );
      left = left.filter((row) => unprocessed.has(name(row)));
    } catch (error) {
      lastError = error;
      break; // the SDK has tried again already where trying again helps
    }
  }
  const unwritten = new Set(left.map(name));
  return rows.map((row) => (unwritten.has(name(row)) ? failure(lastError) : success(undefined)));
}
