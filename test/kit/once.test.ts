import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { consume, type MessageContext, PermanentError } from '../../kit/index.ts';
import { lambdaContext, sqsEvent, sqsRecord } from './fake-aws.ts';
import { fake, logLines, useFakeAws } from './setup.ts';

useFakeAws();

const run = async (handler: ReturnType<typeof consume>, record = sqsRecord('m1'), timeoutMs = 30_000) =>
  (await handler(sqsEvent(record), lambdaContext(timeoutMs))).batchItemFailures.length === 0
    ? 'acknowledged'
    : 'returned';

const healed = (id: string) =>
  sqsRecord(id, {
    messageAttributes: { 'dlq-healer': { dataType: 'String', stringValue: '{"v":1,"origin":"m0","attempt":1}' } },
  });

describe('a heal key', () => {
  it('is processed once, whatever message brings it, and the second is acknowledged as a duplicate', async () => {
    const work = vi.fn();
    const handler = consume(work);
    expect(await run(handler, healed('copy-1'))).toBe('acknowledged');
    expect(await run(handler, healed('copy-2'))).toBe('acknowledged');
    expect(work).toHaveBeenCalledOnce();
    expect(logLines()).toMatchObject([{ messageId: 'copy-2', healKey: 'm0.1', duplicates: 1 }]);
  });

  it.each([
    ['another body', { body: 'another' }],
    ['another queue', { eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:downstream' }],
  ])('that a forwarded message brought along to %s does not pass it for a duplicate', async (_, over) => {
    const work = vi.fn();
    const handler = consume(work);
    expect(await run(handler, healed('copy-1'))).toBe('acknowledged');
    expect(await run(handler, { ...healed('forwarded'), ...over })).toBe('acknowledged');
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('of a canary is confirmed in the ledger when it was processed, and not when it failed', async () => {
    const probe = (id: string, origin: string) => {
      const stringValue = JSON.stringify({ v: 1, origin, attempt: 1, group: 'abcdef012345', round: 2, probe: true });
      return sqsRecord(id, { messageAttributes: { 'dlq-healer': { dataType: 'String', stringValue } } });
    };
    const handler = consume((message) => {
      if (message.originId === 'bad') throw new Error('still down');
    });
    expect(await run(handler, healed('no-probe'))).toBe('acknowledged');
    expect(await run(handler, probe('p1', 'good'))).toBe('acknowledged');
    await run(handler, probe('p2', 'bad'));
    const confirmed = fake()
      .dynamodb.commandCalls(PutItemCommand, { TableName: 'ledger' })
      .flatMap(({ args }) => (args[0].input.Item?.sk?.S === 'confirmed' ? [args[0].input.Item.pk?.S] : []));
    expect(confirmed).toEqual(['message#good.1']);
  });

  it('of a canary is acknowledged even where the ledger cannot be told', async () => {
    fake().dynamodb.on(PutItemCommand, { TableName: 'ledger' }).rejects(new Error('denied'));
    const stringValue = JSON.stringify({ v: 1, origin: 'o', attempt: 1, group: 'abcdef012345', probe: true });
    const record = sqsRecord('p1', { messageAttributes: { 'dlq-healer': { dataType: 'String', stringValue } } });
    expect(await run(consume(vi.fn()), record)).toBe('acknowledged');
    expect(logLines()).toMatchObject([{ healKey: 'o.1', reason: expect.stringContaining('denied') }]);
  });

  it('is that of the message itself in its first life', async () => {
    const work = vi.fn();
    const handler = consume(work);
    await run(handler, sqsRecord('m1'));
    await run(handler, sqsRecord('m2'));
    await run(handler, sqsRecord('m1', { receiveCount: 2 }));
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('is a SHA-256, kept 15 days, longer than a DLQ keeps the message, with nothing of the message or its result', async () => {
    await run(
      consume(() => 'the result'),
      sqsRecord('m1', { body: 'the body' }),
    );
    const [item] = [...fake().keys.values()];
    expect(item?.id?.S).toMatch(/^consume\.[\w-]+#.{44}$/);
    expect(Number(item?.expiration?.N)).toBeGreaterThan(Date.now() / 1000 + 15 * 86_400 - 60);
    const stored = fake()
      .dynamodb.calls()
      .map((call) => JSON.stringify(call.args[0].input));
    expect(stored.join()).not.toMatch(/the body|the result/);
    expect(fake().statuses()).toEqual(['COMPLETED']);
  });

  it('is free again when the handler throws', async () => {
    const work = vi.fn().mockRejectedValueOnce(new Error('no'));
    const handler = consume(work);
    expect(await run(handler)).toBe('returned');
    expect(fake().statuses()).toEqual([]);
    expect(await run(handler)).toBe('acknowledged');
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('is not asked for with idempotency: false', async () => {
    const work = vi.fn();
    const handler = consume(work, { idempotency: false });
    await run(handler);
    await run(handler);
    expect(work).toHaveBeenCalledTimes(2);
    expect(fake().dynamodb.calls()).toEqual([]);
  });

  it('does not make Powertools run the handler again for an error of that name', async () => {
    const work = vi
      .fn()
      .mockRejectedValue(Object.assign(new Error('no'), { name: 'IdempotencyInconsistentStateError' }));
    await run(consume(work));
    expect(work).toHaveBeenCalledOnce();
  });
});

describe('a heal key that is in progress elsewhere', () => {
  it.each([1, 5])(
    'returns the message at receive %i until that run has ended, and is no death',
    async (receiveCount) => {
      const busy = consume(() => sleep(150));
      const work = vi.fn();
      const first = run(busy);
      await sleep(30);
      expect(await run(consume(work), sqsRecord('m1', { receiveCount }), 6_000)).toBe('returned');
      expect(fake().hidden()).toEqual([['receipt-m1', 7]]);
      expect([work.mock.calls, fake().sent(), fake().records()]).toEqual([[], [], []]);
      expect(await first).toBe('acknowledged');
    },
  );

  it('is no death either when the handler says so of a key of its own', async () => {
    const error = Object.assign(new Error('busy'), { name: 'IdempotencyAlreadyInProgressError' });
    expect(
      await run(
        consume(() => Promise.reject(error)),
        sqsRecord('m1', { receiveCount: 5 }),
      ),
    ).toBe('returned');
    expect(fake().sent()).toEqual([]);
  });
});

describe('an idempotency table that refuses', () => {
  it('keeps the handler from running, and the message is tried again', async () => {
    fake().dynamodb.on(PutItemCommand, { TableName: 'idempotency' }).rejects(new Error('table down'));
    const work = vi.fn();
    expect(await run(consume(work))).toBe('returned');
    expect(work).not.toHaveBeenCalled();
  });

  it('is the evidence of a message at its last receive', async () => {
    fake().dynamodb.on(PutItemCommand, { TableName: 'idempotency' }).rejects(new Error('table down'));
    expect(await run(consume(vi.fn()), sqsRecord('m1', { receiveCount: 5 }))).toBe('acknowledged');
    expect(fake().evidence()).toMatchObject({
      errorType: 'IdempotencyPersistenceLayerError',
      causes: ['Error: table down'],
    });
  });

  it('after the work was done does not have it done again', async () => {
    fake().dynamodb.on(UpdateItemCommand).rejects(new Error('table down'));
    expect(await run(consume(() => 'done'))).toBe('acknowledged');
    expect(logLines()).toMatchObject([{ healKey: 'm1.0', reason: expect.stringContaining('Idempotency') }]);
  });

  it('after the handler failed leaves the handler’s error as evidence, and the message away until the key is free', async () => {
    fake().dynamodb.on(DeleteItemCommand).rejects(new Error('table down'));
    const handler = consume(() => Promise.reject(new TypeError('the bug')), {
      backoff: { baseSeconds: 1, maxSeconds: 1 },
    });
    expect(await run(handler, sqsRecord('m1'), 6_000)).toBe('returned');
    expect(logLines()).toMatchObject([{ errorType: 'TypeError', errorMessage: 'the bug', delaySeconds: 7 }]);
  });
});

describe('a message that would run past the function’s timeout', () => {
  const options = { deadlineMarginMs: 200 };
  const mindful = (_message: unknown, { signal }: MessageContext) => sleep(5_000, undefined, { signal });

  it('is given up, its signal aborted, and its neighbours are acknowledged', async () => {
    const signals: AbortSignal[] = [];
    const handler = consume((message, context) => {
      signals.push(context.signal);
      return message.id === 'slow' ? mindful(message, context) : undefined;
    }, options);
    const answer = await handler(sqsEvent(sqsRecord('slow'), sqsRecord('quick')), lambdaContext(600));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'slow' }] });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('dies of a timeout that says when and why', async () => {
    expect(await run(consume(mindful, options), sqsRecord('m1', { receiveCount: 5 }), 600)).toBe('acknowledged');
    const { errorType, message, causes } = fake().evidence();
    expect({ errorType, causes }).toEqual({ errorType: 'TimeoutError', causes: undefined });
    expect(message).toMatch(/^gave up after [34]\d\d ms, 200 ms before the function's timeout of 1 s$/);
  });

  it('shows what the handler threw when it was aborted, if that says more', async () => {
    const handler = consume(async (message, context) => {
      await Promise.resolve(mindful(message, context)).catch(() => {});
      throw new PermanentError('order 7 is half written');
    }, options);
    await run(handler, sqsRecord('m1', { receiveCount: 5 }), 600);
    expect(fake().evidence()).toMatchObject({
      errorType: 'TimeoutError',
      causes: ['PermanentError: order 7 is half written'],
    });
  });

  it.each([
    { timeoutMs: 6_000, margin: 600 },
    { timeoutMs: 3_000, margin: 500 },
    { timeoutMs: 900_000, margin: 5_000 },
  ])('has $margin ms less than a timeout of $timeoutMs ms', async ({ timeoutMs, margin }) => {
    let left = 0;
    await run(
      consume((_message, { remainingMs }) => {
        left = remainingMs();
      }),
      sqsRecord('m1'),
      timeoutMs,
    );
    expect(timeoutMs - left).toBeGreaterThanOrEqual(margin);
    expect(timeoutMs - left).toBeLessThan(margin + 100);
  });

  it('leaves no timer behind when it ended in time', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await run(consume(() => 'done'));
    expect(timers()).toBe(before);
  });

  it('is not started when no time is left', async () => {
    const work = vi.fn();
    expect(await run(consume(work, options), sqsRecord('m1', { receiveCount: 5 }), 150)).toBe('acknowledged');
    expect(work).not.toHaveBeenCalled();
    expect(fake().evidence().message).toMatch(/^not started: 200 ms before the function's timeout of 1 s is reached$/);
    expect(fake().keys.size).toBe(0);
  });

  it('counts as processed when the handler ends within the grace', async () => {
    const handler = consume(
      (_message, { signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
      options,
    );
    expect(await run(handler, sqsRecord('m1'), 600)).toBe('acknowledged');
    expect(fake().statuses()).toEqual(['COMPLETED']);
  });

  it('counts as processed when the handler has ended and only its heal key is not completed in time', async () => {
    fake()
      .dynamodb.on(UpdateItemCommand)
      .callsFake(() => sleep(1_000, {}, { ref: false }));
    expect(
      await run(
        consume(() => 'done', options),
        sqsRecord('m1'),
        500,
      ),
    ).toBe('acknowledged');
  });

  it('counts as a duplicate when that is learnt within the grace', async () => {
    const handler = consume(() => 'done', { deadlineMarginMs: 400 });
    await run(handler);
    const Item = [...fake().keys.values()][0] ?? {};
    fake()
      .dynamodb.on(PutItemCommand, { TableName: 'idempotency' })
      .callsFake(async () => {
        await sleep(250);
        throw new ConditionalCheckFailedException({ $metadata: {}, message: 'held', Item });
      });
    expect(await run(handler, sqsRecord('m1'), 600)).toBe('acknowledged');
  });

  it('frees its heal key at once when the handler minds the signal', async () => {
    await run(consume(mindful, options), sqsRecord('m1'), 600);
    expect(fake().statuses()).toEqual([]);
  });
});

describe('a handler that goes on after it was given up', () => {
  const options = { deadlineMarginMs: 200, backoff: { baseSeconds: 1, maxSeconds: 1 } };

  it('holds its heal key until the function’s timeout, and the message stays away as long', async () => {
    expect(
      await run(
        consume(() => sleep(5_000, undefined, { ref: false }), options),
        sqsRecord('m1'),
        600,
      ),
    ).toBe('returned');
    const [item] = [...fake().keys.values()];
    const work = vi.fn();
    expect(fake().hidden()).toEqual([['receipt-m1', 2]]);
    expect(Number(item?.in_progress_expiration?.N)).toBeGreaterThan(Date.now());
    expect(await run(consume(work), sqsRecord('m1', { receiveCount: 2 }))).toBe('returned');
    await sleep(Number(item?.in_progress_expiration?.N) - Date.now() + 20);
    expect(await run(consume(work), sqsRecord('m1', { receiveCount: 3 }))).toBe('acknowledged');
    expect(work).toHaveBeenCalledOnce();
  });

  it('completes its key when it succeeds after all, so that the next receive is a duplicate', async () => {
    expect(
      await run(
        consume(() => sleep(700), options),
        sqsRecord('m1'),
        600,
      ),
    ).toBe('returned');
    await sleep(350);
    expect(fake().statuses()).toEqual(['COMPLETED']);
  });

  it('leaves the key alone when it fails late, for it may be another run’s by then', async () => {
    const failsLate = async () => {
      await sleep(700);
      throw new Error('late');
    };
    expect(await run(consume(failsLate, options), sqsRecord('m1'), 600)).toBe('returned');
    await sleep(350);
    expect(fake().dynamodb.commandCalls(DeleteItemCommand)).toEqual([]);
  });

  it('never begins when its heal key came too late', async () => {
    fake()
      .dynamodb.on(PutItemCommand, { TableName: 'idempotency' })
      .callsFake(() => sleep(700, {}));
    const work = vi.fn();
    expect(await run(consume(work, options), sqsRecord('m1'), 600)).toBe('returned');
    await sleep(350);
    expect(work).not.toHaveBeenCalled();
  });
});
