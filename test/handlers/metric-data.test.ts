import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type MetricQuery, metricDataFrom } from '../../handlers/aws/metric-data.ts';

const cloudwatch = mockClient(CloudWatchClient);
beforeEach(() => cloudwatch.reset());

const read = metricDataFrom(new CloudWatchClient({ region: 'eu-central-1' }));
const FROM = Date.UTC(2026, 10, 22, 3, 0, 0);
const TO = FROM + 300_000;
const query = (name: string): MetricQuery => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: 'worker' },
  stat: 'Sum',
});
const at = (minute: number) => new Date(FROM + minute * 60_000);

describe('metrics', () => {
  it('are asked for by the minute and given back in the order of the questions', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        { Id: 'm1', StatusCode: 'Complete', Timestamps: [at(1), at(0)], Values: [2, 1] },
        { Id: 'm0', StatusCode: 'Complete', Timestamps: [], Values: [] },
      ],
    });
    expect(await read([query('Errors'), query('Invocations')], FROM, TO)).toEqual([
      new Map(),
      new Map([
        [FROM, 1],
        [FROM + 60_000, 2],
      ]),
    ]);
    expect(cloudwatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input).toMatchObject({
      StartTime: at(0),
      EndTime: at(5),
      MetricDataQueries: [
        {
          Id: 'm0',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Lambda',
              MetricName: 'Errors',
              Dimensions: [{ Name: 'FunctionName', Value: 'worker' }],
            },
            Period: 60,
            Stat: 'Sum',
          },
        },
        { Id: 'm1' },
      ],
    });
  });

  it('that come in pages are put together', async () => {
    const page = (StatusCode: 'PartialData' | 'Complete', minute: number, NextToken?: string) => ({
      MetricDataResults: [{ Id: 'm0', StatusCode, Timestamps: [at(minute)], Values: [minute] }],
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    cloudwatch
      .on(GetMetricDataCommand)
      .resolvesOnce(page('PartialData', 0, 'more'))
      .resolvesOnce(page('Complete', 1));
    expect(await read([query('Errors')], FROM, TO)).toEqual([
      new Map([
        [FROM, 0],
        [FROM + 60_000, 1],
      ]),
    ]);
  });

  it.each(['PartialData', 'InternalError', 'Forbidden'] as const)(
    'that end as %s are not whole',
    async (StatusCode) => {
      cloudwatch.on(GetMetricDataCommand).resolves({
        MetricDataResults: [{ Id: 'm0', StatusCode, Timestamps: [at(0)], Values: [1] }],
      });
      expect(await read([query('Errors'), query('Invocations')], FROM, TO)).toEqual([undefined, undefined]);
    },
  );

  it('are asked for 500 in a call', async () => {
    cloudwatch.on(GetMetricDataCommand).callsFake(({ MetricDataQueries }) => ({
      MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }: { Id: string; MetricStat: MetricStat }) => ({
        Id,
        StatusCode: 'Complete',
        Timestamps: [at(0)],
        Values: [Number(MetricStat.Metric.MetricName)],
      })),
    }));
    const found = await read(
      Array.from({ length: 501 }, (_, i) => query(String(i))),
      FROM,
      TO,
    );
    expect(found.map((series) => series?.get(FROM))).toEqual(Array.from({ length: 501 }, (_, i) => i));
    const sizes = cloudwatch
      .commandCalls(GetMetricDataCommand)
      .map(({ args }) => args[0].input.MetricDataQueries?.length);
    expect(sizes).toEqual([500, 1]);
  });
});

type MetricStat = { Metric: { MetricName: string } };
