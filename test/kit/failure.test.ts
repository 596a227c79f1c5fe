import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ChangeMessageVisibilityCommand, GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { MAX_MESSAGE_BYTES, messageBytes } from '../../handlers/core/outgoing.ts';
import { deadLetter } from '../../kit/dead-letter.ts';
import { consume, PermanentError, RetryableError } from '../../kit/index.ts';
import { messageOf } from '../../kit/message.ts';
import { arn, lambdaContext, PLAIN, sqsEvent, sqsRecord, TIERED, url } from './fake-aws.ts';
import { fake, logLines, useFakeAws, withQueues } from './setup.ts';

useFakeAws();

/** Runs one record whose handler throws `error`. @returns whether the message was returned */
async function failing(record: SQSRecord, error: unknown): Promise<boolean> {
  const handler = consume(() => {
    throw error;
  });
  const { batchItemFailures } = await handler(sqsEvent(record), lambdaContext());
  return batchItemFailures.length > 0;
}

const RETURNED = true;
const ACKNOWLEDGED = false;
const LAST = { receiveCount: 5 };

describe('where a failed message goes', () => {
  const permanent = new PermanentError('never');
  const plain = new Error('perhaps later');
  it.each([
    { queues: PLAIN, queue: 'orders', receiveCount: 1, error: permanent, dead: true },
    { queues: PLAIN, queue: 'orders', receiveCount: 4, error: plain, dead: false },
    { queues: PLAIN, queue: 'orders', receiveCount: 5, error: plain, dead: true },
    { queues: PLAIN, queue: 'orders', receiveCount: 6, error: plain, dead: true },
    { queues: PLAIN, queue: 'orders', receiveCount: 5, error: new RetryableError('later'), dead: true },
    { queues: TIERED, queue: 'orders', receiveCount: 1, error: permanent, dead: true },
    { queues: TIERED, queue: 'orders', receiveCount: 2, error: plain, dead: false },
    { queues: TIERED, queue: 'orders-retry-1', receiveCount: 2, error: plain, dead: false },
    { queues: TIERED, queue: 'orders-retry-1', receiveCount: 3, error: plain, dead: true },
    { queues: { orders: {} }, queue: 'orders', receiveCount: 99, error: plain, dead: false },
  ])(
    '$error.name at receive $receiveCount in $queue: to the DLQ $dead',
    async ({ queues, queue, receiveCount, error, dead }) => {
      withQueues(queues);
      expect(await failing(sqsRecord('m1', { queue, receiveCount }), error)).toBe(!dead);
      expect(
        fake()
          .sent()
          .map(({ QueueUrl }) => QueueUrl),
      ).toEqual(dead ? [url('orders-dlq')] : []);
    },
  );

  it.each([
    { queue: 'orders', receiveCount: 1, shown: 1, records: 0 },
    { queue: 'orders', receiveCount: 2, shown: 2, records: 1 },
    { queue: 'orders-retry-1', receiveCount: 1, shown: 3, records: 1 },
  ])('leaves a failure record with what SQS may move by itself: $queue, $shown receives', async (given) => {
    withQueues(TIERED);
    const record = sqsRecord('m1', { queue: given.queue, receiveCount: given.shown });
    const attributes = { ...record.attributes, DeadLetterQueueSourceArn: arn('orders') };
    await failing({ ...record, ...(given.queue === 'orders' ? {} : { attributes }) }, new Error('no'));
    expect(fake().records()).toHaveLength(given.records);
    expect(fake().sent()).toEqual([]);
  });

  it('writes what is known of the death on the letter', async () => {
    const error = Object.assign(new Error('expired', { cause: new TypeError('inner') }), {
      name: 'PaymentError',
      status: 401,
    });
    await failing(sqsRecord('m1', LAST), error);
    expect(fake().evidence()).toEqual({
      v: 1,
      origin: 'm1',
      attempt: 0,
      queueArn: arn('orders'),
      errorType: 'PaymentError',
      message: 'expired',
      httpStatus: 401,
      causes: ['TypeError: inner'],
      stack: expect.stringContaining('failure.test.ts'),
      function: 'orders',
      requestId: 'request-1',
      logGroup: '/aws/lambda/orders',
      logStream: 'stream-1',
      receiveCount: 5,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  it('takes a count that SQS kept across queues for what it is', async () => {
    withQueues(TIERED);
    const inTier = (receiveCount: number) => {
      const record = sqsRecord('m1', { queue: 'orders-retry-1', receiveCount });
      return { ...record, attributes: { ...record.attributes, DeadLetterQueueSourceArn: arn('orders') } };
    };
    // Two receives in the source queue came before: this is the second of three.
    expect(await failing(inTier(4), new Error('no'))).toBe(RETURNED);
    expect(await failing(inTier(5), new Error('no'))).toBe(ACKNOWLEDGED);
  });
});

describe('a letter that the kit sends', () => {
  const value = fc.oneof(
    fc.record({
      dataType: fc.constantFrom('String', 'Number', 'Number.int', 'String.utf8'),
      stringValue: fc.string({ minLength: 1, unit: 'binary' }),
    }),
    fc.record({ dataType: fc.constantFrom('Binary', 'Binary.png'), bytes: fc.uint8Array({ minLength: 1 }) }),
  );
  const attributes = fc.dictionary(
    fc.stringMatching(/^[a-z][a-z0-9_.-]{0,20}$/).filter((name) => name !== 'dlq-evidence'),
    value,
    { maxKeys: 9, noNullPrototype: true },
  );

  it('keeps body and every attribute, binary and custom types too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, unit: 'binary' }), attributes, async (body, given) => {
        fake().sqs.resetHistory();
        const messageAttributes = Object.fromEntries(
          Object.entries(given).map(([name, one]) => [
            name,
            // Lambda's shape, with the empty lists that SendMessage refuses.
            'bytes' in one
              ? {
                  dataType: one.dataType as 'Binary',
                  binaryValue: Buffer.from(one.bytes).toString('base64'),
                  stringListValues: [],
                  binaryListValues: [],
                }
              : {
                  dataType: one.dataType as 'String',
                  stringValue: one.stringValue,
                  stringListValues: [],
                  binaryListValues: [],
                },
          ]),
        );
        await failing(sqsRecord('m1', { body, messageAttributes, ...LAST }), new Error('no'));
        const [input] = fake().sent();
        const { 'dlq-evidence': evidence, ...kept } = input?.MessageAttributes ?? {};
        expect(evidence?.DataType).toBe('String');
        expect(input?.MessageBody).toBe(body);
        expect(kept).toEqual(
          Object.fromEntries(
            Object.entries(given).map(([name, one]) => [
              name,
              'bytes' in one
                ? { DataType: one.dataType, BinaryValue: Buffer.from(one.bytes) }
                : { DataType: one.dataType, StringValue: one.stringValue },
            ]),
          ),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the group and the trace header', async () => {
    const record = sqsRecord('m1', LAST);
    await failing(
      { ...record, attributes: { ...record.attributes, MessageGroupId: 'tenant-7', AWSTraceHeader: 'Root=1-2-3' } },
      new Error('no'),
    );
    const [input] = fake().sent();
    expect(input).toMatchObject({
      MessageGroupId: 'tenant-7',
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-2-3' } },
    });
    expect(input).not.toHaveProperty('MessageDeduplicationId');
  });

  it('replaces evidence of an earlier death', async () => {
    const nine = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`a${i}`, { dataType: 'String' as const, stringValue: 'x' }]),
    );
    const messageAttributes = {
      ...nine,
      'dlq-evidence': { dataType: 'String' as const, stringValue: '{"v":1,"message":"old"}' },
    };
    expect(await failing(sqsRecord('m1', { messageAttributes, ...LAST }), new Error('new'))).toBe(ACKNOWLEDGED);
    expect(fake().evidence().message).toBe('new');
  });
});

describe('a letter that the kit cannot send', () => {
  const ten = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [`a${i}`, { dataType: 'String' as const, stringValue: 'x' }]),
  );
  const cases: { why: string; record?: Partial<SQSRecord>; given?: () => void }[] = [
    { why: 'it has 10 attributes', record: { messageAttributes: ten } },
    { why: 'its body is 1 MiB', record: { body: 'x'.repeat(MAX_MESSAGE_BYTES) } },
    { why: 'its body is just under 1 MiB in UTF-8', record: { body: 'é'.repeat(MAX_MESSAGE_BYTES / 2 - 500) } },
    { why: 'the DLQ refuses it', given: () => fake().sqs.on(SendMessageCommand).rejects(new Error('AccessDenied')) },
    {
      why: 'SQS answers without an id',
      given: () => fake().sqs.on(SendMessageCommand).resolves({ MD5OfMessageBody: '99914b932bd37a50b983c5e7c90ae93b' }),
    },
    {
      why: 'SQS took another body',
      given: () => fake().sqs.on(SendMessageCommand).resolves({ MessageId: 'x', MD5OfMessageBody: 'other' }),
    },
  ];

  it.each(cases)(
    'is returned, to be moved by SQS at once, and leaves a failure record when $why',
    async ({ record, given }) => {
      vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
      given?.();
      expect(await failing(sqsRecord('m1', { ...record, ...LAST }), new Error('no'))).toBe(RETURNED);
      expect(fake().records()).toEqual([
        {
          pk: { S: 'message#m1' },
          sk: { S: 'failure' },
          evidence: { S: expect.stringContaining('"message":"no"') },
          expiresAt: { N: String(1_700_000_000 + 15 * 86_400) },
        },
      ]);
      expect(fake().hidden()).toEqual([['receipt-m1', 0]]);
    },
  );

  it.each(cases)(
    'waits for its receives to run out when the error was permanent and $why',
    async ({ record, given }) => {
      given?.();
      expect(await failing(sqsRecord('m1', { ...record, receiveCount: 2 }), new PermanentError('no'))).toBe(RETURNED);
      expect(fake().records()).toHaveLength(1);
      expect(fake().hidden()).toEqual([['receipt-m1', expect.toSatisfy((seconds: number) => seconds >= 1)]]);
    },
  );

  it('has a body too large by one byte for the evidence and the mark that the healer may have left out', () => {
    const overhead = messageBytes('', { 'dlq-evidence': { dataType: 'String', stringValue: '{}' } }) + 512;
    const largest = 'x'.repeat(MAX_MESSAGE_BYTES - overhead);
    const inputFor = (body: string) => {
      const letter = { messageId: 'm1', body, attributes: {}, system: { receiveCount: 1 }, dlqArn: arn('orders') };
      return deadLetter(
        { letter, message: messageOf(letter, { here: 1, before: 0 }, undefined), receiptHandle: '' },
        '{}',
        {
          url: '',
          fifo: false,
        },
      );
    };
    expect(inputFor(largest)).toBeDefined();
    expect(inputFor(`${largest}x`)).toBeUndefined();
  });

  it('is returned, and the log says so, when the ledger refuses the record too', async () => {
    fake().sqs.on(SendMessageCommand).rejects(new Error('queue down'));
    fake().dynamodb.on(PutItemCommand, { TableName: 'ledger' }).rejects(new Error('table down'));
    expect(await failing(sqsRecord('m1', LAST), new Error('no'))).toBe(RETURNED);
    expect(logLines()).toMatchObject([
      { reason: 'not sent to the DLQ: Error: queue down; no failure record written: Error: table down' },
    ]);
  });

  it('is recorded when nothing is known of its queue, for it may have been its last receive', async () => {
    fake().sqs.on(GetQueueUrlCommand).rejects(new Error('AccessDenied'));
    expect(await failing(sqsRecord('m1'), new Error('no'))).toBe(RETURNED);
    expect(fake().records()).toHaveLength(1);
    expect(fake().hidden()).toEqual([]);
    expect(logLines().map(({ reason }) => reason)).toEqual(['Error: AccessDenied', 'the queue could not be read']);
  });

  it('is recorded when its queue has no DLQ', async () => {
    withQueues({ orders: {} });
    expect(await failing(sqsRecord('m1'), new PermanentError('no'))).toBe(RETURNED);
    expect(fake().records()).toHaveLength(1);
  });
});

describe('the time until a failed message comes back', () => {
  const hiddenFor = async (record: SQSRecord, error: unknown = new Error('no'), options = {}) => {
    const handler = consume(() => {
      throw error;
    }, options);
    await handler(sqsEvent(record), lambdaContext());
    return fake().hidden().at(-1)?.[1];
  };

  it.each([
    { receiveCount: 1, random: 0.999, seconds: 5 },
    { receiveCount: 2, random: 0.999, seconds: 10 },
    { receiveCount: 4, random: 0.999, seconds: 40 },
    { receiveCount: 4, random: 0.5, seconds: 20 },
    { receiveCount: 4, random: 0, seconds: 1 },
  ])(
    'is $seconds s after receive $receiveCount with a random number of $random',
    async ({ receiveCount, random, seconds }) => {
      vi.spyOn(Math, 'random').mockReturnValue(random);
      expect(await hiddenFor(sqsRecord('m1', { receiveCount }))).toBe(seconds);
    },
  );

  it('ends at the ceiling that the consumer names', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    expect(
      await hiddenFor(sqsRecord('m1', { receiveCount: 4 }), undefined, { backoff: { baseSeconds: 1, maxSeconds: 3 } }),
    ).toBe(3);
  });

  it.each([
    { asked: 77, seconds: 77 },
    { asked: 0, seconds: 0 },
    { asked: 100_000, seconds: 12 * 3600 - 1200 },
    { asked: 1.6, seconds: 2 },
  ])('is what a RetryableError asks for ($asked s), within the 12 hours of a receive', async ({ asked, seconds }) => {
    expect(await hiddenFor(sqsRecord('m1'), new RetryableError('later', { delaySeconds: asked }))).toBe(seconds);
  });

  it.each([
    { error: new Error('no'), seconds: 60 },
    { error: new RetryableError('later', { delaySeconds: 10 }), seconds: 60 },
    { error: new RetryableError('later', { delaySeconds: 90 }), seconds: 90 },
  ])('is the delay of the retry tier at the last receive before it: $seconds s', async ({ error, seconds }) => {
    withQueues(TIERED);
    expect(await hiddenFor(sqsRecord('m1', { receiveCount: 2 }), error)).toBe(seconds);
  });

  it('is the queue’s own when SQS refuses the change, and the log says why', async () => {
    fake().sqs.on(ChangeMessageVisibilityCommand).rejects(new Error('expired receipt'));
    expect(await failing(sqsRecord('m1'), new Error('no'))).toBe(RETURNED);
    expect(logLines()).toMatchObject([{ reason: 'visibility not changed: Error: expired receipt' }]);
  });
});

describe('the log of a failure', () => {
  it('is one line with the ids, the error and the outcome, and nothing of the body', async () => {
    await failing(sqsRecord('m1', { body: 'the body', receiveCount: 2 }), new Error('token=abc123secret refused'));
    expect(logLines()).toMatchObject([
      {
        level: 'WARN',
        message: 'message failed: returned to its queue',
        stack: 'shop',
        errorStack: expect.stringContaining('failure.test.ts'),
        messageId: 'm1',
        originId: 'm1',
        attempt: 0,
        queue: 'orders',
        receiveCount: 2,
        maxReceiveCount: 5,
        errorType: 'Error',
        errorMessage: 'token=[redacted] refused',
        delaySeconds: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(logLines())).not.toContain('the body');
  });

  it.each(['thrown text', undefined, null, 42, { message: 'an object' }])(
    'is written for a thrown %j',
    async (thrown) => {
      expect(await failing(sqsRecord('m1', LAST), thrown)).toBe(ACKNOWLEDGED);
      expect(logLines()).toMatchObject([{ level: 'ERROR', errorType: 'NonError' }]);
    },
  );
});
