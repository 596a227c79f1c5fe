import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { readMessage } from '../../handlers/aws/records.ts';
import type { Letter } from '../../handlers/core/letter.ts';
import { present, record } from '../../handlers/core/parse.ts';
import { ASSUMED_DLQ_ARN } from '../default-policy.ts';
import type { JsonDocument } from '../input/documents.ts';

/** What could not be read, where it stands and why; never what it holds. */
export interface Unreadable {
  readonly line: number;
  /** Place in its list, from 1; null where the whole document cannot be read. */
  readonly message: number | null;
  readonly messageId: string | null;
  readonly reason: string;
}

export type Read = { readonly letter: Letter } | { readonly unreadable: Unreadable };

/**
 * The letters of one document: `{"Messages": […]}` as `aws sqs receive-message` prints it, a list of messages, or one
 * message. Never throws.
 */
export function lettersOf(document: JsonDocument): Read[] {
  const { line } = document;
  const whole = (reason: string): Read[] => [{ unreadable: { line, message: null, messageId: null, reason } }];
  if ('unreadable' in document) return whole(document.unreadable);
  const messages = messagesOf(document.value);
  if (messages === undefined) return whole('it is no {"Messages": […]}, no list of messages and no message');
  return messages.map((message, index) => {
    const messageId = idOf(message);
    const unreadable = (reason: string): Read => ({
      unreadable: { line, message: index + 1, messageId: messageId ?? null, reason },
    });
    try {
      const received = readMessage(messageFrom(message), ASSUMED_DLQ_ARN);
      return 'letter' in received ? { letter: received.letter } : unreadable(received.unreadable);
    } catch (error) {
      return unreadable((error as Error).message);
    }
  });
}

function messagesOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  const document = value as { Messages?: unknown; MessageId?: unknown };
  if (Array.isArray(document.Messages)) return document.Messages;
  if (document.MessageId !== undefined) return [document];
  return undefined;
}

function idOf(message: unknown): string | undefined {
  const id = (message as { MessageId?: unknown } | null)?.MessageId;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** The SDK's shape from the command line's: the same but for binary values, which come in base64. */
function messageFrom(value: unknown): Message {
  const message = recordOf(value, 'the message');
  const attributes = Object.entries(recordOf(message.MessageAttributes ?? {}, 'MessageAttributes'));
  return present({
    MessageId: idOf(message) ?? refuse('MessageId must be a non-empty string'),
    Body: typeof message.Body === 'string' ? message.Body : refuse('Body must be a string'),
    Attributes: strings(message.Attributes ?? {}),
    MessageAttributes: Object.fromEntries(
      attributes.map(([name, attribute]) => [name, attributeFrom(name, attribute)]),
    ),
  }) as Message;
}

function attributeFrom(name: string, value: unknown): MessageAttributeValue {
  const { DataType, StringValue, BinaryValue } = recordOf(value, `MessageAttributes.${name}`);
  return present({
    DataType: typeof DataType === 'string' ? DataType : undefined,
    StringValue: typeof StringValue === 'string' ? StringValue : undefined,
    BinaryValue: typeof BinaryValue === 'string' ? Buffer.from(BinaryValue, 'base64') : undefined,
  }) as MessageAttributeValue;
}

function strings(value: unknown): Record<string, string> {
  const entries = Object.entries(recordOf(value, 'Attributes'));
  return Object.fromEntries(
    entries.flatMap(([name, text]) =>
      typeof text === 'string' || typeof text === 'number' ? [[name, String(text)] as const] : [],
    ),
  );
}

/** Unlike the readers of configuration, without what came: it may be a payload. */
function recordOf(value: unknown, path: string): Record<string, unknown> {
  try {
    return record(value, path);
  } catch {
    return refuse(`${path} must be an object`);
  }
}

function refuse(reason: string): never {
  throw new Error(reason);
}
