import { ChangeMessageVisibilityCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { type ReceivedMessage, sqsEvent } from '../../local-aws/host/batches.ts';
import { untilQuiet } from '../quiet.ts';
import type { Applied } from '../system.ts';
import type { Stack } from './stack.ts';
import { countingLines, due, sendAll } from './steps.ts';

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
  return countingLines(applied, consumer, 'message was processed before', async (duplicates) => {
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
    return { orders: orders.map(({ orderId }) => orderId), duplicates: duplicates(), answers };
  });
}
