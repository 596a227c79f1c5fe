import { createHash } from 'node:crypto';
import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import type { Letter, MessageAttribute, SystemAttributes } from '../core/letter.ts';

/** A record of the Lambda event, and the letter it holds or the reason why it holds none. */
export type Received =
  | { readonly itemIdentifier: string; readonly letter: Letter }
  | { readonly itemIdentifier: string; readonly unreadable: string };

/**
 * Reads the records of an SQS event. Never throws: what cannot be read says why and stays in the DLQ.
 *
 * A record without a message id cannot be answered for (`itemIdentifier: ''` fails the whole batch, leaving it out
 * acknowledges it), so it gets an id derived from its content and must be archived before the batch is answered.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function readRecords(records: readonly unknown[]): Received[] {
  return records.map((record) => {
    const itemIdentifier = identifierOf(record);
    try {
      return { itemIdentifier, letter: letterOf(record as SQSRecord, itemIdentifier) };
    } catch (error) {
      return { itemIdentifier, unreadable: error instanceof Error ? error.message : String(error) };
    }
  });
}

function identifierOf(record: unknown): string {
  const id = typeof record === 'object' && record !== null ? (record as Partial<SQSRecord>).messageId : undefined;
  return typeof id === 'string' ? id : '';
}

/** The message group of a record of a FIFO queue, readable or not; undefined elsewhere, where a group orders nothing. */
export function fifoGroupOf(record: unknown): string | undefined {
  const { eventSourceARN, attributes } = (record ?? {}) as Partial<SQSRecord>;
  const group: unknown = attributes?.MessageGroupId;
  const isFifo = typeof eventSourceARN === 'string' && eventSourceARN.endsWith('.fifo');
  return isFifo && typeof group === 'string' ? group : undefined;
}

function letterOf(record: SQSRecord, messageId: string): Letter {
  if (typeof record !== 'object' || record === null) throw new Error('the record is not an object');
  if (typeof record.body !== 'string') throw new Error(`the record's body is ${typeof record.body}, not a string`);
  if (typeof record.eventSourceARN !== 'string') throw new Error('the record has no eventSourceARN');
  return {
    messageId: messageId === '' ? contentId(record) : messageId,
    body: record.body,
    attributes: attributesOf(record.messageAttributes ?? {}),
    system: systemOf(record.attributes ?? {}),
    dlqArn: record.eventSourceARN,
  };
}

/** Stable for one message: the same record read again gets the same id. */
function contentId(record: SQSRecord): string {
  const content = JSON.stringify([
    record.eventSourceARN,
    record.body,
    record.messageAttributes ?? {},
    record.attributes ?? {},
  ]);
  return `no-id-${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
}

function attributesOf(attributes: SQSMessageAttributes): Record<string, MessageAttribute> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, stringValue, binaryValue }]) => {
      if (typeof stringValue === 'string') return [name, { dataType, stringValue }];
      // Lambda gives binary values in base64. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
      if (typeof binaryValue === 'string') return [name, { dataType, binaryValue: Buffer.from(binaryValue, 'base64') }];
      throw new Error(`message attribute "${name}" has neither a string nor a binary value`);
    }),
  );
}

/** Reads a message that `ReceiveMessage` returned: the API's shape differs from the event's. */
export function readMessage(message: Message, dlqArn: string): Received {
  const itemIdentifier = message.MessageId ?? '';
  try {
    if (message.Body === undefined) throw new Error('the message has no body');
    const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
      name,
      attributeOf(name, value),
    ]);
    const letter: Letter = {
      messageId: itemIdentifier,
      body: message.Body,
      attributes: Object.fromEntries(attributes),
      system: systemOf(message.Attributes ?? {}),
      dlqArn,
    };
    return { itemIdentifier, letter };
  } catch (error) {
    return { itemIdentifier, unreadable: error instanceof Error ? error.message : String(error) };
  }
}

function attributeOf(name: string, { DataType, StringValue, BinaryValue }: MessageAttributeValue): MessageAttribute {
  const dataType = DataType ?? 'String';
  if (StringValue !== undefined) return { dataType, stringValue: StringValue };
  if (BinaryValue !== undefined) return { dataType, binaryValue: BinaryValue };
  throw new Error(`message attribute "${name}" has neither a string nor a binary value`);
}

function systemOf(source: object): SystemAttributes {
  const attributes = source as Readonly<Record<string, string | undefined>>;
  const number = (name: string) => {
    const value = Number(attributes[name]);
    return Number.isFinite(value) ? value : undefined;
  };
  const optional = {
    sentAt: number('SentTimestamp'),
    firstReceivedAt: number('ApproximateFirstReceiveTimestamp'),
    messageGroupId: attributes.MessageGroupId,
    deduplicationId: attributes.MessageDeduplicationId,
    sequenceNumber: attributes.SequenceNumber,
    traceHeader: attributes.AWSTraceHeader,
    deadLetterQueueSourceArn: attributes.DeadLetterQueueSourceArn,
  };
  return {
    receiveCount: number('ApproximateReceiveCount') ?? 0,
    ...(Object.fromEntries(Object.entries(optional).filter(([, v]) => v !== undefined)) as Omit<
      SystemAttributes,
      'receiveCount'
    >),
  };
}
