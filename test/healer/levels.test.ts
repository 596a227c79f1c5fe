import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateQueueCommand, SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pinLevel, readControls, setPaused, writeLevel } from '../../handlers/aws/control.ts';
import { controlKey, parseControl } from '../../handlers/aws/control-row.ts';
import { readKnown } from '../../handlers/aws/ledger.ts';
import { metricDataFrom } from '../../handlers/aws/metric-data.ts';
import { AT_EASE, type LevelState } from '../../handlers/core/level.ts';
import { DEFAULT_DEGRADATION } from '../../handlers/core/policy.ts';
import { type LevelSetter, setLevels } from '../../handlers/govern/levels.ts';
import { type Cloud, type Stack, startCloud, startStack } from './cloud.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

const MINUTE = 60_000;

type Over = NonNullable<Parameters<typeof startStack>[1]>;

/** A stack with a consumer, and the governor's reader of metrics beside its healer. */
async function start(over: Over = {}) {
  const stack = await startStack(cloud, over);
  const own = { ...stack.queue, sourceArn: `arn:aws:sqs:eu-central-1:000000000000:${stack.queue.key}`, tierArns: [] };
  const queue = { ...own, consumerFunction: `worker-${own.key}`, ...over.queue };
  const config = { region: 'eu-central-1', endpoint: cloud.url, maxAttempts: 1 };
  // The caller's name is the queue's, as of the stack's other clients: a fault strikes these calls too.
  const metrics = new CloudWatchClient({ ...config, credentials: { accessKeyId: queue.key, secretAccessKey: 'test' } });
  const healer: LevelSetter = {
    ...stack.healer,
    policy: { ...stack.healer.policy, queues: [queue] },
    getMetricData: metricDataFrom(metrics),
  };
  const put = (namespace: string, dimensions: Record<string, string>, values: Record<string, number>, ago = 2) =>
    metrics.send(
      new PutMetricDataCommand({
        Namespace: namespace,
        MetricData: Object.entries(values).map(([MetricName, Value]) => ({
          MetricName,
          Value,
          Timestamp: new Date(stack.clock.now - ago * MINUTE),
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        })),
      }),
    );
  const row = async () =>
    (await cloud.db.send(new GetCommand({ TableName: healer.table, Key: controlKey(queue.key), ConsistentRead: true })))
      .Item;
  return { ...stack, queue, healer, put, row, worker: { FunctionName: queue.consumerFunction } };
}

type Started = Awaited<ReturnType<typeof start>>;

/** One minute of the governor: what it answers for the queue, and what it publishes. */
async function minute({ healer, queue }: Started) {
  const published: Record<string, unknown>[] = [];
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const print = (line: unknown) => {
    if (String(line).startsWith('{"_aws"')) published.push(JSON.parse(String(line)));
    return true;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(print),
    vi.spyOn(process.stdout, 'write').mockImplementation(print),
  ];
  try {
    const set = (await setLevels(healer)).get(queue.key);
    if (set === undefined) throw new Error('the queue has no level');
    return { ...set, published: published.find((line) => line.queue === queue.key) ?? {} };
  } finally {
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}

describe('the level of a queue', () => {
  it('is 0 where nothing is wrong: published each minute, and nothing is written', async () => {
    const stack = await start();
    const { level, emergency, published } = await minute(stack);
    expect({ level, emergency }).toEqual({ level: 0, emergency: false });
    expect(published).toMatchObject({ DegradationLevel: 0, stack: 'shop' });
    expect(published).not.toHaveProperty('HealerErrors');
    expect(await stack.row()).toBeUndefined();
  });

  it('rises with the errors of its consumer at once, is logged once, and falls a step after 3 minutes of calm', async () => {
    const stack = await start();
    const warn = vi.spyOn(stack.healer.logger, 'warn');
    await stack.put('AWS/Lambda', stack.worker, { Invocations: 100, Errors: 13 });
    expect(await minute(stack)).toMatchObject({
      level: 2,
      because: 'error rate 0.13 ≥ 0.1',
      published: { DegradationLevel: 2 },
    });
    await minute(stack);
    expect(warn.mock.calls.map(([text]) => text)).toEqual(['degradation level 2 (moderate): error rate 0.13 ≥ 0.1']);
    expect(await stack.row()).toMatchObject({ level: 2, since: new Date(stack.clock.now).toISOString() });
    const seen: number[] = [];
    stack.clock.now += 6 * MINUTE; // beyond the window of the rate
    for (let i = 0; i < 8; i++, stack.clock.now += MINUTE) seen.push((await minute(stack)).level);
    expect(seen).toEqual([2, 2, 2, 1, 1, 1, 0, 0]);
    expect(await stack.row()).not.toHaveProperty('calmSince');
  });

  it('rises with the letters among its messages, which are no errors to Lambda', async () => {
    const stack = await start();
    await stack.put('AWS/Lambda', stack.worker, { Invocations: 100, Errors: 0 });
    const dlq = { QueueName: stack.dlqArn.split(':').at(-1) ?? '' };
    await stack.put('AWS/SQS', { QueueName: stack.queue.key }, { NumberOfMessagesDeleted: 30 }, 4);
    await stack.put('AWS/SQS', { QueueName: stack.queue.key }, { NumberOfMessagesDeleted: 60 });
    await stack.put('AWS/SQS', dlq, { ApproximateNumberOfMessagesVisible: 10 }, 4);
    await stack.put('AWS/SQS', dlq, { ApproximateNumberOfMessagesVisible: 15 });
    await stack.put('DlqHealer', { stack: 'shop', queue: stack.queue.key }, { LettersArrived: 15 });
    expect(await minute(stack)).toMatchObject({ level: 3, because: 'error rate 0.25 ≥ 0.2' });
  });

  it('rises with what waits in the source queue and its tiers, held back or not', async () => {
    const degradation = { ...DEFAULT_DEGRADATION, depth: [2, 3, 4, 9] as const };
    const stack = await start({ policy: { degradation } });
    const tier = `${stack.queue.key}-retry-1`;
    const { QueueUrl: tierUrl } = await cloud.sqs.send(
      new CreateQueueCommand({ QueueName: tier, Attributes: { DelaySeconds: '600', VisibilityTimeout: '90' } }),
    );
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:eu-central-1:000000000000:${tier}`,
      maxReceiveCount: 7,
    });
    await cloud.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: stack.sourceUrl,
        Attributes: { VisibilityTimeout: '180', RedrivePolicy },
      }),
    );
    for (const QueueUrl of [stack.sourceUrl, tierUrl, tierUrl])
      await cloud.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }));
    // A producer's own delay is no backlog.
    await cloud.sqs.send(new SendMessageCommand({ QueueUrl: stack.sourceUrl, MessageBody: 'm', DelaySeconds: 900 }));
    const [queue] = stack.healer.policy.queues;
    const tiers = [`arn:aws:sqs:eu-central-1:000000000000:${tier}`];
    if (queue === undefined) throw new Error('no queue');
    const healer = { ...stack.healer, policy: { ...stack.healer.policy, queues: [{ ...queue, tierArns: tiers }] } };
    expect(await minute({ ...stack, healer })).toMatchObject({
      level: 2,
      because: 'depth 3 ≥ 3',
      facts: {
        depth: 3,
        visibilityTimeoutSeconds: 180,
        delaySeconds: 0,
        maxReceiveCount: 7,
        tiers: [{ visibilityTimeoutSeconds: 90, delaySeconds: 600 }],
      },
    });
  });

  it('says that an emergency began in the minute in which it did', async () => {
    const stack = await start();
    await stack.put('AWS/Lambda', stack.worker, { Invocations: 100, Errors: 100 });
    expect(await minute(stack)).toMatchObject({ level: 4, emergency: true });
    expect(await minute(stack)).toMatchObject({ level: 4, emergency: false });
  });
});

describe('a person’s pin', () => {
  it('holds whatever is measured, and the governor’s own level goes on beneath it until it is taken off', async () => {
    const stack = await start();
    const pin = (level: 1 | 4 | undefined) => pinLevel(cloud.db, stack.healer.table, stack.queue.key, level);
    await pin(1);
    await stack.put('AWS/Lambda', stack.worker, { Invocations: 100, Errors: 60 });
    expect(await minute(stack)).toMatchObject({
      level: 1,
      because: 'a person pinned it',
      emergency: false,
      published: { DegradationLevel: 1 },
    });
    expect(await stack.row()).toMatchObject({ pinnedLevel: 1, level: 4 });
    await pin(undefined);
    expect(await minute(stack)).toMatchObject({ level: 4, because: 'error rate 0.6 ≥ 0.5' });
    await pin(4);
    stack.clock.now += 6 * MINUTE;
    for (let i = 0; i < 13; i++, stack.clock.now += MINUTE) expect((await minute(stack)).level).toBe(4);
    await pin(undefined);
    expect((await minute(stack)).level).toBe(0);
  });

  it('is not lost to a governor that read the row before', async () => {
    const stack = await start();
    const raised: LevelState = { level: 2, since: stack.clock.now, because: 'x', calmSince: stack.clock.now };
    await pinLevel(cloud.db, stack.healer.table, stack.queue.key, 3);
    expect(await writeLevel(cloud.db, stack.healer.table, stack.queue.key, raised, 0)).toBe(true);
    const controls = await readControls(cloud.db, stack.healer.table, [stack.queue.key, 'other']);
    expect(controls.get(stack.queue.key)).toEqual({ state: raised, pinnedLevel: 3 });
    expect(controls.get('other')).toEqual({ state: AT_EASE });
  });
});

describe('what goes wrong', () => {
  it('CloudWatch refuses: the level is that of the depth, with a warning and an error in the metrics', async () => {
    const degradation = { ...DEFAULT_DEGRADATION, depth: [1, 2, 3, 4] as const };
    const stack = await start({ policy: { degradation } });
    const warn = vi.spyOn(stack.healer.logger, 'warn');
    await cloud.sqs.send(new SendMessageCommand({ QueueUrl: stack.sourceUrl, MessageBody: 'm' }));
    stack.faults((call) =>
      call.service === 'cloudwatch' ? { kind: 'fail', status: 403, code: 'AccessDenied' } : { kind: 'pass' },
    );
    expect(await minute(stack)).toMatchObject({
      level: 1,
      because: 'depth 1 ≥ 1',
      published: { DegradationLevel: 1, HealerErrors: 1 },
    });
    expect(warn.mock.calls[0]).toMatchObject([
      'a signal of the queue cannot be read',
      { queue: stack.queue.key, signals: ['errorRate'], error: { name: 'AccessDenied' } },
    ]);
  });

  it('a level that the errors raised does not fall while they cannot be read', async () => {
    const stack = await start();
    await stack.put('AWS/Lambda', stack.worker, { Invocations: 100, Errors: 60 });
    expect((await minute(stack)).level).toBe(4);
    stack.faults((call) =>
      call.service === 'cloudwatch' ? { kind: 'fail', status: 500, code: 'InternalFailure' } : { kind: 'pass' },
    );
    for (let i = 0; i < 5; i++, stack.clock.now += MINUTE) expect((await minute(stack)).level).toBe(4);
  });

  it('SQS refuses: there are no facts, and the error rate counts', async () => {
    const stack = await start();
    await stack.put('AWS/Lambda', stack.worker, { Invocations: 100, Errors: 60 });
    stack.faults((call) =>
      call.action === 'GetQueueAttributes' ? { kind: 'fail', status: 403, code: 'AccessDenied' } : { kind: 'pass' },
    );
    const set = await minute(stack);
    expect(set).toMatchObject({ level: 4, published: { HealerErrors: 1 } });
    expect(set).not.toHaveProperty('facts');
  });

  it('the ledger does not take the new level: the noted one holds, and no emergency is told of twice', async () => {
    const stack = await start();
    await stack.put('AWS/Lambda', stack.worker, { Invocations: 100, Errors: 60 });
    stack.faults((call) =>
      call.action === 'UpdateItem' ? { kind: 'fail', status: 500, code: 'InternalServerError' } : { kind: 'pass' },
    );
    expect(await minute(stack)).toMatchObject({ level: 0, emergency: false, published: { HealerErrors: 1 } });
    stack.faults(undefined);
    expect(await minute(stack)).toMatchObject({ level: 4, emergency: true });
  });

  it('the ledger cannot be read: nothing is taken for normal', async () => {
    const stack = await start();
    stack.faults((call) =>
      call.action === 'BatchGetItem' ? { kind: 'fail', status: 500, code: 'InternalServerError' } : { kind: 'pass' },
    );
    await expect(minute(stack)).rejects.toThrow();
  });

  it('another run noted a level first: that one holds', async () => {
    const stack = await start();
    const { db, table } = stack.healer;
    const state: LevelState = { level: 1, since: 1000, because: 'x' };
    expect(await writeLevel(db, table, stack.queue.key, state, 0)).toBe(true);
    expect(await writeLevel(db, table, stack.queue.key, { ...state, level: 3, since: 2000 }, 0)).toBe(false);
    expect(await writeLevel(db, table, stack.queue.key, { ...state, level: 2, since: 2000 }, 1000)).toBe(true);
    expect(await stack.row()).toMatchObject({ level: 2 });
  });

  it.each([[{ level: 5 }], [{ level: '4' }], [{ level: 1, pinnedLevel: -1 }]])(
    'a row that holds no level is refused: %j',
    (row) => {
      expect(() => parseControl({ pk: 'control', sk: 'queue#orders', ...row })).toThrow(
        "the ledger's row control queue#orders must hold a level from 0 to 4; got ",
      );
    },
  );
});

it('a person pauses the stack and lets it go on, as the healer reads it', async () => {
  const stack: Stack = await startStack(cloud);
  const paused = async () => (await readKnown(cloud.db, stack.healer.table, [], [], [])).paused;
  await setPaused(cloud.db, stack.healer.table, true);
  expect(await paused()).toBe(true);
  await setPaused(cloud.db, stack.healer.table, false);
  expect(await paused()).toBe(false);
});
