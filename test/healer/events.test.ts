import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busOf } from '../../handlers/aws/events.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { type Cloud, deadRecord, startCloud, startStack } from './cloud.ts';
import { emitted } from './emitted.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

const TIMEOUT = { errorType: 'TimeoutError', message: 'gave up after 5400 ms' };

/** A stack that tells a bus, and the entries that the bus was given. */
async function stackWithBus(answer: 'takes' | 'refuses' = 'takes') {
  const stack = await startStack(cloud);
  const entries: { DetailType: string; Source: string; EventBusName: string; Detail: string }[] = [];
  stack.faults((call) => {
    if (call.action !== 'PutEvents') return { kind: 'pass' };
    if (answer === 'refuses') return { kind: 'fail', status: 400, code: 'AccessDeniedException' };
    entries.push(...JSON.parse(call.body.toString()).Entries);
    return { kind: 'pass' };
  });
  const credentials = { accessKeyId: stack.caller, secretAccessKey: 'test' };
  const client = new EventBridgeClient({ region: 'eu-central-1', endpoint: cloud.url, maxAttempts: 1, credentials });
  return { stack, entries, healer: { ...stack.healer, bus: busOf(client, 'default') } };
}

describe('the event bus', () => {
  it('is told of each letter what became of it, without body or error, and of a repeated one nothing', async () => {
    const { stack, entries, healer } = await stackWithBus();
    const body = '{"card":"4111"}';
    const records = [
      deadRecord(stack.dlqArn, { id: 'h', error: TIMEOUT, body }),
      deadRecord(stack.dlqArn, { id: 'w', body }),
      deadRecord(stack.dlqArn, { id: 'a', error: { errorType: 'ValidationError', message: 'secret words' }, body }),
    ];
    await healBatch(healer, { Records: records }, 30_000);
    await healBatch(healer, { Records: records }, 30_000);
    expect(entries.map(({ DetailType }) => DetailType).sort()).toEqual([
      'Letter Archived',
      'Letter Healed',
      'Letter Waiting',
    ]);
    const healed = entries.find(({ DetailType }) => DetailType === 'Letter Healed');
    expect(healed).toMatchObject({ Source: 'dlq-healer', EventBusName: 'default' });
    expect(JSON.parse(healed?.Detail ?? '')).toMatchObject({
      version: 1,
      stack: 'shop',
      queue: stack.queue.key,
      originId: 'h',
      healKey: 'h.1',
      failureClass: 'TIMEOUT',
      status: 'healed',
    });
    expect(JSON.stringify(entries)).not.toMatch(/4111|secret words/);
  });

  it('takes ten at a time', async () => {
    const { stack, entries, healer } = await stackWithBus();
    const records = Array.from({ length: 23 }, (_, i) => deadRecord(stack.dlqArn, { id: `n-${i}`, error: TIMEOUT }));
    await healBatch(healer, { Records: records }, 30_000);
    expect(entries).toHaveLength(23);
  });

  it('that refuses costs no letter: it is an error in log and metric', async () => {
    const { stack, healer } = await stackWithBus('refuses');
    const records = [deadRecord(stack.dlqArn, { id: 'x', error: TIMEOUT })];
    let answer: unknown;
    const lines = await emitted(async () => {
      answer = await healBatch(healer, { Records: records }, 30_000);
    });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(lines.some((line) => line.HealerErrors === 1)).toBe(true);
    expect(await stack.sent()).toHaveLength(1);
  });
});
