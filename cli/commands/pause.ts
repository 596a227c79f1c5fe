import type { Command } from 'commander';
import { readPaused, setPaused } from '../../handlers/aws/control.ts';
import { ask } from '../ask.ts';
import { audited } from '../audit/audited.ts';
import { clientsFor } from '../aws/clients.ts';
import type { Session } from '../session.ts';
import { addChangeOptions, addStackOptions, type ChangeOptions } from '../stack/options.ts';
import { stackOf } from '../stack/queues.ts';

const EXAMPLES = `
Examples:
  dlq pause --stack shop-prod
  dlq resume --stack shop-prod --yes`;

export function addPause(program: Command, session: Session): void {
  const add = (name: 'pause' | 'resume', description: string) =>
    addChangeOptions(
      addStackOptions(program.command(name).description(description).addHelpText('after', EXAMPLES)),
    ).action((options: ChangeOptions) => pause(session, options, name));
  add(
    'pause',
    'Stops all healing and releasing of a stack at once. Letters stay where they are; nothing is lost by it.',
  );
  add('resume', 'Ends a pause: healing and releasing go on with the next batch and minute.');
}

/** What `--json` prints of them. */
interface Paused {
  readonly version: 1;
  readonly stack: string;
  readonly paused: boolean;
  readonly before: boolean;
  readonly changed: boolean;
}

async function pause(session: Session, options: ChangeOptions, command: 'pause' | 'resume'): Promise<void> {
  const clients = clientsFor(options);
  const stack = await stackOf(clients, options, session.io.env);
  const { db, table } = stack.healer;
  const paused = command === 'pause';
  const before = await readPaused(db, table);
  const report = (changed: boolean) => {
    const result: Paused = { version: 1, stack: stack.name, paused: changed ? paused : before, before, changed };
    return session.answer(options, result, `${stateOf(stack.name, result.paused)}\n`);
  };
  if (before === paused) return report(false);
  await session.show(options, preview(stack.name, paused));
  if ((await ask(session, options, `${paused ? 'Pause' : 'Resume'} stack ${stack.name}?`)) !== 'yes')
    return report(false);
  await audited(session, clients, stack, { command, what: `${command} the stack ${stack.name}` }, async () => {
    await setPaused(db, table, paused);
    return { outcome: 'done' };
  });
  await report(true);
}

const preview = (stack: string, paused: boolean) =>
  paused
    ? `Stack ${stack} will be paused: nothing is healed, released or ramped until dlq resume. Dead letters stay in their\nDLQs, kept ones in the archive; mind the DLQs’ retention.\n`
    : `Stack ${stack} will go on: dead letters are healed again, and what is due is released within a minute.\n`;

const stateOf = (stack: string, paused: boolean) =>
  paused ? `Stack ${stack} is paused.` : `Stack ${stack} is not paused.`;
