/**
 * Where a letter may go back to. Only a letter of a queue is a message that the queue's consumer understands; what a
 * service could not deliver belongs to that service's target, and some letters only tell of what was lost.
 */
export type ReturnTo =
  /** `arn`: the queue it died in, where the letter says. `byHand`: why only a person may send it back. */
  | { readonly kind: 'queue'; readonly arn?: string; readonly byHand?: string }
  /** Lambda's own dead-letter queue does not say of which function. */
  | { readonly kind: 'function'; readonly arn?: string }
  | { readonly kind: 'rule-target'; readonly ruleArn: string; readonly targetArn?: string }
  | { readonly kind: 'state-machine'; readonly arn: string; readonly byHand?: string }
  | { readonly kind: 'schedule-target'; readonly scheduleArn: string; readonly targetArn?: string }
  /** A raw delivery does not name its topic. */
  | { readonly kind: 'topic-subscription'; readonly topicArn?: string }
  | { readonly kind: 'nowhere'; readonly why: string };

/** A message of the only queue that its DLQ serves. */
export const ITS_QUEUE: ReturnTo = { kind: 'queue' };

/**
 * Why the letter cannot go to a queue's consumer, in words for the person who will send it where it belongs; undefined
 * where it can.
 */
export function whereElse(returnTo: ReturnTo): string | undefined {
  switch (returnTo.kind) {
    case 'queue':
      return returnTo.byHand;
    case 'function':
      return returnTo.arn === undefined
        ? 'it is an event of the function that has this dead-letter queue, not a message of a queue'
        : `it is an event of the function ${returnTo.arn}, not a message of a queue`;
    case 'rule-target':
      return `it is an event for ${returnTo.targetArn ?? 'a target'} of the rule ${returnTo.ruleArn}, not a message of a queue`;
    case 'state-machine':
      return `it is an input of the state machine ${returnTo.arn}, not a message of a queue`;
    case 'schedule-target':
      return `it is a payload for ${returnTo.targetArn ?? 'the target'} of the schedule ${returnTo.scheduleArn}, not a message of a queue`;
    case 'topic-subscription':
      return `it is a notification of ${returnTo.topicArn ?? 'a topic'} for a subscriber, not a message of a queue`;
    case 'nowhere':
      return returnTo.why;
  }
}

/**
 * The ARN of a queue that is written as an ARN, a URL or a bare name; a name alone is one in the DLQ's own account and region.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
 */
export function queueArnOf(text: string | undefined, dlqArn: string): string | undefined {
  if (text === undefined) return undefined;
  if (/^arn:[^:]{1,32}:sqs:[^:]{1,64}:\d{12}:[\w.-]{1,85}$/.test(text)) return text;
  const [, partition, , ownRegion, ownAccount] = dlqArn.split(':');
  const url = /^https?:\/\/([^/]{1,253})\/(\d{12})\/([\w.-]{1,85})$/.exec(text);
  const region = url?.[1] === undefined ? ownRegion : (regionIn(url[1]) ?? ownRegion);
  const name = url?.[3] ?? /^[\w-]{1,80}(?:\.fifo)?$/.exec(text)?.[0];
  if (name === undefined) return undefined;
  return `arn:${partition}:sqs:${region}:${url?.[2] ?? ownAccount}:${name}`;
}

/** The region in `sqs.eu-west-1.amazonaws.com` and in the older `eu-west-1.queue.amazonaws.com`. */
const regionIn = (host: string) => /(?:^|\.)([a-z]{2}(?:-[a-z]{1,12}){1,3}-\d)\./.exec(host)?.[1];
