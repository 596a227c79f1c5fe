import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { healBatch } from '../handlers/heal/heal-batch.ts';
import { type Cloud, deadRecord, type Stack, startStack } from '../test/healer/cloud.ts';
import { createMeter, type Meter } from './meter.ts';
import { healNaively } from './naive.ts';

/** What a consumer's kit says of a death. */
export interface Death {
  readonly errorType: string;
  readonly message: string;
  readonly httpStatus?: number;
}

/** 1 KB, another for each letter, so that none is taken for a poisonous body. */
export const bodyOf = (id: number): string => JSON.stringify({ order_id: `o-${id}`, note: 'x'.repeat(1000) });

/** The calls of one run, and how many letters it handled. */
export interface Measured {
  readonly letters: number;
  readonly batches: number;
  readonly meter: Meter;
}

/**
 * Heals letters on the local AWS, a batch after another, and counts what the healer calls.
 * @param deathOf the death of a letter, by its number
 * @throws Error when a letter was not handled, or a class was not one of `classes`: then the figure is of something else
 */
export async function measureHealer(
  cloud: Cloud,
  how: { readonly letters: number; readonly batch: number; readonly classes: readonly string[] },
  deathOf: (id: number) => Death,
): Promise<Measured> {
  const stack = await startStack(cloud);
  const meter = createMeter();
  for (let start = 0; start < how.letters; start += how.batch) {
    const ids = Array.from({ length: Math.min(how.batch, how.letters - start) }, (_, i) => start + i);
    const Records = ids.map((id) => deadRecord(stack.dlqArn, { id: `m-${id}`, error: deathOf(id), body: bodyOf(id) }));
    const { batchItemFailures } = await metered(stack, meter, () => healBatch(stack.healer, { Records }, 30_000));
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} letters were not handled`);
  }
  const found = [...new Set((await stack.rows()).map((row) => String(row.failureClass)))].sort().join(', ');
  const expected = how.classes.toSorted().join(', ');
  if (found !== expected) throw new Error(`expected letters of ${expected}; found ${found}`);
  return { letters: how.letters, batches: Math.ceil(how.letters / how.batch), meter };
}

/** The same letters through the naive healer, out of a real dead-letter queue. */
export async function measureNaive(cloud: Cloud, letters: number): Promise<Measured> {
  const stack = await startStack(cloud);
  const { QueueUrl: dlq = '' } = await cloud.sqs.send(
    new CreateQueueCommand({ QueueName: `naive-${stack.queue.key}` }),
  );
  const meter = createMeter();
  for (let id = 0; id < letters; id++) {
    await cloud.sqs.send(new SendMessageCommand({ QueueUrl: dlq, MessageBody: bodyOf(id) }));
    const { Messages: [dead] = [] } = await cloud.sqs.send(new ReceiveMessageCommand({ QueueUrl: dlq }));
    const letter = { body: dead?.Body ?? '', receiptHandle: dead?.ReceiptHandle ?? '' };
    await metered(stack, meter, () => healNaively(stack.healer.sqs, { source: stack.sourceUrl, dlq }, [letter]));
  }
  return { letters, batches: letters, meter };
}

async function metered<T>(stack: Stack, meter: Meter, run: () => Promise<T>): Promise<T> {
  stack.faults((call) => {
    meter.add(call);
    return { kind: 'pass' };
  });
  try {
    return await run();
  } finally {
    stack.faults(undefined);
  }
}
