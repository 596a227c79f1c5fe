import type { Command } from 'commander';
import { ask } from '../ask.ts';
import { clientsFor } from '../aws/clients.ts';
import { InputError } from '../exit.ts';
import { readRules } from '../input/rules-file.ts';
import { depthsOf, totalOf } from '../letters/dlq.ts';
import { carryOut } from '../move/carry-out.ts';
import type { Pace } from '../move/course.ts';
import { dlqMover } from '../move/dlq-mover.ts';
import { openJournal } from '../move/journal.ts';
import { type NativeOptions, native } from '../move/native.ts';
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
import { previewOf } from '../move/preview.ts';
import { ledgerWatch } from '../move/relapses.ts';
import { plainSender, stackSender } from '../move/senders.ts';
import { destinationsOf } from '../move/window.ts';
import type { Session } from '../session.ts';
import { addChangeOptions, addPlaceOptions } from '../stack/options.ts';
import { type Place, placeOf } from '../stack/queues.ts';

const AFTER_HELP = `
Every letter is sent, the answer is looked at, the send is written down, and only then is it deleted. A canary goes first
and is watched; the rest follows at a rate that rises. The command stops itself when letters die again. Ctrl-C ends it
after what was begun; the same command goes on where it ended. Letters that come after it began stay.

Examples:
  dlq redrive --dlq https://sqs.eu-central-1.amazonaws.com/123456789012/orders-dlq --all
  dlq redrive --stack shop-prod --queue orders --class DEPENDENCY_FAILURE --rate 50 --canary 10
  dlq redrive --dlq orders-dlq --where "body.total > \`100\`" --to orders-repair --yes --json
  dlq redrive --plan plan.jsonl
  dlq redrive --dlq orders-dlq --native`;

export function addRedrive(program: Command, session: Session): void {
  const command = program
    .command('redrive')
    .summary('send letters of a DLQ back to their queues, carefully')
    .description('Sends letters that lie in a DLQ back to the queues that they died in. Kept letters: dlq replay.')
    .addHelpText('after', AFTER_HELP);
  addPaceOptions(addSelectorOptions(addChangeOptions(addPlaceOptions(command))))
    .option('--to <queue>', 'another queue for all of them: its URL, ARN or name')
    .option('--plan <file>', 'the letters that dlq plan wrote down, and no others')
    .option('--rules <file>', 'rules of your own for --class and --group, for a DLQ without a stack')
    .option('--native', 'have SQS itself move all letters (its message move task)')
    .option('--follow', 'with --native: follow the task that runs')
    .option('--cancel', 'with --native: cancel the task that runs')
    .action((options: MoveOptions & NativeOptions) => redrive(session, options));
}

async function redrive(session: Session, given: MoveOptions & NativeOptions): Promise<void> {
  const clients = clientsFor(given);
  const plan = given.plan === undefined ? undefined : await readPlan(given.plan, 'redrive');
  const options = plan === undefined ? given : { ...given, ...plan.place };
  const place = await placeOf(clients, options, session.io.env, await readRules(options.rules));
  if (options.native === true) return native(session, clients, place, options);
  const { selector, count } =
    plan === undefined
      ? selectorOf(options, clients.now())
      : { selector: { ids: plan.ids }, count: Number.POSITIVE_INFINITY };
  const { queue, stack } = place;
  const toward = await targetTo(clients, options.to, queue.fifo);
  const { urls, windowSeconds } = await destinationsOf(clients, queue, toward);
  const pace = paceOf(options, windowSeconds);
  const depths = await depthsOf(clients.sqs, queue.dlqUrl);
  const what = plan === undefined ? selectionText(options) : `the ${plan.ids.size} letters of the plan ${options.plan}`;
  if (totalOf(depths) === 0 && stack === undefined) await noteEmpty(session, place);
  await session.show(options, previewOf({ place, what, depths, toward, urls, pace, width: session.width }));
  if ((await ask(session, options, `Redrive ${what} of ${place.name}?`)) !== 'yes') return;
  await carryOut(session, clients, {
    change: { command: 'redrive', what: `redrive ${what} of ${place.name}`, queue: place.name },
    stack,
    queue: place.name,
    count,
    pace,
    json: options.json === true,
    next: nextCommand(place),
    mover: async (operator) => {
      const journal =
        stack === undefined ? await openJournal(session.io.env, queue.dlqArn).catch(noJournal) : undefined;
      return dlqMover({
        ...{ clients, place, selector, toward, journal, depths, windowSeconds, targetUrls: urls },
        watch: stack === undefined ? undefined : ledgerWatch(stack.healer, queue.key),
        send: journal === undefined ? senderOf(place, operator) : plainSender(clients, journal),
        workers: workersFor(pace, queue.fifo),
      });
    },
  });
}

function senderOf({ stack }: Place, operator: Parameters<typeof stackSender>[1]) {
  if (stack === undefined) throw new Error('a queue without a stack needs a journal');
  return stackSender(stack, operator);
}

const noJournal = (error: Error): never => {
  throw new InputError(
    `no letter is moved without a journal of what was sent, and it cannot be written (${error.message}): set DLQ_STATE_DIR to a directory that can`,
  );
};

const noteEmpty = (session: Session, place: Place) =>
  session.err.write(`dlq: ${place.name} is empty, as far as SQS's counts tell\n`);

/** One step under way moves about a hundred letters a second; in a FIFO queue letters go one after the other. */
export const workersFor = ({ rate }: Pace, fifo: boolean): number =>
  fifo ? 1 : rate === undefined ? 16 : Math.min(16, Math.ceil(rate / 100));

export const nextCommand = ({ stack, name, queue }: Place): string =>
  stack === undefined ? `dlq verify --dlq ${queue.dlqUrl}` : `dlq verify --stack ${stack.name} --queue ${name}`;
