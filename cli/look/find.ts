import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { type Item, readItems } from '../../handlers/aws/batch-ops.ts';
import type { Healer } from '../../handlers/aws/healer.ts';
import { groupKey } from '../../handlers/aws/keys.ts';
import { InputError, UsageError } from '../exit.ts';
import { printable } from '../output/text.ts';
import type { Stack } from '../stack/stack.ts';
import type { Count } from './ledger-counts.ts';

type Ledger = Pick<Healer, 'db' | 'table'>;

/** What an operator named: a letter's deaths, oldest first, or a group's row. */
export type Found =
  | { readonly kind: 'letter'; readonly originId: string; readonly rows: readonly Item[] }
  | { readonly kind: 'group'; readonly row: Item };

const FINGERPRINT = /^[0-9a-f]{12}$/;
const HEAL_KEY = /^(.+)\.\d{1,2}$/;

/**
 * Finds a letter by origin id, message id or heal key, or a group by its fingerprint.
 * @param queues keys of the queues to look in
 * @throws InputError where there is none, with where ids are to be found; UsageError where several groups are meant
 */
export async function find(stack: Stack, id: string, queues: readonly string[]): Promise<Found> {
  if (FINGERPRINT.test(id)) return findGroup(stack, id, queues);
  const { healer } = stack;
  const own = await deathsOf(healer, id);
  if (own.length > 0) return letter(stack, id, own, queues);
  const notes = await readItems(
    healer.db,
    healer.table,
    ['lineage', 'failure'].map((sk) => ({ pk: `message#${id}`, sk })),
  );
  const lineage = notes.find(({ sk }) => sk === 'lineage');
  for (const originId of [lineage?.originId, HEAL_KEY.exec(id)?.[1]].filter((one) => typeof one === 'string')) {
    const rows = await deathsOf(healer, originId);
    if (rows.length > 0) return letter(stack, originId, rows, queues);
  }
  throw new InputError(unknown(stack.name, id, lineage !== undefined, notes.length > 0));
}

function letter(stack: Stack, originId: string, rows: readonly Item[], queues: readonly string[]): Found {
  const its = rows.filter(({ queue }) => queues.includes(String(queue)));
  if (its.length > 0) return { kind: 'letter', originId, rows: its };
  const elsewhere = [...new Set(rows.map(({ queue }) => String(queue)))].join(', ');
  throw new InputError(
    `letter ${originId} of stack ${stack.name} is of queue ${elsewhere}, not of ${queues.join(', ')}`,
  );
}

function unknown(stack: string, id: string, healed: boolean, noted: boolean): string {
  const shown = printable(id).slice(0, 100);
  if (healed) return `message ${shown} was healed by stack ${stack}, but the ledger has no row of its death any more`;
  if (noted)
    return `the consumer has noted a failure of message ${shown}, but the healer has not handled it: it is still in its queue, or in the DLQ (dlq peek --stack ${stack})`;
  return [
    `stack ${stack} knows no letter and no group ${shown}.`,
    'Origin ids and fingerprints are in every alert, in the healer’s log and in dlq groups.',
    'A healed letter has a new message id each time: its attribute "dlq-healer" names the origin.',
    `Letters that are still in a DLQ are shown by dlq peek --stack ${stack}`,
  ].join('\n');
}

async function findGroup({ name, healer }: Stack, group: string, queues: readonly string[]): Promise<Found> {
  const rows = await readItems(
    healer.db,
    healer.table,
    queues.map((queue) => groupKey(queue, group)),
  );
  const [row, ...others] = rows;
  if (row === undefined)
    throw new InputError(
      `stack ${name} has no group ${group} in ${queues.join(', ')}: dlq groups --stack ${name} --all shows those there are`,
    );
  if (others.length > 0)
    throw new UsageError(
      `which queue? Group ${group} is in ${rows.map(({ queue }) => String(queue)).join(', ')}: pass --queue`,
    );
  return { kind: 'group', row };
}

/** The deaths of a letter, one row each, oldest first. */
export async function deathsOf({ db, table }: Ledger, originId: string): Promise<Item[]> {
  const rows: Item[] = [];
  const pages = paginateQuery(
    { client: db },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :letter',
      ExpressionAttributeValues: { ':letter': `letter#${originId}` },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) rows.push(...Items);
  return rows.sort(
    (a, b) => String(a.diedAt).localeCompare(String(b.diedAt)) || String(a.sk).localeCompare(String(b.sk)),
  );
}

/** A page of the index is at most 1 MB: some thousand letters, most of which were healed long ago. */
const PAGES_AT_MOST = 20;

/** The kept letters of a group, newest first: the first of them, and how many there are. */
export async function keptOf(
  { db, table }: Ledger,
  queueKey: string,
  group: string,
  first: number,
): Promise<{ readonly rows: readonly Item[]; readonly waits: Readonly<Record<string, number>>; readonly all: Count }> {
  const rows: Item[] = [];
  const waits: Record<string, number> = {};
  const pages = paginateQuery(
    { client: db },
    {
      TableName: table,
      IndexName: 'by-group',
      KeyConditionExpression: 'groupKey = :group',
      FilterExpression: '#status IN (:waiting, :parked, :quarantined)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':group': `${queueKey}#${group}`,
        ':waiting': 'waiting',
        ':parked': 'parked',
        ':quarantined': 'quarantined',
      },
      ScanIndexForward: false,
    },
  );
  let read = 0;
  let more = false;
  for await (const { Items = [], LastEvaluatedKey } of pages) {
    for (const row of Items) waits[String(row.status)] = (waits[String(row.status)] ?? 0) + 1;
    rows.push(...Items.slice(0, first - rows.length));
    read += 1;
    more = LastEvaluatedKey !== undefined;
    if (read === PAGES_AT_MOST) break;
  }
  const count = Object.values(waits).reduce((all, one) => all + one, 0);
  return { rows, waits, all: { count, more } };
}
