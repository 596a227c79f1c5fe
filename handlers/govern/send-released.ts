import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ArchivePlace } from '../aws/archive.ts';
import { type Item, writeItems } from '../aws/batch-ops.ts';
import type { Healer } from '../aws/healer.ts';
import { lineageRow } from '../aws/letter-row.ts';
import { attempt, failure, type Outcome, success } from '../aws/outcome.ts';
import { RefusedError, type Sending } from '../aws/queues.ts';
import { giveBack, noteLineage, sendingTo } from '../aws/targets.ts';
import { restore } from '../core/archive-record.ts';
import type { HealerMark } from '../core/outgoing.ts';
import type { Policy, QueuePolicy } from '../core/policy.ts';
import { queueOf } from '../core/route.ts';
import { type Target, targetOf } from '../core/target.ts';
import type { Status } from '../core/verdict.ts';
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

/** How a person sends kept letters back; the governor sends only what waits, as it was, to where it belongs. */
export interface How {
  /** Letters of these statuses go; any other was dealt with by someone else. */
  readonly from: readonly Status[];
  /** In the place of the original's: of a single letter. */
  readonly mendedBody?: string;
  /** Where to, instead of where the letter belongs. */
  readonly toward?: Target;
  /** Fields of the letters' rows that say who did it. */
  readonly note: Readonly<Record<string, string>>;
  /** Of an edited letter: what its mark says of the repair. */
  readonly repair?: string;
  /** What cannot go stays as it is; nobody has to be told, for a person is looking. */
  readonly leaveRefused: true;
}

type Sent = Partial<How> & Pick<How, 'from' | 'note'>;

const GOVERNOR: Sent = { from: ['parked', 'waiting'], note: {} };

interface Prepared {
  readonly departure: Departure;
  readonly row: Item;
  readonly mark: HealerMark;
  readonly target: Target;
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
  how: Sent = GOVERNOR,
): Promise<Outcome<Departed>[]> {
  const leaseUntil = new Date(healer.now() + Math.max(0, remainingMs) + LEASE_MARGIN_MS).toISOString();
  const leased = await Promise.all(
    departures.map(({ row }) => attempt(() => lease(healer, row, leaseUntil, how.from))),
  );
  const rows = leased.map((outcome) => (outcome.ok ? outcome.value : undefined));
  const lines = await readLines(healer, rows);
  const prepared = departures.map((departure, i) => {
    const row = rows[i];
    return row === undefined ? undefined : prepare(healer.policy, departure, row, lines[i], leaseUntil, how);
  });
  const ready = prepared.flatMap((one) => (one?.ok ? [one.value] : []));
  const byTarget = [...Map.groupBy(ready, ({ target }) => JSON.stringify(target)).values()];
  const finished = new Map((await Promise.all(byTarget.map((some) => sendTogether(healer, queue, some, how)))).flat());
  return Promise.all(
    departures.map(async (departure, i): Promise<Outcome<Departed>> => {
      const taken = leased[i];
      if (taken?.ok === false) return taken;
      const row = rows[i];
      if (row === undefined) return success('busy');
      const unsent = prepared[i];
      const outcome =
        finished.get(departure) ??
        (await record(
          healer,
          queue,
          row,
          leaseUntil,
          unsent?.ok === false ? unsent : failure(new Error('not sent')),
          how,
        ));
      if (!outcome.ok) await attempt(() => giveLeaseBack(healer, row, leaseUntil));
      return outcome;
    }),
  );
}

/** Letters for one target share its calls. */
async function sendTogether(healer: Healer, queue: QueuePolicy, some: readonly Prepared[], how: Sent) {
  const [first] = some;
  const sendings = some.map(({ sending }) => sending);
  const sent = first === undefined ? [] : await giveBack(healer, first.target, sendings);
  return Promise.all(
    some.map(async (one, i) => {
      const outcome = await finish(healer, queue, one, sent[i] ?? failure(new Error('not sent')), how);
      return [one.departure, outcome] as const;
    }),
  );
}

/** Takes a letter on. @returns its row as it is now; undefined where it waits no more, or another run has it */
async function lease(
  { db, table, now }: Healer,
  { pk, sk }: Item,
  until: string,
  from: readonly Status[],
): Promise<Item | undefined> {
  const statuses = Object.fromEntries(from.map((status, i) => [`:status${i}`, status]));
  try {
    const { Attributes } = await db.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk, sk },
        UpdateExpression: 'SET leaseUntil = :until',
        ConditionExpression: `#status IN (${Object.keys(statuses).join(', ')}) AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :now)`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':until': until,
          ':now': new Date(now()).toISOString(),
          ...statuses,
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

/** Where the letter belongs is decided anew: the policy may know a place today that it did not know then. */
function prepare(
  policy: Policy,
  departure: Departure,
  row: Item,
  line: Outcome<string> | undefined,
  leaseUntil: string,
  { toward, mendedBody, repair }: Sent,
): Outcome<Prepared> {
  try {
    if (line?.ok !== true) throw line?.error ?? new Error('it was not read');
    const { letter, evidenceNames, source, returnTo } = restore(line.value);
    const queue = queueOf(policy, letter.dlqArn, returnTo);
    if (queue === undefined) throw new Error(`no queue of this stack has the DLQ ${letter.dlqArn}`);
    const destination = toward === undefined ? targetOf(returnTo, queue) : { target: toward };
    if ('obstacle' in destination) return failure(new RefusedError(destination.obstacle));
    const { target } = destination;
    const mark = { ...markOf(row, departure), ...(repair === undefined ? {} : { repair }) };
    const { delaySeconds } = departure;
    const mended = mendedBody === undefined ? {} : { mendedBody };
    const sending = sendingTo(target, letter, evidenceNames, mark, { delaySeconds, source, ...mended });
    return success({ departure, row, mark, target, sending: keyed(sending, mendedBody), leaseUntil });
  } catch (error) {
    return failure(new Error(`it cannot be sent from the archive: ${(error as Error).message}`, { cause: error }));
  }
}

/**
 * Another body is another message: where one was sent under this heal key already, by a run that could not say so, a FIFO
 * queue would take the second one and never deliver it. The mark keeps the heal key as it is.
 */
function keyed(sending: Sending, mendedBody: string | undefined): Sending {
  if (mendedBody === undefined) return sending;
  const hash = createHash('sha256').update(mendedBody).digest('hex').slice(0, 12);
  return { ...sending, healKey: `${sending.healKey}.${hash}` };
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
  { row, mark, target, sending, leaseUntil }: Prepared,
  sent: Outcome<string>,
  how: Sent,
): Promise<Outcome<Departed>> {
  if (!sent.ok || !noteLineage(target, sending, sent.value)) return record(healer, queue, row, leaseUntil, sent, how);
  const noted = await attempt(() => writeLineage(healer, sent.value, mark));
  return noted.ok ? record(healer, queue, row, leaseUntil, sent, how) : noted;
}

/** A letter that its target will never take waits for a person; any other that was not sent stays as it was. */
async function record(
  healer: Healer,
  queue: QueuePolicy,
  row: Item,
  leaseUntil: string,
  sent: Outcome<string>,
  { note, leaveRefused }: Sent,
): Promise<Outcome<Departed>> {
  return attempt(async () => {
    if (sent.ok) {
      await recordRelease(healer, queue, row, leaseUntil, sent.value, note);
      return 'sent';
    }
    if (leaveRefused || !(sent.error instanceof RefusedError)) throw sent.error;
    await recordRefusal(healer, queue, row, leaseUntil, sent.error);
    return 'refused';
  });
}

async function writeLineage({ db, table, now }: Healer, newMessageId: string, mark: HealerMark): Promise<void> {
  const [written] = await writeItems(db, table, [lineageRow(newMessageId, mark, now())]);
  if (written?.ok !== true) throw written?.error ?? new Error('the lineage row was not written');
}
