import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateFunctionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { zipSync } from 'fflate';
import { changeBreaker } from '../../handlers/aws/breakers.ts';
import { pinLevel } from '../../handlers/aws/control.ts';
import { confirmedKey } from '../../handlers/aws/keys.ts';
import { type Breaker, held } from '../../handlers/core/group.ts';
import { parseRules } from '../../handlers/core/rules-document.ts';
import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { LETTER_FIXTURES } from '../core/letters.ts';
import { type Holdings, holdingsOf } from './account.ts';
import { type Cloud, deadRecord, type Stack, startStack } from './cloud.ts';
import {
  DOWN,
  EAGER,
  expectLineage,
  fullRecord,
  HOURS,
  handle,
  INVALID,
  LONG,
  MINUTE,
  noteFailure,
  type Path,
  refusing,
  relapses,
  THROTTLED,
} from './paths.ts';

/** The ways of the governor's runs, and of letters that need more than a queue and a ledger. */

type Over = NonNullable<Parameters<typeof startStack>[1]>;

async function parked(cloud: Cloud, ids: readonly string[], over: Over = {}): Promise<Stack> {
  const stack = await startStack(cloud, { ...over, queue: { classes: LONG, ...over.queue } });
  const system = (id: string, n: number) => ({
    MessageGroupId: id.slice(0, 1),
    SequenceNumber: String(n).padStart(20, '0'),
  });
  await handle(
    stack,
    ids.map((id, n) => deadRecord(stack.dlqArn, { id, error: THROTTLED, system: system(id, n) })),
  );
  stack.clock.now += 3 * HOURS;
  return stack;
}

const minute = async (stack: Stack) => {
  stack.clock.now += MINUTE;
  await govern(stack.healer, () => 60_000);
};

/** A group of five whose breaker is open, and whose cool-down is over. */
async function cooledDown(cloud: Cloud): Promise<Stack> {
  const stack = await startStack(cloud, { policy: { breaker: EAGER } });
  const ids = ['a', 'b', 'c', 'd'];
  await healBatch(stack.healer, { Records: ids.map((id) => deadRecord(stack.dlqArn, { id, error: DOWN })) }, 30_000);
  await handle(stack, relapses(stack, await holdingsOf(cloud, stack), ids));
  await minute(stack);
  stack.clock.now += MINUTE;
  return stack;
}

/** Its canary is out and was processed. */
async function confirmed(cloud: Cloud): Promise<Stack> {
  const stack = await cooledDown(cloud);
  await govern(stack.healer, () => 60_000);
  for (const { probes } of (await holdingsOf(cloud, stack)).groups.map(({ breaker }) => breaker as Breaker))
    for (const key of probes)
      await cloud.db.send(new PutCommand({ TableName: stack.healer.table, Item: confirmedKey(key) }));
  stack.clock.now += MINUTE;
  return stack;
}

/** All of it has gone back. */
async function emptied(cloud: Cloud): Promise<Stack> {
  const stack = await confirmed(cloud);
  await govern(stack.healer, () => 60_000);
  stack.clock.now += MINUTE;
  return stack;
}

const breakerIs =
  (state: string) =>
  ({ groups }: Holdings) =>
    groups.every(({ breaker }) => (breaker as Breaker | undefined)?.state === state);

async function heldByPerson(cloud: Cloud): Promise<Stack> {
  const stack = await parked(cloud, ['h1', 'h2']);
  // One lies in the group's lot already: a group that holds nothing is closed.
  const { table } = stack.healer;
  await pinLevel(cloud.db, table, stack.queue.key, 4);
  await handle(stack, [deadRecord(stack.dlqArn, { id: 'h0', error: THROTTLED })]);
  await pinLevel(cloud.db, table, stack.queue.key, undefined);
  const [row] = await stack.groups();
  const name = { queueKey: stack.queue.key, group: String(row?.group), failureClass: 'THROTTLED' };
  const noAlert = () => ({ originId: '', status: 'parked' as const, reason: '', error: '' });
  await changeBreaker(stack.healer, name, row, (breaker) => held(breaker, stack.clock.now), noAlert);
  return stack;
}

async function pinned(cloud: Cloud): Promise<Stack> {
  const stack = await parked(cloud, ['l1', 'l2']);
  await pinLevel(cloud.db, stack.healer.table, stack.queue.key, 4);
  return stack;
}

/** Every run of the consumer failed in the last minutes. */
async function failing(cloud: Cloud): Promise<Stack> {
  const stack = await startStack(cloud);
  const FunctionName = `worker-${stack.queue.key}`;
  const config = { region: 'eu-central-1', endpoint: cloud.url };
  const metrics = new CloudWatchClient({ ...config, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const of = (MetricName: string) => ({
    MetricName,
    Value: 100,
    Timestamp: new Date(stack.clock.now - 2 * MINUTE),
    Dimensions: [{ Name: 'FunctionName', Value: FunctionName }],
  });
  const MetricData = [of('Invocations'), of('Errors')];
  await metrics.send(new PutMetricDataCommand({ Namespace: 'AWS/Lambda', MetricData }));
  const queue = { ...stack.queue, consumerFunction: FunctionName };
  return { ...stack, queue, healer: { ...stack.healer, policy: { ...stack.healer.policy, queues: [queue] } } };
}

const zip = (code: string) => zipSync({ 'index.mjs': Buffer.from(code) });

async function createFunction(cloud: Cloud, FunctionName: string): Promise<void> {
  await fetch(cloud.url, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20200101/eu-central-1/iam/aws4_request',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      Action: 'CreateRole',
      Version: '2010-05-08',
      RoleName: 'test',
      AssumeRolePolicyDocument: '{}',
    }),
  });
  const Role = 'arn:aws:iam::000000000000:role/test';
  const settings = { Role, Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile: zip('1') } } as const;
  await cloud.lambda.send(new CreateFunctionCommand({ FunctionName, ...settings }));
}

/** Letters of a bug wait for a deploy, and there was one. */
async function deployed(cloud: Cloud): Promise<Stack> {
  await createFunction(cloud, 'buggy');
  const stack = await startStack(cloud, { policy: { breaker: EAGER }, queue: { consumerFunction: 'buggy' } });
  await handle(
    stack,
    ['b1', 'b2'].map((id) => deadRecord(stack.dlqArn, { id })),
  );
  await minute(stack);
  await cloud.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'buggy', ZipFile: zip('2') }));
  stack.clock.now += MINUTE;
  return stack;
}

const letterOf = (stack: Stack, name: string, replace: readonly [string, string] = ['', '']) => {
  const found = LETTER_FIXTURES.find((one) => one.name === name);
  const whole = JSON.stringify({ ...found?.record, eventSourceARN: stack.dlqArn });
  return JSON.parse(whole.replaceAll(...replace)) as object;
};
const healable = (source: string) => ({ rules: [{ id: 'all', when: { source } as object, class: 'TIMEOUT' }] });
const REQUEST = 'e4b46cbf-b738-4880-8f40-000000000003';
const SCHEDULED = '059f36b4-87a3-44ab-83d2-661900000019';

async function ofFunction(cloud: Cloud): Promise<Stack> {
  const arn = 'arn:aws:lambda:eu-central-1:000000000000:function:given-back';
  await createFunction(cloud, 'given-back').catch(() => undefined);
  return startStack(cloud, { policy: healable('lambda-async-dlq'), queue: { targets: [arn] } });
}

let machines = 0;
async function ofStateMachine(cloud: Cloud, source = 'eventbridge-scheduler'): Promise<Stack> {
  machines += 1;
  const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } });
  const roleArn = 'arn:aws:iam::000000000000:role/test';
  const { stateMachineArn = '' } = await cloud.sfn.send(
    new CreateStateMachineCommand({ name: `nightly-${machines}`, definition, roleArn }),
  );
  return startStack(cloud, { policy: healable(source), queue: { targets: [stateMachineArn] } });
}

const FAILED = 'fbd38b7cc822-page-17';
/** As `scheduled`, of an execution that failed. */
const ofExecution = (stack: Stack) =>
  letterOf(stack, 'step-functions', [
    'arn:aws:states:eu-central-1:123456789012:stateMachine:crawl',
    String(stack.queue.targets[0]),
  ]);

const MACHINE = 'arn:aws:states:eu-central-1:123456789012:stateMachine:nightly';
const scheduled = (stack: Stack) =>
  letterOf(stack, 'eventbridge-scheduler--state-machine', [MACHINE, String(stack.queue.targets[0])]);

async function dueLater(stack: Stack, record: object): Promise<Stack> {
  await handle(stack, [record]);
  stack.clock.now += HOURS;
  return stack;
}

async function unalerted(cloud: Cloud): Promise<Stack> {
  const stack = await startStack(cloud);
  stack.faults(({ service }) =>
    service === 'sns' ? { kind: 'fail', status: 503, code: 'ServiceUnavailable' } : { kind: 'pass' },
  );
  await handle(stack, [deadRecord(stack.dlqArn, { id: 'u' })]);
  stack.faults(undefined);
  stack.clock.now += 2 * MINUTE;
  return stack;
}

async function alerted(cloud: Cloud): Promise<Stack> {
  const stack = await startStack(cloud);
  await handle(stack, [deadRecord(stack.dlqArn, { id: 'v' })]);
  stack.clock.now += 20 * MINUTE;
  return stack;
}

let observed = 0;
/** A DLQ that is only looked at: of each case its own. */
async function watching(cloud: Cloud): Promise<Stack> {
  observed += 1;
  const { QueueUrl: dlqUrl = '' } = await cloud.sqs.send(new CreateQueueCommand({ QueueName: `watched-${observed}` }));
  for (const id of ['o1', 'o2']) {
    const StringValue = JSON.stringify({ v: 1, origin: id, attempt: 0, errorType: 'TypeError', message: 'x' });
    const MessageAttributes = { 'dlq-evidence': { DataType: 'String', StringValue } };
    await cloud.sqs.send(new SendMessageCommand({ QueueUrl: dlqUrl, MessageBody: id, MessageAttributes }));
  }
  const stack = await startStack(cloud, { queue: { dlqUrl } });
  return { ...stack, healer: { ...stack.healer, mode: 'observe' } };
}

const SILENT = '7f9d2a10-0001-4000-8000-000000000001';
/** A consumer whose log says why the message died. */
async function logged(cloud: Cloud): Promise<Stack> {
  const request = '8f5d1e0a-1111-4222-8333-444455556666';
  const names = { logGroupName: '/aws/lambda/logged', logStreamName: 's' };
  await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: names.logGroupName }));
  await cloud.logs.send(new CreateLogStreamCommand(names));
  const texts = [
    `START RequestId: ${request} Version: $LATEST`,
    `got ${SILENT}`,
    `2026-11-22T03:00:00.000Z ${request} Task timed out after 3.00 seconds`,
  ];
  const logEvents = texts.map((message, i) => ({ timestamp: Date.now() - 5_000 + i, message }));
  await cloud.logs.send(new PutLogEventsCommand({ ...names, logEvents }));
  return startStack(cloud, { queue: { consumerFunction: 'logged', logGroup: names.logGroupName, logLookup: true } });
}

function silent(stack: Stack): object {
  const system = {
    ApproximateReceiveCount: '6',
    SentTimestamp: String(stack.clock.now - 30_000),
    ApproximateFirstReceiveTimestamp: String(stack.clock.now - 20_000),
    DeadLetterQueueSourceArn: stack.queue.sourceArn,
  };
  return { ...deadRecord(stack.dlqArn, { id: SILENT, system }), messageAttributes: {} };
}

const FIX = {
  id: 'fix',
  when: { message_contains: 'store_id' },
  class: 'VALIDATION_ERROR',
  repair: { merge_patch: '{"store_id":"main"}' },
};

export const OTHER_HEAL_PATHS: readonly Path[] = [
  {
    // Nobody is told of it, and no breaker has opened: only the healer knows that the group must be held.
    name: 'a letter of a queue whose level parks it',
    start: async (cloud) => {
      const stack = await startStack(cloud);
      await pinLevel(cloud.db, stack.healer.table, stack.queue.key, 3);
      return stack;
    },
    records: ({ dlqArn }) => [deadRecord(dlqArn, { id: 'level', error: DOWN })],
    ends: { 'level.0': 'parked@lot' },
  },
  {
    name: 'letters that a rule mends, or cannot',
    start: (cloud) => startStack(cloud, { policy: { rules: parseRules([FIX]) } }),
    records: ({ dlqArn }) => [
      deadRecord(dlqArn, { id: 'mended', error: INVALID }),
      deadRecord(dlqArn, { id: 'unmended', error: INVALID, body: 'no JSON' }),
    ],
    ends: { 'mended.0': 'healed', 'unmended.0': 'archived' },
    alerts: 1,
  },
  {
    name: 'a letter for a function',
    start: ofFunction,
    records: (stack) => [letterOf(stack, 'lambda-async-dlq')],
    ends: { [`${REQUEST}.0`]: 'parked@time' },
  },
  {
    name: 'a letter that its consumer’s log explains',
    start: logged,
    records: (stack) => [silent(stack)],
    // Where the look-up fails nobody knows why it died.
    ends: { [`${SILENT}.0`]: ['healed', 'waiting', 'waiting@lot'] },
  },
];

export const GOVERN_PATHS: readonly Path[] = [
  {
    name: 'letters that are due',
    start: (cloud) => parked(cloud, ['d1', 'd2']),
    ends: { 'd1.0': 'healed', 'd2.0': 'healed' },
  },
  {
    name: 'a due letter without room for its mark',
    start: async (cloud) => {
      const stack = await startStack(cloud, { queue: { classes: LONG } });
      await noteFailure(cloud, stack, 'full', THROTTLED);
      return dueLater(stack, fullRecord(stack, 'full')).then((due) => {
        due.clock.now += 3 * HOURS;
        return due;
      });
    },
    ends: { 'full.0': 'healed' },
    check: ({ letters, lineages }) => expectLineage(letters.get('full.0'), lineages),
  },
  {
    name: 'due letters of a FIFO queue',
    start: (cloud) => parked(cloud, ['x1', 'x2', 'y1'], { queue: { fifo: true }, policy: { healFifo: true } }),
    ends: { 'x1.0': 'healed', 'x2.0': 'healed', 'y1.0': 'healed' },
    check: ({ sent }) => {
      const ids = sent.map(({ body }) => JSON.parse(body).order_id as string);
      if (ids.filter((id) => id.startsWith('x')).join() !== 'x1,x2' || ids.length !== 3)
        throw new Error(`each goes once, in the order of its message group: ${ids}`);
    },
  },
  {
    name: 'due letters of a group that is held',
    start: heldByPerson,
    ends: { 'h0.0': 'parked@lot', 'h1.0': 'parked@lot', 'h2.0': 'parked@lot' },
  },
  {
    name: 'due letters of a queue that is held',
    start: pinned,
    ends: { 'l1.0': 'parked@lot', 'l2.0': 'parked@lot' },
  },
  {
    name: 'a due letter that its queue refuses for good',
    start: async (cloud) => {
      const stack = await parked(cloud, []);
      await handle(stack, [deadRecord(stack.dlqArn, { id: 'r', error: THROTTLED, body: `"${'x'.repeat(2000)}"` })]);
      stack.clock.now += 3 * HOURS;
      return stack;
    },
    arrange: refusing,
    ends: { 'r.0': 'waiting' },
    alerts: 1,
  },
  {
    name: 'a due letter for a function',
    start: async (cloud) => {
      const stack = await ofFunction(cloud);
      return dueLater(stack, letterOf(stack, 'lambda-async-dlq'));
    },
    ends: { [`${REQUEST}.0`]: 'healed' },
    givesBy: 'InvokeFunction',
    check: ({ letters, lineages }) => expectLineage(letters.get(`${REQUEST}.0`), lineages),
  },
  {
    name: 'a due letter for a state machine',
    copies: false,
    start: async (cloud) => {
      const stack = await ofStateMachine(cloud);
      return dueLater(stack, scheduled(stack));
    },
    ends: { [`${SCHEDULED}.0`]: 'healed' },
    givesBy: 'StartExecution',
    check: async ({ letters }, stack, cloud) => {
      const stateMachineArn = stack.queue.targets[0] ?? '';
      const { executions = [] } = await cloud.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
      const row = letters.get(`${SCHEDULED}.0`);
      if (executions.length !== 1 || executions[0]?.executionArn !== row?.healedMessageId)
        throw new Error(`it is started once, under the name in its row: ${JSON.stringify([executions, row])}`);
    },
  },
  {
    name: 'a due letter of an execution that failed',
    copies: false,
    start: async (cloud) => {
      const stack = await ofStateMachine(cloud, 'step-functions');
      return dueLater(stack, ofExecution(stack));
    },
    ends: { [`${FAILED}.0`]: 'healed' },
    givesBy: 'StartExecution',
    check: async ({ letters }, stack, cloud) => {
      const stateMachineArn = stack.queue.targets[0] ?? '';
      const { executions = [] } = await cloud.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
      const row = letters.get(`${FAILED}.0`);
      if (executions.length !== 1 || executions[0]?.executionArn !== row?.healedMessageId)
        throw new Error(`it is started once, under the name in its row: ${JSON.stringify([executions, row])}`);
    },
  },
  {
    name: 'a cool-down that is over',
    start: cooledDown,
    ends: { 'a.1': 'healed', 'b.1': 'healed', 'c.1': ['parked@lot', 'healed'], 'd.1': ['parked@lot', 'healed'] },
    check: ({ groups }) => {
      if (groups.some(({ breaker }) => (breaker as Breaker).state === 'holding')) throw new Error('it is not tried');
    },
  },
  {
    name: 'a canary that was processed',
    start: confirmed,
    ends: { 'c.1': 'healed', 'd.1': 'healed', 'a.1': 'healed', 'b.1': 'healed' },
  },
  {
    name: 'a ramp with nothing left',
    start: emptied,
    ends: { 'c.1': 'healed', 'd.1': 'healed', 'a.1': 'healed', 'b.1': 'healed' },
    isDone: breakerIs('healing'),
  },
  {
    name: 'a deploy that a group waits for',
    start: deployed,
    ends: { 'b1.0': 'healed', 'b2.0': 'healed' },
  },
  {
    name: 'an emergency',
    start: failing,
    copies: false,
    ends: {},
    isDone: ({ all }) => all.some(({ pk, level }) => pk === 'control' && level === 4),
    alerts: 1,
  },
  {
    name: 'an alert whose sender died',
    start: unalerted,
    ends: { 'u.0': 'waiting@lot' },
    isDone: ({ alerts, groups }) => alerts.length > 0 && groups.every(({ unalerted: n }) => Number(n) <= 0),
    alerts: 1,
  },
  {
    name: 'a group with nothing left to alert on',
    start: alerted,
    ends: { 'v.0': 'waiting@lot' },
    isDone: ({ groups }) => groups.every(({ dueKey }) => dueKey === undefined),
  },
  {
    name: 'a DLQ that is only looked at',
    start: watching,
    copies: false,
    // Where the run dies they are hidden for half a minute more: nothing more comes about until then.
    ends: {},
    check: async ({ letters }, stack, cloud) => {
      const left = await cloud.stored(stack.queue.dlqUrl.split('/').at(-1) ?? '');
      if (left.length !== 2 || letters.size > 0)
        throw new Error(`nothing is taken out of it and nothing acted on: ${left.length} left`);
    },
  },
];
