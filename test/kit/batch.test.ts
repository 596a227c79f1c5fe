import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { consume, type Message, PermanentError } from '../../kit/index.ts';
import { arn, lambdaContext, sqsEvent, sqsRecord } from './fake-aws.ts';
import { fake, logLines, useFakeAws, withQueues } from './setup.ts';

useFakeAws();

const returnedBy = async (handler: ReturnType<typeof consume>, event: SQSEvent) =>
  (await handler(event, lambdaContext())).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

const failFor = (...ids: string[]) =>
  vi.fn(async ({ id }: Message) => {
    if (ids.includes(id)) throw new Error('no');
  });

describe('a batch of a standard queue', () => {
  it('returns the message that failed and acknowledges its neighbours', async () => {
    expect(await returnedBy(consume(failFor('b')), sqsEvent(sqsRecord('a'), sqsRecord('b'), sqsRecord('c')))).toEqual([
      'b',
    ]);
  });

  it('acknowledges everything of an empty batch', async () => {
    expect(await returnedBy(consume(failFor()), sqsEvent())).toEqual([]);
  });

  it('survives a handler that throws before it returns a promise', async () => {
    const handler = consume(({ id }) => {
      if (id === 'a') throw new Error('at once');
    });
    expect(await returnedBy(handler, sqsEvent(sqsRecord('a'), sqsRecord('b')))).toEqual(['a']);
  });

  it.each([
    { options: {}, most: 3 },
    { options: { concurrency: 2 }, most: 2 },
    { options: { concurrency: 1 }, most: 1 },
  ])('runs $most messages at the same time with $options', async ({ options, most }) => {
    let running = 0;
    let seen = 0;
    const handler = consume(async () => {
      seen = Math.max(seen, ++running);
      await sleep(20);
      running--;
    }, options);
    await returnedBy(handler, sqsEvent(sqsRecord('a'), sqsRecord('b'), sqsRecord('c')));
    expect(seen).toBe(most);
  });

  it.each([
    { concurrency: 0 },
    { concurrency: 1.5 },
    { backoff: { baseSeconds: 0 } },
    { backoff: { baseSeconds: 9, maxSeconds: 3 } },
    { deadlineMarginMs: -1 },
  ])('refuses the option %j when it is written', (options) => {
    expect(() => consume(failFor(), options)).toThrow(/^consume: .* must be .*; got /);
  });
});

describe('a batch of a FIFO queue', () => {
  const fifo = (id: string, MessageGroupId: string, receiveCount = 1) => {
    const record = sqsRecord(id, { queue: 'orders.fifo', receiveCount });
    return { ...record, attributes: { ...record.attributes, MessageGroupId } };
  };
  const QUEUES = { 'orders.fifo': { target: 'dlq.fifo', maxReceiveCount: 3 }, 'dlq.fifo': {} };

  it('stops a group at its first failure, returns all behind it, and goes on with other groups', async () => {
    withQueues(QUEUES);
    const work = failFor('a2');
    const batch = sqsEvent(
      fifo('a1', 'a'),
      fifo('a2', 'a'),
      fifo('b1', 'b'),
      fifo('a3', 'a'),
      fifo('b2', 'b'),
      fifo('a4', 'a'),
    );
    expect(await returnedBy(consume(work), batch)).toEqual(['a2', 'a3', 'a4']);
    expect(work.mock.calls.map(([{ id }]) => id)).toEqual(['a1', 'a2', 'b1', 'b2']);
  });

  it('stops a group at a record that cannot be read, too', async () => {
    withQueues(QUEUES);
    const unreadable = { ...fifo('a1', 'a'), body: undefined as never };
    expect(await returnedBy(consume(vi.fn()), sqsEvent(unreadable, fifo('b1', 'b'), fifo('a2', 'a')))).toEqual([
      'a1',
      'a2',
    ]);
  });

  it('runs one message after the other, in order', async () => {
    withQueues(QUEUES);
    const steps: string[] = [];
    const handler = consume(async ({ id }) => {
      steps.push(`${id} begins`);
      await sleep(5);
      steps.push(`${id} ends`);
    });
    await returnedBy(handler, sqsEvent(fifo('a1', 'a'), fifo('b1', 'b')));
    expect(steps).toEqual(['a1 begins', 'a1 ends', 'b1 begins', 'b1 ends']);
  });

  it('hides what is behind a failed message as long as that message, so that they come back together', async () => {
    withQueues(QUEUES);
    await returnedBy(consume(failFor('a1')), sqsEvent(fifo('a1', 'a', 2), fifo('a2', 'a')));
    const [first, second] = fake().hidden();
    expect([first?.[0], second]).toEqual(['receipt-a1', ['receipt-a2', first?.[1]]]);
  });

  it('goes on with a group whose message went to the DLQ, under a deduplication id that a repeat shares', async () => {
    withQueues(QUEUES);
    const work = failFor('a1');
    expect(await returnedBy(consume(work), sqsEvent(fifo('a1', 'a', 3), fifo('a2', 'a')))).toEqual([]);
    expect(work).toHaveBeenCalledTimes(2);
    expect(fake().sent()).toMatchObject([{ MessageGroupId: 'a', MessageDeduplicationId: 'a1.0.dead' }]);
  });

  it('records why a message at its last receive was never run', async () => {
    withQueues(QUEUES);
    await returnedBy(consume(failFor('a1')), sqsEvent(fifo('a1', 'a', 2), fifo('a2', 'a', 3)));
    expect(fake().records()).toMatchObject([
      { pk: { S: 'message#a2' }, evidence: { S: expect.stringContaining('earlier message of its group') } },
    ]);
  });
});

describe('an event that is not as it should be', () => {
  it.each([undefined, {}, { Records: 'none' }])('is refused whole when it holds no records: %j', async (event) => {
    await expect(consume(failFor())(event as SQSEvent, lambdaContext())).rejects.toThrow('expected an SQS event');
  });

  it('handles the neighbours of a record without a message id, then fails so that it is not deleted', async () => {
    const work = failFor();
    const handler = consume(work);
    await expect(handler(sqsEvent(sqsRecord(''), sqsRecord('b')), lambdaContext())).rejects.toThrow('no messageId');
    expect(work.mock.calls.map(([{ id }]) => id)).toEqual(['b']);
  });

  it('returns a record that has no body and says why', async () => {
    const broken = { ...sqsRecord('a'), body: undefined as unknown as string };
    expect(await returnedBy(consume(failFor()), sqsEvent(broken, sqsRecord('b')))).toEqual(['a']);
    expect(logLines()).toMatchObject([{ messageId: 'a', reason: expect.stringContaining('body') }]);
  });

  it.each([
    { missing: ['DLQ_HEALER_STACK', 'DLQ_HEALER_LEDGER_TABLE', 'DLQ_HEALER_IDEMPOTENCY_TABLE'], options: {} },
    { missing: ['DLQ_HEALER_STACK', 'DLQ_HEALER_LEDGER_TABLE'], options: { idempotency: false } },
  ])('is refused whole when $missing are not set, and the error names them all', async ({ missing, options }) => {
    for (const name of ['DLQ_HEALER_STACK', 'DLQ_HEALER_LEDGER_TABLE', 'DLQ_HEALER_IDEMPOTENCY_TABLE'])
      vi.stubEnv(name, '');
    await expect(consume(failFor(), options)(sqsEvent(sqsRecord('a')), lambdaContext())).rejects.toThrow(
      `${missing.join(', ')}:`,
    );
  });
});

describe('the message that a handler gets', () => {
  const messageOf = async (record: ReturnType<typeof sqsRecord>) => {
    let got: Message | undefined;
    await consume((message) => {
      got = message;
    })(sqsEvent(record), lambdaContext());
    return got;
  };

  it('is a first life where the healer left no mark', async () => {
    expect(await messageOf(sqsRecord('m1', { receiveCount: 2, body: '{"a":1}' }))).toMatchObject({
      id: 'm1',
      originId: 'm1',
      attempt: 0,
      healKey: 'm1.0',
      receiveCount: 2,
      maxReceiveCount: 5,
      tries: 2,
      maxTries: 5,
      queueArn: arn('orders'),
      body: '{"a":1}',
    });
  });

  it('carries origin and attempt of the healer’s mark', async () => {
    const stringValue = JSON.stringify({ v: 1, origin: 'm0', attempt: 2, group: 'g' });
    const message = await messageOf(
      sqsRecord('m1', { messageAttributes: { 'dlq-healer': { dataType: 'String', stringValue } } }),
    );
    expect(message).toMatchObject({ id: 'm1', originId: 'm0', attempt: 2, healKey: 'm0.2' });
  });

  it.each([
    { queue: 'orders', shown: 2, receiveCount: 2, tries: 2 },
    { queue: 'orders-retry-1', shown: 3, receiveCount: 1, tries: 3 }, // SQS counts the receives of all queues together
    { queue: 'orders-retry-2', shown: 6, receiveCount: 1, tries: 6 },
  ])('counts its tries from the source on: $tries in $queue', async ({ queue, shown, receiveCount, tries }) => {
    withQueues({
      orders: { target: 'orders-retry-1', maxReceiveCount: 2 },
      'orders-retry-1': { target: 'orders-retry-2', maxReceiveCount: 3 },
      'orders-retry-2': { target: 'orders-dlq', maxReceiveCount: 2 },
      'orders-dlq': {},
    });
    const record = sqsRecord('m1', { queue, receiveCount: shown });
    const source = queue === 'orders-retry-2' ? 'orders-retry-1' : 'orders';
    const moved = { ...record.attributes, DeadLetterQueueSourceArn: arn(source) };
    const message = await messageOf(queue === 'orders' ? record : { ...record, attributes: moved });
    expect(message).toMatchObject({ receiveCount, tries, maxTries: 7 });
  });

  it('parses its body as JSON', async () => {
    expect((await messageOf(sqsRecord('m1', { body: '{"a":1}' })))?.json()).toEqual({ a: 1 });
  });

  it('goes to the DLQ as a bad payload when its body is no JSON, with nothing of the body in the evidence', async () => {
    const body = 'hello secret customer Smith';
    expect(
      await returnedBy(
        consume((message) => message.json()),
        sqsEvent(sqsRecord('m1', { body })),
      ),
    ).toEqual([]);
    const evidence = fake().evidence();
    expect(evidence).toMatchObject({
      errorType: 'BadPayloadError',
      message: "the message body is not JSON: Unexpected token 'h' is not valid JSON",
      causes: ["SyntaxError: Unexpected token 'h' is not valid JSON"],
    });
    expect(JSON.stringify(evidence)).not.toMatch(/ello|secret|Smith/);
  });

  it.each(['', '{"a":', '[1,]', 'secret'])('is a bad payload with the body %j', async (body) => {
    const message = await messageOf(sqsRecord('m1', { body }));
    const thrown = (() => {
      try {
        return message?.json();
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(PermanentError);
    expect((thrown as Error).cause).toBeInstanceOf(SyntaxError);
    if (body !== '') expect(String((thrown as Error).cause)).not.toContain(body);
  });

  it('comes with an idempotency key that outlives a heal, a signal and the time that is left', async () => {
    const stringValue = JSON.stringify({ v: 1, origin: 'm0', attempt: 2 });
    const seen: unknown[] = [];
    const handler = consume((_message, { idempotencyKey, signal, remainingMs }) => {
      seen.push(idempotencyKey, signal.aborted, remainingMs() > 4_000 && remainingMs() <= 5_400);
    });
    await handler(
      sqsEvent(sqsRecord('m1', { messageAttributes: { 'dlq-healer': { dataType: 'String', stringValue } } })),
      lambdaContext(6_000),
    );
    expect(seen).toEqual(['m0', false, true]);
  });
});
