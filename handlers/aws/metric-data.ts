import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { Series } from '../core/error-rate.ts';

/** A metric to read by the minute. */
export interface MetricQuery {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: 'Sum' | 'Maximum';
}

/**
 * Reads metrics from `from` up to and without `to`, epoch milliseconds of whole minutes.
 * @returns one series per query, in order; undefined for one that CloudWatch did not give whole
 * @throws when CloudWatch refuses
 */
export type GetMetricData = (
  queries: readonly MetricQuery[],
  from: number,
  to: number,
) => Promise<readonly (Series | undefined)[]>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const QUERIES_A_CALL = 500;

/**
 * One call for up to 500 metrics. CloudWatch bills each metric of a call, not the call: US$ 0.01 for 1,000, outside the
 * free tier (https://aws.amazon.com/cloudwatch/pricing/), which is about US$ 0.44 a month for a metric read each minute.
 */
export function metricDataFrom(client: CloudWatchClient): GetMetricData {
  return async (queries, from, to) => {
    const chunks = Array.from({ length: Math.ceil(queries.length / QUERIES_A_CALL) }, (_, i) =>
      queries.slice(i * QUERIES_A_CALL, (i + 1) * QUERIES_A_CALL),
    );
    return (await Promise.all(chunks.map((chunk) => readSome(client, chunk, from, to)))).flat();
  };
}

async function readSome(client: CloudWatchClient, queries: readonly MetricQuery[], from: number, to: number) {
  const input = {
    MetricDataQueries: queries.map(toQuery),
    StartTime: new Date(from),
    EndTime: new Date(to),
  };
  const series = new Map<string, Map<number, number>>();
  const whole = new Map<string, boolean>();
  // A result that goes on in the next page says PartialData until its last one.
  for await (const page of paginateGetMetricData({ client }, input)) {
    for (const { Id = '', Timestamps = [], Values = [], StatusCode } of page.MetricDataResults ?? []) {
      const values = series.get(Id) ?? new Map<number, number>();
      Timestamps.forEach((time, i) => {
        values.set(time.getTime(), Values[i] ?? 0);
      });
      series.set(Id, values);
      whole.set(Id, StatusCode === 'Complete');
    }
  }
  return queries.map((_, i) => (whole.get(idOf(i)) ? series.get(idOf(i)) : undefined));
}

/** Must begin with a small letter. */
const idOf = (index: number) => `m${index}`;

function toQuery({ namespace, name, dimensions, stat }: MetricQuery, index: number): MetricDataQuery {
  return {
    Id: idOf(index),
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: 60,
      Stat: stat,
    },
  };
}
