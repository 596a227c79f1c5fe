// The consumer of the example's orders. It knows nothing of dead letters: it throws, and the kit does the rest.
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { requireEnv } from '../../../handlers/core/env.ts';
import { consume } from '../../../kit/index.ts';
import { type Order, validate } from './order.ts';
import { type PaymentRequest, pay } from './payment.ts';

let clients: ReturnType<typeof connect> | undefined;

function connect() {
  return {
    environment: requireEnv(['PAYMENTS_FUNCTION', 'ORDERS_TABLE']),
    lambda: new LambdaClient({}),
    dynamodb: new DynamoDBClient({}),
  };
}

export const handler = consume(
  async (message, { signal, idempotencyKey }) => {
    clients ??= connect();
    const { environment, lambda, dynamodb } = clients;
    const order = validate(message.json());
    const request: PaymentRequest = { order: { ...order, shipTo: shippingZone(order) }, idempotencyKey };
    await pay(lambda, environment.PAYMENTS_FUNCTION, request, signal);
    // Once sent, a booking is not called back: nobody could tell whether it was done. So the signal is asked before it.
    signal.throwIfAborted();
    // Counts on purpose, with no condition: an order that is processed twice shows.
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: environment.ORDERS_TABLE,
        Key: { orderId: { S: order.order_id } },
        UpdateExpression: 'ADD #processed :one',
        ExpressionAttributeNames: { '#processed': 'processed' }, // a reserved word of DynamoDB
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
  },
  // Short, so that a demonstration ends soon.
  { backoff: { baseSeconds: 1, maxSeconds: 3 } },
);

/** Where the parcel goes: the first two digits of the zip code. Orders for collection have no customer. */
function shippingZone(order: Order): string | undefined {
  if (order.customer === undefined) return undefined;
  // The bug of this shop: the type promises an address, and customers without one exist.
  return order.customer.address.zip.slice(0, 2);
}
