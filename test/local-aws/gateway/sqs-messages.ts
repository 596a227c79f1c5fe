// What fauxqs drops of a message, or refuses, kept by message id and put back when the message is received.
import { createHash } from 'node:crypto';
import { ACCOUNT_ID } from '../moto.ts';
import type { Call } from './call.ts';

export type Input = Record<string, unknown>;

type Kept = { queue: string; source?: string; receives?: number; group?: string; trace?: string; body?: string };
type Entry = Input & { Id?: string; MessageBody?: string };
type Received = {
  MessageId: string;
  Body: string;
  MD5OfBody?: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: unknown;
  MD5OfMessageAttributes?: string;
};

// The oldest are forgotten first; no test keeps this many messages.
const MAX_KEPT = 500_000;
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const MAX_ATTRIBUTES = 10;
const OUTSIDE_BMP = /[\ud800-\udbff][\udc00-\udfff]/g;

/** Why AWS would refuse to send, where fauxqs would not. */
export function refuseMessages(action: string, input: Input): string | undefined {
  for (const entry of entriesOf(action, input)) {
    const attributes = Object.entries((entry.MessageAttributes ?? {}) as Record<string, Input>);
    if (attributes.length > MAX_ATTRIBUTES) {
      return `Number of message attributes [${attributes.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`;
    }
    for (const [name, value] of attributes) {
      if ((value.StringValue ?? value.BinaryValue ?? '') !== '') continue;
      return `The message attribute '${name}' must contain a non-empty value of type '${String(value.DataType)}'.`;
    }
  }
  return undefined;
}

export type MessageMemory = {
  /** The input as fauxqs can take it. */
  beforeSend(call: Call, input: Input): Input;
  /** Remembers what was sent, or mends what was received, in place. */
  afterAnswer(call: Call, queue: string, input: Input, output: Input): void;
};

export function createMessageMemory(): MessageMemory {
  const kept = new Map<string, Kept>();

  function remember(call: Call, queue: string, input: Input, output: Input): void {
    const answers = (output.Successful as Input[] | undefined) ?? [output];
    for (const entry of entriesOf(call.action, input)) {
      const answer = answers.find((one) => entry.Id === undefined || one.Id === entry.Id);
      const id = answer?.MessageId;
      if (answer === undefined || typeof id !== 'string') continue;
      if (isOutsideBmp(entry.MessageBody ?? '')) answer.MD5OfMessageBody = md5(entry.MessageBody ?? '');
      // The id of a FIFO message that is there already: this one was taken for a duplicate and dropped.
      if (kept.has(id)) continue;
      kept.set(id, whatIsDropped(call, queue, entry));
      if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value as string);
    }
  }

  function restore(call: Call, queue: string, input: Input, message: Received): void {
    const known: Kept = kept.get(message.MessageId) ?? { queue };
    if (known.queue !== queue) known.source = known.queue; // it was moved here by a redrive policy
    known.queue = queue;
    known.receives = (known.receives ?? 0) + 1;
    kept.set(message.MessageId, known);
    if (known.body !== undefined) {
      message.Body = known.body;
      message.MD5OfBody = md5(known.body);
    }
    // SQS shows the receives in all queues together, and no move among them.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    if (message.Attributes?.ApproximateReceiveCount !== undefined) {
      message.Attributes.ApproximateReceiveCount = String(known.receives);
    }
    const dropped: Record<string, string | undefined> = {
      MessageGroupId: known.group,
      AWSTraceHeader: known.trace,
      DeadLetterQueueSourceArn: known.source && `arn:aws:sqs:${call.region}:${ACCOUNT_ID}:${known.source}`,
    };
    const asked = [...list(input, 'MessageSystemAttributeNames'), ...list(input, 'AttributeNames')];
    for (const [name, value] of Object.entries(dropped)) {
      if (value === undefined || !(asked.includes(name) || asked.includes('All'))) continue;
      message.Attributes = { ...message.Attributes, [name]: message.Attributes?.[name] ?? value };
    }
    if (list(input, 'MessageAttributeNames').length === 0) {
      delete message.MessageAttributes;
      delete message.MD5OfMessageAttributes;
    }
  }

  return {
    beforeSend(call, input) {
      const withoutAstral = <T extends Entry>(entry: T): T =>
        typeof entry.MessageBody === 'string'
          ? { ...entry, MessageBody: entry.MessageBody.replace(OUTSIDE_BMP, '\ufffd') }
          : entry;
      if (call.action === 'SendMessage') return withoutAstral(input as Entry);
      if (call.action !== 'SendMessageBatch') return input;
      return { ...input, Entries: entriesOf(call.action, input).map(withoutAstral) };
    },
    afterAnswer(call, queue, input, output) {
      if (call.action.startsWith('SendMessage')) remember(call, queue, input, output);
      if (call.action !== 'ReceiveMessage') return;
      for (const message of (output.Messages ?? []) as Received[]) restore(call, queue, input, message);
    },
  };
}

function entriesOf(action: string, input: Input): Entry[] {
  if (action === 'SendMessage') return [input as Entry];
  return action === 'SendMessageBatch' ? ((input.Entries ?? []) as Entry[]) : [];
}

function whatIsDropped(call: Call, queue: string, entry: Entry): Kept {
  const system = (entry.MessageSystemAttributes ?? {}) as Record<string, { StringValue?: string }>;
  // SQS takes the trace from the request where the message itself names none.
  const trace = system.AWSTraceHeader?.StringValue ?? call.headers['x-amzn-trace-id'];
  const group = entry.MessageGroupId;
  const body = entry.MessageBody ?? '';
  return {
    queue,
    ...(trace === undefined ? {} : { trace }),
    ...(typeof group === 'string' ? { group } : {}),
    ...(isOutsideBmp(body) ? { body } : {}),
  };
}

const list = (input: Input, name: string): string[] => (input[name] as string[] | undefined) ?? [];
const isOutsideBmp = (text: string): boolean => text.search(OUTSIDE_BMP) !== -1;
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
