import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, startFixture, until } from './fixture.ts';

/** State machines that really run: their tasks are the host's functions and calls through the gateway. */

const roleArn = 'arn:aws:iam::000000000000:role/crawl-workflow';
let fixture: Fixture;
let sfn: SFNClient;
let s3: S3Client;
let events: EventBridgeClient;
beforeAll(async () => {
  fixture = await startFixture();
  sfn = new SFNClient({ ...fixture.client, maxAttempts: 1 });
  s3 = new S3Client({ ...fixture.client, forcePathStyle: true });
  events = new EventBridgeClient(fixture.client);
  await s3.send(new CreateBucketCommand({ Bucket: 'pages' }));
  await fixture.deploy('double', 'export const handler = async ({ n }) => ({ n: 2 * n });');
  await fixture.deploy(
    'shaky',
    `let calls = 0;
     export const handler = async ({ fails, kind }) => {
       calls += 1;
       if (calls <= fails) throw Object.assign(new Error('try ' + calls), { name: kind ?? 'UpstreamError' });
       return { calls };
     };`,
  );
});
afterAll(async () => {
  for (const client of [sfn, s3, events]) client.destroy();
  await fixture.stop();
});

const fn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

async function machine(name: string, States: object, over: object = {}): Promise<string> {
  const definition = JSON.stringify({ StartAt: Object.keys(States)[0], States, ...over });
  const { stateMachineArn = '' } = await sfn.send(new CreateStateMachineCommand({ name, roleArn, definition }));
  return stateMachineArn;
}

const start = (stateMachineArn: string, name: string, input: object = {}) =>
  sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
const describeExecution = (executionArn: string | undefined) =>
  sfn.send(new DescribeExecutionCommand({ executionArn }));

/** As it is when it has ended. */
async function ended(executionArn: string | undefined) {
  await until(`${executionArn} has ended`, async () => (await describeExecution(executionArn)).status !== 'RUNNING');
  return describeExecution(executionArn);
}

describe('an execution', () => {
  it('runs functions and stores in S3, each call under the role of the state machine', async () => {
    const arn = await machine('whole', {
      Double: { Type: 'Task', Resource: fn('double'), ResultPath: '$.doubled', Next: 'Again' },
      Again: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: fn('double'), 'Payload.$': '$.doubled' },
        ResultPath: '$.again',
        Next: 'Store',
      },
      Store: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:s3:putObject',
        Parameters: {
          Bucket: 'pages',
          'Key.$': "States.Format('n/{}.json', $$.Execution.Name)",
          'Body.$': '$.again.Payload',
        },
        ResultPath: '$.stored',
        End: true,
      },
    });
    const { executionArn } = await start(arn, 'first', { n: 5 });
    const execution = await ended(executionArn);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', stateMachineArn: arn, name: 'first', input: '{"n":5}' });
    expect(JSON.parse(execution.output ?? '{}')).toMatchObject({
      ...{ n: 5, doubled: { n: 10 }, again: { Payload: { n: 20 } }, stored: { ETag: expect.any(String) } },
    });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'pages', Key: 'n/first.json' }));
    expect(await Body?.transformToString()).toBe('{"n":20}');
    const own = fixture.aws.gateway.calls.records().filter(({ caller }) => caller === 'crawl-workflow');
    expect(own.map(({ service, action, resource, count }) => `${count} ${service}:${action} ${resource}`)).toEqual([
      `2 lambda:InvokeFunction ${fn('double')}`,
      '1 s3:PutObject arn:aws:s3:::pages/n/first.json',
    ]);
  });

  it('retries what its definition names, and fails with the function’s error when that is used up', async () => {
    const Retry = [{ ErrorEquals: ['UpstreamError'], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 }];
    const arn = await machine('retries', { Try: { Type: 'Task', Resource: fn('shaky'), Retry, End: true } });
    const copes = await ended((await start(arn, 'copes', { fails: 2 })).executionArn);
    expect(copes).toMatchObject({ status: 'SUCCEEDED', output: '{"calls":3}' });
    const other = await ended((await start(arn, 'other', { fails: 9, kind: 'PageGone' })).executionArn);
    expect(other).toMatchObject({ status: 'FAILED', error: 'PageGone' });
    expect(JSON.parse(other.cause ?? '')).toMatchObject({ errorType: 'PageGone', errorMessage: 'try 4' });
  });

  it('that takes too long as a whole times out, and one that is stopped is aborted', async () => {
    const arn = await machine('slow', { Sleep: { Type: 'Wait', Seconds: 30, End: true } }, { TimeoutSeconds: 1 });
    expect(await ended((await start(arn, 'late')).executionArn)).toMatchObject({ status: 'TIMED_OUT' });
    const { executionArn } = await start(arn, 'stopped');
    await sfn.send(new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'by hand' }));
    expect(await describeExecution(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'Enough',
      cause: 'by hand',
    });
  });

  it('is the same one while it runs under its name with its input, and no other ever has its name', async () => {
    const arn = await machine('named', { Sleep: { Type: 'Wait', Seconds: 1, End: true } });
    const first = await start(arn, 'page-1', { n: 1 });
    expect(await start(arn, 'page-1', { n: 1 })).toMatchObject({
      ...{ executionArn: first.executionArn, startDate: first.startDate },
    });
    await expect(start(arn, 'page-1', { n: 2 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await ended(first.executionArn);
    await expect(start(arn, 'page-1', { n: 1 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await expect(start(arn, 'page/1')).rejects.toMatchObject({ name: 'InvalidName' });
    await expect(start(`${arn}x`, 'page-1')).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    const bad = sfn.send(new StartExecutionCommand({ stateMachineArn: arn, input: 'no JSON' }));
    await expect(bad).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
  });

  it('is listed with the others, the latest first, by status and page by page', async () => {
    const arn = await machine('listed', {
      Done: { Type: 'Choice', Choices: [], Default: 'End' },
      End: { Type: 'Succeed' },
    });
    for (const name of ['a', 'b', 'c']) await ended((await start(arn, name)).executionArn);
    const list = async (over: object = {}) =>
      sfn.send(new ListExecutionsCommand({ stateMachineArn: arn, maxResults: 2, ...over }));
    const first = await list();
    expect(first.executions?.map(({ name }) => name)).toEqual(['c', 'b']);
    const { executions, nextToken } = await list({ nextToken: first.nextToken });
    expect([executions?.map(({ name }) => name), nextToken]).toEqual([['a'], undefined]);
    expect((await list({ statusFilter: 'FAILED' })).executions).toEqual([]);
  });
});

describe('a definition', () => {
  it.each([
    ['that is sound', { StartAt: 'A', States: { A: { Type: 'Succeed' } } }, 'OK'],
    ['that goes nowhere', { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } }, 'FAIL'],
    ['without its states', { StartAt: 'A' }, 'FAIL'],
  ])('%s is judged', async (_, definition, result) => {
    const command = new ValidateStateMachineDefinitionCommand({ definition: JSON.stringify(definition) });
    const judged = await sfn.send(command);
    expect(judged.result).toBe(result);
    expect(judged.diagnostics?.length === 0).toBe(result === 'OK');
  });
});

describe('the end of an execution', () => {
  /** A rule that sends to the queue, and the queue's policy. */
  async function rule(queue: string, detail: object, allowed = true): Promise<void> {
    const QueueUrl = await fixture.queue(queue);
    const EventPattern = JSON.stringify({
      ...{ source: ['aws.states'], 'detail-type': ['Step Functions Execution Status Change'], detail },
    });
    const { RuleArn } = await events.send(new PutRuleCommand({ Name: queue, EventPattern }));
    const arn = `arn:aws:sqs:us-east-1:000000000000:${queue}`;
    await events.send(new PutTargetsCommand({ Rule: queue, Targets: [{ Id: 'dlq', Arn: arn }] }));
    const statement = {
      ...{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: arn },
      Condition: { ArnEquals: { 'aws:SourceArn': allowed ? RuleArn : `${RuleArn}-other` } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await fixture.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  }
  const bodies = async (queue: string) => (await fixture.aws.bodies(queue)).map(({ body }) => JSON.parse(body));
  const fails = { Fail: { Type: 'Fail', Error: 'PageGone', Cause: '410' } };

  it('is told to the queues of the rules that match it, and to no other', async () => {
    const [arn, other] = [await machine('told', fails), await machine('untold', fails)];
    const status = ['FAILED', 'TIMED_OUT', 'ABORTED'];
    await rule('failures', { status, stateMachineArn: [arn] });
    await rule('successes', { status: ['SUCCEEDED'], stateMachineArn: [arn] });
    await rule('others', { status, stateMachineArn: [`${arn}x`] });
    await rule('guarded', { status, stateMachineArn: [arn] }, false);
    await rule('both', { stateMachineArn: [arn] });
    const { executionArn } = await start(arn, 'page-1', { url: 'https://a.example' });
    await start(other, 'page-1');
    await until('both events are there', async () => (await bodies('both')).length === 2);
    expect(await bodies('failures')).toMatchObject([
      {
        ...{ version: '0', source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change' },
        ...{ account: '000000000000', region: 'us-east-1', resources: [executionArn] },
        detail: {
          ...{ executionArn, stateMachineArn: arn, name: 'page-1', status: 'FAILED', error: 'PageGone', cause: '410' },
          ...{ input: '{"url":"https://a.example"}', inputDetails: { included: true }, output: null },
          ...{ startDate: expect.any(Number), stopDate: expect.any(Number) },
        },
      },
    ]);
    expect((await bodies('both')).map(({ detail }) => detail.status)).toEqual(['RUNNING', 'FAILED']);
    for (const queue of ['successes', 'others', 'guarded']) expect(await bodies(queue), queue).toEqual([]);
  });

  it('is told without an input that is too large for an event', async () => {
    const arn = await machine('large', fails);
    await rule('large', { status: ['FAILED'], stateMachineArn: [arn] });
    await start(arn, 'page-1', { html: 'x'.repeat(254_000) });
    await until('the event is there', async () => (await bodies('large')).length === 1);
    expect((await bodies('large'))[0].detail).toMatchObject({ input: null, inputDetails: { included: false } });
  });
});
