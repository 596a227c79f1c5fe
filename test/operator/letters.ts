import {
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import type { Cloud } from '../healer/cloud.ts';
import { createQueue, redriveTo } from './operated.ts';

/** A source queue and its DLQ that no stack manages. */
export async function unmanagedQueues(cloud: Cloud, name: string, suffix = '') {
  const dlq = await createQueue(cloud, `${name}-dlq${suffix}`);
  const source = await createQueue(cloud, `${name}${suffix}`);
  await redriveTo(cloud, source.url, dlq.arn);
  return { dlq, source };
}

type Entry = Omit<SendMessageBatchRequestEntry, 'Id'>;

/** Sends messages straight into a queue, ten to a call. @returns their ids, in order */
export async function sendTo(
  { sqs }: Pick<Cloud, 'sqs'>,
  QueueUrl: string,
  entries: readonly Entry[],
): Promise<string[]> {
  const ids: string[] = [];
  for (let start = 0; start < entries.length; start += 10) {
    const Entries = entries.slice(start, start + 10).map((entry, i) => ({ Id: String(i), ...entry }));
    const { Successful = [], Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    if (Failed.length > 0) throw new Error(`not sent: ${JSON.stringify(Failed)}`);
    ids.push(...Successful.sort((a, b) => Number(a.Id) - Number(b.Id)).map(({ MessageId = '' }) => MessageId));
  }
  return ids;
}

export const bodies = (count: number, of = (i: number): object => ({ order_id: `o-${i}` })): Entry[] =>
  Array.from({ length: count }, (_, i) => ({ MessageBody: JSON.stringify(of(i)) }));

/** Sends messages to a source queue and receives each once more than it may be, so that SQS moves them to the DLQ. */
export async function letDie(cloud: Cloud, QueueUrl: string, entries: readonly Entry[]): Promise<string[]> {
  const ids = await sendTo(cloud, QueueUrl, entries);
  for (let empty = 0; empty < 2; ) {
    const { Messages = [] } = await cloud.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    empty = Messages.length === 0 ? empty + 1 : 0;
  }
  return ids;
}

/** Everything that can be received of a queue, whole; it stays there, hidden. */
export async function received({ sqs }: Pick<Cloud, 'sqs'>, QueueUrl: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 600,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages);
  }
}
