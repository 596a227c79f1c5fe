import { setTimeout as sleep } from 'node:timers/promises';
import {
  CancelMessageMoveTaskCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { ask } from '../ask.ts';
import { audited } from '../audit/audited.ts';
import type { Clients } from '../aws/clients.ts';
import { EXIT, InputError, UsageError } from '../exit.ts';
import { parseNumber } from '../input/number.ts';
import { interruptible } from '../interrupt.ts';
import { namedList } from '../output/list.ts';
import { counted } from '../output/text.ts';
import type { Session } from '../session.ts';
import { nameInUrl, readDepth } from '../stack/depth.ts';
import type { Place } from '../stack/queues.ts';
import type { MoveOptions } from './options.ts';
import { showProgress } from './progress.ts';

export interface NativeOptions {
  readonly native?: boolean;
  readonly follow?: boolean;
  readonly cancel?: boolean;
}

/** What `--json` prints of a move task. */
interface TaskDocument {
  readonly version: 1;
  readonly command: 'redrive --native';
  readonly queue: string;
  readonly status: string;
  readonly moved: number;
  readonly toMove: number | null;
  readonly startedAt: string | null;
  readonly why: string | null;
}

const LOOK_MS = 2_000;

/**
 * SQS's own message move task: it takes all letters, as they are, evidence included, and knows no canary.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export async function native(
  session: Session,
  clients: Clients,
  place: Place,
  options: MoveOptions & NativeOptions,
): Promise<void> {
  const { dlqArn } = place.queue;
  const running = (await tasksOf(clients, dlqArn)).find(
    ({ Status }) => Status === 'RUNNING' || Status === 'CANCELLING',
  );
  if (options.cancel === true) return cancel(session, clients, place, options, running);
  if (options.follow === true) {
    if (running === undefined) throw new InputError(`no move task of ${place.name} runs`);
    return follow(session, clients, place, options);
  }
  if (running !== undefined)
    throw new InputError(
      `a move task of ${place.name} runs already, and SQS runs one at a time: dlq redrive --native with --follow or --cancel`,
    );
  await start(session, clients, place, options);
}

async function start(session: Session, clients: Clients, place: Place, options: MoveOptions): Promise<void> {
  refuseSelection(options);
  const { queue } = place;
  // Asked of SQS: what is listed as a target may subscribe to a topic, and is no source of this DLQ.
  const { queueUrls = [] } = await clients.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: queue.dlqUrl }));
  if (queueUrls.length === 0)
    throw new InputError(
      `SQS moves only letters of a DLQ of its own queues, and none has ${nameInUrl(queue.dlqUrl)} as its DLQ (letters of Lambda, SNS or EventBridge lie there, or none): dlq redrive without --native knows where they belong, or takes --to`,
    );
  const rate = options.rate === 'off' ? undefined : parseNumber(options.rate, '--rate', 1, 500);
  const depths = await readDepth(clients.sqs, queue.dlqUrl);
  const entries: [string, string][] = [
    ['from', `${nameInUrl(queue.dlqUrl)}: about ${counted(depths.visible, 'letter')}`],
    ['letters', 'all of them, as they are: evidence and the healer’s mark go along'],
    ['to', options.to ?? 'where each died'],
    [
      'pace',
      `${rate === undefined ? 'as SQS sees fit' : `${rate} letters a second`}, without a canary; nothing stops it when letters die again`,
    ],
    ...(place.stack === undefined
      ? []
      : [
          [
            'note',
            'the ledger does not know of these sends: a letter that dies again keeps the attempts that it carries',
          ] as [string, string],
        ]),
  ];
  await session.show(options, `${namedList(entries, session.width)}\n`);
  if ((await ask(session, options, `Have SQS move every letter of ${place.name}?`)) !== 'yes') return;
  const change = { command: 'redrive', what: `SQS moves every letter of ${place.name}`, queue: place.name };
  await audited(session, clients, place.stack, change, async () => {
    const DestinationArn = options.to === undefined ? undefined : arnOf(place, options.to);
    await clients.sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: queue.dlqArn,
        ...(DestinationArn === undefined ? {} : { DestinationArn }),
        ...(rate === undefined ? {} : { MaxNumberOfMessagesPerSecond: rate }),
      }),
    );
    return { outcome: 'done', why: 'the task was started' };
  });
  await follow(session, clients, place, options);
}

function refuseSelection({ group, class: failureClass, since, where, count, plan }: MoveOptions): void {
  if ([group, failureClass, since, where, count, plan].some((value) => value !== undefined))
    throw new UsageError(
      'SQS moves every letter or none: with --native there is nothing to choose but --rate and --to',
    );
}

/** Of the DLQ's own account and region: SQS takes no other. */
function arnOf({ queue }: Place, to: string): string {
  if (to.startsWith('arn:')) return to;
  return [...queue.dlqArn.split(':').slice(0, 5), nameInUrl(to)].join(':');
}

async function follow(session: Session, clients: Clients, place: Place, { json }: MoveOptions): Promise<void> {
  const shown = showProgress(session, Number.POSITIVE_INFINITY);
  const told = () => shown.say('the task goes on by itself; dlq redrive --native --cancel ends it');
  const task = await interruptible(told, async (signal) => {
    for (;;) {
      const [latest] = await tasksOf(clients, place.queue.dlqArn);
      if (latest === undefined) throw new InputError(`SQS tells of no move task of ${place.name}`);
      const moved = Number(latest.ApproximateNumberOfMessagesMoved ?? 0);
      const toMove = Number(latest.ApproximateNumberOfMessagesToMove ?? moved);
      shown.tell({ phase: 'moving', sent: moved, left: 0, failed: 0, expected: toMove });
      if (signal.aborted || !(latest.Status === 'RUNNING' || latest.Status === 'CANCELLING')) return latest;
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }).finally(shown.end);
  await answer(session, place, json === true, task);
}

async function answer(
  session: Session,
  place: Place,
  json: boolean,
  task: ListMessageMoveTasksResultEntry,
): Promise<void> {
  const { Status = 'UNKNOWN', FailureReason, StartedTimestamp } = task;
  const document: TaskDocument = {
    version: 1,
    command: 'redrive --native',
    queue: place.name,
    status: Status,
    moved: Number(task.ApproximateNumberOfMessagesMoved ?? 0),
    toMove:
      task.ApproximateNumberOfMessagesToMove === undefined ? null : Number(task.ApproximateNumberOfMessagesToMove),
    startedAt: StartedTimestamp === undefined ? null : new Date(Number(StartedTimestamp)).toISOString(),
    why: FailureReason ?? null,
  };
  const of = document.toMove === null ? '' : ` of about ${document.toMove}`;
  const because = document.why === null ? '' : `: ${document.why}`;
  await session.answer({ json }, document, `The task is ${Status}${because}. ${document.moved}${of} letters moved.\n`);
  session.exitCode = EXIT_BY_STATUS[Status] ?? EXIT.failed;
}

const EXIT_BY_STATUS: Readonly<Record<string, 0 | 130>> = {
  COMPLETED: EXIT.ok,
  RUNNING: EXIT.interrupted,
  CANCELLED: EXIT.interrupted,
  CANCELLING: EXIT.interrupted,
};

async function cancel(
  session: Session,
  clients: Clients,
  place: Place,
  options: MoveOptions,
  running: ListMessageMoveTasksResultEntry | undefined,
): Promise<void> {
  if (running?.TaskHandle === undefined)
    throw new InputError(`no move task of ${place.name} runs: there is nothing to cancel`);
  const moved = Number(running.ApproximateNumberOfMessagesMoved ?? 0);
  await session.show(
    options,
    `The move task of ${place.name} has moved ${counted(moved, 'letter')}; those stay where they are now.\n`,
  );
  if ((await ask(session, options, `Cancel the move task of ${place.name}?`)) !== 'yes') return;
  const { TaskHandle } = running;
  const change = { command: 'redrive', what: `cancel SQS's move task of ${place.name}`, queue: place.name };
  await audited(session, clients, place.stack, change, async () => {
    await clients.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    return { outcome: 'done' };
  });
  await follow(session, clients, place, options);
  session.exitCode = EXIT.ok;
}

/** The latest first. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html */
async function tasksOf({ sqs }: Clients, SourceArn: string): Promise<ListMessageMoveTasksResultEntry[]> {
  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 10 }));
  return Results;
}
