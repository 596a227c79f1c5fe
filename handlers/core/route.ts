import type { ReturnTo } from './evidence/return-to.ts';
import type { Policy, QueuePolicy } from './policy.ts';

/**
 * The queue a letter belongs to. A DLQ may serve several source queues; where the letter says which one it died in,
 * that decides, and a letter from a queue that this stack does not manage, or of no queue, is never sent to another. It
 * has no source then, but what all of its DLQ's queues list.
 *
 * @returns undefined where no queue of the policy has this DLQ
 */
export function queueOf(policy: Policy, dlq: string, returnTo: ReturnTo): QueuePolicy | undefined {
  const candidates = policy.queues.filter(({ dlqArn }) => dlqArn === dlq);
  const [first] = candidates;
  if (first === undefined) return undefined;
  if (returnTo.kind !== 'queue') return withoutSource(first, candidates);
  const diedIn = returnTo.arn;
  if (diedIn === undefined) return candidates.length === 1 ? first : withoutSource(first, candidates);
  return (
    candidates.find((queue) => queue.sourceArn === diedIn || queue.tierArns.includes(diedIn)) ??
    withoutSource(first, candidates)
  );
}

function withoutSource(
  { sourceUrl: _url, sourceArn: _arn, ...queue }: QueuePolicy,
  sharing: readonly QueuePolicy[],
): QueuePolicy {
  if (sharing.length === 1) return queue;
  const listed = sharing.flatMap(({ sourceArn, targets }) => [
    ...(sourceArn === undefined ? [] : [sourceArn]),
    ...targets,
  ]);
  return { ...queue, targets: [...new Set(listed)] };
}
