import {
  type MessageSystemAttributeNameForSends,
  type MessageSystemAttributeValue,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { EvidenceSource } from '../core/evidence/evidence.ts';
import { originalOf } from '../core/evidence/evidence-of.ts';
import type { Letter } from '../core/letter.ts';
import { type HealerMark, type Outgoing, outgoing, packBatches } from '../core/outgoing.ts';
import { failure, type Outcome, success } from './outcome.ts';
import { toSqsAttributes } from './sqs-attributes.ts';

/** One message to send, with what must not be lost on the way. */
export interface Sending extends Outgoing {
  readonly delaySeconds: number;
  readonly healKey: string;
  readonly fifo: boolean;
  readonly messageGroupId?: string;
  readonly traceHeader?: string;
  /** The body with the mark in it, for an execution's input: the mark may differ between two tries of one heal. */
  readonly marked?: string;
}

/**
 * A letter on its way back: the message that died, less the evidence, plus the healer's mark. `attempt` counts this heal.
 * @param how.source where the evidence was found, which says whether the letter is the message or holds it
 */
export function sendingOf(
  letter: Letter,
  evidenceNames: readonly string[],
  mark: HealerMark,
  how: {
    readonly delaySeconds: number;
    readonly fifo: boolean;
    readonly source: EvidenceSource;
    /** In the place of the original's. */
    readonly mendedBody?: string;
  },
): Sending {
  const { messageGroupId, traceHeader } = letter.system;
  const { delaySeconds, fifo, source } = how;
  const original = originalOf(letter, source, evidenceNames);
  const sent = outgoing({ ...original, body: how.mendedBody ?? original.body }, mark);
  return {
    ...sent,
    // What a consumer copies into its next envelope is its own affair: the ledger must know the new message id.
    carriesLineage: sent.carriesLineage && source !== 'application-envelope',
    delaySeconds,
    fifo,
    healKey: `${mark.originId}.${mark.attempt}`,
    ...(messageGroupId === undefined ? {} : { messageGroupId }),
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
}

/** SQS will never take this message as it is: sending it again is no use. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/**
 * Sends messages in as few batches as SQS takes, and reads the answer entry by entry: a batch that answers 200 may
 * hold failures. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 *
 * @returns one outcome per message, in order: the new message id, or why it was not sent. Never throws.
 */
export async function sendAll(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly Sending[],
): Promise<Outcome<string>[]> {
  const indexed = messages.map((message, index) => ({ message, index, bytes: message.bytes }));
  const outcomes: Outcome<string>[] = [];
  await Promise.all(
    packBatches(indexed).map(async (batch) => {
      for (const [index, outcome] of await sendBatch(sqs, queueUrl, batch)) outcomes[index] = outcome;
    }),
  );
  return messages.map((_, index) => outcomes[index] ?? failure(new Error('SQS did not answer for this message')));
}

async function sendBatch(
  sqs: SQSClient,
  QueueUrl: string,
  batch: readonly { readonly message: Sending; readonly index: number }[],
): Promise<[number, Outcome<string>][]> {
  try {
    const Entries = batch.map(({ message, index }) => entryOf(message, String(index)));
    const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const sent = (answer.Successful ?? []).map(({ Id, MessageId }) => [Number(Id), success(MessageId ?? '')] as const);
    const failed = (answer.Failed ?? []).map(({ Id, Code, Message, SenderFault }) => {
      const text = `SQS refused the message: ${Code}${Message ? `: ${Message}` : ''}`;
      return [Number(Id), failure(SenderFault ? new RefusedError(text) : new Error(text))] as const;
    });
    return [...sent, ...failed].map(([index, outcome]) => [index, outcome]);
  } catch (error) {
    return batch.map(({ index }) => [index, failure(error)]);
  }
}

function entryOf(message: Sending, Id: string): SendMessageBatchRequestEntry {
  const MessageAttributes = toSqsAttributes(message.attributes);
  return {
    Id,
    MessageBody: message.body,
    // SQS refuses an empty map's absence in neither case, but an empty list or value in both.
    ...(Object.keys(MessageAttributes).length > 0 ? { MessageAttributes } : {}),
    ...(message.traceHeader === undefined ? {} : { MessageSystemAttributes: traceAttribute(message.traceHeader) }),
    ...(message.messageGroupId === undefined ? {} : { MessageGroupId: message.messageGroupId }),
    // FIFO takes no delay for a single message; the deduplication id must be new for every attempt, or SQS would
    // accept the message within five minutes of the last and drop it.
    ...(message.fifo ? { MessageDeduplicationId: message.healKey } : { DelaySeconds: message.delaySeconds }),
  };
}

function traceAttribute(
  StringValue: string,
): Partial<Record<MessageSystemAttributeNameForSends, MessageSystemAttributeValue>> {
  return { AWSTraceHeader: { DataType: 'String', StringValue } };
}
