import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { consume } from '../../kit/index.ts';
import { readTopologies } from '../../kit/topology.ts';
import { arn, lambdaContext, PLAIN, sqsEvent, sqsRecord, TIERED, url } from './fake-aws.ts';
import { fake, logLines, useFakeAws, withQueues } from './setup.ts';

useFakeAws();

const reads = () => fake().sqs.commandCalls(GetQueueUrlCommand).length;
const MINUTE = 60_000;

describe('what the kit knows of its queues', () => {
  it.each([
    {
      name: 'a DLQ',
      queues: PLAIN,
      expected: {
        maxReceiveCount: 5,
        receivesToDlq: 5,
        next: { kind: 'dlq' },
        dlq: { arn: arn('orders-dlq'), url: url('orders-dlq'), fifo: false },
      },
    },
    {
      name: 'a retry tier',
      queues: TIERED,
      expected: {
        maxReceiveCount: 2,
        receivesToDlq: 5,
        next: { kind: 'tier', delaySeconds: 60 },
        dlq: { arn: arn('orders-dlq'), url: url('orders-dlq'), fifo: false },
      },
    },
    { name: 'nothing', queues: { orders: {} }, expected: {} },
    {
      name: 'a DLQ, with a count written as text',
      queues: { orders: { target: 'dlq', maxReceiveCount: '5' }, dlq: {} },
      expected: {
        maxReceiveCount: 5,
        receivesToDlq: 5,
        next: { kind: 'dlq' },
        dlq: { arn: arn('dlq'), url: url('dlq'), fifo: false },
      },
    },
  ])('a queue followed by $name', async ({ queues, expected }) => {
    withQueues(queues);
    expect(await readTopologies(new SQSClient({})).of(arn('orders'))).toEqual({ queueUrl: url('orders'), ...expected });
  });

  it('is asked of the account that owns the queue', async () => {
    await readTopologies(new SQSClient({})).of(arn('orders'));
    expect(fake().sqs.commandCalls(GetQueueUrlCommand)[0]?.args[0].input).toEqual({
      QueueName: 'orders',
      QueueOwnerAWSAccountId: '123456789012',
    });
  });

  it('is waited for two seconds, lest a call that hangs be remembered', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    await readTopologies(new SQSClient({})).of(arn('orders'));
    expect(timeout.mock.calls).toEqual([[2_000], [2_000]]);
    for (const call of fake().sqs.calls()) {
      const args: readonly unknown[] = call.args;
      expect(args[1]).toEqual({ abortSignal: expect.any(AbortSignal) });
    }
  });

  it('counts the receives of all queues before a tier', async () => {
    withQueues({
      a: { target: 'b', maxReceiveCount: 2 },
      b: { target: 'c', maxReceiveCount: 3 },
      c: { target: 'd', maxReceiveCount: 4 },
      d: {},
    });
    const topologies = readTopologies(new SQSClient({}));
    expect(await topologies.receivesBefore(arn('c'), arn('a'))).toBe(5);
    // Whether SQS names the queue that a message was sent to or the one it came from last.
    expect(await topologies.receivesBefore(arn('c'), arn('b'))).toBe(5);
    expect(await topologies.receivesBefore(arn('a'), arn('b'))).toBe(0);
  });

  it('counts those from the queue that the message names, where another gives up to that one too', async () => {
    withQueues({
      a: { target: 'b', maxReceiveCount: 2 },
      x: { target: 'b', maxReceiveCount: 9 },
      b: { target: 'c', maxReceiveCount: 3 },
      c: {},
    });
    const topologies = readTopologies(new SQSClient({}));
    expect(await topologies.receivesBefore(arn('c'), arn('b'))).toBe(3);
    expect(await topologies.receivesBefore(arn('b'), arn('a'))).toBe(2);
  });

  it.each([
    { queues: { orders: { target: 'orders', maxReceiveCount: 1 } }, arn: arn('orders'), error: 'do not end' },
    {
      queues: PLAIN,
      arn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/x',
      error: 'expected the ARN of an SQS queue',
    },
    {
      queues: { orders: { target: 'dlq', maxReceiveCount: 0 }, dlq: {} },
      arn: arn('orders'),
      error: 'unexpected redrive policy',
    },
  ])('refuses what it cannot follow: $error', async ({ queues, arn, error }) => {
    withQueues(queues);
    await expect(readTopologies(new SQSClient({})).of(arn)).rejects.toThrow(error);
  });
});

describe('how long the kit remembers it', () => {
  it('reads again after five minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const topologies = readTopologies(new SQSClient({}));
    await Promise.all([topologies.of(arn('orders')), topologies.of(arn('orders'))]);
    vi.advanceTimersByTime(5 * MINUTE - 1);
    await topologies.of(arn('orders'));
    expect(reads()).toBe(2); // the queue and its DLQ
    vi.advanceTimersByTime(1);
    await topologies.of(arn('orders'));
    expect(reads()).toBe(4);
  });

  it('keeps what it knew while it cannot be read again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const topologies = readTopologies(new SQSClient({}));
    const known = await topologies.of(arn('orders'));
    fake().sqs.on(GetQueueUrlCommand).rejects(new Error('down'));
    vi.advanceTimersByTime(5 * MINUTE);
    expect(await topologies.of(arn('orders'))).toEqual(known);
    vi.advanceTimersByTime(5 * MINUTE);
    expect(await topologies.of(arn('orders'))).toEqual(known);
  });

  it('waits a minute after a reading that failed', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const topologies = readTopologies(new SQSClient({}));
    fake().sqs.on(GetQueueUrlCommand).rejects(new Error('down'));
    await expect(topologies.of(arn('orders'))).rejects.toThrow('down');
    await expect(topologies.of(arn('orders'))).rejects.toThrow('down');
    expect(reads()).toBe(1);
    vi.advanceTimersByTime(MINUTE);
    await expect(topologies.of(arn('orders'))).rejects.toThrow('down');
    expect(reads()).toBe(2);
  });

  it('reads once for the batches of one environment', async () => {
    const handler = consume(() => undefined);
    await handler(sqsEvent(sqsRecord('a')), lambdaContext());
    await handler(sqsEvent(sqsRecord('b')), lambdaContext());
    expect(reads()).toBe(2);
  });
});

it('processes messages although the queues do not answer in time', async () => {
  fake()
    .sqs.on(GetQueueUrlCommand)
    .callsFake(() => new Promise(() => {}));
  const work = vi.fn();
  expect(await consume(work)(sqsEvent(sqsRecord('a')), lambdaContext(1_000))).toEqual({ batchItemFailures: [] });
  expect(work).toHaveBeenCalledOnce();
  expect(logLines()).toMatchObject([
    { queue: arn('orders'), reason: expect.stringMatching(/^not read within 2\d\d ms$/) },
  ]);
});
