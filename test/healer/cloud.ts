import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand, type StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { archiveIn } from '../../handlers/aws/archive.ts';
import { claimsIn } from '../../handlers/aws/claims.ts';
import { NO_BUS } from '../../handlers/aws/events.ts';
import { metricDataFrom } from '../../handlers/aws/metric-data.ts';
import type { Policy, QueuePolicy } from '../../handlers/core/policy.ts';
import type { Governor } from '../../handlers/govern/govern.ts';
import { policy, queue } from '../core/builders.ts';
import { startFauxqs } from '../local-aws/fauxqs.ts';
import type { Call, FaultHook } from '../local-aws/gateway/call.ts';
import { startGateway } from '../local-aws/gateway.ts';
import { startMoto } from '../local-aws/moto.ts';
import { noteSite } from './call-sites.ts';

export const REGION = 'eu-central-1';

/**
 * The emulators with the healer's tables, bucket and topic, and everything a test needs to look inside.
 * @param options.dynalitePort of a dynalite that serves DynamoDB instead of moto
 */
export async function startCloud(options: { readonly dynalitePort?: number } = {}) {
  const [fauxqs, moto] = await Promise.all([startFauxqs(REGION), startMoto()]);
  const gateway = await startGateway({ fauxqs, motoPort: moto.port, region: REGION, ...options });
  const faults = new Map<string, FaultHook>();
  const served = new Map<string, Call[]>();
  gateway.setFaults(async (call) => {
    const fault = (await faults.get(call.caller)?.(call)) ?? { kind: 'pass' as const };
    if (fault.kind !== 'fail' && fault.kind !== 'reply') served.get(call.caller)?.push(call);
    return fault;
  });
  gateway.setInvoke(async () => ({ payload: Buffer.from('null') }));
  const clients = clientsFor(gateway.url, 'test');
  await clients.s3.send(
    new CreateBucketCommand({ Bucket: 'letters', CreateBucketConfiguration: { LocationConstraint: REGION } }),
  );
  return {
    ...clients,
    url: gateway.url,
    gateway,
    depths: fauxqs.depths,
    bodies: fauxqs.bodies,
    faults,
    /** By caller: the calls that a service has seen. */
    served,
    /** Every message of a queue, whatever its state, in its order; none is received. */
    stored: (name: string) => fauxqs.bodies(name),
    stop: async () => {
      await gateway.stop();
      await Promise.all([moto.stop(), fauxqs.stop()]);
    },
  };
}

function clientsFor(endpoint: string, accessKeyId: string) {
  const config = { region: REGION, endpoint, maxAttempts: 1, credentials: { accessKeyId, secretAccessKey: 'test' } };
  const dynamo = new DynamoDBClient(config);
  const clients = {
    dynamo,
    db: DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } }),
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    logs: new CloudWatchLogsClient(config),
    lambda: new LambdaClient(config),
    sfn: new SFNClient(config),
    cloudWatch: new CloudWatchClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  };
  for (const client of Object.values(clients)) noteSite(client);
  return clients;
}

export type Cloud = Awaited<ReturnType<typeof startCloud>>;

async function createTables(dynamo: DynamoDBClient, ledger: string, idempotency: string): Promise<void> {
  const index = (IndexName: string, hash: string, range: string) => ({
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' as const },
      { AttributeName: range, KeyType: 'RANGE' as const },
    ],
    Projection: { ProjectionType: 'ALL' as const },
  });
  const names = ['pk', 'sk', 'statusKey', 'at', 'groupKey', 'dueKey', 'dueAt'];
  await dynamo.send(
    new CreateTableCommand({
      TableName: ledger,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        index('by-status', 'statusKey', 'at'),
        index('by-group', 'groupKey', 'at'),
        index('by-due', 'dueKey', 'dueAt'),
      ],
    }),
  );
  await dynamo.send(
    new CreateTableCommand({
      TableName: idempotency,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
}

let counter = 0;

/** A queue, its DLQ's name and a topic of their own, so that tests of one file do not meet. */
export async function startStack(
  cloud: Cloud,
  over: { readonly policy?: Partial<Policy>; readonly queue?: Partial<QueuePolicy> } = {},
) {
  counter += 1;
  const n = counter; // tests run concurrently
  const suffix = over.queue?.fifo ? '.fifo' : '';
  const name = `orders-${n}${suffix}`;
  const attributes = over.queue?.fifo ? { FifoQueue: 'true' } : {};
  const { QueueUrl: sourceUrl = '' } = await cloud.sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  const { QueueUrl: inboxUrl = '' } = await cloud.sqs.send(new CreateQueueCommand({ QueueName: `inbox-${n}` }));
  const inbox = await cloud.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: inboxUrl, AttributeNames: ['QueueArn'] }),
  );
  const { TopicArn = '' } = await cloud.sns.send(new CreateTopicCommand({ Name: `alerts-${n}` }));
  await cloud.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: inbox.Attributes?.QueueArn ?? '' }));
  const dlqArn = `arn:aws:sqs:${REGION}:000000000000:dlq-${name}`;
  const own = queue({ key: `orders-${n}`, sourceUrl, dlqArn, dlqUrl: `${sourceUrl}-dlq`, tierArns: [], ...over.queue });
  const clock = { now: Date.now() };
  // The healer's calls are told from the test's by the caller, so that a fault strikes this stack's healer alone.
  const table = `ledger-${n}`;
  await createTables(cloud.dynamo, table, `idempotency-${n}`);
  const its = clientsFor(cloud.url, name);
  let raceBefore: ((command: { readonly input: object }) => Promise<void>) | undefined;
  its.db.middlewareStack.add(
    (next) => async (args) => {
      await raceBefore?.(args);
      return next(args);
    },
    { step: 'initialize' },
  );
  const healer: Governor = {
    getMetricData: metricDataFrom(its.cloudWatch),
    stack: 'shop',
    mode: 'heal',
    region: REGION,
    policy: policy({ queues: [own], ...over.policy }),
    table,
    topicArn: TopicArn,
    db: its.db,
    sqs: its.sqs,
    lambda: its.lambda,
    startExecution: (input: StartExecutionCommandInput) => its.sfn.send(new StartExecutionCommand(input)),
    sns: its.sns,
    logs: its.logs,
    bus: NO_BUS,
    archive: archiveIn(its.s3, 'letters', REGION),
    claims: claimsIn(its.dynamo, `idempotency-${n}`, 'heal', 0),
    logger: new Logger({ logLevel: process.env.SHOW ? 'INFO' : 'SILENT' }),
    now: () => clock.now,
    random: () => 0,
  };
  /** What happens to this healer's calls from now on; undefined ends it. */
  const faults = (hook: FaultHook | undefined) =>
    hook === undefined ? cloud.faults.delete(name) : cloud.faults.set(name, hook);
  const served: Call[] = [];
  cloud.served.set(name, served);
  const look = {
    faults,
    /** Something that happens just before each of its calls of the ledger. */
    race: (before: ((command: { readonly input: object }) => Promise<void>) | undefined) => {
      raceBefore = before;
    },
    /** The calls of this stack's healer that a service has seen, oldest first. */
    served: served as readonly Call[],
    tables: { ledger: table, idempotency: `idempotency-${n}` },
    inbox: `inbox-${n}`,
    /** Everything in the source queue, taken out of it. */
    sent: () => drain(cloud.sqs, sourceUrl, () => cloud.stored(sourceUrl.split('/').at(-1) ?? '')),
    alerts: async () =>
      (await drain(cloud.sqs, inboxUrl)).map(({ Body = '{}' }) => {
        const { Subject, Message } = JSON.parse(Body) as { Subject: string; Message: string };
        return { Subject, ...alertOf(Message) };
      }),
    rows: async () => (await scan(cloud, table)).filter((row) => row.queue === own.key && row.pk.startsWith('letter#')),
    groups: async () => (await scan(cloud, table)).filter((row) => row.pk === `queue#${own.key}`),
    objects: async () =>
      (await cloud.s3.send(new ListObjectsV2Command({ Bucket: 'letters', Prefix: `letters/queue=${own.key}/` })))
        .Contents ?? [],
  };
  return { healer, queue: own, dlqArn, sourceUrl, clock, caller: name, ...look };
}

export type Stack = Awaited<ReturnType<typeof startStack>>;

/** What a queue gets of an alert: the document, and its words as they are shown. */
function alertOf(message: string) {
  const { content, metadata } = JSON.parse(message) as {
    content: { title: string; description: string; nextSteps: string[] };
    metadata: { threadId: string; additionalContext: Record<string, string> };
  };
  const text = [content.title, content.description, ...content.nextSteps, metadata.additionalContext.archive];
  return { Message: text.join('\n'), data: metadata.additionalContext, threadId: metadata.threadId };
}

type Row = Record<string, unknown> & { pk: string; sk: string };

async function scan(cloud: Cloud, TableName: string): Promise<Row[]> {
  const { Items = [] } = await cloud.db.send(new ScanCommand({ TableName, ConsistentRead: true }));
  return Items as Row[];
}

/** How long to wait for a message that SQS holds back. */
const HELD_BACK_SECONDS = 2;

/** @param stored what the queue holds, in whatever state: as long as that is something, it is waited for */
async function drain(
  sqs: SQSClient,
  QueueUrl: string,
  stored: () => Promise<readonly unknown[]> = async () => [],
): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const { length } = await stored();
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
        VisibilityTimeout: 600,
        WaitTimeSeconds: length > 0 ? HELD_BACK_SECONDS : 0,
      }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages);
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

/** A record of the Lambda event for a letter that a kit consumer sent to the DLQ with its evidence. */
export function deadRecord(
  dlqArn: string,
  over: { id: string; error?: object; body?: string; attributes?: object; system?: object },
) {
  const evidence = {
    v: 1,
    origin: over.id,
    attempt: 0,
    errorType: 'TypeError',
    message: 'x is undefined',
    ...over.error,
  };
  return {
    messageId: over.id,
    receiptHandle: `receipt-${over.id}`,
    body: over.body ?? JSON.stringify({ order_id: over.id }),
    attributes: { ApproximateReceiveCount: '1', ...over.system },
    messageAttributes: {
      'dlq-evidence': {
        stringValue: JSON.stringify(evidence),
        stringListValues: [],
        binaryListValues: [],
        dataType: 'String',
      },
      ...over.attributes,
    },
    eventSource: 'aws:sqs',
    eventSourceARN: dlqArn,
    awsRegion: REGION,
  };
}
