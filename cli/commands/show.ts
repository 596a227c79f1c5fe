import type { Command } from 'commander';
import type { Item } from '../../handlers/aws/batch-ops.ts';
import { clientsFor } from '../aws/clients.ts';
import { UsageError } from '../exit.ts';
import { deathsOf, find, keptOf } from '../look/find.ts';
import { complainOf, type Gathering, gathering } from '../look/gather.ts';
import { adviceFor, type GroupView, groupCommands, groupText, letterOf } from '../look/group-report.ts';
import { groupOf } from '../look/groups.ts';
import { NOTHING_WAITS } from '../look/ledger-counts.ts';
import { commandsFor, currentOf, deathOf, nextWords, readDeaths, timelineOf } from '../look/letter.ts';
import { letterText } from '../look/letter-report.ts';
import type { Session } from '../session.ts';
import { addPlaceOptions, type PlaceOptions } from '../stack/options.ts';
import { queuesOf, stackOf } from '../stack/queues.ts';
import type { Stack } from '../stack/stack.ts';

interface Options extends PlaceOptions {
  readonly body?: boolean;
}

const AFTER_HELP = `
A letter is named by its origin id (in every alert, log line and row), by the message id of a heal that could not carry its
lineage, or by its heal key; a group by its fingerprint of 12 hex characters. Without --body nothing of a payload is shown.

Examples:
  dlq show 7f9d2a10-0001-4000-8000-000000000001 --stack shop-prod
  dlq show 7f9d2a10-0001-4000-8000-000000000001 --stack shop-prod --body
  dlq show ce70f24b425e --stack shop-prod --json | jq '.letters[].id'`;

export function addShow(program: Command, session: Session): void {
  addPlaceOptions(
    program
      .command('show')
      .description('Shows why a letter died, what was decided and done, and what happens next; or how a group stands.')
      .argument('<id>', 'an origin id, a message id, a heal key, or a group’s fingerprint')
      .option('--body', 'also the body and the values of attributes: a payload, as it is')
      .addHelpText('after', AFTER_HELP),
  ).action((id: string, options: Options) => show(session, id, options));
}

async function show(session: Session, id: string, options: Options): Promise<void> {
  if (options.dlq !== undefined)
    throw new UsageError(
      `no ledger knows the letters of a queue without a stack: dlq peek --dlq ${options.dlq} shows them`,
    );
  const stack = await stackOf(clientsFor(options), options, session.io.env);
  const queues = queuesOf(stack, options).map(({ key }) => key);
  const found = await find(stack, id, queues);
  const gathered = gathering();
  if (found.kind === 'letter') await showLetter(session, options, stack, found, gathered);
  else await showGroup(session, options, stack, found.row, gathered);
  await complainOf(session, gathered.unread);
}

async function showLetter(
  session: Session,
  options: Options,
  stack: Stack,
  { originId: id, rows }: { readonly originId: string; readonly rows: readonly Item[] },
  { read, unread }: Gathering,
): Promise<void> {
  const deaths = await readDeaths(stack.healer.archive, rows, options.body === true, read);
  const current = currentOf(deaths);
  const commands = current === undefined ? [] : commandsFor(stack.name, id, current);
  const document = {
    ...{ version: 1, kind: 'letter', stack: stack.name, id },
    status: current?.status ?? null,
    next: current === undefined ? null : nextWords(current),
    timeline: timelineOf(deaths),
    ...{ deaths, commands, unread },
  };
  await session.answer(options, document, letterText({ stack: stack.name, id, deaths, commands }, session));
  if (options.body === true && current?.archive === null)
    await session.err.write('The healer keeps no copy of a letter that it healed at once: there is no body to show.\n');
}

const SHOWN_LETTERS = 20;

async function showGroup(session: Session, options: Options, stack: Stack, row: Item, { read, unread }: Gathering) {
  const { healer, name } = stack;
  const [queue, fingerprint] = [String(row.queue), String(row.group)];
  const kept = await read(queue, 'letters of the group', () => keptOf(healer, queue, fingerprint, SHOWN_LETTERS));
  const group = groupOf(row, { ...NOTHING_WAITS, ...kept?.waits });
  const id = kept?.rows[0] === undefined ? group.example : String(kept.rows[0].originId);
  const view: GroupView = {
    ...{ stack: name, group },
    letters: kept?.rows.map((one) => letterOf(one, deathOf(one, healer.archive))) ?? null,
    kept: kept?.all ?? null,
    example: id === null ? null : await exampleOf(stack, id, fingerprint, options.body === true, read),
    advice: adviceFor(name, group, row),
    commands: groupCommands(name, group, id),
  };
  const { stack: _stack, ...shown } = view;
  const document = { version: 1, kind: 'group', stack: name, ...shown, unread };
  await session.answer(options, document, groupText(view, session));
}

/** The evidence of one letter's latest death in the group that the archive holds. */
async function exampleOf({ healer }: Stack, id: string, group: string, withBody: boolean, read: Gathering['read']) {
  const rows = (await read(null, 'example', () => deathsOf(healer, id))) ?? [];
  const last = rows.filter((row) => row.group === group && row.archive !== undefined).slice(-1);
  const record = (await readDeaths(healer.archive, last, withBody, read))[0]?.record ?? null;
  return { id, evidence: record?.evidence ?? null, logsUrl: record?.logsUrl ?? null };
}
