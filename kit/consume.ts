import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import pLimit from 'p-limit';
import { fifoGroupOf, type Received as Read, readRecords } from '../handlers/aws/records.ts';
import type { Letter } from '../handlers/core/letter.ts';
import { attemptMessage } from './attempt.ts';
import { confirmProbe } from './confirm.ts';
import { type Deadline, deadlineOf, within } from './deadline.ts';
import { textOf } from './describe-error.ts';
import { type Settled, type Settlement, settleBlocked, settleFailure, settleInProgress } from './failure.ts';
import { type Deliveries, isProbe, type MessageHandler, messageOf, type Received } from './message.ts';
import { type ConsumeOptions, settingsOf } from './options.ts';
import { createServices, type Services } from './services.ts';
import type { Topology } from './topology.ts';

/** What the messages of one invocation share. */
interface Batch extends Settlement {
  readonly handler: MessageHandler;
  readonly deadline: Deadline;
}

/**
 * The handler of a Lambda function on an SQS queue whose event source mapping has `ReportBatchItemFailures`.
 *
 * A message that `handler` returns from is acknowledged. One that it throws for comes back later, or goes to the DLQ
 * with evidence: at once for a `PermanentError`, at its last receive for anything else. Neighbours are not touched.
 *
 * @throws Error, for the whole batch, naming every environment variable of the module that is missing; and, after the
 *   others are settled, when a record has no message id, for such a record can only be returned with all others
 */
export function consume(handler: MessageHandler, options: ConsumeOptions = {}) {
  const settings = settingsOf(options);
  let services: Services | undefined;
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    services ??= createServices(settings);
    const deadline = deadlineOf(context, settings.deadlineMarginMs);
    const read = readRecords(recordsOf(event));
    const queueArn = read
      .map((one) => ('letter' in one ? one.letter.dlqArn : undefined))
      .find((arn) => arn !== undefined);
    const topology =
      queueArn === undefined ? undefined : await topologyOf(queueArn, services, discoveryBudgetMs(context));
    const batch: Batch = {
      settings,
      services,
      context,
      handler,
      deadline,
      ...(topology === undefined ? {} : { topology }),
    };

    const returned = queueArn?.endsWith('.fifo')
      ? await inOrder(read, event, batch)
      : await concurrently(read, event, batch);
    if (read.some(({ itemIdentifier }) => itemIdentifier === '')) {
      // Left out it would be deleted, and an empty identifier fails the whole batch anyway. Neighbours that are done
      // come back as duplicates. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
      throw new Error('a record has no messageId and was not processed: the whole batch is returned');
    }
    return { batchItemFailures: returned.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

function recordsOf(event: unknown): readonly unknown[] {
  const records = (event as Partial<SQSEvent> | undefined)?.Records;
  if (!Array.isArray(records))
    throw new Error('expected an SQS event with a list of Records; is the function invoked by another source?');
  return records;
}

/** Undefined where the queues cannot be read: the batch is processed all the same. */
async function topologyOf(
  queueArn: string,
  { topologies, logger }: Services,
  budgetMs: number,
): Promise<Topology | undefined> {
  let reason = `not read within ${budgetMs} ms`;
  try {
    const topology = await within(topologies.of(queueArn), budgetMs);
    if (topology !== undefined) return topology;
  } catch (error) {
    reason = textOf(error);
  }
  logger.warn('the queue and its DLQ could not be read: failed messages are only returned', {
    queue: queueArn,
    reason,
  });
  return undefined;
}

/** @returns the ids of the messages that are not done */
async function concurrently(read: readonly Read[], event: SQSEvent, batch: Batch): Promise<string[]> {
  const limit = pLimit(batch.settings.concurrency);
  const settled = await Promise.all(read.map((one, index) => limit(() => settle(one, receiptOf(event, index), batch))));
  return read.flatMap(({ itemIdentifier }, index) => (settled[index]?.kind === 'returned' ? [itemIdentifier] : []));
}

/**
 * One after the other; what is behind a failed message in its group is returned unseen, or the group would lose its
 * order. Other groups go on. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
async function inOrder(read: readonly Read[], event: SQSEvent, batch: Batch): Promise<string[]> {
  const stopped = new Map<string | undefined, Settled>();
  const returned: string[] = [];
  for (const [index, one] of read.entries()) {
    const group = fifoGroupOf(event.Records[index]);
    const ahead = stopped.get(group);
    const settled = await settle(one, receiptOf(event, index), batch, ahead);
    if (settled.kind === 'acknowledged') continue;
    if (ahead === undefined) stopped.set(group, settled);
    returned.push(one.itemIdentifier);
  }
  return returned;
}

/** Never throws: whatever happens to one message, its neighbours are answered for. */
async function settle(one: Read, receiptHandle: string, batch: Batch, ahead?: Settled): Promise<Settled> {
  const { logger } = batch.services;
  try {
    if (one.itemIdentifier === '') return { kind: 'returned' };
    if ('unreadable' in one) {
      logger.error('record cannot be read: returned to its queue', {
        messageId: one.itemIdentifier,
        reason: one.unreadable,
      });
      return { kind: 'returned' };
    }
    const message = messageOf(one.letter, await deliveriesOf(one.letter, batch), batch.topology);
    const received: Received = { message, letter: one.letter, receiptHandle };
    return ahead === undefined ? await processMessage(received, batch) : await settleBlocked(received, ahead, batch);
  } catch (error) {
    logger.error('message could not be settled: returned to its queue', {
      messageId: one.itemIdentifier,
      reason: textOf(error),
    });
    return { kind: 'returned' };
  }
}

async function processMessage(received: Received, batch: Batch): Promise<Settled> {
  const { message } = received;
  const dlq = batch.topology?.dlq;
  const chain = dlq?.url ?? message.queueArn;
  const attempt = await attemptMessage(message, batch.handler, batch.deadline, batch.services, chain, dlq);
  if ((attempt.kind === 'processed' || attempt.kind === 'duplicate') && isProbe(received.letter))
    await confirmProbe(received, batch);
  switch (attempt.kind) {
    case 'processed':
      return { kind: 'acknowledged' };
    case 'duplicate':
      batch.services.logger.info('message was processed before: acknowledged', {
        messageId: message.id,
        healKey: message.healKey,
        duplicates: 1,
      });
      return { kind: 'acknowledged' };
    case 'in-progress':
      return settleInProgress(received, batch.deadline.timeoutSeconds, batch);
    case 'failed':
      return settleFailure(received, attempt.error, attempt.keyHeld, batch);
  }
}

/**
 * SQS documents the count it shows as that of all queues together, while a redrive policy counts the receives of its own
 * queue; so what came before, along the redrive chain, is taken off where it fits.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
async function deliveriesOf({ system, dlqArn }: Letter, { services, topology }: Batch): Promise<Deliveries> {
  const { receiveCount, deadLetterQueueSourceArn } = system;
  if (topology === undefined || deadLetterQueueSourceArn === undefined) return { here: receiveCount, before: 0 };
  const before = await services.topologies.receivesBefore(dlqArn, deadLetterQueueSourceArn).catch(() => 0);
  return { here: receiveCount > before ? receiveCount - before : receiveCount, before };
}

/** Reading the queues may cost a slow start, not the batch; what comes later is remembered for the next one. */
const discoveryBudgetMs = (context: Context) => Math.min(2_000, Math.floor(context.getRemainingTimeInMillis() / 4));

const receiptOf = (event: SQSEvent, index: number) => event.Records[index]?.receiptHandle ?? '';
