import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueuePolicy } from '../../handlers/core/policy.ts';

/** One queue of SQS, and what it is to the letters. */
export interface QueueRef {
  readonly role: 'source' | 'tier' | 'dlq';
  readonly name: string;
  readonly url: string;
}

/**
 * How many messages it has, about: the numbers are right a minute after nobody sends any more.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export interface Depth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const lastOf = (text: string, separator: string) => text.split(separator).at(-1) ?? text;

/** Tiers and other sources of a DLQ are of one account and region with it. */
const beside = (url: string, arn: string) => url.slice(0, url.lastIndexOf('/') + 1) + lastOf(arn, ':');

/** Source, retry tiers and DLQ of a queue of a stack, in this order. */
export function refsOf({ sourceUrl, tierArns, dlqUrl, dlqArn }: QueuePolicy): QueueRef[] {
  const source = sourceUrl === undefined ? [] : [ref('source', sourceUrl)];
  const tiers = sourceUrl === undefined ? [] : tierArns.map((arn) => ref('tier', beside(sourceUrl, arn)));
  return [...source, ...tiers, { role: 'dlq', name: lastOf(dlqArn, ':'), url: dlqUrl }];
}

/** The same of a DLQ that no stack manages; all that SQS names as its sources. */
export function unmanagedRefs({ sourceUrl, targets, dlqUrl, dlqArn }: QueuePolicy): QueueRef[] {
  const sources = sourceUrl === undefined ? targets.map((arn) => beside(dlqUrl, arn)) : [sourceUrl];
  return [...sources.map((url) => ref('source', url)), { role: 'dlq', name: lastOf(dlqArn, ':'), url: dlqUrl }];
}

const ref = (role: QueueRef['role'], url: string): QueueRef => ({ role, name: lastOf(url, '/'), url });

const ATTRIBUTES = {
  visible: 'ApproximateNumberOfMessages',
  inFlight: 'ApproximateNumberOfMessagesNotVisible',
  delayed: 'ApproximateNumberOfMessagesDelayed',
} as const satisfies Record<keyof Depth, QueueAttributeName>;

/** One call. @throws when SQS refuses, or does not give a number */
export async function readDepth(sqs: SQSClient, { url }: QueueRef): Promise<Depth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: Object.values(ATTRIBUTES) }),
  );
  const number = (name: QueueAttributeName) => {
    const value = Number(Attributes[name]);
    if (Attributes[name] === undefined || !Number.isFinite(value))
      throw new Error(`SQS must give a number as ${name} of ${url}; got ${Attributes[name]}`);
    return value;
  };
  return {
    visible: number(ATTRIBUTES.visible),
    inFlight: number(ATTRIBUTES.inFlight),
    delayed: number(ATTRIBUTES.delayed),
  };
}
