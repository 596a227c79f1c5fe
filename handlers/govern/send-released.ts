import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ArchivePlace } from '../aws/archive.ts';
import { type Item, writeItems } from '../aws/batch-ops.ts';
import type { Healer } from '../aws/healer.ts';
import { lineageRow } from '../aws/letter-row.ts';
import { attempt, failure, type Outcome, success } from '../aws/outcome.ts';
import { RefusedError, type Sending, sendAll, sendingOf } from '../aws/queues.ts';
import { restore } from '../core/archive-record.ts';
import type { HealerMark } from '../core/outgoing.ts';
import type { QueuePolicy } from '../core/policy.ts';
import { recordRefusal, recordRelease } from './release-record.ts';

/** Letters that are handled at the same time: their calls are shared, and this many lie in memory. */
export const TOGETHER = 100;

/** A lease outlives the run that took it by this, so that no two runs send one letter. */
const LEASE_MARGIN_MS = 30_000;

/** One kept letter that is to go back. */
export interface Departure {
  readonly row: Item;
  readonly delaySeconds: number;
  /** Of the group's breaker. */
  readonly round: number;
  readonly probe: boolean;
}

/** `sent` and `refused` are done; a `busy` letter is another run's, or was dealt with by someone else. */
export type Departed = 'sent' | 'refused' | 'busy';

interface Prepared {
  readonly departure: Departure;
  readonly row: Item;
  readonly mark: HealerMark;
  readonly sending: Sending;
  readonly leaseUntil: string;
}

/**
 * Sends kept letters back to their queue: lease → read from the archive → send → record. A letter whose sending fails
 * stays where it was kept. Dying after the send sends it again, under the same heal key, once the lease is over.
 *
 * @param remainingMs until this run is killed
 * @returns one outcome per letter, in order. Never throws.
 */
export async function sendReleased(
  healer: Healer,
  queue: QueuePolicy,
  departures: readonly Departure[],
  remainingMs: number,
): Promise<Outcome<Departed>[]> {
  const leaseUntil = new Date(healer.now() + Math.max(0, remainingMs) + LEASE_MARGIN_MS).toISOString();
  const leased = await Promise.all(departures.map(({ row }) => attempt(() => lease(healer, row, leaseUntil))));
  const rows = leased.map((outcome) => (outcome.ok ? outcome.value : undefined));
  const lines = await readLines(healer, rows);
  const prepared = departures.map((departure, i) => {
    const row = rows[i];
    return row === undefined ? undefined : prepare(queue, departure, row, lines[i], leaseUntil);
  });
  const ready = prepared.flatMap((one) => (one?.ok ? [one.value] : []));
  const sent = await sendAll(
    healer.sqs,
    queue.sourceUrl ?? '',
    ready.map(({ sending }) => sending),
  );
  const finished = new Map(
    await Promise.all(
      ready.map(async (one, i) => {
        const outcome = await finish(healer, queue, one, sent[i] ?? failure(new Error('not sent')));
        return [one.departure, outcome] as const;
      }),
    ),
  );
  return Promise.all(
    departures.map(async (departure, i): Promise<Outcome<Departed>> => {
      const taken = leased[i];
      if (taken?.ok === false) return taken;
      const outcome = finished.get(departure) ?? (prepared[i]?.ok === false ? prepared[i] : success('busy' as const));
      const row = rows[i];
      if (!outcome.ok && row !== undefined) await attempt(() => giveLeaseBack(healer, row, leaseUntil));
      return outcome;
    }),
  );
}

/** Takes a letter on. @returns its row as it is now; undefined where it waits no more, or another run has it */
async function lease({ db, table, now }: Healer, { pk, sk }: Item, until: string): Promise<Item | undefined> {
  try {
    const { Attributes } = await db.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk, sk },
        UpdateExpression: 'SET leaseUntil = :until',
        ConditionExpression:
          '#status IN (:parked, :waiting) AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :now)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':until': until,
          ':now': new Date(now()).toISOString(),
          ':parked': 'parked',
          ':waiting': 'waiting',
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** A courtesy to the next run: the lease would end soon after this one anyway. */
async function giveLeaseBack({ db, table }: Healer, { pk, sk }: Item, until: string): Promise<void> {
  await db.send(
    new UpdateCommand({
      TableName: table,
      Key: { pk, sk },
      UpdateExpression: 'REMOVE leaseUntil',
      ConditionExpression: 'leaseUntil = :until',
      ExpressionAttributeValues: { ':until': until },
    }),
  );
}

async function readLines(
  { archive }: Healer,
  rows: readonly (Item | undefined)[],
): Promise<(Outcome<string> | undefined)[]> {
  const present = rows.flatMap((row, i) => (row === undefined ? [] : [{ i, place: row.archive as ArchivePlace }]));
  const read = await archive.readMany(present.map(({ place }) => place));
  const lines = new Map(present.map(({ i }, n) => [i, read[n]]));
  return rows.map((_, i) => lines.get(i));
}

function prepare(
  queue: QueuePolicy,
  departure: Departure,
  row: Item,
  line: Outcome<string> | undefined,
  leaseUntil: string,
): Outcome<Prepared> {
  try {
    if (queue.sourceUrl === undefined) throw new Error(`queue "${queue.key}" has no source queue to send to`);
    if (line?.ok !== true) throw line?.error ?? new Error('it was not read');
    const { letter, evidenceNames, source } = restore(line.value);
    const mark = markOf(row, departure);
    const { delaySeconds } = departure;
    const sending = sendingOf(letter, evidenceNames, mark, { delaySeconds, fifo: queue.fifo, source });
    return success({ departure, row, mark, sending, leaseUntil });
  } catch (error) {
    return failure(new Error(`it cannot be read from the archive: ${(error as Error).message}`, { cause: error }));
  }
}

const markOf = (row: Item, { round, probe }: Departure): HealerMark => ({
  originId: String(row.originId),
  attempt: Number(row.attempt) + 1,
  group: String(row.group),
  ...(round === 0 ? {} : { round }),
  ...(probe ? { probe } : {}),
});

async function finish(
  healer: Healer,
  queue: QueuePolicy,
  { row, mark, sending, leaseUntil }: Prepared,
  sent: Outcome<string>,
): Promise<Outcome<Departed>> {
  return attempt(async () => {
    if (sent.ok) {
      if (!sending.carriesLineage) await noteLineage(healer, sent.value, mark);
      await recordRelease(healer, queue, row, leaseUntil, sent.value);
      return 'sent';
    }
    if (!(sent.error instanceof RefusedError)) throw sent.error;
    await recordRefusal(healer, queue, row, leaseUntil, sent.error);
    return 'refused';
  });
}

async function noteLineage({ db, table, now }: Healer, newMessageId: string, mark: HealerMark): Promise<void> {
  const [written] = await writeItems(db, table, [lineageRow(newMessageId, mark, now())]);
  if (written?.ok !== true) throw written?.error ?? new Error('the lineage row was not written');
}
