import type { ReturnTo } from './evidence/return-to.ts';
import type { Policy, QueuePolicy } from './policy.ts';

/**
 * The queue a letter belongs to. A DLQ may serve several source queues; where the letter says which one it died in,
 * that decides, and a letter from a queue that this stack does not manage, or of no queue, is never sent to another.
 *
 * @returns undefined where no queue of the policy has this DLQ
 */
export function queueOf(policy: Policy, dlq: string, returnTo: ReturnTo): QueuePolicy | undefined {
  const candidates = policy.queues.filter(({ dlqArn }) => dlqArn === dlq);
  const [first] = candidates;
  if (first === undefined) return undefined;
  if (returnTo.kind !== 'queue') return withoutSource(first);
  const diedIn = returnTo.arn;
  if (diedIn === undefined) return candidates.length === 1 ? first : withoutSource(first);
  return (
    candidates.find((queue) => queue.sourceArn === diedIn || queue.tierArns.includes(diedIn)) ?? withoutSource(first)
  );
}

function withoutSource({ sourceUrl: _url, sourceArn: _arn, ...queue }: QueuePolicy): QueuePolicy {
  return queue;
}
