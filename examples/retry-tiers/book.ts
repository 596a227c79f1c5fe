import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { requireEnv } from '../../handlers/core/env.ts';

let clients: { dynamodb: DynamoDBClient; table: string } | undefined;

/** One try of an order, and whether it was booked then. */
export interface Try {
  /** Key of the queue, and the order's id. */
  readonly key: string;
  /** Which try it was, counted over source and tiers; 0 where the consumer cannot know. */
  readonly tries: number;
  readonly booked: boolean;
}

/** Counts with no condition on purpose: an order that is booked twice shows. The times show back-off and tiers at work. */
export async function note({ key, tries, booked }: Try): Promise<void> {
  clients ??= { dynamodb: new DynamoDBClient({}), table: requireEnv(['ORDERS_TABLE']).ORDERS_TABLE };
  await clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: clients.table,
      Key: { orderId: { S: key } },
      UpdateExpression: 'SET #tries = list_append(if_not_exists(#tries, :none), :try) ADD #processed :booked',
      ExpressionAttributeNames: { '#tries': 'tries', '#processed': 'processed' }, // a reserved word of DynamoDB
      ExpressionAttributeValues: {
        ':none': { L: [] },
        ':try': { L: [{ M: { try: { N: String(tries) }, at: { N: String(Date.now()) } } }] },
        ':booked': { N: booked ? '1' : '0' },
      },
    }),
  );
}
