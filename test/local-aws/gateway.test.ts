import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, startFixture, until } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.aws.gateway.setFaults(undefined));
afterAll(() => fixture.stop());

const once = (config = {}) => ({ ...fixture.client, maxAttempts: 1, ...config });

describe('queues', () => {
  it('are found by URLs of AWS’s own form', async () => {
    await fixture.queue('by-url');
    const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/by-url';
    await fixture.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    expect((await fixture.depth('by-url')).visible).toBe(1);
    const found = await fixture.sqs.send(new GetQueueUrlCommand({ QueueName: 'by-url' }));
    expect(found.QueueUrl).toBe(`${fixture.aws.gateway.url}/000000000000/by-url`);
  });

  it('give back policies as they were sent, and a KMS key in place of the queue’s own encryption', async () => {
    const RedrivePolicy = '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:echo","maxReceiveCount":3}';
    const RedriveAllowPolicy = '{"redrivePermission":"denyAll"}';
    const QueueUrl = await fixture.queue('echo', { RedrivePolicy, KmsMasterKeyId: 'alias/mine' });
    await fixture.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedriveAllowPolicy } }));
    const { Attributes } = await fixture.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({
      RedrivePolicy,
      RedriveAllowPolicy,
      KmsMasterKeyId: 'alias/mine',
      SqsManagedSseEnabled: 'false',
    });
  });

  it('give a message its receives in each queue of a chain, and show all of them together', async () => {
    const redrive = (target: string, maxReceiveCount: number) => ({
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${target}`,
        maxReceiveCount,
      }),
      VisibilityTimeout: '0',
    });
    await fixture.queue('chain-dlq', { VisibilityTimeout: '0' });
    // The tier's policy first: Terraform sets them in any order.
    const tier = redrive('chain-dlq', 3);
    await fixture.queue('chain-tier', tier);
    const QueueUrl = await fixture.queue('chain', redrive('chain-tier', 2));
    await fixture.send(QueueUrl, 'a');
    const seen: string[] = [];
    for (const name of [
      'chain',
      'chain',
      'chain',
      'chain-tier',
      'chain-tier',
      'chain-tier',
      'chain-tier',
      'chain-dlq',
    ]) {
      const url = fixture.aws.gateway.queueUrl(name);
      const { Messages } = await fixture.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, MessageSystemAttributeNames: ['All'] }),
      );
      seen.push(`${name} ${Messages?.[0]?.Attributes?.ApproximateReceiveCount ?? '-'}`);
    }
    expect(seen).toEqual([
      'chain 1',
      'chain 2',
      'chain -',
      'chain-tier 3',
      'chain-tier 4',
      'chain-tier 5',
      'chain-tier -',
      'chain-dlq 6',
    ]);
    const { Attributes } = await fixture.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: fixture.aws.gateway.queueUrl('chain-tier'),
        AttributeNames: ['RedrivePolicy'],
      }),
    );
    expect(Attributes).toEqual({ RedrivePolicy: tier.RedrivePolicy });
  });

  it('tell on a moved message which queue it comes from, and keep its tenant', async () => {
    await fixture.queue('moved-dlq');
    const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:moved-dlq';
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
    const QueueUrl = await fixture.queue('moved', { RedrivePolicy, VisibilityTimeout: '0' });
    await fixture.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a', MessageGroupId: 'tenant-1' }));
    const receive = async (name: string) =>
      (
        await fixture.sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: fixture.aws.gateway.queueUrl(name),
            MessageSystemAttributeNames: ['All'],
          }),
        )
      ).Messages?.[0];
    expect((await receive('moved'))?.Attributes).toMatchObject({
      MessageGroupId: 'tenant-1',
      ApproximateReceiveCount: '1',
    });
    expect(await receive('moved')).toBeUndefined();
    expect((await receive('moved-dlq'))?.Attributes).toMatchObject({
      MessageGroupId: 'tenant-1',
      DeadLetterQueueSourceArn: 'arn:aws:sqs:us-east-1:000000000000:moved',
    });
  });

  it('refuse an eleventh message attribute', async () => {
    const QueueUrl = await fixture.queue('eleven');
    const names = Array.from({ length: 11 }, (_, index) => `a${index}`);
    const MessageAttributes = Object.fromEntries(names.map((name) => [name, { DataType: 'String', StringValue: 'x' }]));
    const sending = fixture.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a', MessageAttributes }));
    await expect(sending).rejects.toThrow('Number of message attributes [11] exceeds the allowed maximum [10].');
  });

  it('receive what is published to a topic that they are subscribed to', async () => {
    const sns = new SNSClient(fixture.client);
    const QueueUrl = await fixture.queue('inbox');
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
    const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:inbox';
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    await sns.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    const { Messages } = await fixture.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
    expect(JSON.parse(Messages?.[0]?.Body ?? '{}')).toMatchObject({ Type: 'Notification', TopicArn, Message: 'hello' });
    sns.destroy();
  });
});

describe('settings that moto forgets', () => {
  it('come back from GetFunction', async () => {
    const LoggingConfig = { LogFormat: 'Text' as const, LogGroup: '/aws/lambda/logging' };
    await fixture.deploy('logging', 'export const handler = () => 1;', { LoggingConfig });
    const { Configuration } = await fixture.lambda.send(new GetFunctionCommand({ FunctionName: 'logging' }));
    expect(Configuration?.LoggingConfig).toEqual(LoggingConfig);
  });

  it('a bucket’s policy is given back and not enforced', async () => {
    const s3 = new S3Client({ ...fixture.client, forcePathStyle: true });
    const Bucket = 'policies';
    await s3.send(new CreateBucketCommand({ Bucket }));
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toThrow('The bucket policy does not exist');
    const Statement = [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${Bucket}/*` }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'letters/a', Body: 'text' }));
    const range = await s3.send(new GetObjectCommand({ Bucket, Key: 'letters/a', Range: 'bytes=1-2' }));
    expect(await range.Body?.transformToString()).toBe('ex');
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    s3.destroy();
  });
});

describe('calls', () => {
  it('are counted per operation, and recorded with resource and caller', async () => {
    const { calls } = fixture.aws.gateway;
    await fixture.sqs.send(new CreateQueueCommand({ QueueName: 'counted' }));
    await fixture.send(fixture.aws.gateway.queueUrl('counted'), 'a');
    await fixture.send(fixture.aws.gateway.queueUrl('counted'), 'b');
    const arn = 'arn:aws:sqs:us-east-1:000000000000:counted';
    expect(calls.records()).toContainEqual({
      service: 'sqs',
      action: 'SendMessage',
      resource: arn,
      caller: 'test',
      count: 2,
    });
    expect(calls.counts()['sqs:SendMessage']).toBeGreaterThanOrEqual(2);
  });

  it('of a mapping are made with the function’s own role', async () => {
    await fixture.deploy('own-role', 'export const handler = () => 1;');
    await fixture.send(await fixture.queue('own-role'), 'a');
    await fixture.map('own-role', 'own-role');
    await until('the message is gone', async () => (await fixture.depth('own-role')).visible === 0);
    const made = () =>
      fixture.aws.gateway.calls
        .records()
        .filter(({ caller, service }) => caller === 'own-role' && service === 'sqs')
        .map(({ action }) => action);
    await until('the delete', () => made().includes('DeleteMessageBatch'));
    expect(made().sort()).toEqual(['DeleteMessageBatch', 'GetQueueAttributes', 'ReceiveMessage']);
  });

  it('fail as a fault says, in the words of their protocol, and are not served', async () => {
    fixture.aws.gateway.setFaults((call) =>
      call.action === 'SendMessage'
        ? { kind: 'fail', status: 400, code: 'AccessDeniedException', message: 'no' }
        : { kind: 'pass' },
    );
    const QueueUrl = await fixture.queue('denied');
    const sending = fixture.send(QueueUrl, 'a');
    await expect(sending).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'no' });
    fixture.aws.gateway.setFaults(() => ({ kind: 'fail', status: 403, code: 'AccessDenied' }));
    const s3 = new S3Client(once({ forcePathStyle: true }));
    const putting = s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' }));
    await expect(putting).rejects.toMatchObject({ name: 'AccessDenied' });
    fixture.aws.gateway.setFaults(undefined);
    expect((await fixture.depth('denied')).visible).toBe(0);
    s3.destroy();
  });

  it('may be served and yet look as if the connection broke', async () => {
    const QueueUrl = await fixture.queue('dropped');
    await fixture.send(QueueUrl, 'a');
    const { Messages } = await fixture.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    fixture.aws.gateway.setFaults((call) =>
      call.action === 'DeleteMessage' ? { kind: 'drop-after-forward' } : { kind: 'pass' },
    );
    const { SQSClient } = await import('@aws-sdk/client-sqs');
    const sqs = new SQSClient(once());
    const deleting = sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
    await expect(deleting).rejects.toThrow();
    expect(await fixture.depth('dropped')).toEqual({ visible: 0, inFlight: 0 });
    sqs.destroy();
  });

  it('may be answered without being served, or be served as another call with another answer', async () => {
    await fixture.queue('asked');
    const QueueUrl = await fixture.queue('other');
    await fixture.send(QueueUrl, 'a');
    const counts = (visible: string) =>
      Buffer.from(
        JSON.stringify({
          Attributes: { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: '0' },
        }),
      );
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    fixture.aws.gateway.setFaults(() => ({ kind: 'reply', reply: { status: 200, headers, body: counts('7') } }));
    expect((await fixture.depth('asked')).visible).toBe(7);
    const other = Buffer.from(JSON.stringify({ QueueUrl, AttributeNames: ['All'] }));
    fixture.aws.gateway.setFaults(() => ({ kind: 'change', call: (call) => ({ ...call, body: other }) }));
    expect((await fixture.depth('asked')).visible).toBe(1);
    fixture.aws.gateway.setFaults(() => ({ kind: 'change', reply: (reply) => ({ ...reply, body: counts('9') }) }));
    expect((await fixture.depth('asked')).visible).toBe(9);
  });

  it('are served late when a fault delays them', async () => {
    fixture.aws.gateway.setFaults(() => ({ kind: 'delay', milliseconds: 300 }));
    const dynamodb = new DynamoDBClient(once());
    const begin = Date.now();
    await dynamodb.send(new ListTablesCommand({}));
    expect(Date.now() - begin).toBeGreaterThanOrEqual(290);
    dynamodb.destroy();
  });
});
