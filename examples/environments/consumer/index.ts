// Books orders. One that breaks a rule is dead at once; one whose warehouse is away comes back later.
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { requireEnv } from '../../../handlers/core/env.ts';
import { consume, PermanentError } from '../../../kit/index.ts';

interface Order {
  readonly orderId: string;
  readonly storeId: string;
  /** Until then the warehouse is away for this order: milliseconds since 1970. */
  readonly awayUntil?: number;
}

let clients: { dynamodb: DynamoDBClient; table: string } | undefined;

export const handler = consume(
  async (message) => {
    clients ??= { dynamodb: new DynamoDBClient({}), table: requireEnv(['ORDERS_TABLE']).ORDERS_TABLE };
    const order = validate(message.json());
    if (Date.now() < (order.awayUntil ?? 0)) throw new Error('warehouse answered 503 Service Unavailable');
    await clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: clients.table,
        Key: { orderId: { S: order.orderId } },
        UpdateExpression: 'ADD #processed :one', // no condition: an order that is booked twice shows
        ExpressionAttributeNames: { '#processed': 'processed' },
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
  },
  { backoff: { baseSeconds: 1, maxSeconds: 2 } },
);

/** @throws PermanentError that says which field is missing: no retry mends an order */
function validate(value: unknown): Order {
  const order = (value ?? {}) as Partial<Record<keyof Order, unknown>>;
  for (const field of ['orderId', 'storeId'] as const) {
    if (typeof order[field] !== 'string')
      throw new PermanentError(`required field "${field}" is missing`, { name: 'ValidationError' });
  }
  return value as Order;
}
