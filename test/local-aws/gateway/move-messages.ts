// What a message move task does: receives from the dead-letter queue, sends, deletes, at the task's rate.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from './call.ts';
import type { MoveTask } from './move-tasks.ts';
import type { Input } from './sqs-messages.ts';

/** Answers an operation on a queue: its output, or the code of the error that it ended with. */
export type QueueCall = (call: Call, action: string, queue: string, input: Input) => Promise<QueueAnswer>;
export type QueueAnswer = { output: Input; error?: string };
type Ask = (action: string, queue: string, input: Input) => Promise<QueueAnswer>;

type Moved = {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: Input;
};

const RECEIVE_MAX = 10;
// Longer than a second, which is how long a batch takes at the most.
const VISIBILITY_SECONDS = 30;
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html
const NO_SOURCE = 'CouldNotDetermineMessageSource';

/** Moves until the queue has no visible message, and keeps the task's figures and status. Resolves when it has ended. */
export async function move(task: MoveTask, ask: Ask, stopping: AbortSignal): Promise<void> {
  const failure = await moveAll(task, ask, stopping).catch((error: unknown) => String(error));
  // The call that cancels a task changes its status meanwhile.
  const status = task.status as MoveTask['status'];
  if (failure !== undefined) Object.assign(task, { status: 'FAILED', failureReason: failure });
  else task.status = status === 'CANCELLING' || stopping.aborted ? 'CANCELLED' : 'COMPLETED';
}

/** The reason why it failed, if it did. */
async function moveAll(task: MoveTask, ask: Ask, stopping: AbortSignal): Promise<string | undefined> {
  const source = queueOf(task.sourceArn);
  const MaxNumberOfMessages = Math.min(RECEIVE_MAX, task.rate ?? RECEIVE_MAX);
  while (task.status === 'RUNNING' && !stopping.aborted) {
    const received = await ask('ReceiveMessage', source, {
      MaxNumberOfMessages,
      VisibilityTimeout: VISIBILITY_SECONDS,
      WaitTimeSeconds: 0,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    if (received.error !== undefined) return received.error;
    const batch = (received.output.Messages ?? []) as Moved[];
    if (batch.length === 0) return undefined;
    const failure = await moveBatch(task, batch, ask);
    if (failure !== undefined) return failure;
    const pause = task.rate === undefined ? 0 : (batch.length / task.rate) * 1000;
    await sleep(pause, undefined, { signal: stopping, ref: false }).catch(() => undefined);
  }
  return undefined;
}

async function moveBatch(task: MoveTask, batch: readonly Moved[], ask: Ask): Promise<string | undefined> {
  for (const [index, message] of batch.entries()) {
    const failure = task.status === 'RUNNING' ? await moveOne(task, message, ask) : undefined;
    if (failure === undefined && task.status === 'RUNNING') continue;
    const rest = batch.slice(failure === undefined ? index + 1 : index);
    for (const { ReceiptHandle } of rest) {
      await ask('ChangeMessageVisibility', queueOf(task.sourceArn), { ReceiptHandle, VisibilityTimeout: 0 });
    }
    return failure;
  }
  return undefined;
}

async function moveOne(task: MoveTask, message: Moved, ask: Ask): Promise<string | undefined> {
  const destinationArn = task.destinationArn ?? message.Attributes?.DeadLetterQueueSourceArn;
  if (destinationArn === undefined) return NO_SOURCE;
  const sent = await ask('SendMessage', queueOf(destinationArn), asNew(message, destinationArn.endsWith('.fifo')));
  if (sent.error !== undefined) return sent.error;
  const deleted = await ask('DeleteMessage', queueOf(task.sourceArn), { ReceiptHandle: message.ReceiptHandle });
  task.moved++;
  return deleted.error;
}

/** A moved message is a new one, with an id and a time of its own. */
function asNew({ MessageId, Body, Attributes = {}, MessageAttributes }: Moved, isFifo: boolean): Input {
  const { MessageGroupId, AWSTraceHeader } = Attributes;
  const trace = { DataType: 'String', StringValue: AWSTraceHeader };
  return {
    MessageBody: Body,
    ...(MessageAttributes === undefined ? {} : { MessageAttributes }),
    ...(MessageGroupId === undefined ? {} : { MessageGroupId }),
    ...(AWSTraceHeader === undefined ? {} : { MessageSystemAttributes: { AWSTraceHeader: trace } }),
    // The queue may still remember the id that the message was first sent with, and would drop it.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
    ...(isFifo ? { MessageDeduplicationId: MessageId } : {}),
  };
}

const queueOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
