import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  LambdaClient,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { deployKey, noteDeploys } from '../../handlers/aws/deploys.ts';
import { type Cloud, startCloud, startStack } from './cloud.ts';

let cloud: Cloud;
let lambda: LambdaClient;
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
beforeAll(async () => {
  cloud = await startCloud();
  lambda = new LambdaClient({ region: 'eu-central-1', endpoint: cloud.url, maxAttempts: 1, credentials });
  await createRole();
});
afterAll(() => cloud.stop());

async function createRole(): Promise<void> {
  const answer = await fetch(cloud.url, {
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
  if (!answer.ok) throw new Error(`the role was not created: ${await answer.text()}`);
}

const zip = (code: string) => zipSync({ 'index.mjs': Buffer.from(code) });
const create = (FunctionName: string) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: 'arn:aws:iam::000000000000:role/test',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip('1') },
    }),
  );

/** A ledger of its own, and one run of the governor over consumers of these names. */
async function start(client: LambdaClient = lambda) {
  const { healer, clock } = await startStack(cloud);
  const warn = vi.fn();
  const watch = { db: healer.db, table: healer.table, lambda: client, logger: { warn } };
  const run = async (...names: (string | undefined)[]) =>
    Object.fromEntries(
      await noteDeploys(
        watch,
        names.map((name) => (name === undefined ? {} : { consumerFunction: name })),
        clock.now,
      ),
    );
  const row = async (name: string) =>
    (await cloud.db.send(new GetCommand({ TableName: healer.table, Key: deployKey(name), ConsistentRead: true }))).Item;
  return { run, row, clock, warn, watch };
}

describe('a new deploy of a consumer', () => {
  it('is noticed by its code, once, and not where a function is seen for the first time', async () => {
    const { run, row, clock } = await start();
    await create('orders');
    expect(await run('orders', 'orders', undefined)).toEqual({ orders: undefined });
    clock.now += 60_000;
    expect(await run('orders')).toEqual({ orders: undefined });
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'orders', ZipFile: zip('2') }));
    clock.now += 60_000;
    const deployedAt = clock.now;
    expect(await run('orders')).toEqual({ orders: deployedAt });
    clock.now += 60_000;
    expect(await run('orders')).toEqual({ orders: deployedAt });
    expect(await row('orders')).toMatchObject({ deployedAt: new Date(deployedAt).toISOString() });
  });

  it('is not a change of its configuration', async () => {
    const { run } = await start();
    await create('payments');
    await run('payments');
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'payments', Timeout: 20 }));
    expect(await run('payments')).toEqual({ payments: undefined });
  });

  it('that is known stays known while the function cannot be read, with a warning and no more', async () => {
    const { run, clock, warn } = await start();
    await create('returns');
    await create('events');
    await run('returns', 'events');
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'returns', ZipFile: zip('2') }));
    const deployedAt = clock.now;
    await run('returns', 'events');
    await lambda.send(new DeleteFunctionCommand({ FunctionName: 'returns' }));
    clock.now += 60_000;
    expect(await run('returns', 'events')).toEqual({ returns: deployedAt, events: undefined });
    expect(warn.mock.calls).toMatchObject([
      [
        expect.stringContaining('cannot be read'),
        { function: 'returns', error: { name: 'ResourceNotFoundException' } },
      ],
    ]);
  });
});

describe('code that is on its way', () => {
  const half = new LambdaClient({ region: 'eu-central-1', credentials });
  const answers = mockClient(half);
  const shows = (CodeSha256: string, LastUpdateStatus: 'InProgress' | 'Failed' | 'Successful') =>
    answers
      .on(GetFunctionConfigurationCommand)
      .resolves({ CodeSha256, LastUpdateStatus } as GetFunctionConfigurationCommandOutput);

  it.each(['InProgress', 'Failed'] as const)('is no deploy while its update is %s', async (status) => {
    const { run, clock } = await start(half);
    shows('old', 'Successful');
    await run('orders');
    shows('new', status);
    expect(await run('orders')).toEqual({ orders: undefined });
    shows('new', 'Successful');
    expect(await run('orders')).toEqual({ orders: clock.now });
  });

  it('is no baseline either', async () => {
    const { run, row } = await start(half);
    shows('new', 'InProgress');
    await run('orders');
    expect(await row('orders')).toBeUndefined();
  });

  it('is noted by one of two runs that see it, and the other is right a minute later', async () => {
    const { run, clock, watch } = await start(half);
    shows('old', 'Successful');
    await run('orders');
    shows('new', 'Successful');
    const both = await Promise.all([run('orders'), run('orders')]);
    expect(both).toContainEqual({ orders: clock.now });
    const deployedAt = clock.now;
    clock.now += 60_000;
    expect(await run('orders')).toEqual({ orders: deployedAt });
    expect(watch.logger.warn).not.toHaveBeenCalled();
  });
});
