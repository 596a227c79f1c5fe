// The queues as producer, consumer and event source mapping use them: no connection, no SDK, so that what the run
// measures is the healer.
import type { Gateway } from '../local-aws/gateway.ts';
import { request } from '../local-aws/host/aws-request.ts';
import type { ReceivedMessage } from '../local-aws/host/batches.ts';

export interface Queue {
  readonly gateway: Gateway;
  readonly region: string;
  readonly url: string;
}

/** SQS takes and gives at most ten at a time. */
const TEN = 10;

function call<T>({ gateway, region, url }: Queue, action: string, body: object): Promise<T> {
  const target = `AmazonSQS.${action}`;
  return request<T>(gateway, { service: 'sqs', target, body: { QueueUrl: url, ...body }, caller: 'load', region });
}

/** At most ten messages, without waiting. */
export async function receive(queue: Queue): Promise<ReceivedMessage[]> {
  const how = { MaxNumberOfMessages: TEN, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] };
  return (await call<{ Messages?: ReceivedMessage[] }>(queue, 'ReceiveMessage', how)).Messages ?? [];
}

/** @throws Error when a message was not taken */
export async function sendAll(queue: Queue, entries: readonly object[]): Promise<void> {
  await inTens(queue, 'SendMessageBatch', entries);
}

/** @throws Error when a message was not deleted */
export async function deleteAll(queue: Queue, messages: readonly ReceivedMessage[]): Promise<void> {
  await inTens(
    queue,
    'DeleteMessageBatch',
    messages.map(({ ReceiptHandle }) => ({ ReceiptHandle })),
  );
}

async function inTens(queue: Queue, action: string, entries: readonly object[]): Promise<void> {
  for (let start = 0; start < entries.length; start += TEN) {
    const Entries = entries.slice(start, start + TEN).map((entry, i) => ({ Id: String(i), ...entry }));
    const { Failed = [] } = await call<{ Failed?: object[] }>(queue, action, { Entries });
    if (Failed.length > 0) throw new Error(`${action}: ${Failed.length} of ${Entries.length} failed`);
  }
}
