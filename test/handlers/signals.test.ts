import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { GetMetricData, MetricQuery } from '../../handlers/aws/metric-data.ts';
import { readSignals } from '../../handlers/aws/signals.ts';
import type { Series } from '../../handlers/core/error-rate.ts';
import type { Policy, QueuePolicy } from '../../handlers/core/policy.ts';
import { NOW, policy, queue, SOURCE_ARN, TIER_ARN } from '../core/builders.ts';

const sqs = mockClient(SQSClient);
const attributes = (over: Record<string, string> = {}) => ({
  Attributes: {
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    VisibilityTimeout: '180',
    DelaySeconds: '0',
    ...over,
  },
});
beforeEach(() => {
  sqs.reset();
  sqs.on(GetQueueAttributesCommand).resolves(attributes());
});

const MINUTE = 60_000;
const worker = (over: Partial<QueuePolicy> = {}) => queue({ consumerFunction: 'worker', ...over });
const LATENCY: Partial<Policy> = { degradation: { ...policy().degradation, latencySeconds: [60, 120, 180, 240] } };

/** CloudWatch with a value for each metric by its name; a missing one has no data, `undefined` is not given whole. */
function metrics(values: Record<string, Series | undefined> = {}) {
  return vi.fn<GetMetricData>(async (queries) =>
    queries.map(({ name }) => (name in values ? values[name] : new Map<number, number>())),
  );
}
/** The value in one minute, and nothing in the minute before. */
const once = (value: number): Series =>
  new Map([
    [NOW - 3 * MINUTE, 0],
    [NOW - 2 * MINUTE, value],
  ]);
const read = async (getMetricData: GetMetricData, over: Partial<Policy> = {}, now = NOW) =>
  readSignals({ sqs: new SQSClient({ region: 'eu-central-1' }), getMetricData }, policy(over), now);
const asked = (getMetricData: ReturnType<typeof metrics>) =>
  (getMetricData.mock.calls[0]?.[0] ?? []).map(
    ({ namespace, name, dimensions, stat }: MetricQuery) =>
      `${stat} ${namespace} ${name} ${Object.entries(dimensions).map(([k, v]) => `${k}=${v}`)}`,
  );

describe('the signals', () => {
  it('ask CloudWatch once for all queues, for each metric once, over the last five whole minutes', async () => {
    const getMetricData = metrics();
    const queues = [worker(), worker({ key: 'returns', sourceArn: `${SOURCE_ARN}-returns`, tierArns: [] })];
    await read(getMetricData, { queues }, NOW + 59_999);
    expect(getMetricData).toHaveBeenCalledTimes(1);
    expect(getMetricData.mock.calls[0]?.slice(1)).toEqual([NOW - 5 * MINUTE, NOW]);
    expect(asked(getMetricData)).toEqual([
      'Sum AWS/Lambda Errors FunctionName=worker',
      'Sum AWS/Lambda Invocations FunctionName=worker',
      'Sum DlqHealer LettersArrived stack=shop,queue=orders',
      'Maximum AWS/SQS ApproximateNumberOfMessagesVisible QueueName=shop-orders-dlq',
      'Sum AWS/SQS NumberOfMessagesDeleted QueueName=shop-orders',
      'Sum AWS/SQS NumberOfMessagesDeleted QueueName=shop-orders-retry-1',
      'Sum DlqHealer LettersArrived stack=shop,queue=returns',
      'Sum AWS/SQS NumberOfMessagesDeleted QueueName=shop-orders-returns',
    ]);
  });

  it('do not ask it where there is nothing to ask for, nor SQS for a queue that is not known', async () => {
    const getMetricData = metrics();
    const { sourceUrl: _, sourceArn: __, ...sourceless } = queue({ tierArns: [] });
    expect((await read(getMetricData, { queues: [sourceless] })).get('orders')).toEqual({
      signals: {},
      unread: [],
      errors: [],
    });
    expect(getMetricData).not.toHaveBeenCalled();
    expect(sqs.calls()).toHaveLength(0);
  });

  it('hold the age of the oldest message only where it has thresholds, as it was last', async () => {
    const ages: Series = new Map([
      [NOW - MINUTE, 90],
      [NOW - 3 * MINUTE, 700],
    ]);
    const values = { ApproximateAgeOfOldestMessage: ages };
    const without = metrics(values);
    expect((await read(without)).get('orders')?.signals).not.toHaveProperty('latencySeconds');
    expect(asked(without).join()).not.toContain('Age');
    expect((await read(metrics(values), LATENCY)).get('orders')?.signals).toMatchObject({ latencySeconds: 90 });
    expect((await read(metrics(), LATENCY)).get('orders')?.signals).not.toHaveProperty('latencySeconds');
  });

  it('count the deletions of the tiers: what a retry mended has not failed', async () => {
    const values = { LettersArrived: once(20), NumberOfMessagesDeleted: once(40) };
    expect((await read(metrics(values))).get('orders')?.signals).toMatchObject({ errorRate: 20 / (20 + 40 + 40) });
  });

  it('ask SQS for the source and, beside it, for each tier', async () => {
    sqs
      .on(GetQueueAttributesCommand, { QueueUrl: queue().sourceUrl })
      .resolves(attributes({ ApproximateNumberOfMessages: '5', ApproximateNumberOfMessagesDelayed: '100' }))
      .on(GetQueueAttributesCommand, { QueueUrl: `${queue().sourceUrl}-retry-1` })
      .resolves(attributes({ ApproximateNumberOfMessages: '2', ApproximateNumberOfMessagesDelayed: '3' }));
    expect((await read(metrics())).get('orders')?.signals).toEqual({ depth: 10 });
    expect(TIER_ARN.endsWith(':shop-orders-retry-1')).toBe(true);
  });

  it('take the receive count of a redrive policy written as text', async () => {
    sqs
      .on(GetQueueAttributesCommand)
      .resolves(attributes({ RedrivePolicy: '{"deadLetterTargetArn":"arn","maxReceiveCount":"5"}' }));
    expect((await read(metrics())).get('orders')?.facts).toMatchObject({ maxReceiveCount: 5 });
  });
});

describe('what cannot be read', () => {
  it('is named, and what can be counts', async () => {
    const whole = { Invocations: once(100), Errors: once(10), NumberOfMessagesDeleted: undefined };
    const partly = await read(metrics(whole), { ...LATENCY, queues: [worker()] });
    expect(partly.get('orders')).toMatchObject({
      signals: { errorRate: 0.1, depth: 0 },
      unread: ['errorRate'],
      errors: [{ message: 'CloudWatch did not give every metric whole' }],
    });
  });

  it('of one queue leaves the others as they are', async () => {
    sqs
      .on(GetQueueAttributesCommand, { QueueUrl: 'https://sqs/1/gone' })
      .rejects(new Error('The specified queue does not exist.'));
    const gone = queue({ key: 'gone', sourceUrl: 'https://sqs/1/gone', tierArns: [] });
    const readings = await read(metrics(), { queues: [gone, queue()] });
    expect(readings.get('gone')).toMatchObject({ signals: {}, unread: ['depth'], errors: [{ message: /not exist/ }] });
    expect(readings.get('orders')).toMatchObject({ signals: { depth: 0 }, unread: [], errors: [] });
  });

  it('because SQS answers without a number is an error, not a depth of 0', async () => {
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { VisibilityTimeout: '30', DelaySeconds: '0' } });
    expect((await read(metrics())).get('orders')).toMatchObject({ signals: {}, unread: ['depth'] });
  });
});
