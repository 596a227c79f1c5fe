import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';

/**
 * How many messages a queue holds, about: SQS's numbers are right a minute after nobody sends any more.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export interface Depth {
  readonly visible: number;
  /** Received by someone, and not yet deleted. */
  readonly inFlight: number;
  readonly delayed: number;
}

export const totalOf = ({ visible, inFlight, delayed }: Depth): number => visible + inFlight + delayed;

const COUNTS = {
  visible: 'ApproximateNumberOfMessages',
  inFlight: 'ApproximateNumberOfMessagesNotVisible',
  delayed: 'ApproximateNumberOfMessagesDelayed',
} as const satisfies Record<keyof Depth, QueueAttributeName>;

/** One call. @throws where SQS refuses, or does not give a number: no answer must not pass for an empty queue */
export async function readDepth(sqs: SQSClient, QueueUrl: string): Promise<Depth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: Object.values(COUNTS) }),
  );
  const count = (name: QueueAttributeName) => {
    const value = Number(Attributes[name]);
    if (Attributes[name] === undefined || !Number.isInteger(value))
      throw new Error(`SQS must give a number as ${name} of ${QueueUrl}; got ${Attributes[name]}`);
    return value;
  };
  return { visible: count(COUNTS.visible), inFlight: count(COUNTS.inFlight), delayed: count(COUNTS.delayed) };
}

/** The URL of a queue beside another: tiers, sources and DLQ are of one account and region. */
export const besideUrl = (url: string, arn: string): string =>
  url.slice(0, url.lastIndexOf('/') + 1) + (arn.split(':').at(-1) ?? arn);

/** A queue's name, of its URL. */
export const nameInUrl = (url: string): string => url.split('/').at(-1) ?? url;
