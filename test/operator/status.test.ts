import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countByStatus, waitsByGroup } from '../../cli/look/ledger-counts.ts';
import { pinLevel, setPaused, writeLevel } from '../../handlers/aws/control.ts';
import { dlqOnTerminal } from '../cli/dlq.ts';
import { expectGolden } from './golden.ts';
import { AUTH, BUG, DOWN, die, INVALID, putMetric, refused, relapse, untold, untoldOptions } from './looked.ts';
import {
  answerOf,
  createQueue,
  type Operated,
  type OperatedStack,
  operatedStack,
  redriveTo,
  startOperated,
} from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

const send = (QueueUrl: string, delays: readonly number[]) =>
  operated.cloud.sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: delays.map((DelaySeconds, i) => ({ Id: String(i), MessageBody: 'x', DelaySeconds })),
    }),
  );
const nameOf = (url: string) => url.split('/').at(-1) ?? '';
const status = (stack: OperatedStack, ...more: string[]) => operated.dlq(['status', '--stack', stack.name, ...more]);

/** A queue in trouble: letters wait, groups are held, the level is up. */
async function troubled(): Promise<OperatedStack> {
  const { cloud } = operated;
  const tier = await createQueue(cloud, 'orders-retry-1');
  const stack = await operatedStack(operated, { queue: { tierArns: [tier.arn] } });
  await die(stack, [
    ...['w1', 'w2'].map((id) => ({ id, error: AUTH })),
    { id: 'b1', error: BUG },
    { id: 'p1', error: INVALID },
  ]);
  await relapse(stack, ['d1', 'd2', 'd3', 'd4', 'd5'], DOWN);
  await send(stack.sourceUrl, [0, 0, 600]);
  await send(tier.url, [0]);
  const state = {
    level: 2 as const,
    since: Date.now(),
    because: 'error rate 0.13 ≥ 0.1',
    signal: 'errorRate' as const,
  };
  await writeLevel(cloud.db, stack.tables.ledger, 'orders', state, 0);
  const its = { stack: stack.name, queue: 'orders' };
  const put = (namespace: string, name: string, dimensions: Record<string, string>, values: [number, number][]) =>
    putMetric(operated, namespace, name, dimensions, values);
  await put('DlqHealer', 'LettersArrived', its, [
    [2, 9],
    [50, 5],
    [70, 100],
  ]);
  await put('DlqHealer', 'LettersHealed', its, [
    [2, 4],
    [3, 1],
  ]);
  await put('DlqHealer', 'LettersHealed', { ...its, class: 'TIMEOUT' }, [[2, 4]]);
  await put('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: nameOf(stack.sourceUrl) }, [[2, 330]]);
  // Of a queue that is empty by now.
  await put('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: nameOf(stack.dlqUrl) }, [[30, 4000]]);
  return stack;
}

const count = (n: number) => ({ count: n, more: false });

describe('status', () => {
  it('says first what is wrong, and then how every queue stands', async () => {
    const stack = await troubled();
    const ran = await status(stack);
    expect(ran).toMatchObject({ code: 0, err: '' });
    await expectGolden('status.txt', ran.out.replaceAll(stack.name, 'shop-prod'));
    const narrow = await operated.dlq(['status', '--stack', stack.name], { env: { COLUMNS: '50' } });
    const [, ...narrowed] = narrow.out.split('\n').filter((line) => !line.includes('dlq '));
    expect(Math.max(...narrowed.map((line) => line.length))).toBeLessThanOrEqual(50);
    const colourful = await dlqOnTerminal(60, ['status', '--stack', stack.name], { env: operated.env });
    const lines = [
      '3 letters wait for a person or a deploy; 3 groups',
      'are held; level 2 moderate (error rate 0.13 ≥ 0.1)',
    ];
    const red = lines.map((line) => `\x1b[31m${line}\x1b[39m`);
    expect(colourful.out).toContain(`  orders  ${red.join('\n          ')}\n`);
    const document = answerOf(await status(stack, '--json'));
    expect(untold(document)).toEqual([]);
    expect(document).toMatchObject({
      ...{ version: 1, stack: stack.name, region: 'eu-central-1', mode: 'heal', paused: false, unread: [] },
      queues: [
        {
          queue: 'orders',
          verdict: { state: 'trouble', next: `dlq groups --stack ${stack.name} --queue orders` },
          messages: [
            { role: 'source', name: nameOf(stack.sourceUrl), visible: 2, inFlight: 0, delayed: 1, oldestSeconds: 330 },
            { role: 'tier', name: 'orders-retry-1', visible: 1, oldestSeconds: null },
            { role: 'dlq', name: nameOf(stack.dlqUrl), visible: 0, oldestSeconds: null },
          ],
          lastHour: { arrived: 14, healed: 5 },
          letters: { waiting: count(3), parked: count(5), archived: count(1), quarantined: count(0) },
          groups: { count: 3, more: false, holding: 3, probing: 0, ramping: 0 },
          level: { level: 2, name: 'moderate', because: 'error rate 0.13 ≥ 0.1', pinned: false, measured: 2 },
        },
      ],
    });
    expect(await untoldOptions(operated, 'status')).toEqual([]);
  });

  it('of a queue at ease says so', async () => {
    const stack = await operatedStack(operated);
    const { queues } = answerOf<{ queues: object[] }>(await status(stack, '--json'));
    expect(queues).toMatchObject([
      { verdict: { state: 'ok', words: '', next: null }, level: { level: 0, since: null }, lastHour: { arrived: 0 } },
    ]);
    expect((await status(stack)).out).toContain('  orders  nothing waits for anybody\n');
  });

  it('tells of a pause, of a mode that does not heal, and of a pinned level', async () => {
    const stack = await operatedStack(operated, { mode: 'observe' });
    expect((await status(stack)).out).toContain(`all     stack ${stack.name} is in mode observe: nothing is touched`);
    await setPaused(operated.cloud.db, stack.tables.ledger, true);
    await pinLevel(operated.cloud.db, stack.tables.ledger, 'orders', 3);
    const { out } = await status(stack);
    expect(out).toContain(`is paused: nothing is healed or released\n          dlq resume --stack ${stack.name}\n`);
    expect(out).toContain('orders  level 3 severe (a person pinned it, and the governor’s is 0 normal)');
    const { queues } = answerOf<{ queues: object[] }>(await status(stack, '--json'));
    expect(queues).toMatchObject([{ level: { level: 3, pinned: true, measured: 0 } }]);
  });

  it('tells of letters that a healer leaves in the DLQ', async () => {
    const stack = await operatedStack(operated);
    await send(stack.dlqUrl, [0, 0]);
    expect((await status(stack)).out).toContain(
      `orders  2 letters lie in the DLQ, and the healer took none within the hour\n          dlq peek --stack ${stack.name} --queue orders\n`,
    );
  });
});

describe('status without a permission', () => {
  it('for CloudWatch shows all but its numbers', async () => {
    const stack = await operatedStack(operated);
    const ran = await refused(operated, ['cloudwatch:GetMetricData'], () => status(stack));
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/^dlq: not everything could be read \(metrics\): .*may not cloudwatch:GetMetricData/);
    expect(ran.out).toContain('orders  not everything could be read');
    expect(ran.out).toMatch(/source +0 visible, 0 in flight/);
    expect(ran.out).toMatch(/last hour +not read/);
    expect(ran.out).toMatch(/letters +0 waiting/);
  });

  it('for queues and index shows the rest, and tells of each cause once', async () => {
    const stack = await operatedStack(operated);
    const actions = ['sqs:GetQueueAttributes', 'dynamodb:Query'];
    const ran = await refused(operated, actions, () => status(stack, '--json'));
    const document = answerOf<{ unread: object[] }>(ran, 1);
    expect(document).toMatchObject({
      paused: false,
      queues: [
        {
          verdict: { state: 'unknown' },
          messages: [
            { role: 'source', visible: null },
            { role: 'dlq', visible: null },
          ],
          letters: { waiting: null, parked: null, archived: null, quarantined: null },
          groups: null,
          lastHour: { arrived: 0, healed: 0 },
          level: { level: 0 },
        },
      ],
    });
    expect(document.unread).toHaveLength(7);
    expect(ran.err.match(/may not dynamodb:Query/g)).toHaveLength(1);
    expect(ran.err.match(/may not sqs:GetQueueAttributes/g)).toHaveLength(2);
  });
});

describe('status of a queue without a stack', () => {
  it('shows the depths of the DLQ and of all its sources', async () => {
    const { cloud } = operated;
    const legacy = await createQueue(cloud, 'legacy-dlq');
    for (const name of ['legacy-a', 'legacy-b']) {
      const source = await createQueue(cloud, name);
      await redriveTo(cloud, source.url, legacy.arn);
      await send(source.url, [0]);
    }
    await send(legacy.url, [0, 0, 0]);
    const ran = await operated.dlq(['status', '--dlq', 'legacy-dlq']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    await expectGolden('status-unmanaged.txt', ran.out);
    const document = answerOf(await operated.dlq(['status', '--dlq', legacy.url, '--json']));
    expect(document).toMatchObject({
      ...{ stack: null, mode: null, paused: null },
      queues: [
        {
          queue: 'legacy-dlq',
          verdict: { state: 'trouble', next: 'dlq peek --dlq legacy-dlq' },
          messages: [
            { role: 'source', name: 'legacy-a', visible: 1 },
            { role: 'source', name: 'legacy-b', visible: 1 },
            { role: 'dlq', name: 'legacy-dlq', visible: 3 },
          ],
          ...{ letters: null, groups: null, level: null, lastHour: null },
        },
      ],
    });
  });

  it('is one or the other', async () => {
    const ran = await operated.dlq(['status', '--dlq', 'legacy-dlq', '--stack', 'shop-1']);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining('pass it or --stack') });
  });
});

describe('counting', () => {
  it('stops where it is told to, and says so', async () => {
    const stack = await operatedStack(operated);
    const death = (id: string) => ({ id, error: AUTH });
    await die(stack, ['a', 'b', 'c'].map(death));
    const { db } = operated.cloud;
    const { ledger } = stack.tables;
    expect(await countByStatus(db, ledger, 'orders', 'waiting', 2)).toEqual({ count: 2, more: true });
    expect(await countByStatus(db, ledger, 'orders', 'waiting', 3)).toEqual(count(3));
    expect((await waitsByGroup(db, ledger, 'orders', 2)).more).toBe(true);
    expect((await waitsByGroup(db, ledger, 'orders', 3)).more).toBe(false);
  });

  it('of a queue that the stack does not have is refused', async () => {
    const stack = await operatedStack(operated);
    const ran = await status(stack, '--queue', 'order');
    expect(ran).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('has no queue "order": it has orders'),
    });
  });
});
