import type { Command } from 'commander';
import { ask } from '../ask.ts';
import { clientsFor } from '../aws/clients.ts';
import { UsageError } from '../exit.ts';
import { keptRows } from '../letters/kept.ts';
import { countKept, rowsById } from '../letters/kept-counts.ts';
import type { Selector } from '../letters/selector.ts';
import { carryOut } from '../move/carry-out.ts';
import { keptMover } from '../move/kept-mover.ts';
import { keptPreview } from '../move/kept-preview.ts';
import {
  addPaceOptions,
  addSelectorOptions,
  type MoveOptions,
  paceOf,
  selectionText,
  selectorOf,
  targetTo,
} from '../move/options.ts';
import { readPlan } from '../move/plan-file.ts';
import { ledgerWatch } from '../move/relapses.ts';
import { addStatusOption, statusesOf } from '../move/statuses.ts';
import { destinationsOf } from '../move/window.ts';
import type { Session } from '../session.ts';
import { addChangeOptions, addStackOptions } from '../stack/options.ts';
import { placeOf } from '../stack/queues.ts';
import { nextCommand } from './redrive.ts';

interface Options extends MoveOptions {
  readonly status?: string;
}

const AFTER_HELP = `
The letters lie whole in the archive. Each is sent as it was, under a heal key of its own, and stays in the archive; a
letter that dies again is handled by the healer as one that was healed once more. Quarantined letters go only with
--status quarantined. ID is an origin id, as alerts and dlq show name it.

Examples:
  dlq replay --stack shop-prod --queue orders --group f56c32c4e8d8
  dlq replay --stack shop-prod --queue orders --class VALIDATION_ERROR --since 2h --where "body.currency == 'EUR'"
  dlq replay 7f9d2a10-0001-4000-8000-000000000001 --stack shop-prod
  dlq replay --plan plan.jsonl --yes`;

export function addReplay(program: Command, session: Session): void {
  const command = program
    .command('replay')
    .argument('[id...]', 'letters by their origin ids, instead of conditions')
    .summary('send kept letters back: parked, waiting, archived, quarantined')
    .description('Sends letters that a stack keeps in its archive back to where they died.')
    .addHelpText('after', AFTER_HELP);
  addStatusOption(addPaceOptions(addSelectorOptions(addChangeOptions(addStackOptions(command)))))
    .option('--to <queue>', 'another queue for all of them: its URL, ARN or name')
    .option('--plan <file>', 'the letters that dlq plan --kept wrote down, and no others')
    .action((ids: string[], options: Options) => replay(session, ids, options));
}

async function replay(session: Session, ids: readonly string[], given: Options): Promise<void> {
  const clients = clientsFor(given);
  const plan = given.plan === undefined ? undefined : await readPlan(given.plan, 'replay');
  const options = plan === undefined ? given : { ...given, ...plan.place };
  const place = await placeOf(clients, options, session.io.env);
  const { stack, queue } = place;
  if (stack === undefined) throw new UsageError('only a stack keeps letters: pass --stack');
  const now = clients.now();
  const named = ids.length > 0 ? await rowsById(stack.healer, queue.key, ids) : undefined;
  const { selector, count } = chosen(named?.ids ?? plan?.ids, options, now);
  // Whoever names a letter, or has planned it, means it whatever its status.
  const statuses = selector.ids === undefined || options.status !== undefined ? statusesOf(options) : statusesOf(ALL);
  const pages = () => named?.pages() ?? keptRows(stack.healer, queue.key, statuses, selector, now);
  const toward = await targetTo(clients, options.to, queue.fifo);
  const { urls, windowSeconds } = await destinationsOf(clients, queue, toward);
  const pace = paceOf(options, windowSeconds);
  const what = whatOf(ids, plan?.ids.size, options);
  const kept = await countKept(pages(), selector);
  await session.show(options, keptPreview({ place, what, kept, toward, pace, width: session.width }));
  if ((await ask(session, options, `Replay ${what} of ${place.name}?`)) !== 'yes') return;
  await carryOut(session, clients, {
    change: { command: 'replay', what: `replay ${what} of ${place.name}`, queue: place.name },
    stack,
    queue: place.name,
    count,
    pace,
    json: options.json === true,
    next: nextCommand(place),
    mover: async (operator) =>
      keptMover({
        ...{ clients, stack, place, selector, statuses, toward, operator, windowSeconds, targetUrls: urls },
        pages: pages(),
        watch: ledgerWatch(stack.healer, queue.key),
        expected: kept.letters,
      }),
  });
}

const ALL = { status: 'waiting,parked,archived,quarantined' };

function chosen(
  ids: ReadonlySet<string> | undefined,
  options: Options,
  now: number,
): { selector: Selector; count: number } {
  if (ids === undefined) return selectorOf(options, now);
  const { all, group, class: failureClass, since, where } = options;
  if (all === true || [group, failureClass, since, where].some((value) => value !== undefined))
    throw new UsageError('name the letters, or the conditions, or a plan: not two of them');
  return { selector: { ids }, count: Number.POSITIVE_INFINITY };
}

function whatOf(ids: readonly string[], planned: number | undefined, options: Options): string {
  if (ids.length > 0) return ids.length === 1 ? `the letter ${ids[0]}` : `${ids.length} letters`;
  return planned === undefined ? selectionText(options) : `the ${planned} letters of the plan ${options.plan}`;
}
