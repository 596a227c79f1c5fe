// SQS and DynamoDB as far as the kit uses them: queues with redrive policies, a conditional idempotency table, a ledger.
import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';

export const ENVIRONMENT = {
  DLQ_HEALER_STACK: 'shop',
  DLQ_HEALER_LEDGER_TABLE: 'ledger',
  DLQ_HEALER_IDEMPOTENCY_TABLE: 'idempotency',
  AWS_REGION: 'eu-west-1',
};

export const arn = (queue: string) => `arn:aws:sqs:eu-west-1:123456789012:${queue}`;
export const url = (queue: string) => `https://sqs.test/123456789012/${queue}`;

export interface FakeQueue {
  readonly target?: string;
  readonly maxReceiveCount?: number | string;
  readonly delaySeconds?: number;
}

/** One DLQ behind the source queue; five receives. */
export const PLAIN: Readonly<Record<string, FakeQueue>> = {
  orders: { target: 'orders-dlq', maxReceiveCount: 5 },
  'orders-dlq': {},
};
export const TIERED: Readonly<Record<string, FakeQueue>> = {
  orders: { target: 'orders-retry-1', maxReceiveCount: 2 },
  'orders-retry-1': { target: 'orders-dlq', maxReceiveCount: 3, delaySeconds: 60 },
  'orders-dlq': {},
};

export type IdempotencyItem = NonNullable<PutItemCommandInput['Item']>;

export function fakeAws(queues: Readonly<Record<string, FakeQueue>> = PLAIN) {
  const sqs = mockClient(SQSClient);
  const dynamodb = mockClient(DynamoDBClient);
  const keys = new Map<string, IdempotencyItem>();

  sqs.on(GetQueueUrlCommand).callsFake(async ({ QueueName }) => ({ QueueUrl: url(QueueName) }));
  sqs.on(GetQueueAttributesCommand).callsFake(async ({ QueueUrl }) => {
    const queue = queues[QueueUrl.split('/').at(-1)];
    if (queue === undefined) throw new Error('AWS.SimpleQueueService.NonExistentQueue');
    const { target, maxReceiveCount, delaySeconds = 0 } = queue;
    const RedrivePolicy = target && JSON.stringify({ deadLetterTargetArn: arn(target), maxReceiveCount });
    return { Attributes: { DelaySeconds: String(delaySeconds), ...(RedrivePolicy ? { RedrivePolicy } : {}) } };
  });
  sqs.on(ListDeadLetterSourceQueuesCommand).callsFake(async ({ QueueUrl }) => {
    const sources = Object.entries(queues).filter(([, { target }]) => target !== undefined && url(target) === QueueUrl);
    return { queueUrls: sources.map(([name]) => url(name)) };
  });
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
  sqs.on(SendMessageCommand).callsFake(async (input: SendMessageCommandInput) => ({
    MessageId: 'new-id',
    MD5OfMessageBody: md5(input.MessageBody ?? ''),
  }));

  dynamodb.on(PutItemCommand).callsFake(async ({ TableName, Item }: PutItemCommandInput) => {
    if (TableName !== 'idempotency') return {};
    const id = Item?.id?.S ?? '';
    const held = keys.get(id);
    const expired = held?.status?.S === 'INPROGRESS' && Number(held.in_progress_expiration?.N) < Date.now();
    if (held && !expired) throw new ConditionalCheckFailedException({ $metadata: {}, message: 'held', Item: held });
    keys.set(id, Item ?? {});
    return {};
  });
  dynamodb.on(UpdateItemCommand, { TableName: 'idempotency' }).callsFake(async ({ Key, ExpressionAttributeValues }) => {
    keys.set(Key.id.S, { ...keys.get(Key.id.S), status: ExpressionAttributeValues[':status'] });
    return {};
  });
  dynamodb.on(DeleteItemCommand).callsFake(async ({ Key }) => {
    keys.delete(Key.id.S);
    return {};
  });

  return {
    sqs,
    dynamodb,
    keys,
    statuses: () => [...keys.values()].map((item) => item.status?.S),
    sent: () => sqs.commandCalls(SendMessageCommand).map((call) => call.args[0].input),
    hidden: () =>
      sqs
        .commandCalls(ChangeMessageVisibilityCommand)
        .map(({ args }) => [args[0].input.ReceiptHandle, args[0].input.VisibilityTimeout]),
    records: () =>
      dynamodb
        .commandCalls(PutItemCommand)
        .map((call) => call.args[0].input)
        .filter(({ TableName }) => TableName === 'ledger')
        .map(({ Item }) => Item ?? {}),
    evidence: (index = 0) => {
      const input = sqs.commandCalls(SendMessageCommand)[index]?.args[0].input;
      return JSON.parse(input?.MessageAttributes?.['dlq-evidence']?.StringValue ?? 'null');
    },
    restore: () => {
      sqs.restore();
      dynamodb.restore();
    },
  };
}

export function sqsRecord(
  messageId: string,
  given: Partial<SQSRecord> & { receiveCount?: number; queue?: string } = {},
): SQSRecord {
  const { receiveCount = 1, queue = 'orders', attributes, ...rest } = given;
  return {
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body: '{}',
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: arn(queue),
    awsRegion: 'eu-west-1',
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
      ...attributes,
    },
    ...rest,
  };
}

export const sqsEvent = (...Records: SQSRecord[]): SQSEvent => ({ Records });

export function lambdaContext(timeoutMs = 30_000): Context {
  const end = Date.now() + timeoutMs;
  return {
    functionName: 'orders',
    awsRequestId: 'request-1',
    logGroupName: '/aws/lambda/orders',
    logStreamName: 'stream-1',
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context;
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
