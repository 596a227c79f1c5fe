import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { governorOf } from './aws.ts';
import { type Fault, NO_FAULT, type RunState, startRun } from './faults.ts';
import { checkAcknowledged, checkBlame, checkLots, notedLevel } from './promises.ts';
import {
  type Attributes,
  BREAKER,
  type Cause,
  type Dead,
  letterRows,
  type Message,
  markOf,
  SOURCE_ARN,
  type World,
} from './world.ts';

// What happens in the world: deaths, and runs of the handlers.

const ERRORS: Readonly<Record<Exclude<Cause, 'silent'>, object>> = {
  '503': { errorType: 'PaymentError', message: '503 Service Unavailable', httpStatus: 503 },
  '429': { errorType: 'PaymentError', message: 'Too Many Requests', httpStatus: 429 },
  timeout: { errorType: 'TimeoutError', message: 'gave up after 5400 ms' },
  bug: { errorType: 'TypeError', message: "Cannot read properties of undefined (reading 'total')" },
  poison: { errorType: 'RangeError', message: 'Maximum call stack size exceeded' },
  '401': { errorType: 'PaymentError', message: 'Unauthorized', httpStatus: 401 },
  'no memory': { errorType: 'Runtime.OutOfMemory', message: 'JavaScript heap out of memory' },
  invalid: { errorType: 'ValidationError', message: '"amount" is required' },
};

/** A consumer takes messages that are visible, in order; each is processed or dies. */
export function consume(world: World, atMost: number, twins: boolean): void {
  const ready = world.source.filter(({ visibleAt }) => visibleAt <= world.now).slice(0, atMost);
  for (const message of ready) {
    world.source = world.source.filter((one) => one !== message);
    const cause = causeOf(world, message);
    if (cause === undefined) processOnce(world, message);
    else for (let n = 0; n < (twins ? 2 : 1); n++) die(world, message, cause);
  }
}

function causeOf({ health }: World, { body }: Message): Cause | undefined {
  if (body.includes('poison')) return 'poison';
  if (body.includes('invalid')) return 'invalid';
  return health === 'well' ? undefined : health;
}

/** The kit's: each heal key once, and word of a canary. */
function processOnce(world: World, { name, id, attributes }: Message): void {
  const mark = markOf(attributes);
  const key = mark === undefined ? `${id}.0` : `${mark.origin}.${mark.attempt}`;
  if (world.processedKeys.has(key)) return;
  world.processedKeys.add(key);
  world.processed.set(name, [...(world.processed.get(name) ?? []), key]);
  if (mark?.probe === true && world.confirms) putRow(world, { pk: `message#${key}`, sk: 'confirmed' });
}

function putRow(world: World, row: Readonly<Record<string, unknown>>): void {
  world.tables.ledger.items.set(JSON.stringify([row.pk, row.sk]), row);
}

/** The consumer sends the message to the DLQ with its evidence; where there is no room SQS moves it, and it keeps its id. */
function die(world: World, message: Message, cause: Cause): void {
  const { name, attempt, attributes } = message;
  const mark = markOf(attributes);
  world.sequence += 1;
  const { causes = [] } = world.deaths.get(`${name}.${attempt}`) ?? {};
  world.deaths.set(`${name}.${attempt}`, { causes: [...causes, cause], body: message.body });
  const moved = cause === 'silent' || Object.keys(attributes).length >= 10;
  const evidence = {
    v: 1,
    origin: mark?.origin ?? message.id,
    attempt: mark?.attempt ?? 0,
    ...(cause === 'silent' ? {} : ERRORS[cause]),
    at: new Date(world.now).toISOString(),
  };
  const text = JSON.stringify(evidence);
  if (moved && cause !== 'silent') putRow(world, { pk: `message#${message.id}`, sk: 'failure', evidence: text });
  const given: Attributes = moved
    ? attributes
    : { ...attributes, 'dlq-evidence': { DataType: 'String', StringValue: text } };
  const id = moved ? message.id : `dead-${world.sequence}`;
  if (world.dlq.some((one) => one.id === id)) return; // SQS moves a message once
  const { fifo } = world;
  const record = {
    messageId: id,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: '1',
      SequenceNumber: String(world.sequence).padStart(20, '0'),
      ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
      ...(moved ? { DeadLetterQueueSourceArn: SOURCE_ARN + (fifo ? '.fifo' : '') } : {}),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(given).map(([key, { DataType, StringValue }]) => [
        key,
        { dataType: DataType, stringValue: StringValue, stringListValues: [], binaryListValues: [] },
      ]),
    ),
    eventSource: 'aws:sqs',
    eventSourceARN: world.policy.queues[0]?.dlqArn,
    awsRegion: 'eu-central-1',
  };
  world.sequences.set(id, world.sequence);
  world.dlq.push({ id, message, cause, sequence: world.sequence, record });
}

const contextOf = (world: World, handler: RunState['handler'], isAlone: boolean) => ({
  handler,
  paused: world.paused,
  level: notedLevel(world),
  isAlone,
});

/** Lambda gives the healer a batch and deletes what it handled. @param lostAck the deletion fails: all come again */
export async function heal(
  world: World,
  batch: readonly Dead[],
  fault: Fault,
  { lostAck = false, isAlone = true } = {},
): Promise<void> {
  if (batch.length === 0) return;
  const run = startRun(fault, contextOf(world, 'healer', isAlone));
  const known = new Set(letterRows(world).map(({ originId, attempt }) => `${originId}.${attempt}`));
  const healer = governorOf(world, run);
  const remainingMs = fault.kind === 'slow' ? 1 : 30_000;
  const answered = healBatch(healer, { Records: batch.map(({ record }) => record) }, remainingMs);
  const answer = await Promise.race([run.killed, answered]).catch((error: unknown) => error);
  if (typeof answer !== 'object' || answer === null || !('batchItemFailures' in answer)) return;
  const failed = new Set(
    (answer as { batchItemFailures: { itemIdentifier: string }[] }).batchItemFailures.map((one) => one.itemIdentifier),
  );
  const handled = batch.filter(({ id }) => !failed.has(id));
  for (const dead of handled) checkAcknowledged(world, dead);
  if (isAlone) checkBlame(world, relapses(handled, known));
  if (lostAck) return;
  const gone = new Set(handled);
  world.dlq = world.dlq.filter((dead) => !gone.has(dead));
}

/** Healed letters among them whose death was news. */
const relapses = (handled: readonly Dead[], known: ReadonlySet<string>) =>
  handled.filter(({ message }) => message.attempt > 0 && !known.has(`${message.name}.${message.attempt}`));

export async function governOnce(world: World, fault: Fault = NO_FAULT, isAlone = true): Promise<void> {
  const run = startRun(fault, contextOf(world, 'governor', isAlone));
  const governor = governorOf(world, run);
  const remainingMs = () => (fault.kind === 'slow' && run.calls >= fault.call ? 5_000 : 60_000);
  await Promise.race([run.killed, govern(governor, remainingMs)]).catch(() => undefined);
  if (fault.kind === 'none' && isAlone && !world.paused && run.sent < BREAKER.maxPerMinute) checkLots(world);
}
