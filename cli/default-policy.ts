import type { Policy, QueuePolicy } from '../handlers/core/policy.ts';
import { parsePolicy } from '../handlers/core/policy-document.ts';
import type { UserRule } from '../handlers/core/rules/user.ts';

/** What the commands assume of a queue that they know from its letters alone. */
export interface KnownQueue {
  readonly key: string;
  readonly sourceArn: string;
  readonly fifo: boolean;
}

/** The DLQ's own name is not needed: it only has to be the letters' and the policy's. */
export const ASSUMED_DLQ_ARN = 'arn:aws:sqs:::dlq';

/**
 * The policy that the module has where its user sets nothing, for one queue with a source that letters may go back to.
 * Read by the healer's own function, so that its defaults are these.
 */
export function defaultPolicy(queue: KnownQueue, rules: readonly UserRule[]): Policy & { queue: QueuePolicy } {
  const document = {
    version: 1,
    stack: 'default',
    queues: {
      [queue.key]: {
        dlq_url: 'https://dlq',
        dlq_arn: ASSUMED_DLQ_ARN,
        source_url: 'https://source',
        source_arn: queue.sourceArn,
        consumer_function: 'consumer',
        fifo: queue.fifo,
      },
    },
    rules: [],
    policy: { poison: {} },
    alerts: {},
    retention: {},
  };
  const policy = parsePolicy(JSON.stringify(document));
  const [only] = policy.queues;
  if (only === undefined) throw new Error('the default policy has no queue');
  return { ...policy, rules, queue: only };
}
