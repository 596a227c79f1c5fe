import type { QueueFacts, SourceFacts } from '../aws/source-facts.ts';

/** Where the queues do not say: longer than most chains of receives take. */
const UNKNOWN_SECONDS = 1800;
/** The healer's own way to the ledger, and clocks. */
const SLACK_SECONDS = 60;
const LONGEST_SECONDS = 6 * 3600;

/**
 * How long a letter that is sent back and fails every time takes to die: in the source and in each tier its delay, and
 * its visibility timeout for each receive. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 *
 * @returns seconds, at most six hours; half an hour where SQS did not tell: a canary must be judged
 */
export function judgingSeconds(source: SourceFacts | undefined): number {
  if (source === undefined) return UNKNOWN_SECONDS;
  const chain = [source, ...source.tiers].map(dyingSeconds);
  return Math.min(
    LONGEST_SECONDS,
    chain.reduce((sum, seconds) => sum + seconds, SLACK_SECONDS),
  );
}

const dyingSeconds = ({ delaySeconds, visibilityTimeoutSeconds, maxReceiveCount = 1 }: QueueFacts) =>
  delaySeconds + maxReceiveCount * visibilityTimeoutSeconds;
