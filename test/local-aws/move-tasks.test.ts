import { createHash } from 'node:crypto';
import {
  CancelMessageMoveTaskCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  StartMessageMoveTaskCommand,
  type StartMessageMoveTaskCommandInput,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, startFixture, until } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const urlOf = (name: string) => fixture.aws.gateway.queueUrl(name);

/** A queue and its dead-letter queue; without a visibility timeout a receive is all that a message needs to die. */
async function pair(name: string, dlq = `${name}-dlq`, attributes: Record<string, string> = {}): Promise<void> {
  await fixture.queue(dlq, attributes);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dlq), maxReceiveCount: 1 });
  await fixture.queue(name, { ...attributes, RedrivePolicy, VisibilityTimeout: '0' });
}

async function die(name: string, message: Omit<SendMessageCommandInput, 'QueueUrl'>): Promise<void> {
  const QueueUrl = urlOf(name);
  await fixture.sqs.send(new SendMessageCommand({ QueueUrl, ...message }));
  for (let receive = 0; receive < 2; receive++) await fixture.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
}

async function receive(name: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await fixture.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: urlOf(name),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 60,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages);
    // A FIFO queue gives no more of a group until these are gone.
    for (const { ReceiptHandle } of Messages)
      await fixture.sqs.send(new DeleteMessageCommand({ QueueUrl: urlOf(name), ReceiptHandle }));
  }
}

const start = async (SourceArn: string, more: Partial<StartMessageMoveTaskCommandInput> = {}): Promise<string> =>
  (await fixture.sqs.send(new StartMessageMoveTaskCommand({ SourceArn, ...more }))).TaskHandle ?? '';

const list = async (SourceArn: string, MaxResults?: number): Promise<ListMessageMoveTasksResultEntry[]> =>
  (await fixture.sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults }))).Results ?? [];

/** The newest task of a queue, once it is in this state. */
async function ended(SourceArn: string, status: string): Promise<ListMessageMoveTasksResultEntry> {
  await until(`the task is ${status}`, async () => (await list(SourceArn))[0]?.Status === status);
  return (await list(SourceArn))[0] ?? {};
}

describe('a message move task', () => {
  it('moves each message back to the queue that it came from, as a new one with all that it carried', async () => {
    await pair('orders', 'shared-dlq');
    await pair('invoices', 'shared-dlq');
    const trace = { DataType: 'String', StringValue: 'Root=1-5e1b4151-5ac6c58f5b5daa6532df5f2f' };
    await die('orders', {
      MessageBody: '{"id": "😀"}',
      MessageGroupId: 'tenant-1',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'order' } },
      MessageSystemAttributes: { AWSTraceHeader: trace },
    });
    await die('invoices', { MessageBody: 'invoice' });
    const dead = await fixture.aws.bodies('shared-dlq');
    const before = Date.now();
    await start(arnOf('shared-dlq'));
    const task = await ended(arnOf('shared-dlq'), 'COMPLETED');
    expect(task).toEqual({
      SourceArn: arnOf('shared-dlq'),
      Status: 'COMPLETED',
      StartedTimestamp: expect.any(Number),
      ApproximateNumberOfMessagesMoved: 2,
      ApproximateNumberOfMessagesToMove: 2,
    });
    expect(task.StartedTimestamp).toBeGreaterThanOrEqual(before);
    expect(await receive('shared-dlq')).toEqual([]);
    const [order] = await receive('orders');
    expect(order).toMatchObject({
      Body: '{"id": "😀"}',
      MD5OfBody: createHash('md5').update('{"id": "😀"}').digest('hex'),
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'order' } },
      Attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'tenant-1', AWSTraceHeader: trace.StringValue },
    });
    expect(order?.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
    expect(dead.map(({ messageId }) => messageId)).not.toContain(order?.MessageId);
    expect((await receive('invoices')).map(({ Body }) => Body)).toEqual(['invoice']);
  });

  it('moves to another queue what it is told to, whatever its source', async () => {
    await pair('direct');
    await fixture.queue('elsewhere');
    await fixture.send(urlOf('direct-dlq'), 'sent by a program');
    await start(arnOf('direct-dlq'), { DestinationArn: arnOf('elsewhere') });
    expect(await ended(arnOf('direct-dlq'), 'COMPLETED')).toMatchObject({ DestinationArn: arnOf('elsewhere') });
    expect((await receive('elsewhere')).map(({ Body }) => Body)).toEqual(['sent by a program']);
  });

  it('fails at a message that no queue moved there, and leaves it', async () => {
    await pair('unknown-source');
    await die('unknown-source', { MessageBody: 'first' });
    await fixture.send(urlOf('unknown-source-dlq'), 'sent by a program');
    await start(arnOf('unknown-source-dlq'));
    const task = await ended(arnOf('unknown-source-dlq'), 'FAILED');
    expect(task).toMatchObject({
      FailureReason: 'CouldNotDetermineMessageSource',
      ApproximateNumberOfMessagesMoved: 1,
      ApproximateNumberOfMessagesToMove: 2,
    });
    expect((await receive('unknown-source-dlq')).map(({ Body }) => Body)).toEqual(['sent by a program']);
  });

  it('fails when the queue that it moves to is gone', async () => {
    await pair('gone');
    await die('gone', { MessageBody: 'a' });
    await fixture.sqs.send(new DeleteQueueCommand({ QueueUrl: urlOf('gone') }));
    await pair('other', 'gone-dlq');
    await start(arnOf('gone-dlq'));
    const { FailureReason } = await ended(arnOf('gone-dlq'), 'FAILED');
    expect(FailureReason).toBe('AWS.SimpleQueueService.NonExistentQueue');
  });

  it('keeps the order of a group, and no deduplication drops what it moves back', async () => {
    await pair('lane.fifo', 'lane-dlq.fifo', { FifoQueue: 'true' });
    for (const body of ['1', '2', '3'])
      await die('lane.fifo', { MessageBody: body, MessageGroupId: 'g', MessageDeduplicationId: body });
    await start(arnOf('lane-dlq.fifo'));
    expect(await ended(arnOf('lane-dlq.fifo'), 'COMPLETED')).toMatchObject({ ApproximateNumberOfMessagesMoved: 3 });
    const back = await receive('lane.fifo');
    expect(back.map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId])).toEqual([
      ['1', 'g'],
      ['2', 'g'],
      ['3', 'g'],
    ]);
  });

  it('moves no faster than it may, and stops when it is cancelled', async () => {
    await pair('slow');
    for (const body of ['1', '2', '3', '4']) await die('slow', { MessageBody: body });
    const begin = Date.now();
    const TaskHandle = await start(arnOf('slow-dlq'), { MaxNumberOfMessagesPerSecond: 2 });
    const [running] = await list(arnOf('slow-dlq'));
    expect(running).toMatchObject({ Status: 'RUNNING', TaskHandle, MaxNumberOfMessagesPerSecond: 2 });
    await until('the first batch', async () => (await fixture.depth('slow-dlq')).visible === 2);
    const cancelled = await fixture.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(2);
    expect((await list(arnOf('slow-dlq')))[0]).toMatchObject({ Status: 'CANCELLING' });
    const task = await ended(arnOf('slow-dlq'), 'CANCELLED');
    expect(task.TaskHandle).toBeUndefined();
    expect(await fixture.depth('slow-dlq')).toEqual({ visible: 2, inFlight: 0 });
    expect(Date.now() - begin).toBeGreaterThanOrEqual(950);
    const again = fixture.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    await expect(again).rejects.toThrow('Only active tasks can be cancelled.');
    await start(arnOf('slow-dlq'));
    await ended(arnOf('slow-dlq'), 'COMPLETED');
    expect((await list(arnOf('slow-dlq'), 10)).map(({ Status }) => Status)).toEqual(['COMPLETED', 'CANCELLED']);
    expect(await list(arnOf('slow-dlq'))).toHaveLength(1);
  });
});
