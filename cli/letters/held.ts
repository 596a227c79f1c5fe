import type { SQSClient } from '@aws-sdk/client-sqs';
import { hideAll, type Receipt } from './dlq.ts';

/** How long a letter is hidden at a time: so long it takes after a kill until others see it again. */
export const HIDDEN_SECONDS = 120;

/** Letters that were looked at and stay: hidden, so that they are not received again, until all are given back. */
export interface Held {
  add(letters: readonly Receipt[]): void;
  has(id: string): boolean;
  /** Whoever takes a letter out of it has to see to it. */
  remove(id: string): void;
  readonly size: number;
  /** Makes them visible again. @returns how many SQS did not take that for; they come back by themselves */
  giveBack(): Promise<number>;
}

/** SQS has at most this many of a standard queue in flight. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html */
export const MAX_IN_FLIGHT = 120_000;

/** Keeps them hidden by renewing the timeout in time; what was received twice is known by its later receipt. */
export function holder(sqs: SQSClient, queueUrl: string): Held {
  const letters = new Map<string, Receipt & { since: number }>();
  const renew = async () => {
    const due = [...letters.values()].filter(({ since }) => Date.now() - since > (HIDDEN_SECONDS / 3) * 1000);
    const failed = new Set((await hideAll(sqs, queueUrl, due, HIDDEN_SECONDS)).map(({ id }) => id));
    for (const one of due) if (!failed.has(one.id)) one.since = Date.now();
  };
  const timer = setInterval(() => void renew(), (HIDDEN_SECONDS / 4) * 1000);
  timer.unref();
  return {
    add(some) {
      // Without the message: a hundred thousand of them may be held.
      for (const { id, receipt } of some) letters.set(id, { id, receipt, since: Date.now() });
    },
    has: (id) => letters.has(id),
    remove: (id) => void letters.delete(id),
    get size() {
      return letters.size;
    },
    async giveBack() {
      clearInterval(timer);
      const failed = await hideAll(sqs, queueUrl, [...letters.values()], 0);
      letters.clear();
      return failed.length;
    },
  };
}
