import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import type { ArchivePlace } from '../../handlers/aws/archive.ts';
import { restore } from '../../handlers/core/archive-record.ts';
import { idOf } from './letters.ts';
import type { Row, World } from './world.ts';

/** Where the letters are. Each is in exactly one place, or is one of the `lost` or of those `inTwoPlaces`. */
export interface Account {
  readonly processed: number;
  /** Processed more than once. */
  readonly processedTwice: number;
  readonly archived: number;
  readonly waiting: number;
  readonly parked: number;
  readonly quarantined: number;
  readonly inQueue: number;
  readonly lost: number;
  readonly lostLetters: readonly number[];
  readonly inTwoPlaces: number;
  /** Of the archived: letters whose heals were used up. */
  readonly exhausted: number;
  /** Archive records that could not be read, or hold another letter than their row says. */
  readonly unreadable: number;
}

type Place = 'processed' | 'archived' | 'waiting' | 'parked' | 'quarantined' | 'inQueue';

/** Statuses at which a letter rests; the others went back to a queue, or lie beside another. */
const RESTING: readonly string[] = ['archived', 'waiting', 'parked', 'quarantined'];
const AT_ONCE = 16;

/** Looks for each letter among what was processed, in the queues, and in the archive by way of its ledger row. */
export async function takeAccount(
  world: World,
  letters: number,
  processed: ReadonlyMap<number, number>,
): Promise<Account> {
  const places = Array.from({ length: letters }, () => new Set<Place>());
  const put = (id: number, place: Place) => places[id]?.add(place);
  for (const id of processed.keys()) put(id, 'processed');
  for (const { body } of await world.queued()) put(idOf(body), 'inQueue');
  const resting = (await letterRows(world.cloud.db, world.healer.table)).filter((row) =>
    RESTING.includes(String(row.status)),
  );
  const limit = pLimit(AT_ONCE);
  const read = await Promise.all(resting.map((row) => limit(() => letterOf(world, row))));
  for (const [i, id] of read.entries()) if (id !== undefined) put(id, String(resting[i]?.status) as Place);
  const count = (place: Place) => places.filter((of) => of.has(place)).length;
  const lostLetters = places.flatMap((of, id) => (of.size === 0 ? [id] : []));
  return {
    processed: count('processed'),
    processedTwice: [...processed.values()].filter((times) => times > 1).length,
    archived: count('archived'),
    waiting: count('waiting'),
    parked: count('parked'),
    quarantined: count('quarantined'),
    inQueue: count('inQueue'),
    lost: lostLetters.length,
    lostLetters: lostLetters.slice(0, 20),
    inTwoPlaces: places.filter((of) => of.size > 1).length,
    exhausted: resting.filter((row) => String(row.reason).includes('heals used up')).length,
    unreadable: read.filter((id) => id === undefined).length,
  };
}

/** Reads the archived letter of a row, as a release or a person would. */
async function letterOf({ healer }: World, row: Row): Promise<number | undefined> {
  try {
    const { letter } = restore(await healer.archive.read(row.archive as ArchivePlace));
    return letter.messageId === row.messageId ? idOf(letter.body) : undefined;
  } catch {
    return undefined;
  }
}

async function letterRows(db: DynamoDBDocumentClient, TableName: string): Promise<Row[]> {
  const rows: Row[] = [];
  let start: Row | undefined;
  do {
    const page = await db.send(
      new ScanCommand({ TableName, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }),
    );
    rows.push(...(page.Items ?? []).filter((row) => String(row.pk).startsWith('letter#')));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return rows;
}
