import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observeAll } from '../../handlers/heal/observe.ts';
import { type Cloud, startCloud, startStack } from './cloud.ts';
import { emitted } from './emitted.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

describe('observing', () => {
  it('tells once per letter what healing would have done, and leaves every letter where it was', async () => {
    const stack = await startStack(cloud);
    const { QueueUrl: dlqUrl = '' } = await cloud.sqs.send(
      new CreateQueueCommand({ QueueName: `${stack.queue.key}-observed` }),
    );
    for (const id of ['o1', 'o2']) {
      const evidence = JSON.stringify({ v: 1, origin: id, attempt: 0, errorType: 'TypeError', message: 'x' });
      await cloud.sqs.send(
        new SendMessageCommand({
          QueueUrl: dlqUrl,
          MessageBody: id,
          MessageAttributes: { 'dlq-evidence': { DataType: 'String', StringValue: evidence } },
        }),
      );
    }
    const own = { ...stack.queue, dlqUrl };
    const healer = { ...stack.healer, mode: 'observe', policy: { ...stack.healer.policy, queues: [own] } };
    const first = await emitted(() => observeAll(healer, () => 60_000));
    const second = await emitted(() => observeAll(healer, () => 60_000));
    const arrivals = (lines: Record<string, unknown>[]) =>
      lines.filter((line) => 'LettersArrived' in line).map((line) => line.class);
    expect([arrivals(first), arrivals(second)]).toEqual([['CODE_BUG', 'CODE_BUG'], []]);
    const { Attributes } = await cloud.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: dlqUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe('2');
    expect([await stack.rows(), await stack.sent(), await stack.objects()]).toEqual([[], [], []]);
    const { Messages = [] } = await cloud.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: dlqUrl, MaxNumberOfMessages: 10 }),
    );
    expect(Messages).toHaveLength(2);
    await cloud.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: dlqUrl,
        ReceiptHandle: Messages[0]?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
  });
});
