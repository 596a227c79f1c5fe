import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListFunctionsCommand,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';

/** What an operator's command asks besides queues, tables and logs. */

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

const actions = () =>
  fixture.aws.gateway.calls.records().map(({ service, action, resource }) => `${service}:${action} ${resource}`);

it('who calls is known: GetCallerIdentity', async () => {
  const reply = await fetch(fixture.aws.gateway.url, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/sts/aws4_request, Signature=x',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  });
  expect(reply.status).toBe(200);
  const body = await reply.text();
  expect(body).toContain('<Account>000000000000</Account>');
  expect(body).toMatch(/<Arn>arn:aws:sts::000000000000:\S+<\/Arn>/);
  expect(actions()).toContain('sts:GetCallerIdentity *');
});

it('functions are listed and described as they were deployed', async () => {
  const LoggingConfig = { LogFormat: 'JSON' as const, LogGroup: '/shop/one' };
  const settings = { Timeout: 7, MemorySize: 192, Environment: { Variables: { MINE: '1' } }, LoggingConfig };
  await fixture.deploy('one', 'export const handler = () => 1;', settings);
  await fixture.deploy('two', 'export const handler = () => 2;');
  const listed = [];
  for await (const page of paginateListFunctions({ client: fixture.lambda, pageSize: 1 }, {}))
    listed.push(...(page.Functions ?? []));
  expect(listed.map(({ FunctionName }) => FunctionName).sort()).toEqual(['one', 'two']);
  expect(listed.find(({ FunctionName }) => FunctionName === 'one')).toMatchObject(settings);
  const configuration = await fixture.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'one' }));
  expect(configuration).toMatchObject({
    ...settings,
    FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:one',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
  });
  const unknown = fixture.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'three' }));
  await expect(unknown).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(actions()).toEqual(
    expect.arrayContaining([
      'lambda:ListFunctions *',
      'lambda:GetFunctionConfiguration arn:aws:lambda:us-east-1:000000000000:function:one',
    ]),
  );
  const everything = await fixture.lambda.send(new ListFunctionsCommand({}));
  expect(everything.Functions).toHaveLength(2);
  const { Payload } = await fixture.lambda.send(new InvokeCommand({ FunctionName: configuration.FunctionArn }));
  expect(Payload?.transformToString()).toBe('1');
});

it('executions of state machines are started, listed and described', async () => {
  const sfn = new SFNClient(fixture.client);
  const roleArn = 'arn:aws:iam::000000000000:role/test';
  const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Wait', Seconds: 3, End: true } } });
  const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand({ name: 'replay', roleArn, definition }));
  expect(stateMachineArn).toBe('arn:aws:states:us-east-1:000000000000:stateMachine:replay');
  const started = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'first', input: '{"dry":true}' }));
  expect(started.executionArn).toBe('arn:aws:states:us-east-1:000000000000:execution:replay:first');
  // The same name with the same input is the same execution; with another it is refused.
  const again = sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'first', input: '{}' }));
  await expect(again).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'second', input: '{}' }));
  const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  expect(executions?.map(({ name }) => name).sort()).toEqual(['first', 'second']);
  const described = await sfn.send(new DescribeExecutionCommand({ executionArn: started.executionArn }));
  expect(described).toMatchObject({ name: 'first', input: '{"dry":true}', stateMachineArn, status: 'RUNNING' });
  const executionArn = `${started.executionArn}-not`;
  const unknown = sfn.send(new DescribeExecutionCommand({ executionArn }));
  await expect(unknown).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  expect(actions()).toEqual(
    expect.arrayContaining([
      `states:StartExecution ${stateMachineArn}`,
      `states:ListExecutions ${stateMachineArn}`,
      `states:DescribeExecution ${started.executionArn}`,
    ]),
  );
  sfn.destroy();
});
