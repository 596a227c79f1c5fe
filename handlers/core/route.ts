import type { Evidence } from './evidence/evidence.ts';
import type { Letter } from './letter.ts';
import type { Policy, QueuePolicy } from './policy.ts';

/**
 * The queue a letter belongs to. A DLQ may serve several source queues; where the letter says which one it died in,
 * that decides, and a letter from a queue that this stack does not manage is never sent to another.
 *
 * @returns undefined where no queue of the policy has this DLQ
 */
export function queueOf(policy: Policy, letter: Letter, evidence: Evidence): QueuePolicy | undefined {
  const candidates = policy.queues.filter(({ dlqArn }) => dlqArn === letter.dlqArn);
  const [first] = candidates;
  const diedIn = letter.system.deadLetterQueueSourceArn ?? evidence.queueArn;
  if (first === undefined) return undefined;
  if (diedIn === undefined) return candidates.length === 1 ? first : withoutSource(first);
  return (
    candidates.find((queue) => queue.sourceArn === diedIn || queue.tierArns.includes(diedIn)) ?? withoutSource(first)
  );
}

function withoutSource({ sourceUrl: _url, sourceArn: _arn, ...queue }: QueuePolicy): QueuePolicy {
  return queue;
}
