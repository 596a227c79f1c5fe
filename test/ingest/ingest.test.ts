import { createHash } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';

const SCHEMA = JSON.stringify({
  type: 'object',
  required: ['order_id', 'lines'],
  additionalProperties: false,
  properties: {
    order_id: { type: 'string', pattern: '^(o-)+[0-9]+$' },
    lines: { type: 'array', items: { type: 'integer' } },
  },
});
const HASH = createHash('sha256').update(SCHEMA).digest('hex');
const ORDER = '{"order_id": "o-1",\n "lines": [1]}';

const db = mockClient(DynamoDBDocumentClient);
const sqs = mockClient(SQSClient);
const logged: string[] = [];

/** A function environment of its own: what it remembered of the schema is part of what is tested. */
async function freshHandler(hash = HASH) {
  vi.resetModules();
  for (const [name, value] of Object.entries({
    STACK_NAME: 'shop',
    LEDGER_TABLE: 'shop-ledger',
    QUEUE_URL: 'https://sqs/orders',
    SCHEMA_HASH: hash,
    AWS_REGION: 'eu-central-1',
    POWERTOOLS_DEV: 'true',
  })) {
    vi.stubEnv(name, value);
  }
  const { handler } = await import('../../handlers/ingest/index.ts');
  return (body: string | undefined, isBase64Encoded = false) =>
    handler({ body, isBase64Encoded } as APIGatewayProxyEventV2, { awsRequestId: 'r-1' } as Context);
}

beforeEach(() => {
  db.reset();
  sqs.reset();
  logged.length = 0;
  db.on(GetCommand).resolves({ Item: { document: SCHEMA, hash: HASH } });
  sqs.on(SendMessageCommand).resolves({ MessageId: 'm-1' });
  for (const level of ['info', 'warn', 'error', 'log', 'debug'] as const) {
    vi.spyOn(console, level).mockImplementation((...line) => void logged.push(line.join(' ')));
  }
});

it('sends a good body to the queue exactly as it came and answers 202', async () => {
  const post = await freshHandler();
  expect(await post(ORDER)).toMatchObject({ statusCode: 202, body: '{"messageId":"m-1"}' });
  expect(sqs.commandCalls(SendMessageCommand)[0]?.args[0].input).toEqual({
    QueueUrl: 'https://sqs/orders',
    MessageBody: ORDER,
  });
});

it('decodes a body that API Gateway encoded', async () => {
  const post = await freshHandler();
  expect(await post(Buffer.from(ORDER).toString('base64'), true)).toMatchObject({ statusCode: 202 });
  expect(sqs.commandCalls(SendMessageCommand)[0]?.args[0].input.MessageBody).toBe(ORDER);
});

it.each<[string, string | undefined, object[]]>([
  ['is missing', undefined, [{ path: '', rule: 'body', message: 'must be JSON; it is empty' }]],
  ['is blank', ' \n', [{ path: '', rule: 'body', message: 'must be JSON; it is empty' }]],
  ['is not JSON', 'order 1', [{ path: '', rule: 'body', message: 'must be JSON' }]],
  [
    'holds what SQS refuses',
    '{"order_id":"\uffff"}',
    [{ path: '', rule: 'body', message: 'must not hold the characters U+FFFE and U+FFFF, which SQS refuses' }],
  ],
  [
    'breaks the schema in several places',
    '{"order_id":"x","lines":[1,"2"],"a/b":1}',
    [
      { path: '/a~1b', rule: 'additionalProperties', message: 'must NOT have additional properties' },
      { path: '/order_id', rule: 'pattern', message: 'must match pattern "^(o-)+[0-9]+$"' },
      { path: '/lines/1', rule: 'type', message: 'must be integer' },
    ],
  ],
  [
    'lacks what is required',
    '{}',
    [
      { path: '/order_id', rule: 'required', message: "must have required property 'order_id'" },
      { path: '/lines', rule: 'required', message: "must have required property 'lines'" },
    ],
  ],
])('answers 400 with the reasons for a body that %s', async (_what, body, errors) => {
  const post = await freshHandler();
  const { statusCode, body: answer } = await post(body);
  expect(statusCode).toBe(400);
  expect(JSON.parse(answer ?? '').errors).toEqual(errors);
  expect(sqs.calls()).toHaveLength(0);
});

it('answers 400 for bytes that are not UTF-8', async () => {
  const post = await freshHandler();
  expect(await post(Buffer.from([0x22, 0xff, 0x22]).toString('base64'), true)).toMatchObject({ statusCode: 400 });
});

it('answers 413 above 1 MiB and takes exactly 1 MiB', async () => {
  const post = await freshHandler();
  const body = (bytes: number) => ORDER.replace('{', `{${' '.repeat(bytes - ORDER.length)}`);
  expect(await post(body(1_048_577))).toMatchObject({ statusCode: 413 });
  expect(await post(body(1_048_576))).toMatchObject({ statusCode: 202 });
});

it('reports no more than 20 mistakes of a body that is full of them', async () => {
  const post = await freshHandler();
  const body = (lines: number) => JSON.stringify({ order_id: 'o-1', lines: Array(lines).fill('x') });
  const reasons = async (lines: number) => JSON.parse((await post(body(lines))).body ?? '').errors;
  expect(await reasons(1000)).toHaveLength(20);
  expect(await reasons(100_000)).toHaveLength(1);
});

it('reads the schema consistently and once', async () => {
  const post = await freshHandler();
  await post(ORDER);
  await post(ORDER);
  expect(db.commandCalls(GetCommand).map(({ args }) => args[0].input)).toEqual([
    { TableName: 'shop-ledger', Key: { pk: 'document', sk: 'schema' }, ConsistentRead: true },
  ]);
});

it('uses a schema it was not deployed with, says so, and does not remember it', async () => {
  const post = await freshHandler('another');
  expect(await post('{}')).toMatchObject({ statusCode: 400 });
  await post(ORDER);
  expect(db.commandCalls(GetCommand)).toHaveLength(2);
  expect(logged.join()).toContain('is not the one this function was deployed with');
});

it.each<[string, object, number]>([
  [
    'throttles',
    { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 }, $retryable: { throttling: true } },
    503,
  ],
  ['fails', { name: 'InternalError', $fault: 'server', $metadata: { httpStatusCode: 500 } }, 503],
  ['cannot be reached', { name: 'Error', code: 'ECONNREFUSED' }, 503],
  ['denies access', { name: 'AccessDenied', $fault: 'client', $metadata: { httpStatusCode: 403 } }, 500],
])('answers without internals when SQS %s', async (_what, fault, status) => {
  sqs.on(SendMessageCommand).rejects(Object.assign(new Error('arn:aws:iam::123456789012:role/secret-role'), fault));
  const post = await freshHandler();
  const answer = await post(ORDER);
  expect(answer.statusCode).toBe(status);
  expect(answer.body).not.toContain('secret-role');
  expect(logged.join()).toContain('secret-role');
});

it('answers 500 when the ledger has no schema, and logs what to do', async () => {
  db.on(GetCommand).resolves({});
  const post = await freshHandler();
  expect(await post(ORDER)).toMatchObject({ statusCode: 500 });
  expect(logged.join()).toContain('run terraform apply');
});

it('never logs a body', async () => {
  const post = await freshHandler('another');
  sqs.on(SendMessageCommand).rejects(new Error('no'));
  await post('{"order_id":"very-private"}');
  await post(ORDER.replace('o-1', 'o-987654'));
  expect(logged.join()).not.toMatch(/very-private|987654/);
});

it('holds a hostile text against a pattern in linear time', async () => {
  const post = await freshHandler();
  const before = performance.now();
  expect(await post(JSON.stringify({ order_id: `${'o-'.repeat(30_000)}!`, lines: [] }))).toMatchObject({
    statusCode: 400,
  });
  expect(performance.now() - before).toBeLessThan(3000);
});

it('names every missing environment variable when it starts', async () => {
  vi.resetModules();
  for (const name of ['STACK_NAME', 'QUEUE_URL']) vi.stubEnv(name, '');
  await expect(import('../../handlers/ingest/index.ts')).rejects.toThrow('STACK_NAME, QUEUE_URL');
});
