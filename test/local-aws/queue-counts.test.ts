import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

const MESSAGES = 'ApproximateNumberOfMessages';

async function counts(QueueUrl: string, names: QueueAttributeName[] = ['All']): Promise<Record<string, string>> {
  const { Attributes = {} } = await fixture.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names }),
  );
  return Object.fromEntries(Object.entries(Attributes).filter(([name]) => name.startsWith(MESSAGES)));
}

const three = (visible: number, inFlight: number, delayed: number) => ({
  [MESSAGES]: String(visible),
  [`${MESSAGES}NotVisible`]: String(inFlight),
  [`${MESSAGES}Delayed`]: String(delayed),
});

it.each([
  ['counts', {}],
  ['counts.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' }],
])('messages that became visible again are counted so, with no receive: %s', async (name, attributes) => {
  const isFifo = name.endsWith('.fifo');
  const QueueUrl = await fixture.queue(name, attributes);
  for (const MessageBody of ['a', 'b', 'c'])
    await fixture.sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody, ...(isFifo ? { MessageGroupId: MessageBody } : {}) }),
    );
  const receive = { QueueUrl, MaxNumberOfMessages: 1 };
  await fixture.sqs.send(new ReceiveMessageCommand({ ...receive, VisibilityTimeout: 1 }));
  await fixture.sqs.send(new ReceiveMessageCommand({ ...receive, VisibilityTimeout: 60 }));
  expect(await counts(QueueUrl)).toEqual(three(1, 2, 0));
  await sleep(1_050);
  expect(await counts(QueueUrl)).toEqual(three(2, 1, 0));
  expect(await counts(QueueUrl, [MESSAGES])).toEqual({ [MESSAGES]: '2' });
  expect(await counts(QueueUrl, ['QueueArn'])).toEqual({});
});

it('messages whose delay is over are counted as visible, with no receive', async () => {
  const QueueUrl = await fixture.queue('delays');
  for (const DelaySeconds of [1, 60])
    await fixture.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a', DelaySeconds }));
  expect(await counts(QueueUrl)).toEqual(three(0, 0, 2));
  await sleep(1_050);
  expect(await counts(QueueUrl)).toEqual(three(1, 0, 1));
});
