import { readFileSync } from 'node:fs';
import { type CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateStateMachineCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ledgerBook } from '../../cli/audit/book.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { dlqOnTerminal } from '../cli/dlq.ts';
import { deadRecord, REGION } from '../healer/cloud.ts';
import { ROLE } from '../local-aws/fixture.ts';
import { jsonReply } from '../local-aws/gateway/call.ts';
import { ACCOUNT_ID } from '../local-aws/moto.ts';
import { expectGolden } from './golden.ts';
import {
  answerOf,
  createQueue,
  type Operated,
  type OperatedStack,
  operatedStack,
  redriveTo,
  startOperated,
} from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

const QUICK = ['--for', '1s', '--interval', '1'];

interface Answered {
  readonly verdict: string;
  readonly since: string;
  readonly because: string;
  readonly checks: readonly {
    check: string;
    queue: string | null;
    outcome: string;
    found: string;
    advice: string | null;
  }[];
  readonly queues: readonly Record<string, unknown>[];
  readonly executions: Record<string, unknown> | null;
}

async function verified(args: readonly string[], code: number): Promise<Answered> {
  return answerOf<Answered>(await operated.dlq(['verify', ...QUICK, '--json', ...args]), code);
}

/** The keys of a document, at every depth. */
const keysOf = (part: unknown): string[] =>
  typeof part !== 'object' || part === null
    ? []
    : Object.entries(part).flatMap(([key, value]) => [...(Array.isArray(part) ? [] : [key]), ...keysOf(value)]);

const outcomes = ({ checks }: Answered) => checks.map(({ check, outcome }) => `${outcome} ${check}`);
const found = ({ checks }: Answered, check: string) => checks.find((one) => one.check === check)?.found;

/** What CloudWatch has of a function in this minute. */
async function invoked(functionName: string, invocations: number, errors: number): Promise<void> {
  const client: CloudWatchClient = operated.cloud.cloudWatch;
  const data = (MetricName: string, Value: number) => ({
    MetricName,
    Value,
    Timestamp: new Date(Date.now() - 60_000),
    Dimensions: [{ Name: 'FunctionName', Value: functionName }],
  });
  await client.send(
    new PutMetricDataCommand({
      Namespace: 'AWS/Lambda',
      MetricData: [data('Invocations', invocations), data('Errors', errors)],
    }),
  );
}

/** A stack whose consumer has worked without an error. */
async function sound(): Promise<OperatedStack> {
  consumers += 1;
  const consumerFunction = `consumer-${consumers}`;
  await invoked(consumerFunction, 400, 2);
  return operatedStack(operated, { queue: { consumerFunction } });
}
let consumers = 0;

const die = (stack: OperatedStack, id: string, attempt = 0) =>
  healBatch(
    stack.healer,
    {
      Records: [
        deadRecord(stack.dlqArn, {
          id: attempt === 0 ? id : `${id}-again`,
          error: {
            errorType: 'PaymentError',
            message: '503 Service Unavailable',
            httpStatus: 503,
            origin: id,
            attempt,
          },
        }),
      ],
    },
    30_000,
  );

const send = (QueueUrl: string, n = 1) =>
  Promise.all(
    Array.from({ length: n }, () => operated.cloud.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))),
  );

const sentBack = (stack: OperatedStack, sent: number, command = 'redrive') =>
  ledgerBook(stack.healer).write({
    id: `${command}-${sent}`,
    at: new Date(Date.now() - 5 * 60_000).toISOString(),
    who: 'arn:aws:sts::000000000000:assumed-role/Admin/ada',
    command,
    what: 'all letters of orders',
    queue: 'orders',
    outcome: 'done',
    letters: { sent, left: 0 },
  });

describe('a stack that has recovered', () => {
  it('is told of with all that was looked at', async () => {
    const stack = await sound();
    const answer = await verified(['--stack', stack.name], 0);
    expect(answer).toMatchObject({
      version: 1,
      verdict: 'recovered',
      stack: stack.name,
      looks: 2,
      watchedSeconds: 1,
      successRate: 0.95,
      strict: false,
      because: 'an hour ago: no change in the audit sent letters back',
      leftOut: [],
      executions: null,
      queues: [
        {
          queue: 'orders',
          dlq: { messages: [0, 0], visible: 0, inFlight: 0, delayed: 0 },
          sources: [{ messages: [0, 0], isTier: false }],
          consumer: { function: stack.queue.consumerFunction, invocations: 400, errors: 2 },
          processed: 0,
          sent: 0,
          deaths: { died: 0, relapsed: 0, relapsedIds: [], isWhole: true },
          held: { open: [], waiting: 0, isWhole: true },
        },
      ],
    });
    expect(outcomes(answer)).toEqual(
      ['dlq', 'deaths', 'relapses', 'source', 'consumer', 'groups'].map((check) => `passed ${check}`),
    );
    const page = readFileSync('docs/cli/verify.md', 'utf8');
    const keys = [...new Set(keysOf(answer))];
    expect(keys.length).toBeGreaterThan(30);
    expect(keys.filter((key) => !page.includes(`\`${key}\``) && !page.includes(`.${key}\``))).toEqual([]);
  });

  it('is judged from the begin of the last redrive on', async () => {
    const stack = await sound();
    await sentBack(stack, 40);
    await sentBack(stack, 0, 'pause');
    const answer = await verified(['--stack', stack.name], 0);
    expect(answer.because).toBe('the last change: redrive, all letters of orders');
    expect(Date.now() - Date.parse(answer.since)).toBeLessThan(6 * 60_000);
    expect(found(answer, 'relapses')).toBe('no letter died again of 40 that were sent back by hand');
  });
});

describe('a stack that has not recovered', () => {
  it('names the letters that died again, first', async () => {
    const stack = await sound();
    await die(stack, 'ord-1');
    await die(stack, 'ord-2');
    await die(stack, 'ord-2', 1);
    await stack.sent(); // the consumer has taken what the healer sent back
    await sentBack(stack, 4);
    const ran = await operated.dlq(['verify', ...QUICK, '--stack', stack.name, '--queue', 'orders']);
    expect(ran).toMatchObject({ code: 3, err: '' });
    await expectGolden(
      'verify-not-recovered.txt',
      ran.out.replaceAll(stack.name, 'shop-x').replaceAll(/(consumer|orders)-\d+/g, '$1-x'),
    );
    const answer = await verified(['--stack', stack.name], 3);
    expect(answer.checks[0]).toMatchObject({ outcome: 'failed' });
    expect(answer.queues[0]).toMatchObject({ sent: 4, deaths: { died: 2, relapsed: 1, relapsedIds: ['ord-2'] } });
  });

  it('has letters in its DLQ, in flight ones too', async () => {
    const stack = await sound();
    await send(stack.dlqUrl, 3);
    await operated.cloud.sqs.send(new ReceiveMessageCommand({ QueueUrl: stack.dlqUrl, VisibilityTimeout: 600 }));
    const answer = await verified(['--stack', stack.name], 3);
    expect(answer.verdict).toBe('not recovered');
    expect(outcomes(answer)[0]).toBe('failed dlq');
    expect(found(answer, 'dlq')).toBe('3 letters in the DLQ (2 visible, 1 in flight)');
    expect(answer.checks[0]?.advice).toBe(`see what they died of: dlq analyze --stack ${stack.name} --queue orders`);
  });

  it('has a source that does not drain; one that does is all right', async () => {
    const stack = await sound();
    await send(stack.sourceUrl, 2);
    const answer = await verified(['--stack', stack.name], 3);
    expect(outcomes(answer)[0]).toBe('failed source');
    expect(found(answer, 'source')).toMatch(/does not drain: 2 → 2 messages$/);
    const draining = verified(['--stack', stack.name, '--for', '2s'], 0);
    setTimeout(() => void stack.sent(), 1000);
    expect(found(await draining, 'source')).toMatch(/is empty|drains: 2 → 1/);
  });

  it('has a consumer that fails', async () => {
    const stack = await operatedStack(operated, { queue: { consumerFunction: 'failing' } });
    await invoked('failing', 50, 10);
    const answer = await verified(['--stack', stack.name], 3);
    expect(found(answer, 'consumer')).toBe('10 of 50 invocations of failing failed (20 %)');
    expect((await verified(['--stack', stack.name, '--success-rate', '0.8'], 0)).verdict).toBe('recovered');
  });

  it('holds groups, where that is asked for', async () => {
    const stack = await sound();
    stack.clock.now -= 30 * 60_000;
    const record = deadRecord(stack.dlqArn, { id: 'bug', error: { origin: 'bug' } });
    await healBatch(stack.healer, { Records: [record] }, 30_000);
    // What died before has no part in it, but what waits does.
    const args = ['--stack', stack.name, '--since', '10m'];
    const answer = await verified(args, 0);
    expect(outcomes(answer)[0]).toBe('noted groups');
    expect(found(answer, 'groups')).toMatch(
      /^1 group not healing \(\w+ CODE_BUG holding\); 1 letter waiting for a person/,
    );
    expect(answer.queues[0]).toMatchObject({ held: { open: [{ class: 'CODE_BUG', state: 'holding' }], waiting: 1 } });
    const strict = await verified([...args, '--strict'], 3);
    expect(outcomes(strict)[0]).toBe('failed groups');
  });
});

describe('nobody can tell', () => {
  it('of a consumer without traffic', async () => {
    const stack = await operatedStack(operated, { queue: { consumerFunction: 'idle' } });
    const answer = await verified(['--stack', stack.name], 1);
    expect(answer.verdict).toBe('cannot tell');
    expect(outcomes(answer)[0]).toBe('unknown consumer');
    expect(found(answer, 'consumer')).toContain('idle was not invoked');
  });

  it.each([
    ['cloudwatch', 'consumer', /may not cloudwatch:GetMetricData/],
    ['sqs', 'dlq', /may not sqs:GetQueueAttributes/],
  ])('where %s refuses; the rest is told', async (service, check, words) => {
    const stack = await sound();
    operated.cloud.faults.set('operator', async (call) =>
      call.service === service
        ? { kind: 'fail', status: 403, code: 'AccessDeniedException', message: 'no' }
        : { kind: 'pass' },
    );
    const answer = await verified(['--stack', stack.name], 1).finally(() => operated.cloud.faults.delete('operator'));
    expect(found(answer, check)).toMatch(words);
    expect(outcomes(answer)).toContain('passed relapses');
    expect(outcomes(answer)).toContain(`unknown ${check}`);
  });

  it('where the ledger’s queries are refused, the audit’s too', async () => {
    const stack = await sound();
    operated.cloud.faults.set('operator', async ({ action }) =>
      action === 'Query'
        ? { kind: 'fail', status: 400, code: 'AccessDeniedException', message: 'no' }
        : { kind: 'pass' },
    );
    const answer = await verified(['--stack', stack.name], 1).finally(() => operated.cloud.faults.delete('operator'));
    expect(answer.because).toBe('an hour ago: the audit cannot be read');
    expect(found(answer, 'relapses')).toMatch(/may not dynamodb:Query on ledger-/);
    expect(outcomes(answer)).toEqual([
      'unknown deaths',
      'unknown relapses',
      'noted groups',
      'passed dlq',
      'passed source',
      'passed consumer',
    ]);
  });
});

describe('a DLQ that no stack manages', () => {
  it('is watched with its sources and the function that is named', async () => {
    const dlq = await createQueue(operated.cloud, 'mail-dlq');
    const source = await createQueue(operated.cloud, 'mail');
    await redriveTo(operated.cloud, source.url, dlq.arn);
    await invoked('mailer', 3, 0);
    const answer = await verified(['--dlq', dlq.url, '--function', 'mailer'], 0);
    expect(outcomes(answer)).toEqual(['passed dlq', 'passed source', 'passed consumer']);
    expect(answer.queues[0]).toMatchObject({
      queue: 'mail-dlq',
      sources: [{ name: 'mail' }],
      deaths: null,
      held: null,
    });
    await send(source.url);
    const other = await createQueue(operated.cloud, 'mail-elsewhere');
    expect(
      (await verified(['--dlq', 'mail-dlq', '--source', other.url, '--function', 'mailer'], 0)).queues[0],
    ).toMatchObject({
      sources: [{ name: 'mail-elsewhere' }],
    });
    const ran = await operated.dlq(['verify', ...QUICK, '--dlq', dlq.url]);
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.out).toContain(
      'not looked at for mail-dlq: the consumer’s success rate (no function is known: --function',
    );
  });
});

describe('a state machine', () => {
  it('whose executions have hardly ended leaves the verdict open', async () => {
    const stack = await sound();
    const { sfn } = operated.cloud;
    const definition = JSON.stringify({ StartAt: 'End', States: { End: { Type: 'Pass', End: true } } });
    const { stateMachineArn = '' } = await sfn.send(
      new CreateStateMachineCommand({ name: 'nightly', roleArn: ROLE, definition }),
    );
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'first' }));
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'second' }));
    await sfn.send(new StopExecutionCommand({ executionArn }));
    const answer = await verified(['--stack', stack.name, '--state-machine', stateMachineArn], 1);
    expect(answer.executions).toEqual({
      stateMachine: stateMachineArn,
      succeeded: 0,
      failed: 1,
      running: 1,
      isWhole: true,
    });
    expect(found(answer, 'executions')).toBe(
      '1 of 1 execution of nightly failed, 1 running: too few to tell a rate by',
    );
  });

  it('counts with all executions that began since then, and asks for no older page', async () => {
    const stack = await sound();
    const at = (minutesAgo: number) => (Date.now() - minutesAgo * 60_000) / 1000;
    const executions = (status: string, n: number, minutesAgo: number) =>
      Array.from({ length: n }, (_, i) => ({ name: `${status}-${i}`, status, startDate: at(minutesAgo) }));
    const pages = [
      { executions: [...executions('RUNNING', 2, 1), ...executions('SUCCEEDED', 30, 5)], nextToken: '1' },
      { executions: [...executions('TIMED_OUT', 1, 10), ...executions('FAILED', 900, 70)], nextToken: '2' },
    ];
    const asked: unknown[] = [];
    operated.cloud.faults.set('operator', async ({ action, body }) => {
      if (action !== 'ListExecutions') return { kind: 'pass' };
      const { nextToken = '0' } = JSON.parse(body.toString());
      asked.push(nextToken);
      return { kind: 'reply', reply: jsonReply(pages[Number(nextToken)], 200, 'application/x-amz-json-1.0') };
    });
    const arn = `arn:aws:states:${REGION}:${ACCOUNT_ID}:stateMachine:hourly`;
    const answer = await verified(['--stack', stack.name, '--state-machine', arn], 0).finally(() =>
      operated.cloud.faults.delete('operator'),
    );
    expect(answer.executions).toMatchObject({ succeeded: 30, failed: 1, running: 2, isWhole: true });
    expect(found(answer, 'executions')).toBe('1 of 31 executions of hourly failed, 2 running (3.23 %)');
    expect(asked).toEqual(['0', '1']);
  });

  it('that nobody may list leaves the verdict open', async () => {
    const stack = await sound();
    const arn = `arn:aws:states:${REGION}:${ACCOUNT_ID}:stateMachine:missing`;
    const answer = await verified(['--stack', stack.name, '--state-machine', arn], 1);
    expect(outcomes(answer)[0]).toBe('unknown executions');
    expect(answer.executions).toMatchObject({ stateMachine: arn, succeeded: null });
  });
});

it('shows its progress to whoever waits at a terminal, and to nobody else', async () => {
  const stack = await sound();
  const args = ['verify', ...QUICK, '--stack', stack.name];
  const { out, code } = await dlqOnTerminal(100, args, { env: operated.env });
  expect(code).toBe(0);
  expect(out).toContain('look 1 of 2: 0 letters in DLQs, 0 messages in sources; 1 s left');
  expect(await operated.dlq(args)).toMatchObject({ code: 0, err: '' });
});

describe('is refused, with what to type,', () => {
  it.each([
    [
      ['--since', 'yesterday'],
      '--since must be an instant (2026-11-26T03:00:00Z) or how long ago (30m, 2h, 3d); got yesterday',
    ],
    [['--since', '15d'], '--since must lie within the last 14 days; got 15d'],
    [['--for', '120'], '--for takes a duration from 1 s to 60 min, such as 2m; got 120'],
    [['--interval', 'often'], '--interval must be a number from 1 to 600; got often'],
    [['--success-rate', '95'], '--success-rate must be a number from 0 to 1; got 95'],
    [['--state-machine', 'nightly'], '--state-machine takes the ARN of a state machine'],
    [['--dlq', 'x', '--stack', 'shop'], '--dlq is for a queue that no stack manages'],
    [[], 'which stack? Pass --stack NAME'],
  ])('%j', async (args, words) => {
    const ran = await operated.dlq(['verify', ...args]);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(words);
  });
});
