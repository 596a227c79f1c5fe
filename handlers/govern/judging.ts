import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Healer } from '../aws/healer.ts';
import { attempt } from '../aws/outcome.ts';
import type { QueuePolicy } from '../core/policy.ts';

/** Where the queues do not say: longer than most chains of receives take. */
const UNKNOWN_SECONDS = 1800;
/** The healer's own way to the ledger, and clocks. */
const SLACK_SECONDS = 60;
const LONGEST_SECONDS = 6 * 3600;

/**
 * How long a letter that is sent back and fails every time takes to die: in the source and in each tier its delay, and
 * its visibility timeout for each receive. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 *
 * @returns seconds, at most six hours; half an hour where SQS does not tell. Never throws: a canary must be judged
 */
export async function judgingSeconds(
  { sqs, logger }: Pick<Healer, 'sqs' | 'logger'>,
  { key, sourceUrl, tierArns }: QueuePolicy,
): Promise<number> {
  if (sourceUrl === undefined) return UNKNOWN_SECONDS;
  const base = sourceUrl.slice(0, sourceUrl.lastIndexOf('/') + 1);
  const urls = [sourceUrl, ...tierArns.map((arn) => base + arn.slice(arn.lastIndexOf(':') + 1))];
  const each = await attempt(() => Promise.all(urls.map((url) => dyingSeconds(sqs, url))));
  if (each.ok) {
    const sum = each.value.reduce((total, seconds) => total + seconds, SLACK_SECONDS);
    return Math.min(LONGEST_SECONDS, sum);
  }
  logger.warn('the queue does not say how long a message takes to die; a canary is judged after half an hour', {
    queue: key,
    error: each.error,
  });
  return UNKNOWN_SECONDS;
}

async function dyingSeconds(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['VisibilityTimeout', 'DelaySeconds', 'RedrivePolicy'],
    }),
  );
  const redrive = JSON.parse(Attributes.RedrivePolicy ?? '{}') as { maxReceiveCount?: number | string };
  const receives = Number(redrive.maxReceiveCount ?? 1);
  return Number(Attributes.DelaySeconds ?? 0) + receives * Number(Attributes.VisibilityTimeout ?? 30);
}
