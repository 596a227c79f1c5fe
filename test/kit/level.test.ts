import { GetItemCommand, type GetItemCommandInput } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { type ConsumeOptions, consume, type Level } from '../../kit/index.ts';
import { arn, lambdaContext, sqsEvent, sqsRecord } from './fake-aws.ts';
import { fake, logLines, useFakeAws } from './setup.ts';

useFakeAws();

type Row = NonNullable<GetItemCommandInput['Key']>;

/** A ledger that holds these; `levels` may be changed while a test runs. */
function withLedger(levels: { row: Row | undefined }, keys: Readonly<Record<string, string>> = { orders: 'shop-key' }) {
  const known = Object.fromEntries(Object.entries(keys).map(([queue, key]) => [arn(queue), { S: key }]));
  fake()
    .dynamodb.on(GetItemCommand)
    .callsFake(async ({ TableName, Key }: GetItemCommandInput) => {
      if (TableName !== 'ledger' || Key?.pk?.S !== 'control') throw new Error(`AccessDenied: ${JSON.stringify(Key)}`);
      if (Key.sk?.S === 'queues') return { Item: { keys: { M: known } } };
      return Key.sk?.S === 'queue#shop-key' && levels.row !== undefined ? { Item: levels.row } : {};
    });
}

const pinned = (level: number): Row => ({ level: { N: '1' }, pinnedLevel: { N: String(level) } });
const reads = () => fake().dynamodb.commandCalls(GetItemCommand).length;

/** A consumer that asks for its level, and what it was told. */
function asking(options: ConsumeOptions = {}) {
  const told: Level[] = [];
  const handler = consume(async (_, { level }) => void told.push(await level()), options);
  const receive = async (...ids: string[]) =>
    (await handler(sqsEvent(...ids.map((id) => sqsRecord(id))), lambdaContext())).batchItemFailures;
  return { told, receive };
}

describe('the level of the queue', () => {
  it.each([
    ['the governor set', { level: { N: '2' } }, 2],
    ['a person pinned over the governor’s', pinned(3), 3],
    ['a person pinned to 0', pinned(0), 0],
    ['is no longer pinned', { level: { N: '1' }, pinnedLevel: { NULL: true } }, 1],
    ['was never set', undefined, 0],
  ])('is that which %s', async (_, row, expected) => {
    withLedger({ row });
    const { told, receive } = asking();
    expect(await receive('a')).toEqual([]);
    expect(told).toEqual([expected]);
    expect(logLines()).toEqual([]);
  });

  it('is found by the DLQ where the ledger knows the queue by nothing else', async () => {
    withLedger({ row: pinned(4) }, { 'orders-dlq': 'shop-key' });
    const { told, receive } = asking();
    await receive('a');
    expect(told).toEqual([4]);
  });

  it('is not read where nobody asks', async () => {
    await consume(() => undefined)(sqsEvent(sqsRecord('a')), lambdaContext());
    expect(reads()).toBe(0);
  });

  it('is read once for a batch, and again after 15 seconds, its key not before five minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const ledger = { row: pinned(1) };
    withLedger(ledger);
    const { told, receive } = asking();
    await receive('a', 'b', 'c');
    expect(reads()).toBe(2);
    ledger.row = pinned(2);
    vi.setSystemTime(Date.now() + 14_000);
    await receive('d');
    vi.setSystemTime(Date.now() + 2_000);
    await receive('e');
    expect(told).toEqual([1, 1, 1, 1, 2]);
    expect(reads()).toBe(3);
    vi.setSystemTime(Date.now() + 300_000);
    await receive('f');
    expect(reads()).toBe(5);
  });

  it('is as old as the option says at most', async () => {
    const ledger = { row: pinned(1) };
    withLedger(ledger);
    const { told, receive } = asking({ levelMaxAgeSeconds: 0 });
    await receive('a');
    ledger.row = pinned(3);
    await receive('b');
    expect(told).toEqual([1, 3]);
    expect(() => asking({ levelMaxAgeSeconds: -1 })).toThrow('consume: levelMaxAgeSeconds must be ≥ 0; got -1');
  });

  it.each([
    ['cannot be read', () => Promise.reject(new Error('AccessDeniedException'))],
    ['is of no queue that the ledger knows', () => Promise.resolve({})],
    ['is none', () => Promise.resolve({ Item: { keys: { M: { [arn('orders')]: { S: 'k' } } }, level: { N: '7' } } })],
    ['is a text', () => Promise.resolve({ Item: { keys: { M: { [arn('orders')]: { S: 'k' } } }, level: { S: '2' } } })],
  ])('that %s fails no message: 0, and a warning', async (_, answer) => {
    fake().dynamodb.on(GetItemCommand).callsFake(answer);
    const { told, receive } = asking();
    expect(await receive('a', 'b')).toEqual([]);
    expect(told).toEqual([0, 0]);
    expect(logLines()).toMatchObject([{ degradationLevel: 0, queue: 'orders', reason: expect.any(String) }]);
  });

  it('that can no longer be read stays the last one known', async () => {
    const ledger = { row: pinned(3) };
    withLedger(ledger);
    const { told, receive } = asking({ levelMaxAgeSeconds: 0 });
    await receive('a');
    fake().dynamodb.on(GetItemCommand).rejects(new Error('down'));
    await receive('b');
    await receive('c');
    expect(told).toEqual([3, 3, 3]);
    expect(logLines()).toHaveLength(2);
  });

  it('is waited for one second', async () => {
    withLedger({ row: pinned(1) });
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    await asking().receive('a');
    expect(timeout.mock.calls.filter(([ms]) => ms === 1_000)).toHaveLength(2);
  });
});
