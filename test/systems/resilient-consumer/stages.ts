// The run, stage by stage: each sends, waits and measures. What is wrong is told by system.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeMessageVisibilityCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { type ReceivedMessage, sqsEvent } from '../../local-aws/host/batches.ts';
import { untilQuiet } from '../quiet.ts';
import type { Applied } from '../system.ts';
import type { Sent } from './account.ts';
import { type KindName, POISON_COPIES } from './kinds.ts';
import { type Stack, until } from './stack.ts';
import { startWorker } from './worker.ts';

/** Longer than the level that a consumer has read is taken for true: 2 s here. */
const LEVEL_KNOWN_MS = 3_000;
const OUTAGE_ORDERS = 20;
const OUTAGE_MS = 12_000;
/** The example's first step of depth is 15. */
const BACKLOG = 16;
/**
 * A message that meets the 503 dies at its fourth receive, after 3 to 7 s and what a busy worker adds: before this. With
 * three heals of at least a second it has four such lives, 15 s at the very least: it does not use them up.
 */
const DOWN_SECONDS = 16;

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const repeat = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Waits until all of these orders are booked. */
async function untilBooked(stack: Stack, orders: readonly Sent[], seconds = 90): Promise<boolean> {
  return until(async () => {
    const booked = new Set((await stack.bookings()).map(({ orderId }) => orderId));
    return orders.every(({ orderId }) => booked.has(orderId));
  }, seconds);
}

async function untilDied(stack: Stack, letters: readonly Sent[], seconds = 90): Promise<boolean> {
  return until(async () => {
    const died = new Set((await stack.rows()).map(({ originId }) => originId));
    return letters.every(({ messageId }) => died.has(messageId));
  }, seconds);
}

async function sendAll(stack: Stack, kinds: Partial<Record<KindName, number>>, options: Parameters<Stack['send']>[1]) {
  const all = Object.entries(kinds).flatMap(([kind, count]) => repeat(count).map(() => kind as KindName));
  const sent: Sent[] = [];
  for (const kind of all) sent.push(await stack.send(kind, options));
  return sent;
}

/** Every way to fail but an outage, at level 0, which a person pins: nothing is left out. */
export async function everyFailure(stack: Stack): Promise<void> {
  await stack.dlq('level', '0', '--queue', 'orders', '--yes');
  const orderId = 'kit-poison';
  const first = await Promise.all(
    repeat(POISON_COPIES.archived).map(() => stack.send('poison', { by: 'kit', orderId })),
  );
  const healthy = await sendAll(stack, { healthy: 12, unrecommended: 1 }, { by: 'kit' });
  const passing = await sendAll(stack, { throttled: 2, slow: 1 }, { by: 'kit', until: inSeconds(5) });
  await sendAll(stack, { invalid: 3, 'not-json': 2, refused: 2, unauthorised: 2, bug: 2 }, { by: 'kit' });
  await untilDied(stack, first);
  for (const _ of repeat(POISON_COPIES.quarantined)) await stack.send('poison', { by: 'kit', orderId });
  await untilBooked(stack, [...healthy, ...passing]);
  await untilDied(
    stack,
    stack.sent.filter(({ kind }) => ['poison', 'bug'].includes(kind)),
  );
}

export interface Outage {
  readonly orders: number;
  readonly seconds: number;
  /** Calls that payments got while it was down. */
  readonly calls: number;
  /** Calls that the breaker kept from it. */
  readonly spared: number;
  /** How often any of the messages was received, at most. */
  readonly mostReceives: number;
  /** From the end of the outage until the last order was booked. */
  readonly recoveredAfterSeconds: number;
}

/** Payments is down for a while. */
export async function outage(applied: Applied, stack: Stack): Promise<Outage> {
  const caller = stack.names.function_names.consumer;
  let spared = 0;
  const count = ({ functionName, text }: { functionName: string; text: string }) => {
    if (functionName === caller && text.includes('payments is not asked')) spared++;
  };
  applied.host.events.on('line', count);
  try {
    await stack.setService('payments', 'down');
    const [calls, begin] = [stack.calls(caller, 'payments'), Date.now()];
    const orders = await sendAll(stack, { healthy: OUTAGE_ORDERS }, { by: 'kit' });
    await sleep(Math.max(0, begin + OUTAGE_MS - Date.now()));
    const failed = stack.calls(caller, 'payments') - calls;
    await stack.setService('payments', 'up');
    const end = Date.now();
    await untilBooked(stack, orders, 90);
    const recoveredAfterSeconds = (Date.now() - end) / 1000;
    const ids = new Set(orders.map(({ orderId }) => orderId));
    const receives = (await stack.bookings()).filter(({ orderId }) => ids.has(orderId)).map((one) => one.receives);
    return {
      orders: orders.length,
      seconds: (end - begin) / 1000,
      calls: failed,
      spared,
      mostReceives: Math.max(...receives),
      recoveredAfterSeconds,
    };
  } finally {
    applied.host.events.off('line', count);
  }
}

/** The governor's own run, as the schedule makes one each minute. @returns the level that it set */
async function governed(stack: Stack): Promise<number> {
  await stack.invoke(stack.names.function_names.govern, { source: 'aws.events', 'detail-type': 'Scheduled Event' });
  return stack.governorsLevel();
}

export interface Levels {
  /** Calls to recommendations at level 2. */
  readonly callsAtModerate: number;
  /** Of the orders that can wait, how many were booked at level 3. */
  readonly bookedAtSevere: number;
  readonly orders: {
    readonly moderate: readonly string[];
    readonly urgent: readonly string[];
    readonly waited: readonly string[];
  };
}

/** A person pins 2, then 3, then 0, by the command. */
export async function pinnedLevels(stack: Stack): Promise<Levels> {
  const pin = async (level: string) => {
    await stack.dlq('level', level, '--queue', 'orders', '--yes');
    await sleep(LEVEL_KNOWN_MS);
  };
  const ids = (orders: readonly Sent[]) => orders.map(({ orderId }) => orderId);
  await pin('2');
  const before = stack.calls(stack.names.function_names.consumer, 'recommendations');
  const moderate = await sendAll(stack, { healthy: 5 }, { by: 'kit' });
  await untilBooked(stack, moderate);
  const callsAtModerate = stack.calls(stack.names.function_names.consumer, 'recommendations') - before;

  await pin('3');
  const waited = await sendAll(stack, { healthy: 4 }, { by: 'kit' });
  const urgent = await sendAll(stack, { urgent: 2 }, { by: 'kit' });
  await untilBooked(stack, urgent);
  await sleep(6_000); // they have come back, and were put off again
  const booked = new Set((await stack.bookings()).map(({ orderId }) => orderId));
  const bookedAtSevere = waited.filter(({ orderId }) => booked.has(orderId)).length;
  await pin('0');
  await untilBooked(stack, waited);
  return {
    callsAtModerate,
    bookedAtSevere,
    orders: { moderate: ids(moderate), urgent: ids(urgent), waited: ids(waited) },
  };
}

export interface WorkerRun {
  readonly ended: number | NodeJS.Signals;
  /** That the governor set for the backlog which built up while nobody worked. */
  readonly governorsLevel: number;
  /** The orders of the backlog. */
  readonly backlog: readonly string[];
  /** Messages that it had processed before, by their heal key. */
  readonly duplicates: number;
  readonly lines: readonly string[];
}

/** The Lambda function rests, and the worker in Python has the queue. */
export async function pythonsTurn(applied: Applied, stack: Stack): Promise<WorkerRun> {
  const by = 'worker';
  await stack.setMapping(false);
  const backlog = await sendAll(stack, { healthy: BACKLOG }, { by });
  await stack.dlq('level', 'auto', '--queue', 'orders', '--yes');
  const governorsLevel = await governed(stack);
  const worker = await startWorker(applied.aws, stack.names);
  try {
    await untilBooked(stack, backlog);
    await stack.dlq('level', '0', '--queue', 'orders', '--yes');
    await sleep(LEVEL_KNOWN_MS);
    await sendAll(stack, { down: 2 }, { by, until: inSeconds(DOWN_SECONDS) });
    await sendAll(stack, { healthy: 3, unrecommended: 1 }, { by });
    await sendAll(stack, { invalid: 2, 'not-json': 1, refused: 1, unauthorised: 1, bug: 1 }, { by });
    const tags = (count: number) =>
      Object.fromEntries(repeat(count).map((n) => [`tag-${n}`, { dataType: 'String', stringValue: `${n}` }]));
    await stack.send('nine', { by, attributes: tags(9) });
    await stack.send('ten', { by, attributes: tags(10) });
    await stack.send('laden', {
      by,
      attributes: {
        picture: { dataType: 'Binary.png', binaryValue: Uint8Array.from([0, 255, 137, 80]) },
        price: { dataType: 'Number.float', stringValue: '1.5' },
      },
      system: { messageGroupId: 'tenant-7', traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0' },
    });
    // Two copies of one heal, as a healer leaves them that died between sending and acknowledging.
    const mark = { v: 1, origin: 'a-letter-healed-twice', attempt: 1, group: 'abcdef012345' };
    const attributes = { 'dlq-healer': { dataType: 'String', stringValue: JSON.stringify(mark) } };
    for (const _ of repeat(2)) await stack.send('healthy', { by, orderId: 'worker-healed-twice', attributes });
    await untilQuiet(applied, { prefix: `${stack.stack}-`, timeoutSeconds: 120, due: () => due(stack) });
    const duplicates = worker.lines.filter((line) => line.includes('was processed before')).length;
    return {
      ended: await worker.stop(),
      governorsLevel,
      backlog: backlog.map(({ orderId }) => orderId),
      duplicates,
      lines: worker.lines,
    };
  } finally {
    await worker.stop();
  }
}

/** Letters that the governor still has to send. */
const due = async (stack: Stack) =>
  (await stack.rows()).filter(({ status, dueAt }) => status === 'parked' && dueAt !== undefined).length;

export interface Redelivered {
  readonly orders: readonly string[];
  /** Messages that the consumer knew, of those that came again. */
  readonly duplicates: number;
  /** What an event that is delivered twice was answered with. */
  readonly answers: readonly unknown[];
}

/**
 * The function has done its work, and its acknowledgement is lost: SQS delivers the messages again. The mapping is off
 * while they are received by hand and given to the function, and nobody deletes them.
 */
export async function lostAcknowledgement(applied: Applied, stack: Stack): Promise<Redelivered> {
  const { names, sqs } = stack;
  const consumer = names.function_names.consumer;
  await stack.dlq('level', 'auto', '--queue', 'orders', '--yes');
  const orders = await sendAll(stack, { healthy: 3 }, { by: 'kit' });
  let duplicates = 0;
  const count = ({ functionName, text }: { functionName: string; text: string }) => {
    if (functionName === consumer && text.includes('message was processed before')) duplicates++;
  };
  applied.host.events.on('line', count);
  try {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: names.queue_url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 60,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    const event = sqsEvent(Messages as unknown as ReceivedMessage[], names.queue_arn);
    // Lambda itself may invoke twice with one event, too.
    const answers = [await stack.invoke(consumer, event), await stack.invoke(consumer, event)];
    for (const { ReceiptHandle } of Messages)
      await sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: names.queue_url, ReceiptHandle, VisibilityTimeout: 0 }),
      );
    await stack.setMapping(true);
    await untilQuiet(applied, { prefix: `${stack.stack}-`, timeoutSeconds: 60, due: () => due(stack) });
    return { orders: orders.map(({ orderId }) => orderId), duplicates, answers };
  } finally {
    applied.host.events.off('line', count);
  }
}
