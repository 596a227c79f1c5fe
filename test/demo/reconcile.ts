// Holds what was sent against what became of it. Pure.
import type { SampleOrder } from '../../examples/complete/producer/orders.ts';
import type { ArchivedLetter, LetterRow } from './truth.ts';

export type Facts = {
  orders: readonly SampleOrder[];
  /** Orders that no producer could hand over. */
  refused: readonly SampleOrder[];
  /** Order id → how often the consumer booked it. */
  processed: ReadonlyMap<string, number>;
  rows: readonly LetterRow[];
  archived: readonly ArchivedLetter[];
  /** Bodies still in some queue. */
  queued: readonly string[];
};

export type ClassCounts = {
  died: number;
  healed: number;
  relapsed: number;
  parked: number;
  archived: number;
  quarantined: number;
};

export type Account = {
  sent: number;
  processed: number;
  processedTwice: number;
  lost: number;
  lostOrders: string[];
  processedTwiceOrders: string[];
  byClass: Record<string, ClassCounts>;
  /** Orders that ended otherwise than their kind of failure should. */
  unexpected: string[];
};

/** Statuses at which a letter rests, and where a person finds it. */
const RESTING: Readonly<Record<string, 'parked' | 'archived' | 'quarantined'>> = {
  parked: 'parked',
  waiting: 'parked',
  archived: 'archived',
  quarantined: 'quarantined',
};

const ORDER_ID = /order-\d+-(?:\d{5,}|poison)/;
export const orderIdOf = (body: string): string | undefined => ORDER_ID.exec(body)?.[0];

export function reconcile(facts: Facts): Account {
  const resting = facts.archived.filter(({ row }) => row.status in RESTING);
  const found = {
    archive: countBy(distinctLetters(resting), ({ body }) => orderIdOf(body)),
    queue: countBy(facts.queued, orderIdOf),
  };
  const sent = countBy(facts.orders, ({ orderId }) => orderId);
  const account: Account = {
    sent: facts.orders.length,
    processed: 0,
    processedTwice: 0,
    lost: 0,
    lostOrders: [],
    processedTwiceOrders: [],
    byClass: countClasses(facts.rows),
    unexpected: unexpectedFates(facts, resting),
  };
  for (const [orderId, copies] of sent) {
    const booked = facts.processed.get(orderId) ?? 0;
    account.processed += Math.min(booked, copies);
    account.processedTwice += Math.max(0, booked - copies);
    if (booked > copies) account.processedTwiceOrders.push(orderId);
    const missing = copies - booked - (found.archive.get(orderId) ?? 0) - (found.queue.get(orderId) ?? 0);
    if (missing <= 0) continue;
    account.lost += missing;
    account.lostOrders.push(orderId);
  }
  return account;
}

/** A letter may have a row for each death; it rests once. */
function distinctLetters(letters: readonly ArchivedLetter[]): ArchivedLetter[] {
  return [...new Map(letters.map((letter) => [letter.row.originId, letter])).values()];
}

function countClasses(rows: readonly LetterRow[]): Record<string, ClassCounts> {
  const byClass: Record<string, ClassCounts> = {};
  for (const row of rows) {
    // A second copy of one death is no second death.
    if (row.status === 'duplicate') continue;
    const empty: ClassCounts = { died: 0, healed: 0, relapsed: 0, parked: 0, archived: 0, quarantined: 0 };
    const counts = byClass[row.failureClass] ?? empty;
    byClass[row.failureClass] = counts;
    counts.died++;
    if (row.attempt > 0) counts.relapsed++;
    if (row.status === 'healed') counts.healed++;
    const rests = RESTING[row.status];
    if (rests !== undefined) counts[rests]++;
  }
  return byClass;
}

function unexpectedFates(facts: Facts, resting: readonly ArchivedLetter[]): string[] {
  const told: string[] = facts.refused.map(({ orderId, kind }) => `${orderId} (${kind}) was refused`);
  const byId = new Map(facts.orders.map((order) => [order.orderId, order]));
  for (const [orderId, order] of byId) {
    const booked = (facts.processed.get(orderId) ?? 0) > 0;
    if (booked && !order.expectedFates.includes('processed')) told.push(`${orderId} (${order.kind}) was processed`);
  }
  for (const { row, body } of resting) {
    const order = byId.get(orderIdOf(body) ?? '');
    const fate = RESTING[row.status];
    if (order === undefined || fate === undefined) continue;
    const name = `${order.orderId} (${order.kind})`;
    if (!order.expectedFates.includes(fate)) told.push(`${name} is ${fate} as ${row.failureClass}`);
    else if (order.expectedClass !== row.failureClass) told.push(`${name} was taken for ${row.failureClass}`);
  }
  return told;
}

function countBy<T>(values: readonly T[], keyOf: (value: T) => string | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) {
    const key = keyOf(value);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
