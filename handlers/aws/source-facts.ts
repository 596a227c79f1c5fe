import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueuePolicy } from '../core/policy.ts';

/** How a queue treats its messages. */
export interface QueueFacts {
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  /** How often a message is received before SQS moves it on; absent without a redrive policy. */
  readonly maxReceiveCount?: number;
}

/** A source queue as it is now. */
export interface SourceFacts extends QueueFacts {
  /** Its retry tiers, in order. */
  readonly tiers: readonly QueueFacts[];
  /** Messages that wait: visible ones, and in the tiers those that are held back, which have failed before. */
  readonly depth: number;
}

const ATTRIBUTES: QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'VisibilityTimeout',
  'DelaySeconds',
  'RedrivePolicy',
];

/**
 * Reads a source queue and its tiers, one call each.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 * @returns undefined where the policy knows no source queue
 * @throws when SQS refuses one of the calls
 */
export async function readSource(
  sqs: SQSClient,
  { sourceUrl, tierArns }: QueuePolicy,
): Promise<SourceFacts | undefined> {
  if (sourceUrl === undefined) return undefined;
  // Tiers are made with their source, in one account and region.
  const beside = (arn: string) => sourceUrl.slice(0, sourceUrl.lastIndexOf('/') + 1) + arn.split(':').at(-1);
  const [source, ...tiers] = await Promise.all([sourceUrl, ...tierArns.map(beside)].map((url) => readQueue(sqs, url)));
  if (source === undefined) return undefined;
  // Of the source's held-back messages most are what a producer delays by design.
  const depth = source.visible + tiers.reduce((sum, tier) => sum + tier.visible + tier.delayed, 0);
  return { ...source.facts, tiers: tiers.map(({ facts }) => facts), depth };
}

async function readQueue(sqs: SQSClient, QueueUrl: string) {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ATTRIBUTES }));
  const number = (name: QueueAttributeName) => {
    const value = Number(Attributes[name]);
    if (Attributes[name] === undefined || !Number.isFinite(value))
      throw new Error(`SQS must give a number as ${name} of ${QueueUrl}; got ${Attributes[name]}`);
    return value;
  };
  const redrive = JSON.parse(Attributes.RedrivePolicy || '{}') as { maxReceiveCount?: number | string };
  const facts: QueueFacts = {
    visibilityTimeoutSeconds: number('VisibilityTimeout'),
    delaySeconds: number('DelaySeconds'),
    // Tools write it as a number or as text; SQS gives back what it was given.
    ...(redrive.maxReceiveCount === undefined ? {} : { maxReceiveCount: Number(redrive.maxReceiveCount) }),
  };
  return {
    facts,
    visible: number('ApproximateNumberOfMessages'),
    delayed: number('ApproximateNumberOfMessagesDelayed'),
  };
}
