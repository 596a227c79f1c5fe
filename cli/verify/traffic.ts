import { type ExecutionStatus, paginateListExecutions } from '@aws-sdk/client-sfn';
import { type MetricQuery, metricDataFrom } from '../../handlers/aws/metric-data.ts';
import type { Series } from '../../handlers/core/error-rate.ts';
import type { Clients } from '../aws/clients.ts';
import type { Answer, Calls, Executions } from './readings.ts';
import { answer } from './refusal.ts';
import type { Target } from './targets.ts';

const MINUTE = 60_000;

/** What CloudWatch knows of the work of one queue's consumer. */
export interface Traffic {
  readonly calls?: Answer<Calls>;
  readonly processed?: Answer<number>;
}

/**
 * Reads the metrics of all queues in one call, from the minute of `since` on.
 * @param since epoch milliseconds
 * @returns one for each target, in order
 */
export async function trafficSince(
  { cloudWatch, now }: Clients,
  targets: readonly Target[],
  since: number,
): Promise<Traffic[]> {
  const wanted = targets.map(queriesOf);
  const queries = wanted.flatMap(({ calls, deleted }) => [...calls, ...deleted]);
  if (queries.length === 0) return targets.map(() => ({}));
  const from = Math.floor(since / MINUTE) * MINUTE;
  const to = (Math.floor(now() / MINUTE) + 1) * MINUTE;
  const read = await answer(() => metricDataFrom(cloudWatch)(queries, from, to));
  const known = new Map('value' in read ? queries.map((query, i) => [query, read.value[i]]) : []);
  const sums = (list: readonly MetricQuery[]): Answer<number[]> =>
    'refused' in read ? read : sumsOf(list.map((query) => known.get(query)));
  return wanted.map(({ calls, deleted }) => {
    const [ofFunction, ofQueues] = [sums(calls), sums(deleted)];
    return {
      ...(calls.length === 0
        ? {}
        : { calls: mapped(ofFunction, ([invocations = 0, errors = 0]) => ({ invocations, errors })) }),
      ...(deleted.length === 0 ? {} : { processed: mapped(ofQueues, (each) => each.reduce((a, b) => a + b, 0)) }),
    };
  });
}

function queriesOf({ consumerFunction, sources }: Target) {
  const query = (namespace: string, name: string, dimensions: MetricQuery['dimensions']): MetricQuery => ({
    namespace,
    name,
    dimensions,
    stat: 'Sum',
  });
  return {
    calls:
      consumerFunction === undefined
        ? []
        : ['Invocations', 'Errors'].map((name) => query('AWS/Lambda', name, { FunctionName: consumerFunction })),
    deleted: sources.map(({ name }) => query('AWS/SQS', 'NumberOfMessagesDeleted', { QueueName: name })),
  };
}

function sumsOf(all: readonly (Series | undefined)[]): Answer<number[]> {
  const whole = all.filter((series) => series !== undefined);
  if (whole.length < all.length) return { refused: 'CloudWatch did not give every metric whole: run it again' };
  return { value: whole.map((series) => [...series.values()].reduce((a, b) => a + b, 0)) };
}

const mapped = <T, U>(given: Answer<T>, change: (value: T) => U): Answer<U> =>
  'refused' in given ? given : { value: change(given.value) };

/** Counting stops here. */
const MOST_EXECUTIONS = 10_000;
const BAD: readonly ExecutionStatus[] = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * Counts the executions that began since an instant: the latest come first, so that reading stops at the first older
 * one. Not of express state machines: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 * @param since epoch milliseconds
 */
export async function executionsSince(
  { stepFunctions }: Clients,
  stateMachineArn: string,
  since: number,
): Promise<Executions> {
  const statuses: ExecutionStatus[] = [];
  pages: for await (const { executions = [] } of paginateListExecutions(
    { client: stepFunctions, pageSize: 1000 },
    { stateMachineArn },
  ))
    for (const { startDate, status } of executions) {
      if ((startDate?.getTime() ?? 0) < since || statuses.length >= MOST_EXECUTIONS) break pages;
      if (status !== undefined) statuses.push(status);
    }
  const count = (wanted: readonly ExecutionStatus[]) => statuses.filter((status) => wanted.includes(status)).length;
  return {
    succeeded: count(['SUCCEEDED']),
    failed: count(BAD),
    running: count(['RUNNING', 'PENDING_REDRIVE']),
    isWhole: statuses.length < MOST_EXECUTIONS,
  };
}
