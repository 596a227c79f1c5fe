import { describe, expect, it } from 'vitest';
import type { SampleOrder } from '../../examples/complete/producer/orders.ts';
import { createMetricSums } from '../demo/metrics.ts';
import { parseOptions } from '../demo/options.ts';
import { type Facts, reconcile } from '../demo/reconcile.ts';
import type { ArchivedLetter, LetterRow } from '../demo/truth.ts';

const order = (orderId: string, changes: Partial<SampleOrder> = {}): SampleOrder => ({
  orderId,
  body: JSON.stringify({ order_id: orderId }),
  route: 'queue',
  kind: 'healthy',
  expectedClass: null,
  expectedFates: ['processed'],
  ...changes,
});
const row = (changes: Partial<LetterRow> = {}): LetterRow => ({
  pk: 'letter#o',
  sk: 'orders#attempt#000',
  originId: 'o',
  attempt: 0,
  status: 'archived',
  failureClass: 'BAD_PAYLOAD',
  queue: 'orders',
  ...changes,
});
const letter = (orderId: string, changes: Partial<LetterRow> = {}): ArchivedLetter => ({
  row: row(changes),
  body: JSON.stringify({ order_id: orderId }),
});
const facts = (changes: Partial<Facts>): Facts => ({
  orders: [],
  refused: [],
  processed: new Map(),
  rows: [],
  archived: [],
  queued: [],
  ...changes,
});

const [ONE, POISON] = ['order-1-00001', 'order-1-poison'];

describe('reconciliation', () => {
  it('finds an order that is nowhere', () => {
    expect(reconcile(facts({ orders: [order(ONE)] }))).toMatchObject({
      sent: 1,
      processed: 0,
      lost: 1,
      lostOrders: [ONE],
    });
  });

  it.each([
    ['booked', { processed: new Map([[ONE, 1]]) }],
    ['archived', { archived: [letter(ONE)] }],
    ['still queued', { queued: [`{"order_id":"${ONE}"}`] }],
  ])('an order that is %s is not lost', (_, changes) => {
    expect(reconcile(facts({ orders: [order(ONE)], ...changes })).lost).toBe(0);
  });

  it('a ledger row without an archive record that was read back does not count', () => {
    expect(reconcile(facts({ orders: [order(ONE)], rows: [row()] })).lost).toBe(1);
  });

  it('counts an order that was booked twice', () => {
    const account = reconcile(facts({ orders: [order(ONE)], processed: new Map([[ONE, 2]]) }));
    expect(account).toMatchObject({ processed: 1, processedTwice: 1, lost: 0 });
  });

  it('wants every copy of an order that was sent several times', () => {
    const orders = [order(POISON), order(POISON), order(POISON)];
    const archived = [
      letter(POISON, { originId: 'a' }),
      letter(POISON, { originId: 'a' }),
      letter(POISON, { originId: 'b' }),
    ];
    expect(reconcile(facts({ orders, archived })).lost).toBe(1);
  });

  it('counts deaths, heals and relapses per class, and a duplicate as no death', () => {
    const rows = [
      row({ status: 'healed' }),
      row({ attempt: 1 }),
      row({ status: 'waiting' }),
      row({ status: 'duplicate' }),
    ];
    expect(reconcile(facts({ rows })).byClass).toEqual({
      BAD_PAYLOAD: { died: 3, healed: 1, relapsed: 1, parked: 1, archived: 1, quarantined: 0 },
    });
  });

  it('tells which orders ended otherwise than their kind should', () => {
    const parked = order(ONE, { kind: 'expired-token', expectedFates: ['parked'], expectedClass: 'AUTH_FAILURE' });
    expect(reconcile(facts({ orders: [parked], archived: [letter(ONE)] })).unexpected).toEqual([
      `${ONE} (expired-token) is archived as BAD_PAYLOAD`,
    ]);
    const wrongClass = letter(ONE, { status: 'waiting' });
    expect(reconcile(facts({ orders: [parked], archived: [wrongClass] })).unexpected).toEqual([
      `${ONE} (expired-token) was taken for BAD_PAYLOAD`,
    ]);
  });
});

describe('the demo’s parts', () => {
  it('sums what functions print as embedded metrics, of one namespace', () => {
    const sums = createMetricSums('DlqHealer');
    const print = (Namespace: string, value: unknown) =>
      JSON.stringify({
        _aws: { CloudWatchMetrics: [{ Namespace, Metrics: [{ Name: 'AlertsSuppressed' }] }] },
        AlertsSuppressed: value,
      });
    for (const text of [print('DlqHealer', 2), print('DlqHealer', [1, 4]), print('Other', 9), 'not "_aws" JSON']) {
      sums.add({ functionName: 'heal', logStream: '', requestId: '', time: 0, text });
    }
    expect(sums.sum('AlertsSuppressed')).toBe(7);
  });

  it('refuse arguments that make no sense, and say which', () => {
    expect(parseOptions(['--messages', '80', '--seed', '3', '--json'])).toEqual({
      example: 'complete',
      messages: 80,
      seed: 3,
      json: true,
      keep: false,
    });
    expect(() => parseOptions(['--messages', '5'])).toThrow(
      '--messages must be a whole number from 40 to 100000; got "5"',
    );
    expect(() => parseOptions(['--mesages', '5'])).toThrow("Unknown option '--mesages'");
  });
});
