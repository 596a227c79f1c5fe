import type { Command } from 'commander';
import { pinLevel, readControls } from '../../handlers/aws/control.ts';
import { type Control, levelOf, NO_CONTROL, reasonOf } from '../../handlers/aws/control-row.ts';
import { AT_EASE, type Effects, effectsOf, LEVEL_NAMES, type Level } from '../../handlers/core/level.ts';
import type { QueuePolicy } from '../../handlers/core/policy.ts';
import { ask } from '../ask.ts';
import { audited } from '../audit/audited.ts';
import { type Clients, clientsFor } from '../aws/clients.ts';
import { levelName, levelWords, parseLevel } from '../by-hand/level-words.ts';
import { UsageError } from '../exit.ts';
import { namedList } from '../output/list.ts';
import { printable } from '../output/text.ts';
import type { Session } from '../session.ts';
import { addChangeOptions, addStackOptions, type ChangeOptions } from '../stack/options.ts';
import { queuesOf, stackOf } from '../stack/queues.ts';
import type { Stack } from '../stack/stack.ts';

const AFTER_HELP = `
LEVEL is 0 to 4 or its name: ${LEVEL_NAMES.join(', ')}. It holds, whatever the governor measures, until
"dlq level auto" gives the queue back to it. Without LEVEL it only shows: all queues, or that of --queue.

Examples:
  dlq level --stack shop-prod
  dlq level 1 --stack shop-prod --queue orders
  dlq level auto --stack shop-prod --queue orders --yes`;

export function addLevel(program: Command, session: Session): void {
  addChangeOptions(
    addStackOptions(
      program
        .command('level')
        .description('Shows the degradation levels of a stack’s queues, or pins that of one.')
        .argument('[level]', '0 to 4 or its name to pin it, auto to take the pin off')
        .addHelpText('after', AFTER_HELP),
    ),
  ).action((level: string | undefined, options: ChangeOptions) => run(session, level, options));
}

/** What `--json` prints of a queue. */
interface Shown {
  readonly queue: string;
  readonly level: Level;
  readonly name: string;
  /** A person's. */
  readonly pinned: boolean;
  readonly because: string;
  readonly effects: Effects;
  /** The same with letters of classes that the policy calls critical. */
  readonly criticalEffects: Effects;
  /** What the governor measures, which holds where no person pinned a level. */
  readonly measured: {
    readonly level: Level;
    readonly name: string;
    readonly because: string;
    readonly since: string | null;
  };
}

async function run(session: Session, wanted: string | undefined, options: ChangeOptions): Promise<void> {
  const level = wanted === undefined ? undefined : parseLevel(wanted);
  if (wanted !== undefined && level === undefined)
    throw new UsageError(`LEVEL must be 0 to 4, one of ${LEVEL_NAMES.join(', ')}, or auto; got ${wanted}`);
  const clients = clientsFor(options);
  const stack = await stackOf(clients, options, session.io.env);
  const queues = queuesOf(stack, options);
  if (level === undefined) return report(session, options, stack, queues, false);
  const [queue, ...others] = queues;
  if (queue === undefined || others.length > 0)
    throw new UsageError(`which queue? Pass --queue with one of ${queues.map(({ key }) => key).join(', ')}`);
  const before = (await controlsOf(stack, queues)).get(queue.key) ?? NO_CONTROL;
  if (before.pinnedLevel === (level === 'auto' ? undefined : level))
    return report(session, options, stack, queues, false);
  await session.show(options, preview(stack, queue, before, level, session.width));
  const question =
    level === 'auto' ? `Take the pin off queue ${queue.key}?` : `Pin level ${level} on queue ${queue.key}?`;
  const agreed = (await ask(session, options, question)) === 'yes';
  if (agreed) await pin(session, clients, stack, queue, level);
  await report(session, options, stack, queues, agreed);
}

async function pin(session: Session, clients: Clients, stack: Stack, { key }: QueuePolicy, level: Level | 'auto') {
  const what = level === 'auto' ? `take the pin off queue ${key}` : `pin level ${levelName(level)} on queue ${key}`;
  await audited(session, clients, stack, { command: 'level', what, queue: key }, async () => {
    await pinLevel(stack.healer.db, stack.healer.table, key, level === 'auto' ? undefined : level);
    return { outcome: 'done' };
  });
}

const controlsOf = ({ healer }: Stack, queues: readonly QueuePolicy[]) =>
  readControls(
    healer.db,
    healer.table,
    queues.map(({ key }) => key),
  );

async function report(
  session: Session,
  options: ChangeOptions,
  stack: Stack,
  queues: readonly QueuePolicy[],
  changed: boolean,
): Promise<void> {
  const controls = await controlsOf(stack, queues);
  const shown = queues.map(({ key }) => shownOf(key, controls.get(key) ?? NO_CONTROL));
  const result = { version: 1, stack: stack.name, changed, queues: shown };
  await session.answer(options, result, shown.map((one) => textOf(one, session.width)).join('\n'));
}

function shownOf(queue: string, control: Control): Shown {
  const level = levelOf(control);
  const { state, pinnedLevel } = control;
  // A pin without a measurement has no words of the governor beside it.
  const because = state.because || AT_EASE.because;
  return {
    ...{ queue, level, name: LEVEL_NAMES[level], pinned: pinnedLevel !== undefined },
    because: reasonOf(control) || because,
    ...{ effects: effectsOf(level, false), criticalEffects: effectsOf(level, true) },
    measured: {
      ...{ level: state.level, name: LEVEL_NAMES[state.level], because },
      since: state.since === 0 ? null : new Date(state.since).toISOString(),
    },
  };
}

function textOf({ queue, level, because, pinned, measured }: Shown, width: number): string {
  const since = measured.since === null ? '' : `, since ${measured.since.slice(0, 19).replace('T', ' ')} UTC`;
  const own = `${levelName(measured.level)}: ${printable(measured.because)}${since}`;
  const list = [...levelWords(level), ...(pinned ? [['measured', own] as const] : [])];
  return `Queue ${queue} is at level ${levelName(level)}: ${printable(because)}\n${namedList(list, width)}\n`;
}

function preview(
  { name }: Stack,
  { key }: QueuePolicy,
  before: Control,
  wanted: Level | 'auto',
  width: number,
): string {
  const level = wanted === 'auto' ? before.state.level : wanted;
  const until = wanted === 'auto' ? 'the governor measures another' : 'dlq level auto, whatever is measured';
  const head = `Queue ${key} of stack ${name}: level ${levelName(levelOf(before))} → ${levelName(level)}`;
  return `${head}\n${namedList([...levelWords(level), ['until', until]], width)}\n`;
}
