import type { GetMetricData, MetricQuery } from '../../handlers/aws/metric-data.ts';
import { latest, type Series } from '../../handlers/core/error-rate.ts';
import type { QueuePolicy } from '../../handlers/core/policy.ts';
import { refsOf } from './depths.ts';

/** What CloudWatch knows of a queue's last hour. */
export interface Traffic {
  /** Letters that the healer took out of the DLQ, by minute; a minute without any is not there. */
  readonly arrived: Series;
  readonly healed: Series;
  /** Age of the oldest message by the name of its SQS queue, seconds; absent where SQS published none of late. */
  readonly oldest: ReadonlyMap<string, number>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** SQS publishes each minute, a few minutes late, and nothing of a queue that is empty: an older age means nothing. */
const FRESH_MS = 10 * MINUTE_MS;

/**
 * Reads the last hour, the minute that is not over included, of all queues in one call for up to 500 metrics.
 *
 * The healer publishes arrivals and heals per queue, and per queue and class; the former are all that is asked for: two
 * metrics a queue instead of two for each of its classes, and a class that no policy knows is in them.
 *
 * @param ages whether the ages of the oldest messages are asked for
 * @param now epoch milliseconds
 * @returns traffic by queue key
 * @throws when CloudWatch refuses, or did not give every metric whole
 */
export async function readTraffic(
  getMetricData: GetMetricData,
  stack: string,
  queues: readonly QueuePolicy[],
  ages: boolean,
  now: number,
): Promise<ReadonlyMap<string, Traffic>> {
  const to = Math.ceil(now / MINUTE_MS) * MINUTE_MS;
  const wanted = queues.map((queue) => ({ queue, names: ages ? agedNames(queue) : [] }));
  const queries = wanted.flatMap(({ queue, names }) => [
    lettersQuery('LettersArrived', stack, queue.key),
    lettersQuery('LettersHealed', stack, queue.key),
    ...names.map(ageQuery),
  ]);
  const found = (await getMetricData(queries, to - HOUR_MS, to)).map((series) => {
    if (series === undefined) throw new Error('CloudWatch did not give every metric whole');
    return series;
  });
  let next = 0;
  const take = () => found[next++] ?? new Map<number, number>();
  return new Map(
    wanted.map(({ queue, names }) => {
      const [arrived, healed] = [take(), take()];
      const oldest = names.flatMap((name): [string, number][] => {
        const age = latest(since(take(), now - FRESH_MS));
        return age === undefined ? [] : [[name, age]];
      });
      return [queue.key, { arrived, healed, oldest: new Map(oldest) }];
    }),
  );
}

const since = (series: Series, from: number): Series => new Map([...series].filter(([minute]) => minute >= from));

const agedNames = (queue: QueuePolicy) =>
  refsOf(queue)
    .filter(({ role }) => role !== 'tier')
    .map(({ name }) => name);

const lettersQuery = (name: string, stack: string, queue: string): MetricQuery => ({
  namespace: 'DlqHealer',
  name,
  dimensions: { stack, queue },
  stat: 'Sum',
});

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
const ageQuery = (QueueName: string): MetricQuery => ({
  namespace: 'AWS/SQS',
  name: 'ApproximateAgeOfOldestMessage',
  dimensions: { QueueName },
  stat: 'Maximum',
});

/** Everything in the series. */
export const total = (series: Series): number => [...series.values()].reduce((all, one) => all + one, 0);

/** Per minute, over the last whole minutes. @param now epoch milliseconds */
export const ratePerMinute = (series: Series, now: number): number =>
  lastMinutes(series, RATE_MINUTES, now).reduce((all, one) => all + one, 0) / RATE_MINUTES;

/** Long enough to bridge the minutes that CloudWatch is behind, short enough to be of now. */
const RATE_MINUTES = 5;

/** Values of the last whole minutes, oldest first; 0 where there is none. */
export function lastMinutes(series: Series, count: number, now: number): number[] {
  const current = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  return Array.from({ length: count }, (_, i) => series.get(current - (count - i) * MINUTE_MS) ?? 0);
}
