import type { Command } from 'commander';
import { isOpen } from '../../handlers/core/group.ts';
import { ask } from '../ask.ts';
import { audited } from '../audit/audited.ts';
import type { Ended } from '../audit/entry.ts';
import { type Clients, clientsFor } from '../aws/clients.ts';
import { awsComplaint } from '../aws/complaint.ts';
import { breakerWords } from '../by-hand/breaker-words.ts';
import { aboutGroup } from '../by-hand/change-group.ts';
import { findGroup } from '../by-hand/group.ts';
import { type Membership, membersOf, type Resolved, resolve } from '../by-hand/resolve.ts';
import { unalertedOf } from '../by-hand/settle-alerts.ts';
import { counted } from '../output/text.ts';
import type { Session } from '../session.ts';
import { addChangeOptions, addStackOptions, type ChangeOptions } from '../stack/options.ts';
import { stackOf } from '../stack/queues.ts';

interface Options extends ChangeOptions {
  readonly reason?: string;
}

const AFTER_HELP = `
The letters of the group that wait now are no longer waited for: they are archived, and dlq replay can still send them. The
breaker closes, what was still to be alerted of them is not. It is about these letters alone: one that dies of the same
later is counted, kept and alerted on at once.

Examples:
  dlq resolve f56c32c4e8d8 --stack shop-prod --reason "refunded by hand, OPS-1742"
  dlq resolve f56c32c4e8d8 --stack shop-prod --dry-run`;

export function addResolve(program: Command, session: Session): void {
  addChangeOptions(
    addStackOptions(
      program
        .command('resolve')
        .description('Declares the letters of a group that wait now dealt with: archived, alerted on no more.')
        .argument('<group>', 'the group: 12 hexadecimal characters')
        .option('--reason <text>', 'why, for those who look at the letters and the audit later')
        .addHelpText('after', AFTER_HELP),
    ),
  ).action((id: string, options: Options) => run(session, id, options));
}

async function run(session: Session, id: string, options: Options): Promise<void> {
  const clients = clientsFor(options);
  const stack = await stackOf(clients, options, session.io.env);
  const membership = await membersOf(await findGroup(stack, options, id));
  if (isResolved(membership)) return report(session, options, membership);
  await session.show(options, preview(membership, session));
  if ((await ask(session, options, `Resolve group ${id}?`)) !== 'yes') return report(session, options, membership);
  const done = await carryOut(session, clients, membership, options.reason ?? '');
  await report(session, options, membership, done);
  const [error] = done.errors;
  if (error === undefined) return;
  const why = awsComplaint(error) ?? error.message;
  await session.complain(`${counted(done.errors.length, 'letter')} could not be changed, run it again: ${why}`);
}

/** Nothing waits, and nothing of it is held or still to be alerted. */
function isResolved(membership: Membership): boolean {
  const { row, breaker } = membership.group;
  const isQuiet = unalertedOf(membership) === 0 && row.nextAlertAt === undefined;
  return membership.letters.length === 0 && !isOpen(breaker) && isQuiet;
}

async function carryOut(session: Session, clients: Clients, membership: Membership, why: string): Promise<Resolved> {
  const { stack, queue, id: group, failureClass } = membership.group;
  const what = `resolve group ${group} (${failureClass}) of queue ${queue.key}${why === '' ? '' : `: ${why}`}`;
  const change = { command: 'resolve', what, queue: queue.key, group };
  let done: Resolved | undefined;
  await audited(session, clients, stack, change, async (operator) => {
    done = await resolve(membership, operator, why);
    return endedBy(done);
  });
  if (done === undefined) throw new Error('a resolving ended without a result');
  return done;
}

const endedBy = ({ archived, left, gone, errors }: Resolved): Ended => ({
  outcome: errors.length > 0 ? 'failed' : 'done',
  letters: { archived: archived.length, left, gone, failed: errors.length },
  ids: archived,
  ...(errors[0] === undefined ? {} : { why: errors[0].message }),
});

async function report(session: Session, options: Options, membership: Membership, done?: Resolved): Promise<void> {
  const { group, letters } = membership;
  const { state } = done?.breaker ?? group.breaker;
  await session.answer(
    options,
    {
      ...{ version: 1, stack: group.stack.name, queue: group.queue.key, group: group.id },
      ...{ failureClass: group.failureClass, error: group.error === '' ? null : group.error },
      ...{ letters: letters.length, archived: done?.archived.length ?? 0, left: done?.left ?? 0 },
      ...{ gone: done?.gone ?? 0, failed: done?.errors.length ?? 0, state, changed: done !== undefined },
    },
    done === undefined ? unchanged(membership) : changed(membership, done),
  );
}

const unchanged = ({ group, letters }: Membership) =>
  `Group ${group.id} is ${breakerWords(group.breaker)}; ${letters.length === 0 ? 'no letter of it waits' : `${counted(letters.length, 'letter')} of it wait${letters.length === 1 ? 's' : ''}`}.\n`;

function changed({ group, letters }: Membership, { archived, left, gone, breaker, errors }: Resolved): string {
  const { id, stack, queue } = group;
  return [
    `${archived.length} of ${counted(letters.length, 'letter')} of group ${id} archived.`,
    ...(gone > 0 ? [`${counted(gone, 'letter')} had been dealt with before.`] : []),
    ...(left > 0 ? [`${counted(left, 'letter')} being sent right now: left to that.`] : []),
    ...(errors.length > 0 || !isOpen(breaker)
      ? []
      : [
          'The group stays open until the governor has found its lot empty: letters came to it just now, or are on their way.',
        ]),
    ...(archived.length > 0
      ? [`To send them after all: dlq replay --group ${id} --stack ${stack.name} --queue ${queue.key}`]
      : []),
    '',
  ].join('\n');
}

function preview({ group, letters }: Membership, { width }: Session): string {
  const outside = letters.filter(({ dueKey }) => dueKey === undefined).length;
  const which = [
    ...(letters.length > outside ? [`${letters.length - outside} in its lot`] : []),
    ...(outside > 0 ? [`${outside} outside, of what was refused or can go nowhere`] : []),
  ];
  const waiting = letters.length === 0 ? 'none waits' : `${counted(letters.length, 'letter')}: ${which.join(', ')}`;
  const then = [
    ...(letters.length === 0 ? [] : ['archived, for dlq replay to find;']),
    ...(isOpen(group.breaker) ? ['the group closes;'] : []),
    'the next failure of this kind alerts at once',
  ].join(' ');
  return aboutGroup(group, waiting, [['then', then]], width);
}
