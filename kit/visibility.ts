import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import { backoffSeconds } from '../handlers/core/backoff.ts';
import { halfOfWhatIsLeft } from './deadline.ts';
import { textOf } from './describe-error.ts';
import { RetryableError } from './errors.ts';
import type { Settlement } from './failure.ts';
import { diesInDlq, isLastReceive } from './last-receive.ts';
import type { Received } from './message.ts';

/**
 * A receive lasts 12 hours at most, whatever is asked for; up to 15 minutes of the function and 5 of the batching
 * window are gone. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 */
const MAX_VISIBILITY_SECONDS = 12 * 3_600 - 15 * 60 - 5 * 60;

/** Whole seconds until a message that failed comes back. */
export function delayAfter(
  received: Received,
  error: unknown,
  keyHeld: boolean,
  { settings, context, topology }: Settlement,
): number {
  // SQS moves it when it is next received: the sooner the better.
  if (diesInDlq(received, topology)) return 0;
  const asked = error instanceof RetryableError ? error.delaySeconds : undefined;
  const wanted =
    topology?.next?.kind === 'tier' && isLastReceive(received, topology)
      ? // A queue's delay holds for what is sent to it, not for what SQS moves there: it has to pass here.
        Math.max(topology.next.delaySeconds, asked ?? 0)
      : (asked ?? backoffSeconds(received.message.receiveCount - 1, settings.backoff, Math.random()));
  const untilKeyIsFree = keyHeld ? Math.ceil(context.getRemainingTimeInMillis() / 1000) + 1 : 0;
  return Math.round(Math.min(Math.max(wanted, untilKeyIsFree, 0), MAX_VISIBILITY_SECONDS));
}

/** Hides the message for so long. @returns why that did not work: then the queue's visibility timeout counts */
export async function hide(
  { receiptHandle }: Received,
  VisibilityTimeout: number,
  { services, context, topology }: Settlement,
): Promise<string | undefined> {
  if (topology === undefined) return undefined;
  const command = new ChangeMessageVisibilityCommand({
    QueueUrl: topology.queueUrl,
    ReceiptHandle: receiptHandle,
    VisibilityTimeout,
  });
  try {
    await services.sqs.send(command, { abortSignal: halfOfWhatIsLeft(context) });
    return undefined;
  } catch (error) {
    return `visibility not changed: ${textOf(error)}`;
  }
}
