import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterEach(() => void vi.useRealTimers());
afterAll(() => fixture.stop());

const lane = (name: string, attributes = {}) => fixture.queue(`${name}.fifo`, { FifoQueue: 'true', ...attributes });

const send = (QueueUrl: string, MessageGroupId: string, MessageBody: string, MessageDeduplicationId?: string) =>
  fixture.sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageGroupId,
      MessageBody,
      MessageDeduplicationId: MessageDeduplicationId ?? MessageBody,
    }),
  );

const receive = async (QueueUrl: string, VisibilityTimeout = 60): Promise<Message[]> =>
  (
    await fixture.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        VisibilityTimeout,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      }),
    )
  ).Messages ?? [];

const done = (QueueUrl: string, { ReceiptHandle }: Message = {}) =>
  fixture.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
// SQS may give several messages of a group at once, in their order; here a receive gives the first one of each group.
describe('a message group', () => {
  it('gives its messages in the order of sending, and none while one is in flight', async () => {
    const url = await lane('order');
    for (const body of ['a1', 'b1', 'a2', 'b2', 'a3']) await send(url, body.slice(0, 1), body);
    const [a1, b1] = await receive(url);
    expect([a1?.Body, b1?.Body]).toEqual(['a1', 'b1']);
    expect(await receive(url)).toEqual([]);
    await done(url, b1);
    expect(bodies(await receive(url))).toEqual(['b2']);
    await done(url, a1);
    expect(bodies(await receive(url))).toEqual(['a2']);
    expect(await receive(url)).toEqual([]);
  });

  it('gives a message that comes back before those sent after it', async () => {
    const url = await lane('return');
    for (const body of ['1', '2', '3']) await send(url, 'g', body);
    const [first] = await receive(url);
    await fixture.sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 }),
    );
    expect(bodies(await receive(url, 0))).toEqual(['1']);
    const again = await receive(url);
    expect(bodies(again)).toEqual(['1']);
    expect(again[0]?.Attributes?.ApproximateReceiveCount).toBe('3');
    await done(url, again[0]);
    expect(bodies(await receive(url))).toEqual(['2']);
  });

  it('goes on once its first message has died', async () => {
    const dlq = await lane('dead');
    const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead.fifo';
    const url = await lane('dies', { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }) });
    for (const body of ['1', '2']) await send(url, 'g', body);
    expect(bodies(await receive(url, 0))).toEqual(['1']);
    expect(bodies(await receive(url))).toEqual(['2']);
    const [dead] = await receive(dlq);
    expect(dead).toMatchObject({ Body: '1', Attributes: { MessageGroupId: 'g' } });
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
describe('a deduplication id', () => {
  it('sent again within five minutes is accepted and not delivered, even when the first is gone', async () => {
    const url = await lane('twice');
    const first = await send(url, 'g', 'first', 'same');
    const second = await send(url, 'other', 'second 😀', 'same');
    expect(second).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber });
    expect((await fixture.depth('twice.fifo')).visible).toBe(1);
    const [only, ...more] = await receive(url);
    expect(more).toEqual([]);
    expect(only).toMatchObject({ Body: 'first', Attributes: { MessageGroupId: 'g', ApproximateReceiveCount: '1' } });
    await send(url, 'g', 'third', 'same');
    await fixture.sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: only?.ReceiptHandle, VisibilityTimeout: 0 }),
    );
    const [again] = await receive(url);
    // The duplicate has not changed what is known of the first.
    expect(again).toMatchObject({ Body: 'first', Attributes: { ApproximateReceiveCount: '2' } });
    await done(url, again);
    const Entries = [
      { Id: 'a', MessageBody: 'fourth', MessageGroupId: 'g', MessageDeduplicationId: 'same' },
      { Id: 'b', MessageBody: 'new', MessageGroupId: 'g', MessageDeduplicationId: 'new' },
    ];
    const batch = await fixture.sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    expect(batch.Successful?.map(({ Id }) => Id)).toEqual(['a', 'b']);
    expect(bodies(await receive(url))).toEqual(['new']);
  });

  it('sent again after five minutes is a new message', async () => {
    const url = await lane('late');
    await send(url, 'g', 'first', 'same');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 4 * 60_000 + 59_000 });
    await send(url, 'g', 'second', 'same');
    vi.setSystemTime(Date.now() + 2_000);
    await send(url, 'g', 'third', 'same');
    const [first] = await receive(url);
    await done(url, first);
    expect(bodies([first ?? {}, ...(await receive(url))])).toEqual(['first', 'third']);
  });

  it('is the body’s hash where the queue says so', async () => {
    const url = await lane('content', { ContentBasedDeduplication: 'true' });
    for (const MessageBody of ['a', 'a', 'b'])
      await fixture.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageGroupId: MessageBody, MessageBody }));
    expect(bodies(await receive(url))).toEqual(['a', 'b']);
  });
});
