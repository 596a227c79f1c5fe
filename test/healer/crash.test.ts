import { afterAll, describe, expect, it } from 'vitest';
import type { ArchivePlace } from '../../handlers/aws/archive.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { deadRecord, type Stack, startCloud, startStack } from './cloud.ts';

/**
 * Kills the healer at every one of its calls, before it and after it, and lets SQS deliver the batch again. The calls
 * are counted on a run that is left alone, so a new call is covered from the day it is written.
 */

const cloud = await startCloud();
afterAll(() => cloud.stop());

const text = (stringValue: string) => ({ stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' });
const mark = (origin: string, attempt: number) => ({
  'dlq-healer': text(JSON.stringify({ v: 1, origin, attempt, group: 'abcdef012345' })),
});
const TIMEOUT = { errorType: 'TimeoutError', message: 'gave up after 5400 ms' };

/** One batch that takes every path: healed, relapsed, parked, archived, used up. */
const batch = (stack: Stack) => [
  deadRecord(stack.dlqArn, { id: 'healed', error: TIMEOUT }),
  deadRecord(stack.dlqArn, { id: 'relapse', error: TIMEOUT, attributes: mark('first', 1) }),
  deadRecord(stack.dlqArn, { id: 'parked' }),
  deadRecord(stack.dlqArn, {
    id: 'archived',
    error: { errorType: 'ValidationError', message: 'store_id is required' },
  }),
  deadRecord(stack.dlqArn, { id: 'used-up', error: TIMEOUT, attributes: mark('used-up', 3) }),
];

const EXPECTED = { healed: 'healed', first: 'healed', parked: 'waiting', archived: 'archived', 'used-up': 'archived' };
const KEYS: Readonly<Record<string, string>> = { healed: 'healed.1', first: 'first.2' };

/** The healer's calls of one batch, in order. */
async function countCalls(): Promise<string[]> {
  const stack = await startStack(cloud);
  const calls: string[] = [];
  stack.faults((call) => {
    calls.push(`${call.service}:${call.action}`);
    return { kind: 'pass' };
  });
  await healBatch(stack.healer, { Records: batch(stack) }, 30_000);
  stack.faults(undefined);
  return calls;
}

/** Dead from the n-th call on: it is not served, or served without an answer, and nothing after it is served. */
function dieAt(stack: Stack, n: number, served: boolean): void {
  let seen = 0;
  stack.faults(() => {
    const index = seen;
    seen += 1;
    if (index < n) return { kind: 'pass' };
    if (index === n && served) return { kind: 'drop-after-forward' };
    return { kind: 'fail', status: 400, code: 'ProcessIsDead' };
  });
}

async function expectSettled(stack: Stack): Promise<void> {
  const rows = await stack.rows();
  expect(Object.fromEntries(rows.map(({ originId, status }) => [originId, status]))).toEqual(EXPECTED);
  expect(rows).toHaveLength(Object.keys(EXPECTED).length);
  for (const row of rows.filter(({ archive }) => archive !== undefined)) {
    expect(JSON.parse(await stack.healer.archive.read(row.archive as ArchivePlace)).messageId).toBe(row.messageId);
  }
  const sent = (await stack.sent()).map(({ MessageAttributes }) =>
    JSON.parse(MessageAttributes?.['dlq-healer']?.StringValue ?? '{}'),
  );
  // A crash may send twice, never under another key.
  expect(new Set(sent.map(({ origin, attempt }) => `${origin}.${attempt}`))).toEqual(new Set(Object.values(KEYS)));
  expect(
    rows
      .filter(({ status }) => status === 'healed')
      .map(({ healKey }) => healKey)
      .sort(),
  ).toEqual(Object.values(KEYS).sort());
  const groups = await stack.groups();
  const alerted = (await stack.alerts()).length + groups.filter(({ unalerted }) => Number(unalerted) > 0).length;
  expect(alerted).toBeGreaterThanOrEqual(2); // of the parked letter and of the one whose heals are used up
}

const calls = (await countCalls()).map((name, n) => [n, name] as const);

describe('dying at any call of a batch and being delivered again loses nothing and heals under one key', () => {
  for (const served of [false, true]) {
    it.concurrent.each(calls)(`call %i, %s, ${served ? 'served, its answer lost' : 'never served'}`, async (n) => {
      const stack = await startStack(cloud);
      const records = batch(stack);
      dieAt(stack, n, served);
      // One millisecond left: the claims of the dead run are over when the letters come again.
      await healBatch(stack.healer, { Records: records }, 1).catch(() => undefined);
      stack.faults(undefined);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect((await healBatch(stack.healer, { Records: records }, 30_000)).batchItemFailures).toEqual([]);
      await expectSettled(stack);
    });
  }

  it('is tried at every step there is: reading, claiming, sending, archiving, recording, completing, alerting', () => {
    const names = new Set(calls.map(([, name]) => name));
    for (const step of [
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'sqs:SendMessageBatch',
      's3:PutObject',
      'dynamodb:BatchWriteItem',
      'dynamodb:UpdateItem',
      'sns:Publish',
    ]) {
      expect(names).toContain(step);
    }
  });
});

describe('failing at any one call while the process lives', () => {
  it.concurrent.each(calls)('acknowledges only what is durable: call %i, %s', async (n) => {
    const stack = await startStack(cloud);
    const records = batch(stack);
    let seen = 0;
    stack.faults(() => {
      seen += 1;
      return seen - 1 === n ? { kind: 'fail', status: 400, code: 'AccessDeniedException' } : { kind: 'pass' };
    });
    const answer = await healBatch(stack.healer, { Records: records }, 1).catch(() => undefined);
    stack.faults(undefined);
    const failed = new Set(
      answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ??
        records.map(({ messageId }) => messageId),
    );
    const rows = new Map((await stack.rows()).map((row) => [row.messageId, row]));
    for (const { messageId } of records) if (!failed.has(messageId)) expect(rows.has(messageId)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const again = records.filter(({ messageId }) => failed.has(messageId));
    if (again.length > 0)
      expect((await healBatch(stack.healer, { Records: again }, 30_000)).batchItemFailures).toEqual([]);
    await expectSettled(stack);
  });
});
