import type { Letter } from '../letter.ts';
import type { QueuePolicy } from '../policy.ts';
import type { Evidence } from './evidence.ts';

/** What to look for in which consumer's logs, and when it may have been written; epoch milliseconds. */
export interface LogSearch {
  readonly messageId: string;
  readonly logGroup: string;
  readonly functionName?: string;
  readonly from: number;
  readonly to: number;
}

/** Clocks of SQS and of the function differ by less. */
const SLACK_MS = 5_000;

/**
 * SQS does not document whether a move to the DLQ keeps the time of the first receive. If it does, every receive is
 * after it; if it counts the DLQ's own, they were shortly before. A consumer may hide a message for almost 12 hours.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
const BEFORE_MS = 3_600_000;
const AFTER_MS = 12 * 3_600_000;

/** The sources that say nothing of why a message died. */
export const isSilent = ({ source }: Evidence) => source === 'sqs-redrive' || source === 'none';

/** @returns undefined where the letter says enough, or its queue has no look-up */
export function logSearchFor(
  letter: Letter,
  evidence: Evidence,
  queue: QueuePolicy,
  now: number,
): LogSearch | undefined {
  const { logGroup, logLookup, consumerFunction } = queue;
  if (!isSilent(evidence) || logLookup !== true || logGroup === undefined) return undefined;
  // It becomes a quoted pattern; SQS's own ids are of these characters.
  if (!/^[A-Za-z0-9-]{1,100}$/.test(letter.messageId)) return undefined;
  const { sentAt = 0, firstReceivedAt = now } = letter.system;
  return {
    messageId: letter.messageId,
    logGroup,
    ...(consumerFunction === undefined ? {} : { functionName: consumerFunction }),
    from: Math.max(sentAt - SLACK_MS, firstReceivedAt - BEFORE_MS, 0),
    to: Math.max(Math.min(now, firstReceivedAt + AFTER_MS), 0) + SLACK_MS,
  };
}
