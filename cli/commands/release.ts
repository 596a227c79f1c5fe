import type { Command } from 'commander';
import { type Breaker, held, released } from '../../handlers/core/group.ts';
import type { BreakerPolicy } from '../../handlers/core/policy.ts';
import { ask } from '../ask.ts';
import { audited } from '../audit/audited.ts';
import { type Clients, clientsFor } from '../aws/clients.ts';
import { breakerWords } from '../by-hand/breaker-words.ts';
import { aboutGroup, changeByHand, inLot, obstaclesTo } from '../by-hand/change-group.ts';
import { findGroup, type Group } from '../by-hand/group.ts';
import { countLot, waitingOutside } from '../by-hand/letters.ts';
import { InputError } from '../exit.ts';
import { counted } from '../output/text.ts';
import type { Session } from '../session.ts';
import { addChangeOptions, addStackOptions, type ChangeOptions } from '../stack/options.ts';
import { stackOf } from '../stack/queues.ts';

const RELEASE_HELP = `
The canary goes with the governor's next run, within a minute: a few letters of the group's lot. Where they live, the rest
follows at a rate that doubles each minute; where one dies again, the group is held as before. GROUP is the fingerprint
that alerts, log lines and dlq groups show. Letters outside the lot (archived, quarantined, refused) go by dlq replay.

Examples:
  dlq release f56c32c4e8d8 --stack shop-prod
  dlq release f56c32c4e8d8 --stack shop-prod --queue orders --yes`;

const HOLD_HELP = `
Its letters that would be healed wait in its lot instead, those that lie there stay, until dlq release. What is archived
or quarantined by its class still is.

Examples:
  dlq hold f56c32c4e8d8 --stack shop-prod
  dlq hold f56c32c4e8d8 --stack shop-prod --dry-run`;

export function addRelease(program: Command, session: Session): void {
  const add = (name: 'release' | 'hold', description: string, help: string) =>
    addChangeOptions(
      addStackOptions(
        program
          .command(name)
          .description(description)
          .argument('<group>', 'the group: 12 hexadecimal characters')
          .addHelpText('after', help),
      ),
    ).action((id: string, options: ChangeOptions) => change(session, id, options, name));
  add(
    'release',
    'Has the governor send the letters that wait in a group’s lot back to their queue, a few first.',
    RELEASE_HELP,
  );
  add('hold', 'Keeps the letters of a group, those that come as well, until a person releases it.', HOLD_HELP);
}

/** What `--json` prints of them. */
interface Changed {
  readonly version: 1;
  readonly stack: string;
  readonly queue: string;
  readonly group: string;
  readonly failureClass: string;
  readonly error: string | null;
  readonly before: Breaker['state'];
  readonly state: Breaker['state'];
  readonly byHand: boolean;
  readonly letters: number;
  readonly canary: number;
  readonly obstacles: readonly string[];
  readonly changed: boolean;
}

async function change(session: Session, id: string, options: ChangeOptions, command: 'release' | 'hold') {
  const clients = clientsFor(options);
  const stack = await stackOf(clients, options, session.io.env);
  const group = await findGroup(stack, options, id);
  const letters = await countLot(group);
  const obstacles = command === 'release' ? await obstaclesTo(group) : [];
  const canary = command === 'release' ? Math.min(letters, stack.healer.policy.breaker.probes) : 0;
  const report = (after: Breaker, changed: boolean) => {
    const result: Changed = {
      ...{ version: 1, stack: stack.name, queue: group.queue.key, group: id, failureClass: group.failureClass },
      ...{ error: group.error === '' ? null : group.error, before: group.breaker.state, state: after.state },
      ...{ byHand: after.byHand === true, letters, canary, obstacles, changed },
    };
    return session.answer(options, result, `Group ${id} is ${breakerWords(after)}.\n`);
  };
  const next = command === 'release' ? release : hold;
  if (next(group.breaker, clients.now()) === group.breaker) return report(group.breaker, false);
  if (command === 'release') await refuseEmpty(group, letters);
  await session.show(options, preview(group, command, letters, canary, obstacles, session));
  const question = command === 'release' ? `Release group ${id}?` : `Hold group ${id}?`;
  if ((await ask(session, options, question)) !== 'yes') return report(group.breaker, false);
  await report(await carryOut(session, clients, group, command, next), true);
}

async function carryOut(
  session: Session,
  clients: Clients,
  group: Group,
  command: 'release' | 'hold',
  next: (breaker: Breaker, now: number) => Breaker,
): Promise<Breaker> {
  const what = `${command} group ${group.id} (${group.failureClass}) of queue ${group.queue.key}`;
  let after = group.breaker;
  await audited(session, clients, group.stack, { command, what, queue: group.queue.key, group: group.id }, async () => {
    after = await changeByHand(group, (breaker) => next(breaker, clients.now()));
    return { outcome: 'done' };
  });
  return after;
}

/** A group whose letters are on their way already would begin anew. */
const release = (breaker: Breaker, now: number): Breaker =>
  breaker.state === 'probing' || breaker.state === 'ramping' ? breaker : released(breaker, now);

const hold = (breaker: Breaker, now: number): Breaker =>
  breaker.state === 'holding' && breaker.byHand === true ? breaker : held(breaker, now);

/** An empty group that is held can be released, for the letters to come; where nothing is held there is nothing to do. */
async function refuseEmpty(group: Group, letters: number): Promise<void> {
  if (letters > 0 || group.breaker.state !== 'healing') return;
  const { row, id, stack, queue } = group;
  const waiting = (await waitingOutside(group)).length;
  const count = (name: string) => Number(row[name] ?? 0);
  const elsewhere = [
    ...(waiting > 0 ? [`${counted(waiting, 'letter')} of it ${waiting === 1 ? 'waits' : 'wait'} outside`] : []),
    ...(count('archivedCount') > 0 ? [`${count('archivedCount')} went to the archive`] : []),
    ...(count('quarantinedCount') > 0 ? [`${count('quarantinedCount')} were quarantined`] : []),
  ];
  const where = elsewhere.length === 0 ? 'none of it is kept' : elsewhere.join(', ');
  throw new InputError(
    `no letter lies in the lot of group ${id}, so there is nothing to release (${where}). dlq replay --group ${id} --stack ${stack.name} --queue ${queue.key} sends back what was archived, quarantined or refused`,
  );
}

function preview(
  group: Group,
  command: 'release' | 'hold',
  letters: number,
  canary: number,
  obstacles: readonly string[],
  { width }: Session,
): string {
  if (command === 'hold')
    return aboutGroup(group, `${inLot(letters)}; they stay, and those that come are kept as well`, [], width);
  return aboutGroup(
    group,
    inLot(letters),
    [
      ['then', goes(letters, canary, group.stack.healer.policy.breaker)],
      ...obstacles.map((one) => ['but', one] as const),
    ],
    width,
  );
}

function goes(letters: number, canary: number, { rampPerMinute, maxPerMinute }: BreakerPolicy): string {
  if (letters === 0) return 'the group closes; letters that come are treated by their class again';
  const first = `${counted(canary, 'letter')} with the governor’s next run, within a minute`;
  if (canary === letters) return first;
  return `${first}; where ${canary === 1 ? 'it lives' : 'they live'}, the rest at ${rampPerMinute} a minute, doubling each minute up to ${maxPerMinute}`;
}
