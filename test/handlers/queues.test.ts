import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { RefusedError, sendAll, sendingOf } from '../../handlers/aws/queues.ts';
import { letter } from '../core/builders.ts';

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

const client = new SQSClient({ region: 'eu-central-1' });
const sending = (originId: string, over: { body?: string; fifo?: boolean } = {}) =>
  sendingOf(
    letter({ body: over.body ?? originId }),
    [],
    { originId, attempt: 1, group: 'g' },
    { delaySeconds: 7, fifo: over.fifo ?? false, source: 'kit' },
  );

describe('sending letters', () => {
  it('reads the answer entry by entry: what SQS did not take is a failure of that letter alone', async () => {
    sqs.on(SendMessageBatchCommand).resolves({
      Successful: [{ Id: '0', MessageId: 'new-0', MD5OfMessageBody: 'x' }],
      Failed: [
        { Id: '1', SenderFault: false, Code: 'InternalError' },
        { Id: '2', SenderFault: true, Code: 'InvalidParameterValue', Message: 'too long' },
      ],
    });
    const outcomes = await sendAll(
      client,
      'url',
      ['a', 'b', 'c', 'd'].map((id) => sending(id)),
    );
    expect(outcomes[0]).toEqual({ ok: true, value: 'new-0' });
    expect(outcomes[1]).toMatchObject({ ok: false, error: { message: expect.stringContaining('InternalError') } });
    expect(outcomes[1]).not.toMatchObject({ error: expect.any(RefusedError) });
    expect(outcomes[2]).toMatchObject({ ok: false, error: expect.any(RefusedError) });
    expect(outcomes[3]).toMatchObject({ ok: false, error: { message: 'SQS did not answer for this message' } });
  });

  it('a call that fails fails its own letters, not those of another batch', async () => {
    sqs.on(SendMessageBatchCommand).callsFake(({ Entries }) => {
      if (Entries[0].MessageBody.startsWith('b')) throw new Error('throttled');
      return { Successful: [{ Id: Entries[0].Id, MessageId: 'new' }] };
    });
    const large = (name: string) => sending(name, { body: name.repeat(700_000) });
    const outcomes = await sendAll(client, 'url', [large('a'), large('b')]);
    expect(outcomes).toMatchObject([
      { ok: true, value: 'new' },
      { ok: false, error: { message: 'throttled' } },
    ]);
  });

  it('gives a delay on a standard queue, and on FIFO the heal key as deduplication id instead', async () => {
    sqs.on(SendMessageBatchCommand).resolves({});
    await sendAll(client, 'url', [sending('s')]);
    await sendAll(client, 'url', [sending('f', { fifo: true })]);
    const [standard, fifo] = sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input.Entries?.[0]);
    expect(standard).toMatchObject({ DelaySeconds: 7 });
    expect(standard).not.toHaveProperty('MessageDeduplicationId');
    expect(fifo).toMatchObject({ MessageDeduplicationId: 'f.1' });
    expect(fifo).not.toHaveProperty('DelaySeconds');
  });
});
