import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CLASSES } from '../../handlers/core/policy.ts';
import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { type Cloud, deadRecord, type Stack, startCloud, startStack } from './cloud.ts';
import { emitted } from './emitted.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

const THROTTLED = { errorType: 'TooManyRequestsException', message: 'Rate exceeded', httpStatus: 429 };
/** Delays of hours, so that every heal goes through the parking lot. */
const LONG = {
  ...DEFAULT_CLASSES,
  THROTTLED: { ...DEFAULT_CLASSES.THROTTLED, baseDelaySeconds: 7200, maxDelaySeconds: 7200 },
};
const HOURS = 3600_000;

const run = (stack: Stack) => govern(stack.healer, () => 60_000);

async function parkedStack(ids: readonly string[], over: Parameters<typeof startStack>[1] = {}): Promise<Stack> {
  const stack = await startStack(cloud, { ...over, queue: { classes: LONG, ...over.queue } });
  const healer = { ...stack.healer, random: () => 1 };
  const records = ids.map((id) =>
    deadRecord(stack.dlqArn, { id, error: THROTTLED, attributes: TENANT, system: { MessageGroupId: 'g-1' } }),
  );
  expect((await healBatch(healer, { Records: records }, 30_000)).batchItemFailures).toEqual([]);
  return stack;
}

const TENANT = { tenant: { stringValue: 't', stringListValues: [], binaryListValues: [], dataType: 'String.tenant' } };

describe('letters that are parked until a time', () => {
  it('stay until it has come, then go back as they were under the heal key they were parked with', async () => {
    const stack = await parkedStack(['m-1']);
    expect(await stack.rows()).toMatchObject([
      { status: 'parked', dueAt: new Date(stack.clock.now + 2 * HOURS).toISOString() },
    ]);
    stack.clock.now += 2 * HOURS - 1000;
    await run(stack);
    expect((await stack.rows())[0]?.status).toBe('parked');
    stack.clock.now += 1000;
    await run(stack);
    const [sent] = await stack.sent();
    expect(sent?.Body).toBe('{"order_id":"m-1"}');
    expect(Object.keys(sent?.MessageAttributes ?? {}).sort()).toEqual(['dlq-healer', 'tenant']);
    expect(sent?.MessageAttributes?.tenant?.DataType).toBe('String.tenant');
    expect(JSON.parse(sent?.MessageAttributes?.['dlq-healer']?.StringValue ?? '')).toMatchObject({
      origin: 'm-1',
      attempt: 1,
    });
    const [row] = await stack.rows();
    expect(row).toMatchObject({ status: 'healed', healKey: 'm-1.1', healedMessageId: sent?.MessageId });
    expect(row).not.toHaveProperty('dueKey');
  });

  it('are released all of them, more than one batch takes, and each once', async () => {
    const ids = Array.from({ length: 43 }, (_, i) => `n-${i}`);
    const stack = await parkedStack(ids);
    stack.clock.now += 3 * HOURS;
    await run(stack);
    expect((await stack.rows()).map(({ status }) => status)).toEqual(ids.map(() => 'healed'));
    await run(stack);
    const origins = (await stack.sent()).map(({ Body }) => JSON.parse(Body ?? '{}').order_id);
    expect(origins.sort()).toEqual([...ids].sort());
  });

  it('without room for the mark are known again by their new message id', async () => {
    const stack = await startStack(cloud, { queue: { classes: LONG } });
    const full = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a${i}`, TENANT.tenant]));
    const record = { ...deadRecord(stack.dlqArn, { id: 'l-1' }), messageAttributes: full };
    const evidence = JSON.stringify({ v: 1, origin: 'l-1', attempt: 0, ...THROTTLED });
    const known = { pk: 'message#l-1', sk: 'failure', evidence };
    await cloud.db.send(new PutCommand({ TableName: stack.healer.table, Item: known }));
    await healBatch({ ...stack.healer, random: () => 1 }, { Records: [record] }, 30_000);
    stack.clock.now += 3 * HOURS;
    await run(stack);
    const [sent] = await stack.sent();
    expect(Object.keys(sent?.MessageAttributes ?? {})).toHaveLength(10);
    await healBatch(stack.healer, { Records: [{ ...record, messageId: sent?.MessageId }] }, 30_000);
    const attempts = (await stack.rows()).map(({ originId, attempt }) => [originId, attempt]);
    expect(attempts.sort()).toEqual([
      ['l-1', 0],
      ['l-1', 1],
    ]);
  });

  it('that their queue will never take wait for a person, who is told', async () => {
    const stack = await parkedStack(['x-1']);
    const Attributes = { MaximumMessageSize: '1024' };
    await cloud.sqs.send(new SetQueueAttributesCommand({ QueueUrl: stack.sourceUrl, Attributes }));
    const large = deadRecord(stack.dlqArn, { id: 'x-2', error: THROTTLED, body: 'x'.repeat(2000) });
    await healBatch({ ...stack.healer, random: () => 1 }, { Records: [large] }, 30_000);
    stack.clock.now += 3 * HOURS;
    await run(stack);
    const statuses = Object.fromEntries((await stack.rows()).map(({ originId, status }) => [originId, status]));
    expect(statuses).toEqual({ 'x-1': 'healed', 'x-2': 'waiting' });
    expect((await stack.alerts()).map(({ Message }) => Message)).toEqual([
      expect.stringContaining('its target refused it'),
    ]);
  });

  it('of a FIFO queue that may be healed go back in their group with the heal key as deduplication id', async () => {
    const stack = await parkedStack(['f-1'], { queue: { fifo: true }, policy: { healFifo: true } });
    stack.clock.now += 3 * HOURS;
    await run(stack);
    expect((await stack.sent())[0]?.Attributes).toMatchObject({
      MessageGroupId: 'g-1',
      MessageDeduplicationId: 'f-1.1',
    });
  });

  it('stay parked while the stack is paused', async () => {
    const stack = await parkedStack(['p-1']);
    stack.clock.now += 3 * HOURS;
    await govern({ ...stack.healer, mode: 'pause' }, () => 60_000);
    expect((await stack.rows())[0]?.status).toBe('parked');
  });

  it('stay parked when the function’s time is nearly up', async () => {
    const stack = await parkedStack(['q-1']);
    stack.clock.now += 3 * HOURS;
    await govern(stack.healer, () => 9_000);
    expect((await stack.rows())[0]?.status).toBe('parked');
  });

  it.each([
    ['the archive', 'GetObject'],
    ['the queue', 'SendMessageBatch'],
    ['the lease', 'UpdateItem'],
  ])('stay parked and due when %s refuses, say so, and go with the next run', async (_, action) => {
    const stack = await parkedStack(['r-1']);
    stack.clock.now += 3 * HOURS;
    stack.faults((call) =>
      call.action === action ? { kind: 'fail', status: 400, code: 'AccessDenied' } : { kind: 'pass' },
    );
    await expect(run(stack)).rejects.toThrow('the governor failed at 1 task');
    expect((await stack.rows())[0]).toMatchObject({ status: 'parked', dueKey: `due#${stack.queue.key}` });
    stack.faults(undefined);
    await run(stack);
    expect(await stack.sent()).toHaveLength(1);
  });
});

describe('a governor that dies at any of its calls', () => {
  it('leaves letters that the next run sends under the same key', async () => {
    const count = await callsOf(await parkedStack(['c-0']));
    for (let n = 0; n < count; n++) {
      const stack = await parkedStack([`c-${n}`]);
      stack.clock.now += 3 * HOURS;
      let seen = 0;
      stack.faults(() => {
        seen += 1;
        if (seen - 1 < n) return { kind: 'pass' };
        return seen - 1 === n ? { kind: 'drop-after-forward' } : { kind: 'fail', status: 400, code: 'ProcessIsDead' };
      });
      await run(stack).catch(() => undefined);
      stack.faults(undefined);
      stack.clock.now += 91_000; // the dead run's lease is over
      await run(stack);
      const keys = (await stack.sent()).map(({ MessageAttributes }) =>
        JSON.parse(MessageAttributes?.['dlq-healer']?.StringValue ?? '{}'),
      );
      expect(new Set(keys.map(({ origin, attempt }) => `${origin}.${attempt}`)), `call ${n}`).toEqual(
        new Set([`c-${n}.1`]),
      );
      expect((await stack.rows())[0]?.status, `call ${n}`).toBe('healed');
    }
  });
});

async function callsOf(stack: Stack): Promise<number> {
  stack.clock.now += 3 * HOURS;
  let count = 0;
  stack.faults(() => {
    count += 1;
    return { kind: 'pass' };
  });
  await run(stack);
  stack.faults(undefined);
  return count;
}

describe('alerts that no healer sent', () => {
  it('go out with the count of what came while the window was open, and then no more', async () => {
    const stack = await startStack(cloud);
    for (const id of ['a1', 'a2', 'a3'])
      await healBatch(stack.healer, { Records: [deadRecord(stack.dlqArn, { id })] }, 30_000);
    expect(await stack.alerts()).toHaveLength(1);
    await run(stack);
    expect(await stack.alerts()).toHaveLength(0);
    stack.clock.now += 901_000;
    await run(stack);
    await run(stack);
    const alerts = await stack.alerts();
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.Message).toContain('2 letters');
    stack.clock.now += 901_000;
    await run(stack);
    expect(await stack.alerts()).toHaveLength(0);
    expect((await stack.groups())[0]).not.toHaveProperty('dueKey');
  });

  it('because its sender died are sent by the governor once the sender’s lease is over', async () => {
    const stack = await startStack(cloud);
    stack.faults((call) =>
      call.action === 'Publish' ? { kind: 'fail', status: 400, code: 'ProcessIsDead' } : { kind: 'pass' },
    );
    await healBatch(stack.healer, { Records: [deadRecord(stack.dlqArn, { id: 'b1' })] }, 30_000);
    stack.faults(undefined);
    await run(stack);
    expect(await stack.alerts()).toHaveLength(0);
    stack.clock.now += 61_000;
    await run(stack);
    expect(await stack.alerts()).toHaveLength(1);
  });
});

describe('gauges', () => {
  it('count the letters that wait for a person, and how long the oldest has', async () => {
    const stack = await startStack(cloud);
    await healBatch(stack.healer, { Records: ['g1', 'g2'].map((id) => deadRecord(stack.dlqArn, { id })) }, 30_000);
    stack.clock.now += 120_000;
    const lines = await emitted(() => run(stack));
    expect(lines.find((line) => line.queue === stack.queue.key && 'LettersWaiting' in line)).toMatchObject({
      LettersWaiting: 2,
      OldestWaitingSeconds: 120,
      stack: 'shop',
    });
  });
});
