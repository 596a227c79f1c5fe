import type { SQSClient } from '@aws-sdk/client-sqs';
import { errorRate, latest, type Series, sum } from '../core/error-rate.ts';
import type { SignalName, Signals } from '../core/level.ts';
import type { Policy, QueuePolicy } from '../core/policy.ts';
import type { GetMetricData, MetricQuery } from './metric-data.ts';
import { attempt, type Outcome } from './outcome.ts';
import { readSource, type SourceFacts } from './source-facts.ts';

/** What one run could learn of a queue. */
export interface Reading {
  readonly signals: Signals;
  /** Signals whose reading failed, unlike those that have nothing to say. */
  readonly unread: readonly SignalName[];
  /** The source queue; absent where the policy knows none or SQS did not answer. */
  readonly facts?: SourceFacts;
  /** Why something is unread. */
  readonly errors: readonly Error[];
}

export interface SignalClients {
  readonly sqs: SQSClient;
  readonly getMetricData: GetMetricData;
}

/** Long enough to be a rate, short enough to see an outage begin. Whole minutes: the current one is not over. */
const WINDOW_MINUTES = 5;
const MINUTE_MS = 60_000;

/**
 * Measures every queue of the policy: depth from SQS, error rate and age from CloudWatch, the metrics of all queues in
 * one call. Never throws: what cannot be read is unread.
 *
 * The error rate is the higher of two. `Errors` of the consumer's function shows a failure at once, but not that of
 * single messages of a batch, which Lambda reports as a success
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html). Deaths among all messages that
 * ended show those too. SQS and Lambda publish by the minute; a number is there a minute or two later.
 *
 * @param now epoch milliseconds
 * @returns a reading for each queue key
 */
export async function readSignals(
  clients: SignalClients,
  policy: Pick<Policy, 'stack' | 'queues' | 'degradation'>,
  now: number,
): Promise<ReadonlyMap<string, Reading>> {
  const wanted = policy.queues.map((queue) => ({ queue, queries: queriesOf(policy, queue) }));
  const to = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const from = to - WINDOW_MINUTES * MINUTE_MS;
  const [metrics, ...sources] = await Promise.all([
    attempt(() =>
      readMetrics(
        clients.getMetricData,
        wanted.flatMap(({ queries }) => [...Object.values(queries)].flat()),
        from,
        to,
      ),
    ),
    ...wanted.map(({ queue }) => attempt(() => readSource(clients.sqs, queue))),
  ]);
  return new Map(
    wanted.map(({ queue, queries }, i) => [
      queue.key,
      readingOf(queries, metrics, sources[i] ?? { ok: true, value: undefined }),
    ]),
  );
}

/** What is asked of CloudWatch for one queue; an empty list where the policy lacks what it takes. */
interface Queries {
  readonly errors: readonly MetricQuery[];
  readonly invocations: readonly MetricQuery[];
  readonly letters: readonly MetricQuery[];
  readonly waiting: readonly MetricQuery[];
  readonly deleted: readonly MetricQuery[];
  readonly age: readonly MetricQuery[];
}

function queriesOf({ stack, degradation }: Pick<Policy, 'stack' | 'degradation'>, queue: QueuePolicy): Queries {
  const { consumerFunction, sourceArn, tierArns } = queue;
  const ofFunction = (name: string) =>
    consumerFunction === undefined ? [] : [query('AWS/Lambda', name, { FunctionName: consumerFunction }, 'Sum')];
  const sources = sourceArn === undefined ? [] : [sourceArn, ...tierArns];
  const ofQueue = (arn: string, name: string, stat: MetricQuery['stat']) =>
    query('AWS/SQS', name, { QueueName: arn.split(':').at(-1) ?? '' }, stat);
  return {
    errors: ofFunction('Errors'),
    invocations: ofFunction('Invocations'),
    letters: sources.slice(0, 1).map(() => query('DlqHealer', 'LettersArrived', { stack, queue: queue.key }, 'Sum')),
    waiting: sources.slice(0, 1).map(() => ofQueue(queue.dlqArn, 'ApproximateNumberOfMessagesVisible', 'Maximum')),
    deleted: sources.map((arn) => ofQueue(arn, 'NumberOfMessagesDeleted', 'Sum')),
    age:
      degradation.latencySeconds === undefined
        ? []
        : sources.slice(0, 1).map((arn) => ofQueue(arn, 'ApproximateAgeOfOldestMessage', 'Maximum')),
  };
}

const query = (
  namespace: string,
  name: string,
  dimensions: MetricQuery['dimensions'],
  stat: MetricQuery['stat'],
): MetricQuery => ({ namespace, name, dimensions, stat });

/** Each metric once, though queues may share a consumer: CloudWatch bills each that is asked for. */
async function readMetrics(
  getMetricData: GetMetricData,
  queries: readonly MetricQuery[],
  from: number,
  to: number,
): Promise<ReadonlyMap<string, Series | undefined>> {
  const distinct = new Map(queries.map((one) => [nameOf(one), one]));
  if (distinct.size === 0) return new Map();
  const found = await getMetricData([...distinct.values()], from, to);
  return new Map([...distinct.keys()].map((name, i) => [name, found[i]]));
}

const nameOf = (one: MetricQuery) => JSON.stringify(one);

function readingOf(
  queries: Queries,
  metrics: Outcome<ReadonlyMap<string, Series | undefined>>,
  source: Outcome<SourceFacts | undefined>,
): Reading {
  const unread = new Set<SignalName>();
  const errors: Error[] = [];
  const seriesOf = (list: readonly MetricQuery[], signal: SignalName): readonly Series[] =>
    list.flatMap((one) => {
      const series = metrics.ok ? metrics.value.get(nameOf(one)) : undefined;
      if (series === undefined) unread.add(signal);
      return series ?? [];
    });
  const total = (list: readonly MetricQuery[]) => sum(seriesOf(list, 'errorRate'));
  const rate = errorRate({
    errors: total(queries.errors),
    invocations: total(queries.invocations),
    letters: total(queries.letters),
    waiting: total(queries.waiting),
    deleted: total(queries.deleted),
  });
  const age = seriesOf(queries.age, 'latencySeconds').map(latest)[0];
  if (unread.size > 0)
    errors.push(metrics.ok ? new Error('CloudWatch did not give every metric whole') : metrics.error);
  if (!source.ok) {
    unread.add('depth');
    errors.push(source.error);
  }
  const facts = source.ok ? source.value : undefined;
  return {
    signals: {
      ...(rate === undefined ? {} : { errorRate: rate }),
      ...(facts === undefined ? {} : { depth: facts.depth }),
      ...(age === undefined ? {} : { latencySeconds: age }),
    },
    unread: [...unread],
    ...(facts === undefined ? {} : { facts }),
    errors,
  };
}
