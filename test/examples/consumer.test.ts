import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler } from '../../examples/complete/consumer/index.ts';
import { handler as payments } from '../../examples/complete/payments/index.ts';
import { KINDS, type KindName } from '../../examples/complete/producer/kinds.ts';
import { makeOrders } from '../../examples/complete/producer/orders.ts';
import { lambdaContext, sqsEvent, sqsRecord, TIERED } from '../kit/fake-aws.ts';
import { fake, useFakeAws, withQueues } from '../kit/setup.ts';

useFakeAws();
const lambda = mockClient(LambdaClient);

beforeEach(() => {
  withQueues(TIERED);
  vi.stubEnv('PAYMENTS_FUNCTION', 'payments');
  vi.stubEnv('ORDERS_TABLE', 'orders');
  lambda.reset();
  lambda.on(InvokeCommand).callsFake(async ({ Payload }) => answer(await payments(JSON.parse(Payload))));
});

const answer = (value: unknown) => ({ Payload: Buffer.from(JSON.stringify(value)) as never });
const orderOf = (kind: KindName, now = Date.now()) => {
  const order = makeOrders({ seed: 3, count: 60, now }).find((one) => one.kind === kind);
  if (order === undefined) throw new Error(`no order of kind ${kind}`);
  return order;
};

/** The order at its last receive before the DLQ. */
const consumeLast = (body: string, timeoutMs?: number) =>
  handler(
    sqsEvent(
      sqsRecord(`message-${Math.random()}`.replace('.', '-'), { body, queue: 'orders-retry-1', receiveCount: 3 }),
    ),
    lambdaContext(timeoutMs),
  );

const recorded = () =>
  fake()
    .dynamodb.commandCalls(UpdateItemCommand)
    .map((call) => call.args[0].input)
    .filter(({ TableName }) => TableName === 'orders');

describe('the consumer of the example', () => {
  it('pays and records a healthy order', async () => {
    const { orderId, body } = orderOf('healthy');
    expect(await consumeLast(body)).toEqual({ batchItemFailures: [] });
    expect(recorded()).toMatchObject([{ Key: { orderId: { S: orderId } }, UpdateExpression: 'ADD #processed :one' }]);
    expect(recorded()[0]).not.toHaveProperty('ConditionExpression');
    expect(fake().sent()).toEqual([]);
  });

  it('asks for the payment under the origin id, which a heal does not change', async () => {
    const mark = { dataType: 'String' as const, stringValue: '{"v":1,"origin":"m0","attempt":2}' };
    await handler(
      sqsEvent(sqsRecord('m9', { body: orderOf('healthy').body, messageAttributes: { 'dlq-healer': mark } })),
      lambdaContext(),
    );
    const payload = JSON.parse(String(lambda.commandCalls(InvokeCommand)[0]?.args[0].input.Payload));
    expect(payload.idempotencyKey).toBe('m0');
  });

  it.each([
    {
      kind: 'expired-token',
      evidence: { errorType: 'PaymentError', httpStatus: 401, message: '401 Unauthorized: The access token expired' },
    },
    { kind: 'service-down', evidence: { errorType: 'PaymentError', httpStatus: 503 } },
    { kind: 'throttled', evidence: { errorType: 'PaymentError', httpStatus: 429 } },
    {
      kind: 'missing-field',
      evidence: { errorType: 'ValidationError', message: 'required field "store_id" is missing' },
    },
    {
      kind: 'poison',
      evidence: { errorType: 'ValidationError', message: 'field "amount_cents" must be a whole number greater than 0' },
    },
    { kind: 'not-json', evidence: { errorType: 'BadPayloadError' } },
    {
      kind: 'own-bug',
      evidence: { errorType: 'TypeError', message: "Cannot read properties of undefined (reading 'zip')" },
    },
    { kind: 'unknown', evidence: { errorType: 'Error', message: '[object Object]' } },
  ] as const)('lets an order of kind $kind die of what it is', async ({ kind, evidence }) => {
    expect(await consumeLast(orderOf(kind).body)).toEqual({ batchItemFailures: [] });
    expect(fake().evidence()).toMatchObject(evidence);
    expect(recorded()).toEqual([]);
  });

  it('lets a slow order die of a timeout', async () => {
    lambda.on(InvokeCommand).callsFake(() => new Promise(() => {}));
    expect(await consumeLast(orderOf('slow').body, 1_000)).toEqual({ batchItemFailures: [] });
    expect(fake().evidence()).toMatchObject({ errorType: 'TimeoutError' });
  });

  it.each(['service-down', 'throttled', 'slow'] as const)(
    'processes an order of kind %s once its cause is gone',
    async (kind) => {
      const { orderId, body } = orderOf(kind, Date.now() - 61_000);
      expect(await consumeLast(body)).toEqual({ batchItemFailures: [] });
      expect(recorded()).toMatchObject([{ Key: { orderId: { S: orderId } } }]);
    },
  );

  it('takes a crash of the payment service for a bad gateway', async () => {
    lambda.on(InvokeCommand).resolves({ ...answer({ errorMessage: 'Runtime exited' }), FunctionError: 'Unhandled' });
    await consumeLast(orderOf('healthy').body);
    expect(fake().evidence()).toMatchObject({ httpStatus: 502, message: 'payment service crashed: Runtime exited' });
  });

  it('hands the abort signal to the payment service', async () => {
    await consumeLast(orderOf('healthy').body);
    const args: readonly unknown[] = lambda.commandCalls(InvokeCommand)[0]?.args ?? [];
    expect(args[1]).toEqual({ abortSignal: expect.any(AbortSignal) });
  });
});

describe('the payment service of the example', () => {
  const order = { order_id: 'o1', store_id: 's1', amount_cents: 1, currency: 'EUR' };

  it('gives the same receipt for the same key', async () => {
    const first = await payments({ order, idempotencyKey: 'k1' });
    expect(await payments({ order, idempotencyKey: 'k1' })).toEqual(first);
    expect(await payments({ order, idempotencyKey: 'k2' })).not.toEqual(first);
  });

  it('does not answer a slow order for 12 seconds', async () => {
    vi.useFakeTimers();
    let answered = false;
    void payments({ order: { ...order, simulate: { fail: 'slow' } }, idempotencyKey: 'k' }).then(() => {
      answered = true;
    });
    await vi.advanceTimersByTimeAsync(11_999);
    expect(answered).toBe(false);
  });

  it('knows each way to fail that the producer asks for', async () => {
    for (const kind of Object.keys(KINDS) as KindName[]) {
      const fail = JSON.parse(orderOf(kind).body.replace(/^orderId.*/, '{}')).simulate?.fail;
      if (fail === undefined || fail === 'slow') continue;
      const { body } = await payments({ order: { ...order, simulate: { fail } }, idempotencyKey: 'k' });
      expect(body.receipt, kind).toBeUndefined();
    }
  });
});
