import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, startFixture, until } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

const handler = (body: string) => `export const handler = async (event, context) => { ${body} };`;

const invoke = async (FunctionName: string, payload: unknown = {}) => {
  const answer = await fixture.lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) }));
  return { error: answer.FunctionError, payload: JSON.parse(answer.Payload?.transformToString() ?? 'null') };
};

describe('a function', () => {
  it('has the environment that it was given, Lambda’s own variables, and nothing else', async () => {
    await fixture.deploy('env', handler('return process.env;'), {
      Environment: { Variables: { MINE: '1' } },
      MemorySize: 256,
    });
    const { payload } = await invoke('env');
    expect(payload).toMatchObject({
      MINE: '1',
      AWS_LAMBDA_FUNCTION_NAME: 'env',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'env',
      AWS_ENDPOINT_URL: fixture.aws.gateway.url,
      _HANDLER: 'index.handler',
    });
    const others = Object.keys(payload).filter((name) => !/^(AWS_|LAMBDA_|_HANDLER$|_X_AMZN_TRACE_ID$)/.test(name));
    expect(others.sort()).toEqual(['LANG', 'MINE', 'PATH', 'TZ']);
  });

  it('runs on Node 22 with Lambda’s context', async () => {
    const body = `return { ...context, left: context.getRemainingTimeInMillis(), node: process.versions.node };`;
    await fixture.deploy('context', handler(body), { Timeout: 7, MemorySize: 192 });
    const { payload } = await invoke('context');
    expect(payload).toMatchObject({
      functionName: 'context',
      memoryLimitInMB: '192',
      logGroupName: '/aws/lambda/context',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:context',
      node: expect.stringMatching(/^22\./),
    });
    expect(payload.left).toBeGreaterThan(5_000);
    expect(payload.left).toBeLessThanOrEqual(7_000);
  });

  it('that throws, ends its process or needs too much memory answers as Lambda does', async () => {
    await fixture.deploy('throws', handler(`throw new TypeError('x is not a function');`));
    await fixture.deploy('exits', handler('process.exit(3);'));
    await fixture.deploy(
      'grows',
      handler('const all = []; for (;;) all.push(new Array(1e6).fill(all.length + 0.5));'),
      { Timeout: 20 },
    );
    const [throws, exits, grows] = await Promise.all(['throws', 'exits', 'grows'].map((name) => invoke(name)));
    expect(throws?.payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'x is not a function' });
    expect(exits?.payload.errorMessage).toMatch(/Runtime exited with error: exit status 3$/);
    expect(grows?.payload.errorMessage).toMatch(/Runtime exited with error: signal: aborted$/);
  });

  it('whose code is no committed zip is refused, by name', async () => {
    const code = handler('return 1;');
    await fixture.deploy('stranger', code);
    await fixture.deploy('stranger2', code, {
      Code: { ZipFile: Uint8Array.from(Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64')) },
    });
    expect((await invoke('stranger')).payload).toBe(1);
    await expect(invoke('stranger2')).rejects.toThrow(/stranger2: no zip in .* has the code hash/);
  });

  it('has its lines in CloudWatch Logs, between START and REPORT', async () => {
    const logs = new CloudWatchLogsClient(fixture.client);
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/lambda/logged' }));
    await fixture.deploy('logged', handler(`console.log('two\\nlines');`));
    await invoke('logged');
    const read = async () =>
      (await logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/logged' }))).events?.map(
        ({ message }) => message ?? '',
      ) ?? [];
    await until('the lines', async () => (await read()).length === 4);
    const [start, said, end, report] = await read();
    expect(start).toMatch(/^START RequestId: \S+ Version: \$LATEST$/);
    expect(said).toMatch(/^\S+Z\t[0-9a-f-]{36}\tINFO\ttwo\nlines$/);
    expect(end).toMatch(/^END RequestId: /);
    expect(report).toMatch(
      /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tInit Duration: /,
    );
    logs.destroy();
  });

  it('answers a caller with Sandbox.Timedout', async () => {
    await fixture.deploy('sleepy', handler('await new Promise((r) => setTimeout(r, 5000));'), { Timeout: 1 });
    const answer = await invoke('sleepy');
    expect(answer.error).toBe('Unhandled');
    expect(answer.payload.errorType).toBe('Sandbox.Timedout');
    expect(answer.payload.errorMessage).toMatch(/Task timed out after 1\.\d\d seconds/);
  });
});
