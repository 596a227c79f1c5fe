import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { ArchivePlace } from '../../handlers/aws/archive.ts';
import { type Item, readItems } from '../../handlers/aws/batch-ops.ts';
import { restore } from '../../handlers/core/archive-record.ts';
import { originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import { queueOf } from '../../handlers/core/route.ts';
import { targetOf } from '../../handlers/core/target.ts';
import { sendReleased } from '../../handlers/govern/send-released.ts';
import { InputError, UsageError } from '../exit.ts';
import { KEPT } from '../letters/kept.ts';
import { printable } from '../output/text.ts';
import type { PlaceOptions } from '../stack/options.ts';
import { queuesOf } from '../stack/queues.ts';
import type { Stack } from '../stack/stack.ts';
import { type Editable, targetIn } from './editable.ts';

/** So long a lease on the letter holds after a kill, and half a minute more. */
const LEASE_MS = 60_000;

/** What the mark of an edited letter names as its repair. */
const REPAIR = 'edit';

/**
 * The kept letter of this origin, whole, from the archive.
 * @throws InputError where none is kept, or it can go nowhere
 * @throws UsageError where several queues keep one
 */
export async function keptLetter(stack: Stack, options: PlaceOptions, id: string): Promise<Editable> {
  const row = await keptRow(stack, options, id);
  const { healer } = stack;
  const { letter, evidenceNames, source, returnTo } = restore(await healer.archive.read(row.archive as ArchivePlace));
  const queue = queueOf(healer.policy, letter.dlqArn, returnTo);
  if (queue === undefined)
    throw new InputError(`no queue of stack "${stack.name}" has the DLQ ${letter.dlqArn} any more`);
  return {
    id,
    place: { name: String(row.queue), stack },
    group: String(row.group),
    failureClass: String(row.failureClass),
    attempt: Number(row.attempt),
    status: String(row.status),
    error: String(row.error ?? ''),
    notes:
      row.leaseUntil === undefined
        ? []
        : ['an earlier run was about to send it and did not say how that ended: it may be on its way already'],
    original: originalOf(letter, source, evidenceNames),
    target: targetIn(targetOf(returnTo, queue), id),
    async send(mendedBody, { auditId }) {
      const departure = { row, delaySeconds: 0, round: 0, probe: false };
      const how = { from: KEPT, mendedBody, repair: REPAIR, note: { editedBy: auditId }, leaveRefused: true } as const;
      const [outcome] = await sendReleased(healer, queue, [departure], LEASE_MS, how);
      if (outcome?.ok === false) throw outcome.error;
      if (outcome?.value !== 'sent')
        throw new InputError(`letter ${id} was dealt with by somebody else meanwhile: dlq show ${id} tells how`);
      const [sent] = await readItems(healer.db, healer.table, [{ pk: String(row.pk), sk: String(row.sk) }]);
      return String(sent?.healedMessageId ?? '');
    },
    close: async () => {},
  };
}

async function keptRow(stack: Stack, options: PlaceOptions, id: string): Promise<Item> {
  const keys = queuesOf(stack, options).map(({ key }) => key);
  const deaths = (await deathsOf(stack, id)).filter(({ queue }) => keys.includes(String(queue)));
  // The first letter of a death before its twins, a later death before an earlier one.
  const kept = deaths.filter(({ status }) => KEPT.includes(status as never)).toSorted((a, b) => rank(b) - rank(a));
  const queues = [...new Set(kept.map(({ queue }) => String(queue)))];
  if (queues.length > 1) throw new UsageError(`which queue? Pass --queue with one of ${queues.join(', ')}`);
  const [row] = kept;
  if (row === undefined) throw new InputError(notKept(stack.name, id, deaths));
  if (String(row.leaseUntil ?? '') > new Date(stack.healer.now()).toISOString())
    throw new InputError(`letter ${id} is being sent by another run right now: look again in two minutes`);
  return row;
}

const rank = ({ sk, attempt }: Item) => 2 * Number(attempt) + (String(sk).includes('#twin#') ? 0 : 1);

async function deathsOf({ healer: { db, table: TableName } }: Stack, id: string): Promise<Item[]> {
  const rows: Item[] = [];
  const query = {
    TableName,
    KeyConditionExpression: 'pk = :letter',
    ExpressionAttributeValues: { ':letter': `letter#${id}` },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client: db }, query)) rows.push(...Items);
  return rows;
}

function notKept(stack: string, id: string, deaths: readonly Item[]): string {
  const last = deaths.at(-1);
  if (last === undefined)
    return `stack "${stack}" keeps no letter ${printable(id).slice(0, 100)}: ID is the origin id that alerts and dlq show name; a letter that is still in its DLQ is not kept yet`;
  const as = last.healedMessageId === undefined ? '' : ` as message ${last.healedMessageId}`;
  return `nothing of letter ${id} is kept: it was ${last.status}${as}`;
}
