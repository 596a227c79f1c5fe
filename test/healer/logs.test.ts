import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchivePlace } from '../../handlers/aws/archive.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { observeAll } from '../../handlers/heal/observe.ts';
import { type Cloud, deadRecord, type Stack, startCloud, startStack } from './cloud.ts';

/** Letters that say nothing, and consumers' logs that do. */

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

const REQUEST = '8f5d1e0a-1111-4222-8333-444455556666';
const id = (n: number) => `7f9d2a10-0001-4000-8000-00000000000${n}`;
let groups = 0;

/** A stack whose consumer's request worked on these messages and ran out of time, a few seconds ago. */
async function startLogged(messageIds: readonly string[], over: { readonly logLookup?: boolean } = {}): Promise<Stack> {
  groups += 1;
  const logGroup = `/aws/lambda/orders-${groups}`;
  const names = { logGroupName: logGroup, logStreamName: 's' };
  await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: logGroup }));
  await cloud.logs.send(new CreateLogStreamCommand(names));
  const texts = [
    `START RequestId: ${REQUEST} Version: $LATEST`,
    ...messageIds.map((messageId) => `got ${messageId}`),
    `2026-11-22T03:00:00.000Z ${REQUEST} Task timed out after 3.00 seconds`,
  ];
  const logEvents = texts.map((message, i) => ({ timestamp: Date.now() - 5_000 + i, message }));
  await cloud.logs.send(new PutLogEventsCommand({ ...names, logEvents }));
  return startStack(cloud, { queue: { consumerFunction: 'orders', logGroup, logLookup: over.logLookup ?? true } });
}

/** As SQS moves it: no evidence, and the queue that it came from. */
const silent = (stack: Stack, messageId: string) => {
  const system = {
    ApproximateReceiveCount: '6',
    SentTimestamp: String(Date.now() - 30_000),
    ApproximateFirstReceiveTimestamp: String(Date.now() - 20_000),
    DeadLetterQueueSourceArn: stack.queue.sourceArn,
  };
  return { ...deadRecord(stack.dlqArn, { id: messageId, system }), messageAttributes: {} };
};

const heal = (stack: Stack, ...records: object[]) => healBatch(stack.healer, { Records: records }, 30_000);

/** Counts the searches, and lets the test decide what becomes of each. */
function onSearches(stack: Stack, decide: (n: number) => 'serve' | 'fail' | 'drop' | 'hang' = () => 'serve') {
  const seen: string[] = [];
  stack.faults((call) => {
    if (call.action !== 'FilterLogEvents') return { kind: 'pass' };
    seen.push(call.resources.join());
    const what = decide(seen.length - 1);
    if (what === 'fail') return { kind: 'fail', status: 400, code: 'AccessDeniedException' };
    if (what === 'hang') return { kind: 'delay', milliseconds: 20_000 };
    return what === 'drop' ? { kind: 'drop-after-forward' } : { kind: 'pass' };
  });
  return seen;
}

describe('a letter that says nothing', () => {
  it('is explained by its consumer’s logs, and healed', async () => {
    const stack = await startLogged([id(1)]);
    expect((await heal(stack, silent(stack, id(1)))).batchItemFailures).toEqual([]);
    expect(await stack.sent()).toHaveLength(1);
    expect(await stack.rows()).toMatchObject([
      {
        status: 'healed',
        failureClass: 'TIMEOUT',
        evidenceSource: 'cloudwatch-logs',
        error: 'Task timed out after 3.00 seconds',
      },
    ]);
  });

  it('shares the calls with the others of its request', async () => {
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(id);
    const stack = await startLogged(all);
    const searches = onSearches(stack);
    await heal(stack, ...all.map((messageId) => silent(stack, messageId)));
    expect(searches).toHaveLength(2);
    expect((await stack.rows()).map(({ failureClass }) => failureClass)).toEqual(all.map(() => 'TIMEOUT'));
  });

  it('that no function ever had stays unknown, and waits for a person', async () => {
    const stack = await startLogged([id(1)]);
    await heal(stack, silent(stack, id(2)));
    expect(await stack.rows()).toMatchObject([
      { status: 'waiting', failureClass: 'UNKNOWN', evidenceSource: 'sqs-redrive' },
    ]);
  });

  it.each(['off', 'explained', 'paused'])('costs no call where it is %s', async (how) => {
    const stack = await startLogged([id(1)], { logLookup: how !== 'off' });
    const put = (Item: object) => cloud.db.send(new PutCommand({ TableName: stack.healer.table, Item }));
    if (how === 'paused') await put({ pk: 'control', sk: 'stack', paused: true });
    const evidence = JSON.stringify({ v: 1, origin: id(1), attempt: 0, errorType: 'TypeError', message: 'x' });
    if (how === 'explained') await put({ pk: `message#${id(1)}`, sk: 'failure', evidence });
    const searches = onSearches(stack);
    await heal(stack, silent(stack, id(1)));
    expect(searches).toEqual([]);
  });

  it('has a link to the stream that explained it in its archive record', async () => {
    const stack = await startLogged([id(1)]);
    const rule = { id: 'keep', when: { source: 'cloudwatch-logs' } as object, class: 'VALIDATION_ERROR' };
    await heal(
      { ...stack, healer: { ...stack.healer, policy: { ...stack.healer.policy, rules: [rule] } } },
      silent(stack, id(1)),
    );
    const [row] = await stack.rows();
    const record = JSON.parse(await stack.healer.archive.read(row?.archive as ArchivePlace));
    expect(record.logsUrl).toMatch(/log-group\/\$252Faws\$252Flambda\$252Forders-\d+\/log-events\/s$/);
    expect(record.evidence).toMatchObject({ source: 'cloudwatch-logs', requestId: REQUEST, functionName: 'orders' });
  });
});

describe('a look-up that fails', () => {
  it.each([
    ['is refused', 'fail' as const],
    ['loses its answer', 'drop' as const],
  ])('at any of its calls because it %s leaves the letter as it was', async (_, how) => {
    for (const n of [0, 1]) {
      const stack = await startLogged([id(1)]);
      const searches = onSearches(stack, (call) => (call === n ? how : 'serve'));
      expect((await heal(stack, silent(stack, id(1)))).batchItemFailures).toEqual([]);
      expect(searches).toHaveLength(n + 1);
      expect(await stack.rows()).toMatchObject([{ status: 'waiting', failureClass: 'UNKNOWN' }]);
    }
  });

  it('hangs no longer than its share of the time', async () => {
    const stack = await startLogged([id(1)]);
    onSearches(stack, () => 'hang');
    const before = performance.now();
    const answer = await healBatch(stack.healer, { Records: [silent(stack, id(1))] }, 8_000);
    expect(performance.now() - before).toBeLessThan(8_000);
    expect(answer.batchItemFailures).toEqual([]);
    expect(await stack.rows()).toMatchObject([{ status: 'waiting', failureClass: 'UNKNOWN' }]);
  });
});

describe('dying at a call of the look-up and being delivered again', () => {
  it.each([
    [0, 'never served', 'fail' as const],
    [0, 'served', 'drop' as const],
    [1, 'never served', 'fail' as const],
    [1, 'served', 'drop' as const],
  ])('loses nothing and heals once: call %i, %s', async (n, _, how) => {
    const stack = await startLogged([id(1)]);
    const record = silent(stack, id(1));
    let searches = 0;
    let dead = false;
    stack.faults((call) => {
      if (dead) return { kind: 'fail', status: 400, code: 'ProcessIsDead' };
      if (call.action !== 'FilterLogEvents') return { kind: 'pass' };
      searches += 1;
      dead = searches - 1 === n;
      if (!dead) return { kind: 'pass' };
      return how === 'drop' ? { kind: 'drop-after-forward' } : { kind: 'fail', status: 400, code: 'ProcessIsDead' };
    });
    // What the dead process would answer reaches nobody; SQS delivers the letter again.
    await heal(stack, record).catch(() => undefined);
    expect(dead).toBe(true);
    stack.faults(undefined);
    expect((await heal(stack, record)).batchItemFailures).toEqual([]);
    expect(await stack.sent()).toHaveLength(1);
    expect(await stack.rows()).toMatchObject([{ status: 'healed', failureClass: 'TIMEOUT' }]);
  });
});

it('observing looks for each letter once, however often it meets it', async () => {
  const stack = await startLogged([]);
  const { QueueUrl: dlqUrl = '' } = await cloud.sqs.send(
    new CreateQueueCommand({ QueueName: `${stack.queue.key}-seen` }),
  );
  await cloud.sqs.send(new SendMessageCommand({ QueueUrl: dlqUrl, MessageBody: 'x' }));
  const policy = { ...stack.healer.policy, queues: [{ ...stack.queue, dlqUrl }] };
  const searches = onSearches(stack);
  for (const _ of [1, 2]) await observeAll({ ...stack.healer, mode: 'observe', policy }, () => 60_000);
  expect(searches).toHaveLength(1);
});
