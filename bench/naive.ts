import { DeleteMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** One dead message as the naive healer has it. */
export interface NaiveLetter {
  readonly body: string;
  readonly receiptHandle: string;
}

/**
 * What a script does that moves messages back: a send and a delete for each, one after the other. It asks no reason,
 * keeps no record and stops no loop: the least that healing can cost, and the baseline of what more it costs here.
 */
export async function healNaively(
  sqs: SQSClient,
  queues: { readonly source: string; readonly dlq: string },
  letters: readonly NaiveLetter[],
): Promise<void> {
  for (const { body, receiptHandle } of letters) {
    await sqs.send(new SendMessageCommand({ QueueUrl: queues.source, MessageBody: body }));
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queues.dlq, ReceiptHandle: receiptHandle }));
  }
}
