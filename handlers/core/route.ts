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
  if (diedIn === undefined) return candidates.length === 1 && !isEvent(letter) ? first : withoutSource(first);
  return (
    candidates.find((queue) => queue.sourceArn === diedIn || queue.tierArns.includes(diedIn)) ?? withoutSource(first)
  );
}

/**
 * EventBridge and its Scheduler put what they could not deliver into a DLQ with these attributes: an event, which
 * belongs to a rule's or a schedule's target and to no queue's consumer.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
const isEvent = ({ attributes }: Letter) => 'RULE_ARN' in attributes || 'SCHEDULE_ARN' in attributes;

function withoutSource({ sourceUrl: _url, sourceArn: _arn, ...queue }: QueuePolicy): QueuePolicy {
  return queue;
}
