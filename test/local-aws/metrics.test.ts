import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MetricQuery, metricDataFrom } from '../../handlers/aws/metric-data.ts';
import { type Fixture, startFixture } from './fixture.ts';
import { embeddedMetrics } from './host/embedded-metrics.ts';

const MINUTE = 60_000;

describe('a line in the embedded metric format', () => {
  const document = {
    _aws: {
      Timestamp: 1_700_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Shop',
          Dimensions: [['queue'], ['queue', 'class'], ['queue', 'absent'], []],
          Metrics: [{ Name: 'Orders', Unit: 'Count' }, { Name: 'Latency' }, { Name: 'Missing' }],
        },
      ],
    },
    queue: 'orders',
    class: 'TIMEOUT',
    Orders: 2,
    Latency: [10, 20.5],
  };
  const common = { namespace: 'Shop', time: 1_700_000_000_000 };

  it('gives each value for each set of dimensions that it has', () => {
    const each = [{ queue: 'orders' }, { queue: 'orders', class: 'TIMEOUT' }, {}];
    expect(embeddedMetrics(JSON.stringify(document))).toEqual(
      each.flatMap((dimensions) => [
        { ...common, dimensions, name: 'Orders', unit: 'Count', value: 2 },
        { ...common, dimensions, name: 'Latency', unit: 'None', value: 10 },
        { ...common, dimensions, name: 'Latency', unit: 'None', value: 20.5 },
      ]),
    );
  });

  it('gives no metric that has more than a hundred values', () => {
    const many = { ...document, Latency: Array.from({ length: 101 }, () => 1) };
    expect(new Set(embeddedMetrics(JSON.stringify(many)).map(({ name }) => name))).toEqual(new Set(['Orders']));
  });

  it.each(['plain', '{"_aws"', '{"_aws":{}}', '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{}]}}', 'x {"_aws":1}'])(
    'that it is not gives none: %s',
    (line) => expect(embeddedMetrics(line)).toEqual([]),
  );
});

describe('metrics of functions', () => {
  let fixture: Fixture;
  let cloudwatch: CloudWatchClient;
  beforeAll(async () => {
    fixture = await startFixture();
    cloudwatch = new CloudWatchClient(fixture.client);
  });
  afterAll(async () => {
    cloudwatch.destroy();
    await fixture.stop();
  });

  const invoke = (FunctionName: string, event: unknown) =>
    fixture.lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));

  async function read(query: Omit<MetricQuery, 'stat'>, stat: MetricQuery['stat'] = 'Sum') {
    await fixture.host().flushMetrics();
    const to = Math.floor(Date.now() / MINUTE + 1) * MINUTE;
    const [series] = await metricDataFrom(cloudwatch)([{ ...query, stat }], to - 5 * MINUTE, to);
    return series;
  }

  it('are what their lines say, in the minute that these name', async () => {
    await fixture.deploy(
      'emits',
      `export const handler = async ({ time, orders }) => {
         process.stdout.write(JSON.stringify({
           _aws: { Timestamp: time, CloudWatchMetrics: [{
             Namespace: 'Shop', Dimensions: [['queue'], ['queue', 'class']], Metrics: [{ Name: 'Orders', Unit: 'Count' }],
           }] },
           queue: 'orders', class: 'TIMEOUT', Orders: orders,
         }) + '\\n');
       };`,
    );
    const minute = Math.floor(Date.now() / MINUTE) * MINUTE;
    await invoke('emits', { time: minute - MINUTE + 1, orders: 2 });
    await invoke('emits', { time: minute - MINUTE + 59_999, orders: [6, 3] });
    await fixture.host().flushMetrics();
    await invoke('emits', { time: minute - MINUTE, orders: 5 });
    await invoke('emits', { time: minute, orders: 7 });
    const expected = new Map([
      [minute - MINUTE, 16],
      [minute, 7],
    ]);
    const metric = { namespace: 'Shop', name: 'Orders' };
    expect(await read({ ...metric, dimensions: { queue: 'orders' } })).toEqual(expected);
    expect(await read({ ...metric, dimensions: { queue: 'orders', class: 'TIMEOUT' } })).toEqual(expected);
    expect(await read({ ...metric, dimensions: { queue: 'orders' } }, 'Maximum')).toEqual(
      new Map([
        [minute - MINUTE, 6],
        [minute, 7],
      ]),
    );
    expect(await read({ ...metric, dimensions: { class: 'TIMEOUT' } })).toEqual(new Map());
  });

  it('count invocations and those that ended in an error', async () => {
    await fixture.deploy('counted', `export const handler = async ({ fail }) => { if (fail) throw new Error('no'); };`);
    for (const fail of [false, true, true]) await invoke('counted', { fail });
    const total = async (name: string) => {
      const metric = { namespace: 'AWS/Lambda', name, dimensions: { FunctionName: 'counted' } };
      return [...((await read(metric))?.values() ?? [])].reduce((sum, value) => sum + value, 0);
    };
    expect(await total('Invocations')).toBe(3);
    expect(await total('Errors')).toBe(2);
  });

  it('are nobody’s calls', async () => {
    await invoke('counted', {});
    await fixture.host().flushMetrics();
    expect(fixture.aws.gateway.calls.counts()).not.toHaveProperty('cloudwatch:PutMetricData');
  });
});
