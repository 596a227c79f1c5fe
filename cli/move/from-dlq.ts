import type { Target } from '../../handlers/core/target.ts';
import { ask } from '../ask.ts';
import type { Operator } from '../audit/audited.ts';
import type { Clients } from '../aws/clients.ts';
import { InputError } from '../exit.ts';
import type { Session } from '../session.ts';
import { readDepth } from '../stack/depth.ts';
import type { Place } from '../stack/queues.ts';
import { carryOut } from './carry-out.ts';
import type { Pace } from './course.ts';
import { dlqMover } from './dlq-mover.ts';
import { executionWatch } from './execution-watch.ts';
import { type Journal, openJournal } from './journal.ts';
import { type MoveOptions, paceOf, selectionText, selectorOf } from './options.ts';
import { nextCommand, previewOf } from './preview.ts';
import { ledgerWatch, type Watcher } from './relapses.ts';
import { plainSender, type Sender, stackSender } from './senders.ts';
import { destinationsOf } from './window.ts';

/** A command that moves letters, and where to, where that is not where each belongs. */
export interface MoveKind {
  readonly command: 'redrive' | 'replay' | 'executions';
  readonly toward: Target | undefined;
}

/** Moves letters that lie in a DLQ: shows, asks, does. @param planned ids of the letters of a plan */
export async function moveFromDlq(
  session: Session,
  clients: Clients,
  place: Place,
  options: MoveOptions,
  planned: ReadonlySet<string> | undefined,
  { command, toward }: MoveKind,
): Promise<void> {
  const { queue, stack } = place;
  const { selector, count } =
    planned === undefined
      ? selectorOf(options, clients.now())
      : { selector: { ids: planned }, count: Number.POSITIVE_INFINITY };
  const { urls, windowSeconds } = await destinationsOf(clients, queue, toward);
  const pace = paceOf(options, windowSeconds);
  const depths = await readDepth(clients.sqs, queue.dlqUrl);
  const what =
    planned === undefined ? selectionText(options) : `the ${planned.size} letters of the plan ${options.plan}`;
  await session.show(options, previewOf({ place, what, depths, toward, pace, width: session.width }));
  if ((await ask(session, options, `${questionOf(command)} ${what} of ${place.name}?`)) !== 'yes') return;
  await carryOut(session, clients, {
    change: { command, what: `${command} ${what} of ${place.name}`, queue: place.name },
    ...{ stack, count, pace, queue: place.name, json: options.json === true, next: nextCommand(place) },
    mover: async (operator) => {
      const journal =
        stack === undefined ? await openJournal(session.io.env, queue.dlqArn).catch(noJournal) : undefined;
      return dlqMover({
        ...{ clients, place, selector, toward, journal, depths, windowSeconds, targetUrls: urls },
        watch: watchFor(clients, place, toward),
        send: senderFor(clients, place, journal, operator),
        workers: workersFor(pace, queue.fifo),
      });
    },
  });
}

export const questionOf = (command: MoveKind['command']): string =>
  command === 'executions' ? 'Start executions from' : command === 'redrive' ? 'Redrive' : 'Replay';

function watchFor(clients: Clients, { stack, queue }: Place, toward: Target | undefined): Watcher | undefined {
  if (toward?.kind === 'state-machine') return executionWatch(clients, undefined);
  return stack === undefined ? undefined : ledgerWatch(stack.healer, queue.key);
}

function senderFor(clients: Clients, { stack }: Place, journal: Journal | undefined, operator: Operator): Sender {
  if (stack !== undefined) return stackSender(stack, operator);
  if (journal === undefined) throw new Error('a queue without a stack needs a journal');
  return plainSender(clients, journal);
}

const noJournal = (error: Error): never => {
  throw new InputError(
    `no letter is moved without a journal of what was sent, and it cannot be written (${error.message}): set DLQ_STATE_DIR to a directory that can`,
  );
};

/** One step under way moves about a hundred letters a second; in a FIFO queue letters go one after the other. */
const workersFor = ({ rate }: Pace, fifo: boolean): number =>
  fifo ? 1 : rate === undefined ? 16 : Math.min(16, Math.ceil(rate / 100));
