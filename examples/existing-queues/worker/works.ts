import type { SNSEventRecord, SQSRecord } from 'aws-lambda';

/** One thing to do, whoever asks for it. */
export interface Work {
  readonly id: unknown;
  readonly total: unknown;
  /** Who asked: a queue, a topic, a rule, or the caller itself. */
  readonly via: 'sqs' | 'sns' | 'events' | 'invoke';
  /** What else came with it. */
  readonly with: Readonly<Record<string, unknown>>;
  readonly record?: SQSRecord;
}

type Fields = Readonly<Record<string, unknown>>;

/** @param event of whatever service */
export function worksIn(event: unknown): Work[] {
  const { Records, detail } = event as Fields;
  if (Array.isArray(Records)) return Records.map(workOfRecord);
  if (detail !== undefined) return [{ ...idOf(detail as Fields), via: 'events', with: { event } }];
  return [{ ...idOf(event as Fields), via: 'invoke', with: { event } }];
}

function workOfRecord(record: SQSRecord | SNSEventRecord): Work {
  if ('Sns' in record) {
    const { Message, MessageId, Subject, MessageAttributes } = record.Sns;
    const came = { MessageId, Subject, MessageAttributes, subscription: record.EventSubscriptionArn };
    return { ...idOf(JSON.parse(Message) as Fields), via: 'sns', with: came };
  }
  const { messageAttributes, attributes, body } = record;
  const texts = Object.entries(messageAttributes).map(([name, { stringValue }]) => [name, stringValue]);
  const came = { attributes: Object.fromEntries(texts) as Fields, group: attributes.MessageGroupId, body };
  return { ...idOf(JSON.parse(body) as Fields), via: 'sqs', with: came, record };
}

const idOf = ({ id, total }: Fields) => ({ id, total });
