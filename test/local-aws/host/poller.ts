// One event source mapping: receives, gathers batches, hands them over and deletes what was handled.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSourceMapping } from '../gateway/event-source-mappings.ts';
import type { Gateway } from '../gateway.ts';
import { request } from './aws-request.ts';
import { failedIds, type ReceivedMessage, sqsEvent } from './batches.ts';
import type { Outcome } from './environment.ts';

export type PollerOptions = {
  gateway: Gateway;
  mapping: EventSourceMapping;
  region: string;
  run(event: string): Promise<Outcome>;
  /** A mapping without a maximum of its own scales to this many batches at once. */
  defaultConcurrency: number;
};

export type Poller = { busy(): number; stop(): Promise<void> };

// Short, so that stopping is quick and no message is received for nobody.
const WAIT_SECONDS = 1;
const RECEIVE_MAX = 10;
// Lambda invokes at 6 MB of payload whatever the batch size; the event is larger than the bodies in it.
const MAX_BYTES = 6 * 1024 * 1024 - 64 * 1024;
const BACK_OFF_MS = 1_000;

export function startPoller(options: PollerOptions): Poller {
  const { gateway, mapping, region } = options;
  const functionName = mapping.FunctionArn.split(':')[6] ?? '';
  const queue = mapping.EventSourceArn.split(':')[5] ?? '';
  const QueueUrl = gateway.queueUrl(queue);
  const concurrency = Math.min(
    mapping.ScalingConfig?.MaximumConcurrency ?? options.defaultConcurrency,
    options.defaultConcurrency,
  );
  const running = new Set<Promise<void>>();
  let stopped = false;

  // Lambda polls with the function's own role.
  const call = <T>(action: string, body: object) =>
    request<T>(gateway, {
      service: 'sqs',
      target: `AmazonSQS.${action}`,
      body: { QueueUrl, ...body },
      caller: functionName,
      region,
    });

  async function receive(max: number, seconds: number): Promise<ReceivedMessage[]> {
    const answer = await call<{ Messages?: ReceivedMessage[] }>('ReceiveMessage', {
      MaxNumberOfMessages: Math.min(max, RECEIVE_MAX),
      WaitTimeSeconds: seconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    return answer.Messages ?? [];
  }

  /** One batch: full, or as large as it became while the window was open. */
  async function gather(): Promise<ReceivedMessage[]> {
    const batch = await receive(mapping.BatchSize, WAIT_SECONDS);
    if (batch.length === 0) return batch;
    const windowEnd = Date.now() + mapping.MaximumBatchingWindowInSeconds * 1000;
    while (!stopped && batch.length < mapping.BatchSize && sizeOf(batch) < MAX_BYTES) {
      const left = windowEnd - Date.now();
      if (left <= 0) break;
      const more = await receive(mapping.BatchSize - batch.length, left >= WAIT_SECONDS * 1000 ? WAIT_SECONDS : 0);
      batch.push(...more);
      if (more.length === 0) await sleep(Math.max(0, Math.min(200, left)));
    }
    return batch;
  }

  async function hand(batch: ReceivedMessage[]): Promise<void> {
    const outcome = await options.run(JSON.stringify(sqsEvent(batch, mapping.EventSourceArn)));
    const failed = failedIds(
      batch.map((message) => message.MessageId),
      outcome,
      mapping.FunctionResponseTypes,
    );
    const handled = batch.filter((message) => !failed.has(message.MessageId));
    for (let start = 0; start < handled.length; start += RECEIVE_MAX) {
      const Entries = handled
        .slice(start, start + RECEIVE_MAX)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await call('DeleteMessageBatch', { Entries });
    }
    // What failed is not touched: it returns after its visibility timeout.
  }

  async function loop(): Promise<void> {
    await call('GetQueueAttributes', { AttributeNames: ['VisibilityTimeout'] }).catch(() => undefined);
    while (!stopped) {
      if (running.size >= concurrency) {
        await Promise.race(running);
        continue;
      }
      const batch = await gather().catch(async () => {
        await sleep(BACK_OFF_MS);
        return [];
      });
      if (batch.length === 0) continue;
      // A batch that cannot be handed over returns after its visibility timeout, as one whose function failed does.
      const handed = hand(batch)
        .catch(() => undefined)
        .finally(() => running.delete(handed));
      running.add(handed);
    }
  }
  const looping = loop();

  return {
    busy: () => running.size,
    async stop() {
      stopped = true;
      await looping;
      await Promise.all(running);
    },
  };
}

const sizeOf = (batch: readonly ReceivedMessage[]): number =>
  batch.reduce((total, message) => total + Buffer.byteLength(message.Body), 0);
