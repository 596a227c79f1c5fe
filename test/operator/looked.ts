import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { expect } from 'vitest';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { deadRecord } from '../healer/cloud.ts';
import type { Operated, OperatedStack } from './operated.ts';

/** Deaths that every test of the commands that look tells of. */
export const AUTH = {
  errorType: 'HttpError',
  message: '401 Unauthorized: Bearer abcdef0123456789 has expired',
  httpStatus: 401,
};
export const BUG = { errorType: 'TypeError', message: "Cannot read properties of undefined (reading 'total')" };
export const INVALID = { errorType: 'ValidationError', message: '"total" is required' };
export const DOWN = { errorType: 'PaymentError', message: '503 Service Unavailable', httpStatus: 503 };

const text = (stringValue: string) => ({ stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' });

export type Death = Parameters<typeof deadRecord>[1];

/** Has the healer handle deaths; of each it must make something. */
export async function die(stack: OperatedStack, deaths: readonly Death[]): Promise<void> {
  const Records = deaths.map((death) => deadRecord(stack.queue.dlqArn, death));
  expect(await healBatch(stack.healer, { Records }, 30_000)).toEqual({ batchItemFailures: [] });
}

interface Mark {
  readonly origin: string;
  readonly attempt: number;
}

/** Letters die, are healed and die again, often enough for their group to be held. */
export async function relapse(stack: OperatedStack, ids: readonly string[], error: object): Promise<void> {
  await die(
    stack,
    ids.map((id) => ({ id, error })),
  );
  const sent = await stack.sent();
  expect(sent).toHaveLength(ids.length);
  await die(
    stack,
    sent.map(({ MessageId = '', MessageAttributes }) => {
      const mark = MessageAttributes?.['dlq-healer']?.StringValue ?? '';
      const { origin } = JSON.parse(mark) as Mark;
      return { id: MessageId, error: { ...error, origin }, attributes: { 'dlq-healer': text(mark) } };
    }),
  );
}

/** Puts values of a metric into CloudWatch, so many minutes ago. */
export async function putMetric(
  { cloud }: Operated,
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  values: readonly (readonly [minutesAgo: number, value: number])[],
): Promise<void> {
  await cloud.cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: namespace,
      MetricData: values.map(([minutesAgo, Value]) => ({
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: value })),
        Timestamp: new Date(Date.now() - minutesAgo * 60_000),
        Value,
      })),
    }),
  );
}

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/cli/look.md'), 'utf8');

/** Keys of a document, those of its parts included, that the page does not tell of. */
export function untold(document: unknown): string[] {
  const keys = new Set<string>();
  JSON.stringify(document, (key, value) => {
    if (key !== '' && !/^\d+$/.test(key)) keys.add(key);
    return value;
  });
  return [...keys].filter((key) => !PAGE.includes(`\`${key}\``));
}

/** Options of a command's help that the page does not tell of. */
export async function untoldOptions({ dlq }: Operated, command: string): Promise<string[]> {
  const { out } = await dlq(['help', command]);
  const options = [...out.matchAll(/^ {2}(--[a-z]+)/gm)].map(([, option]) => option ?? '');
  expect(options.length).toBeGreaterThan(4);
  return options.filter((option) => !PAGE.includes(option));
}

/** Has the command's calls of some actions refused, as AWS refuses them. */
export async function refused<T>({ cloud }: Operated, actions: readonly string[], work: () => Promise<T>): Promise<T> {
  cloud.faults.set('operator', async ({ service, action }) =>
    actions.includes(`${service}:${action}`)
      ? { kind: 'fail', status: 400, code: 'AccessDeniedException', message: 'no' }
      : { kind: 'pass' },
  );
  try {
    return await work();
  } finally {
    cloud.faults.delete('operator');
  }
}
