import { setTimeout as sleep } from 'node:timers/promises';
import {
  CancelMessageMoveTaskCommand,
  CreateQueueCommand,
  ListMessageMoveTasksCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fixture, startFixture, until } from './fixture.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

let fixture: Fixture;
const arnOf = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
beforeAll(async () => {
  fixture = await startFixture();
  const redriveTo = (dlq: string) => ({
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(dlq), maxReceiveCount: 1 }),
  });
  await fixture.queue('dlq');
  await fixture.queue('main', redriveTo('dlq'));
  await fixture.queue('lane.fifo', { FifoQueue: 'true' });
});
afterAll(() => fixture.stop());

const INVALID = 'InvalidParameterValue';
const NOT_FOUND = 'ResourceNotFoundException';
const RATE = "MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a number that's between 1 and 500.";

it.each([
  [
    'a queue that is no dead-letter queue',
    { SourceArn: arnOf('main') },
    INVALID,
    'must be configured as a Dead Letter',
  ],
  ['an unknown queue', { SourceArn: arnOf('nobody') }, NOT_FOUND, 'SourceArn parameter doesn'],
  [
    'a queue of another region',
    { SourceArn: arnOf('dlq').replace('us-east-1', 'eu-west-1') },
    NOT_FOUND,
    'SourceArn parameter doesn',
  ],
  [
    'an unknown destination',
    { SourceArn: arnOf('dlq'), DestinationArn: arnOf('nobody') },
    NOT_FOUND,
    'DestinationArn parameter doesn',
  ],
  ['itself as destination', { SourceArn: arnOf('dlq'), DestinationArn: arnOf('dlq') }, INVALID, 'cannot be the same'],
  [
    'a FIFO queue as destination of a standard one',
    { SourceArn: arnOf('dlq'), DestinationArn: arnOf('lane.fifo') },
    INVALID,
    'must be of the same queue type',
  ],
  ['a rate of 0', { SourceArn: arnOf('dlq'), MaxNumberOfMessagesPerSecond: 0 }, INVALID, RATE],
  ['a rate of 501', { SourceArn: arnOf('dlq'), MaxNumberOfMessagesPerSecond: 501 }, INVALID, RATE],
])('a message move task is refused: %s', async (_, input, name, message) => {
  const starting = fixture.sqs.send(new StartMessageMoveTaskCommand(input));
  await expect(starting).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
});

it.each([0, 11])('no list of %i tasks is given', async (MaxResults) => {
  const listing = fixture.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arnOf('dlq'), MaxResults }));
  await expect(listing).rejects.toMatchObject({ name: INVALID, message: expect.stringContaining('MaxResults') });
});

it('tasks of an unknown queue are not listed; a queue without any has none', async () => {
  const listing = fixture.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arnOf('nobody') }));
  await expect(listing).rejects.toMatchObject({ name: NOT_FOUND });
  const { Results } = await fixture.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arnOf('main') }));
  expect(Results).toEqual([]);
});

const handle = (sourceArn: string) =>
  Buffer.from(JSON.stringify({ taskId: '10f57157-fc38-4da9-a113-4de7e12d05aa', sourceArn })).toString('base64');

it.each([
  ['foobared', INVALID, 'Value for parameter TaskHandle is invalid.'],
  [handle(arnOf('nobody')), NOT_FOUND, "The resource that you specified for the SourceArn parameter doesn't exist."],
  [handle(arnOf('dlq')), NOT_FOUND, 'Task does not exist.'],
])('nothing is cancelled by the handle %s', async (TaskHandle, name, message) => {
  const cancelling = fixture.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
  await expect(cancelling).rejects.toMatchObject({ name, message });
});

it('a queue has one task at a time, and the calls are recorded on the queue', async () => {
  await fixture.send(fixture.aws.gateway.queueUrl('dlq'), '1');
  await fixture.send(fixture.aws.gateway.queueUrl('dlq'), '2');
  const input = { SourceArn: arnOf('dlq'), DestinationArn: arnOf('main'), MaxNumberOfMessagesPerSecond: 1 };
  const { TaskHandle } = await fixture.sqs.send(new StartMessageMoveTaskCommand(input));
  const RUNNING =
    'There is already a task running. Only one active task is allowed for a source queue arn at a given time.';
  const second = () => fixture.sqs.send(new StartMessageMoveTaskCommand(input));
  await expect(second()).rejects.toMatchObject({ name: INVALID, message: RUNNING });
  await fixture.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
  await expect(second()).rejects.toMatchObject({ name: INVALID, message: RUNNING });
  const own = { service: 'sqs', caller: 'test', resource: arnOf('dlq') };
  const records = fixture.aws.gateway.calls.records();
  expect(records).toContainEqual({ ...own, action: 'StartMessageMoveTask', count: expect.any(Number) });
  // Another handle of the same queue was tried above.
  expect(records).toContainEqual({ ...own, action: 'CancelMessageMoveTask', count: 2 });
  // SQS moves by itself; that is no call of anybody.
  expect(records.filter(({ action }) => /^(Receive|Delete)Message/.test(action))).toEqual([]);
});

it('a task ends with the gateway', async () => {
  const aws: LocalAws = await startLocalAws();
  const sqs = new SQSClient({ ...fixture.client, endpoint: aws.gateway.url });
  await sqs.send(new CreateQueueCommand({ QueueName: 'dlq' }));
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dlq'), maxReceiveCount: 1 });
  await sqs.send(new CreateQueueCommand({ QueueName: 'main', Attributes: { RedrivePolicy } }));
  for (const MessageBody of ['1', '2', '3', '4', '5'])
    await sqs.send(new SendMessageCommand({ QueueUrl: aws.gateway.queueUrl('dlq'), MessageBody }));
  const input = { SourceArn: arnOf('dlq'), DestinationArn: arnOf('main'), MaxNumberOfMessagesPerSecond: 1 };
  await sqs.send(new StartMessageMoveTaskCommand(input));
  await until('the first message is moved', async () => (await aws.bodies('main')).length === 1);
  const begin = Date.now();
  await aws.gateway.stop();
  // It is not waited for that the next message may be moved, a second after the first.
  expect(Date.now() - begin).toBeLessThan(900);
  await sleep(1_200);
  expect((await aws.bodies('dlq')).length).toBe(4);
  sqs.destroy();
  await aws.stop();
});
