import type { Context } from 'aws-lambda';
import { cut } from '../handlers/core/redact.ts';
import type { ErrorDescription } from './describe-error.ts';
import type { Message } from './message.ts';

/** What the kit writes on a letter, or in a failure record: the message attribute `dlq-evidence`. */
export interface KitEvidence extends ErrorDescription {
  readonly v: 1;
  readonly origin: string;
  readonly attempt: number;
  /** The queue it died in. */
  readonly queueArn: string;
  readonly function: string;
  readonly requestId: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly receiveCount: number;
  /** ISO 8601. */
  readonly at: string;
}

/** Evidence shares the message's 1 MiB with the body, and is paid for with it. */
export const MAX_EVIDENCE_BYTES = 4_096;

export function evidenceOf(description: ErrorDescription, message: Message, context: Context, at: Date): KitEvidence {
  return {
    v: 1,
    origin: message.originId,
    attempt: message.attempt,
    queueArn: message.queueArn,
    ...description,
    function: context.functionName,
    requestId: context.awsRequestId,
    logGroup: context.logGroupName,
    logStream: context.logStreamName,
    receiveCount: message.receiveCount,
    at: at.toISOString(),
  };
}

/** The evidence as JSON of at most 4 KiB: the stack is cut first, then the causes, then the message. */
export function evidenceText(evidence: KitEvidence): string {
  let shown = evidence;
  let text = asciiJson(shown);
  while (text.length > MAX_EVIDENCE_BYTES) {
    const { stack, causes, ...rest } = shown;
    if (stack) shown = { ...shown, stack: half(stack) };
    // The last cause is the innermost, which names the class.
    else if (causes && causes.length > 1) shown = { ...shown, causes: causes.slice(1) };
    else if (causes?.[0] && causes[0].length > 100) shown = { ...shown, causes: [half(causes[0])] };
    else if (shown.message) shown = { ...shown, message: half(shown.message) };
    else return asciiJson(rest);
    text = asciiJson(shown);
  }
  return text;
}

const half = (text: string) => cut(text, text.length < 32 ? 0 : text.length >> 1);

/**
 * JSON in ASCII: SQS refuses some characters (U+FFFE, U+FFFF) that an error message may hold, and length is size.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
