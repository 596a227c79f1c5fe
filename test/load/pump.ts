import type { SQSBatchResponse } from 'aws-lambda';
import { type ReceivedMessage, sqsEvent } from '../local-aws/host/batches.ts';
import { deleteAll, type Queue, receive } from './queues.ts';

/** An event source mapping of a DLQ: batches of 100, four at a time, partial answers. */
export interface Pump {
  readonly done: { batches: number; acknowledged: number; returned: number; threw: number };
  /** Hands over what the DLQ shows; returns when it shows nothing and every batch was answered. */
  drain(): Promise<void>;
}

const BATCH = 100;
const CONCURRENCY = 4;

export function createPump(dlq: Queue, dlqArn: string, heal: (event: object) => Promise<SQSBatchResponse>): Pump {
  const done = { batches: 0, acknowledged: 0, returned: 0, threw: 0 };

  async function gather(): Promise<ReceivedMessage[]> {
    const batch: ReceivedMessage[] = [];
    while (batch.length < BATCH) {
      const more = await receive(dlq);
      if (more.length === 0) break;
      batch.push(...more);
    }
    return batch;
  }

  /** What failed is not touched: it returns after its visibility timeout. A throw returns the whole batch. */
  async function hand(batch: readonly ReceivedMessage[]): Promise<void> {
    done.batches += 1;
    const answer = await heal(sqsEvent(batch, dlqArn)).catch(() => undefined);
    if (answer === undefined) done.threw += 1;
    const failed = new Set(
      answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? batch.map((m) => m.MessageId),
    );
    const handled = batch.filter(({ MessageId }) => !failed.has(MessageId));
    await deleteAll(dlq, handled);
    done.acknowledged += handled.length;
    done.returned += batch.length - handled.length;
  }

  async function instance(): Promise<void> {
    for (let batch = await gather(); batch.length > 0; batch = await gather()) await hand(batch);
  }

  return {
    done,
    drain: async () => {
      await Promise.all(Array.from({ length: CONCURRENCY }, instance));
    },
  };
}
