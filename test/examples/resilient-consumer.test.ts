import { TaskCancelledError } from 'cockatiel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dependency, type Limits } from '../../examples/resilient-consumer/consumer/dependency.ts';
import { isOutage, isTransient, judge, PATIENCE, spread } from '../../examples/resilient-consumer/consumer/failures.ts';
import { planFor } from '../../examples/resilient-consumer/consumer/plan.ts';
import { ServiceError } from '../../examples/resilient-consumer/consumer/service.ts';
import { readMessage } from '../../handlers/aws/records.ts';
import { classify } from '../../handlers/core/classify.ts';
import { evidenceOf } from '../../handlers/core/evidence/evidence-of.ts';
import { describeError } from '../../kit/describe-error.ts';
import { type Level, PermanentError, RetryableError } from '../../kit/index.ts';

const refused = (status: number, retryAfterSeconds?: number) =>
  new ServiceError('payments', {
    status,
    message: `${status} said no`,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
const of = (status: number) =>
  Object.assign(new Error('no'), { $fault: 'server', $metadata: { httpStatusCode: status } });

describe('a failure', () => {
  it.each([
    [refused(503), true, true],
    [refused(500), true, true],
    [refused(408), true, true],
    [new TaskCancelledError('timed out'), true, true],
    [of(500), true, true],
    [Object.assign(new Error('no'), { $retryable: { throttling: true } }), true, true],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), true, true],
    [refused(429), true, false],
    [refused(422), false, false],
    [refused(401), false, false],
    [new TypeError('undefined is not a function'), false, false],
    ['a text', false, false],
    [undefined, false, false],
  ])('%s passes: %s; says that the service is down: %s', (error, transient, outage) => {
    expect([isTransient(error), isOutage(error)]).toEqual([transient, outage]);
  });

  const first = { receiveCount: 1 };

  it('that passes is left to the kit’s back-off', () => {
    for (const error of [refused(503), new TaskCancelledError(), of(500)]) expect(judge(error, first, 0)).toBe(error);
  });

  it('that says when to come back is obeyed, with jitter', () => {
    expect([0, 0.999].map((random) => (judge(refused(429, 4), first, random) as RetryableError).delaySeconds)).toEqual([
      4, 6,
    ]);
    expect(judge(refused(429), first, 0)).toBeInstanceOf(ServiceError);
  });

  it('that no retry helps is permanent at once, with the status in the evidence', () => {
    const judged = judge(refused(422), first, 0);
    expect(judged).toBeInstanceOf(PermanentError);
    expect(describeError(judged)).toMatchObject({
      errorType: 'ServiceError',
      httpStatus: 422,
      message: 'payments answered 422 said no',
    });
  });

  it('that nobody foresaw is permanent after some receives, with its own name and stack', () => {
    const bug = new TypeError("Cannot read properties of undefined (reading 'street')");
    expect(judge(bug, { receiveCount: PATIENCE - 1 }, 0)).toBe(bug);
    const judged = judge(bug, { receiveCount: PATIENCE }, 0);
    expect(judged).toBeInstanceOf(PermanentError);
    expect(describeError(judged)).toEqual(describeError(bug));
  });

  it('that is judged already stays as it is', () => {
    for (const error of [new PermanentError('no'), new RetryableError('later')])
      expect(judge(error, { receiveCount: 9 }, 0)).toBe(error);
  });

  it('is spread over half of its time more, and at least a second', () => {
    expect([spread(10, 0), spread(10, 0.5), spread(10, 0.999), spread(0, 0), spread(-3, 1)]).toEqual([
      10, 13, 15, 1, 1,
    ]);
  });
});

describe('the plan for an order', () => {
  const early = { receiveCount: 1, maxReceiveCount: 20 };
  const kindAt = (level: Level, urgent: boolean, message: { receiveCount: number; maxReceiveCount?: number }) => {
    const plan = planFor(level, { urgent }, message, 0);
    return plan.kind === 'work' ? `work ${plan.recommend}` : `put off ${plan.delaySeconds}`;
  };

  it.each<[Level, string, string]>([
    [0, 'work true', 'work true'],
    [1, 'work false', 'work false'],
    [2, 'work false', 'work false'],
    [3, 'put off 4', 'work false'],
    [4, 'put off 4', 'work false'],
  ])('at level %i: %s; if it is urgent: %s', (level, ordinary, urgent) => {
    expect([kindAt(level, false, early), kindAt(level, true, early)]).toEqual([ordinary, urgent]);
  });

  it('never puts off so long that an order dies of it', () => {
    expect(kindAt(3, false, { receiveCount: 15, maxReceiveCount: 20 })).toBe('put off 4');
    expect(kindAt(3, false, { receiveCount: 16, maxReceiveCount: 20 })).toBe('work false');
    expect(kindAt(3, false, { receiveCount: 900 })).toBe('put off 4');
  });
});

describe('a service behind a breaker', () => {
  const LIMITS: Limits = { timeoutMs: 1_000, failures: 3, openMs: 4_000 };
  const { signal } = new AbortController();
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function behind(limits = LIMITS) {
    const told: string[] = [];
    const { ask } = dependency('payments', limits, (what) => told.push(what));
    const service = vi.fn((_: AbortSignal): Promise<string> => Promise.reject(refused(503)));
    return { told, service, ask: () => ask(service, signal).catch((error: unknown) => error) };
  }

  it('is left alone after three failures in a row, and the messages are told when to come back', async () => {
    const { told, service, ask } = behind();
    for (const _ of [1, 2, 3]) expect(await ask()).toBeInstanceOf(ServiceError);
    expect(told).toEqual(['payments: breaker opened']);
    vi.advanceTimersByTime(1_000);
    const away = (await ask()) as RetryableError;
    expect(away).toBeInstanceOf(RetryableError);
    expect(away.delaySeconds).toBeGreaterThanOrEqual(3);
    expect(away.delaySeconds).toBeLessThanOrEqual(5);
    expect(service).toHaveBeenCalledTimes(3);
  });

  it('is tried by one call when the time is up, and by all when that one lived', async () => {
    const { told, service, ask } = behind();
    for (const _ of [1, 2, 3]) await ask();
    vi.advanceTimersByTime(4_000);
    expect(await ask()).toBeInstanceOf(ServiceError);
    expect(await ask()).toBeInstanceOf(RetryableError);
    expect(service).toHaveBeenCalledTimes(4);
    vi.advanceTimersByTime(4_000);
    service.mockResolvedValue('receipt');
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['receipt', 'receipt', 'receipt']);
    expect(told.at(-1)).toBe('payments: breaker closed');
  });

  it('counts an answer that does not come, and lets go of it', async () => {
    const { told, service, ask } = behind();
    service.mockReturnValue(new Promise(() => undefined));
    for (const _ of [1, 2, 3]) {
      const asked = ask();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await asked).toBeInstanceOf(TaskCancelledError);
    }
    expect(told).toEqual(['payments: breaker opened']);
    expect(service.mock.calls.every(([abort]) => abort.aborted)).toBe(true);
  });

  it('is not left alone for orders that it refuses, nor for being throttled', async () => {
    const { told, service, ask } = behind();
    for (const status of [422, 422, 422, 401, 429, 429, 429, 429]) {
      service.mockRejectedValueOnce(refused(status));
      await ask();
    }
    expect(told).toEqual([]);
  });

  it('is asked every time without a breaker', async () => {
    const { service, ask } = behind({ ...LIMITS, failures: 0 });
    for (let times = 0; times < 10; times++) expect(await ask()).toBeInstanceOf(ServiceError);
    expect(service).toHaveBeenCalledTimes(10);
  });

  it.each([
    ['answered 503', () => Promise.reject(refused(503)), 'DEPENDENCY_FAILURE'],
    ['did not answer', () => new Promise<string>(() => undefined), 'TIMEOUT'],
  ])('that %s is what a message died of that met the open breaker at its last receive', async (_, call, expected) => {
    const { service, ask } = behind();
    service.mockImplementation(call);
    for (const _ of [1, 2, 3]) {
      const asked = ask();
      await vi.advanceTimersByTimeAsync(1_000);
      await asked;
    }
    const { errorType, message, ...rest } = describeError(await ask());
    const evidence = JSON.stringify({ v: 1, origin: 'm', attempt: 0, queueArn: 'arn', errorType, message, ...rest });
    const read = readMessage(
      {
        MessageId: 'm',
        Body: '{}',
        MessageAttributes: { 'dlq-evidence': { DataType: 'String', StringValue: evidence } },
      },
      'arn',
    );
    if (!('letter' in read)) throw new Error(read.unreadable);
    expect(classify(evidenceOf(read.letter).evidence, read.letter, { rules: [], queue: 'orders' }).failureClass).toBe(
      expected,
    );
  });
});
