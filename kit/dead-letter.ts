import { createHash } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, type SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { toSqsAttributes } from '../handlers/aws/sqs-attributes.ts';
import { EVIDENCE_ATTRIBUTE } from '../handlers/core/evidence/kit.ts';
import type { MessageAttributes } from '../handlers/core/letter.ts';
import { MAX_MESSAGE_BYTES, messageBytes } from '../handlers/core/outgoing.ts';
import type { Received } from './message.ts';
import type { Services } from './services.ts';
import type { Topology } from './topology.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const MAX_ATTRIBUTES = 10;
/**
 * The healer keeps the lineage of a message without room for its mark under the message id. A message that the kit
 * sends itself has a new id, so one that may have been too full for the mark must keep its own: it is moved by SQS.
 */
const MARK_RESERVE_BYTES = 512;
/** Longer than the 14 days that a DLQ keeps a message. */
const RECORD_SECONDS = 15 * 86_400;

/**
 * The message as it goes to the DLQ: as it was, plus the evidence.
 * @returns undefined where 10 attributes or 1 MiB leave no room for it
 */
export function deadLetter(
  { letter, message }: Received,
  evidence: string,
  dlq: Pick<NonNullable<Topology['dlq']>, 'url' | 'fifo'>,
): SendMessageCommandInput | undefined {
  const attributes: MessageAttributes = {
    ...letter.attributes,
    [EVIDENCE_ATTRIBUTE]: { dataType: 'String', stringValue: evidence },
  };
  if (Object.keys(attributes).length > MAX_ATTRIBUTES) return undefined;
  if (messageBytes(letter.body, attributes) + MARK_RESERVE_BYTES > MAX_MESSAGE_BYTES) return undefined;
  const { messageGroupId, traceHeader } = letter.system;
  return {
    QueueUrl: dlq.url,
    MessageBody: letter.body,
    MessageAttributes: toSqsAttributes(attributes),
    ...(messageGroupId === undefined ? {} : { MessageGroupId: messageGroupId }),
    // The same for every send of one death, so that a crash before the acknowledgement makes no second letter.
    ...(dlq.fifo ? { MessageDeduplicationId: `${message.healKey}.dead` } : {}),
    ...(traceHeader === undefined
      ? {}
      : { MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } } }),
  };
}

/** Returning means that the DLQ has the message, with the body that was sent. */
export async function sendDeadLetter(
  { sqs }: Services,
  input: SendMessageCommandInput,
  abortSignal: AbortSignal,
): Promise<void> {
  const { MessageId, MD5OfMessageBody } = await sqs.send(new SendMessageCommand(input), { abortSignal });
  if (!MessageId) throw new Error('SQS answered without a message id');
  const expected = createHash('md5')
    .update(input.MessageBody ?? '')
    .digest('hex');
  if (MD5OfMessageBody !== expected)
    throw new Error(`SQS took a body with MD5 ${MD5OfMessageBody}; sent was ${expected}`);
}

/** Evidence of a message that SQS moves itself, and that keeps its id: the healer finds it by that. */
export async function writeFailureRecord(
  { dynamodb, environment }: Services,
  { message }: Received,
  evidence: string,
  now: number,
  abortSignal: AbortSignal,
): Promise<void> {
  const command = new PutItemCommand({
    TableName: environment.DLQ_HEALER_LEDGER_TABLE,
    Item: {
      pk: { S: `message#${message.id}` },
      sk: { S: 'failure' },
      evidence: { S: evidence },
      expiresAt: { N: String(Math.floor(now / 1000) + RECORD_SECONDS) },
    },
  });
  await dynamodb.send(command, { abortSignal });
}
