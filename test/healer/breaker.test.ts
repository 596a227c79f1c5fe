import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeBreaker } from '../../handlers/aws/breakers.ts';
import { confirmedKey } from '../../handlers/aws/keys.ts';
import { held, released } from '../../handlers/core/group.ts';
import { DEFAULT_BREAKER } from '../../handlers/core/policy.ts';
import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { type Cloud, deadRecord, type Stack, startCloud, startStack } from './cloud.ts';

/** A dependency goes down and comes back, told in whole runs of the healer and the governor on the emulators. */

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

const DOWN = { errorType: 'PaymentError', message: '503 Service Unavailable', httpStatus: 503 };
const MINUTE = 60_000;
const breakerPolicy = { ...DEFAULT_BREAKER, relapses: 3, probes: 2, rampPerMinute: 2 };

const text = (stringValue: string) => ({ stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' });
const start = (over: Parameters<typeof startStack>[1] = {}) =>
  startStack(cloud, { ...over, policy: { breaker: breakerPolicy, ...over.policy } });

async function die(stack: Stack, letters: readonly (string | Mark)[], error: object = DOWN, system = {}) {
  const records = letters.map((one) => {
    const mark = typeof one === 'string' ? undefined : one;
    const id = mark === undefined ? (one as string) : `${mark.origin}-again-${mark.attempt}`;
    const attributes = mark === undefined ? {} : { 'dlq-healer': text(JSON.stringify(mark)) };
    return deadRecord(stack.dlqArn, { id, error, attributes, system });
  });
  const answer = await healBatch(stack.healer, { Records: records }, 30_000);
  expect(answer.batchItemFailures).toEqual([]);
}

type Mark = { v: 1; origin: string; attempt: number; group: string; round?: number; probe?: true };
const sentMarks = async (stack: Stack): Promise<Mark[]> =>
  (await stack.sent()).map(({ MessageAttributes }) =>
    JSON.parse(MessageAttributes?.['dlq-healer']?.StringValue ?? 'null'),
  );
const statuses = async (stack: Stack) =>
  Object.fromEntries((await stack.rows()).map(({ originId, attempt, status }) => [`${originId}.${attempt}`, status]));
const breakerState = async (stack: Stack) => ((await stack.groups())[0]?.breaker as { state?: string })?.state;
async function minutes(stack: Stack, n: number) {
  for (let i = 0; i < n; i++) {
    stack.clock.now += MINUTE;
    await govern(stack.healer, () => 60_000);
  }
}

/** Five letters were healed once and relapsed together: the breaker opens, and all five wait. */
async function openedStack(over: Parameters<typeof startStack>[1] = {}) {
  const stack = await start(over);
  await die(stack, ['a', 'b', 'c', 'd', 'e']);
  const marks = await sentMarks(stack);
  expect(marks).toHaveLength(5);
  await die(stack, marks);
  return stack;
}

describe('a dependency that is down', () => {
  it('opens the group’s breaker: the letters that opened it wait, those that come later too, and one alert says so', async () => {
    const stack = await openedStack();
    await die(stack, ['f']);
    expect(await sentMarks(stack)).toEqual([]);
    const all = await statuses(stack);
    expect(['a.1', 'b.1', 'e.1', 'f.0'].map((name) => all[name])).toEqual(['parked', 'parked', 'parked', 'parked']);
    expect(await breakerState(stack)).toBe('holding');
    await minutes(stack, 1);
    const alerts = await stack.alerts();
    expect(alerts.map(({ Message }) => Message)).toEqual([expect.stringContaining('breaker opened')]);
    expect((await stack.groups())[0]).not.toHaveProperty('expiresAt');
  });

  it('is tried with a canary after the cool-down; if that dies the rest stays, for twice as long', async () => {
    const stack = await openedStack();
    await minutes(stack, 1);
    expect(await sentMarks(stack)).toEqual([]);
    await minutes(stack, 1);
    const probes = await sentMarks(stack);
    expect(probes).toMatchObject([
      { attempt: 2, probe: true, round: 1 },
      { attempt: 2, probe: true, round: 1 },
    ]);
    expect(await breakerState(stack)).toBe('probing');
    await die(stack, probes);
    expect(await breakerState(stack)).toBe('holding');
    await minutes(stack, 3);
    expect(await sentMarks(stack)).toEqual([]);
    await minutes(stack, 1);
    expect(await sentMarks(stack)).toHaveLength(2);
  });

  it('that comes back: the canary is confirmed, the rest follows at a rate that doubles, and the breaker closes', async () => {
    const stack = await openedStack();
    await minutes(stack, 2);
    const probes = await sentMarks(stack);
    for (const { origin, attempt } of probes) {
      const Item = confirmedKey(`${origin}.${attempt}`);
      await cloud.db.send(new PutCommand({ TableName: stack.healer.table, Item }));
    }
    const waiting = async () => Object.values(await statuses(stack)).filter((status) => status === 'parked').length;
    expect(await waiting()).toBe(3);
    await minutes(stack, 1);
    expect((await sentMarks(stack))[0]).not.toHaveProperty('probe');
    expect(await waiting()).toBe(1); // the second is held back by SQS for half a minute
    await minutes(stack, 1);
    expect(await waiting()).toBe(0);
    await minutes(stack, 1);
    expect(await breakerState(stack)).toBe('healing');
    const all = await statuses(stack);
    expect(['a.1', 'b.1', 'c.1', 'd.1', 'e.1'].map((name) => all[name])).toEqual(Array(5).fill('healed'));
    await die(stack, ['g']);
    expect((await statuses(stack))['g.0']).toBe('healed');
  });

  it('without a kit that confirms is taken for healthy when the canary has not come back in its time', async () => {
    const stack = await openedStack();
    await minutes(stack, 2);
    await sentMarks(stack);
    await minutes(stack, 1);
    expect(await breakerState(stack)).toBe('probing');
    await minutes(stack, 2); // one receive of 30 s, and a minute of slack
    expect(await breakerState(stack)).toBe('ramping');
  });

  it('is not offered a letter of the canary again that it has refused for good, and the rest of the canary is judged in time', async () => {
    const stack = await openedStack();
    const offered: string[] = [];
    const send = async (command: object) => {
      if (!(command instanceof SendMessageBatchCommand)) return stack.healer.sqs.send(command as never);
      const [first, ...others] = command.input.Entries ?? [];
      offered.push(...(command.input.Entries ?? []).map(({ MessageBody = '' }) => MessageBody));
      const Failed = others.map(({ Id }) => ({ Id, Code: 'InvalidMessageContents', SenderFault: true }));
      return { Successful: [{ Id: first?.Id, MessageId: 'taken' }], Failed };
    };
    const choosy = { ...stack.healer, sqs: { send } as unknown as SQSClient };
    for (let minute = 0; minute < 3; minute++) {
      stack.clock.now += MINUTE;
      await govern(choosy, () => 60_000);
    }
    expect(offered).toHaveLength(2);
    await minutes(stack, 1);
    expect(await breakerState(stack)).toBe('ramping');
  });

  it('whose ramp fails is held again', async () => {
    const stack = await openedStack();
    await minutes(stack, 2);
    await sentMarks(stack);
    await minutes(stack, 3);
    const ramped = await sentMarks(stack);
    expect(ramped.length).toBeGreaterThan(0);
    await die(stack, ramped.slice(0, 1));
    expect(await breakerState(stack)).toBe('holding');
  });

  it('leaves no letter behind that was parked in the moment when the breaker closed', async () => {
    const stack = await openedStack();
    const [group] = await stack.groups();
    const name = { queueKey: stack.queue.key, group: String(group?.group), failureClass: 'DEPENDENCY_FAILURE' };
    // The healer reads that the breaker is open; before it writes, the governor has closed it.
    const close = stack.healer.claims.claim;
    const racing = {
      ...stack.healer,
      claims: {
        ...stack.healer.claims,
        claim: async (...args: Parameters<typeof close>) => {
          await changeBreaker(
            stack.healer,
            name,
            (await stack.groups())[0],
            (breaker) => ({ ...breaker, state: 'healing' }),
            () => ({ originId: '', status: 'parked', reason: '', error: '' }),
          );
          return close(...args);
        },
      },
    };
    const record = deadRecord(stack.dlqArn, { id: 'late', error: DOWN });
    await healBatch(racing, { Records: [record] }, 30_000);
    expect(await breakerState(stack)).toBe('holding');
    await minutes(stack, 1);
    expect((await sentMarks(stack)).length).toBeGreaterThan(0);
  });
});

describe('letters that wait for a person', () => {
  it('go when the person releases their group: canary first, and back into the lot if it dies', async () => {
    const stack = await start();
    const AUTH = { errorType: 'PaymentError', message: 'token expired', httpStatus: 401 };
    await die(stack, ['a', 'b', 'c'], AUTH);
    await minutes(stack, 5);
    expect(await sentMarks(stack)).toEqual([]);
    const [row] = await stack.groups();
    const name = { queueKey: stack.queue.key, group: String(row?.group), failureClass: 'AUTH_FAILURE' };
    const release = () =>
      stack.groups().then(([found]) =>
        changeBreaker(
          stack.healer,
          name,
          found,
          (breaker) => released(breaker, stack.clock.now),
          () => ({ originId: '', status: 'waiting', reason: '', error: '' }),
        ),
      );
    await release();
    await minutes(stack, 1);
    const probes = await sentMarks(stack);
    expect(probes).toHaveLength(2);
    await die(stack, probes, AUTH);
    await minutes(stack, 60);
    expect(await sentMarks(stack)).toEqual([]);
    expect(Object.values(await statuses(stack)).filter((status) => status === 'waiting')).toHaveLength(3);
  });
});

describe('a FIFO queue', () => {
  const fifo = { queue: { fifo: true }, policy: { healFifo: true } };
  const inLine = (id: string, group: string, n: number) => ({
    id,
    system: { MessageGroupId: group, SequenceNumber: String(n).padStart(20, '0') },
  });
  const TIMEOUT = { errorType: 'TimeoutError', message: 'gave up after 5400 ms' };

  it('that nobody allowed to heal sends nothing, however much time passes, until a person says so', async () => {
    const stack = await start({ queue: { fifo: true } });
    const records = ['x1', 'x2'].map((id, n) => deadRecord(stack.dlqArn, { ...inLine(id, 'x', n), error: TIMEOUT }));
    await healBatch(stack.healer, { Records: records }, 30_000);
    await minutes(stack, 10);
    expect(await sentMarks(stack)).toEqual([]);
    expect(await statuses(stack)).toEqual({ 'x1.0': 'waiting', 'x2.0': 'waiting' });
    const [found] = await stack.groups();
    await changeBreaker(
      stack.healer,
      { queueKey: stack.queue.key, group: String(found?.group), failureClass: 'TIMEOUT' },
      found,
      (breaker) => released(breaker, stack.clock.now),
      () => ({ originId: '', status: 'waiting', reason: '', error: '' }),
    );
    await minutes(stack, 1);
    expect((await sentMarks(stack)).map(({ origin }) => origin)).toEqual(['x1', 'x2']);
  });

  it('keeps the order within a message group, however long the delay of each letter is', async () => {
    const stack = await start(fifo);
    const delays = [1, 0.1, 0.7, 0];
    let drawn = 0;
    const healer = { ...stack.healer, random: () => delays[drawn++ % delays.length] ?? 0 };
    const ids = ['x1', 'x2', 'y1', 'x3', 'x4', 'y2'];
    const records = ids.map((id, n) =>
      deadRecord(stack.dlqArn, { ...inLine(id, id.slice(0, 1), n), error: n % 2 === 0 ? TIMEOUT : DOWN }),
    );
    await healBatch(healer, { Records: records.slice(0, 4) }, 30_000);
    await healBatch(healer, { Records: records.slice(4) }, 30_000);
    stack.clock.now += 3600_000;
    await govern(healer, () => 60_000);
    const origins = (await sentMarks(stack)).map(({ origin }) => origin);
    expect(origins.filter((id) => id.startsWith('x'))).toEqual(['x1', 'x2', 'x3', 'x4']);
    expect(origins.filter((id) => id.startsWith('y'))).toEqual(['y1', 'y2']);
  });

  it('lets nobody pass a letter of his message group that has to stay', async () => {
    const stack = await start(fifo);
    const ids = ['x1', 'x2', 'x3'];
    const records = ids.map((id, n) => deadRecord(stack.dlqArn, { ...inLine(id, 'x', n), error: TIMEOUT }));
    await healBatch(stack.healer, { Records: records }, 30_000);
    stack.clock.now += 3600_000;
    stack.faults((call) => {
      const body = call.body.toString();
      return call.action === 'SendMessageBatch' && body.includes('x2')
        ? { kind: 'fail', status: 400, code: 'ServiceUnavailable' }
        : { kind: 'pass' };
    });
    await govern(stack.healer, () => 60_000).catch(() => undefined);
    expect((await sentMarks(stack)).map(({ origin }) => origin)).toEqual(['x1']);
    stack.faults(undefined);
    stack.clock.now += MINUTE;
    await govern(stack.healer, () => 60_000);
    expect((await sentMarks(stack)).map(({ origin }) => origin)).toEqual(['x2', 'x3']);
  });

  it('sends those who are due although behind them in their message group stands a letter that is held', async () => {
    const stack = await start(fifo);
    const records = [
      deadRecord(stack.dlqArn, { ...inLine('x1', 'x', 1), error: TIMEOUT }),
      deadRecord(stack.dlqArn, { ...inLine('x2', 'x', 2), error: DOWN }),
    ];
    await healBatch(stack.healer, { Records: records }, 30_000);
    const [down] = (await stack.groups()).filter(({ failureClass }) => failureClass === 'DEPENDENCY_FAILURE');
    const name = { queueKey: stack.queue.key, group: String(down?.group), failureClass: 'DEPENDENCY_FAILURE' };
    const sample = { originId: '', status: 'parked', reason: '', error: '' } as const;
    await changeBreaker(
      stack.healer,
      name,
      down,
      (breaker) => held(breaker, stack.clock.now),
      () => sample,
    );
    stack.clock.now += 3600_000;
    await govern(stack.healer, () => 60_000);
    expect((await sentMarks(stack)).map(({ origin }) => origin)).toEqual(['x1']);
  });

  it('parks nobody before a letter of his message group that goes back to the DLQ', async () => {
    const stack = await start(fifo);
    const ids = ['x1', 'x2', 'y1'];
    const records = ids.map((id, n) => deadRecord(stack.dlqArn, { ...inLine(id, id.slice(0, 1), n), error: TIMEOUT }));
    // A run that died holds the claim of the first for a while.
    const { claims } = stack.healer;
    const busy = { ...claims, claim: async (key: string, ms: number) => !key.includes('x1') && claims.claim(key, ms) };
    const answer = await healBatch({ ...stack.healer, claims: busy }, { Records: records }, 30_000);
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['x1', 'x2']);
    expect(await statuses(stack)).toEqual({ 'y1.0': 'parked' });
    await healBatch(stack.healer, { Records: records.slice(0, 2) }, 30_000);
    stack.clock.now += 3600_000;
    await govern(stack.healer, () => 60_000);
    const origins = (await sentMarks(stack)).map(({ origin }) => origin);
    expect(origins.filter((id) => id.startsWith('x'))).toEqual(['x1', 'x2']);
  });

  it('sends no canary past a letter of another group that stands before it in its message group', async () => {
    const stack = await start(fifo);
    // Behind one that timed out and is due in a minute stands one whose dependency is down.
    const healer = { ...stack.healer, random: () => 1 };
    const waiting = [
      deadRecord(stack.dlqArn, { ...inLine('x1', 'x', 1), error: TIMEOUT }),
      deadRecord(stack.dlqArn, { ...inLine('x2', 'x', 2), error: DOWN }),
    ];
    await healBatch(healer, { Records: waiting }, 30_000);
    const [down] = (await stack.groups()).filter(({ failureClass }) => failureClass === 'DEPENDENCY_FAILURE');
    const name = { queueKey: stack.queue.key, group: String(down?.group), failureClass: 'DEPENDENCY_FAILURE' };
    const sample = { originId: '', status: 'parked', reason: '', error: '' } as const;
    await changeBreaker(
      stack.healer,
      name,
      down,
      (breaker) => released(breaker, stack.clock.now),
      () => sample,
    );
    stack.clock.now += MINUTE / 2;
    await govern(stack.healer, () => 60_000);
    expect(await sentMarks(stack)).toEqual([]);
    await minutes(stack, 2);
    expect((await sentMarks(stack)).map(({ origin }) => origin)).toEqual(['x1', 'x2']);
  });
});
