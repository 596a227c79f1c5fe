import { describe, expect, it } from 'vitest';
import { readMessage, readRecords } from '../../handlers/aws/records.ts';
import { DLQ_ARN } from './builders.ts';

const record = (over: object = {}) => ({
  messageId: 'm-1',
  receiptHandle: 'r',
  body: 'hello',
  attributes: {
    ApproximateReceiveCount: '3',
    SentTimestamp: '1700000000000',
    MessageGroupId: 'g',
    AWSTraceHeader: 'Root=1',
  },
  messageAttributes: {
    s: { stringValue: 'text', stringListValues: [], binaryListValues: [], dataType: 'String' },
    b: { binaryValue: 'AP8=', stringListValues: [], binaryListValues: [], dataType: 'Binary.x' },
  },
  eventSourceARN: DLQ_ARN,
  ...over,
});

describe('records of the event', () => {
  it('become letters, whole', () => {
    const [received] = readRecords([record()]);
    expect(received).toEqual({
      itemIdentifier: 'm-1',
      letter: {
        messageId: 'm-1',
        body: 'hello',
        attributes: {
          s: { dataType: 'String', stringValue: 'text' },
          b: { dataType: 'Binary.x', binaryValue: Buffer.from([0, 255]) },
        },
        system: { receiveCount: 3, sentAt: 1_700_000_000_000, messageGroupId: 'g', traceHeader: 'Root=1' },
        dlqArn: DLQ_ARN,
      },
    });
  });

  it.each([
    ['no body', { body: undefined }, 'body is undefined'],
    ['no queue', { eventSourceARN: undefined }, 'no eventSourceARN'],
    ['an attribute without a value', { messageAttributes: { x: { dataType: 'String' } } }, 'message attribute "x"'],
  ])('with %s are unreadable, and their neighbours are not', (_, over, why) => {
    const [bad, good] = readRecords([record(over), record({ messageId: 'm-2' })]);
    expect(bad).toEqual({ itemIdentifier: 'm-1', unreadable: expect.stringContaining(why) });
    expect(good).toHaveProperty('letter');
  });

  it.each([[null], [7], ['text']])('that are %s are unreadable', (junk) => {
    expect(readRecords([junk])[0]).toHaveProperty('unreadable');
  });

  it('without a message id get one that stays the same for the same message and differs for another', () => {
    const ids = [record({ messageId: undefined }), record({ messageId: '' }), record({ messageId: '', body: 'other' })]
      .map((item) => readRecords([item])[0])
      .map((item) => (item !== undefined && 'letter' in item ? [item.itemIdentifier, item.letter.messageId] : []));
    expect(ids[0]).toEqual(['', expect.stringMatching(/^no-id-[0-9a-f]{32}$/)]);
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[2]?.[1]).not.toBe(ids[0]?.[1]);
  });
});

it('a received message becomes the same letter as the event’s record', () => {
  const message = {
    MessageId: 'm-1',
    Body: 'hello',
    Attributes: { ApproximateReceiveCount: '3', DeadLetterQueueSourceArn: 'arn:source' },
    MessageAttributes: { b: { DataType: 'Binary', BinaryValue: Uint8Array.from([1]) } },
  };
  expect(readMessage(message, DLQ_ARN)).toMatchObject({
    letter: {
      messageId: 'm-1',
      system: { receiveCount: 3, deadLetterQueueSourceArn: 'arn:source' },
      attributes: { b: { dataType: 'Binary' } },
    },
  });
});
