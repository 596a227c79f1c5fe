import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchivePlace } from '../../handlers/aws/archive.ts';
import { lineageRow } from '../../handlers/aws/letter-row.ts';
import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { LETTER_FIXTURES } from '../core/letters.ts';
import { type Cloud, deadRecord, type Stack, startCloud, startStack } from './cloud.ts';

/** Letters that are no messages of the queue, or that hold one: where they end, and what is sent. */

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

async function heal(stack: Stack, ...records: object[]): Promise<void> {
  expect((await healBatch(stack.healer, { Records: records }, 30_000)).batchItemFailures).toEqual([]);
}

const fixture = (stack: Stack, name: string) => {
  const found = LETTER_FIXTURES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no letter ${name}`);
  return { body: '', ...found.record, eventSourceARN: stack.dlqArn };
};

describe('what can go nowhere', () => {
  it.each([
    ['eventbridge-pipes', 'points at records of a stream'],
    ['lambda-stream--dynamodb', 'points at records of a stream'],
    ['eventbridge-bus', 'does not hold the events'],
    ['eventbridge-scheduler--truncated', 'cut the payload'],
    ['lambda-destination--without-event', 'does not hold the event'],
    ['step-functions--without-input', 'does not hold the input'],
  ])('is archived whole with the reason and told of: %s', async (name, why) => {
    const stack = await startStack(cloud);
    await heal(stack, fixture(stack, name));
    const [row] = await stack.rows();
    expect(row).toMatchObject({ status: 'archived', returnTo: { kind: 'nowhere' } });
    expect(row?.reason).toContain(why);
    const record = JSON.parse(await stack.healer.archive.read(row?.archive as ArchivePlace));
    expect(record).toMatchObject({ body: fixture(stack, name).body, returnTo: { kind: 'nowhere' } });
    expect(await stack.sent()).toEqual([]);
    expect((await stack.alerts())[0]?.Message).toContain(why);
  });
});

describe('what belongs to another than the queue’s consumer', () => {
  it.each([
    ['eventbridge-rule', 'rule-target', 'function:shop-mailer'],
    ['eventbridge-scheduler', 'function', 'function:shop-nightly'],
    ['eventbridge-scheduler--state-machine', 'state-machine', 'stateMachine:nightly'],
    ['sns-subscription', 'topic-subscription', 'sns:eu-central-1:123456789012:orders'],
    ['lambda-async-dlq', 'function', 'the function that has this dead-letter queue'],
    ['lambda-destination', 'function', 'function:shop-orders'],
    ['step-functions', 'state-machine', 'stateMachine:crawl'],
    ['step-functions--no-object', 'state-machine', 'no JSON object'],
  ])('is never sent to the queue: %s', async (name, kind, where) => {
    const rule = { id: 'all', when: { source: name.split('--')[0] } as object, class: 'TIMEOUT' };
    const stack = await startStack(cloud, { policy: { rules: [rule] } });
    await heal(stack, fixture(stack, name));
    const [row] = await stack.rows();
    expect(row).toMatchObject({ status: 'waiting', releasedBy: 'person', returnTo: { kind } });
    expect(row?.reason).toContain(where);
    expect(await stack.sent()).toEqual([]);
  });
});

describe('an event of a function', () => {
  const REQUEST = 'e4b46cbf-b738-4880-8f40-000000000003';

  it.each([['lambda-destination'], ['lambda-async-dlq']])(
    'that was given back and dies again is known by its request: %s',
    async (name) => {
      const stack = await startStack(cloud);
      const { db, table } = stack.healer;
      const before = lineageRow(REQUEST, { originId: 'first-request', attempt: 2, group: 'g' }, Date.now());
      await db.send(new PutCommand({ TableName: table, Item: before }));
      await heal(stack, fixture(stack, name));
      expect(await stack.rows()).toMatchObject([{ originId: 'first-request', attempt: 2 }]);
    },
  );

  it('that its function’s DLQ got twice has one origin', async () => {
    const stack = await startStack(cloud);
    await heal(stack, fixture(stack, 'lambda-async-dlq'));
    await heal(stack, { ...fixture(stack, 'lambda-async-dlq'), messageId: '059f36b4-87a3-44ab-83d2-661900000099' });
    const rows = await stack.rows();
    expect(rows.map(({ originId }) => originId)).toEqual([REQUEST, REQUEST]);
    expect(rows.filter(({ sk }) => sk.includes('#twin#'))).toHaveLength(1);
  });
});

describe('a message in an application’s envelope', () => {
  const text = (stringValue: string) => ({
    stringValue,
    stringListValues: [],
    binaryListValues: [],
    dataType: 'String',
  });
  /** What a consumer makes of a message: nobody's mark is on the letter itself. */
  const envelope = (stack: Stack, id: string, message: object, error = 'gave up after 5400 ms') => ({
    ...deadRecord(stack.dlqArn, {
      id,
      body: JSON.stringify({
        errorType: 'TimeoutError',
        errorReason: error,
        failedAt: new Date().toISOString(),
        ...message,
      }),
    }),
    messageAttributes: { ErrorType: text('TimeoutError') },
  });
  const FIRST = '7f9d2a10-0001-4000-8000-000000000055';

  it('goes back without the envelope, as it was, and its heals are counted by the ids it had', async () => {
    const stack = await startStack(cloud);
    const originalMessage = '{"order_id": 9007199254740993}\n';
    let originalMessageId = FIRST;
    for (const attempt of [0, 1, 2]) {
      // The consumer keeps the attributes that it knows: the healer's mark is lost each time.
      const message = { originalMessage, originalAttributes: { tenant: text('t-1') }, originalMessageId };
      await heal(stack, envelope(stack, `e-${attempt}`, message));
      const [sent, ...more] = await stack.sent();
      expect(more).toEqual([]);
      expect(sent?.Body).toBe(originalMessage);
      expect(Object.keys(sent?.MessageAttributes ?? {}).sort()).toEqual(['dlq-healer', 'tenant']);
      originalMessageId = sent?.MessageId ?? '';
    }
    const last = { originalMessage, originalAttributes: {}, originalMessageId };
    await heal(stack, envelope(stack, 'e-3', last));
    expect(await stack.sent()).toEqual([]);
    expect((await stack.rows()).map(({ originId, attempt, status }) => [originId, attempt, status]).sort()).toEqual([
      [FIRST, 0, 'healed'],
      [FIRST, 1, 'healed'],
      [FIRST, 2, 'healed'],
      [FIRST, 3, 'archived'],
    ]);
  });

  it('that was wrapped twice (a consumer that died before it acknowledged) goes back once', async () => {
    const stack = await startStack(cloud);
    const message = { originalMessage: { id: 1 }, originalAttributes: {}, originalMessageId: FIRST };
    await heal(stack, envelope(stack, 'w-1', message));
    await heal(stack, envelope(stack, 'w-2', { ...message, failedAt: '2026-11-22T03:36:13Z' }));
    expect(await stack.sent()).toHaveLength(1);
    expect((await stack.rows()).map(({ status }) => status).sort()).toEqual(['duplicate', 'healed']);
  });

  it('that has to wait is released without the envelope, and its new id is known too', async () => {
    const stack = await startStack(cloud);
    const message = { originalMessage: 'late', originalAttributes: {}, originalMessageId: FIRST };
    const throttled = envelope(stack, 'd-1', { ...message, errorType: 'ThrottlingException' }, 'Rate exceeded');
    await healBatch({ ...stack.healer, random: () => 1, policy: slow(stack) }, { Records: [throttled] }, 30_000);
    stack.clock.now += 10 * 3600 * 1000;
    await govern(stack.healer, () => 60_000);
    const [sent] = await stack.sent();
    expect(sent?.Body).toBe('late');
    await heal(stack, envelope(stack, 'd-2', { ...message, originalMessageId: sent?.MessageId }));
    expect((await stack.rows()).map(({ originId, attempt }) => [originId, attempt]).sort()).toEqual([
      [FIRST, 0],
      [FIRST, 1],
    ]);
  });

  it.each([
    ['without its id', { originalAttributes: {} }, 'no originalMessageId'],
    ['with a business key for an id', { originalAttributes: {}, originalMessageId: 'order-7' }, 'no originalMessageId'],
    ['without its attributes', { originalMessageId: FIRST }, 'no originalAttributes'],
    [
      'with SQS’s own attributes',
      { originalMessageId: FIRST, originalAttributes: { SentTimestamp: '1' } },
      'no originalAttributes',
    ],
    [
      'with an attribute that is none',
      { originalMessageId: FIRST, originalAttributes: { x: [] } },
      'no originalAttributes',
    ],
  ])('%s waits for a person, who is told why', async (_, message, why) => {
    const stack = await startStack(cloud);
    await heal(stack, envelope(stack, 'u-1', { originalMessage: { id: 1 }, ...message }));
    const [row] = await stack.rows();
    expect(row).toMatchObject({ status: 'waiting', releasedBy: 'person' });
    expect(row?.reason).toContain(why);
    expect(await stack.sent()).toEqual([]);
  });

  it('of a queue that this stack does not manage waits for a person', async () => {
    const stack = await startStack(cloud);
    const message = {
      originalMessage: 'm',
      originalAttributes: {},
      originalMessageId: FIRST,
      originalQueue: 'stranger',
    };
    await heal(stack, envelope(stack, 'q-1', message));
    expect(await stack.rows()).toMatchObject([
      { status: 'waiting', reason: expect.stringContaining('no queue is known') },
    ]);
  });
});

/** The stack's policy with back-offs beyond what SQS can hold back, so that the letter is parked. */
function slow(stack: Stack) {
  const { policy } = stack.healer;
  const own = policy.queues.map((queue) => {
    const throttled = queue.classes.THROTTLED;
    if (throttled === undefined) throw new Error('the builder has no policy for THROTTLED');
    return { ...queue, classes: { ...queue.classes, THROTTLED: { ...throttled, baseDelaySeconds: 3600 } } };
  });
  return { ...policy, queues: own };
}
