import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MoveDocument } from '../../cli/move/report.ts';
import { bodies, letDie, received, sendTo, unmanagedQueues } from './letters.ts';
import { answerOf, createQueue, type Operated, redriveTo, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

let counter = 0;
const queues = (suffix = '') => unmanagedQueues(operated.cloud, `plain-${++counter}`, suffix);
const redrive = (dlq: string, ...more: string[]) =>
  operated.dlq(['redrive', '--dlq', dlq, '--yes', '--json', '--canary', '0', '--rate', 'off', ...more]);
const faults = (hook: Parameters<typeof operated.cloud.faults.set>[1] | undefined) =>
  hook === undefined ? operated.cloud.faults.delete('operator') : operated.cloud.faults.set('operator', hook);
const bodiesOf = async (name: string) => (await operated.cloud.stored(name)).map(({ body }) => body).sort();

describe('redrive', () => {
  it('moves every letter of a DLQ back to where it died, whole, and writes it into the audit', async () => {
    const { dlq, source } = await queues();
    await letDie(operated.cloud, source.url, [
      {
        MessageBody: '{"order_id":"o-1","text":"Grüße 🎉"}',
        MessageGroupId: 'tenant-a',
        MessageSystemAttributes: {
          AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' },
        },
        MessageAttributes: {
          text: { DataType: 'String', StringValue: 'a' },
          price: { DataType: 'Number', StringValue: '0.10' },
          count: { DataType: 'Number.int', StringValue: '7' },
          image: { DataType: 'Binary.png', BinaryValue: Buffer.from([0, 255, 1]) },
        },
      },
      ...bodies(24),
    ]);
    const before = await bodiesOf(dlq.name);
    expect(before).toHaveLength(25);
    const moved = answerOf<MoveDocument>(await redrive(dlq.url, '--all'));
    expect(moved).toMatchObject({ outcome: 'done', sent: 25, left: [], stuck: [], failed: 0, inFlight: 0 });
    expect(await bodiesOf(dlq.name)).toEqual([]);
    expect(await bodiesOf(source.name)).toEqual(before);
    const [whole] = (await received(operated.cloud, source.url)).filter(({ Body = '' }) => Body.includes('Grüße'));
    expect(whole?.MessageAttributes).toEqual({
      text: { DataType: 'String', StringValue: 'a' },
      price: { DataType: 'Number', StringValue: '0.10' },
      count: { DataType: 'Number.int', StringValue: '7' },
      image: { DataType: 'Binary.png', BinaryValue: new Uint8Array([0, 255, 1]) },
    });
    expect(whole?.Attributes).toMatchObject({
      MessageGroupId: 'tenant-a',
      AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
    });
    const { entries } = answerOf<{ entries: object[] }>(await operated.dlq(['audit', '--local', '--json']));
    expect(entries[0]).toMatchObject({
      command: 'redrive',
      outcome: 'done',
      queue: dlq.name,
      letters: { sent: 25, failed: 0 },
      id: moved.audit,
    });
  });

  it('takes what is meant and leaves the rest visible', async () => {
    const { dlq, source } = await queues();
    await letDie(
      operated.cloud,
      source.url,
      bodies(12, (i) => ({ total: i * 10 })),
    );
    const moved = answerOf<MoveDocument>(await redrive(dlq.url, '--where', 'body.total > `80`'));
    expect(moved).toMatchObject({ sent: 3, left: [{ reason: '--where does not hold', letters: 9 }], failed: 0 });
    expect(await bodiesOf(source.name)).toEqual(['{"total":100}', '{"total":110}', '{"total":90}']);
    expect(await received(operated.cloud, dlq.url)).toHaveLength(9);
  });

  it('sends at most --count letters', async () => {
    const { dlq, source } = await queues();
    await letDie(operated.cloud, source.url, bodies(23));
    expect(answerOf(await redrive(dlq.url, '--count', '7'))).toMatchObject({ sent: 7 });
    expect(await bodiesOf(source.name)).toHaveLength(7);
    expect(await received(operated.cloud, dlq.url)).toHaveLength(16);
  });

  it('sends and deletes ten to a call where receives bring four', async () => {
    const { dlq, source } = await queues();
    await letDie(operated.cloud, source.url, bodies(20));
    const calls = { SendMessageBatch: 0, DeleteMessageBatch: 0 };
    faults(async (call) => {
      if (call.action in calls) calls[call.action as keyof typeof calls] += 1;
      return call.action === 'ReceiveMessage' ? { kind: 'change', call: ofFour } : { kind: 'pass' };
    });
    // At this rate one step is under way at a time.
    expect(answerOf(await redrive(dlq.url, '--all', '--rate', '100'))).toMatchObject({ sent: 20, left: [] });
    faults(undefined);
    expect(calls).toEqual({ SendMessageBatch: 2, DeleteMessageBatch: 2 });
    expect(await bodiesOf(source.name)).toHaveLength(20);
  });

  it('sends all of them to another queue with --to', async () => {
    const { dlq } = await queues();
    const repair = await createQueue(operated.cloud, `repair-${counter}`);
    await sendTo(operated.cloud, dlq.url, bodies(3));
    expect(answerOf(await redrive(dlq.url, '--all', '--to', repair.name))).toMatchObject({ sent: 3 });
    expect(await bodiesOf(repair.name)).toHaveLength(3);
  });

  it('asks which letters, refuses contradictions, and changes nothing without an answer', async () => {
    const { dlq } = await queues();
    const refusal = async (...args: string[]) => {
      const ran = await operated.dlq(['redrive', '--dlq', dlq.url, ...args]);
      expect(ran).toMatchObject({ code: 2, out: expect.any(String) });
      return ran.err;
    };
    expect(await refusal()).toContain('which letters?');
    expect(await refusal('--all', '--class', 'TIMEOUT')).toContain('--all means every letter');
    expect(await refusal('--group', 'x')).toContain('12 hex characters');
    expect(await refusal('--count', '0')).toContain('--count must be a whole number from 1');
    expect(await refusal('--all', '--rate', 'fast')).toContain('--rate must be a number');
    expect(await refusal('--where', 'body.[', '--yes')).toContain('JMESPath');
    expect(await refusal('--since', 'yesterday')).toContain('30m, 2h, 3d');
    expect(await refusal('--all')).toContain('pass --yes');
    expect(await refusal('--all', '--stack', 'x')).toContain('pass it or --stack');
  });
});

describe('what published tools lose', () => {
  it('an entry that SQS refuses within an answer of 200: its letter stays', async () => {
    const { dlq, source } = await queues();
    await letDie(operated.cloud, source.url, bodies(10));
    faults(async (call) =>
      call.action === 'SendMessageBatch' ? { kind: 'change', reply: (reply) => refused(reply, 3) } : { kind: 'pass' },
    );
    const ran = await redrive(dlq.url, '--all');
    faults(undefined);
    const moved = answerOf<MoveDocument>(ran, 1);
    expect(moved).toMatchObject({ sent: 7, failed: 3 });
    expect(moved.failures[0]?.why).toContain('InternalError');
    expect(await received(operated.cloud, dlq.url)).toHaveLength(3);
  });

  it('two letters of 600 KiB that were received together', async () => {
    const { dlq, source } = await queues();
    const large = (letter: string) => ({ MessageBody: letter.repeat(600 * 1024) });
    for (const letter of ['a', 'b']) await letDie(operated.cloud, source.url, [large(letter)]);
    expect(answerOf(await redrive(dlq.url, '--all'))).toMatchObject({ sent: 2, failed: 0 });
    expect(await bodiesOf(source.name)).toHaveLength(2);
  });

  it('a letter with ten attributes and one of 1 MiB: nothing is added', async () => {
    const { dlq, source } = await queues();
    const MessageAttributes = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`a${i}`, { DataType: 'String', StringValue: String(i) }]),
    );
    await letDie(operated.cloud, source.url, [{ MessageBody: 'ten', MessageAttributes }]);
    await letDie(operated.cloud, source.url, [{ MessageBody: 'x'.repeat(1024 * 1024) }]);
    expect(answerOf(await redrive(dlq.url, '--all'))).toMatchObject({ sent: 2, failed: 0 });
    const letters = await received(operated.cloud, source.url);
    expect(letters.find(({ Body }) => Body === 'ten')?.MessageAttributes).toEqual(MessageAttributes);
  });

  it('a FIFO letter whose deduplication id the queue still knows', async () => {
    const { dlq, source } = await queues('.fifo');
    const entry = (i: number) => ({
      MessageBody: `m-${i}`,
      MessageGroupId: `g-${i % 2}`,
      MessageDeduplicationId: `d-${i}`,
    });
    await letDie(operated.cloud, source.url, [0, 1, 2, 3, 4, 5].map(entry));
    expect(await bodiesOf(dlq.name)).toHaveLength(6);
    expect(answerOf(await redrive(dlq.url, '--all'))).toMatchObject({ sent: 6, failed: 0 });
    const stored = await operated.cloud.stored(source.name);
    for (const group of ['g-0', 'g-1']) {
      const order = stored.filter(({ messageGroupId }) => messageGroupId === group).map(({ body }) => body);
      expect(order).toEqual([...order].sort());
      expect(order).toHaveLength(3);
    }
  });

  it('a DLQ that two queues share: each letter goes to its own, and one that does not say stays', async () => {
    const { dlq, source } = await queues();
    const second = await createQueue(operated.cloud, `second-${counter}`);
    await redriveTo(operated.cloud, second.url, dlq.arn);
    await letDie(
      operated.cloud,
      source.url,
      bodies(3, (i) => ({ first: i })),
    );
    await letDie(
      operated.cloud,
      second.url,
      bodies(2, (i) => ({ second: i })),
    );
    await sendTo(operated.cloud, dlq.url, [{ MessageBody: 'from nowhere' }]);
    const moved = answerOf<MoveDocument>(await redrive(dlq.url, '--all'), 1);
    expect(moved).toMatchObject({
      sent: 5,
      stuck: [{ letters: 1, reason: expect.stringContaining('which of the 2 queues') }],
    });
    expect((await bodiesOf(source.name)).every((body) => body.includes('first'))).toBe(true);
    expect(await bodiesOf(second.name)).toHaveLength(2);
    expect(await bodiesOf(dlq.name)).toEqual(['from nowhere']);
  });

  it('letters in flight elsewhere: they are told of, and the exit code says so', async () => {
    const { dlq, source } = await queues();
    await letDie(operated.cloud, source.url, bodies(5));
    await received(operated.cloud, dlq.url);
    await letDie(operated.cloud, source.url, bodies(2));
    const moved = answerOf<MoveDocument>(await redrive(dlq.url, '--all'), 1);
    expect(moved).toMatchObject({ outcome: 'done', sent: 2, inFlight: 5 });
  });

  it('a delete that fails: the next run deletes the letter and does not send it again', async () => {
    const { dlq, source } = await queues();
    await letDie(operated.cloud, source.url, bodies(4));
    faults(async (call) =>
      call.action === 'DeleteMessageBatch' ? { kind: 'fail', status: 400, code: 'InvalidAddress' } : { kind: 'pass' },
    );
    const first = answerOf<MoveDocument>(await redrive(dlq.url, '--all'), 1);
    faults(undefined);
    expect(first).toMatchObject({ sent: 4, notes: [expect.stringContaining('run the same command again')] });
    expect(await bodiesOf(dlq.name)).toHaveLength(4);
    const second = answerOf<MoveDocument>(await redrive(dlq.url, '--all'));
    expect(second).toMatchObject({ sent: 0, left: [{ letters: 4, reason: expect.stringContaining('earlier run') }] });
    expect(await bodiesOf(source.name)).toHaveLength(4);
    expect(await bodiesOf(dlq.name)).toEqual([]);
  });
});

/** The answer with so many of its entries refused, as SQS does it. */
function refused(reply: { status: number; headers: Record<string, string>; body: Buffer }, count: number) {
  const answer = JSON.parse(reply.body.toString()) as { Successful: { Id: string }[] };
  const Failed = answer.Successful.splice(0, count).map(({ Id }) => ({
    Id,
    Code: 'InternalError',
    Message: 'try again',
    SenderFault: false,
  }));
  return { ...reply, body: Buffer.from(JSON.stringify({ ...answer, Failed })) };
}

/** The receive of at most four. */
function ofFour<T extends { readonly body: Buffer }>(call: T): T {
  const input = JSON.parse(call.body.toString());
  const MaxNumberOfMessages = Math.min(4, input.MaxNumberOfMessages);
  return { ...call, body: Buffer.from(JSON.stringify({ ...input, MaxNumberOfMessages })) };
}
